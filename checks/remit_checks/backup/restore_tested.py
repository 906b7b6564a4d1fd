"""BK-003."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule
from remit.policy.declared import DeclaredCopy
from remit.policy.model import Policy
from remit.remedy import Remedy
from remit.verdict import Verdict
from remit_checks.backup.inventory import NONE_DECLARED, Weight, Words, declare, declared, judged
from remit_checks.response.attest import attest

_WORDS = Words("restored from a copy lately", "no recent restore", "whether a restore was ever tried is not known")


@check(
    "BK-003",
    "restore-tested",
    severity="high",
    parameters=("backup.restore_test_max_age_days", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-4", "CP-4(4)", "CP-9(1)", "CP-10", "CP-2"),
        "nist-csf": ("PR.DS-11", "RC.RP-03", "RC.RP-05", "ID.IM-02"),
        "iso-27001": ("A.8.13", "A.5.29", "A.5.30"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.3", "CC7.5"),
        "cis": ("11.5", "11.1"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08", "BCR-09"),
    },
    incidents=("INC-02", "INC-03", "INC-05"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def restore_tested(graph: AccessGraph, policy: Policy, now: datetime) -> Verdict:
    """Whatever can be destroyed was lately restored from a copy.

    A backup that nobody has restored is a hope. A course platform saw its snapshots in the console on the night it
    needed them, and could not open one. Only a restore that ended with the right number of rows shows that there is a
    way back.

    Fix:
        Restore the newest copy into an empty place, count what came back, and write the date into the policy. Do it
        every quarter.
    """
    limit = policy.backup.restore_test_max_age_days
    return judged(
        graph, lambda each: _weighed(declared(each), limit, now.date()), _WORDS, lambda names: _remedies(names, limit)
    )


def _weighed(copies: Sequence[DeclaredCopy], limit: int | None, today: date) -> Weight:
    tests = [copy.restore_tested for copy in copies if copy.restore_tested is not None]
    if not tests:
        return "unknown", "no restore from its copies is recorded" if copies else NONE_DECLARED
    done = [day for day in tests if day <= today]
    if not done:
        return "unknown", f"its restore is dated {min(tests)}, which has not come yet"
    age = (today - max(done)).days
    if limit is not None and age > limit:
        return "fail", f"last restored on {max(done)}, {age} days ago; the policy allows {limit}"
    return "pass", f"restored on {max(done)}"


def _remedies(names: Sequence[str], limit: int | None) -> tuple[Remedy, ...]:
    tested = "restore_tested = 2000-01-01  # the day on which a restore from it last succeeded"
    return (
        declare("Restore the newest copy, count what came back, and declare the day", names, tested),
        attest("BK-003", "Or attest it for all of them", "link to the restore's record: copy, rows, minutes", limit),
    )
