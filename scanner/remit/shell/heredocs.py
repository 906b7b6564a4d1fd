"""Here-documents taken out of a shell text before it is parsed.

The grammar loses its way in the rarer shapes (`if ! psql <<EOF; then`, two on one line, `<<EOF|psql`), and a command
lost there would read as harmless. So each body is cut out first, the lines kept, and an input redirection from a
numbered stand-in left in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

_UNENDED = 10_000
_MARK = "__remit_heredoc_"
_TOKEN = re.compile(r"\\.|'|\"|\$\(\(|\(\(|\$\(|\$'|\(|\)|`|#|<<<|<<(?P<tabs>-?)|\n", re.DOTALL)
_DELIMITER = re.compile(
    r"[ \t]*(?:'(?P<single>[^'\n]{1,80})'|\"(?P<double>[^\"\n]{1,80})\"|(?P<bare>\\?[\w.!%+-]{1,80}))"
)


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A body, whether the shell expands it, and the line on which it begins."""

    body: str
    expanded: bool
    line: int


def stand_in(word: str) -> int | None:
    """The number of the here-document that a word stands for."""
    tail = word.removeprefix(_MARK)
    return int(tail) if tail != word and len(tail) < 8 and tail.isascii() and tail.isdigit() else None


def cut(text: str) -> tuple[str, tuple[Heredoc, ...]]:
    """The text without here-documents, line for line, and the here-documents."""
    return _Cutter(text).run() if "<<" in text else (text, ())


class _Cutter:
    """A walk over the tokens that decide whether `<<` starts a here-document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.copied = 0
        self.found: list[Heredoc] = []
        self.waiting: list[tuple[str, bool, bool]] = []
        self.context: list[str] = []
        self.line = 1
        self.counted = 0
        self.unended = False
        self.ends: dict[bool, dict[str, list[int]]] = {}

    def run(self) -> tuple[str, tuple[Heredoc, ...]]:
        position = 0
        while token := _TOKEN.search(self.text, position):
            position = self.step(token)
        self.out.append(self.text[self.copied :])
        return "".join(self.out), tuple(self.found)

    def step(self, token: re.Match[str]) -> int:
        """Deal with one token; the place to go on from."""
        text, quoted = token[0], bool(self.context) and self.context[-1] == '"'
        if text == "\n":
            return self.bodies(token.end()) if self.waiting else token.end()
        if text == '"':
            self.context.pop() if quoted else self.context.append('"')
        elif text in {"$(", "$(("}:
            self.context.extend("(" * (len(text) - 1))
        elif quoted or text.startswith("\\"):
            return token.end()
        elif text in {"'", "$'"}:
            return self.after_quote(token)
        elif text == "#" and _starts_word(self.text, token.start()):
            end = self.text.find("\n", token.end())
            return end if end >= 0 else len(self.text)
        elif text in {"(", "(("}:
            self.context.extend("(" * len(text))
        elif text == ")" and self.context:
            self.context.pop()
        elif token["tabs"] is not None and self.context[-2:] != ["(", "("]:
            return self.opening(token)
        return token.end()

    def after_quote(self, token: re.Match[str]) -> int:
        end = self.text.find("'", token.end())
        while token[0] == "$'" and end > 0 and self.text[end - 1] == "\\":
            end = self.text.find("'", end + 1)
        return end + 1 if end >= 0 else len(self.text)

    def opening(self, token: re.Match[str]) -> int:
        delimiter = _DELIMITER.match(self.text, token.end())
        if not delimiter:
            return token.end()
        quoted = delimiter["bare"] is None or delimiter["bare"].startswith("\\")
        word = delimiter["single"] or delimiter["double"] or delimiter["bare"].removeprefix("\\")
        rest = self.text[delimiter.end() : delimiter.end() + 1]
        redirect = "<<<" if rest and rest in " \t" and _argument_follows(self.text, delimiter.end()) else "<"
        self.out.append(self.text[self.copied : token.start()])
        self.out.append(f" {redirect} {_MARK}{len(self.found) + len(self.waiting)} ")
        self.copied = delimiter.end()
        self.waiting.append((word, not quoted, bool(token["tabs"])))
        return delimiter.end()

    def bodies(self, position: int) -> int:
        """Take the bodies that begin on this line."""
        self.out.append(self.text[self.copied : position])
        start = position
        for word, expanded, tabs in self.waiting:
            begin = position
            end = self.end_of(word, tabs, begin)
            # Without an end the shell would read on to the end of the file. More likely this is no here-document at
            # all, so the lines stay: a command may not vanish because of a misread operator.
            body = self.text[begin:end] if end is not None else self.text[begin : begin + _UNENDED]
            if end is not None:
                position = self.text.find("\n", end) + 1 or len(self.text)
            self.found.append(
                Heredoc(body if end is not None or not self.unended else "", expanded, self.line_of(begin))
            )
            self.unended = self.unended or end is None
        self.waiting.clear()
        self.out.append("\n" * self.text.count("\n", start, position))
        self.copied = position
        return position

    def end_of(self, word: str, tabs: bool, begin: int) -> int | None:
        """Where the line with the closing word starts."""
        if tabs not in self.ends:
            self.ends[tabs] = _lines(self.text, tabs)
        places = self.ends[tabs].get(word, [])
        place = bisect_left(places, begin)
        return places[place] if place < len(places) else None

    def line_of(self, position: int) -> int:
        self.line += self.text.count("\n", self.counted, position)
        self.counted = position
        return self.line


def _lines(text: str, tabs: bool) -> dict[str, list[int]]:
    """Where each line that could close a here-document starts."""
    found: dict[str, list[int]] = {}
    for line in re.finditer(r"^.{1,100}$", text, re.MULTILINE):
        word = (line[0].lstrip("\t") if tabs else line[0]).rstrip("\r")
        found.setdefault(word, []).append(line.start())
    return found


def _starts_word(text: str, position: int) -> bool:
    return position == 0 or text[position - 1] in " \t\n;&|()"


def _argument_follows(text: str, position: int) -> bool:
    end = text.find("\n", position)
    rest = text[position : end if end >= 0 else len(text)].lstrip(" \t")
    return bool(rest) and rest[0] not in ";&|)><\\#"
