"""LP-016."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Credential, CredentialFile, IacModule, IacResource, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.usable_credentials import by_danger, called, listed, places, usable

# Resources that stand for a secret in a manager, or for the manager. Source: the Terraform providers' references.
_MANAGED = (
    "aws_secretsmanager_",
    "azurerm_key_vault",
    "doppler_",
    "google_secret_manager_",
    "infisical_",
    "onepassword_",
    "vault_",
)


@check(
    "LP-016",
    "secrets-manager",
    severity="medium",
    parameters=("secrets.manager", "secrets.allowlist", "team.size"),
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
    incidents=("INC-01",),
    attestable=True,
    needs=(CredentialFile, IacModule),
)
def secrets_manager(graph: AccessGraph, policy: Policy) -> Verdict:
    """The secrets of shared environments lie in a secret manager, not in files.

    A manager is the one place at which a secret can be narrowed, rotated and seen to be used. In files it multiplies
    with every checkout, and each copy is as good as the first. From ten people on there is no other way to know who
    holds what.

    Fix:
        Keep the secrets of staging and production in a manager, let the process that needs them ask for them when it
        starts, and leave references in the files.
    """
    held = sorted(
        (each for file in graph.credential_files for each in usable(file, policy.secrets.allowlist)), key=by_danger
    )
    shared = [each for each in held if not isinstance(each.environment, Unknown) and each.environment != "development"]
    manager = policy.secrets.manager or ""
    if shared:
        text = f"secrets of shared environments lie in files: {_listed(shared)}"
        return fail(text, *places(shared), remedies=tuple(_remedies(shared, manager)))
    left_open = [each for each in held if isinstance(each.environment, Unknown)]
    if left_open:
        text = f"secrets lie in files, of which environment is not declared: {_listed(left_open)}"
        return unknown(text, *places(left_open), remedies=tuple(_remedies(left_open, manager)))
    managed = [each for module in graph.modules for each in module.resources if _is_managed(each)]
    if manager or managed:
        where = manager or managed[0].address
        return ok(
            f"no secret of a shared environment lies in a file, and {where} keeps them",
            *(each.source for each in managed[:5]),
        )
    if not isinstance(policy.team.tier, Unknown) and policy.team.tier == "solo":
        return skip("one person works here, and no secret of a shared environment lies in a file")
    return unknown("nothing shows where the secrets of shared environments are kept", remedies=(_declare(),))


def _is_managed(resource: IacResource) -> bool:
    return resource.type.startswith(_MANAGED)


def _listed(found: Sequence[Credential]) -> str:
    return listed([f"{called(each)} in {each.source.path}" for each in found])


def _remedies(found: Sequence[Credential], manager: str) -> Iterator[Remedy]:
    rotate = found[0].rotate or "Issue new values at the providers."
    paths = ", ".join(list(dict.fromkeys(each.source.path for each in found))[:5])
    yield manual(
        f"Move them to {manager or 'a secret manager'}",
        f"1. {rotate}\n"
        f"2. Keep the new values in {manager or 'the manager of your cloud, or one of its own'}.\n"
        f"3. Leave references in {paths}, and let the process resolve them when it starts.",
        safe=False,
    )
    if not manager:
        yield _declare()


def _declare() -> Remedy:
    return manual(
        "Name the secret manager in the auditor's policy",
        '[secrets]\nmanager = "aws-secrets-manager"\n\n[team]\nsize = 5',
    )
