"""The MCP servers Claude Code would start, and whose tools it runs without asking.

Source: Claude Code documentation, "MCP" and "Managed MCP" (2.1.240, August 2026). One name has one server: a
person's own entry replaces the project's, and a managed list replaces everything. Lists in a settings file that the
program drops do not count against a server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remit.access.agent import McpServer, Rule
from remit.agents.claude_layers import Settings
from remit.agents.claude_rules import server_tool
from remit.agents.globs import spans
from remit.agents.layers import Layers
from remit.agents.mcp import command_of, server, url_of
from remit.agents.reader import AgentFile
from remit.collect.documents import Member, Node


def mcp_servers(
    files: Sequence[AgentFile], settings: Settings, rules: Sequence[Rule], *, bypass: bool
) -> tuple[McpServer, ...]:
    """Every server that no setting keeps from starting, by name."""
    found: dict[str, McpServer] = {}
    for member, file in _entries(files):
        project = file.layer == "mcp"
        if _shut_out(settings, member, project):
            continue
        approved = _approved(settings, member.key, rules, project)
        made = server(file, member.key, member.line, member.node, auto_approved=bypass or approved)
        found[member.key] = replace(made, approved_by_mode=bypass and not approved)
    return tuple(found[name] for name in sorted(found))


def _entries(files: Sequence[AgentFile]) -> Iterator[tuple[Member, AgentFile]]:
    """Server entries, lowest precedence first."""
    managed = Layers.of(files, "managed-mcp")
    if managed.files:
        yield from _members(managed, "mcpServers")
        return
    yield from _members(Layers.of(files, "subagent"), "mcpServers")
    yield from _members(Layers.of(files, "mcp"), "mcpServers")
    yield from _members(Layers.of(files, "state"), "mcpServers")
    yield from _members(Layers.of(files, "managed"), "managedMcpServers")


def _members(layers: Layers, key: str) -> Iterator[tuple[Member, AgentFile]]:
    for found in layers.each(key):
        objects = found.node.items if found.node.kind == "array" else (found.node,)
        for each in objects:
            yield from ((member, found.file) for member in each.members if member.node.kind == "object")


def _shut_out(settings: Settings, member: Member, project: bool) -> bool:
    disabled = {text for text, _, _ in settings.strict.strings("disabledMcpjsonServers")}
    if project and member.key in disabled:
        return True
    managed = settings.strict.only("managed")
    locked = managed.flag("allowManagedMcpServersOnly")
    denied = [entry for found in settings.strict.each("deniedMcpServers") for entry in found.node.items]
    allowed = [found.node for found in (managed if locked else settings.strict).each("allowedMcpServers")]
    if any(_names(entry, member) for entry in denied):
        return True
    return bool(allowed) and not _listed([entry for node in allowed for entry in node.items], member)


def _listed(entries: Sequence[Node], member: Member) -> bool:
    """A server's name is no identity where any entry names commands or addresses of its kind."""
    kind = "serverUrl" if url_of(member.node) else "serverCommand"
    if any(entry.get(kind) for entry in entries):
        entries = [entry for entry in entries if entry.get(kind)]
    return any(_names(entry, member) for entry in entries)


def _names(entry: Node, member: Member) -> bool:
    name, command, url = entry.get("serverName"), entry.get("serverCommand"), entry.get("serverUrl")
    if name is not None:
        return name.text() == member.key
    if command is not None:
        return tuple(text for text, _ in command.strings()) == command_of(member.node)
    pattern = url.text() if url else None
    return pattern is not None and spans(pattern.split("*"), url_of(member.node) or "\0")


def _approved(settings: Settings, name: str, rules: Sequence[Rule], project: bool) -> bool:
    """Whether the server starts, or one of its tools runs, without a person being asked."""
    if any(_server_is(rule, name, whole=True) for rule in rules if rule.effect != "allow"):
        return False
    if any(_server_is(rule, name, whole=False) for rule in rules if rule.effect == "allow"):
        return True
    enabled = {text for text, _, _ in settings.wide.strings("enabledMcpjsonServers")}
    return project and (settings.wide.flag("enableAllProjectMcpServers") or name in enabled)


def _server_is(rule: Rule, name: str, *, whole: bool) -> bool:
    parts = server_tool(rule.text)
    if parts is None or (whole and parts[1].strip("*")):
        return False
    return spans(parts[0].split("*"), name)
