"""The nine-second test: what each agent can destroy and leak unasked, along which path, and whether a copy survives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Agent
from remit.access.edges.leaks import goal as leak_goal
from remit.access.edges.losses import loss
from remit.access.graph import AccessGraph, Certainty, Edge, Node
from remit.access.network import Goal, Network, Path
from remit.access.nodes import HOME, environment_of, for_trials, owner_of
from remit.access.survival import Survival
from remit.evidence import Environment, Maybe, Unknown

ReachVerdict = Literal["survives", "lost", "unknown", "no-agent"]
Leg = Literal["private", "untrusted", "egress"]
LEGS: tuple[Leg, ...] = ("private", "untrusted", "egress")


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One resource in an agent's destructive reach."""

    resource: str
    environment: Maybe[Environment]
    owner: str
    survival: Survival
    path: Path
    """From the agent to the resource."""
    cut_by: tuple[str, ...]
    """Controls each of which would cut a step of this path, or keep a copy."""

    @property
    def certainty(self) -> Certainty:
        """`possible` where a step of the path is."""
        return _certainty(self.path)


@dataclass(frozen=True, slots=True)
class Leaked:
    """Private data that an agent can be talked into sending away."""

    what: str
    legs: Mapping[Leg, Path]

    @property
    def certainty(self) -> Certainty:
        """`possible` where a step of any leg is."""
        return _certainty([edge for leg in LEGS for edge in self.legs[leg]])

    @property
    def cut_by(self) -> tuple[str, ...]:
        """Controls each of which would cut a step of one leg."""
        return _cuts([edge for leg in LEGS for edge in self.legs[leg]])


@dataclass(frozen=True, slots=True)
class AgentReach:
    """What one agent can destroy and leak."""

    agent: Agent
    destroys: tuple[Destroyed, ...]
    leaks: tuple[Leaked, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """The nine-second test of one target."""

    verdict: ReachVerdict
    reason: str
    agents: tuple[AgentReach, ...]
    network: Network
    goals: tuple[Goal, ...]
    """What the cheapest cut must prevent: every loss and every leak."""


def reach(graph: AccessGraph, met: Collection[str] = frozenset()) -> Reach:
    """Put every agent of a linked graph to the test, as if some controls were met."""
    network = Network(graph.edges)
    if not graph.agents:
        return Reach(*_without_agents(graph), (), network, ())
    agents: list[AgentReach] = []
    goals: list[Goal] = []
    for agent in graph.agents:
        start = Node("agent", agent.name)
        paths = network.best(start, met)
        agents.append(AgentReach(agent, tuple(_destroyed(graph, paths)), tuple(_leaked(start, paths))))
        goals += _goals(start, paths)
    verdict, reason = _verdict(graph, agents)
    return Reach(verdict, reason, tuple(agents), network, tuple(goals))


def _without_agents(graph: AccessGraph) -> tuple[ReachVerdict, str]:
    """What to say where the policy rules agents out and none was found: somebody must have looked everywhere."""
    unread = len(graph.left_out) + sum(Agent.__name__ in gap.affects for gap in graph.gaps)
    if unread:
        return "unknown", f"the policy says that no agent is used here, but {unread} places were not read"
    return "no-agent", "the policy says that no agent is used here, and none was found"


def _destroyed(graph: AccessGraph, paths: Mapping[Node, Path]) -> Iterator[Destroyed]:
    found = []
    for resource in sorted(node for node in paths if node.kind == "resource"):
        path, end, fate = paths[resource], loss(resource), graph.fates[resource]
        if fate.verdict != "survives" and end not in paths:
            # A control that keeps a copy is taken as met.
            fate = Survival("survives", f"{', '.join(fate.cut_by)} is assumed to keep a copy out of reach")
        whole = (*path, paths[end][-1]) if end in paths else path
        where, owner = environment_of(graph, resource.name), owner_of(graph, resource.name)
        found.append(Destroyed(resource.name, where, owner, fate, path, _cuts(whole)))
    yield from sorted(found, key=_gravity)


def _gravity(each: Destroyed) -> tuple[int, bool, bool, bool, int, int, str]:
    """What is lost for certain comes first, and production before the rest; files of the user come last."""
    fate = ("lost", "unknown", "survives").index(each.survival.verdict)
    environments = ("production", "unknown", "staging", "development")
    place = environments.index("unknown" if isinstance(each.environment, Unknown) else each.environment)
    # What only a script names, nobody can weigh; what tests and examples describe seldom exists.
    trials = each.resource.startswith("script:") or any(for_trials(source.path) for source in each.path[-1].evidence)
    return fate, each.certainty == "possible", each.resource == HOME, trials, place, len(each.path), each.resource


def _leaked(start: Node, paths: Mapping[Node, Path]) -> Iterator[Leaked]:
    goal = leak_goal(start)
    ends = [next((node for node in leg if node in paths), None) for leg in goal.legs]
    if all(ends):
        legs = {name: paths[end] for name, end in zip(LEGS, ends, strict=True) if end}
        held = legs["private"][-1].start
        yield Leaked(f"what {held.name} reads" if held.kind == "tool" else f"the secrets in {held.name}", legs)


def _goals(start: Node, paths: Mapping[Node, Path]) -> Iterator[Goal]:
    for node in sorted(node for node in paths if node.kind == "loss"):
        yield Goal(start, (frozenset({node}),), node.name)
    goal = leak_goal(start)
    if all(any(node in paths for node in leg) for leg in goal.legs):
        yield goal


def _verdict(graph: AccessGraph, agents: Collection[AgentReach]) -> tuple[ReachVerdict, str]:
    every = [each for agent in agents for each in agent.destroys]
    for verdict in ("lost", "unknown"):
        # The data that a target is about comes before the files of whoever works on it.
        hits = [each for each in every if each.survival.verdict == verdict]
        hit = min(hits, key=_first_named, default=None)
        if hit:
            return hit.survival.verdict, f"{hit.resource}: {hit.survival.reason}"
    unread = len({*(gap.path for gap in graph.gaps), *graph.left_out})
    if unread:
        return "unknown", f"nothing seen can be destroyed for good, but {unread} places were not read"
    if every:
        return "survives", "a copy out of reach is declared for all that was found within reach"
    return "survives", "nothing within an agent's unasked reach can be destroyed"


def _first_named(each: Destroyed) -> tuple[bool, bool, int, str, str]:
    certainty = each.certainty == "possible"
    return each.resource == HOME, certainty, len(each.path), each.resource, each.survival.reason


def _certainty(edges: Collection[Edge]) -> Certainty:
    return "possible" if any(edge.certainty == "possible" for edge in edges) else "proven"


def _cuts(edges: Collection[Edge]) -> tuple[str, ...]:
    return tuple(sorted({control for edge in edges for control in edge.cut_by}))
