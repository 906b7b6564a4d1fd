"""What subagents, commands and skills of Claude Code add to its access.

Source: Claude Code documentation, "Subagents", "Skills" (2.1.240, August 2026). `allowed-tools` lets tools run
unasked while a skill or command is at work, and no folder trust stands before it; a subagent may ask for a
permission mode of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from remit.access.agent import Rule
from remit.agents.claude_rules import counts
from remit.agents.claude_shell import destroys
from remit.agents.layers import Layers
from remit.agents.reader import AgentFile
from remit.evidence import Source

_TOOL = re.compile(r"[A-Za-z_*][\w*-]{0,200}(?:\([^()]{0,4000}(?:\([^()]{0,4000}\)[^()]{0,4000}){0,20}\))?")


def granted(files: Sequence[AgentFile]) -> Iterator[Rule]:
    """The allow rules that skills and commands bring along."""
    for text, source, file in Layers.of(files, "skill").strings("allowed-tools"):
        for found in _TOOL.finditer(text):
            rule = Rule(found[0], "allow", file.layer, source)
            if counts(rule.text, "allow"):
                yield Rule(rule.text, "allow", file.layer, source, destroys(rule))


def bypassing(files: Sequence[AgentFile]) -> Iterator[Source]:
    """The subagents that ask to run without approvals."""
    for found in Layers.of(files, "subagent").each("permissionMode"):
        if found.node.text() == "bypassPermissions":
            yield found.source
