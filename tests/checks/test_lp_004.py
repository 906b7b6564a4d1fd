"""LP-004: no agent reaches a database as an administrator."""

from __future__ import annotations

from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.evidence import Gap, RoleCatalogue, Unknown
from remit.policy.model import Policy
from remit_checks.least_privilege.db_role_not_privileged import db_role_not_privileged as lp_004

PLAIN = "CREATE ROLE ai_agent LOGIN; CREATE TABLE bills (id int); GRANT SELECT ON bills TO ai_agent;\n"


def _catalogue(facts: Any, text: str, path: str = "db/roles.sql") -> RoleCatalogue:
    sql = facts.collector("sql")
    (found,) = sql.link(list(sql.parse(Document(path, text.encode()))), (), Scope(Policy(), facts.TARGET, facts.NOW))
    assert isinstance(found, RoleCatalogue)
    return found


SQL: tuple[tuple[str, str, str, str], ...] = (
    ("plain", PLAIN, "pass", "no power over the server"),
    ("writing is judged elsewhere", PLAIN + "GRANT DELETE ON bills TO ai_agent;", "pass", "ai_agent"),
    ("superuser", PLAIN + "ALTER ROLE ai_agent SUPERUSER;", "fail", "ai_agent holds SUPERUSER"),
    ("createdb", PLAIN + "ALTER ROLE ai_agent CREATEDB;", "fail", "CREATEDB"),
    ("createrole", PLAIN + "ALTER ROLE ai_agent CREATEROLE;", "fail", "CREATEROLE"),
    ("replication", PLAIN + "ALTER ROLE ai_agent REPLICATION;", "fail", "REPLICATION"),
    ("bypassrls", PLAIN + "ALTER ROLE ai_agent BYPASSRLS;", "fail", "BYPASSRLS"),
    ("a host's administrator", PLAIN + "GRANT rds_superuser TO ai_agent;", "fail", "rds_superuser"),
    (
        "an administrator by name",
        PLAIN + "CREATE ROLE doadmin; GRANT doadmin TO ai_agent;",
        "fail",
        "MEMBER OF doadmin",
    ),
    (
        "an administrator through a group",
        PLAIN + "CREATE ROLE doadmin; CREATE ROLE staff; GRANT doadmin TO staff; GRANT staff TO ai_agent;",
        "fail",
        "through staff",
    ),
    ("a power of a group", PLAIN + "CREATE ROLE w SUPERUSER; GRANT w TO ai_agent;", "fail", "through w"),
    ("made elsewhere", "GRANT SELECT ON bills TO ai_agent;", "unknown", "CREATE ROLE is not in these files"),
    ("nobody's", "CREATE ROLE app SUPERUSER;", "not-applicable", "no role in the SQL is an agent's"),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), SQL, ids=[row[0] for row in SQL])
