from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from remit.access.agent import Agent
from remit.evidence import Unknown

Read = Callable[..., Any]
SETTINGS = ".claude/settings.json"


def decision(agent: Agent, verb_class: str) -> object:
    gate = agent.access.gate(verb_class)  # type: ignore[arg-type]
    assert gate is not None
    return gate.decision


def inert(agent: Agent) -> dict[str, str]:
    return {each.text: each.reason for each in agent.inert}


# ------------------------------------------------------------------------------------------------------------- modes


@pytest.mark.parametrize(
    ("mode", "approval"),
    [
        ("default", "each"),
        ("manual", "each"),
        ("acceptEdits", "edits-auto"),
        ("plan", "plan"),
        ("dontAsk", "allowlist-only"),
        ("bypassPermissions", "bypass"),
    ],
)
def test_by_rules_alone_is_asked_about_only_without_approvals(claude: Read, mode: str, approval: str) -> None:
    access = claude(permissions={"defaultMode": mode, "allow": ["Bash(terraform:*)"], "deny": ["Bash(psql:*)"]}).access
    assert (access.decide_asked is not None) is (approval == "bypass")
    if access.decide_asked:
        commands = ("terraform destroy", "psql", "python3 x.py")
        assert [access.decide_asked(each).decision for each in commands] == ["allow", "deny", "ask"]
        assert [access.decide(each).decision for each in commands] == ["allow", "deny", "allow"]


@pytest.mark.parametrize(
    ("mode", "approval"),
    [
        ("default", "each"),
        ("manual", "each"),
        ("acceptEdits", "edits-auto"),
        ("plan", "plan"),
        ("dontAsk", "allowlist-only"),
        ("bypassPermissions", "bypass"),
    ],
)
def test_the_default_mode_is_the_approval(claude: Read, mode: str, approval: str) -> None:
    agent = claude(permissions={"defaultMode": mode})
    assert agent.access.approval == approval
    assert not agent.access.approval_assumed
    assert agent.access.bypass_requested is (approval == "bypass")
    assert bool(agent.bypass) is (approval == "bypass")


def test_without_a_mode_the_wider_default_is_assumed_and_said_so(claude: Read) -> None:
    agent = claude(model="x")
    assert agent.access.approval == "classifier"
    assert agent.access.approval_assumed
    assert all(gate.assumed for gate in agent.access.gates)
    assert any("wider vendor default" in note for note in agent.notes)


def test_auto_in_a_repository_is_ignored_and_hides_the_users_own_mode(claude: Read) -> None:
    user = {"~/.claude/settings.json": {"permissions": {"defaultMode": "plan"}}}
    agent = claude(permissions={"defaultMode": "auto"}, machine=user)
    assert agent.access.approval == "classifier"
    assert agent.access.approval_assumed
    assert "ignored in project" in inert(agent)["defaultMode: auto"]


def test_auto_in_the_users_file_is_taken(tree: Read) -> None:
    user = {"~/.claude/settings.json": {"permissions": {"defaultMode": "auto"}}}
    agent = tree({"CLAUDE.md": "# x"}, user).agent
    assert agent.access.approval == "classifier"
    assert not agent.access.approval_assumed


def test_auto_can_be_locked_away(tree: Read) -> None:
    user = {"~/.claude/settings.json": {"permissions": {"defaultMode": "auto", "disableAutoMode": "disable"}}}
    assert tree({"CLAUDE.md": "# x"}, user).agent.access.approval == "each"
    assert tree({SETTINGS: {"permissions": {"disableAutoMode": "disable"}}}).agent.access.approval == "each"


@pytest.mark.parametrize("where", [SETTINGS, ".claude/settings.local.json"])
def test_a_lock_on_the_bypass_mode_counts_from_any_file(tree: Read, where: str) -> None:
    agent = tree(
        {
            ".claude/settings.local.json": {"permissions": {"defaultMode": "bypassPermissions"}},
            SETTINGS: {},
        }
        | {where: {"permissions": {"defaultMode": "bypassPermissions", "disableBypassPermissionsMode": "disable"}}}
    ).agent
    assert agent.access.approval == "each"
    assert agent.access.bypass_requested
    assert agent.access.bypass_reachable is False
    assert agent.bypass == ()
    assert "switches that mode off" in inert(agent)["bypassPermissions"]


