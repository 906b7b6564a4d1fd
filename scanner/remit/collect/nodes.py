"""A value read from a configuration file, with the line on which it stands.

JSON, TOML and YAML all become the same frozen tree, so that a collector reads keys and lines without knowing the
notation. The tree is never deeper than `MAX_DEPTH`: beyond it a parser refuses, so that code which walks the tree may
recurse without fear of a hostile file.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import msgspec

from remit.errors import CollectError

MAX_DEPTH = 200
"""Deeper nesting is refused; no real configuration comes near it, and recursive readers stay safe."""

_INTEGERS = range(-(2**63), 2**64)

Kind = Literal["object", "array", "string", "number", "boolean", "null"]
Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an object, with the line of the key."""

    key: str
    line: int
    node: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """A value with its line; numbers too large for 64 bits or a float hold None.

    Comparing, hashing and pickling go through the encoded form, because the generated methods would exhaust Python's
    stack on a tree that is merely as deep as allowed.
    """

    kind: Kind
    line: int
    value: str | int | float | bool | None = None
    members: tuple[Member, ...] = ()
    """An object's members in file order, duplicate keys included."""
    items: tuple[Node, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and _encode(self) == _encode(other)

    def __hash__(self) -> int:
        return hash(_encode(self))

    def __reduce__(self) -> tuple[Callable[[bytes], Node], tuple[bytes]]:
        return _decode, (_encode(self),)

    def __repr__(self) -> str:
        inner = len(self.members) + len(self.items)
        return (
            f"Node({self.kind!r}, {self.line}, {self.value!r})" if not inner else f"Node({self.kind!r}, {self.line}, …)"
        )

    def get(self, key: str) -> Node | None:
        """The value of a key, the last one where the key is repeated."""
        for member in reversed(self.members):
            if member.key == key:
                return member.node
        return None

    def at(self, *path: str) -> Node | None:
        """The value at the end of a path of keys."""
        node: Node | None = self
        for key in path:
            if node is None:
                return None
            node = node.get(key)
        return node

    def text(self) -> str | None:
        """The value if it is a string."""
        return self.value if isinstance(self.value, str) else None

    def flag(self) -> bool | None:
        """The value if it is a boolean."""
        return self.value if isinstance(self.value, bool) else None

    def strings(self) -> tuple[tuple[str, int], ...]:
        """Each string of an array with its line; a lone string counts as an array of one."""
        nodes = self.items if self.kind == "array" else (self,)
        return tuple((node.value, node.line) for node in nodes if isinstance(node.value, str))

    def plain(self) -> object:
        """The same value as ordinary dicts, lists and scalars; the last of repeated keys wins."""
        if self.kind == "object":
            return {member.key: member.node.plain() for member in self.members}
        if self.kind == "array":
            return [item.plain() for item in self.items]
        return self.value


_encode = msgspec.msgpack.Encoder().encode


def _decode(encoded: bytes) -> Node:
    return msgspec.msgpack.decode(encoded, type=Node)


def map_strings(node: Node, change: Callable[[str | None, str], str], key: str | None = None) -> Node:
    """The same tree with every string replaced by `change(key, text)`.

    The key is that of the nearest member above the string, so items of an array are seen under the array's key.
    """
    if node.kind == "object":
        members = [Member(each.key, each.line, map_strings(each.node, change, each.key)) for each in node.members]
        return replace(node, members=tuple(members))
    if node.kind == "array":
        return replace(node, items=tuple([map_strings(item, change, key) for item in node.items]))
    return replace(node, value=change(key, node.value)) if isinstance(node.value, str) else node


def clean_text(text: str) -> str:
    """The text without a byte-order mark and without lone surrogates, which no file can hold and no encoder takes."""
    return whole_characters(text.lstrip("\ufeff"))


def whole_characters(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates made U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def shown_key(key: str) -> str:
    """A key as a message may show it: short, printable, quoted."""
    return ascii(key if len(key) <= 40 else key[:39] + "~")


def number(value: int | float, line: int) -> Node:
    """A number as a node, without a value where it is not finite or wider than 64 bits and no float."""
    if isinstance(value, int) and value not in _INTEGERS:
        value = _as_float(value)
    return Node("number", line, value if math.isfinite(value) else None)


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


@dataclass(slots=True)
class Growing:
    """An object or array that is still being read."""

    kind: Literal["object", "array"]
    line: int
    members: list[Member] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    key_line: int = 0
    size: int = 1

    def add(self, node: Node) -> None:
        """Take a finished value: the next item, or the value of the key read before it."""
        if self.kind == "array":
            self.items.append(node)
        elif self.key is not None:
            self.members.append(Member(self.key, self.key_line, node))
            self.key = None

    def finish(self) -> Node:
        """The finished value."""
        return Node(self.kind, self.line, None, tuple(self.members), tuple(self.items))


def check_depth(depth: int, line: int | None) -> None:
    """Raise CollectError where a value would stand deeper than `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        raise CollectError(f"nested deeper than {MAX_DEPTH} levels", line)
