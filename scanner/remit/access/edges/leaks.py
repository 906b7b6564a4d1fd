"""From an agent to private data, to content that strangers write, and to a way out: with all three, data leaves.

The three together are what an injected instruction needs (Simon Willison, "The lethal trifecta", 2025).
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.deeds import FETCH
from remit.access.edges.servers import call, server_node, unasked
from remit.access.graph import AccessGraph, Edge, Node
from remit.access.hands import Hands, step
from remit.access.network import Goal
from remit.access.nodes import usable

PRIVATE = Node("content", "private data")
UNTRUSTED = Node("content", "text that strangers write")
EGRESS = Node("egress", "any host")
LEGS = (PRIVATE, UNTRUSTED, EGRESS)
# What a server's class gives the agent, and the control that would stop it.
_OF_SERVERS = (
    ("private", PRIVATE, "reads private data", "LP-024"),
    ("untrusted", UNTRUSTED, "brings in what strangers write", "SB-020"),
    ("egress", EGRESS, "sends data out", "LP-024"),
)


def edges(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """The three legs: what it could give away, what could talk it into that, and how it would leave."""
    yield from _private(hands, graph)
    yield from _untrusted(hands)
    for way in hands.ways((), (), web=True):
        yield step(hands.start, "sends requests to any host", _held(EGRESS, hands.start), way)
    for server in hands.agent.access.mcp:
        if unasked(hands, server):
            yield call(hands, server)
            for kind, leg, deed, cut in _OF_SERVERS:
                if kind in server.classes:
                    end = _held(leg, hands.start)
                    yield Edge(server_node(hands, server), deed, end, "proven", (server.source,), (cut,))


def goal(start: Node) -> Goal:
    """The leak: all three legs at once."""
    return Goal(start, tuple(frozenset({_held(leg, start)}) for leg in LEGS), f"leak:{start.name}")


def _held(leg: Node, start: Node) -> Node:
    return leg._replace(held_by=start.name)


def _private(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    end = _held(PRIVATE, hands.start)
    for file in graph.credential_files:
        secrets = [each for each in file.credentials if usable(each)]
        if secrets and hands.reads(file.path) is not None:
            places = tuple(each.source for each in secrets[:2])
            yield Edge(hands.node("file", file.path), "holds secrets", end, "proven", places, ("LP-011",))


def _untrusted(hands: Hands) -> Iterator[Edge]:
    end = _held(UNTRUSTED, hands.start)
    for way in hands.runs(FETCH, ("LP-022", "SB-009")):
        yield step(hands.start, "fetches pages", end, way)
    # No control here removes it: to read what it works on is what an agent is for.
    why = "whether all of the tree and its dependencies was written by people you trust nobody can see"
    yield Edge(hands.start, "reads the tree it works on", end, "unknown", hands.agent.sources[:1], (), why)
