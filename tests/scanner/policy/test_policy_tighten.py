from __future__ import annotations

import pytest

from remit.evidence import Source, Unknown
from remit.policy.digest import digest_of
from remit.policy.keys import flatten
from remit.policy.model import Policy
from remit.policy.tighten import review_repository_policy

AUDITOR = Policy.model_validate(
    {
        "approvers": {"Ada": "CTO"},
        "monitoring": {"sinks": ["a.io", "b.io"]},
        "environments": {"staging": {"hosts": ["mirror.acme.io"]}, "production": {"hosts": ["db.acme.io"]}},
        "tools": {"classes": {"pg": ["private"]}},
    }
)


def review(text: str) -> tuple[tuple[str, ...], Policy]:
    fact, tightened = review_repository_policy(text, "remit.toml", AUDITOR)
    assert fact.problem is None
    return fact.loosened, tightened


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("[backup]\nmin_retention_days = 30", "backup.min_retention_days", 30),
        ("[tokens]\nmax_ttl_hours = 1", "tokens.max_ttl_hours", 1),
        ("[agents]\nallow_bypass_in_sandbox = false", "agents.allow_bypass_in_sandbox", False),
        ("[secrets]\nscan_history = true", "secrets.scan_history", True),
        ("[sandbox]\naccepted = ['docker']", "sandbox.accepted", ("docker",)),
        ("[monitoring]\nsinks = ['b.io']", "monitoring.sinks", ("b.io",)),
        (
            "[environments.production]\nhosts = ['eu.acme.io', 'db.acme.io']",
            "environments.production.hosts",
            ("db.acme.io", "eu.acme.io"),
        ),
        ("[tools]\nclasses = { pg = ['private', 'egress'] }", "tools.classes", {"pg": ("private", "egress")}),
    ],
)
def test_stricter_values_are_taken_over(text: str, key: str, expected: object) -> None:
    loosened, tightened = review(text)
    assert loosened == ()
    assert flatten(tightened)[key] == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[backup]\nmin_retention_days = 3", "line 2: backup.min_retention_days = 3 would loosen 14 of the auditor's"),
        ("[staging]\nallow_write = true", "staging.allow_write = true would loosen false"),
        ("[agents]\nallow_bypass = true", "agents.allow_bypass = true would loosen false"),
        ("[agents]\nused = 'none'", "agents.used = [*: none] would loosen []"),
        ("[[agents.approved]]\nname = 'cursor'\nowner = 'me'", "agents.approved = [cursor] would loosen []"),
        ("[team]\nsize = 1", "team.size = 1 would loosen unset"),
        ("[secrets]\nallowlist = ['abc']", "secrets.allowlist = [abc] would loosen []"),
        ("[credentials]\nignore = ['*']", "credentials.ignore = [*] would loosen []"),
        ("[monitoring]\nsinks = ['evil.io']", "monitoring.sinks = [evil.io] would loosen [a.io, b.io]"),
        ("[monitoring]\nsinks = []", "monitoring.sinks = [] would loosen"),
        ("[approvers]\nEve = 'CTO'", "approvers = {Eve = CTO} would loosen {Ada = CTO}"),
        ("approver_roles = ['CTO', 'VP Engineering', 'me']", "approver_roles = "),
        ("[environments.staging]\nhosts = ['x.acme.io']", "environments.staging.hosts = [x.acme.io] would loosen"),
        ("[environments.production]\nhosts = []", "environments.production.hosts = [] would loosen [db.acme.io]"),
        ("[environments.production]\nhosts = ['mirror.*', 'db.acme.io']", "environments.production.hosts"),
        ("[data]\npii_tables = ['nothing']", "data.pii_tables = [nothing] would loosen []"),
        ("[tools]\nclasses = { web = ['private'] }", "tools.classes = {"),
        ("[providers.railway]\nautomatic_backups = true", "providers = {"),
        (
            "[[backup.inventory]]\nresource = '*'\nlocation = 'x'\nprovider = 'y'",
            "backup.inventory = [* at y] would loosen []",
        ),
        (
            "[[attestations]]\ncontrol = 'BK-003'\nby = 'me'\non = 2026-01-01\nvalid_days = 9\nevidence = 'x'",
            "attestations = [BK-003 by me on 2026-01-01] would loosen []",
        ),
        (
            "[[exceptions]]\ncontrol = 'SB-001'\nscope = '*'\napprover = 'Ada'\nreason = 'r'\nticket = 't'\n"
            "from = 2026-01-01\nuntil = 2026-02-01",
            "line 1: exceptions = [SB-001 until 2026-02-01] would loosen []",
        ),
    ],
)
def test_what_would_loosen_is_named_and_changes_nothing(text: str, sentence: str) -> None:
    loosened, tightened = review(text)
    assert len(loosened) == 1
    assert sentence in loosened[0]
    assert digest_of(tightened) == digest_of(AUDITOR)


def test_mixed_lists_keep_both_demands() -> None:
    loosened, tightened = review("[monitoring]\nalert_verbs = ['drop', 'grant']")
    assert len(loosened) == 1
    assert tightened.monitoring.alert_verbs == ("DROP", "DELETE", "TRUNCATE", "ALTER", "GRANT")


def test_narrowed_list_never_becomes_undeclared() -> None:
    loosened, tightened = review("[monitoring]\nsinks = ['c.io']")
    assert loosened
    assert tightened.monitoring.sinks == ("a.io", "b.io")


def test_production_hosts_it_adds_are_judged_as_such() -> None:
    _, tightened = review("[environments.production]\nhosts = ['db.acme.io', 'eu.internal']")
    assert tightened.environment_of(host="eu.internal") == "production"
    assert isinstance(AUDITOR.environment_of(host="eu.internal"), Unknown)


def test_names_and_notes_are_neither() -> None:
    loosened, tightened = review("name = 'us'\nversion = '9'\nowner = 'me'\nextends = 'remit:baseline'")
    assert loosened == ()
    assert tightened == AUDITOR


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[backup", "not valid TOML"),
        ("[tool.remit]\nx = 1", "unknown key"),
        ("[backup]\ncopies = 'x'", "remit.toml:2: backup.copies: expected a whole number"),
        pytest.param("a = " + "[" * 100_000, "not valid TOML", id="deep"),
    ],
)
def test_unusable_policy_is_a_problem_and_changes_nothing(text: str, words: str) -> None:
    fact, tightened = review_repository_policy(text, "remit.toml", AUDITOR)
    assert fact.problem is not None
    assert words in fact.problem
    assert tightened is AUDITOR


def test_extends_is_not_followed() -> None:
    fact, tightened = review_repository_policy("extends = '/etc/passwd'\n", "remit.toml", AUDITOR)
    assert fact.problem == "line 1: extends is not followed inside an audited repository"
    assert tightened == AUDITOR


def test_fact_points_at_the_first_loosening_and_shows_no_secret() -> None:
    password = "hunter2" * 3
    text = f"name = 'x'\n\n[secrets]\nallowlist = ['postgres://u:{password}@db.acme.io/x', \"\\u001b[31m\"]\n"
    fact, _ = review_repository_policy(text, "remit.toml", AUDITOR)
    assert fact.source == Source("remit.toml", 4, "repository-policy")
    assert password not in fact.loosened[0]
    assert "\x1b" not in fact.loosened[0]
