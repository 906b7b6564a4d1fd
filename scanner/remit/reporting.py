"""How a report format declares itself, and how a value from an audited file is made fit to print.

A format is one object: a name, the suffix of its files, the document it renders, and a function from a Result to text.
The registry finds built-in and third-party formats through the entry point group `remit.reports`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from remit.result import Result

Document = Literal["result", "reach", "replay"]
"""What a report tells of: a whole audit, what the agents reach, or which incidents would happen again."""


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
    document: Document = "result"
    """Which document it renders. All of them are views of a Result."""

    @property
    def key(self) -> str:
        """What tells it from every other report: its document and its name."""
        return f"{self.document} {self.name}"


def reports(document: Document = "result") -> Mapping[str, Report]:
    """The installed formats of a document, by name.

    Raises RegistryError as `discover` does, and so when two formats of a document share a name.
    """
    from remit.registry import discover  # here: for a Style alone nobody should pay for looking up entry points

    found = discover("remit.reports", Report, lambda report: report.key)
    return {report.name: report for report in found if report.document == document}


# --------------------------------------------------------------------------------------------- values made printable

# Controls, lone surrogates, line separators, bidirectional controls and what Unicode calls default-ignorable. The
# ranges are written out because the tables of `unicodedata` differ between Python versions, and a report must not.
# Source: Unicode Character Database, Default_Ignorable_Code_Point and Bidi_Control.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_STAND_INS = str.maketrans(
    {"·": "|", "…": "...", "→": "->", "—": "-", "–": "-", "’": "'", "“": '"', "”": '"'}
    | {"×": "x", "÷": "/", "−": "-", "≤": "<=", "≥": ">="}
)


def visible(text: str) -> str:
    """The text on one line, with every hidden character as its escape.

    File names and messages may hold terminal escapes, bidirectional overrides or characters that nobody sees. To drop
    them would hide an attack, to print them would carry it out; written as `\\x1b` or `\\u202e` they do neither.
    """
    return _HIDDEN.sub(_escaped, text)


def plain(text: str, style: Style) -> str:
    """A line that can do nothing to the terminal it is printed on, in the characters which that can show."""
    shown = visible(text)
    return shown.translate(_STAND_INS).encode("ascii", "backslashreplace").decode("ascii") if style.ascii else shown


def json_safe(text: str) -> str:
    """JSON text with the hidden characters in its strings as `\\u` escapes: the same value, safe on any terminal."""
    return _HIDDEN.sub(lambda match: match[0] if match[0] in "\n\r\t" else _json_escape(ord(match[0])), text)


def _escaped(match: re.Match[str]) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    code = ord(match[0])
    if match[0] in named:
        return named[match[0]]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
