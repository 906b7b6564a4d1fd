"""Texts of several lines, and names for links, out of values that may be hostile."""

from __future__ import annotations

import re

from remit.reporting import visible


def visible_lines(text: str) -> tuple[str, ...]:
    """The lines of a text that may have several, tabs as spaces, every other hidden character as its escape."""
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    return tuple(visible(line.expandtabs(4)).rstrip() for line in lines)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each on one line."""
    parts = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return tuple(visible(" ".join(part.split())) for part in parts if part.strip())


def anchor(text: str) -> str:
    """A name for an HTML id: letters, digits, `-` and `_` only."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)[:80] or "-"
