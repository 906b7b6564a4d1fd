"""The facts that steps of an incident may require, each decided from what was seen of a target."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from remit.access.graph import AccessGraph
from remit.incidents.facts import agents, backups, credentials, gates, resources, response, roles, servers, walls
from remit.incidents.facts.answers import Absent, Answer, Fact, Found

__all__ = ["FACTS", "Absent", "Answer", "Fact", "Found", "decide", "known_facts", "table"]

FACTS: tuple[Fact, ...] = (
    *agents.FACTS,
    *gates.FACTS,
    *walls.FACTS,
    *servers.FACTS,
    *credentials.FACTS,
    *roles.FACTS,
    *resources.FACTS,
    *backups.FACTS,
    *response.FACTS,
)
"""Every fact, in the order of the documentation's table."""


@cache
def known_facts() -> Mapping[str, Fact]:
    """Every name that a chain may write, with the fact that decides it."""
    return {name: fact for fact in FACTS for name in fact.known}


def decide(name: str, graph: AccessGraph) -> Answer:
    """What is known of a fact in a target. Raises KeyError for a name that no fact has."""
    fact = known_facts()[name]
    return fact.decide(graph, name.removeprefix(fact.stem) if fact.values else "")


def table() -> str:
    """The vocabulary as the Markdown table of the documentation."""
    rows = [f"| `{fact.name}` | {fact.meaning} | {fact.decided_by} |" for fact in FACTS]
    return "\n".join(("| Fact | It means | What decides it |", "|---|---|---|", *rows))
