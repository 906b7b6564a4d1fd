"""One script being carried out on a model of PostgreSQL's catalogues."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from remit.collect.sql.model import Model, Thing
from remit.collect.sql.statement import ALL, RUNNER, Statement, shown
from remit.evidence import Source

_IN_SCHEMAS = ("table", "sequence", "function", "type")
_OF_THE_SERVER = ("database", "parameter", "tablespace")


@dataclass(slots=True)
class Run:
    """One file being carried out: the model so far, and what SET has changed."""

    model: Model
    path: str
    session: str = RUNNER
    acting: str = RUNNER
    schema: str = "public"
    before: tuple[str, str] | None = None
    """Session and acting role to return to when the transaction ends, after SET LOCAL."""

    def source(self, statement: Statement) -> Source:
        """Where a statement stands."""
        return Source(self.path, statement.line, "sql")

    def who(self, name: str) -> str:
        """A role's name, with the role that runs the script resolved as far as the script says."""
        return self.acting if name == RUNNER else name

    def named(self, statement: Statement) -> tuple[str, ...]:
        """The roles that gain or lose."""
        return tuple(self.who(name) for name in statement.roles)

    def things(self, statement: Statement) -> Iterator[Thing]:
        """What the statement is about, as written."""
        for schema, name in statement.objects:
            yield self.thing(statement, schema, name)

    def thing(self, statement: Statement, schema: str, name: str) -> Thing:
        """A name as the script means it: in its database, and in the first schema of its search path."""
        kind = statement.kind
        inside = schema or self.schema if kind in _IN_SCHEMAS else ""
        database = "" if kind in _OF_THE_SERVER else statement.database
        named = Thing(kind, database, inside, name or self.acting)
        # GRANT ... ON a_sequence without the word SEQUENCE is allowed and means the sequence.
        sequence = named._replace(kind="sequence")
        return sequence if kind == "table" and sequence in self.model.owners else named

    def note_loss(self, statement: Statement, role: str, what: str) -> None:
        """Say that a condition decides whether a role loses something."""
        if statement.conditional:
            where = self.source(statement)
            self.model.notes.append((role, f"whether {shown(role)} loses {what} depends on a condition in {where}"))

    def meant(self, statement: Statement) -> list[Thing]:
        """The things a statement names; for a whole schema those known in it and, for the rest, the schema as such."""
        found: dict[Thing, None] = {}
        for thing in self.things(statement):
            found[thing] = None
            if thing.name == ALL:
                found.update(dict.fromkeys(self.model.things_in(thing.kind, thing.database, thing.schema)))
            elif thing.kind == "function" and "(" not in thing.name:
                known = self.model.things_in("function", thing.database, thing.schema)
                found.update({each: None for each in known if each.name.startswith(thing.name + "(")})
        return list(found)

    def is_superuser(self, name: str) -> bool:
        """Whether the script has made a role a superuser."""
        role = self.model.roles.get(name)
        return role is not None and "SUPERUSER" in role.attributes


Verbs: TypeAlias = dict[str, Callable[[Run, Statement], None]]
"""What to do for each verb."""
