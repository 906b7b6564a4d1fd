"""The cheapest cut, against trying every set of controls."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.access.cut import Field, bits, cheapest, lightest
from remit.access.graph import Edge, Node, ordered
from remit.access.network import Goal, Network

CONTROLS = ("BK-005", "LP-011", "LP-013", "LP-022", "LP-028", "SB-009", "SB-010")


def node(number: int) -> Node:
    return Node("resource", f"n{number:02}", "agent")


def edge(start: int, end: int, grade: str = "proven", cut_by: tuple[str, ...] = ()) -> Edge:
    return Edge(node(start), "leads to", node(end), grade, (), cut_by)  # type: ignore[arg-type]


def random_graph(seed: int) -> tuple[list[Edge], list[Goal], dict[str, int]]:
    """Up to 12 nodes, up to 30 edges, cycles among them; losses have one leg, leaks have three."""
    draw = random.Random(seed)
    size = draw.randint(2, 12)
    edges = [
        edge(
            draw.randrange(size),
            draw.randrange(size),
            draw.choice(("proven", "proven", "declared", "unknown", "assumed")),
            tuple(draw.sample(CONTROLS, draw.choice((0, 1, 1, 2, 2, 3)))),
        )
        for _ in range(draw.randint(1, 30))
    ]
    goals = []
    for number in range(draw.randint(1, 3)):
        legs = draw.choice((1, 1, 3))
        ends = tuple(frozenset({node(draw.randrange(1, size))}) for _ in range(legs))
        goals.append(Goal(node(0), ends, f"goal {number}"))
    return edges, goals, {control: draw.randint(1, 9) for control in CONTROLS}


def connected(edges: list[Edge], goal: Goal, met: frozenset[str], *, proven_only: bool) -> bool:
    """Whether every leg is still reached, by walking until nothing is added."""
    reached = {goal.start}
    while True:
        more = {
            each.end
            for each in edges
            if each.start in reached
            and not met & set(each.cut_by)
            and not (proven_only and each.grade in ("unknown", "assumed"))
        }
        if more <= reached:
            return all(leg & reached for leg in goal.legs)
        reached |= more


def best_by_trying(
    edges: list[Edge], goals: list[Goal], weights: dict[str, int], *, proven_only: bool
) -> tuple[int, int, set[str]]:
    """The least weight, the fewest controls of that weight, and the goals that nothing cuts."""
    everything = frozenset(CONTROLS)
    hopeless = {goal.name for goal in goals if connected(edges, goal, everything, proven_only=proven_only)}
    rest = [goal for goal in goals if goal.name not in hopeless]
    sets = (frozenset(each) for size in range(len(CONTROLS) + 1) for each in itertools.combinations(CONTROLS, size))
    fitting = [each for each in sets if not any(connected(edges, goal, each, proven_only=proven_only) for goal in rest)]
    weight, size = min((sum(weights[control] for control in each), len(each)) for each in fitting)
    return weight, size, hopeless


def cut(edges: list[Edge], goals: list[Goal], weights: dict[str, int], *, proven_only: bool = False):
    return cheapest([Field(Network(ordered(edges)), goals, bits(weights))], weights, proven_only=proven_only)


@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_a_thousand_random_graphs_against_trying_every_set(first: int) -> None:
    for seed in range(first, first + 100):
        edges, goals, weights = random_graph(seed)
        for proven_only in (True, False):
            found = cut(edges, goals, weights, proven_only=proven_only)
            weight, size, hopeless = best_by_trying(edges, goals, weights, proven_only=proven_only)
            total = sum(weights[control] for control in found.controls)
            assert (total, len(found.controls)) == (weight, size), f"seed {seed}, proven_only={proven_only}"
            assert {goal.name for goal in found.left} == hopeless, f"seed {seed}, proven_only={proven_only}"


@given(st.integers(0, 10**9))
def test_nothing_is_left_when_the_cut_is_applied(seed: int) -> None:
    edges, goals, weights = random_graph(seed)
    found = cut(edges, goals, weights)
    left = {goal.name for goal in found.left}
    met = frozenset(found.controls)
    assert not any(connected(edges, goal, met, proven_only=False) for goal in goals if goal.name not in left)


@given(st.integers(0, 10**9), st.randoms())
def test_neither_the_order_of_edges_nor_of_goals_matters(seed: int, shuffle: random.Random) -> None:
    edges, goals, weights = random_graph(seed)
    other_edges, other_goals = edges[:], goals[:]
    shuffle.shuffle(other_edges)
    shuffle.shuffle(other_goals)
    first, second = cut(edges, goals, weights), cut(other_edges, other_goals, weights)
    assert first.controls == second.controls
    assert {goal.name for goal in first.left} == {goal.name for goal in second.left}


@given(st.integers(0, 10**9), st.sampled_from(CONTROLS))
def test_one_more_control_on_an_edge_never_makes_the_cut_dearer(seed: int, control: str) -> None:
    edges, goals, weights = random_graph(seed)
    more = [edges[0], *edges[1:]]
    more[0] = Edge(edges[0].start, edges[0].deed, edges[0].end, edges[0].grade, (), tuple({*edges[0].cut_by, control}))
    before, after = cut(edges, goals, weights), cut(more, goals, weights)
    if {goal.name for goal in before.left} == {goal.name for goal in after.left}:
        price = [sum(weights[each] for each in found.controls) for found in (before, after)]
        assert price[1] <= price[0]


def test_a_control_that_cuts_many_paths_beats_cheaper_ones_that_cut_one_each() -> None:
    edges = [edge(0, number, cut_by=("LP-011",)) for number in (1, 2, 3)]
    edges += [edge(number, 9, cut_by=(control,)) for number, control in zip((1, 2, 3), CONTROLS[3:6], strict=True)]
    weights = dict.fromkeys(CONTROLS, 2) | {"LP-011": 5}
    assert cut(edges, [Goal(node(0), (frozenset({node(9)}),), "loss")], weights).controls == ("LP-011",)


def test_of_equally_cheap_sets_the_smaller_one() -> None:
    demands = [frozenset({"A", "C"}), frozenset({"B", "C"})]
    assert lightest(demands, {"A": 1, "B": 1, "C": 2}) == frozenset({"C"})


def test_a_leak_falls_with_its_cheapest_leg() -> None:
    edges = [
        edge(0, 1, cut_by=("LP-011",)),
        edge(0, 2),
        edge(0, 3, cut_by=("SB-009",)),
    ]
    leak = Goal(node(0), tuple(frozenset({node(number)}) for number in (1, 2, 3)), "leak")
    assert cut(edges, [leak], dict.fromkeys(CONTROLS, 5) | {"SB-009": 1}).controls == ("SB-009",)


def test_controls_met_already_are_not_chosen_again() -> None:
    edges = [edge(0, 1, cut_by=("LP-011",)), edge(0, 2, cut_by=("LP-022",))]
    goals = [Goal(node(0), (frozenset({node(number)}),), f"loss {number}") for number in (1, 2)]
    weights = dict.fromkeys(CONTROLS, 1)
    field = Field(Network(ordered(edges)), goals, bits(weights))
    assert cheapest([field], weights, met={"LP-011", "IR-001"}).controls == ("LP-022",)


def test_nothing_to_prevent_needs_nothing() -> None:
    assert cheapest([], {}).controls == ()
    assert cut([edge(0, 1)], [], dict.fromkeys(CONTROLS, 1)).controls == ()
