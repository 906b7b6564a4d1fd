"""Linking: what the nodes are called, in which order edges come, and that no agent uses another's hands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    DATABASE,
    HOME,
    POSTGRES,
    RAILWAY,
    SETTINGS,
    VAULT,
    VOLUME,
    agent,
    blind,
    catalogue,
    container,
    edges_of,
    holding,
    linked,
    module,
    only,
    role,
    script,
    server,
)

from remit.access.edges.losses import loss
from remit.access.graph import AccessGraph, Edge, Node, ordered
from remit.access.link import link
from remit.access.nodes import credential_name, resource_name
from remit.access.reach import reach
from remit.evidence import Pipeline, Source
from remit.policy.model import Policy

EVERYTHING = (
    holding(RAILWAY, VAULT),
    holding(POSTGRES, path=".env"),
    module(),
    script("sql-ddl"),
    script("iac-destroy", path=".github/workflows/deploy.yml"),
    Pipeline(".github/workflows/release.yml", (Source(".github/workflows/release.yml", 4, "pipeline_secrets"),), False),
    script("iac-destroy", path="Makefile", context="make target wipe", program="terraform", words=("-chdir=infra",)),
    container(),
    catalogue(role("app", "DELETE", owner=("OWN",))),
)
STRONG = agent(
    approval="edits-auto", mcp=(server("shell", name="term"), server("private", "egress", "write", name="db", line=9))
)

# ------------------------------------------------------------------------------------------------ every kind of edge

KINDS = {
    ("agent", "can read unasked", "file"): "proven",
    ("file", "holds: ", "credential"): "proven",
    ("credential", "can delete volume", "resource"): "proven",
    ("credential", "can read the secrets kept there", "credential"): "proven",
    ("credential", "can do what those secrets allow", "resource"): "unknown",
    ("credential", "logs in as", "role"): "proven",
    ("role", "has or can take the rights of", "role"): "declared",
    ("role", "can ", "resource"): "declared",
    ("agent", "can run", "command"): "proven",
    ("command", "drizzle-kit empties the database", "resource"): "proven",
    ("agent", "can edit and push", "file"): "unknown",
    ("file", "runs with the pipeline's secrets", "credential"): "proven",
    ("credential", "can be turned on what those open", "resource"): "unknown",
    ("file", "runs in the pipeline", "command"): "unknown",
    ("command", "can be turned on what those open", "resource"): "unknown",
    ("agent", "can run terraform destroy", "command"): "proven",
    ("command", "destroys a stack", "command"): "proven",
    ("command", "destroys what the state describes", "resource"): "unknown",
    ("agent", "calls unasked", "tool"): "proven",
    ("tool", "reads ", "credential"): "proven",
    ("credential", "is used through the server", "resource"): "proven",
    ("tool", "can write and delete", "resource"): "unknown",
    ("tool", "can delete its user's files", "resource"): "proven",
    ("agent", "can delete its user's files", "resource"): "proven",
    ("agent", "talks to the container engine's socket", "machine"): "proven",
    ("machine", "is root on the host", "resource"): "proven",
    ("file", "holds secrets", "content"): "proven",
    ("tool", "reads private data", "content"): "proven",
    ("agent", "fetches pages", "content"): "proven",
    ("agent", "reads the tree it works on", "content"): "unknown",
    ("agent", "sends requests to any host", "egress"): "proven",
    ("tool", "sends data out", "egress"): "proven",
    ("resource", "no copy survives", "loss"): None,
}
"""Kinds of start and end, deed and grade, of every edge there is."""


@pytest.mark.parametrize(("kind", "grade"), KINDS.items())
def test_every_kind_of_edge_is_drawn_from_the_facts_of_its_surface(kind, grade):
    start, deed, end = kind
    found = edges_of(linked(STRONG, *EVERYTHING), deed, start=start, end=end)
    assert found
    if grade:
        # The way through code of the tree is the one that nobody can prove.
        assert grade in {edge.grade for edge in found}
        assert {edge.grade for edge in found} <= {grade, "unknown"}


def test_no_other_kind_of_edge_is_drawn():
    known = tuple(KINDS)
    for edge in linked(STRONG, *EVERYTHING).edges:
        assert any(
            edge.start.kind == start and edge.end.kind == end and edge.deed.startswith(deed)
            for start, deed, end in known
        ), edge


def test_an_agent_that_is_asked_about_everything_only_reads():
    asked = blind("ask")
    deeds = {edge.deed for edge in linked(asked, *EVERYTHING).edges if edge.start.kind == "agent"}
    assert deeds == {"reads the tree it works on"}
    assert reach(linked(asked, *EVERYTHING)).agents[0].destroys == ()


def test_without_subjects_there_is_nothing():
    assert linked().edges == ()
    assert {edge.deed for edge in linked(agent("deny")).edges} == {"reads the tree it works on"}


# ------------------------------------------------------------------------------------------------ names and order


def test_names_of_nodes():
    assert credential_name(RAILWAY) == "railway-token:tools/domains.sh:4"
    (resource,) = module().resources
    assert resource_name(module(), resource) == "infra/aws_db_instance.main"
    assert resource_name(module(path=""), resource) == "aws_db_instance.main"
    assert str(Node("file", ".env", "cursor")) == "file:.env"
    assert loss(Node("resource", VOLUME, "cursor")) == Node("loss", VOLUME, "cursor")


def test_two_credentials_on_one_line_of_different_kinds_are_two():
    both = holding(RAILWAY, replace(VAULT, source=RAILWAY.source))
    assert len({edge.end for edge in edges_of(linked(agent(), both), "holds:")}) == 2


def test_edges_come_once_and_in_order():
    graph = linked(STRONG, *EVERYTHING)
    assert list(graph.edges) == list(ordered(graph.edges)) == list(ordered([*graph.edges, *graph.edges][::-1]))
    assert len(set(graph.edges)) == len(graph.edges)


def test_edges_that_differ_in_one_field_only_have_an_order_too():
    node = Node("agent", "a"), Node("file", "b", "a")
    plain = Edge(node[0], "reads", node[1], "proven", (), ())
    others = [
        plain, replace(plain, grade="unknown"), replace(plain, cut_by=("SB-010",)), replace(plain, why="because"),
        replace(plain, evidence=(Source("a", 1),)), replace(plain, evidence=(Source("a", 2),)), replace(plain, deed="eats"),
    ]  # fmt: skip
    assert ordered(others) == ordered(others[::-1])
    assert len(ordered(others)) == len(others)


@pytest.mark.parametrize(
    ("grade", "certainty"),
    [
        ("proven", "proven"),
        ("declared", "proven"),
        ("attested", "proven"),
        ("assumed", "possible"),
        ("unknown", "possible"),
    ],
)
def test_what_nobody_saw_declared_or_attested_is_only_possible(grade, certainty):
    assert Edge(Node("agent", "a"), "reads", Node("file", "b"), grade, (), ()).certainty == certainty


def test_linking_twice_changes_nothing():
    once = linked(STRONG, *EVERYTHING)
    again = link(once)
    assert (again.edges, again.fates) == (once.edges, once.fates)


def test_linking_leaves_the_graph_it_was_given_alone():
    bare = AccessGraph("t", Policy(), (STRONG, *EVERYTHING))
    link(bare)
    assert (bare.edges, bare.fates) == ((), {})


def test_every_resource_that_is_reached_has_its_fate():
    graph = linked(STRONG, agent("classifier", agent="codex"), *EVERYTHING)
    assert {edge.end for edge in edges_of(graph, end="resource")} == set(graph.fates)


# ------------------------------------------------------------------------------------------------ hands


def test_each_agent_is_tested_by_its_own_gates():
    found = reach(linked(agent(), agent("ask", agent="claude-code"), holding(RAILWAY)))
    assert {each.agent.agent: {lost.resource for lost in each.destroys} for each in found.agents} == {
        "cursor": {VOLUME, HOME},
        "claude-code": set(),
    }


def test_an_agent_in_a_subdirectory_has_a_node_of_its_own():
    found = reach(linked(agent(), agent("ask", root="web"), holding(RAILWAY)))
    assert {each.agent.name: len(each.destroys) for each in found.agents} == {"cursor": 2, "cursor in web": 0}


READER = agent("ask", agent="reader")
"""Reads everything and runs nothing."""
RUNNER = blind(agent="runner", decide=only("psql", "curl"))
"""Runs what would use a credential and reads none."""


def test_what_one_agent_reads_another_does_not_use():
    graph = linked(READER, RUNNER, holding(RAILWAY), holding(POSTGRES, path=".env"))
    found = {each.agent.agent: {lost.resource for lost in each.destroys} for each in reach(graph).agents}
    assert found == {"reader": set(), "runner": set()}
    both = agent(decide=only("psql", "curl"))
    alone = reach(linked(both, holding(RAILWAY), holding(POSTGRES, path=".env"))).agents[0]
    assert {lost.resource for lost in alone.destroys} == {VOLUME, DATABASE}


def test_a_file_in_two_hands_is_two_nodes():
    graph = linked(agent(), agent(agent="codex"), holding(RAILWAY))
    files = {edge.end for edge in edges_of(graph, "can read")}
    assert {(node.name, node.held_by) for node in files} == {
        ("tools/domains.sh", "cursor"),
        ("tools/domains.sh", "codex"),
    }
    assert {str(node) for node in files} == {"file:tools/domains.sh"}


def test_a_server_of_one_agent_serves_no_other():
    owner = blind("deny", agent="owner", mcp=(server("shell"),))
    found = reach(linked(owner, blind("deny", agent="guest"), holding(RAILWAY)))
    assert {each.agent.agent: {lost.resource for lost in each.destroys} for each in found.agents} == {
        "owner": {VOLUME, HOME},
        "guest": set(),
    }


def test_an_agent_is_asked_about_each_kind_of_deed_once():
    asked: list[str] = []

    def decide(command):
        asked.append(command)
        return only("ls")(command)

    many = [replace(RAILWAY, source=Source("x", n), resource=f"railway:volume:v{n}") for n in range(1, 200)]
    linked(agent(decide=decide, bypass=(SETTINGS,)), holding(*many))
    once = len(asked)
    asked.clear()
    linked(agent(decide=decide, bypass=(SETTINGS,)), holding(many[0]))
    assert once == len(asked)
