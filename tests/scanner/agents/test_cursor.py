from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.access.agent import Agent
from remit.evidence import Unknown

Read = Callable[..., Any]


def decision(agent: Agent, verb_class: str) -> object:
    gate = agent.access.gate(verb_class)  # type: ignore[arg-type]
    assert gate is not None
    return "unknown" if isinstance(gate.decision, Unknown) else gate.decision


@pytest.mark.parametrize(
    "files",
    [
        {".cursorrules": "Never drop tables."},
        {".cursor/rules/db.mdc": "Never drop tables."},
        {".cursor/mcp.json": {"mcpServers": {}}},
        {".cursorindexingignore": ".env"},
    ],
)
def test_what_hangs_on_the_run_mode_is_unknown_neither_clean_nor_proven_bad(
    tree: Read, files: dict[str, object]
) -> None:
    agent = tree(files).agent
    access = agent.access
    for fact in (
        access.approval,
        access.sandbox.enabled,
        access.sandbox.kind,
        access.egress.mode,
        access.audit.enabled,
    ):
        assert isinstance(fact, Unknown)
    assert access.shell_without_approval == "scoped"
    assert access.env_files_denied is False
    assert access.bypass_requested is False
    assert {decision(agent, gate.verb_class) for gate in access.gates} == {"unknown"}
    assert access.decide is not None
    assert access.decide("terraform destroy").decision == "classifier"


# ------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    ("entries", "answer", "shell"),
    [
        ([], "unknown", "scoped"),
        (["terraform"], "allow", "scoped"),
        (["terraform destroy"], "allow", "scoped"),
        (["terraform plan"], "unknown", "scoped"),
        (["terra"], "unknown", "scoped"),
        (["*"], "allow", "yes"),
        (["bash"], "allow", "yes"),
        (["terraform *"], "allow", "scoped"),
        (["git status"], "unknown", "scoped"),
    ],
)
def test_the_terminal_list_lets_commands_run_by_their_first_words(
    tree: Read, entries: list[str], answer: str, shell: str
) -> None:
    agent = tree({".cursor/permissions.json": {"terminalAllowlist": entries}}).agent
    assert decision(agent, "iac-destroy") == answer
    assert agent.access.shell_without_approval == shell


def test_lists_of_user_and_project_add_up_and_may_hold_comments(tree: Read) -> None:
    agent = tree(
        {".cursor/permissions.json": '{\n// ours\n"terminalAllowlist": ["git push"],\n}'},
        {"~/.cursor/permissions.json": {"terminalAllowlist": ["ls"]}},
    ).agent
    assert [(rule.text, rule.source.line) for rule in agent.access.rules] == [
        ("terminalAllowlist: ls", 3),
        ("terminalAllowlist: git push", 3),
    ]
    assert [rule.classes for rule in agent.access.destructive_allowed] == [("git-force",)]


@pytest.mark.parametrize(
    ("rule", "covers"),
    [
        ("Shell(terraform)", True),
        ("Shell(terraform:*)", True),
        ("Shell(terraform:plan*)", False),
        ("Shell(ls)", False),
        ("Read(**)", False),
        ("Write(**)", False),
        ("nonsense", False),
    ],
)
def test_rules_of_the_command_line_agent_allow_by_program(tree: Read, rule: str, covers: bool) -> None:
    agent = tree({".cursor/cli.json": {"permissions": {"allow": [rule]}}}).agent
    assert (decision(agent, "iac-destroy") == "allow") is covers


def test_a_deny_for_the_command_line_agent_binds_no_editor(tree: Read) -> None:
    files = {
        ".cursor/cli.json": {"permissions": {"deny": ["Shell(terraform)"]}},
        ".cursor/permissions.json": {"terminalAllowlist": ["terraform"]},
    }
    agent = tree(files).agent
    assert decision(agent, "iac-destroy") == "allow"
    assert {rule.effect for rule in agent.access.rules} == {"allow", "deny"}
    assert any("not the editor" in note for note in agent.notes)


