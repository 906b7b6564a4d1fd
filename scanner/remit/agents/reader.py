"""What an agent's module declares: where its configuration lies, and how to read it the way the agent does."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Access, InertRule
from remit.collect.documents import Node
from remit.evidence import Source, Standing

Format = Literal["json", "jsonc", "toml", "front-matter", "lines", "presence"]
"""How a file is read: `lines` keeps its lines as strings, `presence` nothing but the fact that it is there."""

# Directories that hold installed things or an agent's own files: nobody starts an agent in them.
_NO_ROOT = re.compile(
    r"(?:^|/)(?:node_modules|site-packages|\.venv|venv|\.claude/plugins)(?:/|$)|(?:^|/)\.(?:claude|codex|cursor|vscode)$"
)


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of configuration file. `pattern` matches a whole path; its group `root` is the directory it governs."""

    name: str
    pattern: re.Pattern[str]
    format: Format
    machine: bool = False
    """True for files outside every target: the user's and the administrator's."""
    evidence: bool = False
    """True for files that show the agent is used and configure nothing."""
    reduce: Callable[[Node], Node] | None = None
    """Keeps the part of a file that is needed, where the rest is nobody's business."""


@dataclass(frozen=True, slots=True)
class AgentFile:
    """One configuration file, parsed, with every secret in it masked."""

    agent: str
    layer: str
    root: str
    path: str
    standing: Standing
    document: Node | None
    """None where there is nothing to read in it, and where it could not be read; then `problem` says why."""
    problem: str | None = None
    problem_line: int = 0
    strict: bool = True
    """Whether the file is valid by the strict rules of its format (no comments, no trailing commas, …)."""

    @property
    def machine(self) -> bool:
        """Whether the file lies outside the target."""
        return self.standing == "machine"

    def source(self, line: int = 0) -> Source:
        """A place in this file."""
        return Source(self.path, line, "agents")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an agent may do, as its files say, with everything in them that has no effect."""

    access: Access
    inert: tuple[InertRule, ...] = ()
    notes: tuple[str, ...] = ()
    bypass: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentReader:
    """One agent. `read` gets the files of one place, lowest layer first, and never an unreadable one."""

    name: str
    title: str
    layers: tuple[Layer, ...]
    """Lowest precedence first."""
    read: Callable[[Sequence[AgentFile]], Reading]
    marks: tuple[str, ...] = ("",)
    """Every path of its files holds one of these; a cheap test before the patterns."""
    machine_files: tuple[str, ...] = ()
    """Where the user's and the administrator's layers lie, `~` for home, `*` within one name."""
    inherits: bool = False
    """Whether files of the directories above count too, the deeper ones over the higher ones."""

    def layer_of(self, path: str, *, machine: bool) -> tuple[Layer, str] | None:
        """The layer a path belongs to and the directory it governs; None for another agent's file.

        A directory called `~` inside a target is no home directory, so only `machine` tells which layers may match.
        """
        if not any(mark in path for mark in self.marks):
            return None
        for layer in self.layers:
            found = layer.pattern.fullmatch(path) if layer.machine is machine else None
            root = (found.groupdict().get("root") or "").rstrip("/") if found else ""
            if found and not _NO_ROOT.search(root):
                return layer, root
        return None


def project(path: str) -> re.Pattern[str]:
    """A pattern for a file at `path` (a regular expression) below any directory of the target."""
    return re.compile(rf"(?P<root>(?:[^/]+/)*){path}")


def on_windows(*paths: str) -> tuple[str, ...]:
    """The paths on Windows, none elsewhere: there `C:/…` would name a place below the working directory."""
    return paths if os.name == "nt" else ()


def machine(path: str) -> re.Pattern[str]:
    """A pattern for a file outside every target, its path starting with `~/`, `/` or a drive."""
    return re.compile(path)
