"""Claude Code's sandbox around its shell, the ways out of it, and where its tools may connect.

Source: Claude Code documentation, "Sandboxing" (2.1.240, August 2026), and the types of its agent SDK (2.1.329).
The sandbox confines the shell alone: file tools, MCP servers and hooks run outside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.agent import Egress, Rule, SandboxState
from remit.agents.claude_layers import Settings
from remit.agents.claude_reads import pattern_of
from remit.agents.claude_rules import split, whole_tool
from remit.agents.claude_shell import matches
from remit.agents.layers import Layers

_RETRY = "Bash(dangerouslyDisableSandbox:true)"


def sandbox_state(settings: Settings, rules: Sequence[Rule]) -> SandboxState:
    """The sandbox as the settings files have it."""
    layers = settings.strict
    found = layers.highest("sandbox", "enabled")
    if found is None or found.node.flag() is not True:
        return SandboxState(False, "none", None, (), (), found.source if found else None)
    return SandboxState(
        enabled=True,
        kind="os",
        fails_closed=layers.flag("sandbox", "failIfUnavailable"),
        escapes=tuple(_escapes(layers, rules)),
        read_deny=tuple(_hidden(layers, rules)),
        source=found.source,
    )


def auto_allowed(sandbox: SandboxState, settings: Settings, command: str) -> bool:
    """Whether a command runs unasked because the sandbox holds it."""
    # The default changed between versions, so the wider one is assumed.
    automatic = settings.strict.flag("sandbox", "autoAllowBashIfSandboxed", default=True)
    return sandbox.enabled is True and automatic and not excluded(settings, command)


def confines(sandbox: SandboxState, settings: Settings, command: str) -> bool:
    """Whether a command that is allowed can still not leave the sandbox."""
    retry = "the model may retry a command unsandboxed" in sandbox.escapes
    return sandbox.enabled is True and sandbox.fails_closed is True and not retry and not excluded(settings, command)


def excluded(settings: Settings, command: str) -> bool:
    """Whether a command is one of those that run outside the sandbox."""
    for text, source, file in settings.strict.strings("sandbox", "excludedCommands"):
        names = (text, text if "*" in text else f"{text} *")
        if any(matches(Rule(f"Bash({name})", "deny", file.layer, source), command) for name in names):
            return True
    return False


def _escapes(layers: Layers, rules: Sequence[Rule]) -> Iterator[str]:
    gated = any(rule.text == _RETRY and rule.effect != "allow" for rule in rules)
    if layers.flag("sandbox", "allowUnsandboxedCommands", default=True) and not gated:
        yield "the model may retry a command unsandboxed"
    for text, _, _ in layers.strings("sandbox", "excludedCommands"):
        yield f"excluded command: {text}"
    if layers.flag("sandbox", "network", "allowAllUnixSockets"):
        yield "every unix socket is open"
    for text, _, _ in layers.strings("sandbox", "network", "allowUnixSockets"):
        yield f"unix socket: {text}"
    for key in ("enableWeakerNestedSandbox", "enableWeakerNetworkIsolation", "allowAppleEvents"):
        if layers.flag("sandbox", key):
            yield f"weaker mode: {key}"
    # Repository files cannot switch this layer off; the user's and the administrator's can.
    if layers.only("user", "managed").flag("sandbox", "filesystem", "disabled"):
        yield "the file-system layer is off"
    platforms = [text for text, _, _ in layers.strings("sandbox", "enabledPlatforms")]
    if platforms:
        yield f"only on {', '.join(platforms)}"


def _hidden(layers: Layers, rules: Sequence[Rule]) -> Iterator[str]:
    """Deny rules for `Read` are merged into the sandbox's own list."""
    yield from (text for text, _, _ in layers.strings("sandbox", "filesystem", "denyRead"))
    for found in layers.each("sandbox", "credentials", "files"):
        for item in found.node.items:
            path, mode = item.get("path"), item.get("mode")
            if path and path.text() and mode and mode.text() == "deny":
                yield path.text() or ""
    for rule in rules:
        pattern = pattern_of(rule) if rule.effect == "deny" else None
        if pattern is not None:
            yield pattern


def egress(settings: Settings, sandbox: SandboxState, rules: Sequence[Rule]) -> Egress:
    """Where the tools may connect unasked or after a question; MCP servers aside."""
    denied = [rule for rule in rules if rule.effect == "deny"]
    shell = not any(whole_tool(rule.text, "Bash") for rule in denied)
    fetch = not any(whole_tool(rule.text, "WebFetch") for rule in denied)
    if (shell and sandbox.enabled is not True) or (fetch and _fetches_all(rules)):
        return Egress("open")
    if not shell and not fetch:
        return Egress("none")
    hosts = {text for text, _, _ in settings.strict.strings("sandbox", "network", "allowedDomains") if shell}
    if fetch:
        hosts |= {host for rule in rules if rule.effect == "allow" and (host := fetched_host(rule.text))}
    return Egress("open" if "*" in hosts else "allowlist", tuple(sorted(hosts)))


def fetched_host(rule: str) -> str | None:
    """The host pattern of a `WebFetch(domain:…)` rule."""
    tool, spec = split(rule) or ("", None)
    return spec.removeprefix("domain:").strip() if tool == "WebFetch" and spec and spec.startswith("domain:") else None


def _fetches_all(rules: Sequence[Rule]) -> bool:
    return any(
        rule.effect == "allow" and (whole_tool(rule.text, "WebFetch") or fetched_host(rule.text) == "*")
        for rule in rules
    )
