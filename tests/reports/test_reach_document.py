"""The documents of reach and replay: their shape, their schema, and what they say of what they do not know."""

import json

import pytest
from jsonschema import Draft202012Validator

from remit.reach_document import reach_document, reach_schema, replay_document, replay_schema
from remit.reporting import Style, reports

PARTS = {"reach": (reach_document, reach_schema), "replay": (replay_document, replay_schema)}


@pytest.mark.parametrize("document", PARTS)
@pytest.mark.parametrize("name", ["sample", "supposed", "bygone"])
def test_a_document_fits_its_schema(document, name, request):
    build, schema = PARTS[document]
    result = request.getfixturevalue(name)
    Draft202012Validator.check_schema(schema())
    text = reports(document)["json"].render(result, Style())
    Draft202012Validator(schema()).validate(json.loads(text))
    assert text == build(result).to_json()
    assert json.loads(text)["schema"] == schema()["$id"] == f"remit.{document}/1"


def test_the_schema_refuses_another_document(sample):
    reach = json.loads(reach_document(sample).to_json())
    assert not Draft202012Validator(replay_schema()).is_valid(reach)
    assert not Draft202012Validator(reach_schema()).is_valid({**reach, "schema": "remit.result/1"})


def test_keys_come_in_the_order_of_the_contract(sample):
    common = ["schema", "tool", "now", "targets", "policy", "assumptions"]
    reach, replay = (json.loads(build(sample).to_json()) for build, _ in PARTS.values())
    assert list(reach) == [*common, "nine_second_test", "plan", "plan_unknown", "gaps", "notes"]
    assert list(replay) == [
        *(*common, "healthy_depth", "healthy_depth_unknown"),
        *("incidents", "incidents_unknown", "gaps", "notes"),
    ]


def test_they_hold_what_the_result_holds(sample):
    whole = json.loads(sample.to_json())
    reach, replay = (json.loads(build(sample).to_json()) for build, _ in PARTS.values())
    for key in ("tool", "now", "targets", "policy", "assumptions", "gaps", "notes"):
        assert reach[key] == replay[key] == whole[key]
    assert (reach["nine_second_test"], reach["plan"]) == (whole["nine_second_test"], whole["plan"])
    assert (replay["incidents"], replay["healthy_depth"]) == (whole["replay"], 3)


def test_what_an_old_result_does_not_hold_is_unknown_not_nothing(bygone):
    reach, replay = reach_document(bygone), replay_document(bygone)
    assert reach.plan is None
    assert "no plan" in reach.plan_unknown
    assert (replay.incidents, replay.healthy_depth) == (None, None)
    assert "no replay" in replay.incidents_unknown
    assert "no replay" in replay.healthy_depth_unknown


def test_a_name_that_is_no_unicode_is_written_too(sample):
    odd = sample.model_copy(update={"notes": ("caf\udce9.sh",)})
    for document in PARTS:
        assert "caf\\udce9.sh" in reports(document)["json"].render(odd, Style())
