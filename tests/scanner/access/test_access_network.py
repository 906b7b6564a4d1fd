"""Paths: the most certain one first, then the shortest, whatever the order of the edges."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from remit.access.graph import Edge, Grade, Node, ordered
from remit.access.network import Network
from remit.evidence import Source

START = Node("agent", "a")
names = st.sampled_from("abcdef")
nodes = st.builds(Node, st.just("agent"), names)
grades: st.SearchStrategy[Grade] = st.sampled_from(["proven", "declared", "attested", "assumed", "unknown"])
edges = st.builds(
    Edge,
    start=nodes,
    deed=st.sampled_from(["reads", "runs"]),
    end=nodes,
    grade=grades,
    evidence=st.sampled_from([(), (Source("a.txt", 1),), (Source("b.txt", 2),)]),
    cut_by=st.sampled_from([(), ("SB-010",), ("LP-011", "SB-010")]),
    why=st.sampled_from(["", "because"]),
)
graphs = st.lists(edges, max_size=14)


def paths(found: list[Edge], met: frozenset[str] = frozenset()) -> dict[Node, tuple[Edge, ...]]:
    return dict(Network(ordered(found)).best(START, met))


def cost(path: tuple[Edge, ...]) -> tuple[int, int]:
    return sum(edge.grade in ("assumed", "unknown") for edge in path), len(path)


@given(graphs, st.randoms())
def test_the_order_in_which_edges_are_found_does_not_matter(found: list[Edge], shuffle: random.Random) -> None:
    other = found[:]
    shuffle.shuffle(other)
    assert ordered(other) == ordered(found)
    assert paths(other) == paths(found)


@given(graphs.filter(bool), st.data())
def test_an_edge_removed_never_adds_reach_nor_certainty(found: list[Edge], data: st.DataObject) -> None:
    removed = data.draw(st.integers(0, len(found) - 1))
    less, whole = paths(found[:removed] + found[removed + 1 :]), paths(found)
    assert set(less) <= set(whole)
    assert all(cost(whole[node]) <= cost(less[node]) for node in less)


@given(graphs, st.sampled_from(["SB-010", "LP-011"]))
def test_a_control_met_never_adds_a_path_and_stops_what_it_is_said_to_stop(found: list[Edge], control: str) -> None:
    less, whole = paths(found, frozenset({control})), paths(found)
    assert set(less) <= set(whole)
    assert not any(control in edge.cut_by for path in less.values() for edge in path)


@given(graphs)
def test_a_path_is_unbroken_starts_at_the_start_and_visits_nothing_twice(found: list[Edge]) -> None:
    for end, path in paths(found).items():
        assert path[0].start == START
        assert path[-1].end == end != START
        assert all(left.end == right.start for left, right in itertools.pairwise(path))
        assert len({edge.end for edge in path}) == len(path)


@given(graphs)
def test_the_path_shown_is_the_most_certain_and_then_the_shortest(found: list[Edge]) -> None:
    best = {START: (0, 0)}
    for _ in range(7):  # relax as often as there are nodes: Bellman and Ford's way
        for edge in found:
            if edge.start in best:
                here = best[edge.start]
                total = (here[0] + (edge.certainty == "possible"), here[1] + 1)
                best[edge.end] = min(best.get(edge.end, total), total)
    del best[START]
    assert {end: cost(path) for end, path in paths(found).items()} == best


@given(graphs)
def test_proven_only_knows_no_step_that_nobody_saw(found: list[Edge]) -> None:
    sure = Network(ordered(found)).best(START, proven_only=True)
    assert all(edge.certainty == "proven" for path in sure.values() for edge in path)
    assert {end for end, path in paths(found).items() if cost(path)[0] == 0} == set(sure)


def test_a_hundred_thousand_edges_in_cycles_and_a_long_chain_end() -> None:
    chain = [Edge(Node("file", str(n)), "leads to", Node("file", str(n + 1)), "proven", (), ()) for n in range(50_000)]
    back = [Edge(Node("file", str(n)), "leads back to", Node("file", "0"), "unknown", (), ()) for n in range(1, 50_000)]
    found = Network([*chain, *back]).best(Node("file", "0"))
    assert len(found[Node("file", "50000")]) == 50_000
    assert Node("file", "0") not in found
