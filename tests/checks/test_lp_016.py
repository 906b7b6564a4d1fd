"""LP-016: secrets of shared environments lie in a manager, not in files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.evidence import Gap, Unknown
from remit_checks.least_privilege.secrets_manager import secrets_manager as lp_016

OPEN = Unknown("nothing tells which environment it belongs to")
MANAGER = {"secrets.manager": "vault"}
TABLE: tuple[tuple[str, Callable[[Any], Any], dict[str, Any], str, str], ...] = (
    ("production in a file", lambda f: f.file(f.url()), {}, "fail", "DATABASE_URL) in .env"),
    ("even with a manager", lambda f: f.file(f.url()), MANAGER, "fail", "lie in files"),
    ("even for one person", lambda f: f.file(f.url()), {"team.size": 1}, "fail", "lie in files"),
    ("staging is shared too", lambda f: f.file(f.credential(environment="staging")), {}, "fail", "lie in files"),
    ("in an ignored file", lambda f: f.file(f.url(), standing="ignored"), {}, "fail", "lie in files"),
    ("of nobody knows what", lambda f: f.file(f.url(environment=OPEN)), MANAGER, "unknown", "is not declared"),
    (
        "of development, and a manager",
        lambda f: f.file(f.credential(environment="development")),
        MANAGER,
        "pass",
        "vault keeps them",
    ),
    (
        "of this machine, and a manager",
        lambda f: f.file(f.url("localhost", environment="development")),
        MANAGER,
        "pass",
        "vault keeps them",
    ),
    ("a stand-in, and a manager", lambda f: f.file(f.url(placeholder=True)), MANAGER, "pass", "vault keeps them"),
    (
        "code that keeps them",
        lambda f: f.module(f.resource("aws_secretsmanager_secret.db", line=4)),
        {},
        "pass",
        "aws_secretsmanager_secret.db keeps them",
    ),
    ("other code", lambda f: f.module(f.resource("aws_s3_bucket.a")), {}, "unknown", "nothing shows where"),
    ("nothing at all", lambda f: f.module(), {}, "unknown", "nothing shows where"),
    ("one person, nothing", lambda f: f.module(), {"team.size": 1}, "not-applicable", "one person works here"),
    ("two people, nothing", lambda f: f.module(), {"team.size": 2}, "unknown", "nothing shows where"),
)


@pytest.mark.parametrize(("name", "build", "policy", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_target(
    facts: Any, name: str, build: Callable[[Any], Any], policy: dict[str, Any], answer: str, words: str
) -> None:
    found = facts.one(lp_016, build(facts), policy=policy)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_the_worst_comes_first(facts: Any) -> None:
    files = (facts.file(facts.url(damage="D1")), facts.file(facts.credential(), path="tools/domains.sh"))
    found = facts.one(lp_016, *files)
    assert [str(each) for each in found.verdict.sources] == ["tools/domains.sh:1", ".env:1"]
    assert found.verdict.message.index("Railway") < found.verdict.message.index("PostgreSQL")


def test_an_unread_place_is_no_pass(facts: Any) -> None:
    gap = Gap("credentials", "big.env", "is too large", ("CredentialFile",))
    assert facts.one(lp_016, policy=MANAGER).status == "pass"
    assert facts.one(lp_016, policy=MANAGER, gaps=(gap,)).status == "unknown"
    assert facts.one(lp_016, policy={"team.size": 1}, gaps=(gap,)).status == "unknown"
    assert facts.one(lp_016, facts.file(facts.url()), gaps=(gap,)).status == "fail"


def test_remedies_and_attestations(facts: Any) -> None:
    move, declare = facts.one(lp_016, facts.file(facts.url())).verdict.remedies
    assert move.body.startswith("1. Delete the token in the dashboard.")
    assert ("Leave references in .env" in move.body, move.safe) == (True, False)
    assert 'manager = "aws-secrets-manager"' in declare.body
    named = facts.one(lp_016, facts.file(facts.url()), policy=MANAGER).verdict.remedies
    assert [each.title for each in named] == ["Move them to vault"]
    attested = {"control": "LP-016", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(lp_016, policy={"attestations": (attested,)}).status == "pass"
    assert facts.one(lp_016, facts.file(facts.url()), policy={"attestations": (attested,)}).status == "fail"


def test_known_fakes_do_not_count(facts: Any) -> None:
    fake = {"secrets.allowlist": ("0011223344556677",), **MANAGER}
    assert facts.one(lp_016, facts.file(facts.url()), policy=fake).status == "pass"
