"""SB-001: every agent works in a container or sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.sessions_containerized import sessions_containerized as sb_001

OPEN = Unknown("settings.json could not be read")

SANDBOXES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("its own, tight", {}, "pass", "its own sandbox"),
    ("a machine", {"kind": "vm"}, "pass", "a virtual machine"),
    ("remote", {"kind": "remote"}, "pass", "a remote sandbox"),
    ("with a way out", {"escapes": ("excluded command: docker",)}, "fail", "excluded command: docker"),
    ("off", {"enabled": False, "kind": "none"}, "fail", "no accepted sandbox is switched on"),
    ("unreadable", {"enabled": OPEN}, "unknown", "could not be read"),
    ("of an unknown kind", {"kind": Unknown("which kind it is, is not known")}, "unknown", "which kind"),
)


@pytest.mark.parametrize(("name", "changes", "answer", "words"), SANDBOXES, ids=[row[0] for row in SANDBOXES])
def test_sandboxes(facts: Any, name: str, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(sb_001, facts.agent({"sandbox": facts.sandbox(**changes)}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


CONTAINERS: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("meant for it", lambda f: f.container(), "pass", ".devcontainer/devcontainer.json"),
    (
        "an image meant for it",
        lambda f: f.container(kind="dockerfile", path="Dockerfile.agent"),
        "pass",
        "Dockerfile.agent",
    ),
    ("privileged", lambda f: f.container(privileged=True), "fail", "it is privileged"),
    ("with the engine's socket", lambda f: f.container(socket=True), "fail", "socket"),
    ("with another way out", lambda f: f.container(escapes=("capability SYS_ADMIN",)), "fail", "capability SYS_ADMIN"),
    ("meant for another", lambda f: f.container(agents=("codex",)), "fail", "no container is meant for it"),
    ("meant for nobody", lambda f: f.container(agents=()), "unknown", "nothing says that Claude Code is started in it"),
    ("the application's own", lambda f: f.container(kind="dockerfile", agents=()), "fail", "no container"),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), CONTAINERS, ids=[row[0] for row in CONTAINERS])
def test_containers(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(sb_001, facts.agent(), build(facts))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_assumed_agent_is_unknown_unless_a_container_is_meant_for_agents(facts: Any) -> None:
    assert facts.one(sb_001, assumed_agent()).status == "unknown"
    assert facts.one(sb_001, assumed_agent(), facts.container(agents=())).status == "unknown"
    assert facts.one(sb_001, assumed_agent(), facts.container()).status == "pass"


def test_a_runner_is_not_known_to_be_thrown_away(facts: Any) -> None:
    found = facts.one(sb_001, facts.agent(where="ci"))
    assert found.status == "unknown"
    assert "hosted runner" in found.verdict.remedies[0].title


def test_an_unreadable_agent_in_a_container_of_its_own(facts: Any) -> None:
    unread = facts.agent({"sandbox": facts.sandbox(enabled=OPEN, kind=OPEN, fails_closed=OPEN)})
    assert facts.one(sb_001, unread, facts.container()).status == "pass"


@pytest.mark.parametrize(
    ("accepted", "by_sandbox", "by_container"),
    [
        (("native",), "pass", "fail"),
        (("devcontainer",), "fail", "pass"),
        (("docker",), "fail", "fail"),
        (("gvisor",), "fail", "fail"),
    ],
)
def test_the_policy_says_what_counts(facts: Any, accepted: tuple[str, ...], by_sandbox: str, by_container: str) -> None:
    policy = {"sandbox.accepted": accepted}
    assert facts.one(sb_001, facts.agent({"sandbox": facts.sandbox()}), policy=policy).status == by_sandbox
    assert facts.one(sb_001, facts.agent(), facts.container(), policy=policy).status == by_container


def test_attestations_decide_the_unknown_only(facts: Any) -> None:
    said = {"control": "SB-001", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(sb_001, assumed_agent(), policy={"attestations": (said,)}).status == "pass"
    assert facts.one(sb_001, facts.agent(), policy={"attestations": (said,)}).status == "fail"


def test_an_unread_container_is_a_finding_of_its_own(facts: Any) -> None:
    gap = Gap("containers", "compose.yaml", "is not YAML", ("Container",))
    found = {each.subject_name: each.status for each in facts.judge(sb_001, facts.agent(), gaps=(gap,))}
    assert found == {"claude-code": "fail", "compose.yaml": "unknown"}


@pytest.mark.parametrize(
    ("agent", "root", "path"),
    [
        ("claude-code", "", ".claude/settings.json"),
        ("claude-code", "web", "web/.claude/settings.json"),
        ("codex", "", ".codex/config.toml"),
        ("cursor", "", ".cursor/sandbox.json"),
        ("goose", "", ".devcontainer/devcontainer.json"),
    ],
)
def test_the_strongest_remedy_comes_first(facts: Any, agent: str, root: str, path: str) -> None:
    remedies = facts.one(sb_001, facts.agent(agent=agent, root=root)).verdict.remedies
    assert (remedies[0].kind, remedies[0].path) == ("edit", path)
    assert remedies[-1].path == (f"{root}/" if root else "") + ".devcontainer/devcontainer.json"
    assert json.loads(remedies[-1].body)["mounts"] == []


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
def test_the_setting_of_the_remedy_mends_it(facts: Any, agent: str) -> None:
    """The lines go through the agent's own reader."""
    remedy = facts.one(sb_001, facts.agent(agent=agent)).verdict.remedies[0]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_001, *read).status == "pass"
