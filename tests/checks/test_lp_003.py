"""LP-003 over catalogues that come from real SQL text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remit.collect.collector import Document, Scope
from remit.collect.sql.files import sql
from remit.collect.sql.statement import SqlFile
from remit.evidence import Gap, RoleCatalogue
from remit.policy.model import Policy
from remit.policy.sections import Roles
from remit.verdict import Verdict
from remit_checks.least_privilege.db_prod_no_write_ddl import db_prod_no_write_ddl as lp_003

NOW = datetime(2026, 7, 1, tzinfo=UTC)
READER = "CREATE ROLE ai_agent LOGIN; CREATE TABLE bills (id int); GRANT SELECT ON bills TO ai_agent;\n"


def _policy(*agents: str, forbidden: tuple[str, ...] = Roles().forbidden_privileges) -> Policy:
    return Policy(roles=Roles(agent=agents, forbidden_privileges=forbidden))


def _catalogue(*scripts: str) -> RoleCatalogue:
    found = [
        each
        for number, script in enumerate(scripts)
        for each in sql.parse(Document(f"db/{number:03}.sql", script.encode()))
    ]
    facts = [each for each in found if isinstance(each, SqlFile)]
    gaps = [each for each in found if isinstance(each, Gap)]
    subjects = list(sql.link(facts, gaps, Scope(Policy(), "acme/shop", NOW)))
    assert len(subjects) == 1, subjects
    assert isinstance(subjects[0], RoleCatalogue)
    return subjects[0]


def _judge(*scripts: str, policy: Policy | None = None) -> Verdict:
    return lp_003.judge(_catalogue(*scripts), policy or _policy())


def test_it_declares_itself() -> None:
    assert (lp_003.id, lp_003.slug, lp_003.severity) == ("LP-003", "db-prod-no-write-ddl", "critical")
    assert lp_003.subjects == (RoleCatalogue,)
    assert lp_003.title.endswith("own anything")
    assert set(lp_003.frameworks) == {
        "owasp-agentic", "owasp-llm", "mitre-atlas", "nist-800-53", "nist-csf", "iso-27001", "iso-42001", "soc2", "cis",
        "nist-ai-rmf", "eu-ai-act", "csa-aicm",
    }  # fmt: skip


def test_a_reader_passes() -> None:
    verdict = _judge(READER)
    assert verdict.answer == "pass"
    assert "ai_agent" in verdict.message
    assert [str(source) for source in verdict.sources] == ["db/000.sql:1"]


WRITES = {
    "a right": ("GRANT DELETE ON bills TO ai_agent;", "DELETE on TABLE public.bills"),
    "a column": ("GRANT UPDATE (id) ON bills TO ai_agent;", "UPDATE (id) on TABLE public.bills"),
    "truncate": ("GRANT TRUNCATE ON bills TO ai_agent;", "TRUNCATE"),
    "references": ("GRANT REFERENCES ON bills TO ai_agent;", "REFERENCES"),
    "trigger": ("GRANT TRIGGER ON bills TO ai_agent;", "TRIGGER"),
    "tables nobody sees": ("GRANT INSERT ON ALL TABLES IN SCHEMA app TO ai_agent;", "ALL TABLES IN SCHEMA app"),
    "tables to come": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public GRANT INSERT ON TABLES TO ai_agent;",
        "DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA public ON TABLES",
    ),
    "a schema": ("GRANT CREATE ON SCHEMA public TO ai_agent;", "CREATE on SCHEMA public"),
    "a database": ("GRANT ALL ON DATABASE shop TO ai_agent;", "CREATE on DATABASE shop"),
    "ownership": ("ALTER TABLE bills OWNER TO ai_agent;", "ownership on TABLE public.bills"),
    "a schema of its own": ("CREATE SCHEMA AUTHORIZATION ai_agent;", "ownership on SCHEMA ai_agent"),
    "a group": ("CREATE ROLE w; GRANT INSERT ON bills TO w; GRANT w TO ai_agent;", "through w"),
    "SET ROLE": ("CREATE ROLE w; GRANT INSERT ON bills TO w; GRANT w TO ai_agent WITH INHERIT FALSE;", "through w"),
    "granting itself": (
        "CREATE ROLE w; GRANT INSERT ON bills TO w; GRANT w TO ai_agent WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;",
        "through w",
    ),
    "a chain": (
        "CREATE ROLE w; CREATE ROLE m; GRANT INSERT ON bills TO w; GRANT w TO m; GRANT m TO ai_agent;",
        "through w",
    ),
    "everyone": ("GRANT INSERT ON bills TO PUBLIC;", "through PUBLIC"),
    "all data": ("GRANT pg_write_all_data TO ai_agent;", "through pg_write_all_data"),
    "programs": ("GRANT pg_execute_server_program TO ai_agent;", "EXECUTE PROGRAM through pg_execute_server_program"),
    "files": ("GRANT pg_write_server_files TO ai_agent;", "WRITE FILES"),
    "a host's administrator": ("GRANT rds_superuser TO ai_agent;", "SUPERUSER through rds_superuser"),
    "superuser": ("ALTER ROLE ai_agent SUPERUSER;", "SUPERUSER"),
    "createrole": ("ALTER ROLE ai_agent CREATEROLE;", "CREATEROLE"),
    "createdb": ("ALTER USER ai_agent CREATEDB;", "CREATEDB"),
    "bypassrls": ("ALTER ROLE ai_agent BYPASSRLS;", "BYPASSRLS"),
    "a placeholder table": ("GRANT INSERT ON :target TO ai_agent;", "INSERT on TABLE public.<target>"),
    "a later file": ("GRANT SELECT ON bills TO ai_agent; GRANT ALL ON bills TO ai_agent;", "DELETE"),
}


@pytest.mark.parametrize("case", WRITES)
def test_a_way_to_write_fails(case: str) -> None:
    script, told = WRITES[case]
    verdict = _judge(READER, script)
    assert verdict.answer == "fail"
    assert told in verdict.message
    assert "ai_agent holds" in verdict.message
    assert "db/001.sql:1" in verdict.message
    assert all(source.path == "db/001.sql" for source in verdict.sources)
    assert verdict.remedies[0].kind == "sql"
    assert not verdict.remedies[0].safe


@pytest.mark.parametrize("case", WRITES)
def test_the_remedy_mends_it(case: str) -> None:
    script, _ = WRITES[case]
    remedy = _judge(READER, script).remedies[0].body
    if "<target>" in remedy:
        assert "-- " in remedy
        return
    after = _judge(READER, script, remedy)
    assert after.answer == "pass", after.message


def test_the_remedy_closes_default_privileges_of_each_creator() -> None:
    body = (
        _judge(
            READER,
            "CREATE ROLE app; ALTER TABLE bills OWNER TO app; GRANT INSERT ON bills TO ai_agent;",
        )
        .remedies[0]
        .body
    )
    assert "REVOKE INSERT ON TABLE public.bills FROM ai_agent;" in body
    assert "ALTER DEFAULT PRIVILEGES FOR ROLE app REVOKE ALL ON TABLES FROM ai_agent;" in body
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC;" in body


def test_hostile_names_are_quoted_in_the_remedy() -> None:
    name = 'ai agent"; DROP TABLE bills; --'
    spelled = '"' + name.replace('"', '""') + '"'
    verdict = _judge(f"CREATE TABLE bills (id int); CREATE ROLE {spelled}; GRANT INSERT ON bills TO {spelled};")
    assert verdict.answer == "fail"
    body = verdict.remedies[0].body
    assert f"FROM {spelled};" in body
    mended = _judge(f"CREATE ROLE {spelled}; CREATE TABLE bills (id int); GRANT INSERT ON bills TO {spelled};", body)
    assert mended.answer == "pass"


REVOKED = {
    "right": "GRANT INSERT ON bills TO ai_agent; REVOKE INSERT ON bills FROM ai_agent;",
    "schema": "GRANT ALL ON bills TO ai_agent; REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ai_agent;",
    "group": "CREATE ROLE w; GRANT INSERT ON bills TO w; GRANT w TO ai_agent; REVOKE w FROM ai_agent;",
    "owner": "ALTER TABLE bills OWNER TO ai_agent; ALTER TABLE bills OWNER TO app;",
    "attribute": "ALTER ROLE ai_agent SUPERUSER; ALTER ROLE ai_agent NOSUPERUSER;",
    "only when there": """GRANT INSERT ON bills TO ai_agent;
        DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ai_agent') THEN
          EXECUTE 'REVOKE INSERT ON bills FROM ai_agent'; END IF; END $$;""",
}


@pytest.mark.parametrize("case", REVOKED)
def test_what_is_taken_back_no_longer_counts(case: str) -> None:
    assert _judge(READER, REVOKED[case]).answer == "pass"


def test_revoking_every_table_right_leaves_ownership() -> None:
    verdict = _judge(
        READER, "ALTER TABLE bills OWNER TO ai_agent;", "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ai_agent;"
    )
    assert verdict.answer == "fail"
    assert "ownership" in verdict.message


OPEN = {
    "the role is made elsewhere": ("GRANT SELECT ON bills TO ai_agent;", "CREATE ROLE is not in these files"),
    "a group is made elsewhere": (READER + "GRANT staff TO ai_agent;", "belongs to staff"),
    "a placeholder group": (READER + "GRANT ${GROUP_ROLE} TO ai_agent;", "<group_role>"),
    "a placeholder table": (READER + "GRANT SELECT ON {{ table }} TO ai_agent;", "<table>"),
    "a placeholder grantee": (READER + "GRANT INSERT ON bills TO :app_user;", "<app_user>"),
    "a statement put together": (
        READER + "DO $$ DECLARE q text; BEGIN q := 'grant'; EXECUTE q; END $$;",
        "put together at run time",
    ),
    "a revoke under a condition": (
        READER + "GRANT INSERT ON bills TO ai_agent;\n\\if :live\nREVOKE INSERT ON bills FROM ai_agent;\n\\endif\n",
        "depends on a condition",
    ),
    "a function with its owner's rights": (
        READER + "CREATE FUNCTION purge() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM bills';"
        "GRANT SELECT ON bills TO ai_agent;",
        "with their owner's rights",
    ),
    "an old server": (
        "-- Dumped from database version 13.4\n" + READER,
        "every role may create in schema public",
    ),
    "its own name is a placeholder": (
        "CREATE ROLE ${ENV}_agent LOGIN; GRANT SELECT ON bills TO ${ENV}_agent;",
        "filled in elsewhere (<env>_agent)",
    ),
}


@pytest.mark.parametrize("case", OPEN)
def test_what_the_files_leave_open_is_unknown(case: str) -> None:
    script, told = OPEN[case]
    verdict = _judge(script)
    assert verdict.answer == "unknown"
    assert told in verdict.message
    assert verdict.remedies[0].body.startswith("psql ")


def test_a_placeholder_for_a_database_or_schema_name_leaves_nothing_open() -> None:
    script = READER + "GRANT CONNECT ON DATABASE :db TO ai_agent; GRANT USAGE ON SCHEMA ${SCHEMA} TO ai_agent;"
    assert _judge(script).answer == "pass"


@pytest.mark.parametrize(
    ("name", "agents"),
    [
        ("ai_agent", True),
        ("agent", True),
        ("agent_user", True),
        ("claude_ro", True),
        ("prod-cursor", True),
        ("gpt4", True),
        ("aiAgent", True),
        ("MCP", True),
        ("datadog_agent", False),
        ("jenkins_agent", False),
        ("maintainer", False),
        ("email", False),
        ("reagent", False),
        ("app", False),
    ],
)
def test_agents_are_told_by_whole_words(name: str, agents: bool) -> None:
    verdict = _judge(f'CREATE ROLE "{name}"; GRANT INSERT ON bills TO "{name}";')
    assert verdict.answer == ("fail" if agents else "not-applicable")


def test_no_agent_is_not_applicable_and_says_what_to_do() -> None:
    verdict = _judge("CREATE ROLE app; GRANT INSERT ON bills TO app;")
    assert verdict.answer == "not-applicable"
    assert "roles.agent" in verdict.message


def test_the_policy_names_agents() -> None:
    script = "CREATE ROLE worker_7; GRANT INSERT ON bills TO worker_7;"
    assert _judge(script, policy=_policy("worker_*")).answer == "fail"
    assert _judge(script, policy=_policy("helper_*", "worker_?")).answer == "fail"


def test_an_agent_of_the_policy_that_the_sql_does_not_know_is_unknown() -> None:
    script = "CREATE ROLE app; GRANT INSERT ON bills TO app;"
    verdict = _judge(script, policy=_policy("worker"))
    assert verdict.answer == "unknown"
    assert "worker" in verdict.message
    assert _judge(READER, policy=_policy("ai_agent")).answer == "pass"
    assert _judge(READER, policy=_policy("ai_agent", "worker")).answer == "unknown"


def test_a_placeholder_role_is_not_ruled_out_as_an_agent() -> None:
    verdict = _judge("CREATE ROLE :app_user; GRANT SELECT ON bills TO :app_user;")
    assert verdict.answer == "unknown"
    assert "<app_user>" in verdict.message


def test_the_policy_decides_which_rights_are_forbidden() -> None:
    script = READER + "GRANT MAINTAIN ON bills TO ai_agent;"
    assert _judge(script).answer == "pass"
    assert _judge(script, policy=_policy(forbidden=("MAINTAIN",))).answer == "fail"
    assert _judge(READER + "ALTER ROLE ai_agent SUPERUSER;", policy=_policy(forbidden=("MAINTAIN",))).answer == "fail"


def test_public_is_not_an_agent_even_for_a_glob() -> None:
    verdict = _judge("CREATE ROLE app; GRANT INSERT ON bills TO PUBLIC;", policy=_policy("PUBLIC"))
    assert verdict.answer == "unknown"


def test_a_failing_role_is_not_hidden_by_an_undecided_one() -> None:
    verdict = _judge(READER, "GRANT SELECT ON bills TO claude; GRANT DELETE ON bills TO ai_agent;")
    assert verdict.answer == "fail"
    assert "claude" not in verdict.message


def test_long_lists_are_cut() -> None:
    tables = "".join(f"CREATE TABLE t{n} (id int);" for n in range(50))
    verdict = _judge(READER, tables + "GRANT INSERT ON ALL TABLES IN SCHEMA public TO ai_agent;")
    assert "and 49 more" in verdict.message
    assert len(verdict.message) < 300
    singles = "".join(f"GRANT DELETE ON t{n} TO ai_agent;\n" for n in range(50))
    verdict = _judge(READER, tables, singles)
    assert "and 46 more" in verdict.message
    assert len(verdict.sources) == 20
