"""BK-011: infrastructure code refuses to destroy what keeps data."""

from __future__ import annotations

import re
from typing import Any

import pytest

from remit_checks.backup.deletion_protection_iac import deletion_protection_iac as bk_011

GUARDED = """
resource "aws_db_instance" "main" {
  deletion_protection = true
  lifecycle {
    prevent_destroy = true
  }
}
"""
BARE = 'resource "aws_db_instance" "main" {\n}\n'

TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("guarded", GUARDED, "pass", "aws_db_instance.main"),
    ("bare", BARE, "fail", "aws_db_instance.main (infra/main.tf:1, without prevent_destroy and deletion_protection)"),
    ("half", GUARDED.replace("deletion_protection = true", ""), "fail", "without deletion_protection)"),
    (
        "switched off",
        GUARDED.replace("prevent_destroy = true", "prevent_destroy = false"),
        "fail",
        "without prevent_destroy)",
    ),
    (
        "a bucket has no guard of its own",
        'resource "aws_s3_bucket" "b" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}',
        "pass",
        "b",
    ),
    ("a bare bucket", 'resource "aws_s3_bucket" "b" {}', "fail", "aws_s3_bucket.b"),
    (
        "Cloud SQL is guarded unless told otherwise",
        'resource "google_sql_database_instance" "s" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}',
        "pass",
        "google_sql_database_instance.s",
    ),
    (
        "Cloud SQL told otherwise",
        'resource "google_sql_database_instance" "s" {\n  deletion_protection = false\n'
        "  lifecycle {\n    prevent_destroy = true\n  }\n}",
        "fail",
        "without deletion_protection",
    ),
    (
        "a variable without a value",
        'variable "guard" {}\n' + GUARDED.replace("deletion_protection = true", "deletion_protection = var.guard"),
        "unknown",
        "guard",
    ),
    (
        "a variable with a default",
        'variable "guard" {\n  default = true\n}\n'
        + GUARDED.replace("deletion_protection = true", "deletion_protection = var.guard"),
        "pass",
        "aws_db_instance.main",
    ),
    ("nothing that keeps data", 'resource "aws_iam_role" "r" {}', "not-applicable", "nothing that keeps data"),
    (
        "another's module of a database",
        'module "db" {\n  source = "terraform-aws-modules/rds/aws"\n}',
        "unknown",
        "module.db is made by",
    ),
    (
        "another's module of a network",
        'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}',
        "not-applicable",
        "nothing",
    ),
    (
        "words that only look alike",
        'module "records" {\n  source = "acme/standards/aws"\n}',
        "not-applicable",
        "nothing",
    ),
    (
        "a guard does not cover another's module",
        GUARDED + 'module "s3" {\n  source = "acme/s3/aws"\n}',
        "unknown",
        "module.s3",
    ),
    (
        "a fault outweighs what is open",
        BARE + 'module "db" {\n  source = "acme/rds/aws"\n}',
        "fail",
        "aws_db_instance.main",
    ),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_module(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_011, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_module_in_the_target_is_judged_where_it_lies(facts: Any) -> None:
    inner = facts.module(facts.resource("aws_s3_bucket.b"), path="infra/store")
    call = facts.module(facts.resource("module.bucket", source="./store"), path="infra")
    by_place = {each.subject_name: each.status for each in facts.judge(bk_011, call, inner)}
    assert by_place == {"infra": "not-applicable", "infra/store": "fail"}
    assert facts.one(bk_011, call).status == "unknown", "its directory is not among what was read"


def test_the_policy_says_which_types_are_protected(facts: Any) -> None:
    role = facts.module(facts.resource("aws_sqs_queue.jobs"))
    assert facts.one(bk_011, role).status == "not-applicable"
    assert facts.one(bk_011, role, policy={"iac.protected_types": ("aws_*",)}).status == "fail"


@pytest.mark.parametrize(
    "text",
    [
        BARE,
        'resource "aws_dynamodb_table" "t" {\n}\n',
        'resource "hcloud_volume" "v" {\n}\n',
        'resource "google_sql_database_instance" "s" {\n  deletion_protection = false\n}\n',
    ],
)
def test_the_lines_of_the_remedy_mend_it(facts: Any, text: str) -> None:
    remedies = facts.one(bk_011, *facts.terraform(text)).verdict.remedies
    assert [(each.kind, each.path, each.safe) for each in remedies] == [("iac", "infra/main.tf", True)]
    assert facts.one(bk_011, *facts.terraform(_merged(text, remedies[0].body))).status == "pass"


def _merged(text: str, body: str) -> str:
    """What a person does: the lines go into the block, in place of those that said otherwise."""
    head, *lines = body.splitlines()
    names = {line.split("=")[0].strip() for line in lines if "=" in line}
    kept = [line for line in text.splitlines() if line.split("=")[0].strip() not in names or "{" in line]
    assert head == re.sub(r"\{.*", "{", kept[0])
    return "\n".join([*kept[:-1], *lines])


def test_every_bare_resource_is_in_the_remedy(facts: Any) -> None:
    text = "\n".join(f'resource "aws_s3_bucket" "b{number}" {{}}' for number in range(9))
    found = facts.one(bk_011, *facts.terraform(text))
    assert "and 3 more" in found.verdict.message
    assert found.verdict.remedies[0].body.count("prevent_destroy = true") == 9
    assert len(found.verdict.sources) == 9
