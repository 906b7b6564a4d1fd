"""Reading one configuration file of an agent: its format, its strictness, and every secret in it masked."""

from __future__ import annotations

import re
from dataclasses import replace

from remit.agents.reader import AgentFile, AgentReader, Layer
from remit.collect.collector import Document
from remit.collect.documents import Member, Node, map_strings, parse_front_matter, parse_json, parse_toml
from remit.credentials.placeholder import is_placeholder, is_reference
from remit.credentials.redact import names_a_secret, redact_text, redact_value
from remit.errors import CollectError

MAX_LINES = 20_000
"""More lines of an ignore or rules file are not read."""


def agent_file(reader: AgentReader, layer: Layer, root: str, document: Document) -> AgentFile:
    """One file of an agent, read; a file that cannot be read says why."""
    root = "" if layer.machine else root
    file = AgentFile(reader.name, layer.name, root, document.path, document.standing, None)
    try:
        node, strict, line = _document(layer, document)
    except CollectError as error:
        return replace(file, problem=error.reason, problem_line=error.line or 0, strict=False)
    node = layer.reduce(node) if node and layer.reduce else node
    return replace(file, document=_masked(node) if node else None, problem_line=line, strict=strict)


def _document(layer: Layer, document: Document) -> tuple[Node | None, bool, int]:
    """The parsed file, whether its format's strict rules hold, and the line of the first fault."""
    match layer.format:
        case "json" | "jsonc":
            text = document.text()
            parsed = parse_json(text) if text.strip() else None
            if parsed is None or parsed.root.kind != "object":
                return Node("object", 1), False, 1  # there is nothing in it that an agent would take
            line = parsed.problems[0][0] if parsed.problems else 0
            return parsed.root, parsed.strict_ok or layer.format == "jsonc", line
        case "toml":
            return parse_toml(document.text()), True, 0
        case "front-matter":
            return _front_matter(document.text()), True, 0
        case "lines":
            lines = enumerate(document.text().splitlines()[:MAX_LINES], start=1)
            return (
                Node("array", 1, items=tuple(Node("string", at, text) for at, text in lines if text.strip())),
                True,
                0,
            )
        case "presence":
            return None, True, 0


_FIELD = re.compile(r"([A-Za-z-]{1,40}):[ \t]*(\S.{0,4000})")


def _front_matter(text: str) -> Node | None:
    """The block at the head; agents take it even where it is not quite YAML, and so do we, line by line."""
    try:
        return parse_front_matter(text)
    except CollectError:
        members = []
        for at, line in enumerate(text.splitlines()[1:MAX_LINES], start=2):
            if line.strip() == "---":
                break
            if found := _FIELD.fullmatch(line.rstrip()):
                members.append(Member(found[1], at, Node("string", at, found[2].strip("'\""))))
        return Node("object", 1, members=tuple(members))


def _masked(node: Node) -> Node:
    return _mask_arguments(map_strings(node, _redacted))


_FILE = re.compile(
    r"(?:~|\.{1,2})?/?[\w.@-]{1,100}(?:/[\w.@-]{1,100}){0,30}\.(?:json|pem|key|crt|txt|env|ya?ml|toml|p8|p12|sh)"
)


# What a rule says about a path or tool whose own name may sound like a secret's: `"secrets" = "deny"`.
_ANSWERS = frozenset({"allow", "approve", "ask", "auto", "deny", "disable", "mask", "none", "prompt", "read", "write"})


def _redacted(key: str | None, text: str) -> str:
    """A secret's value masked; the path of a file that holds one, and a word that stands for one, are none."""
    if text in _ANSWERS:
        return text
    if key and names_a_secret(key) and not is_reference(text):
        if _FILE.fullmatch(text):
            return redact_text(text)
        if is_placeholder(text):
            return "‹placeholder›"
    return redact_value(key, text)


def _mask_arguments(node: Node) -> Node:
    """The same tree without the words that follow a flag such as `--api-key` in an argument vector."""
    if node.kind == "object":
        members = tuple(replace(member, node=_mask_arguments(member.node)) for member in node.members)
        return replace(node, members=members)
    if node.kind != "array":
        return node
    items: list[Node] = []
    for item in node.items:
        flag = items[-1].text() if items else None
        value = item.text()
        secret = flag and flag.startswith("-") and "=" not in flag and names_a_secret(flag.lstrip("-"))
        if secret and value and not value.startswith("-") and not is_reference(value) and "‹" not in value:
            items.append(replace(item, value="‹secret›"))
        else:
            items.append(_mask_arguments(item))
    return replace(node, items=tuple(items))
