from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from remit.evidence import Unknown
from remit.policy.keys import attestation_limits, explicit, flatten, nested
from remit.policy.model import Lapsed, Policy
from remit.policy.records import Attestation, PolicyException
from remit.policy.strength import leaves

CATALOGUE = {
    "environments.production": ["hosts"],
    "environments.staging": ["hosts"],
    "roles": ["agent", "forbidden_privileges"],
    "staging": ["allow_write"],
    "db": ["admin_role_names"],
    "secrets": ["placeholder_literals", "min_entropy_bits", "scan_history", "allowlist", "max_age_days", "manager"],
    "data": ["sensitive_tables", "pii_tables", "pii_column_patterns", "regulated"],
    "": ["approver_roles", "exception_max_days", "providers", "review_days", "cloud_agents"],
    "credentials": ["paths", "ignore"],
    "tokens": ["max_ttl_hours", "allowed_scopes"],
    "team": ["size"],
    "repo": ["secret_hooks", "env_globs"],
    "host": ["agent_user", "sudoers_allow", "forbidden_groups"],
    "tools": ["allow", "deny", "untrusted_sources", "classes"],
    "gateway": ["required_from_team_size"],
    "mcp": ["registry", "review_days", "require_pin", "db_servers_readonly", "require_isolation"],
    "agents": ["allow_bypass", "allow_bypass_in_sandbox", "require_native_sandbox", "approved", "default_mode"],
    "gate": ["classes", "approvers_min", "require_plan"],
    "iac": ["deny_verbs", "protected_types", "require_remote_state"],
    "orm": ["forbidden_flags"],
    "git": ["min_reviews", "include_admins"],
    "freeze": ["windows"],
    "cloud": ["forbidden_actions"],
    "cloud.accounts": ["dev", "prod"],
    "model_api": ["monthly_cap_usd"],
    "k8s": ["prod_contexts"],
    "backup": [
        "require_pitr",
        "min_retention_days",
        "restore_test_max_age_days",
        "restore_test_automated",
        "require_offsite",
        "require_other_account",
        "require_immutable",
        "copies",
        "media",
        "offsite",
        "cross_region_from_team_size",
        "max_age_hours",
        "runbook_path",
        "runbook_review_days",
        "drill_max_age_days",
    ],
    "cost": ["backup_growth_pct", "monitoring_cap_usd"],
    "sandbox": ["accepted", "allowed_mounts", "cow", "kernel_isolation_from_team_size"],
    "network": ["prod_cidrs", "allowed_domains"],
    "monitoring": [
        "db_log_level",
        "alert_verbs",
        "audit_interval_days",
        "sinks",
        "log_prompts",
        "alert_test_max_age_days",
        "min_log_retention_days",
        "invariants",
    ],
    "monitoring.floor": ["solo", "team", "org"],
    "ir": ["kill_switch_test_max_age_days", "kill_scope", "escalation_minutes", "review_hours", "reporting_owner"],
    "onboarding": ["required_controls"],
}
"""Every parameter that the catalogue of controls names, under the key that holds it."""

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
EXCEPTION = {
    "control": "SB-001",
    "scope": {"target": "acme/*", "path": "tools/*"},
    "approver": "CTO",
    "reason": "moves in April",
    "ticket": "OPS-1",
    "from": date(2026, 3, 1),
    "until": date(2026, 3, 31),
}
ATTESTATION = {
    "control": "BK-003",
    "by": "Ada",
    "on": date(2026, 1, 10),
    "valid_days": 90,
    "evidence": "https://example.com/1",
}


@pytest.mark.parametrize(("section", "names"), CATALOGUE.items())
def test_every_parameter_of_the_catalogue_has_its_key(section: str, names: list[str]) -> None:
    assert [name for name in names if f"{section}.{name}".removeprefix(".") not in leaves()] == []


def test_every_key_says_what_it_means_and_how_it_is_ranked() -> None:
    for key, leaf in leaves().items():
        assert leaf.meaning, key
        if leaf.strength.kind != "descriptive" and key != "attestations":
            assert leaf.strength.controls, key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("staging.allow_write", False),
        ("backup.require_pitr", True),
        ("backup.min_retention_days", 14),
        ("backup.restore_test_max_age_days", 90),
        ("sandbox.allowed_mounts", ()),
        ("monitoring.db_log_level", "all"),
        ("monitoring.alert_verbs", ("DROP", "DELETE", "TRUNCATE", "ALTER")),
        ("monitoring.audit_interval_days", 7),
        ("ir.escalation_minutes", 15),
        ("ir.review_hours", 48),
        ("approver_roles", ("CTO", "VP Engineering")),
    ],
)
def test_bare_policy_is_the_sources_policy(key: str, value: object) -> None:
    assert flatten(Policy())[key] == value


