"""Which MCP servers are databases, and whether they can write as they are started.

What is known of a server is its documentation's word: the switch that keeps it from writing, or the one that lets it.
Sources: the servers' own README files (2025 and 2026); Datadog Security Labs on `server-postgres`, whose read-only
transaction a statement with `COMMIT;` in front leaves, and which was archived for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import McpServer
from remit.evidence import Maybe, Unknown

_DATABASE = re.compile(
    r"postgres|pgsql|mysql|mariadb|mongo|redis|sqlite|supabase|neon|planetscale|snowflake|bigquery|clickhouse|dynamodb"
    r"|dbhub|database|(?<![a-z])(?:db|pg|sql|mssql|dsql)(?![a-z])",
    re.IGNORECASE,
)
_READ_ONLY = re.compile(
    r"(?<!\S)--?(?:read[-_]?only(?:=(?:true|1|yes|on))?|access[-_]mode[= ](?:restricted|read[-_]?only))(?!\S)",
    re.IGNORECASE,
)
_OFF = re.compile(r"(?<!\S)--?read[-_]?only[= ](?:false|0|no|off)(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Known:
    """A server of which documentation says when it writes."""

    package: re.Pattern[str]
    writes: Literal["unless", "if"]
    """Whether it writes unless its switch is there, or only if it is."""
    switch: str = ""
    """The words for it on the command line; empty where there is none."""
    variables: tuple[str, ...] = ()
    """Environment variables that switch it too, by a value that no configuration fact holds."""
    why: str = ""


def _known(package: str, writes: Literal["unless", "if"], switch: str = "", *variables: str, why: str = "") -> _Known:
    return _Known(re.compile(rf"(?:^|[/@])(?:{package})(?:[@=:\[]|$)", re.IGNORECASE), writes, switch, variables, why)


_SERVERS = (
    _known(
        r"modelcontextprotocol/server-postgres|mcp/postgres",
        "unless",
        why="its read-only transaction can be left by the very statement it is given",
    ),
    _known("postgres-mcp", "unless", "--access-mode=restricted"),
    _known("mcp-server-supabase", "unless", "--read-only"),
    _known("mongodb-mcp-server", "unless", "--readOnly", "MDB_MCP_READ_ONLY"),
    _known("bytebase/dbhub", "unless", "--readonly", "READONLY"),
    _known("neondatabase/mcp-server-neon|mcp-server-neon", "unless"),
    _known("executeautomation/database-server", "unless"),
    _known("mcp-server-sqlite", "unless"),
    _known("modelcontextprotocol/server-redis|redis-mcp-server|mcp/redis", "unless"),
    _known("benborla29/mcp-server-mysql", "if", "", "ALLOW_INSERT_OPERATION", "ALLOW_UPDATE_OPERATION",
           "ALLOW_DELETE_OPERATION", "ALLOW_DDL_OPERATION"),
    _known("mcp-clickhouse", "if", "", "CLICKHOUSE_ALLOW_WRITE_ACCESS"),
)  # fmt: skip
"""Matched against the package or image without its launcher."""


def is_database(server: McpServer) -> bool:
    """Whether a server opens a database, by the names in its entry."""
    words = (server.name, server.package or "", *server.command, server.url or "", *server.env_names)
    return bool(_DATABASE.search(" ".join(words)))


def is_unread(server: McpServer) -> bool:
    """Whether an entry only stands for whatever an unreadable file defines."""
    return not server.command and server.url is None


def can_write(server: McpServer) -> Maybe[bool]:
    """Whether a database server can change data, by how it is started."""
    line = " ".join(server.command)
    if _OFF.search(line):
        return True
    known = _known_one(server)
    if known is None:
        return False if _READ_ONLY.search(line) else _unknown(server)
    for name in known.variables:
        if value := re.search(rf"\b{name}=(?P<value>\w{{1,9}})", line):
            return (value["value"].lower() in {"true", "1", "yes"}) is (known.writes == "if")
        if name in server.env_names:
            return Unknown(f"{server.name} sets {name}, whose value decides whether it can write")
    return known.writes == "unless" and (bool(known.why) or not _READ_ONLY.search(line))


def switch_of(server: McpServer) -> str:
    """The words that keep a server from writing; empty where it has none, or none that holds."""
    known = _known_one(server)
    return known.switch if known else ""


def reason(server: McpServer) -> str:
    """Why a server writes although its documentation calls it read-only; empty for others."""
    known = _known_one(server)
    return known.why if known else ""


def _known_one(server: McpServer) -> _Known | None:
    for word in (server.package or "", *server.command):
        for each in _SERVERS:
            if each.package.search(word[:400]):
                return each
    return None


def _unknown(server: McpServer) -> Unknown:
    if server.url is not None:
        return Unknown(f"whether {server.name} can write is decided at {server.url}, by parts of its address not kept")
    what = server.package or (server.command[0] if server.command else "its program")
    return Unknown(f"whether {server.name} can write is not known: {what[:80]} is none of the servers known here")
