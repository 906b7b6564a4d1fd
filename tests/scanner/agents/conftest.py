from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import pytest

from remit.access.agent import Agent
from remit.agents.reader import AgentFile
from remit.collect.agents import AGENTS
from remit.collect.collector import Document, Scope
from remit.evidence import Gap
from remit.policy.model import Policy

SCOPE = Scope(Policy(), "sample", datetime(2026, 1, 1, tzinfo=UTC))
Files = Mapping[str, object]


@dataclass(frozen=True)
class Found:
    agents: tuple[Agent, ...]
    gaps: tuple[Gap, ...]

    @property
    def agent(self) -> Agent:
        assert len(self.agents) == 1, [agent.name for agent in self.agents]
        return self.agents[0]


def _content(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, indent=1)).encode()


def collect(files: Files, machine: Files | None = None) -> Found:
    """Parse and link as a scan does, the facts through the cache's encoding."""
    documents = [Document(path, _content(value), "tracked") for path, value in files.items()]
    documents += [Document(path, _content(value), "machine") for path, value in (machine or {}).items()]
    facts: list[AgentFile] = []
    gaps: list[Gap] = []
    for document in sorted(documents, key=lambda each: each.path):
        if AGENTS.wants(document.path):
            for each in AGENTS.parse(document):
                gaps.append(each) if isinstance(each, Gap) else facts.append(each)
    facts = msgspec.json.decode(msgspec.json.encode(facts), type=list[AgentFile])
    return Found(tuple(AGENTS.link(facts, gaps, SCOPE)), tuple(gaps))


@pytest.fixture(scope="session")
def tree() -> Callable[..., Found]:
    """Reads a tree of files given by path: text, bytes, or a value written as JSON."""
    return collect


@pytest.fixture(scope="session")
def claude() -> Callable[..., Agent]:
    """Reads project settings of Claude Code, given by key, and further files given as `files` and `machine`."""

    def read(files: Files | None = None, machine: Files | None = None, **settings: object) -> Agent:
        return collect({".claude/settings.json": settings, **(files or {})}, machine).agent

    return read


@pytest.fixture(scope="session")
def permissions(claude: Callable[..., Agent]) -> Callable[..., Agent]:
    """Reads project settings that hold these permissions; the default mode is `default` unless given."""

    def read(**keys: object) -> Agent:
        return claude(permissions={"defaultMode": "default", **keys})

    return read
