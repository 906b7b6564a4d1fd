"""IR-009: the checklist was signed before an agent started."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit_checks.response.pre_onboarding_complete import pre_onboarding_complete as ir_009

CLAUDE = {"name": "claude-code", "owner": "Ada"}


@pytest.mark.parametrize(
    ("approved", "answer", "words"),
    [
        ((), "unknown", "the policy lists no agents"),
        (({**CLAUDE, "onboarded": "2026-01-10"},), "pass", "signed on 2026-01-10"),
        (({**CLAUDE, "onboarded": "2026-11-20"},), "pass", "signed on 2026-11-20"),
        (({**CLAUDE, "onboarded": "2026-11-21"},), "fail", "is to be signed on 2026-11-21"),
        ((CLAUDE,), "fail", "has no day on which its checklist was signed"),
        (({"name": "codex", "owner": "Ada", "onboarded": "2026-01-10"},), "fail", "without an entry"),
        (({**CLAUDE, "onboarded": "2026-01-10", "targets": ("acme/docs",)},), "fail", "without an entry"),
        (({"name": "claude-*", "owner": "Ada", "onboarded": "2026-01-10"},), "pass", "2026-01-10"),
    ],
)
def test_entries(facts: Any, approved: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    found = facts.one(ir_009, facts.agent(), policy={"agents.approved": approved})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources == facts.agent().sources


def test_an_assumed_agent_and_none(facts: Any) -> None:
    policy = {"agents.approved": (CLAUDE,)}
    assert facts.one(ir_009, facts.agent(assumed=True), policy=policy).status == "unknown"
    assert [each.status for each in facts.judge(ir_009, policy=policy)] == ["not-applicable"]


def test_each_agent_is_judged(facts: Any) -> None:
    policy = {"agents.approved": ({**CLAUDE, "onboarded": "2026-01-10"},)}
    codex = facts.agent(agent="codex", title="Codex")
    found = {each.subject_name: each.status for each in facts.judge(ir_009, facts.agent(), codex, policy=policy)}
    assert found == {"claude-code": "pass", "codex": "fail"}


def test_an_attestation_decides_what_nobody_listed_and_no_failure(facts: Any) -> None:
    said = {"control": "IR-009", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(ir_009, facts.agent(), policy={"attestations": (said,)}).status == "pass"
    policy = {"attestations": (said,), "agents.approved": (CLAUDE,)}
    assert facts.one(ir_009, facts.agent(), policy=policy).status == "fail"


def test_the_remedy_lists_the_policys_controls_and_mends_it(facts: Any) -> None:
    policy = {"onboarding.required_controls": ("LP-001", "SB-001"), "agents.approved": (CLAUDE,)}
    remedy = facts.one(ir_009, facts.agent(), policy=policy).verdict.remedies[0]
    assert "LP-001, SB-001" in remedy.body
    written = tomllib.loads(remedy.body)["agents"]["approved"]
    assert written[0]["targets"] == [facts.TARGET]
    assert facts.one(ir_009, facts.agent(), policy={"agents.approved": written}).status == "pass"
