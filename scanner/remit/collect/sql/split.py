"""SQL files cut into statements, in time linear in their length.

PostgreSQL's own scanner would do the cutting too, but its time grows with the square of a deeply nested comment, it
gives up on the whole file at the first odd quote, and it knows neither psql's commands nor templates. So the file is
cut here, and only single statements are handed to PostgreSQL's parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from remit.collect.sql.statement import replace_placeholders

# No alternative starts with a look-behind, so that the search can skip to the few characters that start a token.
_TOKEN = re.compile(
    r"""
    (?P<quoted>'[^']*+'?)
  | (?P<name>"[^"]*+"?)
  | (?P<tick>`[^`\n]{0,200}`)
  | (?P<note>(?:\#[ ]{0,4})?--[^\n]*+)
  | (?P<comment>/\*)
  | (?P<dollar>\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]{0,62})?\$)
  | (?P<control>\{%[^%]{0,500}?%\} | \{\#[^#]{0,2000}?\#\} | <%(?!=)[^%]{0,500}?%>
      | \{\{-?\s{0,9}(?:[#/^!]|(?:if|else|end|range|with)\b)[^}]{0,200}\}\}\}?)
  | (?P<template>\{\{[^{}]{0,500}\}\} | <%=[^%]{0,500}%> | [$\#]\{[^}\n]{0,200}\})
  | (?P<slash>\\[^\n]*+)
  | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
# Rows of data make up nearly all of a large dump; one without a backslash or comment is passed over in one step.
_ROWS = re.compile(r"\s*+(?:insert|replace)\b(?:[^'\"`$;\\{<#/-]++|'[^'\\]*+'|-(?!-)|/(?!\*))*+;", re.IGNORECASE)
_ESCAPED = re.compile(r"'(?:[^'\\]++|\\.)*+'?", re.DOTALL)
_MYSQL = re.compile(r"\b(?:TABLE|INTO|EXISTS|DATABASE|USE|FROM)\s{1,9}`\w|\bENGINE\s{0,3}=\s{0,3}\w", re.IGNORECASE)
_HASH_NOTE = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_OPENS = re.compile(r"(?:\{%[-+]?|<%[-_]?|\{\{-?)\s{0,9}#?(?:if|unless|for|range|with|each)\b")
_CLOSES = re.compile(r"(?:\{%[-+]?|<%[-_]?|\{\{-?)\s{0,9}(?:end|/)")
_DIRECTION = re.compile(
    r"(?:#\s{0,4})?--[-\s]{0,9}(?:\+(?:goose|migrate)\s{1,9}|migrate:|//\s{0,3}@?|@|!)(?P<way>up|down|undo)s?\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s*+")
_COPY = re.compile(r"copy\b.{0,4000}?\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_DATA_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_CONNECT = re.compile(r"\\c(?:onnect)?\s+(?:-\S{1,40}\s+)?\"?([^\s\"]{1,200})")
_MATTERS = re.compile(
    r"(?:grant|revoke|reassign|create|alter|drop|set|reset|discard|do|begin|start|commit|rollback|end|abort|copy|select)\b",
    re.IGNORECASE,
)
_CALLED = {"comment": "comment", "dollar": "dollar quote", "name": "quoted name"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement without its comments, its placeholders replaced by stand-in identifiers."""

    line: int
    text: str
    conditional: bool = False
    database: str = ""
    generated: bool = False
    """True where psql would run the rows that the statement returns (`\\gexec`)."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A place from which on the file could not be cut into statements."""

    line: int
    reason: str
    rest: str
    """What was not read."""


@dataclass(slots=True)
class _Cut:
    """Where the cutting stands."""

    text: str
    mysql: bool
    position: int = 0
    first: int = -1
    """Where the current statement's first word or quote starts, -1 before it."""
    holes: list[tuple[int, int]] = field(default_factory=list)
    line: int = 1
    counted: int = 0
    depth: int = 0
    touched: bool = False
    undoing: bool = False
    database: str = ""

    def line_of(self, position: int) -> int:
        """The line of a position; positions must not decrease."""
        if position > self.counted:
            self.line += self.text.count("\n", self.counted, position)
            self.counted = position
        return self.line

    def begin(self, end: int, *, solid: bool) -> None:
        """Note where the statement starts, if it does so between here and `end`, or with the solid token there."""
        if self.first < 0:
            space = _SPACE.match(self.text, self.position, end)
            start = space.end() if space else end
            self.first = start if start < end or solid else -1


def split(text: str) -> Iterator[Piece | Trouble]:
    """The statements of a SQL file, in order; a Trouble where a quote, a comment or COPY data never ends.

    Left out: statements that cannot concern roles, psql's own commands, COPY data, the undo half of a migration.
    """
    mysql = bool(_MYSQL.search(text))
    cut = _Cut(_HASH_NOTE.sub("", text) if mysql else text, mysql)
    while match := _next(cut):
        kind = match.lastgroup or ""
        apart = kind in ("note", "comment", "control", "slash", "end")
        cut.begin(match.start(), solid=not apart)
        end = _end(cut, match, kind)
        if end is None:
            reason = f"a {_CALLED.get(kind, 'quote')} that starts here never ends"
            yield Trouble(cut.line_of(match.start()), reason, cut.text[match.start() :])
            return
        cut.position = end
        if kind == "end" or (kind == "slash" and match[0].startswith("\\g")):
            yield from _finish(cut, match.start(), generated=match[0].startswith("\\gexec"))
        elif apart:
            _leave_out(cut, match, kind)
    cut.begin(len(cut.text), solid=False)
    cut.position = len(cut.text)
    yield from _finish(cut, len(cut.text), generated=False)


def _next(cut: _Cut) -> re.Match[str] | None:
    """The next token, past whole rows of data."""
    while cut.first < 0 and (rows := _ROWS.match(cut.text, cut.position)):
        cut.position = rows.end()
    return _TOKEN.search(cut.text, cut.position)


def _end(cut: _Cut, match: re.Match[str], kind: str) -> int | None:
    """Where a token ends; None where it never does."""
    text, start = cut.text, match.start()
    if kind == "comment":
        return _comment_end(text, match.end())
    if kind == "dollar":
        if start and (text[start - 1].isalnum() or text[start - 1] in "_$"):
            return start + 1  # part of a name such as a$b$c, as PostgreSQL reads it
        found = text.find(match[0], match.end())
        return None if found < 0 else found + len(match[0])
    if kind == "quoted" and (cut.mysql or _escapes(text, start)):
        match = _ESCAPED.match(text, start) or match
    if kind in ("quoted", "name") and (len(match[0]) < 2 or match[0][-1] != match[0][0]):
        return None
    return match.end()


def _escapes(text: str, quote: int) -> bool:
    """Whether a quote opens an E'' string, in which a backslash escapes."""
    before = text[max(0, quote - 2) : quote]
    return before[-1:] in ("e", "E") and not (before[:-1].isalnum() or before[:-1] in ("_", "$"))


def _comment_end(text: str, position: int) -> int | None:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return None
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return position


def _leave_out(cut: _Cut, match: re.Match[str], kind: str) -> None:
    """Leave a comment, a template's control block or a psql command out of the statement."""
    if cut.first >= 0:
        cut.holes.append((match.start(), cut.position))
    if kind == "note" and (turn := _DIRECTION.match(match[0])):
        cut.undoing = turn["way"].lower() != "up"
    elif kind == "control":
        cut.touched = cut.touched or cut.first >= 0
        cut.depth = max(0, cut.depth + bool(_OPENS.match(match[0])) - bool(_CLOSES.match(match[0])))
    elif kind == "slash":
        cut.depth = max(0, cut.depth + match[0].startswith("\\if") - match[0].startswith("\\endif"))
        if connected := _CONNECT.match(match[0]):
            cut.database = replace_placeholders(connected[1])


def _finish(cut: _Cut, end: int, *, generated: bool) -> Iterator[Piece | Trouble]:
    """The statement that ends here, if it is one that can matter; then make ready for the next."""
    first, holes, conditional = cut.first, cut.holes, cut.touched or cut.depth > 0
    cut.first, cut.holes, cut.touched = -1, [], False
    found = _MATTERS.match(cut.text, first, end) if first >= 0 else None
    if found is None or cut.undoing:
        return
    word = found[0].lower()
    if word == "copy":
        yield from _skip_data(cut, first, end)
    elif word != "select" or generated:
        line = cut.line_of(first)
        body = replace_placeholders(_without(cut.text, first, end, holes))
        yield Piece(line, body, conditional, cut.database, generated)


def _skip_data(cut: _Cut, first: int, end: int) -> Iterator[Trouble]:
    if not _COPY.match(cut.text, first, end):
        return
    stop = _DATA_END.search(cut.text, cut.position)
    if stop is None:
        yield Trouble(cut.line_of(first), "COPY data that starts here never ends", cut.text[cut.position :])
    cut.position = stop.end() if stop else len(cut.text)


def _without(text: str, first: int, end: int, holes: list[tuple[int, int]]) -> str:
    """The text between two places without its holes; their line breaks stay, so that lines can still be counted."""
    parts = []
    for start, stop in holes:
        parts.append(text[first:start])
        parts.append("\n" * text.count("\n", start, stop) or " ")
        first = stop
    parts.append(text[first:end])
    return "".join(parts)
