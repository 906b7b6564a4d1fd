"""Cutting SQL files into statements."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.collect.sql.grammar import grammar
from remit.collect.sql.split import Piece, Trouble, split
from remit.collect.sql.statement import is_marker, marker, replace_placeholders, shown


def _texts(text: str) -> list[str]:
    parts = list(split(text))
    assert all(isinstance(part, Piece) for part in parts), parts
    return [" ".join(part.text.split()) for part in parts if isinstance(part, Piece)]


CUTS = {
    "two": ("GRANT a TO b; REVOKE a FROM b", ["GRANT a TO b", "REVOKE a FROM b"]),
    "others left out": ("SELECT 1; INSERT INTO t VALUES (';'); UPDATE t SET a = 1; GRANT a TO b;", ["GRANT a TO b"]),
    "semicolon in a string": ("GRANT a TO 'x;y';", ["GRANT a TO 'x;y'"]),
    "doubled quote": ("GRANT a TO 'it''s;'; GRANT c TO d", ["GRANT a TO 'it''s;'", "GRANT c TO d"]),
    "escape string": (r"SET role = E'a\';b'; GRANT c TO d", [r"SET role = E'a\';b'", "GRANT c TO d"]),
    "a backslash is plain elsewhere": (r"GRANT a TO 'C:\'; GRANT c TO d", [r"GRANT a TO 'C:\'", "GRANT c TO d"]),
    "name ending in e before a string": (r"SET role='a\'; GRANT c TO d", [r"SET role='a\'", "GRANT c TO d"]),
    "quoted name": ('GRANT a TO "x;""y"; GRANT c TO d', ['GRANT a TO "x;""y"', "GRANT c TO d"]),
    "line comment": ("GRANT a -- ; it's\nTO b; GRANT c TO d", ["GRANT a TO b", "GRANT c TO d"]),
    "nested comment": ("GRANT a /* ; /* ' */ ; */ TO b; GRANT c TO d", ["GRANT a TO b", "GRANT c TO d"]),
    "comment first": ("/* x */ -- y\n /* z */ GRANT a TO b", ["GRANT a TO b"]),
    "dollar quotes": ("DO $x$ GRANT ; $$ ; $x$; GRANT c TO d", ["DO $x$ GRANT ; $$ ; $x$", "GRANT c TO d"]),
    "dollars in a name": ("GRANT a$b$ TO c$b$; GRANT c TO d", ["GRANT a$b$ TO c$b$", "GRANT c TO d"]),
    "psql commands": ("\\set x 'y\nGRANT a TO b;\n\\echo ';\nGRANT c TO d;", ["GRANT a TO b", "GRANT c TO d"]),
    "sent by \\g": ("GRANT a TO b \\g\nGRANT c TO d", ["GRANT a TO b", "GRANT c TO d"]),
    "copy data": ("COPY t FROM stdin;\nit's; GRANT x TO y;\n\\.\nGRANT a TO b;", ["GRANT a TO b"]),
    "copy from a file": ("COPY t FROM '/x'; GRANT a TO b;", ["GRANT a TO b"]),
    "empty statements": (";;; ; GRANT a TO b;;", ["GRANT a TO b"]),
    "rows of data": ("INSERT INTO t VALUES ('a;', 1), ('it''s', 2);\nGRANT a TO b;", ["GRANT a TO b"]),
    "rows with a comment": ("INSERT INTO t VALUES (1) -- ';\n, (2);\nGRANT a TO b;", ["GRANT a TO b"]),
    "MySQL strings": (
        "INSERT INTO `t` VALUES ('it\\'s;');\n# don't\nGRANT a TO b;",
        ["GRANT a TO b"],
    ),
    "undo sections": (
        "-- +goose Up\nGRANT a TO b;\n-- +goose Down\nREVOKE a FROM b;\n",
        ["GRANT a TO b"],
    ),
    "undo sections of others": (
        "-- migrate:up\nGRANT a TO b;\n-- migrate:down\nREVOKE a FROM b;\n-- migrate:up\nGRANT c TO d;",
        ["GRANT a TO b", "GRANT c TO d"],
    ),
    "Play's undo": ("# --- !Ups\nGRANT a TO b;\n# --- !Downs\nREVOKE a FROM b;", ["GRANT a TO b"]),
    "template blocks": ("{% if x %}GRANT a TO b;{% endif %} GRANT c TO d;", ["GRANT a TO b", "GRANT c TO d"]),
    "quotes inside a template": (
        "GRANT a TO {{ f('x;') }}; GRANT c TO d;",
        [f"GRANT a TO {marker('f')}", "GRANT c TO d"],
    ),
}


@pytest.mark.parametrize("case", CUTS)
def test_statements_are_cut_apart(case: str) -> None:
    text, wanted = CUTS[case]
    assert _texts(text) == wanted


def test_lines_are_counted_from_the_statements_first_word() -> None:
    text = "-- one\n\n/* two\n three */ GRANT a\nTO b;\nCOPY t FROM stdin;\n1\n2\n\\.\n\n  REVOKE a FROM b;"
    assert [part.line for part in split(text)] == [4, 11]


CONDITIONS = {
    "\\if :x\nGRANT a TO b;\n\\else\nGRANT c TO d;\n\\endif\nGRANT e TO f;": [True, True, False],
    "{% if x %}GRANT a TO b;{% endif %} GRANT c TO d;": [True, False],
    "{% for x in y %}{% if x %}GRANT a TO b;{% endif %}GRANT c TO d;{% endfor %}GRANT e TO f;": [True, True, False],
    "<% if x %>GRANT a TO b;<% end %>GRANT c TO d;": [True, False],
    "{{ if .x }}GRANT a TO b;{{ end }}GRANT c TO d;": [True, False],
    "{{#if x}}GRANT a TO b;{{/if}}GRANT c TO d;": [True, False],
    "GRANT a {% if x %}, c{% endif %} TO b; GRANT c TO d": [True, False],
    "GRANT a TO {{ x }}; {# if #} GRANT c TO d": [False, False],
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_are_noticed(text: str) -> None:
    assert [part.conditional for part in split(text) if isinstance(part, Piece)] == CONDITIONS[text]


def test_databases_are_told_apart() -> None:
    text = 'GRANT a TO b;\n\\connect shop\nGRANT c TO d;\n\\c "other db"\nGRANT e TO f;\n\\c :db\nGRANT g TO h;'
    assert [part.database for part in split(text) if isinstance(part, Piece)] == ["", "shop", "other", marker("db")]


def test_generated_statements_are_marked() -> None:
    (part,) = split("SELECT 'GRANT a TO b' \\gexec\nSELECT 1;")
    assert isinstance(part, Piece)
    assert part.generated


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("GRANT a TO b; SELECT 'x; GRANT c TO d;", "quote"),
        ("GRANT a TO b; SELECT E'x\\'; GRANT c TO d;", "quote"),
        ('GRANT a TO b; SELECT "x; GRANT c TO d;', "quoted name"),
        ("GRANT a TO b; /* x /* y */ GRANT c TO d;", "comment"),
        ("GRANT a TO b; DO $x$ GRANT c TO d; $$", "dollar quote"),
        ("GRANT a TO b; COPY t FROM stdin;\nGRANT c TO d;", "COPY data"),
        ("GRANT a TO b; SELECT E'", "quote"),
    ],
)
def test_what_never_ends_is_trouble_and_keeps_what_came_before(text: str, reason: str) -> None:
    piece, trouble = split(text)
    assert isinstance(piece, Piece)
    assert piece.text == "GRANT a TO b"
    assert isinstance(trouble, Trouble)
    assert reason in trouble.reason
    assert "GRANT c" in trouble.rest or "E'" in text


PLACEHOLDERS = {
    "{{ agent_role }}": "<agent_role>",
    "{{ .Values.agentRole }}": "<agentrole>",
    "${AGENT_ROLE}": "<agent_role>",
    "${AGENT_ROLE:-hunter2hunter2}": "<agent_role>",
    "$AGENT_ROLE": "<agent_role>",
    "$(AGENT_ROLE)": "<agent_role>",
    "<%= agent_role %>": "<agent_role>",
    "%(agent_role)s": "<agent_role>",
    "@AGENT_ROLE@": "<agent_role>",
    "#{agent_role}": "<agent_role>",
    ":agent_role": "<agent_role>",
    ':"agent_role"': "<agent_role>",
    "{{ var('agent_role') }}": "<agent_role>",
    "${ENV}_agent": "<env>_agent",
    "{{ 1 }}": "<unnamed>",
}


@pytest.mark.parametrize("written", PLACEHOLDERS)
def test_placeholders_become_names_without_their_defaults(written: str) -> None:
    (piece,) = split(f"GRANT a TO {written};")
    assert isinstance(piece, Piece)
    name = piece.text.rpartition(" ")[2]
    assert is_marker(name)
    assert shown(name) == PLACEHOLDERS[written]
    assert grammar().parse(piece.text).stmts[0].stmt.grant_role_stmt.grantee_roles[0].role_spec.rolename == name


@pytest.mark.parametrize(
    "text", ["a::text", "$1", "'x:y'", '"x:y"', "$$ :x $$", "$t$ :x $t$", "a := b", "[1:2]", "x@y"]
)
def test_what_only_looks_like_a_placeholder_stays(text: str) -> None:
    assert replace_placeholders(text) == text


def test_plain_names_are_no_markers() -> None:
    assert not is_marker("remit_mark_")
    assert shown("ai_agent") == "ai_agent"


HOSTILE = {
    "open comments": "/*" * 100_000,
    "closed comments": "/*" * 100_000 + "*/" * 100_000 + "GRANT a TO b;",
    "quotes": "'" * 1_000_001,
    "dollars": "$" * 500_000,
    "tags": "".join(f"$t{n}$ " for n in range(50_000)),
    "braces": "{" * 500_000,
    "template starts": "{%" * 200_000 + "<%" * 200_000 + "{{" * 200_000,
    "template blocks": "GRANT a " + "{% x %}" * 100_000,
    "backslashes": "\\" * 500_000,
    "semicolons": ";" * 500_000,
    "one long line": "INSERT INTO t VALUES " + "('a', 1)," * 200_000,
    "names with dollars": "GRANT " + "x$a$, " * 100_000,
    "colons": "GRANT " + ":a" * 100_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_takes_linear_time(case: str) -> None:
    start = time.process_time()
    assert all(isinstance(part, Piece | Trouble) for part in split(HOSTILE[case]))
    assert time.process_time() - start < 8


def test_a_large_dump_takes_linear_time() -> None:
    row = "INSERT INTO public.bills VALUES (1, 'it''s a bill', '2026-01-01');\n"
    seconds = []
    for rows in (20_000, 80_000):
        text = "CREATE ROLE a;\n" + row * rows + "GRANT a TO b;\n"
        start = time.process_time()
        assert [part.line for part in split(text)] == [1, rows + 2]
        seconds.append(time.process_time() - start)
    assert seconds[1] < 12 * seconds[0] + 1


_PIECES = st.sampled_from(
    [
        "GRANT a TO b",
        "DO $x$ GRANT; $x$",
        "REVOKE 'x;' FROM b",
        "/* ; /* */ */",
        "-- ;\n",
        'DROP ROLE "a;"',
        ";",
        "\n",
        "é",
    ]
)


@given(st.lists(_PIECES, max_size=12))
def test_cutting_agrees_with_postgresqls_own_scanner(parts: list[str]) -> None:
    text = " ".join(parts)
    theirs = [part.strip() for part in grammar().split(text, method="scanner")]
    matter = [part for part in theirs if any(word in part for word in ("GRANT", "DO", "REVOKE", "DROP"))]
    ours = [part for part in split(text) if isinstance(part, Piece)]
    if "é" not in text:
        assert len(ours) == len(matter)


@given(st.text(alphabet="'\"$;-/*\\{}%<>=#: \nagrntCOPYEe`E", max_size=200))
def test_any_text_is_cut_without_an_error(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= part.line <= lines for part in split(text))
