"""Comparing two policies: where the child is weaker, and what the stricter of two values is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from remit.evidence import Environment
from remit.policy.environment import ENVIRONMENTS, SECTIONS, Evidence, by_name, more_dangerous
from remit.policy.globs import covers, is_literal, overlaps, path_covers, path_overlaps
from remit.policy.keys import Leaf, flatten, leaves_of
from remit.policy.model import Policy
from remit.policy.orders import Kind, Strength

_MISSING = "gives up {}"
_ADDED = "adds {}"


@dataclass(frozen=True, slots=True)
class Weakening:
    """One key whose value in the child demands less than in the parent."""

    key: str
    parent_value: object
    child_value: object
    why: str


@cache
def leaves() -> Mapping[str, Leaf]:
    """Every key of the policy, in the order of the model."""
    return {leaf.key: leaf for leaf in leaves_of(Policy)}


def weaker(parent: Policy, child: Policy) -> list[Weakening]:
    """Every key in which the child is weaker than the parent, in the order of the model."""
    ours, theirs = flatten(parent), flatten(child)
    reasons = dict(_reclassified(parent, child))
    found = []
    for key, leaf in leaves().items():
        why = reasons.get(key) if leaf.strength.kind == "classification" else _compared(leaf, ours[key], theirs[key])
        if why is not None:
            found.append(Weakening(key, ours[key], theirs[key], why))
    return found


def _compared(leaf: Leaf, parent: object, child: object) -> str | None:
    return None if parent == child else _COMPARE[leaf.strength.kind](leaf.strength, parent, child)


def items(value: object) -> tuple[object, ...]:
    """The entries of a list, or of a table as pairs of key and single value, without order's meaning."""
    if isinstance(value, Mapping):
        return tuple(
            (key, entry)
            for key, inner in value.items()
            for entry in (inner if isinstance(inner, tuple) and inner else (inner,))
        )
    return value if isinstance(value, tuple) else (value,)


def _lower(_: Strength, parent: object, child: object) -> str | None:
    return "lower is stricter" if _number(child, float("inf")) > _number(parent, float("inf")) else None


def _higher(_: Strength, parent: object, child: object) -> str | None:
    return "higher is stricter" if _number(child, float("-inf")) < _number(parent, float("-inf")) else None


def _true(_: Strength, parent: object, child: object) -> str | None:
    return "true is stricter" if parent is True and child is False else None


def _false(_: Strength, parent: object, child: object) -> str | None:
    return "false is stricter" if parent is False and child is True else None


def _superset(_: Strength, parent: object, child: object) -> str | None:
    return _difference(_MISSING, items(parent), items(child))


def _subset(_: Strength, parent: object, child: object) -> str | None:
    return _difference(_ADDED, items(child), items(parent))


def _declared(order: Strength, parent: object, child: object) -> str | None:
    if not parent:
        return None
    if not child:
        return "an empty list would mean that nobody has said"
    if (
        isinstance(parent, Mapping)
        and isinstance(child, Mapping)
        and any(isinstance(v, tuple) for v in parent.values())
    ):
        if parent.keys() != child.keys():
            return "the entries must stay the inherited ones"
        child = {key: value for key, value in child.items() if value}
    return _subset(order, parent, child)


def _fixed(_: Strength, parent: object, child: object) -> str | None:
    if not parent:
        return None
    if isinstance(parent, Mapping) and isinstance(child, Mapping):
        changed = [key for key, value in parent.items() if key not in child or child[key] != value]
        return f"changes {', '.join(sorted(changed))}" if changed else None
    if isinstance(parent, tuple) and isinstance(child, tuple) and set(parent) == set(child):
        return None
    return "once declared it stays"


def _choice(order: Strength, parent: object, child: object) -> str | None:
    rank = order.choices.index
    if rank(str(child)) < rank(str(parent)):
        return "from loosest to strictest: " + ", ".join(order.choices)
    return None


def _uncompared(_: Strength, parent: object, child: object) -> str | None:
    return None


def _number(value: object, unset: float) -> float:
    return float(value) if isinstance(value, int | float) else unset


def _difference(words: str, ours: tuple[object, ...], theirs: tuple[object, ...]) -> str | None:
    known = set(map(repr, theirs))
    gone = [item for item in ours if repr(item) not in known]
    return words.format(", ".join(named(item) for item in gone)) if gone else None


def named(item: object) -> str:
    """A short name for an entry in a message."""
    if isinstance(item, tuple) and len(item) == 2:
        return f"{item[0]} = {item[1]}"
    return str(item)


def shown(value: object) -> str:
    """A value in a message, as short as it can be told."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "unset"
    if isinstance(value, tuple):
        return "[" + ", ".join(named(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {named(item)}" for key, item in value.items()) + "}"
    return str(value)


_COMPARE: Mapping[Kind, Callable[[Strength, object, object], str | None]] = {
    "lower": _lower,
    "higher": _higher,
    "true": _true,
    "false": _false,
    "superset": _superset,
    "subset": _subset,
    "subset-once-declared": _declared,
    "fixed-once-declared": _fixed,
    "ordered-choice": _choice,
    "statements": _uncompared,
    "descriptive": _uncompared,
}


# ---------------------------------------------------------------------------------------------------- classification


def _reclassified(parent: Policy, child: Policy) -> Iterator[tuple[str, str]]:
    ours, theirs = parent.environment_patterns(), child.environment_patterns()
    for kind in SECTIONS:
        for environment in ENVIRONMENTS:
            key = f"environments.{environment}.{SECTIONS[kind]}"
            why = _dropped(kind, environment, ours[kind], theirs[kind]) or _moved(
                kind, environment, ours[kind], theirs[kind]
            )
            if why is not None:
                yield _owner(key, parent, child), why


def _owner(key: str, parent: Policy, child: Policy) -> str:
    """The key whose text changed: account lists stand in two places."""
    other = {"environments.production.accounts": "cloud.accounts.prod"}
    other["environments.development.accounts"] = "cloud.accounts.dev"
    ours, theirs = flatten(parent), flatten(child)
    return other[key] if key in other and ours[key] == theirs[key] else key


def _dropped(
    kind: Evidence,
    environment: Environment,
    ours: Mapping[Environment, tuple[str, ...]],
    theirs: Mapping[Environment, tuple[str, ...]],
) -> str | None:
    """Entries after whose loss something would count as less dangerous than it did."""
    if environment == "development":
        return None
    cover = path_covers if kind == "path" else covers
    kept = theirs["production"] + (theirs["staging"] if environment == "staging" else ())
    gone = [entry for entry in ours[environment] if not any(cover(pattern, entry) for pattern in kept)]
    return _MISSING.format(", ".join(gone)) if gone else None


def _moved(
    kind: Evidence,
    environment: Environment,
    ours: Mapping[Environment, tuple[str, ...]],
    theirs: Mapping[Environment, tuple[str, ...]],
) -> str | None:
    """New entries that would take something out of a more dangerous environment, or leave it in two at once."""
    overlap = path_overlaps if kind == "path" else overlaps
    for entry in theirs[environment]:
        if entry in ours[environment]:
            continue
        for other in ENVIRONMENTS:
            standing = ours[other] if more_dangerous(other, environment) else _kept(ours[other], theirs[other])
            clash = next((known for known in standing if other != environment and overlap(entry, known)), None)
            if clash is not None:
                return f"{entry} also matches what the inherited {other} entry {clash} matches"
        said = by_name(kind, entry) if is_literal(entry) else None
        if more_dangerous(said, environment):
            return f"{entry} is {said} by its name"
    return None


def _kept(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entry for entry in ours if entry in theirs)
