"""Whether a copy outlives the agent that destroys a resource, how old it is, and whether it was ever restored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from access_facts import (
    APART,
    AWS,
    DATABASE,
    HOME,
    NOW,
    ON,
    POSTGRES,
    RAILWAY,
    UNREAD,
    VOLUME,
    agent,
    blind,
    copies,
    destroyed,
    edges_of,
    holding,
    linked,
    module,
    server,
)

from remit.access.agent import Egress
from remit.access.graph import AccessGraph
from remit.access.link import link
from remit.access.reach import reach
from remit.access.survival import SEVERITY, survival
from remit.evidence import IacModule, IacResource, Source, Unknown
from remit.policy.model import Policy

NOT_KEPT = {"skip_final_snapshot": True}
MAIN = "infra/aws_db_instance.main"


def fate(policy=None, *credentials, resource=VOLUME, **changes):
    """What becomes of a resource that somebody destroys who holds these credentials too."""
    graph = AccessGraph("t", policy or Policy(), (holding(RAILWAY),), **{"now": NOW, **changes})
    return survival(graph, resource, credentials)


# ------------------------------------------------------------------------------------------------ by code


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
    assert {each.resource: each.survival.verdict for each in found.agents[0].destroys}[MAIN] == verdict
    assert found.verdict == verdict
    assert found.reason.startswith(MAIN)


@pytest.mark.parametrize(
    ("kind", "arguments", "verdict"),
    [
        ("aws_docdb_cluster", {}, "lost"),
        ("aws_docdb_cluster", {"skip_final_snapshot": True, "final_snapshot_identifier": "last"}, "lost"),
        ("aws_docdb_cluster", {"skip_final_snapshot": False, "final_snapshot_identifier": "last"}, "unknown"),
        ("aws_docdb_cluster", {"final_snapshot_identifier": UNREAD}, "unknown"),
        ("aws_opensearch_domain", {}, "lost"),
        ("aws_s3_bucket", {"force_destroy": True}, "lost"),
        ("aws_s3_bucket", {"force_destroy": False}, "unknown"),
        ("aws_s3_bucket", {"force_destroy": UNREAD}, "unknown"),
        ("aws_s3_bucket", {}, "unknown"),
    ],
)
def test_what_each_type_takes_along(kind, arguments, verdict):
    resource = IacResource(kind, "x", arguments, Source("infra/main.tf", 1))
    found = destroyed(agent(), IacModule("infra", (resource,), "s3", {}, Source("infra/main.tf")))
    assert found[f"infra/{kind}.x"].survival.verdict == verdict


def test_a_locked_vault_may_keep_copies_and_nobody_could_tell_whose():
    def verdict(days):
        arguments = {} if days is None else {"changeable_for_days": days}
        lock = IacResource("aws_backup_vault_lock_configuration", "lock", arguments, Source("infra/main.tf", 9))
        return reach(linked(agent(), module(lock, **NOT_KEPT))).verdict

    assert (verdict(3), verdict(None), verdict(Unknown("?"))) == ("unknown", "lost", "lost")


# ------------------------------------------------------------------------------------------------ declared copies


@pytest.mark.parametrize(
    ("declared", "verdict"),
    [
        ((), "lost"),
        ((APART,), "survives"),
        (({"reachable_by_agents": True},), "lost"),
        (({},), "lost"),
        ((APART | {"resource": "railway:*"},), "survives"),
        ((APART | {"resource": "aws:*"},), "lost"),
        (({}, APART | {"location": "tape"}), "survives"),
    ],
)
def test_only_a_copy_out_of_reach_survives(declared, verdict):
    found = destroyed(agent(), holding(RAILWAY), policy=copies(*declared))[VOLUME]
    assert found.survival.verdict == verdict
    assert bool(found.survival.survivors) is (verdict == "survives")
    lost = edges_of(linked(agent(), holding(RAILWAY), policy=copies(*declared)), "no copy", start="resource")
    assert (VOLUME in {edge.start.name for edge in lost}) is (verdict != "survives")


def test_the_survivors_are_named_once_and_in_order():
    found = fate(copies(APART | {"location": "tape"}, APART | {"location": "attic"}, APART | {"location": "tape"}))
    assert found.survivors == ("attic", "tape")
    assert found.reason.endswith("attic, tape")


@pytest.mark.parametrize(
    ("path", "kind", "declared", "verdict"),
    [
        ("infra", "aws_db_instance", "aws_db_instance.main", "survives"),
        ("infra", "aws_db_instance", "infra/aws_db_instance.main", "survives"),
        ("infra", "aws_db_instance", "aws_db_instance.*", "survives"),
        ("", "aws_db_instance", "aws_db_instance.main", "survives"),
        ("infra", "google_sql_database_instance", "google_sql_database_instance.main", "survives"),
        ("a/b", "digitalocean_database_cluster", "digitalocean_database_cluster.main", "survives"),
        ("infra", "aws_db_instance", "aws_db_instance.other", "unknown"),
    ],
)
def test_a_resource_of_code_is_declared_by_its_address_with_or_without_its_directory(path, kind, declared, verdict):
    resource = IacResource(kind, "main", {"deletion_protection": False}, Source("main.tf", 1))
    infra = IacModule(path, (resource,), "s3", {}, Source("main.tf"))
    name = f"{path}/{kind}.main" if path else f"{kind}.main"
    policy = copies(APART | {"resource": declared})
    assert destroyed(agent(), infra, policy=policy)[name].survival.verdict == verdict


def test_a_copy_of_a_database_is_not_one_of_its_namesake_elsewhere():
    """`shop` is a database's last part; a copy must be declared of the whole name, or of a glob over it."""
    for declared, verdict in (("shop", "unknown"), ("postgres:*", "survives"), (DATABASE, "survives")):
        policy = copies(APART | {"resource": declared})
        assert destroyed(agent(), holding(POSTGRES), policy=policy)[DATABASE].survival.verdict == verdict
    aws_named = replace(POSTGRES, resource="postgres:database:db.acme.com/aws_shop")
    policy = copies(APART | {"resource": "aws_shop"})
    assert destroyed(agent(), holding(aws_named), policy=policy)[aws_named.resource].survival.verdict == "unknown"


