"""Judging: every check over every subject, then exceptions and attestations.

What nobody could read never passes. A gap leaves one `unknown` per control for the place it hides; where a subject
stands for the whole target, a gap turns its pass into `unknown`.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
    attested: bool = False
    """Whether a person vouches for what nobody could see."""
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
    unseen = [*(gap.path for gap in gaps), *graph.left_out]
    judged: set[str] = set()
    for subject in subjects:
        finding = _finding(check, subject, case)
        open_ = unseen if subject.KIND == WHOLE_TARGET else [path for path in unseen if path == subject.name]
        if open_ and finding.status in {"pass", "not-applicable"}:
            finding = replace(finding, status="unknown", verdict=_partly_seen(finding.verdict, open_))
        judged.add(subject.name)
        yield finding
    hidden = [] if subjects and all(subject.KIND == WHOLE_TARGET for subject in subjects) else gaps
    unread = {gap.path: gap for gap in reversed(hidden) if gap.path not in judged}
    for path in sorted(unread):
        yield _unread(check, unread[path], graph.target)
    if not subjects and not unread:
        absent = _absent(check, graph.target)
        hides = graph.left_out and absent.status == "pass"
        yield (
            replace(absent, status="unknown", verdict=_partly_seen(absent.verdict, graph.left_out)) if hides else absent
        )


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
    try:
        verdict = check.judge(subject, *_extras(check, case))
    except Exception as error:  # noqa: BLE001 - one of two places: a broken check must cost one finding, not the run
        broken = Verdict("unknown", f"the check broke on {type(error).__name__}")
        return Finding(check, "error", subject.KIND, subject.name, broken, case.graph.target, detail=_where(error))
    return Finding(check, verdict.answer, subject.KIND, subject.name, verdict, case.graph.target)


def _where(error: Exception) -> str:
    """File and line of each frame: enough to mend it, and no value of the audited target."""
    return " < ".join(
        f"{frame.name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(error.__traceback__)[-4:])
    )


def _extras(check: Check, case: Case) -> list[object]:
    provided: tuple[Any, ...] = (case.policy, case.graph, case.now)
    found = []
    for name, kind in check.extras:
        value = next((each for each in provided if isinstance(each, kind)), None)
        if value is None:
            raise RegistryError(f"check {check.id} asks for {name}: {kind.__name__}, which nobody provides")
        found.append(value)
    return found


def _partly_seen(verdict: Verdict, unseen: Sequence[str]) -> Verdict:
    places = ", ".join(sorted(set(unseen))[:3])
    more = f" and {len(set(unseen)) - 3} more" if len(set(unseen)) > 3 else ""
    return unknown(f"{verdict.message}; but {places}{more} was not read", *verdict.sources, remedies=verdict.remedies)


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
    return replace(finding, status="pass", verdict=verdict, attested=True)
