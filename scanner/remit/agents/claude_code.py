"""Claude Code: settings at every scope, `.mcp.json`, subagents and skills, and what of them the program consults.

Source: Claude Code documentation (settings, permissions, permission modes, sandboxing, managed MCP; 2.1.240, August
2026) and the types of its agent SDK (2.1.329). What lies on a server or in a device profile is not in any file and
is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from remit.access.agent import Access, Answer, Decision, Rule
from remit.access.agent import Scope as ShellScope
from remit.agents.claude_audit import audit
from remit.agents.claude_front_matter import granted
from remit.agents.claude_hooks import gate_hook, gate_hooks
from remit.agents.claude_inert import inert_rules
from remit.agents.claude_layers import Settings
from remit.agents.claude_mcp import mcp_servers
from remit.agents.claude_mode import Mode, bypasses, mode_of
from remit.agents.claude_reads import env_files_denied, hides, pattern_of
from remit.agents.claude_rules import counts, tool_of, whole_tool
from remit.agents.claude_sandbox import auto_allowed, confines, egress, sandbox_state
from remit.agents.claude_shell import allowing, destroys, restricting, whole_shell
from remit.agents.probes import gates
from remit.agents.reader import AgentFile, AgentReader, Layer, Reading, machine, on_windows, project
from remit.collect.documents import Member, Node


def _read(files: Sequence[AgentFile]) -> Reading:
    settings = Settings.of(files)
    mode = mode_of(settings)
    rules = (*_rules(settings), *granted(files))
    sandbox = sandbox_state(settings, rules)
    decide = _decider(settings, rules, mode)
    deny = [rule for rule in rules if rule.effect == "deny"]
    allow = [rule for rule in rules if rule.effect == "allow"]
    asked = bypasses(settings, files)
    locked = settings.locked("disableBypassPermissionsMode")
    access = Access(
        approval=mode.approval,
        bypass_requested=bool(asked),
        bypass_reachable=not locked,
        shell_without_approval=_shell(rules, mode, auto_allowed(sandbox, settings, "")),
        rules=rules,
        sandbox=sandbox,
        read_deny=tuple(pattern for rule in deny if (pattern := pattern_of(rule))),
        env_files_denied=env_files_denied(
            deny, allow, "deny" if any(whole_tool(rule.text, "Bash") for rule in deny) else mode.unmentioned, sandbox
        ),
        egress=egress(settings, sandbox, rules),
        mcp=mcp_servers(files, settings, rules, bypass=mode.approval == "bypass"),
        audit=audit(settings.strict),
        gates=gates(decide),
        gate_hook=gate_hook(settings),
        gate_hooks=gate_hooks(settings),
        approval_assumed=mode.assumed,
        decide=decide,
        decide_asked=_decider(settings, rules, replace(mode, approval="each")) if mode.approval == "bypass" else None,
        reads=lambda path: not any(hides(rule, path) for rule in deny),
    )
    inert = tuple(inert_rules(settings, asked if locked else ()))
    return Reading(access, inert, tuple(_notes(files, settings, mode, allow)), () if locked else asked)


def _rules(settings: Settings) -> Iterator[Rule]:
    effects = (("allow", settings.allow_layers), ("ask", settings.rule_layers), ("deny", settings.rule_layers))
    for effect, layers in effects:
        for text, source, file in layers.strings("permissions", effect):
            rule = Rule(text, effect, file.layer, source)  # type: ignore[arg-type] # a literal of the table above
            if counts(text, effect):
                yield replace(rule, classes=destroys(rule))


def _decider(settings: Settings, rules: Sequence[Rule], mode: Mode) -> Callable[[str], Answer]:
    """Deny before ask before allow, whatever is more specific; then the sandbox, then the mode."""
    by_effect = {effect: [rule for rule in rules if rule.effect == effect] for effect in ("deny", "ask", "allow")}
    sandbox = sandbox_state(settings, rules)

    def decide(command: str) -> Answer:
        if rule := restricting(by_effect["deny"], command):
            return Answer("deny", rule.text, rule.source)
        if rule := restricting(by_effect["ask"], command):
            # A mode without questions takes a rule that would ask for a refusal.
            return Answer("deny" if mode.approval == "allowlist-only" else "ask", rule.text, rule.source)
        confined = confines(sandbox, settings, command)
        unasked: Decision = "sandboxed" if confined else "allow"
        if mode.approval == "bypass":
            return Answer(unasked, mode.by, mode.source)
        if rule := allowing(by_effect["allow"], command):
            return Answer(unasked, rule.text, rule.source)
        if auto_allowed(sandbox, settings, command):
            return Answer("sandboxed", "sandbox.autoAllowBashIfSandboxed", sandbox.source)
        decision = mode.unmentioned
        return Answer(
            "sandboxed" if confined and decision == "classifier" else decision, mode.by, mode.source, mode.assumed
        )

    return decide


def _shell(rules: Sequence[Rule], mode: Mode, sandboxed: bool) -> ShellScope:
    if any(rule.effect in {"deny", "ask"} and whole_tool(rule.text, "Bash") for rule in rules):
        return "no"
    allow = [rule for rule in rules if rule.effect == "allow" and tool_of(rule.text) in {"Bash", "PowerShell"}]
    if mode.approval == "bypass" or sandboxed or any(map(whole_shell, allow)):
        return "yes"
    return "scoped" if mode.approval == "classifier" or allow else "no"


def _notes(files: Sequence[AgentFile], settings: Settings, mode: Mode, allow: Sequence[Rule]) -> Iterator[str]:
    if mode.assumed:
        yield "the version is unknown, so the wider vendor default is assumed: a model decides instead of a person"
    if mode.source and mode.approval in {"bypass", "edits-auto"} and mode.source.path in _paths(files, "project"):
        yield f"{mode.by} in a committed file takes effect once the folder is trusted; recent versions may refuse it"
    if any(file.layer == "local" for file in files):
        yield "local settings belong to one person; others may have other ones"
    for rule in allow:
        if _INTERPRETER.fullmatch(rule.text):
            yield f"{rule.text} runs any code, so in effect it opens more of the shell than it names"
    for found in settings.strict.only("project", "local").each("permissions", "disableBypassPermissionsMode"):
        yield f"{found.file.path} switches the bypass mode off, which whoever edits that file can undo"


_INTERPRETER = re.compile(
    r"Bash\((?:python[\d.]{0,5}|node|deno|bun|perl|ruby|php|npx|uvx|pwsh|osascript)(?: -[cerE] ?['\"]?)?(?::\*| ?\*)\)"
)


def _paths(files: Sequence[AgentFile], layer: str) -> set[str]:
    return {file.path for file in files if file.layer == layer}


def _own_servers(state: Node) -> Node:
    """Only the MCP servers of `~/.claude.json`: the rest of it is a person's history and account."""
    servers = state.get("mcpServers")
    return replace(state, members=(Member("mcpServers", servers.line, servers),) if servers else ())


