"""Drawing the edges of the access graph from what was collected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remit.access.agent import Agent
from remit.access.deeds import BY_HTTP, BY_PROVIDER, DESTROY
from remit.access.graph import AccessGraph, Edge, ordered
from remit.access.iac_types import STATEFUL_TYPES
from remit.access.unasked import may_read, runs_unasked
from remit.evidence import (
    Command,
    Credential,
    CredentialFile,
    IacModule,
    IacResource,
    Maybe,
    ScriptFile,
    Source,
    Unknown,
)
from remit.verbs import VerbClass

_INHERITED = "with whatever cloud credentials its shell inherits; scan with --machine to see them"
_CLOUD_OF_TYPE = {"aws": "aws", "google": "gcp", "azurerm": "azure", "digitalocean": "digitalocean"}


def agent_node(agent: Agent) -> str:
    """The graph's name for an agent."""
    return f"agent:{agent.name}"


def credential_node(file: CredentialFile, credential: Credential) -> str:
    """The graph's name for a credential at its place."""
    return f"credential:{credential.kind}:{file.path}:{credential.source.line}"


def resource_node(module: IacModule, resource: IacResource) -> str:
    """The graph's name for a resource that infrastructure code describes."""
    return f"resource:{module.path + '/' if module.path else ''}{resource.address}"


def spoken(ability: str) -> str:
    """An ability as a verb phrase: `volume-delete` becomes `delete volume`."""
    thing, _, verb = ability.rpartition("-")
    return f"{verb} {thing.replace('-', ' ')}".strip()


def destroys(credential: Credential) -> bool:
    """Whether a credential can destroy something that matters: no placeholder, not local, class D2 or worse."""
    return (
        not credential.placeholder
        and credential.damage in {"D2", "D3", "D4"}
        and (isinstance(credential.environment, Unknown) or credential.environment != "development")
    )


def link(graph: AccessGraph) -> AccessGraph:
    """The same graph with its edges."""
    edges: list[Edge] = []
    for file in graph.credential_files:
        edges += _held(file)
    for agent in graph.agents:
        edges += _reads(agent, graph)
        edges += _deeds(agent, graph)
        edges += _scripts(agent, graph)
        edges += _infrastructure(agent, graph)
    return replace(graph, edges=ordered(edges))


def _held(file: CredentialFile) -> Iterator[Edge]:
    for credential in file.credentials:
        if destroys(credential):
            yield Edge(
                f"file:{file.path}",
                f"holds: {credential.title}",
                credential_node(file, credential),
                "proven",
                (credential.source,),
                ("LP-011",),
            )


def _reads(agent: Agent, graph: AccessGraph) -> Iterator[Edge]:
    for file in graph.credential_files:
        if not any(destroys(credential) for credential in file.credentials):
            continue
        readable = may_read(agent, file.path)
        if readable is not None:
            certainty, why = readable
            yield Edge(
                agent_node(agent),
                "can read unasked",
                f"file:{file.path}",
                certainty,
                _places(agent),
                # A container keeps an agent from the rest of the machine, not from the tree that is mounted into it.
                ("SB-001", "SB-010") if file.standing == "machine" else ("SB-010",),
                why,
            )


def _places(agent: Agent, source: Source | None = None) -> tuple[Source, ...]:
    return (source,) if source else agent.sources[:1]


def _deeds(agent: Agent, graph: AccessGraph) -> Iterator[Edge]:
    for file in graph.credential_files:
        for credential in file.credentials:
            if not destroys(credential) or may_read(agent, file.path) is None:
                continue
            found = runs_unasked(agent, (*BY_PROVIDER.get(credential.provider, ()), *BY_HTTP))
            if found is None:
                continue
            certainty, why, source = found
            yield Edge(
                # The deed belongs to this agent, so its node is the pair: another agent may hold the file and be gated.
                credential_node(file, credential),
                f"can {spoken(credential.abilities[0])}",
                f"{agent_node(agent)}→{credential.resource}",
                certainty,
                tuple(dict.fromkeys((credential.source, *_places(agent, source)))),
                ("LP-013", "LP-028", *(("LP-027",) if agent.bypass else ())),
                why,
            )


