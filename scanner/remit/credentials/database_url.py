"""Connection URLs of databases, with the user, host and database they name.

Source: libpq, MySQL, MongoDB and Redis connection-URL syntax. Managed providers are recognised by host suffix.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from remit.credentials.kind import CredentialKind, Damage, Detail, Form, Found
from remit.credentials.placeholder import is_placeholder, is_reference

_OWNERS = re.compile(
    r"^(postgres|root|admin|sa|doadmin|rds_?superuser|avnadmin|cloudsqlsuperuser|default|.+_owner|postgres\..+)$"
)
_READERS = re.compile(r"(^|[_.-])(ro|readonly|read_only|reader|readwriteless|viewer)($|[_.-])", re.IGNORECASE)
_LOCAL = re.compile(
    r"^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|db|database|postgres|postgresql"
    r"|mysql|mariadb|mongo|mongodb|redis|cache|pg|sql)$",
    re.IGNORECASE,
)
# The authority ends at the first `/` or `?`, the user at the first `:`, the password at the last `@`: people write
# passwords without escaping them, and drivers take them so.
_PARTS = re.compile(
    r"[A-Za-z0-9+]{1,40}://(?P<user>[^:]*):(?P<password>.*)@(?P<host>\[[^\]@]*\]|[^@:/?,]*)[^/?]*(?:/(?P<database>[^?#]*))?"
)


def is_local(host: str) -> bool:
    """Whether a host is this machine or a service name of a compose file."""
    return bool(_LOCAL.match(host)) or host.endswith((".local", ".localhost", ".test"))


def _url_pattern(schemes: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<value>(?:{schemes})(?:\+\w{{1,20}})?://[^\s:@/'\"`<>\\]{{0,120}}:(?P<secret>[^\s/?'\"`\\]{{1,200}})@"
        r"(?:\[[0-9a-fA-F:.]{2,60}\])?[^\s'\"`<>\\,;)\]}]{1,300}(?:,[A-Za-z0-9.-]{1,120}:\d{1,5}[^\s'\"`<>\\,;)\]}]{0,200}){0,20})",
        re.IGNORECASE,
    )


def _refine(found: Found) -> Detail | None:
    parts = _PARTS.match(found.value)
    if parts is None or not parts["host"]:
        return None
    user, password, host = unquote(parts["user"]), unquote(parts["password"]), parts["host"].strip("[]").lower()
    database = unquote(parts["database"] or "")
    template = is_reference(host) or any(mark in host for mark in "${<[*")
    # A weak password of a named host is a real one; of this machine or of an example it is how everybody develops.
    weak = is_placeholder(password) and (is_local(host) or is_placeholder(host))
    scheme = found.value.split(":", 1)[0].split("+")[0].lower().replace("postgresql", "postgres")
    damage: Damage | None = "D1" if _READERS.search(user) else None
    return Detail(
        placeholder=template or weak or is_reference(password),
        damage=damage,
        scope=_scope(user),
        judged=True,
        resource=f"{scheme}:database:{host}/{database or '*'}",
        user=user or None,
        host=host,
        database=database or None,
    )


def _scope(user: str) -> str | None:
    if _OWNERS.match(user):
        return f"owner or administrator role ({user})"
    return f"role {user} that by its name only reads" if _READERS.search(user) else None


def _kind(name: str, title: str, schemes: str, anchors: tuple[str, ...], abilities: tuple[str, ...]) -> CredentialKind:
    return CredentialKind(
        name=name,
        title=title,
        provider=name.removesuffix("-url"),
        damage="D3",
        abilities=abilities,
        resource=f"{name.removesuffix('-url')}:database:*",
        scope="",
        forms=(Form(anchors, _url_pattern(schemes)),),
        refine=_refine,
        never_expires=True,
        narrower="a role of the agent's own on a staging copy, with SELECT only",
        rotate="Change the role's password, end its sessions, and give the application a new secret from the manager.",
        rank=20,
    )


POSTGRES_URL = _kind(
    "postgres-url",
    "PostgreSQL connection URL",
    "postgres|postgresql",
    ("postgres://", "postgresql://", "postgres+", "postgresql+"),
    ("table-drop", "data-delete", "data-write", "data-read"),
)
MYSQL_URL = _kind(
    "mysql-url",
    "MySQL or MariaDB connection URL",
    "mysql|mariadb",
    ("mysql://", "mariadb://", "mysql+", "mariadb+"),
    ("table-drop", "data-delete", "data-write", "data-read"),
)
MONGODB_URL = _kind(
    "mongodb-url",
    "MongoDB connection URL",
    r"mongodb|mongodb\+srv",
    ("mongodb://", "mongodb+srv://"),
    ("database-drop", "data-delete", "data-write", "data-read"),
)
REDIS_URL = _kind(
    "redis-url",
    "Redis connection URL",
    "redis|rediss",
    ("redis://", "rediss://"),
    ("keys-flush", "data-write", "data-read"),
)
