"""What can be destroyed here, and what copies of it the policy or the infrastructure code shows.

Two controls read this: one asks whether a copy lies outside what one deletion takes, the other whether it belongs to
another account. What nobody shows is no evidence that there is none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.iac_types import STATEFUL_TYPES
from remit.access.nodes import destroys
from remit.access.providers import names_provider, platform_of, provider_name
from remit.access.survival import of_resource
from remit.evidence import Credential, IacModule, IacResource, Maybe, Source, Unknown
from remit.policy.declared import DeclaredCopy
from remit_checks.terraform import hidden, why_hidden

_CODE = {"aws": "aws", "google": "gcp", "azurerm": "azure"}
DATABASES = frozenset({"postgres", "mysql", "mongodb", "redis"})
"""Providers of credentials that are a database's own password: who stores the data its host says, if anything."""
_ARN = re.compile(r"arn:[a-z-]{1,20}:[a-z0-9-]{1,40}:(?P<region>[a-z0-9-]{0,30}):(?P<account>\d{12}):.{1,300}")
_BACKUP_VAULTS = frozenset({"aws_backup_vault"})
"""They hold copies; what they hold is judged where it comes from."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that somebody shows, and how far it lies from the original."""

    location: str
    elsewhere: Maybe[bool]
    """Whether it stays when the original, its volume, project or stack is deleted."""
    other_account: Maybe[bool]
    source: Source | None = None
    declared: DeclaredCopy | None = None
    """What the policy says of it; None for a copy that infrastructure code shows."""


@dataclass(frozen=True, slots=True)
class Destroyable:
    """A resource that a credential or a plan can destroy, with its copies."""

    name: str
    goes: str
    """Why the provider's own backups are known to go with it; empty where they are not."""
    sources: tuple[Source, ...]
    copies: tuple[Copy, ...]
    address: str = ""
    """Its address in infrastructure code; empty for what only a credential names."""
    provider: str | None = None
    """Who stores it; None where nothing says so."""
    account: str | None = None
    """The account it belongs to, as far as that is known."""
    block: tuple[IacModule, IacResource] | None = None
    """What describes it in infrastructure code."""


def destroyables(graph: AccessGraph) -> tuple[Destroyable, ...]:
    """Every resource whose data a credential here destroys, or that infrastructure code here describes."""
    return (*_by_credential(graph), *_by_code(graph))


# --------------------------------------------------------------------------------------------------- by credential


def _by_credential(graph: AccessGraph) -> Iterator[Destroyable]:
    found: dict[str, list[Credential]] = defaultdict(list)
    for file in graph.credential_files:
        for credential in filter(destroys, file.credentials):
            # Class D2 destroys code and releases, of which there are clones, and no primary data.
            if credential.damage in ("D3", "D4"):
                found[credential.resource].append(credential)
    for resource, credentials in found.items():
        goes = any(each.backups_go_with_it for each in credentials)
        provider, account = provider_of(credentials[0]), credentials[0].account
        yield Destroyable(
            resource,
            "the provider deletes its backups together with what they are of" if goes else "",
            tuple(each.source for each in credentials),
            tuple(_declared(graph, resource, provider, account)),
            provider=provider,
            account=account,
        )


def provider_of(credential: Credential) -> str | None:
    """Who stores the data; None for a database whose host says nothing."""
    if credential.provider not in DATABASES:
        return provider_name(credential.provider)
    return platform_of(credential.host) or None


def _declared(graph: AccessGraph, resource: str, provider: str | None, account: str | None) -> Iterator[Copy]:
    for copy in graph.policy.declared_copies(resource):
        other = _other_account(copy, provider, account)
        apart = not copy.reachable_by_agents or (not isinstance(other, Unknown) and other)
        near = Unknown(
            f"the copy declared at {copy.location} may be within the same reach: say reachable_by_agents = false if not"
        )
        yield Copy(copy.location, True if apart else near, other, declared=copy)


def _other_account(copy: DeclaredCopy, provider: str | None, account: str | None) -> Maybe[bool]:
    if provider is not None and not names_provider(copy.provider, provider):
        return True
    if copy.account and account:
        return copy.account.casefold() != account.casefold()
    missing = "its original" if copy.account else f"the copy at {copy.location}"
    return Unknown(f"the account of {missing} is not known")


