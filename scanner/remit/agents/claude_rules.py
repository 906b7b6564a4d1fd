"""The rule grammar of Claude Code: `Tool`, `Tool(specifier)`, `mcp__server__tool`.

Source: Claude Code documentation, "Permissions" (2.1.240, August 2026), the published settings schema, and the
loader of its agent SDK (0.3.330), which drops a malformed rule and keeps the rest of the file.
"""

from __future__ import annotations

import re
from functools import lru_cache

from remit.access.agent import Rule

_TOOL = re.compile(r"[A-Z][A-Za-z0-9]{0,60}")
_MCP = re.compile(r"mcp__[^()\s]{1,200}")
_GLOB = re.compile(r"[A-Za-z0-9_*-]{1,200}")
# Path rules for these tools pass the schema and are consulted by nothing.
NEVER_CONSULTED = frozenset({"Write", "NotebookEdit", "Glob", "MultiEdit"})
KNOWN_TOOLS = frozenset(
    (
        "Agent", "AskUserQuestion", "Bash", "BashOutput", "Cd", "CronCreate", "CronDelete", "CronList", "Edit",
        "EnterPlanMode", "EnterWorktree", "ExitPlanMode", "ExitWorktree", "Glob", "Grep", "KillBash",
        "KillShell", "LS", "LSP", "ListMcpResources", "ListMcpResourcesTool", "Monitor", "MultiEdit",
        "NotebookEdit", "NotebookRead", "PowerShell", "Read", "ReadMcpResource", "ReadMcpResourceTool",
        "SendMessage", "Skill", "SlashCommand", "Task", "TaskCreate", "TaskGet", "TaskList", "TaskOutput",
        "TaskStop", "TaskUpdate", "TeamCreate", "TeamDelete", "TodoRead", "TodoWrite", "ToolSearch",
        "WebFetch", "WebSearch", "Workflow", "Write",
    )
)  # fmt: skip
EVERY = frozenset({"*", ":*", "**"})
"""Specifiers that stand for every use of a tool."""


@lru_cache(maxsize=8192)
def split(rule: str) -> tuple[str, str | None] | None:
    """Tool and specifier of a rule (None for a bare tool); None for what the program drops as no rule."""
    text = rule.strip()
    if _MCP.fullmatch(text) or (_GLOB.fullmatch(text) and "*" in text):
        return text, None
    head, mark, spec = text.partition("(")
    if not _TOOL.fullmatch(head):
        return None
    if not mark:
        return head, None
    return (head, spec[:-1]) if spec.endswith(")") and len(spec) > 1 else None


def tool_of(rule: str) -> str:
    """The tool of a rule, empty for what is no rule."""
    parts = split(rule)
    return parts[0] if parts else ""


def counts(rule: str, effect: str) -> bool:
    """Whether the program takes a rule into account at all."""
    parts = split(rule)
    if parts is None:
        return False
    tool, spec = parts
    if effect == "allow" and "*" in tool and not re.match(r"mcp__[^*]{1,200}__", tool):
        return False  # an allow rule may use a pattern only below a named MCP server
    return not (tool in NEVER_CONSULTED and spec is not None and spec not in EVERY)


def whole_tool(rule: str, *tools: str) -> bool:
    """Whether a rule covers every use of one of these tools."""
    parts = split(rule)
    if parts is None or not (parts[1] is None or parts[1].strip() in EVERY):
        return False
    return parts[0] in tools or parts[0] == "*"


def server_tool(rule: str) -> tuple[str, str] | None:
    """Server and tool pattern of an `mcp__…` rule; the tool is `*` where the rule covers the whole server."""
    text = tool_of(rule)
    if not text.startswith("mcp__"):
        return ("*", "*") if text == "*" else None
    server, mark, tool = text.removeprefix("mcp__").partition("__")
    return server, tool if mark and tool else "*"


def inert_reason(rule: Rule) -> str | None:
    """Why a rule of a settings file has no effect; None where it has one."""
    parts = split(rule.text)
    if parts is None:
        return "is not a rule: Tool or Tool(specifier) is expected, the tool's name with a capital"
    tool, spec = parts
    if not counts(rule.text, rule.effect):
        if tool in NEVER_CONSULTED:
            return f"path rules for {tool} are accepted and never consulted; write Edit(…) or Read(…)"
        return "an allow rule takes a pattern only after mcp__server__, so this one is dropped"
    if tool not in KNOWN_TOOLS and not tool.startswith("mcp__") and "*" not in tool:
        return f"there is no tool called {tool}"
    if tool == "Bash" and spec is not None and ":*" in spec[:-2]:
        return "`:*` means anything only at the very end; elsewhere it stands for itself"
    return None
