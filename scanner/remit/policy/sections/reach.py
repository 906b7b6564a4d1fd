"""Sections on who may reach what: team, agents, environments, roles, secrets, tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from remit.evidence import Maybe, Unknown
from remit.policy import defaults
from remit.policy.declared import ApprovedAgent, ReviewedServer, UsedAgents
from remit.policy.orders import (
    choice,
    classification,
    declared_subset,
    descriptive,
    false,
    fixed,
    higher,
    lower,
    statements,
    subset,
    superset,
    true,
)
from remit.policy.records import Amount, Count, Table, UpperWords, Words

Tier = Literal["solo", "small", "mid", "large"]
"""Team sizes 1, 2 to 9, 10 to 14, and 15 or more."""
Headcount = Annotated[int, Field(ge=1, le=1_000_000)]


def _used(value: object) -> object:
    if value == "unknown":
        return ()
    if value == "none":
        return ({"target": "*", "agents": ()},)
    if isinstance(value, tuple) and value and all(isinstance(item, str) for item in value):
        return ({"target": "*", "agents": value},)
    return value


class Team(Table):
    """Who works here, and with how much money."""

    size: Annotated[Headcount | None, higher("LP-016", "LP-023", "BK-010", "MN-011")] = None
    """How many people develop; decides the tier."""
    budget_usd: Annotated[Amount | None, descriptive()] = None
    """What the safety stack may cost a month."""

    @property
    def tier(self) -> Maybe[Tier]:
        """The tier that the size puts the team in."""
        if self.size is None:
            return Unknown("the team's size is not declared; set team.size in the policy")
        if self.size >= 15:
            return "large"
        if self.size >= 10:
            return "mid"
        return "small" if self.size > 1 else "solo"


class Agents(Table):
    """Which agents there are, and how they may be run."""

    approved: Annotated[tuple[ApprovedAgent, ...], declared_subset("IR-010", "SB-012", "MN-009", "IR-009")] = ()
    """Agents that may be used, each with its owner."""
    used: Annotated[tuple[UsedAgents, ...], BeforeValidator(_used), statements("IR-010")] = ()
    """Which agents are used where; also "unknown" (the default), "none", or a plain list of names."""
    allow_bypass: Annotated[bool, false("LP-027")] = False
    """Whether a mode without any approval may be used."""
    allow_bypass_in_sandbox: Annotated[bool, false("LP-027")] = True
    """Whether that mode may be used inside an enforced sandbox."""
    default_mode: Annotated[
        Literal["bypass", "edits-auto", "each", "plan"],
        choice("bypass", "edits-auto", "each", "plan", controls=("SB-016",)),
    ] = "plan"
    """The mode in which an agent starts next to production."""
    require_native_sandbox: Annotated[bool, true("SB-002")] = True
    """Whether an agent that brings a sandbox must use it."""


class Places(Table):
    """What belongs to one environment: globs, in any case."""

    hosts: Annotated[Words, classification("LP-001", "LP-002", "LP-014", "SB-014", "SB-015")] = ()
    """Host names and addresses."""
    files: Annotated[Words, classification("LP-001", "LP-014", "SB-015")] = ()
    """Paths of files; without a slash, file names."""
    accounts: Annotated[Words, classification("LP-001", "LP-014", "LP-035")] = ()
    """Cloud accounts, projects and organisations."""
    names: Annotated[Words, classification("LP-001", "LP-014", "SB-015")] = ()
    """Names of variables and keys."""


class Environments(Table):
    """How production, staging and development are told apart."""

    production: Places = Places()
    staging: Places = Places()
    development: Places = Places()


class Roles(Table):
    """Database roles."""

    agent: Annotated[Words, fixed("LP-002", "LP-003", "LP-005")] = ()
    """Roles that belong to agents. Others that look like an agent's are judged too."""
    forbidden_privileges: Annotated[UpperWords, superset("LP-003")] = defaults.FORBIDDEN_PRIVILEGES
    """Rights that no agent's role may hold on production."""


