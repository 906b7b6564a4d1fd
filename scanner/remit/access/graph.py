"""The access graph: agent → command → file → credential → resource, every edge with its evidence.

Each edge carries its grade: *proven* when files show it, *unknown* when a fact that decides could not be seen or a
model decides instead of a person. What a person is asked about each time, or what a rule denies, is no edge at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeVar

from remit.access.agent import Agent
from remit.evidence import (
    WHOLE_TARGET,
    Container,
    CredentialFile,
    Gap,
    IacModule,
    Monitors,
    Pipeline,
    RoleCatalogue,
    ScriptFile,
    Source,
    Subject,
)
from remit.policy.model import Policy

if TYPE_CHECKING:
    from remit.access.survival import Survival

Certainty = Literal["proven", "possible"]
Grade = Literal["proven", "declared", "attested", "assumed", "unknown"]
"""What a step rests on: files that show it, the policy's or SQL's word, a person's attestation, a vendor's default
where no file names an agent, or nothing that anybody could see. No built-in surface draws an attested step: an
attestation says that a control is met, and so takes steps away."""
NodeKind = Literal[
    "agent", "tool", "file", "command", "credential", "role", "resource", "loss", "content", "egress", "machine"
]
S = TypeVar("S")


class Node(NamedTuple):
    """One thing on a path, in the hands of one agent."""

    kind: NodeKind
    name: str
    held_by: str = ""
    """The agent that got hold of it: what one agent may do with a file says nothing about another's."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a path: from a node, by a deed, to a node."""

    start: Node
    deed: str
    end: Node
    grade: Grade
    evidence: tuple[Source, ...]
    cut_by: tuple[str, ...]
    """Controls each of which, met, removes this step. Ways to the same end that other controls stop are other edges."""
    why: str = ""
    """What makes it so, or what leaves it open."""

    @property
    def certainty(self) -> Certainty:
        """Whether somebody saw, declared or attested it; a path with any other step is only possible."""
        return "possible" if self.grade in ("assumed", "unknown") else "proven"


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
    fates: Mapping[Node, Survival] = field(default_factory=dict, repr=False)
    """What becomes of the copies of each resource that an agent reaches."""
    now: datetime | None = None
    """The moment at which all is judged."""
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
    def pipelines(self) -> tuple[Pipeline, ...]:
        """The pipelines that are given secrets."""
        return self.of(Pipeline)

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


def ordered(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Edges in an order that does not depend on how they were found."""
    return tuple(sorted(set(edges), key=_every_field))


def _every_field(edge: Edge) -> tuple[object, ...]:
    # Two edges may differ in their grade alone, and a set has no order of its own.
    return (edge.start, edge.end, edge.deed, edge.evidence, edge.grade, edge.cut_by, edge.why)
