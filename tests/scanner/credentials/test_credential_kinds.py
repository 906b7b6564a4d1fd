"""Every credential kind: what it must recognise, and the look-alikes it must leave alone.

Values are made at run time from a prefix and a generated body, so that no file of ours holds anything shaped like one.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.collect.collector import Document
from remit.collect.credentials import FoundCredential, parse
from remit.credentials.redact import redact_text
from remit.credentials.scan import kind_named, kinds, scan
from remit.evidence import Gap

KEY = b"k" * 32
ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
B64 = ALNUM + "+/"
URL64 = ALNUM + "-_"


class Make:
    """Generates the bodies of values, the same ones for the same seed."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(str(seed))

    def body(self, alphabet: str, length: int) -> str:
        """Random characters, with a lower-case letter, a capital and a digit among them where the alphabet has any."""
        must = [
            group
            for group in (string.ascii_lowercase, string.ascii_uppercase, string.digits)
            if set(group) & set(alphabet)
        ]
        chosen = [self._random.choice([c for c in alphabet if c in group]) for group in must]
        chosen += [self._random.choice(alphabet) for _ in range(length - len(chosen))]
        self._random.shuffle(chosen)
        return "".join(chosen[:length])

    def alnum(self, length: int) -> str:
        return self.body(ALNUM, length)

    def lower(self, length: int) -> str:
        return self.body(LOWER, length)

    def hex(self, length: int) -> str:
        return self.body(HEX, length)

    def b64(self, length: int) -> str:
        # A slash at either end would read as part of a path.
        return self.alnum(1) + self.body(B64, length - 2) + self.alnum(1)

    def url64(self, length: int) -> str:
        return self.alnum(1) + self.body(URL64, length - 2) + self.alnum(1)

    def base32(self, length: int) -> str:
        return self.body("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)

    def uuid(self) -> str:
        return "-".join(self.hex(length) for length in (8, 4, 4, 4, 12))

    def encoded(self, value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    def jwt(self, **claims: object) -> str:
        return f"{self.encoded({'alg': 'HS256', 'typ': 'JWT'})}.{self.encoded(claims)}.{self.url64(43)}"

    def pem(self, kind: str, length: int = 800) -> str:
        body = self.b64(length)
        lines = "\n".join(body[at : at + 64] for at in range(0, length, 64))
        return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


Secret = Callable[[Make], str]


@dataclass(frozen=True)
class Case:
    """Positives as (text with `{}` for the secret, secret), look-alikes as whole texts."""

    positive: tuple[tuple[str, Secret], ...]
    look_alikes: tuple[Secret, ...]
    path: str = "notes/setup.txt"
    redacted: bool = True
    """False where only the place tells the secret from any other word, which a text without a place cannot."""
    public: int = 0
    """How many characters at the start of the value are published: a prefix of the kind."""


def token(
    prefix: str, body: Secret, *more: Secret, name: str = "TOKEN", also: tuple[tuple[str, Secret], ...] = ()
) -> Case:
    """A kind known by its prefix: anywhere; not when cut short, glued to a word, or with another prefix."""

    def whole(make: Make) -> str:
        return prefix + body(make)

    wrong = ("q" if prefix[0] != "q" else "w") + prefix[1:]
    return Case(
        positive=((f"{name}={{}}\n", whole), ('curl -d "{}" https://api.acme.io/v1\n', whole), *also),
        look_alikes=(
            lambda make: f"{name}={whole(make)[: len(prefix) + 9]}\n",
            lambda make: f"see x{whole(make)} there\n",
            lambda make: f"id: {wrong}{body(make)}\n",
            lambda make: f"the prefix {prefix} starts every one of them\n",
            *more,
        ),
        public=len(prefix),
    )


def named(name: str, value: Secret, *more: Secret, also: tuple[tuple[str, Secret], ...] = ()) -> Case:
    """A kind without a mark of its own: known by the variable that holds it, and by nothing else."""
    return Case(
        positive=((f"{name}={{}}\n", value), (f'  - name: {name}\n    value: "{{}}"\n', value), *also),
        look_alikes=(
            lambda make: f"SOME_OTHER_ID={value(make)}\n",
            lambda make: f"{name}=${{{name}}}\n",
            lambda make: f"{name}=\nNEXT={value(make)}\n",
            lambda make: f"checksum {value(make)}\n",
            *more,
        ),
    )


def url(scheme: str) -> Case:
    return Case(
        positive=(
            (f"DATABASE_URL={scheme}://app:{{}}@db.acme-corp.io:5432/shop\n", lambda make: make.alnum(20)),
            (
                f'const url = "{scheme}://root:{{}}@10.4.5.6/shop?ssl=true"\n',
                lambda make: make.alnum(12) + "@" + make.alnum(9),
            ),
        ),
        look_alikes=(
            lambda make: f"{scheme}://db.acme-corp.io:5432/shop\n",
            lambda make: f"{scheme}://app@db.acme-corp.io/shop\n",
            lambda make: f"{scheme}://{make.alnum(12)}\n",
            lambda make: f"http://app:{make.alnum(12)}@db.acme-corp.io/shop\n",
        ),
    )


def aws_pair(prefix: str) -> tuple[tuple[str, Secret], ...]:
    key_id = prefix + Make(prefix).base32(16).replace("I", "B")
    return (
        (f"aws_access_key_id = {key_id}\naws_secret_access_key = {{}}\n", lambda make: make.b64(40)),
        (f'{{{{"AccessKeyId": "{key_id}", "SecretAccessKey": "{{}}"}}}}', lambda make: make.b64(40)),
    )


_AWS_LOOK_ALIKES: tuple[Secret, ...] = (
    lambda make: f"commit {make.hex(40)}\n",
    lambda make: "AKIA" + make.base32(16) + f" sha {make.hex(40)}\n",
    lambda make: f"AWS_SECRET_ACCESS_KEY={make.b64(39)}\n",
    lambda make: "AWS_SECRET_ACCESS_KEY=${{ secrets.AWS_SECRET_ACCESS_KEY }}\n",
)

KUBECONFIG = """apiVersion: v1
kind: Config
clusters:
- cluster:
    server: https://k8s.acme-corp.io:6443
  name: shop
current-context: prod-eu
users:
- name: admin
  user:
    {key}: {{}}
"""

CASES: dict[str, Case] = {
    "1password-secret-key": Case(
        positive=(
            (
                "OP_SECRET_KEY={}\n",
                lambda m: f"A3-{m.base32(6)}-{m.base32(11)}-{m.base32(5)}-{m.base32(5)}-{m.base32(5)}",
            ),
            ("key: '{}'\n", lambda m: "-".join(["A3", *(m.base32(n) for n in (6, 6, 5, 5, 5, 5))])),
        ),
        look_alikes=(
            lambda m: f"A3-{m.base32(6)}-{m.base32(5)}\n",
            lambda m: f"BA3-{m.base32(6)}-{m.base32(11)}-{m.base32(5)}-{m.base32(5)}-{m.base32(5)}\n",
            lambda m: f"print on A3-sized paper, {m.uuid()}\n",
        ),
        public=3,
    ),
    "1password-service-account": token("ops_eyJ", lambda m: m.b64(300), name="OP_SERVICE_ACCOUNT_TOKEN"),
    "age-secret-key": token(
        "AGE-SECRET-KEY-1",
        lambda m: m.body("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
        lambda m: "age1" + m.lower(58) + "\n",
    ),
    "anthropic-admin-key": token("sk-ant-admin01-", lambda m: m.url64(93) + "AA", name="ANTHROPIC_ADMIN_KEY"),
    "anthropic-key": token("sk-ant-api03-", lambda m: m.url64(93) + "AA", name="ANTHROPIC_API_KEY"),
    "anthropic-login": token("sk-ant-oat01-", lambda m: m.url64(80)),
    "aws-access-key": Case(aws_pair("AKIA"), _AWS_LOOK_ALIKES),
    "aws-access-key-id": token(
        "AKIA", lambda m: m.base32(16), lambda m: "akia" + m.lower(16) + "\n", name="AWS_ACCESS_KEY_ID"
    ),
    "aws-bedrock-api-key": token("ABSK", lambda m: m.b64(120), name="AWS_BEARER_TOKEN_BEDROCK"),
    "aws-session-token": named("AWS_SESSION_TOKEN", lambda m: m.b64(300)),
    "aws-temporary-key": Case(aws_pair("ASIA"), _AWS_LOOK_ALIKES),
    "azure-client-secret": Case(
        positive=(
            ("AZURE_CLIENT_SECRET={}\n", lambda m: f"{m.alnum(3)}8Q~{m.body(ALNUM + '._~-', 32)}x9"),
            ('"client_srt": "{}";\n', lambda m: f"{m.alnum(3)}7Q~{m.alnum(34)}"),
        ),
        look_alikes=(
            lambda m: f"{m.alnum(3)}8Q~{m.alnum(12)}\n",
            lambda m: f"signature {m.alnum(40)}8Q~{m.alnum(60)}\n",
            lambda m: "split(~)8Q~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n",
        ),
    ),
    "azure-devops-token": named("AZURE_DEVOPS_EXT_PAT", lambda m: m.body("abcdefghijklmnopqrstuvwxyz234567", 52)),
    "azure-login": Case(
        positive=(
            ('{{"RefreshToken": {{"x": {{"secret": "{}"}}}}}}', lambda m: m.url64(200)),
            ('{{"AccessToken": {{"secret": "{}"}}}}', lambda m: m.url64(90)),
        ),
        look_alikes=(
            lambda m: '{"secret": "short"}',
            lambda m: f'{{"home_account_id": "{m.uuid()}"}}',
            lambda m: f'{{"client_info": "{m.url64(80)}"}}',
        ),
        path=".azure/msal_token_cache.json",
    ),
    "azure-sas": Case(
        positive=(
            (
                "https://acme.blob.core.windows.net/data?sv=2022-11-02&sr=c&sp=rwdl&se=2031-01-02T03:04:05Z&sig={}\n",
                lambda m: m.alnum(41) + "%2F" + m.alnum(1) + "%3D",
            ),
            (
                'url = "https://acme.file.core.windows.net/x?sig={}&se=2031-01-02&sp=r&sv=2020-08-04"\n',
                lambda m: m.alnum(43) + "%3D",
            ),
        ),
        look_alikes=(
            lambda m: f"https://example.io/?sig={m.alnum(43)}%3D\n",
            lambda m: "https://acme.blob.core.windows.net/data?sv=2022-11-02&sig=short\n",
            lambda m: "https://acme.blob.core.windows.net/data?sv=2022-11-02&se=2031-01-02&sig=${SAS}\n",
        ),
    ),
    "azure-storage-key": Case(
        positive=(
            ("DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={};\n", lambda m: m.b64(86) + "=="),
            ("AZURE_STORAGE_ACCOUNT_KEY={}\n", lambda m: m.b64(86) + "=="),
        ),
        look_alikes=(
            lambda m: f"sha512-{m.b64(86)}==\n",
            lambda m: f"AccountKey={m.b64(40)}==;\n",
            lambda m: "AccountName=acme;AccountKey=<key>;\n",
        ),
    ),
    "ci-token": token(
        "CCIPAT_", lambda m: f"{m.alnum(22)}_{m.hex(40)}", also=(("CIRCLE_TOKEN={}\n", lambda m: m.hex(40)),)
    ),
    "cloudflare-global-key": token(
        "cfk_", lambda m: m.alnum(40) + m.hex(8), also=(("CLOUDFLARE_API_KEY={}\n", lambda m: m.hex(37)),)
    ),
    "cloudflare-token": token(
        "cfut_", lambda m: m.alnum(40) + m.hex(8), also=(("CF_API_TOKEN={}\n", lambda m: m.alnum(40)),)
    ),
    "curl-login": Case(
        positive=(
            ("curl -u deploy:{} https://repo.acme-corp.io/upload\n", lambda m: m.alnum(14)),
            ("curl -s --user 'ci:{}' https://jenkins.acme-corp.io\n", lambda m: m.alnum(14)),
        ),
        look_alikes=(
            lambda m: f"curl -u deploy https://repo.acme-corp.io/{m.alnum(8)}\n",
            lambda m: 'curl -u "$USER:$PASS" https://repo.acme-corp.io\n',
            lambda m: f"docker run -u 1000:{m.body('123456789', 4)} image\n",
        ),
    ),
    "databricks-token": token("dapi", lambda m: m.hex(32)),
    "datadog-api-key": named(
        "DD_API_KEY", lambda m: m.hex(32), also=(('datadog_api_key = "{}"\n', lambda m: m.hex(32)),)
    ),
    "datadog-app-key": named("DD_APP_KEY", lambda m: m.hex(40), lambda m: f"commit {m.hex(40)}\n"),
    "digitalocean-token": token("dop_v1_", lambda m: m.hex(64), also=(("x: {}\n", lambda m: "doo_v1_" + m.hex(64)),)),
    "docker-hub-token": token("dckr_pat_", lambda m: m.url64(27)),
    "docker-registry-auth": Case(
        positive=(
            (
                '{{"auths": {{"registry.acme-corp.io": {{"auth": "{}"}}}}}}',
                lambda m: base64.b64encode(f"deploy:{m.alnum(18)}".encode()).decode(),
            ),
            (
                '{{"auths": {{"https://index.docker.io/v1/": {{\n  "auth": "{}"\n}}}}}}',
                lambda m: base64.b64encode(f"acme:{m.alnum(30)}".encode()).decode(),
            ),
        ),
        look_alikes=(
            lambda m: '{"auths": {"registry.acme-corp.io": {}}, "credsStore": "desktop"}',
            lambda m: f'{{"auth": "{m.alnum(15)}!"}}',
            lambda m: f'{{"auth": "{base64.b64encode(m.alnum(18).encode()).decode()}"}}',
        ),
        path=".docker/config.json",
    ),
    "doppler-token": token(
        "dp.pt.", lambda m: m.alnum(43), also=(("DOPPLER_TOKEN={}\n", lambda m: "dp.st.prd." + m.alnum(43)),)
    ),
    "fly-token": token(
        "fm2_", lambda m: m.b64(400), also=(("FLY_API_TOKEN=FlyV1 {}\n", lambda m: "fo1_" + m.url64(43)),)
    ),
    "gcp-access-token": token("ya29.", lambda m: m.url64(120)),
    "gcp-service-account": Case(
        positive=(
            (
                '{{"type": "service_account", "project_id": "shop-prod", "private_key": "{}", '
                '"client_email": "robot@shop-prod.iam.gserviceaccount.com"}}',
                lambda m: m.pem("PRIVATE KEY").replace("\n", "\\n").removesuffix("\\n"),
            ),
            (
                "GOOGLE_CREDENTIALS={}\n",
                lambda m: base64.b64encode(
                    json.dumps(
                        {
                            "type": "service_account",
                            "private_key": m.pem("PRIVATE KEY"),
                            "client_email": "robot@shop-prod.iam.gserviceaccount.com",
                        }
                    ).encode()
                ).decode(),
            ),
        ),
        look_alikes=(
            lambda m: m.pem("PRIVATE KEY"),
            lambda m: '{"type": "service_account", "project_id": "shop-prod", "private_key": "${KEY}"}',
            lambda m: f'{{"private_key": "{m.alnum(300)}", "client_email": "robot@shop-prod.iam.gserviceaccount.com"}}',
        ),
        public=50,
    ),
    "gcp-user-login": Case(
        positive=(
            ('{{"type": "authorized_user", "refresh_token": "{}"}}', lambda m: "1//0" + m.url64(90)),
            ('{{"client_id": "x.apps.googleusercontent.com", "refresh_token": "{}"}}', lambda m: "1//" + m.url64(60)),
        ),
        look_alikes=(
            lambda m: f'{{"refresh_token": "1//{m.url64(60)}"}}',
            lambda m: '{"type": "authorized_user", "refresh_token": "1//short"}',
            lambda m: f"authorized_user refresh_token https://acme.io/1//{m.alnum(10)}",
        ),
    ),
    "generic-secret": Case(
        positive=(
            ("PAYMENT_GATEWAY_SECRET={}\n", lambda m: m.alnum(24)),
            ("ADMIN_PASSWORD='{}'\n", lambda m: m.alnum(9) + "!k7%"),
        ),
        look_alikes=(
            lambda m: f"BUILD_ID={m.alnum(24)}\n",
            lambda m: "DB_PASSWORD_SECRET=my-app-database-password\n",
            lambda m: "AUTH_TOKEN_SECRET=https://vault.acme-corp.io/v1/secret4\n",
            lambda m: "SIGNING_PRIVATE_KEY=./keys/signing-2024.pem\n",
            lambda m: "API_TOKEN=op://shop/api/token12345\n",
            lambda m: "IMAGE_TOKEN=sha256:" + m.hex(64) + "\n",
            lambda m: "CLIENT_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf\n",
            lambda m: "RELEASE_TOKEN=2024.11.30-rc.1\n",
            lambda m: "NEXT_PUBLIC_API_KEY=" + m.alnum(24) + "\n",
            lambda m: "SESSION_SECRET=" + "getSessionSecretFromStore" + "\n",
            lambda m: "PASSWORD=\nOTHER_SETTING_OF_MINE_1=yes\n",
            lambda m: f"CSRF_TOKEN={m.alnum(24)}\n",
        ),
        path="deploy/.env",
    ),
    "github-app-token": token("ghs_", lambda m: m.alnum(36), also=(("x={}\n", lambda m: "gho_" + m.alnum(36)),)),
    "github-fine-grained-pat": token("github_pat_", lambda m: f"{m.alnum(22)}_{m.alnum(59)}"),
    "github-pat": token(
        "ghp_",
        lambda m: m.alnum(36),
        also=(("git clone https://x:{}@github.com/acme/shop\n", lambda m: "ghp_" + m.alnum(36)),),
    ),
    "gitlab-pat": token(
        "glpat-", lambda m: m.url64(20), also=(("x={}\n", lambda m: f"glpat-{m.alnum(40)}.01.{m.lower(9)}"),)
    ),
    "gitlab-token": token("gldt-", lambda m: m.url64(20), also=(("r={}\n", lambda m: "glptt-" + m.alnum(40)),)),
    "google-api-key": token("AIza", lambda m: "Sy" + m.url64(33)),
    "grafana-token": token(
        "glsa_", lambda m: f"{m.alnum(32)}_{m.hex(8)}", also=(("g={}\n", lambda m: "glc_" + m.b64(80)),)
    ),
    "heroku-api-key": token("HRKU-AA", lambda m: m.url64(58), also=(("HEROKU_API_KEY={}\n", lambda m: m.uuid()),)),
    "http-authorization": Case(
        positive=(
            ('curl -H "Authorization: Bearer {}" https://api.acme-corp.io\n', lambda m: m.alnum(32)),
            ("headers = {{'Authorization': 'Token {}'}}\n", lambda m: m.alnum(24)),
            ('curl -H "X-Api-Key: {}" https://api.acme-corp.io\n', lambda m: m.alnum(24)),
        ),
        look_alikes=(
            lambda m: 'curl -H "Authorization: Bearer $TOKEN" https://api.acme-corp.io\n',
            lambda m: "headers = {'Authorization': authorizationHeaderOf(request)}\n",
            lambda m: 'curl -H "Authorization: Bearer <token>" https://api.acme-corp.io\n',
        ),
    ),
    "huggingface-token": token("hf_", lambda m: m.alnum(34), lambda m: "hf_" + "transformer_encoder_layer_forward_x\n"),
    "jwt": Case(
        positive=(
            ("Cookie: session={}\n", lambda m: m.jwt(iss="https://id.acme-corp.io", sub="7", exp=1_900_000_000)),
            ("jwt: {}\n", lambda m: base64.b64encode(m.jwt(iss="acme", sub="7").encode()).decode()),
        ),
        look_alikes=(
            lambda m: f"eyJ{m.url64(20)}.eyJ{m.url64(30)}.{m.url64(43)}\n",
            lambda m: f"{m.encoded({'alg': 'HS256'})}\n",
            lambda m: f"x{m.jwt(iss='acme')}\n",
        ),
        public=3,
    ),
    "kubeconfig": Case(
        positive=(
            (KUBECONFIG.format(key="client-key-data"), lambda m: m.b64(400)),
            (KUBECONFIG.format(key="token"), lambda m: m.url64(60)),
        ),
        look_alikes=(
            lambda m: KUBECONFIG.format(key="client-certificate-data").format(m.b64(400)),
            lambda m: f"user:\n  token: {m.url64(60)}\n",
            lambda m: KUBECONFIG.format(key="tokenFile").format("/var/run/token"),
        ),
        path=".kube/config",
    ),
    "model-api-key": token(
        "gsk_", lambda m: m.alnum(52), also=(("OPENROUTER={}\n", lambda m: "sk-or-v1-" + m.hex(64)),)
    ),
    "mongodb-atlas-id": token("mdb_sa_id_", lambda m: m.hex(24)),
    "mongodb-atlas-key": token(
        "mdb_sa_sk_", lambda m: m.url64(40), also=(("MONGODB_ATLAS_PRIVATE_KEY={}\n", lambda m: m.uuid()),)
    ),
    "mongodb-url": url("mongodb"),
    "mysql-option-file": Case(
        positive=(
            ("[client]\nuser=app\npassword={}\n", lambda m: m.alnum(14)),
            ('[mysql]\npassword = "{}"\n', lambda m: m.alnum(16)),
        ),
        look_alikes=(
            lambda m: "[client]\nuser=app\npassword=$MYSQL\n".replace("$MYSQL", "${MYSQL_PWD}"),
            lambda m: "[client]\n# password is asked for\n",
            lambda m: f"[client]\nssl-key={m.alnum(20)}\n",
        ),
        path="home/.my.cnf",
    ),
    "mysql-password": named(
        "MYSQL_ROOT_PASSWORD", lambda m: m.alnum(14), lambda m: "MYSQL_PASSWORD = settings.password\n"
    ),
    "mysql-url": url("mysql"),
    "neon-api-key": token("napi_", lambda m: m.lower(64), name="NEON_API_KEY"),
    "netlify-token": token("nfp_", lambda m: m.alnum(36), also=(("NETLIFY_AUTH_TOKEN={}\n", lambda m: m.alnum(43)),)),
    "netrc-login": Case(
        positive=(
            ("machine git.acme-corp.io login deploy password {}\n", lambda m: m.alnum(20)),
            ("machine api.heroku.com\n  login a@acme.io\n  password {}\n", lambda m: m.uuid()),
        ),
        look_alikes=(
            lambda m: "machine git.acme-corp.io login deploy\n",
            lambda m: f"the machine has a login and a password {m.alnum(12)}\n",
            lambda m: "machine learning login page password ${PASSWORD}\n",
        ),
        path=".netrc",
    ),
    "npm-token": token(
        "npm_", lambda m: m.alnum(36), also=(("//npm.acme-corp.io/:_authToken={}\n", lambda m: m.uuid()),)
    ),
    "openai-key": Case(
        positive=(
            ("OPENAI_API_KEY={}\n", lambda m: f"sk-proj-{m.url64(60)}T3BlbkFJ{m.url64(60)}"),
            ("key: '{}'\n", lambda m: f"sk-{m.alnum(20)}T3BlbkFJ{m.alnum(20)}"),
        ),
        look_alikes=(
            lambda m: f"sk-proj-{m.url64(60)}T4BlbkFJ{m.url64(60)}\n",
            lambda m: f"task-{m.alnum(20)}T3BlbkFJ{m.alnum(20)}\n",
            lambda m: f"sk-{m.alnum(8)}T3BlbkFJ{m.alnum(4)}\n",
        ),
        public=8,
    ),
    "pgpass-entry": Case(
        positive=(
            ("db.acme-corp.io:5432:shop:app:{}\n", lambda m: m.alnum(14)),
            ("*:*:*:postgres:{}\n", lambda m: m.alnum(20)),
        ),
        look_alikes=(
            lambda m: f"# host:port:database:user:{m.alnum(12)}\n",
            lambda m: f"db.acme-corp.io:5432:{m.alnum(12)}\n",
            lambda m: "db.acme-corp.io:5432:shop:app:\n",
        ),
        path="home/.pgpass",
        redacted=False,
    ),
    "planetscale-password": token("pscale_pw_", lambda m: m.url64(43)),
    "planetscale-token": token(
        "pscale_tkn_", lambda m: m.url64(43), also=(("o={}\n", lambda m: "pscale_oauth_" + m.url64(43)),)
    ),
    "postgres-password": named(
        "PGPASSWORD",
        lambda m: m.alnum(14),
        lambda m: 'POSTGRES_PASSWORD = os.environ["X"]\n',
        also=(('dsn = "host=db.acme-corp.io user=app password={} dbname=shop"\n', lambda m: m.alnum(14)),),
    ),
    "postgres-url": url("postgresql"),
    "private-key": Case(
        positive=(
            ("{}", lambda m: m.pem("PRIVATE KEY")),
            ("KEY='{}'", lambda m: m.pem("RSA PRIVATE KEY").replace("\n", "\\n")),
        ),
        look_alikes=(
            lambda m: m.pem("PUBLIC KEY"),
            lambda m: m.pem("CERTIFICATE"),
            lambda m: "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----\n",
        ),
        path="deploy/tls/server.key",
        public=40,
    ),
    "pulumi-token": token("pul-", lambda m: m.hex(40)),
    "pypi-token": token("pypi-AgEIcHlwaS5vcmc", lambda m: m.url64(120)),
    "railway-login": Case(
        positive=(
            ('{{"user": {{"accessToken": "{}"}}}}', lambda m: m.url64(43)),
            ('{{"user": {{"token": "{}"}}}}', lambda m: m.uuid()),
        ),
        look_alikes=(
            lambda m: f'{{"projects": {{"x": {{"project": "{m.uuid()}"}}}}}}',
            lambda m: '{"user": {"token": null}}',
            lambda m: f'{{"user": {{"id": "{m.uuid()}"}}}}',
        ),
        path="home/.railway/config.json",
    ),
    "railway-project-token": named(
        "RAILWAY_TOKEN",
        lambda m: m.uuid(),
        lambda m: f"RAILWAY_PROJECT_ID={m.uuid()}\n",
        also=(('curl -H "Project-Access-Token: {}" https://backboard.railway.com/graphql/v2\n', lambda m: m.uuid()),),
    ),
    "railway-token": named(
        "RAILWAY_API_TOKEN",
        lambda m: m.uuid(),
        lambda m: f"https://railway.com/project/{m.uuid()}/service/{m.uuid()}\n",
        lambda m: f'curl -H "Authorization: Bearer {m.uuid()}" https://api.acme-corp.io\n',
        also=(
            ('curl https://backboard.railway.com/graphql/v2 -H "Authorization: Bearer {}"\n', lambda m: m.uuid()),
            (
                'TOKEN="{}"\n' + "# domains\n" * 60 + "curl https://backboard.railway.com/graphql/v2\n",
                lambda m: m.uuid(),
            ),
        ),
    ),
    "redis-url": url("rediss"),
    "render-api-key": token("rnd_", lambda m: m.alnum(28)),
    "sendgrid-key": token(
        "SG.", lambda m: f"{m.url64(22)}.{m.url64(43)}", lambda m: f"SG.{m.url64(22)}..{m.url64(43)}\n"
    ),
    "sentry-dsn": Case(
        positive=(
            ("SENTRY_DSN=https://{}@o12345.ingest.sentry.io/4505\n", lambda m: m.hex(32)),
            ('dsn: "https://{}@sentry.acme-corp.io/7"\n', lambda m: m.hex(32)),
        ),
        look_alikes=(
            lambda m: f"https://{m.hex(32)}@git.acme-corp.io/7\n",
            lambda m: f"https://sentry.io/{m.hex(32)}\n",
            lambda m: f"https://{m.hex(20)}@o12345.ingest.sentry.io/4505\n",
        ),
    ),
    "sentry-token": token(
        "sntryu_",
        lambda m: m.hex(64),
        also=(
            (
                "a={}\n",
                lambda m: f"sntrys_{m.encoded({'iat': 1, 'url': 'https://s.io', 'org': 'acme-corp'})}_{m.alnum(43)}",
            ),
            ("SENTRY_AUTH_TOKEN={}\n", lambda m: m.hex(64)),
        ),
    ),
    "slack-token": token(
        "xoxb-",
        lambda m: f"{m.body('123456789', 12)}-{m.body('123456789', 12)}-{m.alnum(24)}",
        lambda m: "https://lh3.acme.io/EXO-XOXO-teaser-exo-k-34521098-720-516.jpg\n",
        also=(("a={}\n", lambda m: f"xapp-1-A{m.base32(10)}-{m.body('123456789', 13)}-{m.hex(64)}"),),
    ),
    "slack-webhook": Case(
        positive=(
            ("url: https://hooks.slack.com/services/{}\n", lambda m: f"T{m.base32(9)}/B{m.base32(9)}/{m.alnum(24)}"),
            ("hooks.slack.com/workflows/{}\n", lambda m: f"T{m.base32(9)}/A{m.base32(9)}/{m.alnum(18)}/{m.alnum(24)}"),
        ),
        look_alikes=(
            lambda m: "https://hooks.slack.com/services/T000/B000/XXX\n",
            lambda m: f"https://hooks.acme-corp.io/services/T{m.base32(9)}/B{m.base32(9)}/{m.alnum(24)}\n",
            lambda m: "https://hooks.slack.com/services/$SLACK_PATH\n",
        ),
    ),
    "ssh-private-key": Case(
        positive=(("{}", lambda m: m.pem("OPENSSH PRIVATE KEY")), ("{}", lambda m: m.pem("RSA PRIVATE KEY"))),
        look_alikes=(
            lambda m: f"ssh-ed25519 AAAAC3{m.b64(60)} me@host\n",
            lambda m: m.pem("RSA PUBLIC KEY"),
            lambda m: "-----BEGIN OPENSSH PRIVATE KEY-----\n...\n-----END OPENSSH PRIVATE KEY-----\n",
        ),
        path="home/.ssh/id_rsa",
        public=40,
    ),
    "stripe-key": token("sk_live_", lambda m: m.alnum(24), also=(("S={}\n", lambda m: "rk_test_" + m.alnum(24)),)),
    "stripe-publishable": token("pk_live_", lambda m: m.alnum(24)),
    "stripe-webhook-secret": token("whsec_", lambda m: m.alnum(32)),
    "supabase-access-token": token("sbp_", lambda m: m.hex(40), also=(("S={}\n", lambda m: "sbp_fc" + m.hex(60)),)),
    "supabase-publishable": token(
        "sb_publishable_",
        lambda m: m.url64(31),
        also=(
            (
                "NEXT_PUBLIC_SUPABASE_ANON_KEY={}\n",
                lambda m: m.jwt(iss="supabase", role="anon", ref=m.lower(20), exp=2_000_000_000),
            ),
        ),
    ),
    "supabase-service-role": token(
        "sb_secret_",
        lambda m: m.url64(31),
        lambda m: "KEY=" + m.jwt(iss="supabase", role="anon", ref=m.lower(20), exp=2_000_000_000) + "\n",
        lambda m: "KEY=" + m.jwt(iss="https://id.acme-corp.io", role="service_role") + "\n",
        also=(
            (
                "SUPABASE_KEY={}\n",
                lambda m: m.jwt(iss="supabase", role="service_role", ref=m.lower(20), exp=2_000_000_000),
            ),
        ),
    ),
    "terraform-cloud-token": Case(
        positive=(
            (
                'credentials "app.terraform.io" {{\n  token = "{}"\n}}\n',
                lambda m: f"{m.alnum(14)}.atlasv1.{m.alnum(67)}",
            ),
            ("TF_TOKEN_app_terraform_io={}\n", lambda m: f"{m.alnum(14)}.atlasv1.{m.url64(65)}"),
        ),
        look_alikes=(
            lambda m: f"{m.alnum(14)}.atlasv1.{m.alnum(20)}\n",
            lambda m: f"{m.alnum(14)}.atlasv2.{m.alnum(67)}\n",
            lambda m: f"{m.alnum(5)}.atlasv1.{m.alnum(67)}\n",
        ),
    ),
    "twilio-key-id": token("SK", lambda m: m.hex(32), name="TWILIO_API_KEY_SID"),
    "twilio-token": named(
        "TWILIO_AUTH_TOKEN", lambda m: m.hex(32), also=(("twilio_token: '{}'\n", lambda m: m.hex(32)),)
    ),
    "url-password": Case(
        positive=(
            ("git clone https://deploy:{}@git.acme-corp.io/shop.git\n", lambda m: m.alnum(20)),
            ("broker = amqps://app:{}@mq.acme-corp.io/prod\n", lambda m: m.alnum(20)),
        ),
        look_alikes=(
            lambda m: "https://git.acme-corp.io:8443/shop@v2\n",
            lambda m: f"git@git.acme-corp.io:shop/{m.alnum(8)}.git\n",
            lambda m: f"https://deploy@git.acme-corp.io/{m.alnum(8)}:x\n",
        ),
    ),
    "vault-token": token("hvs.", lambda m: m.url64(95), also=(("VAULT_TOKEN={}\n", lambda m: "s." + m.alnum(24)),)),
    "vercel-token": token("vcp_", lambda m: m.alnum(56), also=(("VERCEL_TOKEN={}\n", lambda m: m.alnum(24)),)),
    "work-tool-token": token(
        "lin_api_", lambda m: m.alnum(40), also=(("N={}\n", lambda m: "ntn_" + m.body("123456789", 11) + m.alnum(35)),)
    ),
}


def test_every_kind_has_its_cases() -> None:
    installed = {kind.name for kind in kinds()}
    assert installed == set(CASES)
    for name, case in CASES.items():
        assert len(case.positive) >= 2, name
        assert len(case.look_alikes) >= 3, name


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, case in CASES.items() for n in range(len(case.positive))]
)
@pytest.mark.parametrize("seed", range(3))
def test_recognises(name: str, number: int, seed: int) -> None:
    template, secret = CASES[name].positive[number]
    value = secret(Make((name, number, seed)))
    text = "first line\n" + template.format(value)
    found = [match for match in scan(text, CASES[name].path, KEY) if match.kind == name]
    assert len(found) == 1, [(match.kind, match.line) for match in scan(text, CASES[name].path, KEY)]
    assert not found[0].detail.placeholder
    assert text[found[0].start : found[0].end] in (value, value.rstrip("\n")) or name in {
        "private-key",
        "ssh-private-key",
    }
    assert 1 < found[0].line <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, case in CASES.items() for n in range(len(case.look_alikes))]
)
@pytest.mark.parametrize("seed", range(3))
def test_leaves_look_alikes_alone(name: str, number: int, seed: int) -> None:
    text = CASES[name].look_alikes[number](Make((name, number, seed, "other")))
    assert name not in {match.kind for match in scan(text, CASES[name].path, KEY)}


