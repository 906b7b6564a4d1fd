"""The credential collector: what is read, what becomes a fact, what a fact becomes under a policy."""

from __future__ import annotations

import base64
import codecs
import json
import random
import string
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.collect.collector import Collector, Document, Scope
from remit.collect.credentials import CREDENTIALS, UNREAD, FoundCredential, link, parse, wants
from remit.credentials.kind import Detail
from remit.credentials.scan import MAX_FOUND
from remit.errors import CollectError
from remit.evidence import Credential, CredentialFile, Gap, Unknown
from remit.policy.model import Policy
from remit.registry import discover

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SCOPE = Scope(Policy(), "acme/shop", NOW)
RANDOM = random.Random(3)


def body(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "Qz7" + "".join(RANDOM.choice(alphabet) for _ in range(length - 3))


def uuid() -> str:
    return "-".join("9f8e7d6c5b4a"[:length] for length in (8, 4, 4, 4, 12))


def jwt(**claims: object) -> str:
    parts = ({"alg": "HS256"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, body(43)])


def facts(path: str, content: str | bytes, key: bytes = b"key") -> list[FoundCredential]:
    raw = content.encode() if isinstance(content, str) else content
    return [fact for fact in parse(Document(path, raw, "tracked", key)) if isinstance(fact, FoundCredential)]


def credential(path: str, content: str) -> Credential:
    (file,) = link(facts(path, content), (), SCOPE)
    assert len(file.credentials) == 1
    return file.credentials[0]


# ------------------------------------------------------------------------------------------------------ what is read


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "src/main.py",
        "README.md",
        "tests/fixtures/key.pem",
        "a/b/Makefile",
        "yarn.lock.md",
        "go.summary",
        "notes.svg",
        "my-package-lock.json",
        "index.js",
        "map",
        "config.json",
        "terraform.tfstate",
        "notebook.ipynb",
    ],
)
def test_text_is_read_whatever_it_is_for(path: str) -> None:
    assert wants(path)


@pytest.mark.parametrize(
    "path",
    [
        "logo.png",
        "a/LOGO.PNG",
        "package-lock.json",
        "web/package-lock.json",
        "yarn.lock",
        "go.sum",
        "Cargo.lock",
        "app.min.js",
        "dist/app.js.map",
        "lib.so",
        "x.tar.gz",
        "uv.lock",
        "a/poetry.lock",
        "x.pyc",
        "font.woff2",
    ],
)
def test_what_is_not_read(path: str) -> None:
    assert not wants(path)


def test_every_group_that_is_not_read_has_its_reason() -> None:
    for reason, endings in UNREAD:
        assert len(reason) > 40
        assert endings
        assert all(ending[0] in "./" for ending in endings)


def test_the_collector_is_found_and_declares_its_surface() -> None:
    found = discover("remit.collectors", Collector, lambda collector: collector.name)
    assert CREDENTIALS in found
    assert CREDENTIALS.subjects == (CredentialFile,)
    assert CREDENTIALS.by_name("node_modules/x/.env")
    assert not CREDENTIALS.by_name("node_modules/x/index.js")


@pytest.mark.parametrize(
    "path",
    ["docs/setup.md", "tests/test_login.py", "tools/domains.sh", "Makefile", ".github/workflows/ci.yml", "a.ipynb"],
)
def test_found_wherever_it_lies(path: str) -> None:
    (fact,) = facts(path, f"one\ntwo RAILWAY_TOKEN={uuid()}\n")
    assert (fact.path, fact.line, fact.kind, fact.name) == (path, 2, "railway-project-token", "RAILWAY_TOKEN")
    assert fact.standing == "tracked"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"\xff ", "utf-8"),
    ],
)
def test_byte_order_marks_and_broken_bytes_hide_nothing(mark: bytes, encoding: str) -> None:
    assert len(facts("a.txt", mark + f"RAILWAY_TOKEN={uuid()}\n".encode(encoding))) == 1


@pytest.mark.parametrize("path", [".env", "prod.env", "config.yaml", ".aws/credentials", "id_rsa"])
def test_settings_that_are_not_text_are_a_gap_and_searched_all_the_same(path: str) -> None:
    yielded = list(parse(Document(path, b"\0\nRAILWAY_TOKEN=" + uuid().encode())))
    assert [each.kind for each in yielded if isinstance(each, FoundCredential)] == ["railway-project-token"]
    assert ["NUL" in each.reason for each in yielded if isinstance(each, Gap)] == [True]


@pytest.mark.parametrize("path", ["a.out", "data.idx", "model.ckpt", "notes.txt"])
def test_what_stands_in_other_binaries_is_found_too(path: str) -> None:
    plain, wide = f"\nRAILWAY_TOKEN={uuid()}\n", f"\nRAILWAY_TOKEN={uuid()}\n".encode("utf-16-le")
    for content in (b"\x7fELF\0\0" + plain.encode(), wide):
        assert [each.kind for each in parse(Document(path, content))] == ["railway-project-token"]


