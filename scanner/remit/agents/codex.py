"""Codex: `config.toml` at every scope, rules, hooks, and the administrator's requirements.

Source: codex-cli 0.169.0 run offline, its configuration schema and documentation (2026). A project's files count
once a person trusts the folder; they are judged as trusted, because that is what they ask for. `AGENTS.md` names no
agent and is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from remit.access.agent import (
    Access,
    Answer,
    Approval,
    Decision,
    Egress,
    Gate,
    InertRule,
    SandboxState,
)
from remit.access.agent import Scope as ShellScope
from remit.agents.codex_config import Config, Stance
from remit.agents.codex_rules import RuleBook
from remit.agents.codex_sandbox import egress, hidden, hides, sandbox_state
from remit.agents.codex_tools import audit, gate_hooks, mcp_servers
from remit.agents.layers import Layers
from remit.agents.probes import gates
from remit.agents.reader import AgentFile, AgentReader, Layer, Reading, machine, on_windows, project
from remit.evidence import Maybe, Source, Unknown
from remit.verbs import VERB_CLASSES

_ENV_FILES = (".env", "app/.env")
_HOOK_TRUST = Unknown("Codex runs a hook only after a person trusted it, and no file of the project shows that")


def _read(files: Sequence[AgentFile]) -> Reading:
    config = Config.of(files)
    book = RuleBook.of(Layers.of(files, "rules", "user-rules").files)
    asked = config.asked()
    if isinstance(asked, Unknown):
        return _unusable(files, config, book, asked)
    stance = config.required(asked)
    access = _access(files, config, book, stance)
    refused = tuple(_refused(asked, stance))
    bypass = tuple(dict.fromkeys(_sources(stance))) if access.approval == "bypass" else ()
    return Reading(access, (*config.unused(), *refused), tuple(_notes(files, config, book, stance, access)), bypass)


def _access(files: Sequence[AgentFile], config: Config, book: RuleBook, stance: Stance) -> Access:
    sandbox = sandbox_state(config, stance, book)
    decide, by_rules = _decider(book, stance), _decider(book, replace(stance, approval="untrusted"))
    paths = hidden(config, stance) if sandbox.enabled is True else ()
    unread = Unknown(f"{book.unread[0].path} holds code that is not evaluated") if book.unread else None
    hooks = tuple(gate_hooks(files, config))
    return Access(
        approval=_approval(stance),
        bypass_requested=stance.unattended,
        bypass_reachable=config.sandbox_off_allowed(),
        shell_without_approval=_shell(stance, book),
        rules=tuple(each.rule for each in book.rules),
        sandbox=sandbox,
        read_deny=paths,
        env_files_denied=all(hides(paths, path) for path in _ENV_FILES) and not sandbox.escapes,
        egress=egress(config, stance),
        mcp=mcp_servers(config, unasked=stance.unattended or stance.approval == "never"),
        audit=audit(config),
        gates=gates(lambda command: _unless_hidden(decide(command), unread)),
        gate_hook=_HOOK_TRUST if hooks else False,
        gate_hooks=hooks,
        approval_assumed=stance.approval_source is None,
        decide=lambda command: _at_least(_unless_hidden(decide(command), unread)),
        decide_asked=(lambda command: _at_least(_unless_hidden(by_rules(command), unread)))
        if stance.unattended
        else None,
        reads=lambda path: not hides(paths, path),
    )


def _unless_hidden(answer: Answer, unread: Unknown | None) -> Maybe[Answer]:
    """A rule in code that was not read could allow what no rule that was read settles."""
    return answer if unread is None or answer.decision in {"deny", "allow"} else unread


def _at_least(found: Maybe[Answer]) -> Answer:
    """An answer that only code could give counts as somebody else's decision."""
    return Answer("classifier", found.why, None, True) if isinstance(found, Unknown) else found


def _approval(stance: Stance) -> Approval:
    if stance.unattended:
        return "bypass"
    if stance.approval == "untrusted":
        return "each"
    if stance.approval == "never":
        return "plan" if stance.sandbox == "read-only" else "allowlist-only"
    if stance.model_reviews:
        return "classifier"
    return "each" if stance.sandbox == "read-only" else "edits-auto"


def _shell(stance: Stance, book: RuleBook) -> ShellScope:
    if stance.approval != "untrusted":
        return "yes"
    return "scoped" if any(each.rule.effect == "allow" for each in book.rules) else "no"


