"""Inputs made to get a false "survives" out of the test, and inputs made to keep it busy."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from access_facts import (
    APART,
    AWS,
    DATABASE,
    HOME,
    POSTGRES,
    agent,
    blind,
    copies,
    destroyed,
    edges_of,
    holding,
    linked,
    server,
)

from remit.access.cut import Field, bits, cheapest
from remit.access.graph import Edge, Node
from remit.access.link import vouched
from remit.access.network import Goal, Network
from remit.access.providers import names_provider
from remit.access.reach import reach
from remit.evidence import Gap, Source

EMPTY = Gap("agents", ".claude/settings.json", "is no JSON", ("Agent",))
ELSEWHERE = replace(EMPTY, path="infra/main.tf", affects=("IacModule",))


# --------------------------------------------------------------------------------- agents that nobody could have seen


@pytest.mark.parametrize(
    ("changes", "verdict", "told"),
    [
        ({}, "no-agent", "none was found"),
        ({"gaps": [ELSEWHERE]}, "no-agent", "none was found"),
        ({"gaps": [EMPTY]}, "unknown", "1 places were not read"),
        ({"left_out": (".claude/",)}, "unknown", "1 places were not read"),
        ({"gaps": [EMPTY, ELSEWHERE], "left_out": ("a", "b")}, "unknown", "3 places were not read"),
    ],
)
def test_no_agent_is_said_only_where_every_place_of_an_agent_was_read(changes, verdict, told):
    found = reach(linked(holding(AWS), **changes))
    assert (found.verdict, found.agents) == (verdict, ())
    assert told in found.reason


# --------------------------------------------------------------------------------------- copies that are in reach


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("aws-backup", "aws"),
        ("amazon-s3", "aws"),
        ("AmazonS3", "aws"),
        ("AWS", "aws"),
        ("google-cloud-storage", "gcp"),
        ("Digital Ocean", "digitalocean"),
        ("digital-ocean", "digitalocean"),
        ("MongoDB Atlas", "mongodb-atlas"),
        ("mongodb-atlas", "mongodb-atlas"),
    ],
)
def test_a_provider_is_known_by_any_of_its_spellings(text, provider):
    assert names_provider(text, provider)


@pytest.mark.parametrize(
    ("text", "provider"),
    [("Backblaze", "aws"), ("jaws", "aws"), ("laws-backup", "aws"), ("", "aws"), ("digital", "digitalocean")],
)
def test_a_part_of_a_word_names_nobody(text, provider):
    assert not names_provider(text, provider)


@pytest.mark.parametrize("provider", ["aws-backup", "amazon-s3", "AmazonS3"])
def test_a_copy_at_the_provider_whose_key_the_agent_holds_does_not_survive_by_its_spelling(provider):
    policy = copies({**APART, "resource": "aws:*", "provider": provider})
    found = destroyed(agent(), holding(replace(AWS, account=None)), policy=policy)[AWS.resource].survival
    assert (found.verdict, found.survivors) == ("unknown", ())
    assert found.contradiction


# ------------------------------------------------------------------------------------------ a person's word elsewhere


def test_who_vouches_for_copies_has_said_nothing_of_the_users_machines():
    graph = vouched(linked(agent(), holding(POSTGRES)), {"BK-005"})
    fates = {each.resource: each.survival.verdict for each in reach(graph).agents[0].destroys}
    assert fates == {DATABASE: "survives", HOME: "unknown"}


# ---------------------------------------------------------------------------------- servers of which nobody has heard


def test_an_unknown_server_may_use_the_credentials_it_was_given():
    config = ".mcp.json"
    own = replace(AWS, source=Source(config, 5, "credentials"))
    made = blind("deny", mcp=(server(name="own", line=3, env_names=(AWS.name,)),))
    found = destroyed(made, holding(own, path=config))[AWS.resource]
    assert found.certainty == "possible"
    assert found.path[-1].evidence == (Source(config, 3, "agents"), Source(config, 5, "credentials"))
    assert {"LP-024", "LP-026", "LP-013"} <= set(found.cut_by)


@pytest.mark.parametrize(
    "changes",
    [{"auto": False}, {"line": 6}, {"path": "other.json"}],
    ids=["people are asked", "the credential stands in another entry", "in another file"],
)
def test_an_unknown_server_has_only_what_it_was_given(changes):
    own = replace(AWS, source=Source(".mcp.json", 5, "credentials"))
    made = blind("deny", mcp=(server(name="own", env_names=(AWS.name,), **changes),))
    assert edges_of(linked(made, holding(own, path=".mcp.json")), "may write and delete") == []


# ----------------------------------------------------------------------------------------------------------- a flood


def _star(goals: int) -> tuple[Field, dict[str, int]]:
    """One agent, one file for each goal, and the same control before all of them."""
    start, here = Node("agent", "a"), Source("x")
    edges = []
    for number in range(goals):
        file, end = Node("file", str(number)), Node("loss", str(number))
        edges.append(Edge(start, "reads", file, "proven", (here,), ("LP-010",)))
        edges.append(Edge(file, "opens", end, "unknown" if number % 2 else "proven", (here,), ("LP-013",)))
    aims = [Goal(start, (frozenset({Node("loss", str(number))}),), str(number)) for number in range(goals)]
    weights = {"LP-010": 3, "LP-013": 5}
    return Field(Network(edges), aims, bits(weights)), weights


@pytest.mark.parametrize("goals", [4_000])
def test_the_cut_of_thousands_of_goals_takes_no_square_of_them(goals):
    field, weights = _star(goals)
    begun = time.process_time()
    cut = cheapest([field], weights)
    spent = time.process_time() - begun
    assert (cut.controls, cut.left) == (("LP-010",), ())
    # One walk for each goal takes some ten seconds here.
    assert spent < 2


def test_what_a_field_remembers_changes_none_of_its_answers():
    field, weights = _star(6)
    numbers = bits(weights)
    for met in (0, numbers["LP-010"], numbers["LP-013"], 0):
        for goal in (*field.goals, *reversed(field.goals)):
            for proven_only in (False, True):
                fresh = _star(6)[0]
                assert field.standing(goal, met, proven_only=proven_only) == fresh.standing(
                    goal, met, proven_only=proven_only
                )
