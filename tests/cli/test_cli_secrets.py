"""No secret ever leaves: not in a report, not on stderr, not in the cache, whatever file and syntax it stands in."""

from __future__ import annotations

import json
import random
import string
import subprocess

import pytest

NOW = "2026-11-21T12:00:00Z"
_LETTERS = string.ascii_letters + string.digits


def body(seed: str, length: int, alphabet: str = _LETTERS) -> str:
    """Something of a secret's shape that stands in no file: always the same for a seed."""
    return "".join(random.Random(f"canary {seed}").choices(alphabet, k=length))


def uuid(seed: str) -> str:
    text = body(seed, 32, "0123456789abcdef")
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


BODIES = {
    "github": body("github", 36),
    "github fine": body("fine", 22) + "_" + body("grained", 59),
    "aws": body("aws", 40, _LETTERS + "/+"),
    "stripe": body("stripe", 24),
    "anthropic": body("anthropic", 93, _LETTERS + "-_"),
    "slack": body("slack", 24),
    "npm": body("npm", 36),
    "railway": uuid("railway"),
    "database": body("database", 20),
    "word": body("word", 14, string.ascii_lowercase),
    "hex": body("hex", 64, "0123456789abcdef"),
    "base64": body("base64", 44, _LETTERS + "+/"),
    "jwt": body("jwt", 43, _LETTERS + "-_"),
    "symbols": body("symbols", 24, _LETTERS + "!#%*^~"),
    "generic": body("generic", 32),
}
SECRETS = {
    "github": "ghp" + "_" + BODIES["github"],
    "github fine": "github" + "_pat_" + BODIES["github fine"],
    "stripe": "sk" + "_live_" + BODIES["stripe"],
    "anthropic": "sk" + "-ant-api03-" + BODIES["anthropic"] + "AA",
    "slack": "xoxb" + "-1234567890-1234567890123-" + BODIES["slack"],
    "npm": "npm" + "_" + BODIES["npm"],
    "jwt": "eyJhbGciOiJIUzI1NiJ9." + "eyJyb2xlIjoic2VydmljZV9yb2xlIn0" + "." + BODIES["jwt"],
} | {name: BODIES[name] for name in ("aws", "railway", "database", "word", "hex", "base64", "symbols", "generic")}

PRIVATE = "\n".join(body(f"key {line}", 64) for line in range(12))
KEY_FILE = "-----BEGIN " + "RSA PRIVATE KEY-----\n" + PRIVATE + "\n-----END " + "RSA PRIVATE KEY-----\n"


def claude(secret, url):
    return {
        "env": {"API_TOKEN": secret, "PLAIN_SETTING": f"https://user:{url}@host.example/x"},
        "permissions": {
            "allow": [
                f"Bash(curl -H 'Authorization: Bearer {secret}' https://api.example/x)",
                f"Bash(API_KEY={secret} deploy:*)",
                f"Bash(psql postgres://app:{url}@db.example/shop:*)",
            ],
            "deny": [f"Bash(login --token {secret}:*)"],
            "ask": [f"WebFetch(https://api.example.com/x?token={secret})"],
        },
        "hooks": {
            "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": f"check --password={secret}"}]}]
        },
        "apiKeyHelper": f"echo {secret}",
        "statusLine": {"type": "command", "command": f"SECRET_KEY={secret} status"},
    }


def mcp(secret, url):
    return {
        "mcpServers": {
            "a": {"command": "npx", "args": ["-y", "server-x", "--api-key", secret], "env": {"DB_PASSWORD": secret}},
            "b": {"command": "uvx", "args": ["server", f"--token={secret}", f"postgresql://u:{url}@h.example/db"]},
            "c": {
                "type": "http",
                "url": f"https://u:{url}@mcp.example/sse?api_key={secret}",
                "headers": {"Authorization": f"Bearer {secret}"},
            },
            "d": {"command": "bash", "args": ["-c", f"export TOKEN={secret}; curl -u me:{url} https://x.example"]},
        }
    }


