"""IR-003."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.check import check
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, skip, unknown
from remit_checks.response.attest import attest

_KEY = "ir.escalation"
_LEAST = 3
_STATIONS = ("a channel", "a rota", "an executive")


@check(
    "IR-003",
    "escalation-path",
    severity="medium",
    parameters=("ir.escalation", "ir.escalation_minutes"),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI10"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0018",),
        "nist-800-53": ("IR-4", "IR-5", "IR-6", "IR-8"),
        "nist-csf": ("RS.MA-01", "RS.MA-04", "RS.CO-02", "ID.IM-03", "RS.AN-03"),
        "iso-27001": ("A.5.24", "A.5.26", "A.5.27"),
        "iso-42001": ("A.8.4", "A.3.3"),
        "soc2": ("CC7.3", "CC7.4", "CC7.5"),
        "cis": ("17.2", "17.4", "17.8"),
        "nist-ai-rmf": ("MANAGE 4.3", "GOVERN 4.3", "MANAGE 2.3"),
        "eu-ai-act": ("26",),
        "csa-aicm": ("SEF-03", "SEF-08"),
    },
    attestable=True,
)
def escalation_path(graph: AccessGraph, policy: Policy) -> Verdict:
    """An agent's incident reaches a channel, the rota and an executive within minutes.

    Agents work at night and on Saturdays, when nobody looks. If it is not settled who hears of it, in which order and
    how fast, the first hour goes into finding out who may decide.

    Fix:
        Name the channel, the rota and the executive in the policy, let a test message run through all three, and
        attest the day and how long it took.
    """
    if not graph.agents:
        return skip("the policy says that no agent is used here")
    path, minutes = policy.ir.escalation, policy.ir.escalation_minutes
    # An empty list stands in no file of the auditor's.
    source = (graph.origins.get(_KEY) if path else None) or graph.agents[0].sources[0]
    within = f" within {minutes} minutes" if minutes is not None else ""
    if not path:
        return unknown(
            f"the policy names nobody whom an agent's incident reaches{within}", source, remedies=(_declare(), _try())
        )
    told = " → ".join(path)
    if len(path) < _LEAST:
        text = f"the escalation path stops short: {told}; it takes {', '.join(_STATIONS)}"
        return fail(text, source, remedies=(_declare(path),))
    text = f"the path is named ({told}); whether it was tried, and reached the last{within}, is not recorded"
    return unknown(text, source, remedies=(_try(),))


def _declare(path: tuple[str, ...] = ()) -> Remedy:
    stations = (*path, *("#incidents", "on-call rota", "CTO")[len(path) :])
    listed = ", ".join('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in stations)
    return manual("Name all three in the auditor's policy", f"[ir]\nescalation = [{listed}]")


def _try() -> Remedy:
    return attest("IR-003", "Let a test message run through, and attest it", "who was reached, after how many minutes")
