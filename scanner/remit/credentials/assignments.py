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
      | \\{0,3}['"]?\]?[ \t]{0,20}(?:=>|:-|[!=:?+.]{0,3}=|:|,)[ \t]{0,20}      # NAME=, NAME: , "NAME" => , get("NAME", "…")
      | (?P<bare>[ \t]{1,8})                                              # ENV NAME value
    )@?\\{0,3}""",
    re.VERBOSE,
)
_TAKES_BARE = re.compile(r"(?:\b(?:ENV|ARG|setx|setenv)|\bset\s{1,4}-\w{1,4})\s{1,8}$")
_UNQUOTED = re.compile(r"[^\s'\"`<>\\]{4,4096}")
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
    at = folded_text.find(literal)
    while at >= 0:
        yield from _assignment(text, at, at + len(literal))
        at = folded_text.find(literal, at + len(literal))


def _assignment(text: str, start: int, end: int) -> Iterator[Assignment]:
    tail = _AFTER_NAME.match(text, end)
    if tail is None:
        return
    head = text[max(0, start - _LONGEST_NAME) : start]
    first = start - (len(head) - len(head.rstrip(_NAME_CHARACTERS)))
    if tail["bare"] and not _TAKES_BARE.search(text, max(0, first - 20), first):
        return
    last = end
    while last < tail.end() and text[last] in _NAME_CHARACTERS:
        last += 1
    for left, right in _values(text, tail.end()):
        yield Assignment(text[first:last].rstrip(".-"), left, right, text[left:right])


def _values(text: str, at: int) -> Iterator[tuple[int, int]]:
    quote = text[at : at + 1]
    if quote and quote in "'\"`":
        end = _closing(text, quote, at + 1)
        if end - at > 4:
            yield at + 1, end
        return
    found = _UNQUOTED.match(text, at)
    if found is None:
        return
    end = at + len(found[0].rstrip(",;)]}"))
    if end - at >= 4:
        yield at, end
    cut = re.search(r"[,;&|)]", found[0])
    if cut is not None and 4 <= cut.start() < end - at:
        yield at, at + cut.start()


def _closing(text: str, quote: str, start: int) -> int:
    """Where the quoted text ends: at its quote, at the line's end, or after 4096 characters."""
    stop = min(len(text), start + 4096)
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
