from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from remit.access.agent import DECISIONS, Access, Agent
from remit.agents.probes import PROBES
from remit.evidence import Unknown

Read = Callable[..., Any]

_WORDS = sorted({word for commands in PROBES.values() for command in commands for word in command.split()[:2]})
_PREFIXES = st.sampled_from([*_WORDS, "terraform destroy", "git push", "bash", "sudo", "npx prisma", "rm -rf", "*"])
SHELL_RULES = st.one_of(
    st.just("Bash"),
    st.builds("Bash({})".format, _PREFIXES),
    st.builds("Bash({}:*)".format, _PREFIXES),
    st.builds("Bash({} *)".format, _PREFIXES),
    st.sampled_from(
        ["Bash(* --version)", "PowerShell", "Read(.env)", "mcp__pg", "Bash(dangerouslyDisableSandbox:true)", "x("]
    ),
)
RULES = st.lists(SHELL_RULES, max_size=6)
SANDBOX = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.booleans(),
        "failIfUnavailable": st.booleans(),
        "autoAllowBashIfSandboxed": st.booleans(),
        "allowUnsandboxedCommands": st.booleans(),
        "excludedCommands": st.lists(st.sampled_from(["terraform", "docker *", "git"]), max_size=2),
    },
)
MODES = st.sampled_from([None, "default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"])
PERMISSIONS = st.fixed_dictionaries({"allow": RULES, "ask": RULES, "deny": RULES})


def read(tree: Read, rules: dict[str, list[str]], mode: str | None, sandbox: object) -> Agent:
    permissions = {**rules, **({"defaultMode": mode} if mode else {})}
    agent: Agent = tree({".claude/settings.json": {"permissions": permissions, "sandbox": sandbox}}).agent
    return agent


def widths(access: Access) -> list[int]:
    found = []
    for gate in access.gates:
        assert not isinstance(gate.decision, Unknown)
        found.append(DECISIONS.index(gate.decision))
    return found


def open_env(access: Access) -> int:
    """How far `.env` files are open: 0 denied, 1 unknown, 2 open."""
    denied = access.env_files_denied
    return 1 if isinstance(denied, Unknown) else 2 - 2 * denied


