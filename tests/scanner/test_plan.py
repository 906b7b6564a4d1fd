"""The plan: what it cuts, in which order, at what cost, and that it holds when it is carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from remit.access.reach import reach
from remit.audit import Audited, Request, as_if, audit
from remit.costs.prices import load_prices
from remit.demo import write_demo
from remit.outcome import result_of
from remit.plan import Plan, plan
from remit.policy.loader import load_policy

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PRICES = load_prices()


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Audited]:
    """The sample repositories, audited once, by name."""
    directory = tmp_path_factory.mktemp("plan") / "demo"
    paths = write_demo(directory, NOW.date())
    request = Request(paths, load_policy(directory / "policy.toml", now=NOW), NOW, cache=False)
    return {each.tree.id: each for each in audit(request)}


def losses(found: Any) -> list[str]:
    return [each.resource for agent in found.agents for each in agent.destroys if each.survival.verdict != "survives"]


def taken(made: Plan, target: str, most: int | None = None) -> frozenset[str]:
    """The controls that the first steps meet in a target; what is done once holds everywhere."""
    return frozenset(
        step.control
        for step in made.steps[:most]
        if target in step.targets or PRICES.control(step.control).each == "once"
    )


def test_carried_out_nothing_is_left_but_what_it_says(organisation: dict[str, Audited]) -> None:
    made = plan(list(organisation.values()), PRICES)
    left = {(aim.target, aim.goal.name) for aim in made.left}
    for name, each in organisation.items():
        after = reach(each.graph, taken(made, name))
        assert {(name, resource) for resource in losses(after)} <= left
    assert len(made.aims) >= 10


def test_the_steps_against_proven_paths_come_first_and_leave_none(organisation: dict[str, Audited]) -> None:
    made = plan(list(organisation.values()), PRICES)
    kinds = [step.against for step in made.steps]
    assert kinds == sorted(kinds, reverse=True)
    proven = kinds.count("proven")
    for name, each in organisation.items():
        after = reach(each.graph, taken(made, name, proven))
        sure = [
            found.resource
            for agent in after.agents
            for found in agent.destroys
            if found.certainty == "proven" and found.survival.verdict == "lost"
        ]
        assert sure == []


def test_several_targets_cost_no_more_than_each_by_itself(organisation: dict[str, Audited]) -> None:
    whole = plan(list(organisation.values()), PRICES)
    parts = [plan([each], PRICES) for each in organisation.values()]
    assert whole.cost.hours.value <= sum(part.cost.hours.value for part in parts)
    assert whole.cost.money_month.value <= sum(part.cost.money_month.value for part in parts)


def test_work_is_counted_where_it_has_to_be_done(organisation: dict[str, Audited]) -> None:
    made = plan(list(organisation.values()), PRICES)
    for step in made.steps:
        assert set(step.targets) <= set(organisation)
        assert step.targets
        if PRICES.control(step.control).each == "place":
            assert step.cost.hours.inputs["places"] == len(step.targets)  # type: ignore[union-attr]


def test_a_repository_as_it_should_be_needs_nothing(organisation: dict[str, Audited]) -> None:
    made = plan([organisation["ledger"]], PRICES)
    assert (made.steps, made.aims, made.left, made.cost.hours.value) == ((), (), (), 0)


def test_the_order_of_targets_does_not_matter(organisation: dict[str, Audited]) -> None:
    forth, back = plan(list(organisation.values()), PRICES), plan(list(organisation.values())[::-1], PRICES)
    assert [(step.control, step.targets) for step in forth.steps] == [
        (step.control, step.targets) for step in back.steps
    ]


def test_what_is_taken_as_met_is_not_proposed(organisation: dict[str, Audited]) -> None:
    site = organisation["course-site"]
    first = plan([site], PRICES).steps[0].control
    assumed = replace(site, findings=as_if(site.findings, {first}), reach=reach(site.graph, {first}))
    again = plan([assumed], PRICES, frozenset({first}))
    assert first not in {step.control for step in again.steps}
    assert again.contradictions == ()


def test_a_control_that_passes_and_stops_nothing_is_told_and_not_proposed(organisation: dict[str, Audited]) -> None:
    site = organisation["course-site"]
    first = plan([site], PRICES).steps[0].control
    wrong = replace(site, findings=as_if(site.findings, {first}))
    made = plan([wrong], PRICES)
    assert first not in {step.control for step in made.steps}
    assert any(sentence.startswith(f"{first} passes in course-site, and yet: ") for sentence in made.contradictions)


def test_what_nobody_audits_is_not_proposed(organisation: dict[str, Audited]) -> None:
    site = organisation["course-site"]
    first = plan([site], PRICES).steps[0].control
    unheard = replace(site, findings=tuple(each for each in site.findings if each.check.id != first))
    made = plan([unheard], PRICES)
    assert first not in {step.control for step in made.steps}
    assert made.contradictions == ()


def test_a_better_score_after_every_step(organisation: dict[str, Audited]) -> None:
    made = plan(list(organisation.values()), PRICES)
    scores = [step.score for step in made.steps if step.score is not None]
    assert scores == sorted(scores)
    assert len(scores) == len(made.steps)


def test_what_if_tells_the_real_state_beside_it(tmp_path: Path) -> None:
    (path,) = [each for each in write_demo(tmp_path / "demo", NOW.date()) if each.name == "pocket-cars"]
    request = Request((path,), load_policy(tmp_path / "demo" / "policy.toml", now=NOW), NOW, cache=False)
    supposing = replace(request, assume=frozenset({"LP-011", "LP-022", "SB-002"}))
    real, supposed = result_of(audit(request), request), result_of(audit(supposing), supposing)
    assert (real.as_found, real.assumptions) == (None, ())
    assert supposed.assumptions == ("LP-011=pass", "LP-022=pass", "SB-002=pass")
    assert supposed.as_found is not None
    assert (supposed.as_found.verdict, supposed.as_found.score) == ("lost", real.scores["overall"].proven)
    assert supposed.nine_second_test.verdict != "lost"
