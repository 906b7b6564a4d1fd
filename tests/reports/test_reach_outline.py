"""The sentences about reach, the cheapest cut and replay, and what comes first."""

import pytest

from remit.reach_result import DestroyedOut, FigureOut, IncidentOut, PlanOut, StepOut
from remit_reports import cut_outline as cut
from remit_reports import reach_outline as reach
from remit_reports import replay_outline as replay


def destroyed(**values):
    given = {
        "resource": "r",
        "survivors": (),
        "verdict": "lost",
        "reason": "no copy is declared",
        "certainty": "proven",
    }
    return DestroyedOut.model_validate({**given, "path": (), "cut_by": (), **values})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "lost: no copy is declared"),
        ({"rpo_hours_unknown": "nobody looked"}, "lost: no copy is declared"),
        (
            {"verdict": "survives", "reason": "a vault", "rpo_hours": 24, "restorable": True},
            "survives: a vault; the newest copy is at most 24 hours old; a restore from it was done lately",
        ),
        (
            {"verdict": "survives", "reason": "a vault", "rpo_hours": 0, "restorable": False},
            "survives: a vault; any moment can be restored; no restore from it was done lately",
        ),
        (
            {
                "verdict": "survives",
                "reason": "a vault",
                "rpo_hours_unknown": "no date",
                "restorable_unknown": "no drill",
            },
            "survives: a vault; how old the copy is nobody knows (no date); whether it restores is unknown (no drill)",
        ),
        ({"verdict": "survives", "reason": "a vault"}, "survives: a vault"),
        (
            {"verdict": "unknown", "reason": "the vault's keys", "survivors": ("v",), "rpo_hours": 168},
            "unknown: the vault's keys; the newest copy is at most 7 days old",
        ),
    ],
)
def test_the_fate_of_the_copies_is_one_sentence(values, said):
    assert reach.told_fate(destroyed(**values)) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0.25, "15 minutes"), (1, "1 hour"), (1.5, "1.5 hours"), (48, "48 hours"), (72, "3 days"), (80, "3.33 days")],
)
def test_spans_are_said_as_people_say_them(hours, said):
    assert reach.span(hours) == said


@pytest.mark.parametrize(
    ("certainty", "grade", "basis"),
    [
        ("proven", "proven", "proven"),
        ("proven", "declared", "declared"),
        ("possible", "assumed", "assumed"),
        ("possible", "proven", "unknown"),
    ],
)
def test_a_doubtful_step_without_a_grade_rests_on_nothing_known(certainty, grade, basis):
    step = StepOut(node="agent:a", edge="can", certainty=certainty, grade=grade)
    assert reach.basis(step) == basis
    assert reach.weakest([step]) == basis


def test_a_path_is_as_sure_as_its_weakest_step():
    steps = [
        StepOut(node="n", edge="e", certainty="proven", grade=grade) for grade in ("declared", "attested", "proven")
    ]
    assert reach.weakest(steps) == "attested"
    assert reach.weakest([]) == "unknown"


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        (0, "USD", "$0"),
        (9.5, "USD", "$9.50"),
        (1137.6, "USD", "$1,137.60"),
        (94, "EUR", "94 EUR"),
        (None, "USD", "cost unknown"),
    ],
)
def test_money_is_short_and_an_unknown_amount_is_not_nothing(value, currency, said):
    assert cut.money(FigureOut(value=value), currency) == said


@pytest.mark.parametrize(("value", "said"), [(2, "2 h"), (0.5, "0.5 h"), (2.4999, "2.5 h"), (None, "hours unknown")])
def test_hours(value, said):
    assert cut.hours(FigureOut(value=value)) == said


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (FigureOut(value=0), ""),
        (FigureOut(value=None, value_unknown="the size of the team"), "unknown: the size of the team"),
        (FigureOut(value=8, formula="a × b", inputs={"a": 2, "b": 4}), "a × b; a = 2, b = 4"),
        (FigureOut(value=8, formula="a", assumed=("a",)), "a (assumed: a)"),
        (FigureOut(value=1943200.5, formula="rows", inputs={"rows": 1943200.5}), "rows; rows = 1,943,200.5"),
    ],
)
def test_a_figure_shows_its_workings(figure, said):
    assert cut.workings(figure) == said


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({}, "nothing to cut: no loss and no leak is within an agent's reach"),
        ({"left": [{}]}, "no control cuts 1 loss or leak within reach"),
        ({"steps": [{}], "proven": 1}, "against 1 loss or leak (all proven)"),
        ({"steps": [{}], "possible": 2}, "against 2 losses and leaks (none proven)"),
        (
            {"steps": [{}], "proven": 1, "possible": 2, "left": [{}]},
            "against 3 losses and leaks (1 proven); no control cuts 1",
        ),
    ],
)
def test_what_the_plan_is_against(plan, said):
    assert cut.against(PlanOut.model_construct(**plan)) == said