def test_a_lock_outside_permissions_locks_nothing(claude: Read) -> None:
    agent = claude(disableBypassPermissionsMode="disable", permissions={"defaultMode": "bypassPermissions"})
    assert agent.access.approval == "bypass"
    assert agent.access.bypass_reachable is True
    assert "below `permissions` only" in inert(agent)["disableBypassPermissionsMode"]


def test_a_higher_file_overrides_the_users_bypass(claude: Read) -> None:
    user = {"~/.claude/settings.json": {"permissions": {"defaultMode": "bypassPermissions"}}}
    agent = claude(permissions={"defaultMode": "default"}, machine=user)
    assert (agent.access.approval, agent.bypass) == ("each", ())


# ------------------------------------------------------------------------------------------------------------ layers


def test_scalars_come_from_the_highest_file_and_arrays_add_up(tree: Read) -> None:
    agent = tree(
        {
            SETTINGS: {"permissions": {"defaultMode": "acceptEdits", "allow": ["Bash(b)"]}},
            ".claude/settings.local.json": {"permissions": {"defaultMode": "plan", "allow": ["Bash(c)"]}},
        },
        {
            "~/.claude/settings.json": {"permissions": {"defaultMode": "dontAsk", "allow": ["Bash(a)"]}},
            "/etc/claude-code/managed-settings.json": {"permissions": {"allow": ["Bash(d)"]}},
        },
    ).agent
    assert agent.access.approval == "plan"
    assert {(rule.text, rule.layer) for rule in agent.access.rules} == {
        ("Bash(a)", "user"),
        ("Bash(b)", "project"),
        ("Bash(c)", "local"),
        ("Bash(d)", "managed"),
    }


def test_later_drop_ins_win_and_hidden_ones_are_not_read(tree: Read) -> None:
    folder = "/etc/claude-code/managed-settings"
    found = tree(
        {"CLAUDE.md": ""},
        {
            f"{folder}.json": {"permissions": {"defaultMode": "default"}},
            f"{folder}.d/10-a.json": {"permissions": {"defaultMode": "acceptEdits"}},
            f"{folder}.d/20-b.json": {"permissions": {"defaultMode": "plan"}},
            f"{folder}.d/.30-c.json": {"permissions": {"defaultMode": "bypassPermissions"}},
        },
    ).agent
    assert found.access.approval == "plan"
    assert len(found.files) == 4


@pytest.mark.parametrize(
    "folder", ["/etc/claude-code", "/Library/Application Support/ClaudeCode", "C:/Program Files/ClaudeCode"]
)
def test_the_administrators_file_outranks_every_other(tree: Read, folder: str) -> None:
    files = {".claude/settings.local.json": {"permissions": {"defaultMode": "acceptEdits"}}}
    managed = {f"{folder}/managed-settings.json": {"permissions": {"defaultMode": "default"}}}
    assert tree(files, managed).agent.access.approval == "each"


def test_managed_rules_only_drops_everybody_elses(claude: Read) -> None:
    managed = {"permissions": {"deny": ["Bash(rm *)"]}, "allowManagedPermissionRulesOnly": True}
    agent = claude(
        permissions={"allow": ["Bash"], "deny": ["Bash(curl *)"]},
        machine={"/etc/claude-code/managed-settings.json": managed},
    )
    assert [rule.text for rule in agent.access.rules] == ["Bash(rm *)"]
    assert decision(agent, "fs-delete-outside") == "deny"


def test_managed_keys_mean_nothing_in_a_project(claude: Read) -> None:
    agent = claude(allowManagedPermissionRulesOnly=True, permissions={"allow": ["Bash(ls)"]})
    assert [rule.text for rule in agent.access.rules] == ["Bash(ls)"]
    assert "managed settings only" in inert(agent)["allowManagedPermissionRulesOnly"]


