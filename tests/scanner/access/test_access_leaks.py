"""Private data, text that strangers write, a way out: only all three together are a leak."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from access_facts import (
    AWS,
    ON,
    POSTGRES,
    RAILWAY,
    SETTINGS,
    UNREAD,
    VAULT,
    agent,
    blind,
    edges_of,
    holding,
    linked,
    only,
    server,
)

from remit.access.agent import Egress
from remit.access.edges import leaks
from remit.access.reach import LEGS, reach
from remit.evidence import Source

URL = holding(POSTGRES, path=".env")


def leaked(*subjects, met=()):
    return reach(linked(*subjects), frozenset(met)).agents[0].leaks


# ------------------------------------------------------------------------------------------------ three legs


@pytest.mark.parametrize("classes", [tuple(found) for n in range(4) for found in itertools.combinations(LEGS, n)])
def test_it_takes_all_three_legs(classes):
    """The tree itself may hold what strangers wrote, so that leg is never known to be missing."""
    made = blind("deny", mcp=(server(*classes, name="hub"),))
    found = leaked(made)
    assert bool(found) is ({"private", "egress"} <= set(classes))
    for leak in found:
        assert tuple(leak.legs) == LEGS
        assert leak.certainty == ("proven" if "untrusted" in classes else "possible")
        assert all(edge.evidence for path in leak.legs.values() for edge in path)


@pytest.mark.parametrize(
    ("made", "files", "certainty"),
    [
        (agent("allow"), (URL,), "proven"),
        (agent("classifier"), (URL,), "possible"),
        (agent("allow"), (), None),
        (blind("allow"), (URL,), None),
        (agent("ask"), (URL,), None),
        (agent("deny"), (URL,), None),
        (agent("ask", bypass=(SETTINGS,)), (URL,), "proven"),
        (agent(decide=only("curl", otherwise="ask")), (URL,), "proven"),
        (agent(decide=only("wget", otherwise="ask")), (URL,), None),
        (agent(decide=only("perl", otherwise="ask")), (URL,), "possible"),
        (agent("allow", sandbox=ON, egress=Egress("none")), (URL,), None),
        (agent("allow", sandbox=ON, egress=Egress("open")), (URL,), "proven"),
        (agent("deny", approval=UNREAD), (URL,), "possible"),
        (agent("allow"), (holding(VAULT),), "proven"),
    ],
)
def test_an_agents_own_hands_may_be_all_three(made, files, certainty):
    found = leaked(made, *files)
    assert [leak.certainty for leak in found] == ([certainty] if certainty else [])
    if certainty:
        assert found[0].what == f"the secrets in {files[0].path}"


@pytest.mark.parametrize(
    ("credential", "private"),
    [
        (RAILWAY, True),
        (VAULT, True),
        (replace(RAILWAY, environment="development"), False),
        (replace(RAILWAY, placeholder=True), False),
        (replace(RAILWAY, damage="D0"), False),
    ],
)
def test_only_secrets_that_open_something_are_private_data(credential, private):
    graph = linked(agent(), holding(credential))
    assert bool(edges_of(graph, "holds secrets")) is private
    assert bool(reach(graph).agents[0].leaks) is private


def test_every_step_to_private_data_begins_where_another_ends():
    """A step that nothing leads to would promise evidence for what cannot happen."""
    graph = linked(agent(), holding(RAILWAY), holding(replace(AWS, environment="development"), path="dev.env"), URL)
    ends = {edge.end for edge in graph.edges}
    assert all(edge.start in ends for edge in edges_of(graph, "holds secrets"))


def test_the_private_leg_points_at_two_secrets_at_most():
    many = [replace(RAILWAY, source=Source("x", n)) for n in range(1, 6)]
    (edge,) = edges_of(linked(agent(), holding(*many)), "holds secrets")
    assert [place.line for place in edge.evidence] == [1, 2]
    assert (edge.grade, edge.cut_by) == ("proven", ("LP-011",))


# ------------------------------------------------------------------------------------------------ servers as legs


@pytest.mark.parametrize(
    ("kind", "deed", "cut"),
    [
        ("private", "reads private data", "LP-024"),
        ("untrusted", "brings in what strangers write", "SB-020"),
        ("egress", "sends data out", "LP-024"),
    ],
)
def test_what_a_server_gives_the_agent(kind, deed, cut):
    graph = linked(blind("deny", mcp=(server(kind),)))
    (edge,) = edges_of(graph, deed)
    assert (edge.start.name, edge.grade, edge.cut_by) == ("MCP server db", "proven", (cut,))
    assert edge.evidence == (Source(".mcp.json", 3, "agents"),)
    assert not edges_of(linked(blind("deny", mcp=(server(kind, auto=False),))), deed)


def test_legs_of_different_servers_make_one_leak():
    made = blind(
        "deny",
        mcp=(
            server("private", name="crm"),
            server("untrusted", name="mail", line=9),
            server("egress", name="web", line=15),
        ),
    )
    (leak,) = leaked(made)
    assert [str(leak.legs[leg][-1].start) for leg in LEGS] == [
        "tool:MCP server crm",
        "tool:MCP server mail",
        "tool:MCP server web",
    ]
    assert leak.what == "what MCP server crm reads"


def test_legs_of_different_agents_make_none():
    first = blind("deny", mcp=(server("private", name="crm"),))
    second = blind("deny", agent="codex", mcp=(server("egress", name="web"),))
    found = reach(linked(first, second))
    assert [each.leaks for each in found.agents] == [(), ()]
    assert found.goals == ()


# ------------------------------------------------------------------------------------------------ what stops it


@pytest.mark.parametrize(
    ("met", "left"),
    [
        (("LP-011",), False),
        (("SB-010",), False),
        (("SB-009",), False),
        (("LP-022",), False),
        (("SB-020",), True),
        (("LP-028",), True),
        (("BK-005",), True),
    ],
)
def test_one_leg_less_is_enough(met, left):
    assert bool(leaked(agent(), URL, met=met)) is left


def test_closing_the_pages_leaves_what_the_tree_says():
    made = agent(decide=only("curl", otherwise="ask"), mcp=(server("egress"),))
    (leak,) = leaked(made, URL, met=("SB-009",))
    assert leak.legs["untrusted"][-1].deed == "reads the tree it works on"
    assert leak.certainty == "possible"


def test_a_leak_names_every_control_of_its_legs():
    (leak,) = leaked(agent(), URL)
    named = {control for path in leak.legs.values() for edge in path for control in edge.cut_by}
    assert set(leak.cut_by) == named
    assert leak.cut_by == tuple(sorted(named))


def test_a_leak_is_a_goal_with_three_legs():
    (goal,) = (each for each in reach(linked(agent("allow"), URL)).goals if len(each.legs) > 1)
    assert goal.name == "leak:cursor"
    assert [leg.name for ends in goal.legs for leg in ends] == [each.name for each in leaks.LEGS]
    assert {leg.held_by for ends in goal.legs for leg in ends} == {"cursor"}
