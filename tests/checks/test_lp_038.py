"""LP-038: a repository's own policy only tightens."""

from __future__ import annotations

from typing import Any

from remit.evidence import Gap, RepositoryPolicy, Source
from remit.policy.model import Policy
from remit.policy.tighten import review_repository_policy
from remit_checks.least_privilege.policy_document import policy_document as lp_038


def _reviewed(text: str) -> RepositoryPolicy:
    return review_repository_policy(text, "remit.toml", Policy())[0]


def test_none_is_not_applicable(facts: Any) -> None:
    assert [each.status for each in facts.judge(lp_038)] == ["not-applicable"]


def test_a_stricter_policy_passes(facts: Any) -> None:
    found = facts.one(lp_038, _reviewed("[backup]\nmin_retention_days = 30\n"))
    assert found.status == "pass"
    assert "remit.toml" in found.verdict.message


def test_each_loosened_value_is_named_once(facts: Any) -> None:
    found = facts.one(lp_038, _reviewed("[backup]\nmin_retention_days = 3\nrequire_pitr = false\n"))
    assert found.status == "fail"
    assert found.verdict.message.count("backup.min_retention_days") == 1
    assert "backup.require_pitr" in found.verdict.message
    assert found.verdict.sources[0].line == 2
    remedy = found.verdict.remedies[0]
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", "remit.toml", False)
    assert len(remedy.body.splitlines()) == 2


def test_a_broken_policy_fails(facts: Any) -> None:
    found = facts.one(lp_038, _reviewed("[backup\n"))
    assert found.status == "fail"
    assert "cannot be used as a policy" in found.verdict.message


def test_both_faults_are_told(facts: Any) -> None:
    both = RepositoryPolicy(
        "remit.toml", ("line 3: a.b = 1 would loosen 2",), "extends is not followed", Source("remit.toml", 3)
    )
    found = facts.one(lp_038, both)
    assert "extends is not followed" in found.verdict.message
    assert "a.b = 1" in found.verdict.message


def test_an_unread_policy_is_unknown(facts: Any) -> None:
    gap = Gap("policies", "remit.toml", "is too large for a policy", ("RepositoryPolicy",))
    assert [each.status for each in facts.judge(lp_038, gaps=(gap,))] == ["unknown"]
