"""Facts about who notices, and who knows what to do."""

from __future__ import annotations

from remit.access.graph import AccessGraph
from remit.evidence import Monitors, Source, Unknown
from remit.incidents.facts.answers import Absent, Answer, Fact, Found


def _silent(graph: AccessGraph, value: str) -> Answer:
    rules = [rule for each in graph.monitors for rule in each.alerts]
    wanted = set(graph.policy.monitoring.alert_verbs)
    if not rules:
        return Unknown("no rule on logged statements is in the files, and rules kept in a console nobody could see")
    told = [rule for rule in rules if not isinstance(rule.target, Unknown) and rule.target is not None]
    if any(wanted & set(rule.verbs) for rule in told):
        return Absent("a rule here alerts somebody of destructive statements")
    open_ = [rule.name for rule in rules if isinstance(rule.target, Unknown) or rule.undecided is not None]
    if open_:
        return Unknown(f"what {min(open_)} catches, or whom it tells, is not known")
    return Found(tuple(sorted({rule.source for rule in rules})), "no rule here tells anybody of destructive statements")


def _no_scanner(graph: AccessGraph, value: str) -> Answer:
    hooks = [hook for each in graph.monitors for hook in each.secret_hooks]
    if hooks:
        return Absent(f"{min(hooks)} looks for secrets before a commit")
    if not graph.monitors:
        return Unknown("whether anything looks for secrets nobody could see")
    return Found((Source(".", 0, "monitors"),), "no file here makes anything look for secrets before a commit")


def _no_runbook(graph: AccessGraph, value: str) -> Answer:
    path = graph.policy.backup.runbook_path
    attested = any(each.control == "BK-019" and each.scope.covers(graph.target) for each in graph.policy.attestations)
    if path or attested:
        return Absent("the policy names or attests a restore runbook")
    if path is None:
        return Unknown("whether there is a restore runbook the policy does not say (backup.runbook_path)")
    origin = graph.origins.get("backup.runbook_path")
    return Found((origin,) if origin else (), "the policy says that there is no restore runbook")


FACTS: tuple[Fact, ...] = (
    Fact(
        "alerts=none",
        "No alert tells anybody of a destructive statement.",
        "alert rules in the files; where there is none at all nobody can say",
        _silent,
        (Monitors,),
        refuted_in=(Monitors,),
    ),
    Fact(
        "secret-scan=none",
        "Nothing looks for secrets before a commit.",
        "hooks in the files",
        _no_scanner,
        (Monitors,),
        refuted_in=(Monitors,),
    ),
    Fact(
        "runbook=none",
        "Nobody wrote down how to restore.",
        '`backup.runbook_path` of the policy (`""` says that there is none), attestations of BK-019',
        _no_runbook,
    ),
)
