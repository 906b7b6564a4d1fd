"""BK-008: a copy cannot be deleted before its time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.evidence import Gap, Unknown
from remit_checks.backup.immutable_copy import immutable_copy as bk_008

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "acme-files"\n}\n'
LOCK = """
resource "aws_s3_bucket_object_lock_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }
}
"""
MFA = """
resource "aws_s3_bucket_versioning" "b" {
  bucket = "acme-files"
  versioning_configuration {
    status     = "Enabled"
    mfa_delete = "Enabled"
  }
}
"""
DATABASE = 'resource "aws_db_instance" "m" {\n  skip_final_snapshot = true\n}\n'
PLAN = """
resource "aws_backup_vault" "v" {
  name = "copies"
}
resource "aws_backup_plan" "p" {
  rule {
    target_vault_name = aws_backup_vault.v.name
    lifecycle {
      delete_after = 35
    }
  }
}
resource "aws_backup_selection" "s" {
  plan_id   = aws_backup_plan.p.id
  resources = [aws_db_instance.m.arn]
}
"""
VAULT_LOCK = """
resource "aws_backup_vault_lock_configuration" "l" {
  backup_vault_name  = aws_backup_vault.v.name
  min_retention_days = 14
}
"""
GCS = """
resource "google_storage_bucket" "g" {
  retention_policy {
    is_locked        = true
    retention_period = 1209600
  }
}
"""
AZURE = """
resource "azurerm_storage_account" "a" {
  immutability_policy {
    state                         = "Locked"
    period_since_creation_in_days = 14
  }
}
"""

TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("a locked bucket", BUCKET + LOCK, "pass", "the object lock of aws_s3_bucket.b"),
    ("for years", BUCKET + LOCK.replace("days = 30", "years = 1"), "pass", "aws_s3_bucket.b"),
    ("locked by its name", BUCKET + LOCK.replace("aws_s3_bucket.b.id", '"acme-files"'), "pass", "aws_s3_bucket.b"),
    ("too short", BUCKET + LOCK.replace("30", "3"), "fail", "holds for 3 days only"),
    ("no default", BUCKET + LOCK.replace("days = 30", ""), "unknown", "no default retention"),
    ("open", 'variable "d" {}\n' + BUCKET + LOCK.replace("30", "var.d"), "unknown", "`d`"),
    ("another's lock", BUCKET + LOCK.replace("aws_s3_bucket.b.id", '"other"'), "unknown", "no copy of it is declared"),
    ("MFA delete", BUCKET + MFA, "pass", "MFA delete of aws_s3_bucket.b"),
    ("MFA delete off", BUCKET + MFA.replace('mfa_delete = "Enabled"', 'mfa_delete = "Disabled"'), "fail", "is off"),
    (
        "versions alone",
        BUCKET + MFA.replace('    mfa_delete = "Enabled"\n', ""),
        "unknown",
        "no copy of it is declared",
    ),
    ("a bare bucket", BUCKET, "unknown", "no copy of it is declared"),
    (
        "in the bucket's own block",
        BUCKET.replace(
            "\n}",
            '\n  object_lock_configuration {\n    object_lock_enabled = "Enabled"\n    rule {\n      default_retention {\n'
            '        mode = "COMPLIANCE"\n        days = 14\n      }\n    }\n  }\n}',
        ),
        "pass",
        "aws_s3_bucket.b",
    ),
    ("backups that go along", DATABASE, "fail", "its automatic backups go with it"),
    ("a locked vault", DATABASE + PLAN + VAULT_LOCK, "pass", "the lock on aws_backup_vault.v"),
    ("an open vault", DATABASE + PLAN, "fail", "aws_backup_vault.v has no lock"),
    ("a short lock", DATABASE + PLAN + VAULT_LOCK.replace("14", "1"), "fail", "holds for 1 day only"),
    (
        "locked as long as the plan keeps",
        DATABASE + PLAN + VAULT_LOCK.replace("min_retention_days = 14", ""),
        "pass",
        "the lock on",
    ),
    (
        "a plan that keeps too short",
        DATABASE + PLAN.replace("35", "7") + VAULT_LOCK.replace("min_retention_days = 14", ""),
        "fail",
        "holds for 7 days only",
    ),
    (
        "a vault elsewhere",
        DATABASE + PLAN.replace("aws_backup_vault.v.name", '"other"') + VAULT_LOCK,
        "unknown",
        "whether the vault other is locked",
    ),
    (
        "an air-gapped vault",
        DATABASE
        + PLAN.replace(
            '"aws_backup_vault" "v" {', '"aws_backup_logically_air_gapped_vault" "v" {\n  min_retention_days = 30'
        ).replace("aws_backup_vault.v", "aws_backup_logically_air_gapped_vault.v"),
        "pass",
        "air-gapped",
    ),
    ("Google", GCS, "pass", "retention policy of google_storage_bucket.g"),
    ("Google, not locked", GCS.replace("true", "false"), "fail", "can be lifted"),
    ("Google, too short", GCS.replace("1209600", "86400"), "fail", "holds for 1 day only"),
    ("Azure", AZURE, "pass", "immutability policy"),
    ("Azure, unlocked", AZURE.replace("Locked", "Unlocked"), "fail", "can be lifted"),
    ("nothing that keeps data", 'resource "aws_iam_role" "r" {}', "not-applicable", "nothing here can destroy data"),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_module(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_008, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert bool(found.verdict.remedies) == (answer in ("fail", "unknown"))


@pytest.mark.parametrize(
    ("said", "answer", "words"),
    [
        ({"immutable": True, "retention_days": 14}, "pass", "the copy at vault"),
        ({"immutable": True, "retention_days": 13}, "fail", "for 13 days, and the policy asks for 14"),
        ({"immutable": True}, "unknown", "retention_days is not declared"),
        ({"retention_days": 90}, "fail", "not declared immutable"),
        (None, "unknown", "no copy of it is declared"),
    ],
)
def test_what_the_policy_declares(facts: Any, said: dict[str, Any] | None, answer: str, words: str) -> None:
    copy = {"resource": "railway:volume:*", "location": "vault", "provider": "other", **(said or {})}
    policy = {"backup.inventory": (copy,) if said is not None else ()}
    found = facts.one(bk_008, facts.file(facts.credential()), policy=policy)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert [source.path for source in found.verdict.sources] == [".env"]
        assert "immutable = true" in found.verdict.remedies[-1].body


def test_the_policy_says_how_long(facts: Any) -> None:
    modules = facts.terraform(BUCKET + LOCK)
    assert facts.one(bk_008, *modules, policy={"backup.min_retention_days": 30}).status == "pass"
    assert facts.one(bk_008, *modules, policy={"backup.min_retention_days": 31}).status == "fail"
    assert facts.one(bk_008, *modules, policy={"backup.require_immutable": False}).status == "not-applicable"


@pytest.mark.parametrize("text", [BUCKET, DATABASE + PLAN])
def test_the_lines_of_the_remedy_mend_it(facts: Any, text: str) -> None:
    remedies = facts.one(bk_008, *facts.terraform(text)).verdict.remedies
    assert [each.kind for each in remedies] == ["iac", "manual"]
    assert (remedies[0].path, remedies[0].safe) == ("infra/main.tf", False)
    assert facts.one(bk_008, *facts.terraform(text + remedies[0].body)).status == "pass"


def test_one_locked_copy_does_not_cover_another_resource(facts: Any) -> None:
    found = facts.one(bk_008, *facts.terraform(BUCKET + LOCK + DATABASE))
    assert (found.status, "aws_db_instance.m" in found.verdict.message) == ("fail", True)
    assert "aws_s3_bucket.b" not in found.verdict.message


def test_gaps_and_attestations(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    assert facts.one(bk_008, *facts.terraform(BUCKET + LOCK), gaps=(gap,)).status == "unknown"
    said = {"control": "BK-008", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_008, *facts.terraform(BUCKET), policy={"attestations": (said,)}).status == "pass"


def test_of_several_rules_the_longest_counts(facts: Any) -> None:
    second = "  rule {\n    target_vault_name = aws_backup_vault.v.name\n    lifecycle {\n      delete_after = 3\n    }\n  }\n}\n"
    plan = PLAN.replace('}\nresource "aws_backup_selection"', second + 'resource "aws_backup_selection"')
    lock = VAULT_LOCK.replace("min_retention_days = 14", "")
    assert facts.one(bk_008, *facts.terraform(DATABASE + plan + lock)).status == "pass"
    assert facts.one(bk_008, *facts.terraform(DATABASE + plan.replace("35", "4") + lock)).status == "fail"
    for_good = plan.replace("      delete_after = 35\n", "")
    assert facts.one(bk_008, *facts.terraform(DATABASE + for_good + lock)).status == "pass"


@pytest.mark.parametrize("text", [row[1] for row in TABLE if row[2] != "pass"])
def test_hiding_an_argument_never_makes_a_pass(facts: Any, text: str) -> None:
    modules = list(facts.terraform(text))
    for at, module in enumerate(modules):
        for place, resource in enumerate(module.resources):
            for name in resource.arguments:
                hidden = replace(resource, arguments={**resource.arguments, name: Unknown("hidden")})
                resources = (*module.resources[:place], hidden, *module.resources[place + 1 :])
                rest = [*modules[:at], replace(module, resources=resources), *modules[at + 1 :]]
                assert facts.one(bk_008, *rest).status != "pass", (resource.address, name)
