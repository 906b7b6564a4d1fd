"""LP-022: what no list names is refused or asked about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from remit.access.agent import Agent, Answer, Egress
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Source, Unknown
from remit.verbs import VERB_CLASSES
from remit_checks.least_privilege.infrastructure_programs import changes
from remit_checks.least_privilege.tool_surface_default_deny import tool_surface_default_deny as lp_022

OPEN = Unknown("the run mode lives in the editor")


def _answers(decision: Any, by: str = "sandbox_mode", **changes: Any) -> dict[str, Any]:
    return {"decide": lambda command: Answer(decision, by, **changes), "shell_without_approval": "yes"}


TABLE: tuple[tuple[str, Callable[[Any], Agent], str, str], ...] = (
    ("asks about everything", lambda f: f.agent(), "pass", "asks about or refuses all"),
    (
        "some harmless rules",
        lambda f: f.agent({"shell_without_approval": "scoped", "rules": (f.rule("Bash(git status)"),)}),
        "pass",
        "allow rules name (1)",
    ),
    (
        "a rule for the whole shell",
        lambda f: f.agent({"shell_without_approval": "yes", "rules": (f.rule("Bash", classes=VERB_CLASSES),)}),
        "fail",
        "Bash lets any command run",
    ),
    (
        "one that another rule overrules",
        lambda f: f.agent({"rules": (f.rule("Bash", classes=VERB_CLASSES),)}),
        "pass",
        "no program of infrastructure",
    ),
    ("everything runs", lambda f: f.agent(_answers("allow")), "fail", "what no rule names runs unasked"),
    (
        "in a sandbox with an open network",
        lambda f: f.agent({**_answers("sandboxed"), "sandbox": f.sandbox()}),
        "fail",
        "open network",
    ),
    (
        "in a sandbox that holds",
        lambda f: f.agent({**_answers("sandboxed"), "sandbox": f.sandbox(), "egress": Egress("none")}),
        "pass",
        "only in a sandbox that holds it",
    ),
    ("a model decides", lambda f: f.agent(_answers("classifier", "auto mode")), "fail", "a model decides"),
    (
        "a model by an assumed default",
        lambda f: f.agent(_answers("classifier", "no mode set", assumed=True)),
        "unknown",
        "vendor default of an unknown version",
    ),
    (
        "started without approvals",
        lambda f: f.agent(bypass=(Source("run.sh", 2, "scripts"),)),
        "fail",
        "asks about nothing",
    ),
    ("settings nobody could read", lambda f: f.agent({"approval": OPEN, "decide": None}), "unknown", "in the editor"),
    (
        "a broken file beside a rule for the shell",
        lambda f: f.agent(
            {
                "shell_without_approval": OPEN,
                "approval": OPEN,
                "decide": None,
                "rules": (f.rule("Bash", classes=VERB_CLASSES),),
            }
        ),
        "unknown",
        "in the editor",
    ),
    ("no file at all", lambda f: assumed_agent(), "unknown", "vendor default"),
    ("nobody can tell", lambda f: f.agent({"decide": None}), "unknown", "could not be worked out"),
    (
        "a server that writes",
        lambda f: f.agent({"mcp": (f.server(auto_approved=True),)}),
        "fail",
        "the server pg is approved beforehand and can change things",
    ),
    ("a server that is asked about", lambda f: f.agent({"mcp": (f.server(),)}), "pass", "asks about or refuses all"),
    (
        "a server that only searches",
        lambda f: f.agent({"mcp": (f.server("search", auto_approved=True, classes=("untrusted", "egress")),)}),
        "pass",
        "asks about or refuses all",
    ),
    (
        "a server nobody knows",
        lambda f: f.agent({"mcp": (f.server("acme", auto_approved=True, classes=()),)}),
        "unknown",
        "what it can do is not known",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_agent(facts: Any, name: str, build: Callable[[Any], Agent], answer: str, words: str) -> None:
    found = facts.one(lp_022, build(facts))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_without_agents_there_is_nothing_to_judge(facts: Any) -> None:
    assert [each.status for each in facts.judge(lp_022)] == ["not-applicable"]


def test_a_hook_leaves_the_shell_open_and_not_the_servers(facts: Any) -> None:
    for hook, words in ((True, "hook before its commands"), (Unknown("the hook needs trust"), "needs trust")):
        hooked = facts.one(lp_022, facts.agent({**_answers("allow"), "gate_hook": hook}))
        assert (hooked.status, words in hooked.verdict.message) == ("unknown", True)
        served = facts.agent({"gate_hook": hook, "mcp": (facts.server(auto_approved=True),)})
        assert facts.one(lp_022, served).status == "fail"


# -------------------------------------------------------------------------------------------- with a real settings file


def _claude(facts: Any, settings: dict[str, Any], *servers: str, mcp: str = "postgres") -> Agent:
    files = {".claude/settings.json": json.dumps(settings, indent=1)}
    if servers:
        entries = {name: {"command": "npx", "args": ["-y", f"@acme/{mcp}@1.0.0"]} for name in servers}
        files[".mcp.json"] = json.dumps({"mcpServers": entries}, indent=1)
    return _read(facts, files, "claude-code")


def _read(facts: Any, files: dict[str, str], name: str) -> Agent:
    agents = facts.collector("agents")
    read = [each for path, text in files.items() for each in agents.parse(Document(path, text.encode()))]
    assert not [each for each in read if isinstance(each, Gap)], read
    found = agents.link(read, (), Scope(facts.policy(), facts.TARGET, facts.NOW))
    return next(each for each in found if each.agent == name)


def _allowing(*rules: str, **more: Any) -> dict[str, Any]:
    return {"permissions": {"defaultMode": "default", "allow": list(rules), **more}}


SETTINGS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("nothing allowed", _allowing(), "pass", "asks about or refuses all"),
    (
        "reads",
        _allowing("Bash(terraform plan:*)", "Bash(kubectl get:*)", "Bash(aws s3 ls:*)"),
        "pass",
        "rules name (3)",
    ),
    ("all of terraform", _allowing("Bash(terraform:*)"), "fail", "`terraform apply` runs unasked by Bash(terraform:*)"),
    ("one verb", _allowing("Bash(kubectl apply:*)"), "fail", "`kubectl apply -f shop.yaml` runs unasked"),
    ("all but what is asked", _allowing("Bash(terraform:*)", ask=["Bash(terraform:*)"]), "pass", "rules name (1)"),
    ("psql", _allowing("Bash(psql:*)"), "fail", "psql"),
    ("the whole shell", _allowing("Bash"), "fail", "Bash lets any command run"),
    ("a star", _allowing("Bash(*)"), "fail", "Bash(*) lets any command run"),
    ("a shell within", _allowing("Bash(bash:*)"), "fail", "Bash(bash:*) lets any command run"),
    ("a program that runs any code", _allowing("Bash(python3:*)"), "fail", "`python3 call.py` runs any code, unasked"),
    ("any package", _allowing("Bash(npx:*)"), "fail", "`npx call` runs any code, unasked by Bash(npx:*)"),
    ("one package", _allowing("Bash(npx prettier:*)", "Bash(npm test)"), "pass", "rules name (2)"),
    ("a program by a pattern", _allowing("Bash(terr*)"), "fail", "`terraform apply` runs unasked by Bash(terr*)"),
    ("no questions", {"permissions": {"defaultMode": "bypassPermissions"}}, "fail", "asks about nothing"),
    ("auto", {"permissions": {}}, "unknown", "vendor default"),
)


@pytest.mark.parametrize(("name", "settings", "answer", "words"), SETTINGS, ids=[row[0] for row in SETTINGS])
def test_settings_of_claude_code(facts: Any, name: str, settings: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_022, _claude(facts, settings))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_every_project_server_at_once(facts: Any) -> None:
    settings = {**_allowing(), "enableAllProjectMcpServers": True}
    found = facts.one(lp_022, _claude(facts, settings, "db"))
    assert (found.status, found.verdict.sources[0].path) == ("fail", ".mcp.json")
    assert facts.one(lp_022, _claude(facts, _allowing(), "db")).status == "pass"


def test_the_edits_make_it_pass(facts: Any) -> None:
    settings = {**_allowing("Bash(terraform:*)", "Bash(aws:*)"), "enableAllProjectMcpServers": True}
    remedies = facts.one(lp_022, _claude(facts, settings, "db")).verdict.remedies
    assert [each.kind for each in remedies] == ["edit", "edit", "manual"]
    asked, approved = (json.loads(each.body) for each in remedies[:2])
    assert remedies[0].safe
    merged = {
        **settings,
        **approved,
        "permissions": {
            **settings["permissions"],
            "ask": [*asked["permissions"]["ask"], *approved["permissions"]["ask"]],
        },
    }
    assert facts.one(lp_022, _claude(facts, merged, "db")).status == "pass"


def test_the_lines_to_remove_are_named(facts: Any) -> None:
    found = facts.one(lp_022, _claude(facts, _allowing("Bash(git status)", "Bash")))
    remedy = next(each for each in found.verdict.remedies if each.title.startswith("Take out"))
    assert (remedy.kind, remedy.path, remedy.body) == ("edit", ".claude/settings.json", "line 6: remove Bash")
    assert facts.one(lp_022, _claude(facts, _allowing("Bash(git status)"))).status == "pass"


def test_codex_rules(facts: Any) -> None:
    config = 'approval_policy = "on-request"\nsandbox_mode = "workspace-write"\n'
    rule = 'prefix_rule(pattern=["terraform"], decision="allow")\n'
    files = {".codex/config.toml": config, ".codex/rules/default.rules": rule}
    found = facts.one(lp_022, _read(facts, files, "codex"))
    assert (found.status, "terraform apply" in found.verdict.message) == ("fail", True), found.verdict
    body = found.verdict.remedies[0].body
    mended = {**files, ".codex/rules/default.rules": body}
    assert facts.one(lp_022, _read(facts, mended, "codex")).status == "pass"
    wide = {".codex/config.toml": 'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n'}
    assert facts.one(lp_022, _read(facts, wide, "codex")).status == "fail"


def test_cursor_says_what_its_lists_open_and_nothing_of_its_mode(facts: Any) -> None:
    listed = {".cursor/permissions.json": '{"terminalAllowlist": ["git status", "kubectl"]}'}
    found = facts.one(lp_022, _read(facts, listed, "cursor"))
    assert (found.status, "kubectl delete namespace shop" in found.verdict.message) == ("fail", True)
    harmless = {".cursor/permissions.json": '{"terminalAllowlist": ["git status"]}'}
    assert facts.one(lp_022, _read(facts, harmless, "cursor")).status == "unknown"


# --------------------------------------------------------------------------------------------------------- the policy


def test_more_programs_in_the_policy_find_more(facts: Any) -> None:
    agent = _claude(facts, _allowing("Bash(heroku:*)"))
    assert facts.one(lp_022, agent).status == "pass"
    found = facts.one(lp_022, agent, policy={"tools.deny": ("terraform", "heroku")})
    assert (found.status, "heroku apply" in found.verdict.message) == ("fail", True)


def test_a_list_of_tools_leaves_nothing_beside_it(facts: Any) -> None:
    agent = _claude(facts, _allowing("Bash(git status:*)", "WebSearch"))
    assert facts.one(lp_022, agent, policy={"tools.allow": ("Bash(git *", "WebSearch")}).status == "pass"
    found = facts.one(lp_022, agent, policy={"tools.allow": ("Bash(git *",)})
    assert (found.status, "WebSearch is not among" in found.verdict.message) == ("fail", True)
    served = facts.agent({"mcp": (facts.server(auto_approved=True),)})
    assert facts.one(lp_022, served, policy={"tools.allow": ("pg",)}).status == "pass"
    assert facts.one(lp_022, served, policy={"tools.allow": ("other",)}).status == "fail"


def test_samples_of_known_and_unknown_programs() -> None:
    assert "terraform destroy" in changes("terraform")
    assert not [each for each in changes("kubectl") if " get " in each]
    assert "heroku destroy shop" in changes("heroku")
