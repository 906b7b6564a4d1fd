"""`remit replay` as Markdown: a table of the incidents, and the steps of each."""

from __future__ import annotations

from collections.abc import Iterator

from remit.reporting import Report, Style
from remit.result import Result
from remit_reports import markdown_parts as parts
from remit_reports import reach_outline as reach
from remit_reports import replay_outline
from remit_reports.markdown import notes, origin, unseen
from remit_reports.markdown_text import caution, prose


def render(result: Result, style: Style) -> str:
    """Every incident with every step, the least stopped first."""
    told = (
        caution(reach.what_if(result)),
        _incidents(result),
        *(parts.incident(each) for each in replay_outline.ordered(result)),
        unseen(result),
        notes(result),
        origin(result),
    )
    return "\n\n".join("\n".join(part) for part in map(list, told) if part) + "\n"


def _incidents(result: Result) -> Iterator[str]:
    yield "## Replay"
    yield ""
    if not result.replay:
        yield prose(f"Not given: {replay_outline.missing()}.")
        return
    yield f"**{prose(replay_outline.line(result))}.**"
    yield ""
    yield from parts.incident_rows(replay_outline.ordered(result), several=len(result.targets) > 1)


REPLAY = Report("markdown", ".md", render, "replay")
