"""Terraform blocks as remedies write them, and the modules whose resources are not in the files."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from remit.access.graph import AccessGraph
from remit.evidence import IacModule, IacResource, Unknown

Lines = Mapping[str, bool | int | str]
# Remote modules that are named after what they make; the others make networks, roles, labels and the like.
_DATABASE = (
    r"aurora|cosmos|database|dynamo|mongo|mysql|mssql|cloudsql|neon|postgres|redshift|spanner|supabase"
    r"|(?<![a-z])(?:db|dbs|rds|sql)(?![a-z])"
)
_KEEPS_DATABASE = re.compile(_DATABASE, re.IGNORECASE)
_KEEPS_DATA = re.compile(
    rf"{_DATABASE}|bucket|cache|cluster|elasticsearch|memorystore|redis|storage|volume|(?<![a-z])(?:data|disk|ebs|efs|s3|state)(?![a-z])",
    re.IGNORECASE,
)


def block(resource: IacResource, arguments: Lines) -> str:
    """The lines to add to a resource; dotted names become nested blocks."""
    head = f"resource {json.dumps(resource.type)} {json.dumps(resource.name)} {{"
    return "\n".join([head, *_inside(arguments, "  "), "}"])


def _inside(arguments: Lines, indent: str) -> Iterator[str]:
    nested: dict[str, dict[str, bool | int | str]] = {}
    for name, value in arguments.items():
        outer, mark, inner = name.partition(".")
        if mark:
            nested.setdefault(outer, {})[inner] = value
        else:
            yield f"{indent}{name} = {json.dumps(value)}"
    for name, lines in nested.items():
        yield f"{indent}{name} {{"
        yield from _inside(lines, indent + "  ")
        yield f"{indent}}}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Some names in one phrase, the rest as a number."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def hidden(module: IacModule, graph: AccessGraph, *, databases: bool = False) -> tuple[IacResource, ...]:
    """Calls of modules that by their name keep data, and whose resources none of the files describe."""
    read = {each.path for each in graph.modules}
    names = _KEEPS_DATABASE if databases else _KEEPS_DATA
    return tuple(
        call
        for call in module.resources
        if call.type == "module" and not _is_read(module, call, read) and names.search(f"{call.name} {_from(call)}")
    )


def why_hidden(call: IacResource) -> str:
    """What leaves a call of a module open, as one sentence."""
    return f"module.{call.name} is made by {_from(call) or 'another module'}, whose resources are not in these files"


def _from(call: IacResource) -> str:
    source = call.arguments.get("source")
    return source if isinstance(source, str) else ""


def _is_read(module: IacModule, call: IacResource, read: set[str]) -> bool:
    source = call.arguments.get("source")
    if isinstance(source, Unknown) or not isinstance(source, str) or not source.startswith(("./", "../")):
        return False
    path = posixpath.normpath(posixpath.join(module.path or ".", source))
    return ("" if path == "." else path) in read
