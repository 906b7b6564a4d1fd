"""What the policy's inventory of copies says about each thing that can be destroyed, as one verdict.

A copy that nobody declares is no evidence that there is none: it leaves a control open, and only what is declared, or
stands in infrastructure code, decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.evidence import IacModule, IacResource, Source
from remit.policy.declared import DeclaredCopy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.copies import Destroyable, destroyables
from remit_checks.terraform import listed

KEY = "backup.inventory"
NONE_DECLARED = "no copy of it is declared"
Weight = tuple[Literal["pass", "fail", "unknown"], str]
"""An answer about one thing that can be destroyed, with its reason."""
_MOST = 10


@dataclass(frozen=True, slots=True)
class Words:
    """How a control says each of its answers, before the list of what it is about."""

    good: str
    bad: str
    open: str


def declared(each: Destroyable) -> tuple[DeclaredCopy, ...]:
    """The copies that the policy declares of something."""
    return tuple(copy.declared for copy in each.copies if copy.declared is not None)


def described(graph: AccessGraph, each: Destroyable) -> tuple[IacModule, IacResource] | None:
    """The block that describes something in infrastructure code; None for what only a credential names."""
    return each.block


def judged(
    graph: AccessGraph,
    weigh: Callable[[Destroyable], Weight],
    words: Words,
    remedies: Callable[[Sequence[str]], tuple[Remedy, ...]],
) -> Verdict:
    """The verdict over all that can be destroyed here: the worst answer decides."""
    found = [(each, *weigh(each)) for each in destroyables(graph)]
    if not found:
        return skip("nothing here can destroy data")
    bad = [(each, why) for each, answer, why in found if answer == "fail"]
    left = [(each, why) for each, answer, why in found if answer == "unknown"]
    if bad:
        more = f"; not known of {len(left)} more" if left else ""
        return fail(f"{words.bad}: {_told(bad)}{more}", *_places(graph, bad), remedies=remedies(_names(bad)))
    if left:
        return unknown(f"{words.open}: {_told(left)}", *_places(graph, left), remedies=remedies(_names(left)))
    told = [(each, why) for each, _, why in found]
    return ok(f"{words.good}: {_told(told)}", *_places(graph, told))


def _told(found: Sequence[tuple[Destroyable, str]]) -> str:
    return listed(list(dict.fromkeys(f"{each.name} ({why})" for each, why in found)), 3)


def _names(found: Sequence[tuple[Destroyable, str]]) -> list[str]:
    return list(dict.fromkeys(each.name for each, _ in found))


def _places(graph: AccessGraph, found: Sequence[tuple[Destroyable, str]]) -> tuple[Source, ...]:
    """Where the things are named, then where the policy lists their copies."""
    places = [source for each, _ in found for source in each.sources]
    if any(declared(each) for each, _ in found) and KEY in graph.origins:
        places.append(graph.origins[KEY])
    return tuple(dict.fromkeys(places))


def declare(title: str, names: Sequence[str], *lines: str) -> Remedy:
    """Entries of the inventory, one for each name, with the lines that a control asks for."""
    head = ('location = "bucket or vault, with its region"', 'provider = "who stores it"')
    entries = ("\n".join(("[[backup.inventory]]", f"resource = {json.dumps(name)}", *head, *lines)) for name in names)
    return manual(title, "\n\n".join(list(entries)[:_MOST]))
