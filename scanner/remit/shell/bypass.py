"""Whether a command starts an agent in a mode in which it asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.shell.command import ShellCommand
from remit.shell.matching import find_path, has_flag


@dataclass(frozen=True, slots=True)
class Bypass:
    """A way of starting an agent without approvals: all of these flags together, or a setting."""

    programs: tuple[str, ...]
    path: tuple[str, ...]
    flags: tuple[str, ...]


def _b(programs: str, *flags: str, path: str = "") -> Bypass:
    return Bypass(tuple(programs.split()), tuple(path.split()), flags)


BYPASSES: tuple[Bypass, ...] = (
    _b("claude", "--dangerously-skip-permissions"),
    _b("claude", "--allow-dangerously-skip-permissions"),
    _b("claude", "--permission-mode=bypassPermissions"),
    _b("codex", "--dangerously-bypass-approvals-and-sandbox"),
    _b("codex", "--yolo"),
    _b("codex", "-s=danger-full-access", "-a=never"),
    _b("codex", "-s=danger-full-access", path="exec|e"),
    _b("codex", "--dangerously-bypass-hook-trust"),
    _b("gemini qwen", "--yolo"),
    _b("gemini qwen", "-y"),
    _b("gemini qwen", "--approval-mode=yolo"),
    _b("cursor-agent", "--force"),
    _b("cursor-agent", "-f"),
    _b("cursor-agent", "--yolo"),
    _b("agent", "--force", "-p"),
    _b("copilot", "--allow-all-tools"),
    _b("copilot", "--allow-all"),
    _b("copilot", "--yolo"),
    _b("q", "--trust-all-tools", path="chat"),
    _b("q", "-a", path="chat"),
    _b("kiro-cli", "--trust-all-tools"),
    _b("aider", "--yes-always"),
    _b("goose", "GOOSE_MODE=auto"),
    _b("opencode", "--auto"),
    _b("opencode", "--dangerously-skip-permissions"),
    _b("crush", "--yolo"),
    _b("crush", "-y"),
    _b("amp", "--dangerously-allow-all"),
    _b("droid", "--skip-permissions-unsafe", path="exec"),
    _b("droid", "--auto=high", path="exec"),
    _b("cn", "--auto"),
    _b("cn", "--allow=*"),
    _b("openhands", "--always-approve"),
    _b("openhands", "--yolo"),
    _b("cline", "--yolo"),
    _b("cline", "-y"),
    _b("kilocode", "--auto", "--yolo"),
    _b("auggie", "--dangerously-skip-permissions"),
)
"""Source: agent command references, September 2026; several flags are confirmed by incident reports."""

LONG_FLAGS: Mapping[str, str] = {"-s": "--sandbox", "-a": "--ask-for-approval"}
"""Long names of short flags, where a bypass is told by their values."""


def bypass_flags(command: ShellCommand) -> tuple[str, ...]:
    """The flags and settings with which a command starts an agent without approvals; empty for every other command."""
    found: dict[str, None] = {}
    for bypass in BYPASSES:
        if command.program in bypass.programs and _applies(command, bypass):
            found.update(dict.fromkeys(_written(flag) for flag in bypass.flags))
    return tuple(found)


def _applies(command: ShellCommand, bypass: Bypass) -> bool:
    if find_path(command.words, bypass.path, hidden=command.open) is None:
        return False
    return all(_given(command, flag) for flag in bypass.flags)


def _given(command: ShellCommand, flag: str) -> bool:
    if not flag.startswith("-"):
        return flag in command.switches
    name, mark, value = flag.partition("=")
    long = LONG_FLAGS.get(name)
    return has_flag(command, flag) or (long is not None and bool(mark) and has_flag(command, f"{long}={value}"))


def _written(flag: str) -> str:
    return flag.replace("=", " ") if flag.startswith("-") else flag
