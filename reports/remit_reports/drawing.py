"""A path drawn on a terminal: a vertical chain, each step with what it rests on and where that was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.reach_result import DestroyedOut, LeakOut, StepOut
from remit_reports import outline
from remit_reports import reach_outline as reach
from remit_reports.pen import Ink, Pen, cells
from remit_reports.terminal_parts import FATE

_BASIS: dict[str, Ink] = {"assumed": "unknown", "unknown": "unknown"}
_GRADE = 10
"""Columns for what a step rests on."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """How many columns a line of a chain has, and how many of them its deed and its place take."""

    room: int
    deed: int
    seen: int


def loss(each: DestroyedOut, pen: Pen) -> Iterator[str]:
    """A loss: what is lost, the chain that leads to it, the fate of its copies, and what cuts it."""
    yield heading(each.verdict, each.resource, _about(each), pen)
    yield from _chain(each.path, pen, 2)
    sign = f"  {pen.glyph(each.verdict)} "
    first, *rest = pen.wrapped(reach.told_fate(each), pen.width - len(sign))
    yield pen.ink(sign + first, FATE[each.verdict])
    yield from (pen.ink(" " * len(sign) + line, FATE[each.verdict]) for line in rest)
    if each.survivors:
        yield from _labelled("what remains: ", each.survivors, pen)
    yield from cut(each.cut_by, pen)


def leak(each: LeakOut, pen: Pen) -> Iterator[str]:
    """A leak: its three legs, each with its chain."""
    about = "possible" if each.certainty == "possible" else ""
    yield heading("leak", outline.spoken(each.what), about, pen)
    for leg in each.legs:
        told = pen.clip(pen.text(reach.leg_title(leg)), pen.width - 4)
        yield f"  {pen.ink(pen.glyph('leg'), 'strong')} {pen.ink(told, 'strong')}"
        yield from _chain(leg.path, pen, 4)
    yield "  " + pen.clip(pen.text("the three together let it out"), pen.width - 2)
    yield from cut(each.cut_by, pen)


def heading(fate: str, name: str, about: str, pen: Pen) -> str:
    """What is lost or leaked, in one line."""
    label = fate.upper()
    room = pen.width - len(label) - 2
    shown = pen.clip_middle(pen.text(name), room * 2 // 3 if about else room)
    more = pen.clip(pen.text(about), room - cells(shown) - 2)
    return f"{pen.ink(label, FATE.get(fate, 'lost'))}  {pen.ink(shown, 'strong')}  {pen.ink(more, 'faint')}".rstrip()


def cut(controls: Sequence[str], pen: Pen) -> Iterator[str]:
    """The controls any of which cuts a path."""
    yield from _labelled("any one of these, met, cuts it: " if controls else "no control cuts it", controls, pen)


def _labelled(label: str, values: Sequence[str], pen: Pen) -> Iterator[str]:
    most = 99 if pen.style.verbose else 2
    lines = pen.wrapped(label + ", ".join(values), pen.width - 4, most)
    yield from ("    " + pen.ink(line, "faint") for line in lines)


def _about(each: DestroyedOut) -> str:
    owner = f"owned by {each.owner}" if each.owner else ""
    certainty = "possible" if each.certainty == "possible" else ""
    return ", ".join(part for part in (certainty, each.environment or "", owner) if part)


def _chain(path: Sequence[StepOut], pen: Pen, indent: int) -> Iterator[str]:
    """The columns stand close together: what a step rests on is read with its deed, however wide the terminal is."""
    room = pen.width - indent - 2
    seen = min(max((cells(_where(step, pen)) for step in path), default=0), room * 2 // 5)
    deed = min(max((cells(pen.text(step.edge)) for step in path), default=0), room - seen - _GRADE - 2)
    for step in path:
        yield " " * indent + _node(step, pen, room)
        yield from (" " * indent + line for line in _step(step, pen, _Columns(room, deed, seen)))


def _node(step: StepOut, pen: Pen, room: int) -> str:
    kind = outline.kind(step.node)
    name = pen.clip_middle(pen.text(outline.spoken(step.node)), room - len(kind) - 1)
    return f"{pen.glyph('node')} {pen.ink(kind + ' ', 'faint') if kind else ''}{name}"


def _step(step: StepOut, pen: Pen, columns: _Columns) -> Iterator[str]:
    """The deed with what it rests on; why it is so where that is in doubt, and the further places in full."""
    basis = reach.basis(step)
    tone = _BASIS.get(basis, "faint")
    line = pen.ink(pen.glyph("doubt" if step.certainty == "possible" else "line"), tone)
    deed, *rest = pen.wrapped(step.edge, columns.deed, 3)
    seen = pen.ink(pen.clip_middle(_where(step, pen), columns.seen), "faint")
    yield f"{line} {pen.pad(deed, columns.deed)}  {pen.ink(pen.pad(basis, _GRADE), tone)}{seen}".rstrip()
    yield from (f"{line} {each}" for each in rest)
    most = 99 if pen.style.verbose else 2
    for text in _beside(step, pen):
        yield from (f"{line}   {pen.ink(each, 'faint')}" for each in pen.wrapped(text, columns.room - 2, most))


def _beside(step: StepOut, pen: Pen) -> Iterator[str]:
    if step.why and (pen.style.verbose or step.certainty == "possible"):
        yield step.why
    if pen.style.verbose:
        yield from (f"also {outline.place(each)}" for each in step.evidence[1:])
        yield from [f"cut by {', '.join(step.cut_by)}"] * bool(step.cut_by)


def _where(step: StepOut, pen: Pen) -> str:
    if not step.evidence:
        return "no place shows it"
    more = f" (+{len(step.evidence) - 1})" if len(step.evidence) > 1 and not pen.style.verbose else ""
    return pen.text(outline.place(step.evidence[0])) + more