class Staging(Table):
    """The staging databases."""

    allow_write: Annotated[bool, false("LP-002")] = False
    """Whether agents may write there."""


class Db(Table):
    """Database servers."""

    admin_role_names: Annotated[Words, superset("LP-004")] = defaults.ADMIN_ROLE_NAMES
    """Role names that bypass every other control."""


class Data(Table):
    """What the data is."""

    sensitive_tables: Annotated[Words, superset("LP-007")] = ()
    """Tables that need row-level security."""
    pii_tables: Annotated[Words, superset("LP-008")] = ()
    """Tables with personal data."""
    pii_column_patterns: Annotated[Words, superset("LP-008")] = defaults.PII_COLUMN_PATTERNS
    """Globs of column names that hold personal data."""
    regulated: Annotated[bool, true("SB-021")] = False
    """Whether any of it is regulated (health, cards, personal data under contract)."""


class Secrets(Table):
    """Secrets: how strong, how old, where kept."""

    placeholder_literals: Annotated[Words, superset("LP-006")] = defaults.PLACEHOLDER_PASSWORDS
    """Passwords that count as none because documentation shows them."""
    min_entropy_bits: Annotated[Count, higher("LP-006")] = 60
    """How hard a password must be to guess; our own figure."""
    scan_history: Annotated[bool, true("LP-011")] = False
    """Whether git history must be searched too."""
    allowlist: Annotated[Words, subset("LP-011")] = ()
    """Fingerprints of findings known to be fakes."""
    max_age_days: Annotated[Count | None, lower("LP-015")] = 90
    """How old a secret may grow; our own figure."""
    manager: Annotated[str | None, fixed("LP-016")] = None
    """The secret manager in use."""


class Credentials(Table):
    """Where credentials lie."""

    paths: Annotated[Words, superset("LP-010", "SB-010")] = defaults.CREDENTIAL_PATHS
    """Places that agents must not read."""
    ignore: Annotated[Words, subset("LP-010")] = ()
    """Globs of paths that are not judged."""


class Tokens(Table):
    """Tokens: how long they live, what they may do."""

    max_ttl_hours: Annotated[Count | None, lower("LP-012")] = 12
    """How long a token may still live; our own figure."""
    allowed_scopes: Annotated[Mapping[str, Words], declared_subset("LP-013")] = {}
    """For each purpose, the scopes its token may hold."""


class Tools(Table):
    """Tools and servers at an agent's hand."""

    allow: Annotated[Words, declared_subset("LP-022")] = ()
    """Tools that may be used unasked."""
    deny: Annotated[Words, superset("LP-022")] = defaults.DENIED_TOOLS
    """Programs that no rule may allow unasked."""
    untrusted_sources: Annotated[Words, superset("SB-019")] = ()
    """Tools whose answers strangers can write."""
    classes: Annotated[Mapping[str, tuple[Literal["private", "untrusted", "egress"], ...]], superset("SB-020")] = {}
    """For each server, what it brings: private data, untrusted content, a way out."""


class Gateway(Table):
    """The gateway between agents and interfaces."""

    required_from_team_size: Annotated[Count | None, lower("LP-023")] = 10
    """From how many people on agents must go through one."""


class Mcp(Table):
    """MCP servers."""

    registry: Annotated[tuple[ReviewedServer, ...], declared_subset("LP-024")] = ()
    """Servers that have been reviewed."""
    review_days: Annotated[Count | None, lower("LP-024", attestations=True)] = 90
    """How long a review stands; our own figure."""
    require_pin: Annotated[bool, true("LP-025")] = True
    """Whether a server's version must be pinned."""
    db_servers_readonly: Annotated[bool, true("LP-026")] = True
    """Whether servers with a database must be read-only."""
    require_isolation: Annotated[bool, true("SB-018")] = True
    """Whether local servers must run in a container or wrapper."""
