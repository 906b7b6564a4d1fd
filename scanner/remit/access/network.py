"""Paths through edges: the best one to each place, and what is still connected when some controls are met.

Own code, not a graph library: an edge falls away by any of a set of controls, and what is looked for is the path with
the fewest uncertain steps, then the fewest steps. That is one search of thirty lines; rustworkx would bring numpy with
it, and networkx costs more at start-up than the whole of this takes on a repository.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from remit.access.graph import Edge, Node

Path = tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be prevented: that a start is connected with at least one node of every leg.

    A loss has one leg. A leak has three: private data, untrusted content and a way out.
    """

    start: Node
    legs: tuple[frozenset[Node], ...]
    name: str


class Network:
    """Edges, ready to be searched. They come in order (`ordered`), so that nothing depends on how they were found."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        outgoing: dict[Node, list[Edge]] = {}
        for edge in edges:
            outgoing.setdefault(edge.start, []).append(edge)
        self._outgoing: Mapping[Node, list[Edge]] = outgoing

    @property
    def edges(self) -> Iterator[Edge]:
        """Every edge, sorted within its start."""
        return (edge for found in self._outgoing.values() for edge in found)

    def best(
        self, start: Node, met: Collection[str] = frozenset(), *, proven_only: bool = False
    ) -> Mapping[Node, Path]:
        """The best path to each node that can be reached with some controls met: most certain first, then shortest."""
        into: dict[Node, Edge] = {}
        cost: dict[Node, tuple[int, int]] = {start: (0, 0)}
        waiting = [((0, 0), start)]
        while waiting:
            spent, node = heapq.heappop(waiting)
            if spent > cost[node]:
                continue
            for edge in self._outgoing.get(node, ()):
                doubt = edge.certainty == "possible"
                if (proven_only and doubt) or (met and not _stands(edge, met)):
                    continue
                total = (spent[0] + doubt, spent[1] + 1)
                if edge.end not in cost or total < cost[edge.end]:
                    cost[edge.end] = total
                    into[edge.end] = edge
                    heapq.heappush(waiting, (total, edge.end))
        return _Paths(start, into)


class _Paths(Mapping[Node, Path]):
    """Paths by where they end, put together only for who asks."""

    def __init__(self, start: Node, into: Mapping[Node, Edge]) -> None:
        self._start, self._into = start, into

    def __getitem__(self, end: Node) -> Path:
        edges = [self._into[end]]
        while edges[-1].start != self._start:
            edges.append(self._into[edges[-1].start])
        return tuple(reversed(edges))

    def __contains__(self, end: object) -> bool:
        return end in self._into

    def __iter__(self) -> Iterator[Node]:
        return iter(self._into)

    def __len__(self) -> int:
        return len(self._into)


def _stands(edge: Edge, met: Collection[str]) -> bool:
    return not any(control in met for control in edge.cut_by)
