"""Dockerfiles: what the final image runs as and carries, by the instructions of its last stage and those below it.

Source: the Dockerfile reference (parser directives, continuation lines, here-documents, stages).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from remit.collect.containers.coding_agents import named_agents
from remit.collect.containers.facts import Definition, first_line, holds_secret, is_secret_path, plain_user
from remit.collect.nodes import clean_text
from remit.credentials.redact import redact_text

_DIRECTIVE = re.compile(r"#\s{0,20}([A-Za-z]{1,20})\s{0,20}=\s{0,20}(\S{1,200})\s{0,20}$")
_HEREDOC = re.compile(r"<<-?\s{0,4}([\"']?)([A-Za-z_][A-Za-z0-9_]{0,100})\1")
_PAIR = re.compile(
    r"""([A-Za-z_][A-Za-z0-9_.-]{0,200})=("(?:[^"\\]|\\.)*+"?|'[^']*+'?|(?:[^\s"'\\]|\\.)*+)""", re.DOTALL
)
_VARIABLE = re.compile(
    r"\$(?:\{([A-Za-z_][A-Za-z0-9_]{0,100})(?::?[-+]([^{}$]{0,200}))?\}|([A-Za-z_][A-Za-z0-9_]{0,100}))"
)
_FLAG = re.compile(r"--[a-z][a-z-]{0,30}(?:=\S{0,400})?\s{1,20}")
_FREE_SUDO = re.compile(r"NOPASSWD\s{0,5}:\s{0,5}(?:SETENV\s{0,5}:\s{0,5})?ALL\b")
_MAX_STAGES = 30
_NAME = re.compile(r"\s{1,20}[Aa][Ss]\s{1,20}(\S{1,200})\s*$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continuation lines joined and its here-documents appended."""

    keyword: str
    text: str
    line: int


@dataclass(slots=True)
class _Stage:
    name: str
    base: str
    line: int
    instructions: list[Instruction] = field(default_factory=list)


def parse_dockerfile(path: str, text: str) -> Iterator[Definition]:
    """What the last stage declares, then each other stage that a build may name instead, under its name."""
    defaults, stages = _stages(list(instructions(clean_text(text))))
    yield _definition(path, defaults, stages, "") if stages else Definition(path, "dockerfile")
    named = {stage.name: position for position, stage in enumerate(stages[:-1], 1) if stage.name}
    for name in list(named)[:_MAX_STAGES]:
        yield _definition(path, defaults, stages[: named[name]], name)


def _definition(path: str, defaults: dict[str, str], stages: Sequence[_Stage], service: str) -> Definition:
    """The image of the last of these stages."""
    chain = _chain(stages)
    steps = [step for stage in chain for step in stage.instructions]
    values = _Variables(dict(defaults))
    found = _Image(values)
    for step in steps:
        found.take(step)
    ran = [step.text for step in steps if step.keyword in ("RUN", "CMD", "ENTRYPOINT", "SHELL")]
    return Definition(
        path,
        "dockerfile",
        service,
        line=stages[-1].line,
        user=found.user,
        image=redact_text(values.resolve(chain[0].base)),
        stage=stages[-1].name,
        env_names=tuple(dict.fromkeys(found.env_names)),
        secret_names=tuple(dict.fromkeys(found.secret_names)),
        secret_files=tuple(dict.fromkeys(found.secret_files)),
        passwordless_sudo=any(_FREE_SUDO.search(text) for text in ran),
        agents=named_agents(chain[0].base, *ran),
        lines=first_line(found.lines) | found.user_line,
    )


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction, whatever the escape character."""
    lines = text.splitlines()
    escape, start = _directives(lines)
    position = start
    ends = _positions(lines)
    while position < len(lines):
        first = position
        parts: list[str] = []
        goes_on = True
        while goes_on and position < len(lines):
            line = lines[position].strip()
            position += 1
            if line.startswith("#") or (not line and parts):
                continue
            goes_on = line.endswith(escape)
            parts.append(line[:-1] if goes_on else line)
            first = position - 1 if len(parts) == 1 else first
        keyword, _, rest = " ".join(parts).strip().partition(" ")
        if not keyword:
            continue
        bodies: list[str] = []
        if keyword.upper() in ("RUN", "COPY", "ADD"):
            for ending in [match[2] for match in _HEREDOC.finditer(rest)]:
                body, position = _heredoc(lines, position, ends.get(ending, []))
                bodies.append(body)
        yield Instruction(keyword.upper(), "\n".join((rest.strip(), *bodies)), first + 1)


def _directives(lines: Sequence[str]) -> tuple[str, int]:
    """The escape character, and where the first line after the parser directives is."""
    escape, position = "\\", 0
    while position < len(lines) and (match := _DIRECTIVE.match(lines[position].strip())):
        if match[1].lower() == "escape" and match[2] in ("\\", "`"):
            escape = match[2]
        position += 1
    return escape, position


def _positions(lines: Sequence[str]) -> dict[str, list[int]]:
    """Where each line that could end a here-document stands."""
    found: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        word = line.strip("\t ")
        if word.isidentifier():
            found.setdefault(word, []).append(position)
    return found


def _heredoc(lines: Sequence[str], position: int, ends: Sequence[int]) -> tuple[str, int]:
    """The text up to the ending line; nothing where that line is missing, so that no instruction is swallowed."""
    index = bisect_left(ends, position)
    if index == len(ends):
        return "", position
    return "\n".join(lines[position : ends[index]]), ends[index] + 1


def _stages(steps: Sequence[Instruction]) -> tuple[dict[str, str], list[_Stage]]:
    """The arguments declared before the first stage, and the stages."""
    defaults: dict[str, str] = {}
    stages: list[_Stage] = []
    for step in steps:
        if step.keyword == "FROM":
            rest = _without_flags(step.text)
            name = _NAME.search(rest)
            base = _Variables(defaults).resolve(rest[: name.start()] if name else rest).strip()
            stages.append(_Stage(name[1].lower() if name else "", base, step.line))
        elif stages:
            stages[-1].instructions.append(step)
        elif step.keyword == "ARG":
            defaults.update(_assignments(step.text))
    return defaults, stages


def _chain(stages: Sequence[_Stage]) -> list[_Stage]:
    """The last stage and the stages it builds on, lowest first."""
    chain = [stages[-1]]
    for stage in reversed(stages[:-1]):
        if stage.name and stage.name == chain[0].base.lower():
            chain.insert(0, stage)
    return chain


def _without_flags(text: str) -> str:
    while match := _FLAG.match(text):
        text = text[match.end() :]
    return text


def _assignments(text: str) -> dict[str, str]:
    """Names and values of ENV, ARG or LABEL; `NAME value` is the old form of ENV."""
    pairs = {match[1]: match[2].strip("\"'") for match in _PAIR.finditer(text)}
    if not pairs and text:
        name, _, value = text.partition(" ")
        return {name: value.strip()}
    return pairs | {word: "" for word in text.split() if word.isidentifier() and word not in pairs and "=" not in text}


@dataclass(slots=True)
class _Variables:
    """Build arguments and environment as far as the file gives them a value."""

    values: dict[str, str]

    def resolve(self, text: str) -> str:
        """The text with known variables replaced."""
        return _VARIABLE.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        known = self.values.get(match[1] or match[3])
        return known or match[2] or match[0]


@dataclass(slots=True)
class _Image:
    """What the instructions of the chain add up to."""

    variables: _Variables
    user: str | None = None
    user_line: dict[str, int] = field(default_factory=dict)
    env_names: list[str] = field(default_factory=list)
    secret_names: list[str] = field(default_factory=list)
    secret_files: list[str] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)

    def take(self, step: Instruction) -> None:
        """Note what one instruction changes."""
        if step.keyword == "USER" and step.text.strip():
            self.user = plain_user(self.variables.resolve(step.text))
            self.user_line = {"user": step.line}
        elif step.keyword in ("ENV", "ARG"):
            self._environment(step)
        elif step.keyword in ("COPY", "ADD"):
            self._copy(step)
        elif step.keyword == "RUN" and _FREE_SUDO.search(step.text):
            self.lines.append(("passwordless_sudo", step.line))

    def _environment(self, step: Instruction) -> None:
        for name, value in _assignments(step.text).items():
            resolved = self.variables.resolve(value)
            if step.keyword == "ENV" or resolved:
                self.variables.values[name] = resolved
            if step.keyword == "ENV":
                self.env_names.append(name)
            if holds_secret(name, resolved):
                self.secret_names.append(name)
                self.lines.append(("secret_names", step.line))

    def _copy(self, step: Instruction) -> None:
        if "--from=" in step.text.partition("\n")[0]:
            return
        words = _without_flags(step.text.partition("\n")[0]).replace('["', " ").replace('"]', " ").replace('",', " ")
        for source in [word.strip("\"'") for word in words.split()][:-1]:
            if is_secret_path(source):
                self.secret_files.append(redact_text(source))
                self.lines.append(("secret_files", step.line))
