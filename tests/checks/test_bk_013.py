"""BK-013: the state is remote, locked, and keeps its earlier versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.evidence import Command, Gap, ScriptFile, Source, Unknown
from remit_checks.backup.tfstate_remote_versioned import tfstate_remote_versioned as bk_013

ROLE = 'resource "aws_sqs_queue" "jobs" {}\n'
S3 = """
terraform {
  backend "s3" {
    bucket       = "acme-state"
    key          = "shop.tfstate"
    use_lockfile = true
  }
}
"""
BUCKET = 'resource "aws_s3_bucket" "state" {\n  bucket = "acme-state"\n}\n'
VERSIONING = """
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration {
    status = "Enabled"
  }
}
"""
GCS = 'terraform {\n  backend "gcs" {\n    bucket = "acme-state"\n  }\n}\n'
GCS_BUCKET = (
    'resource "google_storage_bucket" "s" {\n  name = "acme-state"\n  versioning {\n    enabled = true\n  }\n}\n'
)
AZURE = 'terraform {\n  backend "azurerm" {\n    storage_account_name = "acmestate"\n  }\n}\n'
AZURE_ACCOUNT = (
    'resource "azurerm_storage_account" "s" {\n  name = "acmestate"\n'
    "  blob_properties {\n    versioning_enabled = true\n  }\n}\n"
)

TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("locked and versioned", S3 + BUCKET + VERSIONING, "pass", "locked and with its earlier versions"),
    ("by the bucket's name", S3 + VERSIONING.replace("aws_s3_bucket.state.id", '"acme-state"'), "pass", "earlier"),
    (
        "in the bucket's own block",
        S3 + BUCKET.replace("}", "  versioning {\n    enabled = true\n  }\n}"),
        "pass",
        "earlier",
    ),
    ("suspended", S3 + BUCKET + VERSIONING.replace("Enabled", "Suspended"), "fail", "without its earlier versions"),
    ("a bucket without versions", S3 + BUCKET, "fail", "without its earlier versions"),
    ("a bucket elsewhere", S3 + ROLE, "unknown", "whether acme-state keeps earlier versions is not in these files"),
    (
        "a versioning that may be anything's",
        S3 + BUCKET + VERSIONING.replace("aws_s3_bucket.state.id", "each.value"),
        "unknown",
        "which bucket",
    ),
    (
        "a status nobody knows",
        'variable "v" {}\n' + S3 + BUCKET + VERSIONING.replace('"Enabled"', "var.v"),
        "unknown",
        "`v`",
    ),
    ("no lock", S3.replace("use_lockfile = true", "") + BUCKET + VERSIONING, "fail", "not locked while it is written"),
    ("a lock table", S3.replace("use_lockfile = true", 'dynamodb_table = "l"') + BUCKET + VERSIONING, "pass", "locked"),
    ("settings from elsewhere", 'terraform {\n  backend "s3" {}\n}\n' + ROLE, "unknown", "-backend-config"),
    ("the vendor's service", 'terraform {\n  cloud {\n    organization = "acme"\n  }\n}\n' + ROLE, "pass", "in cloud"),
    ("Google", GCS + GCS_BUCKET, "pass", "in gcs"),
    ("Google without versions", GCS + GCS_BUCKET.replace("true", "false"), "fail", "without its earlier versions"),
    ("Google elsewhere", GCS + ROLE, "unknown", "not in these files"),
    ("Azure", AZURE + AZURE_ACCOUNT, "pass", "in azurerm"),
    ("Azure without versions", AZURE + AZURE_ACCOUNT.replace("versioning_enabled = true", ""), "fail", "without"),
    ("another place", 'terraform {\n  backend "pg" {}\n}\n' + ROLE, "unknown", "whether pg keeps"),
    ("declared local", 'terraform {\n  backend "local" {}\n}\n' + ROLE, "fail", "local file"),
    ("none declared", ROLE, "fail", "local file"),
    (
        "only calls of modules",
        'module "db" {\n  source = "acme/rds/aws"\n}\n',
        "unknown",
        "nothing shows whether it is run by itself",
    ),
    (
        "calls of modules with a provider",
        'provider "aws" {}\nmodule "db" {\n  source = "acme/rds/aws"\n}\n',
        "fail",
        "local file",
    ),
    ("nothing to keep", 'terraform {\n  required_version = ">= 1.10"\n}\n', "not-applicable", "describes nothing"),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_module(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_013, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_the_bucket_may_be_described_in_another_directory(facts: Any) -> None:
    (state,) = facts.terraform(S3 + ROLE)
    (buckets,) = facts.terraform(BUCKET + VERSIONING, "buckets/main.tf")
    found = facts.one(bk_013, state, buckets)
    assert found.status == "pass"
    assert [source.path for source in found.verdict.sources] == ["infra/main.tf", "buckets/main.tf"]


def test_a_state_among_the_files_fails_whatever_the_backend(facts: Any) -> None:
    state = Source("infra/terraform.tfstate", 0, "terraform")
    for text, kinds in ((S3 + BUCKET + VERSIONING, ["edit", "manual"]), (ROLE, ["iac", "edit", "manual"])):
        (module,) = facts.terraform(text)
        found = facts.one(bk_013, replace(module, states=(state,)))
        assert found.status == "fail"
        assert found.verdict.sources == (state,)
        assert [each.kind for each in found.verdict.remedies] == kinds
        assert "*.tfstate" in found.verdict.remedies[-2].body


def test_a_module_of_others_has_no_state(facts: Any) -> None:
    inner = facts.module(facts.resource("aws_s3_bucket.b"), root=False, backend=Unknown("its caller's"))
    assert facts.one(bk_013, inner).status == "not-applicable"
    perhaps = replace(inner, root=Unknown("nothing calls it"), backend=Unknown("nothing calls it"))
    assert facts.one(bk_013, perhaps).status == "unknown"


def test_a_wrapper_may_generate_the_backend(facts: Any) -> None:
    at = Source("Makefile", 3, "scripts")
    command = Command("terragrunt", ("plan",), (), False, "make target plan", False, at)
    found = facts.one(bk_013, *facts.terraform(ROLE), ScriptFile("Makefile", (command,)))
    assert (found.status, at in found.verdict.sources) == ("unknown", True)


def test_a_lock_nobody_can_read_is_no_lock_that_is_missing(facts: Any) -> None:
    (module,) = facts.terraform(S3 + BUCKET + VERSIONING)
    hidden = replace(module, backend_arguments={**module.backend_arguments, "use_lockfile": Unknown("hidden")})
    assert facts.one(bk_013, hidden).status == "unknown"
    renamed = replace(module, backend_arguments={**module.backend_arguments, "bucket": Unknown("hidden")})
    assert facts.one(bk_013, renamed).status == "unknown"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (ROLE, 'backend "s3"'),
        ('resource "google_sql_database_instance" "d" {}', 'backend "gcs"'),
        ('resource "azurerm_managed_disk" "d" {}', 'backend "azurerm"'),
    ],
)
def test_the_backend_of_the_remedy_suits_the_cloud(facts: Any, text: str, start: str) -> None:
    (remedy,) = facts.one(bk_013, *facts.terraform(text)).verdict.remedies
    assert (remedy.kind, remedy.path, remedy.safe) == ("iac", "infra/backend.tf", False)
    assert start in remedy.body
    (mended,) = facts.terraform(text, backend=remedy.body)
    assert facts.one(bk_013, mended).status == "unknown", "nobody has seen the bucket yet"


@pytest.mark.parametrize(
    "text",
    [
        S3 + BUCKET,
        S3 + BUCKET + VERSIONING.replace("Enabled", "Suspended"),
        S3.replace("use_lockfile = true", "") + BUCKET + VERSIONING,
        AZURE + AZURE_ACCOUNT.replace("versioning_enabled = true", ""),
    ],
)
def test_the_lines_of_the_remedy_mend_it(facts: Any, text: str) -> None:
    (remedy,) = facts.one(bk_013, *facts.terraform(text)).verdict.remedies
    assert (remedy.kind, remedy.path) == ("iac", "infra/main.tf")
    if remedy.body.startswith('resource "aws_s3_bucket_versioning"') and "bucket =" in remedy.body:
        assert facts.one(bk_013, *facts.terraform(text + remedy.body)).status == "pass"
    else:
        # Lines for a block that is there: as an override file they are merged into it.
        assert facts.one(bk_013, *facts.terraform(text, override=remedy.body)).status == "pass"


def test_the_remedy_repeats_no_masked_value(facts: Any) -> None:
    (module,) = facts.terraform(S3.replace("use_lockfile = true", "") + BUCKET + VERSIONING)
    hidden = replace(module, backend_arguments={**module.backend_arguments, "key": "‹secret›"})
    body = facts.one(bk_013, hidden).verdict.remedies[0].body
    assert "‹" not in body
    assert 'key = "AS-IT-IS"' in body
    assert 'bucket = "acme-state"' in body


def test_what_nobody_can_see_may_be_attested(facts: Any) -> None:
    said = {"control": "BK-013", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    found = facts.one(bk_013, *facts.terraform(S3 + ROLE))
    assert found.status == "unknown"
    assert "[[attestations]]" in found.verdict.remedies[0].body
    assert facts.one(bk_013, *facts.terraform(S3 + ROLE), policy={"attestations": (said,)}).status == "pass"
    assert facts.one(bk_013, *facts.terraform(ROLE), policy={"attestations": (said,)}).status == "fail"


def test_the_policys_word_and_gaps(facts: Any) -> None:
    assert facts.one(bk_013, *facts.terraform(ROLE), policy={"iac.require_remote_state": False}).status == (
        "not-applicable"
    )
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    assert [each.status for each in facts.judge(bk_013, gaps=(gap,))] == ["unknown"]


@pytest.mark.parametrize("text", [row[1] for row in TABLE if row[2] != "pass"])
def test_hiding_an_argument_never_makes_a_pass(facts: Any, text: str) -> None:
    modules = list(facts.terraform(text))
    for at, module in enumerate(modules):
        for place, resource in enumerate(module.resources):
            for name in resource.arguments:
                hidden = replace(resource, arguments={**resource.arguments, name: Unknown("hidden")})
                resources = (*module.resources[:place], hidden, *module.resources[place + 1 :])
                rest = [*modules[:at], replace(module, resources=resources), *modules[at + 1 :]]
                assert facts.one(bk_013, *rest).status != "pass", (resource.address, name)
