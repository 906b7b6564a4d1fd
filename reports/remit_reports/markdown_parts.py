"""Parts of Markdown reports: a path as a list, the cheapest cut and the replay as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.reach_result import ClosedOut, DestroyedOut, IncidentOut, LeakOut, PlanOut, ReplayStepOut, StepOut
from remit.result import Result
from remit_reports import cut_outline, outline, replay_outline
from remit_reports import reach_outline as reach
from remit_reports.markdown_text import ALL, code, details, prose, table

SIGNS = {"lost": "❌", "unknown": "❔", "survives": "✅", "no-agent": "✅"}
_SOME = 5
"""Losses and leaks that are named of each step of the plan."""
STATE_SIGNS = {"open": "❌", "undetermined": "❔", "blocked": "✅"}


def loss(each: DestroyedOut) -> Iterator[str]:
    """A loss at full length: what it rests on at every step, the fate of the copies, and what cuts it."""
    about = [part for part in (each.environment, each.owner and f"owned by {each.owner}") if part]
    doubt = " (possible)" if each.certainty == "possible" else ""
    told = f" in {prose(', '.join(about))}" if about else ""
    yield f"#### {SIGNS[each.verdict]} {each.verdict}{doubt}: {code(each.resource)}{told}"
    yield ""
    yield from _chain(each.path)
    yield f"{len(each.path) + 1}. {code(each.resource)} **{prose(reach.told_fate(each))}**"
    if each.survivors:
        yield ""
        yield f"What remains: {', '.join(map(code, each.survivors))}."
    yield ""
    yield cut(each.cut_by)


def leak(each: LeakOut) -> Iterator[str]:
    """A leak at full length: each of its legs with its path."""
    doubt = " (possible)" if each.certainty == "possible" else ""
    yield f"#### ❌ leak{doubt}: {code(outline.spoken(each.what))}"
    for leg in each.legs:
        yield ""
        yield f"**{prose(reach.leg_title(leg))}**"
        yield ""
        yield from _chain(leg.path)
    yield ""
    yield f"The three together let it out. {cut(each.cut_by)}"


def cut(controls: Sequence[str]) -> str:
    """The controls any of which cuts a path."""
    if not controls:
        return "No control cuts it."
    return f"Any one of these controls, met, cuts the path: {', '.join(map(prose, controls))}."


def _chain(path: Sequence[StepOut]) -> Iterator[str]:
    for number, step in enumerate(path, start=1):
        kind = outline.kind(step.node)
        seen = ", ".join(code(outline.place(each)) for each in step.evidence) or "no place shows it"
        why = f" ({prose(step.why)})" if step.why else ""
        node = f"{kind} {code(outline.spoken(step.node))}".strip()
        yield f"{number}. {node} {prose(step.edge)}: **{reach.basis(step)}**, {seen}{why}"


# ----------------------------------------------------------------------------------------------- the cheapest cut


def plan(result: Result, *, whole: bool) -> Iterator[str]:
    """The cheapest cut: a line and a table; with its formulas where the whole is wanted."""
    found = result.plan
    if found is None:
        if whole:
            yield "### Cheapest cut"
            yield ""
            yield prose(f"Not given: {cut_outline.missing()}.")
        return
    yield "### Cheapest cut"
    yield ""
    if not found.steps:
        yield prose(f"{cut_outline.against(found)}.")
        return
    controls = ", ".join(step.control for step in found.steps)
    told = f"{controls}: {cut_outline.line(result)}"
    yield f"**{prose(told)}**, {prose(cut_outline.against(found))}."
    yield ""
    several = len(result.targets) > 1
    rows = list(_plan_rows(found, ALL if whole else _SOME, several=several))
    head = ("#", "Control", "A month", "Hours", "Closes", "The test then says", "Score")
    yield from table(head, rows) if whole else details("In order, with what each step buys", table(head, rows))
    if whole:
        yield ""
        yield from _workings(found)
    yield from _plan_end(found, ALL if whole else _SOME, several=several)


def _plan_rows(found: PlanOut, most: int, *, several: bool) -> Iterator[Sequence[str]]:
    for step in found.steps:
        yield (
            str(step.number),
            prose(f"{step.control} {step.title}"),
            prose(cut_outline.money(step.monthly_usd, found.currency)),
            prose(cut_outline.hours(step.hours)),
            "<br>".join(_closed(step.closes, most, several=several)),
            step.verdict_after.replace("-", " "),
            outline.percent(step.score_after),
        )


def _closed(found: Sequence[ClosedOut], most: int, *, several: bool) -> Iterator[str]:
    yield from (prose(cut_outline.closed(each, several=several)) for each in found[:most])
    if len(found) > most:
        yield f"and {len(found) - most} more"


def _workings(found: PlanOut) -> Iterator[str]:
    rows = [
        (prose(step.control), name, prose(cut_outline.workings(figure)))
        for step in found.steps
        for name, figure in (("a month", step.monthly_usd), ("hours", step.hours))
    ]
    rows += [("all", "a month", prose(cut_outline.workings(found.monthly_usd)))]
    rows += [("all", "hours", prose(cut_outline.workings(found.hours)))]
    yield from details("Formulas and inputs", table(("Control", "Figure", "How it comes about"), rows))


def _plan_end(found: PlanOut, most: int, *, several: bool) -> Iterator[str]:
    if found.left:
        yield ""
        yield f"No control cuts {', '.join(_closed(found.left, most, several=several))}."
    yield ""
    yield f"<sub>{prose('. '.join(cut_outline.basis(found)))}.</sub>"


# --------------------------------------------------------------------------------------------------------- replay


def replay(result: Result) -> Iterator[str]:
    """The replay in a pull request's comment: a line, and the incidents that are not blocked."""
    if not result.replay:
        return
    yield "### Replay"
    yield ""
    yield f"{prose(replay_outline.line(result))}."
    waiting = [each for each in replay_outline.ordered(result) if each.state != "blocked"]
    if waiting:
        yield ""
        rows = incident_rows(waiting[:20], several=len(result.targets) > 1)
        more = f", the worst 20 of {len(waiting)}" if len(waiting) > 20 else ""
        yield from details(f"Incidents that are not blocked{more}", rows)


