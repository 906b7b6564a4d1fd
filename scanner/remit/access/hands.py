"""One agent, and what its hands can do unasked; each question is put to its configuration once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from remit.access.agent import Agent
from remit.access.deeds import ANY_CODE, BY_HTTP, READERS
from remit.access.graph import Edge, Grade, Node, NodeKind
from remit.access.unasked import (
    Unasked,
    by_bypass,
    by_rules,
    by_the_tree,
    confined,
    contained,
    may_read,
    runs_unasked,
)
from remit.evidence import Source, Unknown

_UNSEEN = "what it would ask about with approvals on is not in these files"


@dataclass(frozen=True, slots=True)
class Way:
    """How an agent comes to do something unasked: what it rests on, and the controls that would stop this way."""

    grade: Grade
    why: str
    evidence: tuple[Source, ...]
    cut_by: tuple[str, ...]


def step(
    start: Node,
    deed: str,
    end: Node,
    way: Way,
    *,
    cuts: tuple[str, ...] = (),
    spared: tuple[str, ...] = (),
    seen: tuple[Source, ...] = (),
) -> Edge:
    """The edge by which a way leads on; `cuts` stop it too, `spared` are controls that stop the way but not this."""
    evidence = tuple(dict.fromkeys((*seen, *way.evidence))) if seen else way.evidence
    return Edge(start, deed, end, way.grade, evidence, _stopped(cuts, way.cut_by, spared), way.why)


@lru_cache(maxsize=4096)
def _stopped(cuts: tuple[str, ...], way: tuple[str, ...], spared: tuple[str, ...]) -> tuple[str, ...]:
    # Remembered, so that the edges of many repositories share the few sets there are.
    return tuple(sorted({*cuts, *way} - {*spared}))


@dataclass(slots=True)
class Hands:
    """An agent with its answers, remembered."""

    agent: Agent
    _ways: dict[tuple[tuple[str, ...], tuple[str, ...], bool], tuple[Way, ...]] = field(default_factory=dict)
    _reads: dict[str, Way | None] = field(default_factory=dict)
    _nodes: dict[tuple[NodeKind, str], Node] = field(default_factory=dict)
    _answers: dict[tuple[str, tuple[str, ...]], Unasked | None] = field(default_factory=dict)

    @property
    def start(self) -> Node:
        """Where the agent's paths begin."""
        return Node("agent", self.agent.name)

    def node(self, kind: NodeKind, name: str) -> Node:
        """A thing in this agent's hands."""
        if (kind, name) not in self._nodes:
            self._nodes[kind, name] = Node(kind, name, self.agent.name)
        return self._nodes[kind, name]

    def ways(self, commands: tuple[str, ...], gate: tuple[str, ...], *, web: bool = False) -> tuple[Way, ...]:
        """Every way to the end that the commands have in common: through them, through any code, without approvals.

        `gate` names the controls that stop the commands themselves, `web` says that a plain request does it too. The
        ways are apart because no one control stops them all: an agent that is asked about `terraform destroy` and not
        about `python3` needs a second one.
        """
        key = (commands, gate, web)
        if key not in self._ways:
            self._ways[key] = self._unless_bypassed(lambda agent: self._listed(agent, commands, gate, web=web))
        return self._ways[key]

    def runs(self, commands: tuple[str, ...], cut_by: tuple[str, ...]) -> tuple[Way, ...]:
        """The ways of running exactly these commands."""
        key = (commands, ("exactly", *cut_by), False)
        if key not in self._ways:
            self._ways[key] = self._unless_bypassed(lambda agent: self._way(self._asked(agent, commands), cut_by))
        return self._ways[key]

    def reads(self, path: str) -> Way | None:
        """How it reads a file unasked; None when its rules really keep it out."""
        if path not in self._reads:
            found = may_read(self.agent, path, self._by_shell)
            self._reads[path] = next(iter(self._way((*found, None), ())), None) if found else None
        return self._reads[path]

    def _by_shell(self) -> Unasked | None:
        """How its shell prints any file."""
        if ("shell", READERS) not in self._answers:
            self._answers["shell", READERS] = runs_unasked(self.agent, READERS)
        return self._answers["shell", READERS]

    @property
    def confined(self) -> bool:
        """Whether the operating system keeps its shell to the tree, with no way out."""
        return confined(self.agent.access.sandbox)

    def _listed(self, agent: Agent, commands: tuple[str, ...], gate: tuple[str, ...], *, web: bool) -> tuple[Way, ...]:
        own = self._way(self._asked(agent, commands), gate) if commands else ()
        code = self._way(self._asked(agent, BY_HTTP if web else ANY_CODE), ("LP-022", "SB-009"))
        tree = self._way(self._asked(agent, ()), ("SB-009", "SB-016"))
        return (*own, *code, *tree, *self._out_of_sight())

    def _asked(self, agent: Agent, commands: tuple[str, ...]) -> Unasked | None:
        """What its rules say to some commands; of none in particular, whether code of the tree gets it there."""
        key = ("as it is" if agent is self.agent else "by its rules alone", commands)
        if key not in self._answers:
            self._answers[key] = by_rules(agent, commands) if commands else by_the_tree(agent)
        return self._answers[key]

    def _out_of_sight(self) -> tuple[Way, ...]:
        """What remains when nothing is listed, for an agent whose mode no file holds: whoever set it decides."""
        access = self.agent.access
        if not isinstance(access.approval, Unknown) or access.decide is None or contained(self.agent):
            return ()
        # No control of the agent's own stops this way: none could be seen to be met.
        return (Way("unknown", access.approval.why, self.agent.sources[:1], ()),)

    def _unless_bypassed(self, ways: Callable[[Agent], tuple[Way, ...]]) -> tuple[Way, ...]:
        bypass, others = self._way(by_bypass(self.agent), ("LP-027",)), ways(self.agent)
        access = self.agent.access
        if not bypass or isinstance(access.approval, Unknown) or access.approval != "bypass":
            return (*bypass, *others)
        # Its answers are those of the mode without approvals: with approvals on, what its rules allow goes on unasked,
        # and about the rest its own defaults would decide.
        ruled = ways(self._by_rules_alone()) if access.decide_asked else ()
        settled = {way.cut_by for way in ruled}
        unseen = (replace(way, grade="unknown", why=_UNSEEN) for way in others if way.cut_by not in settled)
        return (*bypass, *ruled, *unseen)

    def _by_rules_alone(self) -> Agent:
        return replace(self.agent, access=replace(self.agent.access, decide=self.agent.access.decide_asked))

    def _way(self, found: Unasked | None, cut_by: tuple[str, ...]) -> tuple[Way, ...]:
        if found is None:
            return ()
        certainty, why, source = found
        grade: Grade = "assumed" if self.agent.assumed else "proven" if certainty == "proven" else "unknown"
        return (Way(grade, why, (source,) if source else self.agent.sources[:1], cut_by),)
