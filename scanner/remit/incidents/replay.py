"""The documented incidents against one target: where each would be stopped, and which steps stand open.

A step is *blocked* when a control that would break it passes here, and *open* when none does, each of them was judged,
and everything the step takes was found. Whatever nobody could see leaves it *undetermined*: neither a defence nor a
hole is made of not knowing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from remit.access.graph import AccessGraph
from remit.document import Place
from remit.engine import Finding
from remit.evidence import Source, Unknown
from remit.incidents.facts import Absent, Answer, Found, decide
from remit.incidents.model import Chain, Step
from remit.reach_result import IncidentOut, ReplayControlOut, ReplayStepOut, RequiredOut, StepState

HEALTHY_DEPTH = 3
"""Our own figure: as many blocked steps, of links that differ, make one broken control no catastrophe."""
NOT_AUDITED = "not-audited"
_FAILING = ("fail", "waived")
_OPEN = ("error", "unknown")
_RANK = (*_FAILING, *_OPEN, "pass", "not-applicable")
"""Which finding speaks for a control that was judged in several places: a control that fails anywhere fails."""
_MOST_PLACES = 8
_PLACES_EACH = 2
_MOST_WORDS = 200


def replay(
    chains: Iterable[Chain], graph: AccessGraph, findings: Iterable[Finding], healthy_depth: int = HEALTHY_DEPTH
) -> tuple[IncidentOut, ...]:
    """Every chain against a judged target, in order of their ids.

    The findings of other targets, and the order of anything, play no part.
    """
    target = _Target(graph, _spoken(finding for finding in findings if finding.target == graph.target))
    return tuple(_incident(chain, target, healthy_depth) for chain in sorted(chains, key=lambda chain: chain.id))


@dataclass(frozen=True, slots=True)
class _Control:
    """What a control says here, all its findings together."""

    id: str
    status: str
    message: str
    sources: tuple[Source, ...]

    @property
    def out(self) -> ReplayControlOut:
        return ReplayControlOut(control=self.id, status=self.status, message=self.message)


@dataclass(slots=True)
class _Target:
    """A target with its controls, and the facts that were asked for so far."""

    graph: AccessGraph
    controls: Mapping[str, _Control]
    answers: dict[str, Answer] = field(default_factory=dict)

    def control(self, id_: str) -> _Control:
        none = _Control(id_, NOT_AUDITED, "nothing here decides it", ())
        return self.controls.get(id_, none)

    def fact(self, name: str) -> Answer:
        if name not in self.answers:
            self.answers[name] = decide(name, self.graph)
        return self.answers[name]


def _spoken(findings: Iterable[Finding]) -> Mapping[str, _Control]:
    """One answer for each control that was judged.

    A control that passes for one agent and not for another stops no chain, so only the worst finding speaks.
    """
    by_control: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_control[finding.check.id].append(finding)
    return {id_: _together(id_, found) for id_, found in by_control.items()}


def _together(id_: str, findings: Sequence[Finding]) -> _Control:
    worst = min((_RANK.index(finding.status) for finding in findings), default=0)
    speaking = sorted(
        (finding for finding in findings if finding.status == _RANK[worst]),
        key=lambda finding: (finding.subject_kind, finding.subject_name, finding.verdict.message),
    )
    failing = [finding for finding in findings if finding.status in _FAILING]
    sources = {source for finding in failing for source in finding.verdict.sources}
    return _Control(id_, _RANK[worst], speaking[0].verdict.message, tuple(sorted(sources)))


# ------------------------------------------------------------------------------------------------------------ steps


def _step(step: Step, target: _Target) -> ReplayStepOut:
    controls = [target.control(id_) for id_ in step.broken_by]
    facts = [(name, target.fact(name)) for name in step.requires]
    state, why = _state(controls, facts)
    return ReplayStepOut(
        n=step.n,
        link=step.link,
        does=step.does,
        state=state,
        why=why,
        blocked_by=tuple(control.id for control in controls if control.status == "pass"),
        controls=tuple(control.out for control in controls),
        requires=tuple(_required(name, answer) for name, answer in facts),
        evidence=_evidence(controls, [answer for _, answer in facts]),
    )


def _state(controls: Sequence[_Control], facts: Sequence[tuple[str, Answer]]) -> tuple[StepState, str]:
    passing = [control.id for control in controls if control.status == "pass"]
    if passing:
        return "blocked", f"{_listed(passing)} {'pass' if len(passing) > 1 else 'passes'} here"
    missing = _missing(controls, facts)
    if missing:
        more = f"; and {len(missing) - 1} more open" if len(missing) > 1 else ""
        return "undetermined", missing[0] + more
    failing = [control.id for control in controls if control.status in _FAILING]
    return "open", f"{_listed(failing)} {'fail' if len(failing) > 1 else 'fails'}, and all that the step takes is here"


def _missing(controls: Sequence[_Control], facts: Sequence[tuple[str, Answer]]) -> list[str]:
    """What keeps a step that nothing blocks from being open, the most telling first."""
    absent = [f"not possible here as far as was seen: {each.why}" for _, each in facts if isinstance(each, Absent)]
    unseen = [f"whether {name} holds is not known: {each.why}" for name, each in facts if isinstance(each, Unknown)]
    unjudged = [f"{each.id} is not audited" for each in controls if each.status == NOT_AUDITED]
    unjudged += [f"{each.id} is undecided: {_short(each.message)}" for each in controls if each.status in _OPEN]
    if not any(control.status in (*_FAILING, *_OPEN, NOT_AUDITED) for control in controls):
        unjudged.append(f"none of its controls applies here ({_listed([control.id for control in controls])})")
    return [*absent, *unseen, *unjudged]


def _required(name: str, answer: Answer) -> RequiredOut:
    match answer:
        case Found():
            return RequiredOut(
                fact=name, state="found", why=answer.why, evidence=_places(answer.evidence, _MOST_PLACES)
            )
        case Absent():
            return RequiredOut(fact=name, state="absent", why=answer.why)
        case Unknown():
            return RequiredOut(fact=name, state="unknown", why=answer.why)


def _evidence(controls: Sequence[_Control], answers: Sequence[Answer]) -> tuple[Place, ...]:
    """A few places for each found fact and each failing control, in the order in which the step names them."""
    shown = [source for answer in answers if isinstance(answer, Found) for source in answer.evidence[:_PLACES_EACH]]
    shown += [source for control in controls for source in control.sources[:_PLACES_EACH]]
    return _places(shown, _MOST_PLACES)


def _places(sources: Iterable[Source], most: int) -> tuple[Place, ...]:
    # One place may have been seen by several collectors.
    found = dict.fromkeys((source.path, source.line) for source in sources)
    return tuple(Place(path=path, line=line) for path, line in list(found)[:most])


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[:_MOST_WORDS].rstrip()}…"


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[:-1]) + f" and {ids[-1]}" if len(ids) > 1 else "".join(ids)


# -------------------------------------------------------------------------------------------------------- incidents


def _incident(chain: Chain, target: _Target, healthy_depth: int) -> IncidentOut:
    steps = tuple(_step(step, target) for step in chain.steps)
    blocked = [step for step in steps if step.state == "blocked"]
    return IncidentOut(
        id=chain.id,
        name=chain.name,
        date=chain.date,
        target=target.graph.target,
        state=_overall([step.state for step in steps]),
        first_block=blocked[0].n if blocked else None,
        depth=len(blocked),
        healthy_depth=healthy_depth,
        healthy=len({step.link for step in blocked}) >= healthy_depth,
        open_steps=tuple(step.n for step in steps if step.state == "open"),
        steps=steps,
        verified=chain.verified,
        sources=chain.sources,
    )


def _overall(states: Sequence[StepState]) -> StepState:
    if "blocked" in states:
        return "blocked"
    return "open" if all(state == "open" for state in states) else "undetermined"
