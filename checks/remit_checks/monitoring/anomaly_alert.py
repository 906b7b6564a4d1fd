"""MN-006."""

from __future__ import annotations

import re
from collections.abc import Mapping

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, ok, skip, unknown
from remit_checks.backup.arguments import given, one
from remit_checks.monitoring.watchers import of_types, words_of
from remit_checks.sandbox.attest import attested
from remit_checks.terraform import listed

# Rules that fire on what was never seen before: the argument that says so, and the value that means it.
# Sources: the argument references of the Terraform providers datadog and elasticstack.
_FIRST_SEEN: Mapping[str, tuple[str, frozenset[str]]] = {
    "datadog_security_monitoring_rule": ("options.detection_method", frozenset(("new_value", "anomaly_detection"))),
    "elasticstack_kibana_security_detection_rule": ("type", frozenset(("new_terms", "machine_learning"))),
}
# Whom they tell; Kibana's rules carry actions of their own.
_TELLS: Mapping[str, str] = {
    "datadog_security_monitoring_rule": "case.notifications",
    "elasticstack_kibana_security_detection_rule": "actions",
}
_AGENTS = re.compile(
    r"(?<![a-z])(?:ai[ _.-]?agents?|agent[ _.-]?(?:name|id|tool)s?|coding[ _.-]agents?|claude|codex|cursor|gemini"
    r"|copilot|mcp|tool[ _.-]?(?:call|use|name|result)s?)(?![a-z])"
)
_RULE = """\
resource "datadog_security_monitoring_rule" "agent_first_seen" {
  name    = "An agent reaches what it never reached before"
  message = "Stop the agent, then look. @pagerduty-agents"
  enabled = true
  tags    = ["agents"]

  query {
    name            = "first_seen"
    query           = "source:claude-code @event.name:tool_result"
    aggregation     = "new_value"
    metrics         = ["@tool_name"]
    group_by_fields = ["@user.email"]
  }

  case {
    status        = "high"
    notifications = ["@pagerduty-agents"]
  }

  options {
    detection_method = "new_value"

    new_value_options {
      forget_after      = 28
      learning_duration = 7
    }
  }
}"""


@check(
    "MN-006",
    "anomaly-alert",
    severity="medium",
    frameworks={
        "owasp-agentic": ("ASI10", "ASI08"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0024", "AML.T0101"),
        "nist-800-53": ("SI-4", "SI-4(5)", "AU-6(1)"),
        "nist-csf": ("DE.CM-09", "DE.AE-02", "DE.AE-06"),
        "iso-27001": ("A.8.16",),
        "iso-42001": ("A.6.2.6",),
        "soc2": ("CC7.2", "CC7.3"),
        "cis": ("13.1", "13.11", "8.11"),
        "nist-ai-rmf": ("MEASURE 3.1", "MANAGE 4.1"),
        "eu-ai-act": ("26", "14"),
        "csa-aicm": ("LOG-03", "LOG-13"),
    },
    incidents=("INC-01",),
    attestable=True,
    needs=(IacModule,),
)
def anomaly_alert(graph: AccessGraph) -> Verdict:
    """Somebody hears when an agent reaches for a host, tool or credential that it never used before.

    A rule on destructive verbs knows the verbs that somebody thought of. A coding session that suddenly calls the
    interface of a hosting provider names none of them, and stands out all the same: no session did that before.

    Fix:
        Put a rule of the first-seen kind on the stream of tool calls, by agent and by host or tool, and let it notify
        people. Rules that are kept in a console have to be attested.
    """
    if not graph.agents:
        return skip("no agent is used here")
    rules = [each for each in of_types(graph, _FIRST_SEEN) if _fires_on_new(each)]
    watching = [each for each in rules if _AGENTS.search(words_of(each))]
    telling = [each for each in watching if _tells(each) is True]
    if telling:
        names = listed([each.address for each in telling])
        return ok(f"{names} fires on what an agent never did before", *(each.source for each in telling))
    return unknown(_why(rules, watching), *(each.source for each in watching or rules), remedies=_remedies(graph))


def _fires_on_new(rule: IacResource) -> bool:
    name, wanted = _FIRST_SEEN[rule.type]
    value = one(rule, name)
    return not isinstance(value, Unknown) and value in wanted


def _tells(rule: IacResource) -> Maybe[bool]:
    found = given(rule, _TELLS[rule.type])
    hidden = next((value for value in found if isinstance(value, Unknown)), None)
    return hidden if hidden is not None else any(value not in ("", (), None) for value in found)


def _why(rules: list[IacResource], watching: list[IacResource]) -> str:
    if watching:
        return f"whom {watching[0].address} notifies is not in the code"
    if rules:
        return (
            f"{listed([each.address for each in rules])} fires on what is new, but nothing says that agents are meant"
        )
    return "no rule on what an agent never did before is in the code, and one in a console cannot be seen"


def _remedies(graph: AccessGraph) -> tuple[Remedy, ...]:
    uses = any(each.type.startswith("datadog_") for module in graph.modules for each in module.resources)
    path = next((module.source.path for module in graph.modules if uses), "")
    rule = (iac(path, "Add a first-seen rule on the stream of tool calls", _RULE),) if path else ()
    return (
        *rule,
        attested(
            "MN-006",
            "Add a rule of the first-seen kind where the tool calls arrive, and attest it",
            "1. Group the tool calls by agent, and alert on the first host, tool or credential of each.\n"
            "2. Let it learn for a week, then notify people.",
            "link to the rule, with an alert that it raised",
        ),
    )
