"""LP-005: agents connect as a role of their own."""

from __future__ import annotations

from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.evidence import RoleCatalogue, Unknown
from remit.policy.model import Policy
from remit_checks.least_privilege.db_dedicated_agent_role import db_dedicated_agent_role as lp_005


def _catalogue(facts: Any, text: str) -> RoleCatalogue:
    sql = facts.collector("sql")
    read = list(sql.parse(Document("db/roles.sql", text.encode())))
    (found,) = sql.link(read, (), Scope(Policy(), facts.TARGET, facts.NOW))
    assert isinstance(found, RoleCatalogue)
    return found


@pytest.mark.parametrize(
    ("text", "roles", "answer", "words"),
    [
        ("CREATE ROLE ai_agent LOGIN;", (), "pass", "ai_agent"),
        ("CREATE USER worker;", ("worker",), "pass", "worker"),
        ("CREATE ROLE ai_agent;", (), "unknown", "no SQL here lets ai_agent log in"),
        ("CREATE ROLE app LOGIN;", ("worker",), "unknown", "does not make worker"),
        ("CREATE ROLE ai_agent LOGIN;", ("ai_agent", "worker"), "unknown", "does not make worker"),
        ("CREATE ROLE app LOGIN;", (), "not-applicable", "no role in the SQL is an agent's"),
    ],
)
def test_roles(facts: Any, text: str, roles: tuple[str, ...], answer: str, words: str) -> None:
    found = facts.one(lp_005, _catalogue(facts, text), policy={"roles.agent": roles})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert bool(found.verdict.remedies) == (answer == "unknown")


OWN = {"roles.agent": ("worker_*",)}


@pytest.mark.parametrize(
    ("changes", "policy", "answer", "words"),
    [
        ({"user": "ai_agent"}, {}, "pass", "connections of agents only"),
        ({"user": "worker_7"}, OWN, "pass", "an agent's role by the policy"),
        ({"user": "app"}, {}, "unknown", "roles.agent names none"),
        ({"user": "app"}, OWN, "fail", "DATABASE_URL (app@db.acme.com), not among the agents' roles"),
        ({"user": "postgres"}, {}, "fail", "an administrator's role"),
        ({"user": "postgres"}, OWN, "fail", "an administrator's role"),
        ({"user": None}, OWN, "unknown", "nothing here names its user"),
        ({"user": "app", "environment": "development"}, OWN, "not-applicable", "opens no database"),
        ({"user": "app", "placeholder": True}, OWN, "not-applicable", "opens no database"),
        ({"user": "default", "provider": "redis"}, OWN, "not-applicable", "opens no database"),
    ],
)
def test_connections(facts: Any, changes: dict[str, Any], policy: Any, answer: str, words: str) -> None:
    found = facts.one(lp_005, facts.file(facts.url(**changes)), facts.agent(), policy=policy)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert [str(source) for source in found.verdict.sources] == [".env:1"]
        assert [(each.kind, each.safe) for each in found.verdict.remedies] == [("sql", False), ("manual", False)]
        assert "CREATE ROLE agent_ro LOGIN" in found.verdict.remedies[0].body
        assert '[roles]\nagent = ["agent_ro"]' in found.verdict.remedies[1].body


def test_the_worst_connection_of_a_file_decides(facts: Any) -> None:
    file = facts.file(facts.url(user="worker_1"), facts.url(user="app", name="APP_URL"), facts.url(user=None))
    found = facts.one(lp_005, file, facts.agent(), policy=OWN)
    assert found.status == "fail"
    assert "APP_URL" in found.verdict.message
    assert [source.line for source in found.verdict.sources] == [2]


def test_who_can_read_it(facts: Any) -> None:
    file = facts.file(facts.url())
    held_back = facts.one(lp_005, file, facts.agent({"reads": lambda path: False}))
    assert (held_back.status, "out of reach" in held_back.verdict.message) == ("pass", True)
    assert facts.one(lp_005, file).status == "pass", "no agent is used here"
    unread = facts.one(lp_005, file, facts.agent({"shell_without_approval": Unknown("could not be read")}))
    assert (unread.status, "could not be read" in unread.verdict.message) == ("unknown", True)


def test_what_nobody_can_see_may_be_attested(facts: Any) -> None:
    said = {"control": "LP-005", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(facts.url(user="app"))
    assert facts.one(lp_005, file, facts.agent(), policy={"attestations": (said,)}).status == "pass"


def test_the_remedy_makes_a_role_that_passes(facts: Any) -> None:
    body = facts.one(lp_005, facts.file(facts.url()), facts.agent()).verdict.remedies[0].body
    assert facts.one(lp_005, _catalogue(facts, body)).status == "pass"
    made = facts.file(facts.url(user="agent_ro"))
    assert facts.one(lp_005, made, facts.agent()).status == "pass"
