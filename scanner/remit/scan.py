"""One scan, from policy to Result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from remit import __version__
from remit.access.agent import Agent
from remit.access.assumed import assumed_agent
from remit.access.graph import AccessGraph, Edge
from remit.access.link import link
from remit.access.reach import AgentReach, Destroyed, Reach, reach
from remit.check import Check
from remit.collect.cache import Cache, fingerprint_key, state_directory
from remit.collect.collector import Scope
from remit.collect.machine import machine_tree
from remit.collect.run import Collected, Options, linked, read, wanted_by_name, wanted_through_link
from remit.collect.tree import EXCLUDED, Tree, open_target
from remit.engine import Case, Finding, judge
from remit.errors import UsageError
from remit.evidence import RepositoryPolicy, Source, Unknown
from remit.policy.loader import LoadedPolicy
from remit.policy.model import Policy
from remit.registry import discover, installed
from remit.result import (
    AgentReachOut,
    ControlOut,
    DestroyedOut,
    FindingOut,
    GapOut,
    NineSeconds,
    NotSearched,
    Place,
    PolicyOut,
    RemedyOut,
    Result,
    StepOut,
    SubjectOut,
    TargetOut,
    ToolOut,
    WaiverOut,
    scores_out,
)
from remit.score import Judged, Threshold, run_verdict


@dataclass(frozen=True, slots=True)
class Request:
    """What to scan, by what policy, and how."""

    targets: tuple[Path, ...]
    policy: LoadedPolicy
    now: datetime
    exclude: tuple[str, ...] = ()
    jobs: int = 1
    machine: bool = False
    cache: bool = True
    fail_on: Threshold = "high"
    progress: Callable[[int, int], None] = field(default=lambda done, total: None)


@dataclass(frozen=True, slots=True)
class Audited:
    """One target, judged."""

    tree: Tree
    graph: AccessGraph
    collected: Collected
    findings: tuple[Finding, ...]
    reach: Reach


def checks() -> tuple[Check, ...]:
    """Every installed check, sorted by id."""
    return discover("remit.checks", Check, lambda check: check.id)


def audit(request: Request) -> tuple[Audited, ...]:
    """Audit every target of a request, in order of their ids.

    Raises UsageError for a target that cannot be audited, and RegistryError when there is nothing to audit with.
    """
    trees = _opened(request)
    cache = Cache(state_directory("cache") / "facts.sqlite" if request.cache else None)
    key, _ = fingerprint_key()
    options = Options(key, request.jobs, request.progress)
    machine = [machine_tree()] if request.machine else []
    try:
        found = [_audit(tree, machine, request, cache, options) for tree in trees]
    finally:
        cache.close()
    return tuple(sorted(found, key=lambda each: each.tree.id))


def _opened(request: Request) -> list[Tree]:
    """Every target, listed. Raises UsageError where two would share a name, and so could not be told apart."""
    trees: dict[str, Tree] = {}
    for target in request.targets:
        tree = open_target(target, exclude=request.exclude, wanted=wanted_by_name, through_link=wanted_through_link)
        known = trees.setdefault(tree.id, tree)
        if known.root == tree.root and known is not tree:
            raise UsageError(f"{target}: is given twice; give each target once")
        if known is not tree:
            raise UsageError(f"{tree.root} and {known.root} are both called {tree.id}; audit them one at a time")
    return list(trees.values())


def _audit(tree: Tree, machine: Sequence[Tree], request: Request, cache: Cache, options: Options) -> Audited:
    collected, policy = _collected([tree, *machine], tree.id, request, cache, options)
    graph = _graph(tree, collected, policy, request)
    findings = judge(checks(), Case(graph, policy, request.now))
    return Audited(tree, graph, collected, findings, reach(graph))


def _collected(
    trees: Sequence[Tree], target: str, request: Request, cache: Cache, options: Options
) -> tuple[Collected, Policy]:
    """The subjects, linked under the policy as the target's own policy files tighten it."""
    policy = request.policy.policy
    scope = Scope(policy, target, request.now, request.machine)
    facts = read(trees, cache, options)
    collected = linked(facts, scope)
    # The collector of repository policies folds one into the next, so the last one holds them all.
    tightened = [found.tightened for found in collected.subjects if isinstance(found, RepositoryPolicy)]
    if not tightened or not isinstance(tightened[-1], Policy) or tightened[-1] == policy:
        return collected, policy
    return linked(facts, replace(scope, policy=tightened[-1])), tightened[-1]


def _graph(tree: Tree, collected: Collected, policy: Policy, request: Request) -> AccessGraph:
    subjects = list(collected.subjects)
    used = policy.agents_used(tree.id)
    if not any(isinstance(subject, Agent) for subject in subjects) and (isinstance(used, Unknown) or used):
        subjects.append(assumed_agent())
    origins = {key: Source(origin.file, origin.line, "policy") for key, origin in request.policy.origins.items()}
    left_out = tuple(sorted(place for place, reason in tree.left_out if reason == EXCLUDED))
    graph = AccessGraph(
        tree.id, policy, tuple(subjects), collected.gaps, left_out, machine=request.machine, origins=origins
    )
    return link(graph)


