"""For how many days the backups of a database are kept, by the arguments its code gives.

Sources: argument references of the Terraform providers aws, google, azurerm and neon, and the clouds' own guides for
what an unset argument means. Amazon RDS is left open: the interface that creates an instance decides, and they differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import IacResource, Maybe, Unknown
from remit_checks.backup.arguments import number, one, switched_on

_DAY = 86_400
_SQL = "settings.backup_configuration"
_REPLICA_OF = (
    "replicate_source_db",
    "replication_source_identifier",
    "master_instance_name",
    "global_replication_group_id",
)
# Files of a storage account are kept after deletion, which is no backup of a database.
_NOT_DATABASES = frozenset({"azurerm_storage_account"})
_OWN: Mapping[str, str] = {
    "aws_dynamodb_table": "point_in_time_recovery.recovery_period_in_days",
    "google_sql_database_instance": f"{_SQL}.backup_retention_settings.retained_backups",
    "neon_project": "history_retention_seconds",
}


def argument_of(resource: IacResource) -> str | None:
    """The argument that says how long backups are kept; None for what is no database with one."""
    known = STATEFUL_TYPES.get(resource.type)
    if any(resource.arguments.get(name) is not None for name in _REPLICA_OF) or resource.type in _NOT_DATABASES:
        return None
    return _OWN.get(resource.type) or (known.days if known else None)


def days_kept(resource: IacResource) -> Maybe[int] | None:
    """How many days its backups are kept; None for what is no database, or a cache without any backups."""
    name = argument_of(resource)
    if name is None:
        return None
    if resource.type == "aws_dynamodb_table":
        return _when(resource, "point_in_time_recovery.enabled", name, 35)
    if resource.type == "google_sql_database_instance":
        return _backups_of_cloud_sql(resource, name)
    if resource.type == "neon_project":
        seconds = number(resource, name)
        return seconds if isinstance(seconds, Unknown) else (_DAY if seconds is None else seconds) // _DAY
    return _by_days(resource, name)


def _by_days(resource: IacResource, name: str) -> Maybe[int] | None:
    default = STATEFUL_TYPES[resource.type].default_days
    found = number(resource, name)
    if default == 0 and not isinstance(found, Unknown) and not found:
        return None
    if found is None:
        return Unknown(f"{name.rpartition('.')[2]} is not set") if default is None else default
    return found


def _when(resource: IacResource, switch: str, name: str, default: int) -> Maybe[int]:
    on, found = switched_on(resource, switch), number(resource, name)
    if isinstance(on, Unknown) or not on:
        return on if isinstance(on, Unknown) else 0
    return default if found is None else found


def _backups_of_cloud_sql(resource: IacResource, name: str) -> Maybe[int]:
    """One backup is made each day, and seven are kept unless told otherwise."""
    unit = one(resource, f"{_SQL}.backup_retention_settings.retention_unit")
    if isinstance(unit, Unknown) or unit not in (None, "COUNT"):
        return unit if isinstance(unit, Unknown) else Unknown("its backups are not kept by their number")
    return _when(resource, f"{_SQL}.enabled", name, 7)


def lines_for(resource: IacResource, least: int) -> dict[str, bool | int | str]:
    """The arguments that keep its backups for at least so many days, as far as its provider goes."""
    name = argument_of(resource) or ""
    if resource.type == "aws_dynamodb_table":
        return {"point_in_time_recovery.enabled": True, name: min(max(least, 1), 35)}
    if resource.type == "google_sql_database_instance":
        return {f"{_SQL}.enabled": True, name: least}
    if resource.type == "neon_project":
        return {name: least * _DAY}
    return {name: max(1, min(least, 35))}
