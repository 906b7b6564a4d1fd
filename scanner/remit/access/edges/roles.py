"""From a database credential to what its role may do, where the SQL in reach declares that role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph, Edge, Node
from remit.access.hands import Hands, Way, step
from remit.access.nodes import for_trials
from remit.evidence import Credential, DatabaseRole, Privilege, RoleCatalogue
from remit.policy.globs import matches

_READING = frozenset(("SELECT", "USAGE", "CONNECT", "EXECUTE", "TEMPORARY", "MAINTAIN", "READ FILES", "SIGNAL"))
_SAID = "so the SQL here declares"
_POWERS = frozenset(("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION"))
"""Rights over the whole server."""


@dataclass(frozen=True, slots=True)
class DeclaredRole:
    """The role that a connection URL logs in as, with what the SQL here gives it beyond reading."""

    role: DatabaseRole
    credential: Credential
    writing: tuple[Privilege, ...]
    shared: bool
    """Whether the policy names agents' roles, and this is none of them."""

    def edges(self, hands: Hands, start: Node, way: Way) -> Iterator[Edge]:
        """From the credential to the role, on to roles it can become, and to the database; none where it only reads."""
        if not self.writing and not self.role.unresolved:
            return
        own = self._node(hands, self.role.name)
        resource = hands.node("resource", self.credential.resource)
        yield step(start, "logs in as", own, way, cuts=("LP-013",), seen=(self.credential.source,))
        for via in sorted({each.via for each in self.writing}):
            held = [each for each in self.writing if each.via == via]
            places = tuple(dict.fromkeys(each.source for each in held))[:3]
            holder = own
            if via and via != self.role.name:
                holder = self._node(hands, via)
                yield Edge(own, f"has or can take the rights of {via}", holder, "declared", places, self._cuts(held))
            yield Edge(holder, f"can {_rights(held)}", resource, "declared", places, self._cuts(held), _SAID)
        if not self.writing:
            why = self.role.unresolved[0].why
            yield Edge(own, "may write", resource, "unknown", (self.role.source,), self._cuts(()), why)

    def _cuts(self, held: Sequence[Privilege]) -> tuple[str, ...]:
        """A plain role of its own may own tables all the same; power over the server falls with a plainer role."""
        powers = bool(held) and all(each.right.partition(" (")[0] in _POWERS for each in held)
        return (*(("LP-005",) if self.shared else ("LP-003",)), *(("LP-004",) if powers else ()))

    def _node(self, hands: Hands, role: str) -> Node:
        # The same name on another server is another role: a password for staging opens nothing in production.
        return hands.node("role", f"{role} on {self.credential.resource}")


def limits(graph: AccessGraph, credential: Credential) -> DeclaredRole | None:
    """The declared role behind a PostgreSQL credential; None where the SQL seen says nothing that could narrow it."""
    unseen = graph.left_out or any(RoleCatalogue.__name__ in gap.affects for gap in graph.gaps)
    if credential.provider != "postgres" or not credential.user or unseen:
        return None
    # The roles of tests and examples say nothing of the database that a URL opens.
    found = [
        role
        for catalogue in graph.roles
        for role in catalogue.roles
        if role.name == credential.user and not for_trials(role.source.path)
    ]
    if not found:
        return None
    role, agents = found[0], graph.policy.roles.agent
    shared = bool(agents) and not any(matches(glob, role.name) for glob in agents)
    return DeclaredRole(role, credential, tuple(each for each in role.privileges if not _reads(each)), shared)


def _reads(privilege: Privilege) -> bool:
    # A membership is no right of its own: what it brings stands beside it, and what is not declared is unresolved.
    return privilege.right.partition(" (")[0] in _READING or privilege.right.startswith("MEMBER OF ")


def _rights(held: Sequence[Privilege]) -> str:
    named = ["drop what it owns" if each.right == "OWN" else each.right for each in held]
    first = list(dict.fromkeys(named))
    return ", ".join(first[:3]) + (f" and {len(first) - 3} more" if len(first) > 3 else "")
