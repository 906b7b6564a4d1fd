"""A script that starts an agent without approvals counts, whatever the settings beside it ask for."""

from __future__ import annotations

from typing import Any

import pytest
from access_facts import DATABASE, POSTGRES, RAILWAY, SETTINGS, VOLUME, agent, destroyed, holding, linked, script

from remit.access.assumed import assumed_agent
from remit.access.reach import reach
from remit.evidence import ScriptFile, Source, Unknown

SKIPS = ("--dangerously-skip-permissions",)
STARTED = Source("scripts/night.sh", 3, "scripts")


def night(program: str = "claude", flags: tuple[str, ...] = SKIPS, path: str = "scripts/night.sh") -> ScriptFile:
    where = Source(path, 3, "scripts")
    return script(path=path, context="shell script", program=program, words=(), bypass=flags, source=where)


def claude(**changes: Any) -> Any:
    return agent("ask", agent="claude-code", **changes)


def test_what_it_would_ask_about_runs_when_a_script_starts_it_so():
    asks = claude(), holding(RAILWAY)
    assert destroyed(*asks) == {}
    assert reach(linked(*asks)).verdict == "survives"
    found = destroyed(*asks, night())[VOLUME]
    assert found.certainty == "proven"
    assert STARTED in found.path[-1].evidence
    assert "LP-027" in found.path[-1].cut_by
    assert reach(linked(*asks, night())).verdict == "lost"


@pytest.mark.parametrize(
    ("name", "made", "started", "counts"),
    [
        ("its own program", claude(), night(), True),
        ("another agent's", claude(), night("codex", ("--yolo",)), False),
        ("each has its program", agent("ask", agent="codex"), night("codex", ("--yolo",)), True),
        ("the command line of an editor", agent("ask", agent="cursor"), night("cursor-agent", ("--force",)), True),
        ("an agent that nobody starts so", agent("ask", agent="goose"), night(), False),
        ("a flag that only offers it", claude(), night(flags=("--allow-dangerously-skip-permissions",)), False),
        ("no flag at all", claude(), night(flags=()), False),
        ("settings that forbid the mode", claude(bypass_reachable=False), night(), False),
        ("settings that nobody could read", claude(bypass_reachable=Unknown("?")), night(), True),
        ("a pipeline's own agent", claude(), night(path=".github/workflows/agent.yml"), False),
        ("an agent of a pipeline", claude(where="ci"), night(), False),
        ("whatever is started may be the assumed one", assumed_agent(), night("gemini", ("--yolo",)), True),
    ],
)
def test_who_is_started_without_approvals(name, made, started, counts):
    (found,) = linked(made, started).agents
    assert (found.bypass == (started.commands[0].source,)) is counts, name
    assert bool(found.bypass) is counts


def test_places_that_ask_for_the_mode_are_named_once_and_the_settings_first():
    made = claude(bypass=(SETTINGS,))
    (found,) = linked(made, night(), night()).agents
    assert found.bypass == (SETTINGS, STARTED)


def test_a_script_more_never_removes_a_path():
    facts = agent(agent="claude-code"), holding(POSTGRES, path=".env")
    assert set(destroyed(*facts)) <= set(destroyed(*facts, night()))
    assert DATABASE in destroyed(*facts, night())
