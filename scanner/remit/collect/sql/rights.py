"""What each role can do, computed from the catalogues: by itself, through its memberships, and as PUBLIC.

The computation follows PostgreSQL's own (has_table_privilege, pg_has_role), so that a live database and a file are
judged by the same rules. A role's reach counts what it inherits, what it can become by SET ROLE, and what it can grant
itself by an ADMIN option.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from remit.collect.sql.model import Default, Entry, Held, Model, Thing
from remit.collect.sql.statement import ALL, PUBLIC, RUNNER, is_marker, shown
from remit.evidence import DatabaseRole, Privilege, RoleCatalogue, Source, Unknown
from remit.remedy import quoted

_HARMLESS = frozenset(("SELECT", "USAGE", "CONNECT", "EXECUTE", "TEMPORARY", "MAINTAIN"))
_SAME_WHATEVER = frozenset((("database", "CONNECT"), ("database", "TEMPORARY"), ("schema", "USAGE")))
"""Rights that mean the same whichever database or schema a placeholder stands for."""
_SHOWN = 3

SERVER = "SERVER"
ALL_TABLES = "ALL TABLES"
ALL_SEQUENCES = "ALL SEQUENCES"
PREDEFINED: dict[str, tuple[tuple[str, str], ...]] = {
    "pg_read_all_data": (("SELECT", ALL_TABLES), ("SELECT", ALL_SEQUENCES)),
    "pg_write_all_data": (
        ("INSERT", ALL_TABLES),
        ("UPDATE", ALL_TABLES),
        ("DELETE", ALL_TABLES),
        ("UPDATE", ALL_SEQUENCES),
    ),
    "pg_maintain": (("MAINTAIN", ALL_TABLES),),
    "pg_execute_server_program": (("EXECUTE PROGRAM", SERVER),),
    "pg_write_server_files": (("WRITE FILES", SERVER),),
    "pg_read_server_files": (("READ FILES", SERVER),),
    "pg_signal_backend": (("SIGNAL", SERVER),),
    "pg_signal_autovacuum_worker": (("SIGNAL", SERVER),),
    "pg_create_subscription": (("CREATE SUBSCRIPTION", SERVER),),
    "pg_database_owner": (("OWN", "SCHEMA public"),),
    "pg_monitor": (),
    "pg_read_all_settings": (),
    "pg_read_all_stats": (),
    "pg_stat_scan_tables": (),
    "pg_checkpoint": (),
    "pg_use_reserved_connections": (),
}
"""PostgreSQL's predefined roles (documentation, chapter "Predefined Roles", 18)."""
PROVIDERS: dict[str, tuple[tuple[str, str], ...]] = {
    "postgres": (("SUPERUSER", SERVER),),
    "rds_superuser": (("SUPERUSER", SERVER),),
    "cloudsqlsuperuser": (("SUPERUSER", SERVER),),
    "alloydbsuperuser": (("SUPERUSER", SERVER),),
    "neon_superuser": (("SUPERUSER", SERVER),),
    "supabase_admin": (("SUPERUSER", SERVER),),
    "azure_pg_admin": (("SUPERUSER", SERVER),),
    "service_role": (("BYPASSRLS", SERVER),),
}
"""Administrator roles that hosts set up; ordinary to PostgreSQL, but with the powers of one."""


@dataclass(slots=True)
class Reach:
    """The roles a role draws on."""

    has: set[str]
    """Whose rights it has or can get."""
    becomes: set[str]
    """Which it is or can become, attributes included."""


@dataclass(slots=True)
class _Index:
    """The model by role."""

    rights: dict[str, list[tuple[Thing, Entry, Held]]] = field(default_factory=dict)
    owned: dict[str, list[tuple[Thing, Source]]] = field(default_factory=dict)
    defaults: dict[str, list[tuple[Default, str, Source]]] = field(default_factory=dict)
    made: dict[tuple[str, ...], list[Thing]] = field(default_factory=dict)
    """What was made in each schema, by kind."""


def inherited(model: Model, role: str) -> Reach:
    """What a role has without doing anything."""
    return Reach(model.reach((role,), lambda edge: edge.inherit), {role})


