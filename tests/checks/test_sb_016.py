"""SB-016: next to production an agent starts by planning."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Command, Gap, ScriptFile, Source, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.plan_mode_available import plan_mode_available as sb_016

MODES: tuple[tuple[Any, dict[str, str], str, str], ...] = (
    ("plan", {"plan": "pass", "each": "pass", "edits-auto": "pass"}, "", "planning only"),
    ("each", {"plan": "fail", "each": "pass", "edits-auto": "pass"}, "", "asking before each step"),
    ("edits-auto", {"plan": "fail", "each": "fail", "edits-auto": "pass"}, "", "editing without being asked"),
    ("classifier", {"plan": "fail", "each": "fail", "edits-auto": "pass"}, "", "a model that approves"),
    ("bypass", {"plan": "fail", "each": "fail", "edits-auto": "fail", "bypass": "pass"}, "", "without any approval"),
    ("allowlist-only", {"plan": "unknown", "each": "unknown"}, "", "its list decides"),
    (Unknown("it is in the editor"), {"plan": "unknown"}, "", "in the editor"),
)


@pytest.mark.parametrize(
    ("approval", "wanted", "answer", "words"),
    [(approval, wanted, answer, words) for approval, table, _, words in MODES for wanted, answer in table.items()],
)
def test_modes(facts: Any, approval: Any, wanted: str, answer: str, words: str) -> None:
    agent = facts.agent({"approval": approval})
    found = facts.one(sb_016, agent, facts.file(facts.url()), policy={"agents.default_mode": wanted})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def _script(*effects: str) -> ScriptFile:
    place = Source("deploy.sh", 3, "scripts")
    return ScriptFile("deploy.sh", (Command("terraform", ("terraform",), effects, True, "shell script", False, place),))


NEAR: tuple[tuple[str, Any, str], ...] = (
    ("production's database", lambda f: f.file(f.url()), "fail"),
    ("a database of no known place", lambda f: f.file(f.url(environment=Unknown("not declared"))), "fail"),
    ("staging's database", lambda f: f.file(f.url(environment="staging")), "not-applicable"),
    ("a stand-in", lambda f: f.file(f.url(placeholder=True)), "not-applicable"),
    ("a database in code", lambda f: f.module(f.resource("aws_db_instance.main")), "fail"),
    ("a network in code", lambda f: f.module(f.resource("aws_vpc.main")), "not-applicable"),
    ("a script that destroys", lambda f: _script("iac-destroy"), "fail"),
    ("a script that does not", lambda f: _script(), "not-applicable"),
)


@pytest.mark.parametrize(("name", "build", "answer"), NEAR, ids=[row[0] for row in NEAR])
def test_what_counts_as_near(facts: Any, name: str, build: Any, answer: str) -> None:
    found = facts.one(sb_016, facts.agent({"approval": "edits-auto"}), build(facts))
    assert found.status == answer, found.verdict


def test_what_was_not_read_may_be_production(facts: Any) -> None:
    gap = Gap("terraform", "infra/main.tf", "is broken", ("IacModule",))
    found = facts.one(sb_016, facts.agent(), gaps=(gap,))
    assert (found.status, "infra/main.tf was not read" in found.verdict.message) == ("unknown", True)
    assert len(facts.judge(sb_016, facts.agent(), gaps=(gap,))) == 1


def test_what_no_file_settles(facts: Any) -> None:
    file = facts.file(facts.url())
    assert facts.one(sb_016, facts.agent({"approval_assumed": True}), file).status == "unknown"
    assert facts.one(sb_016, facts.agent({"approval": "plan", "approval_assumed": True}), file).status == "unknown"
    assert facts.one(sb_016, facts.agent(where="ci"), file).status == "unknown"
    assert facts.one(sb_016, assumed_agent(), file).status == "unknown"


def test_attestations_decide_the_unknown_only(facts: Any) -> None:
    said = {"control": "SB-016", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file, policy = facts.file(facts.url()), {"attestations": (said,)}
    assert facts.one(sb_016, facts.agent({"approval": Unknown("hidden")}), file, policy=policy).status == "pass"
    assert facts.one(sb_016, facts.agent(), file, policy=policy).status == "fail"


def test_sources_and_remedies(facts: Any) -> None:
    verdict = facts.one(sb_016, facts.agent(), facts.file(facts.url())).verdict
    assert [each.path for each in verdict.sources] == [".claude/settings.json", ".env"]
    assert [each.kind for each in verdict.remedies] == ["edit", "manual"]
    assert 'control = "SB-016"' in verdict.remedies[1].body
    cursor = facts.one(sb_016, facts.agent(agent="cursor"), facts.file(facts.url())).verdict
    assert [each.kind for each in cursor.remedies] == ["manual"]


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
@pytest.mark.parametrize("wanted", ["plan", "each"])
def test_the_setting_of_the_remedy_mends_it(facts: Any, agent: str, wanted: str) -> None:
    """The lines go through the agent's own reader."""
    file, policy = facts.file(facts.url()), {"agents.default_mode": wanted}
    loose = facts.agent({"approval": "edits-auto"}, agent=agent)
    remedy = facts.one(sb_016, loose, file, policy=policy).verdict.remedies[0]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_016, *read, file, policy=policy).status == "pass"
