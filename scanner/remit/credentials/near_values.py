"""The part of a text that can hold a credential at all, so that hundreds of kinds need not look at the rest.

A token is a long run of letters, digits and `_-+/` with a stretch in it where letters and digits mix, or where
the case of letters changes as it does in no name: rare in prose and in source code. The few kinds whose values are
short or broken up (passwords, connection URLs, key blocks) are found by the words that go with them. Both are looked
up by the interpreter's own string search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SMALL = 400
"""A text up to this size is looked at whole."""
_SHORTEST = 20
_BEFORE, _AFTER = 80, 160
_PREFIX_BEFORE, _PREFIX_AFTER = 48, 160
"""How far from the start of a run the prefix of a token may be: `xoxe.xoxb-` before it, a path of a URL in it."""
_TOKEN_CHARACTERS = bytes(
    ord("x") if (code < 128 and chr(code).isalnum()) or code in b"_-+/" else ord(" ") for code in range(256)
)
_RUN = b"x" * _SHORTEST
_LIKE_A_VALUE = re.compile(rb"(?<![A-Za-z0-9])(?=[A-Za-z]*+[0-9])[A-Za-z0-9]{6}|[A-Z]{16}|[A-Z][a-z][A-Z]")
_URL_LOGIN = re.compile(rb"://[^\s/?'\"`<>]{0,330}@")
_MARKS = (
    b"-----begin",
    b"passw",
    b"pwd",
    b'"auth"',
    b"curl ",
    b"glpat-",
    b"q~",
    b"a3-",
    b"railway",
    b"authorization",
    b"sig=",
)
_CONFIG_MARKS = (*_MARKS, b"passphrase", b"secret", b"token", b"key")


@dataclass(frozen=True, slots=True)
class Near:
    """The starts of long values, and the wider surroundings of all values; in lower case."""

    starts: bytes
    surroundings: bytes


def near_values(content: bytes, config: bool, whole: bool = False) -> Near:
    """Where in `content` a secret may be; empty where nothing may.

    `config` says that the file holds settings, where a value is judged by the name that holds it alone; `whole` that it
    is a place for credentials, where every line may hold one.
    """
    lowered = content.lower()
    if whole or len(content) <= _SMALL:
        return Near(lowered, lowered)
    runs = list(_runs(content))
    starts = [lowered[max(0, start - _PREFIX_BEFORE) : min(end, start + _PREFIX_AFTER)] for start, end in runs]
    spans = [(max(0, start - _BEFORE), min(end, start + _AFTER)) for start, end in runs]
    spans += ((max(0, found.start() - _BEFORE), found.end() + _AFTER) for found in _URL_LOGIN.finditer(lowered))
    spans += _marked(lowered, _CONFIG_MARKS if config else _MARKS)
    return Near(b"\n".join(starts), b"\n".join(_pieces(lowered, sorted(spans))))


def _pieces(lowered: bytes, spans: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    start = end = 0
    for left, right in spans:
        if left > end:
            yield lowered[start:end]
            start = left
        end = max(end, right)
    if end:
        yield lowered[start:end]


def _runs(content: bytes) -> Iterator[tuple[int, int]]:
    shape = content.translate(_TOKEN_CHARACTERS)
    start = shape.find(_RUN)
    while start >= 0:
        end = shape.find(b" ", start)
        end = len(shape) if end < 0 else end
        if _LIKE_A_VALUE.search(content, start, end):
            yield start, end
        start = shape.find(_RUN, end)


def _marked(lowered: bytes, marks: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    for mark in marks:
        at = lowered.find(mark)
        while at >= 0:
            yield max(0, at - _BEFORE), at + _AFTER
            # Nearer ones lie within what has just been taken.
            at = lowered.find(mark, at + len(mark) + _BEFORE // 4)
