"""IR-010: every agent that is set up is on the policy's list."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Gap
from remit_checks.response.agent_inventory import agent_inventory as ir_010

CLAUDE = {"name": "claude-code", "owner": "Ada"}


@pytest.mark.parametrize(
    ("approved", "used", "answer", "words"),
    [
        ((), (), "unknown", "the policy lists no agents"),
        ((CLAUDE,), (), "pass", "Ada answers for it"),
        (({**CLAUDE, "name": "CLAUDE-*"},), (), "pass", "on the policy's list"),
        (({**CLAUDE, "name": "codex"},), (), "fail", "not on the policy's list"),
        (({**CLAUDE, "targets": ("acme/docs",)},), (), "fail", "not on the policy's list"),
        (({**CLAUDE, "targets": ("acme/*",)},), (), "pass", "on the policy's list"),
        ((), ("claude-code",), "unknown", "the policy lists no agents"),
        ((), ("codex",), "fail", "says that codex is used here, and Claude Code is set up"),
        ((), "none", "fail", "says that no agent is used here"),
        ((CLAUDE,), ("codex",), "pass", "on the policy's list"),
    ],
)
def test_lists(facts: Any, approved: tuple[dict[str, Any], ...], used: Any, answer: str, words: str) -> None:
    policy = {"agents.approved": approved, "agents.used": used}
    found = facts.one(ir_010, facts.agent(), policy=policy)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources == facts.agent().sources
    assert bool(found.verdict.remedies) == (answer != "pass")


def test_an_assumed_agent_is_nobodys_entry(facts: Any) -> None:
    assumed = facts.agent(agent="local-agent", assumed=True)
    found = facts.one(ir_010, assumed, policy={"agents.approved": (CLAUDE,)})
    assert found.status == "unknown"
    written = tomllib.loads(found.verdict.remedies[0].body)["agents"]["used"]
    assert facts.policy({"agents.used": written}).agents_used(facts.TARGET) == ("claude-code",)


def test_no_agent_and_an_unread_place(facts: Any) -> None:
    assert [each.status for each in facts.judge(ir_010)] == ["not-applicable"]
    gap = Gap("agents", ".claude/", "is not readable", ("Agent",))
    assert [each.status for each in facts.judge(ir_010, gaps=(gap,))] == ["unknown"]


def test_the_remedy_lists_it(facts: Any) -> None:
    policy = {"agents.approved": ({**CLAUDE, "name": "codex"},)}
    listed, removed = facts.one(ir_010, facts.agent(), policy=policy).verdict.remedies
    assert (listed.safe, removed.safe, ".claude/settings.json" in removed.body) == (True, False, True)
    written = tomllib.loads(listed.body)["agents"]["approved"]
    assert facts.one(ir_010, facts.agent(), policy={"agents.approved": written}).status == "pass"
