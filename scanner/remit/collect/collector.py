"""What a collector declares.

A collector works in two steps. `parse` turns the bytes of one file into frozen facts: a pure function of path and
content, so its answer is cached by content and runs in any process. `link` turns the facts of a whole target into the
subjects that checks judge, with the policy at hand; it is cheap and never cached.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from remit.errors import CollectError
from remit.evidence import Gap, Standing
from remit.policy.model import Policy

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as a collector sees it."""

    path: str
    """Relative to the target with `/`, or starting with `~/` or `/` for places outside it."""
    content: bytes
    standing: Standing = "present"
    key: bytes = b""
    """Keys the fingerprints of secret values; empty where none are made."""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def text(self) -> str:
        """The content as text, whatever its byte-order mark; bytes that are not text become U+FFFD.

        Raises CollectError for content with NUL bytes, which is not text.
        """
        for mark, encoding in _MARKS:
            if self.content.startswith(mark):
                return self.content[len(mark) :].decode(encoding, errors="replace")
        if b"\0" in self.content:
            raise CollectError("is not text: it holds NUL bytes")
        return self.content.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Scope:
    """What linking may know beside the facts: the policy, the target and the scan's time."""

    policy: Policy
    target: str
    now: datetime
    machine: bool = False
    """Whether this machine's user and administrator layers were read too."""


@dataclass(frozen=True, slots=True)
class Collector:
    """One surface. `version` is part of the cache key: raise it whenever `parse` would answer differently."""

    name: str
    version: int
    fact: Any
    """The dataclass that `parse` yields; it must round-trip through msgspec (frozen, no Any)."""
    subjects: tuple[type, ...]
    """The subject types that `link` yields. An unreadable file leaves the checks over these undecided."""
    wants: Callable[[str], bool]
    """Whether a file is read, by its path alone."""
    parse: Callable[[Document], Iterable[Any]]
    """Facts and Gaps of one file. Raises CollectError, and nothing else, for input it cannot read."""
    link: Callable[[Sequence[Any], Sequence[Gap], Scope], Iterable[Any]]
    """Subjects and further Gaps from all facts (in path order) and the gaps this collector left."""
    by_name: Callable[[str], bool] = field(default=lambda path: False)
    """The files it asks for even among installed dependencies, such as `.env` or an agent's settings."""
    by_place: bool = False
    """Whether a file means what it means by its place, so that a link to it makes one more place to read."""
