"""Remedies: what would turn a failing verdict into a passing one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

RemedyKind = Literal["edit", "sql", "iac", "api", "command", "manual"]


@dataclass(frozen=True, slots=True, order=True)
class Remedy:
    """One way to mend a finding.

    `safe` means that it only adds a guard; an unsafe remedy may change what works today. `body` is the text to apply:
    the lines to add or change, the SQL, the command, or the steps in order.
    """

    kind: RemedyKind
    title: str
    body: str = ""
    path: str = ""
    safe: bool = True


def edit(path: str, title: str, body: str, *, safe: bool = True) -> Remedy:
    """A change to a file."""
    return Remedy("edit", title, body, path, safe)


def sql(title: str, body: str, *, safe: bool = False) -> Remedy:
    """A SQL script, to be run by the owner of the database."""
    return Remedy("sql", title, body, "", safe)


def iac(path: str, title: str, body: str, *, safe: bool = True) -> Remedy:
    """Lines for a Terraform or OpenTofu file."""
    return Remedy("iac", title, body, path, safe)


def command(title: str, body: str, *, safe: bool = False) -> Remedy:
    """A command, ready to run."""
    return Remedy("command", title, body, "", safe)


def manual(title: str, body: str = "", *, safe: bool = True) -> Remedy:
    """Steps for a person, in order."""
    return Remedy("manual", title, body, "", safe)


_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_$]*")
_RESERVED_WORDS = (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation "
    "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time "
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze "
    "from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like "
    "limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary "
    "references returning right select session_user similar some symmetric system_user table tablesample then to "
    "trailing true union unique user using variadic verbose when where window with"
)
"""PostgreSQL's reserved words (documentation, appendix C, 18)."""


def quoted(name: str) -> str:
    """A name for SQL: as it is where that is safe, else in double quotes."""
    plain = _PLAIN_NAME.fullmatch(name) and name not in _RESERVED_WORDS.split()
    return name if plain else '"' + name.replace('"', '""') + '"'
