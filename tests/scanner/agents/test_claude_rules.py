from __future__ import annotations

import pytest

from remit.access.agent import Rule
from remit.agents.claude_reads import hides
from remit.agents.claude_rules import counts, inert_reason, server_tool, split, whole_tool
from remit.agents.claude_shell import allowing, destroys, matches, restricting, unwrapped, whole_shell
from remit.agents.shell_words import argv_of, parts_of
from remit.evidence import Source
from remit.verbs import VERB_CLASSES

HERE = Source(".claude/settings.json", 1, "agents")


def rule(text: str, effect: str = "allow", layer: str = "project") -> Rule:
    return Rule(text, effect, layer, HERE)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------- grammar


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Bash", ("Bash", None)),
        ("Bash(npm test)", ("Bash", "npm test")),
        (" Bash(ls) ", ("Bash", "ls")),
        ('Bash(node -e "f\\(1\\)")', ("Bash", 'node -e "f\\(1\\)"')),
        ("Bash(a(b))", ("Bash", "a(b)")),
        ("mcp__github__search", ("mcp__github__search", None)),
        ("mcp__*", ("mcp__*", None)),
        ("*", ("*", None)),
        ("Bash(", None),
        ("Bash()", None),
        ("Bash(ls", None),
        ("bash", None),
        ("bash(ls)", None),
        ("", None),
        ("two words", None),
        ("Bash(ls) and more", None),
    ],
)
def test_a_rule_is_split_as_the_program_splits_it(text: str, parts: tuple[str, str | None] | None) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    ("text", "effect", "taken"),
    [
        ("*", "deny", True),
        ("*", "allow", False),
        ("mcp__*", "deny", True),
        ("mcp__*", "allow", False),
        ("mcp__github__*", "allow", True),
        ("Write(.env)", "deny", False),
        ("Write", "deny", True),
        ("Write(*)", "deny", True),
        ("Edit(.env)", "deny", True),
        ("bash", "deny", False),
        ("Imaginary(x)", "deny", True),
    ],
)
def test_rules_count_as_far_as_the_program_consults_them(text: str, effect: str, taken: bool) -> None:
    assert counts(text, effect) is taken


@pytest.mark.parametrize(
    ("text", "effect", "reason"),
    [
        ("Write(.env)", "deny", "never consulted"),
        ("NotebookEdit(x)", "deny", "never consulted"),
        ("Glob(secrets/**)", "deny", "never consulted"),
        ("bash(ls)", "deny", "not a rule"),
        ("Imaginary(x)", "deny", "no tool called Imaginary"),
        ("mcp__*", "allow", "only after mcp__server__"),
        ("Bash(sudo:*passwd*)", "deny", "only at the very end"),
        ("Bash(sudo:*)", "deny", None),
        ("Bash(git:* x:*)", "deny", "only at the very end"),
        ("Bash", "deny", None),
        ("mcp__github", "allow", None),
        ("Read(./.env)", "deny", None),
        ("WebFetch(domain:example.com)", "allow", None),
    ],
)
def test_what_has_no_effect_says_why(text: str, effect: str, reason: str | None) -> None:
    found = inert_reason(rule(text, effect))
    assert found is None if reason is None else reason in (found or "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("mcp__github", ("github", "*")),
        ("mcp__github__search", ("github", "search")),
        ("mcp__my_server__a__b", ("my_server", "a__b")),
        ("mcp__*", ("*", "*")),
        ("*", ("*", "*")),
        ("Bash", None),
    ],
)
def test_an_mcp_rule_names_server_and_tool(text: str, parts: tuple[str, str] | None) -> None:
    assert server_tool(text) == parts


def test_a_whole_tool_is_the_bare_name_or_a_star() -> None:
    assert all(whole_tool(text, "Bash") for text in ("Bash", "Bash(*)", "Bash(:*)", "*"))
    assert not any(whole_tool(text, "Bash") for text in ("Bash(ls *)", "Read", "Bash(* x)"))


# ---------------------------------------------------------------------------------------------------- shell commands


