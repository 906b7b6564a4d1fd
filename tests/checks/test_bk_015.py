"""BK-015: backups outlive the instance."""

from __future__ import annotations

from typing import Any

import pytest

from remit_checks.backup.backups_survive_instance import backups_survive_instance as bk_015

KEPT = """
resource "aws_db_instance" "main" {
  skip_final_snapshot       = false
  final_snapshot_identifier = "main-final"
  delete_automated_backups  = false
}
"""


def _without(line: str) -> str:
    return "\n".join(each for each in KEPT.splitlines() if line not in each)


TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("kept", KEPT, "pass", "aws_db_instance.main"),
    (
        "the way of the nine seconds",
        'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}',
        "fail",
        "skip_final_snapshot = true",
    ),
    ("automatic backups go by default", _without("delete_automated_backups"), "fail", "no delete_automated_backups"),
    (
        "they are told to go",
        KEPT.replace("backups  = false", "backups  = true"),
        "fail",
        "delete_automated_backups = true",
    ),
    ("skipping is off by default", _without("skip_final_snapshot"), "pass", "aws_db_instance.main"),
    ("no name for the snapshot", _without("final_snapshot_identifier"), "fail", "no final_snapshot_identifier"),
    ("a name only Terraform knows", KEPT.replace('"main-final"', "random_id.x.hex"), "pass", "aws_db_instance.main"),
    ("a name nobody gives", 'variable "n" {}\n' + KEPT.replace('"main-final"', "var.n"), "unknown", "`n`"),
    ("open", 'variable "keep" {}\n' + KEPT.replace("backups  = false", "backups  = var.keep"), "unknown", "keep"),
    (
        "a replica",
        KEPT.replace("skip_final_snapshot       = false", 'replicate_source_db = "x"\n  skip_final_snapshot = true'),
        "not-applicable",
        "no database",
    ),
    ("a cache without snapshots", 'resource "aws_elasticache_cluster" "c" {}', "not-applicable", "no database"),
    (
        "a cache with some",
        'resource "aws_elasticache_cluster" "c" {\n  snapshot_retention_limit = 5\n}',
        "fail",
        "final_snapshot_identifier",
    ),
    (
        "Cloud SQL drops them by default",
        'resource "google_sql_database_instance" "s" {}',
        "fail",
        "no retain_backups_on_delete",
    ),
    (
        "Cloud SQL keeps them",
        'resource "google_sql_database_instance" "s" {\n  settings {\n    retain_backups_on_delete = true\n  }\n}',
        "pass",
        "google_sql_database_instance.s",
    ),
    ("a bucket makes none", 'resource "aws_s3_bucket" "b" {}', "not-applicable", "no database"),
    ("another's module", 'module "db" {\n  source = "terraform-aws-modules/rds/aws"\n}', "unknown", "module.db"),
    ("another's module of a bucket", 'module "s3" {\n  source = "acme/s3/aws"\n}', "not-applicable", "no database"),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_module(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_015, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    "type",
    [
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_redshift_cluster",
        "aws_memorydb_cluster",
        "google_sql_database_instance",
        "mongodbatlas_advanced_cluster",
    ],
)
def test_the_lines_of_the_remedy_mend_it(facts: Any, type: str) -> None:
    found = facts.one(bk_015, *facts.terraform(f'resource "{type}" "main" {{}}'))
    assert found.status == "fail", found.verdict
    remedy = found.verdict.remedies[0]
    assert (remedy.kind, remedy.path, remedy.safe) == ("iac", "infra/main.tf", True)
    assert facts.one(bk_015, *facts.terraform(remedy.body)).status == "pass"


def test_the_place_of_each_is_named(facts: Any) -> None:
    found = facts.one(bk_015, *facts.terraform(KEPT + 'resource "aws_rds_cluster" "b" {}'))
    assert [str(source) for source in found.verdict.sources] == ["infra/main.tf:7"]
    assert "aws_rds_cluster.b (infra/main.tf:7" in found.verdict.message
