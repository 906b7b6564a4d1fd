"""SB-020: private data, strangers' text and a way out, in one hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.access.agent import Answer, Egress, McpServer
from remit.access.link import link
from remit.engine import Case, judge
from remit.evidence import CredentialFile, Source
from remit_checks.sandbox.no_lethal_trifecta import no_lethal_trifecta as sb_020

SETTINGS = Source(".claude/settings.json", 3, "agents")
SERVER = McpServer("x", "http", (), "https://x.example", None, True, False, True, (), SETTINGS)


def _answer(decision: str) -> Any:
    return lambda command: Answer(decision, "its settings", SETTINGS)  # type: ignore[arg-type]


def _judged(facts: Any, *subjects: Any, machine: bool = False) -> Any:
    policy = facts.policy(None)
    graph = link(replace(facts.graph(*subjects, policy=policy), machine=machine))
    (found,) = [each for each in judge([sb_020], Case(graph, policy, facts.NOW)) if each.subject_kind == "agent"]
    return found


def _file(facts: Any) -> CredentialFile:
    return CredentialFile(".env", "tracked", (facts.credential(),))


@pytest.mark.parametrize(
    ("decision", "answer", "words"),
    [
        ("allow", "fail", "has all three"),
        ("classifier", "unknown", "may have all three"),
        ("ask", "pass", "lacks a way out"),
    ],
)
def test_each_answer_of_its_shell(facts: Any, decision: str, answer: str, words: str) -> None:
    agent = facts.agent({"decide": _answer(decision), "egress": Egress("open"), "shell_without_approval": "yes"})
    found = _judged(facts, agent, _file(facts))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert SETTINGS in found.verdict.sources
        assert found.verdict.remedies[0].title == "Take the way out away"


def test_without_private_data_one_leg_is_missing_once_somebody_looked_at_the_machine(facts: Any) -> None:
    agent = facts.agent({"decide": _answer("allow"), "egress": Egress("open")})
    unlooked, looked = _judged(facts, agent), _judged(facts, agent, machine=True)
    assert (unlooked.status, "~/.ssh was not read" in unlooked.verdict.message) == ("unknown", True)
    assert (looked.status, "lacks private data" in looked.verdict.message) == ("pass", True)


def test_a_server_of_which_nothing_is_known_may_bring_the_missing_leg(facts: Any) -> None:
    agent = facts.agent({"decide": _answer("allow"), "egress": Egress("open"), "mcp": (SERVER,)})
    found = _judged(facts, agent)
    assert (found.status, "may bring private data" in found.verdict.message) == ("unknown", True)
