"""What each backend does for a state: whether it locks it, and whether it keeps its earlier versions.

Sources: Terraform's backend documentation (s3: `use_lockfile`, `dynamodb_table`; gcs, azurerm and the others lock by
themselves), HCP Terraform's on state versions, and the clouds' on object versioning. All of them encrypt at rest
without being asked; Amazon S3 does since January 2023.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.evidence import IacModule, IacResource, Maybe, Source, Unknown
from remit_checks.backup.arguments import given, mentions, one, switched_on
from remit_checks.terraform import block

_SERVICES = frozenset(("cloud", "remote"))
# By backend: the argument that names the store, its resource type, that type's name argument, its versioning argument.
_STORES: Mapping[str, tuple[str, str, str, str]] = {
    "s3": ("bucket", "aws_s3_bucket", "bucket", "versioning.enabled"),
    "gcs": ("bucket", "google_storage_bucket", "name", "versioning.enabled"),
    "azurerm": ("storage_account_name", "azurerm_storage_account", "name", "blob_properties.versioning_enabled"),
}
_VERSIONING = "aws_s3_bucket_versioning"
_STATUS = "versioning_configuration.status"


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that a place for a state should do, whether it does, and the lines that make it."""

    held: Maybe[bool]
    otherwise: str
    """What the state is where it does not, as a phrase."""
    source: Source | None = None
    title: str = ""
    lines: str = ""


def kept(module: IacModule, backend: str, graph: AccessGraph) -> tuple[Kept, ...]:
    """What is known of the place in which a module keeps its state."""
    if backend in _SERVICES:
        return ()
    if backend == "s3":
        return (_locked(module), _versions(module, backend, graph))
    if backend in _STORES:
        return (_versions(module, backend, graph),)
    return (Kept(Unknown(f"whether {backend} keeps earlier versions cannot be seen from here"), ""),)


def _locked(module: IacModule) -> Kept:
    arguments = module.backend_arguments
    lock, table = arguments.get("use_lockfile"), arguments.get("dynamodb_table")
    held: Maybe[bool] = False
    for value in (lock, table):
        if isinstance(value, Unknown):
            held = value
        elif value is True or (isinstance(value, str) and value not in ("", "false")):
            held = True
            break
    if not isinstance(held, Unknown) and not held and "bucket" not in arguments:
        # Where even the bucket comes from `-backend-config`, the lock may come from there too.
        held = Unknown("its settings are given on the command line or in a file for -backend-config")
    title = "Lock the state: use_lockfile in the backend that is there"
    return Kept(held, "not locked while it is written", module.source, title, _with_lock(arguments))


def _with_lock(arguments: Mapping[str, Maybe[object]]) -> str:
    """The whole backend block: an override file replaces it, where it merges others."""
    told = {name: _shown(value) for name, value in arguments.items() if isinstance(value, str | bool)}
    lines = [f"    {name} = {json.dumps(value)}" for name, value in (told | {"use_lockfile": True}).items()]
    return "\n".join(("terraform {", '  backend "s3" {', *lines, "  }", "}"))


def _shown(value: str | bool) -> str | bool:
    # A value that looks like a secret was masked where it was read; its owner has to fill it in.
    return "AS-IT-IS" if isinstance(value, str) and "‹" in value else value


def _versions(module: IacModule, backend: str, graph: AccessGraph) -> Kept:
    argument = _STORES[backend][0]
    name = module.backend_arguments.get(argument)
    if not isinstance(name, str):
        why = name.why if isinstance(name, Unknown) else "its place is not in these files"
        return Kept(Unknown(f"whether earlier versions are kept is not known: {why}"), "")
    stores = [(place, each) for place in graph.modules for each in place.resources if _is_called(each, backend, name)]
    found = list(_settings(graph, backend, name, [each for _, each in stores]))
    on = next((each for each in found if not isinstance(each.held, Unknown) and each.held), None)
    open_ = next((each for each in found if isinstance(each.held, Unknown)), None)
    if on or open_ or found:
        return on or open_ or found[0]
    if stores:
        return _bare(stores[0][1], backend)
    return Kept(Unknown(f"whether {name} keeps earlier versions is not in these files"), "")


def _is_called(resource: IacResource, backend: str, name: str) -> bool:
    _, kind, named, _ = _STORES[backend]
    value = resource.arguments.get(named)
    return resource.type == kind and isinstance(value, str) and value == name


def _settings(graph: AccessGraph, backend: str, name: str, stores: list[IacResource]) -> Iterator[Kept]:
    """Everything in the code that switches versioning of a store on or off."""
    for store in stores:
        argument = _STORES[backend][3]
        if given(store, argument):
            yield _kept(switched_on(store, argument), store, argument)
    for place in graph.modules if backend == "s3" else ():
        for each in place.resources:
            if each.type != _VERSIONING:
                continue
            bucket = one(each, "bucket")
            if (isinstance(bucket, str) and bucket == name) or any(mentions(each, "bucket", store) for store in stores):
                status = one(each, _STATUS)
                held = status if isinstance(status, Unknown) else status == "Enabled"
                yield _kept(held, each, _STATUS)
            elif isinstance(bucket, Unknown) and not each.references and stores:
                yield Kept(Unknown(f"which bucket {each.address} is for is not known: {bucket.why}"), "", each.source)


def _kept(held: Maybe[bool], resource: IacResource, argument: str) -> Kept:
    lines = block(resource, {argument: "Enabled" if argument == _STATUS else True})
    return Kept(held, "kept without its earlier versions", resource.source, "Keep earlier versions of it", lines)


def _bare(store: IacResource, backend: str) -> Kept:
    """A store whose code says nothing of versions: the provider then keeps none."""
    if backend != "s3":
        return _kept(False, store, _STORES[backend][3])
    lines = (
        f'resource "{_VERSIONING}" "{store.name}" {{\n  bucket = {store.address}.id\n\n'
        '  versioning_configuration {\n    status = "Enabled"\n  }\n}'
    )
    return Kept(False, "kept without its earlier versions", store.source, "Keep earlier versions of it", lines)
