"""What an agent would do with certain commands: refuse, ask a person, or run them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from remit.access.agent import Agent, Decision
from remit.access.edges.scripts import PIPELINES, invocation
from remit.evidence import Maybe, ScriptFile, Source, Unknown
from remit.remedy import Remedy
from remit.verbs import VerbClass
from remit.verdict import Verdict, fail, ok, unknown


@dataclass(frozen=True, slots=True)
class _Answer:
    command: str
    decision: Maybe[Decision]
    by: str
    source: Source | None = None
    assumed: bool = False


def by_name(scripts: Sequence[ScriptFile]) -> Iterator[tuple[VerbClass, str]]:
    """Each destructive class that a script of the tree starts, with the harmless-looking command that starts it."""
    for script in scripts:
        for command in () if script.path.startswith(PIPELINES) else script.commands:
            for effect in command.effects:
                yield cast("VerbClass", effect), invocation(script, command)


def judged(agent: Agent, verb_class: VerbClass, commands: Sequence[str], remedies: tuple[Remedy, ...]) -> Verdict:
    """Judge an agent by its weakest answer to commands of one class.

    A command it runs unasked fails; one that a model decides about, or that a vendor default of an unknown version
    decides about, leaves the verdict open.
    """
    answers = tuple(_answers(agent, verb_class, commands))
    if not answers:
        return _by_rules(agent, verb_class, remedies)
    places = tuple(dict.fromkeys([*(each.source for each in answers if each.source), *agent.sources]))
    for each in answers:
        if _runs(agent, each):
            text = f"{agent.title} runs `{each.command}` without asking ({each.by})"
            return _failed(text, places, remedies)
    for each in answers:
        why = _open(agent, each)
        if why:
            return unknown(f"{agent.title}: {why}", *places, remedies=remedies)
    asked = next((each for each in answers if each.decision == "ask"), None)
    if asked:
        return ok(f"{agent.title} asks a person each time, e.g. before `{asked.command}` ({asked.by})", *places)
    return ok(f"{agent.title} refuses such commands, e.g. `{answers[0].command}` ({answers[0].by})", *places)


def _failed(text: str, places: tuple[Source, ...], remedies: tuple[Remedy, ...]) -> Verdict:
    if not places:
        return unknown(f"{text}; no file of it was seen", remedies=remedies)
    return fail(text, *places, remedies=remedies)


def _answers(agent: Agent, verb_class: VerbClass, commands: Sequence[str]) -> Iterator[_Answer]:
    gate = agent.access.gate(verb_class)
    if gate is not None:
        yield _Answer(gate.command, gate.decision, gate.by, gate.source, gate.assumed)
    if agent.access.decide is not None:
        for command in commands:
            found = agent.access.decide(command)
            if isinstance(found, Unknown):
                yield _Answer(command, found, found.why)
            else:
                yield _Answer(command, found.decision, found.by, found.source, found.assumed)


def _runs(agent: Agent, answer: _Answer) -> bool:
    if isinstance(answer.decision, Unknown):
        return False
    if agent.bypass and answer.decision in {"ask", "classifier"}:
        return True
    if answer.assumed:
        return False
    if answer.decision == "sandboxed":
        # What these commands destroy lies behind the network: a sandbox that lets it through holds nothing back.
        mode = agent.access.egress.mode
        return not isinstance(mode, Unknown) and mode == "open"
    return answer.decision == "allow"


def _open(agent: Agent, answer: _Answer) -> str:
    """Why an answer leaves the verdict open; empty for one that does not."""
    if isinstance(answer.decision, Unknown):
        return answer.decision.why
    if answer.assumed and answer.decision != "deny":
        return f"a vendor default of an unknown version decides about `{answer.command}` ({answer.by})"
    if answer.decision == "classifier":
        return f"a model decides about `{answer.command}` instead of a person ({answer.by})"
    if answer.decision == "sandboxed":
        mode = agent.access.egress.mode
        if isinstance(mode, Unknown):
            return mode.why
        if mode == "allowlist":
            return f"`{answer.command}` runs unasked in a sandbox, whose hosts may include the provider's"
    return ""


def _by_rules(agent: Agent, verb_class: VerbClass, remedies: tuple[Remedy, ...]) -> Verdict:
    """Judge by rules and mode alone, where the agent's own answers are not known."""
    rules = [rule for rule in agent.access.rules if verb_class in rule.classes]
    for rule in rules:
        if rule.effect == "allow" and not any(other.effect == "deny" for other in rules):
            return fail(f"{agent.title} allows such commands by {rule.text}", rule.source, remedies=remedies)
    held = [rule for rule in rules if rule.effect != "allow"]
    if held:
        return ok(f"{agent.title} has a rule: {held[0].effect} {held[0].text}", *(rule.source for rule in held))
    return _by_mode(agent, remedies)


def _by_mode(agent: Agent, remedies: tuple[Remedy, ...]) -> Verdict:
    approval = agent.access.approval
    if isinstance(approval, Unknown):
        return unknown(approval, *agent.sources, remedies=remedies)
    if agent.access.approval_assumed or approval == "classifier":
        why = (
            "a model decides about commands" if approval == "classifier" else "a vendor default decides about commands"
        )
        return unknown(f"{agent.title}: {why}", *agent.sources, remedies=remedies)
    if approval == "bypass":
        return _failed(f"{agent.title} asks about nothing at all", agent.bypass or agent.sources, remedies)
    return ok(f"{agent.title} asks a person each time, though no rule speaks of such commands", *agent.sources)
