from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.access.agent import Agent
from remit.evidence import Unknown
from remit.verbs import VERB_CLASSES

Read = Callable[..., Any]
CONFIG = ".codex/config.toml"
USER = "~/.codex/config.toml"
REQUIREMENTS = "/etc/codex/requirements.toml"
RULES = ".codex/rules/team.rules"


@pytest.fixture(scope="session")
def codex(tree: Read) -> Read:
    """Reads a project's config.toml, with rules and the machine's files beside it."""

    def read(config: str = "", rules: str = "", machine: dict[str, object] | None = None) -> Agent:
        return tree({CONFIG: config} | ({RULES: rules} if rules else {}), machine).agent

    return read


def decision(agent: Agent, verb_class: str) -> object:
    gate = agent.access.gate(verb_class)  # type: ignore[arg-type]
    assert gate is not None
    return "unknown" if isinstance(gate.decision, Unknown) else gate.decision


# ---------------------------------------------------------------------------------------------- policies and sandboxes


@pytest.mark.parametrize(
    ("config", "approval", "shell", "sandboxed", "gate"),
    [
        ("", "edits-auto", "yes", True, "sandboxed"),
        ('approval_policy = "on-request"', "edits-auto", "yes", True, "sandboxed"),
        ('approval_policy = "on-failure"', "edits-auto", "yes", True, "sandboxed"),
        ("[approval_policy.granular]\nrules = false", "edits-auto", "yes", True, "sandboxed"),
        ('approval_policy = "untrusted"', "each", "no", True, "ask"),
        ('approval_policy = "never"', "allowlist-only", "yes", True, "sandboxed"),
        ('sandbox_mode = "read-only"', "each", "yes", True, "sandboxed"),
        ('sandbox_mode = "read-only"\napproval_policy = "never"', "plan", "yes", True, "sandboxed"),
        ('approvals_reviewer = "auto_review"', "classifier", "yes", True, "sandboxed"),
        ('sandbox_mode = "danger-full-access"', "bypass", "yes", False, "allow"),
        ('sandbox_mode = "danger-full-access"\napproval_policy = "never"', "bypass", "yes", False, "allow"),
        ('sandbox_mode = "danger-full-access"\napproval_policy = "untrusted"', "each", "no", False, "ask"),
        ('default_permissions = ":danger-full-access"', "bypass", "yes", False, "allow"),
        ('default_permissions = ":read-only"', "each", "yes", True, "sandboxed"),
        (
            'default_permissions = "team"\n[permissions.team]\nextends = ":workspace"',
            "edits-auto",
            "yes",
            True,
            "sandboxed",
        ),
        (
            'default_permissions = "a"\n[permissions.a]\nextends = "b"\n[permissions.b]\nextends = "a"',
            "edits-auto",
            "yes",
            True,
            "sandboxed",
        ),
    ],
)
def test_policy_and_sandbox_together_are_the_approval(
    codex: Read, config: str, approval: str, shell: str, sandboxed: bool, gate: str
) -> None:
    agent = codex(config)
    access = agent.access
    assert (access.approval, access.shell_without_approval, access.sandbox.enabled) == (approval, shell, sandboxed)
    assert decision(agent, "iac-destroy") == gate
    assert access.bypass_requested is (approval == "bypass") is bool(agent.bypass)


def test_the_default_is_assumed_confined_and_without_network(codex: Read) -> None:
    agent = codex('model = "x"')
    assert agent.access.approval_assumed
    assert (agent.access.sandbox.kind, agent.access.egress.mode) == ("os", "none")
    assert isinstance(agent.access.sandbox.fails_closed, Unknown)
    assert all(gate.assumed for gate in agent.access.gates)
    assert any("default of a trusted folder" in note for note in agent.notes)


def test_a_bypass_names_the_lines_that_ask_for_it(codex: Read) -> None:
    agent = codex('model = "x"\nsandbox_mode = "danger-full-access"\napproval_policy = "never"')
    assert [str(source) for source in agent.bypass] == [f"{CONFIG}:2", f"{CONFIG}:3"]


