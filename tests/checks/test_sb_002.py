"""SB-002: an agent that brings a sandbox uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Source, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.native_sandbox_enabled import native_sandbox_enabled as sb_002

OFF: dict[str, Any] = {"enabled": False, "kind": "none", "fails_closed": None}
CASES: tuple[tuple[str, dict[str, Any], dict[str, Any], str, str], ...] = (
    ("on", {}, {}, "pass", "in its own sandbox"),
    ("on, with a way out", {"escapes": ("excluded command: docker",)}, {}, "pass", "in its own sandbox"),
    ("off by default", OFF, {}, "fail", "no file that was read switches its sandbox on"),
    ("off", {**OFF, "source": Source(".claude/settings.json", 4)}, {}, "fail", "its sandbox is switched off"),
    ("unreadable", {"enabled": Unknown("settings.json is broken")}, {}, "unknown", "is broken"),
    ("on a runner", OFF, {"where": "ci"}, "unknown", "how the runner is set up"),
    ("none to switch on", OFF, {"agent": "opencode"}, "not-applicable", "brings no sandbox"),
    ("none, and unreadable", {"enabled": Unknown("broken")}, {"agent": "aider"}, "not-applicable", "brings no sandbox"),
    ("a container after all", {"kind": "container"}, {"agent": "goose"}, "pass", "in its own sandbox"),
)


@pytest.mark.parametrize(("name", "sandbox", "changes", "answer", "words"), CASES, ids=[row[0] for row in CASES])
def test_agents(
    facts: Any, name: str, sandbox: dict[str, Any], changes: dict[str, Any], answer: str, words: str
) -> None:
    found = facts.one(sb_002, facts.agent({"sandbox": facts.sandbox(**sandbox)}, **changes))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_assumed_agent_is_unknown(facts: Any) -> None:
    assert facts.one(sb_002, assumed_agent()).status == "unknown"


def test_the_policy_may_not_ask(facts: Any) -> None:
    agent = facts.agent({"sandbox": facts.sandbox(**OFF)})
    found = facts.one(sb_002, agent, policy={"agents.require_native_sandbox": False})
    assert found.status == "not-applicable"


def test_the_setting_is_the_first_place(facts: Any) -> None:
    source = Source(".claude/settings.local.json", 9, "agents")
    found = facts.one(sb_002, facts.agent({"sandbox": facts.sandbox(**OFF, source=source)}))
    assert str(found.verdict.sources[0]) == ".claude/settings.local.json:9"
    assert len(found.verdict.sources) == 2


@pytest.mark.parametrize(
    ("agent", "root", "path"),
    [
        ("claude-code", "", ".claude/settings.json"),
        ("claude-code", "web", "web/.claude/settings.json"),
        ("codex", "", ".codex/config.toml"),
        ("cursor", "", ".cursor/sandbox.json"),
        ("gemini-cli", "", ".gemini/settings.json"),
    ],
)
def test_remedies(facts: Any, agent: str, root: str, path: str) -> None:
    remedies = facts.one(
        sb_002, facts.agent({"sandbox": facts.sandbox(**OFF)}, agent=agent, root=root)
    ).verdict.remedies
    assert [each.kind for each in remedies] == ["edit", "manual"]
    assert (remedies[0].path, remedies[0].safe) == (path, False)
    if path.endswith(".json"):
        assert json.loads(remedies[0].body)


def test_an_agent_nobody_knows_gets_steps(facts: Any) -> None:
    found = facts.one(sb_002, facts.agent({"sandbox": facts.sandbox(**OFF)}, agent="copilot"))
    assert found.status == "fail"
    assert [each.kind for each in found.verdict.remedies] == ["manual"]


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
def test_the_setting_of_the_remedy_mends_it(facts: Any, agent: str) -> None:
    """The lines go through the agent's own reader."""
    off = facts.agent({"sandbox": facts.sandbox(**OFF)}, agent=agent)
    remedy = facts.one(sb_002, off).verdict.remedies[0]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_002, *read).status == "pass"
