"""The access graph: what an agent reaches, along which path, and whether a copy survives."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.access.agent import Access, Agent, Answer, Audit, Egress, SandboxState
from remit.access.assumed import assumed_agent
from remit.access.graph import AccessGraph, Edge, ordered
from remit.access.link import destroys, link, spoken
from remit.access.reach import reach
from remit.access.unasked import may_read
from remit.evidence import (
    Command,
    Credential,
    CredentialFile,
    Gap,
    IacModule,
    IacResource,
    ScriptFile,
    Source,
    Unknown,
)
from remit.policy.model import Policy
from remit.verbs import VERB_CLASSES

SETTINGS = Source(".claude/settings.json", 1, "agents")
RAILWAY = Credential(
    kind="railway-token", title="Railway token", provider="railway", name="RAILWAY_API_TOKEN", masked="…(36 characters)",
    fingerprint="00", source=Source("tools/domains.sh", 4, "credentials"), damage="D4", abilities=("volume-delete",),
    scope="account", environment="production", resource="railway:volume:*", expires=None, backups_go_with_it=True,
)  # fmt: skip
POSTGRES = replace(
    RAILWAY, kind="postgres-url", title="PostgreSQL URL", provider="postgres", name="DATABASE_URL", damage="D3",
    abilities=("table-drop",), resource="postgres:database:db.acme.com/shop", source=Source(".env", 2, "credentials"),
    backups_go_with_it=False,
)  # fmt: skip
AWS = replace(
    RAILWAY, kind="aws-access-key", title="AWS key", provider="aws", name="AWS_ACCESS_KEY_ID", damage="D3",
    abilities=("database-delete",), resource="aws:account:1", source=Source(".env", 1, "credentials"), backups_go_with_it=False,
)  # fmt: skip


def holding(*credentials, path="tools/domains.sh", standing="tracked"):
    placed = tuple(replace(each, source=Source(path, each.source.line, "credentials")) for each in credentials)
    return CredentialFile(path, standing, placed)


def agent(decision="allow", **changes):
    """An agent whose shell answers every command alike."""
    access = Access(
        approval="each", bypass_requested=False, bypass_reachable=True, shell_without_approval="yes", rules=(),
        sandbox=SandboxState(False, "none", None, ()), read_deny=(), env_files_denied=False, egress=Egress("open"), mcp=(),
        audit=Audit(False, None), decide=(lambda command: Answer(decision, "its settings", SETTINGS)) if decision else None,
    )  # fmt: skip
    fields = {
        "agent": "cursor",
        "title": "Cursor",
        "where": "project",
        "root": "",
        "files": (),
        "inert": (),
        "sources": (SETTINGS,),
    }
    own = {key: changes.pop(key) for key in [*changes] if key in (*fields, "bypass")}
    return Agent(access=replace(access, **changes), **(fields | own))


def linked(*subjects, policy=None, gaps=()):
    return link(AccessGraph("acme/shop", policy or Policy(), subjects, gaps))


def copies(*entries):
    base = {"resource": "*", "location": "vault", "provider": "elsewhere"}
    return Policy.model_validate({"backup": {"inventory": [base | entry for entry in entries]}})


# ------------------------------------------------------------------------------------------------ the laws

nodes = st.sampled_from("abcdef")
edges = st.builds(
    Edge,
    start=nodes,
    deed=st.sampled_from(["reads", "runs"]),
    end=nodes,
    certainty=st.sampled_from(["proven", "possible"]),
    evidence=st.sampled_from([(), (Source("a.txt", 1),), (Source("b.txt", 2),)]),
    cut_by=st.sampled_from([(), ("SB-010",)]),
    why=st.sampled_from(["", "because"]),
)
graphs = st.lists(edges, max_size=14)


def paths(found):
    return {path[-1].end: path for path in AccessGraph("t", Policy(), (), edges=ordered(found)).paths("a")}


def cost(path):
    return sum(edge.certainty == "possible" for edge in path), len(path)


@given(graphs, st.randoms())
def test_the_order_in_which_edges_are_found_does_not_matter(found, random):
    shuffled = found[:]
    random.shuffle(shuffled)
    assert ordered(shuffled) == ordered(found)
    assert paths(shuffled) == paths(found)


@given(graphs.filter(bool), st.data())
def test_an_edge_removed_never_adds_reach_nor_certainty(found, data):
    removed = data.draw(st.integers(0, len(found) - 1))
    less, all_of_them = paths(found[:removed] + found[removed + 1 :]), paths(found)
    assert set(less) <= set(all_of_them)
    assert all(cost(all_of_them[node]) <= cost(less[node]) for node in less)


@given(graphs)
def test_a_path_is_unbroken_starts_at_the_start_and_visits_nothing_twice(found):
    for end, path in paths(found).items():
        assert path[0].start == "a"
        assert path[-1].end == end != "a"
        assert all(left.end == right.start for left, right in itertools.pairwise(path))
        assert len({edge.end for edge in path}) == len(path)


@given(graphs)
def test_the_path_shown_is_the_most_certain_and_then_the_shortest(found):
    best = {"a": (0, 0)}
    for _ in range(7):  # relax as often as there are nodes: Bellman and Ford's way
        for edge in found:
            if edge.start in best:
                here = best[edge.start]
                total = (here[0] + (edge.certainty == "possible"), here[1] + 1)
                best[edge.end] = min(best.get(edge.end, total), total)
    del best["a"]
    assert {end: cost(path) for end, path in paths(found).items()} == best


resources = st.sampled_from(
    [holding(RAILWAY), holding(POSTGRES, path=".env"), holding(AWS, path="ops/.env"), holding(POSTGRES, AWS, path="x")]
)
agents = st.sampled_from(
    [agent(), agent("classifier", agent="codex"), agent("ask", agent="claude-code"), assumed_agent()]
)


@given(
    st.lists(resources, max_size=4, unique_by=lambda each: each.path),
    st.lists(agents, min_size=1, max_size=4, unique_by=lambda each: each.name),
    st.randoms(),
)
def test_the_order_of_subjects_changes_nothing_that_is_reached(files, used, random):
    def found(subjects):
        test = reach(linked(*subjects))
        return {
            (each.agent.name, lost.resource, lost.survival.verdict, lost.certainty, lost.path)
            for each in test.agents
            for lost in each.destroys
        }

    subjects = [*files, *used]
    random.shuffle(subjects)
    assert found(subjects) == found([*files, *used])


@given(st.lists(resources, min_size=1, max_size=4, unique_by=lambda each: each.path), st.data())
def test_a_credential_removed_never_adds_reach(files, data):
    kept = data.draw(st.lists(st.sampled_from(files), unique_by=lambda each: each.path))

    def lost(held):
        return {each.resource for found in reach(linked(agent(), *held)).agents for each in found.destroys}

    assert lost(kept) <= lost(files)


# ------------------------------------------------------------------------------------------------ who can read what


KEPT_OUT = {"reads": lambda path: path != ".env"}
"""The file tools are denied one path."""


@pytest.mark.parametrize(
    ("made", "certainty"),
    [
        (agent("ask"), "proven"),
        (agent("ask", reads=lambda path: True), "proven"),
        (agent("allow", **KEPT_OUT), "proven"),
        (agent("classifier", **KEPT_OUT), "possible"),
        (agent("ask", **KEPT_OUT), None),
        (agent("deny", **KEPT_OUT), None),
        (agent(None, **KEPT_OUT), "possible"),
        (agent("ask", bypass=(SETTINGS,), **KEPT_OUT), "proven"),
        (agent("allow", sandbox=SandboxState(True, "os", True, ()), **KEPT_OUT), None),
        (agent("allow", sandbox=SandboxState(True, "os", True, ("the model may retry",)), **KEPT_OUT), "proven"),
        (agent("allow", sandbox=SandboxState(Unknown("?"), "os", True, ()), **KEPT_OUT), "proven"),
        (agent("ask", shell_without_approval=Unknown("its settings could not be read"), **KEPT_OUT), "possible"),
    ],
)
def test_a_rule_keeps_an_agent_out_only_where_its_shell_is_kept_out_too(made, certainty):
    found = may_read(made, ".env")
    assert (found[0] if found else None) == certainty
    assert may_read(made, "README.md") is not None


def scripts_only(command):
    """Whatever runs a script of the project is allowed, anything else is asked about."""
    return Answer(
        "allow" if command.startswith(("npm run", "make", "bash package.json")) else "ask", "a rule", SETTINGS
    )


BLIND = agent(decide=scripts_only, reads=lambda path: False)


def test_what_cannot_be_read_has_no_path():
    reached = reach(linked(BLIND, holding(POSTGRES, path=".env"), holding(RAILWAY)))
    assert reached.agents[0].destroys == ()
    assert reached.verdict == "survives"


@pytest.mark.parametrize(
    ("changes", "matters"),
    [
        ({}, True),
        ({"damage": "D2"}, True),
        ({"damage": "D1"}, False),
        ({"damage": "D0"}, False),
        ({"placeholder": True}, False),
        ({"environment": "development"}, False),
        ({"environment": "staging"}, True),
        ({"environment": Unknown("no name says")}, True),
    ],
)
def test_which_credentials_count_as_destructive(changes, matters):
    credential = replace(RAILWAY, **changes)
    assert destroys(credential) is matters
    assert bool(reach(linked(agent(), holding(credential))).agents[0].destroys) is matters


@pytest.mark.parametrize(
    ("ability", "phrase"),
    [("volume-delete", "delete volume"), ("volume-backup-delete", "delete volume backup"), ("write", "write")],
)
def test_abilities_are_spoken(ability, phrase):
    assert spoken(ability) == phrase


# ------------------------------------------------------------------------------------------------ the deed


@pytest.mark.parametrize(
    ("made", "certainty"),
    [
        (agent("allow"), "proven"),
        (agent("classifier"), "possible"),
        (agent("ask"), None),
        (agent("deny"), None),
        (agent(None), "possible"),
        (agent("ask", bypass=(SETTINGS,)), "proven"),
        (agent("sandboxed"), "proven"),
        (agent("sandboxed", egress=Egress("none"), sandbox=SandboxState(True, "os", True, ())), None),
        (
            agent(
                "sandboxed", egress=Egress("allowlist"), sandbox=SandboxState(True, "os", True, ("excluded: docker",))
            ),
            "possible",
        ),
        (agent("sandboxed", egress=Egress(Unknown("?")), sandbox=SandboxState(True, "os", True, ())), None),
    ],
)
def test_the_deed_is_as_certain_as_the_answer_to_its_command(made, certainty):
    found = reach(linked(made, holding(RAILWAY))).agents[0].destroys
    assert [each.certainty for each in found] == ([certainty] if certainty else [])


def test_the_path_of_the_nine_second_wipe():
    found = reach(linked(agent(), holding(RAILWAY)))
    (lost,) = found.agents[0].destroys
    assert [(edge.start, edge.deed) for edge in lost.path] == [
        ("agent:cursor", "can read unasked"),
        ("file:tools/domains.sh", "holds: Railway token"),
        ("credential:railway-token:tools/domains.sh:4", "can delete volume"),
    ]
    assert all(edge.evidence for edge in lost.path)
    assert (found.verdict, lost.survival.survivors) == ("lost", ())
    assert "LP-011" in lost.cut_by


def test_each_agent_is_tested_by_its_own_gates():
    found = reach(linked(agent(), agent("ask", agent="claude-code"), holding(RAILWAY)))
    assert {each.agent.agent: len(each.destroys) for each in found.agents} == {"cursor": 1, "claude-code": 0}


def test_an_agent_in_a_subdirectory_has_a_node_of_its_own():
    found = reach(linked(agent(), agent("ask", root="web"), holding(RAILWAY)))
    assert {each.agent.name: len(each.destroys) for each in found.agents} == {"cursor": 1, "cursor in web": 0}


def script(effects, context="npm script db:push", **changes):
    command = Command(
        "drizzle-kit", ("push",), effects, True, context, False, Source("package.json", 8, "scripts"), **changes
    )
    return ScriptFile("package.json", (command,))


def test_a_script_empties_the_database_that_the_environment_names():
    """The agent cannot read the file; the script it may run can."""
    found = reach(linked(BLIND, holding(POSTGRES, path=".env.local"), script(("orm-force-push",))))
    (lost,) = found.agents[0].destroys
    assert [edge.start for edge in lost.path] == ["agent:cursor", "command:package.json:8"]
    assert (lost.resource, lost.certainty) == ("postgres:database:db.acme.com/shop", "proven")
    assert {"LP-031", "SB-015"} <= set(lost.cut_by)


@pytest.mark.parametrize(
    ("effects", "count"),
    [((), 0), (("fs-delete-outside",), 0), (("sql-ddl",), 1), (("iac-destroy", "sql-mass-dml"), 1)],
)
def test_only_commands_on_databases_hit_databases(effects, count):
    found = reach(linked(BLIND, holding(POSTGRES), script(effects)))
    assert len(found.agents[0].destroys) == count


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
    seen = []
    made = agent(decide=lambda command: seen.append(command) or Answer("deny", "a rule"))
    linked(made, script(("sql-ddl",), context))
    assert asked in seen


def module(**arguments):
    resource = IacResource(
        "aws_db_instance",
        "main",
        {key.replace("__", "."): value for key, value in arguments.items()},
        Source("infra/main.tf", 3),
    )
    return IacModule("infra", (resource,), "s3", {}, Source("infra/main.tf"))


@pytest.mark.parametrize(
    ("arguments", "reached"),
    [
        ({}, True),
        ({"deletion_protection": True}, False),
        ({"deletion_protection": False}, True),
        ({"deletion_protection": Unknown("var.protect has no default")}, True),
        ({"lifecycle__prevent_destroy": True}, True),
    ],
)
def test_terraform_destroys_what_no_provider_guards(arguments, reached):
    found = reach(linked(agent(), module(**arguments)))
    assert [each.resource for each in found.agents[0].destroys] == (["infra/aws_db_instance.main"] if reached else [])


def test_terraform_with_a_key_at_hand_is_proven_and_without_one_possible():
    def certainty(*subjects, **arguments):
        found = reach(linked(agent(), module(**arguments), *subjects)).agents[0].destroys
        return next(each.certainty for each in found if "aws_db_instance" in each.resource)

    assert certainty() == "possible"
    assert certainty(holding(AWS)) == "proven"
    assert certainty(holding(replace(AWS, provider="gcp"))) == "possible"
    assert certainty(holding(AWS), deletion_protection=Unknown("var.protect has no default")) == "possible"


# ------------------------------------------------------------------------------------------------ survival

NOT_KEPT = {"skip_final_snapshot": True}


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        (NOT_KEPT, "lost"),
        (NOT_KEPT | {"delete_automated_backups": True}, "lost"),
        (NOT_KEPT | {"delete_automated_backups": False}, "unknown"),
        ({"skip_final_snapshot": False}, "unknown"),
        ({}, "unknown"),
        ({"skip_final_snapshot": Unknown("?")}, "unknown"),
        (NOT_KEPT | {"delete_automated_backups": Unknown("?")}, "unknown"),
    ],
)
def test_whether_backups_outlive_their_instance(arguments, verdict):
    found = reach(linked(agent(), module(**arguments)))
    assert found.agents[0].destroys[0].survival.verdict == verdict
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("declared", "verdict"),
    [
        ((), "lost"),
        (({"reachable_by_agents": False},), "survives"),
        (({"reachable_by_agents": True},), "lost"),
        (({},), "lost"),
        (({"resource": "railway:*", "reachable_by_agents": False},), "survives"),
        (({"resource": "aws:*", "reachable_by_agents": False},), "lost"),
        (({}, {"reachable_by_agents": False, "location": "tape"}), "survives"),
    ],
)
def test_only_a_copy_out_of_reach_survives(declared, verdict):
    found = reach(linked(agent(), holding(RAILWAY), policy=copies(*declared)))
    (lost,) = found.agents[0].destroys
    assert (found.verdict, lost.survival.verdict) == (verdict, verdict)
    assert bool(lost.survival.survivors) is (verdict == "survives")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "lost"),
        ({"backups_go_with_it": False}, "lost"),
        ({"backups_go_with_it": False, "damage": "D3"}, "unknown"),
        ({"damage": "D3"}, "lost"),
    ],
)
def test_what_remains_after_a_credential(changes, verdict):
    assert reach(linked(agent(), holding(replace(RAILWAY, **changes)))).verdict == verdict


def test_of_two_credentials_for_one_resource_the_worse_decides():
    mild, grave = replace(RAILWAY, damage="D3", backups_go_with_it=False), RAILWAY
    for pair in (
        (holding(mild, path="a"), holding(grave, path="b")),
        (holding(grave, path="a"), holding(mild, path="b")),
    ):
        assert reach(linked(agent(), *pair)).verdict == "lost"


def test_a_locked_vault_may_keep_copies_and_nobody_could_tell_whose():
    def verdict(days):
        lock = IacResource(
            "aws_backup_vault_lock_configuration",
            "lock",
            {} if days is None else {"changeable_for_days": days},
            Source("infra/main.tf", 9),
        )
        whole = module(**NOT_KEPT)
        return reach(linked(agent(), replace(whole, resources=(*whole.resources, lock)))).verdict

    assert (verdict(3), verdict(None), verdict(Unknown("?"))) == ("unknown", "lost", "lost")


# ------------------------------------------------------------------------------------------------ the verdict


def test_nothing_in_reach_survives_unless_something_was_not_read():
    assert reach(linked(agent("ask"), holding(RAILWAY))).verdict == "survives"
    partly = reach(linked(agent("ask"), holding(RAILWAY), gaps=(Gap("tree", "x", "too large"),)))
    assert partly.verdict == "unknown"
    assert "1 place" in partly.reason


def test_no_agent_is_said_and_not_taken_for_safety():
    assert reach(linked(holding(RAILWAY))).verdict == "no-agent"


def test_the_assumed_agent_can_do_what_a_model_lets_it():
    assumed = assumed_agent()
    found = reach(linked(assumed, holding(RAILWAY)))
    assert assumed.assumed
    assert {gate.verb_class for gate in assumed.access.gates} == set(VERB_CLASSES)
    assert [each.certainty for each in found.agents[0].destroys] == ["possible"]
    assert found.verdict == "lost"


def test_what_is_lost_for_certain_comes_first():
    found = reach(linked(agent(), holding(POSTGRES, path="a"), holding(RAILWAY, path="b"), module(**NOT_KEPT)))
    rows = [(each.survival.verdict, each.certainty) for each in found.agents[0].destroys]
    assert rows == [("lost", "proven"), ("lost", "possible"), ("unknown", "proven")]
    assert "railway:volume:*" in found.reason
