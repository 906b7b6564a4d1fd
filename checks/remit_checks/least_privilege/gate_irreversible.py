"""LP-028."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Agent, Decision, Gate
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import ScriptFile, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verbs import VerbClass
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.agent_commands import by_name
from remit_checks.agent_files import known, only_prose
from remit_checks.least_privilege.control_planes import LOCAL, leads_to


@dataclass(frozen=True, slots=True)
class _Judged:
    """What stands before one class of destructive commands."""

    verb_class: VerbClass
    answer: Literal["gated", "open", "unknown"]
    why: str = ""
    gate: Gate | None = None


_RANK = {"open": 0, "unknown": 1, "gated": 2}


@check(
    "LP-028",
    "gate-irreversible",
    severity="critical",
    parameters=("gate.classes", "gate.approvers_min"),
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
    incidents=(
        "INC-01",
        "INC-02",
        "INC-03",
        "INC-04",
        "INC-05",
        "INC-06",
        "INC-08",
        "INC-09",
        "INC-11",
        "INC-13",
        "INC-23",
        "INC-24",
        "INC-29",
    ),
    attestable=True,
    needs=(ScriptFile,),
)
def gate_irreversible(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """Nothing irreversible happens before a person has said yes.

    Agents destroy by helpfulness: the volume, the tables and the platform were each deleted to repair something. A
    rule in a prompt did not stop one of them. What stops them is a program that refuses, or asks a person, whatever
    the model thinks; a list of bad commands is easily walked round, so the default must be to ask.

    Fix:
        Let the agent ask before every command that is not on a short list of harmless ones, and take out the rules
        that allow the commands named here. Put what must never run under deny.
    """
    started = tuple(by_name(graph.scripts))
    judged = [_weakest(agent, each, policy, started) for each in policy.gate.classes]
    ungated = [each for each in judged if each.answer == "open"]
    left_open = [each for each in judged if each.answer == "unknown"]
    places = _places(agent, [*ungated, *left_open] or judged)
    if ungated:
        text = f"{agent.title} is not held back: {_listed(ungated)}" + (
            f"; not known: {_classes(left_open)}" if left_open else ""
        )
        hook = agent.access.gate_hook
        if isinstance(hook, Unknown):
            return unknown(f"{text}; {hook.why}", *places, remedies=tuple(_remedies(agent, ungated)))
        if hook:
            hooked = "a hook is asked before its commands, but what that program refuses cannot be seen from here"
            return unknown(f"{text}; {hooked}", *places, remedies=tuple(_remedies(agent, ungated)))
        return fail(text, *places, remedies=tuple(_remedies(agent, ungated)))
    if left_open:
        return unknown(f"{agent.title}: {_listed(left_open)}", *places, remedies=tuple(_remedies(agent, left_open)))
    return ok(f"{agent.title} asks, refuses or holds what cannot be undone: {_classes(judged)}", *places)


# ------------------------------------------------------------------------------------------------------- judging


def _weakest(agent: Agent, verb_class: VerbClass, policy: Policy, started: Sequence[tuple[VerbClass, str]]) -> _Judged:
    """What stands before the class by its own name, and by the names under which scripts of the tree do it."""
    gate, decide = agent.access.gate(verb_class), agent.access.decide
    if gate is None:
        return _without_gate(agent, verb_class)
    gates = [gate]
    for command in {command: None for effect, command in started if effect == verb_class and decide}:
        answer = decide(command) if decide else None
        if answer:
            gates.append(Gate(verb_class, answer.decision, command, answer.by, answer.assumed, answer.source))
    return min((_judged(agent, verb_class, each, policy) for each in gates), key=lambda each: _RANK[each.answer])


def _judged(agent: Agent, verb_class: VerbClass, gate: Gate, policy: Policy) -> _Judged:
    decision = gate.decision
    if isinstance(decision, Unknown):
        return _Judged(verb_class, "unknown", decision.why, gate)
    if agent.bypass and decision in {"ask", "classifier"}:
        return _Judged(verb_class, "open", f"{agent.bypass[0]} starts it in a mode that asks about nothing", gate)
    if gate.assumed and decision != "deny":
        if only_prose(agent):
            return _Judged(verb_class, "open", "only text addressed to the model speaks of it", gate)
        return _Judged(verb_class, "unknown", f"a vendor default of an unknown version decides ({gate.by})", gate)
    return _decided(agent, verb_class, gate, decision, policy)


def _decided(agent: Agent, verb_class: VerbClass, gate: Gate, decision: Decision, policy: Policy) -> _Judged:
    match decision:
        case "deny":
            return _Judged(verb_class, "gated", gate=gate)
        case "ask" if policy.gate.approvers_min > 1:
            why = f"a prompt is answered by one person, and the policy asks for {policy.gate.approvers_min}"
            return _Judged(verb_class, "unknown", why, gate)
        case "ask":
            return _Judged(verb_class, "gated", gate=gate)
        case "sandboxed":
            return _sandboxed(agent, verb_class, gate)
        case "classifier":
            return _Judged(verb_class, "open", f"a model decides instead of a person ({gate.by})", gate)
        case "allow":
            return _Judged(verb_class, "open", f"runs unasked by {gate.by}", gate)


def _without_gate(agent: Agent, verb_class: VerbClass) -> _Judged:
    shell = agent.access.shell_without_approval
    if isinstance(shell, Unknown):
        return _Judged(verb_class, "unknown", shell.why)
    if shell == "no":
        return _Judged(verb_class, "gated")
    return _Judged(verb_class, "unknown", "what it does with such commands is not known")


def _sandboxed(agent: Agent, verb_class: VerbClass, gate: Gate) -> _Judged:
    """A sandbox counts only where it has no way out, and lets no connection through that could do the deed."""
    sandbox, egress = agent.access.sandbox, agent.access.egress
    ran = "runs unasked in a sandbox"
    if isinstance(sandbox.enabled, Unknown):
        return _Judged(verb_class, "unknown", sandbox.enabled.why, gate)
    if not sandbox.enabled or sandbox.escapes:
        way = sandbox.escapes[0] if sandbox.escapes else "it is switched off"
        return _Judged(verb_class, "open", f"{ran} with a way out: {way}", gate)
    if verb_class in LOCAL:
        return _Judged(verb_class, "gated", gate=gate)
    if isinstance(egress.mode, Unknown):
        return _Judged(verb_class, "unknown", egress.mode.why, gate)
    if egress.mode == "open":
        return _Judged(verb_class, "open", f"{ran} whose network is open", gate)
    through = [host for host in egress.hosts if leads_to(host, verb_class)] if egress.mode == "allowlist" else []
    if through:
        return _Judged(verb_class, "open", f"{ran} that lets {through[0]} through", gate)
    return _Judged(verb_class, "gated", gate=gate)


def _places(agent: Agent, judged: Sequence[_Judged]) -> tuple[Source, ...]:
    found = [each.gate.source for each in judged if each.gate and each.gate.source]
    return tuple(dict.fromkeys((*found, *agent.sources)))


def _listed(judged: Sequence[_Judged]) -> str:
    """Each reason once, with the classes it holds for."""
    reasons: dict[str, list[_Judged]] = defaultdict(list)
    for each in judged:
        reasons[each.why].append(each)
    parts = [f"{_classes(found)} ({why}{_sample(found[0])})" for why, found in list(reasons.items())[:3]]
    return "; ".join(parts) + (f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else "")


def _sample(judged: _Judged) -> str:
    return f": {judged.gate.command}" if judged.gate and judged.gate.command else ""


def _classes(judged: Sequence[_Judged]) -> str:
    return ", ".join(each.verb_class for each in judged)


# ------------------------------------------------------------------------------------------------------- remedies


_SETTINGS: Mapping[str, tuple[str, str]] = {
    "claude-code": (
        ".claude/settings.json",
        json.dumps(
            {
                "permissions": {
                    "defaultMode": "default",
                    "disableAutoMode": "disable",
                    "disableBypassPermissionsMode": "disable",
                },
                "sandbox": {"autoAllowBashIfSandboxed": False},
            },
            indent=2,
        ),
    ),
    "codex": (
        ".codex/config.toml",
        'approval_policy = "on-request"\nsandbox_mode = "workspace-write"\n\n'
        "[sandbox_workspace_write]\nnetwork_access = false",
    ),
    "gemini-cli": (
        ".gemini/settings.json",
        '{\n  "general": {"defaultApprovalMode": "default"},\n  "tools": {"allowed": []}\n}',
    ),
    "opencode": ("opencode.json", '{\n  "permission": {"bash": {"*": "ask"}}\n}'),
}


def _remedies(agent: Agent, judged: Sequence[_Judged]) -> Iterator[Remedy]:
    found = known(agent, _SETTINGS)
    if found:
        # People are asked where they were not before: work slows down, and unattended runs stop.
        yield edit(found[0], "Ask before every command that no rule allows", found[1], safe=False)
    rules: dict[str, list[str]] = defaultdict(list)
    for each in judged:
        if (
            each.gate
            and each.gate.source
            and not isinstance(each.gate.decision, Unknown)
            and each.gate.decision == "allow"
        ):
            line = f"line {each.gate.source.line}: remove {each.gate.by}"
            if line not in rules[each.gate.source.path]:
                rules[each.gate.source.path].append(line)
    for path, lines in sorted(rules.items()):
        yield edit(path, "Take out what lets these commands run unasked", "\n".join(lines), safe=False)
    if not found:
        yield manual(
            "Let a person decide on each of these commands",
            "1. Choose the agent's mode that asks before every command.\n"
            f"2. Refuse, or ask for, each of: {_classes(judged)}.\n"
            "3. Let the administrator's settings keep people from switching that off.",
        )
