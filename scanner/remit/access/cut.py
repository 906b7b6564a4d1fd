"""The cheapest set of controls that leaves no way to any goal.

One control cuts many edges, so this is no cut of edges but a weighted hitting set over paths: each remaining path asks
for one of the controls that would cut it. The paths are found one after the other, against the set chosen so far, until
none is left; python-sat's exact enumerator (`Hitman`, MaxSAT) finds each set. What it returns is the cheapest there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from remit.access.graph import Node
from remit.access.network import Goal, Network

METHOD = "exact: a minimum-weight hitting set over all paths (MaxSAT)"
_REMEMBERED = 16
"""Walks that a field remembers: enough for what is asked in a row, and few enough to hold in memory."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Controls that, met together, leave no way to any goal but those that nothing cuts."""

    controls: tuple[str, ...]
    left: tuple[Goal, ...]
    """Goals to which there is a way that no control cuts."""


class Field:
    """The goals of one network, ready to be asked which still stand; numbers stand for nodes and sets of controls.

    Every edge is looked at for every goal and every set that is tried: with names this takes some five times as long.
    """

    def __init__(self, network: Network, goals: Sequence[Goal], bits: Mapping[str, int]) -> None:
        self.goals = tuple(goals)
        self._numbers: dict[Node, int] = {}
        self._outgoing: list[list[tuple[int, int, bool]]] = []
        self._walks: dict[tuple[int, int, bool], Mapping[int, int]] = {}
        for edge in network.edges:
            mask = sum(bits[control] for control in set(edge.cut_by))
            start, end = self._number(edge.start), self._number(edge.end)
            self._outgoing[start].append((end, mask, edge.certainty == "possible"))

    def _number(self, node: Node) -> int:
        if node not in self._numbers:
            self._numbers[node] = len(self._outgoing)
            self._outgoing.append([])
        return self._numbers[node]

    def standing(self, goal: Goal, met: int, *, proven_only: bool) -> int | None:
        """The controls any of which would cut one remaining way to a goal; None when no way remains.

        Zero when the way that remains is one that no control cuts.
        """
        start = self._numbers.get(goal.start)
        if start is None:
            return None
        reached = self._reached(start, met, proven_only=proven_only)
        controls = 0
        for leg in goal.legs:
            ends = {self._numbers[node] for node in leg if node in self._numbers}
            end = _first(ends, reached)
            if end is None:
                return None
            controls |= reached[end]
        return controls

    def _reached(self, start: int, met: int, *, proven_only: bool) -> Mapping[int, int]:
        """Every node that can be reached, nearest first, with the controls on a way with the fewest steps to it.

        Remembered for a while: many goals of one start are asked about with the same controls met.
        """
        key = (start, met, proven_only)
        if key not in self._walks:
            if len(self._walks) >= _REMEMBERED:
                self._walks.pop(next(iter(self._walks)))
            self._walks[key] = self._walk(start, met, proven_only=proven_only)
        return self._walks[key]

    def _walk(self, start: int, met: int, *, proven_only: bool) -> Mapping[int, int]:
        masks = {start: 0}
        layer = [start]
        while layer:
            further: list[int] = []
            for node in layer:
                for end, mask, doubt in self._outgoing[node]:
                    if end in masks or mask & met or (doubt and proven_only):
                        continue
                    masks[end] = masks[node] | mask
                    further.append(end)
            layer = further
        return masks


def _first(ends: Collection[int], reached: Mapping[int, int]) -> int | None:
    """The nearest of several nodes that was reached."""
    found = [end for end in ends if end in reached]
    return next((node for node in reached if node in found), None) if len(found) > 1 else next(iter(found), None)


def cheapest(
    fields: Sequence[Field],
    weights: Mapping[str, int],
    *,
    met: Collection[str] = frozenset(),
    proven_only: bool = False,
) -> Cut:
    """The cheapest controls, beside those met already; of equally cheap sets the smaller one.

    `weights` gives a positive whole number for every control that an edge names; the fields were made with `bits` of
    the same controls.
    """
    numbers = bits(weights)
    everything = sum(numbers.values())
    # A way that stands although every control is met asks for nothing, and must not make the rest dearer.
    hopeless: list[tuple[Field, Goal]] = []
    cuttable: list[tuple[Field, Goal]] = []
    for field in fields:
        for goal in field.goals:
            stands = field.standing(goal, everything, proven_only=proven_only) is not None
            (hopeless if stands else cuttable).append((field, goal))
    already = sum(numbers[control] for control in set(met) & set(numbers))
    demands: set[int] = set()
    chosen = 0
    while True:
        found: set[int] = set()
        for field, goal in cuttable:
            found |= _demands(field, goal, chosen | already, proven_only=proven_only)
        if not found:
            left = tuple(goal for _, goal in hopeless)
            return Cut(tuple(control for control, bit in numbers.items() if bit & chosen), left)
        demands |= found
        named = [frozenset(control for control, bit in numbers.items() if bit & demand) for demand in demands]
        chosen = sum(numbers[control] for control in lightest(named, weights))


def bits(controls: Iterable[str]) -> Mapping[str, int]:
    """A bit for each control, in the order of their ids."""
    return {control: 1 << number for number, control in enumerate(sorted(controls))}


def _demands(field: Field, goal: Goal, met: int, *, proven_only: bool) -> set[int]:
    """Sets of which one control each is needed, without any in common: the more at once, the fewer rounds."""
    found: set[int] = set()
    while (wanted := field.standing(goal, met, proven_only=proven_only)) is not None:
        found.add(wanted)
        met |= wanted
    return found


def lightest(demands: Iterable[frozenset[str]], weights: Mapping[str, int]) -> frozenset[str]:
    """The set of least weight that has an element of every demand; of equal ones the smaller, then a fixed one."""
    needed = _smallest(demands)
    if not needed:
        return frozenset()
    from pysat.examples.hitman import Hitman  # here, not above: most commands never need it

    named = sorted({control for demand in needed for control in demand})
    # Whole weights above any number of controls: a tie then goes to the smaller set.
    costs = {control: weights[control] * (len(named) + 1) + 1 for control in named}
    with Hitman(bootstrap_with=[sorted(demand) for demand in needed], weights=costs, htype="sorted") as solver:
        return frozenset(solver.get())


def _smallest(demands: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The demands without those that another one implies."""
    kept: list[frozenset[str]] = []
    for demand in sorted(set(demands), key=lambda each: (len(each), sorted(each))):
        if not any(known <= demand for known in kept):
            kept.append(demand)
    return kept
