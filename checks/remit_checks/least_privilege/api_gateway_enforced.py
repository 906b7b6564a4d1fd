"""LP-023."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.access.agent import Agent, McpServer
from remit.access.unasked import confined
from remit.check import check
from remit.evidence import Maybe, Source, Unknown
from remit.policy.environment import is_local
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.agent_files import known
from remit_checks.least_privilege.database_servers import is_unread
from remit_checks.least_privilege.server_addresses import host_of
from remit_checks.least_privilege.usable_credentials import listed

# Programs that stand between an agent and its servers. Source: their own documentation (2026).
_GATEWAY = re.compile(r"(?:^|[/@\s])(?:agentgateway|mcp-gateway|agent-mcp-gateway|invariant-gateway|thv)(?:[@=:\s]|$)")
_DOCKER_GATEWAY = ("docker", "mcp", "gateway", "run")
_PROXY = {
    "claude-code": (
        ".claude/settings.json",
        """\
{
  "sandbox": {
    "enabled": true,
    "failIfUnavailable": true,
    "allowUnsandboxedCommands": false,
    "network": {"allowedDomains": ["gateway.example.com"]}
  },
  "permissions": {"deny": ["WebFetch"]}
}""",
    ),
    "codex": (
        ".codex/config.toml",
        'sandbox_mode = "workspace-write"\n\n[sandbox_workspace_write]\nnetwork_access = false',
    ),
}


@check(
    "LP-023",
    "api-gateway-enforced",
    severity="medium",
    parameters=("gateway.required_from_team_size", "team.size"),
    frameworks={
        "owasp-agentic": ("ASI02",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0053", "AML.M0028", "AML.M0030"),
        "nist-800-53": ("CM-7", "CM-7(5)", "AC-6", "SC-7(8)"),
        "nist-csf": ("PR.PS-05", "PR.AA-05"),
        "iso-27001": ("A.8.19", "A.8.18", "A.8.9"),
        "iso-42001": ("A.4.4", "A.9.2"),
        "soc2": ("CC6.1", "CC6.8"),
        "cis": ("2.5", "2.7", "4.8"),
        "nist-ai-rmf": ("MAP 4.2", "MANAGE 1.3"),
        "eu-ai-act": ("15", "14"),
        "csa-aicm": ("AIS-11", "IAM-19"),
    },
    incidents=("INC-01",),
    attestable=True,
)
def api_gateway_enforced(agent: Agent, policy: Policy) -> Verdict:
    """In a larger team agents reach servers and interfaces through a gateway only.

    One call to a provider's interface deleted a production volume. A rule in the agent's prompt was never asked; a
    proxy outside the model would have been, and knows which calls were made. With many agents it is the one place at
    which all of them can be stopped.

    Fix:
        Let the agent's servers be reached through a gateway that checks and records each call, and let its sandbox
        connect to nothing but that gateway.
    """
    required = _required(policy)
    if not isinstance(required, Unknown) and not required:
        return skip("the policy asks for a gateway only in larger teams, or not at all")
    direct = list(_direct(agent))
    shell = _shell_connects(agent)
    free = not isinstance(shell, Unknown) and shell
    texts = [f"the server {server.name} is reached without a gateway" for server in direct]
    texts += ["its commands connect anywhere"] if free else []
    places = tuple(dict.fromkeys([*(each.source for each in direct), *agent.sources]))
    return _verdict(agent, texts, required, shell, places)


def _verdict(
    agent: Agent, texts: list[str], required: Maybe[bool], shell: Maybe[bool], places: tuple[Source, ...]
) -> Verdict:
    remedies = _remedies(agent)
    text = f"{agent.title}: {listed(texts)}"
    if texts and isinstance(required, Unknown):
        return unknown(f"{text}; {required.why}", *places, remedies=remedies)
    if texts and not agent.assumed and places:
        return fail(text, *places, remedies=remedies)
    if texts:
        return unknown(f"{text}, by a vendor's default", *places, remedies=remedies)
    if any(is_unread(each) for each in agent.access.mcp):
        return unknown(f"not every file that may define servers of {agent.title} could be read", *places)
    if isinstance(shell, Unknown):
        return unknown(shell, *places, remedies=remedies)
    return ok(f"{agent.title} has no server beside a gateway, and its commands reach no open network unasked", *places)


def _required(policy: Policy) -> Maybe[bool]:
    """Whether the policy asks a team of this size for a gateway."""
    least, size = policy.gateway.required_from_team_size, policy.team.size
    if least is None:
        return False
    if size is None and least > 1:
        return Unknown(f"a gateway is asked for from {least} people on, and team.size is not declared")
    return size is None or size >= least


def _direct(agent: Agent) -> Iterator[McpServer]:
    """Servers that the agent starts or calls by itself: they run outside its sandbox."""
    for server in agent.access.mcp:
        if not is_unread(server) and not _is_gateway(server):
            yield server


def _is_gateway(server: McpServer) -> bool:
    """Whether a server is a gateway by its program, or by the name of the host it is called at."""
    if server.url is not None:
        host = host_of(server.url)
        return "gateway" in (f"{server.name} {host}" if is_local(host) else host).lower()
    words = " ".join((server.package or "", *server.command))
    return server.command[:4] == _DOCKER_GATEWAY or bool(_GATEWAY.search(words[:2000]))


def _shell_connects(agent: Agent) -> Maybe[bool]:
    """Whether its commands reach any host unasked."""
    access = agent.access
    mode, shell = access.egress.mode, access.shell_without_approval
    if isinstance(shell, Unknown):
        return shell
    if shell == "no":
        return False
    if isinstance(mode, Unknown):
        return mode
    return mode == "open" or (mode == "allowlist" and not confined(access.sandbox))


def _remedies(agent: Agent) -> tuple[Remedy, ...]:
    steps = manual(
        "Put a gateway in between",
        "1. Run a gateway that lists the servers and interfaces that agents may call, and records each call.\n"
        "2. Replace the agent's servers by that one, and let its sandbox connect to nothing else.\n"
        "3. What no file shows, attest in the auditor's policy.",
        safe=False,
    )
    found = known(agent, _PROXY)
    if found is None:
        return (steps,)
    return (edit(found[0], "Let its commands connect to listed hosts only", found[1], safe=False), steps)
