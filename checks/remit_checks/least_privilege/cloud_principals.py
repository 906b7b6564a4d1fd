"""Who may do what in the clouds, as far as infrastructure code says: roles, users, groups, service accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from remit.evidence import IacModule, IacResource, Maybe, Source, Unknown
from remit.policy.globs import matches
from remit_checks.least_privilege.cloud_policies import (
    Cloud,
    Statement,
    managed_policy,
    predefined_role,
    read_document,
    services_only,
)

_KINDS = ("role", "user", "group")
_AGENT_PRODUCTS = frozenset(
    ("claude", "cursor", "copilot", "codex", "aider", "devin", "mcp", "opencode", "bedrockagent")
)
# `ecs-agent` and `build-agent` are others; an agent's role is called that and little else.
_BESIDE_AGENT = frozenset(
    (
        *("ai", "llm", "gpt", "coding", "code", "dev", "staging", "prod", "production", "sandbox", "local"),
        *(
            "role",
            "user",
            "policy",
            "iam",
            "sa",
            "access",
            "ro",
            "rw",
            "readonly",
            "read",
            "only",
            "write",
            "my",
            "the",
        ),
    )
)
_ANY_MEMBER = re.compile(r"google_(?:project|folder|organization)_iam_(?:member|binding)")


@dataclass(slots=True)
class Principal:
    """A principal with every policy that the code gives it."""

    cloud: Cloud
    name: str
    address: str
    names: tuple[str, ...]
    """All it is called: its name and its label in the code."""
    sources: list[Source] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Why a policy of it could not be read."""
    boundary: Maybe[tuple[Statement, ...]] | None = None
    services_only: Maybe[bool] = False
    """Whether nobody but the cloud's own services can be it."""

    def give(self, found: Maybe[tuple[Statement, ...]], source: Source) -> None:
        """Add what one policy allows and denies."""
        self.sources.append(source)
        if isinstance(found, Unknown):
            self.unread.append(found.why)
        else:
            self.statements.extend(found)


def is_agents(principal: Principal, identities: Iterable[str]) -> bool:
    """Whether the policy declares the principal as an agent's, or its name says so."""
    if any(matches(each, name) for each in identities for name in principal.names):
        return True
    return any(_sounds_like_one(name) for name in principal.names)


def _sounds_like_one(name: str) -> bool:
    bare = name.rpartition(":")[2].partition("@")[0][:200]
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", bare)}
    agent = words & {"agent", "agents"}
    return bool(words & _AGENT_PRODUCTS) or bool(agent and words - agent <= _BESIDE_AGENT)


def principals(module: IacModule) -> tuple[Principal, ...]:
    """Everybody to whom the module's code gives a policy or a role, in file order."""
    found: dict[str, Principal] = {}
    for resource in module.resources:
        kind = resource.type.removeprefix("aws_iam_")
        if resource.type.startswith("aws_iam_") and kind in _KINDS:
            found[resource.address] = _defined(module, resource)
    for resource in module.resources:
        for principal, statements in _granted(module, resource, found):
            principal.give(statements, resource.source)
    return tuple(each for each in found.values() if each.sources)


def _defined(module: IacModule, resource: IacResource) -> Principal:
    named = resource.arguments.get("name")
    names = (resource.name, named) if isinstance(named, str) else (resource.name,)
    principal = Principal("aws", names[-1], resource.address, names)
    if resource.type == "aws_iam_role":
        principal.services_only = services_only(resource.arguments.get("assume_role_policy"))
    if resource.arguments.get("permissions_boundary") is not None:
        principal.boundary = _by_arn(module, resource, "permissions_boundary")
    for name, value in resource.arguments.items():
        if name.startswith("inline_policy") and name.endswith(".policy"):
            principal.give(read_document(value), resource.source)
        elif name == "inline_policy" and isinstance(value, Unknown):
            principal.give(value, resource.source)
    attached = resource.arguments.get("managed_policy_arns")
    if isinstance(attached, Unknown):
        principal.give(attached, resource.source)
    for arn in attached if isinstance(attached, tuple) else ():
        principal.give(managed_policy(str(arn)), resource.source)
    return principal


Granted = Iterator[tuple[Principal, Maybe[tuple[Statement, ...]]]]


