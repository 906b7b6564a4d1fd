"""Rules that keep an agent from certain commands, in the notation of each agent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from remit.access.agent import Agent
from remit.remedy import Remedy, edit, manual
from remit_checks.agent_files import known


def deny_remedies(agent: Agent, prefixes: Sequence[str]) -> tuple[Remedy, ...]:
    """Deny rules for commands that begin with these words, and the removal of rules that allow them."""
    title = f"Refuse {', '.join(prefixes[:2])} and their like"
    found = known(agent, _files(prefixes))
    if found is None:
        steps = "\n".join(
            f"{number}. Refuse every command that begins with `{each}`." for number, each in enumerate(prefixes, 1)
        )
        return (manual(f"{title} in the agent's settings", steps),)
    return (edit(found[0], title, found[1]),)


def _files(prefixes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """File and lines by agent. Sources: the agents' configuration references, September 2026."""
    return {
        "claude-code": (".claude/settings.json", _claude(prefixes)),
        "codex": (".codex/rules/default.rules", _codex(prefixes)),
        "cursor": (".cursor/cli.json", _json({"permissions": {"deny": [f"Shell({each})" for each in prefixes]}})),
        "gemini-cli": ("~/.gemini/policies/deny.toml", _gemini(prefixes)),
        "opencode": ("opencode.json", _json({"permission": {"bash": {f"{each}*": "deny" for each in prefixes}}})),
    }


def _claude(prefixes: Sequence[str]) -> str:
    return _json({"permissions": {"deny": [f"Bash({each}:*)" for each in prefixes]}})


def _codex(prefixes: Sequence[str]) -> str:
    return "\n".join(f'prefix_rule(pattern={json.dumps(each.split())}, decision="forbidden")' for each in prefixes)


def _gemini(prefixes: Sequence[str]) -> str:
    rule = '[[rule]]\ntoolName = "run_shell_command"\ncommandPrefix = {}\ndecision = "deny"\npriority = 900\n'
    return "\n".join(rule.format(json.dumps(each)) for each in prefixes)


def _json(value: object) -> str:
    return json.dumps(value, indent=2)
