"""Finding values by name, settling overlaps, masking, and staying linear on hostile text."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.credentials.assignments import assignments, folded, name_before, normalised
from remit.credentials.near_values import near_values
from remit.credentials.placeholder import entropy, is_placeholder, is_reference
from remit.credentials.places import holds_credentials, holds_settings
from remit.credentials.redact import names_a_secret, redact_text, redact_value
from remit.credentials.scan import fingerprint, mask, scan

RANDOM = random.Random(11)


def body(length: int) -> str:
    return "Zz9" + "".join(RANDOM.choice(string.ascii_letters + string.digits) for _ in range(length - 3))


def uuid() -> str:
    return "-".join("1a2b3c4d5e6f"[:length] for length in (8, 4, 4, 4, 12))


@pytest.mark.parametrize(
    "text",
    [
        "RAILWAY_TOKEN={}",
        "RAILWAY_TOKEN = {} # live",
        "export RAILWAY_TOKEN='{}'",
        "RAILWAY_TOKEN: {}",
        "railway_token: '{}'",
        "railway-token: {}",
        'railwayToken: "{}",',
        '"RAILWAY_TOKEN": "{}"',
        '\\"RAILWAY_TOKEN\\": \\"{}\\"',
        "RAILWAY_TOKEN := `{}`",
        '"RAILWAY_TOKEN" => "{}",',
        'os.environ.setdefault("RAILWAY_TOKEN", "{}")',
        "os.environ['RAILWAY_TOKEN'] = '{}'",
        "token=${{RAILWAY_TOKEN:-{}}}",
        "- name: RAILWAY_TOKEN\n  value: {}",
        '{{"name": "RAILWAY_TOKEN", "value": "{}"}}',
        "ENV RAILWAY_TOKEN {}",
        "ARG RAILWAY_TOKEN={}",
        "docker run -e RAILWAY_TOKEN={} image",
        "setx RAILWAY_TOKEN {}",
        "$env:RAILWAY_TOKEN = '{}'",
        "SHOP_RAILWAY_TOKEN={}",
        "RAILWAY_TOKEN_PROD={}",
        "process.env.RAILWAY_TOKEN ||= '{}'".replace("||=", "="),
        "A=1;RAILWAY_TOKEN={};B=2",
        "RAILWAY_TOKEN={},FOO=bar",
    ],
)
def test_every_way_to_assign(text: str) -> None:
    source = "x\n" + text.format(uuid()) + "\n"
    found = [match for match in scan(source, "run.txt", b"k") if match.kind == "railway-project-token"]
    assert len(found) == 1
    assert source[found[0].start : found[0].end] == uuid()
    assert "railway" in found[0].name.lower()


@pytest.mark.parametrize(
    "text",
    [
        "RAILWAY_TOKENS={}",
        "RAILWAY_TOKEN_ID={}",
        "RAILWAY_TOKENIZER={}",
        "RAILWAY_TOKEN {}",
        "the RAILWAY_TOKEN is not {}",
        "RAILWAY_TOKEN=\n{}",
        "RAILWAY_TOKEN=${{OTHER}}\nID={}",
    ],
)
def test_what_assigns_nothing_to_that_name(text: str) -> None:
    kinds = {match.kind for match in scan(text.format(uuid()) + "\n", "run.txt", b"k")}
    assert "railway-project-token" not in kinds


@given(st.text(max_size=60))
def test_folding_keeps_every_character_at_its_place(text: str) -> None:
    assert len(folded(text + "İ-.")) == len(text) + 3
    list(assignments(text, folded(text), "a"))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("dbPassword", "DB_PASSWORD"),
        ("db-password", "DB_PASSWORD"),
        ("db.password", "DB_PASSWORD"),
        ("DB_PASSWORD", "DB_PASSWORD"),
    ],
)
def test_names_are_compared_in_one_spelling(name: str, wanted: str) -> None:
    assert normalised(name) == wanted


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("TOKEN=", "TOKEN"),
        ('"token": "', "token"),
        ("  api-key: '", "api-key"),
        ('-H "Authorization: Bearer ', "Authorization"),
        ("x := `", "x"),
        ("see the value ", ""),
        ("", ""),
        ("==", ""),
        ("1=", ""),
    ],
)
def test_the_name_before_a_value(before: str, name: str) -> None:
    assert name_before(before) == name


# --------------------------------------------------------------------------------------------- overlaps, shape, lines


def test_the_more_specific_kind_wins() -> None:
    token = "ghp_" + body(36)
    found = scan(f"git clone https://x:{token}@github.com/acme/shop\nAPI_TOKEN={token}\n", ".env", b"k")
    assert [(match.kind, match.line) for match in found] == [("github-pat", 1), ("github-pat", 2)]


def test_of_a_url_only_the_password_is_the_secret() -> None:
    secret = body(20)
    text = f"DATABASE_URL=postgres://app:{secret}@db.acme.io/shop"
    (found,) = scan(text, ".env", b"k")
    assert text[found.start : found.end] == secret


def test_equal_values_have_equal_fingerprints_under_one_key() -> None:
    one, other = body(36), body(36)
    assert fingerprint(one, b"k") == fingerprint(one, b"k") != fingerprint(other, b"k")
    assert fingerprint(one, b"k") != fingerprint(one, b"l")
    assert fingerprint(one, b"k" * 100)


def test_the_mask_shows_a_declared_prefix_only() -> None:
    assert mask("ghp_" + body(36)) == "ghp_…(40 characters)"
    assert mask("github_pat_" + body(82)) == "github_pat_…(93 characters)"
    assert mask("Horse_" + body(36)) == "…(42 characters)"
    assert mask("ab") == "…(2 characters)"


def test_lines_are_counted_from_one() -> None:
    text = "\n" * 41 + f"A=ghp_{body(36)}\r\nB=ghp_{body(36)}\n"
    assert [match.line for match in scan(text, "x", b"k")] == [42, 43]


@pytest.mark.parametrize("prefix", ["", "\ufeff", "\\n", "\\t", "=", ":", "(", "/", "'", "İ", "𝒳 "])
def test_what_may_stand_before_a_token(prefix: str) -> None:
    assert [match.kind for match in scan(f"{prefix}ghp_{body(36)}", "x", b"k")] == ["github-pat"]


# ----------------------------------------------------------------------------------------------------- placeholders


@pytest.mark.parametrize(
    "value",
    [
        "${TOKEN}",
        "${TOKEN:-}",
        "${{ secrets.TOKEN }}",
        "$TOKEN",
        "$(op read x)",
        "%TOKEN%",
        "%(token)s",
        "{{ token }}",
        "<% token %>",
        "{token}",
        "{env:TOKEN}",
        "<your token>",
        "[token]",
        "__TOKEN__",
        "op://vault/item/field",
        "vault:secret/data/x#y",
        "arn:aws:secretsmanager:eu-west-1:1:secret:x",
        "ENC[AES256_GCM,data:x]",
        "process.env.TOKEN",
        "var.token",
        "secrets.TOKEN",
        "@Microsoft.KeyVault(SecretUri=x)",
    ],
)
def test_references(value: str) -> None:
    assert is_reference(value)
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["pa$$word-Ab1x", "a$Bc4dEfgh", "x{{y}z${e]q", "Tr0ub4dor&3", "100%sure-Ab1", "fileXy12:ab"]
)
def test_secrets_that_look_a_little_like_references(value: str) -> None:
    assert not is_reference(value)


PLACEHOLDERS = (
    "password changeme your-api-key YOUR_TOKEN_HERE xxxxxxxxxxxx XXXXXXXX example-key sk_test_placeholder "
    "<token> 0123456789abcdef aaaaaaaaaaaa my-secret postgres ... replace-me insert-key abc123 *** "
    "not-a-real-key "
)


@pytest.mark.parametrize("value", ["", "  ", "AKIA" + "IOSFODNN7EXAMPLE", *PLACEHOLDERS.split()])
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


def test_random_values_are_seldom_taken_for_placeholders() -> None:
    assert sum(is_placeholder(body(40)) for _ in range(20_000)) <= 2
    assert not is_placeholder(body(2000))


def test_entropy() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


# ------------------------------------------------------------------------------------------------------------ places


@pytest.mark.parametrize(
    "path",
    [".env", "a/.env.local", "prod.env", ".envrc", ".npmrc", "config.yaml", "a/b.toml", "x.tfvars", ".aws/credentials"],
)
def test_places_of_settings(path: str) -> None:
    assert holds_settings(path)


@pytest.mark.parametrize("path", ["main.py", "README.md", "environment.ts", "a.env.py", "src/config.go", "x" * 1000])
def test_other_places(path: str) -> None:
    assert not holds_settings(path)


@pytest.mark.parametrize(
    "path",
    [
        "~/.aws/credentials",
        ".env.production",
        "home/.netrc",
        "k/id_ed25519",
        "x.pem",
        "infra/prod.tfvars",
        "secrets.yaml",
    ],
)
def test_places_of_credentials(path: str) -> None:
    assert holds_credentials(path)


@pytest.mark.parametrize("path", ["config.yaml", "main.py", "package.json", "docs/secrets.md"])
def test_places_without_credentials(path: str) -> None:
    assert not holds_credentials(path)


# --------------------------------------------------------------------------------------------------------- redaction


@pytest.mark.parametrize(
    "text",
    [
        "psql postgres://app:{}@db.acme.io/shop",
        "git push https://me:{}@git.acme.io/x.git",
        "curl -u me:{} https://x.io",
        "curl --user 'me:{}' https://x.io",
        'curl -H "Authorization: Bearer {}"',
        'curl -H "authorization: {}"',
        "PGPASSWORD={} psql",
        'PGPASSWORD="{} more" psql',
        "mysql -u root -p{} shop",
        "sshpass -p{} ssh host",
        "tool --password {} --verbose",
        "tool --api-key={}",
        "tool --db-password '{}'",
        "MY_SECRET_KEY: {}",
        '{{"client_secret": "{}"}}',
        "CREATE ROLE agent LOGIN PASSWORD '{}'",
        "docker login -e ACCESS_KEY={}",
        "Server=x;Pwd={};",
    ],
)
def test_redaction_hides_the_value(text: str) -> None:
    secret = body(14)
    redacted = redact_text(text.format(secret))
    assert secret not in redacted
    assert "‹" in redacted
    assert redact_text(redacted) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "git commit -m 'Read the token from the vault'",
        "aws secretsmanager get-secret-value --secret-id prod/db",
        "tool --token-file /run/token",
        "psql \"$DATABASE_URL\" -c 'SELECT 1'",
        "terraform destroy -auto-approve",
        'curl -H "Authorization: Bearer $TOKEN" https://x.io',
        "PGPASSWORD=$PASS psql -h db.acme.io",
        "docker run -p 8080:80 image@sha256:" + "1a" * 32,
        "uvx --from git+https://github.com/acme/x@v1 x",
        "kubectl get secrets -n prod",
        "",
    ],
)
def test_redaction_leaves_commands_readable(text: str) -> None:
    assert redact_text(text) == text


def test_the_name_of_a_value_may_hide_it_whole() -> None:
    assert redact_value("DB_PASSWORD", "hunter2") == "‹secret›"
    assert redact_value("api_key", "x y z") == "‹secret›"
    assert redact_value("DB_PASSWORD", "${PASS}") == "${PASS}"
    assert redact_value("DB_PASSWORD", "") == ""
    assert redact_value("REGION", "eu-west-1") == "eu-west-1"
    assert redact_value(None, f"ghp_{body(36)}") == "‹github-pat›"


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "token", "apiKey", "SECRET_X", "auth", "cookie", "SENTRY_DSN", "key", "ssh_key"]
)
def test_names_of_secrets(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize("name", ["REGION", "keyboard", "author", "PATH", "monkey_business"])
def test_names_of_other_things(name: str) -> None:
    assert not names_a_secret(name)


# ------------------------------------------------------------------------------------------------- hostile and large


UNITS = [
    "a",
    "AKIA",
    "=",
    "://a:b",
    "://a:b@",
    '"',
    "password=",
    "token: ",
    "-----BEGIN RSA PRIVATE KEY-----",
    "eyJ",
    "_-",
    "${",
]
UNITS += [
    "sk-",
    "curl -u a:b ",
    "_authToken=",
    "postgres://a:b@",
    "machine x login y password ",
    "client-key-data: ",
    "İ",
    "\n",
    "\0",
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("path", ["x.py", ".env", ".pgpass"])
def test_a_long_line_is_read_to_its_end(unit: str, path: str) -> None:
    # A pattern that is not linear would not come back from a megabyte.
    text = unit * (1_000_000 // len(unit)) + f"\nGITHUB_TOKEN=ghp_{body(36)}\n"
    assert scan(text, path, b"k")[-1].kind == "github-pat"


@pytest.mark.parametrize("unit", UNITS)
def test_redaction_of_a_long_line_ends(unit: str) -> None:
    secret = "ghp_" + body(36)
    assert secret not in redact_text(unit * (300_000 // len(unit)) + f"\nGITHUB_TOKEN={secret}\n")


def test_plain_source_has_no_surroundings_to_search() -> None:
    near = near_values(b"def compute(value):\n    return value.total_of_all_things + 1\n" * 100, config=False)
    assert (near.starts, near.surroundings) == (b"", b"")


def test_surroundings_hold_what_stands_before_a_value() -> None:
    filler = b"return the_value_of_something\n" * 50
    near = near_values(filler + b"HEROKU_API_KEY = '" + uuid().encode() + b"'\n" + filler, config=False)
    assert b"heroku_api_key" in near.surroundings
    assert len(near.surroundings) < 400


@pytest.mark.parametrize(
    "text",
    [
        "      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:?err}\n",
        "      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:+set}\n",
        "          SECRET_NAMES: 'CLAUDE_API_KEY,GH_AW_ANALYST_TOKEN,GITHUB_TOKEN'\n",
    ],
)
def test_a_demand_for_a_variable_and_a_list_of_names_hold_no_value(text: str) -> None:
    assert [found for found in scan(text, "compose.yml", b"k") if not found.detail.placeholder] == []
