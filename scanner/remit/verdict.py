"""The answers a check may give: ok, fail, skip, unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from remit.evidence import Source, Unknown
from remit.remedy import Remedy

Answer = Literal["pass", "fail", "unknown", "not-applicable"]
"""What a check may say."""
Status = Literal["pass", "fail", "unknown", "not-applicable", "waived", "error"]
"""What a finding may say: `waived` and `error` are the engine's alone."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A check's answer about one subject, with the places that prove it."""

    answer: Answer
    message: str
    sources: tuple[Source, ...] = ()
    remedies: tuple[Remedy, ...] = ()


def ok(message: str, *sources: Source) -> Verdict:
    """The subject meets the control."""
    return Verdict("pass", message, sources)


def fail(message: str, *sources: Source, remedies: tuple[Remedy, ...]) -> Verdict:
    """The subject breaks the control.

    Raises ValueError without a source or a remedy: a finding that names no place and no way out is noise.
    """
    if not sources:
        raise ValueError("a failing verdict needs at least one source")
    if not remedies:
        raise ValueError("a failing verdict needs at least one remedy")
    return Verdict("fail", message, sources, remedies)


def skip(message: str, *sources: Source) -> Verdict:
    """The control has nothing to judge here."""
    return Verdict("not-applicable", message, sources)


def unknown(fact: Unknown | str, *sources: Source, remedies: tuple[Remedy, ...] = ()) -> Verdict:
    """Nobody could see the fact that decides; `remedies` say how to make it visible."""
    return Verdict("unknown", fact.why if isinstance(fact, Unknown) else fact, sources, remedies)
