"""LP-009."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Source
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.policy.records import PolicyException
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip

_KEY = "exceptions"


@check(
    "LP-009",
    "exception-approved",
    severity="high",
    parameters=("approver_roles", "approvers", "exception_max_days", "exceptions"),
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0027",),
        "nist-800-53": ("PL-4", "CM-8", "AC-2"),
        "nist-csf": ("ID.RA-07", "GV.PO-02"),
        "iso-27001": ("A.5.1", "A.5.18"),
        "iso-42001": ("A.2.2", "A.2.4", "A.3.2", "A.9.2", "A.9.4"),
        "soc2": ("CC5.3", "CC1.3"),
        "cis": ("2.1", "5.1", "15.1"),
        "nist-ai-rmf": ("MANAGE 1.4", "GOVERN 2.3"),
        "eu-ai-act": ("9", "26"),
        "csa-aicm": ("GRC-05", "IAM-03"),
    },
    incidents=("INC-13",),
)
def exception_approved(graph: AccessGraph, policy: Policy, now: datetime) -> Verdict:
    """Every exception to the policy is approved, short and not yet over.

    Policies erode by exceptions that were meant for a week. One that has run out without anybody looking at it says
    that the weakness it covered is still there, and that nobody decided to keep it.

    Fix:
        Remove an exception that has ended. If it is still needed, let an approver sign a new one with a new end.
    """
    concerned = [each for each in policy.exceptions if _concerns(each, graph.target)]
    source = graph.origins.get(_KEY, Source("(policy)", 0, "policy"))
    if not concerned:
        return skip("the policy holds no exception for this target")
    faulty = [(each, why) for each in concerned if (why := _fault(each, policy, now))]
    if faulty:
        return fail(
            "; ".join(f"the exception {each.control} {why}" for each, why in faulty[:5])
            + (f"; and {len(faulty) - 5} more" if len(faulty) > 5 else ""),
            source,
            remedies=tuple(_remedies([each for each, _ in faulty], source, policy, now)),
        )
    names = ", ".join(f"{each.control} until {each.until}" for each in concerned[:5])
    return ok(f"every exception is approved and in time: {names}", source)


def _concerns(exception: PolicyException, target: str) -> bool:
    return exception.scope is None or matches(exception.scope.target, target)


def _fault(exception: PolicyException, policy: Policy, now: datetime) -> str | None:
    """What is wrong with an exception; those to the policy's own keys were measured by the policy it extends."""
    if exception.expired(now):
        return f"ended on {exception.until}"
    if exception.key is not None:
        return None
    if policy.approver_role(exception.approver) is None:
        return f"is signed by {exception.approver!r}, who may not approve"
    if exception.days > policy.exception_max_days:
        return f"runs for {exception.days} days, longer than exception_max_days = {policy.exception_max_days}"
    return None


def _remedies(faulty: Sequence[PolicyException], source: Source, policy: Policy, now: datetime) -> Iterator[Remedy]:
    yield edit(
        source.path,
        "Remove what has ended or was never rightly approved",
        "\n".join(
            f"remove: [[exceptions]] control = {json.dumps(each.control)}, until = {each.until}" for each in faulty
        ),
        # Nothing that passes today rests on an exception that is over.
        safe=all(each.expired(now) for each in faulty),
    )
    yield manual(
        "Or let an approver sign it anew", "\n\n".join(_renewed(each, policy, now) for each in faulty[:5]), safe=False
    )


def _renewed(exception: PolicyException, policy: Policy, now: datetime) -> str:
    first = now.date()
    scope = exception.scope
    return "\n".join(
        (
            "[[exceptions]]",
            f"control = {json.dumps(exception.control)}",
            *(
                (f"scope = {{ target = {json.dumps(scope.target)}, subject = {json.dumps(scope.subject)} }}",)
                if scope
                else ()
            ),
            f'approver = "{" or ".join(policy.approver_roles)}"',
            f"reason = {json.dumps(exception.reason)}",
            f"ticket = {json.dumps(exception.ticket)}",
            f"from = {first}",
            f"until = {first + timedelta(days=min(30, policy.exception_max_days))}",
        )
    )
