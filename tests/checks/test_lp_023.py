"""LP-023: agents of larger teams go through a gateway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from remit.access.agent import Agent, Egress
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Unknown
from remit_checks.least_privilege.api_gateway_enforced import api_gateway_enforced as lp_023
from remit_checks.least_privilege.server_addresses import host_of

LARGE = {"team.size": 12}
OPEN = Unknown("the run mode lives in the editor")


def _gateway(facts: Any, *command: str) -> Agent:
    agent: Agent = facts.agent({"mcp": (facts.server("all", command=command, package=None),)})
    return agent


TABLE: tuple[tuple[str, Callable[[Any], Agent], str, str], ...] = (
    ("asks, and has no server", lambda f: f.agent(), "pass", "no server beside a gateway"),
    ("a server by itself", lambda f: f.agent({"mcp": (f.server(),)}), "fail", "pg is reached without a gateway"),
    (
        "one at its vendor",
        lambda f: f.agent({"mcp": (f.server("web", command=(), package=None, url="https://mcp.acme.com"),)}),
        "fail",
        "web is reached without a gateway",
    ),
    (
        "a gateway by its host",
        lambda f: f.agent({"mcp": (f.server("all", command=(), package=None, url="https://gateway.acme.com"),)}),
        "pass",
        "no server beside",
    ),
    (
        "a name alone",
        lambda f: f.agent({"mcp": (f.server("gateway", command=(), package=None, url="https://mcp.evil.net"),)}),
        "fail",
        "without a gateway",
    ),
    (
        "a gateway of this machine",
        lambda f: f.agent({"mcp": (f.server("gateway", command=(), package=None, url="http://localhost:3000"),)}),
        "pass",
        "no server beside",
    ),
    ("docker's", lambda f: _gateway(f, "docker", "mcp", "gateway", "run"), "pass", "no server beside"),
    ("agentgateway", lambda f: _gateway(f, "/usr/bin/agentgateway", "-f", "config.yaml"), "pass", "no server beside"),
    ("a word in a path", lambda f: _gateway(f, "node", "my-agentgateway-fork/run.js"), "fail", "without a gateway"),
    (
        "an unread file",
        lambda f: f.agent({"mcp": (f.server("(whatever x defines)", command=(), package=None),)}),
        "unknown",
        "not every file",
    ),
    (
        "commands to anywhere",
        lambda f: f.agent({"shell_without_approval": "scoped"}),
        "fail",
        "its commands connect anywhere",
    ),
    (
        "commands to listed hosts",
        lambda f: f.agent(
            {
                "shell_without_approval": "yes",
                "sandbox": f.sandbox(),
                "egress": Egress("allowlist", ("gateway.acme.com",)),
            }
        ),
        "pass",
        "no open network",
    ),
    (
        "a list that nothing enforces",
        lambda f: f.agent({"shell_without_approval": "yes", "egress": Egress("allowlist", ("a.com",))}),
        "fail",
        "connect anywhere",
    ),
    (
        "no network",
        lambda f: f.agent({"shell_without_approval": "yes", "egress": Egress("none")}),
        "pass",
        "no open network",
    ),
    ("nobody knows the shell", lambda f: f.agent({"shell_without_approval": OPEN}), "unknown", "in the editor"),
    (
        "nobody knows the network",
        lambda f: f.agent({"shell_without_approval": "yes", "egress": Egress(OPEN)}),
        "unknown",
        "in the editor",
    ),
    ("an assumed agent", lambda f: assumed_agent(), "unknown", "by a vendor's default"),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_agent(facts: Any, name: str, build: Callable[[Any], Agent], answer: str, words: str) -> None:
    found = facts.one(lp_023, build(facts), policy=LARGE)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://mcp.acme.com/mcp?x=1", "mcp.acme.com"),
        ("MCP.acme.com", "mcp.acme.com"),
        ("http://localhost:3000", "localhost"),
        ("http://[::1]:3000/a", "[::1]"),
        ("https://u:p@mcp.acme.com#x", "mcp.acme.com"),
        ("https://[broken", "[broken]"),
        ("", ""),
    ],
)
def test_hosts_of_addresses(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("policy", "answer"),
    [
        ({"team.size": 9}, "not-applicable"),
        ({"team.size": 10}, "fail"),
        ({"team.size": 9, "gateway.required_from_team_size": 5}, "fail"),
        ({"team.size": 50, "gateway.required_from_team_size": None}, "not-applicable"),
        ({"gateway.required_from_team_size": 1}, "fail"),
        ({}, "unknown"),
    ],
)
def test_the_size_of_the_team_decides(facts: Any, policy: dict[str, Any], answer: str) -> None:
    found = facts.one(lp_023, facts.agent({"mcp": (facts.server(),)}), policy=policy)
    assert found.status == answer, found.verdict
    if answer == "unknown":
        assert "team.size is not declared" in found.verdict.message


def test_what_meets_it_needs_no_size(facts: Any) -> None:
    assert facts.one(lp_023, facts.agent()).status == "pass"


def test_without_agents_there_is_nothing_to_judge(facts: Any) -> None:
    assert [each.status for each in facts.judge(lp_023, policy=LARGE)] == ["not-applicable"]


def test_sources_and_attestations(facts: Any) -> None:
    found = facts.one(lp_023, facts.agent({"mcp": (facts.server(),)}), policy=LARGE)
    assert [str(each) for each in found.verdict.sources] == [".mcp.json:3", ".claude/settings.json:1"]
    attested = {"control": "LP-023", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    unsure = facts.agent({"shell_without_approval": OPEN})
    assert facts.one(lp_023, unsure, policy={**LARGE, "attestations": (attested,)}).status == "pass"


@pytest.mark.parametrize(("name", "path"), [("claude-code", ".claude/settings.json"), ("codex", ".codex/config.toml")])
def test_the_edit_makes_it_pass(facts: Any, name: str, path: str) -> None:
    start = facts.agent({"shell_without_approval": "scoped"}, agent=name, title=name)
    remedy = facts.one(lp_023, start, policy=LARGE).verdict.remedies[0]
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", path, False)
    agents = facts.collector("agents")
    read = list(agents.parse(Document(path, remedy.body.encode())))
    mended = next(iter(agents.link(read, (), Scope(facts.policy(), facts.TARGET, facts.NOW))))
    assert facts.one(lp_023, mended, policy=LARGE).status == "pass"
    others = facts.one(lp_023, facts.agent({"mcp": (facts.server(),)}, agent="cursor"), policy=LARGE).verdict.remedies
    assert [each.kind for each in others] == ["manual"]
