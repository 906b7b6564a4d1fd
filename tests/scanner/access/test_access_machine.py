"""From an agent to the machine it runs on: its user's files, and the host behind a container's socket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    APART,
    HOME,
    LEAKY,
    ON,
    SETTINGS,
    UNREAD,
    agent,
    container,
    copies,
    destroyed,
    edges_of,
    linked,
    only,
    stations,
)

from remit.access.agent import Egress, SandboxState
from remit.access.assumed import assumed_agent
from remit.evidence import Source


@pytest.mark.parametrize(
    ("made", "certainty"),
    [
        (agent("allow"), "proven"),
        (agent("classifier"), "possible"),
        (agent("ask"), None),
        (agent("deny"), None),
        (agent(None), "possible"),
        (agent("ask", bypass=(SETTINGS,)), "proven"),
        (agent("allow", where="ci"), None),
        (agent("allow", where="machine"), "proven"),
        (agent("allow", sandbox=ON), None),
        (agent("allow", sandbox=ON, bypass=(SETTINGS,)), None),
        (agent("allow", sandbox=LEAKY), "proven"),
        (agent("allow", sandbox=SandboxState(UNREAD, "os", True, ())), "proven"),
        (agent("sandboxed", sandbox=ON, egress=Egress("open")), None),
        (agent("ask", approval=UNREAD), "possible"),
        (agent(decide=only("perl", otherwise="ask")), "proven"),
        (agent(decide=only("curl", otherwise="ask")), None),
        (assumed_agent(), "possible"),
    ],
)
def test_who_deletes_the_files_of_its_user(made, certainty):
    found = destroyed(made)
    assert (found[HOME].certainty if HOME in found else None) == certainty


def test_the_path_is_one_step_and_its_loss_is_not_known():
    found = destroyed(agent())[HOME]
    assert stations(found) == ["agent:cursor", f"resource:{HOME}"]
    assert found.path[0].evidence == (SETTINGS,)
    assert found.survival.verdict == "unknown"
    assert "this machine" in found.survival.reason


@pytest.mark.parametrize(
    ("made", "met", "left"),
    [
        (agent(), ("SB-002",), False),
        (agent(), ("SB-009",), True),  # an open network is not what it takes
        (agent(), ("LP-028",), True),  # any code does it too
        (agent(), ("LP-022",), True),
        (agent(), ("LP-028", "LP-022"), False),
        (agent(decide=only("perl", otherwise="ask")), ("LP-022",), False),
        (agent(decide=only("perl", otherwise="ask")), ("SB-009",), True),
        (agent("ask", bypass=(SETTINGS,)), ("LP-027",), False),
        (agent("ask", bypass=(SETTINGS,)), ("SB-002",), False),
        (agent("ask", bypass=(SETTINGS,)), ("LP-028",), True),
    ],
)
def test_what_keeps_an_agent_from_its_users_files(made, met, left):
    assert (HOME in destroyed(made, met=met)) is left


def test_a_declared_copy_of_the_machine_survives():
    policy = copies(APART | {"resource": "machine:home:*"})
    assert destroyed(agent(), policy=policy)[HOME].survival.verdict == "survives"


# ------------------------------------------------------------------------------------------------ the socket

CONFINED = agent(decide=only("docker run", otherwise="ask"), sandbox=ON)
"""Kept to the tree, but for the engine's client."""


@pytest.mark.parametrize(
    ("definition", "reached"),
    [
        (container(), True),
        (container(socket=False), False),
        (container("compose"), False),
        (container("dockerfile"), False),
        (container("compose", agents=("claude-code",)), True),
    ],
)
def test_the_socket_leads_to_the_host(definition, reached):
    found = destroyed(CONFINED, definition)
    assert (HOME in found) is reached
    if reached:
        path = found[HOME].path
        assert stations(found[HOME]) == ["agent:cursor", f"machine:the host of {definition.path}", f"resource:{HOME}"]
        assert [edge.grade for edge in path] == ["proven", "proven"]
        assert all(Source(definition.path, 6, "containers") in edge.evidence for edge in path)
        assert path[1].cut_by == ("SB-007",)


@pytest.mark.parametrize(
    ("made", "reached"),
    [
        (CONFINED, True),
        (replace(CONFINED, bypass=(SETTINGS,)), True),
        (agent("ask", sandbox=ON), False),
        (agent("deny", sandbox=ON), False),
        (agent("allow", sandbox=ON, egress=Egress("none")), False),
    ],
)
def test_who_may_not_start_the_client_stays_inside(made, reached):
    assert (HOME in destroyed(made, container())) is reached


def test_without_the_socket_nothing_is_left():
    assert HOME not in destroyed(CONFINED, container(), met=("SB-007",))
    assert HOME in destroyed(CONFINED, container(), met=("SB-002",))
    assert HOME in destroyed(CONFINED, container(), met=("SB-009",))


def test_each_definition_is_a_host_of_its_own():
    other = replace(container("compose", agents=("codex",)), path="compose.yml")
    hosts = {edge.end.name for edge in edges_of(linked(agent(), container(), other), "talks to")}
    assert hosts == {"the host of .devcontainer/devcontainer.json", "the host of compose.yml"}
