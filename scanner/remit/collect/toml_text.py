"""TOML with lines: tomli decides what the text says, tree-sitter-toml where each key stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import tomli
import tree_sitter
import tree_sitter_toml

from remit.collect.nodes import Growing, Node, check_depth, clean_text, number
from remit.errors import CollectError

Path = tuple[str | int, ...]
_KEYS = frozenset(("bare_key", "quoted_key", "dotted_key"))
_HEADERS = frozenset(("table", "table_array_element"))


def parse_toml(text: str) -> Node:
    """Read a TOML document; dates become strings in ISO form.

    Raises CollectError for text that is not TOML or nests too deep.
    """
    text = clean_text(text)
    try:
        values = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise CollectError("is not valid TOML", error.lineno) from None
    except (RecursionError, ValueError):
        raise CollectError("is not valid TOML: nested or numbered beyond reason") from None
    return _build(values, _lines(text))


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))


def _lines(text: str) -> dict[Path, int]:
    """The line of every key and array item, by its path from the root."""
    lines = _Lines()
    for node in _parser().parse(text.encode()).root_node.named_children:
        if node.type in _HEADERS:
            lines.table(node)
        elif node.type == "pair":
            lines.values((), node)
    return lines.found


@dataclass(slots=True)
class _Lines:
    """Paths to lines, and how many tables each array of tables has so far."""

    found: dict[Path, int] = field(default_factory=dict)
    tables: dict[Path, int] = field(default_factory=dict)

    def table(self, node: tree_sitter.Node) -> None:
        """Note a table header and everything below it."""
        line = node.start_point.row + 1
        path: Path = ()
        keys = list(_keys(node))
        for position, key in enumerate(keys, 1):
            path = (*path, key)
            self.found.setdefault(path, line)
            if position == len(keys) and node.type == "table_array_element":
                self.tables[path] = self.tables.get(path, 0) + 1
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
                self.found.setdefault(path, line)
        for child in node.named_children:
            if child.type == "pair":
                self.values(path, child)

    def values(self, prefix: Path, pair: tree_sitter.Node) -> None:
        """Note a pair's key and, without recursion, all that its value holds."""
        pending = [(prefix, pair)]
        while pending:
            path, node = pending.pop()
            if node.type == "pair":
                for key in _keys(node):
                    path = (*path, key)
                    self.found.setdefault(path, node.start_point.row + 1)
                pending.append((path, node.named_children[-1]))
            elif node.type == "inline_table":
                pending.extend((path, child) for child in node.named_children if child.type == "pair")
            elif node.type == "array":
                items = [child for child in node.named_children if child.type != "comment"]
                for index, item in enumerate(items):
                    self.found[(*path, index)] = item.start_point.row + 1
                    pending.append(((*path, index), item))


def _keys(node: tree_sitter.Node) -> Iterator[str]:
    """The parts of the key of a pair or table header; dotted keys nest to the left."""
    pending = [child for child in node.named_children if child.type in _KEYS][:1]
    while pending:
        part = pending.pop()
        if part.type == "dotted_key":
            pending.extend(reversed(part.named_children))
        else:
            raw = (part.text or b"").decode()
            yield raw if part.type == "bare_key" else _unquoted(raw)


def _unquoted(raw: str) -> str:
    try:
        return next(iter(tomli.loads(f"{raw} = 0")))
    except tomli.TOMLDecodeError:
        return raw


def _build(values: dict[str, object], lines: dict[Path, int]) -> Node:
    """Nodes from plain values, without recursion; a key without a known line takes its parent's."""
    root = Growing("object", 1)
    stack: list[tuple[Growing, Path, Iterator[tuple[str | int, object]]]] = [(root, (), iter(values.items()))]
    while True:
        frame, path, rest = stack[-1]
        key, value = next(rest, (None, None))
        if key is None:
            stack.pop()
            if not stack:
                return frame.finish()
            stack[-1][0].add(frame.finish())
            continue
        place = (*path, key)
        line = lines.get(place, frame.line)
        if isinstance(key, str):
            frame.key, frame.key_line = key, line
        if isinstance(value, dict | list):
            check_depth(len(stack) + 1, line)
            inner = Growing("object" if isinstance(value, dict) else "array", line)
            stack.append((inner, place, iter(value.items() if isinstance(value, dict) else enumerate(value))))
        else:
            frame.add(_scalar(value, line))


def _scalar(value: object, line: int) -> Node:
    match value:
        case bool():
            return Node("boolean", line, value)
        case int() | float():
            return number(value, line)
        case datetime.date() | datetime.time():
            return Node("string", line, value.isoformat())
        case _:
            return Node("string", line, str(value))
