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
from remit.evidence import Pipeline, Source

URL = holding(POSTGRES, path=".env.local")
RUNS_SCRIPTS = blind(decide=only("npm run", "make", "bash package.json", otherwise="ask"))
WORKFLOW = ".github/workflows/deploy.yml"
OPENED = f"pipeline:{WORKFLOW}:*"


PUSHES = agent(decide=only("git push"), approval="edits-auto")


def workflow(*effects, **changes):
    return script(*(effects or ("iac-destroy",)), path=WORKFLOW, context="workflow job apply", **changes)


def pipeline(gated=False, *, path=WORKFLOW):
    """A pipeline that asks for secrets on two lines."""
    return Pipeline(path, (Source(path, 30, "pipeline_secrets"), Source(path, 12, "pipeline_secrets")), gated)


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
    ("made", "drawn"),
    [
        (agent("allow", approval="edits-auto"), True),
        (PUSHES, True),
        (agent("classifier", approval="classifier"), True),
        (agent("ask", approval="each", bypass=(SETTINGS,)), True),
        (agent("allow", approval=UNREAD), True),
        (agent(None, approval="edits-auto"), True),
        (agent("allow", approval="each"), True),  # by any code
        (agent(decide=only("git push"), approval="each"), False),
        (agent(decide=only("git push"), approval="plan"), False),
        (agent(decide=only("git commit"), approval="edits-auto"), False),
        (agent("ask", approval="edits-auto"), False),
        (agent("deny", approval="edits-auto"), False),
    ],
)
@pytest.mark.parametrize("seen", [pipeline(), workflow()], ids=["secrets", "command"])
def test_who_changes_a_pipeline_and_pushes_it(made, seen, drawn):
    assert (OPENED in destroyed(made, seen)) is drawn
    assert bool(edges_of(linked(made, seen), "can edit and push")) is drawn
    assert bool(edges_of(linked(made, seen), "runs ")) is drawn


def test_a_pipeline_runs_with_its_secrets():
    """Whatever it does now: the change says what it does then."""
    found = destroyed(PUSHES, pipeline())[OPENED]
    assert stations(found)[1:] == [
        f"file:{WORKFLOW}, as pushed",
        f"credential:the secrets of {WORKFLOW}",
        f"resource:{OPENED}",
    ]
    assert (found.certainty, found.survival.verdict) == ("possible", "unknown")
    pushed, runs, opens = found.path
    secret = Source(WORKFLOW, 30, "pipeline_secrets")
    assert (pushed.grade, pushed.cut_by, pushed.evidence) == ("unknown", ("LP-032",), (SETTINGS,))
    assert pushed.why == "allowed by a rule; whether the branch is protected nobody could see"
    assert (runs.deed, runs.grade, runs.why) == ("runs with the pipeline's secrets", "proven", "")
    assert (opens.grade, opens.why) == ("unknown", "what the pipeline's secrets open is not in these files")
    assert runs.evidence == opens.evidence == (secret,)


@pytest.mark.parametrize(
    ("gated", "grade"),
    [(False, "proven"), (UNREAD, "unknown"), (True, None)],
    ids=["open", "unknown", "gated"],
)
def test_an_environment_may_stand_between(gated, grade):
    drawn = edges_of(linked(PUSHES, pipeline(gated)), "runs ")
    assert [(edge.grade, edge.why) for edge in drawn] == (
        [(grade, UNREAD.why if grade == "unknown" else "")] if grade else []
    )
    assert (OPENED in destroyed(PUSHES, pipeline(gated))) is bool(grade)
    assert bool(edges_of(linked(PUSHES, pipeline(gated)), "can edit and push")) is bool(grade)


@pytest.mark.parametrize(
    ("command", "drawn"),
    [
        (workflow(), True),
        (workflow("sql-ddl"), True),
        (workflow("cloud-delete", "fs-delete-outside"), True),
        (workflow("fs-delete-outside"), False),  # its runner's own files
        (workflow("git-force"), False),  # clones outlive it
        (workflow("secret-write"), False),
        (replace(workflow(), commands=(replace(workflow().commands[0], effects=()),)), False),
        (workflow(previewed=True), False),
        (workflow(gated=True), False),
        (workflow(gated=UNREAD), True),
    ],
)
def test_a_pipeline_that_names_no_secret_and_destroys(command, drawn):
    found = destroyed(PUSHES, command)
    assert (OPENED in found) is drawn
    if drawn:
        assert stations(found[OPENED])[1:] == [
            f"file:{WORKFLOW}, as pushed",
            f"command:{WORKFLOW}:8",
            f"resource:{OPENED}",
        ]
        _, runs, opens = found[OPENED].path
        assert (runs.grade, runs.why) == ("unknown", "which secrets it is given is not written there")
        assert (opens.grade, opens.evidence) == ("unknown", (Source(WORKFLOW, 8, "scripts"),))
        assert (found[OPENED].certainty, found[OPENED].survival.verdict) == ("possible", "unknown")


@pytest.mark.parametrize(("gated", "through"), [(False, "credential"), (UNREAD, "credential"), (True, "command")])
def test_secrets_that_are_seen_tell_more_than_commands(gated, through):
    """A guarded job's secrets say nothing about those of the unguarded job that destroys."""
    graph = linked(PUSHES, workflow(), pipeline(gated))
    assert {edge.end.kind for edge in edges_of(graph, "runs ")} == {through}
    other = linked(PUSHES, workflow(), pipeline(gated, path=".github/workflows/other.yml"))
    assert "command" in {edge.end.kind for edge in edges_of(other, "runs ")}


@pytest.mark.parametrize("path", [".github/workflows/x.yml", ".gitlab-ci.yml", ".gitlab-ci/deploy.yml"])
def test_pipelines_are_known_by_their_place(path):
    graph = linked(agent("allow", approval="edits-auto"), script("iac-destroy", path=path))
    assert edges_of(graph, "runs in the pipeline")
    assert not edges_of(graph, "can run")


@pytest.mark.parametrize("seen", [pipeline(), workflow()], ids=["secrets", "command"])
def test_a_workflow_that_is_protected_stops_the_push(seen):
    made = agent("allow", approval="edits-auto")
    assert OPENED not in destroyed(made, seen, met=("LP-032",))
    bypassed = agent("ask", bypass=(SETTINGS,))
    assert OPENED in destroyed(bypassed, seen)
    for control in ("LP-032", "LP-027"):
        assert OPENED not in destroyed(bypassed, seen, met=(control,))


@pytest.mark.parametrize("seen", [pipeline(), workflow()], ids=["secrets", "command"])
def test_who_only_reads_a_workflow_pushes_nothing(seen):
    """A credential in the workflow makes the file readable; that is no way to run it."""
    facts = agent("allow", approval="edits-auto"), seen, holding(AWS, path=WORKFLOW)
    assert OPENED in destroyed(*facts)
    assert OPENED not in destroyed(*facts, met=("LP-032",))
    asked = agent("ask", approval="edits-auto"), *facts[1:]
    assert OPENED not in destroyed(*asked)


def test_each_agent_pushes_with_its_own_hands():
    codex = agent("ask", agent="codex", title="Codex")
    graph = linked(PUSHES, codex, pipeline())
    assert {edge.start.held_by or edge.start.name for edge in edges_of(graph, "runs ")} == {"cursor"}
    assert {edge.start.name for edge in edges_of(graph, "can edit and push")} == {"cursor"}


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
