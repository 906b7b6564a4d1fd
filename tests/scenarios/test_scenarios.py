"""The five source incidents end to end: found with evidence, cut by the cheapest controls, and then blocked.

Each scenario is a small repository as it may have been, the policy that its auditor would have written, and an overlay
with the files that the remedies of the cheapest cut change.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from remit.access.reach import Reach, reach
from remit.audit import Audited
from remit.score import scores

PASSING = {"pass", "not-applicable"}
FAILING = {"fail", "waived", "error"}
UNDECIDED = {"unknown", "error", "not-audited"}
Step = tuple[str, str, tuple[tuple[str, str], ...]]
"""The deed of a step, its grade, and for each place of its evidence the path and a part of the line."""


@dataclass(frozen=True)
class Expected:
    """What an incident's scenario must show."""

    agent: str
    verdict: str
    reason: str
    resource: str
    path: tuple[Step, ...]
    undecided: Mapping[int, frozenset[str]]
    """Steps that are not open before, each with the controls that nobody can decide from files or this policy.

    All other steps are open.
    """
    plan: tuple[str, ...]
    spare: frozenset[str]
    """Those that cut the proven paths first, and that the whole would hold without."""
    overlay: frozenset[str]
    first_block: int
    blocked_by: Mapping[int, frozenset[str]]
    """After the remedies: which steps are blocked, and by what."""
    after: str


def _undecided(**steps: str) -> Mapping[int, frozenset[str]]:
    return {int(name[1:]): frozenset(controls.split()) for name, controls in steps.items()}


SURVIVES_NOTHING = "nothing within an agent's unasked reach can be destroyed"

