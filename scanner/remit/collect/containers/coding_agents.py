"""The coding agents that a text of commands, packages, images or editor extensions names.

Sources: the vendors' installation pages (package, image and extension names, commands).
"""

from __future__ import annotations

import re

_WORDS = {
    "claude-code": (
        "claude",
        "claude-code",
        "@anthropic-ai/claude-code",
        "claude.ai/install.sh",
        "anthropic.claude-code",
    ),
    "codex": ("codex", "@openai/codex", "codex-universal", "openai.chatgpt"),
    "cursor": ("cursor-agent", "cursor.com/install"),
    "gemini-cli": ("gemini", "gemini-cli", "@google/gemini-cli", "google.geminicodeassist"),
    "aider": ("aider", "aider-chat", "aider-install", "aider.chat/install.sh", "paulgauthier/aider"),
    "opencode": ("opencode", "opencode-ai", "opencode.ai/install"),
    "copilot": ("@github/copilot", "github.copilot", "github.copilot-chat", "copilot-cli"),
    "cline": ("cline", "saoudrizwan.claude-dev"),
    "roo-code": ("rooveterinaryinc.roo-cline",),
    "continue": ("continue.continue", "@continuedev/cli"),
    "amp": ("@sourcegraph/amp", "ampcode.com/install.sh"),
    "qwen-code": ("@qwen-code/qwen-code",),
    "openhands": ("openhands", "openhands-ai"),
    "kiro": ("kiro-cli",),
    "crush": ("@charmland/crush",),
    "goose": ("block/goose", "block-goose-cli"),
    "devin": ("cognition.devin",),
}
_AGENT_OF = {word: agent for agent, words in _WORDS.items() for word in words}
_WORD = re.compile(r"[@A-Za-z0-9][A-Za-z0-9._/@+-]{0,200}")


def named_agents(*texts: str) -> tuple[str, ...]:
    """The agents named as whole words; a version after `@`, `==` or `:` does not matter."""
    found = {_agent(match[0].lower()) for text in texts for match in _WORD.finditer(text)}
    return tuple(sorted(agent for agent in found if agent))


def _agent(word: str) -> str:
    """The agent of one word: the whole word, a program in a `bin` directory, or the last part of an image's name."""
    word = word.rstrip("./-")
    name, at, _ = word.rpartition("@")
    name = name if at and name else word
    parent, _, last = name.rpartition("/")
    if name in _AGENT_OF or not (parent.endswith("bin") or "-" in last):
        return _AGENT_OF.get(name, "")
    return _AGENT_OF.get(last, "")
