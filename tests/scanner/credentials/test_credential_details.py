"""What a credential says of itself offline: account, role, end, rights, lock."""

from __future__ import annotations

import base64
import json
import random
import string

import pytest

from remit.credentials.aws import account_of
from remit.credentials.claims import base64_object, jwt_claims, moment
from remit.credentials.kind import Detail
from remit.credentials.scan import Match, kind_named, scan

RANDOM = random.Random(7)


def body(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "Aa1" + "".join(RANDOM.choice(alphabet) for _ in range(length - 3))


def hexadecimal(length: int) -> str:
    return "1a" + "".join(RANDOM.choice("0123456789abcdef") for _ in range(length - 2))


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(**claims: object) -> str:
    return f"{encoded({'alg': 'RS256'})}.{encoded(claims)}.{body(43)}"


def only(text: str, kind: str, path: str = "notes.txt") -> Match:
    found = [match for match in scan(text, path, b"k") if match.kind == kind]
    assert len(found) == 1, [match.kind for match in scan(text, path, b"k")]
    return found[0]


def detail(text: str, kind: str, path: str = "notes.txt") -> Detail:
    return only(text, kind, path).detail


# ------------------------------------------------------------------------------------------------------------- AWS


@pytest.mark.parametrize("account", [0, 1, 29_608_264_753, 123_456_789_012, 999_999_999_999])
def test_the_account_is_in_the_key_id(account: int) -> None:
    # Made the way AWS makes them: forty bits of account after the sign bit of six bytes, in base32.
    raw = (account << 7 | 1 << 47).to_bytes(6, "big") + b"\x01\x02\x03\x04"
    key_id = "AKIA" + base64.b32encode(raw).decode()
    assert account_of(key_id) == f"{account:012d}"


@pytest.mark.parametrize(
    "key_id", ["", "AKIA", "AKIA" + "I" * 16, "AKIA" + "J" + "A" * 15, "AKIA" + "1" * 16, "AKIA" + "é" * 16]
)
def test_ids_without_an_account(key_id: str) -> None:
    assert account_of(key_id) is None


def test_a_published_id_decodes_to_its_published_account() -> None:
    assert account_of("ASIA" + "QNZGKIQY56JQ7WML") == "029608264753"


def test_a_pair_is_the_secret_and_the_id_is_its_public_half() -> None:
    key_id = "AKIA" + "QNZGKIQY56JQ7WML"
    text = f"AWS_ACCESS_KEY_ID={key_id}\nAWS_SECRET_ACCESS_KEY={body(40)}\n"
    pair = only(text, "aws-access-key")
    assert pair.line == 2
    assert pair.detail.account == "029608264753"
    assert pair.detail.resource == "aws:account:029608264753"
    assert kind_named("aws-access-key-id").damage == "D0"
    assert "half" not in (detail(text, "aws-access-key-id").scope or "")


def test_half_a_pair_says_so() -> None:
    key_id = "AKIA" + "QNZGKIQY56JQ7WML"
    assert "half a pair" in (detail(f"id {key_id}\n", "aws-access-key-id").scope or "")
    assert "half a pair" in (detail(f"AWS_SECRET_ACCESS_KEY={body(40)}\n", "aws-access-key").scope or "")
    assert not detail(f"AWS_SECRET_ACCESS_KEY={body(40)}\n", "aws-access-key").placeholder


def test_the_documented_pair_is_a_placeholder() -> None:
    text = (
        "aws_access_key_id=AKIA"
        + "IOSFODNN7EXAMPLE\naws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCY"
        + "EXAMPLEKEY\n"
    )
    found = scan(text, ".aws/credentials", b"k")
    assert {match.kind for match in found} == {"aws-access-key", "aws-access-key-id"}
    assert all(match.detail.placeholder for match in found)


# ------------------------------------------------------------------------------------------------------------- JWT


def test_supabase_roles_decide() -> None:
    project = "abcdefghijklmnopqrst"
    key = jwt(iss="supabase", role="service_role", ref=project, exp=2_000_000_000)
    service = detail(f"KEY={key}\n", "supabase-service-role")
    assert (service.account, service.host) == (project, f"{project}.supabase.co")
    assert service.expires == "2033-05-18T03:33:20Z"
    anon = only(f"KEY={jwt(iss='supabase', role='anon', ref=project)}\n", "supabase-publishable")
    assert kind_named(anon.kind).damage == "D0"
    demo = detail(f"KEY={jwt(iss='supabase-demo', role='service_role')}\n", "supabase-service-role")
    assert demo.placeholder
    assert demo.environment == "development"


def test_other_issuers_are_named() -> None:
    found = detail(f"t: {jwt(iss='https://id.acme-corp.io', sub='robot', role='admin', exp=1_900_000_000)}\n", "jwt")
    assert found.scope == "issued by https://id.acme-corp.io, role admin"
    assert found.user == "robot"
    assert found.expires == "2030-03-17T17:46:40Z"
    forever = detail(f"t: {jwt(iss='acme')}\n", "jwt")
    assert forever.expires is None
    assert forever.expires_known


def test_the_token_of_every_tutorial_is_a_placeholder() -> None:
    assert detail(f"t: {jwt(sub='1234567890', name='John Doe', iat=1516239022)}\n", "jwt").placeholder


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b",
        "eyJ.eyJ.x",
        "é.é.é",
        encoded(["alg"]) + "." + encoded({}),
        encoded({"alg": 1}) + "." + encoded([1]),
    ],
)
def test_what_is_no_token_has_no_claims(token: str) -> None:
    assert jwt_claims(token) is None


