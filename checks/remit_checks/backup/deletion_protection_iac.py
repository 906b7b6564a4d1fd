"""BK-011."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.iac_guards import deletion_guard, prevents_destroy
from remit.access.iac_types import STATEFUL_TYPES
from remit.check import check
from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.terraform import block, hidden, listed, why_hidden

_PREVENT = "lifecycle.prevent_destroy"


@dataclass(frozen=True, slots=True)
class _Guards:
    """What one protected resource lacks, and what the files leave open about it."""

    resource: IacResource
    missing: tuple[str, ...]
    open: tuple[Unknown, ...]


@check(
    "BK-011",
    "deletion-protection-iac",
    severity="critical",
    parameters=("iac.protected_types",),
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
def deletion_protection_iac(module: IacModule, policy: Policy, graph: AccessGraph) -> Verdict:
    """Every database, volume, bucket and cluster in infrastructure code refuses to be destroyed.

    An agent that had unpacked the wrong state ran `terraform destroy`, and the plan went through: network, database
    and balancers of a live platform were gone in one run. `prevent_destroy` makes such a plan fail. It holds only
    while the block stands in the code, so where the provider has a guard of its own (`deletion_protection`), that one
    is needed too.

    Fix:
        Add the lines below to each resource, and apply them. To really delete one later, take them out in a change of
        its own that somebody else reviews.
    """
    judged = [
        _judged(each)
        for each in module.resources
        if any(matches(glob, each.type) for glob in policy.iac.protected_types)
    ]
    bare = [each for each in judged if each.missing]
    if bare:
        return fail(
            "can be destroyed by one plan or call: " + listed([_named(each) for each in bare], 6),
            *(each.resource.source for each in bare),
            remedies=tuple(_remedies(bare)),
        )
    return _undecided(module, judged, graph)


def _undecided(module: IacModule, judged: Sequence[_Guards], graph: AccessGraph) -> Verdict:
    left_open = [each for each in judged if each.open]
    calls = hidden(module, graph)
    whys = [f"{each.resource.address}: {each.open[0].why}" for each in left_open] + [why_hidden(each) for each in calls]
    if whys:
        sources = (*(each.resource.source for each in left_open), *(each.source for each in calls))
        return unknown("; ".join(whys[:4]), *sources, remedies=tuple(_remedies(left_open)))
    if not judged:
        return skip(f"{module.name} describes nothing that keeps data", module.source)
    return ok(
        f"protected against deletion: {listed([each.resource.address for each in judged])}",
        *(each.resource.source for each in judged),
    )


def _judged(resource: IacResource) -> _Guards:
    known = STATEFUL_TYPES.get(resource.type)
    found: dict[str, Maybe[bool]] = {_PREVENT: prevents_destroy(resource)}
    if known and known.guard:
        found[known.guard] = deletion_guard(resource)
    missing = tuple(name for name, held in found.items() if not isinstance(held, Unknown) and not held)
    return _Guards(resource, missing, tuple(held for held in found.values() if isinstance(held, Unknown)))


def _named(guards: _Guards) -> str:
    without = " and ".join(name.rpartition(".")[2] for name in guards.missing)
    return f"{guards.resource.address} ({guards.resource.source}, without {without})"


def _remedies(guards: Sequence[_Guards]) -> Iterator[Remedy]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for each in guards:
        known = STATEFUL_TYPES.get(each.resource.type)
        names = each.missing or (*((known.guard,) if known and known.guard else ()), _PREVENT)
        blocks[each.resource.source.path].append(block(each.resource, dict.fromkeys(sorted(names), True)))
    for path, bodies in sorted(blocks.items()):
        yield iac(path, "Refuse deletion: add these lines to the blocks that are there", "\n\n".join(bodies))
