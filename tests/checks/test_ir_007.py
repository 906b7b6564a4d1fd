"""IR-007: for every provider that holds data, support is on record."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Source
from remit_checks.response.vendor_recovery_path import vendor_recovery_path as ir_007

TERMS = {"support": "Pro plan, help@railway.example, restore within 48 hours"}


@pytest.mark.parametrize(
    ("providers", "answer", "words"),
    [
        ({}, "unknown", "who helps at railway, and on what terms, is not recorded"),
        ({"railway": TERMS}, "pass", "support is recorded for railway"),
        ({"Railway": TERMS}, "pass", "railway"),
        ({"railway": {"soft_delete_hours": 48}}, "fail", "describes railway and records neither contact nor terms"),
        ({"railway": {"support": "  "}}, "fail", "describes railway"),
        ({"render": TERMS}, "unknown", "who helps at railway"),
    ],
)
def test_records(facts: Any, providers: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(ir_007, facts.file(facts.credential()), policy={"providers": providers})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources == (Source(".env", 1, "credentials"),)


def test_every_provider_counts_and_the_worst_decides(facts: Any) -> None:
    code = facts.terraform('resource "aws_db_instance" "main" {}')
    file = facts.file(facts.credential())
    found = facts.one(ir_007, file, *code, policy={"providers": {"railway": TERMS}})
    assert (found.status, "who helps at aws" in found.verdict.message) == ("unknown", True)
    both = {"providers": {"railway": TERMS, "aws": TERMS}}
    assert facts.one(ir_007, file, *code, policy=both).status == "pass"
    bare = {"providers": {"railway": {}, "aws": TERMS}}
    assert facts.one(ir_007, file, *code, policy=bare).status == "fail"


def test_the_policys_place_comes_first(facts: Any) -> None:
    place = Source("policy.toml", 3, "policy")
    policy, origins = {"providers": {"railway": {}}}, {"providers": place}
    found = facts.one(ir_007, facts.file(facts.credential()), policy=policy, origins=origins)
    assert found.verdict.sources[0] == place


def test_no_provider_is_known(facts: Any) -> None:
    assert facts.one(ir_007).status == "not-applicable"
    assert facts.one(ir_007, facts.file(facts.url("db.acme.com"))).status == "not-applicable"
    found = facts.one(ir_007, facts.file(facts.url("x.proxy.rlwy.net")))
    assert (found.status, "railway" in found.verdict.message) == ("unknown", True)


def test_the_remedies_mend_it(facts: Any) -> None:
    file = facts.file(facts.credential(provider="mongodb-atlas", resource="mongodb-atlas:project:*"))
    recorded, attested = facts.one(ir_007, file).verdict.remedies
    assert facts.one(ir_007, file, policy=tomllib.loads(recorded.body)).status == "pass"
    said = tomllib.loads(attested.body.replace("2000-01-01", "2026-11-01"))["attestations"]
    assert facts.one(ir_007, file, policy={"attestations": said}).status == "pass"
