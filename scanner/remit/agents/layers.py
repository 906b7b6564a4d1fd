"""Configuration files in order of precedence, and the two ways agents combine them: the highest wins, or all add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remit.agents.reader import AgentFile
from remit.collect.documents import Member, Node
from remit.evidence import Source


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the file that holds it."""

    node: Node
    file: AgentFile

    @property
    def source(self) -> Source:
        """The place of the value."""
        return self.file.source(self.node.line)


@dataclass(frozen=True, slots=True)
class Layers:
    """An agent's files, lowest precedence first."""

    files: tuple[AgentFile, ...]

    @classmethod
    def of(cls, files: Sequence[AgentFile], *names: str) -> Layers:
        """The files of the named layers, of all where none is named."""
        return cls(tuple(file for file in files if file.document and (not names or file.layer in names)))

    def only(self, *names: str) -> Layers:
        """The files of the named layers."""
        return Layers.of(self.files, *names)

    def without(self, *names: str) -> Layers:
        """The files of all other layers."""
        return Layers(tuple(file for file in self.files if file.layer not in names))

    def each(self, *path: str) -> Iterator[Found]:
        """The value of a key in every file that has it, lowest first."""
        for file in self.files:
            node = file.document.at(*path) if file.document else None
            if node is not None:
                yield Found(node, file)

    def highest(self, *path: str) -> Found | None:
        """The value that wins where the highest file wins."""
        for file in reversed(self.files):
            node = file.document.at(*path) if file.document else None
            if node is not None:
                return Found(node, file)
        return None

    def flag(self, *path: str, default: bool = False) -> bool:
        """The winning boolean of a key."""
        found = self.highest(*path)
        value = found.node.flag() if found else None
        return default if value is None else value

    def text(self, *path: str) -> str | None:
        """The winning string of a key."""
        found = self.highest(*path)
        return found.node.text() if found else None

    def strings(self, *path: str) -> Iterator[tuple[str, Source, AgentFile]]:
        """The strings of an array over all files, as far as arrays add up."""
        for found in self.each(*path):
            for text, line in found.node.strings():
                yield text, found.file.source(line), found.file

    def members(self, *path: str) -> Iterator[tuple[str, Node, AgentFile]]:
        """Every member of a table, merged over all files, with the highest file that names it."""
        merged: dict[str, tuple[Node, AgentFile]] = {}
        for found in self.each(*path):
            for member in found.node.members:
                known = merged.get(member.key)
                node = merge(known[0], member.node) if known else replace(member.node, line=member.line)
                merged[member.key] = replace(node, line=member.line), found.file
        for name, (node, file) in merged.items():
            yield name, node, file


def merge(low: Node, high: Node) -> Node:
    """Two values of one key: tables merge member by member, anything else is replaced."""
    if low.kind != "object" or high.kind != "object":
        return high
    members = {member.key: member for member in low.members}
    for member in high.members:
        known = members.get(member.key)
        node = merge(known.node, member.node) if known else member.node
        members[member.key] = Member(member.key, member.line, node)
    return replace(high, members=tuple(members.values()))
