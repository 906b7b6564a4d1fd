"""What is there: agents and their effective access, credentials, databases, backups, sandboxes, monitors.

The shape is `remit.inventory/1` of the interface contract: an unknown value is `null` beside `"<key>_unknown": "why"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remit.access.agent import Agent, McpServer
from remit.access.iac_types import STATEFUL_TYPES
from remit.access.unasked import may_read
from remit.audit import Audited
from remit.evidence import Container, Credential, CredentialFile, DatabaseRole, IacModule, Monitors, ScriptFile, Unknown

SCHEMA = "remit.inventory/1"
_OPEN = Unknown("infrastructure code does not say which environment it describes")


def inventory(audited: Audited) -> dict[str, Any]:
    """The inventory of one audited target, ready for JSON."""
    graph, tree = audited.graph, audited.tree
    return {
        "schema": SCHEMA,
        "target": {"id": tree.id, "kind": tree.kind, "commit": tree.commit},
        "agents": [_agent(each) for each in sorted(graph.agents, key=lambda each: each.name)],
        "credentials": [
            _credential(file, each, graph.agents) for file in graph.credential_files for each in file.credentials
        ],
        "databases": _databases(graph.modules, graph.credential_files),
        "roles": [_role(role) for catalogue in graph.roles for role in catalogue.roles],
        "backups": [
            {
                "resource": copy.resource,
                "location": copy.location,
                "provider": copy.provider,
                "immutable": copy.immutable,
                "reachable_by_agents": copy.reachable_by_agents,
                "declared": True,
            }
            for copy in graph.policy.backup.inventory
        ],
        "sandboxes": [_container(each) for each in graph.containers],
        "monitors": [_monitor(each) for each in graph.monitors if each.alerts or each.secret_hooks],
        "scripts": [_script(each) for each in graph.scripts],
        "repositories": [{"id": tree.id, "kind": tree.kind, "files_read": audited.collected.files}],
        "gaps": [{"collector": gap.collector, "path": gap.path, "reason": gap.reason} for gap in graph.gaps],
    }


def _maybe(key: str, value: object) -> dict[str, object]:
    """A key with its value, or null beside the reason why nobody knows."""
    if isinstance(value, Unknown):
        return {key: None, f"{key}_unknown": value.why}
    return {key: list(value) if isinstance(value, tuple) else value}


def _agent(agent: Agent) -> dict[str, Any]:
    access = agent.access
    return {
        "agent": agent.agent,
        "title": agent.title,
        "where": agent.where,
        "root": agent.root,
        "assumed": agent.assumed,
        "files": list(agent.files),
        "access": {
            **_maybe("approval", access.approval),
            "bypass_requested": access.bypass_requested or bool(agent.bypass),
            **_maybe("bypass_reachable", access.bypass_reachable),
            **_maybe("shell_without_approval", access.shell_without_approval),
            "destructive_allowed": [rule.text for rule in access.destructive_allowed],
            "sandbox": {
                **_maybe("enabled", access.sandbox.enabled),
                **_maybe("kind", access.sandbox.kind),
                **_maybe("fails_closed", access.sandbox.fails_closed),
                "escapes": list(access.sandbox.escapes),
            },
            "read_deny": list(access.read_deny),
            **_maybe("env_files_denied", access.env_files_denied),
            "egress": {**_maybe("mode", access.egress.mode), "hosts": list(access.egress.hosts)},
            "mcp": [_mcp(server) for server in access.mcp],
            "audit": {**_maybe("enabled", access.audit.enabled), "sink": access.audit.sink},
            "gates": [
                {"class": gate.verb_class, **_maybe("decision", gate.decision), "by": gate.by, "assumed": gate.assumed}
                for gate in access.gates
            ],
        },
        "inert": [
            {"path": each.source.path, "line": each.source.line, "rule": each.text, "reason": each.reason}
            for each in agent.inert
        ],
        "notes": list(agent.notes),
    }


def _mcp(server: McpServer) -> dict[str, Any]:
    return {
        "name": server.name,
        "transport": server.transport,
        "command": list(server.command),
        "url": server.url,
        "package": server.package,
        **_maybe("pinned", server.pinned),
        "inline_secret": server.inline_secret,
        "auto_approved": server.auto_approved,
    }


def _credential(file: CredentialFile, each: Credential, agents: Sequence[Agent]) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "name": each.name,
        "path": file.path,
        "line": each.source.line,
        "standing": file.standing,
        "fingerprint": each.fingerprint,
        "masked": each.masked,
        "damage": each.damage,
        **_maybe("environment", each.environment),
        "abilities": list(each.abilities),
        "resource": each.resource,
        **_maybe("scope", each.scope),
        **_maybe("expires", each.expires),
        "readable_by": [agent.agent for agent in agents if may_read(agent, file.path)],
        "placeholder": each.placeholder,
    }


def _databases(modules: Sequence[IacModule], files: Sequence[CredentialFile]) -> list[dict[str, Any]]:
    declared = [
        {"name": resource.address, "declared_in": str(resource.source), **_maybe("environment", _OPEN)}
        for module in modules
        for resource in module.resources
        if (kind := STATEFUL_TYPES.get(resource.type)) and (kind.days or kind.pitr)
    ]
    named: dict[str, dict[str, Any]] = {}
    for file in files:
        for each in file.credentials:
            if ":database:" in each.resource and not each.placeholder:
                named.setdefault(
                    each.resource,
                    {"name": each.resource, "declared_in": str(each.source), **_maybe("environment", each.environment)},
                )
    return sorted([*declared, *named.values()], key=lambda row: str(row["name"]))


def _role(role: DatabaseRole) -> dict[str, Any]:
    return {
        "name": role.name,
        "login": role.login,
        "privileges": [
            {"right": each.right, "on": each.on, "via": each.via, "path": each.source.path, "line": each.source.line}
            for each in role.privileges
        ],
        "unresolved": [each.why for each in role.unresolved],
    }


def _container(each: Container) -> dict[str, Any]:
    return {
        "path": each.path,
        "kind": each.kind,
        "name": each.name,
        **_maybe("user", each.user),
        "mounts": list(each.mounts),
        "privileged": each.privileged,
        "socket": each.socket,
        "host_network": each.host_network,
        "agents": list(each.agents),
    }


def _monitor(each: Monitors) -> dict[str, Any]:
    return {
        "alerts": [
            {"name": rule.name, "path": rule.path, "verbs": list(rule.verbs), **_maybe("target", rule.target)}
            for rule in each.alerts
        ],
        "secret_hooks": list(each.secret_hooks),
    }


def _script(each: ScriptFile) -> dict[str, Any]:
    return {
        "path": each.path,
        "commands": [
            {
                "program": command.program,
                "words": list(command.words),
                "effects": list(command.effects),
                "unattended": command.unattended,
                "context": command.context,
                "line": command.source.line,
            }
            for command in each.commands
        ],
    }


# ------------------------------------------------------------------------------------------------ its JSON Schema

_TEXT: dict[str, Any] = {"type": "string"}
_NULLABLE: dict[str, Any] = {"type": ["string", "null"]}
_FLAG: dict[str, Any] = {"type": "boolean"}
_MAYBE_FLAG: dict[str, Any] = {"type": ["boolean", "null"]}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}


def _one_of(*values: str) -> dict[str, Any]:
    return {"enum": [*values, None]}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object with these required keys; company, such as `<key>_unknown`, is allowed."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def schema() -> dict[str, Any]:
    """The JSON Schema of an inventory, as `remit report --schema inventory` prints it."""
    server = _object(
        name=_TEXT, transport=_one_of("stdio", "http", "sse"), command=_TEXTS, url=_NULLABLE, package=_NULLABLE,
        pinned=_MAYBE_FLAG, inline_secret=_FLAG, auto_approved=_FLAG,
    )  # fmt: skip
    access = _object(
        approval=_one_of("each", "edits-auto", "classifier", "allowlist-only", "plan", "bypass", "unknown"),
        bypass_requested=_FLAG,
        bypass_reachable=_MAYBE_FLAG,
        shell_without_approval=_one_of("no", "scoped", "yes"),
        destructive_allowed=_TEXTS,
        sandbox=_object(
            enabled=_MAYBE_FLAG,
            kind=_one_of("none", "os", "container", "vm", "remote", "unknown"),
            fails_closed=_MAYBE_FLAG,
            escapes=_TEXTS,
        ),
        read_deny=_TEXTS,
        env_files_denied=_MAYBE_FLAG,
        egress=_object(mode=_one_of("open", "allowlist", "none"), hosts=_TEXTS),
        mcp=_list(server),
        audit=_object(enabled=_MAYBE_FLAG, sink=_NULLABLE),
    )
    inert = _object(path=_TEXT, line={"type": "integer"}, rule=_TEXT, reason=_TEXT)
    agent = _object(
        agent=_TEXT, where=_one_of("project", "user", "managed", "ci", "machine"), files=_TEXTS,
        access=access, inert=_list(inert),
    )  # fmt: skip
    credential = _object(
        kind=_TEXT, path=_TEXT, line={"type": "integer"}, fingerprint=_TEXT,
        environment=_one_of("production", "staging", "development", "unknown"), abilities=_TEXTS, scope=_NULLABLE,
        expires=_NULLABLE, readable_by=_TEXTS, placeholder=_FLAG,
    )  # fmt: skip
    others = {
        key: _list({"type": "object"})
        for key in ("databases", "roles", "backups", "sandboxes", "monitors", "repositories")
    }
    document = _object(
        schema={"const": SCHEMA},
        target=_object(id=_TEXT, kind=_one_of("directory", "git", "bare"), commit=_NULLABLE),
        agents=_list(agent),
        credentials=_list(credential),
        **others,
        gaps=_list(_object(collector=_TEXT, path=_TEXT, reason=_TEXT)),
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **document}
