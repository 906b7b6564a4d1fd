"""Facts: what was seen, where it was seen, and what nobody could see.

Facts are frozen. A fact that could not be read is an `Unknown`, which refuses to act as a truth value, so that no
check can take "nobody looked" for "no". A place that could not be read is a `Gap`.

The classes from `Credential` on are what checks judge. Each stands for a *place* (a file, a directory, a target) rather
than for an item in it: a place that becomes unreadable then turns exactly one verdict per control into `unknown`, and
hiding a file can never raise a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn, TypeAlias, TypeVar

T = TypeVar("T")

Environment = Literal["production", "staging", "development"]
Standing = Literal["tracked", "untracked", "ignored", "present", "machine"]
"""How a file stands to version control: `present` where there is none, `machine` outside the target (home, /etc)."""


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A fact that nobody could read, with the reason.

    Raises TypeError when used as a truth value or compared with anything but another Unknown.
    """

    why: str

    def __bool__(self) -> NoReturn:
        raise TypeError(f"unknown fact used as a truth value: {self.why}")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Unknown):
            return self.why == other.why
        raise TypeError(f"unknown fact compared with {type(other).__name__}: {self.why}")

    def __hash__(self) -> int:
        return hash(("Unknown", self.why))


Maybe: TypeAlias = T | Unknown


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a fact was seen: a path relative to its target (or starting with `~` or `/`), and a line counted from 1."""

    path: str
    line: int = 0
    collector: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """A place that could not be read, with the reason. `affects` names the subject types that may hide there."""

    collector: str
    path: str
    reason: str
    affects: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------- credentials


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential as an agent would find it, without its value.

    `damage` is the class of `remit explain`: D4 destroys data and its backups, D3 data or infrastructure, D2 code,
    releases or messages, D1 reads only, D0 publishable.
    """

    kind: str
    title: str
    provider: str
    name: str
    """The variable, key or place that holds it, e.g. `RAILWAY_TOKEN` or `Authorization`."""
    masked: str
    fingerprint: str
    source: Source
    damage: Literal["D0", "D1", "D2", "D3", "D4"]
    abilities: tuple[str, ...]
    scope: Maybe[str]
    environment: Maybe[Environment]
    resource: str
    """The thing it reaches, as `provider:type:name`, `*` where every one of them."""
    expires: Maybe[str | None]
    user: str | None = None
    host: str | None = None
    database: str | None = None
    narrower: str = ""
    rotate: str = ""
    backups_go_with_it: bool = False
    """True where the provider keeps its backups inside what this credential can delete."""


@dataclass(frozen=True, slots=True)
class CredentialFile:
    """A file in which at least one usable credential was found."""

    path: str
    standing: Standing
    credentials: tuple[Credential, ...]


# --------------------------------------------------------------------------------------------------- database roles


@dataclass(frozen=True, slots=True)
class Privilege:
    """One right a role holds, and the statement that gave it."""

    right: str
    """`SELECT`, `INSERT`, …, `OWN`, `CREATE`, `SUPERUSER`, `BYPASSRLS`, `MEMBER OF name`."""
    on: str
    source: Source
    via: str = ""
    """The role through which it is held, empty when held directly."""


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """A role as the SQL of the repository declares it, after replaying every statement in path order."""

    name: str
    login: bool
    privileges: tuple[Privilege, ...]
    unresolved: tuple[Unknown, ...]
    """What the files leave open: template placeholders, dynamic SQL, roles granted but not defined here."""
    source: Source


@dataclass(frozen=True, slots=True)
class RoleCatalogue:
    """Every database role declared in the target's SQL."""

    roles: tuple[DatabaseRole, ...]


# --------------------------------------------------------------------------------------------------- infrastructure


@dataclass(frozen=True, slots=True)
class IacResource:
    """One resource block, its arguments evaluated as far as literals, defaults, tfvars and locals allow.

    Nested blocks appear as dotted names (`lifecycle.prevent_destroy`), repeated ones with an index (`rule.0.days`).
    """

    type: str
    name: str
    arguments: Mapping[str, Maybe[object]]
    source: Source
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The resource's address, e.g. `aws_db_instance.main`."""
        return f"{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class IacModule:
    """A directory of Terraform or OpenTofu files."""

    path: str
    resources: tuple[IacResource, ...]
    backend: Maybe[str | None]
    """`s3`, `gcs`, `remote`, …; None where no backend is declared, so that the state is a local file."""
    providers: Mapping[str, Mapping[str, Maybe[object]]]
    source: Source


@dataclass(frozen=True, slots=True)
class Container:
    """A container definition in which an agent could run."""

    path: str
    kind: Literal["dockerfile", "devcontainer", "compose"]
    name: str
    user: Maybe[str | None]
    mounts: tuple[str, ...]
    env_files: tuple[str, ...]
    env_names: tuple[str, ...]
    privileged: bool
    socket: bool
    host_network: bool
    agents: tuple[str, ...]
    """Agents that the definition installs or starts; empty where none is named."""
    source: Source


# --------------------------------------------------------------------------------------------------- commands, monitors


@dataclass(frozen=True, slots=True)
class Command:
    """A command found in a script, understood as a command: wrappers removed, flags apart, secrets masked."""

    program: str
    words: tuple[str, ...]
    effects: tuple[str, ...]
    """Verb classes of the policy's gate, e.g. `iac-destroy`, `orm-force-push`, `sql-ddl`; empty for harmless ones."""
    unattended: bool
    """True when a flag suppresses the tool's own confirmation."""
    context: str
    """Where it would run: `npm script db:push`, `make target deploy`, `workflow job apply`, `shell script`."""
    gated: Maybe[bool]
    """True when a person must approve first (a protected CI environment); Unknown where the file cannot tell."""
    source: Source


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A file with commands that an agent could run and that destroy, deploy or migrate something."""

    path: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A rule that alerts on logged statements, as configured in a file."""

    path: str
    name: str
    verbs: tuple[str, ...]
    """Which of the policy's verbs its query matches, upper case."""
    target: Maybe[str | None]
    """The kind of contact point it notifies; None where it notifies nobody."""
    source: Source


@dataclass(frozen=True, slots=True)
class Monitors:
    """What watches, as far as the target's files say. One per target, also when nothing was found."""

    alerts: tuple[AlertRule, ...]
    secret_hooks: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------- policy side


@dataclass(frozen=True, slots=True)
class RepositoryPolicy:
    """A Remit policy found inside the audited repository: it may tighten, never loosen."""

    path: str
    loosened: tuple[str, ...]
    """One sentence for each value that would weaken the auditor's policy, naming both values."""
    problem: str | None
    source: Source
