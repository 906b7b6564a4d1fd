"""LP-011: no usable credential where an agent finds it."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Gap
from remit_checks.least_privilege.cred_not_in_unrelated_file import cred_not_in_unrelated_file as lp_011


@pytest.mark.parametrize(
    ("changes", "answer", "words"),
    [
        ({}, "fail", "Railway account or workspace token (RAILWAY_API_TOKEN)"),
        ({"damage": "D1"}, "fail", "RAILWAY_API_TOKEN"),
        ({"name": ""}, "fail", "Railway account or workspace token"),
        ({"placeholder": True}, "pass", "only placeholders"),
        ({"damage": "D0"}, "pass", "public values"),
    ],
)
def test_each_credential(facts: Any, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_011, facts.file(facts.credential(**changes), path="tools/domains.sh"))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_the_worst_is_named_first(facts: Any) -> None:
    file = facts.file(facts.url(damage="D1"), facts.credential(), path="tools/domains.sh")
    found = facts.one(lp_011, file)
    assert "Railway" in found.verdict.message
    assert "and 1 more" in found.verdict.message
    assert [str(source) for source in found.verdict.sources] == ["tools/domains.sh:2", "tools/domains.sh:1"]


def test_none_in_all_that_was_read_passes_and_a_gap_does_not(facts: Any) -> None:
    assert [each.status for each in facts.judge(lp_011)] == ["pass"]
    gap = Gap("credentials", "big.env", "is too large", ("CredentialFile",))
    assert [each.status for each in facts.judge(lp_011, gaps=(gap,))] == ["unknown"]


def test_an_exception_waives_it_for_its_time(facts: Any) -> None:
    exception = {
        "control": "LP-011",
        "scope": {"target": "acme/shop", "path": "tools/*"},
        "approver": "CTO",
        "reason": "moving",
        "ticket": "SEC-7",
        "from": "2026-11-01",
        "until": "2026-11-30",
    }
    file = facts.file(facts.credential(), path="tools/domains.sh")
    assert facts.one(lp_011, file, policy={"exceptions": (exception,)}).status == "waived"
    over = {**exception, "until": "2026-11-19"}
    assert facts.one(lp_011, file, policy={"exceptions": (over,)}).status == "fail"
    other = facts.file(facts.credential(), path="src/app.py")
    assert facts.one(lp_011, other, policy={"exceptions": (exception,)}).status == "fail"


def test_the_remedy_rotates_before_it_removes(facts: Any) -> None:
    tracked = facts.one(lp_011, facts.file(facts.credential(), standing="tracked")).verdict.remedies
    assert tracked[0].body.startswith("1. Delete the token in the dashboard.")
    assert any((each.kind, each.path, each.body) == ("edit", ".gitignore", ".env\n") for each in tracked)
    ignored = facts.one(lp_011, facts.file(facts.credential(), standing="ignored")).verdict.remedies
    assert all(each.path != ".gitignore" for each in ignored)
