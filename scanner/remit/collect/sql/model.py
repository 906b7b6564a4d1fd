"""What a database would hold after a script: roles, memberships, rights, owners, default privileges.

The shape is PostgreSQL's own catalogues, so that what follows from them can be compared with a real server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from remit.collect.sql.statement import PUBLIC, RUNNER
from remit.evidence import Source

ALL_RIGHTS = {
    "table": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
    "sequence": ("USAGE", "SELECT", "UPDATE"),
    "schema": ("USAGE", "CREATE"),
    "database": ("CREATE", "CONNECT", "TEMPORARY"),
    "function": ("EXECUTE",),
    "parameter": ("SET", "ALTER SYSTEM"),
    "tablespace": ("CREATE",),
    "large object": ("SELECT", "UPDATE"),
}
"""What ALL means for each kind (PostgreSQL 17 and later; MAINTAIN did not exist before); `USAGE` for the others."""
COLUMN_RIGHTS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


class Thing(NamedTuple):
    """Something that rights are held on; with the name `*`, every such thing that a schema then held."""

    kind: str
    database: str
    schema: str
    name: str


class Entry(NamedTuple):
    """A line of an access list: who holds which right (on which column), and who gave it."""

    role: str
    right: str
    column: str
    grantor: str


class Default(NamedTuple):
    """Default privileges: for what a role will create, in one schema or (empty) in any."""

    database: str
    creator: str
    schema: str
    kind: str


@dataclass(slots=True)
class Held:
    """Where a right was given, and whether it may be passed on."""

    source: Source
    grantable: bool = False
    spread: bool = False
    """For a grant on a whole schema: whether objects of it were known, and got the right one by one."""


@dataclass(slots=True)
class Role:
    """A role's attributes, each with the statement that set it."""

    mentioned: Source
    declared: Source | None = None
    login: bool = False
    inherit: bool = True
    attributes: dict[str, Source] = field(default_factory=dict)


@dataclass(slots=True)
class Edge:
    """A membership, with PostgreSQL 16's options."""

    source: Source
    inherit: bool = True
    set: bool = True
    admin: bool = False


class Link(NamedTuple):
    """Who is a member of what, by whose grant."""

    role: str
    member: str
    grantor: str


@dataclass(slots=True)
class Model:
    """The catalogues."""

    roles: dict[str, Role] = field(default_factory=dict)
    edges: dict[Link, Edge] = field(default_factory=dict)
    rights: dict[Thing, dict[Entry, Held]] = field(default_factory=dict)
    owners: dict[Thing, tuple[str, Source]] = field(default_factory=dict)
    defaults: dict[Default, dict[tuple[str, str], Held]] = field(default_factory=dict)
    definers: dict[Thing, Source] = field(default_factory=dict)
    """Functions that run with their owner's rights."""
    closed: set[tuple[str, str]] = field(default_factory=set)
    """Database and creator whose new functions PUBLIC may not execute."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What stays open for a role (PUBLIC: for every role), in words."""

    def mention(self, name: str, source: Source) -> None:
        """Note that a role exists, wherever it was made."""
        if name not in (PUBLIC, RUNNER):
            self.roles.setdefault(name, Role(source))

    def things_in(self, kind: str, database: str, schema: str) -> Iterator[Thing]:
        """Every known thing of a kind (any, if empty) in a schema, what stands for all of them included."""
        for thing in list(dict.fromkeys((*self.owners, *self.rights))):
            if thing.kind == (kind or thing.kind) and thing[1:3] == (database, schema):
                yield thing

    def reach(self, start: Iterable[str], follows: Callable[[Edge], bool]) -> set[str]:
        """The roles reached from some by memberships of a sort, those themselves included."""
        groups: dict[str, list[str]] = {}
        for link, edge in self.edges.items():
            if follows(edge):
                groups.setdefault(link.member, []).append(link.role)
        reached, open_ends = set(start), list(start)
        while open_ends:
            for role in groups.get(open_ends.pop(), ()):
                if role not in reached:
                    reached.add(role)
                    open_ends.append(role)
        return reached

    def acts_as_owner(self, role: str, thing: Thing) -> bool:
        """Whether PostgreSQL takes a role's GRANT or REVOKE as the owner's."""
        if role == RUNNER or (role in self.roles and "SUPERUSER" in self.roles[role].attributes):
            return True
        return thing in self.owners and self.owners[thing][0] in self.reach((role,), lambda edge: edge.inherit)
