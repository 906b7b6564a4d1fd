"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE = "REMIT_REQUIRE"


class Missing(pytest.skip.Exception):
    """A test lacks something that this machine could have."""


def _missing(name: str, how: str) -> NoReturn:
    reason = f"{name} is not here: {how}"
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(f"{reason} ({REQUIRE}=1 forbids to skip)", pytrace=False)
    raise Missing(reason)


@pytest.fixture(scope="session")
def missing() -> Callable[[str, str], NoReturn]:
    """Ends a test that lacks something: skipped with a line that says how to get it, failed under REMIT_REQUIRE=1."""
    return _missing


@pytest.fixture(scope="session")
def required() -> Callable[..., str]:
    """The path of a program a test needs, by any of its names on PATH; without it the test ends as by `missing`."""

    def look(name: str, how: str, *programs: str) -> str:
        found = next((path for path in map(shutil.which, programs or (name,)) if path), None)
        return found or _missing(name, how)

    return look


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let all tests that lack the same thing share one line of the summary, which groups by place."""
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(Missing):
        report.longrepr = (__file__, 0, str(call.excinfo.value))
    return report


# ------------------------------------------------------------------------------------------------ sample targets


@pytest.fixture(scope="session")
def write() -> Callable[[Path, Mapping[str, str | bytes]], Path]:
    """Writes files below a directory, which is made where it is missing, and returns it."""

    def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
        root.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return write


@pytest.fixture(scope="session")
def git(required: Callable[..., str]) -> Callable[..., str]:
    """Runs git in a directory, without any configuration of this machine, and returns what it prints."""
    program = required("git", "install git")
    who = {"NAME": "Sample", "EMAIL": "sample@acme.example", "DATE": "2026-01-01T00:00:00Z"}
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    } | {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}

    def git(where: Path, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            [program, "-C", str(where), *arguments], env=environment, check=check, capture_output=True, timeout=60
        )
        return done.stdout.decode().strip()

    return git


@pytest.fixture(scope="session")
def repository(
    write: Callable[[Path, Mapping[str, str | bytes]], Path], git: Callable[..., str]
) -> Callable[[Path, Mapping[str, str | bytes]], Path]:
    """Makes a git repository of files, all of them in one commit."""

    def repository(root: Path, files: Mapping[str, str | bytes]) -> Path:
        write(root, files)
        git(root, "init", "-q", "-b", "main")
        git(root, "add", "-A")
        git(root, "commit", "-q", "--allow-empty", "-m", "Sample")
        return root

    return repository


@pytest.fixture
def modes_count(tmp_path: Path) -> None:
    """Skips a test about what may not be read where this user may read everything, as root usually may."""
    probe = tmp_path / "probe"
    probe.touch(mode=0)
    try:
        probe.read_bytes()
    except PermissionError:
        return
    finally:
        probe.unlink()
    pytest.skip("this user may read everything, whatever its mode: run the tests as an ordinary user")
