"""The policy reference, generated from the model: every key, its type, default, strength order and readers.

Regenerate the page with `python -m remit.policy.reference docs/policy.md`.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from remit.policy.keys import Leaf, flatten
from remit.policy.model import Policy
from remit.policy.orders import WORDS
from remit.policy.render import toml_value
from remit.policy.strength import leaves

_INTRO = """# Policy reference

<!-- Generated: python -m remit.policy.reference docs/policy.md -->

A policy is a TOML file. It builds on the policy that `extends` names: a file, relative to its own directory, or a
bundled one. Where nothing is named that is `remit:baseline`, whose values are the defaults below. A value may be made
stricter, never weaker: each key says what stricter means. Lists replace inherited ones, unless they are statements of
fact, which add up.

A weaker value needs a dated exception with `control = "policy:KEY"`, signed by an approver whom the *inherited* policy
accepts, and holds only while that exception does. Dates are days in UTC, and last days are inclusive.

An empty list of something that has to be declared (approved agents, sinks, reviewed servers, hosts of an environment)
means that nobody has said; what depends on it is then unknown, neither passed nor failed.

Globs know `*` (any run of characters, slashes too) and `?` (one character), in any case. A pattern for files that has
no slash looks at the file's name.

Which environment a thing belongs to is read from its host, account, file and variable name, and the most dangerous
reading holds: listed entries first, then local hosts, then whole words such as `prod`, `stg` or `dev` in the names. An
entry with a wildcard does not outvote a more dangerous word; only an entry that names the thing exactly does, and that
counts as weaker than the inherited policy. Where two lists of one kind match the same thing and no word in its name
decides, its environment is unknown: make the patterns narrower.
"""


def reference() -> str:
    """The whole page, in Markdown."""
    parts = [_INTRO]
    section = None
    for leaf in leaves().values():
        table = leaf.key.rpartition(".")[0]
        if table != section:
            section = table
            parts.append(f"## `[{table}]`\n" if table else "## Top of the file\n")
        parts.append("\n".join(_entry(leaf)))
    parts.append("## Tables in lists\n")
    parts += [_table(model) for model in _tables()]
    return "\n".join(parts).rstrip() + "\n"


def _entry(leaf: Leaf) -> Iterator[str]:
    name = leaf.key.rpartition(".")[2]
    yield f"### `{leaf.key}`\n"
    yield f"{leaf.meaning}\n"
    yield f"- Type: {type_name(leaf.annotation)}"
    yield f"- Default: {_default(flatten(Policy())[leaf.key], name)}"
    yield f"- Strength: {WORDS[leaf.strength.kind]}"
    if leaf.strength.choices:
        yield f"- From loosest to strictest: {', '.join(f'`{word}`' for word in leaf.strength.choices)}"
    yield f"- Read by: {', '.join(leaf.strength.controls) or 'reports'}"
    yield ""


def _default(value: object, name: str) -> str:
    if value is None:
        return "unset"
    text = toml_value(value)
    return f"`{text}`" if "\n" not in text else f"\n\n  ```toml\n  {name} = " + text.replace("\n", "\n  ") + "\n  ```\n"


def _table(model: type[BaseModel]) -> str:
    lines = [f"### {model.__name__}\n", f"{(model.__doc__ or '').strip()}\n"]
    for name, field in model.model_fields.items():
        need = "required" if field.is_required() else _default(_plain(field.default), name)
        meaning = " ".join((field.description or "").split())
        lines.append(f"- `{field.alias or name}` ({type_name(field.annotation)}; {need}): {meaning}")
    return "\n".join(lines) + "\n"


def _plain(value: object) -> object:
    return None if value is PydanticUndefined else value


def _tables() -> Iterator[type[BaseModel]]:
    """Every table that stands in a list or under a name, once, in the order of the model."""
    seen: dict[type[BaseModel], None] = {}
    pending: list[object] = [leaf.annotation for leaf in leaves().values()]
    while pending:
        annotation = pending.pop(0)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
            seen[annotation] = None
            pending += [field.annotation for field in annotation.model_fields.values()]
        pending += typing.get_args(annotation)
    yield from seen


def type_name(annotation: object) -> str:
    """A type in words."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return type_name(inner[0])
    if origin is typing.Literal:
        return "one of " + ", ".join(f"`{word}`" for word in inner)
    if origin is tuple:
        return f"list of {type_name(inner[0])}"
    if origin is not None and issubclass(dict, origin if isinstance(origin, type) else int):
        return f"table of {type_name(inner[1])}"
    if inner:
        return " or ".join(type_name(part) for part in inner if part is not type(None))
    words = {int: "whole number", float: "number", bool: "true or false", str: "text", date: "day"}
    return words.get(typing.cast(type, annotation), getattr(annotation, "__name__", str(annotation)))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