def test_a_directory_called_tilde_in_a_repository_is_no_home(tree: Read) -> None:
    strict = {"permissions": {"disableBypassPermissionsMode": "disable", "deny": ["Bash"]}}
    found = tree({"~/.claude/settings.json": strict, "CLAUDE.md": ""}).agents
    assert {agent.root for agent in found} == {"", "~"}
    outer = next(agent for agent in found if agent.root == "")
    assert outer.access.rules == ()
    assert outer.access.bypass_reachable is True


# ------------------------------------------------------------------------------------------------------ dropped files

LIVE = {
    "permissions": {"deny": ["Bash(rm *)", "Read(.env)"], "allow": ["Bash(terraform:*)"]},
    "sandbox": {"enabled": True},
}


@pytest.mark.parametrize(
    "text",
    [
        "// why\n" + json.dumps(LIVE),
        json.dumps(LIVE)[:-1] + ",}",
        json.dumps(LIVE)[:-1],
        json.dumps({**LIVE, "env": []}),
        json.dumps({**LIVE, "hooks": {"PreToolUse": [{"matcher": "Bash"}]}}),
        json.dumps({**LIVE, "hooks": {"PreToolUse": [{"hooks": [{"type": "shell"}]}]}}),
        json.dumps({**LIVE, "enableAllProjectMcpServers": "yes"}),
        json.dumps({"permissions": {**LIVE["permissions"], "defaultMode": "yolo"}, "sandbox": {"enabled": True}}),
        json.dumps({"permissions": {**LIVE["permissions"], "ask": "x"}, "sandbox": {"enabled": True}}),
        json.dumps({"permissions": {**LIVE["permissions"], "disableBypassPermissionsMode": True}}),
    ],
)
def test_a_file_the_program_refuses_protects_nothing_and_still_shows_what_it_asks_for(tree: Read, text: str) -> None:
    agent = tree({SETTINGS: text}).agent
    assert agent.access.sandbox.enabled is False
    assert agent.access.env_files_denied is False
    assert [rule.text for rule in agent.access.rules] == ["Bash(terraform:*)"]
    assert decision(agent, "iac-destroy") == "allow"
    assert "drops" in inert(agent)[SETTINGS]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + json.dumps(LIVE),
        json.dumps(LIVE)[:-1] + ', "sandbox": {"enabled": true}}',
        json.dumps({**LIVE, "unknownKey": {"x": 1}}),
        json.dumps({**LIVE, "hooks": []}),
        json.dumps(
            {"permissions": {**LIVE["permissions"], "foo": 1, "ask": [1, "bash("]}, "sandbox": {"enabled": True}}
        ),
    ],
)
def test_what_costs_only_itself_leaves_the_rest_in_force(tree: Read, text: str) -> None:
    agent = tree({SETTINGS: text}).agent
    assert agent.access.sandbox.enabled is True
    assert decision(agent, "fs-delete-outside") == "deny"
    assert SETTINGS not in inert(agent)


def test_a_utf_16_file_is_read(tree: Read) -> None:
    agent = tree({SETTINGS: ("\ufeff" + json.dumps(LIVE)).encode("utf-16-le")}).agent
    assert agent.access.sandbox.enabled is True


def test_a_dropped_file_cannot_narrow_the_mode_and_may_widen_it(tree: Read) -> None:
    narrow = {SETTINGS: {"permissions": {"defaultMode": "bypassPermissions"}}}
    broken = {".claude/settings.local.json": '{"permissions": {"defaultMode": "plan"},}'}
    assert tree({**narrow, **broken}).agent.access.approval == "bypass"
    wide = {SETTINGS: {"permissions": {"defaultMode": "plan"}}}
    broken = {".claude/settings.local.json": '{"permissions": {"defaultMode": "bypassPermissions"},}'}
    agent = tree({**wide, **broken}).agent
    assert (agent.access.approval, len(agent.bypass)) == ("bypass", 1)


def test_a_managed_file_with_a_fault_still_counts(tree: Read) -> None:
    agent = tree({"CLAUDE.md": ""}, {"/etc/claude-code/managed-settings.json": "// x\n" + json.dumps(LIVE)}).agent
    assert agent.access.sandbox.enabled is True


