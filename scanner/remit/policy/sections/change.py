"""Sections on what may be changed, and who is asked first: gates, infrastructure, repositories, hosts."""

from __future__ import annotations

from typing import Annotated

from remit.policy import defaults
from remit.policy.declared import FreezeWindow
from remit.policy.orders import (
    classification,
    declared_subset,
    fixed,
    higher,
    lower,
    subset,
    superset,
    true,
)
from remit.policy.records import Amount, Count, Table, Words
from remit.verbs import VERB_CLASSES, VerbClass


class Gate(Table):
    """What needs a person's word first."""

    classes: Annotated[tuple[VerbClass, ...], superset("LP-028", "LP-039")] = VERB_CLASSES
    """Classes of destructive verbs that must be gated."""
    approvers_min: Annotated[Count, higher("LP-028")] = 1
    """How many people must approve."""
    require_plan: Annotated[bool, true("LP-029")] = True
    """Whether a stored plan or diff must precede every apply."""


class Iac(Table):
    """Infrastructure as code."""

    deny_verbs: Annotated[Words, superset("LP-030")] = defaults.IAC_DENY_VERBS
    """Verbs of Terraform, OpenTofu and their like that agents must not run."""
    protected_types: Annotated[Words, superset("BK-011")] = defaults.PROTECTED_TYPES
    """Resource types that need deletion protection."""
    require_remote_state: Annotated[bool, true("BK-013")] = True
    """Whether state must be remote and versioned."""


class Orm(Table):
    """Object-relational mappers and their migration tools."""

    forbidden_flags: Annotated[Words, superset("LP-031")] = defaults.ORM_FORBIDDEN_FLAGS
    """Flags that suppress a migration tool's only question."""


class Git(Table):
    """The default branch."""

    min_reviews: Annotated[Count, higher("LP-032")] = 1
    """How many people must review a change."""
    include_admins: Annotated[bool, true("LP-032")] = True
    """Whether administrators are bound too."""


class Freeze(Table):
    """Times in which nothing may be changed."""

    windows: Annotated[tuple[FreezeWindow, ...], superset("LP-033")] = ()
    """The windows; each must be enforced by something other than words."""


class CloudAccounts(Table):
    """Account and project ids by environment."""

    dev: Annotated[Words, classification("LP-035")] = ()
    """Accounts for development."""
    prod: Annotated[Words, classification("LP-035")] = ()
    """Accounts for production."""


class Cloud(Table):
    """Cloud accounts and rights."""

    forbidden_actions: Annotated[Words, superset("LP-034")] = defaults.FORBIDDEN_ACTIONS
    """Actions that no principal in an agent's reach may be allowed."""
    accounts: CloudAccounts = CloudAccounts()


class Host(Table):
    """The machine that agents run on."""

    agent_user: Annotated[str | None, fixed("LP-019")] = None
    """The operating system user of agents."""
    sudoers_allow: Annotated[Words, declared_subset("LP-020")] = ()
    """Commands that this user may run as another."""
    forbidden_groups: Annotated[Words, superset("LP-021")] = defaults.FORBIDDEN_GROUPS
    """Groups that equal root."""


class Repo(Table):
    """What a repository must and must not hold."""

    secret_hooks: Annotated[Words, subset("LP-017")] = defaults.SECRET_HOOKS
    """Secret scanners that count."""
    env_globs: Annotated[Words, superset("LP-018")] = defaults.ENV_GLOBS
    """Globs of files that must not be tracked with values."""


class ModelApi(Table):
    """The model's interface."""

    monthly_cap_usd: Annotated[Amount | None, lower("LP-037")] = None
    """The most that may be spent in a month."""


class K8s(Table):
    """Kubernetes."""

    prod_contexts: Annotated[Words, superset("LP-040")] = defaults.PROD_CONTEXTS
    """Globs of contexts that reach production."""
