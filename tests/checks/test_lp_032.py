"""LP-032: the default branch, which no file shows."""

from __future__ import annotations

from typing import Any

from remit_checks.least_privilege.branch_protection import branch_protection as lp_032

ATTESTED = {"control": "LP-032", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "ruleset-7.json"}


def test_nobody_could_look(facts: Any) -> None:
    found = facts.one(lp_032, facts.agent())
    assert found.status == "unknown"
    assert "with the forge" in found.verdict.message
    (remedy,) = found.verdict.remedies
    assert ("1 review(s)" in remedy.body, 'control = "LP-032"' in remedy.body) == (True, True)


def test_the_policy_says_who_is_bound(facts: Any) -> None:
    body = facts.one(lp_032, facts.agent(), policy={"git.min_reviews": 2}).verdict.remedies[0].body
    assert "2 review(s), for administrators too," in body


def test_a_person_may_vouch_for_it(facts: Any) -> None:
    assert facts.one(lp_032, facts.agent(), policy={"attestations": (ATTESTED,)}).status == "pass"


def test_without_agents_there_is_nothing_to_judge(facts: Any) -> None:
    assert facts.one(lp_032).status == "not-applicable"
