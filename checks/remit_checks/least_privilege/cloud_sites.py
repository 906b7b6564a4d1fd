"""Where infrastructure code works: its cloud accounts, its environment, and the state that describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import Environment, IacModule, Maybe, Source, Unknown
from remit.policy.model import Policy

_ROLE = re.compile(r"arn:[a-z-]{1,20}:iam::(?P<account>\d{12}):role/.{1,300}")
_CLOUDS: Mapping[str, str] = {"aws": "allowed_account_ids", "google": "project", "azurerm": "subscription_id"}
_PLACES: Mapping[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
}


@dataclass(frozen=True, slots=True)
class Site:
    """One directory in which Terraform is run."""

    module: IacModule
    accounts: tuple[str, ...]
    open: str
    """What leaves its account open; empty where it is said."""
    environments: frozenset[Environment]
    """What its path, its state's name and its accounts say it is for."""
    state: tuple[str, ...] | None
    """The place of its state; None where it is not told in full."""

    @property
    def source(self) -> Source:
        """Where it is described."""
        return self.module.source

    @property
    def production(self) -> bool:
        """Whether it is for production."""
        return "production" in self.environments

    @property
    def other(self) -> bool:
        """Whether it is for something that is not production."""
        return bool(self.environments - {"production"})


def sites(graph: AccessGraph, policy: Policy) -> tuple[Site, ...]:
    """Every directory with cloud resources in which Terraform is, or may be, run."""
    return tuple(_site(module, policy) for module in graph.modules if _counts(module))


def _counts(module: IacModule) -> bool:
    in_cloud = any(each.type.partition("_")[0] in _CLOUDS for each in module.resources)
    providers = {name.partition(".")[0] for name in module.providers}
    return (isinstance(module.root, Unknown) or module.root) and (in_cloud or bool(providers & set(_CLOUDS)))


def _site(module: IacModule, policy: Policy) -> Site:
    told = list(_accounts(module))
    accounts = tuple(dict.fromkeys(each for each in told if isinstance(each, str)))
    hidden = next((each.why for each in told if isinstance(each, Unknown)), "")
    readings = [policy.environment_of(account=each) for each in accounts]
    readings += [policy.environment_of(name=each) for each in (module.path, _key(module)) if each]
    return Site(
        module,
        accounts,
        "" if accounts and not hidden else hidden or "no provider says which account it works in",
        frozenset(each for each in readings if not isinstance(each, Unknown)),
        _state(module),
    )


def _key(module: IacModule) -> str:
    value = module.backend_arguments.get("key", module.backend_arguments.get("prefix"))
    return value if _is_told(value) and isinstance(value, str) else ""


def _is_told(value: object) -> bool:
    """Whether a text stands there as it is written; what was masked equals nothing, not even itself."""
    return isinstance(value, str) and "‹" not in value


def _accounts(module: IacModule) -> Iterator[Maybe[str]]:
    for name, arguments in module.providers.items():
        cloud = name.partition(".")[0]
        value = arguments.get(_CLOUDS.get(cloud, ""))
        if isinstance(value, Unknown):
            yield value
        elif isinstance(value, tuple):
            yield from (str(each) for each in value)
        elif isinstance(value, str | int) and value != "":
            yield str(value)
        elif cloud == "aws":
            yield from _assumed(arguments)


def _assumed(arguments: Mapping[str, Maybe[object]]) -> Iterator[Maybe[str]]:
    role = arguments.get("assume_role.role_arn")
    found = _ROLE.fullmatch(role) if isinstance(role, str) else None
    if isinstance(role, Unknown):
        yield role
    elif found:
        yield found["account"]


def _state(module: IacModule) -> tuple[str, ...] | None:
    names = _PLACES.get(module.backend, ()) if isinstance(module.backend, str) else ()
    values = [module.backend_arguments.get(name) for name in names]
    # With a workspace prefix or a hidden part two directories may still write to different states.
    texts = tuple(value for value in values if isinstance(value, str) and _is_told(value))
    return texts if names and len(texts) == len(names) else None


def mixed(site: Site, policy: Policy) -> tuple[str, str] | None:
    """Two things that keep data and by their names belong to production and to something else, in one state."""
    found: dict[bool, str] = {}
    for each in site.module.resources:
        if each.type in STATEFUL_TYPES:
            environment = policy.environment_of(name=each.name)
            if not isinstance(environment, Unknown):
                found.setdefault(environment == "production", each.address)
    return (found[True], found[False]) if len(found) == 2 else None
