"""The nine-second test: what each agent can destroy unasked, along which path, and whether a copy survives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Agent
from remit.access.graph import AccessGraph, Certainty, Edge
from remit.access.link import agent_node, destroys, resource_node
from remit.access.survival import Survival, of_credential, of_resource
from remit.access.unasked import acts_unasked

ReachVerdict = Literal["survives", "lost", "unknown", "no-agent"]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One resource in an agent's destructive reach."""

    resource: str
    survival: Survival
    certainty: Certainty
    path: tuple[Edge, ...]

    @property
    def cut_by(self) -> tuple[str, ...]:
        """Controls each of which would cut a step of this path."""
        return tuple(sorted({control for edge in self.path for control in edge.cut_by}))


@dataclass(frozen=True, slots=True)
class AgentReach:
    """What one agent can destroy."""

    agent: Agent
    destroys: tuple[Destroyed, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The nine-second test of one target."""

    verdict: ReachVerdict
    reason: str
    agents: tuple[AgentReach, ...]


def reach(graph: AccessGraph) -> Reach:
    """Put every agent of a linked graph to the test."""
    if not graph.agents:
        return Reach("no-agent", "the policy says that no agent is used here, and none was found", ())
    survivals = dict(_survivals(graph))
    agents = tuple(AgentReach(agent, tuple(_destroyed(graph, agent, survivals))) for agent in graph.agents)
    verdict, reason = _verdict(graph, agents)
    return Reach(verdict, reason, agents)


def _survivals(graph: AccessGraph) -> Iterator[tuple[str, Survival]]:
    # Of two credentials for one resource the worse one decides, so the better answer must not overwrite it.
    order = {"survives": 0, "unknown": 1, "lost": 2}
    found: dict[str, Survival] = {}
    for file in graph.credential_files:
        for credential in filter(destroys, file.credentials):
            survival = of_credential(graph, credential)
            known = found.get(credential.resource)
            if known is None or order[survival.verdict] > order[known.verdict]:
                found[credential.resource] = survival
    for module in graph.modules:
        for resource in module.resources:
            found[resource_node(module, resource)] = of_resource(graph, module, resource)
    yield from found.items()


def _destroyed(graph: AccessGraph, agent: Agent, survivals: Mapping[str, Survival]) -> Iterator[Destroyed]:
    own = agent_node(agent) + "→"
    found = []
    for path in graph.paths(agent_node(agent)):
        if path[-1].end.startswith(own):
            resource = path[-1].end.removeprefix(own)
            certainty: Certainty = "possible" if any(edge.certainty == "possible" for edge in path) else "proven"
            found.append(Destroyed(resource.removeprefix("resource:"), survivals[resource], certainty, path))
    rank = {"lost": 0, "unknown": 1, "survives": 2}
    yield from sorted(
        found,
        key=lambda each: (rank[each.survival.verdict], each.certainty == "possible", len(each.path), each.resource),
    )


def _verdict(graph: AccessGraph, agents: tuple[AgentReach, ...]) -> tuple[ReachVerdict, str]:
    every = [each for agent in agents for each in agent.destroys]
    for verdict in ("lost", "unknown"):
        hit = next((each for each in every if each.survival.verdict == verdict), None)
        if hit:
            return hit.survival.verdict, f"{hit.resource}: {hit.survival.reason}"
    unread = len(graph.gaps) + len(graph.left_out)
    if unread:
        return "unknown", f"nothing seen can be destroyed for good, but {unread} places were not read"
    if every:
        return "survives", "a copy out of reach is declared for all that was found within reach"
    loose = next((agent for agent in graph.agents if acts_unasked(agent)), None)
    if loose is not None and not graph.machine:
        # Its shell inherits whatever the machine holds, and nobody has looked there.
        return "unknown", f"nothing was found here, but {loose.title} also finds what its machine holds (--machine)"
    return "survives", "nothing within an agent's unasked reach can be destroyed"
