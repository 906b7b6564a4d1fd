"""The sections of a policy, with the bundled baseline's values as defaults.

The defaults are the access policy of the founding sources (read-only staging, no production, containers, 14 days of
point-in-time recovery, quarterly restore tests, every query logged, alerts on destructive verbs); values those
sources do not give are our own and say so.
"""

from __future__ import annotations

from remit.policy.sections.change import Cloud, CloudAccounts, Freeze, Gate, Git, Host, Iac, K8s, ModelApi, Orm, Repo
from remit.policy.sections.guards import (
    Backup,
    Cost,
    Monitoring,
    MonitoringFloor,
    Network,
    Onboarding,
    Response,
    Sandbox,
)
from remit.policy.sections.reach import (
    Agents,
    Credentials,
    Data,
    Db,
    Environments,
    Gateway,
    Mcp,
    Places,
    Roles,
    Secrets,
    Staging,
    Team,
    Tier,
    Tokens,
    Tools,
)

__all__ = [
    "Agents",
    "Backup",
    "Cloud",
    "CloudAccounts",
    "Cost",
    "Credentials",
    "Data",
    "Db",
    "Environments",
    "Freeze",
    "Gate",
    "Gateway",
    "Git",
    "Host",
    "Iac",
    "K8s",
    "Mcp",
    "ModelApi",
    "Monitoring",
    "MonitoringFloor",
    "Network",
    "Onboarding",
    "Orm",
    "Places",
    "Repo",
    "Response",
    "Roles",
    "Sandbox",
    "Secrets",
    "Staging",
    "Team",
    "Tier",
    "Tokens",
    "Tools",
]
