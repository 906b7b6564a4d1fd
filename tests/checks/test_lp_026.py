"""LP-026: database servers of agents only read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from remit.access.agent import Agent, McpServer
from remit.access.assumed import assumed_agent
from remit.agents.launchers import package_of
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Source, Unknown
from remit_checks.least_privilege.database_servers import can_write, is_database, switch_of
from remit_checks.least_privilege.mcp_db_readonly import mcp_db_readonly as lp_026

SERVERS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], Any], ...] = (
    ("archived reference server", ("npx", "-y", "@modelcontextprotocol/server-postgres", "URL"), (), True),
    ("its image", ("docker", "run", "-i", "--rm", "mcp/postgres", "URL"), (), True),
    ("supabase", ("npx", "-y", "@supabase/mcp-server-supabase@0.5.0"), (), True),
    ("supabase read-only", ("npx", "-y", "@supabase/mcp-server-supabase@0.5.0", "--read-only"), (), False),
    ("postgres-mcp", ("uvx", "postgres-mcp"), (), True),
    ("unrestricted", ("uvx", "postgres-mcp", "--access-mode=unrestricted"), (), True),
    ("restricted", ("uvx", "postgres-mcp", "--access-mode=restricted"), (), False),
    ("restricted, two words", ("postgres-mcp", "--access-mode", "restricted"), (), False),
    ("restricted image", ("docker", "run", "-i", "crystaldba/postgres-mcp", "--access-mode=restricted"), (), False),
    ("mongodb", ("npx", "-y", "mongodb-mcp-server@1.2.0"), (), True),
    ("mongodb read-only", ("npx", "-y", "mongodb-mcp-server@1.2.0", "--readOnly"), (), False),
    ("mongodb by a variable", ("npx", "-y", "mongodb-mcp-server"), ("MDB_MCP_READ_ONLY",), None),
    (
        "mongodb by a variable in sight",
        ("docker", "run", "-e", "MDB_MCP_READ_ONLY=true", "mongodb/mongodb-mcp-server"),
        ("MDB_MCP_READ_ONLY",),
        False,
    ),
    ("dbhub", ("npx", "@bytebase/dbhub", "--dsn", "URL"), (), True),
    ("dbhub read-only", ("npx", "@bytebase/dbhub", "--readonly"), (), False),
    ("switched off again", ("npx", "@bytebase/dbhub", "--readonly=false"), (), True),
    ("mysql, writing off by default", ("npx", "-y", "@benborla29/mcp-server-mysql"), ("MYSQL_HOST",), False),
    ("mysql, perhaps on", ("npx", "-y", "@benborla29/mcp-server-mysql"), ("ALLOW_DDL_OPERATION",), None),
    ("clickhouse", ("uvx", "mcp-clickhouse"), (), False),
    (
        "clickhouse, writing on",
        ("docker", "run", "-e", "CLICKHOUSE_ALLOW_WRITE_ACCESS=true", "mcp-clickhouse"),
        (),
        True,
    ),
    ("sqlite from a checkout", ("uv", "--directory", "/src", "run", "mcp-server-sqlite"), (), True),
    ("nobody knows it", ("npx", "-y", "acme-postgres"), (), None),
    ("nobody knows it, but it says so", ("npx", "-y", "acme-postgres", "--read-only"), (), False),
    ("a longer word", ("npx", "-y", "acme-postgres", "--read-only-replica"), (), None),
)


def _server(facts: Any, command: tuple[str, ...], env: tuple[str, ...] = (), **changes: Any) -> McpServer:
    fields = {"command": command, "package": package_of(command), "env_names": env, **changes}
    server: McpServer = facts.server(**fields)
    return server


@pytest.mark.parametrize(("name", "command", "env", "writes"), SERVERS, ids=[row[0] for row in SERVERS])
def test_each_server(facts: Any, name: str, command: tuple[str, ...], env: tuple[str, ...], writes: Any) -> None:
    command = tuple(word.replace("URL", "postgresql://app@db.acme.com/shop") for word in command)
    server = _server(facts, command, env)
    found = can_write(server)
    assert (None if isinstance(found, Unknown) else found) is writes
    answer = facts.one(lp_026, facts.agent({"mcp": (server,)}))
    local = "sqlite" in name
    assert answer.status == ("pass" if local else {True: "fail", False: "pass", None: "unknown"}[writes])


TABLE: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    (
        "no database",
        lambda f: f.server("files", command=("npx", "files"), package="files"),
        "not-applicable",
        "no serv",
    ),
    ("a known one", lambda f: f.server(), "fail", "can be left by the very statement"),
    (
        "one of this machine",
        lambda f: f.server(command=("npx", "server-postgres", "postgresql://dev:x@localhost/shop")),
        "pass",
        "on this machine",
    ),
    (
        "a neighbour called production",
        lambda f: f.server(command=("npx", "acme", "postgresql://dev:x@prod-db/shop"), package="acme"),
        "unknown",
        "acme is none of the servers known",
    ),
    (
        "one here, one elsewhere",
        lambda f: f.server(
            command=("npx", "x", "postgresql://a@localhost/shop", "postgresql://a@db.acme.com/shop"), package="x"
        ),
        "unknown",
        "not known",
    ),
    (
        "an owner, whatever the switch",
        lambda f: f.server(
            command=("uvx", "postgres-mcp", "--access-mode=restricted", "postgresql://postgres:x@db.acme.com/shop"),
            package="postgres-mcp",
        ),
        "fail",
        "connects as postgres",
    ),
    (
        "at its vendor",
        lambda f: f.server("supabase", transport="http", command=(), url="https://mcp.supabase.com", package=None),
        "unknown",
        "decided at https://mcp.supabase.com",
    ),
    (
        "a file nobody could read",
        lambda f: f.server("(whatever .mcp.json defines)", command=(), package=None),
        "unknown",
        "not every file",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_entry(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_026, facts.agent({"mcp": (build(facts),)}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_agents_without_servers(facts: Any) -> None:
    assert facts.one(lp_026, facts.agent()).status == "not-applicable"
    assert facts.one(lp_026, assumed_agent()).status == "not-applicable"
    assert facts.one(lp_026, facts.agent({"approval": Unknown("broken"), "decide": None})).status == "unknown"
    assert [each.status for each in facts.judge(lp_026)] == ["not-applicable"]


@pytest.mark.parametrize(
    ("changes", "answer", "words"),
    [
        ({"user": "app"}, "fail", "nothing in its entry"),
        ({"user": "app_ro", "damage": "D1"}, "unknown", "the grants decide"),
        ({"user": "neondb_owner"}, "fail", "connects as neondb_owner"),
        ({"kind": "supabase-service-role", "user": None}, "fail", "service_role"),
        ({"host": "localhost", "user": "app"}, "pass", "on this machine"),
    ],
)
def test_the_connection_in_its_variables(facts: Any, changes: dict[str, Any], answer: str, words: str) -> None:
    server = _server(facts, ("uvx", "postgres-mcp"), ("DATABASE_URL",))
    entry = facts.file(facts.url(**changes), path=".mcp.json")
    found = facts.one(lp_026, facts.agent({"mcp": (server,)}), entry)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    elsewhere = facts.file(facts.url(**changes), path=".env")
    assert facts.one(lp_026, facts.agent({"mcp": (server,)}), elsewhere).status == "fail"


def test_one_that_writes_decides_over_others(facts: Any) -> None:
    unclear = _server(facts, ("npx", "acme-mysql"), name="unclear")
    sound = _server(facts, ("uvx", "mcp-clickhouse"), name="sound")
    assert facts.one(lp_026, facts.agent({"mcp": (sound, unclear)})).status == "unknown"
    found = facts.one(lp_026, facts.agent({"mcp": (sound, unclear, facts.server())}))
    assert (found.status, [str(each) for each in found.verdict.sources]) == ("fail", [".mcp.json:3"])


def test_an_unread_file_is_no_pass(facts: Any) -> None:
    unread = facts.server("(whatever .mcp.json defines)", command=(), package=None, pinned=Unknown("broken"))
    sound = _server(facts, ("uvx", "mcp-clickhouse"), name="(whatever .mcp.json defines)", pinned=True)
    assert facts.one(lp_026, facts.agent({"mcp": (sound, unread)})).status == "unknown"
    assert facts.one(lp_026, facts.agent({"mcp": (sound,)})).status == "pass"
    assert facts.one(lp_026, facts.agent({"mcp": (facts.server(), unread)})).status == "fail"


def test_the_policy_decides(facts: Any) -> None:
    agent = facts.agent({"mcp": (facts.server(),)})
    assert facts.one(lp_026, agent, policy={"mcp.db_servers_readonly": False}).status == "not-applicable"
    restricted = _server(facts, ("uvx", "postgres-mcp", "--access-mode=restricted", "postgresql://boss@db.acme.com/x"))
    agent = facts.agent({"mcp": (restricted,)})
    assert facts.one(lp_026, agent).status == "pass"
    assert facts.one(lp_026, agent, policy={"db.admin_role_names": ("boss",)}).status == "fail"


def test_names_of_databases() -> None:
    def entry(name: str, **changes: Any) -> bool:
        base = McpServer(name, "stdio", ("x",), None, None, True, False, False, (), Source(".mcp.json"))
        return is_database(replace(base, **changes))

    assert entry("shop-db")
    assert entry("x", command=("node", "mssql.js"))
    assert entry("x", env_names=("POSTGRES_DSN",))
    assert not entry("feedback")
    assert not entry("github")


# ------------------------------------------------------------------------------------------------ with a real .mcp.json


def _claude(facts: Any, *arguments: str) -> Agent:
    entry = {"mcpServers": {"shop": {"command": "npx", "args": ["-y", *arguments]}}}
    agents = facts.collector("agents")
    read = list(agents.parse(Document(".mcp.json", json.dumps(entry, indent=1).encode())))
    assert not [each for each in read if isinstance(each, Gap)], read
    found: Agent = next(iter(agents.link(read, (), Scope(facts.policy(), facts.TARGET, facts.NOW))))
    return found


def test_a_masked_url_still_says_who_connects(facts: Any) -> None:
    secret = "".join(chr(97 + number * 7 % 26) for number in range(24))
    agent = _claude(facts, "@bytebase/dbhub", "--readonly", "--dsn", f"postgresql://postgres:{secret}@db.acme.com/shop")
    found = facts.one(lp_026, agent)
    assert (found.status, "connects as postgres" in found.verdict.message) == ("fail", True), found.verdict
    assert secret not in str(found.verdict)


def test_the_switch_of_the_remedy_makes_it_pass(facts: Any) -> None:
    for package in ("@supabase/mcp-server-supabase@0.5.0", "mongodb-mcp-server@1.2.0", "@bytebase/dbhub@0.11.0"):
        found = facts.one(lp_026, _claude(facts, package))
        remedy = found.verdict.remedies[0]
        assert (found.status, remedy.kind, remedy.path) == ("fail", "edit", ".mcp.json")
        switch = switch_of(_claude(facts, package).access.mcp[0])
        assert json.dumps(switch) in remedy.body
        assert facts.one(lp_026, _claude(facts, package, switch)).status == "pass"


def test_a_server_whose_switch_does_not_hold_is_replaced(facts: Any) -> None:
    remedy = facts.one(lp_026, facts.agent({"mcp": (facts.server(),)})).verdict.remedies[0]
    assert (remedy.kind, "--access-mode=restricted" in remedy.body, remedy.safe) == ("edit", True, False)
    plain = facts.one(lp_026, facts.agent({"mcp": (_server(facts, ("npx", "mcp-server-neon")),)})).verdict.remedies
    assert [each.kind for each in plain] == ["manual"]