def test_flat_and_nested_are_one_policy() -> None:
    policy = Policy.model_validate({"backup": {"copies": 4}, "providers": {"railway": {"scoped_tokens": False}}})
    assert Policy.model_validate(nested(flatten(policy))) == policy
    assert explicit(policy) == {"backup.copies", "providers"}


def test_policy_is_frozen() -> None:
    with pytest.raises(ValidationError):
        Policy().backup.copies = 0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("size", "tier"), [(1, "solo"), (2, "small"), (9, "small"), (10, "mid"), (14, "mid"), (15, "large"), (900, "large")]
)
def test_tier_follows_the_team(size: int, tier: str) -> None:
    assert Policy.model_validate({"team": {"size": size}}).team.tier == tier


def test_tier_is_unknown_without_a_size() -> None:
    tier = Policy().team.tier
    assert isinstance(tier, Unknown)
    assert "team.size" in tier.why


# ------------------------------------------------------------------------------------------------------------ agents


@pytest.mark.parametrize(
    ("used", "target", "expected"),
    [
        ("none", "acme/shop", ()),
        (["cursor"], "acme/shop", ("cursor",)),
        ([{"target": "acme/docs", "agents": []}, {"agents": ["cursor"]}], "acme/docs", ()),
        ([{"target": "acme/docs", "agents": []}, {"agents": ["cursor"]}], "acme/shop", ("cursor",)),
    ],
)
def test_agents_used_by_target(used: object, target: str, expected: tuple[str, ...]) -> None:
    assert Policy.model_validate({"agents": {"used": used}}).agents_used(target) == expected


@pytest.mark.parametrize("used", ["unknown", [], [{"target": "acme/docs", "agents": []}]])
def test_agents_used_is_unknown_where_nobody_says(used: object) -> None:
    found = Policy.model_validate({"agents": {"used": used}}).agents_used("acme/shop")
    assert isinstance(found, Unknown)
    assert "agents.used" in found.why


def test_approved_agent_by_name_and_target() -> None:
    entry = {"name": "cursor", "owner": "Ada", "targets": ["acme/*"]}
    policy = Policy.model_validate({"agents": {"approved": [entry]}})
    found = policy.approved_agent("Cursor", "acme/shop")
    assert not isinstance(found, Unknown)
    assert found is not None
    assert found.owner == "Ada"
    assert policy.approved_agent("cursor", "other/shop") is None
    assert policy.approved_agent("codex", "acme/shop") is None
    assert isinstance(Policy().approved_agent("cursor", "acme/shop"), Unknown)


def test_declared_copies_by_resource() -> None:
    copy = {"resource": "railway:volume:*", "location": "vault", "provider": "aws"}
    policy = Policy.model_validate({"backup": {"inventory": [copy]}})
    assert [str(found) for found in policy.declared_copies("railway:volume:abc")] == ["railway:volume:* at aws"]
    assert policy.declared_copies("aws:rds:main") == ()
    assert policy.backup.inventory[0].reachable_by_agents is True


# -------------------------------------------------------------------------------------------------------- exceptions


def excepted(**changes: object) -> Policy:
    return Policy.model_validate({"exceptions": [EXCEPTION | changes]})


@pytest.mark.parametrize(
    ("moment", "active", "expired"),
    [
        (datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), False, False),
        (datetime(2026, 3, 1, tzinfo=UTC), True, False),
        (datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC), True, False),
        (datetime(2026, 4, 1, tzinfo=UTC), False, True),
        (datetime.fromisoformat("2026-04-01T01:00:00+02:00"), True, False),
        (datetime.fromisoformat("2026-03-31T23:00:00-02:00"), False, True),
    ],
)
def test_exception_holds_through_its_last_day_in_utc(moment: datetime, active: bool, expired: bool) -> None:
    policy = excepted()
    found = policy.exception_for("SB-001", "acme/shop", "cursor", "tools/x.sh", moment)
    assert (found is not None) is active
    assert bool(policy.expired_exceptions(moment)) is expired