INCIDENTS: Mapping[str, Expected] = {
    "INC-01": Expected(
        agent="cursor",
        verdict="lost",
        reason="the provider deletes its backups together with what they are of",
        resource="railway:volume:*",
        path=(
            ("can read unasked", "proven", ((".cursor/permissions.json", "{"),)),
            (
                "holds: Railway account or workspace token",
                "proven",
                (("tools/add-domain.sh", "Authorization: Bearer "),),
            ),
            (
                "can delete volume",
                "proven",
                (("tools/add-domain.sh", "Authorization: Bearer "), (".cursor/permissions.json", '"curl"')),
            ),
        ),
        # 1: Cursor keeps its mode where no file shows it. 2: no freeze was declared. 5: whether staging is a copy
        # with data of its own is not visible. 6: nobody said how old the copies were. 7: records, anomalies and kill
        # switches kept in consoles.
        undecided=_undecided(s1="SB-016", s2="LP-033", s5="SB-014", s6="BK-016", s7="IR-001 MN-004 MN-006 MN-013"),
        # What is on its list Cursor runs for certain. What is not a model decides, so the token has to go as well.
        plan=("LP-022", "LP-011"),
        spare=frozenset({"LP-022"}),
        overlay=frozenset({".cursor/permissions.json", ".env.staging", "tools/add-domain.sh"}),
        first_block=3,
        blocked_by=_undecided(s3="LP-011"),
        # Its user's files are still in reach of whatever the model allows; the policy declares a copy of those.
        after="a copy out of reach is declared for all that was found within reach",
    ),
    "INC-02": Expected(
        agent="codex",
        # The agent said that all was lost, and a rollback worked: that was the point, nobody knew.
        verdict="unknown",
        reason="no backup of it is declared, and nobody could look at the provider",
        resource="postgres:database:ep-crm-production.eu-central-1.aws.neon.tech/crm",
        path=(
            ("can read unasked", "proven", ((".codex/config.toml", "approval_policy"),)),
            ("holds: PostgreSQL connection URL", "proven", ((".env", "@ep-crm-production."),)),
            (
                "logs in as",
                "proven",
                ((".env", "//neondb_owner:"), (".codex/config.toml", 'sandbox_mode = "danger-full-access"')),
            ),
            (
                "can drop what it owns",
                "declared",
                (
                    ("db/002_roles.sql", "companies OWNER TO neondb_owner"),
                    ("db/002_roles.sql", "executives OWNER TO neondb_owner"),
                ),
            ),
        ),
        # 5: what the provider keeps, and whether a restore was tried. 6: what the provider logs, and what watches.
        undecided=_undecided(s5="BK-001 BK-003", s6="MN-001 MN-002 MN-015"),
        plan=("SB-010", "SB-002"),
        spare=frozenset(),
        overlay=frozenset({".codex/config.toml"}),
        first_block=2,
        blocked_by=_undecided(s2="LP-001", s4="LP-028"),
        after=SURVIVES_NOTHING,
    ),
    "INC-03": Expected(
        agent="claude-code",
        verdict="lost",
        reason="its automatic backups go with it, no last copy is taken, and no other one is declared",
        resource="infra/aws_db_instance.courses",
        path=(
            ("can run terraform destroy", "proven", ((".claude/settings.json", '"bypassPermissions"'),)),
            (
                "destroys what the state describes",
                "proven",
                (("infra/main.tf", '"aws_db_instance" "courses"'), (".aws/credentials", "aws_secret_access_key")),
            ),
        ),
        # 4: what the key may delete only its cloud knows. 6: whether a restore was tried. 7: AWS's own trail.
        undecided=_undecided(s4="LP-034", s6="BK-003", s7="MN-013"),
        # Without the mode its rules would still let `terraform` run, so LP-027 closes nothing. A guard is a line that
        # it edits unasked: what holds for certain is what the cloud denies the key, and its auditor looked there.
        plan=("BK-012", "SB-010", "LP-034", "SB-002"),
        spare=frozenset({"BK-012"}),
        overlay=frozenset({".claude/settings.json", "infra/main.tf"}),
        first_block=1,
        blocked_by=_undecided(s1="SB-001", s3="LP-010 SB-010", s4="LP-034", s5="LP-028 BK-012"),
        after=SURVIVES_NOTHING,
    ),
    "INC-04": Expected(
        agent="claude-code",
        verdict="lost",
        reason="its provider makes no backups unasked, says the policy, and no copy is declared",
        resource="postgres:database:ladder-prod.proxy.rlwy.net/railway",
        path=(
            ("can run", "proven", ((".claude/settings.json", '"Bash(npm run:*)"'),)),
            (
                "drizzle-kit empties the database that DATABASE_URL names",
                "proven",
                (("package.json", '"drizzle-kit push --force"'), (".env", "@ladder-prod.proxy.rlwy.net")),
            ),
        ),
        # 5: what Railway holds, how old, and whether a copy is taken first. 6: whether incidents are reviewed.
        undecided=_undecided(s5="BK-001 BK-016 BK-018", s6="IR-004"),
        plan=("SB-010", "SB-015", "SB-002"),
        spare=frozenset(),
        overlay=frozenset({".claude/settings.json", ".env"}),
        first_block=1,
        blocked_by=_undecided(s1="SB-001", s2="LP-010 LP-018", s4="LP-028"),
        after=SURVIVES_NOTHING,
    ),
    "INC-05": Expected(
        agent="claude-code",
        verdict="lost",
        reason="every declared copy is within the agents' reach",
        resource="postgres:database:db.invoices-prod.example/invoices",
        path=(
            ("calls unasked", "proven", ((".mcp.json", '"invoices-db"'),)),
            (
                "can write and delete",
                "proven",
                ((".mcp.json", '"invoices-db"'), (".mcp.json", "@db.invoices-prod.example:5432")),
            ),
        ),
        # 5: whether the server can go back to a moment, and whether a restore was tried. 6: what the server logs.
        undecided=_undecided(s5="BK-001 BK-003", s6="MN-001"),
        plan=("LP-022",),
        spare=frozenset(),
        overlay=frozenset({".claude/settings.json"}),
        first_block=1,
        blocked_by=_undecided(s1="LP-022", s4="LP-028"),
        after=SURVIVES_NOTHING,
    ),
}
every_incident = pytest.mark.parametrize("incident", sorted(INCIDENTS))
Scenarios = Callable[[str], Any]


