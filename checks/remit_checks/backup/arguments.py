"""Arguments of resources whose blocks may be repeated or made by a `dynamic` block."""

from __future__ import annotations

from collections.abc import Iterator

from remit.evidence import IacResource, Maybe, Unknown


def given(resource: IacResource, name: str) -> tuple[Maybe[object], ...]:
    """Every value of an argument, over repeated blocks too; an Unknown where a dynamic block may hold it."""
    return tuple(_given(resource, tuple(name.split("."))))


def _given(resource: IacResource, wanted: tuple[str, ...]) -> Iterator[Maybe[object]]:
    for key, value in resource.arguments.items():
        parts = tuple(part for part in key.split(".") if not part.isdigit())
        outer = parts == wanted[: len(parts)]
        if (parts == wanted and value is not None) or (outer and isinstance(value, Unknown)):
            yield value


def one(resource: IacResource, name: str) -> Maybe[object]:
    """The value of an argument: None where it is unset, Unknown where any of its places cannot be read."""
    found = given(resource, name)
    return next((value for value in found if isinstance(value, Unknown)), found[0] if found else None)


def switched_on(resource: IacResource, name: str) -> Maybe[bool]:
    """Whether an argument is set to true, as a boolean or as Terraform's text for it."""
    value = one(resource, name)
    return value if isinstance(value, Unknown) else value is True or value == "true"


def number(resource: IacResource, name: str) -> Maybe[int | None]:
    """A whole number, also one written as text: None where it is unset."""
    return whole(one(resource, name), f"`{name}` of {resource.address}")


def whole(value: Maybe[object], what: str) -> Maybe[int | None]:
    """A value as a whole number; `what` it is called in the reason why it is none."""
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    return Unknown(f"{what} is no whole number")


def mentions(resource: IacResource, name: str, other: IacResource) -> bool:
    """Whether an argument, in any repeated block, refers to another resource."""
    return any(
        other.address in found
        for key, found in resource.references.items()
        if ".".join(part for part in key.split(".") if not part.isdigit()) == name
    )


def in_days(days: int) -> str:
    """A number of days in words."""
    return f"{days} day" if days == 1 else f"{days} days"