_ADMINISTRATOR = (
    r"(?:/etc/claude-code|/Library/Application Support/ClaudeCode|/?[A-Za-z]:[/\\]Program Files[/\\]ClaudeCode)"
)

CLAUDE_CODE = AgentReader(
    name="claude-code",
    title="Claude Code",
    layers=(
        Layer("user", machine(r"~/\.claude/settings\.json"), "json", machine=True),
        Layer("project", project(r"\.claude/settings\.json"), "json"),
        Layer("local", project(r"\.claude/settings\.local\.json"), "json"),
        Layer("managed", machine(rf"{_ADMINISTRATOR}/managed-settings(?:\.d/[^./][^/]*)?\.json"), "json", machine=True),
        Layer("mcp", project(r"\.mcp\.json"), "json"),
        Layer("state", machine(r"~/\.claude\.json"), "json", machine=True, reduce=_own_servers),
        Layer("managed-mcp", machine(rf"{_ADMINISTRATOR}/managed-mcp\.json"), "json", machine=True),
        Layer("subagent", project(r"\.claude/agents/.{1,200}\.md"), "front-matter"),
        Layer("subagent", machine(r"~/\.claude/agents/.{1,200}\.md"), "front-matter", machine=True),
        Layer("skill", project(r"\.claude/(?:commands|skills)/.{1,200}\.md"), "front-matter"),
        Layer("skill", machine(r"~/\.claude/(?:commands|skills)/.{1,200}\.md"), "front-matter", machine=True),
        Layer("evidence", project(r"CLAUDE(?:\.local)?\.md"), "presence", evidence=True),
        Layer(
            "evidence",
            project(r"\.claude/(?:CLAUDE\.md|(?:rules|hooks|output-styles)/.{1,200})"),
            "presence",
            evidence=True,
        ),
    ),
    read=_read,
    marks=(".claude", ".mcp.json", "CLAUDE", "claude-code", "ClaudeCode"),
    machine_files=(
        "~/.claude.json",
        "~/.claude/settings.json",
        "~/.claude/agents/*.md",
        "~/.claude/commands/*.md",
        "~/.claude/skills/*/SKILL.md",
        "/etc/claude-code/managed-settings.json",
        "/etc/claude-code/managed-settings.d/*.json",
        "/etc/claude-code/managed-mcp.json",
        "/Library/Application Support/ClaudeCode/managed-settings.json",
        "/Library/Application Support/ClaudeCode/managed-settings.d/*.json",
        "/Library/Application Support/ClaudeCode/managed-mcp.json",
        *on_windows(
            "C:/Program Files/ClaudeCode/managed-settings.json",
            "C:/Program Files/ClaudeCode/managed-settings.d/*.json",
            "C:/Program Files/ClaudeCode/managed-mcp.json",
        ),
    ),
)
