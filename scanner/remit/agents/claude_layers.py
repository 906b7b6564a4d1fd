"""The settings files of Claude Code that count, and those that only might.

Source: Claude Code documentation, "Settings" and "Managed settings" (2.1.240, August 2026). Scalars come from the
highest file, arrays add up over all of them. A user, project or local file that the program refuses is dropped
whole, so nothing in it protects; what it would permit is still counted, because the next edit may bring it to life.
Managed files are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.agent import InertRule
from remit.agents.claude_shape import fault
from remit.agents.layers import Layers
from remit.agents.reader import AgentFile

SETTINGS = ("user", "project", "local", "managed")
REPOSITORY = ("project", "local")
"""The layers that lie in the repository; some keys are ignored there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`strict` holds the files that count, `wide` every settings file; protection is read from `strict` alone."""

    strict: Layers
    wide: Layers
    dropped: tuple[InertRule, ...]
    """The files that the program refuses, each with the reason."""

    @classmethod
    def of(cls, files: Sequence[AgentFile]) -> Settings:
        """Sort the settings files among an agent's files."""
        wide = Layers.of(files, *SETTINGS)
        dropped = tuple(_dropped(wide))
        refused = {each.source.path for each in dropped}
        return cls(Layers(tuple(file for file in wide.files if file.path not in refused)), wide, dropped)

    @property
    def rule_layers(self) -> Layers:
        """The files whose deny and ask rules count."""
        managed = self.strict.only("managed")
        return managed if managed.flag("allowManagedPermissionRulesOnly") else self.strict

    @property
    def allow_layers(self) -> Layers:
        """The files whose allow rules count, or would with the next edit."""
        managed = self.strict.only("managed")
        return managed if managed.flag("allowManagedPermissionRulesOnly") else self.wide

    def locked(self, key: str) -> bool:
        """Whether any file switches a permission mode off; the only value a file can give is `disable`."""
        return any(found.node.text() == "disable" for found in self.strict.each("permissions", key))


def _dropped(layers: Layers) -> Iterator[InertRule]:
    for file in layers.files:
        if file.layer == "managed" or file.document is None:
            continue
        if not file.strict:
            reason = "the file is not strict JSON, so Claude Code drops it whole"
            yield InertRule(file.path, reason, file.source(file.problem_line or 1))
        elif found := fault(file.document):
            yield InertRule(file.path, f"{found[1]}, so Claude Code drops the whole file", file.source(found[0]))