# ------------------------------------------------------------------------------------------------ age, restores


@pytest.mark.parametrize(
    ("declared", "hours"),
    [
        ((APART | {"max_age_hours": 24},), 24.0),
        ((APART | {"max_age_hours": 24}, APART | {"max_age_hours": 6}), 6.0),
        ((APART | {"max_age_hours": 24}, {"max_age_hours": 1}), 24.0),  # the newer one is in reach
        ((APART | {"pitr": True},), 0.0),
        ((APART | {"pitr": True, "max_age_hours": 24},), 0.0),
        ((APART, APART | {"max_age_hours": 48, "location": "tape"}), 48.0),
        ((APART,), None),
        ((APART, {"pitr": True}), None),
    ],
)
def test_how_old_the_newest_surviving_copy_is_at_most(declared, hours):
    found = fate(copies(*declared)).rpo_hours
    assert (None if isinstance(found, Unknown) else found) == hours
    assert isinstance(found, float | Unknown)


def days_ago(days):
    return (NOW - timedelta(days=days)).date().isoformat()


@pytest.mark.parametrize(
    ("declared", "limit", "restorable"),
    [
        ((APART | {"restore_tested": days_ago(0)},), 90, True),
        ((APART | {"restore_tested": days_ago(90)},), 90, True),
        ((APART | {"restore_tested": days_ago(91)},), 90, False),
        ((APART | {"restore_tested": days_ago(-1)},), 90, False),
        ((APART,), 90, False),
        ((APART | {"restore_tested": days_ago(400)}, APART | {"restore_tested": days_ago(10)}), 90, True),
        ((APART, {"restore_tested": days_ago(10)}), 90, False),  # restored from the one in reach
    ],
)
def test_a_copy_is_restorable_when_it_was_restored_lately(declared, limit, restorable):
    found = fate(copies(*declared, restore_test_max_age_days=limit)).restorable
    assert isinstance(found, Unknown) is not restorable
    if restorable:
        assert found is True
    else:
        assert "None" not in found.why


