"""JSON as agents and editors write it: comments, trailing commas, missing braces.

The reader keeps its own stack over a stream of tokens and never looks back, so hostile nesting costs no recursion and a
fault spoils nothing after it. A general error-recovering parser was tried and refused: for `{"a": tru, "b": 2}` it made
`"b"` the value of `a`. Every tolerated fault is reported, because some programs ignore a file that has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from remit.collect.nodes import Growing, Node, check_depth, clean_text, number, shown_key, whole_characters
from remit.errors import CollectError

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]++)
  | (?P<mark>[{}\[\]:,])
  | (?P<text>"(?:[^"\\\r\n]++|\\[^\r\n])*+"?)
  | (?P<single>'(?:[^'\\\r\n]++|\\[^\r\n])*+'?)
  | (?P<note>//[^\r\n]*+|\#[^\r\n]*+)
  | (?P<block>/\*)
  | (?P<word>[^\s{}\[\]:,"'\#/]++|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?P<float>(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
_LITERALS = {"true": True, "false": False, "null": None}
_CLOSES = {"}": "object", "]": "array"}
_HARMLESS = ("comment", "trailing comma", "duplicate key")
_MAX_PROBLEMS = 100
_MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read from a JSON text, and the faults that were tolerated on the way."""

    root: Node
    problems: tuple[tuple[int, str], ...]
    """Line and fault, at most a hundred; duplicate keys are among them."""
    strict_ok: bool
    """Whether a strict JSON parser accepts the text. Duplicate keys do not stop one."""

    @property
    def lost(self) -> tuple[int, str] | None:
        """The first fault that may have cost a value; comments, trailing commas and repeated keys cost none."""
        return next((each for each in self.problems if not each[1].startswith(_HARMLESS)), None)


def parse_json(text: str) -> Parsed:
    """Read JSON, with comments and small faults tolerated and reported.

    Raises CollectError where no value can be read, or where values nest too deep.
    """
    reader = _Reader()
    for token in _tokens(clean_text(text)):
        reader.take(*token)
    return reader.finish()


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position, line = 0, 1
    while match := _TOKEN.match(text, position):
        kind, end = match.lastgroup or "word", match.end()
        if kind == "block":
            close = text.find("*/", end)
            end = len(text) if close < 0 else close + 2
        if kind != "space":
            yield kind, text[position:end], line
        line += text.count("\n", position, end)
        position = end


@dataclass(slots=True)
class _Reader:
    """The stack machine: open containers, the finished root, and what was tolerated."""

    stack: list[Growing] = field(default_factory=list)
    root: Node | None = None
    problems: list[tuple[int, str]] = field(default_factory=list)
    strict_ok: bool = True
    previous: str = ""
    """The last token's role: `{`, `[`, `:`, `,`, `key` or `value`."""
    line: int = 1
    seen: list[set[str]] = field(default_factory=list)

    def take(self, kind: str, text: str, line: int) -> None:
        self.line = line
        if kind in ("note", "block"):
            self.fault("comment")
        elif self.root is not None:
            self.fault("text after the end of the value")
        elif kind != "mark":
            self.scalar(kind, text)
        elif text in "{[":
            self.open("object" if text == "{" else "array")
        elif text in _CLOSES:
            self.close(_CLOSES[text])
        else:
            self.separator(text)

    def fault(self, what: str, strict: bool = False) -> None:
        self.strict_ok = self.strict_ok and strict
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append((self.line, what))

    def open(self, kind: str) -> None:
        check_depth(len(self.stack) + 1, self.line)
        self.before_value()
        self.stack.append(Growing("object" if kind == "object" else "array", self.line))
        self.seen.append(set())
        self.previous = "{" if kind == "object" else "["

    def close(self, kind: str) -> None:
        if not any(frame.kind == kind for frame in self.stack):
            self.fault("closing bracket without an opening one")
            return
        while self.stack[-1].kind != kind:
            self.fault("missing closing bracket")
            self.pop()
        if self.previous == ",":
            self.fault("trailing comma")
        self.pop()

    def pop(self) -> None:
        if self.stack[-1].key is not None:
            self.fault("key without a value")
        self.seen.pop()
        self.add(self.stack.pop().finish())

    def add(self, node: Node) -> None:
        if self.stack:
            self.stack[-1].add(node)
        else:
            self.root = node
        self.previous = "value"

    def separator(self, text: str) -> None:
        if not self.stack:
            raise CollectError("is not JSON", self.line)
        if text == "," and self.previous in ("key", ":") and self.stack[-1].key is not None:
            self.fault("key without a value")
            self.stack[-1].key = None
        elif self.previous != ("key" if text == ":" else "value"):
            self.fault("unexpected colon" if text == ":" else "unexpected comma")
            return
        self.previous = text

    def before_value(self) -> None:
        """Report what is missing between the previous token and a value."""
        frame = self.stack[-1] if self.stack else None
        if frame and frame.kind == "object" and frame.key is None:
            self.fault("value without a key")
            frame.key, frame.key_line = "", self.line
        elif self.previous == "key":
            self.fault("missing colon")
        elif self.previous == "value":
            self.fault("missing comma")

    def scalar(self, kind: str, text: str) -> None:
        if self.stack and self.stack[-1].kind == "object" and self.stack[-1].key is None:
            self.key(kind, text)
            return
        node = self.value(kind, text)
        self.before_value()
        self.add(node)

    def key(self, kind: str, text: str) -> None:
        if self.previous == "value":
            self.fault("missing comma")
        if kind == "word":
            self.fault("key without quotes")
            key = text
        else:
            key = self.string(kind, text)
        if key in self.seen[-1]:
            self.fault(f"duplicate key {shown_key(key)}", strict=True)
        self.seen[-1].add(key)
        self.stack[-1].key, self.stack[-1].key_line = key, self.line
        self.previous = "key"

    def value(self, kind: str, text: str) -> Node:
        if kind != "word":
            return Node("string", self.line, self.string(kind, text))
        if text in _LITERALS:
            return Node("null" if text == "null" else "boolean", self.line, _LITERALS[text])
        if match := _NUMBER.fullmatch(text):
            small = not match["float"] and len(text) <= _MAX_DIGITS
            return number(int(text) if small else float(text), self.line)
        if not self.stack:
            raise CollectError("is not JSON", self.line)
        self.fault("word that is no JSON value")
        return Node("string", self.line, text)

    def string(self, kind: str, text: str) -> str:
        quote = text[0]
        if kind == "single":
            self.fault("single quotes")
        if len(text) < 2 or not text.endswith(quote) or _escaped_end(text):
            self.fault("string that is not closed")
            text += quote
        inner = text[1:-1]
        if _CONTROL.search(inner):
            self.fault("control character in a string")
        return whole_characters(_ESCAPE.sub(self.escape, inner)) if "\\" in inner else inner

    def escape(self, match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            self.fault("unknown escape")
        return _ESCAPES.get(code, code)

    def finish(self) -> Parsed:
        while self.stack:
            self.fault("missing closing bracket")
            self.pop()
        if self.root is None:
            raise CollectError("holds no JSON value")
        return Parsed(self.root, tuple(self.problems), self.strict_ok)


def _escaped_end(text: str) -> bool:
    """Whether the closing quote is itself escaped, so that the string ran to the end of its line."""
    body = text[1:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1