def test_deep_nesting_is_not_parsed() -> None:
    deep = base64.b64encode(b"[" * 5000).decode()
    assert base64_object(deep) is None
    assert base64_object(base64.b64encode(b'{"a":' * 5000).decode()) is None
    assert base64_object("A" * 100_000) is None
    assert base64_object(base64.b64encode(b"\xff\xfe").decode()) is None


@pytest.mark.parametrize("seconds", [None, True, "1", -1, 0, 10**15, float("nan"), float("inf")])
def test_moments_that_are_none(seconds: object) -> None:
    assert moment(seconds) is None


# ----------------------------------------------------------------------------------------------------------- Azure


@pytest.mark.parametrize(
    ("letters", "damage"), [("r", "D1"), ("rl", "D1"), ("rc", "D2"), ("racwdl", "D3"), ("rd", "D3"), ("rw", "D3")]
)
def test_sas_rights_set_the_damage(letters: str, damage: str) -> None:
    link = f"https://acme.blob.core.windows.net/c?sv=2022-11-02&sr=c&sp={letters}&se=2031-02-03T04:05:06Z&sig={body(43)}%3D"
    found = detail(link, "azure-sas")
    assert found.damage == damage
    assert found.expires == "2031-02-03T04:05:06Z"
    assert found.account == "acme"
    assert letters in (found.scope or "")


def test_account_sas_and_short_dates() -> None:
    query = f"sv=2022-11-02&ss=bfqt&srt=sco&sp=rwdlacup&se=2031-02-03&sig={body(43)}%3D"
    found = detail(f'"https://acme.queue.core.windows.net/?{query}"', "azure-sas")
    assert found.expires == "2031-02-03T00:00:00Z"
    assert (found.scope or "").startswith("account signature")


def test_a_stored_policy_hides_rights_and_end() -> None:
    link = f"https://acme.blob.core.windows.net/c?sv=2022-11-02&si=readers&sr=c&sig={body(43)}%3D"
    found = detail(link, "azure-sas")
    assert (found.damage, found.expires, found.expires_known) == (None, None, False)


def test_the_storage_emulator_is_no_secret() -> None:
    key = body(86)
    assert detail(f"AccountName=devstoreaccount1;AccountKey={key}==;", "azure-storage-key").placeholder
    real = detail(f"AccountName=acmeprod;AccountKey={key}==;", "azure-storage-key")
    assert (real.placeholder, real.account) == (False, "acmeprod")


# ------------------------------------------------------------------------------------------------------------- keys


def openssh(cipher: bytes) -> str:
    raw = (
        b"openssh-key-v1\0" + len(cipher).to_bytes(4, "big") + cipher + bytes(RANDOM.randrange(256) for _ in range(300))
    )
    text = base64.b64encode(raw).decode()
    lines = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
    return f"-----BEGIN OPENSSH {'PRIVATE'} KEY-----\n{lines}\n-----END OPENSSH {'PRIVATE'} KEY-----\n"


def test_a_passphrase_lowers_the_damage() -> None:
    assert detail(openssh(b"none"), "ssh-private-key").damage is None
    locked = detail(openssh(b"aes256-ctr"), "ssh-private-key")
    assert (locked.damage, locked.scope) == ("D1", "protected by a passphrase")


