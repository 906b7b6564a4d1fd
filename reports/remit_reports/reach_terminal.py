"""`remit reach` on a terminal: what each agent can destroy and leak, path by path, then the cheapest cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.reach_result import AgentReachOut, PlanOut, PlanStepOut
from remit.reporting import Report, Style
from remit.result import Result
from remit_reports import cut_outline, drawing, outline
from remit_reports import reach_outline as reach
from remit_reports.pen import Pen, cells
from remit_reports.terminal_parts import FATE, banner, origin, verdict_lines

_DRAWN = (3, 2, 1)
"""Losses drawn in full for the worst agent, the second and each further one; the others get a line."""
_LISTED = 4
"""Losses told in one line, for each agent."""
_AGENTS = 6
_CLOSED = 3


def render(result: Result, style: Style) -> str:
    """The worst paths drawn and the others listed; all of them drawn when the style is verbose."""
    pen = Pen(style)
    parts = (_head(result, pen), *_agents(result, pen), _plan(result, pen), _unseen(result, pen))
    texts = ["\n".join(part) for part in map(list, parts) if part]
    return "\n\n".join([*texts, pen.ink(pen.clip(origin(result, pen), pen.width), "faint")]) + "\n"


def _head(result: Result, pen: Pen) -> Iterator[str]:
    yield from banner(result, pen)
    yield from verdict_lines(result, pen)


# --------------------------------------------------------------------------------------------------------- agents


def _agents(result: Result, pen: Pen) -> Iterator[Iterator[str]]:
    found = [each for each in reach.agents(result) if each.destroys or each.leaks]
    several = len(result.targets) > 1
    shown = found if pen.style.verbose else found[:_AGENTS]
    for place, agent in enumerate(shown):
        drawn = len(agent.destroys) if pen.style.verbose else _DRAWN[min(place, len(_DRAWN) - 1)]
        yield _agent(agent, pen, drawn, several=several)
    yield _others(result, found[len(shown) :], pen, several=several)


def _agent(agent: AgentReachOut, pen: Pen, drawn: int, *, several: bool) -> Iterator[str]:
    where = f" in {agent.target}" * several
    title = pen.clip(pen.text(outline.agent_title(agent) + where), pen.width * 2 // 3)
    counts = pen.clip(_counts(agent), pen.width - cells(title) - 2)
    yield f"{pen.ink(title, 'strong')}  {pen.ink(counts, 'faint')}"
    losses = reach.destroys(agent)
    # What survives needs no picture until somebody asks for everything.
    whole = [each for each in losses if pen.style.verbose or each.verdict != "survives"][:drawn]
    for each in whole:
        yield ""
        yield from drawing.loss(each, pen)
    leaks = reach.leaks_of(agent)
    for leak in leaks if pen.style.verbose else leaks[:1]:
        yield ""
        yield from drawing.leak(leak, pen)
    yield from _briefly(agent, len(whole), pen)


def _counts(agent: AgentReachOut) -> str:
    fates = [each.verdict for each in agent.destroys]
    told = [f"{fates.count(fate)} {fate}" for fate in ("lost", "unknown", "survives") if fate in fates]
    return ", ".join([*told, *([outline.counted(len(agent.leaks), "leak")] if agent.leaks else [])])


def _briefly(agent: AgentReachOut, drawn: int, pen: Pen) -> Iterator[str]:
    """A line for what was not drawn, as long as there is room; then how much more there is."""
    losses = [each for each in reach.destroys(agent) if pen.style.verbose or each.verdict != "survives"][drawn:]
    losses += [each for each in reach.destroys(agent) if not pen.style.verbose and each.verdict == "survives"]
    leaks = [] if pen.style.verbose else reach.leaks_of(agent)[1:]
    if losses or leaks:
        yield ""
    for each in losses[:_LISTED]:
        last = each.path[-1].evidence[:1] if each.path else ()
        via = f", via {outline.place(last[0])}" if last else ""
        told = pen.text(f"{each.resource}{via}: {each.reason}")
        label = pen.ink(pen.pad(f"also {each.verdict}", 15), FATE[each.verdict])
        yield f"{label}{pen.clip(told, pen.width - 15)}"
    more = len(losses[_LISTED:]) + len(leaks)
    if more:
        yield pen.ink(pen.clip(f"+{more} more; `remit reach --verbose` draws them", pen.width), "faint")


def _others(result: Result, unshown: Sequence[AgentReachOut], pen: Pen, *, several: bool) -> Iterator[str]:
    if unshown:
        named = outline.counted(len(unshown), "more agent")
        yield pen.ink(
            pen.clip(f"+{named} that can destroy or leak; `remit reach --verbose` shows them", pen.width), "faint"
        )
    idle = [each for each in reach.agents(result) if not each.destroys and not each.leaks]
    if idle:
        names = ", ".join(outline.agent_title(each) + f" in {each.target}" * several for each in idle)
        most = 99 if pen.style.verbose else 2
        lines = pen.wrapped(f"Nothing to destroy or leak was seen within reach of {names}.", pen.width, most)
        yield from (pen.ink(line, "faint") for line in lines)


# ----------------------------------------------------------------------------------------------- the cheapest cut


def _plan(result: Result, pen: Pen) -> Iterator[str]:
    plan, label = result.plan, "CHEAPEST CUT  "
    if plan is None:
        first, *rest = pen.wrapped(cut_outline.missing(), pen.width - len(label))
        yield pen.ink(label, "strong") + pen.ink(first, "faint")
        yield from (" " * len(label) + pen.ink(line, "faint") for line in rest)
        return
    told = cut_outline.line(result, pen.glyph("fix")) if plan.steps else cut_outline.against(plan)
    first, *rest = pen.wrapped(told, pen.width - len(label))
    yield pen.ink(label + first, "strong")
    yield from (" " * len(label) + pen.ink(line, "strong") for line in rest)
    if plan.steps:
        counted = f"{outline.counted(len(plan.steps), 'control')} {cut_outline.against(plan)}"
        yield from (" " * len(label) + line for line in pen.wrapped(counted, pen.width - len(label)))
    for step in plan.steps:
        yield ""
        yield from _plan_step(step, plan, pen, several=len(result.targets) > 1)
    yield from _plan_end(plan, pen, several=len(result.targets) > 1)


def _plan_step(step: PlanStepOut, plan: PlanOut, pen: Pen, *, several: bool) -> Iterator[str]:
    cost = pen.text(
        f"{cut_outline.money(step.monthly_usd, plan.currency):>9} a month  {cut_outline.hours(step.hours):>6}"
    )
    cost = pen.clip(cost, 32)
    head = f"{step.number:>3}  {pen.pad(pen.text(step.control), 6)}  "
    room = pen.width - cells(head) - cells(cost) - 2
    title, *rest = pen.wrapped(step.title, room, 2)
    yield f"{head}{pen.ink(pen.pad(title, room), 'strong')}  {cost}"
    yield from (" " * cells(head) + pen.ink(line, "strong") for line in rest)
    score = "" if step.score_after is None else f", score {outline.percent(step.score_after)}"
    after = f"{cut_outline.buys(step)}; the test then says {step.verdict_after.replace('-', ' ')}{score}"
    yield from _under(after, pen, 2)
    closes = step.closes if pen.style.verbose else step.closes[:_CLOSED]
    told = ", ".join(cut_outline.closed(each, several=several) for each in closes)
    more = f" and {len(step.closes) - len(closes)} more" if len(step.closes) > len(closes) else ""
    if told:
        yield from _under(f"closes {told}{more}", pen, 99 if pen.style.verbose else 3)
    if several and step.places:
        yield from _under(f"in {', '.join(step.places)}", pen, 99 if pen.style.verbose else 1)
    if pen.style.verbose:
        for name, figure in (("money", step.monthly_usd), ("hours", step.hours)):
            workings = cut_outline.workings(figure)
            yield from _under(f"{name}: {workings}" if workings else f"{name}: no formula", pen, 99)


def _under(text: str, pen: Pen, most: int) -> Iterator[str]:
    yield from (" " * 13 + pen.ink(line, "faint") for line in pen.wrapped(text, pen.width - 13, most))


def _plan_end(plan: PlanOut, pen: Pen, *, several: bool) -> Iterator[str]:
    yield ""
    if plan.left and plan.steps:
        left = plan.left if pen.style.verbose else plan.left[:_CLOSED]
        more = f" and {len(plan.left) - len(left)} more" if len(plan.left) > len(left) else ""
        told = f"No control cuts {', '.join(cut_outline.closed(each, several=several) for each in left)}{more}"
        yield from (pen.ink(line, "unknown") for line in pen.wrapped(told, pen.width))
    for line in cut_outline.basis(plan):
        yield from (pen.ink(each, "faint") for each in pen.wrapped(line, pen.width, 99 if pen.style.verbose else 2))
    if plan.steps and not pen.style.verbose:
        yield pen.ink(pen.clip("`remit reach --verbose` shows the formulas and their inputs", pen.width), "faint")


# ----------------------------------------------------------------------------------------------- what was not seen


def _unseen(result: Result, pen: Pen) -> Iterator[str]:
    most = len(result.gaps) if pen.style.verbose else 3
    label = f"NOT SEEN {len(result.gaps)}  "
    for number, gap in enumerate(result.gaps[:most]):
        where = f"{gap.target} " * (len(result.targets) > 1)
        more = f" (+{len(result.gaps) - most} more)" if number == most - 1 and len(result.gaps) > most else ""
        told = pen.clip(pen.text(f"{where}{gap.path}: {gap.reason}"), pen.width - len(label) - len(more))
        yield pen.ink(label if number == 0 else " " * len(label), "unknown") + told + more
    for note in result.notes if pen.style.verbose else result.notes[:2]:
        yield from (pen.ink(line, "faint") for line in pen.wrapped(f"Note: {note}", pen.width, 2))


REACH = Report("terminal", ".txt", render, "reach")
