"""YAML from PyYAML's event stream: no tags are obeyed, no object is ever constructed.

Plain scalars follow the core schema of YAML 1.2, as the tools read that agents use: `yes` and `on` stay text. Merge
keys (`<<`) are applied, because compose files rely on them. An alias shares its anchor's value; what aliases would
write out in full is limited, so that a small file cannot grow into a large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from remit.collect.nodes import Growing, Member, Node, check_depth, clean_text, number
from remit.errors import CollectError

_LOADER: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_RESOLVED = frozenset(_CORE + name for name in ("int", "float", "bool", "null"))
_LITERALS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}|0x[0-9a-fA-F]{1,300}|0o[0-7]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
_MAX_ALIASED = 50_000
_FENCE = re.compile(r"---[ \t]*\r?\n")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)


def parse_yaml(text: str) -> tuple[Node, ...]:
    """Read each document of a YAML stream.

    Raises CollectError for text that is not YAML, nests too deep, or whose aliases expand to too much.
    """
    composer = _Composer()
    try:
        for event in _events(clean_text(text)):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CollectError("is not valid YAML", mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError):
        raise CollectError("is not valid YAML") from None
    return tuple(composer.documents)


def parse_front_matter(text: str) -> Node | None:
    """Read the YAML block at the very start of a Markdown text; None where there is none."""
    text = clean_text(text)
    start = _FENCE.match(text)
    end = _FENCE_END.search(text, start.end()) if start else None
    if end is None:
        return None
    documents = parse_yaml(text[: end.start()])
    return documents[0] if documents else None


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_LOADER))


@dataclass(slots=True)
class _Composer:
    """Builds nodes from events with a stack of its own."""

    documents: list[Node] = field(default_factory=list)
    stack: list[Growing] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """The anchor of each open container."""
    anchors: dict[str, tuple[Node, int, int]] = field(default_factory=dict)
    """Name to value, its size written out, and its depth."""
    depths: list[int] = field(default_factory=list)
    """How many levels have been seen below each open container."""
    aliased: int = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.DocumentStartEvent():
                self.anchors.clear()
            case yaml.ScalarEvent():
                self.scalar(event, line)
            case yaml.AliasEvent():
                self.alias(event.anchor or "", line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.open("object" if isinstance(event, yaml.MappingStartEvent) else "array", event.anchor, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close()

    def open(self, kind: str, anchor: str | None, line: int) -> None:
        check_depth(len(self.stack) + 1, line)
        self.stack.append(Growing("object" if kind == "object" else "array", line))
        self.names.append(anchor)
        self.depths.append(1)
        if anchor is not None:
            self.anchors.pop(anchor, None)

    def close(self) -> None:
        frame, anchor, depth = self.stack.pop(), self.names.pop(), self.depths.pop()
        node = _merged(frame.finish())
        if anchor is not None:
            self.anchors[anchor] = (node, frame.size, depth)
        self.add(node, frame.size, depth)

    def add(self, node: Node, size: int, depth: int) -> None:
        if not self.stack:
            self.documents.append(node)
            return
        frame = self.stack[-1]
        frame.size += size
        self.depths[-1] = max(self.depths[-1], depth + 1)
        if frame.kind == "object" and frame.key is None:
            frame.key, frame.key_line = _key(node), node.line
        else:
            frame.add(node)

    def scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        wants_key = bool(self.stack) and self.stack[-1].kind == "object" and self.stack[-1].key is None
        node = Node("string", line, event.value) if wants_key else _resolve(event, line)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1, 0)
        self.add(node, 1, 0)

    def alias(self, name: str, line: int) -> None:
        if name not in self.anchors:
            raise CollectError("alias without an anchor, or within its own anchor", line)
        node, size, depth = self.anchors[name]
        self.aliased += size
        if self.aliased > _MAX_ALIASED:
            raise CollectError("aliases expand to too much", line)
        check_depth(len(self.stack) + depth, line)
        self.add(node, size, depth)


def _key(node: Node) -> str:
    """A key as text; a key that is a list or a mapping has none."""
    return "" if node.value is None else str(node.value)


def _resolve(event: yaml.ScalarEvent, line: int) -> Node:
    text: str = event.value
    if not event.implicit[0] and event.tag not in _RESOLVED:
        return Node("string", line, text)
    if text in _LITERALS:
        return Node("boolean", line, _LITERALS[text])
    if text in _NULLS:
        return Node("null", line)
    if _INTEGER.fullmatch(text):
        return number(int(text, 0) if text[1:2] in ("x", "o") else int(text), line)
    if _FLOAT.fullmatch(text):
        return number(float(text), line)
    return Node("string", line, text)


def _merged(node: Node) -> Node:
    """The mapping with its merge keys applied: own keys win, then the mapping that was merged first."""
    sources = [source for member in node.members if member.key == "<<" for source in _sources(member.node)]
    if not sources:
        return node
    own = [member for member in node.members if member.key != "<<" or not _sources(member.node)]
    taken = {member.key for member in own}
    merged: list[Member] = []
    for source in sources:
        fresh = [member for member in source.members if member.key not in taken]
        taken.update(member.key for member in fresh)
        merged.extend(fresh)
    return Node(node.kind, node.line, None, (*merged, *own))


def _sources(node: Node) -> tuple[Node, ...]:
    """The mappings that a merge key names; none where its value is something else."""
    nodes = node.items if node.kind == "array" else (node,)
    return nodes if all(each.kind == "object" for each in nodes) else ()