def test_old_pem_says_in_its_header_that_it_is_encrypted() -> None:
    header = f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{hexadecimal(32)}"
    key = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{header}\n\n{body(640)}\n"
    assert detail(key, "ssh-private-key").damage == "D1"
    assert detail(f"-----BEGIN ENCRYPTED {'PRIVATE'} KEY-----\n{body(640)}\n", "private-key").damage == "D1"


def test_putty_files() -> None:
    head = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: {}\nComment: me\nPublic-Lines: 2\nAAAA\n"
    tail = f"Private-Lines: 1\n{body(48)}\nPrivate-MAC: 00\n"
    assert detail(head.format("none") + tail, "ssh-private-key").damage is None
    assert detail(head.format("aes256-cbc") + tail, "ssh-private-key").damage == "D1"


def test_places_tell_keys_apart() -> None:
    key = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{body(640)}\n-----END RSA {'PRIVATE'} KEY-----\n"
    assert only(key, "ssh-private-key", "deploy/bastion.pem")
    assert only(key, "private-key", "nginx/tls/server.key")
    app = f"-----BEGIN {'PRIVATE'} KEY-----\n{body(640)}\n-----END {'PRIVATE'} KEY-----\n"
    assert detail(app, "private-key", "acme.2024-01-01.private-key.pem").title == "Private key of a GitHub App"


def test_kubeconfig_names_context_host_and_rank() -> None:
    inner = base64.b64encode(b"0\x82 O=system:masters, CN=admin" * 8)
    certificate = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + inner + b"\n-----END CERTIFICATE-----\n").decode()
    text = (
        "apiVersion: v1\nclusters:\n- cluster:\n    server: https://k8s.acme-corp.io\n  name: c\n"
        "current-context: prod-eu\nkind: Config\nusers:\n- name: u\n  user:\n"
        f"    client-certificate-data: {certificate}\n    client-key-data: {body(400)}\n"
    )
    found = detail(text, "kubeconfig", ".kube/config")
    assert (found.account, found.host) == ("prod-eu", "k8s.acme-corp.io")
    assert found.scope == "cluster administrator (system:masters)"


# --------------------------------------------------------------------------------------------------- places and hosts


def test_gcp_keys_name_their_project() -> None:
    pem = f"-----BEGIN {'PRIVATE'} KEY-----\\n{body(400)}\\n-----END {'PRIVATE'} KEY-----\\n"
    email = "bot@shop-prod.iam.gserviceaccount.com"
    text = f'{{"type": "service_account", "private_key": "{pem}", "client_email": "{email}"}}'
    found = detail(text, "gcp-service-account")
    assert (found.account, found.resource) == ("shop-prod", "gcp:project:shop-prod")
    default = text.replace("bot@shop-prod.iam", "1234567-compute@developer")
    assert "Editor" in (detail(default, "gcp-service-account").scope or "")


def test_published_google_keys() -> None:
    key = "AIza" + "Sy" + body(33)
    assert detail(f'apiKey: "{key}",\nauthDomain: "shop.firebaseapp.com"', "google-api-key").damage == "D0"
    assert detail(f"GEMINI_API_KEY={key}\n", "google-api-key").damage is None


@pytest.mark.parametrize(
    ("url", "user", "host", "database", "placeholder"),
    [
        ("postgres://app:{}@db.acme-corp.io:5432/shop?sslmode=require", "app", "db.acme-corp.io", "shop", False),
        ("postgresql+asyncpg://app:{}@db.acme-corp.io/shop", "app", "db.acme-corp.io", "shop", False),
        ("postgres://app:p@{}@db.acme-corp.io/shop", "app", "db.acme-corp.io", "shop", False),
        ("postgres://app:p#{}@db.acme-corp.io/shop", "app", "db.acme-corp.io", "shop", False),
        ("postgres://app:postgres@db.acme-corp.io/shop", "app", "db.acme-corp.io", "shop", False),
        ("postgres://postgres:postgres@localhost:5432/shop", "postgres", "localhost", "shop", True),
        ("postgres://postgres:password@db:5432/shop", "postgres", "db", "shop", True),
        ("postgres://user:password@host:5432/dbname", "user", "host", "dbname", True),
        ("postgres://user:password@db.example.com/shop", "user", "db.example.com", "shop", True),
        ("postgres://app:<password>@db.acme-corp.io/shop", "app", "db.acme-corp.io", "shop", True),
        ("postgres://app:[YOUR-PASSWORD]@db.acme-corp.io/shop", "app", "db.acme-corp.io", "shop", True),
        ("postgres://app:{}@[2001:db8::1]:5432/shop", "app", "2001:db8::1", "shop", False),
    ],
)
def test_database_urls(url: str, user: str, host: str, database: str, placeholder: bool) -> None:
    found = detail(f"DATABASE_URL={url.replace('{}', body(14))}\n", "postgres-url")
    assert (found.user, found.host, found.database, found.placeholder) == (user, host, database, placeholder)


