"""Whether a command starts an agent in a mode in which it asks for nothing."""

from __future__ import annotations

from remit.command_effects import BYPASSES, LONG_FLAGS, Bypass
from remit.shell.command import ShellCommand
from remit.shell.matching import find_path, has_flag


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
