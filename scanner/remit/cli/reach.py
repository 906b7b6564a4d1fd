"""`remit reach`: the nine-second test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from remit.cli.auditing import Asked, audited, auditing

if TYPE_CHECKING:
    from remit.result import Result


@click.command(name="reach", short_help="What agents can destroy or leak, by which path, and what survives.")
@auditing
def command(**asked: Unpack[Asked]) -> int:
    """Put every agent of the TARGETs (default: the current directory) to the nine-second test.

    If it goes wrong now: what can it destroy or leak, along which path, does a copy survive, and what is the cheapest
    set of controls that prevents it?

    Exit codes: 0 everything survives; 1 something would be lost for good, or private data has a proven way out;
    2 wrong usage; 3 nobody can tell; 4 internal error. --fail-on never turns 1 into 0.
    """
    result = audited(asked, "reach")
    if _lost(result):
        return 0 if asked["fail_on"] == "never" else 1
    unclear = result.nine_second_test.verdict == "unknown"
    return 3 if unclear and not asked["allow_incomplete"] else 0


def _lost(result: Result) -> bool:
    test = result.nine_second_test
    leaks = any(leak.certainty == "proven" for agent in test.agents for leak in agent.leaks)
    return test.verdict == "lost" or leaks
