"""Ignorance as a value, and facts that can neither be changed nor lost on their way through the cache."""

from __future__ import annotations

import dataclasses
import inspect
import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import evidence
from remit.access import agent
from remit.collect.run import collectors
from remit.evidence import Gap, Source, Unknown
from remit.verdict import Verdict, fail, ok, skip, unknown

NOBODY = Unknown("nobody looked")


@pytest.mark.parametrize(
    "use",
    [
        lambda fact: bool(fact),
        lambda fact: not fact,
        lambda fact: fact and True,
        lambda fact: "yes" if fact else "no",
        lambda fact: fact == "production",
        lambda fact: fact != "production",
        lambda fact: fact == None,  # noqa: E711
        lambda fact: fact == True,  # noqa: E712
        lambda fact: fact in ("production", "staging"),
        lambda fact: ["production"].count(fact),
        lambda fact: all([fact]),
        lambda fact: fact < 3,
        lambda fact: fact + 1,
        lambda fact: max(fact, 3),
        lambda fact: len(fact),
        lambda fact: [*fact],
    ],
)
def test_an_unknown_fact_answers_no_question(use):
    with pytest.raises(TypeError):
        use(NOBODY)


def test_unknown_facts_compare_with_each_other_by_their_reason():
    assert Unknown("a") == Unknown("a")
    assert Unknown("a") != Unknown("b")
    assert len({Unknown("a"), Unknown("a"), Unknown("b")}) == 2
    assert {NOBODY: 1}[Unknown("nobody looked")] == 1
    with pytest.raises(TypeError, match="nobody looked"):
        bool(NOBODY)


@given(st.text(max_size=30))
def test_an_unknown_fact_survives_every_journey(why):
    fact = Unknown(why)
    assert pickle.loads(pickle.dumps(fact)) == fact
    assert msgspec.json.decode(msgspec.json.encode(fact), type=Unknown) == fact


FACTS = [
    each
    for module in (evidence, agent)
    for each in vars(module).values()
    if inspect.isclass(each) and dataclasses.is_dataclass(each) and each.__module__ == module.__name__
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_facts_are_frozen_and_hold_nothing_else(fact):
    assert fact.__dataclass_params__.frozen
    assert "__slots__" in vars(fact)


@pytest.mark.parametrize("fact", [each for each in FACTS if hasattr(each, "KIND")], ids=lambda fact: fact.__name__)
def test_subjects_have_a_kind_and_a_name(fact):
    assert isinstance(fact.KIND, str)
    assert isinstance(inspect.getattr_static(fact, "name", None), property) or "name" in fact.__slots__


@pytest.mark.parametrize("collector", collectors(), ids=lambda each: each.name)
def test_what_a_collector_yields_can_be_kept(collector):
    assert dataclasses.is_dataclass(collector.fact)
    assert collector.fact.__dataclass_params__.frozen
    decoder = msgspec.json.Decoder(list[collector.fact])
    assert decoder.decode(b"[]") == []


def test_sources_and_gaps_have_an_order_and_a_short_form():
    assert str(Source("a.tf", 3)) == "a.tf:3"
    assert str(Source("a.tf")) == "a.tf"
    assert sorted([Source("b", 1), Source("a", 9), Source("a", 2)]) == [Source("a", 2), Source("a", 9), Source("b", 1)]
    assert sorted([Gap("tree", "b", "x"), Gap("agents", "z", "x")])[0].collector == "agents"


# ------------------------------------------------------------------------------------------------ verdicts


def test_the_four_answers():
    place = Source("a.tf", 3)
    assert ok("fine", place) == Verdict("pass", "fine", (place,))
    assert skip("none here") == Verdict("not-applicable", "none here")
    assert unknown(NOBODY, place) == unknown("nobody looked", place) == Verdict("unknown", "nobody looked", (place,))


def test_a_failure_names_a_place_and_a_way_out():
    from remit.remedy import manual

    with pytest.raises(ValueError, match="source"):
        fail("bad", remedies=(manual("Mend it"),))
    with pytest.raises(ValueError, match="remedy"):
        fail("bad", Source("a.tf"), remedies=())
    assert fail("bad", Source("a.tf"), remedies=(manual("Mend it"),)).answer == "fail"
