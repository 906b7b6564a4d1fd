"""From an agent to the destructive commands of the tree, and to what a pipeline does for it with its secrets."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace

from remit.access.deeds import ANY_CODE, PUSH
from remit.access.edges.credentials import DATABASES
from remit.access.edges.infrastructure import run_in, taken_along
from remit.access.graph import AccessGraph, Edge, Grade, Node
from remit.access.hands import Hands, Way, step
from remit.access.nodes import destroys
from remit.access.unasked import edits_unasked, runs_unasked
from remit.evidence import Command, Pipeline, ScriptFile, Source, Unknown
from remit.verbs import VerbClass

_ON_DATABASES: frozenset[VerbClass] = frozenset({"orm-force-push", "sql-ddl", "sql-mass-dml"})
_ELSEWHERE = _ON_DATABASES | frozenset[VerbClass]({"iac-destroy", "k8s-delete", "cloud-delete", "volume-delete"})
_CUTS = {"orm-force-push": "LP-031", "iac-destroy": "LP-030"}
_STACK_PROGRAMS = frozenset({"terraform", "tofu", "terragrunt"})
PIPELINES = (".github/workflows/", ".gitlab-ci")


def edges(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """The destructive commands that an agent starts unasked, and the databases and stacks that they would hit."""
    yield from _through_pipelines(hands, graph)
    for script in graph.scripts:
        for command in () if script.path.startswith(PIPELINES) else script.commands:
            if not command.effects:
                continue
            node = hands.node("command", f"{script.path}:{command.source.line}")
            ways = hands.ways((invocation(script, command),), _cuts(command))
            for way in ways:
                yield step(hands.start, "can run", node, way)
            if ways:
                hit = (*_targets(hands, graph, command, node), *_stacks(hands, graph, script, command, node))
                yield from hit or _somewhere(hands, script, command, node)


def _through_pipelines(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """What the agent changes in a pipeline and pushes runs with the pipeline's secrets, whatever it is asked here."""
    # Whoever runs any code changes files with it, whether its file tools ask or not.
    changes = edits_unasked(hands.agent) or runs_unasked(hands.agent, ANY_CODE) is not None
    ways = hands.runs(PUSH, ("LP-032",)) if changes else ()
    if not ways:
        return
    drawn = [each for each in graph.pipelines if isinstance(each.gated, Unknown) or not each.gated]
    for pipeline in drawn:
        yield from _with_its_secrets(hands, pipeline, ways)
    known = {each.path for each in drawn}
    for script in graph.scripts:
        if script.path.startswith(PIPELINES) and script.path not in known:
            yield from _with_nobody_knows_what(hands, script, ways)


def _pushed(hands: Hands, path: str, ways: Iterable[Way]) -> Iterator[Edge]:
    for way in ways:
        unseen = replace(way, grade="unknown", why=f"{way.why}; whether the branch is protected nobody could see")
        yield step(hands.start, "can edit and push", _as_pushed(hands, path), unseen, cuts=("LP-032",))


def _as_pushed(hands: Hands, path: str) -> Node:
    # Not the node of the file itself: who only reads it has pushed nothing.
    return hands.node("file", f"{path}, as pushed")


def _with_its_secrets(hands: Hands, pipeline: Pipeline, ways: Iterable[Way]) -> Iterator[Edge]:
    yield from _pushed(hands, pipeline.path, ways)
    why = pipeline.gated.why if isinstance(pipeline.gated, Unknown) else ""
    held, seen = hands.node("credential", f"the secrets of {pipeline.path}"), pipeline.secrets[:1]
    grade: Grade = "unknown" if why else "proven"
    yield Edge(_as_pushed(hands, pipeline.path), "runs with the pipeline's secrets", held, grade, seen, (), why)
    yield _opening(hands, pipeline.path, held, seen)


def _with_nobody_knows_what(hands: Hands, script: ScriptFile, ways: Iterable[Way]) -> Iterator[Edge]:
    """A pipeline that names no secret and yet destroys something: its runner may hold what that takes."""
    for command in script.commands:
        free = isinstance(command.gated, Unknown) or not command.gated
        if not free or command.previewed or not _ELSEWHERE & set(command.effects):
            continue
        yield from _pushed(hands, script.path, ways)
        node = hands.node("command", f"{script.path}:{command.source.line}")
        why, seen = "which secrets it is given is not written there", (command.source,)
        yield Edge(_as_pushed(hands, script.path), "runs in the pipeline", node, "unknown", seen, (), why)
        yield _opening(hands, script.path, node, seen)


def _opening(hands: Hands, path: str, start: Node, seen: tuple[Source, ...]) -> Edge:
    opened = hands.node("resource", f"pipeline:{path}:*")
    why = "what the pipeline's secrets open is not in these files"
    return Edge(start, "can be turned on what those open", opened, "unknown", seen, (), why)


def invocation(script: ScriptFile, command: Command) -> str:
    """How the agent would start it."""
    kind, _, name = command.context.rpartition(" ")
    if kind == "npm script":
        return f"npm run {name}"
    if kind == "make target":
        return f"make {name}"
    return f"bash {script.path}"


def _cuts(command: Command) -> tuple[str, ...]:
    return tuple(sorted({"LP-028", *(_CUTS[effect] for effect in command.effects if effect in _CUTS)}))


def _targets(hands: Hands, graph: AccessGraph, command: Command, node: Node) -> Iterator[Edge]:
    """What a database command would hit: the databases that connection URLs of this target name."""
    if not _ON_DATABASES & set(command.effects):
        return
    for file in graph.credential_files:
        for credential in file.credentials:
            if credential.provider in DATABASES and destroys(credential):
                named = credential.name.upper() == "DATABASE_URL"
                yield Edge(
                    node,
                    f"{command.program} empties the database that {credential.name or 'the URL'} names",
                    hands.node("resource", credential.resource),
                    "proven" if named else "unknown",
                    (command.source, credential.source),
                    ("LP-001", "SB-015"),
                    "" if named else "which of the URLs it takes depends on its settings",
                )


def _somewhere(hands: Hands, script: ScriptFile, command: Command, node: Node) -> Iterator[Edge]:
    """What a destructive command hits where nothing in the tree says what that is: something, and nobody could look."""
    if command.previewed or not _ELSEWHERE & set(command.effects):
        return
    end = hands.node("resource", f"script:{script.path}:{command.source.line}")
    why = "what it reaches was not traced"
    yield Edge(node, f"{command.program} destroys what it reaches", end, "unknown", (command.source,), (), why)


def _stacks(hands: Hands, graph: AccessGraph, script: ScriptFile, command: Command, node: Node) -> Iterator[Edge]:
    """What a recipe that destroys infrastructure takes along, although nobody lets the agent run the tool itself."""
    if "iac-destroy" not in command.effects or command.program not in _STACK_PROGRAMS:
        return
    here = posixpath.dirname(script.path)
    written = next((word.partition("=")[2] for word in command.words if word.startswith("-chdir=")), "")
    hidden = "$" in written or "{" in written
    places = {posixpath.normpath(posixpath.join(here, written)), posixpath.normpath(written or here)}
    for module in graph.modules:
        named = not hidden and module.name in places
        taken = tuple(taken_along(hands, graph, module)) if named or hidden or not written else ()
        if taken:
            why = "" if named else "in which directory it runs is not written there"
            grade: Grade = "proven" if named else "unknown"
            yield Edge(node, "destroys a stack", run_in(hands, module), grade, (command.source, module.source), (), why)
            yield from taken
