"""SB-018."""

from __future__ import annotations

import re

from remit.access.agent import Agent, McpServer
from remit.check import check
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.terraform import listed

# Launchers that put a server behind a wall: the sandbox runtime, a container, a virtual machine.
_WALLS = frozenset(
    {"srt", "docker", "podman", "nerdctl", "bwrap", "sandbox-exec", "firejail", "kubectl", "lima", "e2b"}
)
_BARE = re.compile(r"(?:npx|bunx|pnpx|uvx|pipx|uv|node|deno|bun|python[\d.]*|ruby|go|java|dotnet)$")
_OPEN_CONTAINER = re.compile(r"--privileged|--network[= ]host|docker\.sock|(?:-v|--volume)[= ](?:/|~|\$HOME):")


@check(
    "SB-018",
    "mcp-servers-isolated",
    severity="high",
    parameters=("mcp.require_isolation",),
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
    incidents=("INC-21",),
)
def mcp_servers_isolated(agent: Agent, policy: Policy) -> Verdict:
    """MCP servers that run on the machine run behind a wall of their own.

    The agent's sandbox holds its shell. A server that it starts is a process of the user beside that sandbox, reads
    what the user reads, and does what a tool call asks of it.

    Fix:
        Start each server in a container without mounts, or wrap its command in a sandbox runtime with an allow list of
        files and hosts.
    """
    local = [each for each in agent.access.mcp if each.transport == "stdio"]
    if not policy.mcp.require_isolation:
        return skip("the policy does not ask for it")
    if not local:
        return skip(f"{agent.title} starts no server on this machine")
    bare = [each for each in local if _is_bare(each)]
    if bare:
        names = listed([each.name for each in bare])
        return fail(
            f"{agent.title} starts {names} on the machine itself, beside any sandbox",
            *(each.source for each in bare),
            remedies=(_wrap(bare[0]),),
        )
    other = [each for each in local if not _is_walled(each)]
    if other:
        return unknown(
            f"what starts {listed([each.name for each in other])} is a program of its own, and may be a wall or none",
            *(each.source for each in other),
            remedies=(_wrap(other[0]),),
        )
    return ok(f"{agent.title} starts its servers behind a wall", *(each.source for each in local))


def _program(server: McpServer) -> str:
    return server.command[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe") if server.command else ""


def _is_bare(server: McpServer) -> bool:
    opened = _program(server) in _WALLS and _OPEN_CONTAINER.search(" ".join(server.command))
    return bool(_BARE.fullmatch(_program(server)) or opened)


def _is_walled(server: McpServer) -> bool:
    return _program(server) in _WALLS


def _wrap(server: McpServer) -> Remedy:
    return manual(
        f"Start {server.name} behind a wall",
        "Put `srt` (the sandbox runtime) in front of its command, or start it with `docker run --rm -i` from an image\n"
        "without mounts, and give it only the hosts and files that its task needs.",
        safe=False,
    )
