from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.evidence import Unknown
from remit.policy.compare import changes
from remit.policy.digest import digest_of
from remit.policy.keys import flatten, nested
from remit.policy.model import Policy
from remit.policy.strength import leaves, weaker
from remit.policy.tighten import review_repository_policy

BASE = flatten(Policy())
HOSTS = ("db.acme.io", "*.acme.io", "db*", "?b.acme.io", "prod-db.acme.io", "staging.acme.io", "*", "localhost", "db")
FILES = (".env", ".env.*", "prod/*", "prod/.env", "**/.env", ".env.production", "*")
AGENT = {"name": "cursor", "owner": "Ada"}
COPY = {"resource": "*", "location": "vault", "provider": "aws"}
WINDOW = {"name": "launch", "from": "2026-01-01", "until": "2026-01-02"}
SERVER = {"name": "pg", "reviewer": "Ada", "reviewed": "2026-01-01"}
SPECIAL: dict[str, tuple[object, ...]] = {
    "approvers": ({}, {"Ada": "CTO"}, {"Ada": "CTO", "Bob": "CTO"}),
    "agents.approved": ((), (AGENT,), (AGENT, AGENT | {"name": "codex"}), (AGENT | {"owner": "Bob"},)),
    "agents.used": ((), "none", ("cursor",), ({"target": "a", "agents": ()},)),
    "backup.inventory": ((), (COPY,), (COPY, COPY | {"immutable": True})),
    "freeze.windows": ((), (WINDOW,), (WINDOW, WINDOW | {"name": "sale"})),
    "mcp.registry": ((), (SERVER,)),
    "tokens.allowed_scopes": ({}, {"dns": ("read",)}, {"dns": ("read", "write")}, {"dns": ()}, {"ci": ("push",)}),
    "tools.classes": ({}, {"pg": ("private",)}, {"pg": ("private", "egress")}, {"web": ("untrusted",)}),
    "providers": ({}, {"railway": {"soft_delete_hours": 48}}, {"railway": {"soft_delete_hours": 0}}),
    "cloud_agents": ({}, {"devin": {"internet": "off"}}, {"devin": {"internet": "open"}}),
    "network.prod_cidrs": ((), ("10.0.0.0/8",), ("10.0.0.0/8", "192.168.0.0/16")),
    "onboarding.required_controls": ((), ("LP-001",), ("LP-001", "LP-003")),
    "team.size": (1, 2, 10, 15),
    "team.budget_usd": (0.0, 29.0),
    "exceptions": ((),),
    "attestations": ((),),
    "extends": ("remit:baseline",),
    "reviewed": ("2026-01-01",),
    "agents.default_mode": ("bypass", "edits-auto", "each", "plan"),
    "monitoring.db_log_level": ("none", "ddl", "mod", "all"),
}


def values(key: str) -> st.SearchStrategy[Any]:
    """Values that a key accepts, in TOML's terms."""
    leaf, default = leaves()[key], BASE[key]
    if key in SPECIAL:
        return st.sampled_from(SPECIAL[key])
    if leaf.strength.choices:
        return st.sampled_from(leaf.strength.choices)
    if isinstance(default, bool):
        return st.booleans()
    if leaf.strength.kind in ("lower", "higher"):
        return st.sampled_from([0, 1, 7, 14, 30, 90, 400])
    if leaf.strength.kind == "classification":
        return st.lists(st.sampled_from(FILES if key.endswith("files") else HOSTS), max_size=3, unique=True)
    if isinstance(default, tuple):
        words = list(default) if "Literal" in str(leaf.annotation) else [*default[:4], "x", "y"]
        return st.lists(st.sampled_from(words), max_size=len(words), unique=True)
    return st.sampled_from(["one", "two"])


def drafts(keys: tuple[str, ...] = tuple(leaves())) -> st.SearchStrategy[dict[str, Any]]:
    """A few keys with new values each."""
    some = st.lists(st.sampled_from(keys), max_size=4, unique=True)
    return some.flatmap(lambda chosen: st.fixed_dictionaries({key: values(key) for key in chosen}))


CLASSIFYING = tuple(key for key, leaf in leaves().items() if leaf.strength.kind == "classification")


def policy_of(*layers: dict[str, Any]) -> Policy:
    merged = dict(BASE)
    for layer in layers:
        merged |= layer
    return Policy.model_validate(nested(merged))


def no_looser(key: str, parent: Any, child: Any) -> bool:
    """What every kind of order promises, written down a second time."""
    kind = leaves()[key].strength.kind
    unset = float("inf") if kind == "lower" else float("-inf")
    match kind:
        case "lower":
            return (unset if child is None else child) <= (unset if parent is None else parent)
        case "higher":
            return (unset if child is None else child) >= (unset if parent is None else parent)
        case "true":
            return child or not parent
        case "false":
            return parent or not child
        case "superset":
            return all(entry in _entries(child) for entry in _entries(parent))
        case "subset":
            return all(entry in parent for entry in child)
        case "subset-once-declared":
            return not parent or (bool(child) and all(entry in _entries(parent) for entry in _entries(child)))
        case "fixed-once-declared":
            return not parent or all(entry in _entries(child) for entry in _entries(parent))
        case "ordered-choice":
            choices = leaves()[key].strength.choices
            return choices.index(child) >= choices.index(parent)
        case _:
            return True