def test_a_file_of_the_command_line_agent_must_be_strict(tree: Read) -> None:
    agent = tree({".cursor/cli.json": '{"permissions": {"allow": ["Shell(ls)"]},}'}).agent
    assert agent.access.rules == ()
    assert "strict JSON" in agent.inert[0].reason


def test_a_project_file_of_the_command_line_agent_holds_permissions_only(tree: Read) -> None:
    agent = tree({".cursor/cli.json": {"permissions": {}, "approvalMode": "x"}}).agent
    assert [each.text for each in agent.inert] == ["approvalMode"]


# ----------------------------------------------------------------------------------------------------------- sandbox


def test_no_sandbox_is_a_fact_where_a_file_says_so(tree: Read) -> None:
    access = tree({".cursor/sandbox.json": '{\n "type": "insecure_none"\n}'}).agent.access
    assert (access.sandbox.enabled, access.sandbox.kind, access.egress.mode) == (False, "none", "open")
    assert str(access.sandbox.source) == ".cursor/sandbox.json:2"


def test_the_repository_outranks_the_user(tree: Read) -> None:
    user = {"~/.cursor/sandbox.json": {"type": "workspace_readonly"}}
    assert tree({".cursor/sandbox.json": {"type": "insecure_none"}}, user).agent.access.sandbox.enabled is False
    user = {"~/.cursor/sandbox.json": {"type": "insecure_none"}}
    found = tree({".cursor/sandbox.json": {"type": "workspace_readonly"}}, user).agent.access.sandbox
    assert isinstance(found.enabled, Unknown)
    assert found.kind == "os"


@pytest.mark.parametrize(
    ("policy", "mode", "hosts"),
    [
        ({"default": "allow"}, "open", ()),
        ({"default": "deny", "allow": ["b.example", "a.example"]}, "unknown", ("a.example", "b.example")),
        ({"allow": ["*"]}, "open", ("*",)),
        ({}, "unknown", ()),
    ],
)
def test_an_open_network_is_a_fact_a_list_holds_in_the_sandbox_only(
    tree: Read, policy: dict[str, object], mode: str, hosts: tuple[str, ...]
) -> None:
    found = tree({".cursor/sandbox.json": {"networkPolicy": policy}}).agent.access.egress
    assert ("unknown" if isinstance(found.mode, Unknown) else found.mode, found.hosts) == (mode, hosts)


def test_more_writable_paths_are_a_way_out(tree: Read) -> None:
    access = tree({".cursor/sandbox.json": {"additionalReadwritePaths": ["/srv"]}}).agent.access
    assert access.sandbox.escapes == ("also writable: /srv",)


def test_a_type_nobody_knows_is_no_sandbox(tree: Read) -> None:
    assert isinstance(tree({".cursor/sandbox.json": {"type": "cage"}}).agent.access.sandbox.kind, Unknown)


# ------------------------------------------------------------------------------------------------------ ignore files


@pytest.mark.parametrize(
    ("ignore", "lists", "denied"),
    [
        (".env*\n", [], "unknown"),
        ("# .env\n", [], False),
        (".env*\n!.env\n", [], False),
        (".env*\n", ["cat"], False),
        (".env*\n", ["python3"], False),
        (".env*\n", ["npm test"], "unknown"),
        ("/.env\n", [], False),
    ],
)
def test_an_ignore_file_binds_no_terminal(tree: Read, ignore: str, lists: list[str], denied: object) -> None:
    files = {".cursorignore": ignore, ".cursor/permissions.json": {"terminalAllowlist": lists}}
    found = tree(files).agent.access.env_files_denied
    assert ("unknown" if isinstance(found, Unknown) else found) == denied


def test_the_file_tools_keep_to_the_ignore_file(tree: Read) -> None:
    agent = tree({"app/.cursorignore": "# keys\n*.pem\n/secrets\n"}).agent
    assert agent.access.read_deny == ("*.pem", "/secrets")
    assert agent.access.reads is not None
    assert not agent.access.reads("app/x.pem")
    assert not agent.access.reads("app/secrets/y")
    assert agent.access.reads("secrets/y")
    assert agent.access.reads("~/x.pem")