@pytest.mark.parametrize(
    "config",
    [
        'approval_policy = "sometimes"',
        'sandbox_mode = "open"',
        'approvals_reviewer = "me"',
        "approval_policy = 1",
        "approval_policy = []",
    ],
)
def test_a_value_codex_does_not_know_leaves_everything_unknown(codex: Read, config: str) -> None:
    agent = codex(config + '\n[mcp_servers.a]\ncommand = "npx"\nargs = ["x"]')
    access = agent.access
    assert isinstance(access.approval, Unknown)
    assert f"{CONFIG}:1" in access.approval.why
    assert isinstance(access.sandbox.enabled, Unknown)
    assert {gate.verb_class for gate in access.gates} == set(VERB_CLASSES)
    assert decision(agent, "iac-destroy") == "unknown"
    assert [server.package for server in access.mcp] == ["x"]


def test_a_permission_profile_counts_only_where_no_file_sets_a_mode(codex: Read) -> None:
    agent = codex('default_permissions = ":danger-full-access"', machine={USER: 'sandbox_mode = "read-only"'})
    assert agent.access.sandbox.enabled is True
    assert any("no file sets sandbox_mode" in each.reason for each in agent.inert)


# ------------------------------------------------------------------------------------------------------------- layers


def test_deeper_project_files_win_over_higher_ones_and_those_over_the_users(tree: Read) -> None:
    found = tree(
        {CONFIG: 'approval_policy = "untrusted"', f"app/{CONFIG}": 'sandbox_mode = "danger-full-access"'},
        {USER: 'approval_policy = "never"', "/etc/codex/config.toml": 'sandbox_mode = "read-only"'},
    )
    outer, inner = found.agents
    assert (outer.root, outer.access.approval, outer.access.sandbox.enabled) == ("", "each", True)
    assert (inner.root, inner.access.approval, inner.access.sandbox.enabled) == ("app", "each", False)
    assert set(inner.files) == {CONFIG, f"app/{CONFIG}", USER, "/etc/codex/config.toml"}


def test_tables_merge_and_arrays_are_replaced(codex: Read) -> None:
    user = '[mcp_servers.a]\ncommand = "npx"\nargs = ["old"]\n[sandbox_workspace_write]\nwritable_roots = ["/a"]'
    project = '[mcp_servers.a]\nargs = ["new"]\n[sandbox_workspace_write]\nwritable_roots = ["/b"]'
    access = codex(project, machine={USER: user}).access
    assert [server.command for server in access.mcp] == [("npx", "new")]
    assert access.sandbox.escapes == ("also writable: /b",)


def test_a_project_switches_off_a_server_of_the_user(codex: Read) -> None:
    user = '[mcp_servers.a]\ncommand = "npx"\nargs = ["x"]'
    assert codex("[mcp_servers.a]\nenabled = false", machine={USER: user}).access.mcp == ()


def test_keys_a_project_cannot_set_are_inert(codex: Read) -> None:
    config = (
        'model_provider = "x"\nnotify = ["y"]\nchatgpt_base_url = "https://x.example"\n[profiles.p]\nmodel = "x"\n'
        '[otel]\nexporter = { otlp-http = { endpoint = "https://x.example" } }\n'
    )
    agent = codex(config)
    assert {each.text for each in agent.inert} == {"model_provider", "notify", "chatgpt_base_url", "profiles", "otel"}
    assert agent.access.audit.enabled is False


def test_every_profile_a_person_can_select_is_looked_at(codex: Read) -> None:
    user = (
        '[profiles.yolo]\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n[profiles.safe]\nmodel = "x"'
    )
    agent = codex("", machine={USER: user, "~/.codex/wild.config.toml": 'sandbox_mode = "danger-full-access"'})
    assert agent.access.approval == "edits-auto"
    assert agent.access.bypass_reachable is True
    notes = " ".join(agent.notes)
    assert "profile yolo" in notes
    assert "profile wild" in notes
    assert "profile safe" not in notes


def test_a_selected_profile_is_in_force(codex: Read) -> None:
    user = 'profile = "yolo"\n[profiles.yolo]\nsandbox_mode = "danger-full-access"'
    agent = codex("", machine={USER: user})
    assert agent.access.approval == "bypass"
    assert any("before 0.169" in note for note in agent.notes)


def test_requirements_restrict_and_lock(codex: Read) -> None:
    allowed = 'allowed_sandbox_modes = ["read-only", "workspace-write"]\nallowed_approval_policies = ["untrusted"]'
    agent = codex('sandbox_mode = "danger-full-access"\napproval_policy = "never"', machine={REQUIREMENTS: allowed})
    assert (agent.access.approval, agent.access.sandbox.enabled) == ("each", True)
    assert agent.access.bypass_reachable is False
    assert agent.bypass == ()
    assert {each.text for each in agent.inert} == {"sandbox_mode = danger-full-access", "approval_policy = never"}