# ------------------------------------------------------------------------------------------------------ shell and gates


@pytest.mark.parametrize(
    ("keys", "scope"),
    [
        ({}, "no"),
        ({"allow": ["Read"]}, "no"),
        ({"allow": ["Bash(npm test:*)"]}, "scoped"),
        ({"allow": ["Bash(*)"]}, "yes"),
        ({"allow": ["Bash"]}, "yes"),
        ({"allow": ["PowerShell"]}, "yes"),
        ({"allow": ["Bash(bash:*)"]}, "yes"),
        ({"allow": ["Bash(ssh:*)"]}, "scoped"),
        ({"allow": ["Bash(python:*)"]}, "scoped"),
        ({"allow": ["Bash"], "deny": ["Bash"]}, "no"),
        ({"allow": ["Bash"], "ask": ["Bash"]}, "no"),
        ({"defaultMode": "bypassPermissions"}, "yes"),
        ({"defaultMode": "bypassPermissions", "deny": ["Bash"]}, "no"),
        ({"defaultMode": "dontAsk"}, "no"),
        ({"defaultMode": "plan"}, "no"),
    ],
)
def test_how_much_of_the_shell_runs_unasked(permissions: Read, keys: dict[str, object], scope: str) -> None:
    assert permissions(**keys).access.shell_without_approval == scope


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ({}, "ask"),
        ({"allow": ["Bash(terraform:*)"]}, "allow"),
        ({"allow": ["Bash(terraform plan:*)"]}, "ask"),
        ({"allow": ["Bash"], "deny": ["Bash(terraform:*)"]}, "allow"),
        ({"allow": ["Bash"], "deny": ["Bash(terraform:*)", "Bash(tofu:*)", "Bash(pulumi:*)"]}, "deny"),
        ({"allow": ["Bash(terraform:*)"], "ask": ["Bash(terraform *)"]}, "ask"),
        ({"deny": ["Bash"]}, "deny"),
        ({"deny": ["*"]}, "deny"),
        ({"ask": ["Bash"]}, "ask"),
        ({"defaultMode": "dontAsk"}, "deny"),
        ({"defaultMode": "dontAsk", "ask": ["Bash"]}, "deny"),
        ({"defaultMode": "dontAsk", "allow": ["Bash(terraform:*)"]}, "allow"),
        ({"defaultMode": "bypassPermissions"}, "allow"),
        ({"defaultMode": "bypassPermissions", "ask": ["Bash"]}, "ask"),
        ({"defaultMode": "bypassPermissions", "deny": ["Bash"]}, "deny"),
        ({"allow": ["Bash(sudo:*)"]}, "allow"),
        ({"allow": ["Bash(devbox run *)"]}, "allow"),
        ({"allow": ["Bash"], "deny": ["Write(terraform)"]}, "allow"),
    ],
)
def test_the_gate_before_a_destroy_is_its_weakest_answer(
    permissions: Read, keys: dict[str, object], answer: str
) -> None:
    assert decision(permissions(**keys), "iac-destroy") == answer


def test_a_gate_names_the_rule_its_place_and_the_sample(tree: Read) -> None:
    text = '{"permissions": {"defaultMode": "default",\n"allow": [\n"Bash(git push:*)"]}}'
    gate = tree({SETTINGS: text}).agent.access.gate("git-force")
    assert (gate.by, gate.command, str(gate.source)) == (
        "Bash(git push:*)",
        "git push --force origin main",
        f"{SETTINGS}:3",
    )


def test_the_call_that_wiped_a_company_is_let_through_by_a_rule_for_curl(permissions: Read) -> None:
    agent = permissions(allow=["Bash(curl:*)"])
    assert decision(agent, "volume-delete") == "allow"
    assert [rule.text for rule in agent.access.destructive_allowed] == ["Bash(curl:*)"]


def test_the_decider_judges_compound_commands(permissions: Read) -> None:
    decide = permissions(allow=["Bash(npm test)", "Bash(cd *)"], deny=["Bash(rm *)"]).access.decide
    assert decide("cd app && npm test").decision == "allow"
    assert decide("npm test && curl x").decision == "ask"
    assert decide("npm test; rm -rf x").decision == "deny"