def files(name):
    """One secret in every file and syntax of the surfaces that are read."""
    secret, url = SECRETS[name], SECRETS[name].replace("/", "%2F").replace("+", "%2B").replace("#", "%23")
    upper = name.upper().replace(" ", "_")
    return {
        ".claude/settings.json": json.dumps(claude(secret, url), indent=1),
        ".claude/settings.local.json": "\ufeff// comment\n" + json.dumps({"env": {f"{upper}_TOKEN": secret}}),
        ".claude/agents/deploy.md": f"---\nname: deploy\ntools: Bash(curl -H 'X-Api-Key: {secret}')\n---\nUse password: {secret}\n",
        ".mcp.json": json.dumps(mcp(secret, url)),
        ".cursor/mcp.json": json.dumps(mcp(secret, url)),
        ".cursor/permissions.json": json.dumps({"terminalAllowlist": [f"curl -H 'Authorization: {secret}'"]}),
        ".codex/config.toml": f'approval_policy = "never"\n[mcp_servers.a]\ncommand = "x"\nargs = ["--password", "{secret}"]\n[mcp_servers.a.env]\nTOKEN = "{secret}"\n',
        ".codex/rules/default.rules": f'prefix_rule(pattern = ["curl", "--token", "{secret}"], decision = "allow")\n',
        ".env": f"{upper}_TOKEN={secret}\nexport {upper}_PASSWORD='{secret}'\nDATABASE_URL=postgres://app:{url}@db.prod.example:5432/shop\nAWS_SECRET_ACCESS_KEY={secret}\n",
        "config/.env.production": f"REDIS_URL=redis://:{url}@cache.prod.example:6379\nSMTP_PASSWORD: {secret}\n",
        "db/roles.sql": f"CREATE ROLE agent LOGIN PASSWORD '{secret}';\nALTER ROLE agent WITH ENCRYPTED PASSWORD '{secret}';\nGRANT ALL ON DATABASE shop TO agent; -- {secret}\n",
        "db/broken.sql": f"CREATE ROLE broken PASSWORD '{secret}' LOGIN OOPS;\nGRANT '{secret}' TO;\n",
        "infra/main.tf": f'resource "aws_db_instance" "main" {{\n  password = "{secret}"\n  username = "app"\n  skip_final_snapshot = true\n  tags = {{ note = "token={secret}" }}\n}}\nprovider "aws" {{\n  access_key = "AKIA{body("id", 16, string.ascii_uppercase + "234567")}"\n  secret_key = "{secret}"\n}}\n',
        "infra/prod.tfvars": f'db_password = "{secret}"\nurl = "postgres://app:{url}@db.example/shop"\n',
        "infra/terraform.tfstate": json.dumps({"version": 4, "resources": [{"type": "aws_db_instance", "name": "main", "instances": [{"attributes": {"password": secret}}]}]}),
        "infra/broken.tf": f'resource "x" "y" {{\n  password = "{secret}"\n',
        "tools/deploy.sh": f"#!/bin/sh\ncurl -X POST -H 'Authorization: Bearer {secret}' https://backboard.railway.com/graphql/v2\nTOKEN={secret} terraform destroy -auto-approve\nmysql -u root -p{secret} -e 'DROP DATABASE shop'\npsql postgres://app:{url}@db.example/shop -c 'DROP TABLE users'\n",
        "Makefile": f"wipe:\n\tPGPASSWORD={secret} psql -h db.example -c 'DROP TABLE users'\n",
        "package.json": json.dumps({"scripts": {"db:push": f"DATABASE_URL=postgres://a:{url}@h.example/d drizzle-kit push --force", "wipe": f"API_KEY={secret} prisma migrate reset --force"}}),
        ".github/workflows/deploy.yml": f"on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      API_TOKEN: {json.dumps(secret)}\n    steps:\n      - run: curl -H 'Authorization: token {secret}' https://api.example && terraform apply -auto-approve\n      - run: claude --dangerously-skip-permissions -p x\n        env:\n          SECRET: {json.dumps(secret)}\n",
        "compose.yaml": f"services:\n  dev:\n    image: node\n    privileged: true\n    environment:\n      DB_PASSWORD: {json.dumps(secret)}\n    command: ['claude', '--api-key', {json.dumps(secret)}]\n    volumes: ['/:/host']\n",
        ".devcontainer/devcontainer.json": json.dumps({"image": "x", "containerEnv": {"TOKEN": secret}, "initializeCommand": f"login --password {secret}", "runArgs": ["-e", f"API_KEY={secret}"]}),
        "Dockerfile": f"FROM x\nENV API_TOKEN={secret}\nARG DB_PASSWORD='{secret}'\nRUN curl -u me:{url} https://x.example\nRUN npm i -g @anthropic-ai/claude-code\n",
        ".pre-commit-config.yaml": f"repos:\n  - repo: https://me:{url}@git.example/hooks\n    rev: v1\n    hooks:\n      - id: gitleaks\n        args: ['--token', {json.dumps(secret)}]\n",
        "alerts/rules.yml": f"groups:\n  - name: x\n    rules:\n      - alert: drop\n        expr: 'count(DROP) # {secret}'\nreceivers:\n  - name: a\n    webhook_configs:\n      - url: https://hooks.example/{url}\n",
        "remit.toml": f'name = "x"\nversion = "{secret}"\n[backup]\nmin_retention_days = 1\n[unknown]\ntoken = "{secret}"\n',
        "src/app.js": f"const token = '{secret}';\nconst db = `postgres://app:{url}@db.prod.example/shop`;\n",
        "keys/id_rsa": KEY_FILE,
        "notes.md": f"The password is {secret}\n\n    Authorization: Bearer {secret}\n",
        ".netrc": f"machine api.example login me password {secret}\n",
        ".npmrc": f"//registry.example/:_authToken={secret}\n",
        "kubeconfig": f"apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: {json.dumps(secret)}\n",
    }  # fmt: skip


