from __future__ import annotations

import json
import string
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from remit.access.agent import Agent
from remit.agents.reader import AgentFile
from remit.collect.agents import AGENTS, readers
from remit.collect.cache import Cache
from remit.collect.collector import Document, Scope
from remit.collect.run import Options, linked, read
from remit.collect.tree import open_target
from remit.evidence import Gap, Unknown
from remit.policy.model import Policy
from remit.verbs import VERB_CLASSES

SCOPE = Scope(Policy(), "sample", datetime(2026, 1, 1, tzinfo=UTC))


def collect(
    files: Mapping[str, str | bytes], machine: Mapping[str, str | bytes] | None = None
) -> tuple[list[Agent], list[Gap]]:
    facts: list[AgentFile] = []
    gaps: list[Gap] = []
    documents = [(path, text, "present") for path, text in files.items()]
    documents += [(path, text, "machine") for path, text in (machine or {}).items()]
    for path, text, standing in sorted(documents):
        if not AGENTS.wants(path):
            continue
        content = text if isinstance(text, bytes) else text.encode()
        for each in AGENTS.parse(Document(path, content, standing)):  # type: ignore[arg-type]
            gaps.append(each) if isinstance(each, Gap) else facts.append(each)
    facts = msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=list[AgentFile])
    return list(AGENTS.link(facts, gaps, SCOPE)), gaps


# ------------------------------------------------------------------------------------------------- what is an agent's


@pytest.mark.parametrize(
    "path",
    [
        ".claude/settings.json",
        "a/b/.claude/settings.local.json",
        ".mcp.json",
        "CLAUDE.md",
        ".claude/agents/a/b.md",
        ".claude/skills/x/SKILL.md",
        ".codex/config.toml",
        "x/.codex/rules/a.rules",
        ".codex/hooks.json",
        ".cursor/mcp.json",
        ".cursorrules",
        ".cursor/rules/a/b.mdc",
        ".cursorignore",
        "~/.claude.json",
        "~/.codex/config.toml",
        "~/.cursor/mcp.json",
        "/etc/claude-code/managed-settings.d/10-x.json",
        "/Library/Application Support/ClaudeCode/managed-mcp.json",
        "/etc/codex/requirements.toml",
    ],
)
def test_an_agents_files_are_wanted_wherever_they_lie(path: str) -> None:
    assert AGENTS.wants(path)


@pytest.mark.parametrize(
    "path",
    [
        "settings.json",
        "claude/settings.json",
        "dot_claude/settings.json",
        "AGENTS.md",
        "x.mcp.json",
        "managed-settings.json",
        "etc/claude-code/managed-settings.json",
        "node_modules/x/.claude/settings.json",
        "node_modules/x/CLAUDE.md",
        ".venv/lib/site-packages/x/.mcp.json",
        ".claude/plugins/cache/x/.mcp.json",
        ".cursor/.mcp.json",
        ".vscode/.mcp.json",
        "docs/.codex/sessions/rollout.jsonl",
    ],
)
def test_what_no_agent_reads_is_left_alone(path: str) -> None:
    assert not AGENTS.wants(path)


def test_every_place_on_the_machine_is_read_as_what_it_is() -> None:
    for reader in readers():
        assert reader.machine_files
        for path in reader.machine_files:
            placed = reader.layer_of(path.replace("*", "x"), machine=True)
            assert placed is not None, path
            assert placed[0].machine
            assert any(mark in path for mark in reader.marks)


def test_the_three_agents_are_installed() -> None:
    assert {"claude-code", "codex", "cursor"} <= {reader.name for reader in readers()}


# ------------------------------------------------------------------------------------------------------------ places


def test_each_agent_has_one_subject_a_place() -> None:
    agents, gaps = collect(
        {
            ".claude/settings.json": "{}",
            ".mcp.json": "{}",
            "app/.claude/settings.local.json": "{}",
            ".codex/config.toml": "",
            ".cursorrules": "",
        }
    )
    assert [(agent.name, agent.where) for agent in agents] == [
        ("claude-code", "project"),
        ("claude-code in app", "project"),
        ("codex", "project"),
        ("cursor", "project"),
    ]
    assert gaps == []


def test_instructions_below_a_place_make_none_of_their_own() -> None:
    agents, _ = collect({"app/.claude/settings.json": "{}", "app/src/CLAUDE.md": "", "app/CLAUDE.md": ""})
    assert [(agent.root, agent.files) for agent in agents] == [
        ("app", ("app/.claude/settings.json", "app/CLAUDE.md", "app/src/CLAUDE.md"))
    ]


