"""Facts about what infrastructure code describes: state, accounts, guards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from remit.access.graph import AccessGraph
from remit.access.iac_guards import deletion_guard, prevents_destroy
from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import Environment, IacModule, IacResource, Maybe, Unknown
from remit.incidents.facts.answers import Absent, Answer, Fact, Found, weigh

_NO_CODE = "no infrastructure code is here"
_NAMES = ("identifier", "name", "bucket", "db_name", "database_name", "cluster_identifier", "tags.Environment")
"""Arguments that say which environment a resource belongs to."""


def _of_roots(judge: Callable[[AccessGraph, IacModule], Answer]) -> Callable[[AccessGraph, str], Answer]:
    """A fact that holds where it holds for one directory in which Terraform is run."""

    def look(graph: AccessGraph, value: str) -> Answer:
        return weigh((_rooted(graph, module, judge) for module in graph.modules), _NO_CODE)

    return look


def _rooted(graph: AccessGraph, module: IacModule, judge: Callable[[AccessGraph, IacModule], Answer]) -> Answer:
    if isinstance(module.root, Unknown):
        return module.root
    return judge(graph, module) if module.root else Absent("the code here is only called as a module")


def _local_state(graph: AccessGraph, module: IacModule) -> Answer:
    if isinstance(module.backend, Unknown):
        return module.backend
    if module.backend in (None, "local"):
        return Found(tuple(sorted({module.source, *module.states})), f"the state of {module.name} is a local file")
    return Absent(f"the state of {module.name} is kept by {module.backend}")


# ----------------------------------------------------------------------------------------------------- environments


def _covers_production(graph: AccessGraph, module: IacModule) -> Answer:
    stateful = [each for each in module.resources if each.type in STATEFUL_TYPES]
    if not stateful:
        return Absent(f"{module.name} describes nothing that holds data")
    return weigh((_in_production(graph, module, each) for each in stateful), "")


def _in_production(graph: AccessGraph, module: IacModule, resource: IacResource) -> Answer:
    environment = _environment(graph, module, resource)
    if isinstance(environment, Unknown):
        return Unknown(f"which environment {resource.address} belongs to is not known")
    if environment == "production":
        return Found((resource.source, *module.states), f"the state of {module.name} covers {resource.address}")
    return Absent(f"what {module.name} describes is not production")


def _environment(graph: AccessGraph, module: IacModule, resource: IacResource) -> Maybe[Environment]:
    """The most dangerous reading of a resource's own names, else that of the directory."""
    texts = [resource.name, *(value for name in _NAMES if isinstance(value := resource.arguments.get(name), str))]
    own = [graph.policy.environment_of(name=text[:200]) for text in texts]
    known = [each for each in own if not isinstance(each, Unknown)]
    order: tuple[Environment, ...] = ("production", "staging", "development")
    decided = next((each for each in order if each in known), None)
    return decided or graph.policy.environment_of(path=f"{module.path}/" if module.path else module.source.path)


def _account_shared(graph: AccessGraph, value: str) -> Answer:
    accounts = graph.policy.cloud.accounts
    both = {each.casefold() for each in accounts.prod} & {each.casefold() for each in accounts.dev}
    if both:
        said = tuple(sorted(graph.origins[key] for key in _ACCOUNTS if key in graph.origins))
        return Found(said, f"the policy lists {min(both)} for production and for development")
    mixed = weigh((_mixed(graph, module) for module in graph.modules), _NO_CODE)
    if isinstance(mixed, Found) or not graph.modules:
        return mixed
    if accounts.prod and accounts.dev:
        return Absent("production and development have accounts of their own")
    return Unknown("which accounts the environments use the policy does not say (cloud.accounts)")


_ACCOUNTS = ("cloud.accounts.dev", "cloud.accounts.prod")


def _mixed(graph: AccessGraph, module: IacModule) -> Answer:
    """Whether one directory, worked on with one set of credentials, describes production and something else."""
    if any("." in name for name in module.providers):
        return Unknown(f"which account each resource of {module.name} lies in depends on its providers")
    found = [(each, _environment(graph, module, each)) for each in module.resources if each.type in STATEFUL_TYPES]
    known = {environment for _, environment in found if not isinstance(environment, Unknown)}
    if "production" in known and len(known) > 1:
        sources = tuple(sorted({each.source for each, _ in found}))
        return Found(sources, f"{module.name} describes {' and '.join(sorted(known))} in one account")
    return Absent(f"{module.name} describes one environment")


# ----------------------------------------------------------------------------------------------------------- guards


def _unguarded(graph: AccessGraph, value: str) -> Answer:
    answers = (_guard(each) for module in graph.modules for each in module.resources if each.type in STATEFUL_TYPES)
    return weigh(answers, "nothing that holds data is described here")


def _guard(resource: IacResource) -> Answer:
    guards = tuple(_guards(resource))
    if any(not isinstance(each, Unknown) and each for each in guards):
        return Absent("what holds data here is guarded against deletion")
    open_ = next((each for each in guards if isinstance(each, Unknown)), None)
    if open_ is not None:
        return open_
    return Found((resource.source,), f"{resource.address} has no guard against deletion")


def _guards(resource: IacResource) -> Iterator[Maybe[bool]]:
    yield deletion_guard(resource)
    yield prevents_destroy(resource)


FACTS: tuple[Fact, ...] = (
    Fact(
        "state=local",
        "The state of infrastructure code is a file on somebody's machine.",
        "the backend that the code declares; none means a local file",
        _of_roots(_local_state),
        (IacModule,),
        refuted_in=(IacModule,),
        beside=True,
    ),
    Fact(
        "state=covers-production",
        "One state describes something of production that holds data.",
        "names of resources and directories, by the policy's environments",
        _of_roots(_covers_production),
        (IacModule,),
    ),
    Fact(
        "account=shared",
        "Production shares a cloud account with another environment.",
        "`cloud.accounts` of the policy, and code that describes both in one directory",
        _account_shared,
        (IacModule,),
    ),
    Fact(
        "guard=none",
        "Something that holds data has neither deletion protection nor `prevent_destroy`.",
        "arguments of stateful resources in infrastructure code",
        _unguarded,
        (IacModule,),
        refuted_in=(IacModule,),
        beside=True,
    ),
)
