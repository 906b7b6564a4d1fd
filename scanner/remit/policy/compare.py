"""The difference between two policies, key by key: stricter, weaker, or only changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from remit.policy.digest import canonical
from remit.policy.keys import flatten
from remit.policy.model import Policy
from remit.policy.orders import Kind
from remit.policy.strength import items, leaves, weaker

Direction = Literal["stricter", "weaker", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One key that differs, and which way."""

    key: str
    direction: Direction
    before: object
    after: object
    why: str = ""


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Every key that differs, in the order of the model.

    A key that gives with one hand and takes with the other counts as weaker, and so does every added exception.
    """
    old, new = flatten(before), flatten(after)
    looser = {found.key: found.why for found in weaker(before, after)} | _more_exceptions(before, after)
    tighter = {found.key for found in weaker(after, before)}
    found = []
    for key, leaf in leaves().items():
        if key in looser:
            found.append(Change(key, "weaker", old[key], new[key], looser[key]))
        elif key != "extends" and canonical(key, old[key]) != canonical(key, new[key]):
            ranked = key in tighter and not _declares(leaf.strength.kind, key, old[key])
            found.append(Change(key, "stricter" if ranked else "changed", old[key], new[key]))
    return tuple(found)


def _declares(kind: Kind, key: str, before: object) -> bool:
    """Whether the change says what nobody had said, which is neither stricter nor weaker."""
    if kind == "classification":
        return not key.startswith("environments.production.")
    return kind in ("subset-once-declared", "fixed-once-declared", "higher") and not before


def _more_exceptions(before: Policy, after: Policy) -> dict[str, str]:
    added = [item for item in items(after.exceptions) if item not in items(before.exceptions)]
    return {"exceptions": f"adds {len(added)}"} if added else {}
