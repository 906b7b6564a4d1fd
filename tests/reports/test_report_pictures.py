"""Pictures of paths: drawn on this side, told twice, clipped, and made of our markup only."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from remit.reporting import Style, visible
from remit_reports import outline
from remit_reports import reach_outline as reach
from remit_reports.html import render
from remit_reports.picture import WIDTH, leak_picture, loss_picture

SVG = {"svg", "title", "desc", "rect", "text", "tspan", "path"}


def picture(result, number=0):
    return ElementTree.fromstring(str(loss_picture(outline.losses(result)[number], "loss-1")))


def leak(result):
    return ElementTree.fromstring(str(leak_picture(reach.leaks(result)[0], "leak-1")))


def texts(svg, css):
    return ["".join(each.itertext()) for each in svg.iter("text") if each.get("class") == css]


def test_a_loss_is_a_chain_of_boxes_with_a_line_for_each_step(sample):
    svg = picture(sample)
    assert texts(svg, "name") == ["cursor", "tools/domains.sh", "railway-token", "railway:volume:*"]
    assert texts(svg, "sort") == ["agent", "file", "credential", "is lost"]
    assert texts(svg, "deed") == ["can read unasked", "holds a Railway account token", "can delete volume"]
    assert texts(svg, "seen") == ["proven .cursor/cli.json:1", "proven tools/domains.sh:4", "proven tools/domains.sh:4"]
    assert [each.get("class") for each in svg.iter("rect")] == ["box node"] * 3 + ["box lost"]


def test_boxes_stand_below_each_other_within_the_picture(sample):
    svg = picture(sample)
    _, _, width, height = map(int, svg.get("viewBox").split())
    boxes = [[int(each.get(key)) for key in ("x", "y", "width", "height")] for each in svg.iter("rect")]
    assert width == WIDTH
    assert all(x >= 0 and x + wide <= width and y + high <= height for x, y, wide, high in boxes)
    assert all(one[1] + one[3] < other[1] for one, other in pairwise(boxes))
    assert all(0 < int(each.get("y")) < height for each in svg.iter("text"))


def test_a_long_deed_takes_two_lines_and_no_more(sample):
    svg = picture(sample, 1)
    assert texts(svg, "deed") == ["can run", "drizzle-kit empties the database that", "DATABASE_URL names"]
    tops = [int(each.get("y")) for each in svg.iter("rect")]
    assert tops[2] - tops[1] > tops[1] - tops[0]
    test = sample.nine_second_test
    loss = test.agents[0].destroys[0]
    wordy = loss.path[0].model_copy(update={"edge": "word " * 400})
    agent = test.agents[0].model_copy(update={"destroys": (loss.model_copy(update={"path": (wordy,)}),)})
    result = sample.model_copy(update={"nine_second_test": test.model_copy(update={"agents": (agent,)})})
    assert len(texts(picture(result), "deed")) == 2
    assert texts(picture(result), "deed")[1].endswith("…")


def test_what_nobody_saw_is_a_broken_line(sample):
    svg = picture(sample, 1)
    assert [each.get("class") for each in svg.iter("path")] == ["line sure", "line doubt"]
    assert texts(svg, "seen")[1] == "unknown package.json:9"
    assert texts(svg, "sort")[-1] == "may be lost"


def test_a_leak_is_three_legs_that_lead_into_one(sample):
    svg = leak(sample)
    assert texts(svg, "sort") == [
        "private data, declared",
        "untrusted content, proven",
        "a way out, assumed",
        "may leak",
    ]
    assert texts(svg, "name") == [
        "MCP server billing",
        "text that strangers write",
        "any host",
        "MCP server billing",
    ]
    assert [each.get("class") for each in svg.iter("path")] == ["line sure", "line sure", "line doubt"]


@pytest.mark.parametrize("draw", [picture, leak])
def test_a_screen_reader_hears_the_whole_path(draw, sample):
    svg = draw(sample)
    assert svg.get("role") == "img"
    named = [svg.get("aria-labelledby"), svg.get("aria-describedby")]
    ids = {each.get("id"): "".join(each.itertext()) for each in svg.iter() if each.get("id")}
    assert [*ids] == named
    title, told = ids.values()
    assert title.startswith(("How Cursor gets to railway:volume:*", "How Claude Code can be talked into"))
    for wanted in ("proven", "unasked"):
        assert wanted in told


def test_a_long_name_is_clipped_in_the_picture_and_whole_in_the_list(sample):
    long = "file:" + "deep/" * 60 + "secrets.env"
    test = sample.nine_second_test
    loss = test.agents[0].destroys[0]
    path = (loss.path[0], loss.path[1].model_copy(update={"node": long}), loss.path[2])
    agent = test.agents[0].model_copy(update={"destroys": (loss.model_copy(update={"path": path}),)})
    result = sample.model_copy(update={"nine_second_test": test.model_copy(update={"agents": (agent,)})})
    shown = texts(picture(result), "name")[1]
    assert len(shown) <= 42
    assert shown.startswith("deep/")
    assert shown.endswith("secrets.env")
    assert f'<bdi class="name">{long.removeprefix("file:")}</bdi>' in render(result, Style())


@pytest.mark.parametrize(
    "hostile",
    [
        "</svg><script>alert(1)</script>",
        '" onload="alert(1)',
        "{{ 7*7 }}",
        "\x1b\u202e\udcff\x00",
        "{0}{title}",
        "W" * 900,
    ],
)
def test_no_value_becomes_markup(hostile, poisoned):
    result = poisoned(hostile)
    for svg in (picture(result), leak(result)):
        assert {each.tag for each in svg.iter()} <= SVG
        assert {name for each in svg.iter() for name in each.attrib} <= {
            *(
                "class",
                "role",
                "aria-labelledby",
                "aria-describedby",
                "id",
                "viewBox",
                "width",
                "height",
                "x",
                "y",
                "rx",
                "d",
            ),
        }
        assert all(re.fullmatch(r"[MHVvlm0-9 -]+", each.get("d")) for each in svg.iter("path"))
        assert visible(hostile)[:20] in "".join(svg.find("desc").itertext())


def many(result, losses, leaks):
    test = result.nine_second_test
    agent = test.agents[1].model_copy(
        update={
            "destroys": tuple(
                test.agents[1].destroys[0].model_copy(update={"resource": f"db-{number}"}) for number in range(losses)
            ),
            "leaks": tuple(
                test.agents[1].leaks[0].model_copy(update={"what": f"rows-{number}"}) for number in range(leaks)
            ),
        }
    )
    return result.model_copy(update={"nine_second_test": test.model_copy(update={"agents": (agent,)})})


@pytest.mark.parametrize(
    ("losses", "leaks", "drawn"), [(3, 2, 5), (40, 0, 25), (40, 1, 25), (40, 40, 25), (5, 40, 25), (0, 3, 3), (0, 0, 0)]
)
def test_the_worst_paths_have_pictures_the_others_are_lists(losses, leaks, drawn, sample):
    text = render(many(sample, losses, leaks), Style())
    assert text.count('<svg class="picture"') == drawn
    assert text.count('<details class="loss"') == losses + leaks


def test_thousands_of_paths_stay_within_the_size_of_a_page(sample):
    text = render(many(sample, 3000, 3000), Style())
    assert len(text.encode()) < 3_000_000
    assert "2,750 more resources within reach" in text
    assert "2,750 more leaks" in text


def test_thousands_of_incidents_stay_within_the_size_of_a_page(sample):
    incidents = tuple(
        sample.replay[0].model_copy(update={"id": f"INC-{number}", "target": f"t{number}"}) for number in range(5000)
    )
    text = render(sample.model_copy(update={"replay": incidents}), Style())
    assert len(text.encode()) < 3_000_000
    assert "4,500 more lines" in text


def test_the_page_holds_the_plan_with_its_workings_and_the_replay_with_its_steps(sample):
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", render(sample, Style()), flags=re.DOTALL)
    text = " ".join(text.split())
    for wanted in (
        "Cheapest cut : 2 controls, $1.60 a month, 2.5 h, score 27.8% → 55%",
        "secrets × price; secrets = 4, price = 0.4",
        "1 LP-011 No file an agent can find holds a usable credential critical against proven paths $1.60 2 h",
        "What no control cuts the secrets in .env",
        "Prices as of: 2026-02-01",
        "Replay : 1 of 3 documented incidents stands open, 1 undetermined: INC-01",
        "blocked by LP-027",
        "needs agent.shell=unrestricted: found (.cursor/cli.json:1)",
        "leak Claude Code may be talked into sending MCP server billing away in acme/payments.",
    ):
        assert wanted in text