def _granted(module: IacModule, resource: IacResource, found: dict[str, Principal]) -> Granted:
    kind = resource.type.removeprefix("aws_iam_")
    if kind in {f"{each}_policy" for each in _KINDS}:
        holder = kind.removesuffix("_policy")
        for principal in _holders(resource, holder, holder, found):
            yield principal, read_document(resource.arguments.get("policy"))
    elif kind in {f"{each}_policy_attachment" for each in _KINDS}:
        holder = kind.removesuffix("_policy_attachment")
        for principal in _holders(resource, holder, holder, found):
            yield principal, _by_arn(module, resource, "policy_arn")
    elif kind == "policy_attachment":
        for holder in _KINDS:
            for principal in _holders(resource, f"{holder}s", holder, found):
                yield principal, _by_arn(module, resource, "policy_arn")
    elif _ANY_MEMBER.fullmatch(resource.type):
        yield from _google(module, resource, found)
    elif resource.type == "azurerm_role_assignment":
        yield from _azure(resource, found)


def _holders(resource: IacResource, argument: str, kind: str, found: dict[str, Principal]) -> Iterator[Principal]:
    """The principals that an argument names, by reference or by their names."""
    mentioned = [each for each in resource.references.get(argument, ()) if each in found]
    yield from (found[each] for each in mentioned)
    if mentioned or argument not in resource.arguments:
        return
    value = resource.arguments[argument]
    for name in value if isinstance(value, tuple) else (value,):
        called = name if isinstance(name, str) else f"some {kind}"
        known = next((each for each in found.values() if called in each.names), None)
        # Labels tell as much as names do: `aws_iam_user_policy_attachment.claude`.
        yield known or _add(found, Principal("aws", called, f"{kind}:{called}", (called, resource.name)))


def _add(found: dict[str, Principal], principal: Principal) -> Principal:
    return found.setdefault(principal.address, principal)


def _by_arn(module: IacModule, resource: IacResource, argument: str) -> Maybe[tuple[Statement, ...]]:
    for each in module.resources:
        if each.type == "aws_iam_policy" and each.address in resource.references.get(argument, ()):
            return read_document(each.arguments.get("policy"))
    value = resource.arguments.get(argument)
    if isinstance(value, Unknown):
        return value
    return managed_policy(value) if isinstance(value, str) else Unknown("its policy is not named")


def _google(module: IacModule, resource: IacResource, found: dict[str, Principal]) -> Granted:
    members = resource.arguments.get("members", resource.arguments.get("member"))
    for member in members if isinstance(members, tuple) else (members,):
        name = member if isinstance(member, str) else f"member of {resource.address}"
        names = (name, *(each.rpartition(".")[2] for each in _mentioned(resource)), resource.name)
        yield _add(found, Principal("gcp", name, f"gcp:{name}", names)), _google_role(module, resource)


def _mentioned(resource: IacResource) -> tuple[str, ...]:
    return (*resource.references.get("member", ()), *resource.references.get("members", ()))


def _google_role(module: IacModule, resource: IacResource) -> Maybe[tuple[Statement, ...]]:
    for each in module.resources:
        if "_iam_custom_role" in each.type and each.address in resource.references.get("role", ()):
            permissions = each.arguments.get("permissions")
            if isinstance(permissions, tuple):
                return (Statement(True, tuple(str(name) for name in permissions)),)
            return permissions if isinstance(permissions, Unknown) else Unknown("its permissions are not named")
    role = resource.arguments.get("role")
    if isinstance(role, Unknown):
        return role
    return predefined_role(role, "gcp") if isinstance(role, str) else Unknown("its role is not named")


def _azure(resource: IacResource, found: dict[str, Principal]) -> Granted:
    role, holder = resource.arguments.get("role_definition_name"), resource.arguments.get("principal_id")
    mentioned = tuple(each.rpartition(".")[2] for each in resource.references.get("principal_id", ()))
    name = holder if isinstance(holder, str) else next(iter(mentioned), resource.name)
    if isinstance(role, str):
        allowed = predefined_role(role, "azure")
    else:
        allowed = role if isinstance(role, Unknown) else Unknown("its role is not named")
    yield _add(found, Principal("azure", name, f"azure:{name}", (name, *mentioned, resource.name))), allowed
