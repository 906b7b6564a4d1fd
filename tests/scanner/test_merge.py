"""Merging results: as if all targets had been audited in one run."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.audit import Request
from remit.demo import write_demo
from remit.errors import ReportError
from remit.merge import merge
from remit.policy.loader import load_policy
from remit.scan import scan

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def audits(tmp_path_factory):
    """A function that audits some of the sample repositories together, and their names."""
    directory = tmp_path_factory.mktemp("merge") / "demo"
    paths = {path.name: path for path in write_demo(directory)}
    policy = load_policy(directory / "policy.toml", now=NOW)
    known = {}

    def audited(*names, now=NOW, baseline=False, fail_on="high"):
        key = (names, now, baseline, fail_on)
        if key not in known:
            loaded = load_policy(None) if baseline else policy
            targets = tuple(paths[name] for name in names)
            known[key] = scan(Request(targets, loaded, now, cache=False, fail_on=fail_on))
        return known[key]

    return audited


NAMES = ["course-site", "ledger", "pocket-cars", "sales-crm", "shop-web"]


def test_one_result_stays_what_it_is(audits):
    assert merge([audits(*NAMES)]).to_json() == audits(*NAMES).to_json()


@settings(max_examples=15, deadline=None)
@given(groups=st.lists(st.integers(0, 2), min_size=5, max_size=5), random=st.randoms())
def test_merged_parts_are_the_whole(audits, groups, random):
    parts = [[name for name, group in zip(NAMES, groups, strict=True) if group == number] for number in range(3)]
    results = [audits(*part) for part in parts if part]
    random.shuffle(results)
    whole = audits(*NAMES)
    if len(results) > 1:
        # What would cut every path of all of them cannot be told from their results.
        whole = whole.model_copy(update={"plan": None})
    assert merge(results).to_json() == whole.to_json()


def test_what_is_taken_as_met_must_be_the_same(audits):
    supposing = audits("ledger").model_copy(update={"assumptions": ("SB-001=pass",)})
    with pytest.raises(ReportError, match="--assume"):
        merge([supposing, audits("shop-web")])


def test_the_order_of_results_does_not_matter(audits):
    results = [audits("ledger", "shop-web"), audits("pocket-cars"), audits("course-site")]
    assert len({merge(list(order)).to_json() for order in permutations(results)}) == 1


def test_merging_merged_results_changes_nothing(audits):
    one, two, three = audits("ledger"), audits("pocket-cars"), audits("shop-web")
    assert merge([merge([one, two]), three]).to_json() == merge([one, two, three]).to_json()


def test_the_worst_decides(audits):
    assert audits("ledger").nine_second_test.verdict == "survives"
    merged = merge([audits("ledger"), audits("pocket-cars")])
    assert (merged.nine_second_test.verdict, merged.verdict) == ("lost", "fails")


def test_the_latest_moment_is_the_moment(audits):
    later = datetime(2026, 11, 22, tzinfo=UTC)
    merged = merge([audits("ledger", now=later), audits("shop-web")])
    assert merged.now == "2026-11-22T00:00:00Z"


def test_the_same_target_twice_is_refused(audits):
    with pytest.raises(ReportError, match="ledger is in more than one"):
        merge([audits("ledger", "shop-web"), audits("ledger")])


def test_results_by_different_policies_are_refused(audits):
    with pytest.raises(ReportError, match="different policies"):
        merge([audits("ledger"), audits("shop-web", baseline=True)])


def test_results_at_different_thresholds_need_one_that_holds(audits):
    results = [audits("ledger"), audits("shop-web", fail_on="critical")]
    with pytest.raises(ReportError, match="--fail-on"):
        merge(results)
    assert merge(results, "low").fail_on == "low"


@pytest.mark.parametrize(("threshold", "verdict"), [("critical", "fails"), ("low", "fails"), ("never", "meets")])
def test_the_verdict_follows_the_threshold(audits, threshold, verdict):
    merged = merge([audits("pocket-cars")], threshold)
    assert (merged.fail_on, merged.verdict) == (threshold, verdict)
    assert merged.scores == audits("pocket-cars").scores
