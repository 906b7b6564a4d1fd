"""MN-015."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, ok, skip, unknown
from remit_checks.monitoring.watchers import of_types, words_of
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.stores import stores
from remit_checks.terraform import listed

# What counts or awaits something on a schedule; a probe that only asks whether a page answers counts nothing.
# Sources: the argument references of the Terraform providers.
_CHECKS = frozenset(
    (
        "aws_synthetics_canary",
        "betteruptime_heartbeat",
        "checkly_check",
        "checkly_heartbeat",
        "checkly_heartbeat_monitor",
        "datadog_monitor",
        "datadog_synthetics_test",
        "healthchecksio_check",
        "newrelic_synthetics_script_monitor",
    )
)
_WORD = re.compile(r"[a-z0-9]{3,40}")
_COMMON = frozenset(
    ("and", "the", "for", "count", "rows", "row", "number", "table", "must", "not", "are", "has", "than")
)


@check(
    "MN-015",
    "independent-state-check",
    severity="medium",
    parameters=("monitoring.invariants",),
    frameworks={
        "owasp-agentic": ("ASI09",),
        "owasp-llm": ("LLM09",),
        "mitre-atlas": ("AML.M0024",),
        "nist-800-53": ("SI-7", "CA-7"),
        "nist-csf": ("DE.CM-09", "RC.RP-05"),
        "iso-27001": ("A.8.16",),
        "iso-42001": ("A.6.2.6",),
        "soc2": ("CC4.1",),
        "cis": ("13.1",),
        "nist-ai-rmf": ("MEASURE 2.4", "MEASURE 2.8"),
        "eu-ai-act": ("14",),
        "csa-aicm": ("LOG-13",),
    },
    incidents=("INC-02", "INC-06", "INC-25"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def independent_state_check(graph: AccessGraph, policy: Policy) -> Verdict:
    """Something other than the agent counts what must be there.

    An agent that had emptied the tables filled them with thousands of invented users and reported that all was well;
    its owner found out by looking. Another invented a recovery report. What an agent says about the state of the data
    is no evidence of it.

    Fix:
        Name in the policy, under monitoring.invariants, what must always hold: rows that do not vanish, jobs that
        report in. Let a scheduled check that no agent can edit count it and alert people.
    """
    if next(stores(graph), None) is None:
        return skip("no database or other store outside development is named here")
    wanted = policy.monitoring.invariants
    checks = list(of_types(graph, _CHECKS))
    if not wanted:
        seen = f"; {listed([each.address for each in checks])} looks at something" if checks else ""
        text = f"the policy names nothing that must always hold of the data{seen}"
        return unknown(text, *(each.source for each in checks[:5]), remedies=_remedies(wanted))
    watched = {each: found for each in wanted if (found := _watching(each, checks))}
    left = [each for each in wanted if each not in watched]
    sources = tuple(dict.fromkeys(found.source for found in watched.values()))
    if left:
        text = f"no check in these files watches {listed(left)}; one that is kept elsewhere cannot be seen"
        return unknown(text, *sources, remedies=_remedies(wanted))
    names = listed([f"{each} ({found.address})" for each, found in watched.items()])
    return ok(f"watched by something other than the agent: {names}", *sources)


def _watching(invariant: str, checks: Sequence[IacResource]) -> IacResource | None:
    """The check whose words hold every telling word of the invariant."""
    words = {word for word in _WORD.findall(invariant.lower()) if word not in _COMMON}
    return next((each for each in checks if words and words <= set(_WORD.findall(words_of(each)))), None)


def _remedies(wanted: Sequence[str]) -> tuple[Remedy, ...]:
    names = json.dumps(list(wanted) or ["orders never shrink", "the nightly export reported in"])
    return (
        manual("Name what must always hold, in the auditor's policy", f"[monitoring]\ninvariants = {names}"),
        attested(
            "MN-015",
            "Count it from outside, and attest the check",
            "1. From a scheduler that no agent can edit, count the rows of the key tables with a role that only reads, "
            "and report to a heartbeat monitor.\n"
            "2. Alert people when a count falls, or when the report stays away.",
            "link to the check, with its last alert or test",
        ),
    )
