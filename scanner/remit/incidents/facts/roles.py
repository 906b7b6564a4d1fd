"""Facts about the database roles that connection URLs and agents use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.nodes import usable
from remit.evidence import Credential, CredentialFile, DatabaseRole, RoleCatalogue, Unknown
from remit.incidents.facts.answers import Absent, Answer, Fact, Found, weigh
from remit.policy.globs import matches

_DATABASES = frozenset({"postgres", "mysql", "mongodb"})
_OWNING = frozenset({"OWN", "SUPERUSER", "BYPASSRLS"})
_SERVICE_ROLE = "supabase-service-role"


@dataclass(frozen=True, slots=True)
class _Power:
    """Rights that count, and what they let a role do."""

    rights: frozenset[str]
    does: str


def _owner(graph: AccessGraph, value: str) -> Answer:
    return _role(graph, _Power(_OWNING, "owns what it finds, or stands above every rule"))


def _writer(graph: AccessGraph, value: str) -> Answer:
    return _role(graph, _Power(_OWNING | set(graph.policy.roles.forbidden_privileges), "writes"))


def _role(graph: AccessGraph, power: _Power) -> Answer:
    declared = {role.name: role for catalogue in graph.roles for role in catalogue.roles}
    agents = [role for role in declared.values() if any(matches(glob, role.name) for glob in graph.policy.roles.agent)]
    users = (
        _user(each, graph, declared, power)
        for file in graph.credential_files
        for each in file.credentials
        if usable(each) and (each.provider in _DATABASES or each.kind == _SERVICE_ROLE)
    )
    return weigh(
        (*users, *(_may(role, power) for role in agents)),
        "no connection URL outside development and no agent's role is here",
    )


def _user(credential: Credential, graph: AccessGraph, declared: Mapping[str, DatabaseRole], power: _Power) -> Answer:
    user = "service_role" if credential.kind == _SERVICE_ROLE else credential.user
    if user is None:
        return Unknown(f"as whom {credential.source.path} connects is not known")
    if any(matches(glob, user) for glob in graph.policy.db.admin_role_names):
        return Found((credential.source,), f"{user} {power.does}")
    if user in declared:
        return _may(declared[user], power)
    return Unknown(f"what {user} may do is not in these files")


def _may(role: DatabaseRole, power: _Power) -> Answer:
    held = [each for each in role.privileges if each.right.partition(" (")[0] in power.rights]
    if held:
        return Found(tuple(sorted({each.source for each in held})), f"{role.name} {power.does}")
    if role.unresolved:
        return Unknown(min(each.why for each in role.unresolved))
    return Absent(f"{role.name} holds no such right")


FACTS: tuple[Fact, ...] = (
    Fact(
        "role=owner",
        "The database role in use owns the data, or stands above every rule.",
        "users of connection URLs outside development, `db.admin_role_names`, and rights that SQL here declares",
        _owner,
        (CredentialFile, RoleCatalogue),
    ),
    Fact(
        "role=write",
        "The database role in use writes or changes the schema.",
        "as `role=owner`, with `roles.forbidden_privileges`",
        _writer,
        (CredentialFile, RoleCatalogue),
    ),
)
