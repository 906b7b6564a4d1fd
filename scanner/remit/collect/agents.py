"""Agent configurations: every agent's files, parsed and with their secrets masked, joined to one subject a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from remit.access.agent import Access, Agent, Audit, Egress, Gate, McpServer, SandboxState, Where
from remit.agents.reader import AgentFile, AgentReader, Layer, Reading
from remit.collect.agent_files import agent_file
from remit.collect.collector import Collector, Document, Scope
from remit.evidence import Gap, Standing, Unknown
from remit.registry import discover
from remit.verbs import VERB_CLASSES


@cache
def readers() -> tuple[AgentReader, ...]:
    """Every installed agent, sorted by name."""
    return discover("remit.agents", AgentReader, lambda reader: reader.name)


def _wants(path: str) -> bool:
    return any(reader.layer_of(path, machine=machine) for reader in readers() for machine in (False, True))


def _parse(document: Document) -> Iterator[AgentFile | Gap]:
    for reader in readers():
        placed = reader.layer_of(document.path, machine=document.standing == "machine")
        if placed is None:
            continue
        file = agent_file(reader, *placed, document)
        yield file
        if not file.problem and not file.strict:
            reason = "is not valid by the rules of its format, so the agent may drop it whole"
            yield Gap("agents", document.path, f"line {file.problem_line or 1}: {reason}", ())
        if file.problem:
            where = f"line {file.problem_line}: " if file.problem_line else ""
            # Nothing is left undecided by the gap itself: the agent's own facts become unknown.
            yield Gap("agents", document.path, f"{where}{file.problem}", ())


# ------------------------------------------------------------------------------------------------------- linking


def _link(files: Sequence[AgentFile], gaps: Sequence[Gap], scope: Scope) -> Iterable[Agent]:
    for reader in readers():
        own = [*(file for file in files if file.agent == reader.name), *_unopened(reader, gaps)]
        shared = [file for file in own if file.machine]
        places = _places(reader, [file for file in own if not file.machine])
        for root in sorted(places):
            yield _agent(reader, root, "project", [*shared, *places[root]])
        if shared and not places:
            yield _agent(reader, "", "machine", shared)


def _unopened(reader: AgentReader, gaps: Sequence[Gap]) -> Iterator[AgentFile]:
    """An agent's files that were listed and could not be opened: they are there, whatever they say."""
    for gap in gaps:
        machine = gap.path.startswith(("~/", "/"))
        placed = _folder(reader, gap.path) if gap.path.endswith("/") else reader.layer_of(gap.path, machine=machine)
        if placed and Agent.__name__ in gap.affects:
            layer, root = placed
            problem = None if layer.evidence else gap.reason
            standing: Standing = "machine" if machine else "present"
            root = "" if machine else root
            yield AgentFile(reader.name, layer.name, root, gap.path, standing, None, problem, strict=False)


def _folder(reader: AgentReader, path: str) -> tuple[Layer, str] | None:
    """The layer that a folder of an agent's own would hold, such as `.claude/`, and the directory it governs."""
    root, _, name = path.removesuffix("/").rpartition("/")
    if not name.startswith(".") or not any(mark and mark in name for mark in reader.marks):
        return None
    return next(((layer, root) for layer in reader.layers if not layer.machine and not layer.evidence), None)


def _places(reader: AgentReader, files: Sequence[AgentFile]) -> dict[str, list[AgentFile]]:
    """The project files that govern each place.

    A file that only shows the agent is used makes no place of its own below one: sessions start above it.
    """
    evidence = {layer.name for layer in reader.layers if layer.evidence}
    places: dict[str, list[AgentFile]] = defaultdict(list)
    for file in files:
        if file.layer not in evidence:
            places[file.root].append(file)
    configured = sorted(places, reverse=True)
    for file in files:
        if file.layer in evidence:
            places[next((root for root in configured if _within(file.root, root)), "")].append(file)
    if reader.inherits:
        for root in configured:
            above = (other for other in configured if other != root and _within(root, other))
            places[root] += [
                file for other in above for file in files if file.root == other and file.layer not in evidence
            ]
    return places


def _within(root: str, other: str) -> bool:
    return other in {"", root} or root.startswith(f"{other}/")


def _depth(path: str) -> int:
    return path.count("/") + 1 if path else 0


def _agent(reader: AgentReader, root: str, where: Where, files: Sequence[AgentFile]) -> Agent:
    order = {layer.name: position for position, layer in enumerate(reader.layers)}
    evidence = {layer.name for layer in reader.layers if layer.evidence}
    files = sorted(files, key=lambda file: (order[file.layer], _depth(file.root), _depth(file.path), file.path))
    broken = [file for file in files if file.problem]
    reading = reader.read([file for file in files if not file.problem])
    if broken:
        reading = _blurred(reading, broken)
    access = reading.access
    if root and access.reads is not None:
        access = replace(access, reads=_seen_from(root, access.reads))
    configuring = [file for file in files if file.layer not in evidence] or files
    return Agent(
        agent=reader.name,
        title=reader.title,
        where=where,
        root=root,
        files=tuple(file.path for file in files),
        access=access,
        inert=reading.inert,
        sources=tuple(file.source(1) for file in dict.fromkeys([*broken, *configuring]))[:5],
        notes=reading.notes,
        bypass=reading.bypass,
    )


def _seen_from(root: str, reads: Callable[[str], bool]) -> Callable[[str], bool]:
    """The same question about paths of the target, for rules that start in the directory an agent works in."""

    def seen(path: str) -> bool:
        if path.startswith(("~/", "/")):
            return reads(path)
        inside = path.removeprefix(f"{root}/")
        return reads(inside if inside != path else f"/(above {root})/{path}")

    return seen


def _blurred(reading: Reading, broken: Sequence[AgentFile]) -> Reading:
    """One unreadable layer leaves open whatever it could change; what the others ask for stays on record."""
    why = Unknown("; ".join(f"{file.path} could not be read: {file.problem}" for file in broken))
    unread = tuple(_unread(file, why) for file in broken)
    access = Access(
        approval=why,
        bypass_requested=reading.access.bypass_requested,
        bypass_reachable=why,
        shell_without_approval=why,
        rules=reading.access.rules,
        sandbox=SandboxState(why, why, why, reading.access.sandbox.escapes),
        read_deny=reading.access.read_deny,
        env_files_denied=why,
        egress=Egress(why),
        mcp=(*reading.access.mcp, *unread),
        audit=Audit(why, None, why),
        gates=tuple(Gate(each, why, "", why.why, False) for each in VERB_CLASSES),
        gate_hook=why,
        gate_hooks=reading.access.gate_hooks,
    )
    return replace(reading, access=access)


def _unread(file: AgentFile, why: Unknown) -> McpServer:
    """Stands for the servers that an unreadable file may define."""
    return McpServer(
        name=f"(whatever {file.path} defines)",
        transport="stdio",
        command=(),
        url=None,
        package=None,
        pinned=why,
        inline_secret=False,
        auto_approved=False,
        classes=(),
        source=file.source(file.problem_line or 1),
    )


AGENTS = Collector(
    name="agents",
    version=2,
    fact=AgentFile,
    subjects=(Agent,),
    wants=_wants,
    parse=_parse,
    link=_link,
    by_place=True,
)
