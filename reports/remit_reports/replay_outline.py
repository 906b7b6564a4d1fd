"""What every report for people says of the replayed incidents, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from remit.reach_document import NO_REPLAY
from remit.reach_result import IncidentOut, ReplayStepOut
from remit.result import Result
from remit_reports import outline

STATES = ("open", "undetermined", "blocked")
"""In the order in which a person should read them."""


def missing() -> str:
    """Why a result may hold no replay."""
    return NO_REPLAY


def ordered(result: Result) -> tuple[IncidentOut, ...]:
    """The incidents, those that stand open first, the least defended of them before the others."""
    return tuple(sorted(result.replay, key=_exposure))


def _exposure(each: IncidentOut) -> tuple[int, int, int, str, str]:
    return STATES.index(each.state), each.depth, -len(each.open_steps), each.id, each.target


def worst(found: Iterable[IncidentOut]) -> tuple[tuple[IncidentOut, int], ...]:
    """Each incident once, where it is stopped the least, with the number of other targets in which it fares alike."""
    grouped: dict[str, list[IncidentOut]] = {}
    for each in found:
        grouped.setdefault(each.id, []).append(each)
    return tuple((group[0], sum(each.state == group[0].state for each in group[1:])) for group in grouped.values())


def most_open(found: Sequence[IncidentOut]) -> tuple[IncidentOut, ...]:
    """The incidents that are not blocked, those with the most open steps first."""
    waiting = [each for each in found if each.state != "blocked"]
    return tuple(sorted(waiting, key=lambda each: (-len(each.open_steps), *_exposure(each))))


def counts(found: Iterable[IncidentOut]) -> str:
    """How many incidents there are of each state."""
    count: Counter[str] = Counter(each.state for each in found)
    return ", ".join(f"{count[state]} {state}" for state in STATES if count[state])


def line(result: Result) -> str:
    """What the replay found, as a sentence without its full stop."""
    every = {each.id for each in result.replay}
    bare = sorted({each.id for each in result.replay if each.state == "open"})
    unsure = {each.id for each in result.replay if each.state == "undetermined"} - set(bare)
    known = f"of {outline.counted(len(every), 'documented incident')}"
    doubt = f", {len(unsure)} undetermined" if unsure else ""
    if not bare:
        return f"none {known} stands open{doubt}"
    named = ", ".join(bare[:4]) + (f" and {len(bare) - 4} more" if len(bare) > 4 else "")
    return f"{len(bare)} {known} {'stand' if len(bare) > 1 else 'stands'} open{doubt}: {named}"


def defence(each: IncidentOut) -> str:
    """How many steps are blocked, of how many there are, and whether that is as deep as it should be."""
    return f"{each.depth} of {len(each.steps)}" + ("" if each.healthy else f", want {each.healthy_depth}")


def opened(each: IncidentOut) -> str:
    """How many steps stand open, of how many there are."""
    return f"{len(each.open_steps)} of {len(each.steps)}"


def stopped(each: IncidentOut) -> str:
    """Where an incident is stopped first."""
    if each.first_block is None:
        return "none" if each.state == "open" else "none known"
    return f"step {each.first_block}"


def answers(step: ReplayStepOut) -> Iterator[str]:
    """What the controls that would break a step, and the facts it needs, say here."""
    for each in step.controls:
        yield f"{each.control} {each.status.replace('-', ' ')}" + (f": {each.message}" if each.message else "")
    for fact in step.requires:
        seen = ", ".join([*([fact.why] if fact.why else []), *map(outline.place, fact.evidence)])
        yield f"needs {fact.fact}: {fact.state}" + (f" ({seen})" if seen else "")
