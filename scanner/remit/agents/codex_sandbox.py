"""Codex's sandbox: what it confines, what it hides from commands, and the ways out of it.

Source: Codex documentation, "Permissions" and "Sandboxing", and codex-cli 0.169.0. Commands run in it, MCP servers
outside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.agent import Egress, SandboxState
from remit.agents.codex_config import Config, Stance
from remit.agents.codex_rules import RuleBook
from remit.agents.globs import gitignore
from remit.evidence import Maybe, Unknown

_CLOSES = Unknown("Codex does not document what happens where the system offers no sandbox")
_ROOTS = (":workspace_roots", ":project_roots")


def sandbox_state(config: Config, stance: Stance, book: RuleBook) -> SandboxState:
    """The sandbox in force under a stance."""
    if stance.sandbox == "danger-full-access":
        return SandboxState(False, "none", None, (), (), stance.sandbox_source)
    fails_closed: Maybe[bool | None] = _CLOSES
    return SandboxState(
        enabled=True,
        kind="os",
        fails_closed=fails_closed,
        escapes=tuple(_escapes(config, stance, book)),
        read_deny=hidden(config, stance),
        source=stance.sandbox_source,
    )


def _escapes(config: Config, stance: Stance, book: RuleBook) -> Iterator[str]:
    if stance.model_reviews:
        yield "a model may let a command run outside the sandbox"
    for each in book.rules:
        if each.rule.effect == "allow":
            yield f"runs outside the sandbox: {each.rule.text}"
    if stance.sandbox == "workspace-write" and not stance.permissions:
        roots = config.layers.highest("sandbox_workspace_write", "writable_roots")
        for text, _ in roots.node.strings() if roots else ():
            yield f"also writable: {text}"
    for name in config.chain(stance.permissions) if stance.permissions else ():
        for key, node, _ in config.layers.members("permissions", name, "network"):
            if key.startswith("dangerously_allow_") and node.flag():
                yield f"weaker mode: {key}"
        for key, node, _ in config.layers.members("permissions", name, "network", "unix_sockets"):
            if node.text() != "deny":
                yield f"unix socket: {key}"


def hidden(config: Config, stance: Stance) -> tuple[str, ...]:
    """The paths that the sandbox keeps every command from reading, those of the project as relative patterns."""
    found = [text for text, _, _ in config.requirements.strings("permissions", "filesystem", "deny_read")]
    for name in config.chain(stance.permissions) if stance.permissions else ():
        for key, node, _ in config.layers.members("permissions", name, "filesystem"):
            if key in _ROOTS:
                found += [f"./{member.key}" for member in node.members if member.node.text() in {"deny", "none"}]
            elif node.text() in {"deny", "none"}:
                found.append(key)
    return tuple(found)


def hides(patterns: tuple[str, ...], path: str) -> bool:
    """Whether one of those patterns covers a path: relative to the project, or starting with `~/` or `/`."""
    for pattern in patterns:
        if pattern.startswith("./"):
            covered = not path.startswith(("~/", "/")) and gitignore(pattern[1:], path)
        elif pattern.startswith("~/"):
            covered = path.startswith("~/") and gitignore(pattern[1:], path[2:])
        else:
            covered = path.startswith("/") and gitignore(pattern, path[1:])
        if covered:
            return True
    return False


def egress(config: Config, stance: Stance) -> Egress:
    """Where commands may connect."""
    if stance.sandbox == "danger-full-access":
        return Egress("open")
    if stance.permissions:
        return _profile_egress(config, stance)
    open_network = config.layers.flag("sandbox_workspace_write", "network_access")
    return Egress("open" if open_network and stance.sandbox == "workspace-write" else "none")


def _profile_egress(config: Config, stance: Stance) -> Egress:
    names = config.chain(stance.permissions)
    enabled = next(
        (found for name in names if (found := config.layers.highest("permissions", name, "network", "enabled"))), None
    )
    if enabled is None or enabled.node.flag() is not True:
        return Egress("none")
    hosts = {
        host
        for name in names
        for host, node, _ in config.layers.members("permissions", name, "network", "domains")
        if node.text() == "allow"
    }
    if not config.layers.flag("features", "network_proxy"):
        return Egress("open")
    return Egress("open" if "*" in hosts else "allowlist", tuple(sorted(hosts)))
