"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES, carried out on the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from remit.collect.sql.model import ALL_RIGHTS, COLUMN_RIGHTS, Default, Entry, Held, Thing
from remit.collect.sql.run import Run, Verbs
from remit.collect.sql.statement import ALL, PUBLIC, RUNNER, Statement, shown


def _grant(run: Run, statement: Statement) -> None:
    things = run.meant(statement)
    places = {thing[:3] for thing in things if thing.name != ALL and thing in run.model.owners}
    for thing in things:
        entries = run.model.rights.setdefault(thing, {})
        for role in run.named(statement):
            run.model.mention(role, run.source(statement))
            for right, column in _expanded(thing.kind, statement.rights):
                entry = Entry(role, right, column, _grantor(run, thing, statement))
                grantable = bool(statement.option("grant-option")) or (entry in entries and entries[entry].grantable)
                spread = thing.name == ALL and thing[:3] in places
                entries[entry] = Held(run.source(statement), grantable, spread)


def _expanded(kind: str, rights: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for right, column in rights:
        names = COLUMN_RIGHTS if column else ALL_RIGHTS.get(kind, ("USAGE",))
        yield from ((name, column) for name in (names if right == "ALL" else (_USUAL.get(right, right),)))


_USUAL = {"TEMP": "TEMPORARY"}


def _grantor(run: Run, thing: Thing, statement: Statement) -> str:
    """In whose name a right is given or taken: the owner's, unless the role only has the right to pass it on."""
    who = statement.grantor or run.acting
    if run.model.acts_as_owner(who, thing):
        return RUNNER
    held = run.model.rights.get(thing, {}).items()
    return who if any(entry.role == who and one.grantable for entry, one in held) else RUNNER


def _revoke(run: Run, statement: Statement) -> None:
    for thing in run.meant(statement):
        entries = run.model.rights.get(thing, {})
        grantor = _grantor(run, thing, statement)
        wanted = set(_expanded(thing.kind, statement.rights))
        for role in run.named(statement):
            hit = [
                entry for entry in entries if entry.role == role and entry.grantor == grantor and _covers(wanted, entry)
            ]
            _take(run, statement, thing, hit)


def _covers(wanted: set[tuple[str, str]], entry: Entry) -> bool:
    """A right taken from the whole table is taken from its columns too, not the other way round."""
    return (entry.right, "") in wanted or (entry.right, entry.column) in wanted


def _take(run: Run, statement: Statement, thing: Thing, hit: list[Entry]) -> None:
    entries = run.model.rights.get(thing, {})
    hanging = _passed_on(entries, hit)
    if hanging and not statement.option("cascade"):
        return
    for entry in (*hit, *hanging):
        if statement.option("grant-option") and entry in hit:
            entries[entry].grantable = False
        else:
            entries.pop(entry, None)
            run.note_loss(statement, entry.role, f"{entry.right} on {shown(thing.name)}")


def _passed_on(entries: dict[Entry, Held], hit: list[Entry]) -> list[Entry]:
    """What the holders of some rights gave on to others, and those to others."""
    given = [entry for entry in hit if entries[entry].grantable]
    hanging: dict[Entry, None] = {}
    while given:
        giver = given.pop()
        for entry in entries:
            if entry.grantor == giver.role and entry.right == giver.right and entry not in hanging:
                hanging[entry] = None
                given.append(entry)
    return list(hanging)


def _default(run: Run, statement: Statement) -> None:
    for creator in statement.of:
        for schema, _ in statement.objects:
            key = Default(statement.database, run.who(creator), schema, statement.kind)
            for role in run.named(statement):
                for right, _ in _expanded(statement.kind, statement.rights):
                    _one_default(run, statement, key, role, right)


def _one_default(run: Run, statement: Statement, key: Default, role: str, right: str) -> None:
    if statement.verb == "default-grant":
        run.model.mention(role, run.source(statement))
        run.model.defaults.setdefault(key, {})[role, right] = Held(run.source(statement))
        run.model.closed -= {key[:2]} if (role, right) == (PUBLIC, "EXECUTE") else set()
    elif not statement.option("grant-option"):
        if run.model.defaults.get(key, {}).pop((role, right), None):
            run.note_loss(statement, role, f"{right} on future objects")
        if (role, right, key.schema) == (PUBLIC, "EXECUTE", "") and not statement.conditional:
            run.model.closed.add(key[:2])


VERBS: Verbs = {
    "grant": _grant,
    "revoke": _revoke,
    "default-grant": _default,
    "default-revoke": _default,
}
