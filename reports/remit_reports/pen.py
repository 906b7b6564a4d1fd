"""Writing on a terminal: safe values, columns that line up, colour only where it can be shown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from remit.reporting import Style, plain

Ink = Literal["lost", "unknown", "survives", "strong", "faint"]
_SGR: dict[Ink, str] = {"lost": "1;31", "unknown": "33", "survives": "32", "strong": "1", "faint": "2"}
_GLYPHS = {
    "proven": ("█", "#"),
    "possible": ("▒", "="),
    "rest": ("·", "."),
    "fix": ("→", "->"),
    "cut": ("…", "..."),
    "between": ("·", "|"),
    "lost": ("✗", "x"),
    "unknown": ("?", "?"),
    "survives": ("✓", "ok"),
    "node": ("●", "o"),
    "line": ("│", "|"),
    "doubt": ("┆", ":"),
    "leg": ("○", "o"),
}


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes in one style. Values go through `text` first; colour comes last, on what was already cut to length."""

    style: Style

    @property
    def width(self) -> int:
        """The columns to write in; narrower than 60 nothing could be read."""
        return max(self.style.width, 60)

    def glyph(self, name: str) -> str:
        """A sign, or its ASCII stand-in."""
        return _GLYPHS[name][self.style.ascii]

    def text(self, value: str) -> str:
        """A value that can do nothing to the terminal."""
        return plain(value, self.style)

    def ink(self, text: str, ink: Ink) -> str:
        """The text in colour, where there is colour."""
        return f"\x1b[{_SGR[ink]}m{text}\x1b[0m" if self.style.color and text else text

    def clip(self, text: str, width: int) -> str:
        """The text in at most `width` columns, marked where it was cut."""
        if cells(text) <= width:
            return text
        mark = self.glyph("cut")
        kept, room = "", max(width - len(mark), 0)
        for character in text:
            room -= cells(character)
            if room < 0:
                break
            kept += character
        return (kept + mark)[: max(width, 0)]

    def clip_middle(self, text: str, width: int) -> str:
        """The text in at most `width` columns, cut in the middle: the end of a path tells the most."""
        if cells(text) <= width:
            return text
        mark = self.glyph("cut")
        tail = ""
        for character in reversed(text):
            if cells(character + tail) > max((width - len(mark)) * 2 // 3, 0):
                break
            tail = character + tail
        return self.clip(text, width - cells(tail)) + tail

    def wrapped(self, value: str, room: int, most: int = 99) -> list[str]:
        """A value over at most so many lines of `room` columns; what is too much is cut, and marked."""
        lines = [""]
        for word in (self.clip_middle(word, room) for word in self.text(value).split(" ")):
            joined = f"{lines[-1]} {word}".strip()
            if cells(joined) <= room:
                lines[-1] = joined
            else:
                lines.append(word)
        return lines if len(lines) <= most else [*lines[: most - 1], self.clip(" ".join(lines[most - 1 :]), room)]

    def pad(self, text: str, width: int) -> str:
        """The text in exactly `width` columns."""
        clipped = self.clip(text, width)
        return clipped + " " * (width - cells(clipped))


def cells(text: str) -> int:
    """How many columns a terminal gives to a text."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
