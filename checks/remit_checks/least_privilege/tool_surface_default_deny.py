"""LP-022."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from remit.access.agent import Agent, Rule
from remit.check import check
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.agent_files import known
from remit_checks.least_privilege.tool_holes import Hole, confines_unnamed, holes, left_open
from remit_checks.least_privilege.usable_credentials import listed

_MODES = {
    "claude-code": (".claude/settings.json", '{\n  "permissions": {"defaultMode": "default"}\n}'),
    "codex": (".codex/config.toml", 'approval_policy = "on-request"\nsandbox_mode = "workspace-write"'),
}


@check(
    "LP-022",
    "tool-surface-default-deny",
    severity="high",
    parameters=("tools.allow", "tools.deny"),
    frameworks={
        "owasp-agentic": ("ASI02",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0053", "AML.M0028", "AML.M0030"),
        "nist-800-53": ("CM-7", "CM-7(5)", "AC-6", "SC-7(8)"),
        "nist-csf": ("PR.PS-05", "PR.AA-05"),
        "iso-27001": ("A.8.19", "A.8.18", "A.8.9"),
        "iso-42001": ("A.4.4", "A.9.2"),
        "soc2": ("CC6.1", "CC6.8"),
        "cis": ("2.5", "2.7", "4.8"),
        "nist-ai-rmf": ("MAP 4.2", "MANAGE 1.3"),
        "eu-ai-act": ("15", "14"),
        "csa-aicm": ("AIS-11", "IAM-19"),
    },
    incidents=("INC-01", "INC-03", "INC-04", "INC-05", "INC-28", "INC-29"),
    attestable=True,
)
def tool_surface_default_deny(agent: Agent, policy: Policy) -> Verdict:
    """An agent runs unasked only what a short list names, and no program of infrastructure is on it.

    What an agent can break is the sum of all the programs it may start. Lists of forbidden commands have been walked
    round again and again, so the default must be to refuse or to ask. A rule for a whole program such as `terraform`,
    or a server that starts because it stands in a file, opens more than the task it was written for.

    Fix:
        Take out rules for the whole shell and for programs of infrastructure, let the agent ask about everything that
        no rule allows, and approve servers one by one.
    """
    found = holes(agent, policy.tools.allow, policy.tools.deny)
    if found:
        return _open(agent, found)
    if why := left_open(agent, policy.tools.allow):
        return unknown(f"{agent.title}: {why}", *agent.sources, remedies=tuple(_remedies(agent, ())))
    return ok(f"{agent.title} {_surface(agent)}: no program of infrastructure is on its list", *agent.sources)


def _surface(agent: Agent) -> str:
    rules = sum(rule.effect == "allow" for rule in agent.access.rules)
    if confines_unnamed(agent):
        return "runs what no rule names only in a sandbox that holds it"
    return f"runs unasked what its allow rules name ({rules}), and no more" if rules else "asks about or refuses all"


def _open(agent: Agent, found: Sequence[Hole]) -> Verdict:
    """A hook before the shell may refuse what the rules let through; it is not asked about servers that start."""
    places = tuple(dict.fromkeys([*(each.source for each in found if each.source), *agent.sources]))
    remedies = tuple(_remedies(agent, found))
    text = f"{agent.title}: {listed([each.text for each in found], 4)}"
    hook = agent.access.gate_hook
    if not places:
        return unknown(f"{text}; no file of it was seen", remedies=remedies)
    if any(each.what == "server" for each in found) or (not isinstance(hook, Unknown) and not hook):
        return fail(text, *places, remedies=remedies)
    why = hook.why if isinstance(hook, Unknown) else "what the hook before its commands refuses cannot be seen"
    return unknown(f"{text}; {why}", *places, remedies=remedies)


# ------------------------------------------------------------------------------------------------------- remedies


def _remedies(agent: Agent, found: Sequence[Hole]) -> Iterator[Remedy]:
    programs = [each.name for each in found if each.what == "program"]
    if programs and (place := known(agent, _asking(programs))):
        yield edit(place[0], f"Ask before {', '.join(programs[:3])}", place[1])
    if (not found or any(each.what == "mode" for each in found)) and (place := known(agent, _MODES)):
        yield edit(place[0], "Ask about everything that no rule allows", place[1], safe=False)
    if any(each.what == "server" for each in found) and (place := known(agent, _one_by_one(found))):
        yield edit(place[0], "Approve servers one by one", place[1], safe=False)
    lines: dict[str, list[str]] = defaultdict(list)
    for rule in agent.access.rules:
        if rule.effect == "allow" and _concerns(rule, found):
            lines[rule.source.path].append(f"line {rule.source.line}: remove {rule.text}")
    for path, found_lines in sorted(lines.items()):
        yield edit(path, "Take out what opens too much", "\n".join(found_lines), safe=False)
    yield manual(
        "Begin with nothing allowed",
        "1. Choose the agent's mode that asks before every command.\n"
        "2. Allow only the commands that every task needs, each with its sub-command.\n"
        "3. Register only the servers that the task needs, and approve each by name.",
        safe=False,
    )


def _concerns(rule: Rule, found: Sequence[Hole]) -> bool:
    by_server = [each.name for each in found if each.what == "server"]
    return any(each.what == "rule" and each.name == rule.text for each in found) or any(
        "mcp" in rule.text.lower() and name in rule.text for name in by_server
    )


def _asking(programs: Sequence[str]) -> dict[str, tuple[str, str]]:
    bash = {f"{each}*": "ask" for each in programs}
    return {
        "claude-code": (
            ".claude/settings.json",
            json.dumps({"permissions": {"ask": [f"Bash({each}:*)" for each in programs]}}, indent=2),
        ),
        "codex": (
            ".codex/rules/default.rules",
            "\n".join(f'prefix_rule(pattern=[{json.dumps(each)}], decision="prompt")' for each in programs),
        ),
        "opencode": ("opencode.json", json.dumps({"permission": {"bash": bash}}, indent=2)),
    }


def _one_by_one(found: Sequence[Hole]) -> dict[str, tuple[str, str]]:
    names = [each.name for each in found if each.what == "server"]
    tables = [f'[mcp_servers.{json.dumps(each)}]\ndefault_tools_approval_mode = "prompt"' for each in names]
    settings = {"enableAllProjectMcpServers": False, "permissions": {"ask": [f"mcp__{each}" for each in names]}}
    return {
        "claude-code": (".claude/settings.json", json.dumps(settings, indent=2)),
        "codex": (".codex/config.toml", "\n\n".join(tables)),
    }
