"""Statements that make, drop, rename objects or give them an owner, carried out on the model."""

from __future__ import annotations

from remit.collect.sql.model import Default, Entry, Held, Model, Thing
from remit.collect.sql.run import Run, Verbs
from remit.collect.sql.statement import ALL, PUBLIC, RUNNER, Statement, shown


def _create(run: Run, statement: Statement) -> None:
    owner = next(iter(run.named(statement)), run.acting)
    run.model.mention(owner, run.source(statement))
    for thing in run.things(statement):
        if thing not in run.model.owners:
            run.model.owners[thing] = (owner, run.source(statement))
            _apply_defaults(run, thing, owner)


def _apply_defaults(run: Run, thing: Thing, owner: str) -> None:
    for schema in ("", thing.schema):
        for (role, right), held in run.model.defaults.get(
            Default(thing.database, owner, schema, thing.kind), {}
        ).items():
            run.model.rights.setdefault(thing, {})[Entry(role, right, "", RUNNER)] = Held(held.source)


def _definer(run: Run, statement: Statement) -> None:
    for thing in run.things(statement):
        if thing not in run.model.owners:
            _create(run, statement)
            if (thing.database, run.acting) not in run.model.closed:
                entry = Entry(PUBLIC, "EXECUTE", "", RUNNER)
                run.model.rights.setdefault(thing, {}).setdefault(entry, Held(run.source(statement)))
        run.model.definers[thing] = run.source(statement)


def _owner(run: Run, statement: Statement) -> None:
    for owner in run.named(statement):
        run.model.mention(owner, run.source(statement))
        for thing in run.things(statement):
            before = run.model.owners.get(thing, (RUNNER, run.source(statement)))[0]
            _hand_over(run, statement, thing, before, owner)


def _hand_over(run: Run, statement: Statement, thing: Thing, before: str, owner: str) -> None:
    run.model.owners[thing] = (owner, run.source(statement))
    if before in (RUNNER, owner):
        return
    run.note_loss(statement, before, f"ownership of {shown(thing.name)}")
    # The former owner's own rights go over to the new one, as PostgreSQL does it.
    entries = run.model.rights.get(thing, {})
    kept = {entry._replace(role=owner) if entry.role == before else entry: held for entry, held in entries.items()}
    run.model.rights[thing] = {entry: held for entry, held in kept.items() if entry.role != RUNNER}


def _reassign(run: Run, statement: Statement) -> None:
    new = next(iter(run.named(statement)))
    former = {run.who(name) for name in statement.of} - {RUNNER}
    for thing, (owner, _) in list(run.model.owners.items()):
        if owner in former and thing.database in ("", statement.database):
            run.model.mention(new, run.source(statement))
            _hand_over(run, statement, thing, owner, new)


def _drop_owned(run: Run, statement: Statement) -> None:
    gone = set(run.named(statement)) - {RUNNER}
    model = run.model
    for role in gone:
        run.note_loss(statement, role, "what it owns and holds")
    for thing, (owner, _) in list(model.owners.items()):
        # A whole database is never dropped by this, only what is in it.
        if owner in gone and thing.database == statement.database and thing.kind != "database":
            _forget(model, thing)
    for thing, entries in model.rights.items():
        if thing.database in ("", statement.database):
            model.rights[thing] = {entry: held for entry, held in entries.items() if entry.role not in gone}
    for key, held in list(model.defaults.items()):
        if key.database == statement.database:
            kept = {} if key.creator in gone else {who: one for who, one in held.items() if who[0] not in gone}
            model.defaults[key] = kept


def _forget(model: Model, thing: Thing) -> None:
    model.rights.pop(thing, None)
    model.owners.pop(thing, None)
    model.definers.pop(thing, None)


def _drop(run: Run, statement: Statement) -> None:
    for thing in run.meant(statement):
        inside = list(run.model.things_in("", thing.database, thing.name)) if thing.kind == "schema" else []
        if any(each.name != ALL for each in inside) and not statement.option("cascade"):
            continue
        for each in (thing, *inside):
            for role in {entry.role for entry in run.model.rights.get(each, {})} - {PUBLIC}:
                run.note_loss(statement, role, f"its rights on {shown(each.name)}")
            _forget(run.model, each)
        if thing.kind == "schema":
            kept = {key: held for key, held in run.model.defaults.items() if key.schema != thing.name}
            run.model.defaults = kept


def _rename(run: Run, statement: Statement) -> None:
    new = statement.of[0]
    for thing in run.things(statement):
        if thing.kind == "schema":
            for each in run.model.things_in("", thing.database, thing.name):
                _rekey(run.model, each, each._replace(schema=new))
        _rekey(run.model, thing, thing._replace(name=new))


def _move(run: Run, statement: Statement) -> None:
    for thing in run.things(statement):
        _rekey(run.model, thing, thing._replace(schema=statement.of[0]))


def _rekey(model: Model, old: Thing, new: Thing) -> None:
    if old in model.rights:
        model.rights[new] = model.rights.pop(old)
    if old in model.owners:
        model.owners[new] = model.owners.pop(old)
    if old in model.definers:
        model.definers[new] = model.definers.pop(old)


VERBS: Verbs = {
    "create": _create,
    "definer": _definer,
    "drop": _drop,
    "rename": _rename,
    "move": _move,
    "owner": _owner,
    "reassign": _reassign,
    "drop-owned": _drop_owned,
}
