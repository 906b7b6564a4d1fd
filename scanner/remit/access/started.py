"""Agents as the tree starts them: a script that switches approvals off outranks the settings beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from remit.access.agent import Agent
from remit.access.edges.scripts import PIPELINES
from remit.evidence import ScriptFile, Source, Subject

_PROGRAMS: Mapping[str, frozenset[str]] = {
    "claude-code": frozenset({"claude"}),
    "codex": frozenset({"codex"}),
    "cursor": frozenset({"cursor-agent", "agent"}),
}
"""By which programs an agent is started."""
_OFFERS = frozenset({"--allow-dangerously-skip-permissions", "--dangerously-bypass-hook-trust"})
"""Flags that do not switch approvals off by themselves."""


def as_started(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    """The same subjects, the agents among them with every script that starts them without approvals."""
    found = tuple(subjects)
    scripts = [each for each in found if isinstance(each, ScriptFile) and not each.path.startswith(PIPELINES)]
    return tuple(_started(each, scripts) if isinstance(each, Agent) else each for each in found)


def _started(agent: Agent, scripts: Iterable[ScriptFile]) -> Agent:
    if agent.where == "ci" or agent.access.bypass_reachable is False:
        return agent
    places = dict.fromkeys((*agent.bypass, *_without_approvals(agent, scripts)))
    return replace(agent, bypass=tuple(places)) if len(places) > len(agent.bypass) else agent


def _without_approvals(agent: Agent, scripts: Iterable[ScriptFile]) -> Iterator[Source]:
    programs = _PROGRAMS.get(agent.agent, frozenset())
    for script in scripts:
        for command in script.commands:
            # Nobody knows which agent the assumed one is, so whatever is started may be it.
            if set(command.bypass) - _OFFERS and (agent.assumed or command.program in programs):
                yield command.source
