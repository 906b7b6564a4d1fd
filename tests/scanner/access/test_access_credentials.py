"""From an agent to the files it reads, the credentials in them, and what those open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    AWS,
    DATABASE,
    LEAKY,
    ON,
    POSTGRES,
    RAILWAY,
    SETTINGS,
    UNREAD,
    VAULT,
    VOLUME,
    agent,
    blind,
    destroyed,
    edges_of,
    holding,
    linked,
    only,
    stations,
)

from remit.access.agent import Egress, SandboxState
from remit.access.assumed import assumed_agent
from remit.access.nodes import destroys, reads_secrets, spoken, usable
from remit.access.unasked import may_read
from remit.evidence import CredentialFile, Source, Unknown
from remit.policy.model import Policy

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
        (agent("allow", sandbox=ON, **KEPT_OUT), None),
        (agent("allow", sandbox=LEAKY, **KEPT_OUT), "proven"),
        (agent("allow", sandbox=SandboxState(Unknown("?"), "os", True, ()), **KEPT_OUT), "proven"),
        (agent("ask", shell_without_approval=Unknown("its settings could not be read"), **KEPT_OUT), "possible"),
    ],
)
def test_a_rule_keeps_an_agent_out_only_where_its_shell_is_kept_out_too(made, certainty):
    found = may_read(made, ".env")
    assert (found[0] if found else None) == certainty
    assert may_read(made, "README.md") is not None
    drawn = [edge.certainty for edge in edges_of(linked(made, holding(POSTGRES, path=".env")), end="file")]
    assert drawn == ([certainty] if certainty else [])


@pytest.mark.parametrize(
    ("path", "standing", "policy", "cut_by"),
    [
        (".env", "tracked", {}, ("LP-010", "SB-010")),
        (".env", "ignored", {}, ("LP-010", "SB-010")),
        ("~/.aws/credentials", "machine", {}, ("LP-010", "SB-001", "SB-010")),
        ("~/notes.txt", "machine", {}, ("LP-010", "SB-001")),
        ("tools/domains.sh", "tracked", {}, ("LP-010",)),
        ("tools/domains.sh", "tracked", {"ignore": ["tools/**"]}, ()),
        ("tools/domains.sh", "tracked", {"paths": [*Policy().credentials.paths, "tools/*"]}, ("LP-010", "SB-010")),
    ],
)
def test_the_edge_of_reading_names_its_evidence_and_the_controls_asked_about_that_file(path, standing, policy, cut_by):
    asked = Policy.model_validate({"credentials": policy})
    (read,) = edges_of(linked(agent(), holding(RAILWAY, path=path, standing=standing), policy=asked), "can read")
    assert (str(read.start), str(read.end)) == ("agent:cursor", f"file:{path}")
    assert (read.grade, read.evidence, read.cut_by) == ("proven", (SETTINGS,), cut_by)
    assert "no rule" in read.why


@pytest.mark.parametrize(
    ("credential", "cut_by"),
    [
        (RAILWAY, ("LP-011",)),
        (POSTGRES, ("LP-001", "LP-011")),
        (replace(POSTGRES, environment="staging"), ("LP-011",)),
        (replace(POSTGRES, environment=UNREAD), ("LP-011",)),
        (replace(POSTGRES, provider="redis", user=None), ("LP-001", "LP-011")),
        (AWS, ("LP-011",)),
    ],
)
def test_the_edge_of_holding_points_at_the_line_of_the_credential(credential, cut_by):
    (hold,) = edges_of(linked(agent(), holding(credential, path=".env")), "holds:")
    assert hold.deed == f"holds: {credential.title}"
    assert hold.evidence == (Source(".env", credential.source.line, "credentials"),)
    assert (hold.grade, hold.cut_by) == ("proven", cut_by)


def test_what_cannot_be_read_has_no_path():
    graph = linked(blind(), holding(POSTGRES, path=".env"), holding(RAILWAY))
    assert edges_of(graph, end="file") == edges_of(graph, start="credential") == []
    assert DATABASE not in destroyed(blind(), holding(POSTGRES, path=".env"))


def test_a_file_without_anything_usable_is_no_step():
    for file in (CredentialFile("x", "tracked", ()), holding(replace(RAILWAY, placeholder=True))):
        assert edges_of(linked(agent(), file), "can read") == []


# ------------------------------------------------------------------------------------------------ which credentials


@pytest.mark.parametrize(
    ("changes", "matters", "opens"),
    [
        ({}, True, True),
        ({"damage": "D2"}, True, True),
        ({"damage": "D1"}, False, True),
        ({"damage": "D0"}, False, False),
        ({"placeholder": True}, False, False),
        ({"environment": "development"}, False, False),
        ({"environment": "staging"}, True, True),
        ({"environment": Unknown("no name says")}, True, True),
    ],
)
def test_which_credentials_count_as_destructive(changes, matters, opens):
    credential = replace(RAILWAY, **changes)
    assert (destroys(credential), usable(credential)) == (matters, opens)
    assert (VOLUME in destroyed(agent(), holding(credential))) is matters
    assert bool(edges_of(linked(agent(), holding(credential)), "holds:")) is opens


@pytest.mark.parametrize(
    ("ability", "phrase"),
    [
        ("volume-delete", "delete volume"),
        ("volume-backup-delete", "delete volume backup"),
        ("write", "write"),
        ("", ""),
    ],
)
def test_abilities_are_spoken(ability, phrase):
    assert spoken(ability) == phrase


@pytest.mark.parametrize(
    ("abilities", "deed"),
    [
        (("volume-delete", "service-delete"), "can delete volume"),
        ((), "can do whatever it was made for"),
    ],
)
def test_the_deed_is_told_by_the_first_ability(abilities, deed):
    found = destroyed(agent(), holding(replace(RAILWAY, abilities=abilities)))[VOLUME]
    assert found.path[-1].deed == deed


@pytest.mark.parametrize(
    "changes", [{"provider": ""}, {"provider": "", "abilities": ()}, {"abilities": (), "scope": UNREAD}]
)
@pytest.mark.parametrize("credential", [RAILWAY, POSTGRES, VAULT])
def test_a_credential_of_which_little_is_known_is_still_linked(credential, changes):
    graph = linked(agent(), holding(replace(credential, **changes)))
    assert len(edges_of(graph, "holds:")) == 1
    opened = {edge.end.name for edge in edges_of(graph, start="credential", end="resource")}
    expected = destroys(credential) or (reads_secrets(replace(credential, **changes)))
    assert bool(opened) is expected
    assert all(name and not name.startswith(":") for name in opened)


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
        (agent("sandboxed", egress=Egress("none"), sandbox=ON), None),
        (agent("sandboxed", egress=Egress("allowlist"), sandbox=LEAKY), "possible"),
        (agent("sandboxed", egress=Egress(Unknown("?")), sandbox=ON), "possible"),
        (agent("allow", egress=Egress("none"), sandbox=ON), None),
        (agent("allow", egress=Egress("none"), sandbox=LEAKY), "proven"),
    ],
)
def test_the_deed_is_as_certain_as_the_answer_to_its_command(made, certainty):
    found = destroyed(made, holding(RAILWAY))
    assert (found[VOLUME].certainty if VOLUME in found else None) == certainty


def test_the_path_of_the_nine_second_wipe():
    found = destroyed(agent(), holding(RAILWAY))[VOLUME]
    assert [(str(edge.start), edge.deed) for edge in found.path] == [
        ("agent:cursor", "can read unasked"),
        ("file:tools/domains.sh", "holds: Railway token"),
        ("credential:railway-token:tools/domains.sh:4", "can delete volume"),
    ]
    assert all(edge.evidence for edge in found.path)
    assert (found.survival.verdict, found.survival.survivors) == ("lost", ())
    assert "LP-011" in found.cut_by
    assert found.path[-1].evidence[0] == Source("tools/domains.sh", 4, "credentials")


@pytest.mark.parametrize(
    ("credential", "allowed", "reached"),
    [
        (RAILWAY, "curl", True),
        (POSTGRES, "curl", False),  # a database does not speak HTTP
        (POSTGRES, "psql", True),
        (RAILWAY, "psql", False),
        (POSTGRES, "npx drizzle-kit", True),
        (replace(POSTGRES, provider="redis", user=None), "redis-cli", True),
        (replace(POSTGRES, provider="redis", user=None), "psql", False),
        (AWS, "aws ", True),
        (AWS, "curl", True),
        (RAILWAY, "python3", True),
        (POSTGRES, "python3", True),
        (RAILWAY, "ls", False),
    ],
)
def test_each_provider_has_its_own_commands_and_code_is_everybodys(credential, allowed, reached):
    found = destroyed(agent(decide=only(allowed)), holding(credential))
    assert (credential.resource in found) is reached


@pytest.mark.parametrize(
    ("made", "certainty"),
    [
        (agent(decide=only("npm run"), approval="edits-auto"), "possible"),
        (agent(decide=only("npm run"), approval=Unknown("whoever starts it says")), "possible"),
        (agent(decide=only("npm run"), approval="each"), None),
        (agent(decide=only("npm run"), approval="edits-auto", sandbox=ON, egress=Egress("none")), None),
        (agent(decide=only("ls"), approval="edits-auto"), None),
    ],
)
def test_code_of_the_tree_counts_where_nobody_is_asked_about_edits(made, certainty):
    found = destroyed(made, holding(RAILWAY))
    assert (found[VOLUME].certainty if VOLUME in found else None) == certainty


def test_an_assumed_agent_is_graded_so_and_only_possible():
    found = destroyed(assumed_agent(), holding(RAILWAY))[VOLUME]
    assert [edge.grade for edge in found.path] == ["assumed", "proven", "assumed"]
    assert found.certainty == "possible"


# ------------------------------------------------------------------------------------------------ parallel ways

ROUTES = {
    "own": only("psql"),
    "code": only("perl"),
    "tree": only("npm run"),
    "own and code": only("psql", "perl"),
    "all": only("psql", "perl", "npm run"),
}


@pytest.mark.parametrize(
    ("route", "bypass", "met", "left"),
    [
        ("own", False, (), True),
        ("own", False, ("LP-028",), False),
        ("own", False, ("LP-022",), True),
        ("own", False, ("LP-022", "SB-009", "SB-016"), True),
        ("code", False, ("LP-028",), True),
        ("code", False, ("LP-022",), False),
        ("code", False, ("SB-009",), False),
        ("tree", False, ("LP-022",), True),
        ("tree", False, ("SB-016",), False),
        ("tree", False, ("SB-009",), False),
        ("own and code", False, ("LP-028",), True),
        ("own and code", False, ("LP-022",), True),
        ("own and code", False, ("LP-022", "LP-028"), False),
        ("all", False, ("LP-022", "LP-028"), True),
        ("all", False, ("LP-028", "SB-009"), False),
        ("all", True, ("LP-028", "SB-009"), True),
        ("all", True, ("LP-027",), True),
        ("all", True, ("LP-027", "LP-028", "SB-009"), False),
        ("all", True, ("LP-013",), False),
        ("all", True, ("LP-011",), False),
        ("all", True, ("LP-001",), False),
        ("all", True, ("SB-010",), False),
    ],
)
def test_closing_one_way_leaves_the_others(route, bypass, met, left):
    made = agent(decide=ROUTES[route], approval="edits-auto", bypass=(SETTINGS,) if bypass else ())
    facts = (made, holding(POSTGRES, path=".env"))
    assert DATABASE in destroyed(*facts)
    assert (DATABASE in destroyed(*facts, met=met)) is left


def test_started_without_approvals_its_other_answers_are_not_known():
    """The answers of an agent in that mode say nothing about what it would ask about without it."""
    made = agent("allow", approval="bypass", bypass=(SETTINGS,))
    ways = edges_of(linked(made, holding(RAILWAY)), "can delete volume")
    assert {edge.grade for edge in ways if "LP-027" in edge.cut_by} == {"proven"}
    assert {edge.grade for edge in ways if "LP-027" not in edge.cut_by} == {"unknown"}
    assert destroyed(made, holding(RAILWAY))[VOLUME].certainty == "proven"
    assert destroyed(made, holding(RAILWAY), met=("LP-027",))[VOLUME].certainty == "possible"


def test_an_agent_whose_mode_no_file_holds_may_do_it_after_all():
    made = agent("deny", approval=Unknown("its mode is set in the application"))
    found = destroyed(made, holding(RAILWAY))[VOLUME]
    assert (found.certainty, found.path[-1].why) == ("possible", "its mode is set in the application")
    contained = agent("deny", approval=Unknown("?"), sandbox=ON, egress=Egress("none"))
    assert VOLUME not in destroyed(contained, holding(RAILWAY))


# ------------------------------------------------------------------------------------------------ multi-step


def test_a_token_that_reads_tokens_leads_further_than_anybody_sees():
    found = destroyed(agent(), holding(VAULT, path=".env"))
    (reached,) = (found[name] for name in found if name == "vault:behind-its-secrets:*")
    assert stations(reached) == [
        "agent:cursor",
        "file:.env",
        "credential:vault-token:.env:3",
        "credential:whatever vault keeps for it",
        "resource:vault:behind-its-secrets:*",
    ]
    assert [edge.grade for edge in reached.path] == ["proven", "proven", "proven", "unknown"]
    assert (reached.certainty, reached.survival.verdict) == ("possible", "unknown")
    assert reached.path[-1].why
    assert reached.path[-1].cut_by == ()


@pytest.mark.parametrize(
    ("changes", "drawn"),
    [
        ({}, True),
        ({"abilities": ("read",)}, False),
        ({"abilities": ("read", "token-create")}, True),
        ({"placeholder": True}, False),
        ({"environment": "development"}, False),
        ({"damage": "D0"}, False),
        ({"damage": "D4"}, True),
    ],
)
def test_only_a_usable_token_with_such_an_ability_reads_tokens(changes, drawn):
    credential = replace(VAULT, **changes)
    assert reads_secrets(credential) is drawn
    assert bool(edges_of(linked(agent(), holding(credential)), "can read the secrets")) is drawn
    assert not edges_of(linked(agent("deny"), holding(credential)), "can read the secrets")


@pytest.mark.parametrize("control", ["SB-010", "LP-011", "LP-013"])
def test_each_step_to_the_secrets_behind_can_be_cut(control):
    name = "vault:behind-its-secrets:*"
    assert name in destroyed(agent(), holding(VAULT, path=".env"))
    assert name not in destroyed(agent(), holding(VAULT, path=".env"), met=(control,))


def test_two_thousand_credentials_of_one_file_are_all_found():
    held = [
        replace(RAILWAY, name=f"T{n}", resource=f"railway:volume:v{n}", source=Source("x", n + 1)) for n in range(2000)
    ]
    graph = linked(agent(), holding(*held))
    assert len(edges_of(graph, "holds:")) == 2000
    assert {f"railway:volume:v{n}" for n in range(2000)} <= {edge.end.name for edge in edges_of(graph, end="resource")}
