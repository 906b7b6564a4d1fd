"""BK-006: a copy belongs to another account."""

from __future__ import annotations

from typing import Any

import pytest

from remit_checks.backup.separate_account import separate_account as bk_006

COPY = {"resource": "*", "location": "vault", "provider": "aws"}
AWS = {"kind": "aws-access-key", "provider": "aws", "resource": "aws:account:111111111111", "account": "111111111111"}
PROVIDER = 'provider "aws" {\n  allowed_account_ids = ["111111111111"]\n}\n'
DATABASE = 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n'


def _plan(copy: str) -> str:
    return (
        'resource "aws_backup_plan" "p" {\n  rule {\n    target_vault_name = "Default"\n'
        f"    {copy}\n  }}\n}}\n"
        'resource "aws_backup_selection" "s" {\n  plan_id = aws_backup_plan.p.id\n'
        "  resources = [aws_db_instance.main.arn]\n}\n"
    )


def _to(account: str) -> str:
    return f'copy_action {{\n      destination_vault_arn = "arn:aws:backup:eu-west-1:{account}:backup-vault:v"\n    }}'


@pytest.mark.parametrize(
    ("changes", "copies", "answer", "words"),
    [
        ({"backups_go_with_it": True}, (), "fail", "no copy in another account"),
        ({}, (), "unknown", "none is declared"),
        ({}, (COPY,), "pass", "in another account"),
        (AWS, (COPY,), "unknown", "the account of the copy at vault is not known"),
        (AWS, ({**COPY, "provider": "Amazon S3", "account": "222222222222"},), "pass", "in another account"),
        (AWS, ({**COPY, "account": "111111111111"},), "fail", "as near as the original"),
        ({**AWS, "account": None}, ({**COPY, "account": "222222222222"},), "unknown", "the account of its original"),
        (AWS, ({**COPY, "reachable_by_agents": False},), "unknown", "is not known"),
        (AWS, ({**COPY, "provider": "backblaze"},), "pass", "in another account"),
        (AWS, (COPY, {**COPY, "account": "222222222222"}), "pass", "in another account"),
    ],
)
def test_what_a_credential_destroys(
    facts: Any, changes: dict[str, Any], copies: tuple[dict[str, Any], ...], answer: str, words: str
) -> None:
    found = facts.one(bk_006, facts.file(facts.credential(**changes)), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("host", "provider", "answer"),
    [
        ("x.eu-west-1.rds.amazonaws.com", "backblaze", "pass"),
        ("x.eu-west-1.rds.amazonaws.com", "aws", "unknown"),
        ("monorail.proxy.rlwy.net", "railway", "unknown"),
        ("monorail.proxy.rlwy.net", "aws", "pass"),
        ("db.acme.com", "aws", "unknown"),
        ("notamazonaws.com", "backblaze", "unknown"),
    ],
)
def test_a_databases_host_says_who_stores_it(facts: Any, host: str, provider: str, answer: str) -> None:
    found = facts.one(
        bk_006, facts.file(facts.url(host)), policy={"backup.inventory": ({**COPY, "provider": provider},)}
    )
    assert found.status == answer, found.verdict.message


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        (PROVIDER + DATABASE, "fail", "aws_db_instance.main"),
        (PROVIDER + DATABASE + _plan(_to("222222222222")), "pass", "aws_db_instance.main"),
        (PROVIDER + DATABASE + _plan(_to("111111111111")), "fail", "as near as the original"),
        (DATABASE + _plan(_to("222222222222")), "unknown", "allowed_account_ids of the provider is not set"),
        (PROVIDER + DATABASE + _plan(""), "fail", "aws_backup_plan.p"),
        (
            PROVIDER + DATABASE + _plan("copy_action {\n      destination_vault_arn = aws_backup_vault.far.arn\n    }"),
            "unknown",
            "the account of the copy action is not known",
        ),
    ],
)
def test_what_a_plan_destroys(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_006, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(("account", "answer"), [("222222222222", "pass"), ("111111111111", "fail")])
def test_a_replica_bucket(facts: Any, account: str, answer: str) -> None:
    text = (
        PROVIDER + 'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket_replication_configuration" "r" {\n'
        "  bucket = aws_s3_bucket.b.id\n  rule {\n    destination {\n"
        f'      bucket  = "arn:aws:s3:::elsewhere"\n      account = "{account}"\n    }}\n  }}\n}}'
    )
    assert facts.one(bk_006, *facts.terraform(text)).status == answer


def test_the_plan_of_the_remedy_mends_it(facts: Any) -> None:
    body = facts.one(bk_006, *facts.terraform(PROVIDER + DATABASE)).verdict.remedies[0].body
    filled = body.replace("BACKUP-ACCOUNT-ID", "222222222222").replace("REGION", "eu-west-1")
    assert facts.one(bk_006, *facts.terraform(PROVIDER + DATABASE + filled)).status == "pass"


def test_nothing_to_destroy_and_nothing_asked(facts: Any) -> None:
    assert facts.one(bk_006).status == "not-applicable"
    off = {"backup.require_other_account": False}
    assert (
        facts.one(bk_006, facts.file(facts.credential(backups_go_with_it=True)), policy=off).status == "not-applicable"
    )
