"""The access graph: agent → command → file → credential → resource, every edge with its evidence.

Edges are *proven* when configuration shows them, *possible* when a fact that decides is unknown or a model decides
instead of a person. What a person is asked about each time, or what a rule denies, is no edge at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal, TypeVar

from remit.access.agent import Agent
from remit.evidence import (
    WHOLE_TARGET,
    Container,
    CredentialFile,
    Gap,
    IacModule,
    Monitors,
    RoleCatalogue,
    ScriptFile,
    Source,
    Subject,
)
from remit.policy.model import Policy

Certainty = Literal["proven", "possible"]
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a path: from a node, by a deed, to a node."""

    start: str
    deed: str
    end: str
    certainty: Certainty
    evidence: tuple[Source, ...]
    cut_by: tuple[str, ...]
    """Controls that, met, remove this step."""
    why: str = ""
    """What makes it so, or what leaves it open."""


@dataclass(frozen=True)
class AccessGraph:
    """Everything seen in one target, and the edges between."""

    KIND: ClassVar[str] = WHOLE_TARGET

    target: str
    policy: Policy
    subjects: tuple[Subject, ...]
    gaps: tuple[Gap, ...] = ()
    left_out: tuple[str, ...] = ()
    """Places that the auditor excluded: nobody looked there, so nothing is proven about the whole."""
    machine: bool = False
    """Whether this machine's user and administrator layers were read too."""
    edges: tuple[Edge, ...] = field(default=())
    origins: Mapping[str, Source] = field(default_factory=dict, repr=False)
    """Where the policy's values are written, by dotted key."""

    @property
    def name(self) -> str:
        """Always `reach`."""
        return "reach"

    def of(self, kind: type[S]) -> tuple[S, ...]:
        """Every subject of a type."""
        return tuple(subject for subject in self.subjects if isinstance(subject, kind))

    @cached_property
    def agents(self) -> tuple[Agent, ...]:
        """The agents, an assumed one included."""
        return self.of(Agent)

    @cached_property
    def credential_files(self) -> tuple[CredentialFile, ...]:
        """The files that hold credentials."""
        return self.of(CredentialFile)

    @cached_property
    def modules(self) -> tuple[IacModule, ...]:
        """The Terraform and OpenTofu directories."""
        return self.of(IacModule)

    @cached_property
    def scripts(self) -> tuple[ScriptFile, ...]:
        """The files with commands that destroy, deploy or migrate."""
        return self.of(ScriptFile)

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """The container definitions."""
        return self.of(Container)

    @cached_property
    def roles(self) -> tuple[RoleCatalogue, ...]:
        """The declared database roles."""
        return self.of(RoleCatalogue)

    @cached_property
    def monitors(self) -> tuple[Monitors, ...]:
        """What watches."""
        return self.of(Monitors)

    @cached_property
    def _outgoing(self) -> Mapping[str, Sequence[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.start, []).append(edge)
        return found

    def paths(self, start: str) -> Iterator[tuple[Edge, ...]]:
        """The best path to each node that can be reached: fewest possible steps first, then fewest steps at all."""
        best: dict[str, tuple[int, int]] = {start: (0, 0)}
        waiting: list[tuple[tuple[int, int], str, tuple[Edge, ...]]] = [((0, 0), start, ())]
        while waiting:
            waiting.sort(key=lambda entry: (entry[0], entry[1]))
            cost, node, path = waiting.pop(0)
            if cost > best[node]:
                continue
            if path:
                yield path
            for edge in self._outgoing.get(node, ()):
                total = (cost[0] + (edge.certainty == "possible"), cost[1] + 1)
                if edge.end not in best or total < best[edge.end]:
                    best[edge.end] = total
                    waiting.append((total, edge.end, (*path, edge)))


def ordered(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Edges in an order that does not depend on how they were found."""
    return tuple(sorted(set(edges), key=_every_field))


def _every_field(edge: Edge) -> tuple[object, ...]:
    # Two edges may differ in their certainty alone, and a set has no order of its own.
    return (edge.start, edge.end, edge.deed, edge.evidence, edge.certainty, edge.cut_by, edge.why)
