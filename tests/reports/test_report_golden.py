"""Whole reports, compared byte by byte with stored ones.

REMIT_GOLDEN=write rewrites the stored reports; read the difference before keeping it.
"""

import json
import os
from pathlib import Path

import pytest

from remit.reporting import Style, reports
from remit.result import load_result

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "sample.txt": ("result", "terminal", Style()),
    "sample-color.txt": ("result", "terminal", Style(color=True)),
    "sample-ascii.txt": ("result", "terminal", Style(ascii=True, width=80)),
    "sample-verbose.txt": ("result", "terminal", Style(verbose=True)),
    "sample.md": ("result", "markdown", Style()),
    "sample.html": ("result", "html", Style()),
    "sample.json": ("result", "json", Style()),
    "reach.txt": ("reach", "terminal", Style()),
    "reach-color.txt": ("reach", "terminal", Style(color=True)),
    "reach-verbose-ascii.txt": ("reach", "terminal", Style(ascii=True, width=80, verbose=True)),
    "reach.md": ("reach", "markdown", Style()),
    "reach.json": ("reach", "json", Style()),
    "replay.txt": ("replay", "terminal", Style()),
    "replay-verbose-ascii.txt": ("replay", "terminal", Style(ascii=True, width=80, verbose=True)),
    "replay.md": ("replay", "markdown", Style()),
    "replay.json": ("replay", "json", Style()),
}
FORMATS = [
    ("result", "terminal"), ("result", "json"), ("result", "html"), ("result", "markdown"),
    *((document, name) for document in ("reach", "replay") for name in ("terminal", "json", "markdown")),
]  # fmt: skip


def test_the_formats_of_this_house_are_found():
    assert set(reports()) >= {"terminal", "json", "html", "markdown"}
    assert set(reports("reach")) >= {"terminal", "json", "markdown"}
    assert set(reports("replay")) >= {"terminal", "json", "markdown"}
    suffixes = {"terminal": ".txt", "json": ".json", "html": ".html", "markdown": ".md"}
    for document, name in FORMATS:
        found = reports(document)[name]
        assert (found.document, found.name, found.suffix) == (document, name, suffixes[name])
        assert found.key == f"{document} {name}"


@pytest.mark.parametrize("name", CASES)
def test_report_is_the_stored_one(name, sample):
    document, format, style = CASES[name]
    text = reports(document)[format].render(sample, style)
    stored = GOLDEN / name
    if os.environ.get("REMIT_GOLDEN") == "write":
        stored.write_bytes(text.encode())
    assert text.encode() == stored.read_bytes(), f"{name} differs; REMIT_GOLDEN=write pytest {__file__} rewrites it"


@pytest.mark.parametrize(("document", "format"), FORMATS)
def test_same_result_same_bytes_whatever_the_order_of_what_is_a_set(document, format, sample):
    report = reports(document)[format]
    text = report.render(sample, Style())
    assert text == report.render(load_result(sample.to_json(), "again"), Style())
    assert text.endswith("\n")
    assert "\r" not in text
    if format != "json":
        test = sample.nine_second_test
        agents = [each.model_copy(update={"destroys": each.destroys[::-1]}) for each in test.agents[::-1]]
        turned = sample.model_copy(
            update={
                "findings": sample.findings[::-1],
                "replay": sample.replay[::-1],
                "nine_second_test": test.model_copy(update={"agents": tuple(agents)}),
            }
        )
        assert text == report.render(turned, Style())


@pytest.mark.parametrize(("document", "format"), FORMATS)
@pytest.mark.parametrize("verdict", ["survives", "unknown", "no-agent"])
def test_every_verdict_of_the_test_renders_with_nothing_found(document, format, verdict, changed):
    result = changed(
        nine_second_test={"verdict": verdict, "reason": "as was seen", "agents": []},
        findings=[],
        gaps=[],
        notes=[],
        controls=[],
        plan={},
        replay=[],
        verdict="meets",
        scores={
            name: {"proven": None, "possible": None, "coverage": None, "counts": {}} for name in ("backup", "overall")
        },
    )
    text = reports(document)[format].render(result, Style(verbose=True)).lower()
    if document == "replay":
        assert "holds no replay" in text
        return
    assert verdict.replace("-", " ") in text.replace("-", " ")
    assert "as was seen" in text
    if format != "json":
        assert "nothing to cut: no loss and no leak is within" in text


@pytest.mark.parametrize(("document", "format"), FORMATS)
@pytest.mark.parametrize("verbose", [False, True])
def test_a_result_from_before_plans_replays_and_grades_still_renders(document, format, verbose, bygone):
    text = reports(document)[format].render(bygone, Style(verbose=verbose))
    assert "3 targets" in text or "acme/shop" in text
    if document == "reach":
        assert "it was merged from several, or stored by a version that made none" in " ".join(text.split())
        assert "package.json:9" in text
    if document == "replay":
        assert "it was stored by a version that made none" in " ".join(text.split())
    if document == "result" and format != "json":
        assert "cheapest cut" not in text.lower()
        assert "incidents stand" not in text


@pytest.mark.parametrize(("document", "format"), [each for each in FORMATS if each[1] != "json"])
def test_what_rests_on_an_assumption_says_so_before_all_the_rest(document, format, sample, supposed):
    render = reports(document)[format].render
    said = "WHAT IF: SB-001=pass; nothing below describes a real state"
    text = render(supposed, Style())
    assert said in text
    assert said not in render(sample, Style())
    body = text[text.index("<main") :] if format == "html" else text
    first = next(line for line in body.splitlines() if line.strip() and "<main" not in line)
    assert said in first


def test_json_is_the_result_and_fits_its_schema(sample):
    from jsonschema import Draft202012Validator

    from remit.result import schema

    text = reports()["json"].render(sample, Style())
    assert text == sample.to_json()
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(json.loads(text))


def test_json_keeps_every_value_and_shows_no_terminal_what_it_must_not_see(poisoned):
    result = poisoned("\x9b31m\u202e\U000e0041")
    text = reports()["json"].render(result, Style())
    assert not set(text) & set("\x9b\u202e\U000e0041")
    assert load_result(text, "again") == result
    for document in ("reach", "replay"):
        assert not set(reports(document)["json"].render(result, Style())) & set("\x9b\u202e\U000e0041")


def test_json_holds_a_name_that_is_not_unicode(changed):
    result = changed(notes=["caf\udce9.sh"])
    text = reports()["json"].render(result, Style())
    assert "caf\\udce9.sh" in text.encode().decode()
    assert load_result(text, "again").notes == result.notes
