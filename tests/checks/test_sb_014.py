"""SB-014: a staging copy that shares nothing with production."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Gap
from remit_checks.sandbox.staging_clone import staging_clone as sb_014

STAGING: dict[str, Any] = {"environment": "staging", "fingerprint": "aa", "name": "STAGING_URL"}
SHARED: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("apart", {}, "unknown", "shares nothing with production as far as these files show"),
    ("the same value", {"fingerprint": "00ff"}, "fail", "has production's value"),
    ("the same host", {"host": "db.acme.com"}, "fail", "names production's host db.acme.com"),
    ("the same resource", {"host": None, "resource": "railway:volume:9f1c"}, "fail", "reaches railway:volume:9f1c"),
    ("any resource", {"host": None, "resource": "railway:volume:*"}, "unknown", "shares nothing"),
    ("a stand-in", {"host": "db.acme.com", "placeholder": True}, "unknown", "no staging copy is named"),
)


@pytest.mark.parametrize(("name", "changes", "answer", "words"), SHARED, ids=[row[0] for row in SHARED])
def test_what_is_shared(facts: Any, name: str, changes: dict[str, Any], answer: str, words: str) -> None:
    production = (
        facts.url(fingerprint="00ff"),
        facts.credential(resource="railway:volume:9f1c", fingerprint="01"),
        facts.credential(resource="railway:volume:*", fingerprint="02"),
    )
    url = facts.url(**{"host": "staging.acme.com", **STAGING, **changes})
    found = facts.one(sb_014, facts.file(*production), facts.file(url, path="env/stage"))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_both_places_prove_it(facts: Any) -> None:
    url = facts.url(**STAGING)
    found = facts.one(sb_014, facts.file(facts.url()), facts.file(url, path="env/stage"))
    assert [str(each) for each in found.verdict.sources] == ["env/stage:1", ".env:1"]
    part, clone = found.verdict.remedies
    assert (part.kind, part.safe, "env/stage:1" in part.body) == ("manual", False, True)
    assert 'control = "SB-014"' in clone.body
    assert "[environments.staging]" in clone.body


def test_a_file_of_staging_that_leads_to_production(facts: Any) -> None:
    found = facts.one(sb_014, facts.file(facts.url(), path=".env.staging"))
    assert (found.status, "production's value" in found.verdict.message) == ("fail", True)


def test_neighbours_on_one_machine_share_nothing(facts: Any) -> None:
    production = facts.url("localhost", fingerprint="00ff", resource="postgres:database:a")
    staging = facts.url("localhost", **STAGING, resource="postgres:database:b")
    assert facts.one(sb_014, facts.file(production, staging)).status == "unknown"


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("aws-0-eu-central-1.pooler.supabase.com", "unknown"),
        ("monorail.proxy.rlwy.net", "unknown"),
        ("db.acme.com", "fail"),
    ],
)
def test_an_entrance_of_many_customers_is_no_server(facts: Any, host: str, answer: str) -> None:
    staging = facts.url(host, **STAGING)
    assert facts.one(sb_014, facts.file(facts.url(host, fingerprint="00ff"), staging)).status == answer


def test_without_staging(facts: Any) -> None:
    found = facts.one(sb_014, facts.file(facts.url()))
    assert (found.status, "no staging copy is named" in found.verdict.message) == ("unknown", True)
    assert facts.one(sb_014, facts.module(facts.resource("aws_db_instance.main"))).status == "unknown"
    assert facts.one(sb_014).status == "not-applicable"
    assert facts.one(sb_014, facts.file(facts.url(environment="development"))).status == "not-applicable"


def test_declared_staging_is_named_and_not_taken_on_trust(facts: Any) -> None:
    policy = {"environments.staging.hosts": ("staging.acme.com",)}
    found = facts.one(sb_014, facts.file(facts.url()), policy=policy)
    assert (found.status, "staging.acme.com" in found.verdict.message) == ("unknown", True)
    said = {"control": "SB-014", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(sb_014, facts.file(facts.url()), policy={"attestations": (said,)}).status == "pass"


def test_an_unread_place_leaves_it_open(facts: Any) -> None:
    gap = Gap("terraform", "infra/main.tf", "is broken", ("IacModule",))
    assert facts.one(sb_014, gaps=(gap,)).status == "unknown"
