"""The credentials that an agent may find, and whether one of them opens the place of a declared copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.access.graph import AccessGraph, Certainty
from remit.access.nodes import destroys
from remit.access.providers import names_provider
from remit.access.unasked import may_read
from remit.evidence import Credential, Maybe, Unknown
from remit.policy.declared import DeclaredCopy
from remit_checks.backup.copies import DATABASES, provider_of


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that an agent may find, and how certainly."""

    credential: Credential
    certainty: Certainty

    @property
    def told(self) -> str:
        """Its name and place."""
        return f"{self.credential.name or self.credential.title} ({self.credential.source})"


def in_reach(graph: AccessGraph) -> Iterator[Held]:
    """Every credential of class D3 or D4 that lies where an agent reads unasked.

    The password of a database is none of them: it deletes rows, and opens no store of backups.
    """
    for file in graph.credential_files:
        found = [readable[0] for agent in graph.agents if (readable := may_read(agent, file.path))]
        if not found:
            continue
        certainty: Certainty = "proven" if "proven" in found else "possible"
        for credential in file.credentials:
            if destroys(credential) and credential.damage != "D2" and credential.provider not in DATABASES:
                yield Held(credential, certainty)


def opens(held: Held, copy: DeclaredCopy) -> Maybe[bool]:
    """Whether a credential can delete a copy: it needs the copy's account, and rights over backups there."""
    credential = held.credential
    provider = provider_of(credential)
    if provider is None or not names_provider(copy.provider, provider):
        return False
    if not credential.account or not copy.account:
        return Unknown(f"{held.told} is of the provider of the copy at {copy.location}, and may be of its account")
    if credential.account.casefold() != copy.account.casefold():
        return False
    if copy.immutable:
        return Unknown(f"{held.told} is of the account of the copy at {copy.location}: only the declared lock is left")
    if credential.damage == "D4" and held.certainty == "proven":
        return True
    return Unknown(f"{held.told} is of the account of the copy at {copy.location}, and may open it")
