"""What every report for people says, and in which order.

One place decides which loss is the worst, which finding comes first and what to do next, so that the terminal, the
pull-request comment and the page never disagree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit.document import Place
from remit.reach_result import AgentReachOut, DestroyedOut, StepOut
from remit.result import ControlOut, FindingOut, Result, ScoreOut
from remit.score import WEIGHTS

SEVERITIES: tuple[str, ...] = tuple(WEIGHTS)
STATUSES = ("fail", "error", "unknown", "waived", "pass", "not-applicable")
"""In the order in which a person should read them."""
OPEN = ("fail", "error", "unknown", "waived")
"""What leaves something to do."""
_ID = re.compile(r"[A-Z]{2,4}-\d{1,4}")
_FATES = ("lost", "unknown", "survives")
_ACTORS = ("agent", "command", "machine", "role", "tool")
_THINGS = ("backup", "content", "credential", "egress", "file", "loss", "resource")


@dataclass(frozen=True, slots=True)
class Loss:
    """What becomes of one resource: the worst way to it, and the other agents that have one."""

    agent: AgentReachOut
    destroyed: DestroyedOut
    others: tuple[AgentReachOut, ...] = ()

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The steps, each with the name of where it starts."""
        return tuple(Hop(step, spoken(step.node)) for step in self.destroyed.path)


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, ready to be told."""

    step: StepOut
    node: str


@dataclass(frozen=True, slots=True)
class ControlPart:
    """One control with its findings, worst first."""

    control: ControlOut
    findings: tuple[FindingOut, ...]

    def of(self, *statuses: str) -> tuple[FindingOut, ...]:
        """The findings of some statuses."""
        return tuple(finding for finding in self.findings if finding.status in statuses)

    @property
    def frameworks(self) -> Mapping[str, tuple[str, ...]]:
        """The requirements that the control supports, by framework."""
        return next((finding.frameworks for finding in self.findings if finding.frameworks), {})

    @property
    def incidents(self) -> tuple[str, ...]:
        """The documented incidents that it would have stopped a step of."""
        return next((finding.incidents for finding in self.findings if finding.incidents), ())


@dataclass(frozen=True, slots=True)
class DimensionPart:
    """One dimension: its score and its controls, those with the worst findings first."""

    name: str
    title: str
    score: ScoreOut | None
    controls: tuple[ControlPart, ...]

    @property
    def open(self) -> tuple[ControlPart, ...]:
        """The controls that leave something to do."""
        return tuple(part for part in self.controls if part.of(*OPEN))

    @property
    def settled(self) -> tuple[FindingOut, ...]:
        """The findings of all the other controls."""
        return tuple(finding for part in self.controls if not part.of(*OPEN) for finding in part.findings)


@dataclass(frozen=True, slots=True)
class Advice:
    """A command to run next, and what for."""

    command: str
    purpose: str


# ------------------------------------------------------------------------------------------- the nine-second test


def spoken(node: str) -> str:
    """What people call a node of the access graph."""
    kind, mark, rest = node.partition(":")
    if not mark or kind not in _ACTORS + _THINGS:
        return node
    return rest.partition(":")[0] if kind == "credential" else rest


def kind(node: str) -> str:
    """What sort of thing a node of the access graph is; empty where its name does not say."""
    named, mark, _ = node.partition(":")
    return named if mark and named in _ACTORS + _THINGS else ""


def losses(result: Result) -> tuple[Loss, ...]:
    """Every resource that an agent can destroy, the worst first, each once with its shortest certain path."""
    every = [
        (number, agent, each) for agent in result.nine_second_test.agents for number, each in enumerate(agent.destroys)
    ]
    grouped: dict[tuple[str, str], list[tuple[AgentReachOut, DestroyedOut]]] = {}
    for _, agent, each in sorted(every, key=_gravity):
        grouped.setdefault((agent.target, each.resource), []).append((agent, each))
    return tuple(
        Loss(*group[0], tuple(agent for agent, _ in group[1:] if agent != group[0][0])) for group in grouped.values()
    )


def _gravity(found: tuple[int, AgentReachOut, DestroyedOut]) -> tuple[int, bool, bool, int, str, str, str]:
    """The audit lists each agent's losses by what they are about, so the place in that list counts."""
    number, agent, each = found
    fate = _FATES.index(each.verdict)
    return (fate, each.certainty == "possible", agent.assumed, number, each.resource, agent.target, agent.agent)


def agent_title(agent: AgentReachOut) -> str:
    """The agent's title, marked where nobody named it."""
    return f"{agent.title} (assumed)" if agent.assumed else agent.title


def headline(result: Result) -> str:
    """The answer to the nine-second test in one sentence."""
    test = result.nine_second_test
    worst = next(iter(losses(result)), None)
    if worst is None or worst.destroyed.verdict != test.verdict or test.verdict == "survives":
        return _sentence(test.reason)
    where = f" in {worst.agent.target}" if len(result.targets) > 1 else ""
    can = "can" if worst.destroyed.certainty == "proven" else "may be able to"
    fate = ", and no copy survives" if test.verdict == "lost" else "; whether a copy survives is unknown"
    return f"{agent_title(worst.agent)} {can} destroy {worst.destroyed.resource}{where}{fate}"


