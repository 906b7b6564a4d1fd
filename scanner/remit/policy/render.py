"""A resolved policy as text: TOML that can be read back, JSON with origins, lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from remit.policy.keys import flatten
from remit.policy.loader import LoadedPolicy
from remit.policy.model import Policy

SCHEMA = "remit.policy/1"


def as_toml(policy: Policy) -> str:
    """The resolved policy as TOML; loading it gives the same policy. `extends` is left out, being resolved."""
    tables: dict[str, list[str]] = {}
    for key, value in flatten(policy).items():
        if value is None or key == "extends" or (key in ("exceptions", "attestations") and not value):
            continue
        table, _, name = key.rpartition(".")
        tables.setdefault(table, []).append(f"{name} = {toml_value(value)}")
    parts = ["\n".join(tables.pop("", []))]
    parts += [f"[{table}]\n" + "\n".join(lines) for table, lines in tables.items()]
    return "\n\n".join(parts) + "\n"


def toml_value(value: object) -> str:
    """One value in TOML's notation, tables inline."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case date() | int() | float():
            return str(value)
        case BaseModel():
            plain = {
                field.alias or name: getattr(value, name)
                for name, field in type(value).model_fields.items()
                if getattr(value, name) is not None
            }
            return toml_value(plain)
        case Mapping():
            pairs = ", ".join(f"{toml_value(str(key))} = {toml_value(item)}" for key, item in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case tuple() | list():
            return _list([toml_value(item) for item in value])
        case _:
            raise TypeError(f"no TOML for {type(value).__name__}")


def as_json(loaded: LoadedPolicy) -> str:
    """The resolved policy with the place each value was written, as `remit.policy/1`."""
    values = {
        key: {
            "value": to_jsonable_python(value, by_alias=True),
            "file": loaded.origins[key].file,
            "line": loaded.origins[key].line or None,
        }
        for key, value in flatten(loaded.policy).items()
    }
    whole = {
        "schema": SCHEMA,
        "name": loaded.policy.name,
        "version": loaded.policy.version,
        "digest": loaded.digest,
        "sources": list(loaded.sources),
        "values": values,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def as_lines(loaded: LoadedPolicy) -> Iterator[str]:
    """The resolved policy for reading: a line a key, with its value and where it was written."""
    yield f"{loaded.policy.name}, version {loaded.policy.version}"
    yield f"{loaded.digest}, from {', '.join(loaded.sources)}"
    yield ""
    for key, value in flatten(loaded.policy).items():
        if key == "extends":
            continue
        text = "unset" if value is None else toml_value(value).replace("\n", " ")
        yield f"{key} = {_printable(text)}  # {loaded.origins[key]}"


def _list(parts: list[str]) -> str:
    line = "[" + ", ".join(parts) + "]"
    if len(line) <= 100:
        return line
    return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
