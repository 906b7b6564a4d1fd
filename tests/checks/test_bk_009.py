"""BK-009: three copies on two kinds of storage, one of them elsewhere."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit_checks.backup.three_two_one import three_two_one as bk_009

VAULT = {"resource": "*", "location": "eu-west-1", "provider": "aws", "medium": "object storage"}
TAPE = {"resource": "*", "location": "cellar", "provider": "iron-hill", "medium": "tape"}
NEAR = {"resource": "*", "location": "volume backup", "provider": "railway"}


@pytest.mark.parametrize(
    ("copies", "answer", "words"),
    [
        ((), "unknown", "no copy of it is declared"),
        ((VAULT,), "fail", "2 of 3 copies with the original"),
        ((VAULT, TAPE), "pass", "3 copies with the original, 3 kinds of storage, 2 elsewhere"),
        ((VAULT, VAULT), "pass", "2 kinds of storage"),
        ((NEAR, NEAR), "unknown", "1 of 2 kinds of storage for certain, 0 of 1 elsewhere for certain"),
        (({**NEAR, "medium": "volume"}, {**NEAR, "medium": "Volume"}), "unknown", "1 of 2 kinds of storage"),
        ((NEAR, {**NEAR, "medium": "Object Storage"}), "unknown", "0 of 1 elsewhere for certain"),
        ((NEAR, {**NEAR, "medium": "tape", "reachable_by_agents": False}), "pass", "1 elsewhere"),
        ((NEAR, VAULT), "pass", "1 elsewhere"),
        (({**VAULT, "resource": "aws_*"}, TAPE), "fail", "2 of 3 copies"),
    ],
)
def test_copies_of_a_volume(facts: Any, copies: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    found = facts.one(bk_009, facts.file(facts.credential()), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].path == ".env"


def test_kinds_of_storage_of_an_original_whose_host_says_nothing(facts: Any) -> None:
    file = facts.file(facts.url("db.acme.com"))
    apart = {**VAULT, "reachable_by_agents": False}
    assert facts.one(bk_009, file, policy={"backup.inventory": (VAULT, apart)}).status == "pass"
    unnamed = {**apart, "medium": ""}
    found = facts.one(bk_009, file, policy={"backup.inventory": (unnamed, unnamed)})
    assert (found.status, "1 of 2 kinds of storage for certain" in found.verdict.message) == ("unknown", True)


def test_a_bucket_copied_to_buckets_is_of_one_kind(facts: Any) -> None:
    code = facts.terraform('resource "aws_s3_bucket" "b" {}')
    apart = {**VAULT, "account": "2", "reachable_by_agents": False}
    found = facts.one(bk_009, *code, policy={"backup.inventory": (apart, apart)})
    assert (found.status, "1 of 2 kinds of storage" in found.verdict.message) == ("unknown", True), found.verdict
    elsewhere = {**apart, "provider": "backblaze"}
    assert facts.one(bk_009, *code, policy={"backup.inventory": (apart, elsewhere)}).status == "pass"


@pytest.mark.parametrize(
    ("text", "answer"),
    [("backup_retention_period = 7", "pass"), ("backup_retention_period = 0", "fail"), ("", "unknown")],
)
def test_the_providers_own_backups_count_where_code_makes_them(facts: Any, text: str, answer: str) -> None:
    code = facts.terraform(f'resource "aws_db_instance" "main" {{\n  {text}\n}}')
    assert facts.one(bk_009, *code, policy={"backup.inventory": (TAPE,)}).status == answer
    hidden = facts.terraform(
        'variable "d" {}\nresource "aws_db_instance" "main" {\n  backup_retention_period = var.d\n}'
    )
    found = facts.one(bk_009, *hidden, policy={"backup.inventory": (TAPE,)})
    assert (found.status, "2 of 3 copies with the original for certain" in found.verdict.message) == ("unknown", True)


def test_copies_in_code_count_beside_declared_ones(facts: Any) -> None:
    text = (
        'resource "aws_db_instance" "main" {}\n'
        'resource "aws_backup_plan" "p" {\n  rule {\n    target_vault_name = "Default"\n  }\n}\n'
        'resource "aws_backup_selection" "s" {\n  plan_id = aws_backup_plan.p.id\n'
        "  resources = [aws_db_instance.main.arn]\n}\n"
    )
    assert facts.one(bk_009, *facts.terraform(text)).status == "unknown"
    assert facts.one(bk_009, *facts.terraform(text), policy={"backup.inventory": (TAPE,)}).status == "pass"
    alone = 'resource "aws_db_instance" "main" {\n  backup_retention_period = 0\n}'
    assert facts.one(bk_009, *facts.terraform(alone), policy={"backup.inventory": (TAPE,)}).status == "fail"


@pytest.mark.parametrize(
    ("key", "value", "answer"),
    [("copies", 4, "fail"), ("media", 4, "fail"), ("offsite", 3, "fail"), ("copies", 2, "pass"), ("media", 1, "pass")],
)
def test_the_numbers_are_the_policys(facts: Any, key: str, value: int, answer: str) -> None:
    policy = {"backup.inventory": (VAULT, TAPE), f"backup.{key}": value}
    assert facts.one(bk_009, facts.file(facts.credential()), policy=policy).status == answer


def test_nothing_to_copy(facts: Any) -> None:
    assert facts.one(bk_009).status == "not-applicable"


def test_remedies_and_attestations(facts: Any) -> None:
    file = facts.file(facts.credential())
    declared, attested = facts.one(bk_009, file).verdict.remedies
    (entry,) = tomllib.loads(declared.body)["backup"]["inventory"]
    assert {"medium", "location", "provider", "reachable_by_agents"} <= set(entry)
    twice = (entry, {**entry, "medium": "tape"})
    assert facts.one(bk_009, file, policy={"backup.inventory": twice}).status == "pass"
    said = tomllib.loads(attested.body.replace("2000-01-01", "2026-11-01"))["attestations"]
    assert facts.one(bk_009, file, policy={"attestations": said}).status == "pass"
