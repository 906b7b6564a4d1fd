"""The terminal report: one screen, nothing on it that a value brought along."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.reporting import Style, reports
from remit_reports.pen import cells
from remit_reports.terminal import render

SGR = re.compile(r"\x1b\[[\d;]*m")
HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "a\nNINE-SECOND TEST  SURVIVES  all is well",
    "\r\x1b[1A\x1b[2K",
    "\x00\x08\x7f",
    "日本語" * 40,
    "x" * 5000,
    "\udcff\u200b",
]


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("name", ["sample", "supposed", "bygone"])
def test_it_fits_one_screen(width, ascii, name, request):
    lines = render(request.getfixturevalue(name), Style(width=width, ascii=ascii)).splitlines()
    assert len(lines) <= 43
    assert max(cells(line) for line in lines) <= width


def test_the_first_line_is_the_answer_and_the_chain_follows(sample):
    lines = render(sample, Style()).splitlines()
    assert lines[0] == "NINE-SECOND TEST  LOST  Cursor can destroy railway:volume:* in acme/shop, and no copy survives"
    assert "can read unasked" in lines[1]
    assert lines[2].endswith("tools/domains.sh:4")
    assert "BK-005, LP-011, SB-001, SB-010" in "\n".join(lines[:8])


def test_bars_say_what_is_proven_possible_and_without_score(sample):
    text = render(sample, Style())
    assert re.search(r"^Least privilege  █{6}▒+·+ +33\.3% +41\.7% +91%", text, re.MULTILINE)
    assert re.search(r"^Response +·{20} +no score", text, re.MULTILINE)
    assert re.search(r"^Monitoring +▒{20} +0% +100% +0%   1 error", text, re.MULTILINE)


@pytest.mark.parametrize(
    "wanted",
    [
        "FAILS THE POLICY  4 critical · 1 high · 1 error · 2 unknown · 1 waived",
        "acme/shop tools/domains.sh:4  → Copy the volume",
        "(+1 more)",
        "BROKEN 1    MN-002 the check broke on KeyError (alert:31 < engine:96)",
        "WAIVED 1    LP-003",
        "until 2026-12-15, by Ada Example (CTO)",
        "NOT SEEN 4  acme/shop db/seed.sql: is larger than 64 MB",
        "LEFT OUT    2,153 files: vendored; 41 files: built",
        "NOTE        no file names an agent",
        "remit explain BK-005",
        "remit scan --format html=report.html",
    ],
)
def test_each_part_is_there(wanted, sample):
    assert wanted in render(sample, Style())


def test_an_assumed_agent_is_marked(sample):
    test = sample.nine_second_test
    worst = test.agents[0].model_copy(update={"assumed": True, "title": "A local agent at vendor defaults"})
    assumed = sample.model_copy(update={"nine_second_test": test.model_copy(update={"agents": (worst,)})})
    assert "A local agent at vendor defaults (assumed) can destroy" in render(assumed, Style())


def test_verbose_lists_every_finding_and_gap(sample):
    text = render(sample, Style(verbose=True))
    assert text.count("\n  PASS ") + text.count("\n  NOT-APPLICABLE ") == 5
    assert "secrets/: permission denied" in text
    assert "more" not in text.replace("and 2 more", "")


DOCUMENTS = ("result", "reach", "replay")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_colour_only_where_it_is_wanted_and_only_ours(document, poisoned):
    result, render = poisoned("\x1b[31m"), reports(document)["terminal"].render
    assert "\x1b" not in render(result, Style(color=False))
    colored = render(result, Style(color=True))
    assert SGR.search(colored)
    assert "\x1b" not in SGR.sub("", colored)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_value_acts_on_the_terminal_or_forges_a_line(hostile, verbose, document, poisoned):
    text = reports(document)["terminal"].render(poisoned(hostile), Style(verbose=verbose))
    assert not [
        character for character in text if character != "\n" and (ord(character) < 32 or 127 <= ord(character) < 160)
    ]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]", text)
    assert len(re.findall("^NINE-SECOND TEST", text, re.MULTILINE)) == (document != "replay")
    assert max(cells(line) for line in text.splitlines()) <= 100


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(codec=None), max_size=30))
def test_whatever_a_value_is_the_screen_holds(text, poisoned):
    result = poisoned(text)
    assert len(render(result, Style(ascii=True)).splitlines()) <= 45
    for document in DOCUMENTS:
        lines = reports(document)["terminal"].render(result, Style(ascii=True)).splitlines()
        assert all(line.isascii() and line.isprintable() for line in lines)
        assert max(len(line) for line in lines) <= 100


def test_a_command_to_run_is_never_made_of_a_hostile_id(poisoned):
    text = render(poisoned("; rm -rf ~ #"), Style())
    assert "remit explain" not in text