@given(PERMISSIONS, MODES, SANDBOX, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rules_changes_nothing(
    tree: Read, rules: dict[str, list[str]], mode: str | None, sandbox: object, random: Any
) -> None:
    shuffled = {effect: random.sample(texts, len(texts)) for effect, texts in rules.items()}
    one, other = read(tree, rules, mode, sandbox).access, read(tree, shuffled, mode, sandbox).access
    assert widths(one) == widths(other)
    assert (one.shell_without_approval, open_env(one)) == (other.shell_without_approval, open_env(other))


@given(PERMISSIONS, MODES, SANDBOX, SHELL_RULES)
@settings(deadline=None)
def test_one_more_deny_or_ask_rule_loosens_nothing(
    tree: Read, rules: dict[str, list[str]], mode: str | None, sandbox: object, extra: str
) -> None:
    before = read(tree, rules, mode, sandbox).access
    for effect in ("deny", "ask"):
        after = read(tree, {**rules, effect: [*rules[effect], extra]}, mode, sandbox).access
        assert all(new <= old for new, old in zip(widths(after), widths(before), strict=True))
        assert open_env(after) <= open_env(before)


@given(PERMISSIONS, MODES, SANDBOX, SHELL_RULES)
@settings(deadline=None)
def test_one_more_allow_rule_tightens_nothing(
    tree: Read, rules: dict[str, list[str]], mode: str | None, sandbox: object, extra: str
) -> None:
    before = read(tree, rules, mode, sandbox).access
    after = read(tree, {**rules, "allow": [*rules["allow"], extra]}, mode, sandbox).access
    assert all(new >= old for new, old in zip(widths(after), widths(before), strict=True))
    assert open_env(after) >= open_env(before)
    scopes = ("no", "scoped", "yes")
    assert scopes.index(after.shell_without_approval) >= scopes.index(before.shell_without_approval)  # type: ignore[arg-type]


CODEX_RULES = st.lists(
    st.tuples(
        st.lists(
            st.sampled_from(["terraform", "destroy", "git", "push", "npx", "bash", "rm", "-rf"]), min_size=1, max_size=3
        ),
        st.sampled_from(["allow", "prompt", "forbidden"]),
    ),
    max_size=5,
)


def codex(tree: Read, policy: str, mode: str, rules: list[tuple[list[str], str]]) -> Access:
    lines = [f'prefix_rule(pattern={json.dumps(words)}, decision="{decision}")' for words, decision in rules]
    config = f'approval_policy = "{policy}"\nsandbox_mode = "{mode}"'
    access: Access = tree({".codex/config.toml": config, ".codex/rules/x.rules": "\n".join(lines)}).agent.access
    return access


@given(
    st.sampled_from(["untrusted", "on-request", "never"]),
    st.sampled_from(["read-only", "workspace-write", "danger-full-access"]),
    CODEX_RULES,
    CODEX_RULES.filter(bool),
)
@settings(deadline=None)
def test_rules_of_codex_obey_the_same_laws(
    tree: Read, policy: str, mode: str, rules: list[tuple[list[str], str]], more: list[tuple[list[str], str]]
) -> None:
    words, decision = more[0]
    before = widths(codex(tree, policy, mode, rules))
    after = widths(codex(tree, policy, mode, [*rules, (words, decision)]))
    assert widths(codex(tree, policy, mode, rules[::-1])) == before
    for new, old in zip(after, before, strict=True):
        assert new >= old if decision == "allow" else new <= old


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "permissions", "sandbox", "hooks", "env", "mcpServers", "enableAllProjectMcpServers",
        "enabledMcpjsonServers", "allowedMcpServers", "deniedMcpServers", "allow", "deny", "ask",
        "defaultMode", "PreToolUse", "matcher", "type", "command", "args", "url", "enabled", "network",
        "filesystem", "denyRead", "allowedDomains", "credentials", "files", "networkPolicy", "default",
        "terminalAllowlist", "mcpAllowlist", "beforeShellExecution", "disabled", "headers", "serverUrl",
    ]
)  # fmt: skip
SHAPES = st.recursive(
    VALUES, lambda children: st.lists(children, max_size=3) | st.dictionaries(KEYS, children, max_size=6), max_leaves=20
)
PATHS = (
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".mcp.json",
    ".cursor/mcp.json",
    ".cursor/cli.json",
    ".cursor/permissions.json",
    ".cursor/sandbox.json",
    ".cursor/hooks.json",
    ".codex/hooks.json",
)


@given(st.dictionaries(st.sampled_from(PATHS), st.dictionaries(KEYS, SHAPES, max_size=6), min_size=1))
@settings(deadline=None)
def test_no_object_whatever_its_shape_breaks_a_reader(tree: Read, files: dict[str, object]) -> None:
    found = tree(files)
    assert found.gaps == ()
    assert {path for agent in found.agents for path in agent.files} == set(files)


@given(st.text(max_size=200), st.sampled_from(["settings", "rules", "ignore", "skill", "toml"]))
@settings(deadline=None)
def test_no_text_breaks_a_reader(tree: Read, text: str, kind: str) -> None:
    path = {
        "settings": ".claude/settings.json",
        "rules": ".codex/rules/x.rules",
        "ignore": ".cursorignore",
        "skill": ".claude/skills/x/SKILL.md",
        "toml": ".codex/config.toml",
    }[kind]
    found = tree({path: text.encode("utf-8", "replace")})
    assert len(found.agents) == 1


@pytest.mark.parametrize("text", ["(" * 50_000, "a && " * 10_000, "'" * 29_999, "A=1 " * 10_000, "timeout " * 10_000])
def test_no_command_stalls_a_decider(tree: Read, text: str) -> None:
    access = tree(
        {".claude/settings.json": {"permissions": {"allow": ["Bash(a *)"], "deny": ["Bash(* x *)"]}}}
    ).agent.access
    assert access.decide(text).decision in DECISIONS
