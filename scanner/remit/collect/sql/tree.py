"""Role and grant statements out of PostgreSQL's syntax tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from remit.collect.sql.names import KINDS, kind_of, object_names, role_name, role_names, signature, text_of
from remit.collect.sql.statement import RUNNER, Password, Statement, Verb, is_marker
from remit.credentials.placeholder import is_placeholder, is_reference
from remit.policy.defaults import PLACEHOLDER_PASSWORDS

Tree: TypeAlias = Any
"""A message of PostgreSQL's syntax tree; generated code, so untyped here, and never leaves these modules."""


def statements(node: Tree, line: int) -> Iterator[Statement]:
    """What a statement says of roles, rights and owners; nothing for any other statement."""
    kind = node.WhichOneof("node") or ""
    if kind in _READERS:
        yield from _READERS[kind](getattr(node, kind), line)


# ------------------------------------------------------------------------------------------------------------ roles

_ATTRIBUTES = {
    "superuser": "superuser",
    "createdb": "createdb",
    "createrole": "createrole",
    "isreplication": "replication",
    "bypassrls": "bypassrls",
    "inherit": "inherit",
    "canlogin": "login",
}


def _create_role(node: Tree, line: int) -> Iterator[Statement]:
    login = (("login", True),) if _enum(node, "stmt_type") == "ROLESTMT_USER" else ()
    attributes = dict(login + _attributes(node.options))
    yield Statement(
        "create-role", line, (node.role,), options=tuple(sorted(attributes.items())), password=_password(node.options)
    )
    for option in node.options:
        others = role_names(option.def_elem.arg.list.items)
        if option.def_elem.defname == "addroleto" and others:
            yield Statement("join", line, (node.role,), others)
        elif option.def_elem.defname in ("rolemembers", "adminmembers") and others:
            admin = (("admin", True),) if option.def_elem.defname == "adminmembers" else ()
            yield Statement("join", line, others, (node.role,), options=admin)


def _alter_role(node: Tree, line: int) -> Iterator[Statement]:
    role = role_name(node.role)
    members = [option for option in node.options if option.def_elem.defname == "rolemembers"]
    for option in members:
        verb: Verb = "join" if node.action > 0 else "leave"
        yield Statement(verb, line, role_names(option.def_elem.arg.list.items), (role,))
    if not members:
        yield Statement(
            "alter-role", line, (role,), options=_attributes(node.options), password=_password(node.options)
        )


def _attributes(options: Iterable[Tree]) -> tuple[tuple[str, bool], ...]:
    found = {_ATTRIBUTES.get(option.def_elem.defname, ""): option.def_elem.arg.boolean.boolval for option in options}
    return tuple(sorted((name, value) for name, value in found.items() if name))


def _password(options: Iterable[Tree]) -> Password:
    """What is said of a password; the password itself goes no further than this."""
    for option in options:
        if option.def_elem.defname == "password" and option.def_elem.HasField("arg"):
            value = option.def_elem.arg.string.sval
            if value.startswith("SCRAM-SHA-256$") or re.fullmatch(r"md5[0-9a-f]{32}", value):
                return "verifier"
            if is_marker(value) or is_reference(value):
                return "reference"
            known = is_placeholder(value) or value.lower() in PLACEHOLDER_PASSWORDS
            return "placeholder" if known else "literal"
    return ""


def _drop_role(node: Tree, line: int) -> Iterator[Statement]:
    yield Statement("drop-role", line, role_names(node.roles))


def _grant_role(node: Tree, line: int) -> Iterator[Statement]:
    granted = tuple(each.access_priv.priv_name for each in node.granted_roles)
    options = tuple((each.def_elem.defname, each.def_elem.arg.boolean.boolval) for each in node.opt)
    cascade = (("cascade", True),) if _enum(node, "behavior") == "DROP_CASCADE" else ()
    verb: Verb = "join" if node.is_grant else "leave"
    yield Statement(
        verb, line, role_names(node.grantee_roles), granted, options=options + cascade, grantor=_grantor(node)
    )


# ------------------------------------------------------------------------------------------------------- privileges


