"""Facts about what stands between an agent and a deed: a person's word, text, a freeze."""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.agent import Agent, Gate
from remit.access.graph import AccessGraph
from remit.access.unasked import contained, runs_unasked
from remit.evidence import Command, ScriptFile, Source, Unknown
from remit.incidents.facts.agents import asked
from remit.incidents.facts.answers import ASSUMED, NO_AGENT, Absent, Answer, Fact, Found, of_agents, places, weigh
from remit.policy.globs import matches
from remit.verbs import VERB_CLASSES, VerbClass

_PROSE = (".md", ".mdc", ".txt", "rules")
"""How files end that hold text addressed to a model."""
_WITHOUT_NETWORK: frozenset[VerbClass] = frozenset({"fs-delete-outside"})


# ------------------------------------------------------------------------------------------------------------ gates


def _ungated(graph: AccessGraph, value: str) -> Answer:
    """Whether a class of commands, or any class that the policy gates, runs without a person's word."""
    classes = [each for each in VERB_CLASSES if each == value] if value else list(graph.policy.gate.classes)
    answers = [
        answer
        for agent in graph.agents
        for each in classes
        for answer in (_gate(agent, each), *_by_name(agent, each, graph))
    ]
    return weigh(answers, NO_AGENT)


def _gate(agent: Agent, verb_class: VerbClass) -> Answer:
    gate = agent.access.gate(verb_class)
    if agent.bypass:
        return Found(agent.bypass[:1], f"{agent.title} is started without approvals")
    if gate is None:
        shell = agent.access.shell_without_approval
        return Absent(f"{agent.title} has no shell") if isinstance(shell, str) and shell == "no" else _nobody(agent)
    if isinstance(gate.decision, Unknown):
        return gate.decision
    if gate.assumed and gate.decision != "deny":
        default = f"{agent.title}: a vendor default of an unknown version decides ({gate.by})"
        return Unknown(ASSUMED if agent.assumed else default)
    return _hooked(agent, _decided(agent, gate))


def _nobody(agent: Agent) -> Unknown:
    return Unknown(f"what {agent.title} does with such commands is not known")


def _decided(agent: Agent, gate: Gate) -> Answer:
    match gate.decision:
        case "allow" if not contained(agent):
            return Found(places(agent, gate.source), f"{agent.title} runs {gate.verb_class} unasked by {gate.by}")
        case "classifier":
            why = f"a model decides on {gate.verb_class} instead of a person ({gate.by})"
            return Found(places(agent, gate.source), f"{agent.title}: {why}")
        case "sandboxed":
            return _in_sandbox(agent, gate)
        case _:
            return Absent(f"{agent.title} asks, refuses or holds what cannot be undone")


def _in_sandbox(agent: Agent, gate: Gate) -> Answer:
    """A sandbox holds a deed that needs no network; any other one only where no connection gets through."""
    sandbox, mode = agent.access.sandbox, agent.access.egress.mode
    if isinstance(sandbox.enabled, Unknown):
        return sandbox.enabled
    leads_out = not sandbox.enabled or bool(sandbox.escapes)
    if not leads_out and gate.verb_class not in _WITHOUT_NETWORK:
        if isinstance(mode, Unknown):
            return mode
        if mode == "allowlist":
            return Unknown(f"whether a host that {agent.title} may connect to lets it {gate.verb_class} is not known")
        leads_out = mode == "open"
    if leads_out:
        why = f"{agent.title} runs {gate.verb_class} unasked in a sandbox with a way out"
        return Found(places(agent, gate.source, sandbox.source), why)
    return Absent(f"{agent.title} asks, refuses or holds what cannot be undone")


def _hooked(agent: Agent, answer: Answer) -> Answer:
    """A program that is asked first may refuse; what it refuses cannot be told from the configuration."""
    hook = agent.access.gate_hook
    if not isinstance(answer, Found):
        return answer
    if isinstance(hook, Unknown):
        return hook
    told = f"a hook is asked before {agent.title} runs a command, and what it refuses nobody can see from here"
    return Unknown(told) if hook else answer


def _by_name(agent: Agent, verb_class: VerbClass, graph: AccessGraph) -> Iterator[Answer]:
    """What the agent starts by a name that tells nothing: `npm run deploy`, `make clean`."""
    for script in graph.scripts:
        for command in script.commands:
            if verb_class in command.effects:
                started = runs_unasked(agent, (_invocation(script, command),))
                yield _hooked(agent, asked(started, agent, "asks, refuses or holds what cannot be undone"))


def _invocation(script: ScriptFile, command: Command) -> str:
    kind, _, name = command.context.rpartition(" ")
    starters = {"npm script": "npm run", "make target": "make"}
    return f"{starters[kind]} {name}" if kind in starters else f"bash {script.path}"


def _prose(graph: AccessGraph, value: str) -> Answer:
    """Whether at most text speaks against destroying: nothing but text was found, or the gate stands open anyway."""
    only_text = [
        Found(agent.sources, f"all that was found of {agent.title} is text addressed to its model")
        for agent in graph.agents
        if agent.files and all(_is_prose(path) for path in agent.files)
    ]
    return weigh((*only_text, _ungated(graph, "")), NO_AGENT)


def _is_prose(path: str) -> bool:
    return path.lower().endswith(_PROSE)


def _instructions(agent: Agent, value: str) -> Answer:
    files = sorted({Source(path, 0, "agents") for path in agent.files if _is_prose(path)})
    if not files:
        return Absent(f"no file tells {agent.title} how to behave")
    return Found(tuple(files), f"{agent.title} follows {files[0].path}")


def _freeze(graph: AccessGraph, value: str) -> Answer:
    declared = [
        each for each in graph.policy.freeze.windows if any(matches(glob, graph.target) for glob in each.targets)
    ]
    if not declared:
        return Unknown("whether anything is frozen the policy does not say (freeze.windows)")
    held = _ungated(graph, "")
    if not isinstance(held, Found):
        return held
    origin = graph.origins.get("freeze.windows")
    evidence = (origin, *held.evidence) if origin else held.evidence
    return Found(tuple(sorted(evidence)), f"{declared[0].name} is declared; {held.why}")


FACTS: tuple[Fact, ...] = (
    Fact(
        "gate=none",
        "A destructive command of a class that the policy gates runs without a person's word.",
        "the agents' answers to sample commands of each class, and to the scripts here that do it; "
        "a model's decision is no person's",
        lambda graph, value: _ungated(graph, ""),
        (Agent, ScriptFile),
    ),
    Fact(
        "gate=prose",
        "At most text addressed to the model speaks against destroying.",
        "as `gate=none`; also where nothing but files of text was found of an agent",
        _prose,
        (Agent, ScriptFile),
    ),
    Fact(
        "unasked=CLASS",
        "A destructive command of this class runs without a person's word.",
        "as `gate=none`, for one class of the policy's gate",
        _ungated,
        (Agent, ScriptFile),
        values=lambda: VERB_CLASSES,
    ),
    Fact(
        "instructions=in-tree",
        "An agent follows instructions that lie in a file of the tree.",
        "files of rules or memory that were found of an agent",
        of_agents(_instructions),
        (Agent,),
    ),
    Fact(
        "freeze=prose",
        "A freeze is declared, and an agent could break it unasked.",
        "`freeze.windows` of the policy, then as `gate=none`",
        _freeze,
        (Agent, ScriptFile),
    ),
)