# --------------------------------------------------------------------------------------------------------- by code


def _by_code(graph: AccessGraph) -> Iterator[Destroyable]:
    for module in graph.modules:
        account = _account(module)
        for resource in module.resources:
            if resource.type not in STATEFUL_TYPES or resource.type in _BACKUP_VAULTS:
                continue
            fate = of_resource(graph, module, resource)
            provider = _CODE.get(resource.type.split("_")[0], resource.type.split("_")[0])
            declared = _declared(graph, resource.address, provider, account)
            goes = fate.reason if fate.verdict == "lost" else ""
            copies = (*declared, *_coded(module, resource, account))
            yield Destroyable(
                resource.address,
                goes,
                (resource.source,),
                copies,
                resource.address,
                provider,
                account,
                (module, resource),
            )
        for call in hidden(module, graph):
            declared = _declared(graph, f"module.{call.name}", None, account)
            shown = tuple(declared) or (Copy("", Unknown(why_hidden(call)), Unknown(why_hidden(call))),)
            yield Destroyable(f"module.{call.name}", "", (call.source,), shown)


def _account(module: IacModule) -> str | None:
    """The one AWS account that the module's provider may work in."""
    allowed = module.providers.get("aws", {}).get("allowed_account_ids")
    return str(allowed[0]) if isinstance(allowed, tuple) and len(allowed) == 1 else None


def _coded(module: IacModule, resource: IacResource, account: str | None) -> Iterator[Copy]:
    for other in module.resources:
        if other.type == "aws_backup_selection":
            yield from _backed_up(module, resource, other, account)
        elif other.type == "aws_s3_bucket_replication_configuration" and _mentions(other, "bucket", resource):
            target = _argument(other, "destination.account")
            yield Copy(other.address, True, _differs(target, account, other.address), other.source)
        elif other.type == "aws_db_instance_automated_backups_replication" and _mentions(
            other, "source_db_instance_arn", resource
        ):
            why = Unknown(f"whether what {other.address} replicates outlives the instance is not known")
            yield Copy(other.address, why, why, other.source)


def _backed_up(module: IacModule, resource: IacResource, selection: IacResource, account: str | None) -> Iterator[Copy]:
    chosen = selection.arguments.get("resources")
    everything = isinstance(chosen, tuple) and "*" in chosen
    by_tag = any(name.startswith(("selection_tag", "condition")) for name in selection.arguments)
    if not everything and not _mentions(selection, "resources", resource):
        if by_tag:
            why = Unknown(f"whether {selection.address} covers it depends on its tags")
            yield Copy(selection.address, why, why, selection.source)
        return
    for plan in module.resources:
        if plan.type == "aws_backup_plan" and _mentions(selection, "plan_id", plan):
            yield Copy(plan.address, _vault_stays(module, plan), False, plan.source)
            for name, target in plan.arguments.items():
                if name.endswith("destination_vault_arn"):
                    yield Copy(f"{plan.address} (copy action)", True, _vault_account(target, account), plan.source)


def _vault_stays(module: IacModule, plan: IacResource) -> Maybe[bool]:
    """A vault with recovery points in it refuses to be deleted, unless it was told to give them up."""
    named = {
        address for name, found in plan.references.items() if name.endswith("target_vault_name") for address in found
    }
    for vault in module.resources:
        if vault.type == "aws_backup_vault" and vault.address in named:
            forced = vault.arguments.get("force_destroy")
            return forced if isinstance(forced, Unknown) else forced is not True
    return True


def _vault_account(target: Maybe[object], account: str | None) -> Maybe[bool]:
    found = _ARN.fullmatch(target) if isinstance(target, str) else None
    return _differs(found["account"] if found else None, account, "the copy action")


def _differs(target: object, account: str | None, what: str) -> Maybe[bool]:
    if not isinstance(target, str) or not account:
        missing = (
            "allowed_account_ids of the provider is not set"
            if isinstance(target, str)
            else f"the account of {what} is not known"
        )
        return Unknown(missing)
    return target != account


def _mentions(resource: IacResource, argument: str, other: IacResource) -> bool:
    return other.address in resource.references.get(argument, ())


def _argument(resource: IacResource, ending: str) -> object:
    return next((value for name, value in resource.arguments.items() if name.endswith(ending)), None)
