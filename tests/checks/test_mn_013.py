"""MN-013: every provider that an agent's credentials open keeps a log."""

from __future__ import annotations

from typing import Any

import pytest

from remit_checks.monitoring.provider_audit_log import provider_audit_log as mn_013

ALL = "is_multi_region_trail = true"
OBJECTS = 'event_selector {\n  data_resource {\n    type = "AWS::S3::Object"\n    values = ["arn:aws:s3"]\n  }\n}'
ADVANCED = 'advanced_event_selector {\n  field_selector {\n    field = "resources.type"\n    equals = ["AWS::S3::Object"]\n  }\n}'
BUCKET = '\nresource "aws_s3_bucket" "backups" {\n  bucket = "acme-backups"\n}\n'


def _trail(*lines: str, name: str = "main") -> str:
    return f'resource "aws_cloudtrail" "{name}" {{\n' + "\n".join(lines) + "\n}\n"


CODE: tuple[tuple[str, str, str, str], ...] = (
    ("every region", _trail(ALL), "pass", "aws_cloudtrail.main records every region"),
    ("one region", _trail(), "fail", "aws_cloudtrail.main records one region only"),
    ("switched off", _trail(ALL, "enable_logging = false"), "fail", "is switched off"),
    ("switched by a variable", _trail(ALL, "enable_logging = var.on"), "unknown", "cannot be judged"),
    ("regions by a variable", _trail("is_multi_region_trail = var.all"), "unknown", "cannot be judged"),
    ("without the backups' objects", _trail(ALL) + BUCKET, "fail", "no object events of aws_s3_bucket.backups"),
    ("with the backups' objects", _trail(ALL, OBJECTS) + BUCKET, "pass", "records every region"),
    ("with them, in the newer form", _trail(ALL, ADVANCED) + BUCKET, "pass", "records every region"),
    ("the better of two", _trail() + _trail(ALL, name="all"), "pass", "aws_cloudtrail.all"),
    ("none", 'resource "aws_vpc" "main" {}', "unknown", "AWS: no trail is described here"),
    ("Google, exported", 'resource "google_logging_project_sink" "audit" {}', "pass", "google_logging_project_sink.audit"),
    ("Google, kept", 'resource "google_storage_bucket" "a" {}', "unknown", "nothing here exports it"),
    ("Azure, exported", 'resource "azurerm_monitor_diagnostic_setting" "audit" {}', "pass", "exports its log"),
    ("Azure, kept", 'resource "azurerm_resource_group" "a" {}', "unknown", "Azure"),
    ("no cloud", 'resource "random_id" "a" {}', "not-applicable", "no code describes one"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "answer", "words"), CODE, ids=[row[0] for row in CODE])
def test_code(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(mn_013, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


CREDENTIALS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "unknown", "railway: nothing in these files says"),
    ({"provider": "github", "damage": "D2"}, "unknown", "github"),
    ({"provider": "aws"}, "unknown", "AWS: no trail is described here"),
    ({"provider": "github", "damage": "D1"}, "not-applicable", "no credential here"),
    ({"placeholder": True}, "not-applicable", "no credential here"),
    ({"environment": "development"}, "not-applicable", "no credential here"),
    ({"provider": "postgres"}, "not-applicable", "no credential here"),
    ({"provider": "pki"}, "not-applicable", "no credential here"),
)


@pytest.mark.parametrize(("credential", "answer", "words"), CREDENTIALS)
def test_credentials(facts: Any, credential: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(mn_013, facts.file(facts.credential(**credential)))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_one_of_several_decides(facts: Any) -> None:
    railway = facts.file(facts.credential())
    assert facts.one(mn_013, *facts.terraform(_trail(ALL)), railway).status == "unknown"
    found = facts.one(mn_013, *facts.terraform(_trail()), railway)
    assert (found.status, "not known of railway" in found.verdict.message) == ("fail", True)
    assert [str(each) for each in found.verdict.sources] == ["infra/main.tf:1"]


@pytest.mark.parametrize("text", [_trail(), _trail("enable_logging = false"), _trail(ALL) + BUCKET, BUCKET])
def test_the_code_of_the_remedy_mends_it(facts: Any, text: str) -> None:
    remedy = facts.one(mn_013, *facts.terraform(text)).verdict.remedies[0]
    assert (remedy.kind, remedy.path) == ("iac", "infra/main.tf")
    bucket = "" if "data_resource" not in remedy.body else BUCKET
    assert facts.one(mn_013, *facts.terraform(remedy.body + "\n" + bucket)).status == "pass"


def test_the_rest_is_attested(facts: Any) -> None:
    railway = facts.file(facts.credential())
    assert 'control = "MN-013"' in facts.one(mn_013, railway).verdict.remedies[-1].body
    said = {"control": "MN-013", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(mn_013, railway, policy={"attestations": (said,)}).status == "pass"
    assert facts.one(mn_013, *facts.terraform(_trail()), policy={"attestations": (said,)}).status == "fail"
