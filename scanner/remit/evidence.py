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
from typing import ClassVar, Literal, NoReturn, Protocol, TypeAlias, TypeVar

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


class Subject(Protocol):
    """What checks judge: a kind, a name that survives moved lines, and whether it stands for the whole target."""

    KIND: ClassVar[str]

    @property
    def name(self) -> str:
        """What the subject is called in findings; unique among those of its kind in a target."""


WHOLE_TARGET = "target"
"""The kind of subjects that stand for a whole target: anything unread leaves what they prove open."""


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
    placeholder: bool = False
    """True for references, documented examples and words nobody uses as a secret."""
    account: str | None = None
    backups_go_with_it: bool = False
    """True where the provider keeps its backups inside what this credential can delete."""


@dataclass(frozen=True, slots=True)
class CredentialFile:
    """A file in which something was recognised as a credential, stand-ins and publishable keys included."""

    path: str
    standing: Standing
    credentials: tuple[Credential, ...]

    KIND: ClassVar[str] = "file"

    @property
    def name(self) -> str:
        """Its path."""
        return self.path


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

    KIND: ClassVar[str] = WHOLE_TARGET

    @property
    def name(self) -> str:
        """Always `database roles`."""
        return "database roles"


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
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Addresses of the resources that an argument mentions, e.g. `bucket` to `aws_s3_bucket.state`."""

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
    """Provider blocks' arguments by name, `aws.alias` where the block has an alias."""
    source: Source
    backend_arguments: Mapping[str, Maybe[object]] = field(default_factory=dict)
    states: tuple[Source, ...] = ()
    """State files that lie in the directory and describe at least one resource."""
    root: Maybe[bool] = True
    """Whether Terraform is run here; False for a directory that is only called as a module, and has no state."""

    KIND: ClassVar[str] = "module"

    @property
    def name(self) -> str:
        """The directory, `.` for the target itself."""
        return self.path or "."


@dataclass(frozen=True, slots=True)
class Container:
    """A container definition in which an agent could run."""

    KIND: ClassVar[str] = "container"

    path: str
    kind: Literal["dockerfile", "devcontainer", "compose"]
    name: str
    user: Maybe[str | None]
    """The user that runs in it; None where nothing sets one, which means root."""
    mounts: tuple[str, ...]
    """Mounts of host paths as `source:target`, `:ro` where read-only: `./` or `../` from the target, `~/`, or absolute.
    Named volumes are not among them."""
    env_files: tuple[str, ...]
    env_names: tuple[str, ...]
    privileged: bool
    socket: bool
    host_network: bool
    agents: tuple[str, ...]
    """Agents that the definition installs or starts; empty where none is named."""
    source: Source
    escapes: tuple[str, ...] = ()
    """Further ways out to the host, each as one phrase: `capability SYS_ADMIN`, `pid namespace of the host`."""
    secret_files: tuple[str, ...] = ()
    """Credential files that are copied into the image or handed in as compose secrets."""
    secret_names: tuple[str, ...] = ()
    """Variables whose secret value stands in the definition itself."""
    passwordless_sudo: bool = False
    host_commands: tuple[str, ...] = ()
    """Commands that opening the container runs on the host, secrets masked."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of what was found, by field, e.g. `user`, `socket`."""


# --------------------------------------------------------------------------------------------------- commands, monitors


@dataclass(frozen=True, slots=True)
class Command:
    """A command found in a script, understood as a command: wrappers removed, flags apart, secrets masked."""

    program: str
    words: tuple[str, ...]
    effects: tuple[str, ...]
    """Verb classes of the policy's gate, e.g. `iac-destroy`, `orm-force-push`, `sql-ddl`; empty for harmless ones."""
    unattended: bool
    """True when nobody is asked: a flag suppresses the tool's own confirmation, or it has none."""
    context: str
    """Where it would run: `npm script db:push`, `make target deploy`, `workflow job apply`, `shell script`."""
    gated: Maybe[bool]
    """True when a person must approve first (a protected CI environment); Unknown where the file cannot tell."""
    source: Source
    bypass: tuple[str, ...] = ()
    """Flags and settings with which it starts an agent without approvals."""
    previewed: bool = False
    """True when it only shows, applies a stored plan or reviewed migration, or asks after showing what would change."""
    undecided: Unknown | None = None
    """Set when a word known only at run time decides whether more happens than `effects` says."""


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A file with commands that an agent could run and that destroy, deploy or migrate something."""

    path: str
    commands: tuple[Command, ...]

    KIND: ClassVar[str] = "script"

    @property
    def name(self) -> str:
        """Its path."""
        return self.path


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline definition with jobs that are given secrets or an identity token: who changes it uses those."""

    path: str
    secrets: tuple[Source, ...]
    """Where it asks for one, never empty: first where no person could stand between."""
    gated: Maybe[bool]
    """True when every job that is given one waits for a protected environment; Unknown where the file cannot tell."""

    KIND: ClassVar[str] = "file"

    @property
    def name(self) -> str:
        """Its path."""
        return self.path


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
    one_case: tuple[str, ...] = ()
    """Verbs that its query matches in upper case or in lower case only, although SQL knows no case."""
    undecided: Unknown | None = None
    """Set when its query names statements but cannot be tested here."""


@dataclass(frozen=True, slots=True)
class Monitors:
    """What watches, as far as the target's files say. One per target, also when nothing was found."""

    alerts: tuple[AlertRule, ...]
    secret_hooks: tuple[str, ...] = ()

    KIND: ClassVar[str] = WHOLE_TARGET

    @property
    def name(self) -> str:
        """Always `monitoring`."""
        return "monitoring"


# --------------------------------------------------------------------------------------------------- policy side


@dataclass(frozen=True, slots=True)
class RepositoryPolicy:
    """A Remit policy found inside the audited repository: it may tighten, never loosen."""

    path: str
    loosened: tuple[str, ...]
    """One sentence for each value that would weaken the auditor's policy, naming both values."""
    problem: str | None
    source: Source
    tightened: object | None = field(default=None, compare=False, repr=False)
    """The auditor's policy with the stricter values of this file, and of those before it, in it."""

    KIND: ClassVar[str] = "file"

    @property
    def name(self) -> str:
        """Its path."""
        return self.path
