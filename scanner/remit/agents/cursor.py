"""Cursor: `.cursor/*.json`, ignore files, and what only its editor or dashboard knows.

Source: Cursor documentation, "sandbox.json", "permissions.json", "Run Modes", "Hooks" (2026, 3.2). The run mode
decides whether a model, a list or nobody stands before a command, and lives in the editor's own state: whatever
depends on it is unknown here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.agent import Access, Answer, Audit, Egress, GateHook, InertRule, McpServer, Rule, SandboxState
from remit.agents.cursor_rules import allowing, rules_of, server_allowed, whole_shell
from remit.agents.globs import ignored
from remit.agents.layers import Layers
from remit.agents.mcp import enabled, server
from remit.agents.probes import gates
from remit.agents.reader import AgentFile, AgentReader, Layer, Reading, machine, on_windows, project
from remit.collect.documents import Node
from remit.evidence import Maybe, Unknown

_MODE = "Cursor's run mode lives in the editor or the team's dashboard, not in a file"
_APPROVAL = Unknown(f"{_MODE}; by default a model decides")
_SANDBOX = Unknown(f"{_MODE}; only Auto-review runs commands in its sandbox")
_CLOSED = Unknown("Cursor does not document what happens where the system offers no sandbox")
_NETWORK = Unknown(f"{_MODE}; only the sandbox of Auto-review holds commands to a list of hosts")
_AUDIT = Unknown("Cursor sends records to a collector by its enterprise dashboard only, which no file shows")
_ENV_READS = Unknown(f"{_MODE}; ignore files do not bind the terminal, which may read .env files there")
_ENV_FILES = (".env", "app/.env")
_READERS = ("cat .env", "grep . .env", "head .env", "python3 -c \"print(open('.env').read())\"", "base64 .env")
_CONFINED = {"workspace_readwrite", "workspace_readonly"}


def _read(files: Sequence[AgentFile]) -> Reading:
    rules = tuple(rules_of(files))
    sandboxes = Layers.of(files, "user-sandbox", "sandbox")
    sandbox = _sandbox(sandboxes)
    patterns = tuple(
        text
        for found in Layers.of(files, "ignore").files
        for text, _ in (found.document.strings() if found.document else ())
        if not text.lstrip().startswith("#")
    )
    hooks = list(_hooks(files))
    access = Access(
        approval=_APPROVAL,
        bypass_requested=False,
        bypass_reachable=True,
        shell_without_approval="yes" if whole_shell(rules) else "scoped",
        rules=rules,
        sandbox=sandbox,
        read_deny=patterns,
        env_files_denied=_env_files_denied(patterns, rules),
        egress=_egress(sandboxes, sandbox),
        mcp=_mcp(files, rules),
        audit=Audit(_AUDIT, None, _AUDIT),
        gates=gates(lambda command: _settled(rules, command) or _APPROVAL),
        gate_hook=_gate_hook(hooks),
        gate_hooks=tuple(hook for hook, covers in hooks if covers is True),
        decide=lambda command: _settled(rules, command) or Answer("classifier", _APPROVAL.why, None, True),
        reads=(lambda path: path.startswith(("~/", "/")) or not ignored(patterns, path)) if patterns else None,
    )
    return Reading(access, tuple(_inert(files)), tuple(_notes(files, patterns)))


def _settled(rules: Sequence[Rule], command: str) -> Answer | None:
    rule = allowing(rules, command)
    return Answer("allow", rule.text, rule.source) if rule else None


def _sandbox(layers: Layers) -> SandboxState:
    """A repository's `sandbox.json` outranks the user's; no file says that commands run in the sandbox at all."""
    found = layers.highest("type")
    kind = found.node.text() if found else None
    if kind == "insecure_none":
        return SandboxState(False, "none", None, (), (), found.source if found else None)
    escapes = tuple(f"also writable: {text}" for text, _, _ in layers.strings("additionalReadwritePaths"))
    if not layers.files or (found and kind not in _CONFINED):
        return SandboxState(_SANDBOX, _SANDBOX, _SANDBOX, escapes)
    return SandboxState(_SANDBOX, "os", _CLOSED, escapes, (), found.source if found else layers.files[-1].source(1))


def _egress(layers: Layers, sandbox: SandboxState) -> Egress:
    policy = layers.highest("networkPolicy", "default")
    hosts = tuple(sorted({text for text, _, _ in layers.strings("networkPolicy", "allow")}))
    if sandbox.kind == "none" if isinstance(sandbox.kind, str) else False:
        return Egress("open")
    if (policy and policy.node.text() == "allow") or "*" in hosts:
        return Egress("open", hosts)
    return Egress(_NETWORK, hosts)


def _env_files_denied(patterns: Sequence[str], rules: Sequence[Rule]) -> Maybe[bool]:
    if not all(ignored(patterns, path) for path in _ENV_FILES):
        return False
    return False if any(allowing(rules, command) for command in _READERS) else _ENV_READS


def _mcp(files: Sequence[AgentFile], rules: Sequence[Rule]) -> tuple[McpServer, ...]:
    found: dict[str, McpServer] = {}
    for entry in Layers.of(files, "user-mcp", "mcp").each("mcpServers"):
        for member in entry.node.members:
            if enabled(member.node):
                approved = server_allowed(rules, member.key)
                found[member.key] = server(entry.file, member.key, member.line, member.node, auto_approved=approved)
    return tuple(found[name] for name in sorted(found))


# --------------------------------------------------------------------------------------------------------- hooks

_EVERY = {"", "*", ".*", ".+"}
_HOOK_LAYERS = ("user-hooks", "hooks", "enterprise-hooks")


def _hooks(files: Sequence[AgentFile]) -> Iterator[tuple[GateHook, Maybe[bool]]]:
    """The hooks asked before a command, and whether they are asked about every one."""
    for event in ("beforeShellExecution", "preToolUse"):
        for found in Layers.of(files, *_HOOK_LAYERS).each("hooks", event):
            for entry in found.node.items:
                command, matcher, closed = entry.get("command"), entry.get("matcher"), entry.get("failClosed")
                if command is None:
                    continue
                text = (matcher.text() or "") if matcher else ""
                closes = bool(closed and closed.flag())
                hook = GateHook(command.text() or "", text, closes, found.file.source(entry.line))
                yield hook, _covers_shell(event, text)


def _covers_shell(event: str, matcher: str) -> Maybe[bool]:
    """A matcher picks commands before a shell runs, and tools before any tool runs."""
    if matcher in _EVERY:
        return True
    if event == "beforeShellExecution":
        return False
    alternatives = [part.strip("^$() ") for part in matcher.split("|")]
    if "Shell" in alternatives:
        return True
    if all(part.isalnum() for part in alternatives):
        return False
    return Unknown(f"whether the hook matcher {matcher[:60]!r} covers the shell is not worked out: it is a pattern")


def _gate_hook(hooks: Sequence[tuple[GateHook, Maybe[bool]]]) -> Maybe[bool]:
    answers = [covers for _, covers in hooks]
    if any(covers is True for covers in answers):
        return True
    return next((covers for covers in answers if isinstance(covers, Unknown)), False)


# ----------------------------------------------------------------------------------------- what has no effect, notes


def _inert(files: Sequence[AgentFile]) -> Iterator[InertRule]:
    for file in files:
        document = file.document
        if file.layer == "index-ignore":
            reason = "keeps files out of the search index, not from the agent; .cursorignore does more"
            yield InertRule(file.path.rpartition("/")[2], reason, file.source(1))
        if document is None:
            continue
        if not file.strict and file.layer in {"cli", "user-cli"}:
            reason = "the file is not strict JSON, so Cursor's command-line agent refuses it"
            yield InertRule(file.path, reason, file.source(file.problem_line or 1))
        if file.layer == "cli":
            for member in document.members:
                if member.key not in {"permissions", "version", "$schema"}:
                    reason = "a project's cli.json may hold permissions only"
                    yield InertRule(member.key, reason, file.source(member.line))
        if file.layer in _HOOK_LAYERS:
            yield from _unknown_events(file, document)


def _unknown_events(file: AgentFile, document: Node) -> Iterator[InertRule]:
    events = document.get("hooks")
    for member in events.members if events else ():
        if member.key[:1].isupper():
            reason = "Cursor's events start with a small letter; unknown ones are ignored"
            yield InertRule(member.key, reason, file.source(member.line))


def _notes(files: Sequence[AgentFile], patterns: Sequence[str]) -> Iterator[str]:
    layers = {file.layer for file in files}
    yield f"{_MODE}: Auto-review, the default, lets a model decide and confines the shell"
    if patterns:
        yield "ignore files bind Cursor's own file tools as best they can, not its terminal and not MCP servers"
    if layers & {"cli", "user-cli"}:
        yield "Shell, Read, Write and Mcp rules bind the command-line agent only, not the editor"
    if "environment" in layers:
        yield "environment.json sets up Cursor's cloud agents, which run on its machines without anybody asked"
    for file in Layers.of(files, *_HOOK_LAYERS).files:
        if file.document and file.document.at("hooks", "beforeReadFile"):
            yield f"{file.path} asks a program before a file is read; what it refuses cannot be told from here"


_ADMINISTRATOR = r"(?:/etc/cursor|/Library/Application Support/Cursor|[A-Za-z]:[/\\]ProgramData[/\\]Cursor)"
_USED = r"(?:\.cursorrules|\.cursor/(?:rules|commands|agents|skills)/.{1,200})"

CURSOR = AgentReader(
    name="cursor",
    title="Cursor",
    layers=(
        Layer("user-mcp", machine(r"~/\.cursor/mcp\.json"), "json", machine=True),
        Layer("user-permissions", machine(r"~/\.cursor/permissions\.json"), "jsonc", machine=True),
        Layer("user-sandbox", machine(r"~/\.cursor/sandbox\.json"), "json", machine=True),
        Layer("user-cli", machine(r"~/\.(?:config/)?cursor/cli-config\.json"), "json", machine=True),
        Layer("user-hooks", machine(r"~/\.cursor/hooks\.json"), "json", machine=True),
        Layer("mcp", project(r"\.cursor/mcp\.json"), "json"),
        Layer("permissions", project(r"\.cursor/permissions\.json"), "jsonc"),
        Layer("sandbox", project(r"\.cursor/sandbox\.json"), "json"),
        Layer("cli", project(r"\.cursor/cli\.json"), "json"),
        Layer("hooks", project(r"\.cursor/hooks\.json"), "json"),
        Layer("environment", project(r"\.cursor/environment\.json"), "json"),
        Layer("ignore", project(r"\.cursorignore"), "lines"),
        Layer("index-ignore", project(r"\.cursorindexingignore"), "presence", evidence=True),
        Layer(
            "enterprise-hooks",
            machine(rf"{_ADMINISTRATOR}[/\\]hooks\.json"),
            "json",
            machine=True,
        ),
        Layer(
            "evidence",
            project(_USED),
            "presence",
            evidence=True,
        ),
    ),
    read=_read,
    marks=("cursor", "Cursor"),
    machine_files=(
        "~/.cursor/mcp.json",
        "~/.cursor/permissions.json",
        "~/.cursor/sandbox.json",
        "~/.cursor/cli-config.json",
        "~/.config/cursor/cli-config.json",
        "~/.cursor/hooks.json",
        "/etc/cursor/hooks.json",
        "/Library/Application Support/Cursor/hooks.json",
        *on_windows("C:/ProgramData/Cursor/hooks.json"),
    ),
    inherits=True,
)
