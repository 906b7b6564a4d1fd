"""IR-003: an agent's incident reaches a channel, the rota and an executive."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Source
from remit_checks.response.escalation_path import escalation_path as ir_003

WHOLE = ("#incidents", "on-call rota", "CTO")


@pytest.mark.parametrize(
    ("path", "answer", "words"),
    [
        ((), "unknown", "names nobody whom an agent's incident reaches within 15 minutes"),
        (WHOLE[:1], "fail", "stops short: #incidents; it takes a channel, a rota, an executive"),
        (WHOLE[:2], "fail", "#incidents → on-call rota"),
        (WHOLE, "unknown", "was tried, and reached the last within 15 minutes, is not recorded"),
        ((*WHOLE, "CEO"), "unknown", "CEO"),
    ],
)
def test_the_declared_path(facts: Any, path: tuple[str, ...], answer: str, words: str) -> None:
    found = facts.one(ir_003, facts.agent(), policy={"ir.escalation": path})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources == facts.agent().sources
    assert found.verdict.remedies


def test_the_minutes_and_the_place_are_the_policys(facts: Any) -> None:
    place = Source("policy.toml", 30, "policy")
    policy, origins = {"ir.escalation_minutes": 5}, {"ir.escalation": place}
    found = facts.one(ir_003, facts.agent(), policy=policy, origins=origins)
    assert ("within 5 minutes" in found.verdict.message, found.verdict.sources) == (True, facts.agent().sources)
    found = facts.one(ir_003, facts.agent(), policy={**policy, "ir.escalation": WHOLE[:2]}, origins=origins)
    assert (found.status, found.verdict.sources) == ("fail", (place,))


@pytest.mark.parametrize(("path", "answer"), [((), "pass"), (WHOLE, "pass"), (WHOLE[:2], "fail")])
def test_a_test_that_somebody_attests(facts: Any, path: tuple[str, ...], answer: str) -> None:
    said = {"control": "IR-003", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    policy = {"ir.escalation": path, "attestations": (said,)}
    assert facts.one(ir_003, facts.agent(), policy=policy).status == answer


def test_where_no_agent_is_used(facts: Any) -> None:
    assert facts.one(ir_003, policy={"ir.escalation": WHOLE[:1]}).status == "not-applicable"


@pytest.mark.parametrize("path", [(), ('#"x"\\',), WHOLE[:2]])
def test_the_remedy_completes_the_path(facts: Any, path: tuple[str, ...]) -> None:
    remedy = facts.one(ir_003, facts.agent(), policy={"ir.escalation": path}).verdict.remedies[0]
    written = tuple(tomllib.loads(remedy.body)["ir"]["escalation"])
    assert (len(written), written[: len(path)]) == (3, path)
    assert facts.one(ir_003, facts.agent(), policy={"ir.escalation": written}).status == "unknown"
