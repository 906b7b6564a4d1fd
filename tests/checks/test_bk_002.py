"""BK-002: backups are kept for as many days as the policy asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.evidence import Gap, Unknown
from remit_checks.backup.retention_min import retention_min as bk_002

SQL = """
resource "google_sql_database_instance" "s" {
  settings {
    backup_configuration {
      enabled = true
      backup_retention_settings {
        retained_backups = 14
      }
    }
  }
}
"""
TABLE = """
resource "aws_dynamodb_table" "t" {
  point_in_time_recovery {
    enabled = true
  }
}
"""
PLAN = """
resource "aws_backup_plan" "p" {
  rule {
    target_vault_name = "Default"
    lifecycle {
      delete_after = 35
    }
  }
}
resource "aws_backup_selection" "s" {
  plan_id   = aws_backup_plan.p.id
  resources = ["*"]
}
"""


def _rds(days: str) -> str:
    return f'variable "d" {{}}\nresource "aws_db_instance" "m" {{\n  backup_retention_period = {days}\n}}\n'


CODE: tuple[tuple[str, str, str, str], ...] = (
    ("enough", _rds("14"), "pass", "aws_db_instance.m (14 days by its code)"),
    ("too short", _rds("7"), "fail", "less than 14 days: aws_db_instance.m (7 days by its code)"),
    ("none", _rds("0"), "fail", "0 days"),
    ("unset", 'resource "aws_db_instance" "m" {}', "unknown", "backup_retention_period is not set"),
    ("open", _rds("var.d"), "unknown", "`d`"),
    ("Aurora's default", 'resource "aws_rds_cluster" "m" {}', "fail", "1 day by its code"),
    ("Azure's default", 'resource "azurerm_postgresql_flexible_server" "m" {}', "fail", "7 days by its code"),
    ("a replica", 'resource "aws_db_instance" "m" {\n  replicate_source_db = "x"\n}', "not-applicable", "no database"),
    ("a cache", 'resource "aws_elasticache_cluster" "c" {}', "not-applicable", "no database"),
    (
        "a cache with snapshots",
        'resource "aws_elasticache_cluster" "c" {\n  snapshot_retention_limit = 3\n}',
        "fail",
        "3 days",
    ),
    ("DynamoDB", TABLE, "pass", "35 days"),
    ("DynamoDB, off", TABLE.replace("true", "false"), "fail", "0 days"),
    ("DynamoDB, shorter", TABLE.replace("true", "true\n    recovery_period_in_days = 7"), "fail", "7 days"),
    ("Cloud SQL", SQL, "pass", "14 days"),
    ("Cloud SQL's default", SQL.replace("retained_backups = 14", ""), "fail", "7 days"),
    ("Cloud SQL, off", SQL.replace("true", "false"), "fail", "0 days"),
    (
        "Cloud SQL, another unit",
        SQL.replace("= 14", '= 14\n        retention_unit = "WEEKS"'),
        "unknown",
        "their number",
    ),
    ("Neon's default", 'resource "neon_project" "n" {}', "fail", "1 day"),
    ("Neon", 'resource "neon_project" "n" {\n  history_retention_seconds = 1209600\n}', "pass", "14 days"),
    ("a plan besides", _rds("7") + PLAN, "pass", "35 days by aws_backup_plan.p"),
    ("a plan as short", _rds("7") + PLAN.replace("35", "10"), "fail", "10 days by aws_backup_plan.p"),
    ("a plan nobody knows", _rds("7") + PLAN.replace("35", "var.d"), "unknown", "`d`"),
    ("a plan nobody knows, and enough", _rds("20") + PLAN.replace("35", "var.d"), "pass", "20 days"),
    ("a plan that keeps for good", _rds("7") + PLAN.replace("delete_after = 35", ""), "pass", "for good"),
    ("a bucket", 'resource "aws_s3_bucket" "b" {}', "not-applicable", "no database"),
    ("another's module", 'module "db" {\n  source = "acme/rds/aws"\n}', "unknown", "module.db is made by"),
    ("a fault outweighs what is open", _rds("7") + 'module "db" {\n  source = "acme/rds/aws"\n}', "fail", "1 more"),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), CODE, ids=[row[0] for row in CODE])
def test_infrastructure_code(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_002, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("host", "answer", "words"),
    [
        ("dpg-1.frankfurt-postgres.render.com", "fail", "Render keeps them for 7 days at most"),
        ("db.abc.supabase.co", "unknown", "Supabase keeps them as its plan says"),
        ("db.acme.com", "unknown", "nobody could look"),
    ],
)
def test_databases_that_a_url_names(facts: Any, host: str, answer: str, words: str) -> None:
    found = facts.one(bk_002, facts.file(facts.url(host)))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert [str(source) for source in found.verdict.sources] == [".env:1"]
    assert "retention_days = 14" in found.verdict.remedies[-1].body


def test_a_database_of_development_is_not_judged(facts: Any) -> None:
    assert facts.one(bk_002, facts.file(facts.url("localhost", environment="development"))).status == "not-applicable"


@pytest.mark.parametrize(("days", "answer"), [(14, "pass"), (30, "pass"), (13, "fail"), (None, "unknown")])
def test_what_the_policy_declares(facts: Any, days: int | None, answer: str) -> None:
    copy = {"resource": "postgres:database:*", "location": "bucket", "provider": "other"}
    said = {**copy, "retention_days": days} if days is not None else copy
    assert facts.one(bk_002, facts.file(facts.url()), policy={"backup.inventory": (said,)}).status == answer


def test_a_declared_copy_settles_what_the_code_keeps_too_short(facts: Any) -> None:
    copy = {"resource": "aws_db_instance.m", "location": "vault", "provider": "other", "retention_days": 90}
    for text in (_rds("7"), _rds("var.d")):
        assert facts.one(bk_002, *facts.terraform(text), policy={"backup.inventory": (copy,)}).status == "pass"
    short = {"backup.inventory": ({**copy, "retention_days": 2},)}
    assert facts.one(bk_002, *facts.terraform(_rds("7")), policy=short).status == "fail"
    assert facts.one(bk_002, *facts.terraform(_rds("var.d")), policy=short).status == "unknown"
    module = facts.terraform('module "db" {\n  source = "acme/rds/aws"\n}')
    whole = {"backup.inventory": ({**copy, "resource": "module.db"},)}
    assert facts.one(bk_002, *module, policy=whole).status == "pass"


def test_the_policy_says_how_long(facts: Any) -> None:
    assert facts.one(bk_002, *facts.terraform(_rds("14")), policy={"backup.min_retention_days": 30}).status == "fail"


@pytest.mark.parametrize(
    "text",
    [
        _rds("7"),
        TABLE.replace("true", "false"),
        'resource "google_sql_database_instance" "s" {}',
        'resource "neon_project" "n" {}',
    ],
)
def test_the_lines_of_the_remedy_mend_it(facts: Any, text: str) -> None:
    remedies = facts.one(bk_002, *facts.terraform(text)).verdict.remedies
    assert [(each.kind, each.path) for each in remedies] == [("iac", "infra/main.tf"), ("manual", "")]
    assert facts.one(bk_002, *facts.terraform(text, override=remedies[0].body)).status == "pass"


def test_gaps_and_attestations(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    assert facts.one(bk_002, *facts.terraform(_rds("14")), gaps=(gap,)).status == "unknown"
    assert facts.one(bk_002).status == "not-applicable"
    said = {"control": "BK-002", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_002, facts.file(facts.url()), policy={"attestations": (said,)}).status == "pass"
    assert facts.one(bk_002, *facts.terraform(_rds("7")), policy={"attestations": (said,)}).status == "fail"


@pytest.mark.parametrize("text", [row[1] for row in CODE if row[2] != "pass"])
def test_hiding_an_argument_never_makes_a_pass(facts: Any, text: str) -> None:
    modules = list(facts.terraform(text))
    for at, module in enumerate(modules):
        for place, resource in enumerate(module.resources):
            for name in resource.arguments:
                hidden = replace(resource, arguments={**resource.arguments, name: Unknown("hidden")})
                resources = (*module.resources[:place], hidden, *module.resources[place + 1 :])
                rest = [*modules[:at], replace(module, resources=resources), *modules[at + 1 :]]
                assert facts.one(bk_002, *rest).status != "pass", (resource.address, name)
