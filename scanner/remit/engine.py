"""Judging: every check over every subject, then exceptions and attestations.

What nobody could read never passes. A gap leaves one `unknown` per control for the place it hides; where a subject
stands for the whole target, a gap turns its pass into `unknown`.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from remit.access.graph import AccessGraph
from remit.check import Check
from remit.errors import RegistryError
from remit.evidence import WHOLE_TARGET, Gap, Source, Subject
from remit.policy.model import Lapsed, Policy
from remit.policy.records import PolicyException
from remit.verdict import Status, Verdict, skip, unknown


@dataclass(frozen=True, slots=True)
class Finding:
    """One control's answer about one subject."""

    check: Check
    status: Status
    subject_kind: str
    subject_name: str
    verdict: Verdict
    target: str
    waiver: PolicyException | None = None
    detail: str = ""
    """For `error`: where the check broke, without any value."""

    @property
    def fingerprint(self) -> str:
        """Outlives moved lines and reordered files; changes with the control, the target and the subject."""
        parts = (self.check.id, self.target, self.subject_kind, self.subject_name)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Case:
    """What a target is judged by."""

    graph: AccessGraph
    policy: Policy
    now: datetime
    extras: tuple[object, ...] = field(default=())


def judge(checks: Sequence[Check], case: Case) -> tuple[Finding, ...]:
    """Every finding about one target, sorted by control and subject.

    Raises RegistryError when there is no check, or when a check asks for something nobody provides.
    """
    if not checks:
        raise RegistryError("no check is installed: nothing can be judged")
    found = [
        _excepted(finding, case) for check in checks for finding in _together(check, list(_judge(check, case)), case)
    ]
    return tuple(sorted(found, key=lambda each: (each.check.id, each.subject_kind, each.subject_name)))


def _judge(check: Check, case: Case) -> Iterator[Finding]:
    graph = case.graph
    subjects = [subject for subject in (*graph.subjects, graph) if isinstance(subject, check.subjects)]
    gaps = [gap for gap in graph.gaps if set(gap.affects) & _affected_by(check)]
    judged: set[str] = set()
    for subject in subjects:
        finding = _finding(check, subject, case)
        if subject.KIND == WHOLE_TARGET and gaps and finding.status in {"pass", "not-applicable"}:
            finding = replace(finding, status="unknown", verdict=_partly_seen(finding.verdict, gaps))
        judged.add(subject.name)
        yield finding
    hidden = [] if subjects and all(subject.KIND == WHOLE_TARGET for subject in subjects) else gaps
    unread = {gap.path: gap for gap in reversed(hidden) if gap.path not in judged}
    for path in sorted(unread):
        yield _unread(check, unread[path], graph.target)
    if not subjects and not unread:
        yield _absent(check, graph.target)


def _together(check: Check, found: list[Finding], case: Case) -> list[Finding]:
    """The same findings with those places to which the control does not apply as one: they tell nothing apart."""
    idle = [each for each in found if each.status == "not-applicable" and each.subject_kind != WHOLE_TARGET]
    if len(idle) < 2:
        return found
    kept = [each for each in found if each.status != "not-applicable" or each.subject_kind == WHOLE_TARGET]
    if not kept:
        message = f"{idle[0].verdict.message} ({idle[0].subject_name}); the same for {len(idle) - 1} more"
        kept = [replace(_absent(check, case.graph.target), status="not-applicable", verdict=skip(message))]
    return kept


def _affected_by(check: Check) -> set[str]:
    return {subject.__name__ for subject in (*check.subjects, *check.needs)}


def _finding(check: Check, subject: Subject, case: Case) -> Finding:
    made: Callable[[Status, Verdict, str], Finding] = lambda status, verdict, detail: Finding(  # noqa: E731
        check, status, subject.KIND, subject.name, verdict, case.graph.target, None, detail
    )
    try:
        verdict = check.judge(subject, *_extras(check, case))
    except Exception as error:  # noqa: BLE001 - one of two places: a broken check must cost one finding, not the run
        return made("error", Verdict("unknown", f"the check broke on {type(error).__name__}"), _where(error))
    return made(verdict.answer, verdict, "")


def _where(error: Exception) -> str:
    """File and line of each frame: enough to mend it, and no value of the audited target."""
    return " < ".join(
        f"{frame.name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(error.__traceback__)[-4:])
    )


def _extras(check: Check, case: Case) -> list[object]:
    provided: tuple[Any, ...] = (case.policy, case.graph, case.now, *case.extras)
    found = []
    for name, kind in check.extras:
        value = next((each for each in provided if isinstance(each, kind)), None)
        if value is None:
            raise RegistryError(f"check {check.id} asks for {name}: {kind.__name__}, which nobody provides")
        found.append(value)
    return found


def _partly_seen(verdict: Verdict, gaps: Sequence[Gap]) -> Verdict:
    places = ", ".join(sorted({gap.path for gap in gaps})[:3])
    more = f" and {len(gaps) - 3} more" if len(gaps) > 3 else ""
    return unknown(
        f"{verdict.message}; but {places}{more} could not be read", *verdict.sources, remedies=verdict.remedies
    )


def _unread(check: Check, gap: Gap, target: str) -> Finding:
    verdict = unknown(f"could not be read: {gap.reason}", Source(gap.path, 0, gap.collector))
    return Finding(check, "unknown", "file", gap.path, verdict, target)


def _absent(check: Check, target: str) -> Finding:
    status: Status = check.absent
    message = "nothing to judge was found" if status == "not-applicable" else "none was found in all that was read"
    return Finding(check, status, WHOLE_TARGET, target, Verdict(check.absent, message), target)


def _excepted(finding: Finding, case: Case) -> Finding:
    if finding.status == "fail":
        path = finding.verdict.sources[0].path if finding.verdict.sources else ""
        waiver = case.policy.exception_for(finding.check.id, finding.target, finding.subject_name, path, case.now)
        return replace(finding, status="waived", waiver=waiver) if waiver else finding
    if finding.status == "unknown" and finding.check.attestable:
        return _attested(finding, case)
    return finding


def _attested(finding: Finding, case: Case) -> Finding:
    attestation = case.policy.attestation_for(finding.check.id, finding.target, case.now)
    if attestation is None:
        return finding
    if isinstance(attestation, Lapsed):
        verdict = replace(finding.verdict, message=f"{finding.verdict.message}; {attestation.why}")
        return replace(finding, verdict=verdict)
    verdict = Verdict(
        "pass", f"attested by {attestation.by} on {attestation.on}: {attestation.evidence}", finding.verdict.sources
    )
    return replace(finding, status="pass", verdict=verdict)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order in which a person should read them."""
    severities = {"critical": 0, "high": 1, "medium": 2, "low": 3}
    statuses = {"fail": 0, "error": 1, "unknown": 2, "waived": 3, "pass": 4, "not-applicable": 5}
    return sorted(
        findings,
        key=lambda each: (statuses[each.status], severities[each.check.severity], each.check.id, each.subject_name),
    )
