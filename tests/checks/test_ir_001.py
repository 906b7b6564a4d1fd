"""IR-001: one command stops all agents, and was lately tried."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Command, Gap, ScriptFile, Source
from remit_checks.response.kill_switch_exists import kill_switch_exists as ir_001


def _script(path: str, context: str = "shell script") -> ScriptFile:
    revoke = ("-c", "REVOKE ALL ON shop FROM agent")
    return ScriptFile(path, (Command("psql", revoke, ("sql-ddl",), True, context, False, Source(path, 3, "scripts")),))


@pytest.mark.parametrize(
    ("path", "context", "seen"),
    [
        ("scripts/kill-switch.sh", "shell script", True),
        ("bin/agent_killswitch", "shell script", True),
        ("ops/stop-agents.sh", "shell script", True),
        ("package.json", "npm script kill:switch", False),
        ("package.json", "npm script kill-switch", True),
        ("Makefile", "make target revoke-agent", True),
        ("scripts/kill-port.sh", "shell script", False),
        ("scripts/stop-agentless.sh", "shell script", False),
        ("deploy.sh", "shell script", False),
    ],
)
def test_what_looks_like_one(facts: Any, path: str, context: str, seen: bool) -> None:
    found = facts.one(ir_001, facts.agent(), _script(path, context))
    assert found.status == "unknown"
    assert ("looks like a kill switch" in found.verdict.message) is seen
    assert found.verdict.sources == ((Source(path, 3, "scripts"),) if seen else facts.agent().sources)
    assert [remedy.kind for remedy in found.verdict.remedies] == (["manual"] if seen else ["edit", "manual"])


def test_where_no_agent_is_used(facts: Any) -> None:
    assert facts.one(ir_001).status == "not-applicable"
    assert facts.one(ir_001, facts.agent(assumed=True)).status == "unknown"


@pytest.mark.parametrize(("on", "answer"), [("2026-11-01", "pass"), ("2026-08-01", "unknown")])
def test_only_somebody_who_tried_it_can_say_so(facts: Any, on: str, answer: str) -> None:
    said = {"control": "IR-001", "by": "Ada", "on": on, "valid_days": 366, "evidence": "TICKET-1"}
    assert facts.one(ir_001, facts.agent(), policy={"attestations": (said,)}).status == answer


def test_the_script_of_the_remedy_names_the_roles_in_use(facts: Any) -> None:
    policy = {"roles.agent": ("shop_agent", "o'brien")}
    script, tried = facts.one(ir_001, facts.agent(), policy=policy).verdict.remedies
    assert (script.kind, script.path) == ("edit", "scripts/agent-kill-switch.sh")
    for line in (
        "ALTER ROLE shop_agent NOLOGIN;",
        'ALTER ROLE "o\'brien" NOLOGIN;',
        "usename = 'o''brien'",
        "pg_terminate_backend",
        "REVOKE CONNECT",
        "pg_auth_members",
        'pkill -TERM -x "$agent"',
    ):
        assert line in script.body
    assert tomllib.loads(tried.body)["attestations"][0]["valid_days"] == 90
    assert "agent_ro" in facts.one(ir_001, facts.agent()).verdict.remedies[0].body


def test_it_is_recognised_once_it_is_there(facts: Any) -> None:
    path = facts.one(ir_001, facts.agent()).verdict.remedies[0].path
    assert "looks like" in facts.one(ir_001, facts.agent(), _script(path)).verdict.message


def test_an_unread_script_changes_nothing(facts: Any) -> None:
    gap = Gap("scripts", "ops/x.sh", "is too large", ("ScriptFile",))
    assert facts.one(ir_001, facts.agent(), gaps=(gap,)).status == "unknown"
    assert facts.one(ir_001, gaps=(gap,)).status == "unknown"
