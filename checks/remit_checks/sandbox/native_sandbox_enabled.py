"""SB-002."""

from __future__ import annotations

from remit.access.agent import Agent
from remit.check import check
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.sandbox.settings import WITHOUT_SANDBOX, out_of_sight, places, sandbox_on


@check(
    "SB-002",
    "native-sandbox-enabled",
    severity="high",
    parameters=("agents.require_native_sandbox",),
    frameworks={
        "owasp-agentic": ("ASI05", "ASI02"),
        "owasp-llm": ("LLM06", "LLM05"),
        "mitre-atlas": ("AML.T0105", "AML.T0112.000", "AML.M0032"),
        "nist-800-53": ("SC-39", "SC-7", "SC-44", "SI-14", "CM-7"),
        "nist-csf": ("PR.PS-01", "PR.PS-05", "PR.IR-01"),
        "iso-27001": ("A.8.22", "A.8.27", "A.8.1"),
        "iso-42001": ("A.4.5",),
        "soc2": ("CC6.1", "CC6.8"),
        "cis": ("4.1", "16.10"),
        "nist-ai-rmf": ("MEASURE 2.7", "MANAGE 1.3"),
        "eu-ai-act": ("15",),
        "csa-aicm": ("AIS-11", "IVS-04"),
    },
    incidents=("INC-01", "INC-06", "INC-08", "INC-28"),
    attestable=True,
)
def native_sandbox_enabled(agent: Agent, policy: Policy) -> Verdict:
    """An agent that brings a sandbox of its own runs its commands in it.

    It is the cheapest layer there is: one setting, and the operating system keeps every command of the agent inside
    the project. Home directories were emptied by commands that no such layer held, on machines where one was
    installed and switched off.

    Fix:
        Switch it on in the agent's settings, and again in the administrator's, where no checkout can switch it off.
    """
    if not policy.agents.require_native_sandbox:
        return skip("the policy does not ask for agents' own sandboxes")
    sandbox = agent.access.sandbox
    if sandbox.enabled is True:
        return ok(f"{agent.title} runs its commands in its own sandbox", *places(agent))
    if agent.agent in WITHOUT_SANDBOX:
        return skip(f"{agent.title} brings no sandbox; only a container can hold it (SB-001)", *places(agent))
    if isinstance(sandbox.enabled, Unknown):
        return unknown(sandbox.enabled, *places(agent), remedies=sandbox_on(agent))
    if why := out_of_sight(agent):
        return unknown(why, *places(agent), remedies=sandbox_on(agent))
    switch = "its sandbox is switched off" if sandbox.source else "no file that was read switches its sandbox on"
    return fail(f"{agent.title}: {switch}", *places(agent), remedies=sandbox_on(agent))
