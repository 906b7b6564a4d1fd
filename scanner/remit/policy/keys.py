"""The policy as a flat list of dotted keys, read off the model's own declarations."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from remit.policy.orders import Strength


@dataclass(frozen=True, slots=True)
class Leaf:
    """One key of the policy that holds a value."""

    key: str
    strength: Strength
    annotation: Any
    meaning: str


def leaves_of(model: type[BaseModel], prefix: str = "") -> Iterator[Leaf]:
    """Every key below a model, in the order of its declaration.

    Raises TypeError for a key that declares no strength order, so that none can be forgotten.
    """
    for name, field in model.model_fields.items():
        key = prefix + name
        strength = next((mark for mark in field.metadata if isinstance(mark, Strength)), None)
        if strength is not None:
            yield Leaf(key, strength, field.annotation, " ".join((field.description or "").split()))
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from leaves_of(field.annotation, key + ".")
        else:
            raise TypeError(f"{model.__name__}.{name} declares no strength order")


def flatten(policy: BaseModel, prefix: str = "") -> dict[str, object]:
    """The values of a policy by dotted key."""
    flat: dict[str, object] = {}
    for name, field in type(policy).model_fields.items():
        value = getattr(policy, name)
        if _is_section(field):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def explicit(policy: BaseModel, prefix: str = "") -> frozenset[str]:
    """The dotted keys that a policy's own text sets."""
    found: set[str] = set()
    for name in policy.model_fields_set:
        if _is_section(type(policy).model_fields[name]):
            found |= explicit(getattr(policy, name), f"{prefix}{name}.")
        else:
            found.add(prefix + name)
    return frozenset(found)


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """Values by dotted key as the nested tables that the model reads."""
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, last = key.split(".")
        table = tree
        for parent in parents:
            table = table.setdefault(parent, {})
        table[last] = value
    return tree


def attestation_limits(policy: BaseModel) -> Mapping[str, tuple[int, ...]]:
    """For each control, the days after which this policy lets an attestation lapse."""
    limits: dict[str, tuple[int, ...]] = {}
    values = flatten(policy)
    for key, controls in _limiting_keys(type(policy)):
        days = values[key]
        if isinstance(days, int):
            for control in controls:
                limits[control] = (*limits.get(control, ()), days)
    return limits


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that a mistyped one most likely means."""
    found = difflib.get_close_matches(word[:80], known, n=1, cutoff=0.6)
    return found[0] if found else None


@cache
def _limiting_keys(model: type[BaseModel]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((leaf.key, leaf.strength.controls) for leaf in leaves_of(model) if leaf.strength.limits_attestations)


def _is_section(field: FieldInfo) -> bool:
    plain = isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    return plain and not any(isinstance(mark, Strength) for mark in field.metadata)
