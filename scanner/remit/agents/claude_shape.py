"""What makes Claude Code drop a whole settings file.

Measured with `resolveSettings` of its agent SDK (0.3.330): one value of the wrong type below these keys, and
nothing in the file counts. A malformed rule, an unknown key or a number among the strings of an array costs only
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from remit.collect.documents import Node

_Test = Callable[[Node], bool]


def _kind(kind: str) -> _Test:
    return lambda node: node.kind == kind


def _word(*words: str) -> _Test:
    return lambda node: node.text() in words


_MODES = ("default", "manual", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions")
_EXPECTED: dict[tuple[str, ...], tuple[_Test, str]] = {
    ("permissions",): (_kind("object"), "an object"),
    ("permissions", "allow"): (_kind("array"), "an array"),
    ("permissions", "ask"): (_kind("array"), "an array"),
    ("permissions", "deny"): (_kind("array"), "an array"),
    ("permissions", "additionalDirectories"): (_kind("array"), "an array"),
    ("permissions", "defaultMode"): (_word(*_MODES), "one of " + ", ".join(_MODES)),
    ("permissions", "disableBypassPermissionsMode"): (_word("disable"), '"disable"'),
    ("permissions", "disableAutoMode"): (_word("disable"), '"disable"'),
    ("sandbox",): (_kind("object"), "an object"),
    ("sandbox", "enabled"): (_kind("boolean"), "true or false"),
    ("sandbox", "failIfUnavailable"): (_kind("boolean"), "true or false"),
    ("sandbox", "autoAllowBashIfSandboxed"): (_kind("boolean"), "true or false"),
    ("sandbox", "allowUnsandboxedCommands"): (_kind("boolean"), "true or false"),
    ("sandbox", "excludedCommands"): (_kind("array"), "an array"),
    ("sandbox", "filesystem"): (_kind("object"), "an object"),
    ("sandbox", "filesystem", "denyRead"): (_kind("array"), "an array"),
    ("sandbox", "network"): (_kind("object"), "an object"),
    ("sandbox", "network", "allowedDomains"): (_kind("array"), "an array"),
    ("env",): (_kind("object"), "an object"),
    ("enableAllProjectMcpServers",): (_kind("boolean"), "true or false"),
}
_HOOKS = {"command", "prompt", "agent", "http", "mcp_tool"}


def fault(settings: Node) -> tuple[int, str] | None:
    """The line and the reason for which the program refuses a settings file; None for one it takes."""
    return next(_faults(settings), None)


def _faults(settings: Node) -> Iterator[tuple[int, str]]:
    for path, (test, expected) in _EXPECTED.items():
        node = settings.at(*path)
        if node is not None and not test(node):
            yield node.line, f"{'.'.join(path)} is not {expected}"
    hooks = settings.get("hooks")
    for event in hooks.members if hooks else ():
        for group in event.node.items:
            handlers = group.get("hooks")
            if handlers is None or handlers.kind != "array":
                yield group.line, f"a group of hooks.{event.key} has no array of hooks"
            elif any((handler.get("type") or handler).text() not in _HOOKS for handler in handlers.items):
                yield handlers.line, f"a hook of hooks.{event.key} has no known type"
