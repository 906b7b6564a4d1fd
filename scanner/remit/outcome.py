"""What was audited, as a Result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from remit import __version__
from remit.audit import Audited, Request, checks
from remit.check import Check
from remit.costs.prices import Prices, load_prices, stale
from remit.engine import Finding
from remit.incidents.loader import load_chains, load_directory
from remit.incidents.replay import replay
from remit.plan import plan
from remit.reach_outcome import as_found, nine_seconds, place, plan_out
from remit.registry import installed
from remit.result import (
    ControlOut,
    FindingOut,
    GapOut,
    NotSearched,
    PolicyOut,
    RemedyOut,
    Result,
    SubjectOut,
    TargetOut,
    ToolOut,
    WaiverOut,
    scores_out,
)
from remit.score import Judged, run_verdict


def result_of(audited: Sequence[Audited], request: Request) -> Result:
    """The Result of audited targets."""
    findings = [finding for each in audited for finding in each.findings]
    gaps = tuple(
        GapOut(collector=gap.collector, target=each.tree.id, path=gap.path, reason=gap.reason)
        for each in audited
        for gap in each.collected.gaps
    )
    chains = load_chains()
    if request.incidents:
        chains += load_directory(request.incidents, controls=[check.id for check in checks()])
    prices = load_prices(request.prices)
    found = plan(audited, prices, request.assume)
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
        nine_second_test=nine_seconds(audited),
        findings=tuple(_finding(finding) for finding in findings),
        gaps=gaps,
        plan=plan_out(found),
        replay=tuple(incident for each in audited for incident in replay(chains, each.graph, each.findings)),
        as_found=as_found(audited),
        assumptions=tuple(f"{control}=pass" for control in sorted(request.assume)),
        controls=tuple(_control(check) for check in checks()),
        notes=tuple(sorted({*_notes(audited), *found.contradictions, *_old(prices, request)})),
    )


def _old(prices: Prices, request: Request) -> Iterator[str]:
    aged = stale(prices, request.now)
    if aged:
        yield f"{len(aged)} prices are older than {prices.stale_after_days} days; give newer ones with --prices"


def _notes(audited: Sequence[Audited]) -> Iterator[str]:
    return (note for each in audited for agent in each.graph.agents for note in agent.notes)


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
        sources=tuple(place(source) for source in sorted(set(verdict.sources))),
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
