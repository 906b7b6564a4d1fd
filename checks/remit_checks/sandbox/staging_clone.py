"""SB-014."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Credential, CredentialFile, Environment, IacModule, Source, Unknown
from remit.policy.environment import is_local
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, skip, unknown
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.stores import stores
from remit_checks.terraform import listed

# Entrances that many customers' databases share: the same name says nothing of the same server.
# Sources: the connection documentation of Supabase, Railway and PlanetScale.
_SHARED_ENTRANCES = (".pooler.supabase.com", ".proxy.rlwy.net", ".connect.psdb.cloud")


@dataclass(frozen=True, slots=True)
class _Shared:
    """Something that staging and production have in common."""

    what: str
    staging: Source
    production: Source


@check(
    "SB-014",
    "staging-clone",
    severity="high",
    parameters=("environments.staging.hosts",),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI02"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0032",),
        "nist-800-53": ("SC-7", "SC-2", "CM-2"),
        "nist-csf": ("PR.IR-01", "PR.PS-06"),
        "iso-27001": ("A.8.31", "A.8.33"),
        "iso-42001": ("A.4.5", "A.6.2.5"),
        "soc2": ("CC8.1", "CC6.1"),
        "cis": ("16.8",),
        "nist-ai-rmf": ("MANAGE 1.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("IVS-06",),
    },
    incidents=("INC-01",),
    attestable=True,
    needs=(CredentialFile, IacModule),
)
def staging_clone(graph: AccessGraph, policy: Policy) -> Verdict:
    """Agents have a staging copy to work on, and it shares nothing with production.

    An agent that may touch nothing real needs something that behaves like it, or somebody will hand it the real
    thing. And a staging that shares production's volume, host or password is production: the volume that was wiped
    in nine seconds had been named in a staging task.

    Fix:
        Keep a staging copy with a host, a project and credentials of its own, filled from production with the
        personal data masked. List its hosts in the policy under environments.staging.hosts.
    """
    staging = tuple(_of(graph, policy, "staging"))
    production = tuple(_of(graph, policy, "production"))
    shared = tuple(_shared(staging, production))
    if shared:
        sources = dict.fromkeys(source for each in shared for source in (each.staging, each.production))
        return fail(
            f"staging is not apart from production: {listed([each.what for each in shared])}",
            *sources,
            remedies=(_part(shared), _clone()),
        )
    declared = policy.environments.staging.hosts
    if staging or declared:
        names = [each.host or each.name or each.title for each in staging] or list(declared)
        return unknown(
            f"staging ({listed(list(dict.fromkeys(names)))}) shares nothing with production as far as these files "
            "show; whether it is a copy with masked data in a project of its own is not visible",
            *dict.fromkeys(each.source for each in staging),
            remedies=(_clone(),),
        )
    needing = tuple(stores(graph))
    if not needing:
        return skip("no database or other store outside development is named here")
    return unknown(
        "no staging copy is named in these files or in the policy, so what agents are to work on is not known",
        *needing[:5],
        remedies=(_clone(),),
    )


def _of(graph: AccessGraph, policy: Policy, environment: Environment) -> Iterator[Credential]:
    """The credentials that belong to an environment; to staging also by the file they lie in, wherever they lead."""
    for file in graph.credential_files:
        place = policy.environment_of(path=file.path)
        named = environment == "staging" and not isinstance(place, Unknown) and place == environment
        for each in file.credentials:
            by_itself = not isinstance(each.environment, Unknown) and each.environment == environment
            if (named or by_itself) and not each.placeholder and each.damage != "D0":
                yield each


def _shared(staging: Sequence[Credential], production: Sequence[Credential]) -> Iterator[_Shared]:
    by_value = {each.fingerprint: each for each in production if each.fingerprint}
    by_host = {each.host: each for each in production if _names_a_server(each.host)}
    by_resource = {each.resource: each for each in production if _names_one(each)}
    for each in staging:
        name = each.name or each.title
        if each.fingerprint in by_value:
            yield _Shared(f"{name} has production's value", each.source, by_value[each.fingerprint].source)
        elif each.host in by_host:
            yield _Shared(f"{name} names production's host {each.host}", each.source, by_host[each.host].source)
        elif each.resource in by_resource:
            yield _Shared(f"{name} reaches {each.resource}", each.source, by_resource[each.resource].source)


def _names_a_server(host: str | None) -> bool:
    return bool(host) and not is_local(host or "") and not (host or "").lower().endswith(_SHARED_ENTRANCES)


def _names_one(credential: Credential) -> bool:
    """Whether its resource is one thing; that of a URL is as telling as its host."""
    return "*" not in credential.resource and (credential.host is None or _names_a_server(credential.host))


def _part(shared: Sequence[_Shared]) -> Remedy:
    lines = "\n".join(f"{each.staging}: {each.what} ({each.production})" for each in shared[:10])
    return manual(
        "Give staging a host, a project and credentials of its own",
        f"1. Create them beside production, never inside its project or on its volume.\n2. Replace in turn:\n{lines}",
        safe=False,
    )


def _clone() -> Remedy:
    return attested(
        "SB-014",
        "Keep a masked copy, declare its host, and attest how it is made",
        "1. Let a scheduled job restore production's last backup into the staging project and mask personal data.\n"
        "2. Declare its host in the auditor's policy:\n\n"
        '[environments.staging]\nhosts = ["staging-db.example.com"]',
        "TICKET, with the job and what it masks",
    )
