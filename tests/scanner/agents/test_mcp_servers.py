from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from remit.access.agent import McpServer

Read = Callable[..., Any]
MANAGED = "/etc/claude-code"


def made_up(length: int = 32) -> str:
    """A value shaped like a credential, put together here so that no file holds one."""
    return "".join((string.ascii_lowercase + string.digits)[(i * 7 + 3) % 36] for i in range(length))


@pytest.fixture(scope="session")
def servers(tree: Read) -> Callable[..., dict[str, McpServer]]:
    """Reads the servers of a project's .mcp.json, with settings and machine files beside it."""

    def read(
        entries: Mapping[str, object],
        settings: Mapping[str, object] | None = None,
        machine: Mapping[str, object] | None = None,
    ) -> dict[str, McpServer]:
        files = {".mcp.json": {"mcpServers": entries}} | ({".claude/settings.json": settings} if settings else {})
        return {each.name: each for each in tree(files, machine).agent.access.mcp}

    return read


STDIO = {"command": "npx", "args": ["-y", "pg-mcp@1.2.3", "--port", "5432"], "env": {"A": "1", "B": "2"}}


def test_a_local_server_with_its_command_and_variables(servers: Read) -> None:
    server = servers({"pg": STDIO})["pg"]
    assert server.transport == "stdio"
    assert server.command == ("npx", "-y", "pg-mcp@1.2.3", "--port", "5432")
    assert (server.package, server.pinned, server.url) == ("pg-mcp@1.2.3", True, None)
    assert (server.env_names, server.inline_secret, server.auto_approved) == (("A", "B"), False, False)
    assert str(server.source) == ".mcp.json:3"


@pytest.mark.parametrize(
    ("entry", "transport", "url"),
    [
        ({"url": "https://mcp.example.com/mcp"}, "http", "https://mcp.example.com"),
        ({"type": "sse", "url": "https://mcp.example.com/x"}, "sse", "https://mcp.example.com"),
        ({"url": "https://mcp.example.com:8443/sse"}, "sse", "https://mcp.example.com:8443"),
        ({"type": "http", "url": "https://mcp.example.com/sse"}, "http", "https://mcp.example.com"),
        ({"serverUrl": "https://mcp.example.com"}, "http", "https://mcp.example.com"),
        ({"httpUrl": "https://user:pw@mcp.example.com/a"}, "http", "https://mcp.example.com"),
        ({"url": "https://[broken"}, "http", "(not a URL)"),
        ({"url": "https://mcp.example.com:port/"}, "http", "(not a URL)"),
    ],
)
def test_of_an_address_only_scheme_and_host_are_shown(
    servers: Read, entry: Mapping[str, object], transport: str, url: str
) -> None:
    server = servers({"x": entry})["x"]
    assert (server.transport, server.url) == (transport, url)


def secrets() -> list[tuple[dict[str, object], bool]]:
    value = made_up()
    return [
        ({"command": "x", "env": {"API_KEY": value}}, True),
        ({"command": "x", "env": {"API_KEY": "${API_KEY}"}}, False),
        ({"command": "x", "env": {"API_KEY": "your-api-key-here"}}, False),
        ({"command": "x", "env": {"GOOGLE_APPLICATION_CREDENTIALS": "./keys/service.json"}}, False),
        ({"command": "x", "env": {"LOG_LEVEL": "debug"}}, False),
        ({"command": "x", "args": ["--api-key", value]}, True),
        ({"command": "x", "args": ["--api-key", "$API_KEY"]}, False),
        ({"command": "x", "args": ["--token", "--verbose"]}, False),
        ({"command": "x", "args": [f"--api-key={value}"]}, True),
        ({"command": "x", "args": [f"postgresql://app:{value}@db.example.com/shop"]}, True),
        ({"command": "x", "args": ["postgresql://app@db.example.com/shop"]}, False),
        ({"url": "https://m.example.com", "headers": {"Authorization": f"Bearer {value}"}}, True),
        ({"url": "https://m.example.com", "headers": {"Authorization": "Bearer ${TOKEN}"}}, False),
        ({"url": f"https://m.example.com/api/{made_up(36)}/mcp"}, True),
        ({"url": f"https://m.example.com/mcp?key={made_up(36)}"}, True),
        ({"url": "https://m.example.com/a-rather-long-name-of-a-server/mcp"}, False),
        ({"url": "https://m.example.com", "api_key": value}, True),
    ]


