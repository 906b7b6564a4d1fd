"""Markdown for a forge: everything is there, and no value becomes markup, a mention or a link."""

import html
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit.reporting import Style, visible
from remit_reports.markdown import code, prose, render

BREAK = "\u200b"
OURS = {"details", "summary", "code", "br", "sub"}


def plain(markdown):
    """What a reader sees of a line of escaped prose: entities and backslash escapes undone, breaks kept."""
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown))


@given(st.text(st.characters(codec=None), max_size=50))
@example("@everyone #12 !7 https://evil.example www.evil.example GH-3 a@b.example")
@example("**bold** _it_ `x` [a](javascript:1) ![i](http://x) | <b> &lt; \\| ~~no~~ $x$")
@example("- list")
@example("1. list")
@example("# head")
@example("> quote\n\n---")
def test_prose_reads_as_it_was_and_is_nothing_else(text):
    escaped = prose(text)
    assert plain(escaped).replace(BREAK, "") == visible(text)
    assert "\n" not in escaped
    naked = re.sub(r"\\.|&[a-z#0-9]+;", "", escaped)
    assert not set(naked) & set("`*_[]<>|~$&\\")
    assert not re.match(r"[-+=#>]|\d+[.)]", escaped)
    seen = plain(escaped)
    assert not re.search(r"[@!%#~$&][\w\"]|\w://|www\.|GH-\d", seen, re.IGNORECASE)


@given(st.text(st.characters(codec=None), max_size=50))
@example("a|b`c``d")
@example("`")
@example("\\|")
@example(" ")
def test_code_reads_as_it_was_and_stays_in_its_cell(text):
    written, shown = code(text), visible(text)
    if not shown.strip():
        assert written == ""
    elif "|" in shown:
        inner = re.fullmatch(r"<code>(.*)</code>", written)
        assert inner
        assert plain(inner[1]).replace(BREAK, "") == shown
        assert "|" not in written
    else:
        fence = re.match("`+", written)[0]
        inner = written[len(fence) : -len(fence)]
        assert inner in (shown, f" {shown} ")
        assert fence not in re.findall("`+", inner)
        assert not inner.startswith("`")
        assert not inner.endswith("`")


def test_every_finding_is_there_by_fingerprint_and_control(sample):
    text = render(sample, Style())
    for finding in sample.findings:
        assert text.count(f"<!-- {finding.fingerprint} -->") == 1
        assert re.search(rf"{finding.control}\b", text)


def test_counts_are_those_of_the_result(sample):
    rows = dict(
        re.findall(
            r"^\| (\w[\w ]+?) \|.*?\|.*?\|.*?\| (\d+ \| \d+ \| \d+ \| \d+ \| \d+ \| \d+) \|$",
            render(sample, Style()),
            re.MULTILINE,
        )
    )
    for name, title in (("overall", "Overall"), ("least-privilege", "Least privilege"), ("response", "Response")):
        counted = [int(number) for number in rows[title].split(" | ")]
        order = ("fail", "error", "unknown", "waived", "pass", "not-applicable")
        assert counted == [sample.scores[name].counts[status] for status in order]
    statuses = Counter(finding.status for finding in sample.findings)
    assert f"{statuses['pass']} met" in render(sample, Style())
    assert f"{statuses['error'] + statuses['unknown']} undecided" in render(sample, Style())


def test_tables_have_as_many_cells_in_each_row(poisoned, sample):
    for result in (sample, poisoned("a|b\\|c`|`\n| x |")):
        cells = 0
        for line in render(result, Style()).splitlines():
            if not line.startswith("|"):
                cells = 0
                continue
            # A backslash takes the next character with it, pipes in code spans included: how GitHub splits a row.
            found = len(re.sub(r"\\.", "", line).split("|"))
            assert found == (cells or found), line
            cells = found


class Tags(HTMLParser):
    """Which tags and comments a text holds."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.comments = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_comment(self, data):
        self.comments.append(data)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<!-- -->--><img src=x onerror=alert(1)>",
        "</code></details></table>",
        "`</code><script>",
        "|<svg/onload=1>`|",
        "\x1b[31m\u202e\x00\n## heading\n",
        "![x](https://evil.example/pixel.png)",
        "@team #1 https://evil.example",
        "y" * 3000,
    ],
)
def test_no_value_becomes_markup(hostile, poisoned):
    text = render(poisoned(hostile), Style())
    # Within a code span a tag is text; what is left outside must be ours.
    outside = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    parser = Tags()
    parser.feed(outside)
    assert parser.tags <= OURS
    assert parser.attributes == []
    assert all(re.fullmatch(r" [\w-]+ ", comment) for comment in parser.comments)
    assert not [
        character for character in text if character != "\n" and (ord(character) < 32 or 127 <= ord(character) < 160)
    ]
    assert "\u202e" not in text
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert "https://" not in outside
    assert not re.search(r"@team", outside)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if re.match(r"#{2,3} (❌ Nine|Scores|The targets|Accepted|Not seen)", line)
    ]
