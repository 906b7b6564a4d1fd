"""A chain file as written: read, placed line by line, and checked word by word.

Faults are gathered, so that one run shows them all; each names file, line and key, and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from remit.collect.documents import Member, Node, parse_toml
from remit.errors import CollectError, UsageError
from remit.incidents.facts import known_facts
from remit.incidents.model import CONTROLS, KINDS, LINKS, Chain, Step
from remit.policy.keys import nearest

MAX_FAULTS = 10
MAX_CHAINS = 1_000
MAX_STEPS = 100
MAX_ITEMS = 100
MAX_TEXT = 2_000
_SHOWN = 60
_PLACE = re.compile(r"\[\d+\]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHAIN_KEYS = ("id", "name", "date", "agent", "kind", "verified", "sources", "steps")
_STEP_KEYS = ("n", "link", "does", "requires", "broken_by")
T = TypeVar("T", bound=str)


def read_chains(text: str, name: str, controls: Collection[str] = ()) -> tuple[Chain, ...]:
    """The chains of one file's text, in the order in which they are written.

    `controls` are ids of installed checks beside the catalogue's. Raises UsageError for anything that is no chain file.
    """
    try:
        root = parse_toml(text)
    except CollectError as error:
        line = f":{error.line}" if error.line else ""
        raise UsageError(f"{name}{line}: {error.reason}; expected TOML, see https://toml.io") from None
    reading = _Reading(name, (*CONTROLS, *sorted(set(controls) - set(CONTROLS))))
    chains = reading.chains(root)
    if reading.faults:
        more = len(reading.faults) - MAX_FAULTS
        told = [*reading.faults[:MAX_FAULTS], *([f"{name}: and {more} more"] if more > 0 else [])]
        raise UsageError("\n".join(told))
    return tuple(chains)


@dataclass(slots=True)
class _Reading:
    """One file being read, and the faults found so far."""

    name: str
    controls: tuple[str, ...]
    faults: list[str] = field(default_factory=list)

    def fault(self, line: int, key: str, what: str) -> None:
        self.faults.append(f"{self.name}:{line}: {key}: {what}")

    def chains(self, root: Node) -> list[Chain]:
        self._known(root, "", ("incidents",))
        member = _member(root, "incidents")
        if member is None or (member.node.kind == "array" and not member.node.items):
            line = member.line if member else 1
            self.fault(line, "incidents", "there is none; write one [[incidents]] table for each incident")
            return []
        found = []
        lines: dict[str, int] = {}
        for place, node in self._tables(member, "incidents", MAX_CHAINS):
            chain = self._chain(node, place)
            known, line = chain.id.casefold(), _line(node, "id")
            if known in lines:
                self.fault(line, f"{place}.id", f"{chain.id} is the id of another incident, on line {lines[known]}")
            elif known:
                lines[known] = line
            found.append(chain)
        return found

    def _chain(self, node: Node, place: str) -> Chain:
        self._known(node, place, _CHAIN_KEYS)
        id_ = self._text(node, place, "id")
        if id_ and not _ID.fullmatch(id_):
            self.fault(_line(node, "id"), f"{place}.id", "expected letters, digits, dots and hyphens, 64 at most")
        return Chain(
            id=id_,
            name=self._text(node, place, "name"),
            steps=self._steps(node, place),
            date=self._text(node, place, "date", optional=True),
            agent=self._text(node, place, "agent", optional=True),
            kind=self._one_of(node, place, "kind", KINDS, KINDS[0]),
            verified=self._text(node, place, "verified", optional=True),
            sources=tuple(text for text, _ in self._texts(node, place, "sources")),
            origin=f"{self.name}:{node.line}",
        )

    def _steps(self, node: Node, place: str) -> tuple[Step, ...]:
        member = _member(node, "steps")
        tables = [] if member is None else self._tables(member, f"{place}.steps", MAX_STEPS)
        if not tables and (member is None or member.node.kind == "array"):
            line = member.line if member else node.line
            self.fault(line, f"{place}.steps", "there is none; write one [[incidents.steps]] table for each step")
        steps: dict[int, Step] = {}
        for where, each in tables:
            step = self._step(each, where)
            if step.n in steps:
                self.fault(_line(each, "n"), f"{where}.n", f"{step.n} is the number of another step of this incident")
            elif step.n:
                steps[step.n] = step
        return tuple(steps[n] for n in sorted(steps))

    def _step(self, node: Node, place: str) -> Step:
        self._known(node, place, _STEP_KEYS)
        requires = self._texts(node, place, "requires")
        for text, line in requires:
            if text not in known_facts():
                self.fault(line, f"{place}.requires", f"{_shown(text)} is no fact that is known; {_facts_near(text)}")
        broken_by = self._texts(node, place, "broken_by")
        for text, line in broken_by:
            if text not in self.controls:
                self.fault(line, f"{place}.broken_by", f"{_shown(text)} is no control; {_controls_near(text, self)}")
        if not broken_by and _is_list(node, "broken_by"):
            self.fault(_line(node, "broken_by"), f"{place}.broken_by", "expected at least one control, such as SB-001")
        return Step(
            n=self._number(node, place),
            link=self._one_of(node, place, "link", LINKS, None),
            does=self._text(node, place, "does"),
            broken_by=tuple(dict.fromkeys(text for text, _ in broken_by)),
            requires=tuple(dict.fromkeys(text for text, _ in requires)),
        )

    # --------------------------------------------------------------------------------------------------- values

    def _known(self, node: Node, place: str, keys: Sequence[str]) -> None:
        for member in node.members:
            if member.key not in keys:
                close = nearest(member.key, tuple(keys))
                hint = f"did you mean {close}?" if close else f"the keys here are {', '.join(keys)}"
                self.fault(member.line, f"{place}.{_key(member.key)}".lstrip("."), f"unknown key; {hint}")

    def _tables(self, member: Member, place: str, most: int) -> list[tuple[str, Node]]:
        node = member.node
        if node.kind != "array" or any(item.kind != "object" for item in node.items):
            self.fault(member.line, place, f"expected tables, each under [[{_PLACE.sub('', place)}]]")
            return []
        if len(node.items) > most:
            self.fault(member.line, place, f"expected {most} at most, not {len(node.items)}")
        return [(f"{place}[{position}]", item) for position, item in enumerate(node.items[:most])]

    def _text(self, node: Node, place: str, key: str, *, optional: bool = False) -> str:
        member = _member(node, key)
        if member is None:
            if not optional:
                self.fault(node.line, f"{place}.{key}", "is missing; add it")
            return ""
        return self._words(member.node, f"{place}.{key}", member.line, optional=optional)

    def _words(self, node: Node, key: str, line: int, *, optional: bool = False) -> str:
        text = " ".join(node.text().split()) if isinstance(node.value, str) else None  # type: ignore[union-attr]
        if text is None:
            self.fault(line, key, f"expected text in quotes, not {_kind(node)}")
        elif not text and not optional:
            self.fault(line, key, "expected text, not nothing")
        elif len(text) > MAX_TEXT:
            self.fault(line, key, f"expected {MAX_TEXT} characters at most, not {len(text)}")
        elif not text.isprintable():
            self.fault(line, key, "holds characters that cannot be printed; take them out")
        else:
            return text
        return ""

    def _texts(self, node: Node, place: str, key: str) -> list[tuple[str, int]]:
        member = _member(node, key)
        if member is None:
            if key == "broken_by":
                self.fault(node.line, f"{place}.{key}", 'is missing; add it, such as broken_by = ["SB-001"]')
            return []
        if member.node.kind != "array":
            self.fault(member.line, f"{place}.{key}", f'expected a list, such as ["one"], not {_kind(member.node)}')
            return []
        items = member.node.items
        if len(items) > MAX_ITEMS:
            self.fault(member.line, f"{place}.{key}", f"expected {MAX_ITEMS} at most, not {len(items)}")
        read = [(self._words(item, f"{place}.{key}", item.line), item.line) for item in items[:MAX_ITEMS]]
        return [(text, line) for text, line in read if text]

    def _one_of(self, node: Node, place: str, key: str, values: tuple[T, ...], default: T | None) -> T:
        if default is not None and _member(node, key) is None:
            return default
        text = self._text(node, place, key)
        found = next((each for each in values if each == text), None)
        if found is None and text:
            close = nearest(text, values)
            hint = f"; did you mean {close}?" if close else ""
            self.fault(_line(node, key), f"{place}.{key}", f"expected {', '.join(values)}, not {_shown(text)}{hint}")
        return found or default or values[0]

    def _number(self, node: Node, place: str) -> int:
        member = _member(node, "n")
        if member is None:
            self.fault(node.line, f"{place}.n", "is missing; number the steps from 1")
            return 0
        value = member.node.value
        if member.node.kind != "number" or not isinstance(value, int) or not 1 <= value <= MAX_STEPS:
            self.fault(member.line, f"{place}.n", f"expected a whole number from 1 to {MAX_STEPS}")
            return 0
        return value


def _member(node: Node, key: str) -> Member | None:
    return next((member for member in reversed(node.members) if member.key == key), None)


def _line(node: Node, key: str) -> int:
    member = _member(node, key)
    return member.line if member else node.line


def _is_list(node: Node, key: str) -> bool:
    member = _member(node, key)
    return member is not None and member.node.kind == "array" and not member.node.items


def _kind(node: Node) -> str:
    names = {"object": "a table", "array": "a list", "string": "text", "boolean": "true or false"}
    return names.get(node.kind, "a number")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _key(key: str) -> str:
    return key if len(key) <= _SHOWN and key.isprintable() else ascii(key[:_SHOWN])


def _facts_near(text: str) -> str:
    close = nearest(text, tuple(known_facts()))
    if close:
        return f"did you mean {close}?"
    stems = tuple(dict.fromkeys(fact.name for fact in known_facts().values()))
    return f"known are {', '.join(stems)}"


def _controls_near(text: str, reading: _Reading) -> str:
    if text.upper() in reading.controls:
        return f"did you mean {text.upper()}?"
    own = [control for control in reading.controls if control[:2] == text[:2].upper()]
    return f"there are {own[0]} to {own[-1]}" if own else "see `remit checks` for the controls there are"
