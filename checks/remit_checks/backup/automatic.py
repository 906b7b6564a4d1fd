"""The backups that a provider makes by itself, as infrastructure code switches them on."""

from __future__ import annotations

from remit.access.iac_guards import days, flag
from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import IacResource, Maybe, Unknown
from remit_checks.backup.copies import Destroyable

# Databases that ship their log every few minutes while they keep backups at all.
# Sources: Amazon RDS, Aurora, DocumentDB and Neptune user guides, "restore to a point in time".
_LOGGED_BY_DAYS = "backup_retention_period"


def keeps_a_log(each: Destroyable) -> Maybe[bool]:
    """Whether its code makes it restorable to any moment; False where it does not, or where no file would say so."""
    return _by_code(each.block[1]) if each.block else False


def _by_code(resource: IacResource) -> Maybe[bool]:
    known = STATEFUL_TYPES.get(resource.type)
    if known is None:
        return False
    if known.pitr is not None:
        switch = flag(resource, known.pitr)
        return switch if isinstance(switch, Unknown) else switch is True
    if known.days != _LOGGED_BY_DAYS:
        return False
    kept = days(resource, known.days)
    if kept is None and known.default_days is None:
        return Unknown(f"`{known.days}` of {resource.address} is not set, and its default depends on who creates it")
    if kept is None:
        return (known.default_days or 0) > 0
    return kept if isinstance(kept, Unknown) else kept > 0