@pytest.mark.parametrize(
    ("text", "command", "covered"),
    [
        ("Bash", "anything", True),
        ("Bash(*)", "anything", True),
        ("Bash(:*)", "anything", True),
        ("Bash(npm test)", "npm test", True),
        ("Bash(npm test)", "npm test --watch", False),
        ("Bash(ls *)", "ls -la", True),
        ("Bash(ls *)", "ls", True),
        ("Bash(ls *)", "lsof", False),
        ("Bash(ls*)", "lsof", True),
        ("Bash(ls:*)", "ls -la", True),
        ("Bash(ls:*)", "ls", True),
        ("Bash(ls:*)", "lsof", False),
        ("Bash(git * main)", "git push origin main", True),
        ("Bash(git * main)", "git push origin dev", False),
        ("Bash(* --version)", "node --version", True),
        ("Bash(* --version)", "node", False),
        ("Bash(git:* main)", "git push main", False),
        ("Bash(f\\(1\\))", "f(1)", True),
        ("Bash(a\\*b)", "axb", False),
        ("Bash(a\\*b)", "a*b", True),
        ("Bash(terraform destroy:*)", "terraform destroy -auto-approve", True),
        ("Bash(terraform destroy:*)", "timeout 60 terraform destroy", True),
        ("Bash(terraform destroy:*)", "timeout -k 5 60 terraform destroy", True),
        ("Bash(terraform destroy:*)", "nice -n 10 nohup time terraform destroy", True),
        ("Bash(terraform destroy:*)", "stdbuf -oL terraform destroy", True),
        ("Bash(terraform destroy:*)", "TF_LOG=1 AWS_PROFILE=prod terraform destroy", True),
        ("Bash(rm *)", "xargs rm -rf", True),
        ("Bash(rm *)", "xargs -n1 rm -rf", False),
        ("Bash(terraform destroy:*)", "npx terraform destroy", False),
        ("Bash(terraform destroy:*)", "sudo terraform destroy", False),
        ("Bash(find *)", "find . -name x", True),
        ("Bash(find *)", "find . -delete", False),
        ("Bash(find . -delete)", "find . -delete", True),
        ("Bash(watch *)", "watch rm -rf /", False),
        ("Read", "cat x", False),
        ("PowerShell(terraform *)", "terraform destroy", True),
        ("mcp__shell", "ls", False),
    ],
)
def test_an_allow_rule_covers_a_simple_command(text: str, command: str, covered: bool) -> None:
    assert matches(rule(text), command) is covered


@pytest.mark.parametrize(
    ("text", "command", "covered"),
    [
        ("*", "ls", True),
        ("Bash(find *)", "find . -delete", True),
        ("Bash(rm *)", "A=1 rm -rf x", True),
        ("PowerShell(terraform *)", "terraform destroy", False),
        ("Bash(rm -rf *)", "rm -r -f x", False),
    ],
)
def test_a_deny_rule_covers_more_ways_of_writing_and_only_its_own_shell(text: str, command: str, covered: bool) -> None:
    assert matches(rule(text, "deny"), command) is covered


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        ("a && b || c; d | e |& f & g\nh", ("a", "b", "c", "d", "e", "f", "g", "h")),
        ("psql -c 'a; b && c'", ("psql -c 'a; b && c'",)),
        ('psql -c "a; b" && c', ('psql -c "a; b"', "c")),
        (r"echo a\;b", (r"echo a\;b",)),
        ("echo 'unclosed ; x", ("echo 'unclosed ; x",)),
        (" ; ; ", ()),
    ],
)
def test_compound_commands_come_apart_outside_quotes(command: str, parts: tuple[str, ...]) -> None:
    assert parts_of(command) == parts


def test_every_part_needs_an_allow_rule_and_any_part_falls_to_a_deny_rule() -> None:
    rules = [rule("Bash(npm test)"), rule("Bash(git status)")]
    assert allowing(rules, "npm test && git status") is rules[0]
    assert allowing(rules, "npm test && rm -rf x") is None
    deny = [rule("Bash(rm *)", "deny")]
    assert restricting(deny, "npm test && rm -rf x") is deny[0]
    assert restricting(deny, "npm test") is None