# ------------------------------------------------------------------------------------------------ the Result


def scan(request: Request) -> Result:
    """Audit and put what was found into one Result."""
    return result_of(audit(request), request)


def result_of(audited: Sequence[Audited], request: Request) -> Result:
    """The Result of audited targets."""
    findings = [finding for each in audited for finding in each.findings]
    gaps = tuple(
        GapOut(collector=gap.collector, target=each.tree.id, path=gap.path, reason=gap.reason)
        for each in audited
        for gap in each.collected.gaps
    )
    judged: list[Judged] = [(each.check.dimension, each.check.severity, each.status) for each in findings]
    return Result(
        tool=ToolOut(
            name="remit",
            version=__version__,
            checks=len(checks()),
            plugins=tuple(name for name in installed("remit.checks") if not name.startswith("remit_checks ")),
        ),
        now=timestamp(request.now),
        targets=tuple(_target(each) for each in audited),
        policy=PolicyOut(
            name=request.policy.policy.name,
            version=request.policy.policy.version,
            digest=request.policy.digest,
            sources=tuple(request.policy.sources),
        ),
        fail_on=request.fail_on,
        verdict=run_verdict(judged, len(gaps), request.fail_on),
        scores=scores_out(judged),
        nine_second_test=_nine_seconds(audited),
        findings=tuple(_finding(finding) for finding in findings),
        gaps=gaps,
        controls=tuple(_control(check) for check in checks()),
        notes=tuple(sorted({note for each in audited for agent in each.graph.agents for note in agent.notes})),
    )


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _target(audited: Audited) -> TargetOut:
    tree = audited.tree
    return TargetOut(
        id=tree.id,
        kind=tree.kind,
        commit=tree.commit,
        files_read=audited.collected.files,
        not_searched=tuple(
            NotSearched(path=place, reason=reason, files=count)
            for (place, reason), count in sorted(tree.left_out.items())
        ),
    )


def _place(source: Source) -> Place:
    return Place(path=source.path, line=source.line)


def _finding(finding: Finding) -> FindingOut:
    check, verdict = finding.check, finding.verdict
    return FindingOut(
        fingerprint=finding.fingerprint,
        control=check.id,
        slug=check.slug,
        title=check.title,
        dimension=check.dimension,
        severity=check.severity,
        status=finding.status,
        target=finding.target,
        subject=SubjectOut(kind=finding.subject_kind, name=finding.subject_name),
        message=verdict.message,
        sources=tuple(_place(source) for source in sorted(set(verdict.sources))),
        remedies=tuple(
            RemedyOut(kind=each.kind, safe=each.safe, title=each.title, path=each.path, body=each.body)
            for each in verdict.remedies
        ),
        frameworks={name: tuple(ids) for name, ids in sorted(check.frameworks.items())},
        incidents=check.incidents,
        waiver=_waiver(finding),
        detail=finding.detail,
    )


def _waiver(finding: Finding) -> WaiverOut | None:
    waiver = finding.waiver
    if waiver is None:
        return None
    return WaiverOut(
        approver=waiver.approver, reason=waiver.reason, ticket=waiver.ticket, until=waiver.until.isoformat()
    )


def _control(check: Check) -> ControlOut:
    return ControlOut(
        id=check.id,
        slug=check.slug,
        title=check.title,
        dimension=check.dimension,
        severity=check.severity,
        why=check.why,
        fix=check.fix,
        parameters=check.parameters,
    )


def _nine_seconds(audited: Sequence[Audited]) -> NineSeconds:
    """The worst verdict over all targets decides; targets where no agent is used do not make the others safe."""
    order: dict[Any, int] = {"lost": 0, "unknown": 1, "survives": 2, "no-agent": 3}
    worst = min((each.reach for each in audited), key=lambda each: order[each.verdict])
    return NineSeconds(
        verdict=worst.verdict,
        reason=worst.reason,
        agents=tuple(_agent(agent, each.tree.id) for each in audited for agent in each.reach.agents),
    )


def _agent(found: AgentReach, target: str) -> AgentReachOut:
    return AgentReachOut(
        agent=found.agent.agent,
        title=found.agent.title,
        assumed=found.agent.assumed,
        target=target,
        destroys=tuple(_destroyed(each) for each in found.destroys),
    )


def _destroyed(each: Destroyed) -> DestroyedOut:
    return DestroyedOut(
        resource=each.resource,
        survivors=each.survival.survivors,
        verdict=each.survival.verdict,
        reason=each.survival.reason,
        certainty=each.certainty,
        path=tuple(_step(edge) for edge in each.path),
        cut_by=each.cut_by,
    )


def _step(edge: Edge) -> StepOut:
    return StepOut(
        node=edge.start,
        edge=edge.deed,
        certainty=edge.certainty,
        why=edge.why,
        evidence=tuple(_place(source) for source in edge.evidence),
    )
