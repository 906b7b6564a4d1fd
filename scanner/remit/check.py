"""How a check declares itself.

A check is one function in one file: its first parameter's annotation names the subject it judges (a union where there
are several), the others are handed to it by type: `Policy`, `AccessGraph`, `datetime` (the scan's "now"). It is pure:
no files, no network, no clock. Its docstring is the product's documentation:

    First line: what must be true, as one sentence.

    Why it matters, in a few sentences.

    Fix:
        What to do.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from remit.errors import RegistryError
from remit.verdict import Verdict

Dimension = Literal["least-privilege", "backup", "sandbox", "monitoring", "response"]
Severity = Literal["critical", "high", "medium", "low"]

DIMENSIONS: tuple[Dimension, ...] = ("least-privilege", "backup", "sandbox", "monitoring", "response")
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
PREFIXES: Mapping[str, Dimension] = {
    "LP": "least-privilege",
    "BK": "backup",
    "SB": "sandbox",
    "MN": "monitoring",
    "IR": "response",
}
_ID = re.compile(r"([A-Z]{2})-\d{3}")


@dataclass(frozen=True, slots=True)
class Check:
    """A control, ready to judge."""

    id: str
    slug: str
    title: str
    why: str
    fix: str
    severity: Severity
    dimension: Dimension
    parameters: tuple[str, ...]
    """Policy keys it reads, dotted."""
    frameworks: Mapping[str, tuple[str, ...]]
    incidents: tuple[str, ...]
    attestable: bool
    """Whether a dated attestation may decide it where nobody could look."""
    absent: Literal["not-applicable", "pass"]
    """What a complete search that found no subject means."""
    subjects: tuple[type, ...]
    judge: Callable[..., Verdict] = field(repr=False)
    extras: tuple[tuple[str, type], ...] = ()
    """Further parameters by name and type."""
    needs: tuple[type, ...] = ()
    """Further subject types it reads through the graph: an unread place where one may hide leaves it undecided."""


def check(
    id: str,
    slug: str,
    *,
    severity: Severity,
    parameters: tuple[str, ...] = (),
    frameworks: Mapping[str, tuple[str, ...]] | None = None,
    incidents: tuple[str, ...] = (),
    attestable: bool = False,
    absent: Literal["not-applicable", "pass"] = "not-applicable",
    needs: tuple[type, ...] = (),
) -> Callable[[Callable[..., Verdict]], Check]:
    """Declare a function as the control `id`.

    Raises RegistryError when the id is malformed, the docstring lacks its title, reason or `Fix:` section, or the
    first parameter has no class as its annotation.
    """

    def declare(judge: Callable[..., Verdict]) -> Check:
        matched = _ID.fullmatch(id)
        if not matched or matched[1] not in PREFIXES:
            raise RegistryError(f"check {id!r}: an id is {'|'.join(PREFIXES)}, a hyphen and three digits")
        title, why, fix = _documentation(id, judge)
        subjects, extras = _parameters(id, judge)
        return Check(
            id=id,
            slug=slug,
            title=title,
            why=why,
            fix=fix,
            severity=severity,
            dimension=PREFIXES[matched[1]],
            parameters=parameters,
            frameworks=dict(frameworks or {}),
            incidents=incidents,
            attestable=attestable,
            absent=absent,
            subjects=subjects,
            judge=judge,
            extras=extras,
            needs=needs,
        )

    return declare


def _documentation(id: str, judge: Callable[..., Verdict]) -> tuple[str, str, str]:
    text = inspect.cleandoc(judge.__doc__ or "")
    body, mark, fix = text.partition("\nFix:")
    title, _, why = body.partition("\n")
    if not (title.strip() and why.strip() and mark and fix.strip()):
        raise RegistryError(f"check {id}: the docstring needs a first line, a reason and a 'Fix:' section")
    return title.strip().rstrip("."), _paragraphs(why), _paragraphs(fix)


def _paragraphs(text: str) -> str:
    parts = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return "\n\n".join(" ".join(part.split()) for part in parts if part.strip())


def _parameters(id: str, judge: Callable[..., Verdict]) -> tuple[tuple[type, ...], tuple[tuple[str, type], ...]]:
    hints: dict[str, Any] = typing.get_type_hints(judge)
    names = list(inspect.signature(judge).parameters)
    if not names or names[0] not in hints:
        raise RegistryError(f"check {id}: the first parameter needs the subject's class as its annotation")
    first = hints[names[0]]
    union = typing.get_origin(first) in (typing.Union, types.UnionType)
    subjects = typing.get_args(first) if union else (first,)
    if not all(isinstance(subject, type) for subject in subjects):
        raise RegistryError(f"check {id}: the first parameter must be annotated with classes, not {first!r}")
    return tuple(subjects), tuple((name, hints[name]) for name in names[1:])
