"""LP-032."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.check import check
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, skip, unknown


@check(
    "LP-032",
    "branch-protection",
    severity="high",
    parameters=("git.min_reviews", "git.include_admins"),
    frameworks={
        "owasp-agentic": ("ASI02", "ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0029", "AML.M0028"),
        "nist-800-53": ("CM-3", "CM-5(1)", "AC-3(2)"),
        "nist-csf": ("PR.PS-01", "PR.AA-05", "ID.RA-07"),
        "iso-27001": ("A.8.4", "A.8.32"),
        "iso-42001": ("A.9.2", "A.6.2.6"),
        "soc2": ("CC8.1",),
        "cis": ("16.1",),
        "nist-ai-rmf": ("MAP 3.5", "MANAGE 2.4"),
        "eu-ai-act": ("14", "26"),
        "csa-aicm": ("CCC-04",),
    },
    incidents=("INC-20", "INC-24", "INC-25"),
    attestable=True,
)
def branch_protection(graph: AccessGraph, policy: Policy) -> Verdict:
    """Nobody, and no agent, changes the default branch or what its pipeline runs without a review.

    A pipeline holds the secrets of production, and whoever may push a workflow may use them. A forced push is among
    the few things that git itself cannot take back for everybody. No file of a repository shows whether its forge
    refuses either.

    Fix:
        Protect the default branch by a ruleset: pull requests with reviews, no forced pushes, no deletion, for
        administrators as well, and let owners review changes to workflows and to the agents' settings (CODEOWNERS).
    """
    if not graph.agents:
        return skip("the policy says that no agent is used here")
    return unknown(
        "whether the default branch is protected lies with the forge, where nobody looked", remedies=(_protect(policy),)
    )


def _protect(policy: Policy) -> Remedy:
    everyone = " for administrators too," if policy.git.include_admins else ""
    return manual(
        "Protect the default branch, then attest it",
        f"1. In the forge's settings demand pull requests with {policy.git.min_reviews} review(s),{everyone}\n"
        "   and refuse forced pushes and deletion.\n"
        "2. Demand a review by code owners for .github/, .gitlab-ci.yml and the agents' settings.\n"
        "3. Attest it in the auditor's policy:\n\n"
        '[[attestations]]\ncontrol = "LP-032"\nby = "NAME"\non = 2026-01-31\nvalid_days = 90\n'
        'evidence = "where the exported ruleset lies"',
    )
