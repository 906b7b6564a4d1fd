"""Sections on what limits and outlives damage: copies, sandboxes, networks, monitoring, response."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator

from remit.policy import defaults
from remit.policy.declared import DeclaredCopy
from remit.policy.orders import (
    choice,
    declared_subset,
    descriptive,
    fixed,
    higher,
    lower,
    statements,
    subset,
    superset,
    true,
)
from remit.policy.records import Amount, Control, Count, Table, UpperWords, Words


def _cidrs(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        try:
            ipaddress.ip_network(word)
        except ValueError:
            raise ValueError("must be networks such as 10.20.0.0/16") from None
    return words


class Backup(Table):
    """Copies: that they exist, outlive the original and can be restored."""

    require_pitr: Annotated[bool, true("BK-001")] = True
    """Whether point-in-time recovery is a must."""
    min_retention_days: Annotated[Count, higher("BK-002", "BK-008")] = 14
    """How long copies are kept at least."""
    restore_test_max_age_days: Annotated[Count | None, lower("BK-003", attestations=True)] = 90
    """How old the last restore test may be: a quarter."""
    restore_test_automated: Annotated[bool, true("BK-004")] = True
    """Whether restores are tested on a schedule."""
    require_offsite: Annotated[bool, true("BK-005")] = True
    """Whether a copy must lie outside what one deletion takes."""
    require_other_account: Annotated[bool, true("BK-006")] = True
    """Whether a copy must belong to another account."""
    require_immutable: Annotated[bool, true("BK-008")] = True
    """Whether a copy must be undeletable for its time."""
    copies: Annotated[Count, higher("BK-009")] = 3
    """How many copies there are, the original counted."""
    media: Annotated[Count, higher("BK-009")] = 2
    """On how many kinds of storage."""
    offsite: Annotated[Count, higher("BK-009")] = 1
    """How many of them elsewhere."""
    cross_region_from_team_size: Annotated[Count | None, lower("BK-010")] = 10
    """From how many people on a copy must lie in another region."""
    max_age_hours: Annotated[Count | None, lower("BK-016")] = 24
    """How old the newest copy may be; our own figure."""
    runbook_path: Annotated[str | None, fixed("BK-019")] = None
    """Where the restore runbook lies."""
    runbook_review_days: Annotated[Count | None, lower("BK-019", attestations=True)] = 365
    """How long the runbook's review stands."""
    drill_max_age_days: Annotated[Count | None, lower("BK-020", attestations=True)] = 183
    """How old the last disaster drill may be: twice a year."""
    inventory: Annotated[
        tuple[DeclaredCopy, ...], statements("BK-005", "BK-006", "BK-007", "BK-008", "BK-009", "BK-016")
    ] = ()
    """Copies that no file shows, as declared."""


class Sandbox(Table):
    """Where sessions run."""

    accepted: Annotated[tuple[defaults.SandboxKind, ...], subset("SB-001")] = defaults.SANDBOX_KINDS
    """What counts as a sandbox."""
    allowed_mounts: Annotated[Words, subset("SB-005")] = ()
    """Globs of mounts besides the working directory."""
    cow: Annotated[Words, subset("SB-011")] = defaults.COPY_ON_WRITE
    """What counts as copy-on-write."""
    kernel_isolation_from_team_size: Annotated[Count | None, lower("SB-013")] = 15
    """From how many people on code must run behind its own kernel."""


class Network(Table):
    """Where agents may connect."""

    prod_cidrs: Annotated[Words, AfterValidator(_cidrs), superset("SB-008", "LP-001")] = ()
    """Networks of production."""
    allowed_domains: Annotated[Words, declared_subset("SB-009")] = ()
    """Hosts that an agent's tools may reach."""


class MonitoringFloor(Table):
    """The least monitoring for each tier."""

    solo: Annotated[defaults.Floor, choice(*defaults.FLOORS, controls=("MN-011",))] = "none"
    """One person."""
    team: Annotated[defaults.Floor, choice(*defaults.FLOORS, controls=("MN-011",))] = "grafana"
    """Two to nine people."""
    org: Annotated[defaults.Floor, choice(*defaults.FLOORS, controls=("MN-011",))] = "datadog-or-equal"
    """Ten people or more."""


class Monitoring(Table):
    """What is recorded, and who hears of it."""

    db_log_level: Annotated[
        Literal["none", "ddl", "mod", "all"], choice("none", "ddl", "mod", "all", controls=("MN-001",))
    ] = "all"
    """Which statements of agents are logged."""
    alert_verbs: Annotated[UpperWords, superset("MN-002")] = ("DROP", "DELETE", "TRUNCATE", "ALTER")
    """Statements that must raise an alert."""
    audit_interval_days: Annotated[Count | None, lower("MN-003", attestations=True)] = 7
    """How often agents' logs are reviewed."""
    sinks: Annotated[Words, declared_subset("MN-004")] = ()
    """Globs of hosts that may receive agents' events."""
    log_prompts: Annotated[bool, true("MN-005")] = False
    """Whether prompts must be recorded too."""
    alert_test_max_age_days: Annotated[Count | None, lower("MN-010", attestations=True)] = 90
    """How old the last test of the alert's path may be; our own figure."""
    min_log_retention_days: Annotated[Count, higher("MN-014")] = 183
    """How long logs are kept: six months, as the EU's AI Act asks."""
    invariants: Annotated[Words, superset("MN-015")] = ()
    """Facts of the data that something other than the agent must watch."""
    floor: MonitoringFloor = MonitoringFloor()


class Cost(Table):
    """What safety costs."""

    monitoring_cap_usd: Annotated[Amount | None, lower("MN-012")] = None
    """The most that monitoring may cost in a month."""
    backup_growth_pct: Annotated[Amount | None, lower("BK-022")] = 20.0
    """How much backup storage may grow without a note; our own figure."""


class Response(Table):
    """What happens when it has happened."""

    kill_switch_test_max_age_days: Annotated[Count | None, lower("IR-001", attestations=True)] = 90
    """How old the last test of the kill switch may be; our own figure."""
    kill_scope: Annotated[Words, superset("IR-002")] = defaults.KILL_SCOPE
    """What the kill switch must stop."""
    escalation_minutes: Annotated[Count | None, lower("IR-003")] = 15
    """Within how many minutes the last of the escalation path knows."""
    escalation: Annotated[Words, descriptive("IR-003")] = ()
    """The path: channel, rota, executive."""
    review_hours: Annotated[Count | None, lower("IR-004")] = 48
    """Within how many hours an incident is reviewed."""
    reporting_owner: Annotated[str | None, fixed("IR-006")] = None
    """Who decides on reports to the outside."""


class Onboarding(Table):
    """Before an agent starts."""

    required_controls: Annotated[tuple[Control, ...], superset("IR-009")] = defaults.CORE_CONTROLS
    """Controls that must pass first."""