def test_the_plan_in_one_line(sample):
    assert cut.line(sample) == "$1.60 a month, 2.5 h, score 27.8% → 55%"
    unscored = [step.model_copy(update={"score_after": None}) for step in sample.plan.steps]
    bare = sample.model_copy(update={"plan": sample.plan.model_copy(update={"steps": tuple(unscored)})})
    assert cut.line(bare) == "$1.60 a month, 2.5 h"


def test_the_worst_agent_comes_first_whatever_the_order(sample):
    test = sample.nine_second_test
    for agents in (test.agents, test.agents[::-1]):
        turned = sample.model_copy(update={"nine_second_test": test.model_copy(update={"agents": agents})})
        assert [each.agent for each in reach.agents(turned)] == ["cursor", "claude-code", "local-agent"]


def test_a_named_agents_certain_leak_comes_before_possible_and_assumed_ones(sample):
    test = sample.nine_second_test
    agent = test.agents[1]
    sure = agent.leaks[0].model_copy(update={"certainty": "proven", "what": "the ledger"})
    agents = (agent.model_copy(update={"leaks": (*agent.leaks, sure)}), agent.model_copy(update={"assumed": True}))
    found = reach.leaks(sample.model_copy(update={"nine_second_test": test.model_copy(update={"agents": agents})}))
    assert [(each.leak.certainty, each.agent.assumed) for each in found] == [
        ("proven", False),
        ("possible", False),
        ("possible", True),
    ]
    assert reach.leak_headline(found[0], several=False) == "Claude Code can be talked into sending the ledger away"
    assert reach.leak_headline(found[1], several=True).endswith(
        "may be talked into sending MCP server billing away in acme/payments"
    )


def incident(id, state, **values):
    given = {"id": id, "name": "n", "date": "d", "target": "t", "state": state}
    return IncidentOut.model_validate({**given, **values})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([incident("A", "blocked")], "none of 1 documented incident stands open"),
        (
            [incident("A", "undetermined"), incident("B", "blocked")],
            "none of 2 documented incidents stands open, 1 undetermined",
        ),
        ([incident("B", "open"), incident("A", "open")], "2 of 2 documented incidents stand open: A, B"),
        (
            [*(incident(f"I{n}", "open") for n in range(6)), incident("I0", "undetermined", target="u")],
            "6 of 6 documented incidents stand open: I0, I1, I2, I3 and 2 more",
        ),
    ],
)
def test_the_replay_in_one_line(found, said, sample):
    assert replay.line(sample.model_copy(update={"replay": tuple(found)})) == said


def test_the_least_stopped_incident_comes_first(sample):
    found = [
        incident("A", "blocked", depth=3),
        incident("B", "blocked", depth=1),
        incident("C", "undetermined", open_steps=(1, 2)),
        incident("D", "open", open_steps=(1,)),
        incident("E", "open", open_steps=(1, 2, 3)),
    ]
    for order in (found, found[::-1]):
        ordered = replay.ordered(sample.model_copy(update={"replay": tuple(order)}))
        assert "".join(each.id for each in ordered) == "EDCBA"
    assert "".join(each.id for each in replay.most_open(ordered)) == "ECD"


@pytest.mark.parametrize(
    ("state", "first", "said"),
    [("open", None, "none"), ("undetermined", None, "none known"), ("blocked", 4, "step 4")],
)
def test_where_an_incident_is_stopped_first(state, first, said):
    assert replay.stopped(incident("A", state, first_block=first)) == said
