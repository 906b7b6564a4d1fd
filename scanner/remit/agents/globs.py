"""Patterns as agents write them for paths and commands, matched without backtracking.

Patterns come from audited files: a regular expression made of one could take exponential time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache


def spans(parts: Sequence[str], text: str) -> bool:
    """Whether a text is the given parts in order, with anything between them (`a*b` is the parts `a` and `b`)."""
    if len(parts) == 1:
        return text == parts[0]
    first, *middle, last = parts
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    position, end = len(first), len(text) - len(last)
    for part in middle:
        position = text.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


def gitignore(pattern: str, path: str) -> bool:
    """Whether a gitignore pattern covers a path, both relative to the directory the pattern is written for.

    A pattern without a slash in its middle matches at any depth; one that matches a directory covers what is below
    it.
    """
    parts = _parts(pattern)
    return bool(parts) and _wild(parts, tuple(name for name in path.split("/") if name), "**", segment)


def ignored(lines: Sequence[str], path: str) -> bool:
    """Whether an ignore file's lines cover a path: the last line that matches decides, `!` takes back."""
    verdict = False
    for line in lines:
        text = line.strip()
        if text and not text.startswith("#") and gitignore(text.removeprefix("!"), path):
            verdict = not text.startswith("!")
    return verdict


def segment(pattern: str, name: str) -> bool:
    """Whether one part of a path matches a pattern with `*`, `?`, `[…]` and backslash escapes."""
    return _wild(_tokens(pattern), tuple(name), "*", _character)


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> tuple[str, ...]:
    text = pattern.removeprefix("./")
    parts = [part for part in text.split("/") if part]
    if parts and "/" not in text.rstrip("/") and parts != ["**"]:
        parts.insert(0, "**")
    if parts and parts[-1] == "**":
        return (*parts[:-1], "*", "**")  # `dir/**` covers what is below `dir`, not `dir` itself
    return (*parts, "**") if parts else ()


def _wild(pattern: Sequence[str], seen: Sequence[str], star: str, same: Callable[[str, str], bool]) -> bool:
    """Greedy matching with one remembered star: time is at most the product of both lengths."""
    at = place = 0
    remembered, mark = -1, 0
    while place < len(seen):
        if at < len(pattern) and pattern[at] == star:
            remembered, mark = at, place
            at += 1
        elif at < len(pattern) and same(pattern[at], seen[place]):
            at += 1
            place += 1
        elif remembered >= 0:
            mark += 1
            at, place = remembered + 1, mark
        else:
            return False
    return all(item == star for item in pattern[at:])


@lru_cache(maxsize=4096)
def _tokens(pattern: str) -> tuple[str, ...]:
    """`*`, `?`, `[set]`, or a backslash and the character it stands for."""
    out: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        end = pattern.find("]", position + 2) if character == "[" else -1
        if character == "\\" and position + 1 < len(pattern):
            out.append(pattern[position : position + 2])
            position += 2
        elif end > 0:
            out.append(pattern[position : end + 1])
            position = end + 1
        else:
            out.append(character if character in "*?" else "\\" + character)
            position += 1
    return tuple(out)


def _character(wanted: str, character: str) -> bool:
    if wanted.startswith("\\"):
        return wanted[1:] == character
    return _in_set(wanted[1:-1], character) if wanted.startswith("[") else wanted == "?"


def _in_set(body: str, character: str) -> bool:
    negated = body[:1] in {"!", "^"}
    body = body[1:] if negated else body
    found = False
    position = 0
    while position < len(body):
        if body[position + 1 : position + 2] == "-" and position + 2 < len(body):
            found = found or body[position] <= character <= body[position + 2]
            position += 3
        else:
            found = found or body[position] == character
            position += 1
    return found is not negated
