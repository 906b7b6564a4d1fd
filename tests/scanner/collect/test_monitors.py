"""Alert rules by what they would catch and whom they would reach, and hooks that look for secrets."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.collect.alert_queries import Caught, caught_by, cheap_pattern, datadog, logql
from remit.collect.collector import Document, Scope
from remit.collect.monitors import MonitorFile, monitors
from remit.errors import CollectError
from remit.evidence import AlertRule, Monitors, Unknown
from remit.policy.model import Policy

FOUR = ("DROP", "DELETE", "TRUNCATE", "ALTER")
SCOPE = Scope(Policy(), "acme/shop", datetime(2026, 9, 1, tzinfo=UTC))


def _facts(**files: str) -> list[MonitorFile]:
    found = []
    for path, text in files.items():
        assert monitors.wants(path), path
        found.extend(monitors.parse(Document(path, text.encode())))
    return found


def _linked(files: dict[str, str]) -> Monitors:
    (subject,) = monitors.link(_facts(**files), [], SCOPE)
    assert isinstance(subject, Monitors)
    return subject


def _alert(files: dict[str, str]) -> AlertRule:
    (alert,) = _linked(files).alerts
    return alert


# ---------------------------------------------------------------------------------------------------------- queries


def _loki(*filters: str) -> str:
    return 'sum(count_over_time({job="pg"} ' + " ".join(filters) + " [5m])) > 0"


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        (_loki("|~ `(?i)drop|delete|truncate|alter`"), FOUR),
        (_loki('|~ "(?i)\\\\b(drop|delete|truncate|alter)\\\\b"'), FOUR),
        (_loki("|~ `(?i)statement:\\s+(DROP|TRUNCATE)`"), ("DROP", "TRUNCATE")),
        (_loki("|~ `[Dd][Rr][Oo][Pp]`"), ()),
        (_loki("|~ `(?:DROP|drop)`"), ("DROP",)),
        (_loki('|= "DROP" or "drop"'), ("DROP",)),
        (_loki('|= "statement"', "|~ `(?i)drop`"), ("DROP",)),
        (_loki("|~ `(?i)drop|alter`", '!~ "(?i)alter"'), ("DROP",)),
        (_loki("|~ `(?i)drop|delete|truncate|alter`", "| json"), FOUR),
        (_loki("| json", '| level != "debug"', "|~ `(?i)delete from`"), ("DELETE",)),
        (_loki("|~ `(?i)drop table .*orders`"), ("DROP",)),
        (_loki("|~ `(?i)grant|revoke`"), ("GRANT", "REVOKE")),
    ],
)
def test_what_a_loki_query_catches(query: str, verbs: tuple[str, ...]) -> None:
    found = logql(query)
    if "[Dd]" in query:
        assert found.verbs == ("DROP",)
    else:
        assert (found.verbs, found.undecided) == (verbs, "")


def test_case_matters_in_loki_and_is_told() -> None:
    assert logql(_loki('|~ "DROP|DELETE"')) == Caught((), ("DROP", "DELETE"))
    assert logql(_loki('|= "drop"')) == Caught((), ("DROP",))


@pytest.mark.parametrize(
    "query",
    [
        "up == 0",
        _loki('|= "error"'),
        _loki('|= "statement:"'),
        _loki("|~ `.*`"),
        'sum(count_over_time({job="pg"}[5m])) > 1000',
        'rate(http_requests_total{status=~"5.."}[5m]) > 0.05',
    ],
)
def test_queries_about_something_else_catch_nothing(query: str) -> None:
    assert logql(query) == Caught()


@pytest.mark.parametrize(
    "query",
    [
        _loki("|~ `(?i)(drop|delete)+`"),
        _loki("|~ `(?i)(?P<verb>drop|delete)`"),
        _loki("|~ `" + "a*" * 20 + "drop`"),
        _loki("|~ `(?i)drop" + "x" * 700 + "`"),
        _loki("| json", '| statement =~ "(?i)drop.*"'),
        'absent_over_time({job="pg"} |~ `(?i)drop` [1h])',
        'sum(count_over_time({job="pg"} |~ `(?i)drop` [5m])) == 0',
        '{job="pg"} |~ `drop`' + " " * 5_000,
    ],
)
def test_queries_that_are_not_tried_stay_undecided(query: str) -> None:
    found = logql(query)
    assert (found.verbs, found.one_case) == ((), ())
    assert found.undecided


@pytest.mark.parametrize(
    ("search", "verbs"),
    [
        ("service:postgres (DROP OR DELETE OR TRUNCATE OR ALTER)", FOUR),
        ("source:postgresql drop", ("DROP",)),
        ("source:postgresql *dele*", ("DELETE",)),
        ("DROP AND -orders", ()),
        ("(DROP OR ALTER) NOT alter", ("DROP",)),
        ('"TRUNCATE TABLE"', ("TRUNCATE",)),
        ("service:(postgres OR mysql) (DROP OR ALTER)", ("DROP", "ALTER")),
        ("@db.statement:(*DROP* OR *drop*)", ("DROP",)),
        ("env:prod @db.statement:(*DROP*)", ()),
        ("service:postgres", ()),
        ("status:error", ()),
        ("", ()),
    ],
)
def test_what_a_datadog_search_catches(search: str, verbs: tuple[str, ...]) -> None:
    query = 'logs("' + search.replace('"', '\\"') + '").index("*").rollup("count").last("5m") > 0'
    assert datadog(query).verbs == verbs


def test_a_datadog_facet_is_case_sensitive() -> None:
    assert datadog('logs("@message:*DROP*").last("5m") > 0') == Caught((), ("DROP",))


def test_unbalanced_searches_are_undecided() -> None:
    assert datadog('logs("(DROP OR (ALTER").last("5m") > 0').undecided
    assert datadog('logs("' + "(" * 30 + "drop" + ")" * 30 + '").last("5m") > 0').undecided


def test_one_line_a_verb_is_tried_in_both_spellings() -> None:
    lines: list[str] = []
    caught_by(lambda line: bool(lines.append(line)))
    assert sum("DROP TABLE" in line for line in lines) == sum("drop table" in line for line in lines) == 2
    assert any(json.loads(line)["message"].startswith("statement: ") for line in lines if line.startswith("{"))


@pytest.mark.parametrize("pattern", ["a|b", "(?i)drop\\s+table", "x?y", "[abc]z", "a{2,3}", "\\bdrop\\b", "(a|b)?c"])
def test_cheap_patterns_are_compiled(pattern: str) -> None:
    assert cheap_pattern(pattern) is not None


@pytest.mark.parametrize(
    "pattern", ["(a*)*", "(a|a)+b", "a*a*a*a*b", "(?=x)", "\\p{L}", "a(?i)b", "(", "[", "*a", "(a){9}", "\\1"]
)
def test_costly_or_foreign_patterns_are_not(pattern: str) -> None:
    assert cheap_pattern(pattern) is None


@given(st.text(alphabet="ab()|*+?[]{}\\.^$1,ids: ", max_size=60))
def test_no_pattern_that_is_tried_is_slow(pattern: str) -> None:
    compiled = cheap_pattern(pattern)
    started = time.process_time()
    if compiled is not None:
        compiled.search("ab" * 120)
    assert time.process_time() - started < 1


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_query_is_tried_or_left(query: str) -> None:
    for read in (logql, datadog):
        found = read('{a="b"} |~ `' + query)
        assert set(found.verbs) & set(found.one_case) == set()


# ------------------------------------------------------------------------------------------------------------- files

RULES = """\
groups:
  - name: sql
    rules:
      - alert: Destructive
        expr: 'sum(count_over_time({job="pg"} |~ `(?i)drop|delete|truncate|alter` [1m])) > 0'
        labels: {severity: critical}
      - alert: Down
        expr: up == 0
      - record: x:y
        expr: sum(x)