def test_restores_without_a_limit_or_without_a_clock():
    policy = copies(APART | {"restore_tested": days_ago(4000)})
    for limit in (None, 5000):
        backup = policy.backup.model_copy(update={"restore_test_max_age_days": limit})
        assert fate(policy.model_copy(update={"backup": backup})).restorable is True
    assert isinstance(fate(policy, now=None).restorable, Unknown)
    future = copies(APART | {"restore_tested": days_ago(-3)})
    backup = future.backup.model_copy(update={"restore_test_max_age_days": None})
    found = fate(future.model_copy(update={"backup": backup})).restorable
    assert isinstance(found, Unknown)
    assert "yet to come" in found.why


def test_where_nothing_survives_nothing_is_said_of_age_and_restores():
    for policy in (None, copies({"max_age_hours": 1, "restore_tested": days_ago(1)})):
        found = fate(policy)
        assert (found.verdict, found.rpo_hours, found.restorable) == ("lost", None, None)


# ------------------------------------------------------------------------------------------------ contradictions


AT_AWS = APART | {"provider": "AWS Backup", "account": "123"}


@pytest.mark.parametrize(
    ("declared", "account", "doubted"),
    [
        (AT_AWS, "123", "account"),
        (AT_AWS, None, "provider"),
        (AT_AWS, "999", ""),
        (AT_AWS | {"account": ""}, "123", "provider"),
        (AT_AWS | {"account": ""}, None, "provider"),
        (AT_AWS | {"account": "ACME-Backup"}, "acme-backup", "account"),
        (AT_AWS | {"provider": "Amazon S3"}, None, "provider"),
        (AT_AWS | {"provider": "tape in the cellar", "account": ""}, None, ""),
        (AT_AWS | {"provider": "tape in the cellar"}, "123", "account"),
        (AT_AWS | {"provider": "google"}, None, ""),
    ],
)
def test_a_copy_that_a_credential_in_reach_may_open_is_doubted(declared, account, doubted):
    key = replace(AWS, account=account)
    found = fate(copies(declared), key)
    if doubted:
        assert (found.verdict, found.survivors, found.cut_by) == ("unknown", (), ("BK-007",))
        assert f"for the {doubted} where vault lies" in found.contradiction
        assert str(key.source) in found.contradiction
        assert found.contradiction in found.reason
    else:
        assert (found.verdict, found.contradiction) == ("survives", "")
    assert fate(copies(declared)).verdict == "survives"


def test_a_doubted_copy_beside_another_at_the_same_place_takes_nothing_from_it():
    key = replace(AWS, account="123")
    for order in ((APART, AT_AWS), (AT_AWS, APART)):
        assert fate(copies(*order), key).survivors == ("vault",)


def test_a_copy_apart_from_the_doubted_one_survives_alone():
    found = fate(
        copies(AT_AWS | {"max_age_hours": 1}, APART | {"location": "tape", "max_age_hours": 30}),
        replace(AWS, account="123"),
    )
    assert (found.verdict, found.survivors, found.rpo_hours) == ("survives", ("tape",), 30.0)


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (agent(), "unknown"),
        (blind(decide=agent().access.decide), "survives"),
        (blind("deny", sandbox=ON, egress=Egress("none"), mcp=(server("shell"),)), "unknown"),
        (blind("deny", sandbox=ON, egress=Egress("none"), mcp=(server("shell", auto=False),)), None),
    ],
)
def test_only_credentials_in_the_same_reach_open_a_copy(made, verdict):
    """Read by its own hands, or by a server with a shell that it calls."""
    key = replace(AWS, account="123", damage="D2")
    facts = made, holding(key, path="ops/.env"), holding(RAILWAY), module(deletion_protection=False)
    found = destroyed(*facts, policy=copies(AT_AWS))
    names = {each.survival.verdict for name, each in found.items() if name in (VOLUME, MAIN)}
    assert names == ({verdict} if verdict else set())


