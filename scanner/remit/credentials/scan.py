"""Finding credentials in one text: by form, by the name that holds them, by what stands around them."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from remit.credentials.assignments import assignments, folded, name_before, name_pattern, normalised
from remit.credentials.kind import WINDOW, CredentialKind, Detail, Form, Found
from remit.credentials.near_values import Near, near_values
from remit.credentials.placeholder import is_placeholder, is_reference
from remit.credentials.places import holds_credentials, holds_settings
from remit.registry import discover

MAX_FOUND = 500
"""Findings a file may hold before the rest is not worth a line each; more is a Gap."""


@dataclass(frozen=True, slots=True)
class Match:
    """A recognised credential at its place, with its value reduced."""

    kind: str
    name: str
    line: int
    start: int
    """Where its secret part starts: in a connection URL the password, else the whole value."""
    end: int
    masked: str
    fingerprint: str
    detail: Detail


@cache
def kinds() -> tuple[CredentialKind, ...]:
    """Every installed credential kind, sorted by name."""
    return discover("remit.credentials", CredentialKind, lambda kind: kind.name)


@cache
def _by_kind_name() -> dict[str, CredentialKind]:
    return {kind.name: kind for kind in kinds()}


def kind_named(name: str) -> CredentialKind:
    """The kind called `name`. Raises KeyError for an unknown one."""
    return _by_kind_name()[name]


def fingerprint(value: str, key: bytes) -> str:
    """Tells equal values apart from different ones, and nothing else, to holders of the same key."""
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=8).hexdigest()


def mask(value: str) -> str:
    """The value's shape: its length and, where a known separator ends one, its public prefix."""
    prefix = re.match(r"[A-Za-z]{2,12}(?:[_-][A-Za-z]{2,8})?[_-]", value)
    shown = prefix[0] if prefix and len(prefix[0]) * 3 <= len(value) and _is_public(prefix[0]) else ""
    return f"{shown}…({len(value)} characters)"


@cache
def _public_prefixes() -> frozenset[str]:
    return frozenset(anchor for kind in kinds() for form in kind.forms for anchor in form.anchors)


def _is_public(prefix: str) -> bool:
    # A password may look like a prefix and a body, too; only what a kind declares is known to everybody.
    return prefix.lower() in _public_prefixes()


def scan(text: str, path: str, key: bytes) -> list[Match]:
    """Every credential in a text, in the order of their places; overlapping claims are settled by rank."""
    near = near_values(text.encode("utf-8", "surrogatepass"), holds_settings(path), holds_credentials(path))
    if not near.surroundings:
        return []
    claims = [*_by_form(text, near, path), *_by_name(text, near, path)]
    lines = _Lines(text)
    return [claim.match(lines, key) for claim in _settled(claims)]


@dataclass(frozen=True, slots=True)
class _Claim:
    kind: CredentialKind
    found: Found = field(repr=False)
    detail: Detail
    start: int
    end: int
    secret: tuple[int, int]

    def match(self, lines: _Lines, key: bytes) -> Match:
        value = self.found.value
        line = lines.number(self.start)
        return Match(
            self.kind.name, self.found.name, line, *self.secret, mask(value), fingerprint(value, key), self.detail
        )


def _settled(claims: Sequence[_Claim]) -> list[_Claim]:
    """The claims that hold, in the order of their places: of two that overlap the one of lower rank."""
    starts: list[int] = []
    taken: list[_Claim] = []
    for claim in sorted(claims, key=lambda claim: (claim.kind.rank, claim.start, -claim.end, claim.kind.name)):
        at = bisect_right(starts, claim.start)
        if (at and taken[at - 1].end > claim.start) or (at < len(taken) and starts[at] < claim.end):
            continue
        starts.insert(at, claim.start)
        taken.insert(at, claim)
    return taken