def _sentence(text: str) -> str:
    """The text with a capital, unless it starts with a name."""
    return text[:1].upper() + text[1:] if re.match(r"[a-z]+(?= )", text) else text


# ------------------------------------------------------------------------------------------------------- findings


def cuts(result: Result) -> frozenset[str]:
    """The controls that would cut the path of the worst loss: of equally severe findings theirs come first."""
    worst = next(iter(losses(result)), None)
    return frozenset(worst.destroyed.cut_by if worst and worst.destroyed.verdict != "survives" else ())


def worst_first(findings: Iterable[FindingOut], first: frozenset[str] = frozenset()) -> tuple[FindingOut, ...]:
    """Findings in the order in which a person should read them."""
    return tuple(sorted(findings, key=lambda finding: _urgency(finding, first)))


def _urgency(finding: FindingOut, first: frozenset[str]) -> tuple[int, int, bool, str, str, str, str]:
    return (
        STATUSES.index(finding.status),
        SEVERITIES.index(finding.severity),
        finding.control not in first,
        finding.control,
        finding.target,
        finding.subject.name,
        finding.fingerprint,
    )


def by_control(
    findings: Iterable[FindingOut], first: frozenset[str] = frozenset()
) -> tuple[tuple[FindingOut, ...], ...]:
    """Findings grouped by control, in the order in which each control's worst one should be read."""
    grouped: dict[str, list[FindingOut]] = {}
    for finding in worst_first(findings, first):
        grouped.setdefault(finding.control, []).append(finding)
    return tuple(tuple(group) for group in grouped.values())


def dimensions(result: Result) -> tuple[DimensionPart, ...]:
    """Everything judged, by dimension and control."""
    known = {control.id: control for control in result.controls}
    names = [name for name in result.scores if name != "overall"]
    names += sorted({finding.dimension for finding in result.findings} - set(names))
    return tuple(_dimension(name, result, known) for name in names)


def _dimension(name: str, result: Result, known: Mapping[str, ControlOut]) -> DimensionPart:
    groups = by_control((finding for finding in result.findings if finding.dimension == name), cuts(result))
    parts = tuple(ControlPart(known.get(group[0].control) or _from(group[0]), group) for group in groups)
    return DimensionPart(name, dimension_title(name), result.scores.get(name), parts)


def _from(finding: FindingOut) -> ControlOut:
    """A control that the result does not describe, as its finding names it."""
    return ControlOut(
        id=finding.control,
        slug=finding.slug,
        title=finding.title,
        dimension=finding.dimension,
        severity=finding.severity,
        why="",
        fix="",
    )


def dimension_title(name: str) -> str:
    """The name of a dimension as a heading."""
    return name.replace("-", " ").capitalize()


# --------------------------------------------------------------------------------------------- counts and sentences


def statuses(result: Result) -> Mapping[str, int]:
    """How many findings there are of each status, in reading order."""
    count: Counter[str] = Counter(finding.status for finding in result.findings)
    return {status: count[status] for status in STATUSES}


def failed_severities(findings: Iterable[FindingOut]) -> Mapping[str, int]:
    """How many findings fail, by severity, leaving out severities without any."""
    count: Counter[str] = Counter(finding.severity for finding in findings if finding.status == "fail")
    return {severity: count[severity] for severity in SEVERITIES if count[severity]}


def run_verdict(result: Result) -> str:
    """What the run says about the policy, in a few words."""
    return {"meets": "meets the policy", "fails": "fails the policy", "incomplete": "incomplete"}[result.verdict]


def left_out(result: Result) -> tuple[tuple[str, int], ...]:
    """The reasons for which files were left out on purpose, each with the number of files, most first."""
    count: Counter[str] = Counter()
    for target in result.targets:
        for each in target.not_searched:
            count[each.reason] += each.files
    return tuple(sorted(count.items(), key=lambda entry: (-entry[1], entry[0])))


def place(source: Place) -> str:
    """Path and line."""
    return f"{source.path}:{source.line}" if source.line else source.path


def percent(value: float | None) -> str:
    """A percentage as people write it; a dimension without verdicts has no score."""
    return "no score" if value is None else f"{value:g}%"


def seen(coverage: float | None) -> str:
    """The share that could be judged, rounded down: what was not all seen never reads 100%."""
    return "nothing to see" if coverage is None else f"{int(coverage * 100 + 1e-9)}%"


def counted(number: int, word: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def advice(result: Result) -> tuple[Advice, ...]:
    """What to run next, the most useful first."""
    return tuple(_advice(result))[:3]


def _advice(result: Result) -> Iterator[Advice]:
    undone = [finding for finding in worst_first(result.findings, cuts(result)) if finding.status in OPEN]
    # A stored result may come from anywhere, and people paste what stands here into a shell.
    if undone and _ID.fullmatch(undone[0].control):
        yield Advice(f"remit explain {undone[0].control}", "why it matters and how to mend it")
    yield Advice("remit scan --format html=report.html", "every finding with its remedy, to pass on")
    if _only_bundled(result.policy.sources) or any(agent.assumed for agent in result.nine_second_test.agents):
        yield Advice("remit policy init", "name your agents, production and its copies")
    yield Advice("remit inventory", "what an agent finds here")


def _only_bundled(sources: Sequence[str]) -> bool:
    return all(source.startswith("remit:") for source in sources)
