"""`remit replay`: the documented incidents, step by step."""

from __future__ import annotations

from typing import Unpack

import click

from remit.cli.auditing import Asked, audited, auditing


@click.command(name="replay", short_help="The documented incidents against a target, step by step.")
@auditing
def command(**asked: Unpack[Asked]) -> int:
    """Replay the documented incidents against the TARGETs (default: the current directory).

    Each step of each incident is blocked by a control that passes, stands open, or nobody can tell. --incidents adds
    chains of your own.

    Exit codes: 0 every incident is blocked; 1 at least one stands open from end to end; 2 wrong usage; 3 for at least
    one nobody can tell; 4 internal error. --fail-on never turns 1 into 0.
    """
    states = {incident.state for incident in audited(asked, "replay").replay}
    if "open" in states:
        return 0 if asked["fail_on"] == "never" else 1
    return 3 if "undetermined" in states and not asked["allow_incomplete"] else 0
