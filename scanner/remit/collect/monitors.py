"""What watches: alert rules on logged statements, whom they reach, and hooks that look for secrets.

Alerts declared in Terraform are not read here: their resources are among the facts of the Terraform collector.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remit.collect.alert_files import Found, Receiver, Route, Rule, alert_facts
from remit.collect.collector import Collector, Document, Scope
from remit.collect.documents import Node, parse_json, parse_yaml
from remit.credentials.redact import redact_text
from remit.evidence import AlertRule, Gap, Maybe, Monitors, Source, Unknown

NAME = "monitors"
_HOOKS_FILE = re.compile(r"(?:.*/)?\.pre-commit-config\.ya?ml")
_ALERT_FILE = re.compile(
    r"(?=.*(?:alert|rule|prometheus|loki|grafana|monitor|datadog|contact|notification|observability|provisioning)).*\.(?:ya?ml|json)"
    r"|(?:.*/)?polic(?:y|ies)\.ya?ml",
    re.IGNORECASE,
)
_NOT_ALERTS = re.compile(r"(?:.*/)?(?:node_modules|\.github|\.claude|\.cursor|package(?:-lock)?\.json)(?:/.*)?")
_WORDS = re.compile(r"\b(?:alert|groups|receivers|contactPoints|policies)[\"']?\s{0,5}:|[\"']log alert[\"']")
_SECRET_HOOKS = re.compile(r"detect-secrets|gitleaks|trufflehog|ggshield", re.IGNORECASE)
_MOVING = re.compile(r"main|master|head|latest|stable|dev(?:elop)?|trunk", re.IGNORECASE)
_UNSEEN = "where its alerts go is set in a configuration that is not here"
_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class MonitorFile:
    """What one file says about alerts and hooks."""

    path: str
    rules: tuple[Rule, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    routes: tuple[Route, ...] = ()
    secret_hooks: tuple[str, ...] = ()


def _wants(path: str) -> bool:
    if _HOOKS_FILE.fullmatch(path):
        return True
    return len(path) < 1_000 and bool(_ALERT_FILE.fullmatch(path)) and not _NOT_ALERTS.fullmatch(path)


def _parse(document: Document) -> Iterator[MonitorFile]:
    text = document.text()
    if _HOOKS_FILE.fullmatch(document.path):
        hooks = tuple(hook for node in parse_yaml(text) for hook in _secret_hooks(node))
        if hooks:
            yield MonitorFile(document.path, secret_hooks=hooks)
        return
    if not _WORDS.search(text):
        return  # about something else: whether it is well written is none of our business
    nodes = (parse_json(text).root,) if document.path.endswith(".json") else parse_yaml(text)
    found: list[Found] = [fact for node in nodes for fact in alert_facts(node)]
    if found:
        yield MonitorFile(
            document.path,
            tuple(each for each in found if isinstance(each, Rule)),
            tuple(each for each in found if isinstance(each, Receiver)),
            tuple(each for each in found if isinstance(each, Route)),
        )


def _secret_hooks(config: Node) -> Iterator[str]:
    """Secret scanners at a fixed version, as `gitleaks@v8.18.0`."""
    repos = config.get("repos")
    for repo in repos.items if repos else ():
        revision = repo.get("rev")
        version = str(revision.value) if revision is not None and revision.value is not None else ""
        hooks = repo.get("hooks")
        for hook in hooks.items if hooks else ():
            identity = (hook.get("id") or hook).text() or ""
            if _SECRET_HOOKS.search(identity) and version and not _MOVING.fullmatch(version):
                yield redact_text(f"{identity}@{version}")[:120]


def _link(facts: Sequence[MonitorFile], _gaps: Sequence[Gap], _scope: Scope) -> Iterable[Monitors]:
    receivers = {(each.system, each.name): each for fact in facts for each in fact.receivers}
    routes = [route for fact in facts for route in fact.routes]
    alerts = [_alert(fact.path, rule, receivers, routes) for fact in facts for rule in fact.rules]
    hooks = sorted({hook for fact in facts for hook in fact.secret_hooks})
    yield Monitors(tuple(alerts), tuple(hooks))


def _alert(path: str, rule: Rule, receivers: dict[tuple[str, str], Receiver], routes: list[Route]) -> AlertRule:
    return AlertRule(
        path=path,
        name=redact_text(rule.name)[:120],
        verbs=rule.verbs,
        target=_target(rule, receivers, routes) if rule.live else None,
        source=Source(path, rule.line, NAME),
        one_case=rule.one_case,
        undecided=Unknown(rule.undecided) if rule.undecided else None,
    )


def _target(rule: Rule, receivers: dict[tuple[str, str], Receiver], routes: list[Route]) -> Maybe[str | None]:
    """The kind of contact point that a rule's alerts reach."""
    if rule.system == "datadog":
        return rule.handles[0] if rule.handles else None
    name: Maybe[str | None] = rule.receiver
    if name is None:
        roots = [route for route in routes if route.system == rule.system]
        if not roots:
            return Unknown(_UNSEEN)
        if len(roots) > 1:
            return Unknown("more than one notification tree is declared, and which one is used cannot be told")
        name = _routed(roots[0], rule)
    if name is None or isinstance(name, Unknown):
        return name
    receiver = receivers.get((rule.system, name))
    if receiver is None:
        return Unknown(f"the contact point {name[:80]} is not declared in the files")
    return receiver.kinds[0] if receiver.kinds else None


def _routed(route: Route, rule: Rule) -> Maybe[str | None]:
    """Walk down the notification tree as far as the rule's labels lead."""
    name = route.receiver
    for _ in range(_MOST_STEPS):
        for child in route.routes:
            fits = _fits(child, rule)
            if fits is None:
                return Unknown("the notification tree decides by patterns that are not tried here")
            if fits:
                route = child
                name = child.receiver or name
                break
        else:
            return name
    return Unknown("the notification tree is too deep to be followed")


def _fits(route: Route, rule: Rule) -> bool | None:
    """Whether a branch takes the rule's alerts; None where a pattern decides."""
    unsure = False
    for label, sign, value in route.matchers:
        given = rule.labels.get(label, "")
        if sign in {"=", "!="}:
            if (given == value) is (sign == "!="):
                return False
        elif value == ".*" and sign == "=~":
            continue
        else:
            unsure = True
    return None if unsure else True


monitors = Collector(
    name=NAME,
    version=1,
    fact=MonitorFile,
    subjects=(Monitors,),
    wants=_wants,
    parse=_parse,
    link=_link,
)
