"""A policy as written in one file: read, placed line by line, and checked against the model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomli
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from remit.collect.documents import Node, parse_toml
from remit.errors import CollectError, PolicyError
from remit.policy.keys import explicit, nearest
from remit.policy.model import Policy
from remit.policy.strength import leaves

MAX_ERRORS = 10
_SHOWN = 60
_WHERE = re.compile(r" \(at .{0,60}\)$")

_EXPECTED = {
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number, without quotes",
    "finite_number": "a finite number",
    "bool_type": "true or false, without quotes",
    "string_type": "text in quotes",
    "tuple_type": 'a list, such as ["one", "two"]',
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a day, such as 2026-05-31",
    "date_from_datetime_inexact": "a day, such as 2026-05-31",
}


@dataclass(frozen=True, slots=True)
class Written:
    """One policy file's own values: which keys it sets, and on which lines."""

    name: str
    policy: Policy
    """The file's values over the baseline's, before anything is inherited."""
    keys: frozenset[str]
    root: Node

    def line(self, *place: str | int) -> int:
        """The line on which the value at a place stands, or the nearest thing around it."""
        return line_of(self.root, place)

    def line_of_key(self, key: str) -> int:
        """The line of a dotted key."""
        return self.line(*key.split("."))


def read_written(text: str, name: str) -> Written:
    """Read one policy file's text.

    Raises PolicyError naming file, line and key for anything that is not a policy.
    """
    root = _parsed(text, name)
    values = _plain(root, name)
    try:
        policy = Policy.model_validate(values)
    except ValidationError as error:
        raise PolicyError(_explained(error, root, name)) from None
    written = Written(name, policy, explicit(policy), root)
    for place, exception in enumerate(policy.exceptions):
        if exception.key is not None and exception.key not in leaves():
            line = written.line("exceptions", place, "control")
            raise PolicyError(
                f"{name}:{line}: exceptions[{place}].control: the policy has no key {exception.key!r}; "
                f"{_hint(exception.key, tuple(leaves()))}"
            )
    return written


def line_of(root: Node, place: Sequence[str | int]) -> int:
    """The line of a value by its path, or of the nearest table around it."""
    node, line = root, root.line
    for step in place:
        if isinstance(step, int):
            if step >= len(node.items):
                return line
            node = node.items[step]
            line = node.line
        else:
            member = next((member for member in reversed(node.members) if member.key == step), None)
            if member is None:
                return line
            node, line = member.node, member.line
    return line


def _parsed(text: str, name: str) -> Node:
    text = text.removeprefix("\ufeff")
    try:
        return parse_toml(text)
    except CollectError as error:
        line = f":{error.line}" if error.line else ""
        raise PolicyError(f"{name}{line}: {_toml_fault(text, error)}; expected TOML, see https://toml.io") from None


def _toml_fault(text: str, error: CollectError) -> str:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError as fault:
        return f"{error.reason}: {_WHERE.sub('', fault.msg)[:200]}"
    except (RecursionError, ValueError):
        return error.reason
    return error.reason


def _plain(node: Node, name: str) -> Any:
    """Ordinary values for validation. The tree's depth is bounded by the parser."""
    match node.kind:
        case "object":
            return {member.key: _plain(member.node, name) for member in node.members}
        case "array":
            return [_plain(item, name) for item in node.items]
        case _ if node.value is None:
            raise PolicyError(f"{name}:{node.line}: a number beyond what any policy needs; write a smaller one")
        case _:
            return node.value


def _explained(error: ValidationError, root: Node, name: str) -> str:
    found = error.errors(include_url=False)
    lines = []
    for fault in found[:MAX_ERRORS]:
        place = tuple(step for step in fault["loc"] if isinstance(step, str | int))
        lines.append(f"{name}:{line_of(root, place)}: {_sentence(fault, place)}")
    if len(found) > MAX_ERRORS:
        lines.append(f"{name}: and {len(found) - MAX_ERRORS} more")
    return "\n".join(lines)


def _sentence(fault: ErrorDetails, place: tuple[str | int, ...]) -> str:
    key = dotted(place)
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{key}: unknown key; {_unknown_hint(place)}"
    if kind == "missing":
        return f"{key}: is missing; add it"
    if kind == "value_error":
        return f"{key or 'policy'}: {context['error']}"
    if kind == "literal_error":
        return f"{key}: expected {context['expected']}, not {_shown(fault['input'])}"
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return f"{key}: expected a number of {limit}, not {_shown(fault['input'])}"
    expected = _EXPECTED.get(kind) or fault["msg"].removeprefix("Input should be ")
    return f"{key}: expected {expected}, not {_shown(fault['input'])}"


def dotted(place: Sequence[str | int]) -> str:
    """A path as people write it: `exceptions[0].until`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _unknown_hint(place: tuple[str | int, ...]) -> str:
    if any(isinstance(step, int) for step in place):
        table = dotted(tuple(step for step in place[:-1] if isinstance(step, str)))
        return f"see the keys of [[{table}]] in the policy reference"
    return _hint(dotted(place), tuple(leaves()))


def _hint(key: str, known: tuple[str, ...]) -> str:
    """The nearest known key: by its whole name, else by its last part wherever that stands."""
    sections = tuple(dict.fromkeys(name.rpartition(".")[0] for name in known if "." in name))
    found = nearest(key, known + sections)
    if found is None:
        by_last = {name.rpartition(".")[2]: name for name in known}
        last = nearest(key.rpartition(".")[2], tuple(by_last))
        found = by_last[last] if last is not None else None
    return f"did you mean {found}?" if found else "remove it, or see `remit policy show` for the keys there are"


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")
        case Mapping():
            return "a table"
        case tuple() | list():
            return "a list"
        case _:
            return str(value)[:_SHOWN]
