"""BK-010: in a larger team, whatever can be destroyed has a copy in another region."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Unknown
from remit_checks.backup.cross_region import cross_region as bk_010
from remit_checks.backup.regions import apart, regions

COPY = {"resource": "*", "location": "vault in eu-central-1", "provider": "aws"}
HERE = "shop.eu-west-1.rds.amazonaws.com"
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
DATABASE = PROVIDER + 'resource "aws_db_instance" "main" {}\n'


def _judged(facts: Any, *subjects: Any, size: int | None = 12, **policy: Any) -> Any:
    team = {} if size is None else {"team.size": size}
    return facts.one(bk_010, *subjects, policy={**team, **{f"backup.{key}": value for key, value in policy.items()}})


@pytest.mark.parametrize(
    ("size", "answer", "words"),
    [
        (9, "not-applicable", "from 10 people on"),
        (10, "unknown", "no copy of it is declared"),
        (None, "unknown", "the team's size is not declared"),
    ],
)
def test_the_size_of_the_team_decides(facts: Any, size: int | None, answer: str, words: str) -> None:
    found = _judged(facts, facts.file(facts.url(HERE)), size=size)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_nothing_to_copy_or_nothing_asked(facts: Any) -> None:
    assert _judged(facts).status == _judged(facts, size=None).status == "not-applicable"
    assert _judged(facts, facts.file(facts.url(HERE)), size=10, cross_region_from_team_size=11).status == (
        "not-applicable"
    )


@pytest.mark.parametrize(
    ("locations", "answer", "words"),
    [
        (("vault in eu-central-1",), "pass", "the copy at vault in eu-central-1"),
        (("vault in eu-west-1",), "fail", "where the original is"),
        (("eu-west-1", "us-east-1"), "pass", "us-east-1"),
        (("eu-west-1", "the cellar"), "unknown", "no region is named"),
        (("europe-west1",), "unknown", "two clouds may be in one city"),
    ],
)
def test_declared_copies_of_a_hosted_database(facts: Any, locations: tuple[str, ...], answer: str, words: str) -> None:
    copies = tuple({**COPY, "location": each} for each in locations)
    found = _judged(facts, facts.file(facts.url(HERE)), inventory=copies)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].path == ".env"


def test_an_original_of_which_nobody_knows_the_region(facts: Any) -> None:
    found = _judged(facts, facts.file(facts.credential()), inventory=(COPY,))
    assert (found.status, "the region of the original is not known" in found.verdict.message) == ("unknown", True)


REPLICATED = (
    'resource "aws_db_instance_automated_backups_replication" "r" {\n'
    "  source_db_instance_arn = aws_db_instance.main.arn\n}\n"
)


def _plan(region: str) -> str:
    return (
        'resource "aws_backup_plan" "p" {\n  rule {\n    target_vault_name = "Default"\n    copy_action {\n'
        f'      destination_vault_arn = "arn:aws:backup:{region}:222222222222:backup-vault:v"\n    }}\n  }}\n}}\n'
        'resource "aws_backup_selection" "s" {\n  plan_id = aws_backup_plan.p.id\n'
        "  resources = [aws_db_instance.main.arn]\n}\n"
    )


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        (DATABASE, "unknown", "no copy of it is declared"),
        (DATABASE + REPLICATED, "pass", "backups_replication.r"),
        (DATABASE + _plan("eu-central-1"), "pass", "the copy action of aws_backup_plan.p"),
        (DATABASE + _plan("eu-west-1"), "unknown", "lies in the region of the original"),
        ('resource "aws_db_instance" "main" {}\n' + _plan("eu-central-1"), "unknown", "the original is not known"),
        ('resource "google_storage_bucket" "b" {\n  location = "EU"\n}', "pass", "more than one region"),
        ('resource "google_storage_bucket" "b" {\n  location = "europe-west1"\n}', "unknown", "no copy"),
        (
            'resource "azurerm_postgresql_flexible_server" "s" {\n  geo_redundant_backup_enabled = true\n}',
            "pass",
            "more than one region",
        ),
        (
            'resource "azurerm_storage_account" "s" {\n  account_replication_type = "GRS"\n}',
            "pass",
            "more than one region",
        ),
        ('resource "azurerm_storage_account" "s" {\n  account_replication_type = "LRS"\n}', "unknown", "no copy"),
        (
            PROVIDER + 'resource "aws_dynamodb_table" "t" {\n  replica {\n    region_name = "us-east-1"\n  }\n}',
            "pass",
            "a replica in us-east-1",
        ),
        (
            'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket_replication_configuration" "r" {\n'
            "  bucket = aws_s3_bucket.b.id\n}",
            "unknown",
            "the region of the bucket",
        ),
    ],
)
def test_infrastructure_code(facts: Any, text: str, answer: str, words: str) -> None:
    found = _judged(facts, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_declared_copy_of_what_code_describes(facts: Any) -> None:
    code = facts.terraform(DATABASE)
    assert _judged(facts, *code, inventory=(COPY,)).status == "pass"
    assert _judged(facts, *code, inventory=({**COPY, "location": "eu-west-1a"},)).status == "fail"


def test_the_lines_of_the_remedy_mend_it(facts: Any) -> None:
    lines, declared = _judged(facts, *facts.terraform(DATABASE)).verdict.remedies
    assert (lines.kind, lines.path, declared.kind) == ("iac", "infra/main.tf", "manual")
    assert "retention_period       = 14" in lines.body
    assert _judged(facts, *facts.terraform(DATABASE + lines.body)).status == "pass"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x.eu-west-1.rds", {("aws", "eu-west-1")}),
        ("EU-WEST-1a", {("aws", "eu-west-1")}),
        ("us-gov-east-1", {("aws", "us-gov-east-1")}),
        ("europe-west1-b", {("gcp", "europe-west1")}),
        ("westeurope and eastus2", {("azure", "westeurope"), ("azure", "eastus2")}),
        ("reus-west-1", set()),
        ("the cellar", set()),
        ("eu-west-10", set()),
        ("-" * 100_000, set()),
    ],
)
def test_regions_in_words(text: str, found: set[tuple[str, str]]) -> None:
    assert regions(text) == found


def test_only_regions_of_one_cloud_are_told_apart() -> None:
    west, central = regions("eu-west-1"), regions("eu-central-1")
    assert apart(west, central) is True
    assert apart(west, west) is False
    assert apart(west, west | central) is False
    for home, there in ((west, frozenset()), (frozenset(), west), (west, regions("europe-west1"))):
        assert isinstance(apart(home, there), Unknown)
