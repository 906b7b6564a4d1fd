"""What guards a stateful resource, and whether its backups outlive it, by the arguments its code gives."""

from __future__ import annotations

from remit.access.iac_types import STATEFUL_TYPES, StatefulType
from remit.evidence import IacResource, Maybe, Unknown


def flag(resource: IacResource, name: str) -> Maybe[bool | None]:
    """A boolean argument: None where it is unset, Unknown where it cannot be read or is no boolean."""
    value = resource.arguments.get(name)
    if value is None or isinstance(value, bool | Unknown):
        return value
    return Unknown(f"`{name}` of {resource.address} is neither true nor false")


def days(resource: IacResource, name: str) -> Maybe[int | None]:
    """A whole number: None where it is unset, Unknown where it cannot be read or is no whole number."""
    value = resource.arguments.get(name)
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return Unknown(f"`{name}` of {resource.address} is no whole number")


def deletion_guard(resource: IacResource) -> Maybe[bool]:
    """Whether the provider itself refuses to delete the resource; False for types without such a guard."""
    known = STATEFUL_TYPES.get(resource.type)
    if known is None or known.guard is None:
        return False
    value = flag(resource, known.guard)
    return known.guard_default if value is None else value


def prevents_destroy(resource: IacResource) -> Maybe[bool]:
    """Whether a plan that destroys the resource fails; it holds only while the block is in the code."""
    value = flag(resource, "lifecycle.prevent_destroy")
    return False if value is None else value


def backups_outlive(resource: IacResource) -> Maybe[bool]:
    """Whether a backup made by the provider, or a last snapshot, is left after the resource was deleted."""
    known = STATEFUL_TYPES.get(resource.type)
    if known is None:
        return Unknown(f"nothing is known about backups of {resource.type}")
    if known.backups_go in ("none", "never") and known.keep is None:
        return known.backups_go == "never"
    ways = [_is(resource, known.drop, False), _is(resource, known.keep, True), _last_copy(resource, known)]
    if any(way is True for way in ways if not isinstance(way, Unknown)):
        return True
    return next((way for way in ways if isinstance(way, Unknown)), False)


def _is(resource: IacResource, name: str | None, wanted: bool) -> Maybe[bool]:
    value = flag(resource, name) if name else None
    return value if isinstance(value, Unknown) else value is wanted


def _last_copy(resource: IacResource, known: StatefulType) -> Maybe[bool]:
    """Whether a deletion leaves a last snapshot: not skipped, and named where it needs a name."""
    if known.snapshot is None and known.force is None:
        return False
    skipped = flag(resource, known.force) if known.force else False
    if isinstance(skipped, Unknown):
        return skipped
    if known.snapshot is None:
        return skipped is not True and known.backups_go == "unless-kept"
    name = resource.arguments.get(known.snapshot)
    if skipped is True:
        return False
    return name if isinstance(name, Unknown) else name not in (None, "")
