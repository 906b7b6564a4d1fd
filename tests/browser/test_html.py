"""The page in a real browser: quiet, alone, readable at every size."""

import base64
from pathlib import Path

import pytest

from remit.reporting import Style
from remit.result import load_result
from remit_reports.html import render

STORED = Path(__file__).parents[1] / "reports" / "golden" / "sample.json"
SCREENS = [(1280, 900, False), (768, 1024, False), (400, 860, True), (390, 844, True)]


@pytest.fixture(scope="module")
def page(tmp_path_factory, browser):
    place = tmp_path_factory.mktemp("page") / "report.html"
    place.write_text(render(load_result(STORED.read_text(encoding="utf-8"), "sample"), Style()), encoding="utf-8")
    browser.screen(1280, 900)
    browser.open(place)
    return place


def test_it_loads_without_a_complaint_or_a_request(browser, page):
    assert browser.ask("document.readyState") == "complete"
    assert browser.told("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown") == []
    assert [each["request"]["url"] for each in browser.told("Network.requestWillBeSent")] == [page.as_uri()]


def test_the_style_is_the_one_that_the_content_policy_lets_in(browser, page):
    assert browser.ask("document.styleSheets.length") == 1
    assert browser.ask("getComputedStyle(document.querySelector('.hero')).borderTopWidth") == "1px"


@pytest.mark.parametrize(("width", "height", "mobile"), SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_screen_holds_the_verdict_and_nothing_runs_off(width, height, mobile, scheme, browser, page):
    browser.screen(width, height, scheme, mobile=mobile)
    box = browser.ask("(({top, bottom}) => [top, bottom])(document.querySelector('#verdict').getBoundingClientRect())")
    assert 0 <= box[0] < box[1] <= height
    assert "no copy survives" in browser.ask("document.querySelector('#verdict').innerText")
    assert browser.ask("document.documentElement.scrollWidth") <= width
    dark = browser.ask("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in dark[4:-1].split(",")) < 384) == (scheme == "dark")


def test_the_first_screen_of_a_desk_holds_path_and_scores(browser, page):
    browser.screen(1280, 900)
    for part in (".hero .chain .end", ".scores tfoot", ".facts"):
        assert browser.ask(f"document.querySelector('{part}').getBoundingClientRect().bottom") <= 900


def test_a_link_into_a_closed_part_opens_it(browser, page):
    browser.screen(1280, 900)
    closed = "document.querySelector('details.settled tr[id]')"
    assert browser.ask(f"{closed}.closest('details').open") is False
    name = browser.ask(f"{closed}.id")
    browser.tell("Page.navigate", url=f"{page.as_uri()}#{name}")
    assert browser.ask(f"document.getElementById('{name}').closest('details').open") is True


def test_it_prints_with_everything_unfolded(browser, page):
    printed = browser.tell("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
    assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    browser.tell("Emulation.setEmulatedMedia", media="print")
    unseen = "[...document.querySelectorAll('details pre, details .picture, details .path')].filter(each => !each.getClientRects().length).length"
    assert browser.ask(unseen) == 0
    browser.tell("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize(("width", "height", "mobile"), SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_paths_are_whole_and_their_letters_can_be_read(width, height, mobile, scheme, browser, page):
    browser.screen(width, height, scheme, mobile=mobile)
    browser.ask("document.querySelectorAll('details').forEach(each => each.open = true)")
    boxes = browser.ask(
        "[...document.querySelectorAll('.picture')].map(each => { const r = each.getBoundingClientRect();"
        " return [r.left, r.right, r.width, r.height] })"
    )
    assert len(boxes) == 4
    assert all(0 <= left < right <= width for left, right, _, _ in boxes)
    assert all(wide >= 300 for _, _, wide, _ in boxes)
    size = (
        "Math.min(...[...document.querySelectorAll('.picture text')].map(each => each.getBoundingClientRect().height))"
    )
    assert browser.ask(size) >= 10
    over = (
        "[...document.querySelectorAll('.picture text')].filter(each => each.getBoundingClientRect().right >"
        " each.closest('svg').getBoundingClientRect().right).length"
    )
    assert browser.ask(over) == 0
    assert browser.ask("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_take_their_colours_from_the_style_sheet(scheme, browser, page):
    browser.screen(1280, 900, scheme)
    fill = browser.ask("getComputedStyle(document.querySelector('.picture text')).fill")
    ground = browser.ask("getComputedStyle(document.querySelector('.picture .box')).fill")
    light, dark = (sum(int(part) for part in color[4:-1].split(",")) for color in (fill, ground))
    assert (light > dark) == (scheme == "dark")
    assert abs(light - dark) > 384


def test_a_screen_reader_is_told_each_picture_by_name(browser, page):
    browser.screen(1280, 900)
    tree = browser.tell("Accessibility.getFullAXTree")["nodes"]
    images = [each for each in tree if each["role"]["value"] in ("image", "img") and not each["ignored"]]
    names = [each["name"]["value"] for each in images]
    assert "How Cursor gets to railway:volume:*" in names
    assert "How Claude Code can be talked into sending MCP server billing away" in names
    assert any("holds a Railway account token" in each.get("description", {}).get("value", "") for each in images)


def test_what_rests_on_an_assumption_says_so_on_the_first_screen(browser, page, tmp_path):
    result = load_result(STORED.read_text(encoding="utf-8"), "sample")
    place = tmp_path / "supposed.html"
    supposed = result.model_copy(update={"assumptions": ("SB-001=pass",)})
    place.write_text(render(supposed, Style()), encoding="utf-8")
    browser.screen(400, 860, mobile=True)
    browser.open(place)
    banner = browser.ask("(r => [r.top, r.bottom])(document.querySelector('.whatif').getBoundingClientRect())")
    assert 0 <= banner[0] < banner[1] <= 300
    assert browser.ask("document.title").startswith("What if: Lost")
    browser.open(page)
