"""Real configurations, where they are at hand: REMIT_CORPUS names the folder that holds `real-configs.tar.gz`."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from remit.access.agent import Agent
from remit.evidence import Unknown

Read = Callable[..., Any]
KINDS = (
    "agents-md",
    "claude-settings",
    "claude-settings-local",
    "mcp-json",
    "codex-config",
    "cursor-mcp",
    "other-agents",
)
_BESIDE = Path(__file__).parents[3].parent / "shared" / "corpus"


@pytest.fixture(scope="module")
def corpus() -> Mapping[str, Mapping[str, Mapping[str, bytes]]]:
    """Files by kind, repository and path."""
    archive = Path(os.environ.get("REMIT_CORPUS") or _BESIDE) / "real-configs.tar.gz"
    if not archive.is_file():
        pytest.skip("the real configurations are not here: set REMIT_CORPUS to the folder of real-configs.tar.gz")
    found: dict[str, dict[str, dict[str, bytes]]] = {kind: {} for kind in KINDS}
    with tarfile.open(archive) as files:
        for member in files:
            kind, _, rest = member.name.removeprefix("./").partition("/")
            repository, _, path = rest.partition("/")
            stream = files.extractfile(member) if kind in found and path else None
            if stream is not None:
                # Dotfile managers store `.claude` under this name; linked into a home it is the same file.
                found[kind].setdefault(repository, {})[path.replace("dot_claude/", ".claude/")] = stream.read()
    return found


def agents(tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]], kind: str) -> list[Agent]:
    return [agent for files in corpus[kind].values() for agent in tree(files).agents]


@pytest.mark.parametrize("kind", KINDS)
def test_every_real_file_is_read(
    tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]], kind: str
) -> None:
    assert corpus[kind]
    for repository, files in corpus[kind].items():
        assert tree(files).gaps == (), repository


def test_sandboxes_modes_and_hooks_are_as_rare_as_counted_by_hand(
    tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]]
) -> None:
    found = agents(tree, corpus, "claude-settings")
    assert len(found) == 43
    assert sum(agent.access.sandbox.enabled is True for agent in found) == 1
    assert sum(bool(agent.bypass) for agent in found) == 1
    assert sum(agent.access.audit.enabled is True for agent in found) == 0
    assert sum(agent.access.approval == "edits-auto" for agent in found) == 3
    assert sum(agent.access.gate_hook is True for agent in found) == 10


def test_a_deny_of_env_reads_counts_with_what_stands_beside_it(
    tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]]
) -> None:
    found = agents(tree, corpus, "claude-settings")
    verdicts = [
        "unknown" if isinstance(each.access.env_files_denied, Unknown) else each.access.env_files_denied
        for each in found
    ]
    # One stands behind a sandbox, three are left to a model, one beside `Bash(node:*)`, which reads past the rule.
    assert (verdicts.count(True), verdicts.count("unknown"), verdicts.count(False)) == (1, 3, 39)


def test_personal_settings_let_curl_through_as_often_as_counted_by_hand(
    tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]]
) -> None:
    found = agents(tree, corpus, "claude-settings-local")
    assert len(found) == 18
    assert sum("Bash(curl:*)" in {rule.text for rule in agent.access.destructive_allowed} for agent in found) == 3
    assert {agent.access.shell_without_approval for agent in found} == {"scoped"}


def test_servers_without_a_version_are_found(
    tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]]
) -> None:
    servers = [server for agent in agents(tree, corpus, "mcp-json") for server in agent.access.mcp]
    assert sum(server.pinned is False for server in servers) == 9
    assert not any(server.inline_secret for server in servers)
    servers = [server for agent in agents(tree, corpus, "cursor-mcp") for server in agent.access.mcp]
    assert sum(server.pinned is False for server in servers) == 12


def test_codex_is_confined_unless_its_network_is_opened(
    tree: Read, corpus: Mapping[str, Mapping[str, Mapping[str, bytes]]]
) -> None:
    found = agents(tree, corpus, "codex-config")
    assert len(found) == 13
    assert all(agent.access.sandbox.enabled is True for agent in found)
    assert sum(agent.access.egress.mode == "open" for agent in found) == 1
    assert sum(agent.access.approval == "allowlist-only" for agent in found) == 1
