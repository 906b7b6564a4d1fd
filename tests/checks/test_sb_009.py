"""SB-009: an agent's commands reach only the hosts on a short list."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.access.agent import Answer, Egress
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Source, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.egress_allowlist import egress_allowlist as sb_009
from remit_checks.sandbox.native_sandbox_enabled import native_sandbox_enabled
from remit_checks.sandbox.plan_mode_available import plan_mode_available
from remit_checks.sandbox.sandbox_fails_closed import sandbox_fails_closed
from remit_checks.sandbox.sensitive_reads_denied import sensitive_reads_denied

HIDDEN = Unknown("hidden")
RETRY = "the model may retry a command unsandboxed"
LISTS: tuple[tuple[tuple[str, ...], tuple[str, ...], str, str], ...] = (
    (("github.com", "api.github.com"), (), "pass", "reach github.com, api.github.com unasked"),
    ((), (), "pass", "reach no host unasked"),
    (("*",), (), "fail", "reaches *, a wildcard or control plane"),
    (("*.github.com",), (), "fail", "*.github.com"),
    (("github.com", "backboard.railway.com"), (), "fail", "backboard.railway.com"),
    (("rds.eu-west-1.amazonaws.com",), (), "fail", "amazonaws.com"),
    (("shop.proxy.rlwy.net",), (), "fail", "rlwy.net"),
    (("*.github.com",), ("*.github.com",), "pass", "*.github.com"),
    (("api.github.com",), ("*.github.com",), "pass", "api.github.com"),
    (("*.com",), ("*.github.com",), "fail", "which the policy does not list"),
    (("example.com",), ("github.com",), "fail", "which the policy does not list"),
    (("s3.amazonaws.com",), ("s3.amazonaws.com",), "pass", "s3.amazonaws.com"),
)


@pytest.mark.parametrize(("hosts", "allowed", "answer", "words"), LISTS)
def test_lists(facts: Any, hosts: tuple[str, ...], allowed: tuple[str, ...], answer: str, words: str) -> None:
    agent = facts.agent({"sandbox": facts.sandbox(), "egress": Egress("allowlist", hosts)})
    found = facts.one(sb_009, agent, policy={"network.allowed_domains": allowed})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


MODES: tuple[tuple[str, dict[str, Any], dict[str, Any], str, str], ...] = (
    ("open", {}, {}, "fail", "nothing that was read limits where Claude Code connects"),
    ("open in a sandbox", {"sandbox": True}, {}, "fail", "nothing that was read limits"),
    ("none", {"sandbox": True, "egress": Egress("none")}, {}, "pass", "no host"),
    ("unknown", {"egress": Egress(Unknown("the mode is in the editor"))}, {}, "unknown", "in the editor"),
    ("a runner", {}, {"where": "ci"}, "unknown", "how the runner is set up"),
    ("no shell", {"egress": Egress("none")}, {}, "pass", "no host"),
)


@pytest.mark.parametrize(("name", "access", "changes", "answer", "words"), MODES, ids=[row[0] for row in MODES])
def test_modes(facts: Any, name: str, access: dict[str, Any], changes: dict[str, Any], answer: str, words: str) -> None:
    given = {**access, "sandbox": facts.sandbox()} if access.get("sandbox") else access
    found = facts.one(sb_009, facts.agent(given, **changes))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_assumed_agent_is_unknown(facts: Any) -> None:
    found = facts.one(sb_009, assumed_agent(), facts.container())
    assert found.status == "unknown"


HOLES: tuple[tuple[str, dict[str, Any], str, str, str], ...] = (
    ("a retry that a person is asked about", {"escapes": (RETRY,)}, "ask", "unknown", "way out"),
    ("a retry that nobody is asked about", {"escapes": (RETRY,)}, "allow", "fail", "unasked outside"),
    ("a program left out", {"escapes": ("excluded command: docker",)}, "sandboxed", "unknown", "excluded command"),
    ("another directory", {"escapes": ("also writable: ~/.cache",)}, "sandboxed", "pass", "github.com"),
    ("only where it works", {"fails_closed": False}, "sandboxed", "pass", "wherever its sandbox works (SB-003)"),
    ("not known whether it is on", {"enabled": HIDDEN}, "sandboxed", "unknown", "hidden"),
    ("not said whether it closes", {"fails_closed": HIDDEN}, "sandboxed", "pass", "wherever its sandbox works"),
)


@pytest.mark.parametrize(("name", "sandbox", "decision", "answer", "words"), HOLES, ids=[row[0] for row in HOLES])
def test_a_list_holds_as_far_as_the_sandbox(
    facts: Any, name: str, sandbox: dict[str, Any], decision: Any, answer: str, words: str
) -> None:
    access = {
        "sandbox": facts.sandbox(**sandbox),
        "egress": Egress("allowlist", ("github.com",)),
        "decide": lambda command: Answer(decision, "a rule"),
    }
    found = facts.one(sb_009, facts.agent(access))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_containers(facts: Any) -> None:
    image = facts.container(kind="dockerfile", path=".devcontainer/Dockerfile", name="image")
    found = facts.one(sb_009, facts.agent(), image, facts.container())
    assert found.status == "unknown"
    assert str(found.verdict.sources[0]) == ".devcontainer/devcontainer.json:1"
    assert 'control = "SB-009"' in found.verdict.remedies[-1].body
    assert facts.one(sb_009, facts.agent(), facts.container(host_network=True)).status == "fail"
    assert facts.one(sb_009, facts.agent(), facts.container(agents=("codex",))).status == "fail"
    assert facts.one(sb_009, facts.agent(), facts.container(agents=())).status == "fail"


def test_servers_are_named_because_the_list_does_not_bind_them(facts: Any) -> None:
    access = {"sandbox": facts.sandbox(), "egress": Egress("none"), "mcp": (facts.server("pg"),)}
    assert "MCP servers (pg) are not bound" in facts.one(sb_009, facts.agent(access)).verdict.message


def test_an_agent_that_asks_about_nothing_fetches_what_it_likes(facts: Any) -> None:
    access = {"sandbox": facts.sandbox(), "egress": Egress("none"), "bypass_requested": True}
    assert facts.one(sb_009, facts.agent(access)).status == "unknown"


@given(st.data(), st.sampled_from(["sandbox", "egress", "shell", "approval"]))
def test_hiding_a_setting_never_makes_a_pass(facts: Any, data: st.DataObject, what: str) -> None:
    """A law of all controls on an agent's own walls: whoever sees less says no more."""
    decision = data.draw(st.sampled_from(["deny", "ask", "sandboxed", "classifier", "allow"]))
    access = {
        "sandbox": facts.sandbox(
            enabled=data.draw(st.booleans()),
            kind=data.draw(st.sampled_from(["none", "os", "remote"])),
            fails_closed=data.draw(st.sampled_from([True, False])),
            escapes=data.draw(st.sampled_from([(), (RETRY,), ("also writable: ~/x",)])),
        ),
        "egress": Egress(data.draw(st.sampled_from(["open", "allowlist", "none"])), ("github.com",)),
        "shell_without_approval": data.draw(st.sampled_from(["no", "scoped", "yes"])),
        "approval": data.draw(st.sampled_from(["bypass", "classifier", "edits-auto", "each", "plan"])),
        "reads": data.draw(st.sampled_from([None, lambda path: False])),
        "decide": lambda command: Answer(decision, "a rule"),
    }
    sandbox = replace(access["sandbox"], enabled=HIDDEN, kind=HIDDEN, fails_closed=HIDDEN)
    less = {
        "sandbox": {**access, "sandbox": sandbox},
        "egress": {**access, "egress": Egress(HIDDEN)},
        "shell": {**access, "shell_without_approval": HIDDEN},
        "approval": {**access, "approval": HIDDEN},
    }[what]
    file = facts.file(facts.url())
    for check in (sb_009, native_sandbox_enabled, sandbox_fails_closed, sensitive_reads_denied, plan_mode_available):
        known = facts.one(check, facts.agent(access), file).status
        hidden = facts.one(check, facts.agent(less), file).status
        assert hidden != "pass" or known == "pass", (check.id, what)


