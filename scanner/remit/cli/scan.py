"""`remit scan`: audit targets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli import options

if TYPE_CHECKING:
    from remit.score import Threshold


@click.command(name="scan", short_help="Audit directories, git work trees or bare repositories.")
@options.targets
@options.collecting
@options.formats
@options.judging
@options.speaking
def command(
    targets: tuple[Path, ...],
    policy_file: Path | None,
    machine: bool,
    exclude: tuple[str, ...],
    jobs: int,
    no_cache: bool,
    now: datetime | None,
    formats: tuple[str, ...],
    fail_on: Threshold,
    allow_incomplete: bool,
    quiet: bool,
    verbose: bool,
    no_color: bool,
) -> int:
    """Audit TARGETs (default: the current directory) against the policy.

    Exit codes: 0 meets the policy; 1 findings at or above --fail-on; 2 wrong usage; 3 no such finding, but incomplete;
    4 internal error.
    """
    from remit.cli.output import Output, exit_code, progress
    from remit.policy.loader import load_policy
    from remit.scan import Request, scan

    moment = options.now_or(now)
    output = Output.of(formats, quiet=quiet, verbose=verbose, no_color=no_color)
    request = Request(
        targets=targets or (Path(),),
        policy=load_policy(policy_file, now=moment),
        now=moment,
        exclude=exclude,
        jobs=jobs,
        machine=machine,
        cache=not no_cache,
        fail_on=fail_on,
        progress=progress(quiet=quiet),
    )
    result = scan(request)
    output.write(result)
    return exit_code(result, allow_incomplete=allow_incomplete)
