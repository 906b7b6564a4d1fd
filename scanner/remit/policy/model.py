"""The policy: every parameter that a control reads, under its dotted name.

`Policy()` is the bundled baseline. The dotted name of a parameter in the catalogue is the path of attributes here:
`backup.min_retention_days` is `policy.backup.min_retention_days`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from remit.evidence import Environment, Maybe, Unknown
from remit.policy import sections
from remit.policy.declared import ApprovedAgent, CloudAgent, DeclaredCopy, Provider
from remit.policy.environment import ENVIRONMENTS, Evidence, Patterns, classify, in_networks
from remit.policy.globs import matches
from remit.policy.keys import attestation_limits
from remit.policy.orders import declared_subset, descriptive, fixed, lower, statements, subset
from remit.policy.records import Attestation, Count, Day, PolicyException, Table, Text, end_of, start_of


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An attestation that no longer, or not yet, stands; it decides nothing, but saying so is kinder than silence."""

    attestation: Attestation
    why: str


class Policy(Table):
    """An access policy for AI agents, resolved."""

    name: Annotated[Text, descriptive()] = "Remit baseline"
    """What the policy is called."""
    version: Annotated[Text, descriptive()] = "1"
    """Which version of it this is."""
    extends: Annotated[Text | None, descriptive()] = None
    """The policy it builds on: a file beside it, or `remit:baseline`, which is also the default."""
    owner: Annotated[str, descriptive("LP-038")] = ""
    """Who answers for it."""
    reviewed: Annotated[Day | None, descriptive("LP-038")] = None
    """When it was last reviewed and signed off."""
    review_days: Annotated[Count | None, lower("LP-038", attestations=True)] = 365
    """How long that review stands; our own figure."""
    approver_roles: Annotated[tuple[Text, ...], subset("LP-009")] = ("CTO", "VP Engineering")
    """Roles that may approve exceptions."""
    approvers: Annotated[Mapping[str, Text], declared_subset("LP-009")] = {}
    """People who may approve exceptions, each with the role that lets them."""
    exception_max_days: Annotated[Count, lower("LP-009")] = 90
    """How long an exception may run (`exceptions.max_days` of the catalogue); our own figure."""
    providers: Annotated[Mapping[str, Provider], fixed("LP-036", "BK-017", "IR-007")] = {}
    """What is known of providers, by name."""
    cloud_agents: Annotated[Mapping[str, CloudAgent], fixed("SB-017")] = {}
    """How agents at their vendors are set up, by name."""

    exceptions: Annotated[tuple[PolicyException, ...], statements("LP-009", "BK-021")] = ()
    """What may fail for a while, approved."""
    attestations: Annotated[tuple[Attestation, ...], statements()] = ()
    """What people vouch for."""

    team: sections.Team = sections.Team()
    agents: sections.Agents = sections.Agents()
    environments: sections.Environments = sections.Environments()
    roles: sections.Roles = sections.Roles()
    staging: sections.Staging = sections.Staging()
    db: sections.Db = sections.Db()
    data: sections.Data = sections.Data()
    secrets: sections.Secrets = sections.Secrets()
    credentials: sections.Credentials = sections.Credentials()
    tokens: sections.Tokens = sections.Tokens()
    tools: sections.Tools = sections.Tools()
    gateway: sections.Gateway = sections.Gateway()
    mcp: sections.Mcp = sections.Mcp()
    gate: sections.Gate = sections.Gate()
    iac: sections.Iac = sections.Iac()
    orm: sections.Orm = sections.Orm()
    git: sections.Git = sections.Git()
    freeze: sections.Freeze = sections.Freeze()
    cloud: sections.Cloud = sections.Cloud()
    host: sections.Host = sections.Host()
    repo: sections.Repo = sections.Repo()
    model_api: sections.ModelApi = sections.ModelApi()
    k8s: sections.K8s = sections.K8s()
    backup: sections.Backup = sections.Backup()
    sandbox: sections.Sandbox = sections.Sandbox()
    network: sections.Network = sections.Network()
    monitoring: sections.Monitoring = sections.Monitoring()
    cost: sections.Cost = sections.Cost()
    ir: sections.Response = sections.Response()
    onboarding: sections.Onboarding = sections.Onboarding()

    def environment_of(
        self, *, host: str | None = None, path: str | None = None, account: str | None = None, name: str | None = None
    ) -> Maybe[Environment]:
        """The environment of whatever has this host, file, account or variable name; the most dangerous reading holds.

        Unknown, with the key that would tell, where nothing or a contradiction is known.
        """
        given: dict[Evidence, str | None] = {"host": host, "account": account, "path": path, "name": name}
        values = {kind: text for kind, text in given.items() if text}
        if host and in_networks(host, self.network.prod_cidrs):
            return "production"
        return classify(values, self.environment_patterns())

    def environment_patterns(self) -> Mapping[Evidence, Patterns]:
        """The globs that tell environments apart, by kind of evidence."""
        places: Mapping[Environment, sections.Places] = {
            name: getattr(self.environments, name) for name in ENVIRONMENTS
        }
        more: Mapping[Environment, tuple[str, ...]] = {
            "production": self.cloud.accounts.prod,
            "development": self.cloud.accounts.dev,
        }
        return {
            "host": {name: place.hosts for name, place in places.items()},
            "account": {name: place.accounts + more.get(name, ()) for name, place in places.items()},
            "path": {name: place.files for name, place in places.items()},
            "name": {name: place.names for name, place in places.items()},
        }

    def agents_used(self, target: str) -> Maybe[tuple[str, ...]]:
        """The agents used on a target; empty only where the policy rules agents out."""
        for entry in self.agents.used:
            if matches(entry.target, target):
                return entry.agents
        return Unknown(f"the policy does not say which agents are used on {target}; set agents.used")

    def approved_agent(self, agent: str, target: str) -> Maybe[ApprovedAgent | None]:
        """The entry that approves an agent on a target; Unknown where the policy lists no agents at all."""
        if not self.agents.approved:
            return Unknown("the policy lists no agents; add them under [[agents.approved]]")
        for entry in self.agents.approved:
            if matches(entry.name, agent) and any(matches(glob, target) for glob in entry.targets):
                return entry
        return None

    def declared_copies(self, resource: str) -> tuple[DeclaredCopy, ...]:
        """The copies of a resource that the policy declares."""
        return tuple(copy for copy in self.backup.inventory if matches(copy.resource, resource))

    def approver_role(self, approver: str) -> str | None:
        """The role in which somebody may approve exceptions: their own, or the role itself when that is who signed."""
        role = next((role for name, role in self.approvers.items() if name.casefold() == approver.casefold()), approver)
        return next((known for known in self.approver_roles if known.casefold() == role.casefold()), None)

    def exception_for(
        self, control: str, target: str, subject: str, path: str, now: datetime
    ) -> PolicyException | None:
        """The exception that lets a control fail here and now, the longest-lasting one first."""
        held = (
            exception
            for exception in self.exceptions
            if exception.control == control and exception.active(now) and exception.covers(target, subject, path)
        )
        return max(held, key=lambda exception: exception.until, default=None)

    def expired_exceptions(self, now: datetime) -> tuple[PolicyException, ...]:
        """Exceptions whose last day is over: each is a finding of its own until it is removed or renewed."""
        return tuple(exception for exception in self.exceptions if exception.expired(now))

    def attestation_for(self, control: str, target: str, now: datetime) -> Attestation | Lapsed | None:
        """What a person vouches for here: a standing attestation, else the latest one that lapsed, else None."""
        limit = self.attestation_limit(control)
        said = [entry for entry in self.attestations if entry.control == control and entry.scope.covers(target)]
        standing = [entry for entry in said if start_of(entry.on) <= now < end_of(entry.last_day(limit))]
        if standing:
            return max(standing, key=lambda entry: entry.last_day(limit))
        return _lapsed(said, limit, now)

    def attestation_limit(self, control: str) -> int | None:
        """The longest, in days, that an attestation of a control stands by this policy; None if it sets no limit."""
        days = attestation_limits(self).get(control)
        return min(days) if days else None


def _lapsed(said: Iterable[Attestation], limit: int | None, now: datetime) -> Lapsed | None:
    latest = max(said, key=lambda entry: entry.last_day(limit), default=None)
    if latest is None:
        return None
    if now < start_of(latest.on):
        return Lapsed(latest, f"the attestation by {latest.by} is dated {latest.on}, which has not come yet")
    return Lapsed(latest, f"the attestation by {latest.by} of {latest.on} stood until {latest.last_day(limit)}")
