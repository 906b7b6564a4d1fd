"""The permission mode in which sessions of Claude Code start, and who asks for one without approvals.

Source: Claude Code documentation, "Permission modes" (2.1.240, August 2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from remit.access.agent import Approval, Decision
from remit.agents.claude_front_matter import bypassing
from remit.agents.claude_layers import REPOSITORY, Settings
from remit.agents.layers import Found
from remit.agents.reader import AgentFile
from remit.evidence import Source

_MODES: dict[str, Approval] = {
    "plan": "plan",
    "default": "each",
    "manual": "each",
    "dontAsk": "allowlist-only",
    "acceptEdits": "edits-auto",
    "auto": "classifier",
    "bypassPermissions": "bypass",
}
_WIDTH = tuple(_MODES.values())


@dataclass(frozen=True, slots=True)
class Mode:
    """The mode sessions start in, and what sets it."""

    approval: Approval
    by: str
    source: Source | None = None
    assumed: bool = False

    @property
    def unmentioned(self) -> Decision:
        """What happens, outside the sandbox, to a command that no rule mentions."""
        by_mode: dict[str, Decision] = {"bypass": "allow", "classifier": "classifier", "allowlist-only": "deny"}
        return by_mode.get(self.approval, "ask")


def mode_of(settings: Settings) -> Mode:
    """The widest mode: that of the files which count, or one in a dropped file that the next edit brings to life."""
    counted = _counted_mode(settings)
    dropped = [
        _named(found)
        for found in settings.wide.each("permissions", "defaultMode")
        if found.file not in settings.strict.files and _honoured(found)
    ]
    locked = settings.locked("disableBypassPermissionsMode")
    candidates = [counted, *(each for each in dropped if not (locked and each.approval == "bypass"))]
    return max(candidates, key=lambda each: _WIDTH.index(each.approval))


def _counted_mode(settings: Settings) -> Mode:
    found = settings.strict.highest("permissions", "defaultMode")
    if found and _honoured(found):
        named = _named(found)
        off = {"bypass": "disableBypassPermissionsMode", "classifier": "disableAutoMode"}.get(named.approval, "")
        if not settings.locked(off):
            return named
        return replace(named, approval="each", by=f"{off}: disable")
    if settings.locked("disableAutoMode"):
        return Mode("each", "disableAutoMode: disable")
    return Mode("classifier", "no defaultMode: recent versions let a model decide on most plans", assumed=True)


def _honoured(found: Found) -> bool:
    """`auto` in a repository's file is ignored, and hides the user's own choice."""
    mode = found.node.text()
    return mode in _MODES and not (mode == "auto" and found.file.layer in REPOSITORY)


def _named(found: Found) -> Mode:
    mode = found.node.text() or ""
    return Mode(_MODES[mode], f"defaultMode: {mode}", found.source)


def bypasses(settings: Settings, files: Sequence[AgentFile]) -> tuple[Source, ...]:
    """The places that ask for it: the mode that wins, any in a dropped file, and subagents."""
    winning = settings.strict.highest("permissions", "defaultMode")
    asked = [
        found.source
        for found in settings.wide.each("permissions", "defaultMode")
        if found.node.text() == "bypassPermissions" and (found == winning or found.file not in settings.strict.files)
    ]
    return (*asked, *bypassing(files))
