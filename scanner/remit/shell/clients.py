"""Database clients, and where their statements stand among the arguments: one line a client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """A database client: where its statements stand among the arguments."""

    program: str
    path: tuple[str, ...]
    texts: frozenset[str]
    files: frozenset[str]
    operand: int | None = None
    """The position of a statement among the operands, where it needs no flag."""


def _c(program: str, path: str = "", texts: str = "", files: str = "", operand: int | None = None) -> Client:
    return Client(program, tuple(path.split()), frozenset(texts.split()), frozenset(files.split()), operand)


CLIENTS: tuple[Client, ...] = (
    _c("psql", texts="-c --command", files="-f --file"),
    _c("pgcli", texts="-c --command"),
    _c("usql", texts="-c --command", files="-f --file"),
    _c("mysql", texts="-e --execute"),
    _c("sqlite3", texts="-cmd", files="-init", operand=1),
    _c("duckdb", texts="-c -s -cmd", files="-f -init", operand=1),
    _c("mongosh", texts="--eval", files="-f --file"),
    _c("clickhouse-client", texts="-q --query", files="--queries-file"),
    _c("clickhouse", "client", texts="-q --query", files="--queries-file"),
    _c("cqlsh", texts="-e --execute", files="-f --file"),
    _c("sqlcmd", texts="-Q -q", files="-i"),
    _c("snowsql", texts="-q --query", files="-f --filename"),
    _c("snow", "sql", texts="-q --query", files="-f --filename"),
    _c("cockroach", "sql", texts="-e --execute", files="-f --file"),
    _c("trino", texts="--execute", files="-f --file"),
    _c("beeline", texts="-e", files="-f"),
    _c("bq", "query", operand=0),
    _c("prisma", "db execute", files="--file"),
    _c("wrangler", "d1 execute", texts="--command", files="--file"),
    _c("turso", "db shell", operand=1),
    _c("supabase", "db query", files="-f --file", operand=0),
    _c("aws", "rds-data execute-statement|batch-execute-statement", texts="--sql"),
    _c("gcloud", "spanner databases execute-sql", texts="--sql"),
)