def _entries(value: Any) -> list[Any]:
    if isinstance(value, dict):
        pairs = [(key, inner) for key, inner in value.items()]
        return [(key, word) for key, inner in pairs for word in (inner if isinstance(inner, tuple) else (inner,))]
    return list(value) if isinstance(value, tuple) else [value]


@given(drafts())
def test_nothing_is_weaker_than_itself(draft: dict[str, Any]) -> None:
    policy = policy_of(draft)
    assert weaker(policy, policy) == []
    assert changes(policy, policy) == ()


@settings(max_examples=400)
@given(drafts(), drafts())
def test_what_is_not_called_weaker_is_not_looser(first: dict[str, Any], second: dict[str, Any]) -> None:
    parent, child = policy_of(first), policy_of(first, second)
    called = {found.key for found in weaker(parent, child)}
    ours, theirs = flatten(parent), flatten(child)
    assert [key for key in leaves() if key not in called and not no_looser(key, ours[key], theirs[key])] == []


@settings(max_examples=300)
@given(drafts(), drafts(), drafts())
def test_strictness_carries_over_generations(one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]) -> None:
    first, second, third = policy_of(one), policy_of(one, two), policy_of(one, two, three)
    if not weaker(first, second) and not weaker(second, third):
        unranked = ("classification",)
        found = [entry for entry in weaker(first, third) if leaves()[entry.key].strength.kind not in unranked]
        assert found == []


THINGS = [
    {"host": host, "path": path, "name": name}
    for host in ("db.acme.io", "prod-db.acme.io", "staging.acme.io", "eu.acme.io", "localhost", "db", "")
    for path in (".env", "prod/.env", ".env.production", "")
    for name in ("DATABASE_URL", "PROD_URL", "db", "")
]
DANGER = {"production": 2, "staging": 1, "development": 0}


@settings(max_examples=500)
@given(drafts(CLASSIFYING), drafts(CLASSIFYING))
def test_no_child_takes_anything_out_of_production(first: dict[str, Any], second: dict[str, Any]) -> None:
    parent, child = policy_of(first), policy_of(first, second)
    if weaker(parent, child):
        return
    for thing in THINGS:
        before, after = parent.environment_of(**thing), child.environment_of(**thing)
        if isinstance(before, Unknown) or before == "development":
            continue
        if isinstance(after, Unknown):
            # A child whose own new lists contradict each other leaves the thing open, but never a production one.
            assert before == "staging", thing
            assert "narrower" in after.why, thing
        else:
            assert DANGER[after] >= DANGER[before], thing


