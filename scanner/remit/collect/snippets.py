"""Shell texts inside other files, with the place they run in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.collect.nodes import Node
from remit.evidence import Maybe

_BLOCK = re.compile(r"[|>][-+0-9]{0,3}\s*(?:#.*)?$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One shell text: where it starts, what runs it, and whether a person approves first."""

    text: str
    line: int
    context: str
    gated: Maybe[bool] = False
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that the file sets around it, as far as they are literal."""


def yaml_line(node: Node, lines: list[str]) -> int:
    """The line on which a YAML string's own text begins: a block starts below its key."""
    written = lines[node.line - 1] if 0 < node.line <= len(lines) else ""
    return node.line + 1 if _BLOCK.search(written.rstrip()[-200:]) else node.line


def literal_variables(node: Node | None) -> dict[str, str]:
    """The variables of an `env` or `vars` block whose values are plain text."""
    if node is None:
        return {}
    found = {}
    for member in node.members:
        value = member.node.value
        if _NAME.fullmatch(member.key) and isinstance(value, str | int | float) and "{{" not in str(value):
            found[member.key] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def shown(name: str) -> str:
    """A name from a file as part of a context: short and on one line."""
    return " ".join(name.split())[:80]
