"""BK-014: no bucket is emptied when it is deleted."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Gap
from remit_checks.backup.bucket_no_force_destroy import bucket_no_force_destroy as bk_014

BUCKET = 'resource "aws_s3_bucket" "copies" {\n  %s\n}'


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        (BUCKET % "force_destroy = true", "fail", "aws_s3_bucket.copies (infra/main.tf:1)"),
        (BUCKET % 'force_destroy = "true"', "fail", "aws_s3_bucket.copies"),
        (BUCKET % "force_destroy = false", "pass", "aws_s3_bucket.copies"),
        (BUCKET % "", "pass", "refuse to be deleted"),
        ('variable "f" {}\n' + BUCKET % "force_destroy = var.f", "unknown", "`force_destroy` of aws_s3_bucket.copies"),
        ('resource "google_storage_bucket" "b" {\n  force_destroy = true\n}', "fail", "google_storage_bucket.b"),
        ('resource "digitalocean_spaces_bucket" "b" {\n  force_destroy = true\n}', "fail", "spaces"),
        ('resource "aws_backup_vault" "v" {\n  force_destroy = true\n}', "fail", "aws_backup_vault.v"),
        ('resource "aws_iam_user" "u" {\n  force_destroy = true\n}', "not-applicable", "describes no bucket"),
        ('module "files" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n}', "unknown", "module.files is made by"),
        (
            'module "files" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n  force_destroy = true\n}',
            "fail",
            "module.files",
        ),
        ('module "db" {\n  source = "terraform-aws-modules/rds/aws"\n}', "not-applicable", "describes no bucket"),
    ],
)
def test_code(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_014, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].path == "infra/main.tf"


def test_one_forced_bucket_among_others(facts: Any) -> None:
    text = BUCKET % "" + '\nresource "aws_s3_bucket" "scratch" {\n  force_destroy = true\n}'
    found = facts.one(bk_014, *facts.terraform(text))
    assert found.status == "fail"
    assert "aws_s3_bucket.copies" not in found.verdict.message
    assert [source.line for source in found.verdict.sources] == [4]


@pytest.mark.parametrize(
    "text",
    [
        BUCKET % "force_destroy = true",
        'module "files" {\n  source = "acme/s3-bucket/aws"\n  force_destroy = true\n}',
        'variable "f" {}\n' + BUCKET % "force_destroy = var.f",
    ],
)
def test_the_lines_of_the_remedy(facts: Any, text: str) -> None:
    (remedy,) = facts.one(bk_014, *facts.terraform(text)).verdict.remedies
    assert (remedy.kind, remedy.path, remedy.safe) == ("iac", "infra/main.tf", False)
    assert "force_destroy = false" in remedy.body
    assert facts.one(bk_014, *facts.terraform(remedy.body)).status in ("pass", "not-applicable")


def test_an_unread_file_leaves_it_open(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "has a syntax error", ("IacModule",))
    statuses = {each.status for each in facts.judge(bk_014, *facts.terraform(BUCKET % ""), gaps=(gap,))}
    assert statuses == {"pass", "unknown"}
