"""MN-006: somebody hears when an agent reaches for what it never used before."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit_checks.monitoring.anomaly_alert import anomaly_alert as mn_006


def _datadog(
    query: str = '"source:claude-code"', method: str = '"new_value"', notify: str = '["@ops"]', more: str = ""
) -> str:
    return f"""
resource "datadog_security_monitoring_rule" "first" {{
  name = "first seen"
  {more}
  query {{
    query = {query}
  }}
  case {{
    status        = "high"
    notifications = {notify}
  }}
  options {{
    detection_method = {method}
  }}
}}
"""


RULES: tuple[tuple[str, str, str, str], ...] = (
    ("on agents", _datadog(), "pass", "datadog_security_monitoring_rule.first fires"),
    ("on tool calls", _datadog('"@event.name:tool_result"'), "pass", "fires on what an agent never did"),
    ("on something else", _datadog('"source:nginx"'), "unknown", "nothing says that agents are meant"),
    ("on a user agent", _datadog('"@http.useragent:*"'), "unknown", "nothing says that agents are meant"),
    ("on a threshold", _datadog(method='"threshold"'), "unknown", "no rule on what an agent never did"),
    ("on a hidden method", _datadog(method="var.method"), "unknown", "no rule on what an agent never did"),
    ("for nobody", _datadog(notify="[]"), "unknown", "whom datadog_security_monitoring_rule.first notifies"),
    ("for a hidden somebody", _datadog(notify="var.people"), "unknown", "whom"),
    ("switched off", _datadog(more="enabled = false"), "unknown", "no rule on what an agent never did"),
    ("of another kind", 'resource "aws_vpc" "main" {}', "unknown", "one in a console cannot be seen"),
    (
        "in Kibana",
        'resource "elasticstack_kibana_security_detection_rule" "r" {\n  type = "new_terms"\n'
        '  query = "process: codex"\n  actions = [{ id = "pager" }]\n}',
        "pass",
        "elasticstack_kibana_security_detection_rule.r",
    ),
)


@pytest.mark.parametrize(("name", "text", "answer", "words"), RULES, ids=[row[0] for row in RULES])
def test_rules(facts: Any, name: str, text: str, answer: str, words: str) -> None:
    found = facts.one(mn_006, facts.agent(), *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_without_agents_there_is_nothing_to_watch(facts: Any) -> None:
    assert facts.one(mn_006).status == "not-applicable"
    assert facts.one(mn_006, assumed_agent()).status == "unknown"


def test_a_passing_rule_is_named_by_its_place(facts: Any) -> None:
    found = facts.one(mn_006, facts.agent(), *facts.terraform(_datadog()))
    assert [str(each) for each in found.verdict.sources] == ["infra/main.tf:2"]


def test_remedies(facts: Any) -> None:
    (attest,) = facts.one(mn_006, facts.agent()).verdict.remedies
    assert (attest.kind, 'control = "MN-006"' in attest.body) == ("manual", True)
    found = facts.one(mn_006, facts.agent(), *facts.terraform(_datadog(method='"threshold"')))
    rule = found.verdict.remedies[0]
    assert (rule.kind, rule.path) == ("iac", "infra/main.tf")
    assert facts.one(mn_006, facts.agent(), *facts.terraform(rule.body)).status == "pass"


def test_an_attestation_decides(facts: Any) -> None:
    said = {"control": "MN-006", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(mn_006, facts.agent(), policy={"attestations": (said,)}).status == "pass"
