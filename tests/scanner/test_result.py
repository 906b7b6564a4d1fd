"""The Result: a document that means the same wherever it is read again."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from remit.audit import Request
from remit.demo import write_demo
from remit.errors import ReportError
from remit.outcome import timestamp
from remit.policy.loader import load_policy
from remit.reporting import json_safe
from remit.result import SCHEMA, Result, load_result, schema, scores_out
from remit.scan import scan

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    directory = tmp_path_factory.mktemp("result") / "demo"
    return scan(Request(write_demo(directory), load_policy(directory / "policy.toml", now=NOW), NOW, cache=False))


def test_a_result_read_again_is_the_same_to_the_byte(result):
    text = result.to_json()
    assert load_result(text, "stored").to_json() == text
    assert load_result(text, "stored") == result


def test_a_result_fits_its_schema(result):
    document = schema()
    jsonschema.Draft202012Validator.check_schema(document)
    jsonschema.validate(json.loads(result.to_json()), document, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("verdict"),
        lambda data: data.update(schema="remit.result/2"),
        lambda data: data.update(verdict="fine"),
        lambda data: data["findings"][0].update(status="ok"),
        lambda data: data["findings"][0].pop("fingerprint"),
        lambda data: data["nine_second_test"].update(verdict="maybe"),
        lambda data: data["scores"]["backup"]["counts"].update({"pass": "many"}),
        lambda data: data["gaps"].append({"path": "x"}),
    ],
)
def test_the_schema_and_the_reader_refuse_the_same(result, spoil):
    data = json.loads(result.to_json())
    spoil(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema(), cls=jsonschema.Draft202012Validator)
    with pytest.raises(ReportError, match=r"stored\.json"):
        load_result(json.dumps(data), "stored.json")


def test_the_keys_of_the_contract_are_there_and_in_order(result):
    data = json.loads(result.to_json())
    order = ["schema", "tool", "now", "targets", "policy", "verdict", "scores", "nine_second_test", "findings", "gaps"]
    assert [key for key in data if key in order] == order
    assert data["schema"] == SCHEMA
    assert list(data["tool"])[:3] == ["name", "version", "checks"]
    assert {"name", "version", "digest", "sources"} <= set(data["policy"])
    assert data["policy"]["digest"].startswith("sha256:")
    assert list(data["scores"]) == ["least-privilege", "backup", "sandbox", "monitoring", "response", "overall"]
    for score in data["scores"].values():
        assert {"proven", "possible", "coverage", "counts"} <= set(score)
        assert set(score["counts"]) == {"pass", "fail", "unknown", "not-applicable", "waived", "error"}
    for finding in data["findings"]:
        assert {"fingerprint", "control", "slug", "title", "dimension", "severity", "status", "target", "subject", "message",
                "sources", "remedies", "frameworks", "waiver"} <= set(finding)  # fmt: skip
        assert {"kind", "name"} == set(finding["subject"])
    for agent in data["nine_second_test"]["agents"]:
        assert {"agent", "assumed", "target", "destroys"} <= set(agent)
        for lost in agent["destroys"]:
            assert {"resource", "survivors", "verdict", "path", "cut_by"} <= set(lost)
            assert all({"node", "edge", "evidence"} <= set(step) for step in lost["path"])
    assert any(agent["destroys"] for agent in data["nine_second_test"]["agents"])


def test_every_failure_names_a_place_and_a_remedy(result):
    failed = [finding for finding in result.findings if finding.status == "fail"]
    assert len(failed) >= 20
    assert all(finding.sources and finding.remedies for finding in failed)


def test_a_key_that_a_later_version_adds_is_kept(result):
    data = json.loads(result.to_json())
    data["future"] = {"deep": [1, "x", None]}
    data["findings"][0]["future"] = True
    again = json.loads(load_result(json.dumps(data), "stored").to_json())
    assert again["future"] == {"deep": [1, "x", None]}
    assert again["findings"][0]["future"] is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"remit.result/1"',
        "{}",
        '{"schema": "remit.inventory/1"}',
        '{"schema": "remit.result/1"}',
        '{"schema": ["remit.result/1"]}',
        "\ufeff{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 5000,
        '{"schema": "remit.result/1", "scores": NaN}',
        '{"schema": "remit.result/1", "now": Infinity}',
        "\0",
        "<html>",
    ],
)
def test_what_is_no_result_is_refused_in_one_line(text):
    with pytest.raises(ReportError) as caught:
        load_result(text, "stored.json")
    assert str(caught.value).startswith("stored.json: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("value", [json.loads("[" * 400 + "]" * 400), {"\ud800": 1}])
def test_what_could_not_be_written_again_is_refused(result, value):
    data = json.loads(result.to_json())
    data["findings"][0]["extra"] = value
    with pytest.raises(ReportError, match=r"stored.json: "):
        load_result(json.dumps(data), "stored.json")


def test_half_a_character_is_kept_as_the_escape_it_was(result):
    data = json.loads(result.to_json())
    data["findings"][0]["extra"] = "\ud800"
    text = json_safe(load_result(json.dumps(data), "stored.json").to_json())
    assert json.loads(text.encode("utf-8"))["findings"][0]["extra"] == "\ud800"


def test_a_value_of_the_file_is_not_repeated_in_the_refusal(result):
    data = json.loads(result.to_json())
    data["findings"][0]["severity"] = "hunter2-hunter2"
    with pytest.raises(ReportError) as caught:
        load_result(json.dumps(data), "stored.json")
    assert "findings.0.severity" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("moment", "text"),
    [("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00Z"), ("2026-11-21T23:30:00.9-02:00", "2026-11-22T01:30:00Z")],
)
def test_times_are_in_utc_to_the_second(moment, text):
    assert timestamp(datetime.fromisoformat(moment)) == text


def test_no_verdicts_have_no_score():
    scores = scores_out([])
    assert {(each.proven, each.possible, each.coverage) for each in scores.values()} == {(None, None, None)}
    assert {sum(each.counts.values()) for each in scores.values()} == {0}


def test_the_parts_of_a_result_cannot_be_changed(result):
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="frozen"):
        result.verdict = "meets"
    assert isinstance(result, Result)
