"""MN-002."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from remit.check import check
from remit.evidence import AlertRule, Monitors, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, unknown


@check(
    "MN-002",
    "alert-destructive-sql",
    severity="critical",
    parameters=("monitoring.alert_verbs",),
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
    incidents=("INC-01", "INC-02", "INC-04", "INC-05"),
    attestable=True,
)
def alert_destructive_sql(monitors: Monitors, policy: Policy) -> Verdict:
    """Somebody hears at once of every DROP, DELETE, TRUNCATE and ALTER.

    In the documented losses no alert fired: people found out afterwards, once for the second time in eleven days. An
    alert does not bring a table back, but it stops the agent that is still at work and starts the clock of the
    restore. The words must be matched as databases log them, in any spelling.

    Fix:
        Log every statement of agents' roles, and install a rule that matches the verbs without regard to case and
        notifies people. Rules that are kept in a console have to be exported, or attested with a date.
    """
    wanted = policy.monitoring.alert_verbs
    rules = monitors.alerts
    if not rules:
        text = "no rule on logged statements is in the files; rules kept in a console cannot be seen: export or attest"
        return unknown(text, remedies=_remedies(wanted))
    live = [rule for rule in rules if not isinstance(rule.target, Unknown) and rule.target is not None]
    missing = _missing(wanted, live)
    sources = tuple(rule.source for rule in rules)
    if not missing:
        return ok(f"{', '.join(wanted)} raise an alert that reaches {live[0].target}", *sources)
    doubtful = [rule for rule in rules if rule not in live and isinstance(rule.target, Unknown)]
    hidden = [rule for rule in rules if rule.undecided is not None and rule.target is not None]
    if hidden or not _missing(wanted, [*live, *doubtful]):
        return unknown(_doubt(hidden, doubtful), *sources, remedies=_remedies(wanted))
    return fail(_fault(rules, missing, wanted), *sources, remedies=_remedies(wanted))


def _missing(wanted: Sequence[str], rules: Iterable[AlertRule]) -> list[str]:
    caught = {verb for rule in rules for verb in rule.verbs}
    return [verb for verb in wanted if verb not in caught]


def _doubt(hidden: Sequence[AlertRule], doubtful: Sequence[AlertRule]) -> str:
    for rule in hidden:
        if rule.undecided is not None:
            return f"what {rule.name} catches is not known: {rule.undecided.why}"
    for rule in doubtful:
        if isinstance(rule.target, Unknown):
            return f"whom {rule.name} reaches is not known: {rule.target.why}"
    return "what the rules catch is not known"


def _fault(rules: Sequence[AlertRule], missing: Sequence[str], wanted: Sequence[str]) -> str:
    if not _missing(wanted, rules):
        silent = [rule.name for rule in rules if not isinstance(rule.target, Unknown) and rule.target is None]
        return f"nobody is notified of {', '.join(missing)}: {', '.join(silent[:3])} has no live contact point"
    one_case = [verb for verb in missing if any(verb in rule.one_case for rule in rules)]
    spelled = f"; {', '.join(one_case)} only in one spelling, and SQL is written in both" if one_case else ""
    return f"no alert catches {', '.join(missing)}{spelled}"


def _remedies(wanted: Sequence[str]) -> tuple[Remedy, ...]:
    pattern = "|".join(verb.lower() for verb in wanted)
    return (
        edit(
            "monitoring/grafana/provisioning/alerting/destructive-sql.yaml",
            "Install a Grafana rule on the database log in Loki, with somebody to notify",
            _GRAFANA.replace("<verbs>", pattern),
        ),
        edit(
            "monitoring/loki/rules/destructive-sql.yaml",
            "Or install the same rule in Loki's ruler; Alertmanager routes it",
            _LOKI.replace("<verbs>", pattern),
        ),
    )


_LOKI = """\
groups:
  - name: destructive-sql
    rules:
      - alert: DestructiveSql
        expr: 'sum by (instance) (count_over_time({job="postgresql"} |~ `(?i)statement: .*\\b(<verbs>)\\b` [1m])) > 0'
        for: 0m
        labels:
          severity: critical
        annotations:
          summary: A destructive statement was logged. Stop the agent, then look.
"""

_GRAFANA = """\
apiVersion: 1
groups:
  - orgId: 1
    name: destructive-sql
    folder: Agents
    interval: 1m
    rules:
      - uid: destructive-sql
        title: Destructive SQL was logged
        condition: B
        for: 0s
        noDataState: OK
        execErrState: Alerting
        notification_settings:
          receiver: agent-oncall
        labels:
          severity: critical
        annotations:
          summary: A destructive statement was logged. Stop the agent, then look.
        data:
          - refId: A
            relativeTimeRange: {from: 120, to: 0}
            datasourceUid: loki
            model:
              refId: A
              queryType: instant
              expr: 'sum(count_over_time({job="postgresql"} |~ `(?i)statement: .*\\b(<verbs>)\\b` [1m])) or vector(0)'
          - refId: B
            datasourceUid: __expr__
            model:
              refId: B
              type: threshold
              expression: A
              conditions:
                - evaluator: {type: gt, params: [0]}
contactPoints:
  - orgId: 1
    name: agent-oncall
    receivers:
      - uid: agent-oncall
        type: email
        settings:
          addresses: $AGENT_ONCALL_EMAIL
"""
