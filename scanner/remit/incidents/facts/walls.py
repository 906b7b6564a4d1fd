"""Facts about what surrounds an agent: sandboxes, networks, records."""

from __future__ import annotations

from functools import partial

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.access.unasked import confined
from remit.evidence import Container, Unknown
from remit.incidents.facts.answers import ASSUMED, NO_AGENT, Absent, Answer, Fact, Found, of_agents, places, weigh


def _unconfined(graph: AccessGraph, value: str, *, escapes: bool) -> Answer:
    return weigh((_wall(agent, graph.containers, escapes) for agent in graph.agents), NO_AGENT)


def _wall(agent: Agent, containers: tuple[Container, ...], escapes: bool) -> Answer:
    sandbox = agent.access.sandbox
    if isinstance(sandbox.enabled, Unknown):
        return sandbox.enabled
    if sandbox.enabled and (not escapes or confined(sandbox)):
        return Absent(f"{agent.title} works in its sandbox")
    if agent.assumed:
        return Unknown(ASSUMED)
    meant = sorted(each.path for each in containers if agent.agent in each.agents)
    if meant:
        return Unknown(f"whether {agent.title} is started in the container of {meant[0]} nobody could see")
    state = f"leads out: {sandbox.escapes[0]}" if sandbox.enabled else "is off"
    return Found(places(agent, sandbox.source), f"the sandbox of {agent.title} {state}")


def _egress(agent: Agent, value: str) -> Answer:
    mode = agent.access.egress.mode
    if isinstance(mode, Unknown):
        return mode
    if mode != "open":
        return Absent(f"where {agent.title} may connect is limited")
    return Found(places(agent, agent.access.sandbox.source), f"{agent.title} may connect anywhere")


def _audit(agent: Agent, value: str) -> Answer:
    audit = agent.access.audit
    if isinstance(audit.enabled, Unknown):
        return audit.enabled
    if audit.enabled and audit.sink is not None:
        return Absent(f"what {agent.title} does is sent to {audit.sink}")
    return Found(places(agent, audit.source), f"no record of what {agent.title} does leaves its machine")


FACTS: tuple[Fact, ...] = (
    Fact(
        "sandbox=off",
        "An agent's shell works outside any sandbox.",
        "its sandbox settings; unknown where a container definition names the agent",
        partial(_unconfined, escapes=False),
        (Agent,),
        refuted_in=(Container,),
    ),
    Fact(
        "sandbox=escapable",
        "An agent's shell works outside any sandbox, or in one with a way out.",
        "its sandbox settings; unknown where a container definition names the agent",
        partial(_unconfined, escapes=True),
        (Agent,),
        refuted_in=(Container,),
    ),
    Fact(
        "egress=open",
        "An agent's tools may connect anywhere.",
        "its network settings",
        of_agents(_egress),
        (Agent,),
    ),
    Fact(
        "audit=none",
        "No record of what an agent does leaves the machine it works on.",
        "its telemetry and logging settings; a local transcript is no record, since it goes with the home directory",
        of_agents(_audit),
        (Agent,),
    ),
)
