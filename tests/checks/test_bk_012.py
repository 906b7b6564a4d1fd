"""BK-012: the cloud itself refuses to delete what is in use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.evidence import Gap, Unknown
from remit_checks.backup.deletion_protection_cloud import deletion_protection_cloud as bk_012

RDS = 'resource "aws_db_instance" "m" {\n  identifier          = "shop"\n  deletion_protection = true\n}\n'
OFF = RDS.replace("true", "false")
SQL = (
    'resource "google_sql_database_instance" "s" {\n  name = "shop"\n  deletion_protection = true\n'
    "  settings {\n    deletion_protection_enabled = true\n  }\n}\n"
)
AZURE = """
resource "azurerm_resource_group" "g" {
  name = "shop"
}
resource "azurerm_postgresql_flexible_server" "p" {
  resource_group_name = azurerm_resource_group.g.name
}
resource "azurerm_management_lock" "l" {
  scope      = azurerm_postgresql_flexible_server.p.id
  lock_level = "CanNotDelete"
}
"""

CODE: tuple[tuple[str, str, str, str], ...] = (
    ("on", RDS, "pass", "the cloud refuses to delete: aws_db_instance.m"),
    ("off", OFF, "fail", "aws_db_instance.m (without deletion_protection)"),
    ("unset", 'resource "aws_rds_cluster" "c" {}', "fail", "aws_rds_cluster.c"),
    ("open", 'variable "g" {}\n' + RDS.replace("true", "var.g"), "unknown", "`g`"),
    (
        "a line for Terraform only",
        SQL.replace("_enabled = true", "_enabled = false"),
        "fail",
        "deletion_protection_enabled",
    ),
    ("no line for the cloud", 'resource "google_sql_database_instance" "s" {}', "fail", "deletion_protection_enabled"),
    ("the cloud's own line", SQL, "pass", "google_sql_database_instance.s"),
    (
        "a block nobody can read",
        'resource "google_sql_database_instance" "s" {\n  dynamic "settings" {\n    for_each = [1]\n    content {}\n  }\n}',
        "unknown",
        "dynamic settings",
    ),
    ("a balancer", 'resource "aws_lb" "l" {\n  enable_deletion_protection = true\n}', "pass", "aws_lb.l"),
    ("a bare balancer", 'resource "aws_lb" "l" {}', "fail", "without enable_deletion_protection"),
    ("users", 'resource "aws_cognito_user_pool" "u" {\n  deletion_protection = "ACTIVE"\n}', "pass", "u"),
    ("users, unguarded", 'resource "aws_cognito_user_pool" "u" {\n  deletion_protection = "INACTIVE"\n}', "fail", "u"),
    ("a lock of Azure", AZURE, "pass", "azurerm_postgresql_flexible_server.p"),
    (
        "a lock on its group",
        AZURE.replace("azurerm_postgresql_flexible_server.p.id", "azurerm_resource_group.g.id"),
        "pass",
        "p",
    ),
    (
        "another's lock",
        AZURE.replace("azurerm_postgresql_flexible_server.p.id", '"other"'),
        "unknown",
        "only Azure shows",
    ),
    ("no lock", 'resource "azurerm_managed_disk" "d" {}', "unknown", "only Azure shows"),
    ("a weak lock", AZURE.replace("CanNotDelete", "None"), "fail", "lock is too weak"),
    ("what no cloud refuses to delete", 'resource "aws_s3_bucket" "b" {}', "not-applicable", "nothing that its cloud"),
    ("another's module", 'module "db" {\n  source = "acme/rds/aws"\n}', "unknown", "module.db is made by"),
    (
        "prevent_destroy does not count",
        'resource "aws_db_instance" "m" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}',
        "fail",
        "m",
    ),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), CODE, ids=[row[0] for row in CODE])
def test_infrastructure_code(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_012, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert bool(found.verdict.remedies) == (answer in ("fail", "unknown"))


def test_what_only_the_provider_knows(facts: Any) -> None:
    for host, who in (("shop.abc.eu-west-1.rds.amazonaws.com", "Amazon RDS"), ("db.acme.com", "whoever runs it")):
        found = facts.one(bk_012, facts.file(facts.url(host)))
        assert (found.status, f"only {who} can say" in found.verdict.message) == ("unknown", True)
        assert [str(source) for source in found.verdict.sources] == [".env:1"]
    local = facts.url("localhost", environment="development")
    assert facts.one(bk_012, facts.file(local)).status == "not-applicable"


def test_a_fault_outweighs_what_is_open(facts: Any) -> None:
    found = facts.one(bk_012, facts.file(facts.url()), *facts.terraform(OFF))
    assert (found.status, "not known of 1 more" in found.verdict.message) == ("fail", True)
    assert [str(source) for source in found.verdict.sources] == ["infra/main.tf:1"]


@pytest.mark.parametrize(
    ("text", "kinds", "call"),
    [
        (OFF, ["iac", "command"], "--db-instance-identifier shop --deletion-protection"),
        (OFF.replace('"shop"', '"a b; true"'), ["iac", "command"], "--db-instance-identifier 'a b; true' "),
        ('resource "aws_dynamodb_table" "t" {}', ["iac", "command"], "--table-name NAME"),
        (SQL.replace("_enabled = true", "_enabled = false"), ["iac", "command"], "gcloud sql instances patch shop"),
        ('resource "aws_lb" "l" {}', ["iac"], ""),
        ('resource "aws_cognito_user_pool" "u" {}', ["iac"], ""),
        ('resource "google_spanner_database" "d" {}', ["iac"], ""),
    ],
)
def test_the_remedy_mends_it(facts: Any, text: str, kinds: list[str], call: str) -> None:
    remedies = facts.one(bk_012, *facts.terraform(text)).verdict.remedies
    assert [each.kind for each in remedies] == kinds
    assert call in remedies[-1].body
    assert remedies[0].path == "infra/main.tf"
    assert facts.one(bk_012, *facts.terraform(text, override=remedies[0].body)).status == "pass"


def test_a_weak_lock_is_mended_by_hand(facts: Any) -> None:
    remedies = facts.one(bk_012, *facts.terraform(AZURE.replace("CanNotDelete", "None"))).verdict.remedies
    assert [each.kind for each in remedies] == ["manual"]


def test_gaps_and_attestations(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    assert facts.one(bk_012, *facts.terraform(RDS), gaps=(gap,)).status == "unknown"
    said = {"control": "BK-012", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_012, facts.file(facts.url()), policy={"attestations": (said,)}).status == "pass"
    assert facts.one(bk_012, *facts.terraform(OFF), policy={"attestations": (said,)}).status == "fail"


@pytest.mark.parametrize("text", [row[1] for row in CODE if row[2] != "pass"])
def test_hiding_an_argument_never_makes_a_pass(facts: Any, text: str) -> None:
    modules = list(facts.terraform(text))
    for at, module in enumerate(modules):
        for place, resource in enumerate(module.resources):
            for name in resource.arguments:
                hidden = replace(resource, arguments={**resource.arguments, name: Unknown("hidden")})
                resources = (*module.resources[:place], hidden, *module.resources[place + 1 :])
                rest = [*modules[:at], replace(module, resources=resources), *modules[at + 1 :]]
                assert facts.one(bk_012, *rest).status != "pass", (resource.address, name)
