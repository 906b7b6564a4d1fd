"""What the controls on agents' own sandboxes share: the settings that switch one on, and what no file shows."""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.agent import Agent
from remit.evidence import Source
from remit.remedy import Remedy, edit, manual
from remit_checks.agent_files import known
from remit_checks.terraform import listed

# Agents that bring no sandbox: their vendors' documentation of 2026 names no setting for one.
WITHOUT_SANDBOX = frozenset(
    (
        "aider",
        "amazon-q",
        "amp",
        "cline",
        "continue",
        "crush",
        "goose",
        "junie",
        "kilo",
        "kilo-code",
        "kiro",
        "opencode",
        "roo",
        "roo-code",
        "zed",
    )
)
_SANDBOX_ON: Mapping[str, tuple[str, str]] = {
    "claude-code": (
        ".claude/settings.json",
        """\
{
  "sandbox": {
    "enabled": true,
    "failIfUnavailable": true,
    "allowUnsandboxedCommands": false
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
_ADMINISTRATOR: Mapping[str, str] = {
    "claude-code": "managed-settings.json",
    "codex": "requirements.toml",
    "cursor": "the team's dashboard",
    "gemini-cli": "the system's settings.json",
}


def places(agent: Agent) -> tuple[Source, ...]:
    """Where the agent's sandbox is set, then its other files."""
    source = agent.access.sandbox.source
    return tuple(dict.fromkeys((*((source,) if source else ()), *agent.sources)))


def called(agent: Agent) -> str:
    """What the agent is called within a sentence."""
    return "a local agent at vendor defaults" if agent.assumed else agent.title


def as_far_as_it_holds(agent: Agent) -> str:
    """What to add where a sandbox is what binds the agent: how far that goes. Empty where nothing limits it."""
    sandbox, names = agent.access.sandbox, [server.name for server in agent.access.mcp]
    # Whether it fails closed is judged by SB-003 alone, so that ignorance of it turns no verdict here.
    works = (
        " wherever its sandbox works (SB-003)" if sandbox.enabled is True and sandbox.fails_closed is not True else ""
    )
    return works + (f"; its MCP servers ({listed(names)}) are not bound by that" if names else "")


def out_of_sight(agent: Agent) -> str:
    """Why no file here shows how the agent is set up; empty where its own files do."""
    if agent.assumed:
        return "no file names an agent, so nobody can see how one is set up here"
    if agent.where == "ci":
        return f"how the runner is set up on which {agent.title} works is not in its files"
    return ""


def sandbox_on(agent: Agent) -> tuple[Remedy, ...]:
    """The settings that switch its sandbox on, closed, and the place where a checkout cannot change them."""
    found = known(agent, _SANDBOX_ON)
    locked = manual(
        "Set the same where neither a checkout nor the agent can change it",
        f"1. Put the settings into the administrator's layer ({_ADMINISTRATOR.get(agent.agent, 'if it has one')}).\n"
        "2. Start the agent once where its sandbox cannot work, and see that it refuses to run commands.",
    )
    if found is None:
        return (
            manual(
                f"Switch the sandbox of {agent.title} on",
                "1. Choose the mode in which its commands run in a sandbox, and refuse where there is none.\n"
                "2. If it has no such mode, start it in a container that holds nothing but the project.",
            ),
        )
    # A sandbox refuses what worked before: that is its purpose, and not safe to switch on unseen.
    return (edit(found[0], "Switch its sandbox on, so that it fails closed", found[1], safe=False), locked)
