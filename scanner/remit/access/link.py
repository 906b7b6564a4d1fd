"""Putting the access graph together from what was collected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from remit.access.edges import credentials, infrastructure, leaks, losses, machine, scripts, servers
from remit.access.graph import AccessGraph, Edge, Node, ordered
from remit.access.hands import Hands
from remit.access.nodes import HOME
from remit.access.started import as_started
from remit.access.survival import Survival
from remit.evidence import Unknown

_SURFACES: tuple[Callable[[Hands, AccessGraph], Iterator[Edge]], ...] = (
    credentials.edges,
    scripts.edges,
    infrastructure.edges,
    servers.edges,
    machine.edges,
    leaks.edges,
)


def link(graph: AccessGraph) -> AccessGraph:
    """The same graph with its edges, and its agents as the tree starts them."""
    graph = replace(graph, subjects=as_started(graph.subjects))
    found: list[Edge] = []
    fates: dict[Node, Survival] = {}
    for agent in graph.agents:
        hands = Hands(agent)
        own = [edge for surface in _SURFACES for edge in surface(hands, graph)]
        left = losses.fates(hands, graph, own)
        found += own
        found += losses.edges(graph, left)
        fates |= left
    return replace(graph, edges=ordered(found), fates=fates)


def vouched(graph: AccessGraph, attested: Collection[str]) -> AccessGraph:
    """The same graph without the possible steps that attested controls stop.

    What files prove outweighs a person's word: a proven step stays.
    """
    stopped = {edge: held for edge in graph.edges if (held := _vouched_for(edge, attested))}
    if not stopped and "BK-003" not in attested:
        return graph
    lost = {edge.start: held for edge, held in stopped.items() if edge.end.kind == "loss"}
    fates = {
        node: _kept(lost[node]) if node in lost else _restored(fate, "BK-003" in attested)
        for node, fate in graph.fates.items()
    }
    return replace(graph, edges=tuple(edge for edge in graph.edges if edge not in stopped), fates=fates)


def _vouched_for(edge: Edge, attested: Collection[str]) -> tuple[str, ...]:
    # Whoever vouches for the copies of what a target is about has said nothing of its users' machines.
    if edge.end.kind == "loss" and edge.end.name == HOME:
        return ()
    return tuple(each for each in edge.cut_by if each in attested) if edge.certainty == "possible" else ()


def _kept(controls: tuple[str, ...]) -> Survival:
    untold = Unknown("the attestation does not say")
    told = f"a copy out of the agents' reach is attested ({', '.join(controls)})"
    return Survival("survives", told, ("attested",), untold, untold)


def _restored(fate: Survival, tested: bool) -> Survival:
    return replace(fate, restorable=True) if tested and isinstance(fate.restorable, Unknown) else fate