def _decider(book: RuleBook, stance: Stance) -> Callable[[str], Answer]:
    """Rules first; then the sandbox holds what it can, and only `untrusted` asks about everything."""
    asks: Decision = "deny" if stance.approval == "never" else "ask"
    default = f"approval_policy = {stance.approval}, sandbox_mode = {stance.sandbox}"

    def decide(command: str) -> Answer:
        rule = book.decide(command) or book.runs_disguised(command)
        if rule is not None:
            decision: Decision = asks if rule.effect == "ask" else rule.effect
            return Answer(decision, rule.text, rule.source)
        assumed = stance.approval_source is None or stance.sandbox_source is None
        source = stance.sandbox_source or stance.approval_source
        if stance.approval == "untrusted":
            return Answer("ask", default, source, assumed)
        return Answer("allow" if stance.sandbox == "danger-full-access" else "sandboxed", default, source, assumed)

    return decide


def _refused(asked: Stance, stance: Stance) -> Iterator[InertRule]:
    pairs = (
        (asked.approval, stance.approval, asked.approval_source, "approval_policy"),
        (asked.sandbox, stance.sandbox, asked.sandbox_source, "sandbox_mode"),
    )
    for wanted, given, source, key in pairs:
        if wanted != given and source is not None:
            yield InertRule(f"{key} = {wanted}", f"the administrator's requirements leave {given}", source)


def _sources(stance: Stance) -> Iterator[Source]:
    for source in (stance.sandbox_source, stance.approval_source):
        if source is not None:
            yield source


def _notes(files: Sequence[AgentFile], config: Config, book: RuleBook, stance: Stance, access: Access) -> Iterator[str]:
    if any(file.layer == "project" for file in files):
        yield "a project's files count once a person has trusted the folder; they are judged as trusted"
    if stance.sandbox_source is None:
        yield "no sandbox_mode is set: workspace-write without network, the default of a trusted folder, is assumed"
    if stance.approval == "untrusted":
        yield "versions from 0.169 refuse approval_policy = untrusted; it is judged as the earlier ones take it"
    if config.personal.text("profile"):
        yield "`profile` selects a profile in versions before 0.169 and stops later ones; it is judged as selected"
    for name, other, source in config.selectable():
        if other.unattended:
            yield f"profile {name} ({source}) can be selected and runs everything unasked and unconfined"
    if access.mcp:
        yield "MCP servers run outside the sandbox"
    for file in book.unread:
        yield f"{file.path} holds code that is not evaluated; its rules count only as far as they are plain"
    if config.requirements.highest("rules"):
        yield "the administrator's requirements carry command rules that are not read here"


def _unusable(files: Sequence[AgentFile], config: Config, book: RuleBook, why: Unknown) -> Reading:
    """A value that Codex does not know: one version stops, another starts with its defaults."""
    access = Access(
        approval=why,
        bypass_requested=False,
        bypass_reachable=config.sandbox_off_allowed(),
        shell_without_approval=why,
        rules=tuple(each.rule for each in book.rules),
        sandbox=SandboxState(why, why, why, ()),
        read_deny=(),
        env_files_denied=why,
        egress=Egress(why),
        mcp=mcp_servers(config, unasked=False),
        audit=audit(config),
        gates=tuple(Gate(each, why, "", why.why, False) for each in VERB_CLASSES),
        gate_hook=_HOOK_TRUST if tuple(gate_hooks(files, config)) else False,
    )
    return Reading(access, tuple(config.unused()))


CODEX = AgentReader(
    name="codex",
    title="Codex",
    layers=(
        Layer("system", machine(r"/etc/codex/config\.toml"), "toml", machine=True),
        Layer("user", machine(r"~/\.codex/config\.toml"), "toml", machine=True),
        Layer("project", project(r"\.codex/config\.toml"), "toml"),
        Layer("profile", machine(r"~/\.codex/[^/]{1,100}\.config\.toml"), "toml", machine=True),
        Layer(
            "requirements",
            machine(r"(?:/etc/codex|[A-Za-z]:[/\\]ProgramData[/\\]OpenAI[/\\]Codex)[/\\]requirements\.toml"),
            "toml",
            machine=True,
        ),
        Layer("rules", project(r"\.codex/rules/.{1,200}\.rules"), "lines"),
        Layer("user-rules", machine(r"~/\.codex/rules/[^/]{1,200}\.rules"), "lines", machine=True),
        Layer("hooks", project(r"\.codex/hooks\.json"), "json"),
        Layer("hooks", machine(r"~/\.codex/hooks\.json"), "json", machine=True),
        Layer("evidence", project(r"\.codex/.{1,200}\.(?:md|toml|yaml)"), "presence", evidence=True),
    ),
    read=_read,
    marks=("codex", "Codex"),
    machine_files=(
        "~/.codex/config.toml",
        "~/.codex/*.config.toml",
        "~/.codex/rules/*.rules",
        "~/.codex/hooks.json",
        "/etc/codex/config.toml",
        "/etc/codex/requirements.toml",
        *on_windows("C:/ProgramData/OpenAI/Codex/requirements.toml"),
    ),
    inherits=True,
)
