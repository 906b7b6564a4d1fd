"""Facts about what agents do without a person being asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from remit.access.agent import Agent
from remit.access.deeds import ANY_CODE, CODE_OF_THE_TREE, FETCH
from remit.access.graph import AccessGraph
from remit.access.unasked import Unasked, edits_unasked, may_read, runs_unasked
from remit.evidence import ScriptFile, Unknown
from remit.incidents.facts.answers import ASSUMED, Absent, Answer, Fact, Found, of_agents, places, weigh

_HOME: Mapping[str, str] = {
    "~/.aws": "~/.aws/credentials",
    "~/.azure": "~/.azure/msal_token_cache.json",
    "~/.config/gcloud": "~/.config/gcloud/application_default_credentials.json",
    "~/.config/gh": "~/.config/gh/hosts.yml",
    "~/.docker": "~/.docker/config.json",
    "~/.kube": "~/.kube/config",
    "~/.netrc": "~/.netrc",
    "~/.npmrc": "~/.npmrc",
    "~/.ssh": "~/.ssh/id_ed25519",
}
"""Places of a home directory that hold credentials, each with a file that lies there."""
_NO_BYPASS = "no file starts an agent without approvals"


def asked(found: Unasked | None, agent: Agent, otherwise: str) -> Answer:
    """An answer from how certainly an agent does something unasked; `otherwise` says what it does if not."""
    if found is None:
        return Absent(f"{agent.title} {otherwise}")
    certainty, why, source = found
    if certainty == "possible":
        return Unknown(ASSUMED if agent.assumed else f"{agent.title}: {why}")
    return Found(places(agent, source), f"{agent.title}: {why}")


def _runs(agent: Agent, value: str, *, commands: tuple[str, ...], otherwise: str) -> Answer:
    return asked(runs_unasked(agent, commands), agent, otherwise)


def _edits(agent: Agent, value: str) -> Answer:
    approval = agent.access.approval
    if isinstance(approval, Unknown) and not agent.bypass:
        return approval
    if edits_unasked(agent):
        return Found(places(agent, *agent.bypass[:1]), f"{agent.title} changes files of the tree unasked")
    return Absent(f"{agent.title} asks before it changes a file")


def _bypassed(graph: AccessGraph, value: str) -> Answer:
    started = [
        Found((command.source,), f"{script.path} starts {command.program} without approvals")
        for script in graph.scripts
        for command in script.commands
        if command.bypass
    ]
    return weigh((*started, *map(_mode, graph.agents)), _NO_BYPASS)


def _mode(agent: Agent) -> Answer:
    approval = agent.access.approval
    if agent.bypass or (not isinstance(approval, Unknown) and approval == "bypass"):
        return Found(places(agent, *agent.bypass), f"{agent.title} is started without approvals")
    return approval if isinstance(approval, Unknown) else Absent(_NO_BYPASS)


def reads(agent: Agent, path: str) -> Answer:
    """Whether an agent reads a file unasked."""
    found = may_read(agent, path)
    if found is None:
        return Absent(f"{agent.title} is kept from {path}")
    certainty, why = found
    return Unknown(f"{agent.title}: {why}") if certainty == "possible" else Found(places(agent), why)


def _untrusted(agent: Agent, value: str) -> Answer:
    servers = [each for each in agent.access.mcp if "untrusted" in each.classes]
    if servers:
        told = f"{servers[0].name} brings {agent.title} text that strangers can write"
        return Found(tuple(sorted(each.source for each in servers)), told)
    return _runs(agent, value, commands=FETCH, otherwise="fetches nothing unasked")


def _present(agent: Agent, value: str) -> Answer:
    return Found(agent.sources[:1], f"{agent.title} is used here")


FACTS: tuple[Fact, ...] = (
    Fact(
        "agent=present",
        "An agent is used here.",
        "files that configure or name an agent; an assumed one does not count",
        of_agents(_present),
        (Agent,),
    ),
    Fact(
        "agent.shell=unrestricted",
        "An agent runs any code it likes without a person being asked.",
        "its rules, put to interpreters and runners of any command; its mode and sandbox",
        of_agents(partial(_runs, commands=ANY_CODE, otherwise="runs no code of its own unasked")),
        (Agent,),
    ),
    Fact(
        "agent.scripts=unasked",
        "An agent runs the tasks and tests of the tree without a person being asked.",
        "its rules, put to package scripts, make targets and test runners; its mode and sandbox",
        of_agents(partial(_runs, commands=CODE_OF_THE_TREE, otherwise="asks before it runs a task of the tree")),
        (Agent,),
    ),
    Fact(
        "agent.edits=unasked",
        "An agent changes files of the tree without a person being asked.",
        "its mode of approval",
        of_agents(_edits),
        (Agent,),
    ),
    Fact(
        "agent.mode=bypass",
        "An agent is started in a mode that skips every approval.",
        "settings that ask for such a mode, and commands of scripts that start an agent with such a flag",
        _bypassed,
        (Agent, ScriptFile),
    ),
    Fact(
        "readable=PLACE",
        "An agent reads this place of the home directory unasked, whatever lies there.",
        "its read rules and sandbox; no vendor keeps an agent from it by default",
        of_agents(lambda agent, place: reads(agent, _HOME[place]), by_default=True),
        (Agent,),
        values=lambda: tuple(_HOME),
    ),
    Fact(
        "content=untrusted",
        "An agent takes in text that strangers can write.",
        "MCP servers that bring such text, and whether it fetches pages unasked",
        of_agents(_untrusted),
        (Agent,),
    ),
)
