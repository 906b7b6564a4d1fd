"""Facts about the copies of what can lose its data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.iac_guards import days, flag
from remit.access.iac_types import STATEFUL_TYPES
from remit.access.nodes import destroys, resource_name
from remit.access.providers import platform_of
from remit.access.survival import survival
from remit.evidence import CredentialFile, IacModule, IacResource, Source, Unknown
from remit.incidents.facts.answers import Absent, Answer, Fact, Found, weigh
from remit.policy.declared import DeclaredCopy, Provider

_NOTHING = "nothing that can lose data was found"
_VAULT = "aws_backup_vault"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can lose its data: named by a credential, or described by infrastructure code."""

    name: str
    sources: tuple[Source, ...]
    provider: str = ""
    resource: IacResource | None = None
    address: str = ""
    """Its address in infrastructure code, by which copies may be declared too."""

    def copies(self, graph: AccessGraph) -> tuple[DeclaredCopy, ...]:
        """The copies of it that the policy declares."""
        declared = graph.policy.declared_copies
        return tuple(dict.fromkeys((*declared(self.name), *(declared(self.address) if self.address else ()))))


def things(graph: AccessGraph) -> Iterator[Thing]:
    """Everything here that can lose data, each once for a credential's resource and once for a block of code."""
    named: dict[str, list[Source]] = {}
    providers: dict[str, str] = {}
    for file in graph.credential_files:
        for each in file.credentials:
            # Class D2 destroys code and releases, of which there are clones.
            if destroys(each) and each.damage in {"D3", "D4"}:
                named.setdefault(each.resource, []).append(each.source)
                providers[each.resource] = platform_of(each.host) or each.provider
    for resource, sources in named.items():
        yield Thing(resource, tuple(sorted(set(sources))), providers[resource])
    for module in graph.modules:
        for block in module.resources:
            if block.type in STATEFUL_TYPES and block.type != _VAULT:
                yield Thing(
                    resource_name(module, block), (block.source,), block.type.split("_")[0], block, block.address
                )


def _of_things(judge: Callable[[AccessGraph, Thing], Answer]) -> Callable[[AccessGraph, str], Answer]:
    return lambda graph, value: weigh((judge(graph, thing) for thing in things(graph)), _NOTHING)


def _provider(graph: AccessGraph, name: str) -> Provider | None:
    wanted = name.casefold()
    return next((each for key, each in graph.policy.providers.items() if key.casefold() == wanted), None)