@pytest.mark.parametrize(("entry", "found"), secrets())
def test_a_secret_in_an_entry_is_noticed_and_never_kept(tree: Read, entry: dict[str, object], found: bool) -> None:
    read = tree({".mcp.json": {"mcpServers": {"x": entry}}})
    server = read.agent.access.mcp[0]
    assert server.inline_secret is found
    if found:
        assert made_up() not in repr(read)


@pytest.mark.parametrize(
    ("name", "entry", "classes"),
    [
        ("pg", {"command": "npx", "args": ["@x/postgres"]}, {"private", "write"}),
        ("gh", {"url": "https://api.githubcopilot.com/mcp"}, set()),
        ("github", {"command": "x"}, {"private", "untrusted", "egress", "write"}),
        ("web", {"command": "uvx", "args": ["mcp-server-fetch"]}, {"untrusted", "egress"}),
        ("own", {"command": "node", "args": ["dist/index.js"]}, set()),
        ("prefetched", {"command": "x"}, set()),
    ],
)
def test_what_a_server_can_do_is_told_by_whole_words(
    servers: Read, name: str, entry: Mapping[str, object], classes: set[str]
) -> None:
    assert set(servers({name: entry})[name].classes) == classes


@pytest.mark.parametrize(
    "entry", [{}, {"command": ""}, {"args": ["x"]}, "x", None, [], {"command": "x", "disabled": True}]
)
def test_an_entry_that_starts_nothing_is_no_server_or_an_empty_one(servers: Read, entry: object) -> None:
    found = servers({"x": entry}).get("x")
    assert found is None or found.command in {(), ("",), ("x",)}


# --------------------------------------------------------------------------------------------- who starts and approves


@pytest.mark.parametrize(
    ("settings", "approved"),
    [
        ({"enableAllProjectMcpServers": True}, True),
        ({"enabledMcpjsonServers": ["pg"]}, True),
        ({"enabledMcpjsonServers": ["other"]}, False),
        ({"permissions": {"allow": ["mcp__pg"]}}, True),
        ({"permissions": {"allow": ["mcp__pg__query"]}}, True),
        ({"permissions": {"allow": ["mcp__pg__*"]}}, True),
        ({"permissions": {"allow": ["mcp__p*"]}}, False),
        ({"permissions": {"allow": ["mcp__pgx"]}}, False),
        ({"permissions": {"allow": ["mcp__pg"], "deny": ["mcp__pg"]}}, False),
        ({"permissions": {"allow": ["mcp__pg"], "deny": ["mcp__*"]}}, False),
        ({"permissions": {"allow": ["mcp__pg"], "ask": ["mcp__pg__*"]}}, False),
        ({"permissions": {"allow": ["mcp__pg"], "deny": ["mcp__pg__drop"]}}, True),
        ({"permissions": {"defaultMode": "bypassPermissions"}}, True),
        ({"permissions": {"defaultMode": "default"}}, False),
    ],
)
def test_tools_that_run_or_servers_that_start_unasked(
    servers: Read, settings: Mapping[str, object], approved: bool
) -> None:
    assert servers({"pg": STDIO}, settings)["pg"].auto_approved is approved


