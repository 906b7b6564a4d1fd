"""How a report format declares itself.

A format is one object in one file: a name, the suffix of its files, and a function from a Result to text. The registry
finds built-in and third-party formats through the entry point group `remit.reports`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.result import Result


@dataclass(frozen=True, slots=True)
class Style:
    """How a report may be dressed: what the place it goes to can show."""

    color: bool = False
    width: int = 100
    """Columns of the terminal."""
    verbose: bool = False
    """Whether everything is listed instead of the worst of it."""
    ascii: bool = False
    """Whether only ASCII can be shown, as where the encoding of the terminal has no box characters."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report format, ready to render."""

    name: str
    """What `--format` calls it."""
    suffix: str
    """The ending of its files, with the dot."""
    render: Callable[[Result, Style], str]
    """A pure function: the same result and style give the same text."""
