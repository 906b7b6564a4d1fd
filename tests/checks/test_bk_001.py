"""BK-001: every database in reach can be taken back to any moment."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Gap, Unknown
from remit_checks.backup.pitr_enabled import pitr_enabled as bk_001

CODE: tuple[tuple[str, str, str, str], ...] = (
    ("kept", 'resource "aws_db_instance" "m" {\n  backup_retention_period = 14\n}', "pass", "on by its code"),
    (
        "off",
        'resource "aws_db_instance" "m" {\n  backup_retention_period = 0\n}',
        "fail",
        "aws_db_instance.m (off by its code)",
    ),
    ("unset", 'resource "aws_db_instance" "m" {}', "unknown", "backup_retention_period is not set"),
    (
        "open",
        'variable "d" {}\nresource "aws_db_instance" "m" {\n  backup_retention_period = var.d\n}',
        "unknown",
        "`d`",
    ),
    ("a replica", 'resource "aws_db_instance" "m" {\n  replicate_source_db = "x"\n}', "not-applicable", "no database"),
    ("Aurora always does", 'resource "aws_rds_cluster" "m" {}', "pass", "aws_rds_cluster.m"),
    ("DynamoDB by default not", 'resource "aws_dynamodb_table" "t" {}', "fail", "aws_dynamodb_table.t"),
    (
        "DynamoDB on",
        'resource "aws_dynamodb_table" "t" {\n  point_in_time_recovery {\n    enabled = true\n  }\n}',
        "pass",
        "t",
    ),
    ("Cloud SQL by default not", 'resource "google_sql_database_instance" "s" {}', "fail", "s (off by its code)"),
    ("a console decides", 'resource "supabase_project" "p" {}', "unknown", "do not say"),
    ("a bucket is none", 'resource "aws_s3_bucket" "b" {}', "not-applicable", "no database"),
    ("another's module", 'module "db" {\n  source = "acme/rds/aws"\n}', "unknown", "module.db"),
)
CLOUD_SQL = """
resource "google_sql_database_instance" "s" {
  database_version = "%s"
  settings {
    backup_configuration {
      enabled = %s
      %s = true
    }
  }
}
"""


@pytest.mark.parametrize(("name", "text", "answer", "words"), CODE, ids=[row[0] for row in CODE])
def test_infrastructure_code(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_001, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("version", "backups", "switch", "answer"),
    [
        ("POSTGRES_16", "true", "point_in_time_recovery_enabled", "pass"),
        ("POSTGRES_16", "false", "point_in_time_recovery_enabled", "fail"),
        ("MYSQL_8_0", "true", "binary_log_enabled", "pass"),
        ("MYSQL_8_0", "true", "other", "fail"),
        ("POSTGRES_16", "true", "other", "fail"),
    ],
)
def test_cloud_sql(facts: Any, version: str, backups: str, switch: str, answer: str) -> None:
    assert facts.one(bk_001, *facts.terraform(CLOUD_SQL % (version, backups, switch))).status == answer


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "unknown"),
        ({"environment": "staging"}, "unknown"),
        ({"environment": Unknown("not told")}, "unknown"),
        ({"environment": "development"}, "not-applicable"),
        ({"placeholder": True}, "not-applicable"),
        ({"provider": "redis", "resource": "redis:database:db.acme.com/0"}, "not-applicable"),
    ],
)
def test_databases_that_urls_name(facts: Any, changes: dict[str, Any], answer: str) -> None:
    found = facts.one(bk_001, facts.file(facts.url(**changes)))
    assert found.status == answer, found.verdict


def test_a_declared_copy_decides_and_the_worst_database_wins(facts: Any) -> None:
    copy = {"resource": "postgres:database:db.acme.com/*", "location": "eu-west-1", "provider": "aws", "pitr": True}
    file = facts.file(facts.url())
    assert facts.one(bk_001, file, policy={"backup.inventory": (copy,)}).status == "pass"
    assert facts.one(bk_001, file, policy={"backup.inventory": ({**copy, "pitr": False},)}).status == "unknown"
    other = facts.file(facts.url("other.acme.com"), path="app/.env")
    assert facts.one(bk_001, file, other, policy={"backup.inventory": (copy,)}).status == "unknown"
    off = facts.terraform('resource "aws_dynamodb_table" "t" {}')
    found = facts.one(bk_001, file, *off)
    assert found.status == "fail"
    assert "not known of 1 more" in found.verdict.message


def test_one_database_under_two_names_is_told_once(facts: Any) -> None:
    files = (facts.file(facts.url()), facts.file(facts.url(), path="app/.env"))
    found = facts.one(bk_001, *files)
    assert found.verdict.message.count("postgres:database:db.acme.com/shop") == 1
    assert [str(source) for source in found.verdict.sources] == [".env:1", "app/.env:1"]


def test_an_unread_place_leaves_a_pass_open(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "has a syntax error", ("IacModule",))
    good = facts.terraform('resource "aws_rds_cluster" "m" {}')
    assert facts.one(bk_001, *good).status == "pass"
    assert facts.one(bk_001, *good, gaps=(gap,)).status == "unknown"
    assert facts.one(bk_001, gaps=(gap,)).status == "unknown"
    off = facts.terraform('resource "aws_dynamodb_table" "t" {}')
    assert facts.one(bk_001, *off, gaps=(gap,)).status == "fail"


def test_an_attestation_decides_what_nobody_saw_and_no_failure(facts: Any) -> None:
    said = {"control": "BK-001", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_001, facts.file(facts.url()), policy={"attestations": (said,)}).status == "pass"
    lapsed = {**said, "on": "2026-01-01", "valid_days": 30}
    assert facts.one(bk_001, facts.file(facts.url()), policy={"attestations": (lapsed,)}).status == "unknown"
    off = facts.terraform('resource "aws_dynamodb_table" "t" {}')
    assert facts.one(bk_001, *off, policy={"attestations": (said,)}).status == "fail"


def test_a_policy_that_asks_for_none(facts: Any) -> None:
    assert facts.one(bk_001, facts.file(facts.url()), policy={"backup.require_pitr": False}).status == "not-applicable"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('resource "aws_db_instance" "m" {\n  backup_retention_period = 0\n}', False),
        ('resource "aws_dynamodb_table" "t" {}', True),
        ('resource "google_sql_database_instance" "s" {}', True),
    ],
)
def test_the_lines_of_the_remedy_mend_it(facts: Any, text: str, safe: bool) -> None:
    remedy = facts.one(bk_001, *facts.terraform(text)).verdict.remedies[0]
    assert (remedy.kind, remedy.safe) == ("iac", safe)
    assert facts.one(bk_001, *facts.terraform(remedy.body)).status == "pass"


def test_the_days_of_the_remedy_are_the_policys(facts: Any) -> None:
    off = facts.terraform('resource "aws_db_instance" "m" {\n  backup_retention_period = 0\n}')
    found = facts.one(bk_001, *off, policy={"backup.min_retention_days": 30})
    assert "backup_retention_period = 30" in found.verdict.remedies[0].body
