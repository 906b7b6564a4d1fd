"""Chain files of a team: what is read, and what every kind of bad one is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import UsageError
from remit.incidents.loader import MAX_BYTES, load_chains, load_directory
from remit.incidents.model import Chain, Step
from remit.incidents.written import MAX_FAULTS, read_chains

GOOD = """\
[[incidents]]
id = "ACME-1"
name = "Orders emptied"
date = 2026-01-14
sources = ["wiki"]

[[incidents.steps]]
n = 2
link = "destroy"
does = "It empties  the
table"
requires = ["gate=none", "gate=none"]
broken_by = ["LP-028", "LP-028"]

[[incidents.steps]]
n = 1
link = "capability"
does = "It runs"
broken_by = ["SB-001"]
""".replace("the\ntable", "the table")


def refused(text, controls=()):
    with pytest.raises(UsageError) as caught:
        read_chains(text, "acme.toml", controls)
    assert caught.value.exit_code == 2
    return str(caught.value)


def with_(old, new):
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1)


# ------------------------------------------------------------------------------------------------------------- good


def test_a_chain_is_read_with_its_steps_by_number():
    assert read_chains(GOOD, "acme.toml") == (
        Chain(
            id="ACME-1",
            name="Orders emptied",
            date="2026-01-14",
            sources=("wiki",),
            steps=(
                Step(1, "capability", "It runs", ("SB-001",)),
                Step(2, "destroy", "It empties the table", ("LP-028",), ("gate=none",)),
            ),
            origin="acme.toml:1",
        ),
    )


@pytest.mark.parametrize("text", [GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, with_('"ACME-1"', '"a"')])
def test_line_ends_and_byte_order_marks_do_not_matter(text, tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(text.encode())
    assert len(load_chains(path)[0].steps) == 2


def test_an_installed_check_may_break_a_step():
    text = with_('"SB-001"', '"LP-041"')
    assert "'LP-041' is no control" in refused(text)
    assert read_chains(text, "acme.toml", {"LP-041"})[0].steps[0].broken_by == ("LP-041",)


def test_inline_tables_are_read_too():
    text = """incidents = [{id = "A", name = "a", steps = [{n = 1, link = "audit", does = "x", broken_by = ["MN-001"]}]}]"""
    assert read_chains(text, "a.toml")[0].steps[0].link == "audit"


# -------------------------------------------------------------------------------------------------------------- bad

BAD = [
    ("", "acme.toml:1: incidents: there is none; write one [[incidents]] table for each incident"),
    ("[[incidents]\n", "acme.toml:1: is not valid TOML; expected TOML, see https://toml.io"),
    ("x = 1\n" + GOOD, "acme.toml:1: x: unknown key; the keys here are incidents"),
    ("incident = 1\n" + GOOD, "acme.toml:1: incident: unknown key; did you mean incidents?"),
    ("incidents = []\n", "acme.toml:1: incidents: there is none; write one [[incidents]] table for each incident"),
    ("incidents = 3\n", "acme.toml:1: incidents: expected tables, each under [[incidents]]"),
    ("incidents = [3]\n", "acme.toml:1: incidents: expected tables, each under [[incidents]]"),
    ("[incidents]\nid = 1\n", "acme.toml:1: incidents: expected tables, each under [[incidents]]"),
    (with_('id = "ACME-1"\n', ""), "acme.toml:1: incidents[0].id: is missing; add it"),
    (with_('"ACME-1"', '""'), "acme.toml:2: incidents[0].id: expected text, not nothing"),
    (with_('"ACME-1"', '"a/b"'), "acme.toml:2: incidents[0].id: expected letters, digits, dots and hyphens, 64 at most"),
    (with_('"ACME-1"', "7"), "acme.toml:2: incidents[0].id: expected text in quotes, not a number"),
    (with_('name = "Orders emptied"\n', ""), "acme.toml:1: incidents[0].name: is missing; add it"),
    (with_('"Orders emptied"', "[1]"), "acme.toml:3: incidents[0].name: expected text in quotes, not a list"),
    (with_('"Orders emptied"', "true"), "acme.toml:3: incidents[0].name: expected text in quotes, not true or false"),
    (with_("emptied", "\\u001b[2J"), "acme.toml:3: incidents[0].name: holds characters that cannot be printed; take them out"),
    (with_("emptied", "x" * 3000), "acme.toml:3: incidents[0].name: expected 2000 characters at most, not 3007"),
    (with_("date", "dtae"), "acme.toml:4: incidents[0].dtae: unknown key; did you mean date?"),
    (with_("date = 2026-01-14", 'kind = "rumour"'), "acme.toml:4: incidents[0].kind: expected incident, exercise, not 'rumour'"),
    (with_('["wiki"]', '"wiki"'), "acme.toml:5: incidents[0].sources: expected a list, such as [\"one\"], not text"),
    (with_('["wiki"]', "[1]"), "acme.toml:5: incidents[0].sources: expected text in quotes, not a number"),
    (GOOD[: GOOD.index("[[incidents.steps]]")], "acme.toml:1: incidents[0].steps: there is none; write one [[incidents.steps]] table for each step"),
    (GOOD[: GOOD.index("[[incidents.steps]]")] + "steps = []\n", "acme.toml:7: incidents[0].steps: there is none; write one [[incidents.steps]] table for each step"),
    (GOOD[: GOOD.index("[[incidents.steps]]")] + "steps = 4\n", "acme.toml:7: incidents[0].steps: expected tables, each under [[incidents.steps]]"),
    (with_("n = 2\n", ""), "acme.toml:7: incidents[0].steps[0].n: is missing; number the steps from 1"),
    (with_("n = 2", 'n = "2"'), "acme.toml:8: incidents[0].steps[0].n: expected a whole number from 1 to 100"),
    (with_("n = 2", "n = true"), "acme.toml:8: incidents[0].steps[0].n: expected a whole number from 1 to 100"),
    (with_("n = 2", "n = 0"), "acme.toml:8: incidents[0].steps[0].n: expected a whole number from 1 to 100"),
    (with_("n = 2", "n = 2.0"), "acme.toml:8: incidents[0].steps[0].n: expected a whole number from 1 to 100"),
    (with_("n = 2", "n = 99999999999999999999999"), "acme.toml:8: incidents[0].steps[0].n: expected a whole number from 1 to 100"),
    (with_("n = 2", "n = 1"), "acme.toml:15: incidents[0].steps[1].n: 1 is the number of another step of this incident"),
    (with_('"destroy"', '"destory"'), "acme.toml:9: incidents[0].steps[0].link: expected capability, decision, credential, scope, destroy, exfiltrate, backup, audit, not 'destory'; did you mean destroy?"),
    (with_('link = "destroy"\n', ""), "acme.toml:7: incidents[0].steps[0].link: is missing; add it"),
    (with_('does = "It empties  the table"\n', ""), "acme.toml:7: incidents[0].steps[0].does: is missing; add it"),
    (with_('"gate=none", "gate=none"', '"gate=nnone"'), "acme.toml:11: incidents[0].steps[0].requires: 'gate=nnone' is no fact that is known; did you mean gate=none?"),
    (with_('"gate=none", "gate=none"', '\n"gate=none",\n"egress=opne"'), "acme.toml:13: incidents[0].steps[0].requires: 'egress=opne' is no fact that is known; did you mean egress=open?"),
    (with_('"gate=none", "gate=none"', '"credential.provider=railwy"'), "acme.toml:11: incidents[0].steps[0].requires: 'credential.provider=railwy' is no fact that is known; did you mean credential.provider=railway?"),
    (with_('["gate=none", "gate=none"]', '"gate=none"'), "acme.toml:11: incidents[0].steps[0].requires: expected a list, such as [\"one\"], not text"),
    (with_('"LP-028", "LP-028"', '"LP-999"'), "acme.toml:12: incidents[0].steps[0].broken_by: 'LP-999' is no control; there are LP-001 to LP-040"),
    (with_('"LP-028", "LP-028"', '"lp-028"'), "acme.toml:12: incidents[0].steps[0].broken_by: 'lp-028' is no control; did you mean LP-028?"),
    (with_('"LP-028", "LP-028"', '"a lock"'), "acme.toml:12: incidents[0].steps[0].broken_by: 'a lock' is no control; see `remit checks` for the controls there are"),
    (with_('"LP-028", "LP-028"', ""), "acme.toml:12: incidents[0].steps[0].broken_by: expected at least one control, such as SB-001"),
    (with_('broken_by = ["LP-028", "LP-028"]\n', ""), "acme.toml:7: incidents[0].steps[0].broken_by: is missing; add it, such as broken_by = [\"SB-001\"]"),
    (with_("requires", "requries"), "acme.toml:11: incidents[0].steps[0].requries: unknown key; did you mean requires?"),
    (GOOD + GOOD, "acme.toml:20: incidents[1].id: ACME-1 is the id of another incident, on line 2"),
    (GOOD + GOOD.replace("ACME-1", "acme-1"), "acme.toml:20: incidents[1].id: acme-1 is the id of another incident, on line 2"),
    (with_("n = 2", "n = 2\nn = 3"), "acme.toml:9: is not valid TOML; expected TOML, see https://toml.io"),
    ("incidents = " + "[" * 100_000, "acme.toml: is not valid TOML: nested or numbered beyond reason; expected TOML, see https://toml.io"),
    ("incidents = " + "[" * 300 + "]" * 300, None),
    ("\0", "acme.toml:1: is not valid TOML; expected TOML, see https://toml.io"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), BAD, ids=range(len(BAD)))
def test_a_bad_file_names_line_and_key_and_what_was_expected(text, told):
    said = refused(text)
    assert said == told or (told is None and said.startswith("acme.toml"))


def test_a_fact_that_resembles_none_lists_those_there_are():
    said = refused(with_('"gate=none", "gate=none"', '"zzz"'))
    assert "known are agent=present, agent.shell=unrestricted" in said
    assert "credential.provider=PROVIDER" in said


def test_all_faults_are_shown_at_once_but_not_without_end():
    two = refused(with_("n = 2", "n = 0").replace('"SB-001"', '"SB-999"'))
    assert [line.partition(":")[2].partition(":")[0] for line in two.splitlines()] == ["8", "18"]
    many = "".join(GOOD.replace("ACME-1", f"A-{number}").replace("n = 2", "n = 0") for number in range(30))
    lines = refused(many).splitlines()
    assert len(lines) == MAX_FAULTS + 1
    assert lines[-1] == "acme.toml: and 20 more"


def test_nothing_in_a_file_grows_without_end():
    many = ", ".join(['"LP-028"'] * 101)
    assert "expected 100 at most, not 101" in refused(with_('"LP-028", "LP-028"', many))
    steps = "".join(f'[[incidents.steps]]\nn = {n}\nlink = "audit"\ndoes = "x"\nbroken_by = ["MN-001"]\n' for n in range(1, 102))  # fmt: skip
    assert "incidents[0].steps: expected 100 at most, not 101" in refused(
        '[[incidents]]\nid = "A"\nname = "a"\n' + steps
    )


KEYS = st.sampled_from(["id", "name", "steps", "n", "link", "does", "requires", "broken_by", "kind", "sources", "date"])
VALUES = st.recursive(
    st.sampled_from(['"LP-028"', '"x"', '""', "1", "-3", "true", "1e400", "2026-01-01", '"gate=none"', '"audit"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS | st.just("incidents"), VALUES, max_size=4) | st.text(max_size=60))
def test_whatever_is_written_is_read_or_refused_with_its_name(written):
    text = written if isinstance(written, str) else "\n".join(f"{key} = {value}" for key, value in written.items())
    with pytest.raises(UsageError, match=r"^acme\.toml"):
        read_chains(text, "acme.toml")


@given(VALUES)
def test_whatever_an_incident_holds_is_read_or_refused_with_its_line(value):
    try:
        chains = read_chains(f'incidents = [{{id = "A", name = "a", steps = {value}}}]', "acme.toml")
    except UsageError as error:
        assert str(error).startswith("acme.toml:1: incidents[0].")
    else:
        assert all(chain.steps for chain in chains)


# ------------------------------------------------------------------------------------------------ files, directories


def no_file(folder: Path):
    return folder / "none.toml", "there is no such file"


def a_directory(folder: Path):
    (folder / "a.toml").mkdir()
    return folder / "a.toml", "is not a file"


def a_pipe(folder: Path):
    os.mkfifo(folder / "a.toml")
    return folder / "a.toml", "is not a file"


def too_large(folder: Path):
    (folder / "a.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    return folder / "a.toml", "is larger than 1 MB"


def not_utf8(folder: Path):
    (folder / "a.toml").write_bytes(b'# one\n# two\nid = "\xff"\n')
    return folder / "a.toml", "a.toml:3: is not UTF-8"


def no_path(folder: Path):
    return Path("a\0b"), "not one that can be opened"


@pytest.mark.parametrize("case", [no_file, a_directory, a_pipe, too_large, not_utf8, no_path])
def test_what_is_no_chain_file_is_refused(case, tmp_path):
    path, told = case(tmp_path)
    with pytest.raises(UsageError, match=told):
        load_chains(path)


def directory(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_chain_file_of_a_directory_is_read_in_order_of_names(tmp_path):
    folder = directory(tmp_path, b=GOOD.replace("ACME-1", "B"), a=GOOD.replace("ACME-1", "A"))
    (folder / "notes.md").write_text("no chains", encoding="utf-8")
    assert [chain.id for chain in load_directory(folder)] == ["A", "B"]


@pytest.mark.parametrize("id_", ["INC-01", "inc-01"])
def test_no_id_of_a_bundled_incident_may_be_taken(tmp_path, id_):
    folder = directory(tmp_path, a=GOOD.replace("ACME-1", id_))
    with pytest.raises(UsageError, match=rf"a\.toml:1: id: {id_} is taken by remit:incidents:\d+; give it another one"):
        load_directory(folder)


def test_no_id_may_be_taken_twice(tmp_path):
    with pytest.raises(UsageError, match=r"b\.toml:1: id: ACME-1 is taken by .*a\.toml:1"):
        load_directory(directory(tmp_path, a=GOOD, b=GOOD))


def test_a_fault_names_its_file(tmp_path):
    folder = directory(tmp_path, a=GOOD, b=GOOD.replace("ACME-1", "B").replace("LP-028", "LP-0"))
    with pytest.raises(UsageError, match=r"b\.toml:12: incidents\[0\]\.steps\[0\]\.broken_by: 'LP-0' is no control"):
        load_directory(folder)


@pytest.mark.parametrize(
    ("name", "told"), [("none", "is not a directory"), ("file", "is not a directory"), ("empty", "holds no chain file")]
)
def test_a_directory_without_chains_is_refused(tmp_path, name, told):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=told):
        load_directory(tmp_path / name)


def test_a_directory_passes_the_ids_of_installed_checks_on(tmp_path):
    folder = directory(tmp_path, a=with_('"SB-001"', '"SB-099"'))
    with pytest.raises(UsageError, match="no control"):
        load_directory(folder)
    assert load_directory(folder, controls={"SB-099"})
