"""A path as a picture: inline SVG made here, so that the page needs no script.

Every value goes through `visible`, is escaped, clipped to its box, and takes its colours from classes of the page's
style sheet. The page tells the same path whole in a list beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from remit.reach_result import LegOut, StepOut
from remit.reporting import Style, visible
from remit_reports import outline
from remit_reports import reach_outline as reach
from remit_reports.outline import Loss
from remit_reports.pen import Pen
from remit_reports.reach_outline import Leak

WIDTH = 340
_BOX = 46
_GAP = 46
_LINE = 16
_DEED = 40
_LETTERS = 42
"""Letters of the fixed width in which names and places are set, that a box holds."""
_PEN = Pen(Style())
_STATES = {"lost": "is lost", "unknown": "may be lost", "survives": "survives"}


@dataclass(frozen=True, slots=True)
class _Box:
    """One node: what sort of thing it is, its name, and its tone."""

    kind: str
    name: str
    tone: str = ""


def loss_picture(loss: Loss, name: str) -> Markup:
    """A loss as a vertical chain of boxes; `name` begins its ids."""
    each = loss.destroyed
    end = _Box(_STATES[each.verdict], each.resource, each.verdict)
    parts, top = [], 0
    for step in each.path:
        deed = _PEN.wrapped(step.edge, _DEED, 2)
        parts += [_box(_Box(outline.kind(step.node), outline.spoken(step.node)), top), _arrow(step, deed, top + _BOX)]
        top += _BOX + _gap(deed)
    title = f"How {outline.agent_title(loss.agent)} gets to {end.name}"
    told = [f"{_said(step)}." for step in each.path]
    return _svg(name, title, [*told, f"{end.name} {end.kind}."], top + _BOX + 2, [*parts, _box(end, top)])


def leak_picture(each: Leak, name: str) -> Markup:
    """A leak as three boxes, each a leg, that lead into one."""
    legs = each.leak.legs
    foot = len(legs) * (_BOX + 16) + 24
    end = _Box("leaks" if each.leak.certainty == "proven" else "may leak", outline.spoken(each.leak.what), "lost")
    parts = [*_legs(legs, foot), _box(end, foot)]
    title = f"How {outline.agent_title(each.agent)} can be talked into sending {end.name} away"
    told = [f"{reach.leg_title(leg)}: {', '.join(_said(step) for step in leg.path)}." for leg in legs]
    return _svg(name, title, told, foot + _BOX + 2, parts)


def _box(box: _Box, top: int, width: int = WIDTH) -> Markup:
    letters = _LETTERS * width // WIDTH
    rect = Markup('<rect class="box {}" x="1" y="{}" width="{}" height="{}" rx="7"/>')
    texts = Markup('<text class="sort" x="12" y="{}">{}</text><text class="name" x="12" y="{}">{}</text>')
    return rect.format(box.tone or "node", top + 1, width - 2, _BOX) + texts.format(
        top + 18, _shown(box.kind or "node", letters), top + 36, _shown(box.name, letters)
    )


def _gap(deed: Sequence[str]) -> int:
    return _GAP + _LINE * (len(deed) - 1)


def _arrow(step: StepOut, deed: Sequence[str], top: int) -> Markup:
    """The step down to the next box: dashed where nobody saw it, with the deed, its basis and where it was seen."""
    basis, doubt = reach.basis(step), "doubt" if step.certainty == "possible" else "sure"
    seen = outline.place(step.evidence[0]) if step.evidence else "no place shows it"
    line = Markup('<path class="line {}" d="M22 {}v{}m-5 -7l5 7l5 -7"/>').format(doubt, top + 1, _gap(deed) - 1)
    told = Markup('<text class="deed" x="40" y="{}">{}</text>')
    lines = Markup("").join(told.format(top + 20 + _LINE * number, text) for number, text in enumerate(deed))
    rest = Markup('<text class="seen" x="40" y="{}"><tspan class="{}">{}</tspan> {}</text>')
    seen = _shown(seen, _LETTERS - 5 - len(basis))
    return line + lines + rest.format(top + _gap(deed) - 9, f"on {basis}", basis, seen)


def _legs(legs: Sequence[LegOut], foot: int) -> Iterator[Markup]:
    width = WIDTH - 50
    for number, leg in enumerate(legs):
        top = number * (_BOX + 16)
        weak = reach.weakest(leg.path)
        yield _box(_Box(f"{reach.LEGS.get(leg.leg, leg.leg)}, {weak}", _leg_name(leg)), top, width)
        doubt = "doubt" if weak in ("assumed", "unknown") else "sure"
        yield Markup('<path class="line {}" d="M{} {}H{}V{}m-4 -7l4 7l4 -7"/>').format(
            doubt, width - 1, top + _BOX // 2 + 1, WIDTH - 12 - 14 * number, foot
        )


def _leg_name(leg: LegOut) -> str:
    """What the leg ends at: the last thing on its path that has a name of its own."""
    node = outline.spoken(leg.path[-1].node) if len(leg.path) > 1 else ""
    return node or outline.spoken(leg.what)


def _said(step: StepOut) -> str:
    node = f"{outline.kind(step.node)} {outline.spoken(step.node)}".strip()
    return f"{node} {step.edge} ({reach.basis(step)})"


def _shown(text: str, letters: int) -> str:
    return _PEN.clip_middle(visible(text), letters)


def _svg(name: str, title: str, told: Iterable[str], height: int, parts: Iterable[Markup]) -> Markup:
    head = Markup(
        '<svg class="picture" role="img" aria-labelledby="{0}-title" aria-describedby="{0}-told" '
        'viewBox="0 0 {1} {2}" width="{1}" height="{2}"><title id="{0}-title">{3}</title><desc id="{0}-told">{4}</desc>'
    ).format(name, WIDTH, height, visible(title), visible(" ".join(told)))
    return head + Markup("").join(parts) + Markup("</svg>")
