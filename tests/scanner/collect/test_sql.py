"""The SQL collector: files in, a catalogue of roles out."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.collect.collector import Document, Scope
from remit.collect.sql.files import sql
from remit.collect.sql.statement import SqlFile, Statement
from remit.errors import CollectError
from remit.evidence import DatabaseRole, Gap, RoleCatalogue
from remit.policy.model import Policy

SCOPE = Scope(Policy(), "acme/shop", datetime(2026, 7, 1, tzinfo=UTC))


def _parse(text: str | bytes, path: str = "db/roles.sql") -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    content = text if isinstance(text, bytes) else text.encode()
    found = list(sql.parse(Document(path, content)))
    statements = [statement for each in found if isinstance(each, SqlFile) for statement in each.statements]
    return tuple(statements), tuple(each.reason for each in found if isinstance(each, Gap))


def _roles(*scripts: str | tuple[str, str]) -> dict[str, DatabaseRole]:
    files = [each if isinstance(each, tuple) else (f"db/{n:03}.sql", each) for n, each in enumerate(scripts)]
    facts = [found for path, text in files for found in sql.parse(Document(path, text.encode()))]
    subjects = list(sql.link([fact for fact in facts if isinstance(fact, SqlFile)], [], SCOPE))
    return {role.name: role for each in subjects if isinstance(each, RoleCatalogue) for role in each.roles}


def _rights(role: DatabaseRole) -> set[tuple[str, str]]:
    return {(each.right, each.on) for each in role.privileges}


def _open(role: DatabaseRole) -> str:
    return "; ".join(each.why for each in role.unresolved)


# ----------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("a.sql", True),
        ("db/A.SQL", True),
        ("x.psql", True),
        ("x.pgsql", True),
        ("x.ddl", True),
        ("x.dump", True),
        ("x.sql.dump", True),
        ("roles.sql.j2", True),
        ("roles.sql.tmpl", True),
        ("x.sqlite", False),
        ("sql", False),
        ("x.sql.gz", False),
        ("x.py", False),
    ],
)
def test_files_are_wanted_by_name(path: str, wanted: bool) -> None:
    assert sql.wants(path) is wanted


def test_files_that_mention_no_role_yield_nothing() -> None:
    assert list(sql.parse(Document("a.sql", b"CREATE TABLE t (i int); INSERT INTO t VALUES (1);"))) == []


@pytest.mark.parametrize(
    "path",
    [
        "m/002.down.sql",
        "m/2024-01-01/down.sql",
        "m/U3__drop_roles.sql",
        "revert/roles.sql",
        "m/001_rollback.sql",
        "m/roles.undo.sql",
    ],
)
def test_scripts_that_undo_are_left_out(path: str) -> None:
    assert list(sql.parse(Document(path, b"REVOKE INSERT ON t FROM a;"))) == []
    roles = _roles(("m/001.up.sql", "CREATE ROLE a; GRANT INSERT ON t TO a;"), (path, "REVOKE INSERT ON t FROM a;"))
    assert ("INSERT", "TABLE public.t") in _rights(roles["a"])


@pytest.mark.parametrize("path", ["m/shutdown.sql", "m/markdown.sql", "m/countdown_roles.sql", "downloads/a.sql"])
def test_names_that_only_contain_an_undo_word_are_read(path: str) -> None:
    assert _parse("CREATE ROLE a;", path)[0]


def test_facts_survive_the_cache() -> None:
    script = (
        b"CREATE USER a PASSWORD NULL; GRANT UPDATE (x) ON s.t TO a WITH GRANT OPTION; GRANT b TO a WITH SET FALSE;"
    )
    (fact,) = sql.parse(Document("a.sql", script))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(fact), type=SqlFile) == fact


@pytest.mark.parametrize("content", [b"PGDMP\x01\x0e", b"GRANT a TO b;\0", b"\xff\xfeG\0\0\0"])
def test_what_is_not_text_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(CollectError):
        list(sql.parse(Document("a.sql", content)))


def test_a_dump_that_is_not_sql_is_no_gap() -> None:
    assert list(sql.parse(Document("core.dump", b"\x7fELF\0\0GRANT"))) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_hide_nothing(encoding: str) -> None:
    statements, _ = _parse("CREATE ROLE a;".encode(encoding))
    assert [statement.roles for statement in statements] == [("a",)]


def test_invalid_utf_8_hides_nothing() -> None:
    statements, gaps = _parse(b'-- caf\xe9\nCREATE ROLE a; GRANT b TO "\xff";')
    assert [statement.verb for statement in statements] == ["create-role", "join"]
    assert not gaps


# ------------------------------------------------------------------------------------------------------ statements

READ: dict[str, Statement] = {
    "CREATE ROLE a": Statement("create-role", 1, ("a",)),
    "CREATE USER a NOSUPERUSER": Statement("create-role", 1, ("a",), options=(("login", True), ("superuser", False))),
    "CREATE USER a NOLOGIN": Statement("create-role", 1, ("a",), options=(("login", False),)),
    "ALTER ROLE a BYPASSRLS": Statement("alter-role", 1, ("a",), options=(("bypassrls", True),)),
    "ALTER ROLE CURRENT_USER NOINHERIT": Statement("alter-role", 1, ("",), options=(("inherit", False),)),
    "DROP ROLE IF EXISTS a, b": Statement("drop-role", 1, ("a", "b")),
    "ALTER USER a RENAME TO b": Statement("rename-role", 1, ("b",), ("a",)),
    "GRANT SELECT, UPDATE (x, y) ON t, s.u TO a, PUBLIC": Statement(
        "grant", 1, ("a", "public"), kind="table", objects=(("", "t"), ("s", "u")),
        rights=(("SELECT", ""), ("UPDATE", "x"), ("UPDATE", "y")),
    ),
    "GRANT ALL ON ALL TABLES IN SCHEMA s TO a WITH GRANT OPTION": Statement(
        "grant", 1, ("a",), kind="table", objects=(("s", "*"),), rights=(("ALL", ""),),
        options=(("grant-option", True),),
    ),
    "REVOKE GRANT OPTION FOR INSERT ON t FROM a GRANTED BY b CASCADE": Statement(
        "revoke", 1, ("a",), kind="table", objects=(("", "t"),), rights=(("INSERT", ""),),
        options=(("grant-option", True), ("cascade", True)), grantor="b",
    ),
    "GRANT USAGE ON SCHEMA s TO a": Statement(
        "grant", 1, ("a",), kind="schema", objects=(("", "s"),), rights=(("USAGE", ""),)
    ),
    "GRANT TEMP ON DATABASE d TO a": Statement(
        "grant", 1, ("a",), kind="database", objects=(("", "d"),), rights=(("TEMP", ""),)
    ),
    "GRANT EXECUTE ON FUNCTION s.f(int, text[]) TO a": Statement(
        "grant", 1, ("a",), kind="function", objects=(("s", "f(int4,text[])"),), rights=(("EXECUTE", ""),)
    ),
    "GRANT SET, ALTER SYSTEM ON PARAMETER log_statement TO a": Statement(
        "grant", 1, ("a",), kind="parameter", objects=(("", "log_statement"),),
        rights=(("SET", ""), ("ALTER SYSTEM", "")),
    ),
    "GRANT a, b TO c WITH ADMIN OPTION": Statement("join", 1, ("c",), ("a", "b"), options=(("admin", True),)),
    "GRANT a TO b WITH INHERIT FALSE, SET TRUE GRANTED BY c": Statement(
        "join", 1, ("b",), ("a",), options=(("inherit", False), ("set", True)), grantor="c"
    ),
    "REVOKE a FROM b CASCADE": Statement("leave", 1, ("b",), ("a",), options=(("cascade", True),)),
    "ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT INSERT ON TABLES TO a": Statement(
        "default-grant", 1, ("a",), ("o",), "table", (("s", ""),), (("INSERT", ""),)
    ),
    "ALTER TABLE IF EXISTS s.t OWNER TO a": Statement("owner", 1, ("a",), kind="table", objects=(("s", "t"),)),
    "ALTER FUNCTION f(int) OWNER TO a": Statement("owner", 1, ("a",), kind="function", objects=(("", "f(int4)"),)),
    "ALTER DATABASE d OWNER TO SESSION_USER": Statement("owner", 1, ("",), kind="database", objects=(("", "d"),)),
    "REASSIGN OWNED BY a TO b": Statement("reassign", 1, ("b",), ("a",)),
    "DROP OWNED BY a": Statement("drop-owned", 1, ("a",)),
    "CREATE SCHEMA AUTHORIZATION a": Statement("create", 1, ("a",), kind="schema", objects=(("", "a"),)),
    "CREATE DATABASE d WITH OWNER = a": Statement("create", 1, ("a",), kind="database", objects=(("", "d"),)),
    "SET ROLE a": Statement("act-as", 1, ("a",)),
    "SET SESSION AUTHORIZATION 'a'": Statement("log-in-as", 1, ("a",)),
    "RESET ROLE": Statement("act-as", 1, ("",)),
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_statements_are_read(text: str) -> None:
    statements, gaps = _parse(f"{text};")
    assert statements == (READ[text],)
    assert not gaps


def test_a_role_is_made_with_its_memberships() -> None:
    statements, _ = _parse("CREATE ROLE a IN ROLE b ROLE c ADMIN d;")
    assert [(each.verb, each.roles, each.of, each.options) for each in statements[1:]] == [
        ("join", ("a",), ("b",), ()),
        ("join", ("c",), ("a",), ()),
        ("join", ("d",), ("a",), (("admin", True),)),
    ]


IGNORED = [
    "CREATE USER MAPPING FOR a SERVER s",
    "ALTER ROLE a SET search_path TO x",
    "COMMENT ON ROLE a IS 'x'",
    "CREATE TABLE role (i int)",
    "CREATE INDEX i ON role (owner)",
    "SELECT 'grant all on t to a'",
    "ALTER TABLE t ADD COLUMN owner text DEFAULT 'grant'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN GRANT a TO b; END $$",
    "CREATE TRIGGER grant_it AFTER INSERT ON t EXECUTE FUNCTION f()",
    "DO $$ BEGIN RAISE NOTICE 'grant'; END $$",
    "CREATE TABLE `role` (`owner` int) ENGINE=InnoDB",
]


@pytest.mark.parametrize("text", IGNORED)
def test_other_statements_are_neither_facts_nor_gaps(text: str) -> None:
    assert _parse(f"{text};") in (((), ()),)


# ------------------------------------------------------------------------------------------------------- passwords


def _secret() -> str:
    return "Zx9" + "qLmT7vRw" * 2


@pytest.mark.parametrize(
    ("password", "kind"),
    [
        ("NULL", ""),
        ("'strong_random_password'", "placeholder"),
        ("'changeme'", "placeholder"),
        ("'${AGENT_PASSWORD}'", "reference"),
        ("'{{ vault_password }}'", "reference"),
        (":'pw'", "reference"),
        ("'SCRAM-SHA-256$4096:c2FsdA==$a:b'", "verifier"),
        ("'md5" + "0a" * 16 + "'", "verifier"),
        ("'" + _secret() + "'", "literal"),
    ],
)
def test_passwords_are_sorted_and_never_kept(password: str, kind: str) -> None:
    (fact,) = sql.parse(Document("a.sql", f"CREATE ROLE a LOGIN PASSWORD {password};".encode()))
    assert isinstance(fact, SqlFile)
    assert fact.statements[0].password == kind
    assert _secret() not in repr(fact)


@pytest.mark.parametrize(
    "text", ["CREATE USER a IDENTIFIED BY '{}';", "DO $$ BEGIN CREATE ROLE a PASSWORD '{}' oops; END $$"]
)
def test_a_gap_does_not_repeat_the_statement(text: str) -> None:
    _, gaps = _parse(text.format(_secret()))
    assert len(gaps) == 1
    assert _secret() not in gaps[0]


# ------------------------------------------------------------------------------------------------------------ gaps

BROKEN = {
    "MySQL's grants": ("\nGRANT ALL ON db.* TO 'u'@'localhost';", "line 2"),
    "SQL Server's users": ("CREATE USER a FOR LOGIN b;", "line 1"),
    "a typing error": ("CREATE ROLE a;\n\nGRANT SELECT t TO a;", "line 3"),
    "another language": ("DO LANGUAGE plpython3u $$ plpy.execute('GRANT a TO b') $$;", "line 1"),
    "an open quote": ("CREATE ROLE a;\nSELECT 'x;\nGRANT a TO b;", "line 2"),
    "deep parentheses": ("ALTER TABLE t ADD CHECK " + "(" * 100_000 + ")" * 100_000 + ", OWNER TO a;", "too deep"),
    "deep parentheses in a grant": ("GRANT a TO " + "(" * 100_000 + ";", "too deep"),
    "a long chain": ("ALTER TABLE t ADD CHECK (" + "1+" * 100_000 + "1 > 0), OWNER TO a;", "too deep"),
    "a long chain of words": ("ALTER TABLE t ADD CHECK (a" + " ISNULL" * 100_000 + "), OWNER TO a;", "too deep"),
    "a chain of unions": (
        "CREATE SCHEMA s AUTHORIZATION a CREATE VIEW v AS SELECT 1" + " UNION SELECT 1" * 100_000 + ";",
        "too deep",
    ),
    "deep blocks": ("DO $$ BEGIN GRANT a TO b; " + "BEGIN " * 9_000 + "END; " * 9_000 + "END $$;", "too deep"),
    "deep conditions": (
        "DO $$ BEGIN " + "IF a THEN " * 3_000 + "GRANT a TO b;" + "END IF; " * 3_000 + "END $$;",
        "too deep",
    ),
    "deep loops": ("DO $$ BEGIN " + "LOOP " * 500 + "GRANT a TO b;" + "END LOOP; " * 500 + "END $$;", "too deep"),
    "a deep expression that is run": (
        "DO $$ BEGIN EXECUTE 'GRANT a TO b' " + "|| 'x'" * 90_000 + "; END $$;",
        "too deep",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_read_and_may_matter_is_a_gap(case: str) -> None:
    text, told = BROKEN[case]
    start = time.process_time()
    _, gaps = _parse(text)
    assert len(gaps) == 1
    assert told in gaps[0]
    assert time.process_time() - start < 10


def test_gaps_name_the_subject_they_hide_and_the_first_few_places() -> None:
    gaps = [each for each in sql.parse(Document("a.sql", b"GRANT x;\n" * 8)) if isinstance(each, Gap)]
    assert [(gap.collector, gap.path, gap.affects) for gap in gaps] == [("sql", "a.sql", ("RoleCatalogue",))]
    assert "line 5" in gaps[0].reason
    assert "line 6" not in gaps[0].reason
    assert "and 3 more" in gaps[0].reason


def test_the_rest_of_a_broken_file_is_still_read() -> None:
    statements, gaps = _parse("CREATE ROLE a;\nGRANT nonsense;\nGRANT b TO a;")
    assert [statement.verb for statement in statements] == ["create-role", "join"]
    assert gaps


# ---------------------------------------------------------------------------------------------------------- blocks


def test_lines_inside_blocks_are_the_files() -> None:
    statements, _ = _parse("CREATE ROLE a;\n\nDO\n$$\nBEGIN\n  GRANT b TO a;\n\n  EXECUTE 'GRANT c TO a';\nEND\n$$;")
    assert [(each.line, each.of) for each in statements[1:]] == [(6, ("b",)), (8, ("c",))]


BLOCKS = {
    "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a') THEN GRANT b TO a; END IF;": [False],
    "IF to_regclass('t') IS NOT NULL THEN GRANT b TO a; ELSE GRANT c TO a; END IF;": [False, False],
    "IF current_database() = 'live' THEN GRANT b TO a; END IF;": [True],
    "IF EXISTS (SELECT FROM pg_roles) AND current_setting('x') = 'y' THEN GRANT b TO a; END IF;": [True],
    "FOR r IN SELECT 1 LOOP GRANT b TO a; END LOOP;": [True],
    "CASE x WHEN 1 THEN GRANT b TO a; ELSE GRANT c TO a; END CASE;": [True, True],
    "BEGIN GRANT b TO a; EXCEPTION WHEN OTHERS THEN GRANT c TO a; END;": [False, True],
    "IF x THEN NULL; ELSIF y THEN GRANT b TO a; END IF; GRANT c TO a;": [True, False],
}


def test_many_blocks_side_by_side_are_not_deep() -> None:
    body = "DROP TABLE IF EXISTS t; IF EXISTS (SELECT FROM pg_roles) THEN GRANT b TO a; END IF; " * 400
    statements, gaps = _parse(f"DO $$ BEGIN {body} END $$;")
    assert len(statements) == 800
    assert not gaps


@pytest.mark.parametrize("body", BLOCKS)
def test_conditions_in_blocks_are_noticed(body: str) -> None:
    statements, gaps = _parse(f"DO $$ DECLARE r record; x int; y bool; BEGIN {body} END $$;")
    assert [statement.conditional for statement in statements] == BLOCKS[body]
    assert not gaps


RUN = {
    "'GRANT b TO a'": ("join", "a", "b"),
    "'GRANT ' || 'b' || ' TO a'": ("join", "a", "b"),
    "'GRANT b TO ' || quote_ident('a')": ("join", "a", "b"),
    "concat('GRANT b ', 'TO a')": ("join", "a", "b"),
    "format('GRANT %I TO %I', 'b', 'a')": ("join", "a", "b"),
    "format('GRANT %2$I TO %1$s', 'a', 'b')": ("join", "a", "b"),
    "format('GRANT b TO %I', 'Odd a')": ("join", "Odd a", "b"),
    "format('GRANT %I TO a', which)": ("join", "a", "remit_mark_which_remit"),
    "'GRANT b TO ' || r.name": ("join", "remit_mark_name_remit", "b"),
    "'GRANT b TO a'::text": ("join", "a", "b"),
    "q": ("dynamic", "", ""),
    "q || ' TO a'": ("dynamic", "", ""),
    "'GRANT b TO a'; PERFORM 1": ("join", "a", "b"),
    "'SELECT 1'; PERFORM grant_all('a')": ("dynamic", "", ""),
    "'SELECT 1'; CALL make_role('a')": ("dynamic", "", ""),
    "(SELECT grant_text FROM t)": ("dynamic", "", ""),
    "format(q, 'grant')": ("dynamic", "", ""),
}


@pytest.mark.parametrize("expression", RUN)
def test_strings_that_are_run_are_followed_as_far_as_they_are_constant(expression: str) -> None:
    (statement,), gaps = _parse(f"DO $$ DECLARE q text; -- grant\nBEGIN EXECUTE {expression}; END $$;")
    named = (*statement.roles, ""), (*statement.of, "")
    assert (statement.verb, named[0][0], named[1][0]) == RUN[expression]
    assert not gaps


@pytest.mark.parametrize(
    ("query", "verb", "conditional"),
    [
        ("SELECT 'CREATE ROLE a' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a')", "create-role", False),
        ("SELECT 'CREATE ROLE a' WHERE :x", "create-role", True),
        ("SELECT format('GRANT b TO %I', rolname) FROM pg_roles", "join", False),
        ("SELECT stmt FROM grants", "dynamic", False),
    ],
)
def test_generated_statements_are_followed_too(query: str, verb: str, conditional: bool) -> None:
    (statement,), _ = _parse(f"{query} \\gexec\n")
    assert (statement.verb, statement.conditional) == (verb, conditional)


def test_a_savepoint_leaves_it_open_what_stays() -> None:
    statements, _ = _parse("BEGIN; CREATE ROLE a; SAVEPOINT s; REVOKE b FROM a; ROLLBACK TO s; COMMIT; GRANT c TO a;")
    said = {each.verb: each.conditional for each in statements if each.roles}
    assert said == {"create-role": True, "leave": True, "join": False}


# ------------------------------------------------------------------------------------------------------- catalogue


def test_there_is_no_catalogue_without_roles() -> None:
    assert _roles() == {}
    assert _roles("REVOKE CREATE ON SCHEMA public FROM PUBLIC;") == {}


def test_a_role_knows_where_it_comes_from() -> None:
    roles = _roles("GRANT SELECT ON t TO a;\n", "\nCREATE USER a;", "CREATE ROLE b;")
    assert (roles["a"].login, str(roles["a"].source)) == (True, "db/001.sql:2")
    assert (roles["b"].login, str(roles["b"].source)) == (False, "db/002.sql:1")
    assert [str(each.source) for each in roles["a"].privileges] == ["db/000.sql:1"]
    assert not roles["a"].unresolved


def test_files_run_in_path_order_with_numbers_by_value() -> None:
    later = ("m/V10__less.sql", "REVOKE INSERT ON t FROM a;")
    earlier = ("m/V2__more.sql", "CREATE ROLE a; GRANT INSERT ON t TO a;")
    for files in itertools.permutations((later, earlier)):
        assert _rights(_roles(*files)["a"]) == set()


def test_repeatable_migrations_run_last() -> None:
    roles = _roles(
        ("m/R__grants.sql", "REVOKE INSERT ON t FROM a;"), ("m/V2__x.sql", "CREATE ROLE a; GRANT INSERT ON t TO a;")
    )
    assert _rights(roles["a"]) == set()


def test_databases_of_one_script_are_kept_apart() -> None:
    roles = _roles("CREATE ROLE a;\n\\connect one\nGRANT INSERT ON t TO a;\n\\connect two\nREVOKE INSERT ON t FROM a;")
    assert ("INSERT", "TABLE public.t") in _rights(roles["a"])


def test_what_public_holds_is_listed_for_all_and_by_itself() -> None:
    roles = _roles("CREATE ROLE a; GRANT DELETE ON t TO PUBLIC;")
    assert [(each.right, each.via) for each in roles["a"].privileges] == [("DELETE", "PUBLIC")]
    assert [(each.right, each.via) for each in roles["PUBLIC"].privileges] == [("DELETE", "")]


def test_tables_made_after_a_grant_on_the_schema_do_not_hide_it() -> None:
    roles = _roles("CREATE ROLE a; GRANT INSERT ON ALL TABLES IN SCHEMA app TO a; CREATE TABLE app.t (i int);")
    assert _rights(roles["a"]) == {("INSERT", "ALL TABLES IN SCHEMA app")}


def test_a_grant_on_the_schema_may_outlive_what_is_known_of_it() -> None:
    roles = _roles(
        "CREATE ROLE a; CREATE TABLE app.t (i int); GRANT INSERT, SELECT ON ALL TABLES IN SCHEMA app TO a;"
        "REVOKE INSERT ON app.t FROM a;"
    )
    assert _rights(roles["a"]) == {("SELECT", "TABLE app.t")}
    assert "INSERT was granted on ALL TABLES IN SCHEMA app" in _open(roles["a"])
    cleared = _roles(
        "CREATE ROLE a; CREATE TABLE app.t (i int); GRANT INSERT ON ALL TABLES IN SCHEMA app TO a;"
        "REVOKE INSERT ON ALL TABLES IN SCHEMA app FROM a;"
    )
    assert not cleared["a"].unresolved


LEFT_OPEN = {
    "GRANT b TO a;": "it belongs to b, which these files do not define",
    "GRANT pg_monitor TO a;": "",
    "GRANT pg_read_all_data TO a;": "",
    "GRANT SELECT ON ${t} TO a;": "filled in elsewhere",
    "GRANT SELECT ON ALL TABLES IN SCHEMA ${s} TO a;": "filled in elsewhere",
    "GRANT CONNECT ON DATABASE ${d} TO a;": "",
    "GRANT SELECT ON t TO ${b};": "",
    "GRANT DELETE ON t TO ${b};": "(<b>) is given more than reading",
    "GRANT c TO ${b};": "(<b>) is given more than reading",
    "ALTER TABLE t OWNER TO ${b};": "(<b>) is given more than reading",
    "\\if :x\nALTER ROLE a NOSUPERUSER;\n\\endif\n": "whether a loses SUPERUSER depends on a condition",
    "\\if :x\nREVOKE b FROM a;\n\\endif\n": "",
    "GRANT pg_monitor TO a;\n\\if :x\nREVOKE pg_monitor FROM a;\n\\endif\n": "its membership in pg_monitor",
    "ALTER TABLE t OWNER TO a;\n\\if :x\nALTER TABLE t OWNER TO c;\n\\endif\n": "ownership of t",
    "GRANT INSERT ON t TO a;\n\\if :x\nDROP TABLE t;\n\\endif\n": "its rights on t",
    "GRANT INSERT ON t TO a;\n\\if :x\nDROP OWNED BY a;\n\\endif\n": "what it owns and holds",
    "\\if :x\nGRANT INSERT ON t TO a;\n\\endif\n": "",
}


@pytest.mark.parametrize("script", LEFT_OPEN)
def test_what_stays_open_is_said(script: str) -> None:
    said = _open(_roles("CREATE ROLE a; CREATE ROLE c;\n" + script)["a"])
    assert LEFT_OPEN[script] in said
    assert bool(said) is bool(LEFT_OPEN[script])


def test_a_placeholder_role_is_listed_by_its_variable() -> None:
    roles = _roles("GRANT INSERT ON t TO ${APP_USER};", "REVOKE INSERT ON t FROM {{ app_user }};")
    assert list(roles) == ["<app_user>"]
    assert "its name is filled in elsewhere" in _open(roles["<app_user>"])
    assert not roles["<app_user>"].privileges


@pytest.mark.parametrize(
    ("more", "open_end"),
    [
        ("", True),
        ("REVOKE CREATE ON SCHEMA public FROM PUBLIC;", False),
        ("REVOKE ALL ON SCHEMA app FROM PUBLIC;", True),
    ],
)
def test_old_servers_let_everyone_create(more: str, open_end: bool) -> None:
    for version, old in (("14.9", True), ("15.2", False)):
        roles = _roles(f"-- Dumped from database version {version} (Debian)\nCREATE ROLE a;\n{more}")
        assert ("create in schema public" in _open(roles["a"])) is (old and open_end)


def test_administrators_of_hosts_are_known_by_name() -> None:
    roles = _roles("CREATE ROLE a; GRANT rds_superuser TO a; GRANT SELECT ON t TO service_role;")
    assert ("SUPERUSER", "SERVER") in _rights(roles["a"])
    assert ("BYPASSRLS", "SERVER") in _rights(roles["service_role"])


def test_odd_names_are_quoted_where_sql_would_need_it() -> None:
    roles = _roles('CREATE ROLE a; GRANT UPDATE ("select") ON "My App"."T;" TO a; GRANT USAGE ON SCHEMA "user" TO a;')
    assert _rights(roles["a"]) == {('UPDATE ("select")', 'TABLE "My App"."T;"'), ("USAGE", 'SCHEMA "user"')}


def test_too_many_roles_are_a_gap_and_no_half_catalogue() -> None:
    facts = list(sql.parse(Document("a.sql", "".join(f"CREATE ROLE r{n};" for n in range(2_001)).encode())))
    (gap,) = sql.link(facts, [], SCOPE)
    assert isinstance(gap, Gap)
    assert gap.affects == ("RoleCatalogue",)


def test_a_long_chain_of_roles_is_followed() -> None:
    script = "".join(f"CREATE ROLE r{n}; GRANT r{n} TO r{n - 1};" for n in range(1, 400)) + "GRANT DELETE ON t TO r399;"
    start = time.process_time()
    roles = _roles("CREATE ROLE r0;" + script)
    assert ("DELETE", "TABLE public.t") in _rights(roles["r0"])
    assert time.process_time() - start < 20


def test_rights_beyond_the_limit_leave_the_role_open() -> None:
    tables = "".join(f"GRANT SELECT ON t{n} TO r0;" for n in range(700))
    roles = _roles("".join(f"CREATE ROLE r{n};" for n in range(1_000)) + tables)
    assert len(roles["r0"].privileges) == 400
    assert "more than the 400 rights" in _open(roles["r0"])


# ------------------------------------------------------------------------------------------------------------ laws

_WORDS = st.sampled_from(
    [
        "GRANT",
        "REVOKE",
        "CREATE",
        "ALTER",
        "DROP",
        "ROLE",
        "USER",
        "DEFAULT",
        "PRIVILEGES",
        "ON",
        "TO",
        "FROM",
        "SELECT",
        "INSERT",
        "ALL",
        "TABLES",
        "IN",
        "SCHEMA",
        "a",
        "b",
        "t",
        "public",
        "OWNER",
        "SET",
        "AUTHORIZATION",
        "DO",
        "$$",
        "BEGIN",
        "END",
        "EXECUTE",
        "'x'",
        '"',
        "'",
        ";",
        ",",
        "(",
        ")",
        "/*",
        "*/",
        "--",
        "\n",
        "{{x}}",
        "${x}",
        ":x",
        "%",
        "\\if",
        "\\gexec",
        "COPY",
        "stdin",
        "FUNCTION",
        "SECURITY",
        "DEFINER",
        "LANGUAGE",
        "sql",
        "format",
        "||",
        "WITH",
        "OPTION",
        "REASSIGN",
        "OWNED",
        "BY",
        "ROLLBACK",
        "é",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=40).map(" ".join))
def test_any_sql_like_text_is_read_without_an_error(text: str) -> None:
    found = list(sql.parse(Document("a.sql", text.encode())))
    assert len(list(sql.link([each for each in found if isinstance(each, SqlFile)], [], SCOPE))) <= 1


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing_but_collect_errors(content: bytes) -> None:
    try:
        found = list(sql.parse(Document("a.sql", b"grant " + content)))
    except CollectError:
        found = []
    assert all(isinstance(each, SqlFile | Gap) for each in found)


_GRANTS = [
    f"GRANT {right} ON {table} TO {role};"
    for right, table, role in itertools.product(("INSERT", "SELECT", "UPDATE (x)"), ("t", "s.u"), ("a", "b", "PUBLIC"))
] + ["GRANT c TO a;", "GRANT DELETE ON t TO c;", "ALTER TABLE w OWNER TO c;", "ALTER ROLE b CREATEDB;"]


def _summary(statements: Iterable[str]) -> dict[str, set[tuple[str, str, str]]]:
    roles = _roles("CREATE ROLE a; CREATE ROLE b; CREATE ROLE c;", *statements)
    return {name: {(each.right, each.on, each.via) for each in role.privileges} for name, role in roles.items()}


@settings(max_examples=40, deadline=None)
@given(st.permutations(_GRANTS))
def test_the_order_of_unrelated_grants_changes_nothing(statements: list[str]) -> None:
    assert _summary(statements) == _summary(_GRANTS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(_GRANTS), max_size=8), st.sampled_from(_GRANTS))
def test_granting_more_never_takes_anything_away(statements: list[str], more: str) -> None:
    before, after = _summary(statements), _summary([*statements, more])
    assert all(held <= after[name] for name, held in before.items())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([each for each in _GRANTS if each.startswith("GRANT")]), max_size=8))
def test_revoking_everything_leaves_nothing(statements: list[str]) -> None:
    taken = [re.sub(r" TO ", " FROM ", each.replace("GRANT", "REVOKE", 1)) for each in statements]
    assert all(not held for held in _summary([*statements, *taken]).values())
