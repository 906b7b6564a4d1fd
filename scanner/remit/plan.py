"""The cheapest cut as a plan: which control first, what it costs, what it buys, and the score afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from remit.access.cut import METHOD, Field, bits, cheapest
from remit.access.graph import Certainty, Edge
from remit.access.network import Goal, Network
from remit.access.reach import ReachVerdict, reach
from remit.audit import Audited, as_if
from remit.costs.controls import ControlCost, PlanCost, control_costs, plan_cost
from remit.costs.prices import Prices
from remit.costs.tiers import TeamTier, tier_of
from remit.score import Judged, scores

_WORST: tuple[ReachVerdict, ...] = ("lost", "unknown", "survives", "no-agent")


@dataclass(frozen=True, slots=True)
class Aim:
    """A loss or a leak that the plan is to prevent, in one target."""

    target: str
    goal: Goal
    certainty: Certainty

    @property
    def leak(self) -> bool:
        """Whether data leaves, and nothing is lost."""
        return len(self.goal.legs) > 1


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One control to put in place."""

    control: str
    against: Certainty
    """`proven` where a proven path needs it, `possible` where only a possible one does."""
    closes: tuple[Aim, ...]
    targets: tuple[str, ...]
    cost: ControlCost
    verdict: ReachVerdict
    score: float | None
    spare: bool = False
    """Whether it has nothing left to do once the steps against possible paths are taken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The cheapest controls in order, with what is left when all of them are met."""

    steps: tuple[PlanStep, ...]
    aims: tuple[Aim, ...]
    left: tuple[Aim, ...]
    tier: TeamTier
    prices: Prices
    cost: PlanCost
    contradictions: tuple[str, ...]
    """Controls that pass and yet do not stop what they are said to stop."""
    method: str = METHOD


@dataclass(frozen=True, slots=True)
class _Sight:
    """A target with the edges that a plan may cut."""

    audited: Audited
    edges: tuple[Edge, ...]
    """Without the controls that pass already."""
    ways: Field
    bits: Mapping[str, int]

    def holds(self, goal: Goal, met: Collection[str], *, proven_only: bool = False) -> bool:
        """Whether a way to a goal remains."""
        mask = sum(self.bits[control] for control in met if control in self.bits)
        return self.ways.standing(goal, mask, proven_only=proven_only) is not None


def plan(audited: Sequence[Audited], prices: Prices, met: frozenset[str] = frozenset()) -> Plan:
    """The cheapest controls that cut every proven path to a loss or a leak, then every possible one.

    `met` are controls taken as met already.
    """
    cuttable = [(each, *_cuttable(each)) for each in audited]
    contradictions = {sentence for _, _, against in cuttable for sentence in against}
    numbers = bits({control for _, edges, _ in cuttable for edge in edges for control in edge.cut_by})
    fields = [
        _Sight(each, edges, Field(Network(edges), each.reach.goals, numbers), numbers) for each, edges, _ in cuttable
    ]
    tier = tier_of(max((each.graph.policy.team.size or 0 for each in audited), default=0) or None)
    places = _places(fields)
    costs = control_costs(prices, places, tier, {control: len(found) for control, found in places.items()})
    weights = {control: cost.weight for control, cost in costs.items()}
    ways = [field.ways for field in fields]
    proven = frozenset(cheapest(ways, weights, met=met, proven_only=True).controls)
    possible = frozenset(cheapest(ways, weights, met=met | proven).controls)
    spare = _spare(ways, weights, proven | possible, met)
    aims = tuple(_aims(fields, met))
    steps = _ordered(fields, aims, (proven, possible), met)
    told = tuple(
        replace(_told(number, steps, fields, places, costs, met, proven), spare=control in spare)
        for number, (control, _) in enumerate(steps)
    )
    counts = {control: len(found) for control, found in places.items()}
    cost = plan_cost(prices, [control for control, _ in steps], tier, counts)
    after = met.union(control for control, _ in steps)
    left = tuple(aim for aim in aims if _field(fields, aim).holds(aim.goal, after))
    return Plan(told, aims, left, tier, prices, cost, tuple(sorted(contradictions)))


def _spare(ways: Sequence[Field], weights: Mapping[str, int], chosen: Iterable[str], met: frozenset[str]) -> set[str]:
    """Controls needed against proven paths alone: once all the others are met, they have nothing left to do."""
    kept = frozenset(chosen)
    for control in sorted(kept, key=lambda each: (-weights[each], each)):
        rest = kept - {control}
        if not cheapest(ways, weights, met=met | rest).controls:
            kept = rest
    return set(chosen) - kept


# ------------------------------------------------------------------------------------------ what may be cut by what


