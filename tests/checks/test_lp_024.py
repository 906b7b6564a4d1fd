"""LP-024: every MCP server is on the policy's list of reviewed ones."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.evidence import Unknown
from remit_checks.least_privilege.mcp_inventory_reviewed import mcp_inventory_reviewed as lp_024

PACKAGE = "@modelcontextprotocol/server-postgres"
ENTRY = {"name": "pg", "reviewer": "Ada", "reviewed": "2026-11-01"}


def _registry(**changes: Any) -> dict[str, Any]:
    return {"mcp.registry": ({**ENTRY, **changes},)}


TABLE: tuple[tuple[str, dict[str, Any], dict[str, Any], str, str], ...] = (
    ("listed", {}, {}, "pass", "pg (by Ada on 2026-11-01)"),
    ("by a pattern", {}, {"name": "p*"}, "pass", "pg (by Ada"),
    ("not listed", {}, {"name": "other"}, "fail", "pg (is not among the policy's reviewed servers)"),
    ("on its last day", {}, {"reviewed": "2026-08-22"}, "pass", "2026-08-22"),
    ("a day too late", {}, {"reviewed": "2026-08-21"}, "fail", "older than 90 days"),
    ("dated tomorrow", {}, {"reviewed": "2026-11-21"}, "fail", "has not come yet"),
    ("its package", {}, {"package": PACKAGE}, "pass", "by Ada"),
    ("another package", {}, {"package": "@acme/pg"}, "fail", f"runs {PACKAGE}, and @acme/pg was reviewed"),
    ("a pattern of packages", {}, {"package": "@modelcontextprotocol/*"}, "pass", "by Ada"),
    ("its version", {"package": f"{PACKAGE}@0.6.2"}, {"package": PACKAGE, "version": "0.6.2"}, "pass", "by Ada"),
    ("another version", {"package": f"{PACKAGE}@0.6.3"}, {"version": "0.6.2"}, "fail", "runs 0.6.3, and 0.6.2 was"),
    ("whatever is newest", {}, {"version": "0.6.2"}, "fail", "runs whatever is newest"),
    ("an exact wheel", {"package": "pg-mcp==1.0"}, {"package": "pg-mcp", "version": "1.0"}, "pass", "by Ada"),
    ("an image", {"package": "mcp/pg:1.0"}, {"package": "mcp/pg", "version": "1.0"}, "pass", "by Ada"),
    (
        "a program of the machine",
        {"package": None, "command": ("corp-mcp", "--stdio")},
        {"package": "corp-mcp"},
        "pass",
        "by Ada",
    ),
    (
        "another program",
        {"package": None, "command": ("evil-mcp",)},
        {"package": "corp-mcp"},
        "fail",
        "runs evil-mcp",
    ),
    (
        "a program whose version is not written",
        {"package": None, "command": ("corp-mcp",)},
        {"version": "1.0"},
        "unknown",
        "is not written",
    ),
    (
        "at its address",
        {"package": None, "command": (), "url": "https://mcp.acme.com"},
        {"package": "https://mcp.acme.com/mcp?x=1"},
        "pass",
        "by Ada",
    ),
    (
        "at another address",
        {"package": None, "command": (), "url": "https://mcp.evil.net"},
        {"package": "mcp.acme.com"},
        "fail",
        "runs https://mcp.evil.net",
    ),
    (
        "at no address",
        {"package": None, "command": (), "url": "https://mcp.evil.net"},
        {"package": "https://[broken"},
        "fail",
        "was reviewed",
    ),
    ("an unread file", {"package": None, "command": (), "pinned": Unknown("x")}, {}, "unknown", "could not be read"),
)


@pytest.mark.parametrize(("name", "server", "entry", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_server(
    facts: Any, name: str, server: dict[str, Any], entry: dict[str, Any], answer: str, words: str
) -> None:
    agent = facts.agent({"mcp": (facts.server(**server),)})
    found = facts.one(lp_024, agent, policy=_registry(**entry))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_policy_without_a_list_leaves_it_open(facts: Any) -> None:
    agent = facts.agent({"mcp": (facts.server(),)})
    found = facts.one(lp_024, agent)
    assert (found.status, "lists no reviewed servers" in found.verdict.message) == ("unknown", True)
    attested = {"control": "LP-024", "by": "Ada", "on": "2026-11-01", "valid_days": 30, "evidence": "TICKET-1"}
    assert facts.one(lp_024, agent, policy={"attestations": (attested,)}).status == "pass"


def test_one_that_nobody_reviewed_decides(facts: Any) -> None:
    agent = facts.agent({"mcp": (facts.server(), facts.server("mail"))})
    found = facts.one(lp_024, agent, policy=_registry())
    assert (found.status, "mail" in found.verdict.message, "pg" in found.verdict.message) == ("fail", True, False)
    assert [str(each) for each in found.verdict.sources] == [".mcp.json:3"]


def test_the_newer_of_two_reviews_counts(facts: Any) -> None:
    agent = facts.agent({"mcp": (facts.server(),)})
    old = {**ENTRY, "reviewed": "2025-01-01"}
    assert facts.one(lp_024, agent, policy={"mcp.registry": (old, ENTRY)}).status == "pass"
    assert facts.one(lp_024, agent, policy={"mcp.registry": (old,)}).status == "fail"
    assert facts.one(lp_024, agent, policy={"mcp.registry": (old,), "mcp.review_days": None}).status == "pass"


AGENTS: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("none", lambda f: f.agent(), "not-applicable"),
    ("nobody knows which agent", lambda f: assumed_agent(), "not-applicable"),
    ("unread settings", lambda f: f.agent({"approval": Unknown("broken"), "decide": None}), "unknown"),
)


@pytest.mark.parametrize(("name", "build", "answer"), AGENTS, ids=[row[0] for row in AGENTS])
def test_agents_without_servers(facts: Any, name: str, build: Callable[[Any], Any], answer: str) -> None:
    assert facts.one(lp_024, build(facts), policy=_registry()).status == answer


def test_the_entry_to_write_makes_it_pass(facts: Any) -> None:
    servers = (facts.server(package=f"{PACKAGE}@0.6.2"), facts.server("web", package=None, url="https://mcp.acme.com"))
    agent = facts.agent({"mcp": servers})
    review, *removals = facts.one(lp_024, agent).verdict.remedies
    entries = tomllib.loads(review.body[review.body.index("[[mcp.registry]]") :])["mcp"]["registry"]
    assert [(each["name"], each.get("version")) for each in entries] == [("pg", "0.6.2"), ("web", None)]
    demanded = {"mcp.registry": tuple({**each, "reviewed": str(each["reviewed"])} for each in entries)}
    assert facts.one(lp_024, agent, policy=demanded).status == "pass"
    assert [(each.kind, each.path, each.safe) for each in removals] == [("edit", ".mcp.json", False)] * 2
