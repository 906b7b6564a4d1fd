"""Strength orders: what "stricter" means for each kind of policy value.

A field declares its order in its annotation, `Annotated[int, higher("BK-002")]`, together with the controls that read
it. Comparison, merging, the command line and the reference page all read that one declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "lower",
    "higher",
    "true",
    "false",
    "superset",
    "subset",
    "subset-once-declared",
    "fixed-once-declared",
    "ordered-choice",
    "classification",
    "statements",
    "descriptive",
]

WORDS: dict[Kind, str] = {
    "lower": "lower is stricter; unset is no limit",
    "higher": "higher is stricter; unset is not declared",
    "true": "`true` is stricter",
    "false": "`false` is stricter",
    "superset": "more entries are stricter: keep every inherited one",
    "subset": "fewer entries are stricter: add none",
    "subset-once-declared": "empty means not declared; once declared, fewer entries are stricter",
    "fixed-once-declared": "empty means not declared; once declared it stays as it is",
    "ordered-choice": "later in the list is stricter",
    "classification": "moving anything away from production, or from staging to development, is weaker",
    "statements": "statements of fact: inherited ones stay, new ones are added",
    "descriptive": "not compared",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """The order of one field, and the controls that read it."""

    kind: Kind
    controls: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    """For `ordered-choice`, from loosest to strictest."""
    limits_attestations: bool = False
    """Whether the value also caps, in days, how long an attestation of those controls stands."""


def lower(*controls: str, attestations: bool = False) -> Strength:
    """Lower is stricter; None is no limit."""
    return Strength("lower", controls, limits_attestations=attestations)


def higher(*controls: str) -> Strength:
    """Higher is stricter; None is not declared."""
    return Strength("higher", controls)


def true(*controls: str) -> Strength:
    """True is stricter."""
    return Strength("true", controls)


def false(*controls: str) -> Strength:
    """False is stricter."""
    return Strength("false", controls)


def superset(*controls: str) -> Strength:
    """More entries are stricter: demands, prohibitions, things to protect."""
    return Strength("superset", controls)


def subset(*controls: str) -> Strength:
    """Fewer entries are stricter: permissions, where none is the strictest of all."""
    return Strength("subset", controls)


def declared_subset(*controls: str) -> Strength:
    """Fewer entries are stricter, but empty means that nobody has said."""
    return Strength("subset-once-declared", controls)


def fixed(*controls: str) -> Strength:
    """May be declared once and then stays."""
    return Strength("fixed-once-declared", controls)


def choice(*choices: str, controls: tuple[str, ...]) -> Strength:
    """One of several words, given from loosest to strictest."""
    return Strength("ordered-choice", controls, choices)


def classification(*controls: str) -> Strength:
    """Which environment a thing belongs to."""
    return Strength("classification", controls)


def statements(*controls: str) -> Strength:
    """Statements of fact with a name behind them."""
    return Strength("statements", controls)


def descriptive(*controls: str) -> Strength:
    """Names and notes that no comparison can rank."""
    return Strength("descriptive", controls)