def test_requirements_that_allow_it_lock_nothing(codex: Read) -> None:
    allowed = 'allowed_sandbox_modes = ["danger-full-access"]'
    agent = codex('sandbox_mode = "danger-full-access"', machine={REQUIREMENTS: allowed})
    assert (agent.access.approval, agent.access.bypass_reachable) == ("bypass", True)


def test_servers_need_the_identity_the_requirements_give_them(codex: Read) -> None:
    identity = (
        '[mcp_servers.corp.identity]\nurl = "https://mcp.example.com/mcp"\n'
        '[mcp_servers.local.identity]\ncommand = "corp-mcp"'
    )
    config = (
        '[mcp_servers.corp]\nurl = "https://mcp.example.com/mcp"\n[mcp_servers.local]\ncommand = "other"\n'
        '[mcp_servers.free]\ncommand = "x"'
    )
    assert [server.name for server in codex(config, machine={REQUIREMENTS: identity}).access.mcp] == ["corp"]


# ------------------------------------------------------------------------------------- what the sandbox hides and opens


PROFILE = """
default_permissions = "team"
[permissions.team]
extends = "base"
[permissions.team.filesystem]
"~/.ssh" = "deny"
"/srv/shared" = "read"
[permissions.base]
extends = ":workspace"
[permissions.base.filesystem.":workspace_roots"]
"**/.env*" = "deny"
"secrets" = "none"
"""


def test_a_profile_hides_files_from_every_command(codex: Read) -> None:
    access = codex(PROFILE).access
    assert access.read_deny == access.sandbox.read_deny == ("~/.ssh", "./**/.env*", "./secrets")
    assert access.env_files_denied is True
    assert access.reads is not None
    assert [access.reads(path) for path in ("app/.env.local", "secrets/x", "app/secrets/x", "~/.ssh/id", "x")] == [
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_way_out_of_the_sandbox_undoes_that(codex: Read) -> None:
    assert codex(PROFILE, rules='prefix_rule(pattern=["python3"], decision="allow")').access.env_files_denied is False


def test_requirements_hide_files_too(codex: Read) -> None:
    hidden = '[permissions.filesystem]\ndeny_read = ["~/.ssh/**", "/srv/keys"]'
    access = codex("", machine={REQUIREMENTS: hidden}).access
    assert access.sandbox.read_deny == ("~/.ssh/**", "/srv/keys")
    assert access.reads is not None
    assert not access.reads("~/.ssh/id")
    assert not access.reads("/srv/keys/a")
    assert access.env_files_denied is False


NETWORK = (
    'default_permissions = "n"\n[permissions.n]\nextends = ":workspace"\n[permissions.n.network]\nenabled = true\n'
)


@pytest.mark.parametrize(
    ("config", "mode", "hosts"),
    [
        ("", "none", ()),
        ("[sandbox_workspace_write]\nnetwork_access = true", "open", ()),
        ('sandbox_mode = "read-only"\n[sandbox_workspace_write]\nnetwork_access = true', "none", ()),
        ('sandbox_mode = "danger-full-access"', "open", ()),
        (NETWORK, "open", ()),
        (NETWORK + '[permissions.n.network.domains]\n"a.example" = "allow"', "open", ()),
        (
            NETWORK
            + '[permissions.n.network.domains]\n"a.example" = "allow"\n"b.example" = "deny"\n'
            + "[features]\nnetwork_proxy = true",
            "allowlist",
            ("a.example",),
        ),
        ('default_permissions = "n"\n[permissions.n]\nextends = ":workspace"', "none", ()),
    ],
)
def test_where_commands_may_connect(codex: Read, config: str, mode: str, hosts: tuple[str, ...]) -> None:
    found = codex(config).access.egress
    assert (found.mode, found.hosts) == (mode, hosts)


def test_hosts_without_the_proxy_are_inert(codex: Read) -> None:
    agent = codex(NETWORK + '[permissions.n.network.domains]\n"a.example" = "allow"')
    assert any("network_proxy" in each.reason for each in agent.inert)


@pytest.mark.parametrize(
    ("config", "escape"),
    [
        ('[sandbox_workspace_write]\nwritable_roots = ["/srv"]', "also writable: /srv"),
        ('approvals_reviewer = "guardian_subagent"', "a model may let a command run outside the sandbox"),
        (NETWORK + "dangerously_allow_all_unix_sockets = true", "weaker mode: dangerously_allow_all_unix_sockets"),
        (
            NETWORK + '[permissions.n.network.unix_sockets]\n"/run/docker.sock" = "allow"',
            "unix socket: /run/docker.sock",
        ),
    ],
)
def test_every_way_out_of_the_sandbox_is_named(codex: Read, config: str, escape: str) -> None:
    assert codex(config).access.sandbox.escapes == (escape,)


# -------------------------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        ('prefix_rule(pattern=["terraform","destroy"], decision="forbidden")', "sandboxed"),
        ('prefix_rule(pattern=[["terraform","tofu","pulumi"]], decision="forbidden")', "deny"),
        ('prefix_rule(pattern = [["terraform", "tofu", "pulumi"]],\n  decision = "prompt",  # ask\n)', "ask"),
        ('prefix_rule(pattern=["terraform"], decision="allow")', "allow"),
        ('prefix_rule(pattern=["terraform"])', "allow"),
        ('prefix_rule(pattern=["terraform", "plan"], decision="allow")', "sandboxed"),
        ('prefix_rule(pattern=["bash"], decision="allow")', "allow"),
        (
            'prefix_rule(pattern=[["terraform","tofu","pulumi"]], decision="forbidden")\n'
            'prefix_rule(pattern=["terraform","destroy"], decision="allow", justification="f(x)")',
            "deny",
        ),
        ("# nothing", "sandboxed"),
    ],
)
def test_the_strictest_rule_over_the_first_words_decides(codex: Read, rules: str, answer: str) -> None:
    assert decision(codex("", rules=rules), "iac-destroy") == answer


