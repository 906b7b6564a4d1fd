"""Names in PostgreSQL's syntax tree: roles, objects, signatures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from remit.collect.sql.statement import ALL, PUBLIC, RUNNER

Tree: TypeAlias = Any
"""A message of PostgreSQL's syntax tree; generated code, so untyped here."""

KINDS = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "table",
    "OBJECT_MATVIEW": "table",
    "OBJECT_FOREIGN_TABLE": "table",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_DATABASE": "database",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "function",
    "OBJECT_ROUTINE": "function",
    "OBJECT_AGGREGATE": "function",
    "OBJECT_PARAMETER_ACL": "parameter",
    "OBJECT_FDW": "foreign data wrapper",
    "OBJECT_FOREIGN_SERVER": "foreign server",
    "OBJECT_LARGEOBJECT": "large object",
    "OBJECT_DOMAIN": "type",
    "OBJECT_TYPE": "type",
    "OBJECT_LANGUAGE": "language",
    "OBJECT_TABLESPACE": "tablespace",
}


def kind_of(object_type: str) -> str:
    """Our word for one of PostgreSQL's object types; relations of every sort are `table`."""
    return KINDS.get(object_type, object_type.removeprefix("OBJECT_").replace("_", " ").lower())


def text_of(node: Tree) -> str:
    """The text of a string or number in the tree; empty for anything else."""
    which = node.WhichOneof("node")
    if which == "string":
        return str(node.string.sval)
    return str(node.integer.ival) if which == "integer" else ""


def role_name(spec: Tree) -> str:
    """A role's name, PUBLIC, or the role that runs the script."""
    kind = spec.DESCRIPTOR.fields_by_name["roletype"].enum_type.values_by_number[spec.roletype].name
    return {"ROLESPEC_CSTRING": str(spec.rolename), "ROLESPEC_PUBLIC": PUBLIC}.get(kind, RUNNER)


def role_names(specs: Iterable[Tree]) -> tuple[str, ...]:
    """The names of a list of roles."""
    return tuple(role_name(each.role_spec) for each in specs)


def object_names(nodes: Iterable[Tree], kind: str, *, whole_schema: bool = False) -> tuple[tuple[str, str], ...]:
    """Schema and name of each object; every one of the schema where that is what was written."""
    if whole_schema:
        return tuple((text_of(node), ALL) for node in nodes)
    return tuple(_object_name(node, kind) for node in nodes)


def _object_name(node: Tree, kind: str) -> tuple[str, str]:
    which = node.WhichOneof("node")
    if which == "range_var":
        return node.range_var.schemaname, node.range_var.relname
    if which == "object_with_args":
        parts = [text_of(part) for part in node.object_with_args.objname]
        name = parts[-1] if parts else ""
        if not node.object_with_args.args_unspecified:
            name += f"({','.join(_type(each.type_name) for each in node.object_with_args.objargs)})"
        return (parts[-2] if len(parts) > 1 else ""), name
    if which in ("list", "type_name"):
        items = node.list.items if which == "list" else node.type_name.names
        parts = [text_of(part) for part in items]
        return (parts[-2] if len(parts) > 1 else ""), (parts[-1] if parts else "")
    return "", text_of(node)


def signature(name: str, parameters: Iterable[Tree]) -> str:
    """A function's name with the types by which it is called."""
    called = [each.function_parameter for each in parameters]
    modes = ("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE")
    types = [_type(each.arg_type) for each in called if _mode(each) not in modes]
    return f"{name}({','.join(types)})"


def _mode(parameter: Tree) -> str:
    values = parameter.DESCRIPTOR.fields_by_name["mode"].enum_type.values_by_number
    return str(values[parameter.mode].name)


def _type(node: Tree) -> str:
    names = [text_of(part) for part in node.names]
    return (names[-1] if names else "") + "[]" * len(node.array_bounds)
