"""Settings that really keep an agent from reading certain paths, its shell included.

A rule of the file tools alone binds neither `python` nor `base64`; only the operating system holds those back. Sources:
Claude Code documentation, "Permissions" and "Sandboxing"; Codex documentation, "Permissions" (2026).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from remit.access.agent import Agent
from remit.evidence import Unknown
from remit.remedy import Remedy, edit
from remit_checks.agent_files import known

_PROFILE = "no-secrets"
_MOST = 30


def deny_reading(agent: Agent, paths: Sequence[str]) -> tuple[Remedy, ...]:
    """The edit that keeps these paths from an agent; nothing where no setting of it could.

    Paths are relative to the target, or start with `~/` or `/`.
    """
    written = [path for path in (_within(agent, each) for each in paths[:_MOST]) if path]
    if len(written) < len(paths[:_MOST]):
        return ()
    found = known(
        agent,
        {
            "claude-code": (".claude/settings.json", _claude(agent, written)),
            "codex": (".codex/config.toml", _codex(written)),
        },
    )
    # A sandbox refuses what worked before, and so does a file that a task needs.
    title = f"Keep {paths[0]}{' and more' if len(paths) > 1 else ''} from it, by the operating system"
    return (edit(found[0], title, found[1], safe=False),) if found else ()


def _within(agent: Agent, path: str) -> str:
    """The path as the agent's own rules would write it; empty for one that they cannot name."""
    if set("\"'()[]*?\\\n") & set(path):
        return ""
    if path.startswith(("~/", "/")) or not agent.root:
        return path
    inside = path.removeprefix(f"{agent.root}/")
    return inside if inside != path else ""


def _claude(agent: Agent, paths: Sequence[str]) -> str:
    anchor = "./" if agent.where == "machine" else "/"
    named = [
        path if path.startswith("~/") else f"/{path}" if path.startswith("/") else f"{anchor}{path}" for path in paths
    ]
    settings: dict[str, object] = {"permissions": {"deny": [f"Read({each})" for each in named]}}
    shell = agent.access.shell_without_approval
    if isinstance(shell, Unknown) or shell != "no":
        settings["sandbox"] = {"enabled": True, "failIfUnavailable": True, "allowUnsandboxedCommands": False}
    return json.dumps(settings, indent=2)


def _codex(paths: Sequence[str]) -> str:
    tables: Mapping[str, list[str]] = {
        "": [path for path in paths if path.startswith(("~/", "/"))],
        '.":workspace_roots"': [path for path in paths if not path.startswith(("~/", "/"))],
    }
    lines = [
        "# takes effect only where sandbox_mode is set nowhere",
        f'default_permissions = "{_PROFILE}"',
        "",
        f"[permissions.{_PROFILE}]",
        'extends = ":workspace"',
    ]
    for name, members in tables.items():
        if members:
            lines += ["", f"[permissions.{_PROFILE}.filesystem{name}]"]
            lines += [f'{json.dumps(path)} = "deny"' for path in members]
    return "\n".join(lines)
