"""The one door for everything that plugs in: checks, collectors, agents, credential kinds and reports.

An entry point names a *package*; every module below it is imported and the objects of the declared type found in it
are kept. Built-in and third-party parts come through the same door.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import TypeVar

from remit.errors import RegistryError

T = TypeVar("T")


def discover(group: str, kind: type[T], key: Callable[[T], str]) -> tuple[T, ...]:
    """Every object of type `kind` that the packages of entry point group `group` declare, sorted by `key`.

    Raises RegistryError when a package or module cannot be imported, when two objects share a key, or when there is
    none at all: a scan with nothing to run is not a clean scan.
    """
    found: dict[str, tuple[T, str]] = {}
    for name, module in _modules(group):
        for value in vars(module).values():
            if not isinstance(value, kind) or isinstance(value, type):
                continue
            identity = key(value)
            known = found.get(identity)
            if known is not None and known[0] is not value:
                raise RegistryError(
                    f"{group}: {identity!r} is declared twice, in {known[1]} and in {name}; remove one of them"
                )
            found.setdefault(identity, (value, name))
    if not found:
        raise RegistryError(f"{group}: nothing is installed; pip install --force-reinstall remit")
    return tuple(found[identity][0] for identity in sorted(found))


def _modules(group: str) -> Iterator[tuple[str, ModuleType]]:
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        try:
            package = importlib.import_module(point.value)
            yield point.value, package
            for info in pkgutil.walk_packages(getattr(package, "__path__", []), point.value + "."):
                yield info.name, importlib.import_module(info.name)
        except (ImportError, SyntaxError) as error:
            raise RegistryError(f"{group}: {point.value} cannot be imported: {error}") from error


@cache
def installed(group: str) -> tuple[str, ...]:
    """The packages behind a group with their distributions' versions, e.g. `remit_checks (remit 0.1.0)`."""
    points = sorted(entry_points(group=group), key=lambda point: (point.name, point.value))
    return tuple(
        f"{point.value} ({point.dist.name} {point.dist.version})" if point.dist else point.value for point in points
    )
