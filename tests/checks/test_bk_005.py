"""BK-005: a copy lies outside what one deletion takes."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Gap
from remit_checks.backup.off_blast_radius_location import off_blast_radius_location as bk_005

COPY = {"resource": "railway:volume:*", "location": "eu-west-1 vault", "provider": "aws"}
DATABASE = """
resource "aws_db_instance" "main" {
  %s
}
"""
GOES = DATABASE % "skip_final_snapshot = true"
STAYS = DATABASE % 'skip_final_snapshot = false\n  final_snapshot_identifier = "x"\n  delete_automated_backups = false'
PLAN = """
resource "aws_backup_plan" "daily" {
  name = "daily"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.local.name
  }
}
resource "aws_backup_vault" "local" {
  name = "local"
  %s
}
resource "aws_backup_selection" "all" {
  plan_id = aws_backup_plan.daily.id
  %s
}
"""
CHOSEN = "resources = [aws_db_instance.main.arn]"


@pytest.mark.parametrize(
    ("changes", "copies", "answer", "words"),
    [
        ({"backups_go_with_it": True}, (), "fail", "deletes its backups together"),
        ({}, (), "unknown", "none is declared"),
        ({"backups_go_with_it": True}, ({**COPY, "reachable_by_agents": False},), "pass", "railway:volume:*"),
        ({"backups_go_with_it": True}, (COPY,), "pass", "railway:volume:*"),
        ({"backups_go_with_it": True}, ({**COPY, "provider": "Railway"},), "unknown", "may be within the same reach"),
        ({"backups_go_with_it": True}, ({**COPY, "provider": "railway volume backup"},), "unknown", "same reach"),
        ({"backups_go_with_it": True}, ({**COPY, "resource": "aws_*"},), "fail", "railway:volume:*"),
        ({"damage": "D2"}, (), "not-applicable", "nothing here can destroy data"),
        ({"environment": "development"}, (), "not-applicable", "nothing here can destroy data"),
        ({"placeholder": True}, (), "not-applicable", "nothing here can destroy data"),
    ],
)
def test_what_a_credential_destroys(
    facts: Any, changes: dict[str, Any], copies: tuple[dict[str, Any], ...], answer: str, words: str
) -> None:
    found = facts.one(bk_005, facts.file(facts.credential(**changes)), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        (GOES, "fail", "aws_db_instance.main"),
        (STAYS, "unknown", "none is declared"),
        (GOES + PLAN % ("", CHOSEN), "pass", "aws_db_instance.main"),
        (GOES + PLAN % ("", 'resources = ["*"]'), "pass", "aws_db_instance.main"),
        (GOES + PLAN % ("force_destroy = true", CHOSEN), "fail", "as near as the original"),
        (GOES + PLAN % ("", "resources = [aws_ebs_volume.other.arn]"), "fail", "aws_db_instance.main"),
        (GOES + PLAN % ("", 'selection_tag {\n    key = "backup"\n  }'), "unknown", "depends on its tags"),
        (
            GOES + 'resource "aws_db_instance_automated_backups_replication" "r" {\n'
            "  source_db_instance_arn = aws_db_instance.main.arn\n}",
            "unknown",
            "outlives the instance",
        ),
        ('resource "aws_s3_bucket" "b" {}', "unknown", "aws_s3_bucket.b"),
        (
            'resource "aws_s3_bucket" "b" {}\nresource "aws_s3_bucket_replication_configuration" "r" {\n'
            "  bucket = aws_s3_bucket.b.id\n"
            '  rule {\n    destination {\n      bucket = "arn:aws:s3:::elsewhere"\n    }\n  }\n}',
            "pass",
            "aws_s3_bucket.b",
        ),
        ('resource "aws_backup_vault" "v" {}', "not-applicable", "nothing here"),
        ('resource "neon_project" "p" {}', "fail", "neon_project.p"),
        ('module "db" {\n  source = "acme/rds/aws"\n}', "unknown", "module.db is made by"),
    ],
)
def test_what_a_plan_destroys(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_005, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_the_worst_of_all_resources_decides(facts: Any) -> None:
    file = facts.file(facts.credential(backups_go_with_it=True))
    found = facts.one(bk_005, file, *facts.terraform('resource "aws_s3_bucket" "b" {}'))
    assert found.status == "fail"
    assert "not known of 1 more" in found.verdict.message
    declared = {"backup.inventory": (COPY,)}
    assert (
        facts.one(bk_005, file, *facts.terraform('resource "aws_s3_bucket" "b" {}'), policy=declared).status
        == "unknown"
    )


def test_one_resource_behind_two_credentials_is_told_once(facts: Any) -> None:
    one, two = facts.credential(), facts.credential(backups_go_with_it=True)
    found = facts.one(bk_005, facts.file(one), facts.file(two, path="b/.env"))
    assert found.status == "fail"
    assert found.verdict.message.count("railway:volume:*") == 1


def test_remedies_by_what_is_lost(facts: Any) -> None:
    code = facts.one(bk_005, *facts.terraform(GOES)).verdict.remedies
    assert (code[0].kind, code[0].path) == ("iac", "infra/main.tf")
    assert "aws_db_instance.main.arn" in code[0].body
    assert "delete_after = 14" in code[0].body
    token = facts.one(bk_005, facts.file(facts.credential(backups_go_with_it=True))).verdict.remedies
    assert [each.kind for each in token] == ["manual"]
    assert 'resource = "railway:volume:*"' in token[0].body


def test_the_plan_of_the_remedy_mends_it(facts: Any) -> None:
    body = facts.one(bk_005, *facts.terraform(GOES)).verdict.remedies[0].body
    filled = body.replace("BACKUP-ACCOUNT-ID", "222222222222").replace("REGION", "eu-west-1")
    assert facts.one(bk_005, *facts.terraform(GOES + filled)).status == "pass"


def test_gaps_attestations_and_the_policys_word(facts: Any) -> None:
    gap = Gap("credentials", "big.env", "is too large", ("CredentialFile",))
    assert facts.one(bk_005, gaps=(gap,)).status == "unknown"
    assert facts.one(bk_005).status == "not-applicable"
    said = {"control": "BK-005", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_005, facts.file(facts.credential()), policy={"attestations": (said,)}).status == "pass"
    off = {"backup.require_offsite": False}
    assert (
        facts.one(bk_005, facts.file(facts.credential(backups_go_with_it=True)), policy=off).status == "not-applicable"
    )
