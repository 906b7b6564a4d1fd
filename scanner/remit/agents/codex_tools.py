"""What stands around Codex's shell: MCP servers, hooks, and the record it sends away.

Source: codex-cli 0.169.0, its configuration schema and documentation, "Managed configuration" (2026).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remit.access.agent import Audit, GateHook, McpServer
from remit.agents.codex_config import Config
from remit.agents.layers import Layers
from remit.agents.mcp import command_of, enabled, server, url_of
from remit.agents.reader import AgentFile
from remit.agents.telemetry import host_of
from remit.collect.documents import Node


def mcp_servers(config: Config, *, unasked: bool) -> tuple[McpServer, ...]:
    """Every server that starts, by name. `unasked` says that the whole session asks about nothing."""
    required = {name: node for name, node, _ in config.requirements.members("mcp_servers")}
    found = []
    for name, node, file in config.layers.members("mcp_servers"):
        if enabled(node) and (not config.requirements.highest("mcp_servers") or _identified(required.get(name), node)):
            made = server(file, name, node.line, node, auto_approved=unasked or _approved(node))
            found.append(replace(made, approved_by_mode=unasked and not _approved(node)))
    return tuple(sorted(found, key=lambda each: each.name))


def _approved(entry: Node) -> bool:
    default, tools = entry.get("default_tools_approval_mode"), entry.get("tools")
    modes = [default, *(member.node.get("approval_mode") for member in (tools.members if tools else ()))]
    return any(mode is not None and mode.text() == "approve" for mode in modes)


def _identified(required: Node | None, entry: Node) -> bool:
    """A server must have the name and the identity that the requirements give it."""
    command = required.at("identity", "command") if required else None
    url = required.at("identity", "url") if required else None
    if command is not None:
        return command.text() in command_of(entry)[:1]
    return url is not None and url.text() == url_of(entry)


def audit(config: Config) -> Audit:
    """The collector that the user's or the administrator's files name."""
    found = config.requirements.highest("otel", "exporter") or config.personal.highest("otel", "exporter")
    if found is None or found.node.kind != "object":
        return Audit(False, None, False, found.source if found else None)
    endpoint = next((node for member in found.node.members if (node := member.node.get("endpoint"))), None)
    # Its records of tool calls carry the arguments, so the command text is in them.
    return Audit(
        endpoint is not None, host_of(endpoint.text() or "") if endpoint else None, endpoint is not None, found.source
    )


def gate_hooks(files: Sequence[AgentFile], config: Config) -> Iterator[GateHook]:
    """The programs that are asked before a tool runs."""
    if not config.layers.flag("features", "hooks", default=True):
        return
    for layers, path in ((Layers.of(files, "hooks"), ("hooks",)), (config.layers, ("hooks",))):
        for event in ("PreToolUse", "PermissionRequest"):
            for found in layers.each(*path, event):
                for group in found.node.items:
                    yield from _group(group, found.file)


def _group(group: Node, file: AgentFile) -> Iterator[GateHook]:
    matcher, handlers = group.get("matcher"), group.get("hooks")
    for handler in handlers.items if handlers else ():
        command = handler.get("command")
        if command is not None:
            text = " ".join(text for text, _ in command.strings())
            yield GateHook(text, (matcher.text() or "") if matcher else "", False, file.source(handler.line))
