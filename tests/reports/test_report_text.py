"""Values made visible: what a hostile file name can do to a line, a block, a link."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.reporting import Style, json_safe, plain, visible
from remit_reports.pen import Pen, cells
from remit_reports.visible import anchor, paragraphs, visible_lines

ANY = st.text(st.characters(codec=None), max_size=60)  # lone surrogates included
NASTY = st.text(
    st.sampled_from(
        "\x00\x07\x08\t\n\r\x1b[]31m;\x7f\x85\x9b\xad\u061c\u200b\u200e\u2028\u202e\u2066\ufeff\U000e0041abc日本"
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("gpj\u202eexe.", r"gpj\u202eexe."),
        ("\x9b2J", r"\x9b2J"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("\udcff", r"\udcff"),
        ("Zürich 日本.txt", "Zürich 日本.txt"),
    ],
)
def test_hidden_characters_are_shown_as_their_escape(text, shown):
    assert visible(text) == shown


@given(ANY | NASTY)
def test_nothing_that_acts_or_hides_is_left(text):
    shown = visible(text)
    assert not [character for character in shown if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not [
        character
        for character in shown
        if unicodedata.bidirectional(character) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]
    assert visible(shown) == shown
    shown.encode()


@given(ANY | NASTY)
def test_a_line_for_an_ascii_terminal_is_ascii(text):
    assert plain(text, Style(ascii=True)).isascii()
    assert plain(text, Style()) == visible(text)


@given(
    st.recursive(ANY, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY, inner, max_size=3), max_leaves=6)
)
def test_json_stays_the_same_value(value):
    text = json_safe(json.dumps(value, ensure_ascii=False, indent=1))
    text.encode()
    assert json.loads(text) == value


@given(ANY | NASTY, st.integers(0, 40))
def test_a_clipped_text_fits_and_begins_as_it_did(text, width):
    pen = Pen(Style())
    shown = pen.text(text)
    assert cells(pen.clip(shown, width)) <= width
    assert cells(pen.clip_middle(shown, width)) <= width
    assert cells(pen.pad(shown, width)) == width
    if cells(shown) <= width:
        assert pen.clip(shown, width) == pen.clip_middle(shown, width) == shown


def test_a_long_path_keeps_its_end():
    path = "a/very/long/way/down/" * 9 + "secrets.env:12"
    clipped = Pen(Style()).clip_middle(path, 30)
    assert clipped.startswith("a/very")
    assert clipped.endswith("secrets.env:12")


def test_lines_and_paragraphs_keep_their_breaks_and_nothing_else():
    assert visible_lines("one\r\n\ttwo\n\nthree\x0b \n") == ("one", "    two", "", r"three\x0b")
    assert paragraphs("first\nline\n \nsecond\x1b[0m\r\n\r\nthird") == ("first line", r"second\x1b[0m", "third")


@given(ANY)
def test_an_anchor_is_one_harmless_word(text):
    assert anchor(text)
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in anchor(text))