@pytest.mark.parametrize(
    "text",
    [
        "Bash(bash:*)",
        "Bash(bash -c *)",
        "Bash(sudo *)",
        "Bash(env:*)",
        "Bash(devbox run *)",
        "Bash(xargs *)",
        "Bash",
        "PowerShell",
    ],
)
def test_a_runner_of_any_command_is_the_whole_shell(text: str) -> None:
    assert whole_shell(rule(text))
    assert destroys(rule(text)) == VERB_CLASSES


@pytest.mark.parametrize("text", ["Bash(sudo apt-get install *)", "Bash(npm *)", "Bash(bash scripts/x.sh)", "Read"])
def test_a_runner_of_one_command_is_not(text: str) -> None:
    assert not whole_shell(rule(text))


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Bash(terraform:*)", {"iac-destroy"}),
        ("Bash(terraform plan:*)", set()),
        ("Bash(git push:*)", {"git-force"}),
        ("Bash(git:*)", {"git-force"}),
        ("Bash(git status)", set()),
        ("Bash(psql:*)", {"sql-ddl", "sql-mass-dml"}),
        ("Bash(npx:*)", {"orm-force-push"}),
        ("Bash(rm -rf *)", {"fs-delete-outside"}),
        ("Bash(curl:*)", {"volume-delete"}),
        ("Bash(aws:*)", {"cloud-delete"}),
        ("Bash(kubectl:*)", {"k8s-delete"}),
        ("Bash(gh:*)", {"secret-write"}),
        ("Bash(* --version)", set()),
        ("Bash(docker exec:*)", set(VERB_CLASSES)),
    ],
)
def test_an_allow_rule_lists_the_destructive_classes_it_covers(text: str, classes: set[str]) -> None:
    assert set(destroys(rule(text))) == classes


def test_a_runner_says_nothing_in_a_deny_rule() -> None:
    assert destroys(rule("Bash(bash:*)", "deny")) == ()


def test_words_of_a_command_survive_unmatched_quotes() -> None:
    assert argv_of("psql -c 'DROP TABLE x'") == ("psql", "-c", "DROP TABLE x")
    assert argv_of("echo 'x y") == ("echo", "'x", "y")


@pytest.mark.parametrize("command", ["timeout", "timeout 5", "nice -n", "time", "xargs", "A=1 ", "", "timeout -k"])
def test_a_wrapper_around_nothing_is_survived(command: str) -> None:
    assert len(unwrapped(command)) <= len(command)


# -------------------------------------------------------------------------------------------------------- Read rules


@pytest.mark.parametrize(
    ("text", "layer", "path", "hidden"),
    [
        ("Read(.env)", "project", ".env", True),
        ("Read(./.env)", "project", "app/.env", True),
        ("Read(/.env)", "project", ".env", True),
        ("Read(/.env)", "project", "app/.env", False),
        ("Read(/.env)", "user", ".env", False),
        ("Read(/secrets/**)", "user", "~/.claude/secrets/x", True),
        ("Read(/.env)", "managed", ".env", False),
        ("Read(.env)", "user", ".env", True),
        ("Read(//**/.env)", "managed", ".env", True),
        ("Read(//**/.env)", "managed", "~/work/.env", True),
        ("Read(//**/.env)", "managed", "/srv/.env", True),
        ("Read(//srv/app/**)", "user", "/srv/app/x", True),
        ("Read(//srv/app/**)", "user", "srv/app/x", False),
        ("Read(~/.ssh/**)", "user", "~/.ssh/id_ed25519", True),
        ("Read(~/.ssh/**)", "user", ".ssh/id_ed25519", False),
        ("Read(secrets/**)", "project", "app/secrets/x", True),
        ("Read(config/secrets/**)", "project", "app/config/secrets/x", False),
        ("Read(**/secrets/**)", "project", "app/secrets/x", True),
        ("Read", "project", "anything", True),
        ("Read(*)", "project", "a/b", True),
        ("*", "project", "~/.ssh/x", True),
        ("Read(.env)", "project", "~/.env", False),
        ("Edit(.env)", "project", ".env", False),
        ("Bash(cat .env)", "project", ".env", False),
    ],
)
def test_a_read_rule_starts_where_its_first_characters_say(text: str, layer: str, path: str, hidden: bool) -> None:
    assert hides(rule(text, "deny", layer), path) is hidden
