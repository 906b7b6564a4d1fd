"""SB-018: local MCP servers run behind a wall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.access.agent import McpServer
from remit.evidence import Source
from remit_checks.sandbox.mcp_servers_isolated import mcp_servers_isolated as sb_018

PLACE = Source(".mcp.json", 3, "agents")
SERVER = McpServer("pg", "stdio", ("npx", "-y", "server"), None, "server", False, False, False, ("write",), PLACE)


@pytest.mark.parametrize(
    ("command", "answer", "words"),
    [
        (("npx", "-y", "server-postgres"), "fail", "starts pg on the machine itself"),
        (("/usr/bin/python3.12", "server.py"), "fail", "on the machine itself"),
        (("uvx", "server"), "fail", "on the machine itself"),
        (("docker", "run", "--rm", "-i", "image"), "pass", "behind a wall"),
        (("docker", "run", "--privileged", "image"), "fail", "on the machine itself"),
        (("docker", "run", "-v", "/:/host", "image"), "fail", "on the machine itself"),
        (("srt", "npx", "-y", "server"), "pass", "behind a wall"),
        (("bin/start-server",), "unknown", "may be a wall or none"),
        ((), "unknown", "may be a wall or none"),
    ],
)
def test_each_launcher(facts: Any, command: tuple[str, ...], answer: str, words: str) -> None:
    found = facts.one(sb_018, facts.agent({"mcp": (replace(SERVER, command=command),)}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources == (PLACE,)


def test_one_bare_server_among_walled_ones_fails(facts: Any) -> None:
    servers = (replace(SERVER, name="web", command=("docker", "run", "image")), SERVER)
    found = facts.one(sb_018, facts.agent({"mcp": servers}))
    assert found.status == "fail"
    assert "Start pg behind a wall" in found.verdict.remedies[0].title


def test_remote_servers_and_none_are_not_judged(facts: Any) -> None:
    remote = replace(SERVER, transport="http", command=(), url="https://mcp.example")
    assert facts.one(sb_018, facts.agent({"mcp": (remote,)})).status == "not-applicable"
    assert facts.one(sb_018, facts.agent()).status == "not-applicable"
    asked = {"mcp.require_isolation": False}
    assert facts.one(sb_018, facts.agent({"mcp": (SERVER,)}), policy=asked).status == "not-applicable"