def test_another_agents_credentials_do_not_count():
    policy = copies(AT_AWS)
    key = holding(replace(AWS, account="123"), path="ops/.env")
    first = agent(reads=lambda path: path != "ops/.env", shell_without_approval="no")
    graph = linked(first, agent("ask", agent="codex"), key, holding(RAILWAY), policy=policy)
    found = {
        each.agent.agent: {lost.resource: lost.survival.verdict for lost in each.destroys}
        for each in reach(graph).agents
    }
    assert found["cursor"][VOLUME] == "survives"


# ------------------------------------------------------------------------------------------------ by credential


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
    for first, second in ((mild, grave), (grave, mild)):
        assert reach(linked(agent(), holding(first, path="a"), holding(second, path="b"))).verdict == "lost"
    placeholder = replace(grave, placeholder=True)
    assert reach(linked(agent(), holding(mild, path="a"), holding(placeholder, path="b"))).verdict == "unknown"


def test_what_nobody_looked_up_is_not_known():
    for name in ("mcp:db:*", "vault:behind-its-secrets:*", "pipeline:x:*", ""):
        assert fate(resource=name).verdict == "unknown"
    assert "this machine" in fate(resource=HOME).reason


# ------------------------------------------------------------------------------------------------ as an edge


@pytest.mark.parametrize(
    ("policy", "grade", "cut_by"),
    [
        (None, "proven", ("BK-005",)),
        (copies({}), "proven", ("BK-007",)),
        (copies(APART | {"provider": "railway"}), "unknown", ("BK-007",)),
        (copies(APART), None, None),
    ],
)
def test_a_loss_is_a_step_of_its_own(policy, grade, cut_by):
    graph = linked(agent(), holding(RAILWAY), policy=policy)
    found = [edge for edge in edges_of(graph, "no copy survives") if edge.start.name == VOLUME]
    assert [(edge.grade, edge.cut_by) for edge in found] == ([(grade, cut_by)] if grade else [])
    for edge in found:
        assert (edge.end.kind, edge.end.name, edge.end.held_by) == ("loss", VOLUME, "cursor")
        assert edge.why == graph.fates[edge.start].reason


def test_a_loss_points_at_the_policys_inventory_where_that_is_known():
    place = Source("remit.toml", 12, "policy")
    graph = AccessGraph("t", copies({}), (agent(), holding(RAILWAY)), origins={"backup.inventory": place}, now=NOW)
    assert {edge.evidence for edge in edges_of(link(graph), "no copy survives")} == {(place,)}


def test_a_control_that_keeps_a_copy_is_taken_as_met():
    facts = agent(), holding(RAILWAY)
    assert destroyed(*facts, met=("BK-005",))[VOLUME].survival.verdict == "survives"
    assert destroyed(*facts, met=("BK-007",))[VOLUME].survival.verdict == "lost"
    assert destroyed(*facts, policy=copies({}), met=("BK-007",))[VOLUME].survival.verdict == "survives"
    assert "BK-005" in destroyed(*facts)[VOLUME].cut_by


def test_severity_ranks_ignorance_between():
    assert sorted(SEVERITY, key=SEVERITY.__getitem__) == ["survives", "unknown", "lost"]


def test_an_address_that_means_several_resources_covers_none_of_them():
    policy = copies({"resource": "aws_db_instance.main", "reachable_by_agents": False})
    alone = destroyed(agent(), module(path="prod"), policy=policy)
    assert alone["prod/aws_db_instance.main"].survival.verdict == "survives"
    both = destroyed(agent(), module(path="prod"), module(path="staging"), policy=policy)
    assert both["prod/aws_db_instance.main"].survival.verdict != "survives"
    named = copies({"resource": "prod/aws_db_instance.main", "reachable_by_agents": False})
    found = destroyed(agent(), module(path="prod"), module(path="staging"), policy=named)
    assert found["prod/aws_db_instance.main"].survival.verdict == "survives"
    assert found["staging/aws_db_instance.main"].survival.verdict != "survives"
