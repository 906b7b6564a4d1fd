"""What the nodes of the access graph are called, and which credentials lead to a loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remit.access.graph import AccessGraph
from remit.evidence import Credential, Environment, IacModule, IacResource, Maybe, Unknown
from remit.policy.environment import ENVIRONMENTS

HOME = "machine:home:*"
"""The files of the user as whom an agent runs."""
_READS_SECRETS = frozenset(
    {"secrets-read", "variables-read", "keys-read", "api-keys-read", "state-read", "token-create"}
)


_TRIALS = frozenset(
    ["test", "tests", "testdata", "__tests__", "fixtures", "fixture", "examples", "example", "e2e", "spec"]
)


def credential_name(credential: Credential) -> str:
    """A credential at its place."""
    return f"{credential.kind}:{credential.source.path}:{credential.source.line}"


def resource_name(module: IacModule, resource: IacResource) -> str:
    """A resource that infrastructure code describes."""
    return f"{module.path + '/' if module.path else ''}{resource.address}"


def for_trials(path: str) -> bool:
    """Whether a file belongs to tests or examples: what it describes seldom exists."""
    return not _TRIALS.isdisjoint(path.lower().split("/")[:-1])


def environment_of(graph: AccessGraph, resource: str) -> Maybe[Environment]:
    """Where a resource belongs: production if anything that leads to it says so, then staging, then development."""
    found: list[Maybe[Environment]] = [
        credential.environment
        for file in graph.credential_files
        for credential in file.credentials
        if credential.resource == resource
    ]
    found += [
        graph.policy.environment_of(path=each.source.path, account=account_of(module))
        for module in graph.modules
        for each in module.resources
        if resource_name(module, each) == resource
    ]
    for environment in ENVIRONMENTS:
        if any(not isinstance(each, Unknown) and each == environment for each in found):
            return environment
    return next((each for each in found if isinstance(each, Unknown)), Unknown("nothing says where it belongs"))


def owner_of(graph: AccessGraph, resource: str) -> str:
    """Who answers for a resource, by a tag or label `owner` or `team` of its code; empty where none is written."""
    for module in graph.modules:
        for each in module.resources:
            if resource_name(module, each) != resource:
                continue
            for name, value in sorted(_tags(each)):
                if name.lower() in ("owner", "team") and isinstance(value, str):
                    return value
    return ""


def _tags(resource: IacResource) -> Iterator[tuple[str, object]]:
    for argument, value in resource.arguments.items():
        head, _, name = argument.partition(".")
        if head in ("tags", "labels"):
            yield from value.items() if isinstance(value, Mapping) else ((name, value),)


def account_of(module: IacModule) -> str | None:
    """The one AWS account that a module's provider may work in."""
    allowed = module.providers.get("aws", {}).get("allowed_account_ids")
    return str(allowed[0]) if isinstance(allowed, tuple) and len(allowed) == 1 else None


def spoken(ability: str) -> str:
    """An ability as a verb phrase: `volume-delete` becomes `delete volume`."""
    thing, _, verb = ability.rpartition("-")
    return f"{verb} {thing.replace('-', ' ')}".strip()


def usable(credential: Credential) -> bool:
    """Whether a credential opens something that matters: no placeholder, not publishable, not for development."""
    return (
        not credential.placeholder
        and credential.damage != "D0"
        and (isinstance(credential.environment, Unknown) or credential.environment != "development")
    )


def destroys(credential: Credential) -> bool:
    """Whether a credential can destroy something that matters: usable, and of class D2 or worse."""
    return usable(credential) and credential.damage in {"D2", "D3", "D4"}


def reads_secrets(credential: Credential) -> bool:
    """Whether a credential reads further credentials, so that nobody can see from here where it ends."""
    return usable(credential) and not _READS_SECRETS.isdisjoint(credential.abilities)