def _grant(node: Tree, line: int) -> Iterator[Statement]:
    kind = kind_of(_enum(node, "objtype"))
    whole_schema = _enum(node, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA"
    yield Statement(
        "grant" if node.is_grant else "revoke",
        line,
        role_names(node.grantees),
        kind=kind,
        objects=object_names(node.objects, kind, whole_schema=whole_schema),
        rights=_rights(node.privileges),
        options=_grant_options(node),
        grantor=_grantor(node),
    )


def _rights(privileges: Iterable[Tree]) -> tuple[tuple[str, str], ...]:
    rights = []
    for each in privileges:
        right = each.access_priv.priv_name.upper() or "ALL"
        columns = [text_of(column) for column in each.access_priv.cols] or [""]
        rights += [(right, column) for column in columns]
    return tuple(rights) or (("ALL", ""),)


def _grant_options(node: Tree) -> tuple[tuple[str, bool], ...]:
    options = {"grant-option": node.grant_option, "cascade": _enum(node, "behavior") == "DROP_CASCADE"}
    return tuple((name, True) for name, value in options.items() if value)


def _grantor(node: Tree) -> str:
    return role_name(node.grantor) if node.HasField("grantor") else RUNNER


def _default_privileges(node: Tree, line: int) -> Iterator[Statement]:
    named = {option.def_elem.defname: option.def_elem.arg.list.items for option in node.options}
    action = node.action
    yield Statement(
        "default-grant" if action.is_grant else "default-revoke",
        line,
        role_names(action.grantees),
        role_names(named.get("roles", ())) or (RUNNER,),
        kind_of(_enum(action, "objtype")),
        tuple((text_of(schema), "") for schema in named.get("schemas", ())) or (("", ""),),
        _rights(action.privileges),
        _grant_options(action),
    )


# ----------------------------------------------------------------------------------------------- objects and owners


def _alter_owner(node: Tree, line: int) -> Iterator[Statement]:
    kind = kind_of(_enum(node, "object_type"))
    yield Statement("owner", line, (role_name(node.newowner),), kind=kind, objects=object_names([node.object], kind))


def _alter_table(node: Tree, line: int) -> Iterator[Statement]:
    kind = kind_of(_enum(node, "objtype"))
    for command in node.cmds:
        if command.alter_table_cmd.HasField("newowner"):
            name = (node.relation.schemaname, node.relation.relname)
            yield Statement("owner", line, (role_name(command.alter_table_cmd.newowner),), kind=kind, objects=(name,))


def _reassign(node: Tree, line: int) -> Iterator[Statement]:
    yield Statement("reassign", line, (role_name(node.newrole),), role_names(node.roles))


def _drop_owned(node: Tree, line: int) -> Iterator[Statement]:
    yield Statement("drop-owned", line, role_names(node.roles))


def _create_schema(node: Tree, line: int) -> Iterator[Statement]:
    owner = role_name(node.authrole) if node.HasField("authrole") else RUNNER
    schema = node.schemaname or owner
    yield Statement("create", line, (owner,), kind="schema", objects=(("", schema),))
    for element in node.schema_elts:
        for inner in _element(element, line):
            objects = tuple((written or schema, name) for written, name in inner.objects)
            yield Statement(
                inner.verb, line, inner.roles or (owner,), inner.of, inner.kind, objects, inner.rights, inner.options
            )


def _element(element: Tree, line: int) -> Iterator[Statement]:
    """A table, view, sequence or grant written inside CREATE SCHEMA."""
    which = element.WhichOneof("node")
    relation = {"create_stmt": "relation", "view_stmt": "view", "create_seq_stmt": "sequence"}.get(which)
    if relation:
        name = getattr(getattr(element, which), relation)
        kind = "sequence" if which == "create_seq_stmt" else "table"
        yield Statement("create", line, kind=kind, objects=((name.schemaname, name.relname),))
    elif which == "grant_stmt":
        yield from _grant(element.grant_stmt, line)


def _create_database(node: Tree, line: int) -> Iterator[Statement]:
    owners = [text_of(option.def_elem.arg) for option in node.options if option.def_elem.defname == "owner"]
    yield Statement("create", line, tuple(owners[-1:]), kind="database", objects=(("", node.dbname),))


def _create_function(node: Tree, line: int) -> Iterator[Statement]:
    """Noted only where it runs with its owner's rights and can be called by a statement."""
    options = {option.def_elem.defname: option.def_elem.arg for option in node.options}
    returns = [text_of(part) for part in node.return_type.names][-1:]
    definer = "security" in options and options["security"].boolean.boolval
    if definer and returns not in (["trigger"], ["event_trigger"]):
        names = [text_of(part) for part in node.funcname]
        schema = names[-2] if len(names) > 1 else ""
        yield Statement("definer", line, kind="function", objects=((schema, signature(names[-1], node.parameters)),))


def _drop(node: Tree, line: int) -> Iterator[Statement]:
    kind = kind_of(_enum(node, "remove_type"))
    if kind in KINDS.values():
        cascade = (("cascade", True),) if _enum(node, "behavior") == "DROP_CASCADE" else ()
        yield Statement("drop", line, kind=kind, objects=object_names(node.objects, kind), options=cascade)


def _drop_database(node: Tree, line: int) -> Iterator[Statement]:
    yield Statement("drop", line, kind="database", objects=(("", node.dbname),))


def _rename(node: Tree, line: int) -> Iterator[Statement]:
    renamed = _enum(node, "rename_type")
    if renamed == "OBJECT_ROLE":
        yield Statement("rename-role", line, (node.newname,), (node.subname,))
    elif renamed in ("OBJECT_SCHEMA", "OBJECT_DATABASE"):
        kind = kind_of(renamed)
        yield Statement("rename", line, of=(node.newname,), kind=kind, objects=(("", node.subname),))
    elif kind_of(renamed) in ("table", "sequence"):
        name = (node.relation.schemaname, node.relation.relname)
        yield Statement("rename", line, of=(node.newname,), kind=kind_of(renamed), objects=(name,))


def _move(node: Tree, line: int) -> Iterator[Statement]:
    kind = kind_of(_enum(node, "object_type"))
    if kind in ("table", "sequence"):
        name = (node.relation.schemaname, node.relation.relname)
        yield Statement("move", line, of=(node.newschema,), kind=kind, objects=(name,))


# ------------------------------------------------------------------------------------------------ the script's state


def _set(node: Tree, line: int) -> Iterator[Statement]:
    values = tuple(each.a_const.sval.sval for each in node.args)
    local = (("local", True),) if node.is_local else ()
    chosen = values[:1] if _enum(node, "kind") == "VAR_SET_VALUE" else ()
    if node.name == "role":
        yield Statement("act-as", line, tuple(name for name in chosen if name != "none") or (RUNNER,), options=local)
    elif node.name == "session_authorization":
        yield Statement("log-in-as", line, chosen or (RUNNER,), options=local)
    elif node.name == "search_path":
        schemas = [value for value in values if value not in ("$user", "pg_catalog")]
        yield Statement("search-path", line, objects=((schemas[0] if schemas else "public", ""),))


def _discard(node: Tree, line: int) -> Iterator[Statement]:
    yield Statement("log-in-as", line, (RUNNER,))


def _transaction(node: Tree, line: int) -> Iterator[Statement]:
    kind = _enum(node, "kind").removeprefix("TRANS_STMT_")
    if kind in ("BEGIN", "START"):
        yield Statement("begin", line)
    elif kind in ("COMMIT", "ROLLBACK", "ROLLBACK_TO"):
        undone = {"ROLLBACK": (("undone", True),), "ROLLBACK_TO": (("undone", False),)}.get(kind, ())
        yield Statement("end-transaction", line, options=undone)


def _enum(node: Tree, name: str) -> str:
    field = node.DESCRIPTOR.fields_by_name[name]
    return str(field.enum_type.values_by_number[getattr(node, name)].name)


_READERS: dict[str, Callable[[Tree, int], Iterator[Statement]]] = {
    "create_role_stmt": _create_role,
    "alter_role_stmt": _alter_role,
    "drop_role_stmt": _drop_role,
    "grant_role_stmt": _grant_role,
    "grant_stmt": _grant,
    "alter_default_privileges_stmt": _default_privileges,
    "alter_owner_stmt": _alter_owner,
    "alter_table_stmt": _alter_table,
    "reassign_owned_stmt": _reassign,
    "drop_owned_stmt": _drop_owned,
    "create_schema_stmt": _create_schema,
    "createdb_stmt": _create_database,
    "create_function_stmt": _create_function,
    "drop_stmt": _drop,
    "dropdb_stmt": _drop_database,
    "rename_stmt": _rename,
    "alter_object_schema_stmt": _move,
    "variable_set_stmt": _set,
    "discard_stmt": _discard,
    "transaction_stmt": _transaction,
}