def test_roles(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(lp_004, _catalogue(facts, text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert {source.path for source in found.verdict.sources} == {"db/roles.sql"}
        (remedy,) = found.verdict.remedies
        assert (remedy.kind, remedy.safe) == ("sql", False)
        assert facts.one(lp_004, _catalogue(facts, text + remedy.body)).status == "pass"


def test_the_policy_names_agents_and_administrators(facts: Any) -> None:
    catalogue = _catalogue(facts, "CREATE ROLE worker LOGIN; CREATE ROLE boss; GRANT boss TO worker;")
    assert facts.one(lp_004, catalogue, policy={"roles.agent": ("worker",)}).status == "pass"
    names = (*facts.policy().db.admin_role_names, "boss")
    policy = {"roles.agent": ("worker",), "db.admin_role_names": names}
    assert facts.one(lp_004, catalogue, policy=policy).status == "fail"
    called = facts.one(lp_004, _catalogue(facts, "CREATE ROLE postgres LOGIN;"), policy={"roles.agent": ("postgres",)})
    assert (called.status, "an administrator's name" in called.verdict.message) == ("fail", True)
    (remedy,) = called.verdict.remedies
    assert "REVOKE" not in remedy.body
    assert facts.one(lp_004, _catalogue(facts, remedy.body)).status == "pass", "another role, which is a plain one"


def test_a_role_of_the_policy_that_no_sql_mentions(facts: Any) -> None:
    found = facts.one(lp_004, _catalogue(facts, PLAIN), policy={"roles.agent": ("worker",)})
    assert (found.status, "does not mention worker" in found.verdict.message) == ("unknown", True)


# ----------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("changes", "answer", "words"),
    [
        ({"user": "postgres"}, "fail", "DATABASE_URL (postgres@db.acme.com)"),
        ({"user": "Postgres"}, "fail", "administrator's rights"),
        ({"user": "postgres.abcdefgh"}, "fail", "postgres@"),
        ({"user": "azuresu@server"}, "fail", "azuresu@"),
        ({"user": "root", "provider": "mysql"}, "fail", "root@"),
        ({"user": "app"}, "unknown", "what app may do is not in the SQL here"),
        ({"user": None}, "unknown", "nothing here names its user"),
        ({"user": "default", "provider": "redis"}, "not-applicable", "opens no database"),
        ({"user": "postgres", "environment": "development"}, "not-applicable", "opens no database"),
        ({"user": "postgres", "placeholder": True}, "not-applicable", "opens no database"),
        ({"user": "postgres", "environment": Unknown("not said")}, "fail", "administrator's rights"),
        ({"user": "postgres", "environment": "staging"}, "fail", "administrator's rights"),
    ],
)
def test_connections(facts: Any, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_004, facts.file(facts.url(**changes)), facts.agent())
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert [str(source) for source in found.verdict.sources] == [".env:1"]
        assert [each.kind for each in found.verdict.remedies] == ["sql", "manual"]
        assert "GRANT CONNECT ON DATABASE shop TO agent_ro;" in found.verdict.remedies[0].body


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("CREATE ROLE app LOGIN;", "pass"),
        ("CREATE ROLE app LOGIN SUPERUSER;", "fail"),
        ("CREATE ROLE app LOGIN; GRANT rds_superuser TO app;", "fail"),
        ("CREATE ROLE app LOGIN; GRANT staff TO app;", "unknown"),
    ],
)
def test_the_sql_tells_what_the_user_may_do(facts: Any, sql: str, answer: str) -> None:
    parts = (facts.file(facts.url(user="app")), facts.agent(), _catalogue(facts, sql))
    assert facts.one(lp_004, *parts).status == answer
    gap = Gap("sql", "db/broken.sql", "is broken", ("RoleCatalogue",))
    assert facts.one(lp_004, *parts, gaps=(gap,)).status == ("unknown" if answer == "pass" else answer)


def test_the_service_key_passes_every_row(facts: Any) -> None:
    key = facts.credential(kind="supabase-service-role", title="Supabase secret key", provider="supabase", damage="D3")
    found = facts.one(lp_004, facts.file(key), facts.agent())
    assert (found.status, "Supabase secret key" in found.verdict.message) == ("fail", True)
    assert [each.kind for each in found.verdict.remedies] == ["manual"]


def test_who_can_read_it(facts: Any) -> None:
    file = facts.file(facts.url())
    held_back = facts.one(lp_004, file, facts.agent({"reads": lambda path: False}))
    assert (held_back.status, "out of reach" in held_back.verdict.message) == ("pass", True)
    unread = facts.one(lp_004, file, facts.agent({"shell_without_approval": Unknown("could not be read")}))
    assert (unread.status, "could not be read" in unread.verdict.message) == ("unknown", True)


def test_what_nobody_can_see_may_be_attested(facts: Any) -> None:
    said = {"control": "LP-004", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    for user, answer in (("app", "pass"), ("postgres", "fail")):
        file = facts.file(facts.url(user=user))
        assert facts.one(lp_004, file, facts.agent(), policy={"attestations": (said,)}).status == answer
