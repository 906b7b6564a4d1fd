"""Settings of Claude Code that look like protection, or like anything, and have no effect.

Source: Claude Code documentation, "Settings" and "Permissions" (2.1.240, August 2026); seen in real repositories:
keys one level too high, path rules for tools that consult none, managed keys in a project's file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.agent import InertRule, Rule
from remit.agents.claude_layers import REPOSITORY, Settings
from remit.agents.claude_rules import inert_reason
from remit.evidence import Source

_BELOW_PERMISSIONS = "is read below `permissions` only"
_MISPLACED = dict.fromkeys(
    ("disableBypassPermissionsMode", "disableAutoMode", "defaultMode", "allow", "deny", "ask", "additionalDirectories"),
    _BELOW_PERMISSIONS,
) | {"mcpServers": "is read from .mcp.json and ~/.claude.json, not from settings"}
_MANAGED_ONLY = frozenset(
    (
        "allowManagedHooksOnly",
        "allowManagedMcpServersOnly",
        "allowManagedPermissionRulesOnly",
        "blockedMarketplaces",
        "disableSideloadFlags",
        "disableSkillShellExecution",
        "strictKnownMarketplaces",
        "strictPluginOnlyCustomization",
    )
)


def inert_rules(settings: Settings, switched_off: Sequence[Source]) -> Iterator[InertRule]:
    """Everything without effect. `switched_off` are the places that ask for a bypass mode which is locked."""
    yield from settings.dropped
    for source in switched_off:
        yield InertRule("bypassPermissions", "disableBypassPermissionsMode switches that mode off", source)
    for effect in ("allow", "ask", "deny"):
        for text, source, file in settings.wide.strings("permissions", effect):
            if reason := inert_reason(Rule(text, effect, file.layer, source)):
                yield InertRule(text, reason, source)
    for file in settings.wide.files:
        for member in file.document.members if file.document else ():
            if reason := _MISPLACED.get(member.key):
                yield InertRule(member.key, reason, file.source(member.line))
            if file.layer != "managed" and member.key in _MANAGED_ONLY:
                yield InertRule(member.key, "counts in managed settings only", file.source(member.line))
    yield from _ignored_in_repositories(settings)


def _ignored_in_repositories(settings: Settings) -> Iterator[InertRule]:
    for found in settings.wide.only(*REPOSITORY).each("permissions", "defaultMode"):
        if found.node.text() == "auto":
            reason = "is ignored in project and local settings, where it also hides the user's own mode"
            yield InertRule("defaultMode: auto", reason, found.source)
    for found in settings.wide.only(*REPOSITORY).each("sandbox", "filesystem", "disabled"):
        yield InertRule("sandbox.filesystem.disabled", "is ignored in project and local settings", found.source)
