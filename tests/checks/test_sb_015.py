"""SB-015: the environment files of development lead to no production."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.evidence import Unknown
from remit_checks.sandbox.dev_env_not_pointing_to_prod import dev_env_not_pointing_to_prod as sb_015

OPEN = Unknown("nothing tells")

TABLE: tuple[tuple[str, str, Callable[[Any], Any], str, str], ...] = (
    ("production by host", ".env", lambda f: f.url(), "fail", "DATABASE_URL (db.acme.com)"),
    ("production by name", ".env", lambda f: f.credential(name="PROD_TOKEN"), "fail", "PROD_TOKEN"),
    (
        "an unclassified host",
        ".env.local",
        lambda f: f.url(environment=OPEN),
        "unknown",
        "environments.production.hosts",
    ),
    ("local", ".env", lambda f: f.url("localhost", environment="development"), "pass", "no production"),
    ("staging", ".env.development", lambda f: f.url(environment="staging"), "pass", "no production"),
    ("a token of nowhere", ".env", lambda f: f.credential(environment=OPEN), "not-applicable", "leads to no database"),
    ("a stand-in", ".env.example", lambda f: f.url(placeholder=True), "not-applicable", "leads to no database"),
    ("production's own file", ".env.production", lambda f: f.url(), "not-applicable", "belongs to production"),
    (
        "production's own compose file",
        "compose.prod.yaml",
        lambda f: f.url(),
        "not-applicable",
        "belongs to production",
    ),
    ("no environment file", "src/db.py", lambda f: f.url(), "not-applicable", "no environment file"),
)


@pytest.mark.parametrize(("name", "path", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_file(facts: Any, name: str, path: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(sb_015, facts.file(build(facts), path=path))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "apps/web/.env.local",
        ".envrc",
        "config/dev.env",
        ".dev.vars",
        "docker-compose.yml",
        "docker-compose.override.yaml",
        "compose.yml",
        "local.settings.json",
        "api/appsettings.Development.json",
        ".env.staging",
        ".env.test",
    ],
)
def test_files_that_a_checkout_is_started_with(facts: Any, path: str) -> None:
    assert facts.one(sb_015, facts.file(facts.url(), path=path)).status == "fail"


@pytest.mark.parametrize("path", ["README.md", "environment.ts", "src/env.py", "env/main.tf", ".envoy/config.json"])
def test_other_files(facts: Any, path: str) -> None:
    assert facts.one(sb_015, facts.file(facts.url(), path=path)).status == "not-applicable"


def test_the_host_of_productions_file_is_production(facts: Any) -> None:
    file = facts.file(facts.url("10.1.1.1", environment=OPEN))
    assert facts.one(sb_015, file).status == "unknown"
    production = facts.file(facts.url("10.1.1.1"), path=".env.production")
    assert facts.one(sb_015, file, production).status == "fail"
    compose = facts.file(facts.url("db"), path=".env.production")
    here = facts.file(facts.url("db", environment="development"))
    assert facts.one(sb_015, here, compose).status == "pass", "a neighbour container is another one in every stack"


def test_the_policy_may_name_productions_files(facts: Any) -> None:
    policy = {"environments.production.files": ("deploy/*.env",)}
    assert facts.one(sb_015, facts.file(facts.url(), path="deploy/eu.env")).status == "fail"
    assert facts.one(sb_015, facts.file(facts.url(), path="deploy/eu.env"), policy=policy).status == "not-applicable"


def test_one_wrong_line_is_enough_and_is_named(facts: Any) -> None:
    file = facts.file(facts.url("localhost", environment="development"), facts.url(environment=OPEN), facts.url())
    found = facts.one(sb_015, file)
    assert found.status == "fail"
    assert [str(source) for source in found.verdict.sources] == [".env:3"]


def test_the_remedy_names_a_database_that_is_not_production(facts: Any) -> None:
    remedy = facts.one(sb_015, facts.file(facts.url())).verdict.remedies[0]
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", ".env", False)
    assert remedy.body == "DATABASE_URL=postgresql://localhost/shop"
    staged = {"environments.staging.hosts": ("*.stage.acme.com", "db.stage.acme.com")}
    body = facts.one(sb_015, facts.file(facts.url()), policy=staged).verdict.remedies[0].body
    assert body == "DATABASE_URL=postgresql://db.stage.acme.com/shop"
    token = facts.one(sb_015, facts.file(facts.credential())).verdict.remedies
    assert [each.kind for each in token] == ["manual"]
    assert "a project token" in token[0].body
