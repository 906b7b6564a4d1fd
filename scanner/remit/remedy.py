"""Remedies: what would turn a failing verdict into a passing one."""

from __future__ import annotations

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


def command(title: str, body: str, *, safe: bool = False) -> Remedy:
    """A command, ready to run."""
    return Remedy("command", title, body, "", safe)


def manual(title: str, body: str = "", *, safe: bool = True) -> Remedy:
    """Steps for a person, in order."""
    return Remedy("manual", title, body, "", safe)
