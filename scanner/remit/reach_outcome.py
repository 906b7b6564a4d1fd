"""What agents reach, and the cheapest cut, as parts of a Result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from remit.access.graph import Edge
from remit.access.reach import LEGS, AgentReach, Destroyed, Leaked
from remit.audit import Audited, checks
from remit.check import PREFIXES, Check
from remit.costs.formulas import Figure
from remit.document import Place
from remit.evidence import Maybe, Source, Unknown
from remit.plan import Aim, Plan, PlanStep
from remit.reach_result import (
    AgentReachOut,
    AsFound,
    ClosedOut,
    DestroyedOut,
    FigureOut,
    LeakOut,
    LegOut,
    NineSeconds,
    PlanOut,
    PlanStepOut,
    StepOut,
)
from remit.score import Judged, scores

T = TypeVar("T")
_WORST = {"lost": 0, "unknown": 1, "survives": 2, "no-agent": 3}


def place(source: Source) -> Place:
    """A source without its collector."""
    return Place(path=source.path, line=source.line)


def nine_seconds(audited: Sequence[Audited]) -> NineSeconds:
    """The worst verdict over all targets decides; targets where no agent is used do not make the others safe."""
    worst = min((each.reach for each in audited), key=lambda each: _WORST[each.verdict])
    return NineSeconds(
        verdict=worst.verdict,
        reason=worst.reason,
        agents=tuple(_agent(agent, each.tree.id) for each in audited for agent in each.reach.agents),
    )


def as_found(audited: Sequence[Audited]) -> AsFound | None:
    """The state without what was taken as met; None where nothing was."""
    real = [each.as_found for each in audited if each.as_found]
    if not real:
        return None
    judged: list[Judged] = [
        (each.check.dimension, each.check.severity, each.status) for findings, _ in real for each in findings
    ]
    agents = [agent for _, found in real for agent in found.agents]
    fates = [each.survival.verdict for agent in agents for each in agent.destroys]
    return AsFound(
        verdict=min((found.verdict for _, found in real), key=lambda verdict: _WORST[verdict]),
        score=scores(judged)["overall"].proven,
        lost=fates.count("lost"),
        unknown=fates.count("unknown"),
        leaks=sum(len(agent.leaks) for agent in agents),
    )


def _agent(found: AgentReach, target: str) -> AgentReachOut:
    return AgentReachOut(
        agent=found.agent.agent,
        title=found.agent.title,
        assumed=found.agent.assumed,
        target=target,
        destroys=tuple(_destroyed(each) for each in found.destroys),
        leaks=tuple(_leaked(each) for each in found.leaks),
    )


def _destroyed(each: Destroyed) -> DestroyedOut:
    survival = each.survival
    environment, environment_unknown = _split(each.environment)
    rpo, rpo_unknown = _split(survival.rpo_hours)
    restorable, restorable_unknown = _split(survival.restorable)
    return DestroyedOut(
        resource=each.resource,
        environment=environment,
        environment_unknown=environment_unknown,
        owner=each.owner,
        survivors=survival.survivors,
        verdict=survival.verdict,
        reason=survival.reason,
        certainty=each.certainty,
        rpo_hours=rpo,
        rpo_hours_unknown=rpo_unknown,
        restorable=restorable,
        restorable_unknown=restorable_unknown,
        path=tuple(_step(edge) for edge in each.path),
        cut_by=each.cut_by,
    )


def _split(value: Maybe[T] | None) -> tuple[T | None, str]:
    return (None, value.why) if isinstance(value, Unknown) else (value, "")


def _leaked(each: Leaked) -> LeakOut:
    legs = tuple(
        LegOut(leg=leg, what=str(each.legs[leg][-1].end.name), path=tuple(_step(edge) for edge in each.legs[leg]))
        for leg in LEGS
    )
    return LeakOut(what=each.what, certainty=each.certainty, legs=legs, cut_by=each.cut_by)


def _step(edge: Edge) -> StepOut:
    return StepOut(
        node=str(edge.start),
        edge=edge.deed,
        certainty=edge.certainty,
        grade=edge.grade,
        why=edge.why,
        evidence=tuple(place(source) for source in edge.evidence),
        cut_by=edge.cut_by,
    )


def plan_out(found: Plan) -> PlanOut:
    """The cheapest cut, with its money and hours."""
    aims, titles = found.aims, {check.id: check for check in checks()}
    return PlanOut(
        steps=tuple(_plan_step(number, each, titles) for number, each in enumerate(found.steps, start=1)),
        proven=sum(aim.certainty == "proven" for aim in aims),
        possible=sum(aim.certainty == "possible" for aim in aims),
        left=tuple(_closed(aim) for aim in found.left),
        method=found.method,
        tier=found.tier.name,
        people=found.tier.people,
        assumed=found.tier.assumed,
        prices_as_of=found.prices.as_of.isoformat(),
        currency=found.prices.currency,
        monthly_usd=_figure(found.cost.money_month),
        hours=_figure(found.cost.hours),
        unpriced=found.cost.unpriced,
    )


def _plan_step(number: int, step: PlanStep, titles: Mapping[str, Check]) -> PlanStepOut:
    check = titles.get(step.control)
    return PlanStepOut(
        number=number,
        control=step.control,
        title=check.title if check else "",
        dimension=check.dimension if check else PREFIXES[step.control[:2]],
        severity=check.severity if check else None,
        goal=step.against,
        spare=step.spare,
        closes=tuple(_closed(aim) for aim in step.closes),
        places=step.targets,
        monthly_usd=_figure(step.cost.money_month),
        hours=_figure(step.cost.hours),
        verdict_after=step.verdict,
        score_after=step.score,
    )


def _closed(aim: Aim) -> ClosedOut:
    goal = aim.goal
    return ClosedOut(
        kind="leak" if aim.leak else "loss",
        target=aim.target,
        agent=goal.start.name,
        what="private data" if aim.leak else goal.name,
        certainty=aim.certainty,
        remains=aim.remains,
    )


def _figure(figure: Maybe[Figure]) -> FigureOut:
    if isinstance(figure, Unknown):
        return FigureOut(value_unknown=figure.why)
    return FigureOut(
        value=round(figure.value, 2),
        low=None if figure.low is None else round(figure.low, 2),
        formula=figure.formula,
        inputs=dict(figure.inputs),
        assumed=figure.assumed,
    )