@pytest.mark.parametrize(
    "rules",
    [
        "for each in [1]:\n  prefix_rule(pattern=[each])",
        'prefix_rule(pattern=["a"] + ["b"], decision="allow")',
        'prefix_rule(pattern=WORDS, decision="allow")',
        'prefix_rule(pattern=["a"], decision=choose())',
        'prefix_rule(pattern=["a"], decision="maybe")',
        'load("x", "y")',
        "prefix_rule(" * 50_000,
        "[" * 100_000,
        '"unclosed',
    ],
)
def test_code_that_is_not_read_leaves_the_gates_unknown(codex: Read, rules: str) -> None:
    agent = codex("", rules=rules)
    assert decision(agent, "iac-destroy") == "unknown"
    assert any("not evaluated" in note for note in agent.notes)


def test_rules_that_are_not_about_commands_are_no_trouble(codex: Read) -> None:
    agent = codex("", rules='network_rule(host="x.example", protocol="https", decision="allow")')
    assert decision(agent, "iac-destroy") == "sandboxed"


def test_a_prompt_is_a_refusal_where_nobody_is_asked(codex: Read) -> None:
    rules = 'prefix_rule(pattern=[["terraform","tofu","pulumi"]], decision="prompt")'
    assert decision(codex('approval_policy = "never"', rules=rules), "iac-destroy") == "deny"


def test_rules_appear_with_their_place_and_classes(codex: Read) -> None:
    agent = codex("", rules='\n\nprefix_rule(pattern=["git","push"], decision="allow")')
    rule = agent.access.rules[0]
    assert (rule.effect, rule.classes, str(rule.source)) == ("allow", ("git-force",), f"{RULES}:3")
    assert agent.access.sandbox.escapes == ("runs outside the sandbox: prefix_rule(git push, allow)",)


def test_an_untrusting_policy_runs_what_rules_allow(codex: Read) -> None:
    agent = codex('approval_policy = "untrusted"', rules='prefix_rule(pattern=["ls"])')
    assert agent.access.shell_without_approval == "scoped"


# ----------------------------------------------------------------------------------------------- servers, audit, hooks


@pytest.mark.parametrize(
    ("config", "approved"),
    [
        ("", False),
        ('default_tools_approval_mode = "approve"', True),
        ('default_tools_approval_mode = "prompt"', False),
        ('[mcp_servers.a.tools.search]\napproval_mode = "approve"', True),
    ],
)
def test_tools_that_run_unasked(codex: Read, config: str, approved: bool) -> None:
    access = codex(f'[mcp_servers.a]\nurl = "https://mcp.example.com"\n{config}').access
    assert [server.auto_approved for server in access.mcp] == [approved]


