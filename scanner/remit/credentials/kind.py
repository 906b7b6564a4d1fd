"""What a credential kind declares: how to recognise it, and what whoever holds it can destroy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from remit.evidence import Environment

Damage = Literal["D0", "D1", "D2", "D3", "D4"]
WINDOW = 240
"""How many characters to either side of a value count as its surroundings."""


@dataclass(frozen=True, slots=True)
class Form:
    """A way the value itself gives the kind away.

    `pattern` has a group `value`, is linear, and is tried only in files where one of `anchors` (lower case, found
    without regard to case) occurs. `before` must match the text that ends where the value starts, `around` anywhere
    within `WINDOW` characters of it: that is how a bare UUID becomes somebody's token. A group `secret` inside
    `value` says which part of it to mask, as in a connection URL; without one the whole value is.
    """

    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    before: re.Pattern[str] | None = None
    around: re.Pattern[str] | None = None
    at_value: bool = False
    """Whether the anchors are part of a long value itself, so that they need to be looked for there only."""


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate as it lies in the file. Never leaves `refine`: it holds the value."""

    value: str
    name: str
    """Variable or key that holds it; empty where the value stands alone."""
    path: str
    around: str
    """Text around the value, for hosts and sibling keys."""
    document: str = ""
    """The whole text, for what lies further off. Look only at a bounded part: a file may hold many values."""
    start: int = 0
    """Where the value starts in `document`."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What the value and its surroundings tell, without the value. None means: as the kind says."""

    placeholder: bool = False
    judged: bool = False
    """True where `placeholder` is the last word; else the value itself is looked at too."""
    damage: Damage | None = None
    scope: str | None = None
    resource: str | None = None
    environment: Environment | None = None
    expires: str | None = None
    """RFC 3339 time; `expires_known` tells 'never' from 'cannot be seen'."""
    expires_known: bool = False
    user: str | None = None
    host: str | None = None
    database: str | None = None
    account: str | None = None
    title: str | None = None


def _as_declared(found: Found) -> Detail | None:
    return Detail()


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """One kind of credential. Facts carry their source in the module's docstring."""

    name: str
    title: str
    provider: str
    damage: Damage
    abilities: tuple[str, ...]
    """What its holder can do, worst first, as `object-verb`: `volume-delete`, `repository-delete`, `data-read`."""
    resource: str
    """What it reaches when nothing narrower is known: `provider:type:*`."""
    scope: str
    """The reach of such a credential in the provider's own terms; empty where it cannot be told offline."""
    forms: tuple[Form, ...] = ()
    names: tuple[str, ...] = ()
    """Variable or key names that hold it, upper case; `*` at either end stands for anything."""
    value: re.Pattern[str] | None = None
    """What a value under one of `names` must look like, whole."""
    paths: re.Pattern[str] | None = None
    """Only files whose path it matches; None for every file."""
    refine: Callable[[Found], Detail | None] = _as_declared
    """Looks closer; None when it is not a credential after all."""
    never_expires: bool = False
    backups_go_with_it: bool = False
    """True where documentation says that the provider's own backups go with what this credential deletes."""
    backups_note: str = ""
    narrower: str = ""
    rotate: str = ""
    rank: int = 50
    """Of two kinds that claim the same characters the lower rank wins: specific forms 10, names 30, guesses 90."""