def incident_rows(found: Sequence[IncidentOut], *, several: bool) -> Iterator[str]:
    """Incidents as a table."""
    rows = [
        (
            f"{STATE_SIGNS[each.state]} {each.state}",
            prose(each.id),
            prose(each.name),
            *([prose(each.target)] if several else []),
            replay_outline.stopped(each),
            replay_outline.defence(each),
            ", ".join(map(str, each.open_steps)),
        )
        for each in found
    ]
    head = ("State", "Incident", "Name", *(["Target"] if several else []), "First block", "Blocked", "Open steps")
    yield from table(head, rows)


def incident(each: IncidentOut) -> Iterator[str]:
    """An incident at full length, folded away."""
    title = f"{each.id} {each.name} ({each.date}) in {each.target}: {each.state}"
    yield from details(title, _incident(each))


def _incident(each: IncidentOut) -> Iterator[str]:
    rows = [
        (
            str(step.n),
            prose(step.link),
            prose(step.does),
            f"{STATE_SIGNS[step.state]} {step.state}",
            "<br>".join(_told(step)),
            "<br>".join(code(outline.place(each)) for each in step.evidence),
        )
        for step in each.steps
    ]
    yield from table(("#", "Link", "What happens", "Here", "Why", "Where"), rows)
    for label, text in (("Verified", each.verified), ("Sources", "; ".join(each.sources))):
        if text:
            yield ""
            yield f"{label}: {prose(text)}"


def _told(step: ReplayStepOut) -> Iterator[str]:
    if step.blocked_by:
        yield f"blocked by {', '.join(map(prose, step.blocked_by))}"
    if step.why:
        yield prose(step.why)
    yield from map(prose, replay_outline.answers(step))
