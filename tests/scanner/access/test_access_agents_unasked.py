"""What an agent does without asking: the weakest answer over several ways to one end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import LEAKY, OFF, ON, SETTINGS, UNREAD, agent, only

from remit.access import deeds
from remit.access.agent import DECISIONS, Answer, Egress, SandboxState
from remit.access.assumed import assumed_agent
from remit.access.deeds import ANY_CODE, BY_HTTP, CODE_OF_THE_TREE
from remit.access.hands import Hands, Way, step
from remit.access.unasked import (
    acts_unasked,
    by_bypass,
    by_rules,
    by_the_tree,
    confined,
    contained,
    edits_unasked,
    may_read,
    runs_unasked,
    weakest,
)
from remit.evidence import Source, Unknown

NOWHERE = Egress("none")

# ------------------------------------------------------------------------------------------------ the weakest answer


def answering(**decisions):
    """An agent with an answer for each first word; anything else is denied."""
    return agent(decide=lambda command: Answer(decisions.get(command.split()[0], "deny"), command, SETTINGS))


@pytest.mark.parametrize(
    ("made", "commands", "decision"),
    [
        (answering(), ("a", "b"), "deny"),
        (answering(b="ask"), ("a", "b"), "ask"),
        (answering(a="ask", b="sandboxed"), ("a", "b"), "sandboxed"),
        (answering(a="classifier", b="sandboxed"), ("a", "b"), "classifier"),
        (answering(a="allow", b="deny"), ("a", "b"), "allow"),
        (answering(a="deny", b="allow"), ("a", "b"), "allow"),
    ],
)
def test_the_most_permissive_answer_decides(made, commands, decision):
    assert weakest(made, commands).decision == decision
    assert weakest(made, commands[::-1]).decision == decision


def test_nobody_can_tell_without_a_configuration_or_a_command():
    assert weakest(agent(None), ("a",)) is None
    assert weakest(agent("allow"), ()) is None


def test_after_an_allowed_command_no_other_is_asked_about():
    seen: list[str] = []
    made = agent(decide=lambda command: seen.append(command) or Answer("allow", "all"))
    weakest(made, ("a", "b", "c"))
    assert seen == ["a"]
    assert DECISIONS[-1] == "allow"


# ------------------------------------------------------------------------------------------------ by rules


@pytest.mark.parametrize(
    ("decision", "sandbox", "egress", "certainty"),
    [
        ("allow", OFF, Egress("open"), "proven"),
        ("allow", OFF, NOWHERE, "proven"),  # without a sandbox nothing holds the network
        ("allow", ON, Egress("open"), "proven"),
        ("allow", ON, NOWHERE, None),
        ("allow", ON, Egress("allowlist"), None),
        ("allow", LEAKY, NOWHERE, "proven"),
        ("classifier", ON, NOWHERE, "possible"),
        ("sandboxed", ON, Egress("open"), "proven"),
        ("sandboxed", ON, Egress("allowlist"), None),
        ("sandboxed", ON, NOWHERE, None),
        ("sandboxed", LEAKY, NOWHERE, "possible"),
        ("sandboxed", ON, Egress(Unknown("?")), "possible"),
        ("sandboxed", LEAKY, Egress(Unknown("?")), "possible"),
        ("ask", OFF, Egress("open"), None),
        ("deny", OFF, Egress("open"), None),
    ],
)
def test_how_certainly_a_rule_lets_a_command_out(decision, sandbox, egress, certainty):
    made = agent(decision, sandbox=sandbox, egress=egress)
    found = by_rules(made, ("x",))
    assert (found[0] if found else None) == certainty
    if found:
        assert found[1]
        assert found[2] == SETTINGS
    assert acts_unasked(made) is bool(certainty)


@pytest.mark.parametrize(
    ("sandbox", "egress", "inside", "held"),
    [
        (OFF, NOWHERE, False, False),
        (ON, NOWHERE, True, True),
        (ON, Egress("allowlist"), True, True),
        (ON, Egress("open"), True, False),
        (ON, Egress(UNREAD), True, False),
        (LEAKY, NOWHERE, False, False),
        (SandboxState(UNREAD, "os", True, ()), NOWHERE, False, False),
    ],
)
def test_contained_is_confined_without_an_open_network(sandbox, egress, inside, held):
    assert (confined(sandbox), contained(agent(sandbox=sandbox, egress=egress))) == (inside, held)


# ------------------------------------------------------------------------------------------------ bypass and the tree


def test_a_bypass_comes_before_any_rule():
    made = agent("deny", bypass=(Source("run.sh", 3), SETTINGS))
    assert by_bypass(made) == ("proven", "it is started in a mode without approvals", Source("run.sh", 3))
    assert runs_unasked(made, ("x",)) == by_bypass(made)
    assert by_bypass(agent()) is None


@pytest.mark.parametrize(
    ("approval", "bypass", "edits"),
    [
        ("each", (), False), ("plan", (), False), ("allowlist-only", (), False), ("edits-auto", (), True),
        ("classifier", (), True), ("bypass", (), True), (UNREAD, (), True), ("each", (SETTINGS,), True),
    ],
)  # fmt: skip
def test_who_edits_the_tree_unasked(approval, bypass, edits):
    made = agent(decide=only("make"), approval=approval, bypass=bypass)
    assert edits_unasked(made) is edits
    assert (by_the_tree(made) is not None) is edits


@pytest.mark.parametrize("task", CODE_OF_THE_TREE)
def test_each_task_runs_code_of_the_tree(task):
    made = agent(
        decide=lambda command: Answer("allow" if command == task else "deny", task, SETTINGS), approval="edits-auto"
    )
    assert by_the_tree(made) == ("possible", f"{task} runs code of files that it edits unasked", SETTINGS)
    assert by_the_tree(replace(made, access=replace(made.access, sandbox=ON, egress=NOWHERE))) is None


@pytest.mark.parametrize("decision", ["ask", "deny", "classifier", "sandboxed"])
def test_a_task_that_is_not_allowed_outright_is_no_way(decision):
    assert by_the_tree(agent(decision, approval="edits-auto")) is None
    assert by_the_tree(agent(None, approval="edits-auto")) is None


@pytest.mark.parametrize("program", ANY_CODE)
def test_any_interpreter_is_as_good_as_everything(program):
    made = agent(decide=lambda command: Answer("allow" if command == program else "deny", program, SETTINGS))
    assert acts_unasked(made)
    assert runs_unasked(made, BY_HTTP)[0] == "proven"


def test_sample_commands_are_lists_without_empty_or_double_entries():
    for name in ("ANY_CODE", "CODE_OF_THE_TREE", "READERS", "BY_HTTP", "FETCH", "PUSH", "DESTROY", "DELETE_HOME"):
        samples = getattr(deeds, name)
        assert samples
        assert all(each.strip() == each and each for each in samples)
        assert len(set(samples)) == len(samples)


# ------------------------------------------------------------------------------------------------ hands


def test_ways_are_apart_and_each_names_its_own_controls():
    hands = Hands(agent("allow", approval="edits-auto", bypass=(SETTINGS,)))
    assert [way.cut_by for way in hands.ways(("psql",), ("LP-028",))] == [
        ("LP-027",),
        ("LP-028",),
        ("LP-022", "SB-009"),
        ("SB-009", "SB-016"),
    ]
    assert [way.cut_by for way in hands.runs(("git push",), ("LP-032",))] == [("LP-027",), ("LP-032",)]
    assert hands.ways((), ()) == tuple(way for way in hands.ways(("psql",), ("LP-028",)) if way.cut_by != ("LP-028",))


BY_MODE = "it is started in a mode without approvals"
UNSEEN = "what it would ask about with approvals on is not in these files"
GATE, CODE, TREE = ("LP-028",), ("LP-022", "SB-009"), ("SB-009", "SB-016")


def bypassed(asked, **changes):
    """An agent whose settings switch approvals off, and what its rules alone would answer."""
    return agent(decide_asked=asked, approval="bypass", bypass=(SETTINGS,), **changes)


@pytest.mark.parametrize(
    ("asked", "proven", "ruled", "unseen"),
    [
        (None, [], [], [GATE, CODE, TREE]),
        (only(otherwise="ask"), [], [], [GATE, CODE, TREE]),
        (only(otherwise="deny"), [], [], [GATE, CODE, TREE]),
        (only("psql", otherwise="ask"), [GATE], [], [CODE, TREE]),
        (only("ssh", otherwise="ask"), [CODE], [], [GATE, TREE]),
        (only("psql", "ssh", otherwise="ask"), [GATE, CODE], [], [TREE]),
        (only("make", otherwise="ask"), [], [TREE], [GATE, CODE]),
        (only(otherwise="classifier"), [], [GATE, CODE], [TREE]),
        (only(otherwise="allow"), [GATE, CODE], [TREE], []),
    ],
)
def test_what_rules_allow_goes_on_unasked_after_the_bypass_is_gone(asked, proven, ruled, unseen):
    ways = Hands(bypassed(asked)).ways(("psql",), GATE)
    assert (ways[0].grade, ways[0].why, ways[0].cut_by) == ("proven", BY_MODE, ("LP-027",))
    rest = ways[1:]
    assert [way.cut_by for way in rest if way.grade == "proven"] == proven
    assert [way.cut_by for way in rest if way.grade == "unknown" and way.why != UNSEEN] == ruled
    assert [way.cut_by for way in rest if way.why == UNSEEN] == unseen
    assert {way.grade for way in rest if way.why == UNSEEN} <= {"unknown"}


@pytest.mark.parametrize(
    ("asked", "grade", "why"),
    [
        (only("git push", otherwise="ask"), "proven", "allowed by a rule"),
        (only(otherwise="ask"), "unknown", UNSEEN),
        (None, "unknown", UNSEEN),
    ],
)
def test_the_ways_of_exactly_these_commands_are_graded_alike(asked, grade, why):
    bypass, rest = Hands(bypassed(asked)).runs(("git push",), ("LP-032",))
    assert (bypass.cut_by, rest.cut_by) == (("LP-027",), ("LP-032",))
    assert (rest.grade, rest.why) == (grade, why)


@pytest.mark.parametrize("approval", ["each", "edits-auto", "classifier", UNREAD])
def test_rules_alone_are_asked_about_only_where_the_mode_answers_instead(approval):
    made = agent(decide=only("psql"), decide_asked=only("ssh"), approval=approval, bypass=(SETTINGS,))
    assert ("proven", ("LP-028",)) in {(way.grade, way.cut_by) for way in Hands(made).ways(("psql",), GATE)}
    assert CODE not in {way.cut_by for way in Hands(made).ways(("psql",), GATE)}


def test_a_contained_agent_has_no_way_whatever_its_rules_allow():
    assert Hands(bypassed(only(otherwise="allow"), sandbox=ON, egress=NOWHERE)).ways(("psql",), GATE) == ()


def test_gates_of_the_same_commands_are_not_mixed_up():
    hands = Hands(agent())
    first, second = hands.runs(("x",), ("LP-028",)), hands.runs(("x",), ("LP-032",))
    assert [way.cut_by for way in (*first, *second)] == [("LP-028",), ("LP-032",)]
    assert hands.ways(("x",), ("LP-032",))[0].cut_by == ("LP-032",)


def test_a_request_is_a_way_only_where_the_web_leads_there():
    hands = Hands(agent(decide=only("curl")))
    assert hands.ways((), ()) == ()
    assert [way.grade for way in hands.ways((), (), web=True)] == ["proven"]


@pytest.mark.parametrize(
    ("made", "grade"),
    [
        (agent("allow"), "proven"),
        (agent("classifier"), "unknown"),
        (agent(None), "unknown"),
        (assumed_agent(), "assumed"),
        (replace(agent("allow"), assumed=True), "assumed"),
    ],
)
def test_the_grade_of_a_way(made, grade):
    ways = Hands(made).ways(("psql",), ("LP-028",))
    assert {way.grade for way in ways} == {grade}
    assert all(way.why for way in ways)


def test_evidence_falls_back_on_the_agents_own_files():
    made = agent(decide=lambda command: Answer("allow", "a default", None), sources=(Source("AGENTS.md", 1), SETTINGS))
    assert {way.evidence for way in Hands(made).ways(("psql",), ())} == {(Source("AGENTS.md", 1),)}
    bare = replace(made, sources=())
    assert {way.evidence for way in Hands(bare).ways(("psql",), ())} == {()}


def test_an_agent_of_unknown_mode_has_a_way_that_no_control_stops():
    hands = Hands(agent("deny", approval=Unknown("set in the application")))
    (way,) = hands.ways(("psql",), ("LP-028",))
    assert (way.grade, way.why, way.cut_by) == ("unknown", "set in the application", ())
    assert Hands(agent("deny", approval="each")).ways(("psql",), ("LP-028",)) == ()


def test_a_file_is_asked_about_once_and_kept_from_once():
    seen: list[str] = []
    hands = Hands(agent("ask", reads=lambda path: seen.append(path) or path == "a"))
    assert [bool(hands.reads(path)) for path in ("a", "b", "a", "b")] == [True, False, True, False]
    assert seen == ["a", "b"]
    assert may_read(hands.agent, "b") is None


def test_a_step_adds_what_stops_it_and_spares_what_does_not():
    way = Way("proven", "because", (SETTINGS,), ("LP-022", "SB-009"))
    hands = Hands(agent())
    edge = step(
        hands.start,
        "does",
        hands.node("file", "x"),
        way,
        cuts=("SB-002",),
        spared=("SB-009",),
        seen=(SETTINGS, Source("y")),
    )
    assert edge.cut_by == ("LP-022", "SB-002")
    assert edge.evidence == (SETTINGS, Source("y"))
    assert (edge.grade, edge.why, edge.end.held_by) == ("proven", "because", "cursor")
