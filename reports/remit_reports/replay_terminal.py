"""`remit replay` on a terminal: a line for each incident, then the steps of those that are the least stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.reach_result import IncidentOut, ReplayStepOut
from remit.reporting import Report, Style
from remit.result import Result
from remit_reports import outline, replay_outline
from remit_reports.pen import Ink, Pen, cells
from remit_reports.terminal_parts import banner, origin

_INK: dict[str, Ink] = {"open": "lost", "undetermined": "unknown", "blocked": "survives"}
_LISTED = 40
"""Incidents with a line of their own."""
_COLUMNS = {"open": 9, "first block": 13, "blocked": 17}
"""What stands behind an incident's name, and how wide; where too few steps are blocked, the wanted number too."""
_TOLD = 3
"""Incidents with their steps."""


def render(result: Result, style: Style) -> str:
    """Every incident of one target in a line, and the steps of the worst; all steps when the style is verbose."""
    pen = Pen(style)
    parts = (_head(result, pen), _table(result, pen), *_told(result, pen))
    texts = ["\n".join(part) for part in map(list, parts) if part]
    return "\n\n".join([*texts, pen.ink(pen.clip(origin(result, pen), pen.width), "faint")]) + "\n"


def _head(result: Result, pen: Pen) -> Iterator[str]:
    yield from banner(result, pen)
    if not result.replay:
        first, *rest = pen.wrapped(replay_outline.missing(), pen.width - 8)
        yield pen.ink("REPLAY  ", "strong") + first
        yield from (" " * 8 + line for line in rest)
        return
    first, *rest = pen.wrapped(replay_outline.line(result), pen.width - 8, 2)
    yield pen.ink(f"REPLAY  {first}", "strong")
    yield from (pen.ink(" " * 8 + line, "strong") for line in rest)


# ------------------------------------------------------------------------------------------ a line for an incident


def _table(result: Result, pen: Pen) -> Iterator[str]:
    """By state; of several targets the worst stands for all, until everything is asked for."""
    every = replay_outline.ordered(result)
    found = [(each, 0) for each in every] if pen.style.verbose else replay_outline.worst(every)
    shown = found if pen.style.verbose else found[:_LISTED]
    width = min(max((cells(pen.text(each.id)) for each, _ in shown), default=0), 12)
    heads = "".join(f"{head:>{size}}" for head, size in _COLUMNS.items())
    for state in replay_outline.STATES:
        group = [(each, more) for each, more in shown if each.state == state]
        if group:
            number = sum(each.state == state for each, _ in found)
            label = f"{_sign(state, pen)}{number} {state}"
            head = pen.ink(f"{heads:>{pen.width - len(label)}}" if heads else "", "faint")
            yield pen.ink(label, _INK[state]) + head
            heads = ""
        yield from (_line(each, more, pen, width, several=len(result.targets) > 1) for each, more in group)
    if len(found) > len(shown):
        told = f"+{len(found) - len(shown)} more; `remit replay --verbose` lists them"
        yield pen.ink(pen.clip(told, pen.width), "faint")


def _line(each: IncidentOut, more: int, pen: Pen, width: int, *, several: bool) -> str:
    room = pen.width - width - sum(_COLUMNS.values()) - 5
    further = f" (+{more})" * bool(more)
    where = pen.clip_middle(pen.text(each.target), room * 2 // 5) + further if several else ""
    name = pen.clip(pen.text(each.name), room - (cells(where) + 4 if where else 0))
    told = pen.pad(f"{name} in {where}" if where else name, room)
    values = (replay_outline.opened(each), replay_outline.stopped(each), replay_outline.defence(each))
    cut = [f"{pen.clip(text, size):>{size}}" for text, size in zip(values, _COLUMNS.values(), strict=True)]
    depth = pen.ink(cut[2], "faint" if each.healthy else "unknown")
    sign = pen.ink(_sign(each.state, pen), _INK[each.state])
    return f"{sign}{pen.pad(pen.text(each.id), width)}  {told}{cut[0]}{cut[1]}{depth}"


def _sign(state: str, pen: Pen) -> str:
    return pen.pad(pen.glyph({"open": "lost", "undetermined": "unknown"}.get(state, "survives")), 3)


# -------------------------------------------------------------------------------------------------------- its steps


def _told(result: Result, pen: Pen) -> Sequence[Iterator[str]]:
    every = replay_outline.ordered(result)
    worst = [each for each, _ in replay_outline.worst(every)]
    found = every if pen.style.verbose else replay_outline.most_open(worst)[:_TOLD]
    return [_incident(each, pen, several=len(result.targets) > 1) for each in found]


def _incident(each: IncidentOut, pen: Pen, *, several: bool) -> Iterator[str]:
    where = f" in {each.target}" * several
    told = pen.clip(pen.text(f"{each.state}, {each.date}"), pen.width // 3)
    title = pen.clip(pen.text(f"{each.id} {each.name}{where}"), pen.width - cells(told) - 2)
    yield f"{pen.ink(title, 'strong')}  {pen.ink(told, _INK[each.state])}".rstrip()
    for step in each.steps:
        yield from _step(step, pen)
    if pen.style.verbose:
        for label, text in (("verified", each.verified), ("sources", "; ".join(each.sources))):
            yield from (
                " " * 5 + pen.ink(line, "faint") for line in pen.wrapped(f"{label}: {text}", pen.width - 5) if text
            )


def _step(step: ReplayStepOut, pen: Pen) -> Iterator[str]:
    """What the step does and its state; below, why, the controls, and where it was seen."""
    head = f"{step.n:>3}  {pen.pad(pen.text(step.link), 10)}  "
    state = f"{_sign(step.state, pen)}{step.state}"
    room = pen.width - cells(head) - 17
    first, *rest = pen.wrapped(step.does, room, 99 if pen.style.verbose else 2)
    yield f"{head}{pen.pad(first, room)}  {pen.ink(state, _INK[step.state])}"
    yield from (" " * cells(head) + line for line in rest)
    for text in _below(step, pen):
        most = 99 if pen.style.verbose else 2
        yield from (
            " " * cells(head) + pen.ink(line, "faint") for line in pen.wrapped(text, pen.width - cells(head), most)
        )


def _below(step: ReplayStepOut, pen: Pen) -> Iterator[str]:
    blocked = f"blocked by {', '.join(step.blocked_by)}" if step.blocked_by else ""
    if step.why or blocked:
        yield "; ".join(part for part in (blocked, step.why) if part)
    places = [outline.place(each) for each in step.evidence]
    if places:
        shown = places if pen.style.verbose else places[:2]
        more = f" (+{len(places) - len(shown)})" if len(places) > len(shown) else ""
        yield f"seen at {', '.join(shown)}{more}"
    if pen.style.verbose:
        yield from replay_outline.answers(step)
    elif step.state == "undetermined" and not step.why:
        yield "; ".join(replay_outline.answers(step))


REPLAY = Report("terminal", ".txt", render, "replay")
