"""Containers in which an agent works: which they are, who is meant for them, and where in a file something stands."""

from __future__ import annotations

import posixpath

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.evidence import Container, Source, Unknown


def for_agents(container: Container) -> bool:
    """Whether an agent could run in it: it names one, or people develop in it. What only runs the product is not."""
    return bool(container.agents) or container.kind == "devcontainer"


def meant_for(agent: Agent, graph: AccessGraph) -> tuple[Container, ...]:
    """The containers that install or start this agent; any agent's, where only an assumed one is known.

    An image is left out where a definition that starts it says what it is given.
    """
    return tuple(
        each
        for each in graph.containers
        if (each.agents if agent.assumed else agent.agent in each.agents) and starter(each, graph) is None
    )


def ways_out(container: Container) -> tuple[str, ...]:
    """What in a container leads to the host, each as one phrase."""
    return (
        *(("full privileges",) if container.privileged else ()),
        *(("the container engine's socket",) if container.socket else ()),
        *(("the network of the host",) if container.host_network else ()),
        *container.escapes,
    )


def starter(container: Container, graph: AccessGraph) -> Container | None:
    """The definition beside or above an agent's Dockerfile that starts the same agents, so that mounts stand there."""
    if container.kind != "dockerfile" or not container.agents:
        return None
    here = posixpath.dirname(container.path)
    return next(
        (
            each
            for each in graph.containers
            if each.kind != "dockerfile"
            and set(container.agents) <= set(each.agents)
            and _within(here, posixpath.dirname(each.path))
        ),
        None,
    )


def _within(directory: str, other: str) -> bool:
    return other in ("", directory) or directory.startswith(other + "/")


def unread(container: Container) -> str:
    """What a definition builds on and nobody read; empty where all of it was seen."""
    # The user is what such a file decides first, so its being unknown is how the facts tell.
    return container.user.why if isinstance(container.user, Unknown) and "was not read" in container.user.why else ""


def places(container: Container, *fields: str) -> tuple[Source, ...]:
    """Where the named fields stand in the definition; its own place where that is not known."""
    found = [
        Source(container.path, container.lines[field], container.source.collector)
        for field in fields
        if field in container.lines
    ]
    return tuple(dict.fromkeys(found)) or (container.source,)


def host_side(mount: str) -> str:
    """The path on the host of a mount `source:target`, with `:ro` or without, a drive letter in front or not."""
    source = mount.removesuffix(":ro").rpartition(":")[0]
    # A home path may climb out of what it starts with; an absolute one was already made plain.
    return posixpath.normpath(source) if source.startswith("~/") else source


def inside(mount: str) -> str:
    """The path in the container of a mount."""
    return mount.removesuffix(":ro").rpartition(":")[2]


def is_project(source: str) -> bool:
    """Whether a path on the host lies in the audited tree."""
    return source == "." or source.startswith("./")


def masks(container: Container) -> tuple[str, ...]:
    """Paths in the container over which nothing is mounted, so that what lies below is hidden."""
    return tuple(inside(mount) for mount in container.mounts if host_side(mount) == "/dev/null")
