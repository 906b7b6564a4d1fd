"""From the text of a price file to its tables: placed line by line, and laid over the bundled prices."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from remit.collect.documents import Node, parse_toml
from remit.costs.tables import PriceFile
from remit.errors import CollectError, PolicyError
from remit.policy.keys import nearest
from remit.policy.written import dotted, line_of

MAX_BYTES = 1_000_000
MAX_ERRORS = 10
_SHOWN = 60
_LISTS = ("effort", "item", "control")
_TABLES = ("quantities", "loss")
_EXPECTED = {
    "finite_number": "a finite number",
    "float_type": "a number, without quotes",
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "string_type": "text in quotes",
    "tuple_type": "a list of tables",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a day, such as 2026-05-31",
    "date_from_datetime_inexact": "a day, such as 2026-05-31",
}

Values = Mapping[str, object]


def read_text(path: Path) -> str:
    """The text of a price file.

    Raises PolicyError for what is missing, no regular file, unreadable, over 1 MB or not UTF-8.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PolicyError(f"{path}: is not a file; name a price file in TOML")
        if status.st_size > MAX_BYTES:
            raise PolicyError(f"{path}: is larger than 1 MB; prices are never that long, so it was not read")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise PolicyError("the path of the price file is not one that can be opened") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None


def read_over(base: Values, text: str, name: str) -> tuple[PriceFile, Node]:
    """A team's price file over the bundled values, entry by entry and key by key, and its tree.

    The tables hold the entries that the file names and no others. Raises PolicyError naming file, line and key for
    anything that is not a price file.
    """
    root = _parsed(text, name)
    values = _plain(root, name)
    faults = [f"{name}:{line}: {fault}" for line, fault in islice(_ids(root, base), MAX_ERRORS)]
    if faults:
        raise PolicyError("\n".join(faults))
    try:
        return PriceFile.model_validate(_over(base, values, name)), root
    except ValidationError as error:
        raise PolicyError(_explained(error, root, name)) from None


def _parsed(text: str, name: str) -> Node:
    try:
        return parse_toml(text)
    except CollectError as error:
        line = f":{error.line}" if error.line else ""
        raise PolicyError(f"{name}{line}: {error.reason}; expected TOML, see https://toml.io") from None


def _plain(root: Node, name: str) -> Values:
    """Ordinary values. The parser bounds the depth, and gives no value to numbers that are not finite."""
    pending: list[tuple[Node, tuple[str | int, ...]]] = [(root, ())]
    while pending:
        node, place = pending.pop()
        if node.kind == "number" and node.value is None:
            raise PolicyError(f"{name}:{node.line}: {dotted(place)}: expected a finite number of reasonable length")
        pending += [(member.node, (*place, member.key)) for member in node.members]
        pending += [(item, (*place, index)) for index, item in enumerate(node.items)]
    values = root.plain()
    return values if isinstance(values, dict) else {}


def _ids(root: Node, base: Values) -> Iterator[tuple[int, str]]:
    """Entries with an id that is there twice, or that the base does not know."""
    for section in _LISTS:
        listed, seen = root.get(section), set[str]()
        known = tuple(_by_id(base, section))
        for place, entry in enumerate(listed.items if listed else ()):
            node = entry.get("id")
            identity = node.text() if node else None
            if node is None or identity is None:
                continue
            key, shown = f"{section}[{place}].id", repr(identity[:_SHOWN])
            if identity in seen:
                yield node.line, f"{key}: {shown} is there twice; remove one of them"
            elif identity not in known:
                guess = nearest(identity, known)
                hint = f"did you mean {guess}?" if guess else "only what the bundled prices hold can be replaced"
                yield node.line, f"{key}: there is no {section} {shown}; {hint}"
            seen.add(identity)


def _over(base: Values, values: Values, name: str) -> Values:
    """A team's values over the bundled ones; `as_of` is the team's to state, and its figures are marked as its own."""
    merged: dict[str, object] = {key: value for key, value in base.items() if key not in (*_LISTS, "as_of")}
    merged |= {key: value for key, value in values.items() if key not in _LISTS}
    for key in _TABLES:
        own, inherited = values.get(key), base.get(key)
        if isinstance(own, dict) and isinstance(inherited, dict):
            merged[key] = {**inherited, **own}
    for section in _LISTS:
        entries = values.get(section)
        if isinstance(entries, list):
            known = _by_id(base, section)
            merged[section] = [_entry(entry, known, section, values, name) for entry in entries]
        elif entries is not None:
            merged[section] = entries
    return merged


def _entry(entry: object, known: Mapping[str, Values], section: str, values: Values, name: str) -> object:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return entry
    marks: dict[str, object] = {"basis": "team", "as_of": values.get("as_of")}
    if section == "item":
        marks |= {"source": name, "checked": "as the team states it"}
    return {**known[entry["id"]], **marks, **entry}


def _by_id(base: Values, section: str) -> dict[str, Values]:
    listed = base.get(section)
    entries = listed if isinstance(listed, list) else []
    return {str(entry["id"]): entry for entry in entries if isinstance(entry, dict) and "id" in entry}


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
    key = dotted(place).removesuffix(".usd")
    key = key if key.isprintable() else ascii(key)
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{key}: unknown key; remove it, or see the keys of the bundled prices"
    if kind == "missing":
        return f"{key}: is missing; add it"
    if kind == "value_error":
        return f"{key}: {context['error']}"
    shown = fault["input"] if isinstance(fault["input"], int | float) else repr(fault["input"])[:_SHOWN]
    if kind == "literal_error":
        return f"{key}: expected {context['expected']}, not {shown}"
    if kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        limit = next(iter(context.values()))
        words = {"greater_than_equal": "of at least", "less_than_equal": "of at most", "greater_than": "above"}[kind]
        return f"{key}: expected a number {words} {limit:g}, not {shown}"
    expected = _EXPECTED.get(kind) or fault["msg"].removeprefix("Input should be ")
    return f"{key}: expected {expected}, not {shown}"
