"""Options that mean the same in every command."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from remit.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """An RFC 3339 time or a date; without a zone it is UTC."""

    name = "timestamp"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a time; write it like 2026-11-21T12:00:00Z", param, ctx)


class Place(click.Path):
    """A path. An empty one, as from an unset variable, is a mistake and not the current directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as a Path."""
        if value == "":
            self.fail("an empty path names nothing", param, ctx)
        return super().convert(value, param, ctx)


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    def apply(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return apply


place = Place(path_type=Path)

targets = click.argument("targets", nargs=-1, type=place, metavar="[TARGET]...")
target = click.argument("target", default=".", type=place, metavar="[TARGET]")

collecting = _stack(
    click.option(
        "--policy",
        "policy_file",
        type=place,
        metavar="FILE",
        help="The policy to audit against (default: the bundled baseline).",
    ),
    click.option(
        "--machine", is_flag=True, help="Also this user's and the administrator's agent settings and credential files."
    ),
    click.option(
        "--exclude", multiple=True, metavar="GLOB", help="Leave out paths that match; the report says so. Repeatable."
    ),
    click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        default=os.cpu_count() or 1,
        metavar="N",
        help="Processes that read files (default: one per core).",
    ),
    click.option("--no-cache", is_flag=True, help="Read every file again and keep nothing."),
    click.option(
        "--now", type=Moment(), default=None, metavar="TIMESTAMP", help="The time to judge by, for reproducible runs."
    ),
)


def assumed(values: Sequence[str]) -> frozenset[str]:
    """The controls of `--assume CONTROL=pass`. Raises UsageError for what is no control, or not taken as met."""
    from remit.costs.prices import load_prices

    known = load_prices().controls
    found = set()
    for value in values:
        control, _, status = value.partition("=")
        if control not in known:
            raise UsageError(f"--assume {value}: there is no control {control}; `remit checks` lists them")
        if status != "pass":
            raise UsageError(f"--assume {value}: write {control}=pass; what fails already needs no assumption")
        found.add(control)
    return frozenset(found)


supposing = _stack(
    click.option(
        "--assume",
        multiple=True,
        metavar="CONTROL=pass",
        help="Take a control as met, to see what that would buy. Repeatable.",
    ),
    click.option(
        "--incidents", type=place, metavar="DIR", help="Also replay the incident chains in the TOML files of DIR."
    ),
    click.option("--prices", type=place, metavar="FILE", help="A team's own prices, over the bundled ones (TOML)."),
)

formats = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FMT[=FILE]",
    help="How to report, and where (default: terminal; - is stdout). Repeatable.",
)


def _fail_on(default: str | None) -> Callable[[F], F]:
    return click.option(
        "--fail-on",
        type=click.Choice(["critical", "high", "medium", "low", "never"]),
        default=default,
        show_default=True if default else "as the result was judged",
        help="The severity from which a finding makes the exit code 1.",
    )


_allow_incomplete = click.option(
    "--allow-incomplete", is_flag=True, help="Do not make gaps and open questions the exit code 3."
)
judging = _stack(_fail_on("high"), _allow_incomplete)
judging_again = _stack(_fail_on(None), _allow_incomplete)

speaking = _stack(
    click.option("--quiet", "-q", is_flag=True, help="Print nothing but what was asked for by --format."),
    click.option("--verbose", "-v", is_flag=True, help="Print everything, passes included."),
    click.option("--no-color", is_flag=True, help="No colours (also: NO_COLOR)."),
)


def now_or(moment: datetime | None) -> datetime:
    """The given time, or the clock's, to the second."""
    return (moment or datetime.now(UTC)).replace(microsecond=0)