def test_interpreters_are_pointed_out(permissions: Read) -> None:
    notes = permissions(allow=["Bash(python3:*)", "Bash(npx tsc *)"]).notes
    assert [note.split(" runs")[0] for note in notes] == ["Bash(python3:*)"]


# ------------------------------------------------------------------------------------------------------------ sandbox


def test_no_sandbox_is_a_fact(claude: Read) -> None:
    sandbox = claude(model="x").access.sandbox
    assert (sandbox.enabled, sandbox.kind, sandbox.fails_closed, sandbox.escapes) == (False, "none", None, ())


def test_a_sandbox_as_it_comes_fails_open_and_has_a_way_out(claude: Read) -> None:
    agent = claude(sandbox={"enabled": True})
    assert agent.access.sandbox.kind == "os"
    assert agent.access.sandbox.fails_closed is False
    assert agent.access.sandbox.escapes == ("the model may retry a command unsandboxed",)
    assert agent.access.shell_without_approval == "yes"
    assert decision(agent, "iac-destroy") == "sandboxed"


CLOSED = {"enabled": True, "failIfUnavailable": True, "allowUnsandboxedCommands": False}


@pytest.mark.parametrize(
    ("sandbox", "escape"),
    [
        ({"excludedCommands": ["docker"]}, "excluded command: docker"),
        ({"network": {"allowAllUnixSockets": True}}, "every unix socket is open"),
        ({"network": {"allowUnixSockets": ["/var/run/docker.sock"]}}, "unix socket: /var/run/docker.sock"),
        ({"enableWeakerNestedSandbox": True}, "weaker mode: enableWeakerNestedSandbox"),
        ({"enableWeakerNetworkIsolation": True}, "weaker mode: enableWeakerNetworkIsolation"),
        ({"allowAppleEvents": True}, "weaker mode: allowAppleEvents"),
        ({"enabledPlatforms": ["macos"]}, "only on macos"),
        ({"allowUnsandboxedCommands": True}, "the model may retry a command unsandboxed"),
    ],
)
def test_every_way_out_of_the_sandbox_is_named(claude: Read, sandbox: dict[str, object], escape: str) -> None:
    assert claude(sandbox={**CLOSED, **sandbox}).access.sandbox.escapes == (escape,)


def test_the_file_system_layer_goes_off_in_personal_and_managed_files_only(claude: Read) -> None:
    off = {"sandbox": {"filesystem": {"disabled": True}}}
    agent = claude(sandbox={**CLOSED, **off["sandbox"]})
    assert agent.access.sandbox.escapes == ()
    assert "ignored" in inert(agent)["sandbox.filesystem.disabled"]
    agent = claude(sandbox=CLOSED, machine={"~/.claude/settings.json": off})
    assert agent.access.sandbox.escapes == ("the file-system layer is off",)


def test_a_rule_against_the_retry_closes_that_way_out(claude: Read) -> None:
    rules = {"deny": ["Bash(dangerouslyDisableSandbox:true)"]}
    assert claude(sandbox={"enabled": True}, permissions=rules).access.sandbox.escapes == ()


@pytest.mark.parametrize(
    ("sandbox", "keys", "answer"),
    [
        (CLOSED, {}, "sandboxed"),
        ({**CLOSED, "autoAllowBashIfSandboxed": False}, {}, "ask"),
        (CLOSED, {"allow": ["Bash"]}, "sandboxed"),
        ({**CLOSED, "failIfUnavailable": False}, {"allow": ["Bash"]}, "allow"),
        ({**CLOSED, "excludedCommands": ["terraform"]}, {}, "sandboxed"),
        ({**CLOSED, "excludedCommands": ["terraform", "tofu", "pulumi"]}, {}, "ask"),
        ({**CLOSED, "excludedCommands": ["terraform *"]}, {"allow": ["Bash"]}, "allow"),
        (CLOSED, {"defaultMode": "bypassPermissions"}, "sandboxed"),
        ({"enabled": True}, {"defaultMode": "bypassPermissions"}, "allow"),
        (CLOSED, {"deny": ["Bash(terraform *)", "Bash(tofu *)", "Bash(pulumi *)"]}, "deny"),
        (CLOSED, {"ask": ["Bash"]}, "ask"),
    ],
)
def test_the_sandbox_holds_what_it_really_holds(
    claude: Read, sandbox: dict[str, object], keys: dict[str, object], answer: str
) -> None:
    agent = claude(sandbox=sandbox, permissions={"defaultMode": "default", **keys})
    assert decision(agent, "iac-destroy") == answer


