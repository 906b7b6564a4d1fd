"""From an agent to what its MCP servers do: they run beside its sandbox, with the rights of its user."""

from __future__ import annotations

from collections.abc import Iterator

from remit.access.agent import McpServer
from remit.access.graph import AccessGraph, Edge, Node
from remit.access.hands import Hands
from remit.access.nodes import HOME, credential_name, destroys
from remit.evidence import Credential

_LINES = 12
"""How far below its name an entry goes on, where no further server ends it."""
_OUTSIDE = "MCP servers start outside the sandbox, as the user"


def edges(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """What servers that are called unasked can destroy."""
    for server in hands.agent.access.mcp:
        if not unasked(hands, server):
            continue
        node = server_node(hands, server)
        yield call(hands, server)
        if "shell" in server.classes:
            yield from _shell(hands, graph, server, node)
        elif "write" in server.classes:
            yield from _write(hands, graph, server, node)
        elif not server.classes:
            yield from _unknown(hands, graph, server, node)


def unasked(hands: Hands, server: McpServer) -> bool:
    """Whether nobody is asked before the agent calls a server."""
    return server.auto_approved or bool(hands.agent.bypass)


def server_node(hands: Hands, server: McpServer) -> Node:
    """The server in the agent's hands."""
    return hands.node("tool", f"MCP server {server.name}")


def call(hands: Hands, server: McpServer) -> Edge:
    """The agent's call of a server."""
    cuts: tuple[str, ...] = ("LP-022", "LP-024")
    why = "its tools are approved beforehand"
    if server.approved_by_mode or not server.auto_approved:
        # LP-027 passes for a mode that asks about nothing inside a sandbox, and so cannot stop this.
        cuts = ("LP-024", "LP-027") if hands.agent.bypass else ("LP-024",)
        why = "it is started in a mode without approvals"
    return Edge(hands.start, "calls unasked", server_node(hands, server), "proven", (server.source,), cuts, why)


def _write(hands: Hands, graph: AccessGraph, server: McpServer, node: Node) -> Iterator[Edge]:
    """What it writes to: the resources of the credentials that stand in its entry, else whatever it was given."""
    deed, cuts = "can write and delete", ("LP-026",)
    given = tuple(_given(hands, graph, server))
    for each in given:
        resource = hands.node("resource", each.resource)
        yield Edge(node, deed, resource, "proven", (server.source, each.source), cuts)
    if not given:
        why = "what it is connected to was not traced"
        yield Edge(node, deed, hands.node("resource", f"mcp:{server.name}:*"), "unknown", (server.source,), cuts, why)


def _unknown(hands: Hands, graph: AccessGraph, server: McpServer, node: Node) -> Iterator[Edge]:
    """What a server that nobody knows was given the credentials for: whether its tools use them so nobody can see."""
    why = "what its tools do is not known"
    for each in _given(hands, graph, server):
        places = (server.source, each.source)
        resource = hands.node("resource", each.resource)
        yield Edge(node, "may write and delete", resource, "unknown", places, ("LP-013", "LP-026"), why)


def _given(hands: Hands, graph: AccessGraph, server: McpServer) -> Iterator[Credential]:
    """Credentials in the server's own entry: from its first line to that of the next server in the file."""
    starts = [each.source.line for each in hands.agent.access.mcp if each.source.path == server.source.path]
    first = server.source.line
    after = min((line for line in starts if line > first), default=None)
    for file in graph.credential_files:
        for each in file.credentials if file.path == server.source.path else ():
            line = each.source.line
            within = first <= line and (after is None or line < after)
            named = each.name in server.env_names or line <= first + _LINES
            if destroys(each) and within and named:
                yield each


def _shell(hands: Hands, graph: AccessGraph, server: McpServer, node: Node) -> Iterator[Edge]:
    if hands.agent.where != "ci":
        home, deed = hands.node("resource", HOME), "can delete its user's files"
        yield Edge(node, deed, home, "proven", (server.source,), ("SB-018",), _OUTSIDE)
    for file in graph.credential_files:
        for credential in filter(destroys, file.credentials):
            # In the server's hands: whoever reads the file without the server cannot use it through the server.
            held = hands.node("credential", f"{credential_name(credential)}, through {node.name}")
            yield Edge(node, f"reads {file.path}", held, "proven", (credential.source,), ("LP-011", "SB-018"), _OUTSIDE)
            yield Edge(
                held,
                "is used through the server",
                hands.node("resource", credential.resource),
                "proven",
                (server.source, credential.source),
                ("LP-013", "SB-018"),
                _OUTSIDE,
            )
