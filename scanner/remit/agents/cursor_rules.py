"""What Cursor runs unasked by its lists: `terminalAllowlist`, and `Shell(…)` rules of its command-line agent.

Source: Cursor documentation, "permissions.json", "CLI permissions" (2026). An entry of the list covers the commands
that start with it. The editor's lists only add; a deny exists for the command-line agent alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from remit.access.agent import Rule
from remit.agents.globs import spans
from remit.agents.layers import Layers
from remit.agents.probes import WHOLE_SHELL, covered, disguised, may_lead
from remit.agents.reader import AgentFile
from remit.agents.shell_words import argv_of, parts_of

_CLI_RULE = re.compile(r"(?P<tool>Shell|Read|Write|Mcp|WebFetch)\((?P<spec>.{0,4000})\)", re.DOTALL)


def rules_of(files: Sequence[AgentFile]) -> Iterator[Rule]:
    """Every entry of the lists as a rule."""
    permissions = Layers.of(files, "user-permissions", "permissions")
    for text, source, file in permissions.strings("terminalAllowlist"):
        yield _classed(Rule(f"terminalAllowlist: {text}", "allow", file.layer, source))
    for text, source, file in permissions.strings("mcpAllowlist"):
        yield Rule(f"mcpAllowlist: {text}", "allow", file.layer, source)
    client = Layers.of([file for file in files if file.strict], "user-cli", "cli")
    for effect in ("allow", "deny"):
        for text, source, file in client.strings("permissions", effect):
            yield _classed(Rule(text, "allow" if effect == "allow" else "deny", file.layer, source))


def _classed(rule: Rule) -> Rule:
    return replace(rule, classes=covered(lambda command: matches(rule, command), runners=rule.effect == "allow"))


def matches(rule: Rule, command: str) -> bool:
    """Whether a rule covers a simple command."""
    return _matches(rule.text, command)


@lru_cache(maxsize=65536)
def _matches(text: str, command: str) -> bool:
    listed = text.removeprefix("terminalAllowlist: ")
    if listed != text:
        return _starts(listed.strip(), command)
    found = _CLI_RULE.fullmatch(text.strip())
    if found is None or found["tool"] != "Shell":
        return False
    program, mark, arguments = found["spec"].strip().partition(":")
    if mark:
        words = argv_of(command)
        return spans(program.split("*"), words[0] if words else "") and spans(arguments.split("*"), " ".join(words[1:]))
    return _starts(program, command)


def _starts(entry: str, command: str) -> bool:
    if "*" in entry:
        return spans(entry.split("*"), command)
    words, wanted = argv_of(command), argv_of(entry)
    return bool(wanted) and words[: len(wanted)] == wanted


def allowing(rules: Sequence[Rule], command: str) -> Rule | None:
    """The rule that lets every part of a command run, by itself or behind a runner of any command."""
    allow = [rule for rule in rules if rule.effect == "allow"]
    leads = any(_leads(rule.text) for rule in allow)
    for form in (command, *(disguised(command) if leads else ())):
        found = [next((rule for rule in allow if matches(rule, part)), None) for part in parts_of(form)]
        if found and all(found):
            return found[0]
    return None


@lru_cache(maxsize=8192)
def _leads(text: str) -> bool:
    """Whether a rule may cover a program that runs any command."""
    listed = text.removeprefix("terminalAllowlist: ").strip()
    found = _CLI_RULE.fullmatch(text.strip())
    entry = found["spec"].strip().partition(":")[0] if found else listed
    head = entry.split("*")[0] if "*" in entry else " ".join(argv_of(entry))
    return may_lead(head.rstrip(" "))


def whole_shell(rules: Sequence[Rule]) -> bool:
    """Whether the lists let every command run."""
    return any(rule.effect == "allow" and any(matches(rule, each) for each in WHOLE_SHELL) for rule in rules)


def server_allowed(rules: Sequence[Rule], name: str) -> bool:
    """Whether a tool of an MCP server runs unasked: `server:tool`, with `*` for any."""
    for rule in rules:
        listed = rule.text.removeprefix("mcpAllowlist: ")
        client = _CLI_RULE.fullmatch(rule.text)
        if listed != rule.text:
            server = listed.partition(":")[0]
        elif rule.effect == "allow" and client and client["tool"] == "Mcp":
            server = re.split(r"[,:]", client["spec"])[0].strip()
        else:
            continue
        if spans(server.split("*"), name):
            return True
    return False
