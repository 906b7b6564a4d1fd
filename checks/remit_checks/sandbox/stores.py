"""Databases and volumes outside development: what an agent could be asked to work on."""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.graph import AccessGraph
from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import Credential, Source, Unknown


def opens(credential: Credential) -> bool:
    """Whether a credential opens anything outside development."""
    local = not isinstance(credential.environment, Unknown) and credential.environment == "development"
    return not credential.placeholder and credential.damage != "D0" and not local


def is_database(credential: Credential) -> bool:
    """Whether a credential leads to a database outside development; a cache is none."""
    return credential.resource.split(":")[1:2] == ["database"] and credential.provider != "redis" and opens(credential)


def stores(graph: AccessGraph) -> Iterator[Source]:
    """Where the files of a target name a store outside development, by a credential or in infrastructure code."""
    for file in graph.credential_files:
        for each in file.credentials:
            volume = each.resource.split(":")[1:2] == ["volume"] and opens(each)
            if volume or is_database(each):
                yield each.source
    for module in graph.modules:
        yield from (resource.source for resource in module.resources if resource.type in STATEFUL_TYPES)
