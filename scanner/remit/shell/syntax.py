"""Shell text read into simple commands, still with whatever wraps them.

The grammar is tree-sitter's for bash, which goes on after faults. The walk keeps its own stack, so that no depth of
nesting in a hostile file can exhaust Python's.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from remit.errors import CollectError
from remit.shell.command import Word
from remit.shell.heredocs import Heredoc, cut, stand_in
from remit.shell.limits import refuse_hostile
from remit.shell.words import Reading, Values, read_word, read_words

_MOST_NESTING = 500
_NESTS = frozenset(
    {"command_substitution", "subshell", "process_substitution", "compound_statement", "if_statement", "expansion"}
)
_SETTERS = frozenset({"read", "mapfile", "readarray", "getopts", "unset"})
_NOT_ASCII = re.compile(r"[^\x01-\x7f]")
_EXPORT = re.compile(r"export\s|(?:declare|typeset|local|readonly)\s+-[a-zA-Z]*x")
_REDIRECTS = frozenset({"file_redirect", "herestring_redirect", "heredoc_redirect"})


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command as written: its words, the variables set for it, what it is fed."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, str | None], ...] = ()
    """Name and value; None for a value known only at run time."""
    stdin: Word | None = None
    line: int = 1


@dataclass(frozen=True, slots=True)
class Script:
    """The commands of a text in order, its variables, and the here-documents whose substitutions run, too."""

    commands: tuple[Simple, ...]
    values: Values
    exported: Mapping[str, str]
    expanded: tuple[Heredoc, ...] = ()


@dataclass(slots=True)
class _Places:
    """Nodes worth a second look, in the order of the text."""

    commands: list[tuple[Node, Word | None]] = field(default_factory=list)
    settings: list[tuple[Node, bool]] = field(default_factory=list)
    """Assignments that outlive their line, and whether they are exported."""
    uncertain: list[Node] = field(default_factory=list)
    """Nodes that name a variable whose value changes at run time."""
    faults: list[Node] = field(default_factory=list)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def read(text: str, known: Values | None = None) -> Script:
    """The simple commands of a shell text.

    Raises CollectError for text longer or nested deeper than any honest script.
    """
    refuse_hostile(text)
    whole = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    body, heredocs = cut(whole)
    reading = Reading(body, dict(known or {}))
    places = _visit(_parsed(body), reading, heredocs)
    exported = _assign(reading, places, known or {})
    commands = [_command(reading, node, stdin) for node, stdin in places.commands]
    if places.faults:
        commands = _mended(reading, commands, places.faults)
    found = tuple(command for command in commands if command.words or command.assignments)
    return Script(found, reading.values, exported, tuple(each for each in heredocs if each.expanded))


def _parsed(source: str) -> Node:
    """The syntax tree, every character outside ASCII taken for a letter.

    The grammar's own scanner looks characters up in a table of 256 without asking how large they are: a brace and a
    character of a high plane read past its end, and the process dies.
    """
    return _parser().parse(_NOT_ASCII.sub("_", source).encode("ascii")).root_node


def _visit(root: Node, reading: Reading, heredocs: tuple[Heredoc, ...]) -> _Places:
    places = _Places()
    stack: list[tuple[Node, Word | None, int, str]] = [(root, None, 0, "")]
    while stack:
        node, stdin, depth, within = stack.pop()
        if depth > _MOST_NESTING:
            raise CollectError(f"nests commands deeper than {_MOST_NESTING} levels", node.start_point.row + 1)
        depth += node.type in _NESTS
        inside = ""
        if node.type in {"command", "redirected_statement"}:
            stdin = _fed(reading, node, heredocs) or stdin
        match node.type:
            case "command":
                places.commands.append((node, stdin))
                inside, stdin = "command", None
            case "declaration_command":
                inside = "export" if _EXPORT.match(reading.raw(node)[:200]) else "declaration"
            case "variable_assignment" if within != "command":
                places.settings.append((node, within == "export"))
            case "for_statement" | "unset_command":
                places.uncertain.extend(child for child in node.named_children if child.type == "variable_name")
            case "ERROR":
                places.faults.append(node)
            case "pipeline":
                feeds = reversed(list(_pipeline(reading, node, stdin, heredocs)))
                stack.extend((child, feed, depth, "") for child, feed in feeds)
                continue
        stack.extend((child, stdin, depth, inside) for child in reversed(node.named_children))
    return places


def _pipeline(
    reading: Reading, node: Node, stdin: Word | None, heredocs: tuple[Heredoc, ...]
) -> Iterator[tuple[Node, Word | None]]:
    feed = stdin
    for child in node.named_children:
        yield child, feed
        if child.type != "comment":
            feed = _printed(reading, child, feed, heredocs)


def _printed(reading: Reading, node: Node, stdin: Word | None, heredocs: tuple[Heredoc, ...]) -> Word:
    """What the next part of a pipeline is fed."""
    unseen = Word("$(pipe)", True, True, node.start_point.row + 1)
    for _ in range(10):
        fed = _fed(reading, node, heredocs) if node.type in {"command", "redirected_statement"} else None
        stdin = fed or stdin
        inner = [child for child in node.named_children if child.type not in _REDIRECTS and child.type != "comment"]
        if node.type == "command":
            return _output_of(_command(reading, node, stdin)) or unseen
        if not inner or node.type not in {"redirected_statement", "subshell", "compound_statement", "pipeline"}:
            return unseen
        node = inner[-1]
    return unseen


def _output_of(command: Simple) -> Word | None:
    if not command.words:
        return None
    program, rest = command.words[0].text, command.words[1:]
    hidden, line = any(word.hidden for word in rest), command.words[0].line
    if program == "yes":
        return Word(" ".join(word.text for word in rest) or "y", hidden, False, line)
    if program in {"echo", "printf"}:
        if program == "printf" and len(rest) > 1 and "%" in rest[0].text:
            rest = rest[1:]
        text = " ".join(
            word.text for word in rest if program == "printf" or word.text not in {"-n", "-e", "-ne", "-en"}
        )
        return Word(text.replace("\\n", "\n"), hidden, hidden, rest[0].line if rest else line)
    if program in {"cat", "tee", "envsubst"} and not any(
        word.text == "-" or not word.text.startswith("-") for word in rest
    ):
        return command.stdin
    return None


def _fed(reading: Reading, node: Node, heredocs: tuple[Heredoc, ...]) -> Word | None:
    """What a redirection of this node feeds to it: the last one counts."""
    fed = None
    for child in node.children:
        if child.type == "herestring_redirect" or (child.type == "file_redirect" and _reads(child)):
            target = next((each for each in child.named_children if each.type != "file_descriptor"), None)
            if target is None:
                continue
            word = read_word(reading, target)
            number = stand_in(word.text)
            if number is not None and number < len(heredocs):
                heredoc = heredocs[number]
                hidden = heredoc.expanded and ("$" in heredoc.body or "`" in heredoc.body)
                fed = Word(heredoc.body, hidden, hidden, heredoc.line)
            else:
                fed = word if child.type == "herestring_redirect" else Word(word.text, True, True, word.line)
    return fed


def _reads(redirect: Node) -> bool:
    return any(child.type == "<" for child in redirect.children)


def _assign(reading: Reading, places: _Places, known: Values) -> dict[str, str]:
    """Fill in the variables of the text; the exported ones with a known value."""
    exported: dict[str, str] = {}
    seen: set[str] = set()
    for node, is_exported in places.settings:
        name_node, value_node = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name_node is None:
            continue
        plain = name_node.type == "variable_name" and not any(child.type == "+=" for child in node.children)
        name = reading.raw(name_node).partition("[")[0]
        words = _value(reading, value_node) if plain else None
        certain = words is not None and (name not in seen or reading.values.get(name) == words)
        reading.values[name] = words if certain else None
        seen.add(name)
        if is_exported and words:
            exported[name] = " ".join(word.text for word in words)
    for node in places.uncertain:
        reading.values[reading.raw(node)] = None
    for node, _ in places.commands:
        name_child = node.child_by_field_name("name")
        if name_child is not None and reading.raw(name_child) in _SETTERS:
            reading.values.update((reading.raw(child), None) for child in node.named_children if child.type == "word")
    return exported


def _value(reading: Reading, node: Node | None) -> tuple[Word, ...] | None:
    """What an assignment gives; None where that is decided at run time."""
    if node is None:
        return (Word(""),)
    items = node.named_children if node.type == "array" else [node]
    words = [replace(read_word(reading, item), line=1) for item in items]
    return None if any(word.hidden for word in words) else tuple(words)


def _command(reading: Reading, node: Node, stdin: Word | None) -> Simple:
    words: list[Word] = []
    assignments: list[tuple[str, str | None]] = []
    for child in node.children:
        if child.type == "variable_assignment":
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            given = _value(reading, value)
            if name is not None:
                assignments.append(
                    (reading.raw(name), None if given is None else " ".join(word.text for word in given))
                )
        elif child.type == "command_name" and child.child_count:
            words.extend(read_words(reading, child.children[0]))
        elif child.type == "ERROR":
            words.extend(word for part in child.named_children for word in read_words(reading, part))
        elif child.type not in _REDIRECTS and child.type != "comment":
            words.extend(read_words(reading, child))
    return Simple(tuple(words), tuple(assignments), stdin, node.start_point.row + 1)


def _mended(reading: Reading, commands: list[Simple], faults: list[Node]) -> list[Simple]:
    """The commands with those added that stand on lines the grammar could not follow.

    Such a line is read alone. That may find a command in what is really a text over several lines, which is the better
    mistake: a fault in a script must not hide what the script does.
    """
    taken = sorted({command.line for command in commands})
    lines = reading.source.split("\n")
    found: list[Simple] = []
    done: set[int] = set()
    for fault in faults:
        for row in range(fault.start_point.row, min(fault.end_point.row + 1, len(lines))):
            if row in done:
                continue
            done.add(row)
            place = bisect.bisect_left(taken, row + 1)
            if place < len(taken) and taken[place] == row + 1:
                continue
            found.extend(_line(lines[row].strip(), row + 1))
    return sorted([*commands, *found], key=lambda command: command.line)


def _line(text: str, line: int) -> Iterator[Simple]:
    if not text or len(text) > 20_000:
        return
    part = Reading(text)
    for node, stdin in _visit(_parsed(text), part, ()).commands:
        yield replace(_command(part, node, stdin), line=line)
