"""LP-039: text for a model is no safeguard by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from remit.access.agent import Agent, Egress
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Source, Unknown
from remit_checks.least_privilege.prose_rules_not_counted import prose_rules_not_counted as lp_039

PROSE = {"files": ("CLAUDE.md", ".claude/settings.json")}
TABLE: tuple[tuple[str, Callable[[Any], Agent], str, str], ...] = (
    ("text, and asks about all", lambda f: f.agent(**PROSE), "pass", "whatever CLAUDE.md forbids"),
    ("text, and denies all", lambda f: f.agent({"gates": f.gates("deny", assumed=True)}, **PROSE), "pass", "hold back"),
    ("no text", lambda f: f.agent({"gates": f.gates("allow")}), "not-applicable", "no text addressed to"),
    ("nobody knows which agent", lambda f: assumed_agent(), "not-applicable", "no text addressed to"),
    (
        "text alone",
        lambda f: f.agent({"gates": f.gates("classifier", assumed=True)}, files=("CLAUDE.md",)),
        "unknown",
        "it is text alone that does",
    ),
    (
        "one class is loose",
        lambda f: f.agent({"gates": f.gates("ask", git_force="allow")}, **PROSE),
        "unknown",
        "forbids any of git-force, it",
    ),
    ("a model decides", lambda f: f.agent({"gates": f.gates("classifier")}, **PROSE), "unknown", "text alone"),
    ("asks by a default", lambda f: f.agent({"gates": f.gates("ask", assumed=True)}, **PROSE), "unknown", "text alone"),
    ("nobody knows", lambda f: f.agent({"gates": f.gates(Unknown("broken"))}, **PROSE), "unknown", "text alone"),
    (
        "a sandbox that holds",
        lambda f: f.agent({"gates": f.gates("sandboxed"), "sandbox": f.sandbox(), "egress": Egress("none")}, **PROSE),
        "pass",
        "hold back",
    ),
    (
        "a sandbox with an open network",
        lambda f: f.agent({"gates": f.gates("sandboxed"), "sandbox": f.sandbox()}, **PROSE),
        "unknown",
        "text alone",
    ),
    (
        "started without approvals",
        lambda f: f.agent(bypass=(Source("run.sh", 2, "scripts"),), **PROSE),
        "unknown",
        "text alone",
    ),
    ("no shell", lambda f: f.agent({"gates": ()}, **PROSE), "pass", "hold back"),
    (
        "nobody knows whether it has a shell",
        lambda f: f.agent({"gates": (), "shell_without_approval": Unknown("broken")}, **PROSE),
        "unknown",
        "text alone",
    ),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_agent(facts: Any, name: str, build: Callable[[Any], Agent], answer: str, words: str) -> None:
    found = facts.one(lp_039, build(facts))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize("path", ["AGENTS.md", ".cursorrules", ".cursor/rules/style.mdc", ".claude/rules/a.md"])
def test_each_kind_of_text(facts: Any, path: str) -> None:
    assert facts.one(lp_039, facts.agent(files=(path,))).status == "pass"
    assert facts.one(lp_039, facts.agent(files=(".codex/rules/default.rules",))).status == "not-applicable"


def test_it_never_fails_by_what_nobody_read(facts: Any) -> None:
    """The text is not read, so nothing can be known to stand in it."""
    for decision in ("deny", "ask", "sandboxed", "classifier", "allow"):
        agent = facts.agent({"gates": facts.gates(decision)}, **PROSE)
        assert facts.one(lp_039, agent).status in {"pass", "unknown"}


def test_the_policy_says_which_classes(facts: Any) -> None:
    agent = facts.agent({"gates": facts.gates("ask", git_force="allow")}, **PROSE)
    assert facts.one(lp_039, agent, policy={"gate.classes": ("sql-ddl", "iac-destroy")}).status == "pass"
    assert facts.one(lp_039, agent, policy={"gate.classes": ("sql-ddl", "git-force")}).status == "unknown"


def test_an_attestation_decides_what_the_text_says(facts: Any) -> None:
    attested = {"control": "LP-039", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    agent = facts.agent({"gates": facts.gates("allow")}, **PROSE)
    assert facts.one(lp_039, agent, policy={"attestations": (attested,)}).status == "pass"


def test_the_rules_to_write_hold_what_the_text_only_says(facts: Any) -> None:
    settings = {"permissions": {"defaultMode": "default", "allow": ["Bash(git:*)", "Bash(kubectl:*)"]}}
    found = facts.one(lp_039, _claude(facts, settings))
    assert (found.status, "k8s-delete, git-force" in found.verdict.message) == ("unknown", True), found.verdict
    remedy = found.verdict.remedies[0]
    assert (remedy.kind, remedy.path) == ("edit", ".claude/settings.json")
    denied = json.loads(remedy.body)["permissions"]["deny"]
    assert {"Bash(kubectl delete:*)", "Bash(git push --force:*)"} <= set(denied)
    mended = {"permissions": {**settings["permissions"], "deny": denied}}
    assert facts.one(lp_039, _claude(facts, mended)).status == "pass"


def _claude(facts: Any, settings: dict[str, Any]) -> Agent:
    agents = facts.collector("agents")
    files = {".claude/settings.json": json.dumps(settings), "CLAUDE.md": "Never delete anything."}
    read = [each for path, text in files.items() for each in agents.parse(Document(path, text.encode()))]
    assert not [each for each in read if isinstance(each, Gap)], read
    found: Agent = next(iter(agents.link(read, (), Scope(facts.policy(), facts.TARGET, facts.NOW))))
    return found
