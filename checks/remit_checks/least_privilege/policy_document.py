"""LP-038."""

from __future__ import annotations

from remit.check import check
from remit.evidence import RepositoryPolicy
from remit.remedy import edit
from remit.verdict import Verdict, fail, ok


@check(
    "LP-038",
    "policy-document",
    severity="medium",
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0027",),
        "nist-800-53": ("PL-4", "CM-8", "AC-2"),
        "nist-csf": ("GV.PO-01", "GV.PO-02", "GV.RR-02", "ID.RA-07", "ID.AM-02"),
        "iso-27001": ("A.5.1", "A.5.2", "A.5.9", "A.5.10"),
        "iso-42001": ("A.2.2", "A.2.4", "A.3.2", "A.9.2", "A.9.4"),
        "soc2": ("CC5.3", "CC1.3"),
        "cis": ("2.1", "5.1", "15.1"),
        "nist-ai-rmf": ("GOVERN 1.2", "GOVERN 1.6", "GOVERN 2.1"),
        "eu-ai-act": ("9", "26"),
        "csa-aicm": ("GRC-05", "IAM-03"),
    },
)
def policy_document(policy_file: RepositoryPolicy) -> Verdict:
    """A repository's own policy can be read, and only makes things stricter.

    A repository may ask for more than the organisation does. If it could ask for less, whoever can write to it, an
    agent too, could talk the audit out of its findings. What would loosen a value is therefore not applied, and is
    shown here.

    Fix:
        Take the loosening values out of the file. Where one is really needed, ask for a dated exception in the
        auditor's own policy.
    """
    faults = [*([policy_file.problem] if policy_file.problem else []), *policy_file.loosened]
    if not faults:
        return ok(f"{policy_file.path} is a policy, and loosens nothing", policy_file.source)
    if policy_file.loosened:
        head = f"{policy_file.path} would loosen the policy, which was not applied: "
        remedy = edit(policy_file.path, "Remove these values", "\n".join(policy_file.loosened), safe=False)
    else:
        head = f"{policy_file.path} cannot be used as a policy: "
        remedy = edit(policy_file.path, "Mend the file, or remove it", policy_file.problem or "", safe=False)
    return fail(head + "; ".join(faults), policy_file.source, remedies=(remedy,))