@pytest.mark.parametrize(
    ("control", "target", "path"),
    [("SB-002", "acme/shop", "tools/x"), ("SB-001", "other/shop", "tools/x"), ("SB-001", "acme/shop", "src/x")],
)
def test_exception_covers_its_scope_alone(control: str, target: str, path: str) -> None:
    assert excepted().exception_for(control, target, "cursor", path, NOW) is None
    assert excepted().exception_for("SB-001", "acme/shop", "cursor", "tools/x", NOW) is not None


def test_exception_of_longest_life_is_named() -> None:
    policy = Policy.model_validate({"exceptions": [EXCEPTION, EXCEPTION | {"until": date(2026, 4, 5), "ticket": "B"}]})
    found = policy.exception_for("SB-001", "acme/shop", "", "tools/x", NOW)
    assert found is not None
    assert found.ticket == "B"


def test_scope_may_be_a_target() -> None:
    policy = excepted(scope="acme/shop")
    assert policy.exception_for("SB-001", "acme/shop", "any", "anywhere", NOW) is not None
    assert policy.exception_for("SB-001", "acme/other", "any", "anywhere", NOW) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": date(2026, 2, 1)}, "before"),
        ({"requested_by": "cto"}, "another approver"),
        ({"scope": None}, "scope"),
        ({"control": "sandbox"}, "LP-001"),
        ({"control": "policy:"}, "policy:KEY"),
        ({"reason": "  "}, "empty"),
    ],
)
def test_unsound_exception_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        PolicyException.model_validate(EXCEPTION | changes)


@pytest.mark.parametrize(
    ("approver", "role"),
    [("Ada", "CTO"), ("ada", "CTO"), ("VP engineering", "VP Engineering"), ("Bob", None), ("Eve", None)],
)
def test_approver_has_a_role_or_is_one(approver: str, role: str | None) -> None:
    policy = Policy.model_validate({"approvers": {"Ada": "CTO", "Eve": "Intern"}})
    assert policy.approver_role(approver) == role


# ------------------------------------------------------------------------------------------------------ attestations


def attested(**changes: object) -> Policy:
    return Policy.model_validate({"attestations": [ATTESTATION | changes]})


@pytest.mark.parametrize(
    ("moment", "stands"),
    [
        (datetime(2026, 1, 9, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 10, tzinfo=UTC), True),
        (datetime(2026, 4, 10, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 11, tzinfo=UTC), False),
    ],
)
def test_attestation_stands_for_its_days(moment: datetime, stands: bool) -> None:
    found = attested().attestation_for("BK-003", "acme/shop", moment)
    assert isinstance(found, Attestation if stands else Lapsed)


def test_policy_cuts_an_attestation_short() -> None:
    policy = attested(valid_days=300)
    assert policy.attestation_limit("BK-003") == 90
    found = policy.attestation_for("BK-003", "acme/shop", datetime(2026, 4, 11, tzinfo=UTC))
    assert isinstance(found, Lapsed)
    assert "2026-04-10" in found.why


def test_attestation_elsewhere_or_of_another_control_says_nothing() -> None:
    assert attested(scope="other/*").attestation_for("BK-003", "acme/shop", NOW) is None
    assert attested().attestation_for("BK-020", "acme/shop", NOW) is None


def test_standing_attestation_wins_over_a_lapsed_one() -> None:
    later = ATTESTATION | {"on": date(2026, 3, 30), "by": "Bob"}
    policy = Policy.model_validate({"attestations": [ATTESTATION | {"on": date(2025, 1, 1)}, later]})
    found = policy.attestation_for("BK-003", "acme/shop", NOW)
    assert isinstance(found, Attestation)
    assert found.by == "Bob"


def test_attestation_of_the_future_is_told_apart() -> None:
    found = attested(on=date(2026, 5, 1)).attestation_for("BK-003", "acme/shop", NOW)
    assert isinstance(found, Lapsed)
    assert "not come" in found.why


def test_limits_come_from_the_keys_that_declare_them() -> None:
    limits = attestation_limits(Policy())
    assert limits["BK-020"] == (183,)
    assert limits["MN-003"] == (7,)
    assert "LP-001" not in limits
    assert timedelta(days=min(limits["IR-001"])) == timedelta(days=90)
