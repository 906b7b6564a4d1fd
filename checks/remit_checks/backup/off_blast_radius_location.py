"""BK-005."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule
from remit.policy.model import Policy
from remit.verdict import Verdict, skip
from remit_checks.backup.distance import weigh


@check(
    "BK-005",
    "off-blast-radius-location",
    severity="critical",
    parameters=("backup.require_offsite", "backup.inventory"),
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
    incidents=("INC-01", "INC-23"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def off_blast_radius_location(graph: AccessGraph, policy: Policy) -> Verdict:
    """Whatever can be destroyed has a copy that the same deletion leaves alone.

    The volume that was deleted in nine seconds held its own backups: one call took both. A copy inside the volume,
    project or stack of the original is no copy on the day it is needed.

    Fix:
        Keep a copy in another place with a life of its own: a vault, a bucket, another provider. Then declare it in
        the policy, so that the next audit can count on it.
    """
    if not policy.backup.require_offsite:
        return skip("the policy asks for no copy elsewhere")
    return weigh(graph, lambda copy: copy.elsewhere, "outside what one deletion takes")
