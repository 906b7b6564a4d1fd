"""LP-013: no credential opens more than its task needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.credentials.scan import kinds
from remit.evidence import Unknown
from remit_checks.least_privilege.cred_scope_minimal import cred_scope_minimal as lp_013

TABLE: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("a whole account", lambda f: f.credential(), "fail", "account or workspace"),
    ("an owner's role", lambda f: f.url(), "fail", "owner or administrator"),
    ("deletes backups too", lambda f: f.credential(scope="one vault"), "fail", "deletes data with its backups"),
    ("one project", lambda f: f.credential(scope="project", damage="D3"), "pass", "opens little"),
    ("a blob", lambda f: f.credential(scope="blob signature with rights r", damage="D1"), "pass", "opens little"),
    (
        "a whole signature",
        lambda f: f.credential(scope="account signature with rights rwdl", damage="D3"),
        "fail",
        "account",
    ),
    (
        "nobody knows",
        lambda f: f.credential(scope=Unknown("an AWS key does not say")),
        "unknown",
        "an AWS key does not say",
    ),
    (
        "given when issued",
        lambda f: f.credential(scope="the scopes it was issued for (not visible offline)"),
        "unknown",
        "not visible",
    ),
    ("perhaps everything", lambda f: f.credential(scope="every app of its user, unless narrower"), "unknown", "unless"),
    (
        "a name proves nothing",
        lambda f: f.url(scope="role app_ro that by its name only reads", damage="D1"),
        "unknown",
        "by its name",
    ),
    ("an administrator's token", lambda f: f.credential(scope="acme, role admin", damage="D1"), "fail", "role admin"),
    ("development", lambda f: f.url("localhost", environment="development"), "pass", "development only"),
    ("a stand-in", lambda f: f.credential(placeholder=True), "not-applicable", "nothing usable"),
    ("publishable", lambda f: f.credential(damage="D0"), "not-applicable", "nothing usable"),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_scope(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_013, facts.file(build(facts)))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_one_wide_credential_decides_over_others(facts: Any) -> None:
    open_ = facts.credential(scope=Unknown("not told"))
    narrow = facts.credential(scope="project", damage="D3")
    assert facts.one(lp_013, facts.file(narrow, open_)).status == "unknown"
    found = facts.one(lp_013, facts.file(narrow, open_, facts.credential()))
    assert found.status == "fail"
    assert [str(source) for source in found.verdict.sources] == [".env:3"]


ALLOWED: tuple[tuple[str, dict[str, Any], dict[str, tuple[str, ...]], str], ...] = (
    (
        "listed",
        {"scope": "the scopes it was issued for (not visible offline)"},
        {"railway-token": ("the scopes*",)},
        "pass",
    ),
    ("by variable", {"scope": "project", "damage": "D3"}, {"RAILWAY_*": ("project",)}, "pass"),
    ("not listed", {"scope": "project", "damage": "D3"}, {"railway": ("environment",)}, "fail"),
    (
        "told in part, not listed",
        {"scope": "the rights of its user", "damage": "D3"},
        {"railway": ("project",)},
        "unknown",
    ),
    ("another purpose", {"scope": "project", "damage": "D3"}, {"github": ("repository",)}, "pass"),
    ("what is wide stays wide", {}, {"railway-token": ("account or workspace",)}, "fail"),
    ("so does what deletes backups", {"scope": "one vault"}, {"railway-token": ("one vault",)}, "fail"),
)


@pytest.mark.parametrize(("name", "changes", "allowed", "answer"), ALLOWED, ids=[row[0] for row in ALLOWED])
def test_the_policys_list(
    facts: Any, name: str, changes: dict[str, Any], allowed: dict[str, tuple[str, ...]], answer: str
) -> None:
    found = facts.one(lp_013, facts.file(facts.credential(**changes)), policy={"tokens.allowed_scopes": allowed})
    assert found.status == answer, found.verdict.message


EXPECTED = {
    "fail": {
        "azure-storage-key",
        "cloudflare-global-key",
        "gcp-user-login",
        "github-pat",
        "netlify-token",
        "railway-token",
        "supabase-access-token",
        "supabase-service-role",
    },
    "unknown": {
        "aws-access-key",
        "aws-session-token",
        "aws-temporary-key",
        "azure-client-secret",
        "digitalocean-token",
        "fly-token",
        "github-fine-grained-pat",
        "heroku-api-key",
        "mongodb-atlas-key",
        "neon-api-key",
        "planetscale-password",
        "planetscale-token",
        "postgres-url",
        "render-api-key",
        "terraform-cloud-token",
        "vault-token",
        "vercel-token",
    },
    "pass": {"aws-bedrock-api-key", "railway-project-token"},
}


@pytest.mark.parametrize(
    ("answer", "name"), [(answer, name) for answer, names in EXPECTED.items() for name in sorted(names)]
)
def test_installed_kinds_by_the_scope_they_declare(facts: Any, answer: str, name: str) -> None:
    kind = next(each for each in kinds() if each.name == name)
    scope = kind.scope or Unknown(f"a {kind.title} does not say what it reaches")
    found = facts.one(lp_013, facts.file(facts.credential(kind=kind.name, damage=kind.damage, scope=scope)))
    assert found.status == answer, (kind.scope, found.verdict.message)


def test_remedies_are_concrete(facts: Any) -> None:
    owner = facts.one(lp_013, facts.file(facts.url())).verdict.remedies
    assert owner[0].kind == "sql"
    assert "GRANT CONNECT ON DATABASE shop TO agent_ro;" in owner[0].body
    assert "INSERT" not in owner[0].body
    token = facts.one(lp_013, facts.file(facts.credential())).verdict.remedies
    assert "a project token" in token[0].body
    assert not token[0].safe
    assert "Delete the token in the dashboard." in token[0].body


def test_the_way_to_know_names_the_scopes_to_look_up(facts: Any) -> None:
    found = facts.one(lp_013, facts.file(facts.credential(scope=Unknown("not told"))))
    assert '"railway-token" = []' in found.verdict.remedies[0].body


def test_an_attestation_decides_what_is_not_visible(facts: Any) -> None:
    attested = {"control": "LP-013", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(facts.credential(scope=Unknown("not told")))
    assert facts.one(lp_013, file, policy={"attestations": (attested,)}).status == "pass"
    assert facts.one(lp_013, facts.file(facts.credential()), policy={"attestations": (attested,)}).status == "fail"
