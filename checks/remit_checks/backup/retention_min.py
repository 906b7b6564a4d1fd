"""BK-002."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource, Maybe, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.arguments import in_days
from remit_checks.backup.copies import destroyables
from remit_checks.backup.inventory import declare
from remit_checks.backup.locks import kept_days, plans_of
from remit_checks.backup.platforms import hosted
from remit_checks.backup.retention import days_kept, lines_for
from remit_checks.terraform import block, hidden, listed, why_hidden

# What a platform keeps at most, whatever is paid for it. Source: Render's "Recovery and backups", September 2026.
_AT_MOST: Mapping[str, int] = {"render": 7}


@dataclass(frozen=True, slots=True)
class _Kept:
    """A database, and for how many days one can go back."""

    name: str
    days: Maybe[int | None]
    """None for copies that are kept for good."""
    why: str
    sources: tuple[Source, ...]
    resource: IacResource | None = None


@check(
    "BK-002",
    "retention-min",
    severity="high",
    parameters=("backup.min_retention_days", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-9", "CP-6", "CP-10"),
        "nist-csf": ("PR.DS-11",),
        "iso-27001": ("A.8.13",),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.1", "11.2"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    incidents=("INC-05", "INC-24"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def retention_min(graph: AccessGraph, policy: Policy) -> Verdict:
    """Backups of every database are kept for as many days as the policy asks for.

    Not every loss is loud. An agent that writes wrong values for a week is found out after the last good copy has
    gone, where copies are kept for a week. Many platforms keep them for hours or days unless somebody pays for more.

    Fix:
        Raise the days below. Where the plan in use does not go as far, export to a place of your own and declare that
        copy with its retention_days.
    """
    least = policy.backup.min_retention_days
    found = [*_described(graph, policy), *_hosted(graph, policy)]
    short = [
        each for each in found if not isinstance(each.days, Unknown) and each.days is not None and each.days < least
    ]
    left_open = [each for each in found if isinstance(each.days, Unknown)]
    if short:
        more = f"; not known of {len(left_open)} more" if left_open else ""
        return fail(
            f"backups are kept for less than {least} days: {_told(short)}{more}",
            *_places(short),
            remedies=tuple(_remedies(short, least)),
        )
    if left_open:
        text = f"whether backups are kept for {least} days is not known: {_told(left_open)}"
        return unknown(text, *_places(left_open), remedies=tuple(_remedies(left_open, least)))
    if not found:
        return skip("no database is described here, and no connection URL outside development names one")
    return ok(f"backups are kept for {least} days or more: {_told(found)}", *_places(found))


def _told(found: Sequence[_Kept]) -> str:
    return listed([f"{each.name} ({each.why})" for each in found], 3)


def _places(found: Sequence[_Kept]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.sources))


def _described(graph: AccessGraph, policy: Policy) -> Iterator[_Kept]:
    originals = {(each.address, source): each for each in destroyables(graph) for source in each.sources}
    for module in graph.modules:
        for resource in module.resources:
            own = days_kept(resource)
            if own is None:
                continue
            original = originals.get((resource.address, resource.source))
            plans = plans_of(module, original) if original else ()
            yield _longest(
                (
                    _kept(resource, own, "by its code"),
                    *(_kept(resource, kept_days(plan), f"by {plan.address}") for plan in plans),
                    *(_kept(resource, days, "as declared") for days in _declared(policy, resource.address)),
                ),
                policy.backup.min_retention_days,
            )
        for call in hidden(module, graph, databases=True):
            name, why = f"module.{call.name}", why_hidden(call)
            declared = [
                _Kept(name, days, f"{in_days(days)} as declared", (call.source,)) for days in _declared(policy, name)
            ]
            yield declared[0] if declared else _Kept(name, Unknown(why), why, (call.source,))


def _hosted(graph: AccessGraph, policy: Policy) -> Iterator[_Kept]:
    """Databases that only a connection URL names."""
    for each in hosted(graph):
        platform = each.platform
        most = _AT_MOST.get(platform.name) if platform else None
        declared = _declared(policy, each.name)
        if declared:
            yield _Kept(each.name, declared[0], f"{in_days(declared[0])} as declared", each.sources)
        elif platform and most is not None and most < policy.backup.min_retention_days:
            yield _Kept(each.name, most, f"{platform.title} keeps them for {most} days at most", each.sources)
        else:
            how = f"{platform.title} keeps them as its plan says" if platform else "nobody could look"
            yield _Kept(each.name, Unknown(how), f"{how}, and no copy is declared", each.sources)


def _declared(policy: Policy, name: str) -> list[int]:
    """The days that declared copies are kept, the longest first."""
    days = (copy.retention_days for copy in policy.declared_copies(name))
    return sorted((each for each in days if each is not None), reverse=True)


def _kept(resource: IacResource, days: Maybe[int | None], how: str) -> _Kept:
    why = days.why if isinstance(days, Unknown) else f"for good {how}" if days is None else f"{in_days(days)} {how}"
    return _Kept(resource.address, days, why, (resource.source,), resource)


def _longest(ways: Sequence[_Kept], least: int) -> _Kept:
    """The way that keeps backups long enough; else one that nobody can tell, else the longest of the short ones."""
    known = [each for each in ways if not isinstance(each.days, Unknown)]
    best = max(known, key=_order, default=None)
    if best is not None and not _short(best, least):
        return best
    return next((each for each in ways if isinstance(each.days, Unknown)), best or ways[0])


def _order(kept: _Kept) -> float:
    return math.inf if kept.days is None or isinstance(kept.days, Unknown) else kept.days


def _short(kept: _Kept, least: int) -> bool:
    return not isinstance(kept.days, Unknown) and kept.days is not None and kept.days < least


# -------------------------------------------------------------------------------------------------------- remedies


def _remedies(found: Sequence[_Kept], least: int) -> Iterator[Remedy]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.resource is not None:
            blocks[each.resource.source.path].append(block(each.resource, lines_for(each.resource, least)))
    for path, bodies in sorted(blocks.items()):
        yield iac(path, f"Keep backups for {least} days: set these in the blocks that are there", "\n\n".join(bodies))
    title = f"Export to a place that keeps it for {least} days, and declare the copy in the auditor's policy"
    yield declare(title, [each.name for each in found], f"retention_days = {least}")
