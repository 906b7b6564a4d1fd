"""Facts about the MCP servers that agents would start or call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from remit.access.agent import Agent, McpServer
from remit.access.graph import AccessGraph
from remit.evidence import Credential, CredentialFile, Unknown
from remit.incidents.facts.answers import Absent, Answer, Fact, Found, of_agents, weigh

_CLASSES = ("private", "untrusted", "egress", "write", "shell")
_DATABASES = frozenset({"postgres", "mysql", "mongodb"})
_DATABASE = re.compile(
    r"postgres|mysql|mariadb|mongo|supabase|neon|planetscale|snowflake|bigquery|clickhouse|dbhub|database"
    r"|(?<![a-z])(?:pg|sql|db)(?![a-z])"
)
_READ_ONLY = ("--read-only", "--readonly", "--access-mode=restricted")
"""Switches with which servers confine themselves to reading. Source: Supabase MCP, DBHub, Postgres MCP Pro."""
_NONE = "no MCP server is configured here"


def _unread(server: McpServer) -> Unknown | None:
    """What stands for an unreadable file is neither a server nor none."""
    blurred = not server.command and server.url is None
    return Unknown(f"{server.name}: what it starts could not be read") if blurred else None


def _of_servers(judge: Callable[[McpServer, str], Answer]) -> Callable[[AccessGraph, str], Answer]:
    def one(server: McpServer, value: str) -> Answer:
        unread = _unread(server)
        return judge(server, value) if unread is None else unread

    def each(agent: Agent, value: str) -> Answer:
        return weigh((one(server, value) for server in agent.access.mcp), _NONE)

    # That no vendor ships a server is what decides for an assumed agent.
    return of_agents(each, by_default=True)


def _configured(server: McpServer, value: str) -> Answer:
    return Found((server.source,), f"{server.name} is configured")


def _classed(server: McpServer, value: str) -> Answer:
    if value in server.classes:
        return Found((server.source,), f"{server.name} brings {value}")
    if not server.classes:
        return Unknown(f"what {server.name} brings is not known")
    return Absent(f"no MCP server here is known to bring {value}")


def _remote(server: McpServer, value: str) -> Answer:
    if server.url is not None:
        return Found((server.source,), f"{server.name} answers from {server.url}")
    return Absent("every MCP server here is started locally")


def _unpinned(server: McpServer, value: str) -> Answer:
    if isinstance(server.pinned, Unknown):
        return server.pinned
    if server.pinned:
        return Absent("the version of every MCP server is pinned")
    return Found((server.source,), f"{server.name} may be another program tomorrow: its version is not pinned")


def _writes(server: McpServer, value: str) -> Answer:
    named = " ".join((server.name, server.package or "", *server.command[:1], server.url or "")).lower()
    if not _DATABASE.search(named[:2000]):
        return Absent("no MCP server for a database is configured here")
    if any(word.startswith(_READ_ONLY) for word in server.command) or "read_only=true" in (server.url or ""):
        return Absent(f"{server.name} is told to read only")
    if "write" in server.classes:
        return Found((server.source,), f"{server.name} takes any statement")
    return Unknown(f"whether {server.name} writes is not known")


def _production(graph: AccessGraph, value: str) -> Answer:
    servers = [server for agent in graph.agents for server in agent.access.mcp]
    files = {server.source.path for server in servers}
    urls = (each for file in graph.credential_files if file.path in files for each in _urls(file))
    answers: list[Answer] = [_leads(each) for each in urls]
    answers += [open_ for server in servers if (open_ := _unread(server)) is not None]
    return weigh(answers, "no MCP server's configuration names a database" if servers else _NONE)


def _urls(file: CredentialFile) -> Iterator[Credential]:
    return (each for each in file.credentials if each.provider in _DATABASES and not each.placeholder)


def _leads(credential: Credential) -> Answer:
    if isinstance(credential.environment, Unknown):
        return credential.environment
    if credential.environment == "production":
        return Found((credential.source,), f"{credential.source.path} names a database of production")
    return Absent("no MCP server's configuration names a database of production")


FACTS: tuple[Fact, ...] = (
    Fact(
        "mcp=configured",
        "An MCP server is configured for an agent.",
        "MCP entries of the agents' settings",
        _of_servers(_configured),
        (Agent,),
    ),
    Fact(
        "mcp=remote",
        "An MCP server answers from another machine, so what its tools say of themselves can change at any time.",
        "MCP entries with an address instead of a command",
        _of_servers(_remote),
        (Agent,),
    ),
    Fact(
        "mcp=unpinned",
        "An MCP server is started in whatever version is newest.",
        "the package, image or address of the MCP entry",
        _of_servers(_unpinned),
        (Agent,),
    ),
    Fact(
        "mcp.class=ABILITY",
        "An MCP server brings an agent this: private data, untrusted text, a way out, writing, a shell.",
        "what is known of servers of that name or package; unknown for one that nobody knows",
        _of_servers(_classed),
        (Agent,),
        values=lambda: _CLASSES,
    ),
    Fact(
        "mcp.db.write",
        "An MCP server lets an agent send any statement to a database.",
        "MCP entries for databases without a switch that confines them to reading",
        _of_servers(_writes),
        (Agent,),
    ),
    Fact(
        "mcp.env=production-url",
        "The configuration of an MCP server holds a connection URL of production.",
        "credentials in files that configure MCP servers, and the environment they belong to",
        _production,
        (Agent, CredentialFile),
    ),
)