"""
ALERTMANAGER = """\
route:
  receiver: nobody
  routes:
    - receiver: oncall
      matchers: ['severity="critical"']
    - receiver: mail
      match: {severity: warning}
receivers:
  - name: nobody
  - name: oncall
    pagerduty_configs: [{routing_key_file: /run/key}]
  - name: mail
    email_configs: [{to: x}]
"""


def test_loki_rules_reach_alertmanagers_receiver() -> None:
    alert = _alert({"monitoring/loki/rules.yaml": RULES, "monitoring/alertmanager.yml": ALERTMANAGER})
    assert (alert.name, alert.verbs, alert.target) == ("Destructive", FOUR, "pagerduty")
    assert (alert.path, alert.source.line) == ("monitoring/loki/rules.yaml", 4)


@pytest.mark.parametrize(
    ("labels", "target"),
    [("{severity: critical}", "pagerduty"), ("{severity: warning}", "email"), ("{severity: info}", None), ("{}", None)],
)
def test_the_notification_tree_is_followed_by_labels(labels: str, target: str | None) -> None:
    rules = RULES.replace("{severity: critical}", labels)
    assert _alert({"loki/rules.yaml": rules, "alertmanager.yml": ALERTMANAGER}).target == target


def test_without_alertmanager_nobody_knows_whom_a_rule_reaches() -> None:
    assert isinstance(_alert({"loki/rules.yaml": RULES}).target, Unknown)


def test_a_tree_that_decides_by_pattern_is_unknown() -> None:
    tree = ALERTMANAGER.replace("match: {severity: warning}", "match_re: {severity: 'w.*'}").replace(
        '="critical"', '="x"'
    )
    assert isinstance(_alert({"loki/rules.yaml": RULES, "alertmanager.yml": tree}).target, Unknown)


def test_two_trees_are_unknown() -> None:
    files = {"loki/rules.yaml": RULES, "alertmanager.yml": ALERTMANAGER, "old/alertmanager.yml": ALERTMANAGER}
    assert isinstance(_alert(files).target, Unknown)


GRAFANA = """\
apiVersion: 1
groups:
  - name: sql
    rules:
      - title: Destructive
        data:
          - refId: A
            model: {expr: 'count_over_time({job="pg"} |~ `(?i)drop|delete|truncate|alter` [1m])'}
          - refId: B
            model: {type: threshold, expression: A}
        notification_settings: {receiver: oncall}
