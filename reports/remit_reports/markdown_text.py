"""Markdown in which no value becomes markup, a mention or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from remit.reporting import visible

ALL = 1_000_000
"""Rows of a table that leaves nothing out."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PUNCTUATION = re.compile(r"[\\`*_\[\]|~$^#]")
_STARTS_BLOCK = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
# An invisible break keeps forges from turning these into mentions, references and links, which a backslash does not:
# they look at the finished text. Source: Renovate and Dependabot write `@&#8203;name` for the same reason.
_LINKED = re.compile(
    r"@(?=\S)|[!%#~$&](?=[\w\"])|(?<=\w):(?=//)|www(?=\.)|(?<=\bmailto):|(?<=\bxmpp):|(?<=\bGH)-(?=\d)", re.IGNORECASE
)


def prose(text: str) -> str:
    """A value as plain text within a line of Markdown: no markup, no mention, no link comes out of it."""
    parts = _LINKED.sub(lambda match: match[0] + "\0", visible(text))
    parts = re.sub("[&<>]", lambda match: _ENTITIES[match[0]], parts)
    parts = _PUNCTUATION.sub(lambda match: "\\" + match[0], parts)
    parts = _STARTS_BLOCK.sub(lambda match: "\\" + match[0] if match[0] in "-+=" else match[0] + "\0", parts)
    return parts.replace("\0", "&#8203;")


def code(text: str) -> str:
    """A value as code: paths, names and commands, to be copied as they are."""
    shown = visible(text)
    if not shown.strip():
        return ""
    if "|" in shown:  # within a table a code span cannot hold every text with a pipe
        return f"<code>{prose(text).replace(chr(92) + '|', '&#124;')}</code>"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    room = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{room}{shown}{room}{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], most: int = ALL) -> Iterator[str]:
    """A table whose cells are Markdown already; the rows after the first `most` are counted."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    found = list(rows)
    yield from (f"| {' | '.join(row)} |" for row in found[:most])
    if len(found) > most:
        yield f"| and {len(found) - most} more, which `--verbose` lists |{' |' * (len(head) - 1)}"


def details(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """What folds away under a summary."""
    yield f"<details><summary>{prose(summary)}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


def caution(text: str) -> Iterator[str]:
    """What must be read before all the rest."""
    if text:
        yield f"> **{prose(text)}.**"
