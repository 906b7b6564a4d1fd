"""Alert rules, and whom they reach, as the files of four systems write them.

Prometheus and Loki rule files (also as Kubernetes resources), Alertmanager configuration, Grafana's provisioning files,
Datadog monitors. Sources: the vendors' configuration references, September 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from remit.collect.alert_queries import Caught, datadog, logql, mentions_verbs
from remit.collect.nodes import Node
from remit.collect.yaml_text import parse_yaml
from remit.errors import CollectError

_HANDLE = re.compile(r"(?<![\w.])@([A-Za-z][\w.+-]{0,100}(?:@[\w.-]{1,100})?)")
_MATCHER = re.compile(r"\s*([A-Za-z_]\w{0,100})\s*(=~|!~|!=|=)\s*\"?([^\"]{0,300})\"?\s*")
_HANDLE_KINDS = (
    "slack",
    "pagerduty",
    "opsgenie",
    "webhook",
    "teams",
    "team",
    "hangouts",
    "victorops",
    "sns",
    "oncall",
    "case",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert rule that catches statements, before it is known whom it reaches."""

    system: str
    """`alertmanager` where Prometheus or Loki hand the alert over, `grafana`, `datadog`."""
    name: str
    line: int
    verbs: tuple[str, ...]
    one_case: tuple[str, ...]
    undecided: str
    labels: Mapping[str, str] = field(default_factory=dict)
    receiver: str | None = None
    """The contact point, where the rule names it itself."""
    handles: tuple[str, ...] = ()
    live: bool = True


