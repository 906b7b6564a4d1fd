"""Credentials that open something beyond this machine, which several controls judge, each by another trait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.access.unasked import may_read
from remit.evidence import Credential, CredentialFile, Source, Unknown
from remit.policy.environment import is_local
from remit.policy.model import Policy

_MOST_SOURCES = 20


def usable(file: CredentialFile, fakes: Sequence[str]) -> tuple[Credential, ...]:
    """The credentials of a file that open something, the most dangerous first; known fakes left out."""
    found = [
        each
        for each in file.credentials
        if not each.placeholder and each.damage != "D0" and each.fingerprint not in fakes and not _of_this_machine(each)
    ]
    return tuple(sorted(found, key=by_danger))


def by_danger(credential: Credential) -> tuple[int, Source]:
    """What to sort credentials by, the most dangerous first."""
    return -int(credential.damage[1]), credential.source


def _of_this_machine(credential: Credential) -> bool:
    """Whether it opens a database of this machine or of a neighbour container only, as everybody's does who develops.

    A name alone proves nothing: a token of a whole account may lie in a file called after development.
    """
    environment = credential.environment
    if credential.host is None or isinstance(environment, Unknown):
        return False
    return environment == "development" and is_local(credential.host)


def called(credential: Credential) -> str:
    """What a credential is called in a sentence: its title, and the variable that holds it."""
    return f"{credential.title} ({credential.name})" if credential.name else credential.title


def listed(words: Sequence[str], most: int = 3) -> str:
    """Some phrases in one, each of them once, the rest as a number."""
    times = Counter(words)
    phrases = [word if count == 1 else f"{word} ({count} times)" for word, count in times.items()]
    more = len(phrases) - most
    return "; ".join(phrases[:most]) + (f"; and {more} more" if more > 0 else "")


def places(found: Sequence[Credential]) -> tuple[Source, ...]:
    """Where credentials lie, as many as a finding can show."""
    return tuple(dict.fromkeys(each.source for each in found))[:_MOST_SOURCES]


def out_of_view(agent: Agent, policy: Policy, graph: AccessGraph) -> list[str]:
    """The places outside the target that the policy names, that nobody looked at and that the agent may read."""
    outside = [path for path in policy.credentials.paths if path.startswith(("~/", "/"))]
    if graph.machine:
        return []
    return [path for path in outside if may_read(agent, f"{path.replace('*', 'x')}/x")]