def test_an_index_ignore_protects_nothing(tree: Read) -> None:
    agent = tree({".cursorindexingignore": ".env"}).agent
    assert [each.text for each in agent.inert] == [".cursorindexingignore"]
    assert agent.access.env_files_denied is False


# ------------------------------------------------------------------------------------------------------------- hooks


@pytest.mark.parametrize(
    ("event", "matcher", "gate"),
    [
        ("beforeShellExecution", None, True),
        ("beforeShellExecution", ".*", True),
        ("beforeShellExecution", r"\bgit\b", False),
        ("preToolUse", None, True),
        ("preToolUse", "Shell", True),
        ("preToolUse", "Write|Shell", True),
        ("preToolUse", "Write|Edit", False),
        ("preToolUse", "Sh.*", "unknown"),
        ("afterFileEdit", None, False),
        ("beforeReadFile", None, False),
    ],
)
@pytest.mark.parametrize("closed", [True, False])
def test_a_hook_is_a_gate_if_it_is_asked_about_every_command(
    tree: Read, event: str, matcher: str | None, gate: object, closed: bool
) -> None:
    entry: dict[str, object] = {"command": "./guard.sh", "failClosed": closed}
    if matcher is not None:
        entry["matcher"] = matcher
    access = tree({".cursor/hooks.json": {"version": 1, "hooks": {event: [entry]}}}).agent.access
    assert ("unknown" if isinstance(access.gate_hook, Unknown) else access.gate_hook) == gate
    assert [hook.fails_closed for hook in access.gate_hooks] == ([closed] if gate is True else [])


@pytest.mark.parametrize("path", ["/etc/cursor/hooks.json", "/Library/Application Support/Cursor/hooks.json"])
def test_the_administrators_hooks_count(tree: Read, path: str) -> None:
    hooks = {"hooks": {"beforeShellExecution": [{"command": "/opt/guard"}]}}
    assert tree({".cursorrules": ""}, {path: hooks}).agent.access.gate_hook is True


def test_events_spelled_for_another_agent_are_inert(tree: Read) -> None:
    agent = tree({".cursor/hooks.json": {"hooks": {"PreToolUse": [{"command": "./guard"}]}}}).agent
    assert agent.access.gate_hook is False
    assert [each.text for each in agent.inert] == ["PreToolUse"]


# ----------------------------------------------------------------------------------------------------------- servers


@pytest.mark.parametrize(
    ("allowed", "approved"),
    [([], False), (["pg:query"], True), (["*:*"], True), (["other:*"], False), (["p*:*"], True)],
)
def test_servers_run_unasked_by_the_list(tree: Read, allowed: list[str], approved: bool) -> None:
    files = {
        ".cursor/mcp.json": {"mcpServers": {"pg": {"command": "npx", "args": ["pg-mcp"]}}},
        ".cursor/permissions.json": {"mcpAllowlist": allowed},
    }
    assert [server.auto_approved for server in tree(files).agent.access.mcp] == [approved]


def test_the_nearest_entry_of_a_name_is_the_server(tree: Read) -> None:
    def entry(package: str) -> dict[str, object]:
        return {"mcpServers": {"pg": {"command": "npx", "args": [package]}}}

    found = tree(
        {".cursor/mcp.json": entry("b"), "app/.cursor/mcp.json": entry("c")}, {"~/.cursor/mcp.json": entry("a")}
    )
    assert [(agent.root, agent.access.mcp[0].package) for agent in found.agents] == [("", "b"), ("app", "c")]


def test_cloud_agents_are_mentioned(tree: Read) -> None:
    agent = tree({".cursor/environment.json": {"install": "npm ci"}}).agent
    assert any("cloud agents" in note for note in agent.notes)
