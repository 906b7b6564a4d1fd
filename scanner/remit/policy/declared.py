"""What a policy declares because no file can show it: copies, agents, reviewed servers, providers, freezes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from remit.policy.records import Count, Day, Table, Text


class DeclaredCopy(Table):
    """A backup copy that files cannot show, as the policy's owner declares it."""

    resource: Text
    """Glob over the resources it copies, such as `railway:volume:*` or `aws_db_instance.main`."""
    location: Text
    """Where the copy lies: region, vault, bucket or building."""
    provider: Text
    """Who stores it."""
    account: str = ""
    """The account, project or organisation that owns the copy."""
    medium: str = ""
    """What kind of storage it is, counted by the 3-2-1 rule."""
    immutable: bool = False
    """Whether nobody can delete it before its time."""
    reachable_by_agents: bool = True
    """Whether any credential in an agent's reach can delete it. Assumed until denied."""
    max_age_hours: Count | None = None
    """How old the newest copy may be by its schedule."""
    retention_days: Count | None = None
    """How long copies are kept."""
    pitr: bool = False
    """Whether it restores to any moment."""
    restore_tested: Day | None = None
    """When a restore from it last succeeded."""
    declared_by: str = ""
    """Who says so."""

    def __str__(self) -> str:
        return f"{self.resource} at {self.provider}"


class ApprovedAgent(Table):
    """An agent that may be used, and who answers for it."""

    name: Text
    """The agent's name, such as `claude-code`."""
    owner: Text
    """Who answers for it."""
    identity: str = ""
    """The database role, user or git author it acts as."""
    targets: tuple[Text, ...] = ("*",)
    """Globs of targets on which it may be used."""
    onboarded: Day | None = None
    """When its checklist was signed."""

    def __str__(self) -> str:
        return self.name


class UsedAgents(Table):
    """Which agents are used on the targets that match; an empty list rules agents out there."""

    target: Text = "*"
    """Glob over target ids; the first entry that matches counts."""
    agents: tuple[Text, ...]
    """The agents' names."""

    def __str__(self) -> str:
        return f"{self.target}: {', '.join(self.agents) or 'none'}"


class ReviewedServer(Table):
    """An MCP server that somebody has reviewed."""

    name: Text
    """The server's name in the agents' configuration, or a glob."""
    package: str = ""
    """The package or URL that was reviewed."""
    version: str = ""
    """The version that was reviewed."""
    reviewer: Text
    """Who reviewed it."""
    reviewed: Day
    """When."""

    def __str__(self) -> str:
        return self.name


class Provider(Table):
    """What is known of a provider by contract or documentation."""

    soft_delete_hours: Count | None = None
    """For how long a deleted resource can be restored."""
    confirms_deletion: bool | None = None
    """Whether its API asks before it deletes."""
    scoped_tokens: bool | None = None
    """Whether it offers tokens narrower than the account."""
    automatic_backups: bool | None = None
    """Whether it backs up without being asked, on the plan in use."""
    backups_survive_deletion: bool | None = None
    """Whether backups outlive the resource."""
    support: str = ""
    """Support tier, contact and recovery terms."""


class CloudAgent(Table):
    """How an agent that runs at its vendor is set up."""

    secrets: Literal["none", "staging", "production"] | None = None
    """The most powerful secret it is given."""
    internet: Literal["off", "allowlist", "open"] | None = None
    """Where it may connect."""
    repositories: tuple[Text, ...] = ()
    """Which repositories its token covers."""
    firewall: bool | None = None
    """Whether its vendor's firewall is on."""


class FreezeWindow(Table):
    """A time in which nothing may be changed."""

    name: Text
    """What it is called."""
    starts: Day = Field(alias="from")
    """First day, UTC."""
    until: Day
    """Last day, inclusive, UTC."""
    targets: tuple[Text, ...] = ("*",)
    """Globs of targets it covers."""

    @model_validator(mode="after")
    def _sound(self) -> FreezeWindow:
        if self.until < self.starts:
            raise ValueError("`until` is before `from`")
        return self

    def __str__(self) -> str:
        return self.name
