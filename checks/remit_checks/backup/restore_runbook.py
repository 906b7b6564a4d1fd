"""BK-019."""

from __future__ import annotations

from collections.abc import Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, skip, unknown
from remit_checks.backup.copies import Destroyable, destroyables
from remit_checks.response.attest import attest
from remit_checks.terraform import listed

_PATH = "docs/restore.md"
_SKELETON = """\
# Restore

Owner: NAME, deputy: NAME. Last reviewed: DATE, by NAME.
Data that may be lost: … minutes (RPO). Time until it is back: … minutes (RTO).

## Who is told, and how
1. …

## What is restored from where
{entries}

## Steps, for somebody who has never done this
1. Stop every agent and every job that writes.
2. Restore the newest copy into an empty place: COMMAND.
3. Count what came back: COMMAND, expected …
4. Point the application at it: COMMAND.
5. Give back what was stopped in step 1.

No step waits for somebody at the provider. Where one must, it names the contract and the promised time."""


@check(
    "BK-019",
    "restore-runbook",
    severity="high",
    parameters=("backup.runbook_path", "backup.runbook_review_days"),
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
    incidents=("INC-01", "INC-02", "INC-03"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def restore_runbook(graph: AccessGraph, policy: Policy) -> Verdict:
    """A written runbook says how to restore whatever can be destroyed here.

    One outage lasted thirty hours and another twenty-four, and both ended through somebody at the vendor who need not
    have helped. Whoever is on call at night needs the steps, the commands and the owner in one place, and no favour.

    Fix:
        Write the steps down, let somebody who did not write them try them, and review them every year. Name the file
        in the policy and attest the review.
    """
    originals = destroyables(graph)
    if not originals:
        return skip("nothing here can destroy data")
    path, days = policy.backup.runbook_path, policy.backup.runbook_review_days
    remedies = tuple(_remedies(originals, path, days))
    source = graph.origins.get("backup.runbook_path")
    if path == "":
        text = f"the policy says that there is no runbook for restoring {_names(originals)}"
        return fail(text, source or originals[0].sources[0], remedies=remedies)
    if not path:
        text = f"the policy names no runbook for restoring {_names(originals)}"
        return unknown(text, *originals[0].sources, remedies=remedies)
    where = "lies outside of what was read" if "://" in path else "is named in the policy"
    text = f"the runbook {path} {where}; what it says and when it was last reviewed only a person can tell"
    return unknown(text, *((source,) if source else originals[0].sources), remedies=remedies)


def _names(originals: Sequence[Destroyable]) -> str:
    return listed(list(dict.fromkeys(each.name for each in originals)), 3)


def _remedies(originals: Sequence[Destroyable], path: str | None, days: int | None) -> list[Remedy]:
    entries = "\n".join(f"- {name}: from …" for name in dict.fromkeys(each.name for each in originals[:10]))
    found = [attest("BK-019", "Attest the review", "link to the runbook, who tried it and how long it took", days)]
    if not path:
        found = [
            edit(_PATH, "Write the runbook", _SKELETON.format(entries=entries)),
            manual("Name it in the auditor's policy", f'[backup]\nrunbook_path = "{_PATH}"'),
            *found,
        ]
    return found
