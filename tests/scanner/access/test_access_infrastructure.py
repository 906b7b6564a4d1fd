"""From an agent to what infrastructure code describes and one command destroys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    AWS,
    SETTINGS,
    UNREAD,
    agent,
    blind,
    destroyed,
    edges_of,
    holding,
    linked,
    module,
    only,
    stations,
)

from remit.evidence import IacResource, Source, Unknown

MAIN = "infra/aws_db_instance.main"
TERRAFORM = agent(decide=only("terraform", otherwise="ask"))


@pytest.mark.parametrize(
    ("arguments", "reached"),
    [
        ({}, True),
        ({"deletion_protection": True}, False),
        ({"deletion_protection": False}, True),
        ({"deletion_protection": Unknown("var.protect has no default")}, True),
        ({"deletion_protection": "yes"}, True),
        ({"lifecycle__prevent_destroy": True}, True),
    ],
)
def test_terraform_destroys_what_no_provider_guards(arguments, reached):
    assert (MAIN in destroyed(agent(), module(**arguments))) is reached
    assert bool(edges_of(linked(agent(), module(**arguments)), "can run terraform")) is reached


@pytest.mark.parametrize("kind", ["aws_instance", "random_pet", "null_resource", ""])
def test_a_directory_without_data_is_not_worth_a_step(kind):
    stateless = replace(module(), resources=(IacResource(kind, "x", {}, Source("infra/main.tf", 1)),))
    assert not edges_of(linked(agent(), stateless), "can run terraform")


def test_the_path_of_a_destroy_has_evidence_at_every_step():
    found = destroyed(TERRAFORM, module(), holding(AWS))[MAIN]
    assert stations(found) == ["agent:cursor", "command:terraform in infra", f"resource:{MAIN}"]
    assert [edge.grade for edge in found.path] == ["proven", "proven"]
    assert found.path[0].evidence == (SETTINGS,)
    assert found.path[1].evidence == (Source("infra/main.tf", 3), Source("tools/domains.sh", 1, "credentials"))
    assert found.path[0].cut_by == ("LP-028", "LP-030")
    assert found.path[1].cut_by == ("BK-011", "BK-012", "LP-010", "LP-011", "LP-034")


def test_without_the_key_in_reach_its_shell_may_hold_another():
    known, inherited = edges_of(linked(TERRAFORM, module(), holding(AWS)), "destroys what")
    assert {(known.grade, "LP-011" in known.cut_by), (inherited.grade, "LP-011" in inherited.cut_by)} == {
        ("proven", True),
        ("unknown", False),
    }


@pytest.mark.parametrize(
    ("kind", "guarded"),
    [("aws_db_instance", True), ("aws_s3_bucket", False)],
)
def test_a_guard_is_a_control_only_for_types_that_have_one(kind, guarded):
    resource = IacResource(kind, "x", {}, Source("infra/main.tf", 1))
    (edge,) = edges_of(linked(agent(), replace(module(), resources=(resource,))), "destroys what")
    assert ("BK-011" in edge.cut_by) is guarded
    assert "LP-034" in edge.cut_by


@pytest.mark.parametrize(
    ("subjects", "arguments", "certainty"),
    [
        ((), {}, "possible"),
        ((holding(AWS),), {}, "proven"),
        ((holding(replace(AWS, provider="gcp")),), {}, "possible"),
        ((holding(replace(AWS, damage="D1")),), {}, "possible"),
        ((holding(replace(AWS, placeholder=True)),), {}, "possible"),
        ((holding(AWS),), {"deletion_protection": Unknown("var.protect has no default")}, "possible"),
    ],
)
def test_terraform_with_a_key_at_hand_is_proven_and_without_one_possible(subjects, arguments, certainty):
    found = destroyed(agent(), module(**arguments), *subjects)[MAIN]
    assert found.certainty == certainty
    assert bool(found.path[-1].why) is (certainty == "possible")


def test_a_key_that_the_agent_cannot_read_proves_nothing():
    assert destroyed(blind(), module(), holding(AWS))[MAIN].certainty == "possible"


def test_of_several_keys_the_same_one_is_shown_in_any_order():
    files = holding(AWS, path="b"), holding(AWS, path="a"), holding(AWS, path="c")
    shown = {
        destroyed(agent(), module(), *order)[MAIN].path[-1].evidence[-1].path
        for order in (files, files[::-1], (files[1], files[0], files[2]))
    }
    assert shown == {"a"}


@pytest.mark.parametrize(
    ("made", "reached"),
    [
        (TERRAFORM, True),
        (agent(decide=only("tofu", otherwise="ask")), True),
        (agent(decide=only("perl", otherwise="ask")), True),
        (agent(decide=only("curl", otherwise="ask")), False),
        (agent("ask"), False),
        (agent("deny"), False),
        (agent("deny", bypass=(SETTINGS,)), True),
        (agent("deny", approval=UNREAD), True),
    ],
)
def test_who_is_asked_about_it_does_not_destroy(made, reached):
    assert (MAIN in destroyed(made, module())) is reached


@pytest.mark.parametrize("control", ["LP-028", "LP-030", "LP-034", "BK-011", "BK-012"])
def test_each_step_of_a_destroy_can_be_cut(control):
    assert MAIN in destroyed(TERRAFORM, module())
    assert MAIN not in destroyed(TERRAFORM, module(), met=(control,))


def test_a_destroy_through_code_needs_its_own_control():
    both = agent(decide=only("terraform", "perl", otherwise="ask"))
    assert MAIN in destroyed(both, module(), met=("LP-028", "LP-030"))
    assert MAIN not in destroyed(both, module(), met=("LP-030", "LP-022"))


@pytest.mark.parametrize(
    ("path", "name", "command"), [("", "aws_db_instance.main", "."), ("a/b", "a/b/aws_db_instance.main", "a/b")]
)
def test_resources_are_named_by_their_directory(path, name, command):
    found = destroyed(agent(), module(path=path))
    assert stations(found[name])[1] == f"command:terraform in {command}"


def test_two_directories_are_two_commands():
    found = destroyed(agent(), module(path="eu"), module(path="us"))
    assert {stations(found[f"{place}/aws_db_instance.main"])[1] for place in ("eu", "us")} == {
        "command:terraform in eu",
        "command:terraform in us",
    }


# ------------------------------------------------------------------------------------------------ guards as lines

EDITED = "the guard is a line of the code that it edits unasked; an apply takes it away"


def past_the_guard(graph):
    return [edge for edge in edges_of(graph, "destroys what") if edge.why == EDITED]


@pytest.mark.parametrize(
    ("changes", "reached"),
    [
        ({"approval": "each"}, False),
        ({"approval": "plan"}, False),
        ({"approval": "allowlist-only"}, False),
        ({"approval": "edits-auto"}, True),
        ({"approval": "classifier"}, True),
        ({"approval": "bypass", "bypass": (SETTINGS,)}, True),
        ({"approval": "each", "bypass": (SETTINGS,)}, True),
        ({"approval": UNREAD}, True),
    ],
)
def test_a_guard_holds_no_agent_that_edits_it_unasked(changes, reached):
    made = agent(decide=only("terraform", otherwise="ask"), **changes)
    found = destroyed(made, module(deletion_protection=True), holding(AWS))
    assert (MAIN in found) is reached
    if reached:
        assert found[MAIN].certainty == "possible"
        assert found[MAIN].survival.verdict != "survives"
        assert (found[MAIN].path[-1].grade, found[MAIN].path[-1].why) == ("unknown", EDITED)
        assert found[MAIN].path[-1].cut_by == ("LP-034",)
        assert found[MAIN].path[-1].evidence == (Source("infra/main.tf", 3),)


@pytest.mark.parametrize("decision", ["ask", "deny"])
def test_who_does_not_run_terraform_takes_no_guard_away(decision):
    assert MAIN not in destroyed(agent(decision, approval="edits-auto"), module(deletion_protection=True))


@pytest.mark.parametrize("guard", [True, False, UNREAD])
@pytest.mark.parametrize(
    ("met", "stopped"),
    [
        (("BK-011",), False),
        (("BK-012",), False),
        (("BK-011", "BK-012", "LP-010", "LP-011"), False),
        (("LP-034",), True),
        (("LP-028",), True),
        (("LP-030",), True),
    ],
)
def test_for_such_an_agent_a_guard_in_the_code_cuts_nothing(guard, met, stopped):
    made = agent(decide=only("terraform", otherwise="ask"), approval="edits-auto")
    facts = made, module(deletion_protection=guard), holding(AWS)
    assert MAIN in destroyed(*facts)
    assert (MAIN not in destroyed(*facts, met=met)) is stopped


def test_a_guard_that_is_asked_about_is_still_a_cut():
    assert past_the_guard(linked(TERRAFORM, module(deletion_protection=False))) == []
    assert MAIN not in destroyed(TERRAFORM, module(deletion_protection=False), holding(AWS), met=("BK-012",))


@pytest.mark.parametrize(("kind", "lines"), [("aws_db_instance", 1), ("aws_s3_bucket", 0), ("aws_instance", 0)])
def test_only_types_with_a_guard_have_one_to_take_away(kind, lines):
    stack = replace(module(), resources=(IacResource(kind, "x", {}, Source("infra/main.tf", 1)),))
    assert len(past_the_guard(linked(agent(approval="edits-auto"), stack))) == lines
