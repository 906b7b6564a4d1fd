"""LP-027."""

from __future__ import annotations

from remit.access.agent import Agent
from remit.check import check
from remit.evidence import ScriptFile, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown


@check(
    "LP-027",
    "no-bypass-mode",
    severity="critical",
    parameters=("agents.allow_bypass", "agents.allow_bypass_in_sandbox"),
    frameworks={
        "owasp-agentic": ("ASI02", "ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0029", "AML.M0028"),
        "nist-800-53": ("CM-3", "CM-5", "AC-3(2)", "CP-9(7)"),
        "nist-csf": ("PR.PS-01", "PR.AA-05", "ID.RA-07"),
        "iso-27001": ("A.8.32", "A.5.3"),
        "iso-42001": ("A.9.2", "A.6.2.6"),
        "soc2": ("CC8.1", "CC6.3"),
        "cis": ("4.1", "2.7"),
        "nist-ai-rmf": ("MAP 3.5", "MANAGE 2.4"),
        "eu-ai-act": ("14", "26"),
        "csa-aicm": ("CCC-04",),
    },
    incidents=("INC-03", "INC-04", "INC-07", "INC-10", "INC-14", "INC-17", "INC-28"),
    attestable=True,
)
def no_bypass_mode(subject: Agent | ScriptFile, policy: Policy) -> Verdict:
    """No agent runs in a mode that skips every approval.

    The agent that ran `terraform destroy` on a live course platform had been started with approvals switched off. In
    such a mode nothing stands between a wrong conclusion and its consequence, and whoever gets a prompt to the agent
    has a shell.

    Fix:
        Remove the flag or setting. Where unattended runs are needed, run them in a container without credentials, and
        let the administrator's settings forbid the mode everywhere else.
    """
    if isinstance(subject, ScriptFile):
        return _script(subject)
    return _agent(subject, policy)


def _script(script: ScriptFile) -> Verdict:
    started = [command for command in script.commands if command.bypass]
    if not started:
        return skip(f"{script.path} starts no agent")
    flags = sorted({flag for command in started for flag in command.bypass})
    return fail(
        f"{script.path} starts {started[0].program} with {', '.join(flags)}: nobody is asked about anything",
        *(command.source for command in started),
        remedies=(edit(script.path, f"Start it without {', '.join(flags)}", f"remove: {' '.join(flags)}", safe=False),),
    )


def _agent(agent: Agent, policy: Policy) -> Verdict:
    access = agent.access
    if agent.bypass or access.bypass_requested:
        if policy.agents.allow_bypass_in_sandbox and access.sandbox.enabled is True and not access.sandbox.escapes:
            return ok(
                f"{agent.title} skips approvals inside a sandbox without a way out, which the policy allows",
                *agent.bypass,
            )
        return fail(
            f"{agent.title} is configured to skip every approval",
            *(agent.bypass or agent.sources),
            remedies=_remedies(agent),
        )
    if isinstance(access.approval, Unknown):
        return unknown(access.approval, *agent.sources, remedies=_remedies(agent))
    if agent.assumed:
        return unknown(
            "no file names an agent, so nobody can see how one is started here",
            *agent.sources,
            remedies=_remedies(agent),
        )
    if access.approval_assumed:
        return unknown(
            f"no setting says how {agent.title} asks, and nobody can see how it is started",
            *agent.sources,
            remedies=_remedies(agent),
        )
    if isinstance(access.bypass_reachable, Unknown):
        return unknown(access.bypass_reachable, *agent.sources)
    if access.bypass_reachable:
        return ok(f"{agent.title} asks by its configuration; a flag could still switch that off", *agent.sources)
    return ok(f"{agent.title} asks, and its settings forbid the mode without approvals", *agent.sources)


def _remedies(agent: Agent) -> tuple[Remedy, ...]:
    path = next((file for file in agent.files if file.endswith((".json", ".toml"))), "")
    body = {
        "claude-code": '"permissions": {"defaultMode": "default", "disableBypassPermissionsMode": "disable"}',
        "codex": 'approval_policy = "on-request"\nsandbox_mode = "workspace-write"',
    }.get(agent.agent)
    if body and path:
        return (edit(path, "Ask again, and forbid the mode", body),)
    return (
        manual(
            "Switch approvals on in the agent's settings, and forbid the mode for everyone in its administrator "
            "settings"
        ),
    )
