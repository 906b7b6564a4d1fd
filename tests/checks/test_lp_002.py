"""LP-002: on staging an agent only reads."""

from __future__ import annotations

from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.evidence import Gap, RoleCatalogue, Unknown
from remit.policy.model import Policy
from remit_checks.least_privilege.db_staging_readonly import db_staging_readonly as lp_002

READER = "CREATE ROLE ai_agent LOGIN; CREATE TABLE bills (id int); GRANT SELECT ON bills TO ai_agent;\n"
WRITER = READER + "GRANT DELETE ON bills TO ai_agent;\n"
WRITABLE = {"staging.allow_write": True}


def _catalogue(facts: Any, text: str, path: str = "db/roles.sql") -> RoleCatalogue:
    sql = facts.collector("sql")
    (found,) = sql.link(list(sql.parse(Document(path, text.encode()))), (), Scope(Policy(), facts.TARGET, facts.NOW))
    assert isinstance(found, RoleCatalogue)
    return found


@pytest.mark.parametrize(
    ("text", "path", "answer", "words"),
    [
        (READER, "db/roles.sql", "pass", "staging included"),
        (WRITER, "db/roles.sql", "fail", "ai_agent holds DELETE on TABLE public.bills"),
        (WRITER, "db/staging.sql", "fail", "DELETE"),
        (WRITER, "db/production.sql", "not-applicable", "ai_agent belongs to another environment"),
        (WRITER.replace("ai_agent", "prod_agent"), "db/roles.sql", "not-applicable", "another environment"),
        (READER + "GRANT CREATE ON SCHEMA public TO ai_agent;", "db/roles.sql", "fail", "CREATE on SCHEMA public"),
        (READER + "ALTER TABLE bills OWNER TO ai_agent;", "db/roles.sql", "fail", "ownership"),
        (READER + "ALTER ROLE ai_agent SUPERUSER;", "db/roles.sql", "fail", "SUPERUSER"),
        ("GRANT SELECT ON bills TO ai_agent;", "db/roles.sql", "unknown", "CREATE ROLE is not in these files"),
        ("CREATE ROLE app LOGIN;", "db/roles.sql", "not-applicable", "no role in the SQL is an agent's"),
    ],
)
def test_roles(facts: Any, text: str, path: str, answer: str, words: str) -> None:
    found = facts.one(lp_002, _catalogue(facts, text, path))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert {source.path for source in found.verdict.sources} == {path}
        (remedy,) = found.verdict.remedies
        assert facts.one(lp_002, _catalogue(facts, text + remedy.body, path)).status == "pass"


def test_the_policys_word(facts: Any) -> None:
    parts = (_catalogue(facts, WRITER), facts.file(facts.url(environment="staging")))
    for part in parts:
        assert facts.one(lp_002, part, facts.agent(), policy=WRITABLE).status == "not-applicable"
        assert facts.one(lp_002, part, facts.agent()).status == "fail"


def test_what_the_policy_forbids_on_production_does_not_loosen_staging(facts: Any) -> None:
    policy = {"roles.forbidden_privileges": ("OWN",)}
    assert facts.one(lp_002, _catalogue(facts, WRITER), policy=policy).status == "fail"


# ----------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("changes", "sql", "answer", "words"),
    [
        ({"user": "postgres"}, "", "fail", "write to staging: DATABASE_URL (postgres@db.acme.com)"),
        ({"user": "ai_agent"}, WRITER, "fail", "ai_agent holds DELETE"),
        ({"user": "ai_agent"}, READER, "pass", "only reads on staging"),
        ({"user": "ai_agent"}, READER + "GRANT staff TO ai_agent;", "unknown", "staff"),
        ({"user": "app"}, READER, "unknown", "what app may do is not in the SQL here"),
        ({"user": "app_readonly"}, "", "unknown", "what app_readonly may do"),
        ({"user": None}, READER, "unknown", "nothing here names its user"),
        ({"environment": "production"}, "", "not-applicable", "opens no staging database"),
        ({"environment": "development"}, "", "not-applicable", "opens no staging database"),
        ({"environment": Unknown("not said")}, "", "unknown", "whether .env opens staging is not declared"),
        ({"user": "ai_agent", "environment": Unknown("not said")}, READER, "pass", "only reads"),
        ({"placeholder": True}, "", "not-applicable", "opens no staging database"),
    ],
)
def test_connections(facts: Any, changes: dict[str, Any], sql: str, answer: str, words: str) -> None:
    file = facts.file(facts.url(**{"environment": "staging", **changes}))
    roles = (_catalogue(facts, sql),) if sql else ()
    found = facts.one(lp_002, file, facts.agent(), *roles)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert [str(source) for source in found.verdict.sources] == [".env:1"]
        assert [each.kind for each in found.verdict.remedies] == ["sql"]
    if answer == "unknown":
        assert found.verdict.remedies[-1].kind == "command"


def test_sql_that_nobody_could_read(facts: Any) -> None:
    parts = (facts.file(facts.url(user="ai_agent", environment="staging")), facts.agent(), _catalogue(facts, READER))
    gap = Gap("sql", "db/broken.sql", "is broken", ("RoleCatalogue",))
    assert facts.one(lp_002, *parts).status == "pass"
    assert facts.one(lp_002, *parts, gaps=(gap,)).status == "unknown"


def test_who_can_read_it(facts: Any) -> None:
    file = facts.file(facts.url(environment="staging"))
    held_back = facts.one(lp_002, file, facts.agent({"reads": lambda path: False}))
    assert (held_back.status, "out of reach" in held_back.verdict.message) == ("pass", True)
    unread = facts.one(lp_002, file, facts.agent({"shell_without_approval": Unknown("could not be read")}))
    assert unread.status == "unknown"


def test_what_nobody_can_see_may_be_attested(facts: Any) -> None:
    said = {"control": "LP-002", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(facts.url(user="app", environment="staging"))
    assert facts.one(lp_002, file, facts.agent(), policy={"attestations": (said,)}).status == "pass"
