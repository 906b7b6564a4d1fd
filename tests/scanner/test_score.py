"""The laws of the score: ignorance never helps, mending never hurts, order plays no part."""

from hypothesis import given
from hypothesis import strategies as st

from remit.check import DIMENSIONS, SEVERITIES
from remit.score import STATUSES, WEIGHTS, run_verdict, scores

verdicts = st.lists(
    st.tuples(st.sampled_from(DIMENSIONS), st.sampled_from(SEVERITIES), st.sampled_from(STATUSES)), max_size=30
)


def proven(listed):
    return {name: score.proven if score.proven is not None else 0.0 for name, score in scores(listed).items()}


@given(verdicts, st.data())
def test_knowing_less_never_raises_proven(listed, data):
    known = [place for place, each in enumerate(listed) if each[2] in {"pass", "fail", "waived"}]
    hidden = data.draw(st.sets(st.sampled_from(known))) if known else set()
    less = [(d, s, "unknown") if place in hidden else (d, s, status) for place, (d, s, status) in enumerate(listed)]
    before, after = proven(listed), proven(less)
    assert all(after[name] <= before[name] for name in before)


@given(verdicts, st.data())
def test_fixing_never_lowers_proven_nor_possible(listed, data):
    broken = [place for place, each in enumerate(listed) if each[2] in {"fail", "waived"}]
    mended = data.draw(st.sets(st.sampled_from(broken))) if broken else set()
    better = [(d, s, "pass") if place in mended else (d, s, status) for place, (d, s, status) in enumerate(listed)]
    before, after = scores(listed), scores(better)
    for name in before:
        assert (after[name].proven or 0) >= (before[name].proven or 0)
        assert (after[name].possible or 0) >= (before[name].possible or 0)


@given(verdicts, st.randoms())
def test_order_changes_nothing(listed, random):
    shuffled = list(listed)
    random.shuffle(shuffled)
    assert scores(shuffled) == scores(listed)


@given(verdicts)
def test_proven_possible_and_coverage_follow_the_formula(listed):
    for name, score in scores(listed).items():
        own = [each for each in listed if name in {"overall", each[0]}]
        weight = {status: sum(WEIGHTS[s] for _, s, each in own if each == status) for status in STATUSES}
        total = sum(weight.values()) - weight["not-applicable"]
        if total == 0:
            assert (score.proven, score.possible, score.coverage) == (None, None, None)
            continue
        assert score.proven == round(100 * weight["pass"] / total, 1)
        assert score.possible == round(100 * (weight["pass"] + weight["unknown"] + weight["error"]) / total, 1)
        assert score.coverage == round((weight["pass"] + weight["fail"] + weight["waived"]) / total, 4)
        assert score.proven <= score.possible


def test_a_dimension_with_nothing_applicable_has_no_score():
    assert scores([("backup", "critical", "not-applicable")])["backup"].proven is None
    assert scores([])["overall"].possible is None


def test_waived_counts_as_fail_and_is_shown_apart():
    score = scores([("backup", "high", "waived"), ("backup", "high", "pass")])["backup"]
    assert (score.proven, score.possible) == (50.0, 50.0)
    assert (score.counts["waived"], score.counts["fail"]) == (1, 0)


@given(verdicts, st.integers(0, 3), st.sampled_from(["critical", "high", "medium", "low", "never"]))
def test_meets_means_that_nothing_that_counts_is_open(listed, gaps, threshold):
    verdict = run_verdict(listed, gaps, threshold)
    reached = SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold != "never" else ()
    counted = {status for _, severity, status in listed if severity in reached}
    everywhere = {status for _, _, status in listed}
    if verdict == "meets":
        assert not gaps
        assert not counted & {"fail", "unknown"}
        assert "error" not in everywhere
    assert (verdict == "fails") == ("fail" in counted)
