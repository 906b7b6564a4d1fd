"""MN-002: somebody hears at once of every destructive statement."""

from __future__ import annotations

from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.collect.monitors import monitors
from remit.evidence import AlertRule, Monitors, Source, Unknown
from remit.policy.model import Policy
from remit_checks.monitoring.alert_destructive_sql import alert_destructive_sql as mn_002

FOUR = ("DROP", "DELETE", "TRUNCATE", "ALTER")
UNSEEN = Unknown("the contact point is not declared")


def _rule(*verbs: str, target: Any = "slack", **changes: Any) -> AlertRule:
    return AlertRule("alerts.yaml", "sql", verbs, target, Source("alerts.yaml", 4, "monitors"), **changes)


def test_it_declares_itself() -> None:
    assert (mn_002.id, mn_002.slug, mn_002.severity) == ("MN-002", "alert-destructive-sql", "critical")
    assert mn_002.attestable
    assert mn_002.subjects == (Monitors,)
    assert mn_002.incidents == ("INC-01", "INC-02", "INC-04", "INC-05")


@pytest.mark.parametrize(
    ("rules", "answer", "words"),
    [
        ((), "unknown", "kept in a console cannot be seen"),
        ((_rule(*FOUR),), "pass", "reaches slack"),
        (
            (_rule("DROP", "DELETE"), _rule("TRUNCATE", "ALTER", target="email")),
            "pass",
            "DROP, DELETE, TRUNCATE, ALTER",
        ),
        ((_rule("DROP", "DELETE"),), "fail", "no alert catches TRUNCATE, ALTER"),
        ((_rule("DELETE", "TRUNCATE", "ALTER", one_case=("DROP",)),), "fail", "only in one spelling"),
        ((_rule(*FOUR, target=None),), "fail", "nobody is notified of DROP"),
        ((_rule("DROP"), _rule("DELETE", "TRUNCATE", "ALTER", target=None)), "fail", "nobody is notified of DELETE"),
        ((_rule(*FOUR, target=UNSEEN),), "unknown", "whom sql reaches is not known"),
        ((_rule("DROP", target=UNSEEN),), "fail", "no alert catches"),
        ((_rule(undecided=Unknown("the pattern is not tried")),), "unknown", "the pattern is not tried"),
        ((_rule(undecided=Unknown("x"), target=None),), "fail", "no alert catches DROP"),
        ((_rule(undecided=Unknown("x")), _rule(*FOUR)), "pass", "raise an alert"),
    ],
)
def test_each_set_of_rules(facts: Any, rules: tuple[AlertRule, ...], answer: str, words: str) -> None:
    found = facts.one(mn_002, Monitors(rules))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert bool(found.verdict.remedies) is (answer != "pass")
    if rules:
        assert found.verdict.sources


def test_the_policys_verbs_count(facts: Any) -> None:
    subject = Monitors((_rule(*FOUR),))
    assert facts.one(mn_002, subject).status == "pass"
    found = facts.one(mn_002, subject, policy={"monitoring.alert_verbs": [*FOUR, "GRANT"]})
    assert (found.status, found.verdict.message) == ("fail", "no alert catches GRANT")


@pytest.mark.parametrize("verbs", [FOUR, (*FOUR, "GRANT", "REVOKE")])
def test_the_first_remedy_makes_it_pass_and_the_second_catches_the_same(facts: Any, verbs: tuple[str, ...]) -> None:
    demanded = {"monitoring.alert_verbs": list(verbs)}
    grafana, loki = facts.one(mn_002, Monitors(()), policy=demanded).verdict.remedies
    scope = Scope(Policy(), facts.TARGET, facts.NOW)
    for remedy, answer in ((grafana, "pass"), (loki, "unknown")):
        assert monitors.wants(remedy.path)
        parsed = list(monitors.parse(Document(remedy.path, remedy.body.encode())))
        (mended,) = monitors.link(parsed, [], scope)
        assert set(verbs) <= set(mended.alerts[0].verbs)
        assert facts.one(mn_002, mended, policy=demanded).status == answer
