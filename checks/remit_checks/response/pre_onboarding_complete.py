"""IR-009."""

from __future__ import annotations

import json
from datetime import datetime

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.response.attest import attest


@check(
    "IR-009",
    "pre-onboarding-complete",
    severity="medium",
    parameters=("agents.approved", "onboarding.required_controls"),
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0027",),
        "nist-800-53": ("PL-4", "AT-3", "CM-8"),
        "nist-csf": ("GV.PO-01", "GV.PO-02", "GV.RR-02", "ID.RA-07", "ID.AM-02"),
        "iso-27001": ("A.5.10", "A.6.3"),
        "iso-42001": ("A.2.2", "A.2.4", "A.3.2", "A.9.2", "A.9.4"),
        "soc2": ("CC5.3", "CC1.3"),
        "cis": ("14.9", "16.9"),
        "nist-ai-rmf": ("GOVERN 2.2", "MAP 3.4"),
        "eu-ai-act": ("9", "26"),
        "csa-aicm": ("GRC-05", "IAM-03"),
    },
    attestable=True,
)
def pre_onboarding_complete(agent: Agent, policy: Policy, graph: AccessGraph, now: datetime) -> Verdict:
    """Somebody worked through the checklist before each agent started, and signed it.

    Every one of the documented losses began with an agent that simply started: nobody had looked at its mode, its
    credentials or the copies first. Half a day with the list before the first session is the cheapest control of all.

    Fix:
        Work through the controls that the policy requires, mend what fails, and write the day of the signature into
        the agent's entry of the policy.
    """
    if agent.assumed:
        return unknown("no file names an agent, so nobody can say whether its checklist was signed", *agent.sources)
    entry = policy.approved_agent(agent.agent, graph.target)
    remedies = _remedies(agent, policy, graph)
    if isinstance(entry, Unknown):
        return unknown(entry, *agent.sources, remedies=remedies)
    if entry is None:
        text = (
            f"{agent.title} is set up here without an entry in the policy: no signature of its checklist is on record"
        )
        return fail(text, *agent.sources, remedies=remedies)
    if entry.onboarded is None:
        text = f"{agent.title} is set up here, and its entry in the policy has no day on which its checklist was signed"
        return fail(text, *agent.sources, remedies=remedies)
    if entry.onboarded > now.date():
        text = f"{agent.title} is set up here already, and its checklist is to be signed on {entry.onboarded}"
        return fail(text, *agent.sources, remedies=remedies)
    return ok(f"the policy has the checklist of {agent.title} signed on {entry.onboarded}", *agent.sources)


def _remedies(agent: Agent, policy: Policy, graph: AccessGraph) -> tuple[Remedy, ...]:
    controls = ", ".join(policy.onboarding.required_controls) or "none is listed under onboarding.required_controls"
    entry = "\n".join(
        (
            f"# signed after these passed: {controls}",
            "[[agents.approved]]",
            f"name = {json.dumps(agent.agent)}",
            'owner = "who answers for it"',
            f"targets = [{json.dumps(graph.target)}]",
            "onboarded = 2000-01-01  # the day of the signature",
        )
    )
    return (
        manual("Work through the checklist, and write the day into the agent's entry", entry),
        attest("IR-009", "Or attest it", "link to the signed checklist", 365),
    )