FORMATS = ("terminal", "json", "html", "markdown")


def leaks(text: str | bytes, secret: str) -> list[str]:
    """Every run of ten characters of a secret's body that stands in a text."""
    found = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return [secret[at : at + 10] for at in range(len(secret) - 9) if secret[at : at + 10] in found]


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_leaves_by_any_way(remit, repository, git, tmp_path, name):
    root = repository(tmp_path / "shop", files(name))
    url = SECRETS[name].replace("/", "%2F").replace("+", "%2B").replace("#", "%23")
    with (root / ".git" / "config").open("a") as file:
        file.write(f'[remote "origin"]\n\turl = "https://me:{url}@git.example/acme/shop.git"\n')
    (root / "notes").symlink_to(".git/config")
    reports = [part for form in FORMATS for part in ("--format", f"{form}={tmp_path / 'reports' / form}")]
    (tmp_path / "reports").mkdir()
    done = remit("scan", root, "--verbose", "--now", NOW, "--fail-on", "never", *reports)
    told = remit(
        "inventory",
        root,
        "--verbose",
        "--now",
        NOW,
        "--format",
        "terminal",
        "--format",
        f"json={tmp_path / 'reports' / 'inventory'}",
    )
    result = json.loads((tmp_path / "reports" / "json").read_text())
    assert sum(finding["status"] == "fail" for finding in result["findings"]) >= 8
    assert result["targets"][0]["id"] == "acme/shop"
    written = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for folder in ("reports", "own")
        for path in (tmp_path / folder).rglob("*")
        if path.is_file()
    }
    assert {"own/XDG_CACHE_HOME/remit/facts.sqlite", "reports/html", "reports/inventory"} <= set(written)
    places = written | {"stdout": done.stdout + told.stdout, "stderr": done.stderr + told.stderr}
    found = {place: leaks(text, BODIES[name])[:3] for place, text in places.items()}
    assert {place: runs for place, runs in found.items() if runs} == {}
    if name == "generic":
        assert not [place for place, text in places.items() if any(leaks(text, line) for line in PRIVATE.splitlines())]


def test_no_secret_of_the_machine_leaves(remit, surroundings, write, tmp_path):
    from pathlib import Path

    secret = SECRETS["github"]
    write(
        Path(surroundings["HOME"]),
        {
            ".claude/settings.json": json.dumps(claude(secret, secret)),
            ".claude.json": json.dumps(
                {"oauthAccount": {"x": secret}, **mcp(secret, secret), "projects": {"/x": mcp(secret, secret)}}
            ),
            ".codex/config.toml": f'[mcp_servers.a]\ncommand = "x"\nargs = ["--token", "{secret}"]\n',
            ".aws/credentials": f"[default]\naws_access_key_id = AKIA{body('id', 16, string.ascii_uppercase + '234567')}\naws_secret_access_key = {SECRETS['aws']}\n",
            ".netrc": f"machine github.com login x password {secret}\n",
            ".bashrc": f"export GITHUB_TOKEN={secret}\n",
        },
    )
    root = write(tmp_path / "plain", {"a.py": ""})
    outputs = [remit("scan", root, "--machine", "--verbose", "--format", form, "--now", NOW) for form in FORMATS]
    outputs.append(remit("inventory", root, "--machine", "--verbose", "--format", "json"))
    assert "~/.aws/credentials" in outputs[-1].stdout
    for done in outputs:
        assert leaks(done.stdout + done.stderr, BODIES["github"]) == []
        assert leaks(done.stdout + done.stderr, BODIES["aws"]) == []


def test_no_secret_leaves_in_an_error(remit, write, tmp_path, surroundings):
    """The policy of the auditor and a stored result may be spoilt by a secret pasted into the wrong place."""
    secret = SECRETS["github"]
    write(
        tmp_path,
        {
            "policy.toml": f'name = "{secret}\n',
            "result.json": json.dumps({"schema": "remit.result/1", "now": {"token": secret}}),
            "other.json": f'{{"schema": "{secret}"}}',
            "spoilt.json": f"{secret}",
            "plain/a.py": "",
        },
    )
    for arguments in (
        ("policy", "check", "policy.toml"),
        ("scan", "plain", "--policy", "policy.toml"),
        ("report", "result.json"),
        ("report", "other.json"),
        ("report", "spoilt.json"),
    ):
        done = remit(*arguments)
        assert done.returncode == 2
        assert leaks(done.stdout + done.stderr, BODIES["github"]) == []


def test_the_canaries_are_found_so_that_their_absence_means_something(write, tmp_path):
    """What is searched for above stands in the files: the search itself works."""
    root = write(tmp_path / "shop", files("github"))
    done = subprocess.run(["grep", "-rlF", BODIES["github"], str(root)], capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) >= 28
    assert leaks((root / ".env").read_text(), BODIES["github"])
