"""LP-011."""

from __future__ import annotations

from remit.access.nodes import spoken
from remit.check import check
from remit.evidence import CredentialFile
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok


@check(
    "LP-011",
    "cred-not-in-unrelated-file",
    severity="critical",
    parameters=("secrets.allowlist", "secrets.scan_history"),
    frameworks={
        "owasp-agentic": ("ASI03",),
        "owasp-llm": ("LLM02",),
        "mitre-atlas": ("AML.T0055", "AML.T0083", "AML.T0098"),
        "nist-800-53": ("IA-5", "IA-5(6)", "IA-5(7)"),
        "nist-csf": ("PR.AA-01", "PR.DS-01"),
        "iso-27001": ("A.5.17", "A.8.4"),
        "iso-42001": ("A.4.4",),
        "soc2": ("CC6.1",),
        "cis": ("3.11", "16.12"),
        "nist-ai-rmf": ("MEASURE 2.7",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("IAM-15", "CEK-08"),
    },
    incidents=("INC-01", "INC-05"),
    absent="pass",
)
def cred_not_in_unrelated_file(file: CredentialFile, policy: Policy) -> Verdict:
    """No file an agent can find holds a usable credential.

    An agent that meets an obstacle searches the tree for a way round it. The token that deleted a company's volume lay
    in a file that had nothing to do with the task, and had been made for something else. Where a credential lies
    protects nothing; that nobody uses the file protects nothing either.

    Fix:
        Rotate the credential first: whoever could read the file has it. Then take it out of the tree and let the
        program read it from a secret manager or from the environment of the process that needs it.
    """
    usable = [each for each in file.credentials if not each.placeholder and each.damage != "D0"]
    kept = [each for each in usable if each.fingerprint not in policy.secrets.allowlist]
    if not usable:
        return ok(f"{file.path} holds only placeholders and public values", *(each.source for each in file.credentials))
    if not kept:
        return ok(f"{file.path} is on the policy's list of known fakes", *(each.source for each in usable))
    worst = min(kept, key=lambda each: (-int(each.damage[1]), each.source))
    more = f" and {len(kept) - 1} more" if len(kept) > 1 else ""
    return fail(
        f"{file.path} holds {worst.title}{_called(worst.name)}{more}: "
        f"whoever reads it can {_abilities(worst.abilities)}",
        *(each.source for each in sorted(kept, key=lambda each: (-int(each.damage[1]), each.source))),
        remedies=_remedies(file, worst.rotate),
    )


def _called(name: str) -> str:
    return f" ({name})" if name else ""


def _abilities(abilities: tuple[str, ...]) -> str:
    return ", ".join(map(spoken, abilities[:3])) or "use it"


def _remedies(file: CredentialFile, rotate: str) -> tuple[Remedy, ...]:
    # Not safe: whatever still uses the credential stops working when it is rotated.
    steps = manual(
        "Rotate it, then remove it",
        f"1. {rotate or 'Revoke it at its provider.'}\n2. Remove the value from {file.path}.",
        safe=False,
    )
    if file.standing == "tracked":
        return (steps, edit(".gitignore", f"Keep {file.path} out of version control from now on", f"{file.path}\n"))
    return (steps,)
