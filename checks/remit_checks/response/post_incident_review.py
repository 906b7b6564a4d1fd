"""IR-004."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.check import check
from remit.policy.model import Policy
from remit.remedy import edit
from remit.verdict import Verdict, skip, unknown
from remit_checks.response.attest import attest

_PATH = "docs/incidents/TEMPLATE.md"
_TEMPLATE = """\
# Incident: TITLE

Began: TIME. Noticed: TIME, by NAME or ALERT. Over: TIME. Reviewed: TIME (at most {hours} hours later), by NAMES.

## What was lost, and what came back

## What the agent did, with the commands as they were recorded

## Why nothing stopped it
For each: the credential it used, the gate that was open, the alert that stayed silent, the copy that was too near.

## What changes
- WHAT, by WHOM, until WHEN, and the control that will prove it"""


@check(
    "IR-004",
    "post-incident-review",
    severity="medium",
    parameters=("ir.review_hours",),
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
    incidents=("INC-04",),
    attestable=True,
)
def post_incident_review(graph: AccessGraph, policy: Policy) -> Verdict:
    """Every incident with an agent is reviewed within days, and something changes.

    One database was emptied by the same command twice in eleven days. After the first time the tables were back, and
    nobody had asked why nothing had stopped it.

    Fix:
        Write every incident down, review it with the people concerned within the policy's time, and give each change
        an owner and a day. Attest that none is waiting, also when there was none.
    """
    if not graph.agents:
        return skip("the policy says that no agent is used here")
    hours = policy.ir.review_hours
    if hours is None:
        return skip("the policy sets no time for reviews")
    text = f"whether there were incidents, and whether each was reviewed within {hours} hours, only a person can tell"
    done = attest("IR-004", "Attest that none is waiting for its review", "link to the incidents and their reviews")
    template = edit(_PATH, "Keep a template for reviews", _TEMPLATE.format(hours=hours))
    return unknown(text, *graph.agents[0].sources[:1], remedies=(template, done))