@dataclass(frozen=True, slots=True)
class Receiver:
    """A contact point and the kinds of its integrations; none for one that swallows alerts."""

    system: str
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A branch of the notification tree."""

    system: str
    receiver: str | None
    matchers: tuple[tuple[str, str, str], ...] = ()
    """Label, sign, value."""
    routes: tuple[Route, ...] = ()


Found = Rule | Receiver | Route


def alert_facts(document: Node) -> Iterator[Found]:
    """The rules, contact points and routes of one YAML or JSON document."""
    if document.kind == "array":
        for item in document.items:
            yield from _datadog(item)
        return
    kind = _text(document, "kind")
    if kind == "ConfigMap":
        data = document.get("data")
        for member in data.members if data else ():
            yield from _embedded(member.node)
        return
    body = document.get("spec") if kind in {"PrometheusRule", "AlertingRule", "LokiRule"} else document
    if body is None:
        return
    for group in _items(body, "groups"):
        for rule in _items(group, "rules"):
            yield from _grafana_rule(rule) if rule.get("data") is not None else _prometheus_rule(rule)
    for point in _items(document, "contactPoints"):
        kinds = [_text(each, "type") for each in _items(point, "receivers")]
        yield Receiver("grafana", _text(point, "name"), tuple(kind for kind in kinds if kind))
    for policy in _items(document, "policies"):
        yield _route("grafana", policy)
    yield from _alertmanager(document)
    yield from _datadog(document)
    for monitor in _items(document, "monitors"):
        yield from _datadog(monitor)


def _embedded(node: Node) -> Iterator[Found]:
    """A rule file inside a ConfigMap."""
    text = node.text() or ""
    if "groups:" not in text and "receivers:" not in text:
        return
    try:
        documents = parse_yaml(text)
    except CollectError:
        return
    for document in documents:
        if document.get("kind") is None:
            yield from alert_facts(document)


def _prometheus_rule(rule: Node) -> Iterator[Rule]:
    name, query = _text(rule, "alert"), _text(rule, "expr")
    if name and query:
        yield from _rule("alertmanager", name, rule.line, _caught(query), _labels(rule))


def _grafana_rule(rule: Node) -> Iterator[Rule]:
    queries = [query for item in _items(rule, "data") if (query := _text(item, "model", "expr"))]
    paused = rule.get("isPaused")
    for query in queries:
        receiver = _text(rule, "notification_settings", "receiver") or None
        live = not (paused is not None and paused.flag() is True)
        found = _caught(query)
        yield from _rule("grafana", _text(rule, "title") or "rule", rule.line, found, _labels(rule), receiver, live)


def _caught(query: str) -> Caught:
    # A Loki query filters lines; a metric that only bears a verb in its name says nothing about what it counts.
    if "{" in query and re.search(r"\|[=~]|![=~]\s{0,9}[\"`]|\|\s{0,9}\w", query):
        return logql(query)
    return Caught(undecided="the query counts a metric that is made elsewhere") if mentions_verbs(query) else Caught()


def _rule(
    system: str,
    name: str,
    line: int,
    caught: Caught,
    labels: Mapping[str, str],
    receiver: str | None = None,
    live: bool = True,
    handles: tuple[str, ...] = (),
) -> Iterator[Rule]:
    if caught.verbs or caught.one_case or caught.undecided:
        labels = {"alertname": name, **labels}
        yield Rule(system, name, line, caught.verbs, caught.one_case, caught.undecided, labels, receiver, handles, live)


def _alertmanager(document: Node) -> Iterator[Found]:
    route, receivers = document.get("route"), document.get("receivers")
    if route is None or receivers is None or receivers.kind != "array":
        return
    for receiver in receivers.items:
        kinds = [member.key.removesuffix("_configs") for member in receiver.members if member.key.endswith("_configs")]
        used = [kind for kind in kinds if (listed := receiver.get(f"{kind}_configs")) is not None and listed.items]
        yield Receiver("alertmanager", _text(receiver, "name"), tuple(used))
    yield _route("alertmanager", route)


def _route(system: str, node: Node) -> Route:
    matchers = [*_equalities(node.get("match"), "="), *_equalities(node.get("match_re"), "=~")]
    for text in [text for text, _ in (node.get("matchers") or Node("null", 0)).strings()]:
        for part in text.strip("{}").split(","):
            if found := _MATCHER.fullmatch(part):
                matchers.append((found[1], found[2], found[3]))
            elif part.strip():
                matchers.append(("", "=~", part))
    for item in _items(node, "object_matchers"):
        words = [text for text, _ in item.strings()]
        matchers.append((words[0], words[1], words[2]) if len(words) == 3 else ("", "=~", ""))
    children = tuple(_route(system, child) for child in _items(node, "routes"))
    return Route(system, _text(node, "receiver") or None, tuple(matchers), children)


def _equalities(node: Node | None, sign: str) -> Iterator[tuple[str, str, str]]:
    for member in node.members if node else ():
        yield member.key, sign, str(member.node.value)


def _datadog(monitor: Node) -> Iterator[Rule]:
    if _text(monitor, "type") != "log alert" or not _text(monitor, "query"):
        return
    silenced = monitor.at("options", "silenced")
    handles = tuple(_handle_kind(handle) for handle in _HANDLE.findall(_text(monitor, "message")[:20_000]))
    name, caught = _text(monitor, "name") or "monitor", datadog(_text(monitor, "query"))
    yield from _rule("datadog", name, monitor.line, caught, {}, None, not (silenced and silenced.members), handles)


def _handle_kind(handle: str) -> str:
    if "@" in handle:
        return "email"
    return next((kind for kind in _HANDLE_KINDS if handle.lower().startswith(kind)), "other")


def _items(node: Node | None, key: str) -> tuple[Node, ...]:
    found = node.get(key) if node is not None else None
    return found.items if found is not None and found.kind == "array" else ()


def _labels(rule: Node) -> dict[str, str]:
    labels = rule.get("labels")
    return (
        {member.key: str(member.node.value) for member in labels.members if member.node.value is not None}
        if labels
        else {}
    )


def _text(node: Node, *path: str) -> str:
    found = node.at(*path)
    return (found.text() or "") if found is not None else ""
