"""BK-016."""

from __future__ import annotations

from collections.abc import Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy
from remit.verdict import Verdict, skip
from remit_checks.backup.automatic import keeps_a_log
from remit_checks.backup.copies import Destroyable
from remit_checks.backup.inventory import NONE_DECLARED, Weight, Words, declare, declared, judged
from remit_checks.response.attest import attest

_WORDS = Words("the newest copy is fresh", "the newest copy may be too old", "the age of the newest copy is not known")


@check(
    "BK-016",
    "backup-fresh",
    severity="critical",
    parameters=("backup.max_age_hours", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-9", "CP-10"),
        "nist-csf": ("PR.DS-11",),
        "iso-27001": ("A.8.13",),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.2",),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    incidents=("INC-01", "INC-04"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def backup_fresh(graph: AccessGraph, policy: Policy) -> Verdict:
    """The newest copy of whatever can be destroyed is young enough.

    The company that lost its volume in nine seconds had one copy elsewhere, and it was three months old. The age of the
    newest copy is what is really lost; everything else about a backup only decides how long getting it back takes.

    Fix:
        Let copies be made often enough, or switch point-in-time recovery on, and declare the schedule in the policy.
    """
    limit = policy.backup.max_age_hours
    if limit is None:
        return skip("the policy sets no limit to the age of copies")
    return judged(graph, lambda each: _weighed(each, limit), _WORDS, lambda names: _remedies(names, limit))


def _weighed(each: Destroyable, limit: int) -> Weight:
    copies = declared(each)
    ages = [0 if copy.pitr else copy.max_age_hours for copy in copies]
    known = [age for age in ages if age is not None]
    if known and min(known) <= limit:
        how = "it can be taken back to any moment" if min(known) == 0 else f"at most {min(known)} hours by its schedule"
        return "pass", how
    logged = keeps_a_log(each)
    if isinstance(logged, Unknown):
        return "unknown", logged.why
    if logged:
        return "pass", "its code keeps a log from which any moment is restored"
    for copy, age in zip(copies, ages, strict=True):
        if age is None:
            return "unknown", f"the schedule of the copy at {copy.location} is not declared"
    return (
        ("fail", f"{min(known)} hours by its schedule; the policy allows {limit}")
        if known
        else (
            "unknown",
            NONE_DECLARED,
        )
    )


def _remedies(names: Sequence[str], limit: int) -> tuple[Remedy, ...]:
    return (
        declare(f"Copy it at least every {limit} hours, and declare the schedule", names, f"max_age_hours = {limit}"),
        attest("BK-016", "Or attest that the newest copy was looked at", "link to the list of copies with their times"),
    )
