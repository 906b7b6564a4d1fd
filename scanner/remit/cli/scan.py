"""`remit scan`: audit targets."""

from __future__ import annotations

from typing import Unpack

import click

from remit.cli.auditing import Asked, audited, auditing


@click.command(name="scan", short_help="Audit directories, git work trees or bare repositories.")
@auditing
def command(**asked: Unpack[Asked]) -> int:
    """Audit TARGETs (default: the current directory) against the policy.

    Exit codes: 0 meets the policy; 1 findings at or above --fail-on; 2 wrong usage; 3 no such finding, but incomplete;
    4 internal error.
    """
    from remit.cli.output import exit_code

    return exit_code(audited(asked, "result"), allow_incomplete=asked["allow_incomplete"])
