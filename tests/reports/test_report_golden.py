"""Whole reports, compared byte by byte with stored ones.

REMIT_GOLDEN=write rewrites the stored reports; read the difference before keeping it.
"""

import json
import os
from pathlib import Path

import pytest

from remit.registry import discover
from remit.reporting import Report, Style
from remit.result import load_result

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "sample.txt": ("terminal", Style()),
    "sample-color.txt": ("terminal", Style(color=True)),
    "sample-ascii.txt": ("terminal", Style(ascii=True, width=80)),
    "sample-verbose.txt": ("terminal", Style(verbose=True)),
    "sample.md": ("markdown", Style()),
    "sample.html": ("html", Style()),
    "sample.json": ("json", Style()),
}


def reports():
    return {report.name: report for report in discover("remit.reports", Report, lambda report: report.name)}


def test_the_formats_of_this_house_are_found():
    found = reports()
    assert {"terminal", "json", "html", "markdown"} <= set(found)
    assert [found[name].suffix for name in ("terminal", "json", "html", "markdown")] == [
        ".txt",
        ".json",
        ".html",
        ".md",
    ]


@pytest.mark.parametrize("name", CASES)
def test_report_is_the_stored_one(name, sample):
    format, style = CASES[name]
    text = reports()[format].render(sample, style)
    stored = GOLDEN / name
    if os.environ.get("REMIT_GOLDEN") == "write":
        stored.write_bytes(text.encode())
    assert text.encode() == stored.read_bytes(), f"{name} differs; REMIT_GOLDEN=write pytest {__file__} rewrites it"


@pytest.mark.parametrize("format", ["terminal", "json", "html", "markdown"])
def test_same_result_same_bytes_whatever_the_order_of_what_is_a_set(format, sample):
    report = reports()[format]
    text = report.render(sample, Style())
    assert text == report.render(load_result(sample.to_json(), "again"), Style())
    assert text.endswith("\n")
    assert "\r" not in text
    if format != "json":
        turned = sample.model_copy(update={"findings": sample.findings[::-1]})
        assert text == report.render(turned, Style())


@pytest.mark.parametrize("format", ["terminal", "json", "html", "markdown"])
@pytest.mark.parametrize("verdict", ["survives", "unknown", "no-agent"])
def test_every_verdict_of_the_test_renders_with_nothing_found(format, verdict, changed):
    result = changed(
        nine_second_test={"verdict": verdict, "reason": "as was seen", "agents": []},
        findings=[],
        gaps=[],
        notes=[],
        controls=[],
        verdict="meets",
        scores={
            name: {"proven": None, "possible": None, "coverage": None, "counts": {}} for name in ("backup", "overall")
        },
    )
    text = reports()[format].render(result, Style(verbose=True))
    assert verdict.replace("-", " ") in text.lower().replace("-", " ")
    assert "as was seen" in text.lower()


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


def test_json_holds_a_name_that_is_not_unicode(changed):
    result = changed(notes=["caf\udce9.sh"])
    text = reports()["json"].render(result, Style())
    assert "caf\\udce9.sh" in text.encode().decode()
    assert load_result(text, "again").notes == result.notes
