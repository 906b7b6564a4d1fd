"""BK-017: a database on a platform that makes no backups by itself has a schedule of its own."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Unknown
from remit_checks.backup.platform_without_auto_backup import platform_without_auto_backup as bk_017
from remit_checks.backup.platforms import BY_HOST, platform_of

COPY = {"resource": "postgres:database:*", "location": "vault", "provider": "backblaze"}


@pytest.mark.parametrize(
    ("host", "answer", "words"),
    [
        ("monorail.proxy.rlwy.net", "fail", "Railway makes backups of a volume only by a schedule"),
        ("postgres.railway.internal", "fail", "Railway"),
        ("db.abcd.supabase.co", "unknown", "the plan is not declared"),
        ("dpg-1.frankfurt-postgres.render.com", "unknown", "Render"),
        ("ep-cool.eu-central-1.aws.neon.tech", "pass", "Neon keeps a history"),
        ("x.eu-west-1.rds.amazonaws.com", "pass", "Amazon RDS backs up every day"),
        ("shop.postgres.database.azure.com", "pass", "Azure Database"),
        ("ec2-1-2-3-4.compute-1.amazonaws.com", "unknown", "is not known"),
        ("db.acme.com", "unknown", "what backs db.acme.com up is not known"),
        ("notrlwy.net", "unknown", "is not known"),
    ],
)
def test_hosts(facts: Any, host: str, answer: str, words: str) -> None:
    found = facts.one(bk_017, facts.file(facts.url(host)))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert str(found.verdict.sources[0]) == ".env:1"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "fail"),
        ({"environment": Unknown("not told")}, "fail"),
        ({"environment": "development"}, "not-applicable"),
        ({"placeholder": True}, "not-applicable"),
        ({"damage": "D1"}, "fail"),
        ({"provider": "redis", "resource": "redis:database:x.rlwy.net/0"}, "not-applicable"),
        ({"provider": "railway"}, "not-applicable"),
    ],
)
def test_which_databases_count(facts: Any, changes: dict[str, Any], answer: str) -> None:
    assert facts.one(bk_017, facts.file(facts.url("x.rlwy.net", **changes))).status == answer


@pytest.mark.parametrize(
    ("copy", "answer"),
    [
        ({"max_age_hours": 24}, "pass"),
        ({"pitr": True}, "pass"),
        ({}, "unknown"),
        ({"retention_days": 30}, "unknown"),
        ({"resource": "mysql:*", "pitr": True}, "fail"),
    ],
)
def test_a_declared_schedule(facts: Any, copy: dict[str, Any], answer: str) -> None:
    policy = {"backup.inventory": ({**COPY, **copy},)}
    assert facts.one(bk_017, facts.file(facts.url("x.rlwy.net")), policy=policy).status == answer


@pytest.mark.parametrize(
    ("host", "name", "automatic", "answer"),
    [
        ("x.rlwy.net", "railway", True, "pass"),
        ("x.rlwy.net", "Railway", True, "pass"),
        ("x.rlwy.net", "render", True, "fail"),
        ("x.rlwy.net", "railway", None, "fail"),
        ("db.abcd.supabase.co", "supabase", True, "pass"),
        ("db.abcd.supabase.co", "supabase", False, "fail"),
        ("ep-cool.neon.tech", "neon", False, "fail"),
        ("x.eu-west-1.rds.amazonaws.com", "Amazon RDS", False, "fail"),
    ],
)
def test_what_the_policy_says_of_a_platform(
    facts: Any, host: str, name: str, automatic: bool | None, answer: str
) -> None:
    policy = {"providers": {name: {} if automatic is None else {"automatic_backups": automatic}}}
    assert facts.one(bk_017, facts.file(facts.url(host)), policy=policy).status == answer


def test_the_worst_database_decides_and_each_is_told_once(facts: Any) -> None:
    bare, far = facts.url("x.rlwy.net"), facts.url("db.acme.com")
    found = facts.one(bk_017, facts.file(bare, far), facts.file(bare, path="b/.env"))
    assert (found.status, "not known of 1 more" in found.verdict.message) == ("fail", True)
    assert found.verdict.message.count("x.rlwy.net") == 1
    assert [str(source) for source in found.verdict.sources] == [".env:1", "b/.env:1"]


def test_the_remedies_mend_it(facts: Any) -> None:
    bare = facts.file(facts.url("x.rlwy.net"))
    (declared,) = facts.one(bk_017, bare).verdict.remedies
    policy = {"backup.inventory": tomllib.loads(declared.body)["backup"]["inventory"]}
    assert facts.one(bk_017, bare, policy=policy).status == "pass"
    by_plan = facts.file(facts.url("db.abcd.supabase.co"))
    said = facts.one(bk_017, by_plan).verdict.remedies[1]
    assert facts.one(bk_017, by_plan, policy=tomllib.loads(said.body)).status == "pass"


def test_a_password_without_a_host(facts: Any) -> None:
    found = facts.one(bk_017, facts.file(facts.url(None, resource="postgres:database:*")))
    assert (found.status, "what backs it up is not known" in found.verdict.message) == ("unknown", True)


def test_endings_are_whole_labels() -> None:
    for ending, platform in BY_HOST.items():
        assert platform_of(f"x.{ending}") == platform_of(f"X.{ending.upper()}.") == platform
        assert platform_of(f"x{ending}") is None
        assert platform_of(f"{ending}.evil.example") is None
