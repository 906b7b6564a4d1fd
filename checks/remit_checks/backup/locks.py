"""Locks in infrastructure code that keep copies from being deleted before their time.

Sources: AWS on Object Lock, MFA delete and Vault Lock (a lock without `min_retention_days` holds recovery points for as
long as their plan keeps them); Google Cloud on locked retention policies; Azure on immutability policies; the argument
references of the providers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit_checks.backup.arguments import given, in_days, mentions, number, one, switched_on, whole
from remit_checks.backup.copies import Destroyable

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lock:
    """Whether something that holds copies is locked for long enough, and how to say it."""

    holds: Maybe[bool]
    told: str
    on: IacResource | None = None
    """The vault or bucket that needs a lock."""


def own_locks(module: IacModule, resource: IacResource, least: int) -> Iterator[Lock]:
    """The locks on the versions that a bucket itself keeps."""
    if resource.type == "aws_s3_bucket":
        yield from _object_lock(module, resource, least)
    elif resource.type == "google_storage_bucket" and given(resource, "retention_policy.retention_period"):
        seconds = number(resource, "retention_policy.retention_period")
        locked = switched_on(resource, "retention_policy.is_locked")
        days = seconds if isinstance(seconds, Unknown) or seconds is None else seconds // _DAY
        yield _lock(locked, days, least, f"the retention policy of {resource.address}", resource)
    elif resource.type == "azurerm_storage_account" and given(resource, "immutability_policy.state"):
        state = one(resource, "immutability_policy.state")
        days = number(resource, "immutability_policy.period_since_creation_in_days")
        told = f"the immutability policy of {resource.address}"
        yield _lock(state if isinstance(state, Unknown) else state == "Locked", days, least, told, resource)


def _object_lock(module: IacModule, bucket: IacResource, least: int) -> Iterator[Lock]:
    for each in module.resources:
        if each.type == "aws_s3_bucket_object_lock_configuration" and _for(each, "bucket", bucket):
            yield _default_retention(each, "rule.default_retention", bucket, least)
        elif _asks_for_mfa(each) and _for(each, "bucket", bucket):
            yield _mfa_delete(each, bucket)
    if given(bucket, "object_lock_configuration.object_lock_enabled"):
        yield _default_retention(bucket, "object_lock_configuration.rule.default_retention", bucket, least)


def _asks_for_mfa(resource: IacResource) -> bool:
    return resource.type == "aws_s3_bucket_versioning" and bool(given(resource, "versioning_configuration.mfa_delete"))


def _default_retention(resource: IacResource, where: str, bucket: IacResource, least: int) -> Lock:
    days, years = number(resource, f"{where}.days"), number(resource, f"{where}.years")
    told = f"the object lock of {bucket.address}"
    if days is None and years is None:
        return Lock(Unknown(f"{told} has no default retention: each object is locked by whoever writes it"), told)
    if isinstance(days, Unknown):
        return Lock(days, told)
    if isinstance(years, Unknown):
        return Lock(years, told)
    return _lock(True, (days or 0) + 365 * (years or 0), least, told, bucket)


def _mfa_delete(versioning: IacResource, bucket: IacResource) -> Lock:
    """Versions that only the account's root user deletes, with a second factor: that outlasts any number of days."""
    told = f"MFA delete of {bucket.address}"
    for name in ("status", "mfa_delete"):
        value = one(versioning, f"versioning_configuration.{name}")
        if isinstance(value, Unknown):
            return Lock(value, told)
        if value != "Enabled":
            return Lock(False, f"{told} is off", bucket)
    return Lock(True, told)


def _lock(locked: Maybe[bool], days: Maybe[int | None], least: int, told: str, on: IacResource) -> Lock:
    if isinstance(locked, Unknown):
        return Lock(locked, told)
    if isinstance(days, Unknown):
        return Lock(days, told)
    if not locked:
        return Lock(False, f"{told} can be lifted", on)
    if days is None or days >= least:
        return Lock(True, told)
    return Lock(False, f"{told} holds for {in_days(days)} only", on)


# -------------------------------------------------------------------------------------------------------- AWS Backup


def plan_locks(module: IacModule, plan: IacResource, least: int) -> Iterator[Lock]:
    """The locks of the vaults into which a backup plan copies."""
    kept = kept_days(plan)
    for name in ("rule.target_vault_name", "rule.copy_action.destination_vault_arn"):
        for value in given(plan, name):
            vault = _vault(module, plan, name, value)
            if vault is None:
                where = value if isinstance(value, str) else "another place"
                yield Lock(Unknown(f"whether the vault {where} is locked is not in these files"), plan.address)
            else:
                yield _vault_lock(module, vault, kept, least)


def _vault(module: IacModule, plan: IacResource, name: str, value: Maybe[object]) -> IacResource | None:
    vaults = [each for each in module.resources if each.type.startswith("aws_backup_") and each.type.endswith("_vault")]
    for each in vaults:
        called = each.arguments.get("name")
        if mentions(plan, name, each) or (isinstance(value, str) and isinstance(called, str) and value == called):
            return each
    return None


def _vault_lock(module: IacModule, vault: IacResource, kept: Maybe[int | None], least: int) -> Lock:
    if vault.type == "aws_backup_logically_air_gapped_vault":
        return _lock(True, number(vault, "min_retention_days"), least, f"the air-gapped {vault.address}", vault)
    for each in module.resources:
        if each.type == "aws_backup_vault_lock_configuration" and _for(each, "backup_vault_name", vault):
            longest = number(each, "min_retention_days")
            return _lock(True, kept if longest is None else longest, least, f"the lock on {vault.address}", vault)
    return Lock(False, f"{vault.address} has no lock", vault)


def _for(resource: IacResource, argument: str, other: IacResource) -> bool:
    """Whether a resource configures another one, by reference or by its name."""
    value, name = one(resource, argument), other.arguments.get("bucket", other.arguments.get("name"))
    return mentions(resource, argument, other) or (isinstance(value, str) and isinstance(name, str) and value == name)


def plans_of(module: IacModule, original: Destroyable) -> tuple[IacResource, ...]:
    """The module's backup plans that copy something."""
    shown = {copy.source for copy in original.copies if copy.source is not None}
    return tuple(each for each in module.resources if each.type == "aws_backup_plan" and each.source in shown)


def kept_days(plan: IacResource) -> Maybe[int | None]:
    """For how many days the longest rule of a backup plan keeps its copies; None for good."""
    rules = [name for name in plan.arguments if name == "rule" or name.removeprefix("rule.").isdigit()]
    if not rules:
        return Unknown(f"{plan.address} has no rules in these files")
    found = [_kept_days(plan, name) for name in rules]
    hidden = next((each for each in found if isinstance(each, Unknown)), None)
    known = [each for each in found if not isinstance(each, Unknown) and each is not None]
    if hidden is not None:
        return hidden
    return max(known) if len(known) == len(found) else None


def _kept_days(plan: IacResource, rule: str) -> Maybe[int | None]:
    for outer in (rule, f"{rule}.lifecycle"):
        value = plan.arguments.get(outer)
        if isinstance(value, Unknown):
            return value
    return whole(plan.arguments.get(f"{rule}.lifecycle.delete_after"), f"delete_after of {plan.address}")
