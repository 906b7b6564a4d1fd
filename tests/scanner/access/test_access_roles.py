"""From a database credential to what its role may do, where the SQL in reach declares that role."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import (
    AWS,
    DATABASE,
    POSTGRES,
    UNREAD,
    agent,
    catalogue,
    destroyed,
    edges_of,
    holding,
    linked,
    role,
    stations,
)

from remit.evidence import Gap, Privilege, RoleCatalogue, Source
from remit.policy.model import Policy

URL = holding(POSTGRES, path=".env")
APP = f"role:app on {DATABASE}"


@pytest.mark.parametrize(
    ("declared", "grade"),
    [
        (role("app", "SELECT"), None),
        (role("app", "SELECT", "USAGE", "CONNECT", "EXECUTE", "TEMPORARY"), None),
        (role("app", "SELECT (email)"), None),
        (role("app"), None),
        (role("app", "MEMBER OF readers"), None),
        (role("app", "SELECT", "DELETE"), "declared"),
        (role("app", "UPDATE (email)"), "declared"),
        (role("app", "OWN"), "declared"),
        (role("app", "SUPERUSER"), "declared"),
        (role("app", "SELECT", owner=("TRUNCATE",)), "declared"),
        (role("app", "SELECT", unresolved=[UNREAD]), "unknown"),
        (role("app", "DELETE", unresolved=[UNREAD]), "declared"),
    ],
)
def test_a_role_that_only_reads_destroys_nothing(declared, grade):
    graph = linked(agent(), URL, catalogue(declared))
    assert {edge.grade for edge in edges_of(graph, end="resource", start="role")} == ({grade} if grade else set())
    assert bool(edges_of(graph, "logs in as")) is bool(grade)
    assert not edges_of(graph, start="credential", end="resource")
    found = destroyed(agent(), URL, catalogue(declared))
    assert (DATABASE in found) is bool(grade)
    if grade:
        assert found[DATABASE].certainty == ("possible" if grade == "unknown" else "proven")


@pytest.mark.parametrize(
    ("credential", "roles"),
    [
        (POSTGRES, ()),
        (POSTGRES, (catalogue(),)),
        (POSTGRES, (catalogue(role("reporting", "SELECT")),)),
        (replace(POSTGRES, user=None), (catalogue(role("app", "SELECT")),)),
        (replace(POSTGRES, provider="mysql"), (catalogue(role("app", "SELECT")),)),
        (replace(AWS, user="app"), (catalogue(role("app", "SELECT")),)),
    ],
)
def test_sql_that_does_not_declare_the_role_narrows_nothing(credential, roles):
    graph = linked(agent(), holding(credential, path=".env"), *roles)
    assert edges_of(graph, start="credential", end="resource")
    assert not edges_of(graph, end="role")


@pytest.mark.parametrize(
    "changes", [{"gaps": [Gap("sql", "db/x.sql", "is too large", (RoleCatalogue.__name__,))]}, {"left_out": ("db",)}]
)
def test_sql_that_was_not_read_whole_narrows_nothing(changes):
    reading = catalogue(role("app", "SELECT"))
    assert DATABASE not in destroyed(agent(), URL, reading)
    assert DATABASE in destroyed(agent(), URL, reading, **changes)
    elsewhere = [Gap("tree", "logo.png", "is too large", ("Container",))]
    assert DATABASE not in destroyed(agent(), URL, reading, gaps=elsewhere)


def test_rights_by_membership_are_a_path_of_their_own():
    found = destroyed(agent(), URL, catalogue(role("app", "SELECT", "MEMBER OF owner", owner=("OWN", "TRUNCATE"))))[
        DATABASE
    ]
    assert stations(found)[2:] == [
        "credential:postgres-url:.env:2",
        APP,
        f"role:owner on {DATABASE}",
        f"resource:{DATABASE}",
    ]
    assert [edge.deed for edge in found.path[2:]] == [
        "logs in as",
        "has or can take the rights of owner",
        "can drop what it owns, TRUNCATE",
    ]
    assert [edge.grade for edge in found.path[3:]] == ["declared", "declared"]
    assert all(edge.evidence == (Source("db/roles.sql", 9),) for edge in found.path[3:])
    assert found.certainty == "proven"


def test_own_rights_are_shown_before_those_of_others():
    found = destroyed(agent(), URL, catalogue(role("app", "DELETE", owner=("OWN",))))[DATABASE]
    assert stations(found)[-2:] == [APP, f"resource:{DATABASE}"]
    assert found.path[-1].why == "so the SQL here declares"


@pytest.mark.parametrize(
    ("rights", "deed"),
    [
        (("DELETE",), "can DELETE"),
        (("DELETE", "DELETE", "OWN"), "can DELETE, drop what it owns"),
        (("INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE"), "can INSERT, UPDATE, DELETE and 2 more"),
    ],
)
def test_rights_are_told_briefly(rights, deed):
    assert destroyed(agent(), URL, catalogue(role("app", *rights)))[DATABASE].path[-1].deed == deed


OWN_ROLES = Policy.model_validate({"roles": {"agent": ["agent_*"]}})
"""A policy that names agents' roles, of which `app` is none."""