@settings(max_examples=300)
@given(drafts(), drafts())
def test_a_repository_can_only_tighten(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    from remit.policy.render import toml_value

    auditor = policy_of(ours)
    written = flatten(policy_of(theirs))
    text = "\n".join(f"{key} = {toml_value(written[key])}" for key in theirs if written[key] is not None)
    fact, tightened = review_repository_policy(text, "remit.toml", auditor)
    assert fact.problem is None
    assert weaker(auditor, tightened) == []
    for found in weaker(auditor, policy_of(ours, {key: written[key] for key in theirs})):
        assert any(found.key in sentence for sentence in fact.loosened)


@given(drafts(), st.randoms())
def test_digest_ignores_the_order_of_keys_and_sets(draft: dict[str, Any], random: Any) -> None:
    flat = flatten(policy_of(draft))
    keys = list(flat)
    random.shuffle(keys)
    shuffled = {key: flat[key] for key in keys}
    for key in ("gate.classes", "iac.protected_types"):
        shuffled[key] = tuple(random.sample(flat[key], len(flat[key])))
    assert digest_of(Policy.model_validate(nested(shuffled))) == digest_of(policy_of(draft))


@given(drafts(), drafts())
def test_digest_tells_policies_apart(first: dict[str, Any], second: dict[str, Any]) -> None:
    one, other = policy_of(first), policy_of(second)
    if digest_of(one) == digest_of(other):
        assert changes(one, other) == ()


@pytest.mark.parametrize(
    ("key", "parent", "child", "is_weaker"),
    [
        ("backup.min_retention_days", 14, 7, True),
        ("backup.min_retention_days", 14, 30, False),
        ("tokens.max_ttl_hours", 12, 24, True),
        ("model_api.monthly_cap_usd", None, 100.0, False),
        ("model_api.monthly_cap_usd", 100.0, None, True),
        ("team.size", 12, 3, True),
        ("team.size", None, 3, False),
        ("staging.allow_write", False, True, True),
        ("backup.require_pitr", True, False, True),
        ("monitoring.alert_verbs", ("DROP", "ALTER"), ("DROP",), True),
        ("monitoring.alert_verbs", ("DROP",), ("drop", "grant"), False),
        ("secrets.allowlist", (), ("abc",), True),
        ("sandbox.accepted", ("docker", "native"), ("native",), False),
        ("monitoring.sinks", (), ("otel.acme.io",), False),
        ("monitoring.sinks", ("otel.acme.io",), (), True),
        ("monitoring.sinks", ("otel.acme.io",), ("evil.io",), True),
        ("tokens.allowed_scopes", {"dns": ("a", "b")}, {"dns": ("a",)}, False),
        ("tokens.allowed_scopes", {"dns": ("a", "b")}, {"dns": ()}, False),
        ("tokens.allowed_scopes", {"dns": ("a",)}, {"dns": ("a",), "ci": ("b",)}, True),
        ("tools.classes", {"pg": ("private", "egress")}, {"pg": ("private",)}, True),
        ("tools.classes", {"pg": ("private",)}, {"pg": ("private", "egress"), "x": ()}, False),
        ("host.agent_user", "agent", "root", True),
        ("host.agent_user", None, "agent", False),
        ("roles.agent", ("a", "b"), ("b", "a"), False),
        ("roles.agent", ("a",), ("a", "app"), True),
        ("agents.default_mode", "plan", "each", True),
        ("agents.default_mode", "each", "plan", False),
        ("monitoring.floor.team", "grafana", "uptime", True),
        ("providers", {"x": {"soft_delete_hours": 0}}, {"x": {"soft_delete_hours": 48}}, True),
        ("providers", {"x": {"soft_delete_hours": 0}}, {"x": {"soft_delete_hours": 0}, "y": {}}, False),
        ("environments.production.hosts", ("a.io", "b.io"), ("a.io",), True),
        ("environments.production.hosts", ("a.io",), ("*.io",), False),
        ("environments.production.hosts", (), ("*",), False),
        ("environments.staging.hosts", (), ("mirror.acme.io",), False),
        ("environments.staging.hosts", (), ("prod-copy.acme.io",), True),
        ("environments.staging.hosts", (), ("*.acme.io",), False),
        ("environments.staging.hosts", ("mirror.acme.io",), (), True),
        ("environments.development.hosts", ("lab.acme.io",), (), False),
        ("environments.development.hosts", (), ("staging.acme.io",), True),
        ("environments.staging.files", (), (".env.production",), True),
        ("cloud.accounts.prod", ("1",), (), True),
        ("cloud.accounts.dev", (), ("1",), False),
        ("name", "a", "b", False),
    ],
)
def test_order_of_each_kind(key: str, parent: object, child: object, is_weaker: bool) -> None:
    found = weaker(policy_of({key: parent}), policy_of({key: child}))
    assert [entry.key for entry in found] == ([key] if is_weaker else [])


@pytest.mark.parametrize(
    ("parent", "child", "key"),
    [
        (
            {"environments.production.hosts": ("*.acme.io",)},
            {"environments.staging.hosts": ("db.*",)},
            "environments.staging.hosts",
        ),
        (
            {"environments.staging.hosts": ("*.acme.io",)},
            {"environments.production.hosts": ("db.acme.io",)},
            "environments.production.hosts",
        ),
        (
            {"environments.staging.files": ("infra/*",)},
            {"environments.development.files": ("main.tf",)},
            "environments.development.files",
        ),
        (
            {"cloud.accounts.prod": ("11*",)},
            {"environments.staging.accounts": ("112",)},
            "environments.staging.accounts",
        ),
        ({"environments.production.accounts": ("11*",)}, {"cloud.accounts.dev": ("112",)}, "cloud.accounts.dev"),
    ],
)
def test_entries_that_contradict_inherited_ones(parent: dict[str, Any], child: dict[str, Any], key: str) -> None:
    found = weaker(policy_of(parent), policy_of(parent, child))
    assert [entry.key for entry in found] == [key]
    assert "also matches" in found[0].why


def test_moving_a_staging_host_to_production_is_stricter() -> None:
    parent = policy_of({"environments.staging.hosts": ("mirror.acme.io",)})
    assert weaker(parent, policy_of({"environments.production.hosts": ("mirror.acme.io",)})) == []


def test_changes_name_the_direction() -> None:
    before = policy_of({"monitoring.sinks": ("a.io", "b.io")})
    after = policy_of(
        {
            "backup.min_retention_days": 30,
            "staging.allow_write": True,
            "monitoring.sinks": ("a.io",),
            "environments.staging.hosts": ("m.acme.io",),
            "owner": "Ada",
        }
    )
    assert {change.key: change.direction for change in changes(before, after)} == {
        "backup.min_retention_days": "stricter",
        "staging.allow_write": "weaker",
        "monitoring.sinks": "stricter",
        "environments.staging.hosts": "changed",
        "owner": "changed",
    }
