"""The programs Claude Code asks before it runs a shell command.

Source: Claude Code documentation, "Hooks" (2.1.240, August 2026). A hook counts as a gate if it is asked about
every shell command and the agent waits for its answer. Its matcher is a regular expression from an audited file, so
only plain ones are understood.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.agent import GateHook
from remit.agents.claude_layers import Settings
from remit.agents.claude_rules import whole_tool
from remit.collect.documents import Node
from remit.evidence import Maybe, Unknown

_EVERY_TOOL = {"", "*", ".*", ".+"}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def gate_hooks(settings: Settings) -> tuple[GateHook, ...]:
    """The hooks that are asked about every shell command."""
    return tuple(hook for hook, covers in _hooks(settings) if covers is True)


def gate_hook(settings: Settings) -> Maybe[bool]:
    """Whether there is such a hook; unknown where only a matcher that is not understood could make one."""
    answers = [covers for _, covers in _hooks(settings)]
    if any(covers is True for covers in answers):
        return True
    return next((covers for covers in answers if isinstance(covers, Unknown)), False)


def _hooks(settings: Settings) -> Iterator[tuple[GateHook, Maybe[bool]]]:
    managed = settings.strict.only("managed")
    if settings.strict.flag("disableAllHooks"):
        return
    for found in (managed if managed.flag("allowManagedHooksOnly") else settings.strict).each("hooks", "PreToolUse"):
        for group in found.node.items:
            matcher = _text(group, "matcher")
            handlers = group.get("hooks")
            for handler in handlers.items if handlers else ():
                if not _waits(handler):
                    continue
                # A hook that cannot run, or runs into its time limit, does not stop the command.
                hook = GateHook(_run_by(handler), matcher, False, found.file.source(handler.line))
                yield hook, _covers_shell(matcher)


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return (found.text() or "") if found else ""


def _waits(handler: Node) -> bool:
    background = any((flag := handler.get(key)) and flag.flag() for key in ("async", "asyncRewake"))
    condition = _text(handler, "if")
    return not background and (not condition or whole_tool(condition, "Bash"))


def _run_by(handler: Node) -> str:
    arguments = handler.get("args")
    words = [text for text, _ in arguments.strings()] if arguments else []
    return " ".join(
        [next((text for key in ("command", "url", "prompt", "tool") if (text := _text(handler, key))), ""), *words]
    )


def _covers_shell(matcher: str) -> Maybe[bool]:
    if matcher in _EVERY_TOOL:
        return True
    alternatives = [part.strip("^$() ") for part in matcher.split("|")]
    if any(part in {"Bash", "Bash.*", "*", ".*"} for part in alternatives):
        return True
    if all(set(part) <= _PLAIN for part in alternatives):
        return False
    return Unknown(f"whether the hook matcher {matcher[:60]!r} covers the shell is not worked out: it is a pattern")
