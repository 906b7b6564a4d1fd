"""LP-033: a declared freeze is held by something that refuses."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from remit.access.assumed import assumed_agent
from remit.evidence import Command, Gap, ScriptFile, Source, Unknown
from remit_checks.least_privilege.freeze_technically_enforced import freeze_technically_enforced as lp_033

NOW = {"name": "launch", "from": "2026-11-15", "until": "2026-11-20"}
LATER = {**NOW, "from": "2026-12-20", "until": "2027-01-06"}
OVER = {**NOW, "from": "2026-11-01", "until": "2026-11-19"}


def _windows(*windows: dict[str, Any]) -> dict[str, Any]:
    return {"freeze.windows": windows}


def _job(gated: Any = False, context: str = "workflow job deploy", **changes: Any) -> ScriptFile:
    fields = {"effects": ("iac-destroy",), "previewed": False, **changes}
    place = Source(".github/workflows/deploy.yml", 9, "pipelines")
    command = Command("terraform", ("apply",), fields["effects"], True, context, gated, place, (), fields["previewed"])
    return ScriptFile(".github/workflows/deploy.yml", (command,))


TABLE: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("an agent that asks", lambda f: f.agent(), "unknown", "in no file that was read"),
    (
        "an agent that runs one class unasked",
        lambda f: f.agent({"gates": f.gates("ask", sql_ddl="allow")}),
        "fail",
        "Claude Code runs `run sql-ddl` unasked",
    ),
    ("a model decides", lambda f: f.agent({"gates": f.gates("classifier")}), "unknown", "in no file"),
    ("a default of a version", lambda f: f.agent({"gates": f.gates("allow", assumed=True)}), "unknown", "in no file"),
    ("nobody knows", lambda f: f.agent({"gates": f.gates(Unknown("broken"))}), "unknown", "in no file"),
    ("a hook before it", lambda f: f.agent({"gates": f.gates("allow"), "gate_hook": True}), "unknown", "in no file"),
    (
        "perhaps a hook",
        lambda f: f.agent({"gates": f.gates("allow"), "gate_hook": Unknown("trust")}),
        "unknown",
        "in no file",
    ),
    ("an assumed agent", lambda f: assumed_agent(), "unknown", "in no file"),
    ("a job that waits for nobody", lambda f: _job(), "fail", "runs `terraform apply` and waits for nobody"),
    ("a job behind an approval", lambda f: _job(True), "unknown", "in no file"),
    ("a job nobody can tell", lambda f: _job(Unknown("reusable")), "unknown", "in no file"),
    ("a job that shows a plan", lambda f: _job(previewed=True), "unknown", "in no file"),
    ("a harmless job", lambda f: _job(effects=()), "unknown", "in no file"),
    ("a script of a person", lambda f: _job(context="shell script"), "unknown", "in no file"),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_target(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_033, build(facts), policy=_windows(NOW))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


WINDOWS: tuple[tuple[str, tuple[dict[str, Any], ...], str, str], ...] = (
    ("none", (), "unknown", "no freeze is declared"),
    ("of another target", ({**NOW, "targets": ("other/*",)},), "unknown", "no freeze is declared"),
    ("on its last day", (NOW,), "fail", "'launch' (until 2026-11-20)"),
    ("ahead", (LATER,), "fail", "'launch' (from 2026-12-20)"),
    ("over", (OVER,), "unknown", "every declared freeze is over"),
    ("over and ahead", (OVER, LATER), "fail", "from 2026-12-20"),
)


@pytest.mark.parametrize(("name", "windows", "answer", "words"), WINDOWS, ids=[row[0] for row in WINDOWS])
def test_each_window(facts: Any, name: str, windows: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    found = facts.one(lp_033, _job(), policy=_windows(*windows))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_sources_name_what_is_loose_and_where_the_freeze_is_written(facts: Any) -> None:
    origin = Source("policy.toml", 40, "policy")
    loose = facts.agent({"gates": facts.gates("allow")})
    found = facts.one(lp_033, loose, _job(), policy=_windows(NOW), origins={"freeze.windows": origin})
    assert [str(each) for each in found.verdict.sources] == [
        ".claude/settings.json:7",
        ".github/workflows/deploy.yml:9",
        "policy.toml:40",
    ]
    remedy = found.verdict.remedies[0]
    assert ("2026-11-15 to 2026-11-20" in remedy.body, 'control = "LP-033"' in remedy.body) == (True, True)


def test_what_to_declare_is_a_policy(facts: Any) -> None:
    body = facts.one(lp_033, facts.agent()).verdict.remedies[0].body
    window = tomllib.loads(body)["freeze"]["windows"][0]
    written = {key: str(value) for key, value in window.items()}
    assert facts.one(lp_033, _job(), policy=_windows(written)).status == "fail"


def test_only_an_attestation_makes_a_pass(facts: Any) -> None:
    attested = {"control": "LP-033", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    vouched = {"attestations": (attested,)}
    assert facts.one(lp_033, facts.agent(), policy={**_windows(NOW), **vouched}).status == "pass"
    assert facts.one(lp_033, facts.agent(), policy=vouched).status == "pass"
    assert facts.one(lp_033, _job(), policy={**_windows(NOW), **vouched}).status == "fail"


def test_where_nothing_acts_there_is_nothing_to_freeze(facts: Any) -> None:
    assert facts.one(lp_033).status == "not-applicable"


def test_an_unread_place_keeps_an_ended_freeze_open(facts: Any) -> None:
    gap = Gap("agents", ".claude/", "cannot be listed", ("Agent",))
    assert facts.one(lp_033, policy=_windows(OVER), gaps=(gap,)).status == "unknown"
