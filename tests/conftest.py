"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import NoReturn

import pytest

REQUIRE = "REMIT_REQUIRE"


def _missing(name: str, how: str) -> NoReturn:
    reason = f"{name} is not here: {how}"
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(f"{reason} ({REQUIRE}=1 forbids to skip)", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def missing() -> Callable[[str, str], NoReturn]:
    """Ends a test that lacks something: skipped in one line that says how to get it, failed under REMIT_REQUIRE=1."""
    return _missing


@pytest.fixture(scope="session")
def required() -> Callable[..., str]:
    """The path of a program a test needs, by any of its names on PATH; without it the test ends as by `missing`."""

    def look(name: str, how: str, *programs: str) -> str:
        found = next((path for path in map(shutil.which, programs or (name,)) if path), None)
        return found or _missing(name, how)

    return look