def test_too_many_findings_are_a_gap() -> None:
    lines = "".join(f"T{number}=ghp_{body(36)}\n" for number in range(MAX_FOUND + 7))
    yielded = list(parse(Document("dump.txt", lines.encode())))
    assert len([each for each in yielded if isinstance(each, FoundCredential)]) == MAX_FOUND
    (gap,) = [each for each in yielded if isinstance(each, Gap)]
    assert (gap.path, gap.affects) == ("dump.txt", ("CredentialFile",))
    assert str(MAX_FOUND + 7) in gap.reason


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".env", "a.py", ".pgpass", ".npmrc", "x.json"]))
def test_any_bytes_are_facts_gaps_or_unreadable(content: bytes, path: str) -> None:
    try:
        yielded = list(parse(Document(path, content, "tracked", b"k")))
    except CollectError:
        assert b"\0" in content
    else:
        assert all(isinstance(each, FoundCredential | Gap) for each in yielded)


# ------------------------------------------------------------------------------------------------------------- facts


def test_no_value_is_kept() -> None:
    secret = body(36)
    (fact,) = facts(".env", f"GITHUB_TOKEN=ghp_{secret}\n")
    assert fact.masked == "ghp_…(40 characters)"
    assert secret[:8] not in repr(fact) + msgspec.json.encode(fact).decode()


def test_the_key_makes_the_fingerprint() -> None:
    line = f"GITHUB_TOKEN=ghp_{body(36)}\n"
    one, other = facts("a", line, b"one"), facts("b", line, b"one")
    assert one[0].fingerprint == other[0].fingerprint
    assert one[0].fingerprint != facts("a", line, b"two")[0].fingerprint


def test_facts_survive_the_cache_unchanged() -> None:
    found = facts(".env", f"A=ghp_{body(36)}\nDATABASE_URL=postgres://app:{body(12)}@db.acme.io/shop\n")
    assert found[1].detail == Detail(
        judged=True, resource="postgres:database:db.acme.io/shop", user="app", host="db.acme.io", database="shop"
    )
    assert msgspec.json.decode(msgspec.json.encode(found), type=list[FoundCredential]) == found


# ----------------------------------------------------------------------------------------------------------- linking


def test_one_subject_for_each_file() -> None:
    found = [*facts("a/.env", f"A=ghp_{body(36)}\nB=ghp_{body(36)}\n"), *facts("b.md", f"RAILWAY_TOKEN={uuid()}\n")]
    linked = list(link(found, (), SCOPE))
    assert [(file.path, file.standing, len(file.credentials)) for file in linked] == [
        ("a/.env", "tracked", 2),
        ("b.md", "tracked", 1),
    ]
    assert list(link([], (), SCOPE)) == []


def test_a_credential_says_what_its_holder_can_destroy() -> None:
    found = credential(
        "tools/domains.sh", f'curl https://backboard.railway.app/graphql/v2 -H "Authorization: Bearer {uuid()}"\n'
    )
    assert (found.kind, found.damage, found.scope) == ("railway-token", "D4", "account or workspace")
    assert found.abilities[0] == "volume-delete"
    assert found.backups_go_with_it
    assert found.expires is None
    assert (found.name, found.source.line, str(found.source)) == ("Authorization", 1, "tools/domains.sh:1")
    assert not found.placeholder


@pytest.mark.parametrize(
    ("path", "line", "environment"),
    [
        (".env.production", "DATABASE_URL=postgres://app:{}@db.acme.io/shop", "production"),
        (".env", "DATABASE_URL=postgres://app:{}@prod-db.acme.io/shop", "production"),
        (".env", "PROD_DATABASE_URL=postgres://app:{}@db.acme.io/shop", "production"),
        (".env.staging", "DATABASE_URL=postgres://app:{}@db.acme.io/shop", "staging"),
        (".env", "DATABASE_URL=postgres://app:{}@localhost/shop", "development"),
        (".env.production", "STRIPE=sk_test_{}xyzxyzxyzabc", "development"),
    ],
)
def test_environments(path: str, line: str, environment: str) -> None:
    found = credential(path, line.format(body(14)) + "\n").environment
    assert isinstance(found, str)
    assert found == environment


def test_an_environment_that_nothing_tells_is_unknown() -> None:
    found = credential(".env", f"DATABASE_URL=postgres://app:{body(14)}@db.acme.io/shop\n").environment
    assert isinstance(found, Unknown)


def test_scope_and_end_are_unknown_where_nothing_tells() -> None:
    found = credential(".env", f"PAYMENT_SECRET={body(24)}\n")
    assert found.kind == "generic-secret"
    assert isinstance(found.scope, Unknown)
    assert isinstance(found.expires, Unknown)
    assert isinstance(credential("a", f"dop_v1_{'1a' * 32}\n").expires, Unknown)


def test_what_has_ended_is_as_harmless_as_a_placeholder() -> None:
    old = credential("a.txt", f"t: {jwt(iss='acme', exp=1_600_000_000)}\n")
    assert old.placeholder
    assert old.expires == "2020-09-13T12:26:40Z"
    assert old.scope == "none any more: it ended on 2020-09-13T12:26:40Z"
    live = credential("a.txt", f"t: {jwt(iss='acme', exp=1_900_000_000)}\n")
    assert not live.placeholder
    assert live.expires == "2030-03-17T17:46:40Z"
    assert credential("a.txt", f"t: {jwt(iss='acme')}\n").expires is None


def test_stand_ins_are_marked() -> None:
    found = credential(".env.example", "DATABASE_URL=postgres://user:password@localhost:5432/db\n")
    assert found.placeholder


def test_published_values_are_of_class_zero() -> None:
    found = credential("web/.env", f"NEXT_PUBLIC_STRIPE=pk_live_{body(24)}\n")
    assert found.damage == "D0"