def test_what_the_sandbox_hides_comes_from_three_places(claude: Read) -> None:
    files = [{"path": "~/.aws", "mode": "deny"}, {"path": "~/.kube", "mode": "mask"}]
    agent = claude(
        sandbox={**CLOSED, "filesystem": {"denyRead": ["~/.ssh"]}, "credentials": {"files": files}},
        permissions={"deny": ["Read(.env)"]},
    )
    assert agent.access.sandbox.read_deny == ("~/.ssh", "~/.aws", ".env")


# ---------------------------------------------------------------------------------------------------------- .env files


@pytest.mark.parametrize(
    ("settings", "denied"),
    [
        ({"permissions": {"defaultMode": "default", "deny": ["Read(./.env)"]}}, True),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(**/.env)"]}}, True),
        ({"permissions": {"defaultMode": "default", "deny": ["Read"]}}, True),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(/.env)"]}}, False),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(.env.local)"]}}, False),
        ({"permissions": {"defaultMode": "default", "deny": ["Write(.env)"]}}, False),
        ({"permissions": {"defaultMode": "default", "ask": ["Read(.env)"]}}, False),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(.env)"], "allow": ["Bash(*)"]}}, False),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(.env)"], "allow": ["Bash(python3:*)"]}}, False),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(.env)"], "allow": ["Bash(bash:*)"]}}, False),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(.env)"], "allow": ["Bash(npm test:*)"]}}, True),
        ({"permissions": {"defaultMode": "bypassPermissions", "deny": ["Read(.env)"]}}, False),
        ({"permissions": {"defaultMode": "bypassPermissions", "deny": ["Read(.env)", "Bash"]}}, True),
        ({"permissions": {"defaultMode": "dontAsk", "deny": ["Read(.env)"]}}, True),
        ({"permissions": {"deny": ["Read(.env)", "Bash"]}}, True),
        ({"permissions": {"deny": ["Read(.env)"], "allow": ["Bash"]}, "sandbox": CLOSED}, True),
        ({"permissions": {"defaultMode": "default", "deny": ["Read(.env)"]}, "sandbox": {"enabled": True}}, True),
        (
            {
                "permissions": {"defaultMode": "default", "deny": ["Read(.env)"], "allow": ["Bash"]},
                "sandbox": {"enabled": True},
            },
            False,
        ),
    ],
)
def test_a_deny_of_env_reads_counts_where_nothing_reads_past_it(
    claude: Read, settings: dict[str, object], denied: bool
) -> None:
    assert claude(**settings).access.env_files_denied is denied


def test_where_a_model_decides_about_the_shell_nobody_knows(permissions: Read, claude: Read) -> None:
    found = claude(permissions={"deny": ["Read(.env)"]}).access.env_files_denied
    assert isinstance(found, Unknown)
    assert "model" in found.why


def test_the_file_tools_answer_for_single_paths_as_seen_from_their_place(tree: Read) -> None:
    settings = {"permissions": {"deny": ["Read(/secrets/**)", "Read(~/.ssh/**)", "Read(//**/*.pem)"]}}
    reads = tree({"app/.claude/settings.json": settings}).agent.access.reads
    assert not reads("app/secrets/key")
    assert reads("secrets/key")
    assert reads("app/other/key")
    assert not reads("~/.ssh/id")
    assert not reads("elsewhere/server.pem")


# ------------------------------------------------------------------------------------------------------ egress, audit