contactPoints:
  - name: oncall
    receivers: [{uid: a, type: slack, settings: {url: $URL}}]
"""


def test_grafana_provisioning() -> None:
    alert = _alert({"grafana/provisioning/alerting/sql.yaml": GRAFANA})
    assert (alert.name, alert.verbs, alert.target) == ("Destructive", FOUR, "slack")


def test_grafana_policies_and_json_exports() -> None:
    routed = GRAFANA.replace("        notification_settings: {receiver: oncall}\n", "        labels: {team: db}\n")
    tree = "policies:\n  - receiver: oncall\n    routes: [{receiver: gone, object_matchers: [[team, '=', db]]}]\n"
    assert _alert({"grafana/a.yaml": routed, "grafana/policies.yaml": tree.replace("team", "other")}).target == "slack"
    assert isinstance(_alert({"grafana/a.yaml": routed, "grafana/policies.yaml": tree}).target, Unknown)
    exported = {"groups": [{"rules": [{"title": "t", "data": [{"model": {"expr": _loki("|~ `(?i)drop`")}}]}]}]}
    assert _alert({"grafana/alert-export.json": json.dumps(exported)}).verbs == ("DROP",)


def test_a_paused_rule_notifies_nobody() -> None:
    paused = GRAFANA.replace("        data:\n", "        isPaused: true\n        data:\n")
    assert _alert({"grafana/a.yaml": paused}).target is None


def _monitor(**changes: object) -> str:
    search = 'logs("service:postgres (DROP OR DELETE OR TRUNCATE OR ALTER)").index("*").rollup("count").last("5m") > 0'
    return json.dumps({"name": "SQL", "type": "log alert", "query": search, "message": "@slack-db look", **changes})


@pytest.mark.parametrize(
    ("changes", "target"),
    [
        ({}, "slack"),
        ({"message": "mail @dba@example.com"}, "email"),
        ({"message": "@pagerduty-db"}, "pagerduty"),
        ({"message": "nobody reads this"}, None),
        ({"options": {"silenced": {"*": None}}}, None),
    ],
)
def test_datadog_monitors(changes: dict[str, object], target: str | None) -> None:
    alert = _alert({"datadog/monitors/sql.json": _monitor(**changes)})
    assert (alert.verbs, alert.target) == (FOUR, target)


def test_other_datadog_monitors_are_none_of_ours() -> None:
    assert _linked({"datadog/monitors/cpu.json": _monitor(type="metric alert")}).alerts == ()
    assert len(_linked({"datadog/monitors/all.json": f"[{_monitor()},{_monitor()}]"}).alerts) == 2


def test_rules_inside_kubernetes_resources() -> None:
    indented = "".join(f"  {line}\n" for line in RULES.splitlines())
    resource = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\nspec:\n" + indented
    assert _alert({"k8s/prometheus-rule.yaml": resource}).verbs == FOUR
    block = "".join(f"    {line}\n" for line in RULES.splitlines())
    config = "kind: ConfigMap\ndata:\n  rules.yml: |\n" + block
    assert _alert({"k8s/loki-rules.yaml": config}).verbs == FOUR


def test_metrics_that_name_a_verb_are_undecided() -> None:
    rules = RULES.replace("expr: up == 0", 'expr: rate(pg_statements_total{verb="DROP"}[5m]) > 0')
    alerts = _linked({"prometheus/rules.yaml": rules}).alerts
    assert [alert.undecided is None for alert in alerts] == [True, False]


# ------------------------------------------------------------------------------------------------------------- hooks

HOOKS = """\
repos:
  - repo: https://github.com/Yelp/detect-secrets
    rev: v1.4.0
    hooks: [{id: detect-secrets, args: [--baseline, .secrets.baseline]}]
  - repo: https://github.com/gitleaks/gitleaks
    rev: main
    hooks: [{id: gitleaks}]
  - repo: https://github.com/trufflesecurity/trufflehog
    rev: 1.2
    hooks: [{id: trufflehog}]
  - repo: local
    hooks: [{id: ggshield}]
  - repo: https://github.com/psf/black
    rev: 24.1.0
    hooks: [{id: black}]
