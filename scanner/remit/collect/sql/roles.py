"""Statements about roles and memberships, carried out on the model."""

from __future__ import annotations

from collections.abc import Callable

from remit.collect.sql.model import Edge, Link, Model, Role
from remit.collect.sql.run import Run, Verbs
from remit.collect.sql.statement import RUNNER, Statement, shown

_ATTRIBUTES = ("superuser", "createdb", "createrole", "replication", "bypassrls")


def _create_role(run: Run, statement: Statement) -> None:
    for name in statement.roles:
        run.model.mention(name, run.source(statement))
        role = run.model.roles[name]
        if role.declared is None:
            role.declared = run.source(statement)
            _set_attributes(run, role, statement)
            # PostgreSQL 16: whoever makes a role by CREATEROLE may grant it, and so reach it.
            if run.acting != RUNNER and not run.is_superuser(run.acting):
                link = Link(name, run.acting, RUNNER)
                run.model.edges[link] = Edge(run.source(statement), inherit=False, set=False, admin=True)


def _alter_role(run: Run, statement: Statement) -> None:
    for name in run.named(statement):
        run.model.mention(name, run.source(statement))
        if name in run.model.roles:
            _set_attributes(run, run.model.roles[name], statement)
            for lost in (option for option, value in statement.options if not value and option in _ATTRIBUTES):
                run.note_loss(statement, name, lost.upper())


def _set_attributes(run: Run, role: Role, statement: Statement) -> None:
    for name, value in statement.options:
        if name == "login":
            role.login = value
        elif name == "inherit":
            role.inherit = value
        elif value:
            role.attributes[name.upper()] = run.source(statement)
        else:
            role.attributes.pop(name.upper(), None)


def _drop_role(run: Run, statement: Statement) -> None:
    for name in run.named(statement):
        if _is_needed(run.model, name):
            continue
        if statement.conditional:
            run.note_loss(statement, name, "everything it holds")
        else:
            run.model.roles.pop(name, None)
            run.model.edges = {link: edge for link, edge in run.model.edges.items() if name not in link[:2]}


def _is_needed(model: Model, name: str) -> bool:
    """Whether something depends on a role, so that PostgreSQL refuses to drop it."""
    return (
        any(owner == name for owner, _ in model.owners.values())
        or any(name in (entry.role, entry.grantor) for entries in model.rights.values() for entry in entries)
        or any(name == key.creator or any(role == name for role, _ in held) for key, held in model.defaults.items())
    )


def _rename_role(run: Run, statement: Statement) -> None:
    old, new = statement.of[0], statement.roles[0]
    model = run.model
    swap: Callable[[str], str] = lambda name: new if name == old else name  # noqa: E731
    model.roles = {swap(name): role for name, role in model.roles.items()}
    model.edges = {Link(*map(swap, link)): edge for link, edge in model.edges.items()}
    model.owners = {thing: (swap(owner), source) for thing, (owner, source) in model.owners.items()}
    for thing, entries in model.rights.items():
        model.rights[thing] = {
            entry._replace(role=swap(entry.role), grantor=swap(entry.grantor)): held for entry, held in entries.items()
        }
    model.defaults = {
        key._replace(creator=swap(key.creator)): {(swap(role), right): one for (role, right), one in held.items()}
        for key, held in model.defaults.items()
    }
    model.notes = [(swap(name), why) for name, why in model.notes]
    model.mention(new, run.source(statement))


# ------------------------------------------------------------------------------------------------------ memberships


def _join(run: Run, statement: Statement) -> None:
    for role in statement.of:
        role = run.who(role)
        for member in run.named(statement):
            run.model.mention(role, run.source(statement))
            run.model.mention(member, run.source(statement))
            link = Link(role, member, _link_grantor(run, role, statement))
            edge = run.model.edges.get(link)
            if edge is None:
                inherits = run.model.roles[member].inherit if member in run.model.roles else True
                edge = run.model.edges[link] = Edge(run.source(statement), inherit=inherits)
            _set_options(edge, statement)


def _set_options(edge: Edge, statement: Statement) -> None:
    edge.inherit = _or(statement.option("inherit"), edge.inherit)
    edge.set = _or(statement.option("set"), edge.set)
    edge.admin = _or(statement.option("admin"), edge.admin)


def _or(value: bool | None, otherwise: bool) -> bool:
    return otherwise if value is None else value


def _link_grantor(run: Run, role: str, statement: Statement) -> str:
    who = statement.grantor or run.acting
    if who == RUNNER or run.is_superuser(who):
        return RUNNER
    held = any(link.role == role and link.member == who and edge.admin for link, edge in run.model.edges.items())
    return who if held else RUNNER


def _leave(run: Run, statement: Statement) -> None:
    keep = tuple(name for name, _ in statement.options if name != "cascade")
    for role in statement.of:
        for member in run.named(statement):
            link = Link(run.who(role), member, _link_grantor(run, run.who(role), statement))
            edge = run.model.edges.get(link)
            if edge is None or not _free_to_leave(run.model, link, statement, keep):
                continue
            if keep:
                _set_options(edge, statement)
            else:
                del run.model.edges[link]
            run.note_loss(statement, member, f"its membership in {shown(link.role)}")


def _free_to_leave(model: Model, link: Link, statement: Statement, keep: tuple[str, ...]) -> bool:
    """Whether no membership hangs on this one; with CASCADE those that do are removed."""
    if keep and "admin" not in keep:
        return True
    hanging = [other for other in model.edges if other.role == link.role and other.grantor == link.member]
    if hanging and not statement.option("cascade"):
        return False
    while hanging:
        gone = hanging.pop()
        model.edges.pop(gone, None)
        hanging += [other for other in model.edges if other.role == gone.role and other.grantor == gone.member]
    return True


VERBS: Verbs = {
    "create-role": _create_role,
    "alter-role": _alter_role,
    "rename-role": _rename_role,
    "drop-role": _drop_role,
    "join": _join,
    "leave": _leave,
}
