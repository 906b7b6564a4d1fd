"""Which shell commands a rule of Claude Code covers.

Source: Claude Code documentation, "Permissions" (2.1.240, August 2026). A compound command is split and every part
judged by itself; a few wrappers are taken off before a rule is looked at, most are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from remit.access.agent import Rule
from remit.agents.claude_rules import EVERY, split
from remit.agents.globs import spans
from remit.agents.probes import WHOLE_SHELL, covered, disguised, may_lead
from remit.agents.shell_words import parts_of
from remit.verbs import VerbClass

_WRAPPERS = {"time", "nice", "nohup", "stdbuf", "command", "builtin", "noglob", "timeout"}
_VALUED = re.compile(r"-(?:n|k|s)$|--(?:adjustment|signal|kill-after)$")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,100}=\S{0,2000}\s+")
# A prefix rule never lets these run: what they start is not looked at.
_UNCOVERED = {"watch", "setsid", "ionice", "flock"}
_LONGEST = 20_000


@lru_cache(maxsize=16384)
def unwrapped(command: str) -> str:
    """A simple command without the variables and wrappers that rules look past."""
    rest = command[:_LONGEST].lstrip()
    while True:
        if found := _ASSIGNMENT.match(rest):
            rest = rest[found.end() :]
            continue
        word, _, after = rest.partition(" ")
        if word == "xargs" and after and not after.lstrip().startswith("-"):
            rest = after.lstrip()
        elif word in _WRAPPERS and after:
            rest = _after_flags(word, after.lstrip())
        else:
            return rest


def _after_flags(wrapper: str, rest: str) -> str:
    operands = 1 if wrapper == "timeout" else 0
    while rest.startswith("-") or operands:
        word, _, rest = rest.partition(" ")
        rest = rest.lstrip()
        if _VALUED.match(word):
            rest = rest.partition(" ")[2].lstrip()
        elif not word.startswith("-"):
            operands -= 1
        if not rest:
            return ""
    return rest


@lru_cache(maxsize=8192)
def _pattern(spec: str) -> tuple[tuple[str, ...], bool]:
    """The literal parts between the stars of a specifier, and whether its last word may be missing."""
    if spec.endswith(":*"):
        spec = spec[:-2] + " *"
    literals = [""]
    position = 0
    while position < len(spec):
        if spec[position] == "\\" and spec[position + 1 : position + 2] in {"(", ")", "*", "\\"}:
            literals[-1] += spec[position + 1]
            position += 2
            continue
        if spec[position] == "*":
            literals.append("")
        else:
            literals[-1] += spec[position]
        position += 1
    open_end = len(literals) > 1 and literals[-1] == "" and literals[-2].endswith(" ")
    return tuple(literals), open_end


def _covers(spec: str | None, command: str, *, allow: bool) -> bool:
    if spec is None or spec.strip() in EVERY:
        return True
    literals, open_end = _pattern(spec.strip())
    if allow and len(literals) > 1 and _hides_a_command(command):
        return False
    if spans(literals, command):
        return True
    return open_end and spans((*literals[:-2], literals[-2].rstrip(" ")), command)


def _hides_a_command(command: str) -> bool:
    words = command.split(" ", 1)
    return words[0] in _UNCOVERED or (words[0] == "find" and bool(re.search(r" -(?:exec|delete|ok)", command)))


def matches(rule: Rule, command: str) -> bool:
    """Whether a rule covers a simple command, by itself or behind the wrappers that rules look past."""
    return _matches(rule.text, rule.effect == "allow", command)


@lru_cache(maxsize=65536)
def _matches(text: str, allow: bool, command: str) -> bool:
    """The same by the rule's text: teams copy their rules, and every one is asked about the same sample commands."""
    parts = split(text)
    if parts is None:
        return False
    tool, spec = parts
    if tool == "*":
        return not allow
    # PowerShell takes the same programs; what it is forbidden, Bash may still do.
    if tool != "Bash" and not (tool == "PowerShell" and allow):
        return False
    return _covers(spec, command, allow=allow) or _covers(spec, unwrapped(command), allow=allow)


def restricting(rules: Sequence[Rule], command: str) -> Rule | None:
    """The first of these deny or ask rules that covers any part of a command."""
    parts = parts_of(command)
    return next((rule for rule in rules if any(matches(rule, part) for part in parts)), None)


def allowing(rules: Sequence[Rule], command: str) -> Rule | None:
    """The rule that lets a command run unasked: every part of it is covered, or a runner of any command is."""
    leads = any(_leads(rule.text) for rule in rules)
    for form in (command, *(disguised(command) if leads else ())):
        found = [next((rule for rule in rules if matches(rule, part)), None) for part in parts_of(form)]
        if found and all(found):
            return found[0]
    return None


@lru_cache(maxsize=8192)
def _leads(text: str) -> bool:
    """Whether a rule may cover a program that runs any command; those that rules look past are covered without."""
    parts = split(text)
    if parts is None:
        return False
    return parts[1] is None or parts[1].strip() in EVERY or may_lead(_pattern(parts[1].strip())[0][0].rstrip(" "))


def whole_shell(rule: Rule) -> bool:
    """Whether an allow rule lets every command run, be it through a runner such as `bash -c`."""
    parts = split(rule.text)
    if parts is None or parts[0] not in {"Bash", "PowerShell"}:
        return False
    return parts[1] is None or parts[1].strip() in EVERY or any(matches(rule, each) for each in WHOLE_SHELL)


def destroys(rule: Rule) -> tuple[VerbClass, ...]:
    """The destructive classes that a rule covers."""
    return covered(lambda command: matches(rule, command), runners=rule.effect == "allow")
