"""Reading what is assigned to a name, in whatever syntax: env files, YAML, JSON, shell, Dockerfiles, source code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_LONGEST_NAME = 100
_AFTER_NAME = re.compile(
    r"""[A-Za-z0-9_.-]{0,60}+(?:
        \\{0,3}['"]?\s{0,20},?\s{0,40}['"]?value['"]?\s{0,8}[:=]\s{0,8}  # name: NAME / value: … as in Kubernetes
      | \\{0,3}['"]?\]?[ \t]{0,20}(?:=>|:-|[!=:?+.]{0,3}=|:|,)[ \t]{0,20}  # NAME= "NAME": get("NAME", "…")
      | (?P<bare>[ \t]{1,8})                                              # ENV NAME value
    )@?\\{0,3}""",
    re.VERBOSE,
)
_TAKES_BARE = re.compile(r"(?:\b(?:ENV|ARG|setx|setenv)|\bset\s{1,4}-\w{1,4})\s{1,8}$")
_UNQUOTED = re.compile(r"[^\s'\"`<>\\]*+")
_CUT = re.compile(r"[,;&|)]")
_LONGEST_VALUE = 4096
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STAGE = r"(?:_(?:PROD|PRODUCTION|PRD|STAGING|STAGE|STG|DEV|DEVELOPMENT|TEST|LIVE|OLD|NEW|\d{1,2}))?"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name and what is assigned to it."""

    name: str
    start: int
    end: int
    value: str = field(repr=False)


def folded(text: str) -> str:
    """The text in lower case with `-` and `.` as `_`, every character at its old place."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text.replace("İ", "i").lower()  # the one letter that becomes two
    return lowered.replace("-", "_").replace(".", "_")


def assignments(text: str, folded_text: str, literal: str) -> Iterator[Assignment]:
    """Every assignment to a name that contains `literal` (folded)."""
    words = _Words(text)
    at = folded_text.find(literal)
    while at >= 0:
        yield from _assignment(words, at, at + len(literal))
        at = folded_text.find(literal, at + len(literal))


class _Words:
    """A text with the end of the unquoted word at an offset, found once a word: one word may hold many names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._start = self._end = 0

    def end(self, at: int) -> int:
        if not self._start <= at < self._end:
            found = _UNQUOTED.match(self.text, at)
            self._start, self._end = at, found.end() if found else at
        return self._end


def _assignment(words: _Words, start: int, end: int) -> Iterator[Assignment]:
    text = words.text
    tail = _AFTER_NAME.match(text, end)
    if tail is None:
        return
    head = text[max(0, start - _LONGEST_NAME) : start]
    first = start - (len(head) - len(head.rstrip(_NAME_CHARACTERS)))
    if tail["bare"] and not _TAKES_BARE.search(text, max(0, first - 20), first):
        return
    if text[max(0, first - 2) : first] == "${" and text[tail.end() : tail.end() + 1] in ("?", "+"):
        # `${NAME:?message}`: a shell's demand for the variable, and no value of it.
        return
    last = end
    while last < tail.end() and text[last] in _NAME_CHARACTERS:
        last += 1
    for left, right in _values(words, tail.end()):
        yield Assignment(text[first:last].rstrip(".-"), left, right, text[left:right])


def _values(words: _Words, at: int) -> Iterator[tuple[int, int]]:
    text = words.text
    quote = text[at : at + 1]
    if quote and quote in "'\"`":
        end = _closing(text, quote, at + 1)
        if end - at > 4:
            yield at + 1, end
        return
    end = words.end(at)
    if not 4 <= end - at <= _LONGEST_VALUE:
        return
    whole = text[at:end].rstrip(",;)]}")
    if len(whole) >= 4:
        yield at, at + len(whole)
    cut = _CUT.search(whole)
    if cut is not None and cut.start() >= 4:
        yield at, at + cut.start()


def _closing(text: str, quote: str, start: int) -> int:
    """Where the quoted text ends: at its quote, at the line's end, or where a value would be too long."""
    stop = min(len(text), start + _LONGEST_VALUE)
    line = text.find("\n", start, stop)
    stop = line if line >= 0 else stop
    end = text.find(quote, start, stop)
    end = stop if end < 0 else end
    while end > start and text[end - 1] in "\\\r":
        end -= 1
    return end


def normalised(name: str) -> str:
    """A name as environment variables are written: `dbPassword`, `db-password` and `db.password` are `DB_PASSWORD`."""
    return _CAMEL.sub("_", name).upper().replace("-", "_").replace(".", "_")


def name_pattern(declared: str) -> re.Pattern[str]:
    """The pattern of normalised names that a declared one stands for.

    Any prefix of whole words is allowed (`MY_RAILWAY_TOKEN`), and the name of an environment after it.
    """
    literal = re.escape(declared.strip("*"))
    head = ".*" if declared.startswith("*") else "(?:.*_)?"
    return re.compile(head + literal + (".*" if declared.endswith("*") else _STAGE))


def name_before(before: str) -> str:
    """The name to which a value is assigned, given the text before it; empty where there is none."""
    head = before.rstrip(" \t'\"`\\")
    for word in ("Bearer", "bearer", "Basic", "basic", "token"):
        head = (
            head.removesuffix(word).rstrip(" \t'\"`\\") if head.endswith((f" {word}", f'"{word}', f":{word}")) else head
        )
    bare = head.rstrip("=:>")
    if bare == head:
        return ""
    bare = bare.rstrip(" \t'\"`\\]")
    name = bare[len(bare.rstrip(_NAME_CHARACTERS)) :].strip(".-")
    return name[-_LONGEST_NAME:] if name and not name[0].isdigit() else ""
