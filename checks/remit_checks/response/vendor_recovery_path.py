"""IR-007."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from remit.access.graph import AccessGraph
from remit.access.providers import names_provider
from remit.check import check
from remit.evidence import CredentialFile, IacModule, Source
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.copies import destroyables
from remit_checks.response.attest import attest
from remit_checks.terraform import listed

_KEY = "providers"


@check(
    "IR-007",
    "vendor-recovery-path",
    severity="low",
    parameters=("providers",),
    frameworks={
        "owasp-agentic": ("ASI04", "ASI08"),
        "owasp-llm": ("LLM03",),
        "mitre-atlas": ("AML.M0026",),
        "nist-800-53": ("SA-9", "SR-6"),
        "nist-csf": ("GV.SC-05", "GV.SC-08", "ID.RA-10"),
        "iso-27001": ("A.5.20", "A.5.22", "A.5.23"),
        "iso-42001": ("A.10.2", "A.10.3"),
        "soc2": ("CC9.2",),
        "cis": ("15.4", "15.5"),
        "nist-ai-rmf": ("GOVERN 6.2", "MANAGE 3.1"),
        "eu-ai-act": ("9",),
        "csa-aicm": (),
    },
    incidents=("INC-01", "INC-03"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def vendor_recovery_path(graph: AccessGraph, policy: Policy) -> Verdict:
    """For every provider that holds data, it is on record who helps there and on what terms.

    One company got its data back because the vendor's founder took a call on a Sunday, another because its cloud's
    support found a copy that the console did not show, at ten per cent more a month ever since. Goodwill is not a plan.

    Fix:
        Find out for each provider what the plan in use promises after a deletion, whom to call and how fast they
        answer, and write it into the policy under providers.
    """
    found = _providers(graph)
    if not found:
        return skip("nothing here shows a provider that holds data")
    missing = {name: places for name, places in found.items() if not _support(policy, name)}
    bare = [name for name in missing if _support(policy, name) == ""]
    if bare:
        places = (*([graph.origins[_KEY]] if _KEY in graph.origins else []), *_flat(missing[name] for name in bare))
        text = f"the policy describes {listed(bare)} and records neither contact nor terms of support"
        return fail(text, *places, remedies=(_record(bare),))
    if missing:
        text = f"who helps at {listed(list(missing))}, and on what terms, is not recorded"
        terms = attest("IR-007", "Or attest that it is recorded elsewhere", "link to the contracts and contacts", 365)
        return unknown(text, *_flat(missing.values()), remedies=(_record(list(missing)), terms))
    return ok(f"support is recorded for {listed(list(found))}", *_flat(found.values()))


def _providers(graph: AccessGraph) -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = defaultdict(list)
    for each in destroyables(graph):
        if each.provider is not None:
            found[each.provider] += each.sources
    return dict(sorted(found.items()))


def _support(policy: Policy, name: str) -> str | None:
    """What the policy records of a provider's support; None where it does not speak of the provider."""
    said = [entry.support.strip() for key, entry in policy.providers.items() if names_provider(key, name)]
    return max(said, default=None)


def _flat(places: Iterable[list[Source]]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in places for source in each))


def _record(names: list[str]) -> Remedy:
    entries = (
        f'[providers.{json.dumps(name)}]\nsupport = "plan, whom to call, what is promised after a deletion"'
        for name in names
    )
    return manual("Record it in the auditor's policy", "\n\n".join(entries))