def _cuttable(audited: Audited) -> tuple[tuple[Edge, ...], list[str]]:
    """The edges without the controls that pass already: those do not stop them, whatever they were meant to."""
    passed = _passed(audited)
    edges, against = [], []
    for edge in audited.graph.edges:
        holder = edge.start.name if edge.start.kind == "agent" else edge.start.held_by
        idle = tuple(control for control in edge.cut_by if (control, holder) in passed or (control, "") in passed)
        for control in idle if edge.certainty == "proven" else ():
            against.append(f"{control} passes in {audited.tree.id}, and yet: {holder} {edge.deed} {edge.end.name}")
        edges.append(replace(edge, cut_by=tuple(each for each in edge.cut_by if each not in idle)) if idle else edge)
    return tuple(edges), against


def _passed(audited: Audited) -> set[tuple[str, str]]:
    """Controls that pass, with the agent for which they do; without one where they pass everywhere.

    What is not about an agent (a script that starts one, a file) is about all of them.
    """
    statuses: dict[tuple[str, str], set[str]] = {}
    names = {finding.subject_name for finding in audited.findings if finding.subject_kind == "agent"}
    for finding in audited.findings:
        concerned = {finding.subject_name} if finding.subject_kind == "agent" else names
        for name in ("", *concerned):
            statuses.setdefault((finding.check.id, name), set()).add(finding.status)
    return {key for key, found in statuses.items() if "pass" in found and found <= {"pass", "not-applicable"}}


def _places(fields: Iterable[_Sight]) -> Mapping[str, tuple[str, ...]]:
    """The targets in which each control would have to be put in place."""
    found: dict[str, set[str]] = {}
    for field in fields:
        for edge in field.edges:
            for control in edge.cut_by:
                found.setdefault(control, set()).add(field.audited.tree.id)
    return {control: tuple(sorted(found[control])) for control in sorted(found)}


def _aims(fields: Iterable[_Sight], met: Collection[str]) -> Iterator[Aim]:
    for field in fields:
        for goal in field.ways.goals:
            sure = field.holds(goal, met, proven_only=True)
            yield Aim(field.audited.tree.id, goal, "proven" if sure else "possible")


def _field(fields: Sequence[_Sight], aim: Aim) -> _Sight:
    return next(field for field in fields if field.audited.tree.id == aim.target)


# --------------------------------------------------------------------------------------------------------- in order


def _ordered(
    fields: Sequence[_Sight], aims: Sequence[Aim], cuts: tuple[frozenset[str], frozenset[str]], met: frozenset[str]
) -> list[tuple[str, tuple[Aim, ...]]]:
    """Each control with what it closes: proven paths first, and of each kind what closes most."""
    done = met
    found: list[tuple[str, tuple[Aim, ...]]] = []
    for cut, sure in zip(cuts, (True, False), strict=True):
        waiting = set(cut)
        while waiting:
            closed = {each: _closes(fields, aims, done, each, proven_only=sure) for each in waiting}
            best = min(waiting, key=lambda each: (-len(closed[each]), each))
            waiting.remove(best)
            found.append((best, closed[best]))
            done = done | {best}
    return found


def _closes(
    fields: Sequence[_Sight], aims: Sequence[Aim], done: frozenset[str], control: str, *, proven_only: bool
) -> tuple[Aim, ...]:
    """What stands without a control and no longer with it; of proven paths also what then stands only as possible."""
    more = done | {control}

    def falls(aim: Aim, *, proven_only: bool) -> bool:
        field = _field(fields, aim)
        return field.holds(aim.goal, done, proven_only=proven_only) and not field.holds(
            aim.goal, more, proven_only=proven_only
        )

    return tuple(aim for aim in aims if falls(aim, proven_only=False) or (proven_only and falls(aim, proven_only=True)))


def _told(
    number: int,
    steps: Sequence[tuple[str, tuple[Aim, ...]]],
    fields: Sequence[_Sight],
    places: Mapping[str, tuple[str, ...]],
    costs: Mapping[str, ControlCost],
    met: frozenset[str],
    proven: frozenset[str],
) -> PlanStep:
    control, closes = steps[number]
    done = met.union(each for each, _ in steps[: number + 1])
    verdicts = [reach(field.audited.graph, done).verdict for field in fields]
    judged: list[Judged] = [
        (each.check.dimension, each.check.severity, each.status)
        for field in fields
        for each in as_if(field.audited.findings, done)
    ]
    return PlanStep(
        control=control,
        against="proven" if control in proven else "possible",
        closes=closes,
        targets=places[control],
        cost=costs[control],
        verdict=min(verdicts, key=_WORST.index, default="no-agent"),
        score=scores(judged)["overall"].proven,
    )