@pytest.mark.parametrize(
    ("name", "number"), [(name, n) for name, case in CASES.items() for n in range(len(case.positive))]
)
@pytest.mark.parametrize("seed", range(6))
def test_recognises_in_a_large_file(name: str, number: int, seed: int) -> None:
    # Long files are not searched as a whole; what is left out must not hold the credential.
    case = CASES[name]
    template, secret = case.positive[number]
    value = secret(Make((name, number, seed, "large")))
    text = "def compute(value):  # plain words\n" * 100 + template.format(value) + "\nreturn value\n" * 100
    assert [match.kind for match in scan(text, case.path, KEY)].count(name) == 1


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_declares_what_its_holder_can_do(kind: object) -> None:
    declared = kind_named(kind.name)  # type: ignore[attr-defined]
    assert declared.title
    assert declared.abilities
    assert all("-" in ability and ability == ability.lower() for ability in declared.abilities)
    assert declared.resource.count(":") >= 2
    assert bool(declared.backups_note) == declared.backups_go_with_it
    assert declared.damage == "D0" or (declared.narrower and declared.rotate)


def _runs(secret: str, length: int = 8) -> set[str]:
    return {secret[at : at + length] for at in range(len(secret) - length + 1)}


def _body(case: Case, secret: str) -> str:
    """The part of a value that nobody else knows: without the prefix, and without the frame of a PEM block."""
    if "-----BEGIN" in secret:
        inner = secret.split("-----")[2]
        return inner.replace("\\n", "\n")
    return secret[case.public :]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(CASES)),
    st.integers(0, 10**6),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40),
)
def test_nothing_of_a_secret_is_left(name: str, seed: int, before: str, after: str) -> None:
    case = CASES[name]
    template, secret = case.positive[seed % len(case.positive)]
    value = secret(Make(seed))
    text = f"{before}\n{template.format(value)}\n{after}"
    hidden = {run for run in _runs(_body(case, value)) if run not in text.replace(value, "") and "\n" not in run}
    facts = [fact for fact in parse(Document(case.path, text.encode(), key=KEY)) if isinstance(fact, FoundCredential)]
    assert facts
    shown = repr(facts) + msgspec.json.encode(facts).decode()
    assert not any(run in shown for run in hidden)
    if case.redacted:
        redacted = redact_text(text)
        assert not any(run in redacted for run in hidden)


def test_facts_survive_the_cache() -> None:
    for name, case in CASES.items():
        template, secret = case.positive[0]
        document = Document(case.path, template.format(secret(Make(name))).encode(), key=KEY)
        facts = [fact for fact in parse(document) if not isinstance(fact, Gap)]
        assert msgspec.json.decode(msgspec.json.encode(facts), type=list[FoundCredential]) == facts