"""


def test_pinned_secret_hooks() -> None:
    assert _linked({".pre-commit-config.yaml": HOOKS}).secret_hooks == ("detect-secrets@v1.4.0", "trufflehog@1.2")


# -------------------------------------------------------------------------------------------------------- one subject


def test_exactly_one_subject_even_when_nothing_was_found() -> None:
    assert list(monitors.link([], [], SCOPE)) == [Monitors((), ())]
    assert monitors.subjects == (Monitors,)


def test_facts_survive_the_cache() -> None:
    files = {"l/rules.yaml": RULES, "alertmanager.yml": ALERTMANAGER, ".pre-commit-config.yaml": HOOKS}
    facts = _facts(**files)
    assert len(facts) == 3
    assert [msgspec.json.decode(msgspec.json.encode(fact), type=monitors.fact) for fact in facts] == facts


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (".pre-commit-config.yaml", True),
        ("ops/prometheus/x.yml", True),
        ("rules.yaml", True),
        ("grafana/dashboards/x.json", True),
        ("policies.yaml", True),
        ("src/app.yaml", False),
        ("node_modules/alert/x.yaml", False),
        (".github/workflows/alert.yml", False),
        ("rules.md", False),
    ],
)
def test_which_files_are_read(path: str, wanted: bool) -> None:
    assert monitors.wants(path) is wanted


@pytest.mark.parametrize("text", ["groups: [", "groups:\n- " * 10 + "}", "alert: " + "[" * 100_000, "groups: \0"])
def test_bad_input_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(CollectError) as refused:
        _facts(**{"prometheus/rules.yaml": text})
    assert refused.value.reason


def test_a_broken_file_about_something_else_is_no_gap() -> None:
    assert _facts(**{"charts/monitor/values.yaml": "{{ toYaml .Values }}: ["}) == []


_PIECES = st.sampled_from(
    [
        "groups:\n",
        "  - rules:\n",
        "      - alert: a\n",
        "        expr: x\n",
        "receivers:\n",
        "route: {}\n",
        "- [",
        "}",
        "contactPoints: 3\n",
        "policies: [1]\n",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=30).map("".join)))
@settings(max_examples=200, deadline=None)
def test_any_file_is_read_or_refused(text: str) -> None:
    found: list[MonitorFile] = []
    with suppress(CollectError):
        found = list(monitors.parse(Document("prometheus/rules.yaml", text.encode("utf-8", "replace"))))
    assert all(isinstance(each, MonitorFile) for each in found)