@pytest.mark.parametrize(
    ("settings", "mode", "hosts"),
    [
        ({}, "open", ()),
        ({"sandbox": CLOSED}, "allowlist", ()),
        (
            {"sandbox": {**CLOSED, "network": {"allowedDomains": ["b.example", "a.example"]}}},
            "allowlist",
            ("a.example", "b.example"),
        ),
        ({"sandbox": {**CLOSED, "network": {"allowedDomains": ["*"]}}}, "open", ("*",)),
        ({"sandbox": CLOSED, "permissions": {"allow": ["WebFetch(domain:c.example)"]}}, "allowlist", ("c.example",)),
        ({"sandbox": CLOSED, "permissions": {"allow": ["WebFetch"]}}, "open", ()),
        ({"sandbox": CLOSED, "permissions": {"allow": ["WebFetch(domain:*)"]}}, "open", ()),
        ({"permissions": {"deny": ["Bash", "WebFetch"]}}, "none", ()),
        ({"permissions": {"deny": ["Bash"], "allow": ["WebFetch(domain:c.example)"]}}, "allowlist", ("c.example",)),
        ({"permissions": {"deny": ["WebFetch"]}}, "open", ()),
    ],
)
def test_where_tools_may_connect(claude: Read, settings: dict[str, object], mode: str, hosts: tuple[str, ...]) -> None:
    found = claude(**settings).access.egress
    assert (found.mode, found.hosts) == (mode, hosts)


ON = {"CLAUDE_CODE_ENABLE_TELEMETRY": "1", "OTEL_LOGS_EXPORTER": "otlp"}