def test_instructions_beside_a_place_show_the_agent_at_the_root() -> None:
    agents, _ = collect({"app/.claude/settings.json": "{}", "docs/CLAUDE.md": ""})
    assert [agent.root for agent in agents] == ["", "app"]


def test_machine_layers_join_every_place() -> None:
    user = {"~/.claude/settings.json": '{"permissions": {"defaultMode": "plan"}}'}
    agents, _ = collect({".claude/settings.json": "{}", "app/.mcp.json": "{}"}, user)
    assert [agent.access.approval for agent in agents] == ["plan", "plan"]


def test_machine_layers_alone_are_an_agent_of_the_machine() -> None:
    agents, _ = collect({}, {"~/.claude/settings.json": "{}", "~/.cursor/mcp.json": "{}"})
    assert [(agent.agent, agent.where) for agent in agents] == [("claude-code", "machine"), ("cursor", "machine")]


def test_the_same_path_inside_a_target_is_no_machine_layer() -> None:
    agents, _ = collect({"~/.codex/config.toml": 'sandbox_mode = "danger-full-access"', ".codex/config.toml": ""})
    assert {(agent.root, agent.access.approval) for agent in agents} == {("", "edits-auto"), ("~", "bypass")}


# --------------------------------------------------------------------------------------------------------- bad input

UNREADABLE = {
    "deep": "[" * 100_000,
    "deep object": '{"a":' * 100_000,
    "binary": b"{\x00}",
    "words": "!!!",
}


@pytest.mark.parametrize("path", [".claude/settings.json", ".mcp.json", ".cursor/mcp.json", ".cursor/permissions.json"])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_file_is_a_gap_and_leaves_the_agent_unknown(path: str, kind: str) -> None:
    agents, gaps = collect({path: UNREADABLE[kind]})
    assert [gap.path for gap in gaps] == [path]
    access = agents[0].access
    for fact in (
        access.approval,
        access.bypass_reachable,
        access.shell_without_approval,
        access.sandbox.enabled,
        access.env_files_denied,
        access.egress.mode,
        access.audit.enabled,
        access.gate_hook,
    ):
        assert isinstance(fact, Unknown)
        assert path in fact.why
    assert {gate.verb_class for gate in access.gates} == set(VERB_CLASSES)
    assert all(isinstance(gate.decision, Unknown) for gate in access.gates)
    assert [isinstance(server.pinned, Unknown) for server in access.mcp] == [True]
    assert access.decide is None
    assert agents[0].sources[0].path == path


@pytest.mark.parametrize("text", ["= = =", "a = ", "a = 1\na = 2", "[[[[", "\x00", "a = [" * 100_000])
def test_a_broken_toml_file_is_a_gap_with_its_line(text: str) -> None:
    agents, gaps = collect({".codex/config.toml": text})
    assert [gap.path for gap in gaps] == [".codex/config.toml"]
    assert isinstance(agents[0].access.approval, Unknown)


def test_what_the_readable_files_ask_for_stays_on_record() -> None:
    bypass = '{"permissions": {"defaultMode": "bypassPermissions", "allow": ["Bash(terraform:*)"]}}'
    agents, _ = collect({".claude/settings.json": bypass, ".claude/settings.local.json": "[" * 300})
    assert isinstance(agents[0].access.approval, Unknown)
    assert agents[0].access.bypass_requested
    assert [str(source) for source in agents[0].bypass] == [".claude/settings.json:1"]
    assert [rule.text for rule in agents[0].access.destructive_allowed] == ["Bash(terraform:*)"]


@pytest.mark.parametrize("text", ["", " \n", "[1, 2]", '"x"', "null"])
def test_a_file_without_an_object_holds_nothing_that_an_agent_takes(text: str) -> None:
    agents, gaps = collect({".claude/settings.json": text, ".mcp.json": text, ".cursor/mcp.json": text})
    assert {gap.path for gap in gaps} == {".claude/settings.json", ".mcp.json", ".cursor/mcp.json"}
    assert [agent.access.mcp for agent in agents] == [(), ()]
    assert [each.text for each in agents[0].inert] == [".claude/settings.json"]


