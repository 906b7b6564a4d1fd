"""Auditing targets: policy, collecting, linking, judging, and the nine-second test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from remit.access.agent import Agent
from remit.access.assumed import assumed_agent
from remit.access.graph import AccessGraph
from remit.access.link import link, vouched
from remit.access.reach import Reach, reach
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
from remit.registry import discover
from remit.score import Threshold
from remit.verdict import ok


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
    incidents: Path | None = None
    """A directory with the team's own incident chains."""
    prices: Path | None = None
    """A team's own prices; the bundled ones where None."""
    assume: frozenset[str] = frozenset()
    """Controls taken as met, to see what that would buy."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One target, judged."""

    tree: Tree
    graph: AccessGraph
    collected: Collected
    findings: tuple[Finding, ...]
    reach: Reach
    as_found: tuple[tuple[Finding, ...], Reach] | None = None
    """Findings and reach without what was taken as met; None where nothing was."""


@cache
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
    judged = judge(checks(), Case(graph, policy, request.now))
    graph = vouched(graph, _vouched_for(judged))
    findings = as_if(judged, request.assume)
    found = (judged, reach(graph)) if request.assume else None
    return Audited(tree, graph, collected, findings, reach(graph, request.assume), found)


def _vouched_for(findings: Sequence[Finding]) -> set[str]:
    """The controls that a person vouches for, without those that are known not to hold somewhere in the target."""
    contradicted = {each.check.id for each in findings if each.status not in {"pass", "not-applicable"}}
    return {each.check.id for each in findings if each.attested} - contradicted


def as_if(findings: Sequence[Finding], met: Collection[str]) -> tuple[Finding, ...]:
    """The same findings with every one of some controls met; what does not apply stays so."""
    taken = ok("taken as met")
    return tuple(
        replace(each, status="pass", verdict=replace(taken, sources=each.verdict.sources), waiver=None, detail="")
        if each.check.id in met and each.status != "not-applicable"
        else each
        for each in findings
    )


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
        tree.id,
        policy,
        tuple(subjects),
        collected.gaps,
        left_out,
        machine=request.machine,
        now=request.now,
        origins=origins,
    )
    return link(graph)
