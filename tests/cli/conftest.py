"""The installed command, run as its users run it: another process, a home of its own."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sysconfig.get_path("scripts")) / "remit"
NOW = "2026-11-21T12:00:00Z"


@pytest.fixture(scope="session")
def command(missing: Callable[[str, str], None]) -> str:
    """The path of the installed `remit`."""
    if not COMMAND.exists():
        missing("the installed command", "install the project: pip install -e '.[test]'")
    return str(COMMAND)


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of this machine is read or written."""
    own = {
        name: str(tmp_path / "own" / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
    }
    for place in own.values():
        Path(place).mkdir(parents=True)
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **own}


@pytest.fixture
def remit(
    command: str, surroundings: dict[str, str], tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command and returns its exit code and output; no output ever holds a traceback."""

    def remit(
        *arguments: object, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [command, *map(str, arguments)],
            env={**surroundings, **(env or {})},
            cwd=options.pop("cwd", tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=options.pop("timeout", 120),
            **options,
        )
        told = subprocess.CompletedProcess(
            done.args,
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "replace"),
        )
        assert "Traceback" not in told.stdout + told.stderr
        assert told.returncode in {0, 1, 2, 3, 4, 130, 141}, told.stderr
        return told

    return remit
