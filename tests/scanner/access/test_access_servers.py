"""From an agent to what its MCP servers do: they run beside its sandbox, with the rights of its user."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    AWS,
    DATABASE,
    HOME,
    ON,
    POSTGRES,
    RAILWAY,
    SETTINGS,
    VAULT,
    VOLUME,
    agent,
    blind,
    destroyed,
    edges_of,
    holding,
    linked,
    server,
    stations,
)

from remit.access.agent import Egress
from remit.evidence import Source

OTHER = replace(POSTGRES, resource="postgres:database:db.acme.com/other")
CONFIG = ".mcp.json"


def confined(*servers, decision="deny", **changes):
    """An agent whose own hands reach nothing: a sandbox without a way out and without a network, no file read."""
    return blind(decision, sandbox=ON, egress=Egress("none"), mcp=servers, **changes)


# ------------------------------------------------------------------------------------------------ who is asked


@pytest.mark.parametrize(
    ("auto", "bypass", "cut_by"),
    [
        (True, (), ("LP-022", "LP-024")),
        (True, (SETTINGS,), ("LP-022", "LP-024")),
        (False, (SETTINGS,), ("LP-024", "LP-027")),
        (False, (), None),
    ],
)
def test_a_server_is_called_unasked_or_not_at_all(auto, bypass, cut_by):
    made = agent("ask", mcp=(server("write", auto=auto),), bypass=bypass)
    calls = edges_of(linked(made), "calls unasked")
    assert [edge.cut_by for edge in calls] == ([cut_by] if cut_by else [])
    for edge in calls:
        assert (str(edge.start), str(edge.end)) == ("agent:cursor", "tool:MCP server db")
        assert (edge.grade, edge.evidence) == ("proven", (Source(CONFIG, 3, "agents"),))
        assert edge.why
    assert bool(edges_of(linked(made), "can write")) is bool(cut_by)


APPROVED, BY_MODE = "its tools are approved beforehand", "it is started in a mode without approvals"


@pytest.mark.parametrize(
    ("auto", "by_mode", "bypass", "cut_by", "why"),
    [
        (True, False, (), ("LP-022", "LP-024"), APPROVED),
        (True, False, (SETTINGS,), ("LP-022", "LP-024"), APPROVED),
        (True, True, (SETTINGS,), ("LP-024", "LP-027"), BY_MODE),
        (True, True, (), ("LP-024",), BY_MODE),  # LP-027 passes: the mode refuses, and a sandbox holds the rest
        (False, False, (SETTINGS,), ("LP-024", "LP-027"), BY_MODE),
    ],
)
def test_what_the_mode_alone_approves_is_called_so(auto, by_mode, bypass, cut_by, why):
    made = confined(server("write", auto=auto, approved_by_mode=by_mode), bypass=bypass)
    (edge,) = edges_of(linked(made), "calls unasked")
    assert (edge.grade, edge.cut_by, edge.why) == ("proven", cut_by, why)
    for control in ("LP-022", "LP-024", "LP-027"):
        assert ("mcp:db:*" not in destroyed(made, met=(control,))) is (control in cut_by)


def test_a_server_that_only_reads_destroys_nothing():
    assert destroyed(confined(server("private", "untrusted"))) == {}
    assert destroyed(confined(server())) == {}


# ------------------------------------------------------------------------------------------------ what it writes to


def entry(*credentials, path=CONFIG):
    return holding(*credentials, path=path)


def at(credential, line):
    return replace(credential, source=Source(CONFIG, line))


@pytest.mark.parametrize(
    ("credentials", "env", "resource"),
    [
        ((at(POSTGRES, 6),), (), DATABASE),
        ((at(POSTGRES, 3),), (), DATABASE),
        ((at(POSTGRES, 15),), (), DATABASE),
        ((at(POSTGRES, 16),), (), "mcp:db:*"),
        ((at(POSTGRES, 40),), ("DATABASE_URL",), DATABASE),
        ((at(POSTGRES, 40),), ("OTHER_URL",), "mcp:db:*"),
        ((at(POSTGRES, 2),), (), "mcp:db:*"),
        ((at(POSTGRES, 2),), ("DATABASE_URL",), "mcp:db:*"),
        ((), (), "mcp:db:*"),
        ((at(replace(POSTGRES, placeholder=True), 6),), (), "mcp:db:*"),
        ((at(replace(POSTGRES, environment="development"), 6),), (), "mcp:db:*"),
        ((at(replace(POSTGRES, damage="D1"), 6),), (), "mcp:db:*"),
    ],
)
def test_a_server_writes_to_what_its_own_entry_opens(credentials, env, resource):
    made = confined(server("write", "private", env_names=env))
    found = destroyed(made, entry(*credentials))
    assert set(found) == {resource}
    known = resource == DATABASE
    (write,) = edges_of(linked(made, entry(*credentials)), "can write")
    assert (write.grade, write.cut_by, bool(write.why)) == ("proven" if known else "unknown", ("LP-026",), not known)
    assert len(write.evidence) == (2 if known else 1)
    assert stations(found[resource]) == ["agent:cursor", "tool:MCP server db", f"resource:{resource}"]
    assert found[resource].certainty == ("proven" if known else "possible")


def test_a_url_elsewhere_is_not_the_servers():
    assert set(destroyed(confined(server("write")), holding(POSTGRES, path="other.json"))) == {"mcp:db:*"}


def test_two_servers_with_the_same_variable_have_their_own_databases():
    first = server("write", name="first", line=3, env_names=("DATABASE_URL",))
    second = server("write", name="second", line=8, env_names=("DATABASE_URL",))
    graph = linked(confined(first, second), entry(at(POSTGRES, 5), at(OTHER, 10)))
    assert {(edge.start.name, edge.end.name) for edge in edges_of(graph, "can write")} == {
        ("MCP server first", DATABASE),
        ("MCP server second", OTHER.resource),
    }


def test_a_server_with_two_urls_writes_to_both():
    found = destroyed(confined(server("write")), entry(at(POSTGRES, 5), at(OTHER, 6)))
    assert set(found) == {DATABASE, OTHER.resource}


@pytest.mark.parametrize("control", ["LP-022", "LP-024", "LP-026"])
def test_each_step_of_a_database_server_can_be_cut(control):
    facts = confined(server("write")), entry(at(POSTGRES, 5))
    assert DATABASE in destroyed(*facts)
    assert destroyed(*facts, met=(control,)) == {}


# ------------------------------------------------------------------------------------------------ a shell outside


def test_a_server_with_a_shell_leads_out_of_the_sandbox():
    found = destroyed(confined(server("shell", name="term")), holding(RAILWAY))[VOLUME]
    assert stations(found) == [
        "agent:cursor",
        "tool:MCP server term",
        "credential:railway-token:tools/domains.sh:4, through MCP server term",
        f"resource:{VOLUME}",
    ]
    assert {edge.grade for edge in found.path} == {"proven"}
    assert all("outside the sandbox" in edge.why for edge in found.path[1:])
    assert found.path[2].evidence == (Source(CONFIG, 3, "agents"), Source("tools/domains.sh", 4, "credentials"))
    assert [edge.cut_by for edge in found.path[1:]] == [("LP-011", "SB-018"), ("LP-013", "SB-018")]


@pytest.mark.parametrize(
    "credential",
    [
        replace(RAILWAY, damage="D1"),
        replace(RAILWAY, placeholder=True),
        replace(RAILWAY, environment="development"),
        VAULT,
    ],
)
def test_a_server_with_a_shell_uses_only_what_destroys(credential):
    assert not edges_of(linked(confined(server("shell")), holding(credential)), start="credential")


@pytest.mark.parametrize(("where", "reached"), [("project", True), ("machine", True), ("ci", False)])
def test_a_server_with_a_shell_deletes_its_users_files_past_the_sandbox(where, reached):
    made = confined(server("shell"), where=where)
    assert (HOME in destroyed(made)) is reached
    assert HOME not in destroyed(confined(server("write"), where=where))
    assert HOME not in destroyed(made, met=("SB-018",))
    assert HOME not in destroyed(made, met=("LP-024",))


@pytest.mark.parametrize("control", ["LP-022", "LP-024", "SB-018", "LP-011", "LP-013"])
def test_each_step_through_a_shell_server_can_be_cut(control):
    facts = confined(server("shell")), holding(RAILWAY)
    assert VOLUME in destroyed(*facts)
    assert VOLUME not in destroyed(*facts, met=(control,))


def test_reading_a_file_is_no_way_through_the_server():
    """The agent reads the file and may send nothing itself: with the server closed, nothing is left."""
    made = agent("ask", mcp=(server("shell"),))
    facts = made, holding(RAILWAY)
    assert stations(destroyed(*facts)[VOLUME])[1] == "tool:MCP server db"
    for control in ("LP-022", "LP-024", "SB-018"):
        assert VOLUME not in destroyed(*facts, met=(control,))


def test_the_agents_own_hands_and_the_server_are_two_ways():
    facts = agent("allow", mcp=(server("shell"),)), holding(RAILWAY)
    assert VOLUME in destroyed(*facts, met=("SB-018",))
    assert VOLUME in destroyed(*facts, met=("LP-028", "SB-009"))
    assert VOLUME not in destroyed(*facts, met=("SB-018", "LP-028", "LP-022", "SB-009"))


def test_every_credential_and_every_server_counts():
    made = confined(server("shell", name="a"), server("shell", name="b", line=9))
    found = destroyed(made, holding(RAILWAY), holding(AWS, POSTGRES, path=".env"))
    assert {VOLUME, AWS.resource, DATABASE} <= set(found)
    assert VOLUME in destroyed(made, holding(RAILWAY), met=())


def test_a_server_with_a_shell_and_a_database_is_judged_as_a_shell():
    found = destroyed(confined(server("shell", "write")), entry(at(POSTGRES, 5)))
    assert DATABASE in found
    assert not edges_of(linked(confined(server("shell", "write")), entry(at(POSTGRES, 5))), "can write")
