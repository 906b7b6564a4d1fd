"""Replay: what blocks a step, what opens it, and that not knowing does neither."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.access.agent import Access, Agent, Answer, Audit, Egress, Gate, SandboxState
from remit.access.assumed import assumed_agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.document import Place
from remit.engine import Finding
from remit.evidence import Credential, CredentialFile, Gap, Monitors, Source, Unknown
from remit.incidents.loader import load_chains
from remit.incidents.model import Chain, Step
from remit.incidents.replay import HEALTHY_DEPTH, NOT_AUDITED, replay
from remit.policy.model import Policy
from remit.verbs import VERB_CLASSES
from remit.verdict import Verdict

TARGET = "acme/shop"
SETTINGS = Source(".cursor/cli.json", 1, "agents")
STATUSES = ("pass", "fail", "unknown", "not-applicable", "waived", "error")


def _agent():
    access = Access(
        approval="edits-auto", bypass_requested=True, bypass_reachable=True, shell_without_approval="yes", rules=(),
        sandbox=SandboxState(False, "none", None, ()), read_deny=(), env_files_denied=False, egress=Egress("open"), mcp=(),
        audit=Audit(False, None),
        gates=tuple(Gate(each, "allow", "x", "its settings", False, SETTINGS) for each in VERB_CLASSES),
        decide=lambda command: Answer("allow", "its settings", SETTINGS),
    )  # fmt: skip
    return Agent("cursor", "Cursor", "project", "", (".cursor/cli.json",), access, (), (SETTINGS,), bypass=(SETTINGS,))


TOKEN = Credential(
    kind="railway-token", title="Railway token", provider="railway", name="TOKEN", masked="…", fingerprint="00",
    source=Source("tools/domains.sh", 4, "credentials"), damage="D4", abilities=("volume-delete",),
    scope="account or workspace", environment="production", resource="railway:volume:*", expires=None,
    backups_go_with_it=True,
)  # fmt: skip
HOLDING = CredentialFile("tools/domains.sh", "tracked", (TOKEN,))


def graph(*subjects, **changes):
    fields = {"target": TARGET, "policy": Policy(), "subjects": subjects or (_agent(), HOLDING)}
    return AccessGraph(**(fields | changes))


def control(id_):
    def judge(monitors: Monitors) -> Verdict:
        """A title.

        A reason.

        Fix:
            A fix.
        """
        return Verdict("pass", "")

    return check(id_, id_.lower(), severity="high")(judge)


CHECKS = {id_: control(id_) for id_ in ("SB-001", "SB-002", "LP-010", "LP-011", "LP-013", "LP-028", "BK-005", "MN-002")}


def finding(id_, status, subject="a", *sources, message=None, target=TARGET):
    answer = {"waived": "fail", "error": "unknown"}.get(status, status)
    verdict = Verdict(answer, message or f"{id_} says {status}", sources)
    return Finding(CHECKS[id_], status, "agent", subject, verdict, target)


def step(n=1, link="capability", broken_by=("SB-001",), requires=()):
    return Step(n, link, f"step {n}", tuple(broken_by), tuple(requires))


def chain(*steps, id_="A"):
    return Chain(id_, "A chain", steps or (step(),))


def one(findings, *, requires=(), broken_by=("SB-001",), graph=graph()):  # noqa: B008 - frozen
    (incident,) = replay([chain(step(requires=requires, broken_by=broken_by))], graph, findings)
    return incident.steps[0]


# ------------------------------------------------------------------------------------------------------- one control

ALONE = {
    "pass": ("blocked", "SB-001 passes here"),
    "fail": ("open", "SB-001 fails, and all that the step takes is here"),
    "waived": ("open", "SB-001 fails, and all that the step takes is here"),
    "unknown": ("undetermined", "SB-001 is undecided: SB-001 says unknown"),
    "error": ("undetermined", "SB-001 is undecided: SB-001 says error"),
    "not-applicable": ("undetermined", "none of its controls applies here (SB-001)"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_one_finding_of_one_control(status):
    found = one([finding("SB-001", status)])
    assert (found.state, found.why) == ALONE[status]
    assert found.blocked_by == (("SB-001",) if status == "pass" else ())
    assert [(each.control, each.status) for each in found.controls] == [("SB-001", status)]


def test_a_control_that_nothing_decides_is_not_audited():
    found = one([])
    assert (found.state, found.why) == ("undetermined", "SB-001 is not audited")
    assert found.controls[0].status == NOT_AUDITED


@pytest.mark.parametrize(("first", "second"), [*itertools.combinations_with_replacement(STATUSES, 2)])
def test_two_findings_of_one_control(first, second):
    found = one([finding("SB-001", first, "a"), finding("SB-001", second, "b")])
    statuses = {first, second}
    if statuses & {"fail", "waived"}:
        assert found.state == "open"
    elif statuses & {"unknown", "error"}:
        assert found.state == "undetermined"
    elif "pass" in statuses:
        assert found.state == "blocked"
    else:
        assert found.state == "undetermined"


def test_a_control_that_holds_for_one_agent_and_not_for_another_blocks_nothing():
    found = one([finding("SB-001", "pass", "cursor"), finding("SB-001", "fail", "codex")])
    assert (found.state, found.blocked_by, found.controls[0].status) == ("open", (), "fail")


@pytest.mark.parametrize(("first", "second"), [*itertools.product(STATUSES, STATUSES)])
def test_two_controls(first, second):
    found = one([finding("SB-001", first), finding("LP-028", second)], broken_by=("SB-001", "LP-028"))
    statuses = {first, second}
    if "pass" in statuses:
        assert found.state == "blocked"
    elif statuses & {"unknown", "error"} or statuses == {"not-applicable"}:
        assert found.state == "undetermined"
    else:
        assert found.state == "open"


def test_findings_of_other_targets_play_no_part():
    assert one([finding("SB-001", "pass", target="acme/web")]).controls[0].status == NOT_AUDITED


def test_a_long_message_is_cut_in_the_reason_and_kept_with_its_control():
    found = one([finding("SB-001", "unknown", message="x" * 999)])
    assert len(found.why) < 250
    assert found.controls[0].message == "x" * 999


# -------------------------------------------------------------------------------------------------------- facts


def test_a_step_is_open_only_where_all_it_takes_was_found():
    failing = [finding("SB-001", "fail")]
    assert one(failing, requires=("agent.mode=bypass", "credential.provider=railway")).state == "open"
    absent = one(failing, requires=("agent.mode=bypass", "credential.provider=github"))
    assert absent.state == "undetermined"
    assert absent.why.startswith(
        "not possible here as far as was seen: no usable credential of github lies in the files"
    )
    unknown = one(failing, requires=("agent.mode=bypass", "runbook=none"))
    assert unknown.state == "undetermined"
    assert unknown.why.startswith("whether runbook=none holds is not known: ")


def test_what_is_not_possible_here_is_blocked_only_by_a_control():
    requires = ("credential.provider=github",)
    assert one([finding("SB-001", "pass")], requires=requires).state == "blocked"
    for status in set(STATUSES) - {"pass"}:
        assert one([finding("SB-001", status)], requires=requires).state == "undetermined"


def test_an_assumed_agent_opens_no_step_that_rests_on_a_default():
    found = one([finding("SB-001", "fail")], requires=("sandbox=off",), graph=graph(assumed_agent()))
    assert found.state == "undetermined"
    assert "one at vendor defaults is assumed" in found.why


def test_the_most_telling_reason_comes_first_and_the_rest_is_counted():
    found = one([], requires=("credential.provider=github", "runbook=none"), broken_by=("SB-001", "LP-028"))
    assert found.why.startswith("not possible here as far as was seen: ")
    assert found.why.endswith("; and 3 more open")


def test_each_fact_is_told_with_its_places():
    found = one([finding("SB-001", "fail")], requires=("credential.provider=railway", "mcp=remote", "runbook=none"))
    assert [(each.fact, each.state) for each in found.requires] == [
        ("credential.provider=railway", "found"), ("mcp=remote", "absent"), ("runbook=none", "unknown"),
    ]  # fmt: skip
    assert found.requires[0].evidence == (Place(path="tools/domains.sh", line=4),)
    assert all(each.why for each in found.requires)


def test_the_evidence_of_a_step_is_that_of_found_facts_and_failing_findings():
    sources = [Source("z.json", 1), Source("tools/domains.sh", 4, "other")]
    found = one(
        [finding("SB-001", "fail", "a", *sources), finding("LP-028", "unknown", "a", Source("open.json", 1))],
        requires=("credential.provider=railway",),
        broken_by=("SB-001", "LP-028"),
    )
    assert found.evidence == (Place(path="tools/domains.sh", line=4), Place(path="z.json", line=1))


def test_evidence_is_a_few_places():
    sources = [Source(f"{number:03}.json", 1) for number in range(200)]
    ids = ("SB-001", "SB-002", "LP-010", "LP-011", "LP-013", "LP-028")
    found = one([finding(id_, "fail", "a", *sources) for id_ in ids], broken_by=ids, requires=("agent.mode=bypass",))
    assert len(found.evidence) <= 8
    assert found.evidence[0] == Place(path=SETTINGS.path, line=1)


# ---------------------------------------------------------------------------------------------------- incidents

LINKED = (
    step(1, "capability", ("SB-001",)),
    step(2, "credential", ("LP-010",)),
    step(3, "credential", ("LP-011",)),
    step(4, "scope", ("LP-013",)),
    step(5, "destroy", ("LP-028",)),
)


def incident(statuses, steps=LINKED, healthy_depth=HEALTHY_DEPTH):
    findings = [finding(each.broken_by[0], status) for each, status in zip(steps, statuses, strict=True)]
    return replay([chain(*steps)], graph(), findings, healthy_depth)[0]


@pytest.mark.parametrize(
    ("statuses", "state", "first_block", "depth", "healthy", "open_steps"),
    [
        (["fail"] * 5, "open", None, 0, False, (1, 2, 3, 4, 5)),
        (["fail", "fail", "fail", "fail", "unknown"], "undetermined", None, 0, False, (1, 2, 3, 4)),
        (["unknown"] * 5, "undetermined", None, 0, False, ()),
        (["fail", "fail", "pass", "fail", "fail"], "blocked", 3, 1, False, (1, 2, 4, 5)),
        (["fail", "pass", "pass", "pass", "fail"], "blocked", 2, 3, False, (1, 5)),
        (["pass", "pass", "pass", "pass", "unknown"], "blocked", 1, 4, True, ()),
        (["pass"] * 5, "blocked", 1, 5, True, ()),
    ],
)
def test_an_incident_is_the_sum_of_its_steps(statuses, state, first_block, depth, healthy, open_steps):
    found = incident(statuses)
    assert (found.state, found.first_block, found.depth, found.healthy, found.open_steps) == (
        state, first_block, depth, healthy, open_steps,
    )  # fmt: skip


def test_the_healthy_depth_is_a_parameter():
    assert HEALTHY_DEPTH == 3
    assert not incident(["fail", "pass", "pass", "fail", "fail"], healthy_depth=2).healthy
    assert incident(["fail", "pass", "fail", "pass", "fail"], healthy_depth=2).healthy
    assert incident(["pass"] * 5, healthy_depth=9).healthy_depth == 9


def test_an_incident_keeps_what_the_chain_says_of_it():
    given_ = Chain("A", "name", (step(),), "2026", "x", "exercise", "unverified", ("wiki",))
    (found,) = replay([given_], graph(), [])
    assert (found.id, found.name, found.date, found.target) == ("A", "name", "2026", TARGET)
    assert (found.verified, found.sources) == ("unverified", ("wiki",))


def test_every_bundled_incident_is_replayed_against_nothing_known():
    found = replay(load_chains(), graph(), [])
    assert len(found) == 29
    assert {each.state for each in found} == {"undetermined"}
    assert all(each.why for incident_ in found for each in incident_.steps)


def test_the_first_chain_opens_step_by_step_where_everything_fails():
    first = load_chains()[0]
    ids = {control_ for each in first.steps for control_ in each.broken_by}
    findings = [replace(finding("SB-001", "fail"), check=replace(CHECKS["SB-001"], id=id_)) for id_ in ids]
    (found,) = replay([first], graph(), findings)
    assert found.open_steps == (1, 2, 3, 4, 6)
    assert found.steps[4].why.startswith("whether provider.soft_delete=false holds is not known")
    at_once = Policy.model_validate({"providers": {"railway": {"soft_delete_hours": 0}}})
    (found,) = replay([first], graph(policy=at_once), findings)
    assert found.open_steps == (1, 2, 3, 4, 5, 6)


# ----------------------------------------------------------------------------------------------------------- laws

FACTS = (
    "agent.mode=bypass",
    "credential.provider=railway",
    "credential.provider=github",
    "runbook=none",
    "sandbox=off",
)
findings_of = st.lists(
    st.builds(
        finding, st.sampled_from(sorted(CHECKS)), st.sampled_from(STATUSES), st.sampled_from("abc"),
        st.builds(Source, st.sampled_from(["x.py", "y.py"]), st.integers(1, 3)),
    ),
    max_size=12,
)  # fmt: skip
steps_of = st.lists(
    st.builds(
        step, st.just(1), st.sampled_from(["capability", "credential", "destroy", "backup"]),
        st.lists(st.sampled_from(sorted(CHECKS)), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from(FACTS), max_size=2, unique=True),
    ),
    min_size=1, max_size=4,
).map(lambda found: tuple(replace(each, n=n) for n, each in enumerate(found, 1)))  # fmt: skip
GRAPH = graph()


def states(steps, findings, graph=GRAPH):
    return [each.state for each in replay([chain(*steps)], graph, findings)[0].steps]


def changed(finding_, status):
    return replace(
        finding_, status=status, verdict=replace(finding_.verdict, answer="pass" if status == "pass" else "unknown")
    )


@given(steps_of, findings_of, st.sampled_from(sorted(CHECKS)))
def test_meeting_a_control_never_opens_a_step_nor_unblocks_one(steps, findings, id_):
    met = [changed(each, "pass") if each.check.id == id_ else each for each in findings]
    for before, after in zip(states(steps, findings), states(steps, met), strict=True):
        assert after != "open" or before == "open"
        assert before != "blocked" or after == "blocked"


@given(steps_of, findings_of, st.data())
def test_knowing_less_never_blocks_or_opens_a_step(steps, findings, data):
    hidden = data.draw(st.sets(st.integers(0, max(0, len(findings) - 1))))
    less = [changed(each, "unknown") if place in hidden else each for place, each in enumerate(findings)]
    for before, after in zip(states(steps, findings), states(steps, less), strict=True):
        assert after in (before, "undetermined")


@given(steps_of, findings_of)
def test_reading_less_never_blocks_or_opens_a_step(steps, findings):
    names = ("Agent", "CredentialFile", "ScriptFile", "Container", "IacModule", "Monitors")
    less = graph(gaps=(Gap("tree", "vendor/", "cannot be listed", names),))
    for before, after in zip(states(steps, findings), states(steps, findings, less), strict=True):
        assert after in (before, "undetermined")


@given(steps_of, findings_of, st.randoms())
def test_no_order_plays_a_part(steps, findings, random):
    chains = [chain(*steps, id_=id_) for id_ in ("B", "A", "C")]
    before = replay(chains, GRAPH, findings)
    assert [each.id for each in before] == ["A", "B", "C"]
    shuffled, others = findings[:], chains[:]
    random.shuffle(shuffled)
    random.shuffle(others)
    assert replay(others, GRAPH, shuffled) == before


@given(steps_of, findings_of)
def test_the_numbers_of_an_incident_add_up(steps, findings):
    found = replay([chain(*steps)], GRAPH, findings)[0]
    blocked = [each for each in found.steps if each.state == "blocked"]
    assert found.depth == len(blocked)
    assert found.first_block == min((each.n for each in blocked), default=None)
    assert (found.state == "blocked") == bool(blocked)
    assert (found.state == "open") == (len(found.open_steps) == len(found.steps))
    assert found.healthy == (len({each.link for each in blocked}) >= 3)
    for each in found.steps:
        assert bool(each.blocked_by) == (each.state == "blocked")


def test_an_unknown_fact_is_never_used_as_a_truth_value():
    with pytest.raises(TypeError):
        bool(Unknown("x"))
    blurred = replace(
        _agent(),
        access=replace(_agent().access, sandbox=SandboxState(Unknown("?"), "os", None, ()), approval=Unknown("?")),
    )
    found = replay(load_chains(), graph(blurred, HOLDING), [])
    assert all(each.state == "undetermined" for incident_ in found for each in incident_.steps)