def test_one_unreadable_place_leaves_the_others_as_they_are() -> None:
    agents, gaps = collect({".claude/settings.json": "[" * 300, "app/.claude/settings.json": "{}"})
    assert [isinstance(agent.access.approval, Unknown) for agent in agents] == [True, False]
    assert len(gaps) == 1


@pytest.mark.parametrize(
    "text",
    [
        "---\nallowed-tools: [Bash(git push:*)\n---\n",
        "---\nallowed-tools: 'Bash(git push:*)\n---\n",
        "---\n" + "a: {" * 10_000 + "\nallowed-tools: Bash(git push:*)\n---\n",
    ],
)
def test_front_matter_that_is_no_yaml_is_read_line_by_line(text: str) -> None:
    agents, gaps = collect({".claude/commands/x.md": text})
    assert [rule.text for rule in agents[0].access.rules] == ["Bash(git push:*)"]
    assert gaps == []


@pytest.mark.parametrize("content", [b"\xff\xfe\xff", b'{"permissions": {"allow": ["Bash(\xff)"]}}', b"\xef\xbb\xbf{}"])
def test_odd_bytes_are_survived(content: bytes) -> None:
    agents, _ = collect({".claude/settings.json": content})
    assert len(agents) == 1


def test_a_rule_of_many_kilobytes_is_survived() -> None:
    rule = "Bash(" + "a*" * 20_000 + ")"
    agents, _ = collect({".claude/settings.json": json.dumps({"permissions": {"allow": [rule], "deny": [rule]}})})
    assert len(agents[0].access.rules) == 2


# ----------------------------------------------------------------------------------------------------------- secrets


def made_up(length: int = 40) -> str:
    """A value shaped like a credential, put together here so that no file holds one."""
    return "".join((string.ascii_letters + string.digits)[(i * 11 + 5) % 62] for i in range(length))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".claude/settings.json", '{{"permissions": {{"allow": ["Bash(PGPASSWORD={0} psql:*)"]}}}}'),
        (".claude/settings.json", '{{"env": {{"API_TOKEN": "{0}"}}}}'),
        (
            ".claude/settings.json",
            '{{"hooks": {{"PreToolUse": [{{"hooks": [{{"type": "command", "command": "x --token={0}"}}]}}]}}}}',
        ),
        (".mcp.json", '{{"mcpServers": {{"x": {{"command": "y", "args": ["--api-key", "{0}"]}}}}}}'),
        (".codex/config.toml", '[mcp_servers.x]\ncommand = "y"\nenv = {{ API_KEY = "{0}" }}'),
        (".codex/rules/x.rules", 'prefix_rule(pattern=["curl", "--header", "Authorization: Bearer {0}"])'),
        (".cursor/permissions.json", '{{"terminalAllowlist": ["API_TOKEN={0} deploy"]}}'),
        (".claude/commands/x.md", "---\nallowed-tools: Bash(API_TOKEN={0} deploy)\n---"),
    ],
)
def test_a_secret_leaves_no_parser(path: str, text: str) -> None:
    secret = made_up()
    facts = list(AGENTS.parse(Document(path, text.format(secret).encode())))
    assert secret not in repr(facts)
    agents, gaps = collect({path: text.format(secret)})
    assert secret not in repr((agents, gaps))
    assert agents


def test_answers_about_paths_that_sound_secret_are_kept() -> None:
    config = (
        'default_permissions = "t"\n[permissions.t]\nextends = ":workspace"\n'
        '[permissions.t.filesystem.":workspace_roots"]\n"secrets" = "deny"\n'
    )
    agents, _ = collect({".codex/config.toml": config})
    assert agents[0].access.read_deny == ("./secrets",)


# ------------------------------------------------------------------------------------------------------ end to end


def test_a_scan_of_a_directory_finds_the_agents(tmp_path: Path) -> None:
    folder = tmp_path / ".claude"
    folder.mkdir()
    (folder / "settings.json").write_text('{"permissions": {"allow": ["Bash(git push:*)"]}}')
    (tmp_path / ".cursorrules").write_text("Be careful.")
    tree = open_target(tmp_path, exclude=(), wanted=lambda path: False)
    facts = read([tree], Cache(None), Options(key=b"k" * 32))
    agents = [each for each in linked(facts, SCOPE).subjects if isinstance(each, Agent)]
    assert [agent.agent for agent in agents] == ["claude-code", "cursor"]
    assert [rule.classes for rule in agents[0].access.rules] == [("git-force",)]
