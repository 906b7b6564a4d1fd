"""Our readers against the vendors' own programs, offline.

REMIT_CLAUDE_SDK names a `node_modules` folder that holds `@anthropic-ai/claude-agent-sdk` (made with
`npm install --omit=optional --ignore-scripts @anthropic-ai/claude-agent-sdk`; `node` must be on PATH).
REMIT_CODEX names the `codex` program (in `@openai/codex`, 0.169.0 when this was written), if it is not on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from remit.agents.claude_code import CLAUDE_CODE
from remit.agents.claude_layers import Settings
from remit.agents.claude_rules import split
from remit.agents.codex import CODEX
from remit.agents.codex_config import Config, Stance
from remit.agents.codex_rules import RuleBook
from remit.agents.reader import AgentFile, AgentReader
from remit.collect.agent_files import agent_file
from remit.collect.collector import Document
from remit.evidence import Unknown


def file(reader: AgentReader, path: str, text: str) -> AgentFile:
    machine = path.startswith(("~", "/"))
    placed = reader.layer_of(path, machine=machine)
    assert placed is not None
    return agent_file(reader, *placed, Document(path, text.encode(), "machine" if machine else "present"))


# -------------------------------------------------------------------------------------------------------- Claude Code

SCRIPT = """
import fs from 'fs';
const { resolveSettings } = await import(process.env.SDK);
const cases = JSON.parse(fs.readFileSync(0, 'utf8')), out = [];
for (const files of cases) {
  const root = fs.mkdtempSync(process.env.WORK + '/case-');
  process.env.HOME = root + '/home';
  process.env.CLAUDE_CONFIG_DIR = root + '/home/.claude';
  for (const folder of ['/home/.claude', '/project/.claude']) fs.mkdirSync(root + folder, { recursive: true });
  for (const [path, text] of Object.entries(files))
    fs.writeFileSync(path.startsWith('~') ? root + '/home' + path.slice(1) : root + '/project/' + path, text);
  out.push((await resolveSettings({ cwd: root + '/project' })).effective);
}
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def resolve(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Sequence[Mapping[str, str]]], list[dict[str, Any]]]:
    """The effective settings of each case, by the vendor's own merge."""
    node = shutil.which("node")
    module = Path(os.environ.get("REMIT_CLAUDE_SDK", "")) / "@anthropic-ai/claude-agent-sdk/sdk.mjs"
    if node is None or not module.is_file():
        pytest.skip("the agent SDK of Claude Code is not here: set REMIT_CLAUDE_SDK to a node_modules folder with it")

    def run(cases: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        work = tmp_path_factory.mktemp("claude")
        script = work / "resolve.mjs"
        script.write_text(SCRIPT)
        environment = {"PATH": os.environ["PATH"], "SDK": module.resolve().as_uri(), "WORK": str(work)}
        done = subprocess.run(
            [node, str(script)],
            input=json.dumps(cases),
            capture_output=True,
            text=True,
            env=environment,
            check=True,
            timeout=120,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    return run


USER, PROJECT, LOCAL = "~/.claude/settings.json", ".claude/settings.json", ".claude/settings.local.json"
RULES = [
    *(
        "Bash",
        "Bash(ls)",
        "Bash(ls:* x)",
        "Bash(a(b))",
        "Bash()",
        "Bash(",
        "bash",
        "lower(x)",
        "Foo(bar)",
        "Read(.env)",
    ),
    *("mcp__pg", "mcp__pg__*", "mcp__*", "*", "Write(x)", "WebFetch(domain:a.example)", "", "two words", "Bash(x) y"),
]
SHAPES: list[dict[str, object]] = [
    {"permissions": {"deny": RULES, "allow": RULES, "ask": RULES}},
    {"permissions": {"deny": [1, None, "Read(x)", ["Read(y)"]]}},
    {"permissions": []},
    {"permissions": {"allow": "Bash"}},
    {"permissions": {"additionalDirectories": "x"}},
    {"permissions": {"defaultMode": "yolo"}},
    {"permissions": {"defaultMode": "delegate"}},
    {"permissions": {"defaultMode": "manual"}},
    {"permissions": {"disableBypassPermissionsMode": True}},
    {"permissions": {"disableAutoMode": "disable"}},
    {"permissions": {"foo": 1}},
    {"env": {"A": 1}},
    {"env": []},
    {"sandbox": True},
    {"sandbox": {"enabled": "yes"}},
    {"sandbox": {"enabled": True, "unknown": 1}},
    {"sandbox": {"filesystem": {"denyRead": "x"}}},
    {"sandbox": {"network": {"allowedDomains": "x"}}},
    {"sandbox": {"excludedCommands": "x"}},
    {"hooks": []},
    {"hooks": {"Other": []}},
    {"hooks": {"PreToolUse": [{"matcher": "Bash"}]}},
    {"hooks": {"PreToolUse": [{"hooks": [{"type": "shell"}]}]}},
    {"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "x"}]}]}},
    {"enableAllProjectMcpServers": "yes"},
    {"enabledMcpjsonServers": "x"},
    {"disableBypassPermissionsMode": "disable", "mcpServers": {}},
]
TEXTS = [
    '\ufeff{"model": "m"}',
    '// x\n{"model": "m"}',
    '{"model": "m",}',
    '{"model": "a", "model": "m"}',
    '{"model": "m"',
    "",
    "[]",
    '"x"',
]


def test_the_same_files_are_dropped_whole(resolve: Callable[..., list[dict[str, Any]]]) -> None:
    texts = [json.dumps({"model": "m", **shape}) for shape in SHAPES] + TEXTS
    for text, effective in zip(texts, resolve([{PROJECT: text} for text in texts]), strict=True):
        settings = Settings.of([file(CLAUDE_CODE, PROJECT, text)])
        assert bool(settings.strict.files) is (effective.get("model") == "m"), text


def test_the_same_rules_are_dropped_one_by_one(resolve: Callable[..., list[dict[str, Any]]]) -> None:
    texts = [json.dumps({"permissions": {effect: [rule]}}) for effect in ("allow", "ask", "deny") for rule in RULES]
    names = [(effect, rule) for effect in ("allow", "ask", "deny") for rule in RULES]
    for (effect, rule), effective in zip(names, resolve([{PROJECT: text} for text in texts]), strict=True):
        kept = rule in effective.get("permissions", {}).get(effect, [])
        parts = split(rule)
        pattern = parts is not None and effect == "allow" and "*" in parts[0] and not rule.startswith("mcp__pg__")
        assert (parts is not None and not pattern) is kept, (effect, rule)


def merges() -> Iterator[dict[str, str]]:
    for modes in (
        ("plan", "acceptEdits", "default"),
        ("plan", "acceptEdits", None),
        ("plan", None, None),
        (None, "plan", "yolo"),
    ):
        layers: dict[str, str] = {}
        for path, mode, number in zip((USER, PROJECT, LOCAL), modes, range(3), strict=True):
            permissions = {"allow": [f"Bash(a{number})", "Bash(same)"], "deny": [f"Read(d{number})"]}
            sandbox = {
                "enabled": number != 1,
                "excludedCommands": [f"c{number}"],
                "network": {"allowedDomains": [f"h{number}"]},
            }
            settings = {
                "permissions": permissions | ({"defaultMode": mode} if mode else {}),
                "sandbox": sandbox,
                "env": {"N": str(number)},
            }
            layers[path] = json.dumps(settings)
        yield layers
        yield {path: text for path, text in layers.items() if path != LOCAL}


def test_layers_merge_in_the_same_order(resolve: Callable[..., list[dict[str, Any]]]) -> None:
    cases = list(merges())
    for case, effective in zip(cases, resolve(cases), strict=True):
        order = [layer.name for layer in CLAUDE_CODE.layers]
        files = sorted(
            (file(CLAUDE_CODE, path, text) for path, text in case.items()), key=lambda each: order.index(each.layer)
        )
        layers = Settings.of(files).strict
        permissions, sandbox = effective["permissions"], effective["sandbox"]
        assert layers.text("permissions", "defaultMode") == permissions.get("defaultMode")
        assert layers.flag("sandbox", "enabled") is sandbox["enabled"]
        assert layers.text("env", "N") == effective["env"]["N"]
        for path, found in (
            (("permissions", "allow"), permissions["allow"]),
            (("permissions", "deny"), permissions["deny"]),
            (("sandbox", "excludedCommands"), sandbox["excludedCommands"]),
            (("sandbox", "network", "allowedDomains"), sandbox["network"]["allowedDomains"]),
        ):
            assert {text for text, _, _ in layers.strings(*path)} == set(found)


# ------------------------------------------------------------------------------------------------------------- Codex


@pytest.fixture(scope="module")
def codex() -> str:
    """The program."""
    found = os.environ.get("REMIT_CODEX") or shutil.which("codex")
    if not found:
        pytest.skip("Codex is not here: set REMIT_CODEX to the path of the program")
    return found


POLICY = """
prefix_rule(pattern=["terraform", "destroy"], decision="forbidden")
prefix_rule(pattern=["terraform", ["apply", "destroy"]], decision="prompt")  # both
prefix_rule(pattern=["terraform"], decision="allow", justification='it says "so"')
prefix_rule(
    pattern = ["git", ["push", 'fetch'], "--force"],
    decision = "prompt",
)
prefix_rule(pattern=["ls"])
"""


@pytest.mark.parametrize(
    "command",
    [
        "terraform destroy -auto-approve",
        "terraform apply",
        "terraform plan",
        "terraform",
        "git push --force origin",
        "git push origin --force",
        "git fetch --force",
        "ls -la",
        "lsof",
        "sudo terraform destroy",
        "bash -lc 'terraform destroy'",
    ],
)
def test_rules_decide_alike(codex: str, tmp_path: Path, command: str) -> None:
    rules = tmp_path / "team.rules"
    rules.write_text(POLICY)
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        ["sh", "-c", f'"$0" execpolicy check --rules "$1" -- {command}', codex, str(rules)],
        capture_output=True, text=True, env={**os.environ, "CODEX_HOME": str(home)}, check=True, timeout=60,
    )  # fmt: skip
    expected = {"forbidden": "deny", "prompt": "ask", "allow": "allow"}.get(json.loads(done.stdout).get("decision", ""))
    rule = RuleBook.of([file(CODEX, ".codex/rules/team.rules", POLICY)]).decide(command)
    assert (rule.effect if rule else None) == expected


def config_read(codex: str, home: Path, folder: Path) -> dict[str, Any] | None:
    """The merged configuration as the program reports it; None where it finds it unusable."""
    messages: list[dict[str, object]] = [
        {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "test", "version": "0"}}},
        {"method": "initialized"},
        {"id": 2, "method": "config/read", "params": {"includeLayers": False, "cwd": str(folder)}},
    ]
    with subprocess.Popen(
        [codex, "app-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        cwd=folder, env={**os.environ, "CODEX_HOME": str(home)},
    ) as server:  # fmt: skip
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            for message in messages:
                server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            server.stdin.flush()
            for line in server.stdout:
                answer = json.loads(line)
                if answer.get("id") == 2:
                    found: dict[str, Any] | None = answer["result"]["config"] if "result" in answer else None
                    return found
        finally:
            server.kill()
    raise AssertionError("the program ended without an answer")


@pytest.mark.parametrize(
    ("user", "project"),
    [
        ("", ""),
        ('approval_policy = "untrusted"', 'approval_policy = "never"'),
        ('approval_policy = "on-request"', 'sandbox_mode = "danger-full-access"'),
        ("", 'approval_policy = "on-failure"'),
        ("", "[approval_policy.granular]\nsandbox_approval = false\nrules = true\nmcp_elicitations = true"),
        ("", 'approval_policy = "sometimes"'),
        ("", 'sandbox_mode = "open"'),
        ("", 'approvals_reviewer = "me"'),
        ("", 'approvals_reviewer = "guardian_subagent"'),
        ("", "approval_policy = 1"),
        (
            '[mcp_servers.a]\ncommand = "x"\nargs = ["1"]',
            '[mcp_servers.a]\nargs = ["2"]\n[mcp_servers.b]\nurl = "https://b.example"',
        ),
        (
            '[sandbox_workspace_write]\nwritable_roots = ["/a"]',
            '[sandbox_workspace_write]\nwritable_roots = ["/b"]\nnetwork_access = true',
        ),
    ],
)
def test_configurations_merge_alike(codex: str, tmp_path: Path, user: str, project: str) -> None:
    home, folder = tmp_path / "home", tmp_path / "project"
    (folder / ".codex").mkdir(parents=True)
    (folder / ".git").mkdir()
    home.mkdir()
    trust = f'\n[projects."{folder}"]\ntrust_level = "trusted"\n'
    (home / "config.toml").write_text(user + trust)
    (folder / ".codex/config.toml").write_text(project)
    effective = config_read(codex, home, folder)
    config = Config.of([file(CODEX, "~/.codex/config.toml", user), file(CODEX, ".codex/config.toml", project)])
    stance = config.asked()
    if effective is None:
        assert isinstance(stance, Unknown)
        return
    assert isinstance(stance, Stance)
    policy = effective["approval_policy"]
    assert stance.approval == (
        "on-request" if policy is None else policy if isinstance(policy, str) else next(iter(policy))
    )
    assert stance.sandbox == (effective["sandbox_mode"] or "workspace-write")
    assert stance.model_reviews is (effective["approvals_reviewer"] not in {None, "user"})
    servers = {name: node.plain() for name, node, _ in config.layers.members("mcp_servers")}
    for name, server in effective["mcp_servers"].items():
        assert {key: server[key] for key in servers[name]} == servers[name]
    roots = config.layers.highest("sandbox_workspace_write", "writable_roots")
    reported = effective["sandbox_workspace_write"] or {}
    assert reported.get("writable_roots", []) == ([text for text, _ in roots.node.strings()] if roots else [])
    assert config.layers.flag("sandbox_workspace_write", "network_access") is reported.get("network_access", False)