@pytest.mark.parametrize(
    ("env", "enabled", "sink", "details"),
    [
        ({}, False, None, False),
        ({"OTEL_LOGS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://o.example"}, False, None, False),
        ({**ON, "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example.com:4317"}, True, "otel.example.com", False),
        (
            {**ON, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://logs.example/v1", "OTEL_LOG_TOOL_DETAILS": 1},
            True,
            "logs.example",
            True,
        ),
        (
            {**ON, "OTEL_LOGS_EXPORTER": "console", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://o.example"},
            False,
            None,
            False,
        ),
        (
            {**ON, "CLAUDE_CODE_ENABLE_TELEMETRY": "0", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://o.example"},
            False,
            None,
            False,
        ),
        ({**ON}, True, None, False),
        ({**ON, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1]:4317"}, True, "::1", False),
    ],
)
def test_telemetry_counts_with_its_collector(
    claude: Read, env: dict[str, object], enabled: bool, sink: str | None, details: bool
) -> None:
    found = claude(env=env).access.audit
    assert (found.enabled, found.sink, found.tool_details) == (enabled, sink, details)


def test_variables_of_several_files_add_up(claude: Read) -> None:
    managed = {"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example.com"}}
    found = claude(env=ON, machine={"/etc/claude-code/managed-settings.json": managed}).access.audit
    assert (found.enabled, found.sink) == (True, "otel.example.com")


# -------------------------------------------------------------------------------------------------------------- hooks


def hooks(matcher: object, **handler: object) -> dict[str, object]:
    group: dict[str, object] = {"hooks": [{"type": "command", "command": "./guard.sh", **handler}]}
    if matcher is not None:
        group["matcher"] = matcher
    return {"PreToolUse": [group]}


@pytest.mark.parametrize(
    ("matcher", "handler", "gate"),
    [
        (None, {}, True),
        ("", {}, True),
        ("*", {}, True),
        (".*", {}, True),
        ("Bash", {}, True),
        ("^Bash$", {}, True),
        ("Edit|Bash|Write", {}, True),
        ("Edit|Write", {}, False),
        ("BashOutput", {}, False),
        ("mcp__.*", {}, "unknown"),
        ("Ba[rs]h", {}, "unknown"),
        ("Bash", {"async": True}, False),
        ("Bash", {"asyncRewake": True}, False),
        ("Bash", {"if": "Bash(git *)"}, False),
        ("Bash", {"if": "Bash(*)"}, True),
    ],
)
def test_a_hook_is_a_gate_if_it_is_asked_about_every_command(
    claude: Read, matcher: object, handler: dict[str, object], gate: object
) -> None:
    access = claude(hooks=hooks(matcher, **handler)).access
    found = "unknown" if isinstance(access.gate_hook, Unknown) else access.gate_hook
    assert found == gate
    assert [hook.command for hook in access.gate_hooks] == (["./guard.sh"] if gate is True else [])


def test_hooks_can_be_switched_off_or_left_to_the_administrator(claude: Read) -> None:
    assert claude(hooks=hooks("Bash"), disableAllHooks=True).access.gate_hook is False
    managed = {"/etc/claude-code/managed-settings.json": {"allowManagedHooksOnly": True}}
    assert claude(hooks=hooks("Bash"), machine=managed).access.gate_hook is False
    managed = {"/etc/claude-code/managed-settings.json": {"allowManagedHooksOnly": True, "hooks": hooks("Bash")}}
    assert claude(machine=managed).access.gate_hook is True


def test_other_events_are_no_gate(claude: Read) -> None:
    assert claude(hooks={"PostToolUse": hooks("Bash")["PreToolUse"]}).access.gate_hook is False


# ---------------------------------------------------------------------------------------- subagents, skills, evidence


def test_a_subagent_that_asks_for_no_approvals_is_a_bypass(tree: Read) -> None:
    agent = tree({".claude/agents/deploy.md": "---\nname: deploy\npermissionMode: bypassPermissions\n---\nx"}).agent
    assert [str(source) for source in agent.bypass] == [".claude/agents/deploy.md:3"]
    assert agent.access.bypass_requested
    assert agent.access.approval == "classifier"


@pytest.mark.parametrize(
    ("front", "rules"),
    [
        ("allowed-tools: Bash(git push:*), Read", ["Bash(git push:*)", "Read"]),
        ("allowed-tools:\n  - Bash(git push:*)\n  - Edit", ["Bash(git push:*)", "Edit"]),
        (
            "allowed-tools: [Bash(gh pr view:*), 'Bash(node -e \"f(1)\")']",
            ["Bash(gh pr view:*)", 'Bash(node -e "f(1)")'],
        ),
        ("description: use it: often\nallowed-tools: Bash(git push:*)", ["Bash(git push:*)"]),
        ("allowed-tools: lower, *, mcp__*", []),
        ("description: x", []),
    ],
)
def test_a_skill_brings_its_allowed_tools(tree: Read, front: str, rules: list[str]) -> None:
    for path in (".claude/commands/ship.md", ".claude/skills/ship/SKILL.md"):
        agent = tree({path: f"---\n{front}\n---\nDo it."}).agent
        assert [rule.text for rule in agent.access.rules] == rules
        assert {rule.layer for rule in agent.access.rules} <= {"skill"}


def test_servers_of_a_subagent_are_servers(tree: Read) -> None:
    front = "---\nmcpServers:\n  - github\n  - pg:\n      command: npx\n      args: [-y, pg-mcp]\n---\n"
    agent = tree({".claude/agents/data.md": front}).agent
    assert [(server.name, server.package) for server in agent.access.mcp] == [("pg", "pg-mcp")]


@pytest.mark.parametrize(
    "path", ["CLAUDE.md", "CLAUDE.local.md", ".claude/CLAUDE.md", ".claude/hooks/x.sh", "docs/CLAUDE.md"]
)
def test_instructions_show_an_agent_at_vendor_defaults_at_the_root(tree: Read, path: str) -> None:
    agent = tree({path: "Never delete anything."}).agent
    assert (agent.agent, agent.root, agent.access.rules, agent.files) == ("claude-code", "", (), (path,))
    assert agent.access.approval == "classifier"


# -------------------------------------------------------------------------------------------------------- inert rules


def test_what_looks_strict_and_is_not_is_listed_with_its_line(tree: Read) -> None:
    text = '{\n "mcpServers": {},\n "deny": ["Bash"],\n "permissions": {"deny": [\n  "Write(.env)"]}\n}'
    found = {each.text: each.source.line for each in tree({SETTINGS: text}).agent.inert}
    assert found == {"mcpServers": 2, "deny": 3, "Write(.env)": 5}
