"""SB-011: what an agent writes goes into a copy."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.evidence import Unknown
from remit_checks.sandbox.cow_writes import cow_writes as sb_011

SAID = {"control": "SB-011", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}


@pytest.mark.parametrize(
    ("kind", "where", "answer", "words"),
    [
        ("none", "project", "unknown", "no file shows how they are started"),
        ("os", "project", "unknown", "git-worktree"),
        (Unknown("which kind is not known"), "project", "unknown", "Claude Code"),
        ("remote", "project", "pass", "a clone of its own"),
        ("none", "ci", "pass", "a clone of its own"),
    ],
)
def test_agents(facts: Any, kind: Any, where: str, answer: str, words: str) -> None:
    found = facts.one(sb_011, facts.agent({"sandbox": facts.sandbox(kind=kind)}, where=where))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources


def test_one_of_several_leaves_it_open(facts: Any) -> None:
    local = facts.agent(agent="codex", title="Codex")
    found = facts.one(sb_011, facts.agent(where="ci"), local)
    assert (found.status, "Codex" in found.verdict.message) == ("unknown", True)
    assert "Claude Code" not in found.verdict.message


def test_the_policy_says_what_counts(facts: Any) -> None:
    found = facts.one(sb_011, facts.agent(where="ci"), policy={"sandbox.cow": ("git-worktree",)})
    assert (found.status, "accepts git-worktree" in found.verdict.message) == ("unknown", True)
    assert "accepts nothing" in facts.one(sb_011, facts.agent(), policy={"sandbox.cow": ()}).verdict.message


def test_nobody_and_somebody_assumed(facts: Any) -> None:
    assert facts.one(sb_011).status == "not-applicable"
    assert facts.one(sb_011, assumed_agent()).status == "unknown"


def test_remedies_and_attestation(facts: Any) -> None:
    start, attest = facts.one(sb_011, facts.agent()).verdict.remedies
    assert (start.kind, start.body.startswith("git worktree add")) == ("command", True)
    assert 'control = "SB-011"' in attest.body
    assert facts.one(sb_011, facts.agent(), policy={"attestations": (SAID,)}).status == "pass"
