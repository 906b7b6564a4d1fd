"""What a required fact may answer, how answers about many things become one, and what an unread place does to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.evidence import Source, Unknown

NO_AGENT = "no agent is used here"
ASSUMED = "no file names an agent; one at vendor defaults is assumed"
_TOLD = 200


@dataclass(frozen=True, slots=True)
class Found:
    """The fact holds here, and these places show it."""

    evidence: tuple[Source, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """All that could show the fact was read, and nothing does."""

    why: str


Answer: TypeAlias = Found | Absent | Unknown
Look: TypeAlias = Callable[[AccessGraph, str], Answer]
"""Looks a fact up; the text is what follows the equals sign of a fact that takes a value."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a step may require."""

    name: str
    """As chains write it; what stands in capitals after the equals sign is one of `values`."""
    meaning: str
    decided_by: str
    look: Look
    hides_in: tuple[type, ...] = ()
    """Subject types that an unread place may hide: where one does, nobody can say that the fact is absent."""
    refuted_in: tuple[type, ...] = ()
    """Subject types that could show the opposite: where one may hide, a fact that was found becomes unknown."""
    beside: bool = False
    """Whether only what lies in the folders of its evidence could show the opposite."""
    values: Callable[[], tuple[str, ...]] | None = None

    @property
    def stem(self) -> str:
        """The name up to and with the equals sign, for a fact that takes a value."""
        return self.name.partition("=")[0] + "="

    @property
    def known(self) -> tuple[str, ...]:
        """Every name that a chain may write for it."""
        return tuple(self.stem + value for value in self.values()) if self.values else (self.name,)

    def decide(self, graph: AccessGraph, value: str = "") -> Answer:
        """What is known of the fact in a target, unread places taken into account."""
        answer = self.look(graph, value)
        if isinstance(answer, Unknown):
            return answer
        if isinstance(answer, Absent):
            unread = _unread(graph, self.hides_in)
        else:
            unread = _unread(graph, self.refuted_in)
            folders = {_folder(source.path) for source in answer.evidence}
            unread = tuple(place for place in unread if not self.beside or _may_lie_in(place, folders))
        if not unread:
            return answer
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        return Unknown(f"{unread[0][:_TOLD]}{more} was not read; in all that was, {answer.why}")


def weigh(answers: Iterable[Answer], none: str) -> Answer:
    """One answer from many: found anywhere is found, unknown anywhere else is unknown; `none` where there are none."""
    every = list(answers)
    found = sorted((each for each in every if isinstance(each, Found)), key=lambda each: (each.why, each.evidence))
    if found:
        return Found(tuple(sorted({source for each in found for source in each.evidence})), found[0].why)
    open_ = sorted(each.why for each in every if isinstance(each, Unknown))
    if open_:
        return Unknown(open_[0])
    absent = sorted(each.why for each in every if isinstance(each, Absent))
    return Absent(absent[0] if absent else none)


def of_agents(judge: Callable[[Agent, str], Answer], *, by_default: bool = False) -> Look:
    """A fact that holds where it holds for one agent.

    What an assumed agent does rests on a vendor's default, so it is no fact unless `by_default` says that every
    vendor's default does it.
    """

    def look(graph: AccessGraph, value: str) -> Answer:
        answers = []
        for agent in graph.agents:
            answer = judge(agent, value)
            guessed = agent.assumed and not by_default and isinstance(answer, Found)
            answers.append(Unknown(ASSUMED) if guessed else answer)
        return weigh(answers, NO_AGENT)

    return look


def places(agent: Agent, *sources: Source | None) -> tuple[Source, ...]:
    """Where something about an agent is written, else the first of its own files."""
    given = tuple(source for source in sources if source is not None)
    return given or agent.sources[:1]


def _unread(graph: AccessGraph, kinds: tuple[type, ...]) -> tuple[str, ...]:
    """The places in which a subject of one of these types may hide."""
    names = {kind.__name__ for kind in kinds}
    gaps = {gap.path for gap in graph.gaps if names & set(gap.affects)}
    return tuple(sorted(gaps | set(graph.left_out if names else ())))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _may_lie_in(place: str, folders: set[str]) -> bool:
    """Whether an unread file, or a file below an unread folder, may lie in one of the folders."""
    within = f"{place.rstrip('/')}/"
    return place == "." or _folder(place) in folders or any(f"{folder}/".startswith(within) for folder in folders)
