"""Terraform's operators, conversions and the few pure functions that are worth evaluating."""

from __future__ import annotations

import operator
from collections.abc import Callable

from remit.evidence import Maybe, Unknown

_MAX_PARTS = 5000

COMPARE: dict[str, Callable[[float, float], object]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def truth(value: Maybe[object]) -> Maybe[bool]:
    """A condition's value; Terraform takes the texts `true` and `false` too."""
    if isinstance(value, Unknown | bool):
        return value
    return value == "true" if value in ("true", "false") else Unknown("a condition is neither true nor false")


def as_text(value: object) -> str | None:
    """A scalar as Terraform writes it into a text, None for what cannot be written so."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case _:
            return None


def as_number(value: object) -> int | float | None:
    """A number, also one written as text; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not 0 < len(value) <= 18 or not value.isascii():
        return None
    return int(value) if value.lstrip("-").isdigit() and value.count("-") <= 1 and "-" not in value[1:] else None


def logic(sign: str, left: Maybe[bool], right: Maybe[bool]) -> Maybe[bool]:
    """`&&` or `||`; one side can decide although the other is unknown."""
    decisive = sign == "||"
    for value in (left, right):
        if isinstance(value, bool) and value is decisive:
            return decisive
    unknown = next((value for value in (left, right) if isinstance(value, Unknown)), None)
    return not decisive if unknown is None else unknown


def unary(sign: str, value: object) -> Maybe[object]:
    """`!` or `-` applied to a value."""
    if sign == "!":
        condition = truth(value)
        return condition if isinstance(condition, Unknown) else not condition
    number = as_number(value)
    return Unknown("`-` is applied to something that is no number") if number is None else -number


def equal(left: object, right: object, wanted: bool) -> Maybe[bool]:
    """Whether two plain values are equal, turned round for `!=`; masked ones are not compared."""
    for value in (left, right):
        if isinstance(value, tuple | dict) or (isinstance(value, str) and "‹" in value):
            return Unknown("a comparison with something that is no plain value")
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (left, right))
    return ((numbers or type(left) is type(right)) and left == right) is wanted


def _merge(*maps: object) -> object:
    merged: dict[object, object] = {}
    for each in maps:
        if not isinstance(each, dict):
            return None
        merged.update(each)
    return merged


def _concat(*lists: object) -> object:
    if (
        not all(isinstance(each, tuple) for each in lists)
        or sum(len(each) for each in lists if isinstance(each, tuple)) > _MAX_PARTS
    ):
        return None
    return tuple(item for each in lists if isinstance(each, tuple) for item in each)


def _lookup(table: object, key: object = None, default: object = None) -> object:
    return table.get(key, default) if isinstance(table, dict) and isinstance(key, str) else None


def _coalesce(*values: object) -> object:
    return next((value for value in values if value is not None and value != ""), None)


def _tobool(value: object) -> object:
    condition = truth(value)
    return None if isinstance(condition, Unknown) else condition


FUNCTIONS: dict[str, Callable[..., object]] = {
    "coalesce": _coalesce,
    "concat": _concat,
    "lookup": _lookup,
    "lower": lambda *given: given[0].lower() if len(given) == 1 and isinstance(given[0], str) else None,
    "merge": _merge,
    "tobool": _tobool,
    "tonumber": lambda *given: as_number(given[0]) if len(given) == 1 else None,
    "tostring": lambda *given: as_text(given[0]) if len(given) == 1 else None,
    "upper": lambda *given: given[0].upper() if len(given) == 1 and isinstance(given[0], str) else None,
}
