"""From an agent to the machine it runs on: the files of its user, and the host behind a container's socket."""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.deeds import DELETE_HOME
from remit.access.graph import AccessGraph, Edge
from remit.access.hands import Hands, step
from remit.access.nodes import HOME
from remit.evidence import Container


def edges(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """What it deletes of its user's files, and how it leaves the container it was put into."""
    home = hands.node("resource", HOME)
    if not hands.confined and hands.agent.where != "ci":
        for way in hands.ways(DELETE_HOME, ("LP-028",)):
            yield step(hands.start, "can delete its user's files", home, way, cuts=("SB-002",), spared=("SB-009",))
    for container in graph.containers:
        if container.socket and _for_agents(container):
            yield from _through_the_socket(hands, container)


def _for_agents(container: Container) -> bool:
    return container.kind == "devcontainer" or bool(container.agents)


def _through_the_socket(hands: Hands, container: Container) -> Iterator[Edge]:
    host = hands.node("machine", f"the host of {container.path}")
    for way in hands.ways(("docker run -v /:/host alpine sh",), ("LP-028",)):
        yield step(
            hands.start,
            "talks to the container engine's socket",
            host,
            way,
            cuts=("SB-007",),
            spared=("SB-009",),
            seen=(container.source,),
        )
    yield Edge(host, "is root on the host", hands.node("resource", HOME), "proven", (container.source,), ("SB-007",))
