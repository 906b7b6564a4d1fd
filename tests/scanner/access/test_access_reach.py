"""The nine-second test as a whole: its verdict and reason, what a met control takes away, and the laws of all of it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from access_facts import (
    APART,
    AWS,
    DATABASE,
    HOME,
    POSTGRES,
    RAILWAY,
    UNREAD,
    VAULT,
    VOLUME,
    World,
    agent,
    blind,
    copies,
    credentials,
    declared_copies,
    destroyed,
    holding,
    linked,
    module,
    script,
    server,
    worlds,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from remit.access.agent import Agent, Egress
from remit.access.assumed import assumed_agent
from remit.access.network import Network
from remit.access.reach import LEGS, reach
from remit.evidence import Command, CredentialFile, Gap, IacModule, RoleCatalogue, ScriptFile
from remit.verbs import VERB_CLASSES

LESS_SAFE = {"no-agent": 0, "survives": 0, "unknown": 1, "lost": 2}
thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# ------------------------------------------------------------------------------------------------ the verdict


def test_nothing_in_reach_survives_unless_something_was_not_read():
    facts = agent("ask"), holding(RAILWAY)
    whole = reach(linked(*facts))
    assert (whole.verdict, whole.agents[0].destroys, whole.goals) == ("survives", (), ())
    for changes in ({"gaps": [Gap("tree", "x", "too large")]}, {"left_out": ("vendor",)}):
        partly = reach(linked(*facts, **changes))
        assert partly.verdict == "unknown"
        assert "1 place" in partly.reason


def test_no_agent_is_said_and_not_taken_for_safety():
    found = reach(linked(holding(RAILWAY)))
    assert (found.verdict, found.agents, found.goals) == ("no-agent", (), ())


def test_copies_of_everything_in_reach_survive():
    found = reach(linked(agent(), holding(RAILWAY), policy=copies(APART)))
    assert (found.verdict, found.goals) == ("survives", tuple(each for each in found.goals if len(each.legs) > 1))
    assert len(found.agents[0].destroys) == 2


@pytest.mark.parametrize(
    ("facts", "policy", "first"),
    [
        ((agent(), holding(RAILWAY)), None, VOLUME),
        ((agent(), holding(VAULT)), None, "vault:behind-its-secrets:*"),
        ((agent(), holding(POSTGRES)), None, DATABASE),
        ((agent(),), None, HOME),
        # Both are lost: the data comes first, although the home directory is one step away.
        ((agent(), holding(RAILWAY)), copies({}), VOLUME),
        # Both are unknown, and only the way to the data is uncertain.
        ((agent(), module()), None, "infra/aws_db_instance.main"),
        # What is lost comes before what is not known.
        ((agent(), holding(POSTGRES, path="a"), holding(RAILWAY, path="b")), None, VOLUME),
        # A home directory that is lost comes before data of which nobody knows.
        ((agent(), holding(POSTGRES)), copies({"resource": "machine:home:*"}), HOME),
        # Of two losses the certain one is named.
        ((agent(), module(skip_final_snapshot=True), holding(RAILWAY)), None, VOLUME),
    ],
)
def test_the_reason_names_the_data_before_the_files_of_whoever_works_on_it(facts, policy, first):
    found = reach(linked(*facts, policy=policy))
    assert found.reason.startswith(f"{first}: ")
    assert found.verdict in ("lost", "unknown")


def test_what_is_lost_for_certain_comes_first():
    facts = agent(), holding(POSTGRES, path="a"), holding(RAILWAY, path="b"), module(skip_final_snapshot=True)
    rows = [(each.survival.verdict, each.certainty) for each in reach(linked(*facts)).agents[0].destroys]
    assert rows == [("lost", "proven"), ("lost", "possible"), ("unknown", "proven"), ("unknown", "proven")]
    assert [each.resource for each in reach(linked(*facts)).agents[0].destroys][-2:] == [DATABASE, HOME]


def test_the_reason_does_not_depend_on_which_agent_comes_first():
    strong, weak = agent(), agent("classifier", agent="codex")
    files = holding(RAILWAY), holding(POSTGRES, path=".env")
    reasons = {reach(linked(*order, *files)).reason for order in ((strong, weak), (weak, strong))}
    assert len(reasons) == 1


def test_the_assumed_agent_can_do_what_a_model_lets_it():
    assumed = assumed_agent()
    found = reach(linked(assumed, holding(RAILWAY)))
    assert assumed.assumed
    assert {gate.verb_class for gate in assumed.access.gates} == set(VERB_CLASSES)
    assert {each.certainty for each in found.agents[0].destroys} == {"possible"}
    assert found.verdict == "lost"


def test_every_loss_is_a_goal():
    found = reach(linked(agent(), holding(RAILWAY), policy=copies(APART | {"resource": "machine:home:*"})))
    assert [(each.name, len(each.legs)) for each in found.goals] == [(VOLUME, 1), ("leak:cursor", 3)]
    assert {each.start.name for each in found.goals} == {"cursor"}


def test_an_agent_without_a_repository_reaches_its_machine_only():
    found = reach(linked(agent(where="machine", sources=(), files=())))
    assert [each.resource for each in found.agents[0].destroys] == [HOME]
    assert found.agents[0].destroys[0].path[0].evidence != ()


def test_an_agent_whose_configuration_could_not_be_read_may_do_anything():
    unread = agent(
        None,
        approval=UNREAD,
        shell_without_approval=UNREAD,
        sandbox=replace(agent().access.sandbox, enabled=UNREAD),
        egress=Egress(UNREAD),
    )
    found = destroyed(unread, holding(RAILWAY), module())
    assert set(found) == {VOLUME, HOME, "infra/aws_db_instance.main"}
    assert {each.certainty for each in found.values()} == {"possible"}


# ------------------------------------------------------------------------------------------------ with controls met


def test_a_met_control_takes_a_path_away_and_the_next_one_is_shown():
    facts = agent(mcp=(server("shell"),)), holding(RAILWAY)
    kinds = {
        met: [edge.start.kind for edge in destroyed(*facts, met=(met,))[VOLUME].path] for met in ("LP-010", "SB-018")
    }
    assert kinds == {"LP-010": ["agent", "tool", "credential"], "SB-018": ["agent", "file", "credential"]}
    assert VOLUME not in destroyed(*facts, met=("LP-010", "SB-018"))


def test_without_any_reach_left_the_verdict_follows():
    facts = agent(), holding(RAILWAY)
    assert reach(linked(*facts), {"LP-011", "SB-002"}).verdict == "survives"
    assert reach(linked(*facts), {"LP-011"}).verdict == "unknown"
    assert reach(linked(*facts), {"SB-002"}).verdict == "lost"
    # A copy of the volume says nothing of the home directory.
    assert reach(linked(*facts), {"BK-005"}).verdict == "unknown"
    assert reach(linked(*facts), {"BK-005", "SB-002"}).verdict == "survives"


def test_a_gap_outlives_every_control(control_ids):
    found = reach(linked(agent(), holding(RAILWAY), gaps=[Gap("tree", "x", "too large")]), control_ids)
    assert found.verdict == "unknown"


# ------------------------------------------------------------------------------------------------ the laws


def shown(found):
    """What is reached, by agent and resource: how bad, how certain."""
    return {
        (each.agent.name, lost.resource): (LESS_SAFE[lost.survival.verdict], lost.certainty == "proven")
        for each in found.agents
        for lost in each.destroys
    }


def leaks(found):
    return {each.agent.name for each in found.agents if each.leaks}


@thorough
@given(worlds, credentials, st.sampled_from(["a.env", "b/.env", "new.env", "~/.aws/credentials"]))
def test_a_credential_more_never_removes_a_path_nor_improves_anything(world, credential, path):
    before = {file.path: file for file in world.files}
    held = before[path].credentials if path in before else ()
    more = {**before, path: holding(*held, credential, path=path)}
    less, after = world.reach(), replace(world, files=[*more.values()]).reach()
    assert LESS_SAFE[after.verdict] >= LESS_SAFE[less.verdict]
    assert leaks(less) <= leaks(after)
    for key, (verdict, proven) in shown(less).items():
        if key[1].startswith("script:"):
            continue  # what nobody could name now has a name
        assert key in shown(after)
        assert shown(after)[key] >= (verdict, False)
        assert shown(after)[key][1] or not proven


def blur_agent(made, what):
    access = made.access
    changes = {
        "approval": {"approval": UNREAD},
        "sandbox": {"sandbox": replace(access.sandbox, enabled=UNREAD, kind=UNREAD, fails_closed=UNREAD)},
        "egress": {"egress": Egress(UNREAD)},
        "shell": {"shell_without_approval": UNREAD},
        "decide": {"decide": None},
        "all": {
            "approval": UNREAD,
            "shell_without_approval": UNREAD,
            "decide": None,
            "reads": None,
            "egress": Egress(UNREAD),
        },
    }
    return replace(made, access=replace(access, **changes[what]))


def blur_subject(subject, what):
    """The same subject with one fact that nobody could see."""
    match subject:
        case Agent():
            return blur_agent(subject, what)
        case CredentialFile():
            unseen = {"environment": UNREAD} if what in ("approval", "egress", "shell") else {"account": None}
            return replace(subject, credentials=tuple(replace(each, **unseen) for each in subject.credentials))
        case IacModule():
            (main, *_) = subject.resources
            hidden = dict.fromkeys(("deletion_protection", "skip_final_snapshot", "delete_automated_backups"), UNREAD)
            return replace(subject, resources=(replace(main, arguments=hidden),))
        case RoleCatalogue():
            return replace(subject, roles=tuple(replace(each, unresolved=(UNREAD,)) for each in subject.roles))
        case ScriptFile():
            return replace(subject, commands=tuple(_ungated(each) for each in subject.commands))
    return subject


def _ungated(command: Command) -> Command:
    return replace(command, gated=UNREAD)


@thorough
@given(worlds, st.data())
def test_less_knowledge_never_turns_lost_or_unknown_into_survives(world, data):
    assume(world.subjects)
    less, index = world.subjects, data.draw(st.integers(0, len(world.subjects) - 1))
    less[index] = blur_subject(
        less[index], data.draw(st.sampled_from(["approval", "sandbox", "egress", "shell", "decide", "all"]))
    )
    known, blurred = world.reach(), reach(world.graph(less))
    if known.verdict != "survives":
        assert blurred.verdict != "survives"
    # A URL that may be production's gives a name to what a script hits: the nameless thing is gone, not safe.
    worse = {key for key, (verdict, _) in shown(known).items() if verdict and not key[1].startswith("script:")}
    assert worse <= {key for key, (verdict, _) in shown(blurred).items() if verdict}
    assert leaks(known) <= leaks(blurred)


@thorough
@given(worlds, st.sampled_from([(), ("RoleCatalogue",), ("CredentialFile", "Agent")]))
def test_a_gap_never_makes_anything_safe(world, affects):
    known, less = world.reach(), replace(world, gaps=(Gap("tree", "x", "too large", affects),)).reach()
    assert less.verdict != "survives"
    assert (known.verdict == "lost") <= (less.verdict == "lost")
    assert set(shown(known)) <= set(shown(less))


@thorough
@given(worlds, st.data())
def test_a_declared_copy_forgotten_never_makes_anything_safe(world, data):
    assume(world.inventory)
    index = data.draw(st.integers(0, len(world.inventory) - 1))
    less = replace(world, inventory=world.inventory[:index] + world.inventory[index + 1 :]).reach()
    for key, (verdict, _) in shown(world.reach()).items():
        assert not verdict or shown(less)[key][0]


@thorough
@given(worlds, declared_copies)
def test_a_copy_more_out_of_reach_never_makes_it_worse(world, copy):
    more = replace(world, inventory=[*world.inventory, copy | APART])
    known, after = world.reach(), more.reach()
    assert LESS_SAFE[after.verdict] <= LESS_SAFE[known.verdict]
    assert set(shown(after)) == set(shown(known))
    assert all(shown(after)[key][0] <= verdict for key, (verdict, _) in shown(known).items())


@thorough
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_subjects_changes_nothing(world, shuffle):
    subjects = world.subjects
    shuffle.shuffle(subjects)
    first, second = world.graph(), world.graph(subjects)
    assert first.edges == second.edges
    assert first.fates == second.fates
    one, other = reach(first), reach(second)
    assert (one.verdict, one.reason) == (other.verdict, other.reason)
    assert set(one.goals) == set(other.goals)
    by_agent = [{each.agent.name: (each.destroys, each.leaks) for each in found.agents} for found in (one, other)]
    assert by_agent[0] == by_agent[1]


@thorough
@given(worlds)
def test_every_edge_is_held_by_its_agent_and_names_controls_of_the_catalogue(control_ids, world):
    names = {each.name for each in world.agents}
    for edge in world.graph().edges:
        assert set(edge.cut_by) <= control_ids
        assert len(set(edge.cut_by)) == len(edge.cut_by)
        holder = edge.start.name if edge.start.kind == "agent" else edge.start.held_by
        assert holder == edge.end.held_by
        assert holder in names
        assert edge.evidence or edge.end.kind == "loss"
        assert edge.certainty == ("proven" if edge.grade in ("proven", "declared", "attested") else "possible")
        assert edge.why or edge.certainty == "proven"


@thorough
@given(
    worlds,
    st.sets(
        st.sampled_from(["LP-011", "LP-013", "LP-022", "LP-028", "SB-002", "SB-009", "BK-005", "SB-018"]), max_size=4
    ),
)
def test_controls_met_never_show_more(world, met):
    whole, less = world.reach(), world.reach(met)
    assert set(shown(less)) <= set(shown(whole))
    assert all(shown(less)[key] <= shown(whole)[key] for key in shown(less))
    assert leaks(less) <= leaks(whole)
    assert {each.name for each in less.goals} <= {each.name for each in whole.goals}
    assert LESS_SAFE[less.verdict] <= LESS_SAFE[whole.verdict]


@thorough
@given(worlds)
def test_any_one_control_of_a_path_takes_that_path_away(world):
    """Of the path that is shown each control removes a step; another path may remain, and it lacks that step."""
    graph = world.graph()
    for each in reach(graph).agents:
        for lost in each.destroys:
            for control in sorted({control for edge in lost.path for control in edge.cut_by}):
                left = {again.resource: again.path for again in of(reach(graph, {control}), each.agent.name).destroys}
                assert left.get(lost.resource) != lost.path
                assert all(control not in edge.cut_by for edge in left.get(lost.resource, ()))


@thorough
@given(worlds)
def test_all_controls_of_the_shown_losses_leave_only_what_other_ways_do(world):
    """Cutting what is shown until nothing new is shown ends, and what is left then no control cuts."""
    graph, met = world.graph(), set()
    for _ in range(60):
        found = [
            lost for each in reach(graph, met).agents for lost in each.destroys if lost.survival.verdict != "survives"
        ]
        fresh = {control for lost in found for control in lost.cut_by} - met
        if not fresh:
            break
        met |= fresh
    else:
        pytest.fail("cutting never ends")
    assert all(not edge.cut_by for lost in found for edge in lost.path)


def of(found, name):
    return next(each for each in found.agents if each.agent.name == name)


@thorough
@given(worlds)
def test_a_path_is_unbroken_and_ends_where_it_says(world):
    for each in world.reach().agents:
        for path, end in [
            *((lost.path, lost.resource) for lost in each.destroys),
            *((leak.legs[leg], leak.legs[leg][-1].end.name) for leak in each.leaks for leg in LEGS),
        ]:
            assert str(path[0].start) == f"agent:{each.agent.name}"
            assert path[-1].end.name == end
            assert all(left.end == right.start for left, right in itertools.pairwise(path))


@thorough
@given(worlds)
def test_each_agents_reach_is_what_it_would_be_alone(world):
    together = world.reach()
    for each in world.agents:
        alone = replace(world, agents=[each]).reach()
        assert of(together, each.name).destroys == alone.agents[0].destroys
        assert of(together, each.name).leaks == alone.agents[0].leaks


def test_a_credential_in_a_servers_own_entry_says_what_the_server_writes_to():
    """The one case in which a credential replaces a path: what nobody knew is known now."""
    made = blind("deny", mcp=(server("write"),), where="ci")
    world = World([made], [], [], [APART | {"resource": "postgres:*"}])
    assert set(shown(world.reach())) == {("cursor", "mcp:db:*")}
    entry = holding(replace(POSTGRES, source=replace(POSTGRES.source, line=5)), path=".mcp.json")
    assert shown(replace(world, files=[entry]).reach()) == {("cursor", DATABASE): (0, True)}


def test_reach_shares_its_network_with_the_cut():
    graph = linked(agent(), holding(AWS), script("sql-ddl"))
    found = reach(graph)
    assert isinstance(found.network, Network)
    assert set(found.network.edges) == set(graph.edges)
