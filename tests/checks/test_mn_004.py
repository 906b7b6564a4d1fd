"""MN-004: tool calls are recorded where the agent cannot reach."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.agent import Audit
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Source, Unknown
from remit.policy.model import Policy
from remit_checks.monitoring.toolcall_audit_stream import toolcall_audit_stream as mn_004

SINKS = {"monitoring.sinks": ("otel.acme.com", "*.siem.acme.com")}
OPEN = Unknown("settings.json could not be read")

TABLE: tuple[tuple[str, Audit, dict[str, Any], str, str], ...] = (
    ("on the list", Audit(True, "otel.acme.com", True), SINKS, "pass", "otel.acme.com"),
    ("by a pattern", Audit(True, "eu.siem.acme.com", True), SINKS, "pass", "eu.siem.acme.com"),
    (
        "a stranger's",
        Audit(True, "collect.example.net", True),
        SINKS,
        "fail",
        "not among the policy's monitoring.sinks",
    ),
    ("a stranger's, details unknown", Audit(True, "collect.example.net", OPEN), SINKS, "fail", "not among"),
    ("a local one", Audit(True, "localhost", True), SINKS, "fail", "localhost"),
    ("without details", Audit(True, "otel.acme.com", False), SINKS, "fail", "without what was run"),
    ("details unknown", Audit(True, "otel.acme.com", OPEN), SINKS, "unknown", "could not be read"),
    ("nowhere", Audit(True, None, True), SINKS, "fail", "sends its record nowhere"),
    ("off", Audit(False, None), SINKS, "fail", "keeps no record outside its machine"),
    ("unreadable", Audit(OPEN, None), SINKS, "unknown", "could not be read"),
    ("no list", Audit(True, "otel.acme.com", True), {}, "unknown", "list it under monitoring.sinks"),
    ("no list and no details", Audit(True, "otel.acme.com", False), {}, "fail", "without what was run"),
    ("no list and off", Audit(False, None), {}, "fail", "keeps no record"),
)


@pytest.mark.parametrize(("name", "audit", "policy", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_record(facts: Any, name: str, audit: Audit, policy: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(mn_004, facts.agent({"audit": audit}), policy=policy)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_assumed_agent_is_unknown(facts: Any) -> None:
    assert facts.one(mn_004, assumed_agent(), policy=SINKS).status == "unknown"


def test_without_agents_there_is_nothing_to_record(facts: Any) -> None:
    assert [each.status for each in facts.judge(mn_004)] == ["not-applicable"]


def test_the_place_of_the_setting_comes_first(facts: Any) -> None:
    place = Source(".claude/settings.json", 9, "agents")
    found = facts.one(mn_004, facts.agent({"audit": Audit(False, None, False, place)}), policy=SINKS)
    assert found.verdict.sources[0] == place


def test_an_attestation_decides_the_unknown_only(facts: Any) -> None:
    said = {"control": "MN-004", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    policy = {**SINKS, "attestations": (said,)}
    assert facts.one(mn_004, assumed_agent(), policy=policy).status == "pass"
    assert facts.one(mn_004, facts.agent(), policy=policy).status == "fail"


@pytest.mark.parametrize(
    ("agent", "path", "standing"),
    [("claude-code", ".claude/settings.json", "tracked"), ("codex", "~/.codex/config.toml", "machine")],
)
def test_the_setting_of_the_remedy_mends_it(facts: Any, agent: str, path: str, standing: Any) -> None:
    """The lines go through the agent's own reader."""
    remedy = facts.one(mn_004, facts.agent(agent=agent), policy=SINKS).verdict.remedies[0]
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", path, True)
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode(), standing)))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(mn_004, *read, policy=SINKS).status == "pass"


@pytest.mark.parametrize(
    ("agent", "kind", "path"),
    [
        ("codex", "edit", "~/.codex/config.toml"),
        ("gemini-cli", "edit", ".gemini/settings.json"),
        ("cursor", "manual", ""),
        ("goose", "manual", ""),
    ],
)
def test_every_agent_gets_a_way_out(facts: Any, agent: str, kind: str, path: str) -> None:
    remedy = facts.one(mn_004, facts.agent(agent=agent), policy=SINKS).verdict.remedies[0]
    assert (remedy.kind, remedy.path) == (kind, path)
    assert "otel.acme.com" in remedy.body
    assert "SINK" not in remedy.body
