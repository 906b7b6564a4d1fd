"""Connections to databases that an agent can find, and the role that each logs in as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph, Certainty
from remit.access.nodes import usable
from remit.access.unasked import may_read
from remit.evidence import Credential, CredentialFile, DatabaseRole, RoleCatalogue, Source
from remit.policy.globs import matches

_ENGINES = frozenset({"postgres", "mysql", "mongodb"})
_MOST = 4


@dataclass(frozen=True, slots=True)
class Connection:
    """A usable connection outside development, with the role that the SQL here declares under its user's name."""

    credential: Credential
    user: str | None
    """Without what a pooler or host appends to it; None where nothing names the user."""
    role: DatabaseRole | None

    @property
    def called(self) -> str:
        """How a sentence names it: by its variable and its user."""
        name = self.credential.name or self.credential.title
        return f"{name} ({self.user}@{self.credential.host or '?'})" if self.user else name

    @property
    def source(self) -> Source:
        """Where it stands."""
        return self.credential.source


def connections(file: CredentialFile, graph: AccessGraph) -> tuple[Connection, ...]:
    """Every connection of a file to a database that is not for development."""
    return tuple(
        Connection(each, _plain(each.user), _role(each, graph))
        for each in file.credentials
        if each.provider in _ENGINES and usable(each)
    )


def _plain(user: str | None) -> str | None:
    """`postgres.project` of Supabase's pooler and `admin@server` of Azure are the role before the mark."""
    return (user.partition("@")[0].partition(".")[0] or user) if user else None


def _role(credential: Credential, graph: AccessGraph) -> DatabaseRole | None:
    if credential.provider != "postgres" or not credential.user:
        return None
    names = {credential.user, _plain(credential.user)}
    return next((role for catalogue in graph.roles for role in catalogue.roles if role.name in names), None)


def sql_is_whole(graph: AccessGraph) -> bool:
    """Whether every file was read that could give a role more."""
    return not graph.left_out and not any(RoleCatalogue.__name__ in gap.affects for gap in graph.gaps)


def reached(file: CredentialFile, graph: AccessGraph) -> tuple[Certainty, str, str] | None:
    """How certainly an agent can read a file, which one, and why; None where every one is kept out."""
    found = [(step[0], agent.title, step[1]) for agent in graph.agents if (step := may_read(agent, file.path))]
    return next((each for each in found if each[0] == "proven"), found[0] if found else None)


def is_admin(user: str | None, names: Iterable[str]) -> bool:
    """Whether a user's name is that of an administrator."""
    return user is not None and any(matches(each, user) for each in names)


def listed(found: Sequence[Connection]) -> str:
    """Some connections in one phrase."""
    more = len(found) - _MOST
    return ", ".join(each.called for each in found[:_MOST]) + (f" and {more} more" if more > 0 else "")


def out_of_reach(file: CredentialFile, graph: AccessGraph) -> str:
    """Why no agent opens what a file holds, as one sentence."""
    whose = "every agent's rules and sandbox keep it out" if graph.agents else "no agent is used here"
    return f"{file.path} is out of reach: {whose}"
