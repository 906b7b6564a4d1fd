"""From an agent to the destructive commands of the tree: those it may run, and those a pipeline runs for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    AWS,
    DATABASE,
    POSTGRES,
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
    script,
    stations,
)

from remit.access.agent import Answer
from remit.evidence import Source

URL = holding(POSTGRES, path=".env.local")
RUNS_SCRIPTS = blind(decide=only("npm run", "make", "bash package.json", otherwise="ask"))
WORKFLOW = ".github/workflows/deploy.yml"
OPENED = f"pipeline:{WORKFLOW}:*"


def workflow(**changes):
    return script("iac-destroy", path=WORKFLOW, context="workflow job apply", **changes)


# ------------------------------------------------------------------------------------------------ what it may run


def test_a_script_empties_the_database_that_the_environment_names():
    """The agent cannot read the file; the script it may run can."""
    found = destroyed(RUNS_SCRIPTS, URL, script("orm-force-push"))[DATABASE]
    assert stations(found) == ["agent:cursor", "command:package.json:8", f"resource:{DATABASE}"]
    assert found.certainty == "proven"
    assert {"LP-028", "LP-031", "LP-001", "SB-015"} <= set(found.cut_by)
    assert found.path[-1].deed == "drizzle-kit empties the database that DATABASE_URL names"
    assert found.path[-1].evidence == (Source("package.json", 8, "scripts"), Source(".env.local", 2, "credentials"))


@pytest.mark.parametrize(
    ("name", "grade"),
    [("DATABASE_URL", "proven"), ("database_url", "proven"), ("SHADOW_URL", "unknown"), ("", "unknown")],
)
def test_which_url_a_command_takes_is_known_of_one_name_only(name, grade):
    graph = linked(RUNS_SCRIPTS, holding(replace(POSTGRES, name=name)), script("sql-ddl"))
    (hit,) = edges_of(graph, "drizzle-kit empties")
    assert (hit.grade, bool(hit.why)) == (grade, grade == "unknown")
    assert hit.deed.endswith(f"that {name or 'the URL'} names")


@pytest.mark.parametrize(
    ("effects", "hits", "runs"),
    [
        ((), 0, 0),
        (("fs-delete-outside",), 0, 1),
        (("sql-ddl",), 1, 1),
        (("sql-mass-dml",), 1, 1),
        (("iac-destroy", "sql-mass-dml"), 1, 1),
    ],
)
def test_only_commands_on_databases_hit_databases(effects, hits, runs):
    graph = linked(RUNS_SCRIPTS, URL, script(*effects))
    assert len({edge.end for edge in edges_of(graph, "drizzle-kit empties")}) == hits
    assert len({edge.end for edge in edges_of(graph, "can run", end="command")}) == runs
    assert (DATABASE in destroyed(RUNS_SCRIPTS, URL, script(*effects))) is bool(hits)


@pytest.mark.parametrize(
    "credential",
    [
        AWS,
        replace(POSTGRES, placeholder=True),
        replace(POSTGRES, environment="development"),
        replace(POSTGRES, damage="D1"),
    ],
)
def test_what_is_no_database_that_matters_is_not_hit(credential):
    assert not edges_of(linked(RUNS_SCRIPTS, holding(credential), script("sql-ddl")), "drizzle-kit empties")


@pytest.mark.parametrize(
    ("context", "asked"),
    [
        ("npm script db:push", "npm run db:push"),
        ("make target wipe", "make wipe"),
        ("shell script", "bash package.json"),
        ("workflow job apply", "bash package.json"),
    ],
)
def test_a_command_is_gated_as_the_agent_would_start_it(context, asked):
    seen: list[str] = []
    made = agent(decide=lambda command: seen.append(command) or Answer("deny", "a rule"))
    graph = linked(made, URL, script("sql-ddl", context=context))
    assert asked in seen
    assert not edges_of(graph, end="command")


@pytest.mark.parametrize(
    ("effects", "cut_by"),
    [
        (("sql-ddl",), ("LP-028",)),
        (("orm-force-push",), ("LP-028", "LP-031")),
        (("iac-destroy",), ("LP-028", "LP-030")),
        (("iac-destroy", "orm-force-push"), ("LP-028", "LP-030", "LP-031")),
    ],
)
def test_its_effects_say_which_controls_stop_a_command(effects, cut_by):
    (run,) = edges_of(linked(RUNS_SCRIPTS, script(*effects)), "can run", end="command")
    assert (run.grade, run.cut_by) == ("proven", cut_by)
    assert run.evidence == (SETTINGS,)


# ------------------------------------------------------------------------------------------------ stacks

MAIN = "infra/aws_db_instance.main"
MAKES = blind(decide=only("make", otherwise="ask"))
"""Asked about terraform itself and about any code, not about a recipe."""


def recipe(*words, path="Makefile", program="terraform", context="make target wipe"):
    return script("iac-destroy", path=path, context=context, program=program, words=words)


@pytest.mark.parametrize(
    ("command", "stack", "grade"),
    [
        (recipe("-chdir=infra", "destroy"), "infra", "proven"),
        (recipe("-chdir=./infra/", "destroy"), "infra", "proven"),
        (recipe("destroy", path="infra/Makefile"), "infra", "proven"),
        (recipe("-chdir=infra", "destroy", path="ops/Makefile"), "infra", "proven"),
        (recipe("-chdir=../infra", "destroy", path="ops/Makefile"), "infra", "proven"),
        (recipe("destroy"), ".", "proven"),
        (recipe("destroy"), "infra", "unknown"),
        (recipe("-chdir=$STACK", "destroy"), "infra", "unknown"),
        (recipe("-chdir={{stack}}", "destroy"), "infra", "unknown"),
        (recipe("-chdir=other", "destroy"), "infra", None),
        (recipe("destroy", program="tofu"), "infra", "unknown"),
        (recipe("destroy", program="pulumi"), "infra", None),
    ],
)
def test_a_recipe_destroys_the_stack_of_its_directory(command, stack, grade):
    infra = module(path="" if stack == "." else stack)
    name = f"{stack}/aws_db_instance.main".removeprefix("./")
    graph = linked(MAKES, command, infra)
    drawn = edges_of(graph, "destroys a stack")
    assert [edge.grade for edge in drawn] == ([grade] if grade else [])
    assert all(bool(edge.why) is (grade == "unknown") and edge.evidence for edge in drawn)
    found = destroyed(MAKES, command, infra)
    assert (name in found) is bool(grade)
    if grade:
        assert stations(found[name])[1:] == [
            f"command:{command.path}:8",
            f"command:terraform in {stack}",
            f"resource:{name}",
        ]


def test_a_recipe_destroys_only_what_its_provider_lets_go():
    assert MAIN not in destroyed(MAKES, recipe("-chdir=infra", "destroy"), module(deletion_protection=True))
    assert MAIN not in destroyed(blind("ask"), recipe("-chdir=infra", "destroy"), module())
    assert MAIN not in destroyed(MAKES, script("sql-ddl", path="Makefile"), module())


def test_a_recipe_and_the_tool_itself_are_two_ways():
    both = blind(decide=only("make", "terraform", otherwise="ask"))
    facts = both, recipe("-chdir=infra", "destroy"), module()
    assert len(destroyed(*facts)[MAIN].path) == 2
    for control in ("LP-028", "LP-030", "LP-034", "BK-011"):
        assert MAIN not in destroyed(*facts, met=(control,))
    assert MAIN in destroyed(*facts, met=("LP-022", "LP-031"))


# ------------------------------------------------------------------------------------------------ the pipeline


@pytest.mark.parametrize(
    ("made", "command", "drawn"),
    [
        (agent("allow", approval="edits-auto"), workflow(), True),
        (agent(decide=only("git push"), approval="edits-auto"), workflow(), True),
        (agent("classifier", approval="classifier"), workflow(), True),
        (agent("ask", approval="each", bypass=(SETTINGS,)), workflow(), True),
        (agent("allow", approval=UNREAD), workflow(), True),
        (agent("allow", approval="each"), workflow(), False),
        (agent("allow", approval="plan"), workflow(), False),
        (agent(decide=only("git commit"), approval="edits-auto"), workflow(), False),
        (agent("allow", approval="edits-auto"), workflow(gated=True), False),
        (agent("allow", approval="edits-auto"), workflow(gated=UNREAD), True),
    ],
)
def test_a_workflow_that_the_agent_edits_and_pushes(made, command, drawn):
    found = destroyed(made, command)
    assert (OPENED in found) is drawn
    if drawn:
        assert stations(found[OPENED])[1:] == [
            f"file:{WORKFLOW}, as pushed",
            f"command:{WORKFLOW}:8",
            f"resource:{OPENED}",
        ]
        assert (found[OPENED].certainty, found[OPENED].survival.verdict) == ("possible", "unknown")
        assert found[OPENED].path[0].why.endswith("whether the branch is protected nobody could see")
        assert all(edge.evidence for edge in found[OPENED].path)


@pytest.mark.parametrize("path", [".github/workflows/x.yml", ".gitlab-ci.yml", ".gitlab-ci/deploy.yml"])
def test_pipelines_are_known_by_their_place(path):
    made = agent("allow", approval="edits-auto")
    assert edges_of(linked(made, script("iac-destroy", path=path)), "runs with the pipeline's secrets")
    assert not edges_of(linked(made, script("iac-destroy", path=path)), "can run")


def test_a_workflow_that_is_protected_stops_the_push():
    made = agent("allow", approval="edits-auto")
    assert OPENED not in destroyed(made, workflow(), met=("LP-032",))
    bypassed = agent("ask", bypass=(SETTINGS,))
    for control in ("LP-032", "LP-027"):
        assert OPENED not in destroyed(bypassed, workflow(), met=(control,))


def test_who_only_reads_a_workflow_pushes_nothing():
    """A credential in the workflow makes the file readable; that is no way to run it."""
    facts = agent("allow", approval="edits-auto"), workflow(), holding(AWS, path=WORKFLOW)
    assert OPENED in destroyed(*facts)
    assert OPENED not in destroyed(*facts, met=("LP-032",))
    asked = agent("ask", approval="edits-auto"), *facts[1:]
    assert OPENED not in destroyed(*asked)


def test_one_unguarded_job_is_enough():
    guarded, free = workflow(gated=True).commands[0], workflow(gated=False).commands[0]
    both = replace(workflow(), commands=(guarded, replace(free, source=replace(free.source, line=20))))
    found = destroyed(agent("allow", approval="edits-auto"), both)[OPENED]
    assert f"command:{WORKFLOW}:20" in stations(found)


# ------------------------------------------------------------------------------------- what nobody says it would hit


@pytest.mark.parametrize(
    ("effects", "subjects", "reached"),
    [
        (("k8s-delete",), (), True),
        (("cloud-delete",), (), True),
        (("volume-delete",), (), True),
        (("sql-ddl",), (), True),
        (("sql-ddl",), (URL,), False),  # the URL names what it hits
        (("iac-destroy",), (), True),
        (("git-force",), (), False),  # clones outlive it
        (("secret-write",), (), False),
    ],
)
def test_a_destructive_command_never_ends_in_nothing(effects, subjects, reached):
    found = destroyed(RUNS_SCRIPTS, *subjects, script(*effects))
    assert ("script:package.json:8" in found) is reached
    if reached:
        assert (found["script:package.json:8"].certainty, found["script:package.json:8"].survival.verdict) == (
            "possible",
            "unknown",
        )


def test_what_only_shows_a_change_destroys_nothing_unnamed():
    assert "script:package.json:8" not in destroyed(RUNS_SCRIPTS, script("k8s-delete", previewed=True))
