"""LP-001: no way from an agent to a production database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from remit.access.agent import Answer
from remit.evidence import Gap, Unknown
from remit_checks.least_privilege.db_prod_zero_access import db_prod_zero_access as lp_001

HOSTS = {"environments.production.hosts": ("db.acme.com",), "environments.staging.hosts": ("stage.acme.com",)}
OPEN = Unknown("nothing tells which environment it belongs to")
Row = tuple[str, Callable[[Any], Any], str, str]

FILES: tuple[Row, ...] = (
    ("production", lambda f: f.file(f.url()), "fail", "Claude Code can read .env"),
    ("reading is access too", lambda f: f.file(f.url(damage="D1", user="app_ro")), "fail", "opens production"),
    ("one of two", lambda f: f.file(f.url("localhost", environment="development"), f.url()), "fail", "db.acme.com"),
    ("unclassified", lambda f: f.file(f.url(environment=OPEN)), "unknown", "environments.production.hosts"),
    ("staging", lambda f: f.file(f.url("stage.acme.com", environment="staging")), "pass", "no production"),
    ("local", lambda f: f.file(f.url("localhost", environment="development")), "pass", "no production"),
    ("a stand-in", lambda f: f.file(f.url(placeholder=True)), "not-applicable", "opens no database"),
    ("a token is no connection", lambda f: f.file(f.credential()), "not-applicable", "opens no database"),
    (
        "a project's key opens its database",
        lambda f: f.file(f.credential(provider="supabase", resource="supabase:project:x", host="x.supabase.co")),
        "fail",
        "x.supabase.co",
    ),
    (
        "a publishable key does not",
        lambda f: f.file(f.credential(provider="supabase", host="x.supabase.co", damage="D0")),
        "not-applicable",
        "opens no database",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), FILES, ids=[row[0] for row in FILES])
def test_files(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_001, build(facts), facts.agent(), policy=HOSTS)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_what_rules_and_a_gated_shell_keep_out_of_reach_passes(facts: Any) -> None:
    kept = facts.agent({"reads": lambda path: not path.endswith(".env"), "shell_without_approval": "no"})
    assert facts.one(lp_001, facts.file(facts.url()), kept).status == "pass"
    allowed = Answer("allow", "Bash")
    by_shell = facts.agent(
        {"reads": lambda path: False, "shell_without_approval": "yes", "decide": lambda command: allowed}
    )
    assert facts.one(lp_001, facts.file(facts.url()), by_shell).status == "fail"


def test_one_agent_in_reach_is_enough(facts: Any) -> None:
    kept = facts.agent({"reads": lambda path: False, "shell_without_approval": "no"})
    free = facts.agent(agent="cursor", title="Cursor")
    found = facts.one(lp_001, facts.file(facts.url()), kept, free)
    assert found.status == "fail"
    assert "Cursor" in found.verdict.message


def test_an_agent_nobody_could_read_leaves_it_open(facts: Any) -> None:
    why = Unknown("settings.json could not be read")
    unread = facts.agent({"approval": why, "shell_without_approval": why, "decide": None})
    found = facts.one(lp_001, facts.file(facts.url()), unread)
    assert found.status == "unknown"
    assert "settings.json could not be read" in found.verdict.message


def test_without_agents_nothing_is_in_reach(facts: Any) -> None:
    found = facts.one(lp_001, facts.file(facts.url()), policy={"agents.used": "none"})
    assert found.status == "pass"
    assert "no agent is used" in found.verdict.message


def test_an_unread_agent_file_is_a_finding_of_its_own(facts: Any) -> None:
    gap = Gap("agents", ".cursor/sandbox.json", "is not JSON", ("Agent",))
    findings = facts.judge(lp_001, facts.file(facts.url("localhost", environment="development")), gaps=(gap,))
    assert {(each.subject_name, each.status) for each in findings} == {
        (".env", "pass"),
        (".cursor/sandbox.json", "unknown"),
    }


def test_the_remedy_names_a_staging_host_and_no_secret(facts: Any) -> None:
    found = facts.one(lp_001, facts.file(facts.url()), facts.agent(), policy=HOSTS)
    first = found.verdict.remedies[0]
    assert (first.kind, first.path, first.safe) == ("edit", ".env", False)
    assert first.body == "DATABASE_URL=postgresql://agent_ro@stage.acme.com/shop"
    assert [str(source) for source in found.verdict.sources] == [".env:1"]


SERVERS: tuple[Row, ...] = (
    ("named production", lambda f: f.server("prod-db"), "fail", "prod-db"),
    (
        "a production host",
        lambda f: f.server(command=("npx", "x-postgres", "postgresql://u:‹p›@db.acme.com/shop")),
        "fail",
        "pg",
    ),
    ("a production variable", lambda f: f.server(env_names=("PROD_DATABASE_URL",)), "fail", "pg"),
    (
        "a production project",
        lambda f: f.server("supabase", command=("npx", "mcp-server-supabase", "--project-ref=abc")),
        "fail",
        "supabase",
    ),
    (
        "its reference in the next word",
        lambda f: f.server("supabase", command=("npx", "mcp-server-supabase", "--project-ref", "abc")),
        "fail",
        "supabase",
    ),
    ("no host", lambda f: f.server(), "unknown", "environments.production.hosts"),
    (
        "an unknown host",
        lambda f: f.server(command=("x-postgres", "postgresql://10.0.0.9/shop")),
        "unknown",
        "not declared",
    ),
    ("a local host", lambda f: f.server(command=("x-postgres", "postgresql://localhost/shop")), "pass", "pg"),
    ("staging", lambda f: f.server(command=("x-postgres", "postgresql://stage.acme.com/shop")), "pass", "pg"),
    (
        "two hosts, one unknown",
        lambda f: f.server(command=("x-postgres", "postgresql://localhost/shop", "postgresql://10.0.0.9/shop")),
        "unknown",
        "pg",
    ),
    (
        "no database",
        lambda f: f.server("files", command=("npx", "server-filesystem"), package=None),
        "not-applicable",
        "no server",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), SERVERS, ids=[row[0] for row in SERVERS])
def test_servers(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    agent = facts.agent({"mcp": (build(facts),)})
    found = facts.one(lp_001, agent, policy=HOSTS | {"environments.production.accounts": ("abc",)})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_agent_without_servers(facts: Any) -> None:
    assert facts.one(lp_001, facts.agent()).status == "not-applicable"
    assert facts.one(lp_001, facts.agent({"approval": Unknown("broken"), "decide": None})).status == "unknown"
    assert facts.one(lp_001, facts.agent({"approval": Unknown("kept in the editor")})).status == "not-applicable"


def test_an_unread_file_may_define_another_server(facts: Any) -> None:
    local = facts.server(command=("x-postgres", "postgresql://localhost/shop"))
    unread = {"approval": Unknown(".mcp.json is broken"), "decide": None}
    assert facts.one(lp_001, facts.agent({**unread, "mcp": (local,)})).status == "unknown"
    assert facts.one(lp_001, facts.agent({**unread, "mcp": (local, facts.server("prod-db"))})).status == "fail"


@pytest.mark.parametrize(
    ("environment", "answer"), [("production", "fail"), (OPEN, "unknown"), ("staging", "pass"), ("development", "pass")]
)
def test_a_connection_in_a_servers_variables_leads_where_it_says(facts: Any, environment: Any, answer: str) -> None:
    agent = facts.agent({"mcp": (facts.server(env_names=("DATABASE_URL",)),)})
    entry = facts.file(facts.url("10.0.0.9", environment=environment), path=".mcp.json")
    assert facts.one(lp_001, agent, entry).status == answer
    elsewhere = facts.file(facts.url("10.0.0.9", environment=environment), path=".env")
    assert facts.one(lp_001, agent, elsewhere).status == "unknown"


def test_the_entry_to_remove_is_named(facts: Any) -> None:
    found = facts.one(lp_001, facts.agent({"mcp": (facts.server("prod-db"),)}))
    remedy = found.verdict.remedies[0]
    assert (remedy.kind, remedy.path) == ("edit", ".mcp.json")
    assert remedy.body == "line 3: remove the entry 'prod-db' from the servers"


def test_more_production_hosts_are_never_more_lenient(facts: Any) -> None:
    """A stricter list of production hosts turns the unknown into a finding."""
    agent = facts.agent({"mcp": (facts.server(command=("x-postgres", "postgresql://10.0.0.9/shop")),)})
    assert facts.one(lp_001, agent).status == "unknown"
    assert facts.one(lp_001, agent, policy={"environments.production.hosts": ("10.0.0.9",)}).status == "fail"
    assert facts.one(lp_001, agent, policy={"network.prod_cidrs": ("10.0.0.0/8",)}).status == "fail"


def test_machine_credentials_count(facts: Any) -> None:
    file = facts.file(facts.url(), path="~/.pgpass", standing="machine")
    assert facts.one(lp_001, file, replace(facts.agent(), where="machine")).status == "fail"