def _losses(reached: Reach) -> list[str]:
    """What can be lost or leaked, for certain or possibly."""
    lost = [
        f"{each.resource}: {each.survival.verdict}, {each.certainty}"
        for agent in reached.agents
        for each in agent.destroys
        if each.survival.verdict != "survives"
    ]
    return lost + [each.what for agent in reached.agents for each in agent.leaks]


def _statuses(audited: Audited) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for finding in audited.findings:
        found[finding.check.id].add(finding.status)
    return found


def _score(audited: Audited) -> float:
    judged = ((each.check.dimension, each.check.severity, each.status) for each in audited.findings)
    found = scores(list(judged))["overall"].proven
    assert found is not None
    return found


# ----------------------------------------------------------------------------------------------------------- before


@every_incident
def test_before_the_worst_path_is_the_incidents(scenario: Scenarios, incident: str) -> None:
    reach, expected = scenario(incident).before.audited.reach, INCIDENTS[incident]
    assert reach.verdict == expected.verdict
    assert reach.reason.startswith(f"{expected.resource}: {expected.reason}"), reach.reason
    (agent,) = reach.agents
    worst = agent.destroys[0]
    assert (agent.agent.agent, agent.agent.assumed) == (expected.agent, False)
    assert (worst.resource, worst.certainty) == (expected.resource, "proven")
    assert worst.path[0].start.name == expected.agent
    assert worst.path[-1].end.name == expected.resource
    assert [(edge.deed, edge.grade) for edge in worst.path] == [(deed, grade) for deed, grade, _ in expected.path]


@every_incident
def test_before_every_step_of_it_points_at_lines_that_show_it(scenario: Scenarios, incident: str) -> None:
    state = scenario(incident).before
    worst = state.audited.reach.agents[0].destroys[0]
    for edge, (deed, _, places) in zip(worst.path, INCIDENTS[incident].path, strict=True):
        assert [source.path for source in edge.evidence] == [path for path, _ in places], deed
        for source, (_, text) in zip(edge.evidence, places, strict=True):
            assert source.line > 0
            assert text in state.line(source.path, source.line), f"{deed}: {source}"


@every_incident
def test_before_all_that_the_incident_takes_is_found_and_nothing_blocks_it(scenario: Scenarios, incident: str) -> None:
    state, undecided = scenario(incident).before, INCIDENTS[incident].undecided
    replayed = state.replay
    assert (replayed.first_block, replayed.depth, replayed.healthy) == (None, 0, False)
    for step in replayed.steps:
        for fact in step.requires:
            assert fact.state == "found", f"{step.n}: {fact}"
            assert fact.evidence, f"{step.n}: {fact.fact} is found nowhere"
            assert all(state.line(place.path, place.line).strip() for place in fact.evidence), fact
        open_controls = {control.control for control in step.controls if control.status in UNDECIDED}
        assert open_controls == undecided.get(step.n, frozenset()), f"{step.n}: {step.why}"
        assert step.state == ("undetermined" if step.n in undecided else "open"), f"{step.n}: {step.why}"
    assert replayed.open_steps == tuple(step.n for step in replayed.steps if step.n not in undecided)


@every_incident
def test_before_no_gap_hides_anything(scenario: Scenarios, incident: str) -> None:
    audited = scenario(incident).before.audited
    assert audited.graph.gaps == ()
    assert not [finding for finding in audited.findings if finding.status == "error"]


# -------------------------------------------------------------------------------------------------------------- cut


@every_incident
def test_the_cheapest_cut_names_what_the_overlay_implements(scenario: Scenarios, incident: str) -> None:
    found, expected = scenario(incident), INCIDENTS[incident]
    assert tuple(step.control for step in found.before.plan.steps) == expected.plan
    assert found.before.plan.left == ()
    assert found.before.plan.contradictions == ()
    assert found.before.plan.steps[-1].verdict == "survives"
    assert expected.resource in {aim.goal.name for aim in found.before.plan.aims}
    assert frozenset(found.overlay) == expected.overlay
    for path, text in found.overlay.items():
        assert text != found.before.files[path], f"{path} changes nothing"


