"""Markdown for a forge: everything is there, and no value becomes markup, a mention or a link."""

import html
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit.reporting import Style, reports, visible
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


DOCUMENTS = ("result", "reach", "replay")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_tables_have_as_many_cells_in_each_row(document, poisoned, sample):
    for result in (sample, poisoned("a|b\\|c`|`\n| x |")):
        cells = 0
        for line in reports(document)["markdown"].render(result, Style()).splitlines():
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
@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_value_becomes_markup(document, hostile, poisoned, sample):
    render = reports(document)["markdown"].render
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
    headings = re.findall(r"^#+ ", text, re.MULTILINE)
    assert headings == re.findall(r"^#+ ", render(sample, Style()), re.MULTILINE)
    lists = re.compile(r"^\d+\. ", re.MULTILINE)
    assert len(lists.findall(text)) == len(lists.findall(render(sample, Style())))


def test_a_pull_requests_comment_stays_within_its_size_and_the_documents_hold_everything(sample):
    incidents = tuple(
        sample.replay[0].model_copy(update={"id": f"INC-{number:02}", "target": "t" * 60}) for number in range(400)
    )
    closed = tuple(sample.plan.left[0].model_copy(update={"what": f"db-{number}"}) for number in range(400))
    steps = tuple(step.model_copy(update={"closes": closed}) for step in sample.plan.steps)
    plan = sample.plan.model_copy(update={"steps": steps, "left": closed})
    many = sample.model_copy(update={"replay": incidents, "plan": plan})
    assert len(render(many, Style())) < 20_000
    assert "and 395 more" in render(many, Style())
    assert reports("reach")["markdown"].render(many, Style()).count("db-399 ") == 3
    whole = reports("replay")["markdown"].render(many, Style())
    assert len(re.findall(r"^<details><summary>INC", whole, re.MULTILINE)) == 400


@pytest.mark.parametrize("number", [10, 200, 1000, 5000])
def test_a_comment_is_as_long_as_a_forge_takes_and_says_what_it_leaves_out(number, sample):
    findings = tuple(
        sample.findings[turn % len(sample.findings)].model_copy(update={"fingerprint": f"{turn:032x}"})
        for turn in range(number)
    )
    gaps = tuple(sample.gaps[0].model_copy(update={"path": f"place-{turn}"}) for turn in range(number))
    result = sample.model_copy(update={"findings": findings, "gaps": gaps})
    text = render(result, Style())
    assert len(text) <= 60_000
    whole = render(result, Style(verbose=True))
    assert all(f"<!-- {finding.fingerprint} -->" in whole for finding in findings)
    assert "which `--verbose` lists" not in whole
    assert (text == whole) == ("which `--verbose` lists" not in text) == (len(whole) <= 60_000)
    failing = sum(finding.status == "fail" for finding in findings)
    listed = re.findall(r"^\| (?:critical|high) \|", text, re.MULTILINE)
    assert 4 <= len(listed) <= failing
    told = re.search(r"^\| (?:critical|high) .*\n\| and (\d+) more", text, re.MULTILINE)
    assert len(listed) + (int(told[1]) if told else 0) == failing
