"""BK-019: a written runbook says how to restore whatever can be destroyed here."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Source
from remit_checks.backup.restore_runbook import restore_runbook as bk_019


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (None, "the policy names no runbook for restoring railway:volume:*"),
        ("docs/restore.md", "the runbook docs/restore.md is named in the policy"),
        ("https://wiki.acme.com/restore", "lies outside of what was read"),
    ],
)
def test_no_file_can_prove_a_runbook(facts: Any, path: str | None, words: str) -> None:
    policy = {"backup.runbook_path": path} if path else {}
    found = facts.one(bk_019, facts.file(facts.credential()), policy=policy)
    assert (found.status, words in found.verdict.message) == ("unknown", True), found.verdict
    assert found.verdict.sources == (Source(".env", 1, "credentials"),)


def test_an_empty_path_says_that_there_is_none(facts: Any) -> None:
    place = Source("policy.toml", 7, "policy")
    policy, origins = {"backup.runbook_path": ""}, {"backup.runbook_path": place}
    found = facts.one(bk_019, facts.file(facts.credential()), policy=policy, origins=origins)
    assert (found.status, found.verdict.sources) == ("fail", (place,))
    assert "says that there is no runbook for restoring railway:volume:*" in found.verdict.message
    assert [remedy.kind for remedy in found.verdict.remedies] == ["edit", "manual", "manual"]
    unplaced = facts.one(bk_019, facts.file(facts.credential()), policy=policy)
    assert (unplaced.status, unplaced.verdict.sources) == ("fail", (Source(".env", 1, "credentials"),))


def test_where_the_policy_names_it(facts: Any) -> None:
    place = Source("policy.toml", 7, "policy")
    policy, origins = {"backup.runbook_path": "docs/restore.md"}, {"backup.runbook_path": place}
    found = facts.one(bk_019, facts.file(facts.credential()), policy=policy, origins=origins)
    assert found.verdict.sources == (place,)
    assert [remedy.kind for remedy in found.verdict.remedies] == ["manual"]


def test_nothing_to_restore(facts: Any) -> None:
    assert facts.one(bk_019).status == "not-applicable"
    assert facts.one(bk_019, facts.file(facts.credential(environment="development"))).status == "not-applicable"


@pytest.mark.parametrize(
    ("on", "days", "answer"),
    [
        ("2026-11-01", None, "pass"),
        ("2025-11-21", None, "pass"),
        ("2025-11-19", None, "unknown"),
        ("2026-08-01", 30, "unknown"),
    ],
)
def test_a_review_stands_as_long_as_the_policy_lets_it(facts: Any, on: str, days: int | None, answer: str) -> None:
    said = {"control": "BK-019", "by": "Ada", "on": on, "valid_days": 366, "evidence": "TICKET-1"}
    policy = {"attestations": (said,), **({"backup.runbook_review_days": days} if days else {})}
    assert facts.one(bk_019, facts.file(facts.credential()), policy=policy).status == answer


def test_remedies_write_name_and_attest_it(facts: Any) -> None:
    code = facts.terraform('resource "aws_db_instance" "main" {}')
    written, named, attested = facts.one(bk_019, facts.file(facts.credential()), *code).verdict.remedies
    assert (written.kind, written.path) == ("edit", "docs/restore.md")
    for word in ("Owner:", "RPO", "RTO", "- railway:volume:*", "- aws_db_instance.main"):
        assert word in written.body
    assert tomllib.loads(named.body)["backup"]["runbook_path"] == written.path
    said = tomllib.loads(attested.body)["attestations"][0]
    assert (said["control"], said["valid_days"]) == ("BK-019", 365)
    assert facts.policy({"attestations": (said,)}).attestations
