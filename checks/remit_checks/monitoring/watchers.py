"""Resources of infrastructure code that watch something, and the words they watch for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from remit.access.graph import AccessGraph
from remit.evidence import IacResource, Unknown
from remit_checks.backup.arguments import one

_LONGEST = 20_000


def of_types(graph: AccessGraph, types: Collection[str]) -> Iterator[IacResource]:
    """The resources of certain types, in all modules, without those that their own code switches off."""
    for module in graph.modules:
        for resource in module.resources:
            if resource.type in types and not _switched_off(resource):
                yield resource


def words_of(resource: IacResource) -> str:
    """All that its arguments say in words, in small letters, its own name included."""
    return " ".join((resource.name, *_texts(list(resource.arguments.values()))))[:_LONGEST].lower()


def _switched_off(resource: IacResource) -> bool:
    return any(_says(resource, name, off) for name, off in (("enabled", "false"), ("paused", "true")))


def _says(resource: IacResource, name: str, word: str) -> bool:
    value = one(resource, name)
    return not isinstance(value, Unknown) and str(value).lower() == word


def _texts(waiting: list[object]) -> Iterator[str]:
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple | list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
