"""What a cloud itself does when somebody asks it to delete something: refuse, or do it.

Sources: argument references of the Terraform providers. Several of Google's `deletion_protection` arguments are
Terraform's alone: they stop a plan, and a call of the interface goes through. Azure guards by locks, which anybody may
have set outside the code.
"""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.iac_guards import deletion_guard
from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit_checks.backup.arguments import mentions, one

_TERRAFORM_ONLY = frozenset(
    (
        "google_alloydb_cluster",
        "google_bigquery_table",
        "google_bigtable_instance",
        "google_spanner_database",
        "google_sql_database_instance",
    )
)
# By type: the argument that the cloud obeys, and what it must be.
_OWN: Mapping[str, tuple[str, bool | str]] = {
    "aws_alb": ("enable_deletion_protection", True),
    "aws_lb": ("enable_deletion_protection", True),
    "aws_cognito_user_pool": ("deletion_protection", "ACTIVE"),
    "google_spanner_database": ("enable_drop_protection", True),
    "google_sql_database_instance": ("settings.deletion_protection_enabled", True),
}
_LOCKED_BY_AZURE = frozenset(name for name in STATEFUL_TYPES if name.startswith("azurerm_"))


def guard_of(resource: IacResource) -> tuple[str, bool | str] | None:
    """The argument that makes the cloud refuse a deletion, and its value; None where there is none."""
    if resource.type in _OWN:
        return _OWN[resource.type]
    known = STATEFUL_TYPES.get(resource.type)
    if known is None or known.guard is None or resource.type in _TERRAFORM_ONLY:
        return None
    return known.guard, True


def guarded(module: IacModule, resource: IacResource) -> Maybe[bool] | None:
    """Whether the cloud refuses to delete a resource; None for types that it never refuses to delete."""
    if resource.type in _LOCKED_BY_AZURE:
        return _locked(module, resource)
    guard = guard_of(resource)
    if guard is None:
        return None
    if resource.type not in _OWN:
        return deletion_guard(resource)
    value = one(resource, guard[0])
    if value is None or isinstance(value, Unknown):
        return False if value is None else value
    return value == guard[1] or (guard[1] is True and value == "true")


def _locked(module: IacModule, resource: IacResource) -> Maybe[bool]:
    """By a management lock on itself, or on the group that it is in."""
    groups = [each for each in module.resources if mentions(resource, "resource_group_name", each)]
    for lock in module.resources:
        if lock.type == "azurerm_management_lock" and any(
            mentions(lock, "scope", each) for each in (resource, *groups)
        ):
            level = one(lock, "lock_level")
            return level if isinstance(level, Unknown) else level in ("CanNotDelete", "ReadOnly")
    return Unknown("no lock on it is in these files; only Azure shows whether somebody set one")
