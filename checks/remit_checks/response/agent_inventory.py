"""IR-010."""

from __future__ import annotations

import json

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, unknown


@check(
    "IR-010",
    "agent-inventory",
    severity="high",
    parameters=("agents.approved", "agents.used"),
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0027",),
        "nist-800-53": ("PL-4", "CM-8", "AC-2"),
        "nist-csf": ("GV.PO-01", "GV.PO-02", "GV.RR-02", "ID.RA-07", "ID.AM-02"),
        "iso-27001": ("A.5.1", "A.5.2", "A.5.9", "A.5.10"),
        "iso-42001": ("A.2.2", "A.2.4", "A.3.2", "A.9.2", "A.9.4"),
        "soc2": ("CC5.3", "CC1.3"),
        "cis": ("2.1", "5.1", "15.1"),
        "nist-ai-rmf": ("GOVERN 1.2", "GOVERN 1.6", "GOVERN 2.1"),
        "eu-ai-act": ("9", "26"),
        "csa-aicm": ("GRC-05", "IAM-03"),
    },
    incidents=("INC-22", "INC-27"),
)
def agent_inventory(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """Every agent that is set up here is on the policy's list, with somebody who answers for it.

    An agent that nobody listed is one whose logs nobody reads, whose mode nobody chose and whom nobody switches off
    when somebody leaves. Tools install themselves beside each other, and each brings its own way round every other
    control.

    Fix:
        Add the agent to the policy with its owner, or remove its configuration here and its program from the machines.
    """
    if agent.assumed:
        return unknown(
            "no file names an agent, and the policy does not say which are used here",
            *agent.sources,
            remedies=(_say(graph.target),),
        )
    entry = policy.approved_agent(agent.agent, graph.target)
    if isinstance(entry, Unknown):
        used = policy.agents_used(graph.target)
        if isinstance(used, Unknown) or agent.agent in used:
            return unknown(entry, *agent.sources, remedies=(_list(agent, graph),))
        said = ", ".join(used) or "no agent"
        text = f"the policy says that {said} is used here, and {agent.title} is set up"
        return fail(text, *agent.sources, remedies=(_list(agent, graph), _remove(agent)))
    if entry is None:
        text = f"{agent.title} is set up here and not on the policy's list of agents"
        return fail(text, *agent.sources, remedies=(_list(agent, graph), _remove(agent)))
    return ok(f"{agent.title} is on the policy's list; {entry.owner} answers for it", *agent.sources)


def _list(agent: Agent, graph: AccessGraph) -> Remedy:
    return manual(
        f"Approve {agent.title} in the auditor's policy",
        "\n".join(
            (
                "[[agents.approved]]",
                f"name = {json.dumps(agent.agent)}",
                'owner = "who answers for it"',
                f"targets = [{json.dumps(graph.target)}]",
            )
        ),
    )


def _remove(agent: Agent) -> Remedy:
    files = "\n".join(f"- {path}" for path in agent.files[:10])
    return manual(f"Or remove {agent.title}", f"Remove its program from the machines, and here:\n{files}", safe=False)


def _say(target: str) -> Remedy:
    return manual(
        "Say in the auditor's policy which agents are used here; an empty list for none",
        f'[[agents.used]]\ntarget = {json.dumps(target)}\nagents = ["claude-code"]',
    )
