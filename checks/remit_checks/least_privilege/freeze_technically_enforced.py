"""LP-033."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Command, ScriptFile, Source, Unknown
from remit.policy.declared import FreezeWindow
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.policy.records import end_of, start_of
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, skip, unknown
from remit_checks.least_privilege.usable_credentials import listed

_EXAMPLE = '[[freeze.windows]]\nname = "year end"\nfrom = {year}-12-20\nuntil = {next}-01-06'


@dataclass(frozen=True, slots=True)
class _Way:
    """Something that changes production's world during a freeze, and that nothing holds back."""

    text: str
    source: Source


@check(
    "LP-033",
    "freeze-technically-enforced",
    severity="high",
    parameters=("freeze.windows",),
    frameworks={
        "owasp-agentic": ("ASI02", "ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0029", "AML.M0028"),
        "nist-800-53": ("CM-3", "CM-5", "AC-3(2)", "CP-9(7)"),
        "nist-csf": ("PR.PS-01", "PR.AA-05", "ID.RA-07"),
        "iso-27001": ("A.8.32", "A.5.3"),
        "iso-42001": ("A.9.2", "A.6.2.6"),
        "soc2": ("CC8.1", "CC6.3"),
        "cis": ("4.1", "2.7"),
        "nist-ai-rmf": ("MAP 3.5", "MANAGE 2.4"),
        "eu-ai-act": ("14", "26"),
        "csa-aicm": ("CCC-04",),
    },
    incidents=("INC-01", "INC-02"),
    attestable=True,
    needs=(Agent, ScriptFile),
)
def freeze_technically_enforced(graph: AccessGraph, policy: Policy, now: datetime) -> Verdict:
    """A freeze is held by something that refuses, not by words.

    The freeze in which an agent emptied a company's database had been declared in capitals, in the prompt. The agent
    said afterwards that it had known. A lock on the branch, a gate before the deployment or a role without rights
    needs nobody to remember.

    Fix:
        For the days of the freeze lock the default branch by a ruleset, let every deployment wait for an approval, and
        take the rights to write from the roles that agents use. Let the agents ask before whatever destroys.
    """
    concerned = [each for each in policy.freeze.windows if any(matches(glob, graph.target) for glob in each.targets)]
    source = graph.origins.get("freeze.windows")
    places = (source,) if source else ()
    if not concerned and not graph.agents and not graph.scripts:
        return skip("no agent is used here, and nothing here deploys or destroys")
    if not concerned:
        return unknown("no freeze is declared for this target", *places, remedies=(_declare(now),))
    ahead = [each for each in concerned if now < end_of(each.until)]
    if not ahead:
        return unknown("every declared freeze is over, and no other one is", *places, remedies=(_declare(now),))
    named = " and ".join(_named(each, now) for each in ahead[:3])
    ways = [*_agents(graph), *_pipelines(graph)]
    if ways:
        text = f"nothing holds {named}: {listed([each.text for each in ways])}"
        return fail(text, *dict.fromkeys(each.source for each in ways), *places, remedies=_remedies(ahead))
    return unknown(f"what holds {named} is in no file that was read", *places, remedies=_remedies(ahead))


def _named(window: FreezeWindow, now: datetime) -> str:
    running = now >= start_of(window.starts)
    return f"the freeze {window.name!r} ({'until' if running else 'from'} {window.until if running else window.starts})"


def _agents(graph: AccessGraph) -> Iterator[_Way]:
    """Agents that surely run something destructive without a person or a program in between."""
    for agent in graph.agents:
        hook = agent.access.gate_hook
        if agent.assumed or isinstance(hook, Unknown) or hook:
            continue
        for gate in agent.access.gates:
            decision = gate.decision
            if not isinstance(decision, Unknown) and decision == "allow" and not gate.assumed and agent.sources:
                place = gate.source or agent.sources[0]
                yield _Way(f"{agent.title} runs `{gate.command}` unasked ({gate.by})", place)
                break


def _pipelines(graph: AccessGraph) -> Iterator[_Way]:
    """Jobs that destroy, deploy or migrate and that wait for nobody."""
    for script in graph.scripts:
        for command in script.commands:
            if command.context.startswith("workflow job") and command.effects and not _held(command):
                written = " ".join((command.program, *command.words))[:100]
                yield _Way(f"{script.path} runs `{written}` and waits for nobody", command.source)
                break


def _held(command: Command) -> bool:
    """Whether a person approves first, or nobody knows, or it only shows what would happen."""
    return command.previewed or isinstance(command.gated, Unknown) or command.gated


def _remedies(windows: Sequence[FreezeWindow]) -> tuple[Remedy, ...]:
    days = ", ".join(f"{each.starts} to {each.until}" for each in windows[:3])
    return (
        manual(
            "Hold the freeze by locks, then attest it",
            f"1. Lock the default branch by a ruleset for {days}.\n"
            "2. Put every deploying job behind a protected environment with reviewers.\n"
            "3. Take the rights to write from the database roles and cloud roles that agents use.\n"
            '4. Attest in the auditor\'s policy: [[attestations]] control = "LP-033", by, on, valid_days, evidence.',
            safe=False,
        ),
    )


def _declare(now: datetime) -> Remedy:
    body = _EXAMPLE.format(year=now.year, next=now.year + 1)
    return manual("Declare freezes in the auditor's policy, or attest that there are none", body)
