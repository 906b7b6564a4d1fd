"""BK-004: restores are tested on a schedule."""

from __future__ import annotations

from typing import Any

import pytest

from remit_checks.backup.restore_test_automated import restore_test_automated as bk_004

COPY = {"resource": "*", "location": "vault", "provider": "backblaze"}
DATABASE = 'resource "aws_db_instance" "main" {}\n'
PLAN = """
resource "aws_backup_restore_testing_plan" "monthly" {
  name                = "monthly"
  schedule_expression = "cron(0 5 1 * ? *)"
}
resource "aws_backup_restore_testing_selection" "s" {
  restore_testing_plan_name = aws_backup_restore_testing_plan.monthly.name
  %s
}
"""
ALL = 'protected_resource_type = "RDS"\n  protected_resource_arns = ["*"]'


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        (DATABASE, "unknown", "no copy of it is declared"),
        (DATABASE + PLAN % ALL, "pass", "by aws_backup_restore_testing_selection.s"),
        (
            DATABASE + PLAN % 'protected_resource_type = "RDS"\n  protected_resource_arns = [aws_db_instance.main.arn]',
            "pass",
            "by aws_backup_restore_testing_selection.s",
        ),
        (DATABASE + PLAN % 'protected_resource_type = "RDS"', "unknown", "takes it in is not known"),
        (
            DATABASE + PLAN % 'protected_resource_type = "EBS"\n  protected_resource_arns = ["*"]',
            "unknown",
            "no copy of it is declared",
        ),
        (
            'variable "t" {}\n' + DATABASE + PLAN % "protected_resource_type = var.t",
            "unknown",
            "tests is not known",
        ),
        (
            'variable "a" {}\n'
            + DATABASE
            + PLAN % 'protected_resource_type = "RDS"\n  protected_resource_arns = [var.a, "x"]',
            "unknown",
            "takes it in is not known",
        ),
        ('resource "aws_vpc" "v" {}', "not-applicable", "nothing here"),
    ],
)
def test_restore_testing_of_the_cloud(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_004, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_selection_without_its_plan_tests_nothing(facts: Any) -> None:
    selection = PLAN[PLAN.index('resource "aws_backup_restore_testing_selection"') :] % ALL
    assert facts.one(bk_004, *facts.terraform(DATABASE + selection)).status == "unknown"


@pytest.mark.parametrize(
    ("copies", "answer", "words"),
    [
        ((COPY,), "unknown", "no schedule is described here"),
        (({**COPY, "restore_tested": "2026-11-01"},), "unknown", "no schedule is described here"),
        (({**COPY, "restore_tested": "2026-05-01"},), "fail", "would have tested it since 2026-05-01"),
        (({**COPY, "restore_tested": "2026-05-01"}, {**COPY, "restore_tested": "2026-11-01"}), "unknown", "schedule"),
    ],
)
def test_a_date_shows_only_that_no_schedule_runs(
    facts: Any, copies: tuple[dict[str, Any], ...], answer: str, words: str
) -> None:
    found = facts.one(bk_004, facts.file(facts.credential()), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].path == ".env"


def test_attested_or_not_asked_for(facts: Any) -> None:
    file = facts.file(facts.credential())
    assert facts.one(bk_004, file, policy={"backup.restore_test_automated": False}).status == "not-applicable"
    said = {"control": "BK-004", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_004, file, policy={"attestations": (said,)}).status == "pass"


def test_the_plan_of_the_remedy_mends_it(facts: Any) -> None:
    text = DATABASE + 'resource "aws_dynamodb_table" "t" {}\n'
    plan, attested = facts.one(bk_004, *facts.terraform(text)).verdict.remedies
    assert (plan.kind, plan.path, attested.kind) == ("iac", "infra/main.tf", "manual")
    assert facts.one(bk_004, *facts.terraform(text + plan.body)).status == "pass"
    by_hand = facts.one(bk_004, facts.file(facts.credential())).verdict.remedies
    assert [remedy.kind for remedy in by_hand] == ["manual"]
