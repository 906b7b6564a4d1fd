"""LP-036."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.access.iac_types import STATEFUL_TYPES
from remit.check import check
from remit.evidence import CredentialFile, IacModule, Source
from remit.policy.declared import Provider
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.usable_credentials import listed, usable

# What credentials of these open is deleted by no provider's interface: statements, shells, forges' own histories.
_NO_PROVIDER = frozenset(
    ("http", "jwt", "kubernetes", "mongodb", "mysql", "netrc", "pki", "postgres", "redis", "ssh", "unknown", "url")
)
_OF_CODE: Mapping[str, str] = {"google": "gcp", "azurerm": "azure", "mongodbatlas": "mongodb-atlas"}
# What documentation says, to be looked up again before it is declared: such facts change within weeks.
_SAID: Mapping[str, str] = {
    "railway": "soft_delete_hours = 48  # documentation of 2026: a deleted volume is queued, and gone after 48 hours\n"
    "scoped_tokens = true  # documentation of 2026: project tokens, bound to an environment\n"
    "backups_survive_deletion = false  # documentation of 2026: wiping a volume deletes its backups",
}


@dataclass(frozen=True, slots=True)
class _InReach:
    """A provider whose resources something here can delete."""

    name: str
    resources: tuple[str, ...]
    sources: tuple[Source, ...]
    backups_go: bool
    """Whether its documentation says that its backups go with what is deleted."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of how a provider deletes."""

    provider: _InReach
    answer: Literal["protected", "not", "unknown"]
    why: str


@check(
    "LP-036",
    "provider-delete-protection-known",
    severity="medium",
    parameters=("providers", "backup.inventory", "secrets.allowlist"),
    frameworks={
        "owasp-agentic": ("ASI04", "ASI08"),
        "owasp-llm": ("LLM03",),
        "mitre-atlas": ("AML.M0026",),
        "nist-800-53": ("SA-9", "SR-6"),
        "nist-csf": ("GV.SC-05", "GV.SC-08", "ID.RA-10"),
        "iso-27001": ("A.5.20", "A.5.22", "A.5.23"),
        "iso-42001": ("A.10.2", "A.10.3"),
        "soc2": ("CC9.2",),
        "cis": ("15.4", "15.5"),
        "nist-ai-rmf": ("GOVERN 6.2", "MANAGE 3.1"),
        "eu-ai-act": ("9",),
        "csa-aicm": (),
    },
    incidents=("INC-01",),
    attestable=True,
    needs=(CredentialFile, IacModule),
)
def provider_delete_protection_known(graph: AccessGraph, policy: Policy) -> Verdict:
    """It is known how every provider deletes, and what it deletes at once has a copy elsewhere.

    The call that wiped a company's volume took nine seconds: no question, no token too narrow for it, no time to take
    it back. Providers differ in all three, and change: what one documents today it did not have when it happened. Who
    does not know that of a provider cannot know what an agent with its token is worth.

    Fix:
        Look up, for the plan in use, how long a deleted resource can be restored, whether the interface asks, and
        which narrow tokens there are. Declare it in the policy; where nothing can be restored, keep a copy elsewhere.
    """
    judged = [_judged(each, policy) for each in _in_reach(graph, policy)]
    if not judged:
        return skip("nothing here can delete anything at a provider")
    origin = graph.origins.get("providers")
    wrong = [each for each in judged if each.answer == "not"]
    if wrong:
        return fail(_listed(wrong), *_places(wrong), *((origin,) if origin else ()), remedies=_copies(wrong))
    left_open = [each for each in judged if each.answer == "unknown"]
    if left_open:
        return unknown(_listed(left_open), *_places(left_open), remedies=(_declare(left_open),))
    return ok(_listed(judged), *_places(judged))


# -------------------------------------------------------------------------------------------------------- judging


