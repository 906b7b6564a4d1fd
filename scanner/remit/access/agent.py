"""Agents and their effective access, in one model that every agent's configuration reduces to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from remit.evidence import Maybe, Source
from remit.verbs import VerbClass

Approval = Literal["each", "edits-auto", "classifier", "allowlist-only", "plan", "bypass"]
Where = Literal["project", "user", "managed", "ci", "machine"]
Scope = Literal["no", "scoped", "yes"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A permission rule as written (secrets masked), with the effect it really has."""

    text: str
    effect: Literal["allow", "ask", "deny"]
    layer: str
    source: Source
    classes: tuple[str, ...] = ()
    """Destructive verb classes of the policy's gate that the rule covers, e.g. `iac-destroy`."""


@dataclass(frozen=True, slots=True)
class InertRule:
    """A setting that looks like protection and that the agent never consults."""

    text: str
    reason: str
    source: Source


@dataclass(frozen=True, slots=True)
class McpServer:
    """An MCP server an agent would start or call."""

    name: str
    transport: Literal["stdio", "http", "sse"]
    command: tuple[str, ...]
    """The argument vector, secrets masked; empty for remote servers."""
    url: str | None
    """Scheme and host, with any secret part masked."""
    package: str | None
    pinned: Maybe[bool]
    inline_secret: bool
    auto_approved: bool
    classes: tuple[str, ...]
    """`private`, `untrusted`, `egress`, `write`, `shell` as far as the server is known; empty where it is not."""
    source: Source
    env_names: tuple[str, ...] = ()
    approved_by_mode: bool = False
    """Whether `auto_approved` holds for the agent's mode alone: no rule, list or entry approves the server."""


@dataclass(frozen=True, slots=True)
class SandboxState:
    """The sandbox around an agent's shell, as configured."""

    enabled: Maybe[bool]
    kind: Maybe[Literal["none", "os", "container", "vm", "remote"]]
    fails_closed: Maybe[bool | None]
    """Whether it refuses to run when the sandbox is unavailable; None where there is no sandbox."""
    escapes: tuple[str, ...]
    """Each way out, as one phrase: `the model may retry unsandboxed`, `excluded command: docker`."""
    read_deny: tuple[str, ...] = ()
    """Paths that the operating system keeps sandboxed commands from reading."""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Egress:
    """Where the agent's tools may connect."""

    mode: Maybe[Literal["open", "allowlist", "none"]]
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """Where the agent's tool calls are recorded. A local transcript is evidence, not a sink."""

    enabled: Maybe[bool]
    sink: str | None
    """Host of the collector; None where nothing leaves the machine."""
    tool_details: Maybe[bool] = False
    source: Source | None = None


Decision = Literal["deny", "ask", "sandboxed", "classifier", "allow"]
"""What happens to a command, strictest first: `sandboxed` runs unasked but confined, `classifier` is up to a model."""
DECISIONS: tuple[Decision, ...] = ("deny", "ask", "sandboxed", "classifier", "allow")


@dataclass(frozen=True, slots=True)
class Gate:
    """What the agent does with commands of one destructive class: the weakest answer over sample commands."""

    verb_class: VerbClass
    decision: Maybe[Decision]
    command: str
    """The sample command with that weakest answer."""
    by: str
    """The rule or setting that answers, as written; a phrase for defaults."""
    assumed: bool
    """True when the answer rests on a vendor default of an unknown version."""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent does with one command, and what makes it do so."""

    decision: Decision
    by: str
    source: Source | None = None
    assumed: bool = False
    """True when the answer rests on a vendor default of an unknown version."""


@dataclass(frozen=True, slots=True)
class GateHook:
    """A program that an agent asks before it runs a command, as configured.

    Whether the program exists, runs and refuses anything cannot be told from the configuration.
    """

    command: str
    """What is run, secrets masked; a URL or a prompt for hooks of those kinds."""
    matcher: str
    """The tools or commands it is asked about, as written; empty for all."""
    fails_closed: Maybe[bool]
    """Whether a hook that cannot run stops the command."""
    source: Source


@dataclass(frozen=True, slots=True)
class Access:
    """What an agent may do without asking anybody."""

    approval: Maybe[Approval]
    bypass_requested: bool
    bypass_reachable: Maybe[bool]
    shell_without_approval: Maybe[Scope]
    rules: tuple[Rule, ...]
    sandbox: SandboxState
    read_deny: tuple[str, ...]
    """Paths that the agent's own file tools refuse to read (not its shell)."""
    env_files_denied: Maybe[bool]
    """Whether `.env` files are out of reach of *every* reading way: file tools, and the shell if there is one."""
    egress: Egress
    mcp: tuple[McpServer, ...]
    audit: Audit
    gates: tuple[Gate, ...] = ()
    gate_hook: Maybe[bool] = False
    """Whether a pre-tool hook that can block is configured for every shell command."""
    gate_hooks: tuple[GateHook, ...] = ()
    """The hooks behind `gate_hook`; whoever knows the file tree can tell whether their programs are there."""
    approval_assumed: bool = False
    """True when `approval` is a vendor default of an unknown version."""
    decide: Callable[[str], Answer] | None = field(default=None, compare=False, repr=False)
    """The agent's own answer to a simple shell command; None where its configuration could not be read."""
    decide_asked: Callable[[str], Answer] | None = field(default=None, compare=False, repr=False)
    """For a mode without approvals: the answer by rules alone, if everything that none mentions were asked about."""
    reads: Callable[[str], bool] | None = field(default=None, compare=False, repr=False)
    """Whether its rules let its file tools read a path; None where nothing restricts them or nobody knows."""

    def gate(self, verb_class: VerbClass) -> Gate | None:
        """The gate for a class; None where the agent has no shell."""
        return next((gate for gate in self.gates if gate.verb_class == verb_class), None)

    @property
    def destructive_allowed(self) -> tuple[Rule, ...]:
        """Allow rules that cover a destructive verb class."""
        return tuple(rule for rule in self.rules if rule.effect == "allow" and rule.classes)


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent at one place: its files in a project, a machine's user layer, or a CI workflow."""

    KIND: ClassVar[str] = "agent"

    agent: str
    title: str
    where: Where
    root: str
    """The directory its project layer governs, relative to the target; empty for the target itself."""
    files: tuple[str, ...]
    access: Access
    inert: tuple[InertRule, ...]
    sources: tuple[Source, ...]
    assumed: bool = False
    """True when nothing in the target names an agent and one at vendor defaults is judged in its place."""
    notes: tuple[str, ...] = ()
    bypass: tuple[Source, ...] = field(default=())
    """Every place that asks for a mode without approvals."""

    @property
    def name(self) -> str:
        """The agent's name, with its place where that is not the target's root."""
        return f"{self.agent} in {self.root}" if self.root else self.agent
