"""From a resource to its loss: what becomes of its copies when an agent destroys it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from remit.access.edges.servers import unasked
from remit.access.graph import AccessGraph, Edge, Grade, Node
from remit.access.hands import Hands
from remit.access.nodes import destroys
from remit.access.survival import Survival, declared_in, survival


def loss(resource: Node) -> Node:
    """The loss of a resource in an agent's hands."""
    return Node("loss", resource.name, resource.held_by)


def fates(hands: Hands, graph: AccessGraph, drawn: Iterable[Edge]) -> Mapping[Node, Survival]:
    """What remains of each resource that some edges lead to, given all that the agent holds."""
    resources = {edge.end for edge in drawn if edge.end.kind == "resource"}
    shell = any("shell" in server.classes and unasked(hands, server) for server in hands.agent.access.mcp)
    held = sorted(
        (
            credential
            for file in (graph.credential_files if resources else ())
            if shell or hands.reads(file.path) is not None
            for credential in filter(destroys, file.credentials)
        ),
        key=lambda each: each.source,
    )
    return {resource: survival(graph, resource.name, held) for resource in sorted(resources)}


def edges(graph: AccessGraph, found: Mapping[Node, Survival]) -> Iterator[Edge]:
    """A step for each resource of which no copy is known to survive."""
    for resource, fate in found.items():
        if fate.verdict != "survives":
            grade: Grade = "proven" if fate.verdict == "lost" else "unknown"
            places = declared_in(graph)
            yield Edge(resource, "no copy survives", loss(resource), grade, places, fate.cut_by, fate.reason)
