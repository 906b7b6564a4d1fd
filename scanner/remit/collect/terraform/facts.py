"""What one Terraform or OpenTofu file says, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

MAX_TEXT = 10_000
"""Longer texts decide nothing that is judged here and are not kept."""

Operation = Literal[
    "literal",
    "template",
    "list",
    "map",
    "path",
    "conditional",
    "call",
    "binary",
    "unary",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """An unevaluated expression.

    `value` is the literal itself, the root name of a path, the function of a call, the operator of an operation; for
    `unknown` it is the expression's text. The parts of a map alternate between keys and values.
    """

    op: Operation
    value: str | int | float | bool | None = None
    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; those of nested blocks carry dotted names such as `lifecycle.prevent_destroy`."""

    name: str
    line: int
    expression: Expression


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block with its nested blocks flattened into its arguments."""

    type: str
    labels: tuple[str, ...]
    line: int
    arguments: tuple[Argument, ...]
    broken: bool = False
    """Whether a syntax error inside it may have swallowed arguments."""


Role = Literal["config", "override", "variables", "state"]


@dataclass(frozen=True, slots=True)
class TerraformFile:
    """One file: configuration, overrides, variable values, or a state."""

    path: str
    role: Role
    blocks: tuple[Block, ...] = ()
    values: tuple[Argument, ...] = ()
    """Variable values, for files that hold those."""
    broken: bool = False

    @property
    def directory(self) -> str:
        """The directory that holds the file, empty for the target itself."""
        return self.path.rpartition("/")[0]


Change: TypeAlias = Callable[[str | None, str], str]


def map_texts(expression: Expression, key: str | None, change: Change) -> Expression:
    """The expression with each literal text replaced by `change(key, text)`, under the nearest key above it."""
    value = expression.value
    if isinstance(value, str) and expression.op in ("literal", "unknown"):
        changed_text = change(key, value)
        return expression if changed_text == value else replace(expression, value=changed_text)
    if expression.op == "path":
        if all(_is_name(part) for part in expression.parts):
            return expression
        key = None  # a reference is no value of the key above it
    if expression.op != "map":
        parts = tuple([map_texts(part, key, change) for part in expression.parts])
        return replace(expression, parts=parts) if parts else expression
    changed: list[Expression] = []
    for name, inner in zip(expression.parts[::2], expression.parts[1::2], strict=True):
        below = name.value if name.op == "literal" and isinstance(name.value, str) else key
        changed += (name, map_texts(inner, below, change))
    return replace(expression, parts=tuple(changed))


def _is_name(part: Expression) -> bool:
    """Whether a step of a path is a plain name or number, too short for a secret."""
    return isinstance(part.value, int) or (isinstance(part.value, str) and len(part.value) < 20 and not part.parts)