def by_set_role(model: Model, role: str) -> Reach:
    """What a role has after any SET ROLE."""
    becomes = model.reach((role,), lambda edge: edge.set)
    return Reach(model.reach(becomes, lambda edge: edge.inherit), becomes)


def by_granting_itself(model: Model, role: str) -> Reach:
    """What a role has after granting itself whatever its ADMIN options allow, again and again."""
    reach = by_set_role(model, role)
    while True:
        offered = {link.role for link, edge in model.edges.items() if edge.admin and link.member in reach.has}
        if offered <= reach.becomes:
            return reach
        becomes = model.reach(reach.becomes | offered, lambda edge: edge.set)
        reach = Reach(model.reach(becomes, lambda edge: edge.inherit), becomes)


def privileges(model: Model, role: str, reach: Reach) -> list[Privilege]:
    """What a role holds by a reach, sorted."""
    return _sorted(_privileges(model, _index(model), role, reach))


def catalogue(model: Model, limit: int) -> RoleCatalogue:
    """Every role of the model with its effective privileges, at most `limit` for each."""
    index = _index(model)
    common = tuple(_common(model, index))
    names = sorted(name for name in model.roles if name not in PREDEFINED)
    roles = [_role(model, index, name, common, limit) for name in names]
    public = _sorted(_held(model, index, PUBLIC, ""))
    if public and model.roles:
        roles.append(DatabaseRole("PUBLIC", False, tuple(public[:limit]), (), public[0].source))
    return RoleCatalogue(tuple(roles))


def _role(model: Model, index: _Index, name: str, common: tuple[str, ...], limit: int) -> DatabaseRole:
    role = model.roles[name]
    reach = by_granting_itself(model, name)
    held = _sorted(_privileges(model, index, name, reach))
    whys = {*common, *_open(model, index, name, reach)}
    if len(held) > limit:
        whys.add(f"holds more than the {limit} rights that are kept")
    unresolved = tuple(Unknown(why) for why in sorted(whys))
    return DatabaseRole(shown(name), role.login, tuple(held[:limit]), unresolved, role.declared or role.mentioned)


def _sorted(privileges: Iterator[Privilege]) -> list[Privilege]:
    return sorted(set(privileges), key=lambda each: (each.on, each.right, each.via, each.source))


def _index(model: Model) -> _Index:
    index = _Index()
    for thing, entries in model.rights.items():
        for entry, held in entries.items():
            index.rights.setdefault(entry.role, []).append((thing, entry, held))
    for thing, (owner, source) in model.owners.items():
        index.owned.setdefault(owner, []).append((thing, source))
        index.made.setdefault(thing[:3], []).append(thing)
    for key, rights in model.defaults.items():
        for (role, right), held in rights.items():
            index.defaults.setdefault(role, []).append((key, right, held.source))
    return index


# ------------------------------------------------------------------------------------------------------- privileges


def _privileges(model: Model, index: _Index, name: str, reach: Reach) -> Iterator[Privilege]:
    for role in reach.has | {PUBLIC}:
        via = "" if role == name else "PUBLIC" if role == PUBLIC else shown(role)
        yield from _held(model, index, role, via)
    for role in reach.becomes & set(model.roles):
        for attribute, source in model.roles[role].attributes.items():
            yield Privilege(attribute, SERVER, source, "" if role == name else shown(role))
    for role in reach.has & set(PROVIDERS) & set(model.roles):
        if model.roles[role].declared is None:
            for right, on in PROVIDERS[role]:
                yield Privilege(right, on, model.roles[role].mentioned, "" if role == name else shown(role))
    for link, edge in model.edges.items():
        if link.member in reach.has:
            via = "" if link.member == name else shown(link.member)
            yield Privilege(f"MEMBER OF {shown(link.role)}", SERVER, edge.source, via)
            for right, on in PREDEFINED.get(link.role, ()):
                if link.role in reach.has:
                    yield Privilege(right, on, edge.source, shown(link.role))