@pytest.mark.parametrize(
    ("settings", "by_mode"),
    [
        ({"permissions": {"defaultMode": "bypassPermissions"}}, True),
        ({"permissions": {"defaultMode": "bypassPermissions", "deny": ["mcp__pg__drop"]}}, True),
        ({"permissions": {"defaultMode": "bypassPermissions", "allow": ["mcp__pg"]}}, False),
        ({"permissions": {"defaultMode": "bypassPermissions"}, "enableAllProjectMcpServers": True}, False),
        ({"enableAllProjectMcpServers": True}, False),
        ({"permissions": {"defaultMode": "default"}}, False),
    ],
)
def test_what_only_the_mode_approves_is_told_apart(
    servers: Read, settings: Mapping[str, object], by_mode: bool
) -> None:
    assert servers({"pg": STDIO}, settings)["pg"].approved_by_mode is by_mode


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ({"disabledMcpjsonServers": ["pg"]}, False),
        ({"deniedMcpServers": [{"serverName": "pg"}]}, False),
        ({"deniedMcpServers": [{"serverCommand": ["npx", "-y", "pg-mcp@1.2.3", "--port", "5432"]}]}, False),
        ({"deniedMcpServers": [{"serverCommand": ["npx", "-y", "pg-mcp"]}]}, True),
        ({"allowedMcpServers": []}, False),
        ({"allowedMcpServers": [{"serverName": "pg"}]}, True),
        ({"allowedMcpServers": [{"serverName": "pg"}, {"serverCommand": ["other"]}]}, False),
        ({"allowedMcpServers": [{"serverName": "pg"}, {"serverUrl": "https://x.example/*"}]}, True),
    ],
)
def test_lists_keep_servers_from_starting(servers: Read, settings: Mapping[str, object], there: bool) -> None:
    assert ("pg" in servers({"pg": STDIO}, settings)) is there


def test_remote_servers_are_listed_by_pattern(servers: Read) -> None:
    remote = {"a": {"url": "https://mcp.example.com/a"}, "b": {"url": "https://other.example.com/b"}}
    found = servers(remote, {"allowedMcpServers": [{"serverUrl": "https://mcp.example.com/*"}]})
    assert set(found) == {"a"}


def test_only_the_administrators_list_counts_where_he_says_so(servers: Read) -> None:
    managed = {"allowManagedMcpServersOnly": True, "allowedMcpServers": [{"serverName": "corp"}]}
    found = servers(
        {"pg": STDIO}, {"allowedMcpServers": [{"serverName": "pg"}]}, {f"{MANAGED}/managed-settings.json": managed}
    )
    assert found == {}


def test_a_managed_set_of_servers_is_the_only_one(servers: Read) -> None:
    managed = {f"{MANAGED}/managed-mcp.json": {"mcpServers": {"corp": {"command": "corp-mcp"}}}}
    assert set(servers({"pg": STDIO}, None, managed)) == {"corp"}
    assert servers({"pg": STDIO}, None, {f"{MANAGED}/managed-mcp.json": {"mcpServers": {}}}) == {}


def test_a_persons_own_entry_replaces_the_projects(servers: Read) -> None:
    state = {"mcpServers": {"pg": {"command": "mine"}}, "oauthAccount": {"email": "x"}, "projects": {"/x": {}}}
    found = servers({"pg": STDIO}, None, {"~/.claude.json": state})
    assert found["pg"].command == ("mine",)


def test_nothing_but_servers_is_kept_of_the_state_file(tree: Read) -> None:
    from remit.agents.claude_code import CLAUDE_CODE
    from remit.collect.agent_files import agent_file
    from remit.collect.collector import Document

    placed = CLAUDE_CODE.layer_of("~/.claude.json", machine=True)
    assert placed is not None
    content = b'{"projects": {"/home/me": {"history": ["said something private"]}}, "mcpServers": {}}'
    file = agent_file(CLAUDE_CODE, *placed, Document("~/.claude.json", content, "machine"))
    assert "private" not in repr(file)
    assert file.document is not None
    assert file.document.get("mcpServers") is not None


def test_servers_in_settings_are_not_started(tree: Read) -> None:
    agent = tree({".claude/settings.json": {"mcpServers": {"pg": STDIO}}}).agent
    assert agent.access.mcp == ()
    assert [each.text for each in agent.inert] == ["mcpServers"]
