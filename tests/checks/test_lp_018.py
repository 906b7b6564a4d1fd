"""LP-018: no environment file with values and no connection string under version control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.evidence import Gap, Unknown
from remit_checks.least_privilege.no_prod_conn_string_in_repo import no_prod_conn_string_in_repo as lp_018

TRACKED = {"standing": "tracked"}
TABLE: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("tracked env file", lambda f: f.file(f.url(), **TRACKED), "fail", "DATABASE_URL) for db.acme.com, and is under"),
    ("any value in one", lambda f: f.file(f.credential(), **TRACKED), "fail", "RAILWAY_API_TOKEN"),
    (
        "staging is no excuse",
        lambda f: f.file(f.url("stage.acme.com", environment="staging"), **TRACKED),
        "fail",
        "stage.acme.com",
    ),
    (
        "by its name an environment file",
        lambda f: f.file(f.credential(), path="deploy/prod.env", **TRACKED),
        "fail",
        "deploy/prod.env",
    ),
    ("not yet tracked", lambda f: f.file(f.url(), standing="untracked"), "fail", "the next commit takes it"),
    ("ignored", lambda f: f.file(f.url(), standing="ignored"), "pass", "ignores .env"),
    ("no version control", lambda f: f.file(f.url(), standing="present"), "unknown", "cannot be seen"),
    ("of the machine", lambda f: f.file(f.url(), path="~/.env", standing="machine"), "not-applicable", "no file of"),
    (
        "an example",
        lambda f: f.file(f.url(placeholder=True), path=".env.example", **TRACKED),
        "pass",
        "stand-ins",
    ),
    ("publishable", lambda f: f.file(f.credential(damage="D0"), **TRACKED), "pass", "public values"),
    (
        "of this machine",
        lambda f: f.file(f.url("localhost", environment="development"), **TRACKED),
        "pass",
        "serves development alone",
    ),
    (
        "a neighbour called production",
        lambda f: f.file(f.url("prod-db", environment="production"), **TRACKED),
        "fail",
        "prod-db",
    ),
    (
        "a local name two lists claim",
        lambda f: f.file(f.url("localhost", environment=Unknown("two lists name it")), **TRACKED),
        "fail",
        "localhost",
    ),
    (
        "a key of development's own store",
        lambda f: f.file(f.credential(damage="D1", environment="development"), path=".env.dev", **TRACKED),
        "pass",
        "serves development alone",
    ),
    (
        "one of a whole account, called so",
        lambda f: f.file(f.credential(environment="development"), path=".env.dev", **TRACKED),
        "fail",
        "RAILWAY_API_TOKEN",
    ),
    (
        "one of nobody knows what",
        lambda f: f.file(f.credential(damage="D1", environment=Unknown("not told")), path=".env.dev", **TRACKED),
        "fail",
        "RAILWAY_API_TOKEN",
    ),
    ("in source", lambda f: f.file(f.url(), path="src/db.py", **TRACKED), "fail", "src/db.py holds"),
    ("a token in source", lambda f: f.file(f.credential(), path="src/app.py", **TRACKED), "not-applicable", "no env"),
    (
        "a password without a host",
        lambda f: f.file(f.url(None, resource="postgres:database:*"), path="compose.yaml", **TRACKED),
        "unknown",
        "not written there",
    ),
    (
        "the same in an environment file",
        lambda f: f.file(f.url(None, resource="postgres:database:*"), **TRACKED),
        "fail",
        "under version control",
    ),
    (
        "two, one with a host",
        lambda f: f.file(f.url(None, resource="postgres:database:*"), f.url(), path="compose.yaml", **TRACKED),
        "fail",
        "db.acme.com",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_file(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_018, build(facts))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_none_in_all_that_was_read_passes_and_a_gap_does_not(facts: Any) -> None:
    assert [each.status for each in facts.judge(lp_018)] == ["pass"]
    gap = Gap("credentials", ".env", "is too large", ("CredentialFile",))
    assert [each.status for each in facts.judge(lp_018, gaps=(gap,))] == ["unknown"]
    assert [each.status for each in facts.judge(lp_018, left_out=("vendor/",))] == ["unknown"]


def test_the_policy_says_which_files_and_which_fakes(facts: Any) -> None:
    file = facts.file(facts.credential(), path="config/settings.txt", **TRACKED)
    assert facts.one(lp_018, file).status == "not-applicable"
    assert facts.one(lp_018, file, policy={"repo.env_globs": (".env", "config/*")}).status == "fail"
    fake = {"secrets.allowlist": ("0011223344556677",)}
    assert facts.one(lp_018, facts.file(facts.url(), **TRACKED), policy=fake).status == "pass"


def test_the_sources_are_the_lines(facts: Any) -> None:
    found = facts.one(lp_018, facts.file(facts.url(damage="D1"), facts.credential(), **TRACKED))
    assert [str(each) for each in found.verdict.sources] == [".env:2", ".env:1"]


def test_the_remedies_ignore_untrack_and_rotate(facts: Any) -> None:
    remedies = facts.one(lp_018, facts.file(facts.url(), path="app/.env", **TRACKED)).verdict.remedies
    assert [(each.kind, each.path, each.body) for each in remedies[:3]] == [
        ("edit", ".gitignore", "/app/.env\n"),
        ("command", "", "git rm --cached -- app/.env"),
        ("edit", "app/.env.example", "DATABASE_URL="),
    ]
    assert remedies[0].safe
    assert remedies[-1].body.startswith("1. Delete the token")
    untracked = facts.one(lp_018, facts.file(facts.url(), standing="untracked")).verdict.remedies
    assert not [each for each in untracked if each.kind == "command"]
    odd = facts.one(lp_018, facts.file(facts.url(), path="it's/.env", **TRACKED)).verdict.remedies
    assert odd[1].body == "git rm --cached -- 'it'\"'\"'s/.env'"


def test_a_source_file_stays_where_it_is(facts: Any) -> None:
    remedies = facts.one(lp_018, facts.file(facts.url(), path="src/db.py", **TRACKED)).verdict.remedies
    assert [each.kind for each in remedies] == ["manual"]
    assert "Let src/db.py read the address" in remedies[0].body