def test_remedies_take_out_what_opens_it(facts: Any) -> None:
    source = Source(".claude/settings.json", 3, "agents")
    access = {
        "sandbox": facts.sandbox(source=source),
        "egress": Egress("allowlist", ("*.evil.example",)),
        "rules": (facts.rule("WebFetch(domain:*.evil.example)"), facts.rule("WebFetch(domain:github.com)")),
    }
    rule, listed, setting = facts.one(sb_009, facts.agent(access)).verdict.remedies
    assert rule.body == "line 4: remove WebFetch(domain:*.evil.example)"
    assert listed.body == "remove: *.evil.example"
    assert json.loads(setting.body)["sandbox"]["network"]["allowedDomains"] == ["github.com", "api.github.com"]


@pytest.mark.parametrize("rule", ["WebFetch", "WebFetch(*)", "WebFetch(domain:*)"])
def test_a_rule_that_fetches_everything(facts: Any, rule: str) -> None:
    found = facts.one(sb_009, facts.agent({"sandbox": facts.sandbox(), "rules": (facts.rule(rule),)}))
    assert found.verdict.remedies[0].body == f"line 4: remove {rule}"


@pytest.mark.parametrize(
    ("agent", "where", "kind", "path"),
    [
        ("claude-code", "project", "edit", ".claude/settings.json"),
        ("codex", "project", "edit", ".codex/config.toml"),
        ("cursor", "project", "edit", ".cursor/sandbox.json"),
        ("gemini-cli", "project", "edit", ".gemini/settings.json"),
        ("opencode", "project", "manual", ""),
        ("claude-code", "ci", "manual", ""),
    ],
)
def test_remedies(facts: Any, agent: str, where: str, kind: str, path: str) -> None:
    remedy = facts.one(sb_009, facts.agent(agent=agent, where=where)).verdict.remedies[0]
    assert (remedy.kind, remedy.path) == (kind, path)


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
def test_the_setting_of_the_remedy_mends_it(facts: Any, agent: str) -> None:
    """The lines go through the agent's own reader."""
    policy = {"network.allowed_domains": ("git.acme.com",)}
    remedy = facts.one(sb_009, facts.agent(agent=agent), policy=policy).verdict.remedies[0]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_009, *read, policy=policy).status == "pass"
