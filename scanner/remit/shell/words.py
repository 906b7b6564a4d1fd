"""A word of the shell's grammar, read as far as the text decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from tree_sitter import Node

from remit.shell.command import Word

Values: TypeAlias = Mapping[str, tuple[Word, ...] | None]
"""Variables by name: the words they stand for, or None where more than one value is possible."""

_MOST_NESTING = 20
_LONGEST_VALUE = 2_000
_LONGEST_SHOWN = 200
_EXPANSIONS = frozenset(
    {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution"}
)
_ANSI = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{1,4})|(.))", re.DOTALL)
_ANSI_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
# What these print is as good as known: a scratch place, and the directory the work is done in.
_OUTPUTS = (
    (re.compile(r"\s*mktemp\b[^|;&]{0,200}\s*"), "/tmp/mktemp"),  # noqa: S108 - a stand-in, never opened
    (re.compile(r"\s*pwd(?:\s+-[LP])?\s*|\s*git\s+rev-parse\s+--show-toplevel\s*"), "."),
)


@dataclass(slots=True)
class Reading:
    """The source being read, the variables known so far, and how much of them may still be filled in.

    What is parsed is the source with one ASCII byte a character, so a node's bytes are the source's characters.
    """

    source: str
    values: dict[str, tuple[Word, ...] | None] = field(default_factory=dict)
    budget: int = 200_000
    """Characters that variables may still add: a value may name others, and doubling ends in gigabytes."""

    def raw(self, node: Node) -> str:
        """The source of a node."""
        return self.source[node.start_byte : node.end_byte]

    def lookup(self, name: str) -> tuple[Word, ...] | None:
        """What a variable stands for, if that is certain and affordable."""
        words = self.values.get(name)
        if words is None:
            return None
        size = sum(len(word.text) for word in words)
        if size > _LONGEST_VALUE or size > self.budget:
            return None
        self.budget -= size
        return words


def read_words(reading: Reading, node: Node) -> tuple[Word, ...]:
    """The words that one node of a command becomes: an unquoted variable may become several."""
    line = node.start_point.row + 1
    if node.type in {"simple_expansion", "expansion"}:
        known = _variable(reading, node)
        if known is not None:
            return tuple(Word(part, word.hidden, word.open, line) for word in known for part in word.text.split())
    if node.type == "string" and (array := _whole_array(reading, node)) is not None:
        return tuple(Word(word.text, word.hidden, word.open, line) for word in array)
    return (read_word(reading, node),)


def read_word(reading: Reading, node: Node, depth: int = 0) -> Word:
    """One node as one word."""
    line = node.start_point.row + 1
    if depth > _MOST_NESTING:
        return Word("$…", True, True, line)
    match node.type:
        case "raw_string":
            return Word(reading.raw(node)[1:-1], line=line)
        case "ansi_c_string":
            return Word(_ANSI.sub(_ansi, reading.raw(node)[2:-1]), line=line)
        case "string" | "translated_string" | "concatenation":
            return _joined(reading, node, depth)
        case "command_name" if node.child_count:
            return read_word(reading, node.children[0], depth)
        case kind if kind in _EXPANSIONS:
            return _expanded(reading, node, depth)
    return Word(_unescaped(reading.raw(node)), line=line)


def _joined(reading: Reading, node: Node, depth: int) -> Word:
    """A quoted string or a word of several pieces; what stands between the pieces counts, too."""
    quoted = node.type == "string"
    start, end = node.start_byte + quoted, node.end_byte - quoted
    parts: list[Word] = []
    at = start
    for child in node.children:
        if child.type in _EXPANSIONS or (not quoted and child.type != '"'):
            if child.start_byte > at:
                parts.append(_plain(reading, at, child.start_byte, quoted))
            parts.append(read_word(reading, child, depth + 1))
            at = child.end_byte
    if end > at:
        parts.append(_plain(reading, at, end, quoted))
    return Word(
        "".join(part.text for part in parts),
        any(part.hidden for part in parts),
        bool(parts) and all(part.open or not part.text.strip() for part in parts) and any(part.open for part in parts),
        node.start_point.row + 1,
    )


def _plain(reading: Reading, start: int, end: int, quoted: bool) -> Word:
    text = reading.source[start:end]
    return Word(re.sub(r'\\([\\"$`])|\\\n', r"\1", text) if quoted else _unescaped(text))


def _expanded(reading: Reading, node: Node, depth: int) -> Word:
    raw = reading.raw(node)
    line = node.start_point.row + 1
    # The grammar counts blanks before an expansion inside quotes as part of it.
    lead = raw[: len(raw) - len(raw.lstrip())]
    if node.type in {"simple_expansion", "expansion"}:
        known = _variable(reading, node)
        if known is not None:
            hidden, opened = any(word.hidden for word in known), any(word.open for word in known)
            return Word(lead + " ".join(word.text for word in known), hidden, opened, line)
        default = _default(node)
        if default is not None:
            return Word(lead + read_word(reading, default, depth + 1).text, True, True, line)
    elif node.type == "command_substitution":
        inner = raw.strip().removeprefix("$(").removesuffix(")").strip("`")
        for pattern, output in _OUTPUTS:
            if pattern.fullmatch(inner[:300]):
                return Word(output, line=line)
    elif node.type == "process_substitution":
        return Word("/dev/fd/63", line=line)
    text = raw if len(raw) <= _LONGEST_SHOWN else raw[:_LONGEST_SHOWN] + "…"
    return Word(text, True, True, line)


def _variable(reading: Reading, node: Node) -> tuple[Word, ...] | None:
    """The value of `$NAME`, `${NAME}` or `${NAME[@]}`; None for every other form and for unknown names."""
    inner = [child for child in node.children if child.type not in {"$", "${", "}", '"'}]
    if len(inner) != 1:
        return _defaulted(reading, inner)
    name = inner[0]
    if name.type == "subscript" and reading.raw(name).endswith(("[@]", "[*]")):
        name = name.children[0]
    return reading.lookup(reading.raw(name)) if name.type == "variable_name" else None


def _defaulted(reading: Reading, inner: list[Node]) -> tuple[Word, ...] | None:
    """The value of `${NAME:-default}` and `${NAME:?}` where the name has one."""
    if len(inner) < 2 or inner[0].type != "variable_name" or inner[1].type not in {":-", "-", ":=", "=", ":?", "?"}:
        return None
    return reading.lookup(reading.raw(inner[0]))


def _default(node: Node) -> Node | None:
    children = node.children
    for sign, value in pairwise(children):
        if sign.type in {":-", "-", ":=", "="} and value.type != "}":
            return value
    return None


def _whole_array(reading: Reading, node: Node) -> tuple[Word, ...] | None:
    """The items of `"${name[@]}"`, which stay apart although quoted."""
    inner = [child for child in node.children if child.type != '"']
    if len(inner) != 1 or inner[0].type != "expansion" or not reading.raw(inner[0]).endswith("[@]}"):
        return None
    return _variable(reading, inner[0])


def _unescaped(text: str) -> str:
    return re.sub(r"\\(\n|.)", lambda found: "" if found[1] == "\n" else found[1], text) if "\\" in text else text


def _ansi(found: re.Match[str]) -> str:
    hexadecimal, octal, wide, letter = found.groups()
    if letter is not None:
        return _ANSI_LETTERS.get(letter, letter)
    code = int(hexadecimal or wide, 16) if octal is None else int(octal, 8)
    return chr(code) if code and not 0xD800 <= code <= 0xDFFF else "\ufffd"