def test_mongodb_hosts_may_be_many() -> None:
    found = detail(f"M=mongodb://app:{body(14)}@m1.acme-corp.io:27017,m2.acme-corp.io:27017/shop\n", "mongodb-url")
    assert (found.host, found.database) == ("m1.acme-corp.io", "shop")


def test_owner_and_reader_roles() -> None:
    assert "owner" in (detail(f"postgres://shop_owner:{body(14)}@h.acme.io/x", "postgres-url").scope or "")
    assert detail(f"postgres://shop_readonly:{body(14)}@h.acme.io/x", "postgres-url").damage == "D1"


def test_settings_beside_a_password_name_the_database() -> None:
    text = f"PGHOST=db.acme-corp.io\nPGUSER=app\nPGDATABASE=shop\nPGPASSWORD={body(14)}\n"
    dsn = f'"host=db.acme-corp.io user=app password={body(14)} dbname=shop"'
    for found in (detail(dsn, "postgres-password"), detail(text.replace("PGHOST", "DB_HOST"), "postgres-password")):
        assert found.host == "db.acme-corp.io"
    assert detail("POSTGRES_PASSWORD=postgres\n", "postgres-password").placeholder
    assert not detail("PGHOST_X=1\nDB_HOST=db.acme-corp.io\nPGPASSWORD=postgres\n", "postgres-password").placeholder


def test_pgpass_fields() -> None:
    found = detail(f"db.acme-corp.io:5432:shop:app:{body(14)}\n", "pgpass-entry", ".pgpass")
    assert (found.host, found.database, found.user) == ("db.acme-corp.io", "shop", "app")


def test_netrc_hosts_set_the_damage() -> None:
    assert detail(f"machine api.heroku.com login me password {body(20)}\n", "netrc-login", ".netrc").damage == "D3"
    assert detail(f"machine git.acme.io login me password {body(20)}\n", "netrc-login", ".netrc").damage == "D2"


def test_docker_logins_name_registry_and_user() -> None:
    auth = base64.b64encode(f"robot:{body(20)}".encode()).decode()
    found = detail(f'{{"auths": {{"registry.acme.io": {{"auth": "{auth}"}}}}}}', "docker-registry-auth")
    assert (found.user, found.host) == ("robot", "registry.acme.io")


def test_prefixes_name_type_and_environment() -> None:
    assert detail(f"k=sk_test_{body(24)}\n", "stripe-key").environment == "development"
    assert detail(f"k=sk_live_{body(24)}\n", "stripe-key").environment == "production"
    assert detail(f"k=dp.st.prd.{body(43)}\n", "doppler-token").scope == "the secrets of one config (prd)"
    assert detail(f"k=gldt-{body(20)}\n", "gitlab-token").title == "GitLab deploy token"
    assert detail(f"k=sk-admin-{body(40)}T3BlbkFJ{body(40)}\n", "openai-key").damage == "D2"
    assert detail(f"k=sbp_fc{body(60)}\n", "supabase-access-token").damage == "D3"


def test_a_token_set_far_from_its_call_is_still_railways() -> None:
    token = f"{hexadecimal(8)}-{hexadecimal(4)}-{hexadecimal(4)}-{hexadecimal(4)}-{hexadecimal(12)}"
    script = f'TOKEN="{token}"\n' + "echo adding a domain\n" * 300 + "curl https://backboard.railway.app/graphql/v2\n"
    assert only(script, "railway-token", "tools/domains.sh").line == 1


def test_twilio_without_its_account() -> None:
    assert "not beside" in (detail(f"TWILIO_AUTH_TOKEN={hexadecimal(32)}\n", "twilio-token").scope or "")
    text = f"TWILIO_ACCOUNT_SID=AC{hexadecimal(32)}\nTWILIO_AUTH_TOKEN={hexadecimal(32)}\n"
    assert detail(text, "twilio-token").scope is None
