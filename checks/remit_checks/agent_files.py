"""Where an agent keeps the settings that a remedy changes."""

from __future__ import annotations

from collections.abc import Mapping

from remit.access.agent import Agent

_PROSE = (".md", ".mdc", ".txt", "rules")


def placed(agent: Agent, path: str) -> str:
    """A settings file of an agent: in its project, or in the user's home for one of the whole machine."""
    if agent.where == "machine":
        return f"~/{path}"
    return f"{agent.root}/{path}" if agent.root else path


def only_prose(agent: Agent) -> bool:
    """Whether all that was found of an agent is text addressed to its model, which enforces nothing."""
    return bool(agent.files) and all(path.lower().endswith(_PROSE) for path in agent.files)


def known(agent: Agent, bodies: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The file and the lines for an agent, from a table of both by agent; None where there is nothing to edit."""
    found = bodies.get(agent.agent)
    if found is None or agent.where == "ci" or agent.assumed:
        return None
    path, body = found
    return (path if path.startswith("~/") else placed(agent, path)), body
