"""SB-001."""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.agent import Agent, SandboxState
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Container, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, unknown
from remit_checks.agent_files import known, placed

# What of the policy's list each kind of sandbox and container can be.
_SANDBOXES: Mapping[str, tuple[str, ...]] = {
    "os": ("native",),
    "container": ("docker", "podman", "devcontainer"),
    "vm": ("firecracker", "gvisor"),
    "remote": ("cloud", "e2b", "k8s-agent-sandbox"),
}
_CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "devcontainer": ("devcontainer",),
    "dockerfile": ("docker", "podman"),
    "compose": ("docker", "podman"),
}
_SETTINGS: Mapping[str, tuple[str, str]] = {
    "claude-code": (
        ".claude/settings.json",
        """\
{
  "sandbox": {
    "enabled": true,
    "failIfUnavailable": true,
    "allowUnsandboxedCommands": false,
    "excludedCommands": []
  }
}""",
    ),
    "codex": (
        ".codex/config.toml",
        """\
sandbox_mode = "workspace-write"

[sandbox_workspace_write]
network_access = false""",
    ),
    "cursor": (
        ".cursor/sandbox.json",
        """\
{
  "type": "workspace_readwrite",
  "networkPolicy": {"default": "deny", "allow": []}
}""",
    ),
    "gemini-cli": (
        ".gemini/settings.json",
        """\
{
  "tools": {"sandbox": "docker", "sandboxNetworkAccess": false}
}""",
    ),
}
_DEVCONTAINER = """\
{
  "name": "agent",
  "image": "mcr.microsoft.com/devcontainers/base:ubuntu",
  "remoteUser": "vscode",
  "workspaceMount": "source=${localWorkspaceFolder},target=/workspace,type=bind",
  "workspaceFolder": "/workspace",
  "runArgs": ["--cap-drop=ALL", "--security-opt=no-new-privileges"],
  "mounts": []
}"""


@check(
    "SB-001",
    "sessions-containerized",
    severity="critical",
    parameters=("sandbox.accepted",),
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
    incidents=(
        "INC-01",
        "INC-03",
        "INC-04",
        "INC-06",
        "INC-07",
        "INC-08",
        "INC-10",
        "INC-11",
        "INC-18",
        "INC-22",
        "INC-27",
        "INC-28",
        "INC-29",
    ),
    attestable=True,
    needs=(Container,),
)
def sessions_containerized(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """Every agent works in a container or sandbox, never in a person's own shell.

    In a developer's shell an agent has what the developer has: the home directory, the cloud logins, every other
    project. That is how a staging task ended at a production volume, and how home directories were emptied by a wrong
    path. Most of the documented incidents would have stopped at this wall.

    Fix:
        Switch the agent's own sandbox on so that it fails closed and has no way out, or give the agent a container
        that it is started in, with nothing mounted but the project.
    """
    sandbox = agent.access.sandbox
    if (held := _held(sandbox, policy)) is not None:
        return ok(f"{agent.title} works in {held} without a way out", *_places(agent))
    meant = [each for each in graph.containers if _meant_for(each, agent)]
    sound = [each for each in meant if not _way_out(each) and _accepted(_CONTAINERS[each.kind], policy)]
    if sound:
        return ok(f"{agent.title} has a container of its own: {sound[0].path}", *(each.source for each in sound))
    if isinstance(sandbox.enabled, Unknown):
        return unknown(sandbox.enabled, *_places(agent), remedies=_remedies(agent))
    if sandbox.enabled and not sandbox.escapes and isinstance(sandbox.kind, Unknown):
        return unknown(sandbox.kind, *_places(agent), remedies=_remedies(agent))
    if agent.assumed or agent.where == "ci":
        where = "runs its jobs" if agent.where == "ci" else "is run"
        return unknown(f"where {agent.title.lower()} {where} is not known", *agent.sources, remedies=_remedies(agent))
    return _uncontained(agent, graph, meant)


def _uncontained(agent: Agent, graph: AccessGraph, meant: list[Container]) -> Verdict:
    """No sandbox holds it, and no sound container is meant for it."""
    if meant:
        way = _way_out(meant[0]) or "a kind that the policy does not accept"
        why = (
            f"its container {meant[0].path} has a way out: {way}"
            if _way_out(meant[0])
            else f"its container is of {way}"
        )
        return fail(f"{agent.title}: {why}", meant[0].source, *_places(agent), remedies=_remedies(agent))
    open_to_it = [
        each for each in graph.containers if each.kind == "devcontainer" and not each.agents and not _way_out(each)
    ]
    if open_to_it:
        return unknown(
            f"there is {open_to_it[0].path}, but nothing says that {agent.title} is started in it and not beside it",
            open_to_it[0].source,
            *_places(agent),
            remedies=_remedies(agent),
        )
    escapes = agent.access.sandbox.escapes
    why = f"its sandbox has a way out ({escapes[0]})" if escapes else "no accepted sandbox is switched on"
    return fail(f"{agent.title}: {why}, and no container is meant for it", *_places(agent), remedies=_remedies(agent))


def _held(sandbox: SandboxState, policy: Policy) -> str | None:
    """What surely holds the agent's shell; None where nothing does."""
    if isinstance(sandbox.enabled, Unknown) or isinstance(sandbox.kind, Unknown):
        return None
    if not sandbox.enabled or sandbox.escapes or not _accepted(_SANDBOXES.get(sandbox.kind, ()), policy):
        return None
    return {"os": "its own sandbox", "container": "a container", "vm": "a virtual machine"}.get(
        sandbox.kind, "a remote sandbox"
    )


def _accepted(kinds: tuple[str, ...], policy: Policy) -> bool:
    return any(kind in policy.sandbox.accepted for kind in kinds)


def _meant_for(container: Container, agent: Agent) -> bool:
    return bool(container.agents) if agent.assumed else agent.agent in container.agents


def _way_out(container: Container) -> str:
    if container.privileged:
        return "it is privileged"
    if container.socket:
        return "it holds the container engine's socket"
    return container.escapes[0] if container.escapes else ""


def _places(agent: Agent) -> tuple[Source, ...]:
    source = agent.access.sandbox.source
    return tuple(dict.fromkeys((*((source,) if source else ()), *agent.sources)))


def _remedies(agent: Agent) -> tuple[Remedy, ...]:
    container = edit(
        placed(agent, ".devcontainer/devcontainer.json"),
        "Start it in a container with nothing but the project",
        _DEVCONTAINER,
    )
    if agent.where == "ci":
        return (manual("Run the job on a hosted runner that is thrown away, and give it no secret it does not need"),)
    found = known(agent, _SETTINGS)
    # A sandbox refuses what worked before: that is its purpose, and not safe to switch on unseen.
    return (
        *((edit(found[0], "Switch its sandbox on, without a way out", found[1], safe=False),) if found else ()),
        container,
    )