@every_incident
def test_the_overlay_changes_only_files_that_the_remedies_name(scenario: Scenarios, incident: str) -> None:
    found = scenario(incident)
    remedies = [
        remedy
        for finding in found.before.audited.findings
        if finding.check.id in INCIDENTS[incident].plan and finding.status in FAILING
        for remedy in finding.verdict.remedies
    ]
    for path in found.overlay:
        assert any(remedy.path == path or path in remedy.body for remedy in remedies), path


@every_incident
def test_without_any_one_of_its_controls_the_cut_does_not_hold(scenario: Scenarios, incident: str) -> None:
    state, expected = scenario(incident).before, INCIDENTS[incident]
    spare = set()
    for control in expected.plan:
        met = frozenset(expected.plan) - {control}
        if not _losses(reach(state.audited.graph, met)):
            spare.add(control)
    assert spare == expected.spare
    against = {step.control: step.against for step in state.plan.steps}
    assert all(against[control] == "proven" for control in spare)


@every_incident
def test_what_if_agrees_with_the_cut(scenario: Scenarios, incident: str) -> None:
    found = scenario(incident)
    assert _losses(found.before.audited.reach)
    assert _losses(found.assumed.reach) == []
    assert found.assumed.reach.verdict == "survives"


# ------------------------------------------------------------------------------------------------------------ after


@every_incident
def test_after_the_remedies_no_loss_is_left(scenario: Scenarios, incident: str) -> None:
    audited = scenario(incident).after.audited
    assert _losses(audited.reach) == []
    assert (audited.reach.verdict, audited.reach.reason) == ("survives", INCIDENTS[incident].after)
    assert scenario(incident).after.plan.steps == ()


@every_incident
def test_after_the_remedies_the_incident_is_blocked(scenario: Scenarios, incident: str) -> None:
    replayed, expected = scenario(incident).after.replay, INCIDENTS[incident]
    assert (replayed.state, replayed.first_block) == ("blocked", expected.first_block)
    blocked = {step.n: frozenset(step.blocked_by) for step in replayed.steps if step.blocked_by}
    assert blocked == expected.blocked_by
    assert replayed.depth == len(blocked)


@every_incident
def test_after_the_remedies_nothing_else_is_broken(scenario: Scenarios, incident: str) -> None:
    before, after = scenario(incident).before.audited, scenario(incident).after.audited
    then, now = _statuses(before), _statuses(after)
    assert set(then) == set(now)
    broken = [control for control, found in then.items() if found <= PASSING and now[control] & FAILING]
    assert broken == []
    assert after.graph.gaps == ()
    assert _score(after) >= _score(before)


@every_incident
def test_after_the_remedies_every_file_parses(scenario: Scenarios, incident: str) -> None:
    found = scenario(incident)
    for path, text in found.overlay.items():
        assert _parses(path, text), path
    assert _code(found.after.audited) == _code(found.before.audited)


def _parses(path: str, text: str) -> bool:
    if path.endswith(".json"):
        return isinstance(json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)), dict)
    if path.endswith(".toml"):
        return bool(tomllib.loads(text))
    return text.endswith("\n")


def _code(audited: Audited) -> list[tuple[str, Iterable[str]]]:
    """The resources that infrastructure code describes: a remedy must not lose one."""
    return [(module.path, sorted(each.address for each in module.resources)) for module in audited.graph.modules]


# ------------------------------------------------------------------------------------------------------------ trees


@every_incident
def test_each_tree_is_small_and_says_what_it_replays(scenario: Scenarios, incident: str) -> None:
    files = scenario(incident).before.files
    assert 5 <= len(files) <= 12
    assert "This tree replays" in files["README.md"]


@every_incident
def test_no_file_of_a_scenario_holds_a_whole_credential(incident: str) -> None:
    """Secrets are made at run time: what lies in the repository is a mark."""
    for path in (Path(__file__).parent / incident).rglob("*"):
        if path.is_file():
            assert not re.search(r"AKIA[A-Z2-7]{16}|[0-9a-f]{8}-[0-9a-f]{4}-4|SG\.\w", path.read_text(encoding="utf-8"))