def _held(model: Model, index: _Index, role: str, via: str) -> Iterator[Privilege]:
    for thing, entry, held in index.rights.get(role, ()):
        own_default = thing in model.definers and role == PUBLIC and held.source == model.definers[thing]
        if not own_default and not held.spread:
            right = f"{entry.right} ({quoted(shown(entry.column))})" if entry.column else entry.right
            yield Privilege(right, described(thing), held.source, via)
    for thing, source in index.owned.get(role, ()) if role != RUNNER else ():
        yield Privilege("OWN", described(thing), source, via)
    for key, right, source in index.defaults.get(role, ()):
        creator = f" FOR ROLE {_name(key.creator)}" if key.creator != RUNNER else ""
        schema = f" IN SCHEMA {_name(key.schema)}" if key.schema else ""
        yield Privilege(right, f"DEFAULT PRIVILEGES{creator}{schema} ON {key.kind.upper()}S", source, via)


def described(thing: Thing) -> str:
    """A thing as GRANT and REVOKE would name it."""
    kind = thing.kind.upper()
    if thing.name == ALL:
        return f"ALL {kind}S IN SCHEMA {_name(thing.schema)}"
    name, call, arguments = thing.name.partition("(")
    if thing.kind in ("parameter", "large object") or thing.kind == "function":
        written = _name(name) + call + arguments
    else:
        written = _name(thing.name)
    return f"{kind} {_name(thing.schema)}.{written}" if thing.schema else f"{kind} {written}"


def _name(name: str) -> str:
    """A name to be read and run; placeholders stay visible and must be filled in by a person."""
    return shown(name) if is_marker(name) else quoted(name)


# ------------------------------------------------------------------------------------------------- what stays open


def _open(model: Model, index: _Index, name: str, reach: Reach) -> Iterator[str]:
    if is_marker(name):
        yield f"its name is filled in elsewhere ({shown(name)})"
    elif model.roles[name].declared is None and name not in PROVIDERS:
        yield "its CREATE ROLE is not in these files, so attributes and memberships given elsewhere are not seen"
    for role in sorted(reach.has - {name}):
        known = role in PREDEFINED or role in PROVIDERS or (role in model.roles and model.roles[role].declared)
        if is_marker(role) or not known:
            yield f"it belongs to {shown(role)}, which these files do not define"
    for role in sorted(reach.has | {PUBLIC}):
        yield from (why for whom, why in model.notes if whom == role)
        for thing, entry, held in index.rights.get(role, ()):
            if _is_open(thing, entry):
                yield f"{entry.right} on {described(thing)} is granted under a name filled in elsewhere ({held.source})"
            elif held.spread and entry.right not in _HARMLESS and _is_used_up(model, index, thing, entry):
                rest = "what these files do not make keeps it"
                yield f"{entry.right} was granted on {described(thing)} ({held.source}), and {rest}"
    yield from _definers(model, reach)


def _is_open(thing: Thing, entry: Entry) -> bool:
    marked = any(is_marker(part) for part in (thing.schema, thing.name))
    return marked and (thing.kind, entry.right) not in _SAME_WHATEVER


def _is_used_up(model: Model, index: _Index, thing: Thing, entry: Entry) -> bool:
    """Whether a grant on a whole schema was since taken from every object known in it."""
    return not any(entry in model.rights.get(each, {}) for each in index.made.get(thing[:3], ()))


def _definers(model: Model, reach: Reach) -> Iterator[str]:
    """Functions that run with rights the role does not have, and that it may call."""
    callable_by = [
        thing
        for thing in sorted(model.definers)
        if model.owners.get(thing, (RUNNER,))[0] not in reach.has
        and any(entry.role in reach.has | {PUBLIC} for entry in model.rights.get(thing, {}))
    ]
    if callable_by:
        names = ", ".join(f"{described(thing)} ({model.definers[thing]})" for thing in callable_by[:_SHOWN])
        more = f" and {len(callable_by) - _SHOWN} more" if len(callable_by) > _SHOWN else ""
        yield f"it may call {names}{more} with their owner's rights, and what they do is not judged"


def _common(model: Model, index: _Index) -> Iterator[str]:
    """What stays open for every role: a placeholder may stand for any of them."""
    for name in sorted(filter(is_marker, model.roles)):
        gains = next(
            (held.source for _, entry, held in index.rights.get(name, ()) if entry.right not in _HARMLESS), None
        )
        gains = gains or next((source for _, source in index.owned.get(name, ())), None)
        gains = gains or next((edge.source for link, edge in model.edges.items() if link.member == name), None)
        if gains:
            yield f"a role whose name is filled in elsewhere ({shown(name)}) is given more than reading ({gains})"
