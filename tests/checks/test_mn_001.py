"""MN-001: every statement of an agent is logged, and the log leaves the server."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Gap
from remit_checks.monitoring.db_queries_logged import db_queries_logged as mn_001


def _rds(*settings: tuple[str, str], exports: str = '["postgresql"]', engine: str = "postgres") -> str:
    blocks = "\n".join(f"  parameter {{\n    name = {name}\n    value = {value}\n  }}" for name, value in settings)
    return f"""
resource "aws_db_parameter_group" "main" {{
  family = "postgres16"
{blocks}
}}

resource "aws_db_instance" "main" {{
  engine                          = "{engine}"
  parameter_group_name            = aws_db_parameter_group.main.name
  enabled_cloudwatch_logs_exports = {exports}
}}
"""


LOG, AUDIT = '"log_statement"', '"pgaudit.log"'
RDS: tuple[tuple[str, str, str, str], ...] = (
    ("everything", _rds((LOG, '"all"')), "pass", "logs `all`"),
    ("one of several settings", _rds(('"work_mem"', '"64"'), (LOG, '"all"')), "pass", "logs `all`"),
    ("changes only", _rds((LOG, '"mod"')), "fail", "logs `mod` where the policy asks for `all`"),
    ("nothing", _rds((LOG, '"none"')), "fail", "logs `none`"),
    ("by pgaudit", _rds((AUDIT, '"ddl, write, read"')), "pass", "logs `all`"),
    ("by pgaudit, partly", _rds((AUDIT, '"ddl,write"')), "fail", "logs `mod`"),
    ("by pgaudit, everything", _rds((LOG, '"ddl"'), (AUDIT, '"all"')), "pass", "logs `all`"),
    ("in no setting", _rds(), "unknown", "nothing in its code sets what it logs"),
    ("in a variable", _rds((LOG, "var.level")), "unknown", "main"),
    ("under an unknown name", _rds(("var.name", '"all"')), "unknown", "main"),
    ("kept on the instance", _rds((LOG, '"all"'), exports="[]"), "fail", "keeps the log on the instance only"),
    ("exported or not", _rds((LOG, '"all"'), exports="var.logs"), "unknown", "logs `all`, but"),
    ("on MySQL", _rds(('"general_log"', '"1"'), engine="mysql", exports='["general"]'), "pass", "logs `all`"),
    ("off on MySQL", _rds(('"general_log"', '"0"'), engine="mysql"), "fail", "logs `none`"),
    ("on another engine", _rds((LOG, '"all"'), engine="sqlserver-ex"), "unknown", "how sqlserver-ex logs"),
    ("by a group elsewhere", 'resource "aws_db_instance" "a" {\n parameter_group_name = "shared"\n}', "unknown", "not described"),
    ("by no group", 'resource "aws_db_instance" "a" {\n engine = "postgres"\n}', "unknown", "nothing in its code"),
    ("a replica", 'resource "aws_db_instance" "a" {\n replicate_source_db = "b"\n}', "not-applicable", "no database"),
    ("a network", 'resource "aws_vpc" "a" {}', "not-applicable", "no database"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "answer", "words"), RDS, ids=[row[0] for row in RDS])
def test_rds(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(mn_001, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def _flags(*pairs: tuple[str, str]) -> str:
    flags = "".join(
        f'    database_flags {{\n      name = "{name}"\n      value = "{value}"\n    }}\n' for name, value in pairs
    )
    return f'resource "google_sql_database_instance" "main" {{\n  settings {{\n{flags}  }}\n}}\n'


_AZURE = """
resource "azurerm_postgresql_flexible_server" "main" {
  name = "main"
}

resource "azurerm_postgresql_flexible_server_configuration" "log" {
  name      = "log_statement"
  server_id = azurerm_postgresql_flexible_server.main.id
  value     = "ALL"
}
"""
_SENT = """
resource "azurerm_monitor_diagnostic_setting" "log" {
  target_resource_id = azurerm_postgresql_flexible_server.main.id
}
"""
OTHERS: tuple[tuple[str, str, str, str], ...] = (
    ("Cloud SQL", _flags(("log_statement", "all")), "pass", "logs `all`"),
    ("Cloud SQL, one of two", _flags(("max_connections", "9"), ("log_statement", "ddl")), "fail", "logs `ddl`"),
    ("Cloud SQL without", _flags(), "unknown", "nothing in its code"),
    ("Azure, sent", _AZURE + _SENT, "pass", "logs `all`"),
    ("Azure, kept", _AZURE, "unknown", "whether its log is sent anywhere"),
    ("a dynamic block", 'resource "google_sql_database_instance" "m" {\n settings {\n  dynamic "database_flags" {\n'
     "   for_each = var.flags\n   content {\n    name = database_flags.key\n    value = database_flags.value\n   }\n  }\n }\n}",
     "unknown", "google_sql_database_instance.m"),
    ("a platform", 'resource "neon_project" "main" {}', "unknown", "no file shows it"),
    ("a module from elsewhere", 'module "db" {\n source = "terraform-aws-modules/rds/aws"\n}', "unknown", "module.db"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "answer", "words"), OTHERS, ids=[row[0] for row in OTHERS])
def test_others(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(mn_001, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("wanted", "answer"), [("none", "not-applicable"), ("ddl", "pass"), ("mod", "pass"), ("all", "fail")]
)
def test_the_policy_says_how_much(facts: Any, wanted: str, answer: str) -> None:
    modules = facts.terraform(_rds((LOG, '"mod"')))
    assert facts.one(mn_001, *modules, policy={"monitoring.db_log_level": wanted}).status == answer


@pytest.mark.parametrize(
    ("credential", "answer"),
    [
        ({}, "unknown"),
        ({"environment": "development"}, "not-applicable"),
        ({"placeholder": True}, "not-applicable"),
        ({"provider": "redis"}, "not-applicable"),
    ],
)
def test_urls(facts: Any, credential: dict[str, Any], answer: str) -> None:
    found = facts.one(mn_001, facts.file(facts.url(**credential)))
    assert found.status == answer, found.verdict


def test_a_url_without_a_host_is_named_after_its_variable(facts: Any) -> None:
    found = facts.one(mn_001, facts.file(facts.url(resource="postgres:database:*")))
    assert "the database of DATABASE_URL" in found.verdict.message


def test_what_fails_comes_first_and_the_rest_is_counted(facts: Any) -> None:
    found = facts.one(mn_001, *facts.terraform(_rds((LOG, '"none"'))), facts.file(facts.url()))
    assert found.status == "fail"
    assert "not known of 1 more" in found.verdict.message
    assert [each.path for each in found.verdict.sources] == ["infra/main.tf"]
    assert [each.kind for each in found.verdict.remedies] == ["iac", "sql", "manual"]
    assert "ALTER ROLE agent_ro SET log_statement = 'all';" in found.verdict.remedies[1].body


def test_the_code_of_the_remedy_mends_it(facts: Any) -> None:
    for text in (_rds(), _flags()):
        remedy = facts.one(mn_001, *facts.terraform(text)).verdict.remedies[0]
        assert (remedy.kind, remedy.path) == ("iac", "infra/main.tf")
        assert facts.one(mn_001, *facts.terraform(remedy.body)).status == "pass"


def test_an_unread_place_and_an_attestation(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    passing = facts.terraform(_rds((LOG, '"all"')))
    assert facts.one(mn_001, *passing, gaps=(gap,)).status == "unknown"
    said = {"control": "MN-001", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(mn_001, facts.file(facts.url()), policy={"attestations": (said,)}).status == "pass"
