"""SB-016."""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.access.iac_types import STATEFUL_TYPES
from remit.access.nodes import destroys
from remit.check import check
from remit.evidence import Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.agent_files import known
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.settings import called, out_of_sight
from remit_checks.terraform import listed

# From loosest to strictest, as the policy orders them; a model's decision is nobody's plan.
_RANK: Mapping[str, int] = {"bypass": 0, "classifier": 1, "edits-auto": 1, "each": 2, "plan": 3}
_STARTS: Mapping[str, str] = {
    "bypass": "without any approval",
    "classifier": "with a model that approves its commands",
    "edits-auto": "editing without being asked",
    "each": "asking before each step",
    "plan": "planning only",
}
_PLAN: Mapping[str, tuple[str, str]] = {
    "claude-code": (".claude/settings.json", '{\n  "permissions": {"defaultMode": "plan"}\n}'),
    "codex": (".codex/config.toml", 'approval_policy = "never"\nsandbox_mode = "read-only"'),
    "gemini-cli": (".gemini/settings.json", '{\n  "general": {"defaultApprovalMode": "plan"}\n}'),
}
_ASK: Mapping[str, tuple[str, str]] = {
    "claude-code": (".claude/settings.json", '{\n  "permissions": {"defaultMode": "default"}\n}'),
    "codex": (".codex/config.toml", 'approval_policy = "on-request"\nsandbox_mode = "read-only"'),
    "gemini-cli": (".gemini/settings.json", '{\n  "general": {"defaultApprovalMode": "default"}\n}'),
}


@check(
    "SB-016",
    "plan-mode-available",
    severity="medium",
    parameters=("agents.default_mode",),
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
    incidents=("INC-01", "INC-02"),
    attestable=True,
)
def plan_mode_available(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """Next to production an agent starts by planning, and acts once somebody has read the plan.

    One vendor shipped a planning mode the week after its agent had emptied a customer's database. A session that
    starts read-only shows what it means to do while it can do nothing yet; a session that starts by acting shows it
    afterwards.

    Fix:
        Make the planning or read-only mode the one that sessions start in, in every project from which production can
        be reached. Agents whose mode lives in their interface have to be set there, and attested.
    """
    nearby = _production(graph)
    if nearby is None:
        unseen = [*(gap.path for gap in graph.gaps), *graph.left_out]
        text = f"nothing that was read leads {called(agent)} to production"
        return unknown(f"{text}, but {listed(unseen, 3)} was not read", *agent.sources) if unseen else skip(text)
    wanted = policy.agents.default_mode
    approval = agent.access.approval
    remedies = _remedies(agent, wanted)
    if isinstance(approval, Unknown):
        return unknown(approval, *agent.sources, nearby, remedies=remedies)
    if approval == "allowlist-only":
        text = (
            f"{called(agent)} runs what is on its list and asks about nothing; whether that changes anything, its list"
        )
        return unknown(f"{text} decides", *agent.sources, nearby, remedies=remedies)
    text = f"{called(agent)} starts {_STARTS[approval]}"
    if _RANK[approval] >= _RANK[wanted] and not agent.access.approval_assumed:
        return ok(text, *agent.sources)
    if why := _unsettled(agent):
        return unknown(f"{text}, as far as can be told: {why}", *agent.sources, nearby, remedies=remedies)
    return fail(
        f"{text}, and production is near ({nearby}); the policy asks for `{wanted}`",
        *agent.sources,
        nearby,
        remedies=remedies,
    )


def _production(graph: AccessGraph) -> Source | None:
    """Something here by which production can be reached."""
    for file in graph.credential_files:
        for credential in filter(destroys, file.credentials):
            if isinstance(credential.environment, Unknown) or credential.environment == "production":
                return credential.source
    for module in graph.modules:
        for resource in module.resources:
            if resource.type in STATEFUL_TYPES:
                return resource.source
    for script in graph.scripts:
        for command in script.commands:
            if command.effects:
                return command.source
    return None


def _unsettled(agent: Agent) -> str:
    """Why the mode in which it starts is not settled by what was read."""
    if agent.access.approval_assumed:
        return "no setting says how it asks, and a vendor's default of an unknown version decides"
    return out_of_sight(agent)


def _remedies(agent: Agent, wanted: str) -> tuple[Remedy, ...]:
    found = known(agent, _PLAN if wanted == "plan" else _ASK)
    said = attested(
        "SB-016",
        "Set the mode where the agent keeps it, and attest it",
        "1. Choose the planning or read-only mode as the one that sessions start in.\n"
        "2. Let the administrator's settings keep it for projects from which production can be reached.",
        "TICKET, with a picture of the setting",
    )
    mode = "planning" if wanted == "plan" else "asking"
    return (edit(found[0], f"Let sessions start by {mode}", found[1], safe=False), said) if found else (said,)