def test_without_questions_every_tool_runs_unasked(codex: Read) -> None:
    access = codex('approval_policy = "never"\n[mcp_servers.a]\ncommand = "x"').access
    assert [server.auto_approved for server in access.mcp] == [True]


@pytest.mark.parametrize("entry", ["", 'default_tools_approval_mode = "approve"'])
@pytest.mark.parametrize(
    ("config", "by_mode"),
    [
        ('approval_policy = "never"', True),
        ('sandbox_mode = "danger-full-access"', True),
        ('approval_policy = "never"\nsandbox_mode = "danger-full-access"', True),
        ('approval_policy = "on-request"', False),
        ("", False),
    ],
)
def test_what_only_the_mode_approves_is_told_apart_from_entries(
    codex: Read, config: str, by_mode: bool, entry: str
) -> None:
    (server,) = codex(f'{config}\n[mcp_servers.a]\ncommand = "x"\n{entry}').access.mcp
    assert server.approved_by_mode is (by_mode and not entry)


@pytest.mark.parametrize(
    ("rules", "command", "answer"),
    [
        ('prefix_rule(pattern=["terraform"])', "terraform destroy", "allow"),
        ('prefix_rule(pattern=["terraform"])', "psql", "ask"),
        ('prefix_rule(pattern=["terraform"], decision="prompt")', "terraform destroy", "ask"),
        ('prefix_rule(pattern=["terraform"], decision="forbidden")', "terraform destroy", "deny"),
        ("", "python3 x.py", "ask"),
        ("rules = read()", "python3 x.py", "classifier"),
    ],
)
def test_by_its_rules_alone_it_asks_about_what_none_mentions(
    codex: Read, rules: str, command: str, answer: str
) -> None:
    access = codex('sandbox_mode = "danger-full-access"\napproval_policy = "never"', rules=rules).access
    assert access.decide_asked is not None
    assert access.decide_asked(command).decision == answer
    assert codex('approval_policy = "never"', rules=rules).access.decide_asked is None


def test_variables_that_name_a_secret_are_no_secret(codex: Read) -> None:
    config = (
        '[mcp_servers.a]\nurl = "https://m.example"\nbearer_token_env_var = "CORP_TOKEN"\nenv_http_headers = {X = "Y"}'
    )
    assert [server.inline_secret for server in codex(config).access.mcp] == [False]


@pytest.mark.parametrize(
    ("machine", "enabled", "sink"),
    [
        ({}, False, None),
        ({USER: '[otel]\nexporter = "none"'}, False, None),
        (
            {USER: '[otel]\nexporter = { otlp-http = { endpoint = "https://otel.example.com/v1/logs" } }'},
            True,
            "otel.example.com",
        ),
        ({USER: '[otel.exporter."otlp-grpc"]\nendpoint = "http://127.0.0.1:4317"'}, True, "127.0.0.1"),
        ({REQUIREMENTS: '[otel]\nexporter = { otlp-http = { endpoint = "https://o.example" } }'}, True, "o.example"),
    ],
)
def test_telemetry_counts_from_personal_and_managed_files(
    codex: Read, machine: dict[str, object], enabled: bool, sink: str | None
) -> None:
    found = codex("", machine=machine).access.audit
    assert (found.enabled, found.sink, found.tool_details) == (enabled, sink, enabled)


def test_whether_a_hook_is_trusted_cannot_be_told(tree: Read) -> None:
    hooks = {"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "./guard"}]}]}}
    access = tree({CONFIG: "", ".codex/hooks.json": hooks}).agent.access
    assert isinstance(access.gate_hook, Unknown)
    assert [hook.command for hook in access.gate_hooks] == ["./guard"]
    assert tree({CONFIG: "[features]\nhooks = false", ".codex/hooks.json": hooks}).agent.access.gate_hook is False


# ---------------------------------------------------------------------------------------------------------- evidence


def test_general_instructions_name_no_agent(tree: Read) -> None:
    assert tree({"AGENTS.md": "Be careful.", "docs/AGENTS.md": ""}).agents == ()


def test_a_folder_of_codex_shows_it_is_used(tree: Read) -> None:
    agent = tree({".codex/agents/review.toml": "x = 1", "AGENTS.md": ""}).agent
    assert (agent.agent, agent.access.approval) == ("codex", "edits-auto")
