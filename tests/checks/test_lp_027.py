"""LP-027: no mode without approvals."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.evidence import Command, ScriptFile, Source, Unknown
from remit_checks.least_privilege.no_bypass_mode import no_bypass_mode as lp_027

PLACE = (Source(".claude/settings.json", 3, "agents"),)


def _script(*flags: str) -> ScriptFile:
    command = Command(
        "claude", ("claude", *flags), (), False, "shell script", False, Source("run.sh", 2, "scripts"), flags
    )
    return ScriptFile("run.sh", (command,))


@pytest.mark.parametrize(
    ("access", "changes", "answer", "words"),
    [
        ({"approval": "bypass", "bypass_requested": True}, {}, "fail", "configured to skip every approval"),
        ({}, {"bypass": PLACE}, "fail", "configured to skip every approval"),
        ({"approval": Unknown("settings could not be read")}, {}, "unknown", "could not be read"),
        ({"bypass_reachable": Unknown("the layer is not seen")}, {}, "unknown", "not seen"),
        ({}, {}, "pass", "a flag could still switch that off"),
        ({"bypass_reachable": False}, {}, "pass", "forbid the mode"),
    ],
)
def test_each_agent(facts: Any, access: dict[str, Any], changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_027, facts.agent(access, **changes))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_tight_sandbox_may_excuse_it_by_policy(facts: Any) -> None:
    tight = facts.agent({"bypass_requested": True, "sandbox": facts.sandbox()}, bypass=PLACE)
    loose = facts.agent({"bypass_requested": True, "sandbox": facts.sandbox(escapes=("a way out",))}, bypass=PLACE)
    assert facts.one(lp_027, tight).status == "pass"
    assert facts.one(lp_027, loose).status == "fail"
    assert facts.one(lp_027, tight, policy={"agents.allow_bypass_in_sandbox": False}).status == "fail"


def test_an_assumed_agent_never_passes(facts: Any) -> None:
    assert facts.one(lp_027, assumed_agent()).status == "unknown"


def test_a_script_that_starts_one_so(facts: Any) -> None:
    found = facts.one(lp_027, _script("--dangerously-skip-permissions"))
    assert found.status == "fail"
    assert "--dangerously-skip-permissions" in found.verdict.remedies[0].body
    assert [str(source) for source in found.verdict.sources] == ["run.sh:2"]
    assert facts.one(lp_027, _script()).status == "not-applicable"