@pytest.mark.parametrize(
    ("rights", "policy", "cut_by"),
    [
        (("DELETE",), None, {"LP-003"}),
        (("OWN", "SUPERUSER"), None, {"LP-003"}),
        (("SUPERUSER",), None, {"LP-003", "LP-004"}),
        (("SUPERUSER", "CREATEDB"), None, {"LP-003", "LP-004"}),
        (("DELETE",), OWN_ROLES, {"LP-005"}),
        (("SUPERUSER",), OWN_ROLES, {"LP-004", "LP-005"}),
    ],
)
def test_what_stops_a_role_depends_on_its_rights_and_on_whose_it_is(rights, policy, cut_by):
    facts = agent(), URL, catalogue(role("app", *rights))
    assert set(destroyed(*facts, policy=policy)[DATABASE].path[-1].cut_by) == cut_by
    for control in ("LP-003", "LP-004", "LP-005"):
        assert (DATABASE in destroyed(*facts, policy=policy, met=(control,))) is (control not in cut_by)
    for control in ("LP-013", "LP-011", "LP-001"):
        assert DATABASE not in destroyed(*facts, policy=policy, met=(control,))


def test_power_and_plain_rights_are_cut_apart():
    """A superuser through membership who owns tables as well keeps those when the power goes."""
    facts = agent(), URL, catalogue(role("app", "OWN", boss=("SUPERUSER",)))
    assert stations(destroyed(*facts)[DATABASE])[-2] == APP
    assert DATABASE in destroyed(*facts, met=("LP-004",))
    only_power = agent(), URL, catalogue(role("app", boss=("SUPERUSER",)))
    assert DATABASE not in destroyed(*only_power, met=("LP-004",))


def test_a_role_is_one_of_its_own_server():
    """A password for staging opens nothing in production, although the roles share their name."""
    staging = replace(POSTGRES, resource="postgres:database:db.staging.acme.com/shop", environment="staging")
    files = holding(POSTGRES, path=".env"), holding(staging, path=".env.staging")
    facts = agent(), *files, catalogue(role("app", "DELETE"))
    both = destroyed(*facts)
    assert {DATABASE, staging.resource} <= set(both)
    assert ".env.staging" in stations(both[staging.resource])[1]
    kept = destroyed(*facts, met=("LP-001",))
    assert staging.resource in kept
    assert DATABASE not in kept


@pytest.mark.parametrize(
    "roles",
    [
        (role("app", app=("OWN",)),),
        (role("app", b=("OWN",)), role("b", app=("OWN",))),
        (role("app", b=("OWN",), c=("OWN",)), role("b", c=("OWN",)), role("c", app=("DELETE",), b=("OWN",))),
    ],
)
def test_roles_that_hold_each_others_rights_end(roles):
    urls = [replace(POSTGRES, user=each.name, source=Source(".env", n)) for n, each in enumerate(roles, start=1)]
    found = destroyed(agent(), holding(*urls, path=".env"), catalogue(*roles))[DATABASE]
    assert len(found.path) in (4, 5)
    assert len(set(stations(found))) == len(stations(found))


def test_of_many_places_three_are_shown():
    places = tuple(Privilege("DELETE", f"public.t{n}", Source("db/roles.sql", n)) for n in range(1, 9))
    found = destroyed(agent(), URL, catalogue(replace(role("app"), privileges=places)))[DATABASE]
    assert [source.line for source in found.path[-1].evidence] == [1, 2, 3]
