"""Sets of names, written as one text."""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """The words of a text as a set: tables of names stay readable that way."""
    return frozenset(text.split())
