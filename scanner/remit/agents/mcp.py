"""MCP server entries, which most agents write in nearly the same shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from remit.access.agent import McpServer
from remit.agents.launchers import package_of, pinned
from remit.agents.reader import AgentFile
from remit.collect.documents import Member, Node

_MASKED = re.compile("‹(?!placeholder)[a-z0-9-]{1,80}›")
_VALUES = ("env", "environment", "headers", "http_headers")
_KEYS = ("bearer_token", "api_key", "apiKey", "oauth_client_secret", "authToken")
# Part of an address that is long and holds digits among its letters: providers put a server's only credential there.
_TOKEN = re.compile(r"(?=(?:[^0-9]*[0-9]){4})(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_=-]{24,400}")

# What a server's tools can do, by a word in the name of its package or host. Source: the servers' own documentation.
_CLASSES: Mapping[str, tuple[str, ...]] = {
    "postgres|postgresql|mysql|mariadb|sqlite|mongo|mongodb|redis|supabase|neon|planetscale|snowflake|bigquery|clickhouse"
    "|dbhub|database": ("private", "write"),
    "github|gitlab|bitbucket": ("private", "untrusted", "egress", "write"),
    "filesystem|commander": ("private", "write"),
    "fetch|brave|search|firecrawl|tavily|exa|browser|playwright|puppeteer|scraper|scraping|context7": (
        "untrusted",
        "egress",
    ),
    "slack|gmail|mail|notion|linear|jira|atlassian|confluence|discord|telegram|teams": (
        "private",
        "untrusted",
        "egress",
        "write",
    ),
    "aws|gcloud|azure|cloudflare|railway|vercel|heroku|fly|render|digitalocean|terraform|kubernetes|kubectl|k8s": (
        "private",
        "write",
        "egress",
    ),
    "shell|terminal|commands|exec|ssh": ("shell", "private", "egress", "write"),
}
_BY_WORD = {word: tags for words, tags in _CLASSES.items() for word in words.split("|")}


def server(file: AgentFile, name: str, line: int, entry: Node, *, auto_approved: bool) -> McpServer:
    """One server from its entry. Secrets in it are masked already; a mask left in it is an inline secret."""
    command = command_of(entry)
    url = url_of(entry)
    environment = [member for key in _VALUES for member in _members(entry, key)]
    values = [*command, url or "", *_texts(member.node for member in environment), _first_text(entry, *_KEYS) or ""]
    package = package_of(command)
    return McpServer(
        name=name,
        transport=_transport(entry, url),
        command=command,
        url=_shown_url(url) if url else None,
        package=package,
        pinned=pinned(command, url),
        inline_secret=any(_MASKED.search(text) for text in values) or bool(url and _secret_address(url)),
        auto_approved=auto_approved,
        classes=_classify(" ".join([name, package or "", *command[:1], _shown_url(url) if url else ""])),
        source=file.source(line),
        env_names=tuple(sorted({member.key for member in environment})),
    )


def enabled(entry: Node) -> bool:
    """Whether an entry is a server that starts at all."""
    disabled, enabled_ = entry.get("disabled"), entry.get("enabled")
    off = (disabled is not None and disabled.flag() is True) or (enabled_ is not None and enabled_.flag() is False)
    return entry.kind == "object" and not off and bool(command_of(entry) or url_of(entry))


def command_of(entry: Node) -> tuple[str, ...]:
    """The argument vector of a local server, empty for a remote one."""
    command = entry.get("command") or entry.get("cmd")
    arguments = entry.get("args")
    words = [text for text, _ in command.strings()] if command else []
    return tuple(words + ([text for text, _ in arguments.strings()] if words and arguments else []))


def url_of(entry: Node) -> str | None:
    """The address of a remote server."""
    return _first_text(entry, "url", "httpUrl", "serverUrl", "uri")


def _members(entry: Node, key: str) -> tuple[Member, ...]:
    found = entry.get(key)
    return found.members if found is not None else ()


def _texts(nodes: Iterable[Node]) -> list[str]:
    return [text for node in nodes for text, _ in node.strings()]


def _first_text(entry: Node, *keys: str) -> str | None:
    return next((text for key in keys if (node := entry.get(key)) and (text := node.text())), None)


def _transport(entry: Node, url: str | None) -> Literal["stdio", "http", "sse"]:
    declared = _first_text(entry, "type", "transport") or ""
    if url is None:
        return "stdio"
    return "sse" if declared == "sse" or (not declared and url.rstrip("/").endswith("/sse")) else "http"


def _shown_url(url: str) -> str:
    """Scheme and host: the path of an MCP address can itself be the secret."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "(not a URL)"


def _secret_address(url: str) -> bool:
    tail = url.partition("://")[2].partition("/")[2][:4000]
    return any(_TOKEN.fullmatch(part) for part in re.split(r"[/?&#]|(?<=[A-Za-z])=", tail))


def _classify(text: str) -> tuple[str, ...]:
    words = re.split(r"[^a-z0-9]+", text.lower())
    return tuple(sorted({tag for word in words for tag in _BY_WORD.get(word, ())}))
