"""The cheapest cut as a plan: which control first, what it costs, what it buys, and the score afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    remains: bool = False
    """For what a step closes: whether its proven path is cut and a possible one remains."""

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
class _Measure:
    """A control to put in place: everywhere at once, or in one target where the work has to be done in each."""

    control: str
    target: str = ""
    """Empty for what is done once for all targets."""

    @property
    def key(self) -> str:
        return f"{self.control} in {self.target}" if self.target else self.control


@dataclass(frozen=True, slots=True)
class _Sight:
    """A target with the edges that a plan may cut, each by measures instead of controls."""

    audited: Audited
    edges: tuple[Edge, ...]
    ways: Field
    bits: Mapping[str, int]

    def holds(self, goal: Goal, done: Collection[str], *, proven_only: bool = False) -> bool:
        """Whether a way to a goal remains with some measures taken."""
        mask = sum(self.bits[key] for key in done if key in self.bits)
        return self.ways.standing(goal, mask, proven_only=proven_only) is not None


@dataclass(frozen=True, slots=True)
class _Whole:
    """All targets together: what can be done, and what it costs."""

    sights: Mapping[str, _Sight]
    measures: Mapping[str, _Measure]
    weights: Mapping[str, int]
    taken: frozenset[str]
    """Measures that are taken as met from the start."""

    def cheapest(self, done: Collection[str], *, proven_only: bool = False) -> frozenset[str]:
        ways = [sight.ways for sight in self.sights.values()]
        return frozenset(cheapest(ways, self.weights, met=done, proven_only=proven_only).controls)

    def met(self, done: Collection[str], target: str) -> frozenset[str]:
        """The controls that some measures meet in a target."""
        found = (self.measures[key] for key in done)
        return frozenset(each.control for each in found if each.target in ("", target))

    def reached(self, control: str, done: Collection[str]) -> tuple[str, ...]:
        """The targets in which some measures of a control do something."""
        keys = {key for key in done if self.measures[key].control == control}
        return tuple(
            sorted(
                target
                for target, sight in self.sights.items()
                if any(keys.intersection(edge.cut_by) for edge in sight.edges)
            )
        )


def plan(audited: Sequence[Audited], prices: Prices, met: frozenset[str] = frozenset()) -> Plan:
    """The cheapest controls that cut every proven path to a loss or a leak, then every possible one.

    A control whose work has to be done in each repository counts, and costs, for each one by itself. `met` are controls
    taken as met already.
    """
    cuttable = {each.tree.id: _cuttable(each, met) for each in audited}
    contradictions = {sentence for _, against in cuttable.values() for sentence in against}
    tier = tier_of(max((each.graph.policy.team.size or 0 for each in audited), default=0) or None)
    whole = _whole(audited, {target: edges for target, (edges, _) in cuttable.items()}, prices, tier, met)
    proven = whole.cheapest(whole.taken, proven_only=True)
    chosen = proven | whole.cheapest(whole.taken | proven)
    aims = tuple(_aims(whole))
    steps = _ordered(whole, aims, proven, chosen)
    places = {control: whole.reached(control, chosen) for control, _ in steps}
    counts = {control: max(1, len(found)) for control, found in places.items()}
    costs = control_costs(prices, counts, tier, counts)
    spare = _spare(whole, chosen)
    first = {whole.measures[key].control for key in proven}
    told = []
    done = whole.taken
    for control, closes in steps:
        done = done.union(key for key in chosen if whole.measures[key].control == control)
        told.append(
            PlanStep(
                control=control,
                against="proven" if control in first else "possible",
                closes=closes,
                targets=places[control],
                cost=costs[control],
                verdict=_verdict(whole, done),
                score=_score(whole, done),
                spare=not any(whole.measures[key].control == control for key in chosen - spare),
            )
        )
    left = tuple(aim for aim in aims if whole.sights[aim.target].holds(aim.goal, done))
    cost = plan_cost(prices, list(places), tier, counts)
    return Plan(tuple(told), aims, left, tier, prices, cost, tuple(sorted(contradictions)))


def _whole(
    audited: Sequence[Audited],
    edges: Mapping[str, tuple[Edge, ...]],
    prices: Prices,
    tier: TeamTier,
    met: frozenset[str],
) -> _Whole:
    """Every target with its edges, cut by measures."""
    controls = sorted({control for found in edges.values() for edge in found for control in edge.cut_by})
    costs = control_costs(prices, controls, tier)
    often = {control for control in controls if prices.control(control).each == "place"}
    measures: dict[str, _Measure] = {}
    renamed: dict[str, tuple[Edge, ...]] = {}
    for target, found in edges.items():
        own = {control: _Measure(control, target if control in often else "") for control in controls}
        renamed[target] = tuple(replace(edge, cut_by=tuple(own[each].key for each in edge.cut_by)) for edge in found)
        measures |= {own[control].key: own[control] for edge in found for control in edge.cut_by}
    numbers = bits(measures)
    sights = {
        each.tree.id: _Sight(
            each, renamed[each.tree.id], Field(Network(renamed[each.tree.id]), each.reach.goals, numbers), numbers
        )
        for each in audited
    }
    weights = {key: costs[measure.control].weight for key, measure in measures.items()}
    return _Whole(sights, measures, weights, frozenset(key for key, each in measures.items() if each.control in met))


def _spare(whole: _Whole, chosen: frozenset[str]) -> frozenset[str]:
    """Measures needed against proven paths alone: once all the others are taken, they have nothing left to do."""
    kept = chosen
    for key in sorted(chosen, key=lambda each: (-whole.weights[each], each)):
        if not whole.cheapest(whole.taken | (kept - {key})):
            kept = kept - {key}
    return chosen - kept


# ------------------------------------------------------------------------------------------ what may be cut by what


def _cuttable(audited: Audited, met: Collection[str]) -> tuple[tuple[Edge, ...], list[str]]:
    """The edges without the controls that would change nothing; and where one passes and yet does not stop a step.

    Those are the controls that pass already, and those that nobody audits or that have nothing to judge.
    """
    passed = {key for key in _passed(audited) if key[0] not in met}
    pointless = _pointless(audited) - set(met)
    edges, against = [], []
    for edge in audited.graph.edges:
        holder = edge.start.name if edge.start.kind == "agent" else edge.start.held_by
        idle = tuple(control for control in edge.cut_by if (control, holder) in passed or (control, "") in passed)
        for control in idle if edge.certainty == "proven" else ():
            against.append(f"{control} passes in {audited.tree.id}, and yet: {holder} {edge.deed} {edge.end.name}")
        left = tuple(each for each in edge.cut_by if each not in idle and each not in pointless)
        edges.append(replace(edge, cut_by=left) if left != edge.cut_by else edge)
    return tuple(edges), against


def _pointless(audited: Audited) -> set[str]:
    """Controls that nobody audits, or that found nothing to judge: no change here could be seen to meet them."""
    judged = {finding.check.id for finding in audited.findings if finding.status != "not-applicable"}
    return {control for edge in audited.graph.edges for control in edge.cut_by} - judged


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


def _aims(whole: _Whole) -> Iterator[Aim]:
    for target, sight in whole.sights.items():
        for goal in sight.ways.goals:
            sure = sight.holds(goal, whole.taken, proven_only=True)
            yield Aim(target, goal, "proven" if sure else "possible")


# --------------------------------------------------------------------------------------------------------- in order


def _ordered(
    whole: _Whole, aims: Sequence[Aim], proven: frozenset[str], chosen: frozenset[str]
) -> list[tuple[str, tuple[Aim, ...]]]:
    """Each control with what it closes: proven paths first, and of each kind what closes most."""
    done = whole.taken
    found: list[tuple[str, tuple[Aim, ...]]] = []
    first = {whole.measures[key].control for key in proven}
    rest = {whole.measures[key].control for key in chosen} - first
    for controls, sure in ((first, True), (rest, False)):
        waiting = {each: frozenset(key for key in chosen if whole.measures[key].control == each) for each in controls}
        while waiting:
            closed = {each: _closes(whole, aims, done, keys, proven_only=sure) for each, keys in waiting.items()}
            best = min(waiting, key=lambda each: (-len(closed[each]), each))
            found.append((best, closed[best]))
            done = done | waiting.pop(best)
    return found


def _closes(
    whole: _Whole, aims: Sequence[Aim], done: frozenset[str], keys: frozenset[str], *, proven_only: bool
) -> tuple[Aim, ...]:
    """What stands without some measures and no longer with them; of proven paths also what is then only possible."""
    more = done | keys

    def falls(aim: Aim, *, proven_only: bool) -> bool:
        sight = whole.sights[aim.target]
        return sight.holds(aim.goal, done, proven_only=proven_only) and not sight.holds(
            aim.goal, more, proven_only=proven_only
        )

    closed = []
    for aim in aims:
        if falls(aim, proven_only=False):
            closed.append(replace(aim, remains=False))
        elif proven_only and falls(aim, proven_only=True):
            closed.append(replace(aim, remains=True))
    return tuple(closed)


def _verdict(whole: _Whole, done: frozenset[str]) -> ReachVerdict:
    """The nine-second test when some measures are taken."""
    verdicts = (reach(sight.audited.graph, whole.met(done, target)).verdict for target, sight in whole.sights.items())
    return min(verdicts, key=_WORST.index, default="no-agent")


def _score(whole: _Whole, done: frozenset[str]) -> float | None:
    """The overall score when every finding of the controls met passes."""
    judged: list[Judged] = [
        (each.check.dimension, each.check.severity, each.status)
        for target, sight in whole.sights.items()
        for each in as_if(sight.audited.findings, whole.met(done, target))
    ]
    return scores(judged)["overall"].proven