def _in_reach(graph: AccessGraph, policy: Policy) -> Iterator[_InReach]:
    resources: dict[str, dict[str, Source]] = defaultdict(dict)
    backups_go: set[str] = set()
    for file in graph.credential_files:
        for each in usable(file, policy.secrets.allowlist):
            if each.damage in {"D3", "D4"} and each.provider not in _NO_PROVIDER:
                resources[each.provider].setdefault(each.resource, each.source)
                if each.backups_go_with_it:
                    backups_go.add(each.provider)
    for module in graph.modules:
        for resource in module.resources:
            prefix = resource.type.split("_")[0]
            if resource.type in STATEFUL_TYPES and prefix not in _NO_PROVIDER:
                resources[_OF_CODE.get(prefix, prefix)].setdefault(resource.address, resource.source)
    for name, found in sorted(resources.items()):
        yield _InReach(name, tuple(found), tuple(dict.fromkeys(found.values())), name in backups_go)


def _judged(provider: _InReach, policy: Policy) -> _Known:
    profile = next((each for name, each in policy.providers.items() if name.casefold() == provider.name), None)
    if profile is None:
        said = ", whose backups go with what is deleted," if provider.backups_go else ""
        return _Known(provider, "unknown", f"how {provider.name}{said} deletes is not declared")
    if profile.soft_delete_hours is None:
        return _Known(provider, "unknown", f"how long {provider.name} keeps what was deleted is not declared")
    if profile.soft_delete_hours == 0:
        return _at_once(provider, profile, policy)
    stated = {"confirms_deletion": profile.confirms_deletion, "scoped_tokens": profile.scoped_tokens}
    unsaid = [name for name, value in stated.items() if value is None]
    if unsaid:
        return _Known(provider, "unknown", f"{' and '.join(unsaid)} of {provider.name} is not declared")
    return _Known(provider, "protected", f"{provider.name} restores for {profile.soft_delete_hours} hours")


def _at_once(provider: _InReach, profile: Provider, policy: Policy) -> _Known:
    bare = [each for each in provider.resources if not _has_copy(each, provider, policy)]
    if not bare:
        return _Known(provider, "protected", f"{provider.name} deletes at once, and copies lie elsewhere")
    if profile.backups_survive_deletion and provider.backups_go:
        why = (
            f"the policy says that backups at {provider.name} outlive what is deleted, and its documentation denies it"
        )
        return _Known(provider, "unknown", why)
    if profile.backups_survive_deletion:
        return _Known(provider, "protected", f"{provider.name} deletes at once, and its backups stay")
    return _Known(provider, "not", f"{provider.name} deletes at once, and no copy of {bare[0]} lies elsewhere")


def _has_copy(resource: str, provider: _InReach, policy: Policy) -> bool:
    """Whether a copy is declared that one deletion at this provider leaves alone."""
    return any(
        not copy.reachable_by_agents or provider.name not in copy.provider.casefold()
        for copy in policy.declared_copies(resource)
    )


def _listed(found: Sequence[_Known]) -> str:
    return listed([each.why for each in found])


def _places(found: Sequence[_Known]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.provider.sources[:5]))


# ------------------------------------------------------------------------------------------------------- remedies


def _copies(found: Sequence[_Known]) -> tuple[Remedy, ...]:
    entries = "\n\n".join(
        "\n".join(
            (
                "[[backup.inventory]]",
                f"resource = {json.dumps(resource)}",
                'location = "…"',
                'provider = "…"',
                "reachable_by_agents = false",
            )
        )
        for each in found
        for resource in each.provider.resources[:3]
    )
    steps = "Copy to another account or provider, with credentials that no agent has; then declare in the policy:"
    return (manual("Keep copies where one deletion does not reach", f"{steps}\n\n{entries}"),)


def _declare(found: Sequence[_Known]) -> Remedy:
    unset = (
        "# soft_delete_hours = hours for which a deleted resource can be restored, 0 for none\n# scoped_tokens = true"
    )
    tables = [
        f"[providers.{json.dumps(each.provider.name)}]\n{_SAID.get(each.provider.name, unset)}\n"
        "# confirms_deletion = whether its interface asks before it deletes"
        for each in found[:10]
    ]
    return manual(
        "Look it up for the plan in use, and declare it in the auditor's policy",
        "\n\n".join(tables),
    )
