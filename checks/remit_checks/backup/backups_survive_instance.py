"""BK-015."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.iac_guards import days, flag
from remit.access.iac_types import STATEFUL_TYPES, StatefulType
from remit.check import check
from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.terraform import block, hidden, listed, why_hidden

# A replica holds nothing of its own, and most of them cannot take a last snapshot.
_REPLICA_OF = (
    "replicate_source_db",
    "replication_source_identifier",
    "master_instance_name",
    "global_replication_group_id",
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Whether the copies of one resource outlive it: the settings that say no, and those that nobody could read."""

    resource: IacResource
    wanted: Mapping[str, bool | str]
    against: tuple[str, ...]
    open: tuple[Unknown, ...]


@check(
    "BK-015",
    "backups-survive-instance",
    severity="critical",
    frameworks={
        "owasp-agentic": ("ASI02", "ASI08"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0026"),
        "nist-800-53": ("CP-9(7)", "CM-5", "AC-3(2)"),
        "nist-csf": ("PR.DS-11", "PR.PS-01"),
        "iso-27001": ("A.8.9", "A.8.10", "A.8.13"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2", "CC8.1"),
        "cis": ("11.3", "4.6"),
        "nist-ai-rmf": ("MANAGE 2.4",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08", "CCC-04"),
    },
    incidents=("INC-03",),
)
def backups_survive_instance(module: IacModule, graph: AccessGraph) -> Verdict:
    """Deleting a database leaves its backups behind.

    By default most managed databases delete their automatic backups together with the instance. A course platform
    found that out after `terraform destroy`: the snapshots of 1,943,200 rows had gone with the database, and only the
    vendor's support could bring them back. A last snapshot and retained backups cost a few lines and nothing until
    they are needed.

    Fix:
        Let every deletion take a last snapshot and keep the automatic backups, with the lines below.
    """
    judged = [found for resource in module.resources if (found := _judged(resource)) is not None]
    lost = [each for each in judged if each.against]
    if lost:
        return fail(
            "not every backup outlives the instance: " + listed([_named(each) for each in lost], 6),
            *(each.resource.source for each in lost),
            remedies=tuple(_remedies(lost)),
        )
    left_open = [each for each in judged if each.open]
    calls = hidden(module, graph, databases=True)
    whys = [f"{each.resource.address}: {each.open[0].why}" for each in left_open] + [why_hidden(each) for each in calls]
    if whys:
        sources = (*(each.resource.source for each in left_open), *(each.source for each in calls))
        return unknown("; ".join(whys[:4]), *sources, remedies=tuple(_remedies(left_open)))
    if not judged:
        return skip(f"{module.name} describes no database whose backups a deletion could take along", module.source)
    names = listed([each.resource.address for each in judged])
    return ok(f"backups outlive the instance: {names}", *(each.resource.source for each in judged))


def _judged(resource: IacResource) -> _Kept | None:
    """None for what makes no backups that a setting could keep."""
    known = STATEFUL_TYPES.get(resource.type)
    if (
        known is None
        or known.backups_go not in ("always", "unless-kept")
        or not (known.snapshot or known.drop or known.keep)
    ):
        return None
    if any(resource.arguments.get(name) is not None for name in _REPLICA_OF) or _makes_none(known, resource):
        return None
    wanted = dict(_wanted(known, resource))
    found = {name: _meets(resource, known, name, value) for name, value in wanted.items()}
    against = tuple(name for name, met in found.items() if not isinstance(met, Unknown) and not met)
    return _Kept(resource, wanted, against, tuple(met for met in found.values() if isinstance(met, Unknown)))


def _makes_none(known: StatefulType, resource: IacResource) -> bool:
    """Caches make no snapshots unless they are told to; one without any is used as a cache."""
    if known.default_days != 0 or known.days is None:
        return False
    kept = days(resource, known.days)
    return not isinstance(kept, Unknown) and not kept


def _wanted(known: StatefulType, resource: IacResource) -> Iterator[tuple[str, bool | str]]:
    if known.snapshot:
        if known.force:
            yield known.force, False
        yield known.snapshot, f"{resource.name.replace('_', '-')}-final"
    if known.drop:
        yield known.drop, False
    if known.keep:
        yield known.keep, True


def _meets(resource: IacResource, known: StatefulType, name: str, wanted: bool | str) -> Maybe[bool]:
    if isinstance(wanted, str):
        given = resource.arguments.get(name)
        if isinstance(given, Unknown):
            # A name made from another resource's attribute is a name, though only Terraform knows which.
            return True if resource.references.get(name) else given
        return given not in (None, "")
    value = flag(resource, name)
    # Unset, skip_final_snapshot is false, delete_automated_backups true, and what keeps backups is off.
    # Source: argument references of the Terraform providers.
    return value if isinstance(value, Unknown) else (name == known.force if value is None else value is wanted)


def _named(kept: _Kept) -> str:
    settings = ", ".join(_shown(kept.resource, name) for name in kept.against)
    return f"{kept.resource.address} ({kept.resource.source}, {settings})"


def _shown(resource: IacResource, name: str) -> str:
    value = resource.arguments.get(name)
    short = name.rpartition(".")[2]
    return f"{short} = {str(value).lower()}" if isinstance(value, bool) else f"no {short}"


def _remedies(kept: Sequence[_Kept]) -> Iterator[Remedy]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for each in kept:
        names = each.against or tuple(each.wanted)
        blocks[each.resource.source.path].append(block(each.resource, {name: each.wanted[name] for name in names}))
    for path, bodies in sorted(blocks.items()):
        yield iac(path, "Keep the backups: set these in the blocks that are there", "\n\n".join(bodies))
