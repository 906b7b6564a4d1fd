"""Database passwords by name and place: environment variables, `.pgpass`, `.my.cnf`, libpq connection strings.

Source: PostgreSQL documentation (libpq environment variables, the password file, keyword/value connection strings),
MySQL documentation (option files, `MYSQL_PWD`), and the environment variables of the official container images.
"""

from __future__ import annotations

import re

from remit.credentials.database_url import is_local
from remit.credentials.kind import CredentialKind, Detail, Form, Found
from remit.credentials.placeholder import is_placeholder

_HOST = re.compile(
    r"(?:\b|_)(?:hostaddr|host|hostname|server|data source|addr)['\"]?\s{0,8}[=:]\s{0,8}['\"]?"
    r"(?P<host>[A-Za-z0-9._-]{1,200})",
    re.IGNORECASE,
)
_USER = re.compile(
    r"(?:\b|_)(?:user|username|uid|user id)['\"]?\s{0,8}[=:]\s{0,8}['\"]?(?P<user>[A-Za-z0-9._@-]{1,100})",
    re.IGNORECASE,
)
_DATABASE = re.compile(
    r"(?:\b|_)(?:dbname|database|initial catalog)['\"]?\s{0,8}[=:]\s{0,8}['\"]?(?P<name>[A-Za-z0-9._-]{1,100})",
    re.IGNORECASE,
)
# `config.password`, `getpass("…")`: source code that looks the password up.
_CODE = re.compile(
    r"[A-Za-z_]\w{0,60}(?:(?:\.[A-Za-z_]\w{0,60}){1,6}|[(\[].{0,300}|\.[A-Za-z_]\w{0,60}[(\[].{0,300})", re.DOTALL
)
_ABILITIES = ("table-drop", "data-delete", "data-write", "data-read")
_NARROWER = "a role of the agent's own on a staging copy, with SELECT only"
_ROTATE = "Change the role's password, end its sessions, and give the application a new secret from the manager."


def _settings(found: Found, engine: str) -> Detail:
    host = _HOST.search(found.around)
    user = _USER.search(found.around)
    database = _DATABASE.search(found.around)
    where = host["host"] if host else None
    # A weak password of a database on this machine is how everybody develops.
    placeholder = is_placeholder(found.value) and (where is None or is_local(where) or is_placeholder(where))
    return Detail(
        placeholder=placeholder,
        judged=True,
        user=user["user"] if user else None,
        host=where,
        database=database["name"] if database else None,
        resource=f"{engine}:database:{where}/{database['name'] if database else '*'}" if where else None,
    )


def _postgres(found: Found) -> Detail | None:
    return None if _CODE.fullmatch(found.value) else _settings(found, "postgres")


def _mysql(found: Found) -> Detail | None:
    return None if _CODE.fullmatch(found.value) else _settings(found, "mysql")


def _pgpass(found: Found) -> Detail | None:
    line = found.document[max(0, found.start - 600) : found.start].rpartition("\n")[2]
    fields = re.split(r"(?<!\\):", line)
    if len(fields) != 5 or line.startswith("#"):
        return None
    host, _, database, user = fields[:4]
    return Detail(
        placeholder=is_placeholder(found.value),
        user=None if user == "*" else user,
        host=None if host == "*" else host,
        database=None if database == "*" else database,
        resource=None if host == "*" else f"postgres:database:{host}/{database}",
    )


POSTGRES_PASSWORD = CredentialKind(
    name="postgres-password",
    title="PostgreSQL password",
    provider="postgres",
    damage="D3",
    abilities=_ABILITIES,
    resource="postgres:database:*",
    scope="",
    forms=(
        Form(
            ("password=", "password ="),
            re.compile(
                r"password(?<![A-Za-z0-9_]password)\s{0,2}=\s{0,2}(?:\\?['\"])?(?P<value>[^\s'\"`;&<>\\]{4,200})"
            ),
            # `host=… user=… password=… dbname=…` in one line: a libpq string, not a line of an env file.
            around=re.compile(r"\b(?:dbname|host|hostaddr|sslmode)\s{0,2}=\s{0,2}[^\s;]{1,200}[ \t]", re.IGNORECASE),
        ),
    ),
    names=("PGPASSWORD", "POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD", "PG_PASSWORD", "PG_PASS", "POSTGRES_PASS"),
    value=re.compile(r".{4,400}", re.DOTALL),
    refine=_postgres,
    never_expires=True,
    narrower=_NARROWER,
    rotate=_ROTATE,
    rank=30,
)

PGPASS_ENTRY = CredentialKind(
    name="pgpass-entry",
    title="PostgreSQL password file entry",
    provider="postgres",
    damage="D3",
    abilities=_ABILITIES,
    resource="postgres:database:*",
    scope="",
    forms=(Form((":",), re.compile(r"(?<=:)(?P<value>(?:\\.|[^:\s\\]){1,200}+)[ \t]{0,40}$", re.MULTILINE)),),
    paths=re.compile(r"(?:^|/)(?:\.pgpass|pgpass\.conf)$"),
    refine=_pgpass,
    never_expires=True,
    narrower=_NARROWER,
    rotate=_ROTATE,
    rank=25,
)

MYSQL_PASSWORD = CredentialKind(
    name="mysql-password",
    title="MySQL or MariaDB password",
    provider="mysql",
    damage="D3",
    abilities=_ABILITIES,
    resource="mysql:database:*",
    scope="",
    names=("MYSQL_PWD", "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "MARIADB_PASSWORD", "MARIADB_ROOT_PASSWORD"),
    value=re.compile(r".{4,400}", re.DOTALL),
    refine=_mysql,
    never_expires=True,
    narrower=_NARROWER,
    rotate=_ROTATE,
    rank=30,
)

MYSQL_OPTION_FILE = CredentialKind(
    name="mysql-option-file",
    title="MySQL option file with a password",
    provider="mysql",
    damage="D3",
    abilities=_ABILITIES,
    resource="mysql:database:*",
    scope="",
    forms=(
        Form(
            ("password",),
            re.compile(r"^[ \t]{0,20}password[ \t]{0,20}=[ \t]{0,20}[\"']?(?P<value>[^\s\"']{1,200})", re.MULTILINE),
        ),
    ),
    paths=re.compile(r"(?:^|/)(?:\.?my\.cnf|\.mylogin\.cnf|my\.ini)$"),
    refine=_mysql,
    never_expires=True,
    narrower=_NARROWER,
    rotate=_ROTATE,
    rank=25,
)