def _scripts(agent: Agent, graph: AccessGraph) -> Iterator[Edge]:
    for script in graph.scripts:
        for command in script.commands:
            if not command.effects:
                continue
            found = runs_unasked(agent, (_invocation(script, command),))
            if found is None:
                continue
            certainty, why, source = found
            node = f"command:{script.path}:{command.source.line}"
            yield Edge(agent_node(agent), "can run", node, certainty, _places(agent, source), _cuts(command), why)
            yield from _targets(agent, graph, command, node)


def _invocation(script: ScriptFile, command: Command) -> str:
    """How the agent would start it."""
    kind, _, name = command.context.rpartition(" ")
    if kind == "npm script":
        return f"npm run {name}"
    if kind == "make target":
        return f"make {name}"
    return f"bash {script.path}"


def _cuts(command: Command) -> tuple[str, ...]:
    cuts: dict[str, str] = {"orm-force-push": "LP-031", "iac-destroy": "LP-030"}
    return tuple(sorted({"LP-028", *(cuts[effect] for effect in command.effects if effect in cuts)}))


_DATABASE_CLASSES: frozenset[VerbClass] = frozenset({"orm-force-push", "sql-ddl", "sql-mass-dml"})
_DATABASES = frozenset({"postgres", "mysql", "mongodb"})


def _targets(agent: Agent, graph: AccessGraph, command: Command, node: str) -> Iterator[Edge]:
    """What a database command would hit: the databases that connection URLs of this target name."""
    if not _DATABASE_CLASSES & set(command.effects):
        return
    for file in graph.credential_files:
        for credential in file.credentials:
            if credential.provider in _DATABASES and destroys(credential):
                yield Edge(
                    node,
                    f"{command.program} empties the database that {credential.name or 'the URL'} names",
                    f"{agent_node(agent)}→{credential.resource}",
                    "proven" if credential.name.upper() == "DATABASE_URL" else "possible",
                    (command.source, credential.source),
                    ("LP-001", "SB-015"),
                )


def _refuses(resource: IacResource) -> Maybe[bool]:
    """Whether the provider itself refuses the deletion; `prevent_destroy` is a line that the agent can edit away."""
    kind = STATEFUL_TYPES[resource.type]
    guard = resource.arguments.get(kind.guard, kind.guard_default) if kind.guard else False
    return guard if isinstance(guard, Unknown) else guard is True


def _infrastructure(agent: Agent, graph: AccessGraph) -> Iterator[Edge]:
    for module in graph.modules:
        kept = [each for each in module.resources if each.type in STATEFUL_TYPES and _refuses(each) is not True]
        found = runs_unasked(agent, DESTROY)
        if not kept or found is None:
            continue
        certainty, why, source = found
        node = f"command:terraform in {module.name}"
        yield Edge(
            agent_node(agent),
            "can run terraform destroy",
            node,
            certainty,
            _places(agent, source),
            ("LP-028", "LP-030"),
            why,
        )
        for resource in kept:
            key = _cloud_credential(agent, graph, resource)
            guard = _refuses(resource)
            doubt = guard.why if isinstance(guard, Unknown) else "" if key else _INHERITED
            yield Edge(
                node,
                "destroys what the state describes",
                f"{agent_node(agent)}→{resource_node(module, resource)}",
                "possible" if doubt else "proven",
                (resource.source, *((key.source,) if key else ())),
                ("BK-011", "LP-034", *(("LP-011",) if key else ())),
                doubt,
            )


def _cloud_credential(agent: Agent, graph: AccessGraph, resource: IacResource) -> Credential | None:
    provider = _CLOUD_OF_TYPE.get(resource.type.split("_")[0])
    return next(
        (
            credential
            for file in graph.credential_files
            if may_read(agent, file.path) is not None
            for credential in file.credentials
            if credential.provider == provider and destroys(credential)
        ),
        None,
    )
