"""What every report for people says of the cheapest cut."""

from __future__ import annotations

from remit.reach_document import NO_PLAN
from remit.reach_result import ClosedOut, FigureOut, PlanOut, PlanStepOut
from remit.result import Result
from remit_reports import outline


def missing() -> str:
    """Why a result may hold no plan."""
    return NO_PLAN


def money(figure: FigureOut, currency: str) -> str:
    """An amount of money, as short as it can be said."""
    if figure.value is None:
        return "cost unknown"
    amount = f"{figure.value:,.2f}".removesuffix(".00")
    return f"${amount}" if currency == "USD" else f"{amount} {currency}"


def hours(figure: FigureOut) -> str:
    """An amount of work."""
    return "hours unknown" if figure.value is None else f"{_number(round(figure.value, 1))} h"


def workings(figure: FigureOut) -> str:
    """How a figure comes about: its formula, its inputs, or why it is unknown."""
    if figure.value is None:
        return f"unknown: {figure.value_unknown}" if figure.value_unknown else "unknown"
    inputs = ", ".join(f"{name} = {_number(value)}" for name, value in figure.inputs.items())
    said = "; ".join(part for part in (figure.formula, inputs) if part)
    return f"{said} (assumed: {', '.join(figure.assumed)})" if figure.assumed else said


def _number(value: float) -> str:
    """A number as a formula's reader wants it: all its digits, and no more."""
    return f"{value:,.10g}"


def total(plan: PlanOut) -> str:
    """What the whole plan costs."""
    return f"{money(plan.monthly_usd, plan.currency)} a month, {hours(plan.hours)}"


def scores(result: Result) -> tuple[float | None, float | None]:
    """The overall score now, and when every step of the plan is done."""
    now = result.scores["overall"].proven if "overall" in result.scores else None
    return now, result.plan.steps[-1].score_after if result.plan and result.plan.steps else None


def line(result: Result, arrow: str = "→") -> str:
    """What the whole plan costs and what becomes of the score."""
    before, after = scores(result)
    gain = f", score {outline.percent(before)} {arrow} {outline.percent(after)}" if after is not None else ""
    return (total(result.plan) if result.plan else "") + gain


def against(plan: PlanOut) -> str:
    """What the plan is made against, as a sentence without its full stop."""
    if not plan.steps:
        if plan.left:
            return f"no control cuts {_things(len(plan.left))} within reach"
        return "nothing to cut: no loss and no leak is within an agent's reach"
    sure = "all proven" if not plan.possible else f"{plan.proven or 'none'} proven"
    left = f"; no control cuts {len(plan.left)}" if plan.left else ""
    return f"against {_things(plan.proven + plan.possible)} ({sure}){left}"


def _things(number: int) -> str:
    return outline.counted(number, "loss or leak", "losses and leaks")


def closed(each: ClosedOut, *, several: bool) -> str:
    """A loss or leak, by agent and target."""
    where = f" in {each.target}" * several
    doubt = ", possible" * (each.certainty == "possible")
    rest = "; a possible path remains" * each.remains
    return f"{each.what} ({each.kind} by {each.agent}{where}{doubt}{rest})"


def basis(plan: PlanOut) -> tuple[str, ...]:
    """What the plan rests on: method, team, prices, assumptions."""
    team = ", ".join(
        part for part in (plan.tier, outline.counted(plan.people, "person", "people") if plan.people else "") if part
    )
    named = (
        ("Method", plan.method),
        ("Team", team),
        ("Prices as of", plan.prices_as_of),
        ("Assumed", "; ".join(plan.assumed)),
    )
    return tuple(f"{name}: {value}" for name, value in named if value)


def buys(step: PlanStepOut) -> str:
    """Which kind of path a step is needed against."""
    until = ", and only until the steps below are taken" if step.spare else ""
    return f"against proven paths{until}" if step.goal == "proven" else "against possible paths"
