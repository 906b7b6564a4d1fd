"""What `scan`, `reach` and `replay` have in common: the same options, one audit, a report of their own document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from remit.cli import options

if TYPE_CHECKING:
    from remit.reporting import Document
    from remit.result import Result
    from remit.score import Threshold

F = TypeVar("F", bound=Callable[..., Any])


class Asked(TypedDict):
    """What the command line says."""

    targets: tuple[Path, ...]
    policy_file: Path | None
    machine: bool
    exclude: tuple[str, ...]
    jobs: int
    no_cache: bool
    now: datetime | None
    assume: tuple[str, ...]
    incidents: Path | None
    prices: Path | None
    formats: tuple[str, ...]
    fail_on: Threshold
    allow_incomplete: bool
    quiet: bool
    verbose: bool
    no_color: bool


def auditing(command: F) -> F:
    """Every option of an audit."""
    for option in (
        options.speaking,
        options.judging,
        options.formats,
        options.supposing,
        options.collecting,
        options.targets,
    ):
        command = option(command)
    return command


def audited(asked: Asked, document: Document) -> Result:
    """Audit as asked and write the reports of one document."""
    from remit.audit import Request
    from remit.cli.output import Output, progress
    from remit.policy.loader import load_policy
    from remit.scan import scan

    moment = options.now_or(asked["now"])
    output = Output.of(
        asked["formats"],
        quiet=asked["quiet"],
        verbose=asked["verbose"],
        no_color=asked["no_color"],
        document=document,
    )
    request = Request(
        targets=asked["targets"] or (Path(),),
        policy=load_policy(asked["policy_file"], now=moment),
        now=moment,
        exclude=asked["exclude"],
        jobs=asked["jobs"],
        machine=asked["machine"],
        cache=not asked["no_cache"],
        fail_on=asked["fail_on"],
        progress=progress(quiet=asked["quiet"]),
        assume=options.assumed(asked["assume"]),
        incidents=asked["incidents"],
        prices=asked["prices"],
    )
    result = scan(request)
    output.write(result)
    return result
