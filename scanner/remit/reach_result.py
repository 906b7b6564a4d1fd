"""The parts of a Result that tell what agents reach, what would stop them, and which incidents would happen again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remit.check import Severity
from remit.document import Model, Place

Fate = Literal["survives", "lost", "unknown"]
Certainty = Literal["proven", "possible"]
Grade = Literal["proven", "declared", "attested", "assumed", "unknown"]
StepState = Literal["blocked", "open", "undetermined"]


# ------------------------------------------------------------------------------------------- the nine-second test


class StepOut(Model):
    """One step of a path: what the agent does at a node, and how sure that is."""

    node: str
    edge: str
    certainty: Certainty
    grade: Grade = "proven"
    """What the step rests on: files, the policy's word, an attestation, an assumption, or nothing anybody saw."""
    why: str = ""
    evidence: tuple[Place, ...] = ()
    cut_by: tuple[str, ...] = ()
    """Controls each of which, met, removes this step."""


class DestroyedOut(Model):
    """One resource an agent can destroy."""

    resource: str
    environment: str | None = None
    environment_unknown: str = ""
    owner: str = ""
    """Who answers for it, by the tags of infrastructure code; empty where nothing says."""
    survivors: tuple[str, ...]
    verdict: Fate
    reason: str
    certainty: Certainty
    rpo_hours: float | None = None
    """How old the newest surviving copy is at most; 0 where any moment can be restored."""
    rpo_hours_unknown: str = ""
    restorable: bool | None = None
    """Whether a restore from a surviving copy was done lately enough."""
    restorable_unknown: str = ""
    path: tuple[StepOut, ...]
    cut_by: tuple[str, ...]


class LegOut(Model):
    """One of the three things that together let private data out."""

    leg: Literal["private", "untrusted", "egress"]
    what: str
    path: tuple[StepOut, ...]


class LeakOut(Model):
    """Private data that an agent can be talked into sending away: it needs all three legs."""

    what: str
    certainty: Certainty
    legs: tuple[LegOut, ...]
    cut_by: tuple[str, ...]


class AgentReachOut(Model):
    """What one agent can destroy and leak."""

    agent: str
    title: str
    assumed: bool
    target: str
    destroys: tuple[DestroyedOut, ...]
    leaks: tuple[LeakOut, ...] = ()


class NineSeconds(Model):
    """If an agent goes wrong right now: what can it destroy, along which path, and does a copy survive?"""

    verdict: Literal["survives", "lost", "unknown", "no-agent"]
    reason: str
    agents: tuple[AgentReachOut, ...]


class AsFound(Model):
    """The real state, beside a result that takes some controls as met."""

    verdict: Literal["survives", "lost", "unknown", "no-agent"]
    score: float | None
    lost: int
    """How many resources are lost, by agent."""
    unknown: int
    leaks: int


# ----------------------------------------------------------------------------------------------- the cheapest cut


class FigureOut(Model):
    """A number with the formula and the inputs that give it."""

    value: float | None = None
    """The number; the upper end where only a range is known."""
    low: float | None = None
    """The lower end of a range."""
    value_unknown: str = ""
    formula: str = ""
    inputs: dict[str, float] = Field(default={})
    assumed: tuple[str, ...] = ()


class ClosedOut(Model):
    """A loss or a leak, by agent and target."""

    kind: Literal["loss", "leak"]
    target: str
    agent: str
    what: str
    certainty: Certainty
    remains: bool = False
    """For what a step closes: whether its proven path is cut while a possible one remains."""


class PlanStepOut(Model):
    """One control of the cheapest cut, what it costs and what it buys."""

    number: int
    control: str
    title: str
    dimension: str
    severity: Severity | None = None
    """None for a control that this version does not audit."""
    goal: Certainty
    """Whether it is needed against proven paths, or against possible ones only."""
    spare: bool = False
    """Whether it has nothing left to do once the later steps are taken, and serves only until then."""
    closes: tuple[ClosedOut, ...]
    """What is out of reach after this step and was not before it."""
    places: tuple[str, ...]
    """Targets in which it is to be put in place."""
    monthly_usd: FigureOut
    hours: FigureOut
    verdict_after: Literal["survives", "lost", "unknown", "no-agent"]
    score_after: float | None
    """The overall score when every finding of the controls up to here passes."""


class PlanOut(Model):
    """The cheapest set of controls that cuts every proven path to a loss, then every possible one."""

    steps: tuple[PlanStepOut, ...] = ()
    proven: int = 0
    """Losses and leaks with a proven path."""
    possible: int = 0
    """Losses and leaks with a possible path only."""
    left: tuple[ClosedOut, ...] = ()
    """What no control cuts."""
    method: str = ""
    """How the set was found, and whether a cheaper one can exist."""
    tier: str = ""
    people: int | None = None
    assumed: tuple[str, ...] = ()
    prices_as_of: str = ""
    currency: str = "USD"
    monthly_usd: FigureOut = FigureOut()
    hours: FigureOut = FigureOut()
    unpriced: tuple[str, ...] = ()
    """Controls of which nobody knows the money or the hours: the sums are without them."""


# --------------------------------------------------------------------------------------------------------- replay


class ReplayControlOut(Model):
    """What a control that would break a step says here."""

    control: str
    status: str
    """A finding's status, or `not-audited` for a control that this version does not decide."""
    message: str = ""


class RequiredOut(Model):
    """A fact that a step needs."""

    fact: str
    state: Literal["found", "absent", "unknown"]
    why: str = ""
    evidence: tuple[Place, ...] = ()


class ReplayStepOut(Model):
    """One step of an incident against this target."""

    n: int
    link: str
    does: str
    state: StepState
    why: str
    blocked_by: tuple[str, ...] = ()
    controls: tuple[ReplayControlOut, ...] = ()
    requires: tuple[RequiredOut, ...] = ()
    evidence: tuple[Place, ...] = ()


class IncidentOut(Model):
    """One incident, replayed."""

    id: str
    name: str
    date: str
    target: str
    state: StepState
    """`blocked` when at least one step is, `open` when none is and every one stands open."""
    first_block: int | None = None
    depth: int = 0
    """How many steps are blocked."""
    healthy_depth: int = 3
    healthy: bool = False
    """Whether as many steps as `healthy_depth`, of links that differ, are blocked."""
    open_steps: tuple[int, ...] = ()
    steps: tuple[ReplayStepOut, ...] = ()
    verified: str = ""
    sources: tuple[str, ...] = ()
