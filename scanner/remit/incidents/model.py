"""What a chain is made of: an incident, its steps, and the words that steps may use.

A chain is data. The bundled ones and a team's own come through the same reader and obey the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Link = Literal["capability", "decision", "credential", "scope", "destroy", "exfiltrate", "backup", "audit"]
LINKS: tuple[Link, ...] = get_args(Link)
"""The links of a chain, in the order in which they usually follow; a chain may lack some, and may begin with any."""
Kind = Literal["incident", "exercise"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Whether it happened to somebody, or was shown by researchers."""

_CATALOGUE: Mapping[str, int] = {"LP": 40, "BK": 22, "SB": 22, "MN": 16, "IR": 10}
CONTROLS: tuple[str, ...] = tuple(
    f"{prefix}-{number:03}" for prefix, count in _CATALOGUE.items() for number in range(1, count + 1)
)
"""The ids of the catalogue, those that no installed check decides included."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain: what happened, what that takes, and which controls would have stopped it."""

    n: int
    link: Link
    does: str
    broken_by: tuple[str, ...]
    requires: tuple[str, ...] = ()
    """Names of facts, all of which the step needs."""


@dataclass(frozen=True, slots=True)
class Chain:
    """An incident as a chain of steps, in the order of their numbers."""

    id: str
    name: str
    steps: tuple[Step, ...]
    date: str = ""
    agent: str = ""
    kind: Kind = "incident"
    verified: str = ""
    """How well it is evidenced, in a few words; begins with `unverified` where nobody could check it."""
    sources: tuple[str, ...] = ()
    origin: str = ""
    """The file and line it was read from."""
