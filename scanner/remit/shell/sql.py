"""What statements do, seen by their first words; quoted text and comments do nothing.

A linear scan, not a parser: clients of eight dialects are served, and the statements may hold shell variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.verbs import VerbClass

_TOKEN = re.compile(
    r"--[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|'(?:[^'\\]++|''|\\.)*+(?:'|\Z)"
    r"|(?P<dollar>\$(?:[A-Za-z_][A-Za-z0-9_]{0,60})?\$)"
    r'|"[^"]*+(?:"|\Z)|`[^`]*+(?:`|\Z)|(?P<meta>^\\[^\n]*)|(?P<word>[A-Za-z_][A-Za-z0-9_$]*+)|(?P<end>;)',
    re.DOTALL | re.MULTILINE,
)
_DDL = frozenset({"DROP", "ALTER"})
_MONGO = (
    (re.compile(r"\.\s{0,5}(?:dropDatabase|drop|dropIndexes|dropAllUsersFromDatabase)\s{0,5}\("), "sql-ddl"),
    (re.compile(r"\.\s{0,5}(?:deleteMany|remove)\s{0,5}\(\s{0,5}(?:\{\s{0,5}\})?\s{0,5}\)"), "sql-mass-dml"),
)
_BLOCK = re.compile(r"\b(?:BEGIN|THEN|ELSE|LOOP)\b", re.IGNORECASE)
_MOST_BODIES = 4
_MOST_MARKS = 100


def sql_classes(text: str, depth: int = 0) -> tuple[VerbClass, ...]:
    """The verb classes of the statements in a text: DROP and ALTER, TRUNCATE, DELETE and UPDATE of every row."""
    found: set[VerbClass] = set()
    for words, bodies in _statements(text):
        verb = words[0]
        if verb == "EXPLAIN" and "ANALYZE" not in words[:4]:
            continue
        if verb == "DO" and depth < _MOST_BODIES:
            for body in bodies:
                found.update(sql_classes(_BLOCK.sub(";", body), depth + 1))
        elif verb in _DDL:
            found.add("sql-ddl")
        elif _every_row(words):
            found.add("sql-mass-dml")
    return tuple(sorted(found))


def mongo_classes(text: str) -> tuple[VerbClass, ...]:
    """The verb classes of a MongoDB shell text."""
    found: list[VerbClass] = []
    for pattern, verb_class in _MONGO:
        if pattern.search(text):
            found.append("sql-ddl" if verb_class == "sql-ddl" else "sql-mass-dml")
    return tuple(found)


def _every_row(words: list[str]) -> bool:
    if words[0] == "TRUNCATE":
        return True
    if "WHERE" in words or words[0] not in {"DELETE", "UPDATE", "WITH", "EXPLAIN"}:
        return False
    return ("DELETE" in words and "FROM" in words) or (words[0] == "UPDATE" and "SET" in words)


def _statements(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words of each statement in upper case, and its dollar-quoted bodies."""
    words: list[str] = []
    bodies: list[str] = []
    unclosed: set[str] = set()
    position = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token["dollar"]:
            mark = token["dollar"]
            # `$A$B` are two shell variables more often than an open quotation, so what follows is read on.
            end = text.find(mark, position) if mark not in unclosed and len(unclosed) < _MOST_MARKS else -1
            if end < 0:
                unclosed.add(mark)
            else:
                bodies.append(text[position:end])
                position = end + len(mark)
        elif token["word"]:
            words.append(token["word"].upper())
        elif token["end"] and words:
            yield words, bodies
            words, bodies = [], []
    if words:
        yield words, bodies