class _Lines:
    """Line numbers by offset, counted forward once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def number(self, offset: int) -> int:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line


_Tried = tuple[CredentialKind, Form]


@cache
def _anchors() -> tuple[tuple[tuple[bytes, tuple[_Tried, ...]], ...], ...]:
    """The forms to try by anchor: those to look for at the start of values, and those to look for around them."""
    tables: tuple[dict[bytes, list[_Tried]], ...] = ({}, {})
    for kind in kinds():
        for form in kind.forms:
            for anchor in form.anchors:
                tables[0 if form.at_value else 1].setdefault(anchor.encode(), []).append((kind, form))
    return tuple(tuple((anchor, tuple(rows)) for anchor, rows in table.items()) for table in tables)


def _by_form(text: str, near: Near, path: str) -> Iterator[_Claim]:
    at_start, around = _anchors()
    starts, surroundings = near.starts, near.surroundings
    hits = [rows for anchor, rows in at_start if anchor in starts]
    hits += [rows for anchor, rows in around if anchor in surroundings]
    # A form with several anchors is tried once.
    for kind, form in {(kind.name, id(form)): (kind, form) for rows in hits for kind, form in rows}.values():
        if kind.paths is None or kind.paths.search(path):
            yield from _form_claims(kind, form, text, path)


def _form_claims(kind: CredentialKind, form: Form, text: str, path: str) -> Iterator[_Claim]:
    for found in form.pattern.finditer(text):
        start, end = found.span("value")
        before = text[max(0, start - WINDOW) : start]
        if form.before is not None and not form.before.search(before):
            continue
        around = before + text[start : end + WINDOW]
        if form.around is not None and not form.around.search(around) and not form.around.search(path):
            continue
        secret = found.span("secret") if "secret" in form.pattern.groupindex else (start, end)
        found_here = Found(found["value"], name_before(before), path, around, text, start)
        yield from _claim(kind, found_here, start, end, secret)


_COMMON_WORDS = ("token", "key", "secret", "passw")


@cache
def _names() -> dict[str, tuple[tuple[CredentialKind, re.Pattern[str]], ...]]:
    """The kinds and name patterns to try by the literal to look for: with underscores, and without for `camelCase`."""
    table: dict[str, list[tuple[CredentialKind, re.Pattern[str]]]] = {}
    for kind in kinds():
        for name in kind.names:
            literal = name.strip("*").lower()
            for spelling in {literal.strip("_"), literal.replace("_", "")}:
                table.setdefault(spelling, []).append((kind, name_pattern(name)))
    return {literal: tuple(rows) for literal, rows in table.items()}


@cache
def _literals() -> tuple[tuple[bytes, tuple[tuple[bytes, str], ...]], ...]:
    """The literals of `_names` by a word they have in common, so that one search can rule out many."""
    groups: dict[str, list[tuple[bytes, str]]] = {}
    for literal in _names():
        word = next((word for word in _COMMON_WORDS if word in literal), literal)
        groups.setdefault(word, []).append((literal.encode(), literal))
    return tuple((word.encode(), tuple(rows)) for word, rows in groups.items())


def _by_name(text: str, near: Near, path: str) -> Iterator[_Claim]:
    near_folded = near.surroundings.replace(b"-", b"_").replace(b".", b"_")
    present = [
        literal
        for word, rows in _literals()
        if word in near_folded
        for encoded, literal in rows
        if encoded in near_folded
    ]
    wanted = [
        (literal, [row for row in _names()[literal] if row[0].paths is None or row[0].paths.search(path)])
        for literal in present
    ]
    folded_text = folded(text) if any(rows for _, rows in wanted) else ""
    for literal, rows in wanted:
        if rows:
            yield from _named_claims(text, folded_text, path, literal, rows)


def _named_claims(
    text: str, folded_text: str, path: str, literal: str, rows: list[tuple[CredentialKind, re.Pattern[str]]]
) -> Iterator[_Claim]:
    for found in assignments(text, folded_text, literal):
        name = normalised(found.name)
        for kind, pattern in rows:
            if pattern.fullmatch(name) and (kind.value is None or kind.value.fullmatch(found.value)):
                around = text[max(0, found.start - WINDOW) : found.end + WINDOW]
                here = Found(found.value, found.name, path, around, text, found.start)
                yield from _claim(kind, here, found.start, found.end, (found.start, found.end))


def _claim(kind: CredentialKind, found: Found, start: int, end: int, secret: tuple[int, int]) -> Iterable[_Claim]:
    if is_reference(found.value):
        return
    detail = kind.refine(found)
    if detail is None:
        return
    if not detail.judged and not detail.placeholder and is_placeholder(found.value):
        # The kind's own prefix may be a word (`sk_test_`); what follows it decides.
        detail = replace(detail, placeholder=True)
    yield _Claim(kind, found, detail, start, end, secret)
