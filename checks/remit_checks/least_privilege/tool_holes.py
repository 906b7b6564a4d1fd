"""What an agent runs unasked although no short list names it: rules, modes, programs, servers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Agent, Answer, McpServer, Rule
from remit.access.deeds import ANY_CODE
from remit.access.unasked import contained
from remit.evidence import Source, Unknown
from remit.policy.globs import matches
from remit.verbs import VERB_CLASSES
from remit_checks.least_privilege.infrastructure_programs import changes

_ANY_COMMAND = "any-program --any-flag"
_NO_COMMANDS = ("agent(", "edit(", "glob(", "grep(", "mcp", "read(", "skill(", "webfetch(", "websearch", "write(")
"""How rules begin that are about something else than commands."""
_PROGRAM = re.compile(r"(?:\(|: )(?P<program>[^\s:(),|]{1,100})")
"""The program at the start of a rule about commands, in the notation of any agent."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that runs although no short list names it."""

    what: Literal["mode", "rule", "program", "server"]
    text: str
    source: Source | None
    name: str = ""
    """The rule, program or server to deal with."""


def holes(agent: Agent, allow: tuple[str, ...], deny: tuple[str, ...]) -> tuple[Hole, ...]:
    """All that opens more than a list; `allow` are the policy's tools that may run unasked, `deny` those never."""
    return (
        *_by_rules(agent, allow),
        *_by_mode(agent),
        *_by_programs(agent, deny),
        *_by_interpreters(agent),
        *_by_servers(agent, allow),
    )


def left_open(agent: Agent, allow: tuple[str, ...]) -> str:
    """What keeps it from being certain that nothing does; empty where it is."""
    access, answer = agent.access, _unnamed(agent)
    for fact in (access.shell_without_approval, access.approval):
        if isinstance(fact, Unknown):
            return fact.why
    if answer is None:
        return "what it does with commands could not be worked out"
    if answer.assumed and answer.decision != "deny":
        return f"a vendor default of an unknown version decides about what no rule names ({answer.by})"
    unclear = [server.name for server in _unlisted(agent, allow) if not server.classes]
    if unclear:
        return (
            f"{unclear[0]} is approved beforehand, and what it can do is not known; list it under tools.allow if safe"
        )
    return ""


def confines_unnamed(agent: Agent) -> bool:
    """Whether what no rule names runs unasked, in a sandbox."""
    answer = _unnamed(agent)
    return answer is not None and answer.decision == "sandboxed"


def _by_rules(agent: Agent, allow: tuple[str, ...]) -> Iterator[Hole]:
    """Rules for the whole shell; and where the policy lists the tools, every rule that it does not list."""
    shell = agent.access.shell_without_approval
    # What no file could be read for may still ask about every command.
    reachable = not isinstance(shell, Unknown) and shell != "no"
    for rule in agent.access.rules:
        if rule.effect != "allow":
            continue
        if _whole_shell(rule) and reachable:
            yield Hole("rule", f"{rule.text} lets any command run", rule.source, rule.text)
        elif allow and not any(matches(glob, form) for glob in allow for form in _forms(rule)):
            yield Hole("rule", f"{rule.text} is not among the policy's tools.allow", rule.source, rule.text)


def _whole_shell(rule: Rule) -> bool:
    return set(rule.classes) == set(VERB_CLASSES)


def _forms(rule: Rule) -> tuple[str, str]:
    return rule.text, rule.text.partition(": ")[2]


def _by_mode(agent: Agent) -> Iterator[Hole]:
    """What the agent does with a command that no rule names."""
    if agent.bypass:
        yield Hole("mode", "it is started in a mode that asks about nothing", agent.bypass[0])
    answer = _unnamed(agent)
    if agent.bypass or answer is None or answer.assumed or _named_by_rule(agent, answer):
        return
    if answer.decision == "classifier":
        yield Hole("mode", f"a model decides about what no rule names ({answer.by})", answer.source)
    elif answer.decision == "allow" or (answer.decision == "sandboxed" and not contained(agent)):
        where = ", in a sandbox with a way out or an open network" if answer.decision == "sandboxed" else ""
        yield Hole("mode", f"what no rule names runs unasked{where} ({answer.by})", answer.source)


def _unnamed(agent: Agent) -> Answer | None:
    return agent.access.decide(_ANY_COMMAND) if agent.access.decide else None


def _named_by_rule(agent: Agent, answer: Answer) -> bool:
    return any(rule.text == answer.by for rule in agent.access.rules if rule.effect == "allow")


def _by_programs(agent: Agent, deny: tuple[str, ...]) -> Iterator[Hole]:
    """Programs of infrastructure that a rule of their own lets change something."""
    decide, default = agent.access.decide, _unnamed(agent)
    if decide is None or default is None:
        return
    for program in _spoken_of(agent, deny):
        for command in changes(program):
            answer = decide(command)
            if answer.decision in {"allow", "sandboxed"} and not answer.assumed and answer.by != default.by:
                yield Hole("program", f"`{command}` runs unasked by {answer.by}", answer.source, program)
                break


def _by_interpreters(agent: Agent) -> Iterator[Hole]:
    """Rules for programs that run whatever code they are given: each is the whole shell by another name."""
    decide, default = agent.access.decide, _unnamed(agent)
    if decide is None or default is None:
        return
    told = {default.by, *(rule.text for rule in agent.access.rules if _whole_shell(rule))}
    programs = {command: command.partition(" ")[0] for command in ANY_CODE}
    spoken = set(_spoken_of(agent, tuple(programs.values())))
    for command in (each for each, program in programs.items() if program in spoken):
        answer = decide(command)
        if answer.decision == "allow" and not answer.assumed and answer.by not in told:
            told.add(answer.by)
            yield Hole("rule", f"`{command}` runs any code, unasked by {answer.by}", answer.source, answer.by)


def _spoken_of(agent: Agent, programs: tuple[str, ...]) -> list[str]:
    """Those of the programs that an allow rule may be about; to ask the agent about all of them takes too long."""
    texts = [rule.text.casefold() for rule in agent.access.rules if rule.effect == "allow"]
    texts = [text for text in texts if not text.startswith(_NO_COMMANDS)]
    wild = any(set("*?[") & set(found["program"]) for text in texts if (found := _PROGRAM.search(text)))
    return [each for each in programs if wild or any(each.casefold() in text for text in texts)]


def _by_servers(agent: Agent, allow: tuple[str, ...]) -> Iterator[Hole]:
    for server in _unlisted(agent, allow):
        does = {"write", "shell"} & set(server.classes)
        if allow or does:
            what = "and can change things" if does else "and is not among the policy's tools.allow"
            yield Hole("server", f"the server {server.name} is approved beforehand {what}", server.source, server.name)


def _unlisted(agent: Agent, allow: tuple[str, ...]) -> list[McpServer]:
    """Servers that start, or whose tools run, unasked and that the policy does not allow to."""
    return [
        server
        for server in agent.access.mcp
        if server.auto_approved
        and not any(
            matches(glob, form)
            for glob in allow
            for form in (server.name, f"mcp__{server.name}", server.package or server.name)
        )
    ]
