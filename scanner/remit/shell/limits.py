"""Shell texts that are refused before they are parsed.

The grammar is ambiguous about an open bracket and about a pipeline until it ends, so its parser needs memory in the
square of their number: fifty thousand unclosed brackets, a tenth of a megabyte, would take several gigabytes.
"""

from __future__ import annotations

import re

from remit.errors import CollectError

LONGEST_TEXT = 1_000_000
_MOST_OPEN = 300
_MOST_PIPES = 400
_TOKEN = re.compile(
    r"\\.|(?P<skipped>'[^']*'|\"(?:[^\"\\]++|\\.)*+\"|(?<![^\s;&|()])#[^\n]*)|\|[ \t]*\n?|[()\[\];\n]", re.DOTALL
)
_RAW = re.compile(r"\|[ \t]*\n?|[()\[\];\n]")


def refuse_hostile(text: str) -> None:
    """Raises CollectError for a text that is too long, or opens more than any honest script closes."""
    if len(text) > LONGEST_TEXT:
        raise CollectError("is longer than any script that can be checked")
    # Counted twice, with quoted text and without: a closing bracket inside quotes must not hide an open one.
    for tokens in (_RAW, _TOKEN):
        _refuse(text, tokens)


def _refuse(text: str, tokens: re.Pattern[str]) -> None:
    opened = pipes = 0
    for token in tokens.finditer(text):
        match token[0][0]:
            case "(" | "[":
                opened += 1
            case ")" | "]":
                opened = max(0, opened - 1)
            case "|":
                pipes += 1
            case ";" | "\n":
                pipes = 0
        if opened > _MOST_OPEN or pipes > _MOST_PIPES:
            line = text.count("\n", 0, token.start()) + 1
            raise CollectError("opens more brackets or pipes than any script that can be checked", line)
