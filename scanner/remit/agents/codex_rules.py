"""Codex's rules about commands: `prefix_rule(pattern = ["git", ["push", "fetch"]], decision = "prompt")`.

Source: codex-cli 0.169.0, `codex execpolicy check`: a rule matches the first words of a command, a list among them
stands for alternatives, and the strictest of the rules that match decides. The files are Starlark; only literal
calls are read, nothing is evaluated, and a file with anything else says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Rule
from remit.agents.probes import covered, disguised
from remit.agents.reader import AgentFile
from remit.agents.shell_words import argv_of, parts_of

Effect = Literal["allow", "ask", "deny"]
_EFFECTS: dict[str, Effect] = {"allow": "allow", "prompt": "ask", "forbidden": "deny"}
_STRICTNESS: tuple[Effect, ...] = ("allow", "ask", "deny")
_TOKEN = re.compile(r'#[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[A-Za-z_]\w*|\s+|.', re.DOTALL)
_MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class PrefixRule:
    """A rule over the first words of a command; every word has one or more alternatives."""

    pattern: tuple[tuple[str, ...], ...]
    rule: Rule

    def matches(self, words: Sequence[str]) -> bool:
        """Whether a simple command starts with the pattern."""
        return len(words) >= len(self.pattern) and all(
            word in alternatives for word, alternatives in zip(words, self.pattern, strict=False)
        )


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of all files, and the files with code that is not read."""

    rules: tuple[PrefixRule, ...]
    unread: tuple[AgentFile, ...]

    @classmethod
    def of(cls, files: Sequence[AgentFile]) -> RuleBook:
        """Read every rules file."""
        rules: list[PrefixRule] = []
        unread: list[AgentFile] = []
        for file in files:
            found = list(_calls(file))
            rules += [each for each in found if isinstance(each, PrefixRule)]
            if None in found:
                unread.append(file)
        return cls(tuple(rules), tuple(unread))

    def decide(self, command: str) -> Rule | None:
        """The rule that settles a command: the strictest over its parts, an allow only if every part has one."""
        found = [self._strictest(part) for part in parts_of(command)]
        strict = [rule for rule in found if rule and rule.effect != "allow"]
        if strict:
            return max(strict, key=lambda rule: _STRICTNESS.index(rule.effect))
        return found[0] if found and all(found) else None

    def runs_disguised(self, command: str) -> Rule | None:
        """The allow rule that lets a command through behind a program that runs any command."""
        if not self.rules:
            return None
        forms = (self.decide(form) for form in disguised(command))
        return next((rule for rule in forms if rule and rule.effect == "allow"), None)

    def _strictest(self, part: str) -> Rule | None:
        words = argv_of(part)
        matching = [each.rule for each in self.rules if each.matches(words)]
        return max(matching, key=lambda rule: _STRICTNESS.index(rule.effect), default=None)


def _calls(file: AgentFile) -> Iterator[PrefixRule | None]:
    """Every rule of a file; None stands for something that is not a literal call."""
    tokens = list(_tokens(file))
    position = 0
    while position < len(tokens):
        end = _closing(tokens, position + 1)
        if end is None or not re.fullmatch(r"[A-Za-z_]\w*", tokens[position][0]):
            yield None
            return
        if tokens[position][0] == "prefix_rule":
            yield _rule(tokens[position + 2 : end], file, tokens[position][1])
        elif tokens[position][0] not in {"network_rule", "host_executable"}:
            yield None
        position = end + 1


def _tokens(file: AgentFile) -> Iterator[tuple[str, int]]:
    for item in file.document.items if file.document else ():
        for found in _TOKEN.finditer(item.text() or ""):
            if not found[0].isspace() and not found[0].startswith("#"):
                yield found[0], item.line


def _closing(tokens: Sequence[tuple[str, int]], start: int) -> int | None:
    """Where the bracket that opens at `start` closes."""
    depth = 0
    for position in range(start, len(tokens)):
        text = tokens[position][0]
        depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
        if depth == 0:
            return position if text == ")" else None
    return None


def _rule(tokens: Sequence[tuple[str, int]], file: AgentFile, line: int) -> PrefixRule | None:
    arguments = dict(_arguments([text for text, _ in tokens]))
    pattern = _pattern(arguments.get("pattern", []))
    decision = _strings(arguments.get("decision", ['"allow"']))
    effect = _EFFECTS.get(decision[0]) if decision else None
    if not pattern or effect is None:
        return None
    words = " ".join("|".join(alternatives) for alternatives in pattern)
    rule = Rule(f"prefix_rule({words}, {decision[0]})", effect, file.layer, file.source(line))
    each = PrefixRule(pattern, rule)
    classes = covered(lambda command: each.matches(argv_of(command)), runners=effect == "allow")
    return PrefixRule(pattern, Rule(rule.text, rule.effect, rule.layer, rule.source, classes))


def _arguments(tokens: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each `name = value` of a call, the value as its tokens."""
    depth = start = 0
    for position, text in enumerate([*tokens, ","]):
        depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
        if text == "," and depth == 0:
            part = list(tokens[start:position])
            if len(part) > 2 and part[1] == "=":
                yield part[0], part[2:]
            start = position + 1


def _pattern(tokens: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """A list of strings and lists of strings; empty for anything else."""
    if len(tokens) < 3 or tokens[0] != "[" or tokens[-1] != "]" or len(tokens) > 10 * _MOST_WORDS:
        return ()
    words: list[tuple[str, ...]] = []
    inner: list[str] | None = None
    for text in tokens[1:-1]:
        if text == "[" and inner is None:
            inner = []
        elif text == "]" and inner is not None:
            words.append(tuple(inner))
            inner = None
        elif text[0] in "\"'":
            if inner is None:
                words.append((_unquoted(text),))
            else:
                inner.append(_unquoted(text))
        elif text != ",":
            return ()
    return tuple(words[:_MOST_WORDS])


def _strings(tokens: Sequence[str]) -> tuple[str, ...]:
    return (_unquoted(tokens[0]),) if len(tokens) == 1 and tokens[0][0] in "\"'" else ()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
