"""The page: complete, closed off from the world, and made of our markup only."""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from remit.reporting import Style, visible
from remit.score import WEIGHTS
from remit_reports.html import days_until, render

VOID = {"meta", "br", "link", "img", "input", "hr"}
LEAVES = {"use", "rect", "circle", "path"}
"""SVG elements that close themselves."""


class Page(HTMLParser):
    """A page as elements, texts and ids; complains of what does not nest."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in LEAVES
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def of(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]

    @property
    def ids(self):
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def page(sample):
    return Page(render(sample, Style()))


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style></title></pre></code><h1>",
    "{{ 7*7 }}{% raw %}<!--",
    "javascript:alert(1)//",
    "\x1b[31m\x00\x07\u202e\u2066\u200b\udcff",
    "a\nb\r\tc",
    "&lt;b&gt;&amp;&#60;",
    "z" * 4000,
]


def test_every_finding_is_there_once_with_its_control(sample, page):
    ids = Counter(page.ids)
    for finding in sample.findings:
        assert ids[f"finding-{finding.fingerprint}"] == 1
        assert ids[finding.control] == 1
        assert visible(finding.message) in page.text
        for source in finding.sources:
            assert f"{source.path}:{source.line}" if source.line else source.path in page.text


def test_ids_are_unique_and_links_lead_somewhere(page):
    assert [name for name, number in Counter(page.ids).items() if number > 1] == []
    links = [attrs["href"] for attrs in page.of("a", "use")]
    assert len(links) > 20
    assert {link for link in links if link.removeprefix("#") not in page.ids or not link.startswith("#")} == set()
    pointing = ("aria-labelledby", "aria-describedby")
    assert {attrs[name] for _, attrs in page.elements for name in pointing if name in attrs} <= set(page.ids)


def test_a_fingerprint_held_twice_gets_two_ids(sample):
    twice = sample.model_copy(update={"findings": (*sample.findings, *(each.model_copy() for each in sample.findings))})
    ids = Page(render(twice, Style())).ids
    assert f"finding-{sample.findings[0].fingerprint}-2" in ids
    assert len([name for name in ids if name.startswith("finding-")]) == 2 * len(sample.findings)
    assert len(ids) == len(set(ids))


def test_counts_and_scores_are_those_of_the_result(sample, page):
    for status, number in Counter(finding.status for finding in sample.findings).items():
        assert f"{number} {status.replace('-', ' ')}" in page.text
    for score in sample.scores.values():
        if score.proven is not None:
            assert f"{score.proven:g}% {score.possible:g}% {int(score.coverage * 100)}%" in page.text
    assert "Response no score: nothing here applies" in page.text
    widths = [float(attrs["width"].rstrip("%")) for attrs in page.of("rect") if attrs.get("class") == "proven"]
    assert widths == [score.proven for score in sample.scores.values() if score.proven]


def test_the_summary_names_policy_targets_time_and_tool(sample, page):
    for wanted in (
        "Cursor can destroy railway:volume:* in acme/shop, and no copy survives.",
        "acme/shop, acme/payments, acme/site",
        "2026-11-21 12:00:00 UTC",
        "Fails the policy Acme access policy 3",
        sample.policy.digest,
        "remit 0.1.0, 7 controls",
        "635 files in 3 targets; 4 places could not be read",
        "A local agent at vendor defaults (assumed)",
        "24 days left",
        "Findings of severity high and above fail this run.",
        "Supporting a requirement is not complying with it",
        "nist-800-53 AC-6, IA-5(7)",
        "node_modules vendored 1,893",
    ):
        assert wanted in page.text


def test_why_and_what_to_do_are_said_once_per_control(sample, page):
    for control in sample.controls:
        listed = any(
            each.control == control.id and each.status in ("fail", "error", "unknown", "waived")
            for each in sample.findings
        )
        first = control.why.split("\n")[0]
        assert page.text.count(first) == (1 if listed else 0)


def test_remedies_keep_their_lines_to_be_copied(sample):
    text = render(sample, Style())
    assert (
        '<pre tabindex="0"><code>{\n  &#34;permissions&#34;: {\n    &#34;defaultMode&#34;: &#34;default&#34;,\n\n'
        in text
    )
    assert "REVOKE INSERT" not in text  # a waived finding's remedy waits until the exception ends


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("runs `terraform destroy` unasked", "runs <code>terraform destroy</code> unasked"),
        ("`<b>` and `&`", "<code>&lt;b&gt;</code> and <code>&amp;</code>"),
        ("an odd ` one <i>", "an odd ` one &lt;i&gt;"),
    ],
)
def test_what_stands_between_backticks_is_code(message, shown, sample):
    finding = sample.findings[0].model_copy(update={"message": message})
    assert f"</span> {shown}</p>" in render(sample.model_copy(update={"findings": (finding,)}), Style())


def test_many_notes_fold_up(changed):
    text = render(changed(notes=[f"note {number} of many" for number in range(7)]), Style())
    assert "5 more notes" in text
    assert text.count(" of many.") == 7


def test_weights_of_the_method_are_those_of_the_score(page):
    assert ", ".join(f"{name} {weight}" for name, weight in WEIGHTS.items()) in page.text


def test_the_page_asks_for_nothing_and_runs_nothing(page, sample):
    text = render(sample, Style())
    assert page.of("script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video") == []
    assert not re.search(r"https?:|@import|url\((?!#)|\bsrc=", text.replace(' content="', ""))
    assert [name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "style"] == []
    policy = next(attrs["content"] for attrs in page.of("meta") if attrs.get("http-equiv") == "Content-Security-Policy")
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert len(page.of("style")) == 1


def test_tables_are_tables_and_status_is_a_word(page, sample):
    assert len(page.of("table")) == len(page.of("caption")) > 3
    assert all(attrs.get("scope") in ("row", "col") for attrs in page.of("th"))
    assert page.of("html") == [{"lang": "en"}]
    assert next(attrs for attrs in page.of("a"))["href"] == "#findings"
    marked = re.findall(
        r'<span class="status ([\w-]+)">.*?</svg>(?:<b>\d+</b> )?([\w ]+)</span>', render(sample, Style())
    )
    assert len(marked) > 20
    assert [name for name, word in marked if word != name.replace("-", " ")] == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_value_becomes_markup_or_hides(hostile, poisoned, page):
    text = render(poisoned(hostile), Style())
    found = Page(text)
    assert {tag for tag, _ in found.elements} <= {tag for tag, _ in page.elements} | {"details", "summary"}
    assert {name for _, attrs in found.elements for name in attrs} <= {
        name for _, attrs in page.elements for name in attrs
    }
    assert all(attrs["href"].startswith("#") for attrs in found.of("a", "use"))
    assert not [
        character for character in text if character != "\n" and (ord(character) < 32 or 127 <= ord(character) < 160)
    ]
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert visible(hostile).strip() in "".join(found.texts)
    text.encode()


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-12-15", "24 days left"),
        ("2026-11-22", "1 day left"),
        ("2026-11-21", "ends that day"),
        ("2026-11-20", "has ended"),
        ("soon", ""),
    ],
)
def test_days_until_an_exception_ends(until, said):
    assert days_until(until, "2026-11-21T12:00:00Z") == said


def test_a_large_result_stays_within_its_size(sample):
    many = tuple(
        finding.model_copy(
            update={
                "fingerprint": f"{number:032x}",
                "subject": finding.subject.model_copy(update={"name": f"file-{number}"}),
            }
        )
        for number in range(2000)
        for finding in (sample.findings[number % len(sample.findings)],)
    )
    text = render(sample.model_copy(update={"findings": many}), Style())
    assert len(text.encode()) < 3_000_000
    assert len([name for name in Page(text).ids if name.startswith("finding-")]) == 2000


# ------------------------------------------------------------------------------------------------------- contrast


def _colors(css, start):
    block = css[css.index(start) :]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block[: block.index("}")]))


def _contrast(one, other):
    def light(color):
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TINTS = ("lost", "unsure", "safe", "aside", "warm")
PAIRS = [
    *((ink, ground) for ink in ("ink", "quiet", "link") for ground in ("paper", "panel")),
    *((ink, f"{tint}-ground") for ink in ("ink", "quiet", "link") for tint in ("lost", "unsure", "safe")),
    *((tint, ground) for tint in TINTS for ground in (f"{tint}-ground", "paper", "panel")),
    ("ink", "faint"),
    ("quiet", "faint"),
    ("on", "lost"),
]


@pytest.mark.parametrize("scheme", [":root", "(prefers-color-scheme: dark)", "@media print"])
def test_every_text_stands_out_from_its_ground(scheme, sample):
    css = re.search("<style>(.*?)</style>", render(sample, Style()), re.DOTALL)[1]
    colors = _colors(css, scheme)
    weak = {(ink, ground): round(_contrast(colors[ink], colors[ground]), 2) for ink, ground in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
