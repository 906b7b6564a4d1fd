"""BK-006."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule
from remit.policy.model import Policy
from remit.verdict import Verdict, skip
from remit_checks.backup.distance import weigh


@check(
    "BK-006",
    "separate-account",
    severity="critical",
    parameters=("backup.require_other_account", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI03"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-6(1)", "CP-9(3)", "CP-9(5)", "CP-9(7)", "CP-9(8)"),
        "nist-csf": ("PR.DS-11", "PR.IR-03"),
        "iso-27001": ("A.8.13", "A.8.14"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.3", "11.4"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    incidents=("INC-01", "INC-03", "INC-07"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def separate_account(graph: AccessGraph, policy: Policy) -> Verdict:
    """Whatever can be destroyed has a copy in another account.

    An account-wide credential, or the closing of the account, takes the database and every backup in it. A copy that
    belongs to another account or provider needs another credential, and that one no agent has.

    Fix:
        Copy backups to an account of their own, or to another provider, with credentials that lie nowhere near the
        agents. Then declare the copy and its account in the policy.
    """
    if not policy.backup.require_other_account:
        return skip("the policy asks for no copy in another account")
    return weigh(graph, lambda copy: copy.other_account, "in another account")