def _written(graph: AccessGraph, key: str, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Where the policy says something about a thing, beside where the thing is named."""
    origin = graph.origins.get(key)
    return tuple(sorted({*sources, *((origin,) if origin else ())}))


# ----------------------------------------------------------------------------------------------------------- copies


def _go_along(graph: AccessGraph, thing: Thing) -> Answer:
    fate = survival(graph, thing.name, ())
    if fate.verdict == "lost":
        return Found(thing.sources, f"{thing.name}: {fate.reason}")
    if fate.verdict == "unknown":
        return Unknown(f"{thing.name}: {fate.reason}")
    return Absent(f"{thing.name}: {fate.reason}")


def _without_backup(graph: AccessGraph, thing: Thing) -> Answer:
    if thing.copies(graph):
        return Absent(f"a copy of {thing.name} is declared")
    if thing.resource is not None:
        return _retained(thing, thing.resource, 1, "no backup of it is made")
    known = _provider(graph, thing.provider)
    if known is None or known.automatic_backups is None:
        return Unknown(f"no copy of {thing.name} is declared, and what its provider makes nobody could see")
    if known.automatic_backups:
        return Absent(f"{thing.provider} backs up without being asked")
    return Found(_written(graph, "providers", thing.sources), f"{thing.provider} makes no backups of {thing.name}")


def _retained(thing: Thing, resource: IacResource, least: int, otherwise: str) -> Answer:
    """Whether infrastructure code keeps a backup for fewer days than wanted."""
    kind = STATEFUL_TYPES[resource.type]
    if kind.days is None:
        return Unknown(f"for how long backups of {thing.name} are kept its code does not say")
    kept = days(resource, kind.days)
    kept = kind.default_days if kept is None else kept
    if kept is None:
        return Unknown(f"{kind.days} of {resource.address} is not set")
    if isinstance(kept, Unknown):
        return kept
    if kept < least:
        return Found((resource.source,), f"{thing.name}: {otherwise}")
    return Absent(f"backups of {thing.name} are kept for {kept} days")


def _no_pitr(graph: AccessGraph, thing: Thing) -> Answer:
    copies = thing.copies(graph)
    if any(copy.pitr for copy in copies):
        return Absent(f"{thing.name} can be taken back to any moment")
    if thing.resource is not None:
        return _pitr_by_code(thing, thing.resource)
    if copies:
        why = f"no declared copy of {thing.name} restores to any moment"
        return Found(_written(graph, "backup.inventory", thing.sources), why)
    return Unknown(f"no copy of {thing.name} is declared, and nobody could look at its provider")


def _pitr_by_code(thing: Thing, resource: IacResource) -> Answer:
    kind = STATEFUL_TYPES[resource.type]
    if kind.pitr is None:
        return _retained(thing, resource, 1, "it cannot be taken back to a moment")
    value = flag(resource, kind.pitr)
    if isinstance(value, Unknown):
        return value
    if value:
        return Absent(f"{thing.name} can be taken back to any moment")
    return Found((resource.source,), f"{thing.name} cannot be taken back to a moment: {kind.pitr} is not set")


def _short(graph: AccessGraph, thing: Thing) -> Answer:
    least = graph.policy.backup.min_retention_days
    copies = thing.copies(graph)
    said = [copy.retention_days for copy in copies if copy.retention_days is not None]
    if said and max(said) < least:
        why = f"declared copies of {thing.name} are kept for {max(said)} days"
        return Found(_written(graph, "backup.inventory", thing.sources), why)
    if said:
        return Absent(f"declared copies of {thing.name} are kept for {max(said)} days")
    if thing.resource is not None:
        return _retained(thing, thing.resource, least, f"its backups are kept for less than {least} days")
    return Unknown(f"for how long copies of {thing.name} are kept is not declared")


def _gone_at_once(graph: AccessGraph, value: str) -> Answer:
    answers = (_deletion(graph, thing) for thing in things(graph) if thing.resource is None)
    return weigh(answers, "no credential that destroys data lies in the files")


def _deletion(graph: AccessGraph, thing: Thing) -> Answer:
    known = _provider(graph, thing.provider)
    if known is None or known.soft_delete_hours is None:
        return Unknown(f"for how long {thing.provider} keeps what is deleted the policy does not say (providers)")
    if known.soft_delete_hours:
        return Absent(f"{thing.provider} keeps what is deleted for {known.soft_delete_hours} hours")
    return Found(_written(graph, "providers", thing.sources), f"{thing.provider} deletes {thing.name} at once")


FACTS: tuple[Fact, ...] = (
    Fact(
        "provider.soft_delete=false",
        "A provider deletes at once what a credential here destroys.",
        "`soft_delete_hours` of the provider in the policy: 0 is at once, unset is unknown",
        _gone_at_once,
        (CredentialFile,),
    ),
    Fact(
        "backups=go-along",
        "The backups of something go with it, and no copy out of reach is declared.",
        "`backup.inventory`, the provider's own habits, and arguments of stateful resources",
        _of_things(_go_along),
        (CredentialFile, IacModule),
    ),
    Fact(
        "backup=none",
        "No backup of something is made.",
        "`backup.inventory`, days of retention in infrastructure code, `automatic_backups` of the provider",
        _of_things(_without_backup),
        (CredentialFile, IacModule),
        refuted_in=(IacModule,),
        beside=True,
    ),
    Fact(
        "pitr=off",
        "Something cannot be taken back to a moment.",
        "`pitr` of declared copies, and arguments of stateful resources",
        _of_things(_no_pitr),
        (CredentialFile, IacModule),
        refuted_in=(IacModule,),
        beside=True,
    ),
    Fact(
        "retention=short",
        "Backups of something are kept for less than `backup.min_retention_days`.",
        "`retention_days` of declared copies, and days of retention in infrastructure code",
        _of_things(_short),
        (CredentialFile, IacModule),
        refuted_in=(IacModule,),
        beside=True,
    ),
)
