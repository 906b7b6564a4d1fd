"""Adopt it, modify it, never weaken it: judged under an accepted child, nothing turns out better than under its parent."""

from __future__ import annotations

import importlib.util
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from remit.access.graph import AccessGraph
from remit.access.link import link
from remit.audit import checks
from remit.collect.cache import Cache
from remit.collect.collector import Scope
from remit.collect.run import Facts, Options, linked, read, wanted_by_name
from remit.collect.tree import open_target
from remit.demo import write_demo
from remit.engine import Case, judge
from remit.policy.model import Policy
from remit.policy.strength import leaves, weaker

# The strategies of the neighbouring module: tests are no package, so it is loaded by its place.
_SPEC = importlib.util.spec_from_file_location("policy_drafts", Path(__file__).with_name("test_policy_strength.py"))
drafts_module = importlib.util.module_from_spec(_SPEC)  # type: ignore[arg-type]
_SPEC.loader.exec_module(drafts_module)  # type: ignore[union-attr]

NOW = datetime(2026, 11, 21, tzinfo=UTC)
STRICTNESS = {"pass": 0, "not-applicable": 0, "unknown": 1, "waived": 1, "fail": 2, "error": 2}
# Statements add knowledge (a copy, an agent, a host's environment), which may decide what was open; they are no orders.
KNOWLEDGE = {"statements", "classification", "descriptive", "fixed", "subset-once-declared", "fixed-once-declared"}
ORDERS = tuple(key for key, leaf in leaves().items() if leaf.strength.kind not in KNOWLEDGE)
# Which host, file or account is which environment is a fact that a child may add, and what it adds may decide a verdict.
DECLARING = tuple(key for key, leaf in leaves().items() if leaf.strength.kind not in {"statements", "classification"})


class Seen(dict[str, Facts]):
    """Facts by target; short when printed, because a failing example prints its arguments."""

    def __repr__(self) -> str:
        return f"facts of {len(self)} targets"


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What the sample organisation's files say, and a repository with hosts that the drafts know."""
    place = tmp_path_factory.mktemp("organisation")
    targets = list(write_demo(place / "demo"))
    hosts = place / "hosts"
    hosts.mkdir()
    urls = [
        f"postgres://app:{secrets.token_hex(8)}@{host}/app" for host in ("db.acme.io", "staging.acme.io", "10.0.0.7")
    ]
    (hosts / ".env").write_text("\n".join(f"DATABASE_URL_{n}={url}" for n, url in enumerate(urls)))
    options = Options(secrets.token_bytes(32))
    return Seen(
        (str(target), read([open_target(target, exclude=(), wanted=wanted_by_name)], Cache(None), options))
        for target in (*targets, hosts)
    )


def statuses(facts: Seen, policy: Policy) -> dict[tuple[str, str, str], str]:
    found = {}
    for target, read_facts in facts.items():
        collected = linked(read_facts, Scope(policy, target, NOW))
        graph = link(AccessGraph(target, policy, collected.subjects, collected.gaps))
        for each in judge(checks(), Case(graph, policy, NOW)):
            found[target, each.check.id, each.subject_name] = each.status
    return found


def _says_first(parent: Policy, second: dict[str, Any]) -> bool:
    """Whether a child says how many people there are where nobody had: a fact, neither stricter nor weaker."""
    return parent.team.size is None and "team.size" in second


def test_the_facts_decide_something(facts: Seen) -> None:
    assert set(statuses(facts, Policy()).values()) >= {"pass", "fail", "unknown"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(drafts_module.drafts(ORDERS), drafts_module.drafts(ORDERS))
def test_no_verdict_under_a_child_is_more_lenient(facts: Seen, first: dict[str, Any], second: dict[str, Any]) -> None:
    parent, child = drafts_module.policy_of(first), drafts_module.policy_of(first, second)
    assume(second and not weaker(parent, child) and not _says_first(parent, second))
    above, below = statuses(facts, parent), statuses(facts, child)
    assert {
        key: (status, below.get(key)) for key, status in above.items() if STRICTNESS[below[key]] < STRICTNESS[status]
    } == {}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(drafts_module.drafts(DECLARING), drafts_module.drafts(DECLARING))
def test_what_fails_under_the_parent_fails_under_the_child(
    facts: Seen, first: dict[str, Any], second: dict[str, Any]
) -> None:
    parent, child = drafts_module.policy_of(first), drafts_module.policy_of(first, second)
    assume(second and not weaker(parent, child))
    above, below = statuses(facts, parent), statuses(facts, child)
    assert {key: below.get(key) for key, status in above.items() if status == "fail" and below.get(key) != "fail"} == {}
