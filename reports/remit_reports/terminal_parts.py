"""What every report on a terminal begins and ends with."""

from __future__ import annotations

from collections.abc import Iterator

from remit.result import Result
from remit_reports import outline
from remit_reports import reach_outline as reach
from remit_reports.pen import Ink, Pen

FATE: dict[str, Ink] = {"lost": "lost", "unknown": "unknown", "survives": "survives", "no-agent": "survives"}


def banner(result: Result, pen: Pen) -> Iterator[str]:
    """What must be read before all the rest: that a result rests on assumptions."""
    told = reach.what_if(result)
    yield from (pen.ink(line, "lost") for line in pen.wrapped(told, pen.width, 2) if told)


def verdict_lines(result: Result, pen: Pen) -> Iterator[str]:
    """The answer to the nine-second test, over at most two lines."""
    verdict = result.nine_second_test.verdict
    label = f"NINE-SECOND TEST  {verdict.replace('-', ' ').upper()}  "
    lines = pen.wrapped(outline.headline(result), pen.width - len(label), 2)
    yield pen.ink(label, FATE[verdict]) + pen.ink(lines[0], "strong")
    yield from (" " * len(label) + pen.ink(line, "strong") for line in lines[1:])


def origin(result: Result, pen: Pen) -> str:
    """Which tool told what of which targets, by which policy, and when."""
    targets = result.targets[0].id if len(result.targets) == 1 else outline.counted(len(result.targets), "target")
    read = outline.counted(sum(target.files_read for target in result.targets), "file")
    policy = f"policy {result.policy.name} {result.policy.version}"
    parts = (f"{result.tool.name} {result.tool.version}", policy, targets, f"{read} read", result.now)
    return f" {pen.glyph('between')} ".join(pen.text(part) for part in parts)
