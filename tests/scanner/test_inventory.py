"""The inventory: what is there, in the contract's shape, with nobody's secret in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from remit.audit import Request, audit
from remit.demo import write_demo
from remit.inventory import inventory, schema
from remit.inventory_text import as_text
from remit.policy.loader import load_policy
from remit.reporting import Style

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RAILWAY = "".join(["7f3e9a1c", "-4b2d-4", "e6f-9", "a8b-", "0c1d2e3f4a5b"])
TOKEN = "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def taken(target, policy=None, **changes):
    loaded = load_policy(policy, now=NOW)
    return inventory(audit(Request((target,), loaded, NOW, cache=False, **changes))[0])


def valid(found):
    jsonschema.validate(found, schema(), cls=jsonschema.Draft202012Validator)
    return json.loads(json.dumps(found))


@pytest.fixture
def shop(tmp_path, repository, git):
    root = repository(
        tmp_path / "shop",
        {
            ".claude/settings.json": json.dumps(
                {
                    "permissions": {
                        "defaultMode": "acceptEdits",
                        "allow": ["Bash(terraform destroy:*)", "Bash(npm run:*)"],
                        "deny": ["Read(./.env)", "Write(.env)"],
                    }
                },
                indent=1,
            ),
            ".mcp.json": json.dumps(
                {
                    "mcpServers": {
                        "pg": {"command": "npx", "args": ["-y", "@x/server-postgres"], "env": {"API_TOKEN": TOKEN}}
                    }
                }
            ),
            ".codex/config.toml": 'approval_policy = "on-request"\nsandbox_mode = "workspace-write"\n',
            "tools/domains.sh": f'export RAILWAY_API_TOKEN="{RAILWAY}"\n',
            ".env.example": "DATABASE_URL=postgres://app:changeme@localhost:5432/shop\n",
            "db/roles.sql": "CREATE ROLE agent LOGIN;\nGRANT SELECT, DELETE ON orders TO agent;\n",
            "infra/main.tf": 'resource "aws_db_instance" "main" {\n  backup_retention_period = 14\n}\n',
            "compose.yaml": "services:\n  dev:\n    image: node\n    privileged: true\n    volumes: ['/var/run/docker.sock:/var/run/docker.sock']\n",
            "package.json": '{"scripts": {"db:push": "drizzle-kit push --force"}}',
            "broken.tf": "resource {",
        },
    )
    git(root, "remote", "add", "origin", "https://git.example/acme/shop.git")
    return root


def test_every_key_of_the_contract_is_there(shop, git):
    found = valid(taken(shop))
    order = [
        "schema",
        "target",
        "agents",
        "credentials",
        "databases",
        "roles",
        "backups",
        "sandboxes",
        "monitors",
        "repositories",
        "gaps",
    ]
    assert [key for key in found if key in order] == order
    assert found["target"] == {"id": "acme/shop", "kind": "git", "commit": git(shop, "rev-parse", "HEAD")}


def test_agents_with_their_effective_access(shop):
    found = {agent["agent"]: agent for agent in taken(shop)["agents"]}
    assert set(found) == {"claude-code", "codex"}
    claude = found["claude-code"]
    access = claude["access"]
    assert (claude["where"], claude["assumed"]) == ("project", False)
    assert {".claude/settings.json", ".mcp.json"} <= set(claude["files"])
    assert access["approval"] == "edits-auto"
    assert access["destructive_allowed"] == ["Bash(terraform destroy:*)"]
    assert access["shell_without_approval"] == "scoped"
    assert any(".env" in rule for rule in access["read_deny"])
    assert [
        (server["name"], server["transport"], server["pinned"], server["inline_secret"]) for server in access["mcp"]
    ] == [("pg", "stdio", False, True)]
    assert {"path": ".claude/settings.json", "rule": "Write(.env)"}.items() <= claude["inert"][0].items()
    assert claude["inert"][0]["line"] > 1
    assert claude["inert"][0]["reason"]


def test_credentials_without_their_values(shop):
    found = taken(shop)
    rows = {row["path"]: row for row in found["credentials"]}
    railway = rows["tools/domains.sh"]
    assert (railway["kind"], railway["line"], railway["placeholder"]) == ("railway-token", 1, False)
    assert "volume-delete" in railway["abilities"]
    assert "claude-code" in railway["readable_by"]
    assert len(railway["fingerprint"]) >= 12
    assert rows[".env.example"]["placeholder"] is True
    text = json.dumps(found)
    assert RAILWAY[:8] not in text
    assert TOKEN[4:14] not in text


def test_an_unknown_value_is_null_beside_its_reason(shop):
    def reasons(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                if key.endswith("_unknown"):
                    assert value[key.removesuffix("_unknown")] is None
                    assert inner
                    yield key
                yield from reasons(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from reasons(inner)

    (shop / ".codex" / "config.toml").write_text("= broken")
    found = valid(taken(shop))
    assert "approval_unknown" in set(reasons(found))
    codex = next(agent for agent in found["agents"] if agent["agent"] == "codex")
    assert codex["access"]["approval"] is None
    assert ".codex/config.toml" in codex["access"]["approval_unknown"]


def test_databases_roles_sandboxes_scripts_and_gaps(shop):
    found = valid(taken(shop))
    assert "aws_db_instance.main" in {row["name"] for row in found["databases"]}
    (role,) = [row for row in found["roles"] if row["name"] == "agent"]
    assert role["login"] is True
    assert {row["right"] for row in role["privileges"]} >= {"SELECT", "DELETE"}
    (sandbox,) = found["sandboxes"]
    assert (sandbox["path"], sandbox["privileged"], sandbox["socket"]) == ("compose.yaml", True, True)
    assert [command["effects"] for script in found["scripts"] for command in script["commands"]] == [["orm-force-push"]]
    assert "broken.tf" in {gap["path"] for gap in found["gaps"]}


def test_declared_backups_come_from_the_policy(shop, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[[backup.inventory]]\nresource = "aws_db_instance.main"\nlocation = "vault"\nprovider = "AWS Backup"\nimmutable = true\n'
    )
    (copy,) = valid(taken(shop, policy))["backups"]
    assert (copy["resource"], copy["location"], copy["immutable"], copy["reachable_by_agents"]) == (
        "aws_db_instance.main",
        "vault",
        True,
        True,
    )


def test_an_assumed_agent_is_marked(tmp_path, write):
    (agent,) = valid(taken(write(tmp_path / "plain", {"a.py": ""})))["agents"]
    assert agent["assumed"] is True


@pytest.mark.parametrize("name", ["pocket-cars", "sales-crm", "course-site", "shop-web", "ledger"])
def test_the_sample_organisation_fits_the_schema(tmp_path, name):
    write_demo(tmp_path / "demo")
    valid(taken(tmp_path / "demo" / name))
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.update(schema="remit.result/1"),
        lambda data: data.pop("gaps"),
        lambda data: data["agents"][0]["access"].update(approval="maybe"),
        lambda data: data["agents"][0]["access"].pop("sandbox"),
        lambda data: data["credentials"][0].update(line="4"),
        lambda data: data["credentials"][0].update(environment="prod"),
        lambda data: data["target"].update(kind="folder"),
    ],
)
def test_the_schema_refuses_what_is_no_inventory(shop, spoil):
    data = taken(shop)
    spoil(data)
    with pytest.raises(jsonschema.ValidationError):
        valid(data)


# ------------------------------------------------------------------------------------------------ for reading


def test_the_text_says_what_is_there_on_lines_of_their_own(shop):
    text = as_text(taken(shop), Style())
    assert text.startswith("acme/shop  (git, ")
    for title in ("AGENTS  2", "CREDENTIALS  ", "DATABASES  ", "ROLES  ", "SANDBOXES  1", "NOT READ  1"):
        assert f"\n{title}" in text
    assert "allowed unasked: Bash(terraform destroy:*)" in text
    assert "no effect: Write(.env) (.claude/settings.json:" in text
    assert "tools/domains.sh:1  railway-token" in text
    assert RAILWAY[:8] not in text


def test_the_text_is_short_unless_everything_is_asked_for(tmp_path, write):
    files = {f"conf/{number:02}.env": f"GITHUB_TOKEN={TOKEN[:-2]}{number:02}\n" for number in range(30)}
    found = taken(write(tmp_path / "many", files))
    short, whole = as_text(found, Style()), as_text(found, Style(verbose=True))
    assert "and 10 more; --verbose lists them" in short
    assert "more; --verbose" not in whole
    assert whole.count("github") == 30


def test_the_text_is_plain_where_the_terminal_is(tmp_path, write):
    root = write(
        tmp_path / "odd", {"x/\x1b[31mred\n/.env": f"GITHUB_TOKEN={TOKEN}\n", "Größe/.env": f"GITHUB_TOKEN={TOKEN}\n"}
    )
    text = as_text(taken(root), Style(ascii=True))
    assert "\x1b" not in text
    assert text.isascii()
    assert "Gr" in text
