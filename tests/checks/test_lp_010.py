"""LP-010: no agent reads a usable credential unasked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from remit.access.agent import Agent, Answer
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Source, Unknown
from remit_checks.least_privilege.cred_none_in_agent_reach import cred_none_in_agent_reach as lp_010

KEPT = {"reads": lambda path: False, "shell_without_approval": "no"}
LOOKED = {"machine": True}
TABLE: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("a token", lambda f: f.file(f.credential()), "fail", "Claude Code reads unasked: Railway account"),
    ("one that only reads", lambda f: f.file(f.url(damage="D1")), "fail", "PostgreSQL connection URL (DATABASE_URL)"),
    ("in an ignored file", lambda f: f.file(f.credential(), standing="ignored"), "fail", "in .env"),
    ("of the machine", lambda f: f.file(f.credential(), path="~/.railway/config.json"), "fail", "~/.railway"),
    ("a staging one", lambda f: f.file(f.credential(environment="staging")), "fail", "RAILWAY_API_TOKEN"),
    (
        "named after development",
        lambda f: f.file(f.credential(environment="development")),
        "fail",
        "RAILWAY_API_TOKEN",
    ),
    ("a stand-in", lambda f: f.file(f.credential(placeholder=True)), "pass", "no usable credential"),
    ("publishable", lambda f: f.file(f.credential(damage="D0")), "pass", "no usable credential"),
    (
        "a database of this machine",
        lambda f: f.file(f.url("localhost", environment="development")),
        "pass",
        "no usable credential",
    ),
    (
        "a neighbour called production",
        lambda f: f.file(f.url("prod-db", environment="production")),
        "fail",
        "DATABASE_URL",
    ),
    (
        "a host nobody classified",
        lambda f: f.file(f.url("localhost", environment=Unknown("two lists name it"))),
        "fail",
        "DATABASE_URL",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_credential(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_010, facts.agent(), build(facts), **LOOKED)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_the_worst_comes_first_and_the_rest_is_counted(facts: Any) -> None:
    many = [facts.url(f"db{number}.acme.com", name=f"URL_{number}") for number in range(4)]
    found = facts.one(lp_010, facts.agent(), facts.file(*many, facts.credential()), **LOOKED)
    assert found.verdict.message.startswith("Claude Code reads unasked: Railway")
    assert "and 2 more" in found.verdict.message
    assert str(found.verdict.sources[0]) == ".env:5"
    assert len(found.verdict.sources) == 5


ALLOW = Answer("allow", "Bash(python3:*)")
ASK = Answer("ask", "default")
AGENTS: tuple[tuple[str, Callable[[Any], Agent], str, str], ...] = (
    ("rules, and no shell unasked", lambda f: f.agent(KEPT), "pass", "no usable credential"),
    (
        "rules, and a sandbox without a way out",
        lambda f: f.agent({**KEPT, "shell_without_approval": "yes", "sandbox": f.sandbox()}),
        "pass",
        "no usable credential",
    ),
    (
        "rules, and a sandbox with one",
        lambda f: f.agent(
            {
                **KEPT,
                "shell_without_approval": "yes",
                "sandbox": f.sandbox(escapes=("excluded command: docker",)),
                "decide": lambda command: Answer("sandboxed", "sandbox"),
            }
        ),
        "fail",
        "the deny rule binds its file tools only",
    ),
    (
        "rules that one program gets round",
        lambda f: f.agent(
            {
                **KEPT,
                "shell_without_approval": "scoped",
                "decide": lambda command: ALLOW if command.startswith("python3") else ASK,
            }
        ),
        "fail",
        "its shell reads the file as well",
    ),
    (
        "a model decides about the shell",
        lambda f: f.agent(
            {**KEPT, "shell_without_approval": "scoped", "decide": lambda command: Answer("classifier", "auto")}
        ),
        "unknown",
        "a model decides",
    ),
    (
        "settings nobody could read",
        lambda f: f.agent({"shell_without_approval": Unknown("settings.json is broken"), "decide": None}),
        "unknown",
        "settings.json is broken",
    ),
    ("at vendor defaults", lambda f: assumed_agent(), "fail", "no rule keeps its file tools"),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), AGENTS, ids=[row[0] for row in AGENTS])
def test_each_agent(facts: Any, name: str, build: Callable[[Any], Agent], answer: str, words: str) -> None:
    found = facts.one(lp_010, build(facts), facts.file(facts.credential()), **LOOKED)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_one_reason_is_given_with_its_file_where_there_are_others(facts: Any) -> None:
    agent = facts.agent(
        {"reads": lambda path: path != ".env", "shell_without_approval": "yes", "decide": lambda _: ALLOW}
    )
    files = (facts.file(facts.credential()), facts.file(facts.url(), path="db.txt"))
    assert "(.env: the deny rule binds" in facts.one(lp_010, agent, *files, **LOOKED).verdict.message
    assert "(the deny rule binds" in facts.one(lp_010, agent, files[0], **LOOKED).verdict.message


def test_a_home_directory_nobody_looked_at_is_no_pass(facts: Any) -> None:
    found = facts.one(lp_010, facts.agent())
    assert (found.status, "~/.ssh" in found.verdict.message) == ("unknown", True)
    assert any("--machine" in each.title for each in found.verdict.remedies)
    assert facts.one(lp_010, facts.agent(), **LOOKED).status == "pass"
    assert facts.one(lp_010, facts.agent(KEPT)).status == "pass"


def test_every_place_that_the_policy_names_counts(facts: Any) -> None:
    hidden = facts.agent({**KEPT, "reads": lambda path: path.startswith("~/.acme/")})
    assert facts.one(lp_010, hidden).status == "pass"
    more = {"credentials.paths": ("~/.acme", "**/.env*")}
    assert facts.one(lp_010, hidden, policy=more).status == "unknown"


def test_what_was_left_out_or_unread_is_no_pass(facts: Any) -> None:
    left = facts.one(lp_010, facts.agent(), **LOOKED, left_out=("vendor/",))
    assert (left.status, "vendor/" in left.verdict.message) == ("unknown", True)
    gap = Gap("credentials", "big.env", "is too large", ("CredentialFile",))
    found = facts.judge(lp_010, facts.agent(), **LOOKED, gaps=(gap,))
    assert {(each.subject_name, each.status) for each in found} == {("claude-code", "pass"), ("big.env", "unknown")}


def test_the_policy_may_leave_out_paths_and_fakes(facts: Any) -> None:
    file = facts.file(facts.credential(), path="tests/fixtures/token.txt")
    assert facts.one(lp_010, facts.agent(), file, **LOOKED).status == "fail"
    ignored = {"credentials.ignore": ("tests/*",)}
    assert facts.one(lp_010, facts.agent(), file, policy=ignored, **LOOKED).status == "pass"
    fake = {"secrets.allowlist": ("0011223344556677",)}
    assert facts.one(lp_010, facts.agent(), file, policy=fake, **LOOKED).status == "pass"


def test_without_agents_there_is_nothing_to_judge(facts: Any) -> None:
    found = facts.judge(lp_010, facts.file(facts.credential()), policy={"agents.used": "none"})
    assert [each.status for each in found] == ["not-applicable"]


# ------------------------------------------------------------------------------------------------------- remedies

SETTINGS = {"claude-code": ".claude/settings.json", "codex": ".codex/config.toml"}
FILES = (".env", "tools/domains.sh", "~/.aws/credentials")


def _read(facts: Any, agent: str, text: str) -> Agent:
    """The agent as its reader understands a settings file."""
    agents = facts.collector("agents")
    read = list(agents.parse(Document(SETTINGS[agent], text.encode())))
    assert not [each for each in read if isinstance(each, Gap)], read
    found = list(agents.link(read, (), Scope(facts.policy(), facts.TARGET, facts.NOW)))
    return next(each for each in found if each.agent == agent)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_edit_by_itself_makes_it_pass(facts: Any, name: str) -> None:
    start = facts.agent({"shell_without_approval": "scoped"}, agent=name, title=name)
    files = [facts.file(facts.credential(), path=path) for path in FILES]
    remedy = facts.one(lp_010, start, *files, **LOOKED).verdict.remedies[0]
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", SETTINGS[name], False)
    mended = _read(facts, name, remedy.body)
    assert facts.one(lp_010, mended, *files, **LOOKED).status == "pass"
    other = facts.file(facts.credential(), path="src/app.py")
    assert facts.one(lp_010, mended, *files, other, **LOOKED).status == "fail"


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_so_does_the_edit_for_the_home_directory(facts: Any, name: str) -> None:
    start = facts.agent({"shell_without_approval": "yes"}, agent=name, title=name)
    remedy = facts.one(lp_010, start).verdict.remedies[0]
    assert facts.one(lp_010, _read(facts, name, remedy.body)).status == "pass"


def test_rules_are_written_from_where_they_start(facts: Any) -> None:
    below = facts.agent(root="shop", sources=(Source("shop/.claude/settings.json", 1, "agents"),))
    remedy = facts.one(lp_010, below, facts.file(facts.credential(), path="shop/.env"), **LOOKED).verdict.remedies[0]
    assert (remedy.path, '"Read(/.env)"' in remedy.body) == ("shop/.claude/settings.json", True)
    above = facts.one(lp_010, below, facts.file(facts.credential(), path="other/.env"), **LOOKED).verdict.remedies
    assert [each.kind for each in above] == ["manual"]
    personal = replace(facts.agent(), where="machine")
    remedy = facts.one(lp_010, personal, facts.file(facts.credential()), **LOOKED).verdict.remedies[0]
    assert (remedy.path, '"Read(./.env)"' in remedy.body) == ("~/.claude/settings.json", True)
    odd = facts.one(lp_010, facts.agent(), facts.file(facts.credential(), path="a(b)/.env"), **LOOKED).verdict.remedies
    assert [each.kind for each in odd] == ["manual"]


def test_the_last_remedy_rotates_and_moves(facts: Any) -> None:
    found = facts.one(lp_010, facts.agent(agent="cursor"), facts.file(facts.credential()), **LOOKED).verdict.remedies
    assert [each.kind for each in found] == ["manual"]
    assert found[0].body.startswith("1. Delete the token in the dashboard.")
    assert "secret manager" in found[0].body
