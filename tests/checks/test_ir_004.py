"""IR-004: every incident with an agent is reviewed in time."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit_checks.response.post_incident_review import post_incident_review as ir_004


@pytest.mark.parametrize("hours", [48, 24])
def test_no_file_can_tell(facts: Any, hours: int) -> None:
    found = facts.one(ir_004, facts.agent(), policy={"ir.review_hours": hours})
    assert (found.status, f"within {hours} hours" in found.verdict.message) == ("unknown", True)
    assert found.verdict.sources == facts.agent().sources
    template, attested = found.verdict.remedies
    assert (template.kind, template.path) == ("edit", "docs/incidents/TEMPLATE.md")
    assert f"at most {hours} hours later" in template.body
    assert tomllib.loads(attested.body)["attestations"][0]["control"] == "IR-004"


def test_where_no_agent_is_used(facts: Any) -> None:
    assert facts.one(ir_004).status == "not-applicable"


@pytest.mark.parametrize(
    ("on", "days", "answer"),
    [("2026-11-01", 90, "pass"), ("2026-11-01", 5, "unknown"), ("2026-12-01", 90, "unknown")],
)
def test_only_somebody_who_was_there_can_say_so(facts: Any, on: str, days: int, answer: str) -> None:
    said = {"control": "IR-004", "by": "Ada", "on": on, "valid_days": days, "evidence": "TICKET-1"}
    assert facts.one(ir_004, facts.agent(), policy={"attestations": (said,)}).status == answer
