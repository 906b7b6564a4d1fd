"""SB-003: a sandbox fails closed."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Source, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.sandbox_fails_closed import sandbox_fails_closed as sb_003

RETRY = "the model may retry a command unsandboxed"
DOCKER = "excluded command: docker"
HIDDEN = Unknown("its vendor does not say")
CASES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("closed", {}, "pass", "refuses what it cannot hold"),
    ("warns only", {"fails_closed": False}, "fail", "only warns and runs everything"),
    ("may retry", {"escapes": (RETRY,)}, "fail", RETRY),
    ("leaves one out", {"escapes": (DOCKER,)}, "fail", DOCKER),
    ("both", {"fails_closed": False, "escapes": (RETRY,)}, "fail", f"runs everything; {RETRY}"),
    ("a way out is known, closing is not", {"fails_closed": HIDDEN, "escapes": (DOCKER,)}, "fail", DOCKER),
    ("not said", {"fails_closed": HIDDEN}, "unknown", "does not say"),
    ("none", {"fails_closed": None}, "unknown", "is not known"),
    ("unreadable", {"enabled": Unknown("settings.json is broken")}, "unknown", "is broken"),
    ("off", {"enabled": False, "kind": "none", "fails_closed": None}, "not-applicable", "SB-002"),
)


@pytest.mark.parametrize(("name", "changes", "answer", "words"), CASES, ids=[row[0] for row in CASES])
def test_sandboxes(facts: Any, name: str, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(sb_003, facts.agent({"sandbox": facts.sandbox(**changes)}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_assumed_agent_is_unknown(facts: Any) -> None:
    assert facts.one(sb_003, assumed_agent()).status == "unknown"


def test_a_runner_may_hold_what_the_sandbox_does_not(facts: Any) -> None:
    agent = facts.agent({"sandbox": facts.sandbox(escapes=(RETRY,))}, where="ci")
    assert facts.one(sb_003, agent).status == "unknown"


def test_many_ways_out_are_counted(facts: Any) -> None:
    escapes = tuple(f"excluded command: tool{number}" for number in range(9))
    found = facts.one(sb_003, facts.agent({"sandbox": facts.sandbox(escapes=escapes)}))
    assert "and 5 more" in found.verdict.message


def test_remedies_close_it_and_take_out_what_leads_out(facts: Any) -> None:
    source = Source(".claude/settings.json", 3, "agents")
    sandbox = facts.sandbox(fails_closed=False, escapes=(RETRY, DOCKER), source=source)
    found = facts.one(sb_003, facts.agent({"sandbox": sandbox}))
    assert str(found.verdict.sources[0]) == ".claude/settings.json:3"
    first, locked, taken = found.verdict.remedies
    assert '"failIfUnavailable": true' in first.body
    assert "managed-settings.json" in locked.body
    assert taken.body == f"remove: {DOCKER}"
    assert taken.path == ".claude/settings.json"


def test_what_no_file_adds_is_taken_out_by_hand(facts: Any) -> None:
    found = facts.one(sb_003, facts.agent({"sandbox": facts.sandbox(escapes=(DOCKER,))}))
    assert (found.verdict.remedies[-1].kind, found.verdict.remedies[-1].body) == ("manual", f"remove: {DOCKER}")


def test_what_the_vendor_does_not_say_can_be_tried_and_attested(facts: Any) -> None:
    agent = facts.agent({"sandbox": facts.sandbox(fails_closed=HIDDEN)}, agent="codex")
    assert 'control = "SB-003"' in facts.one(sb_003, agent).verdict.remedies[0].body
    said = {"control": "SB-003", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(sb_003, agent, policy={"attestations": (said,)}).status == "pass"
    loose = facts.agent({"sandbox": facts.sandbox(escapes=(RETRY,))})
    assert facts.one(sb_003, loose, policy={"attestations": (said,)}).status == "fail"


def test_the_setting_of_the_remedy_mends_it(facts: Any) -> None:
    agent = facts.agent({"sandbox": facts.sandbox(fails_closed=False, escapes=(RETRY,))})
    remedy = facts.one(sb_003, agent).verdict.remedies[0]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_003, *read).status == "pass"
