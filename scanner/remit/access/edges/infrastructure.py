"""From an agent to what infrastructure code describes and one command destroys."""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.deeds import DESTROY
from remit.access.graph import AccessGraph, Edge, Node
from remit.access.hands import Hands, step
from remit.access.iac_guards import deletion_guard
from remit.access.iac_types import STATEFUL_TYPES
from remit.access.nodes import destroys, resource_name
from remit.access.unasked import edits_unasked
from remit.evidence import Credential, IacModule, IacResource, Unknown

_INHERITED = "with whatever cloud credentials its shell inherits; scan with --machine to see them"
_EDITED = "the guard is a line of the code that it edits unasked; an apply takes it away"
_CLOUD_OF_TYPE = {"aws": "aws", "google": "gcp", "azurerm": "azure", "digitalocean": "digitalocean"}


def edges(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """`terraform destroy` in each directory where it would take data along, and what it takes."""
    for module in graph.modules:
        taken = tuple(taken_along(hands, graph, module))
        ways = hands.ways(DESTROY, ("LP-028", "LP-030")) if taken else ()
        for way in ways:
            yield step(hands.start, "can run terraform destroy", run_in(hands, module), way)
        if ways:
            yield from taken


def run_in(hands: Hands, module: IacModule) -> Node:
    """A destroy in one directory, whoever starts it."""
    return hands.node("command", f"terraform in {module.name}")


def taken_along(hands: Hands, graph: AccessGraph, module: IacModule) -> Iterator[Edge]:
    """What a destroy in one directory takes along."""
    for resource in module.resources:
        if resource.type not in STATEFUL_TYPES:
            continue
        if _deletable(resource):
            yield from _destroyed(hands, graph, module, resource)
        if STATEFUL_TYPES[resource.type].guard and edits_unasked(hands.agent):
            yield _unguarded(hands, module, resource)


def _deletable(resource: IacResource) -> bool:
    """Whether the provider may let it go; `prevent_destroy` is a line that the agent can edit away."""
    guard = deletion_guard(resource)
    return isinstance(guard, Unknown) or not guard


def _destroyed(hands: Hands, graph: AccessGraph, module: IacModule, resource: IacResource) -> Iterator[Edge]:
    """With the key that lies in reach, and with whatever else its shell holds: two ways, which no one control stops."""
    guard = deletion_guard(resource)
    guarded = ("BK-011", "BK-012") if STATEFUL_TYPES[resource.type].guard else ()
    start, end = run_in(hands, module), hands.node("resource", resource_name(module, resource))
    deed, doubt = "destroys what the state describes", guard.why if isinstance(guard, Unknown) else ""
    key = _cloud_credential(hands, graph, resource)
    if key:
        cuts, places = (*guarded, "LP-010", "LP-011", "LP-034"), (resource.source, key.source)
        yield Edge(start, deed, end, "unknown" if doubt else "proven", places, cuts, doubt)
    yield Edge(start, deed, end, "unknown", (resource.source,), (*guarded, "LP-034"), doubt or _INHERITED)


def _unguarded(hands: Hands, module: IacModule, resource: IacResource) -> Edge:
    """Past a guard that is or will be written in the code: what holds is what the key may not do."""
    start, end = run_in(hands, module), hands.node("resource", resource_name(module, resource))
    deed = "destroys what the state describes, its guard taken out of the code"
    return Edge(start, deed, end, "unknown", (resource.source,), ("LP-034",), _EDITED)


def _cloud_credential(hands: Hands, graph: AccessGraph, resource: IacResource) -> Credential | None:
    provider = _CLOUD_OF_TYPE.get(resource.type.split("_")[0])
    found = (
        credential
        for file in graph.credential_files
        if hands.reads(file.path) is not None
        for credential in file.credentials
        if credential.provider == provider and destroys(credential)
    )
    return min(found, key=lambda each: each.source, default=None)
