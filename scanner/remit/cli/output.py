"""Where reports go: stdout or files, several at once, and the exit code that belongs to a result."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit.errors import ReportError, UsageError
from remit.registry import discover
from remit.reporting import Report, Style
from remit.result import Result


@dataclass(frozen=True, slots=True)
class Output:
    """Reports to write, each with its place; None is stdout."""

    reports: tuple[tuple[Report, Path | None], ...]
    style: Style
    quiet: bool

    @classmethod
    def of(cls, formats: Sequence[str], *, quiet: bool, verbose: bool, no_color: bool) -> Output:
        """Understand `--format` values. Raises UsageError for an unknown format or two reports on stdout."""
        known = {report.name: report for report in discover("remit.reports", Report, lambda report: report.name)}
        chosen = tuple(_chosen(text, known) for text in formats) or (() if quiet else ((known["terminal"], None),))
        if sum(place is None for _, place in chosen) > 1:
            raise UsageError("two formats would go to stdout; write one to a file: --format json=result.json")
        return cls(chosen, style(no_color=no_color, verbose=verbose), quiet)

    def write(self, result: Result) -> None:
        """Render and write every report. Raises ReportError when a file cannot be written."""
        for report, place in self.reports:
            text = report.render(result, self.style)
            if place is None:
                sys.stdout.write(text if text.endswith("\n") else text + "\n")
                sys.stdout.flush()
            else:
                write_file(place, text)


def _chosen(text: str, known: dict[str, Report]) -> tuple[Report, Path | None]:
    name, mark, place = text.partition("=")
    if name not in known:
        raise UsageError(f"--format {name}: is not a format; choose from {', '.join(sorted(known))}")
    if mark and not place:
        raise UsageError(f"--format {text}: names no file; write {name}=FILE, or {name}=- for stdout")
    return known[name], None if place in {"", "-"} else Path(place)


def write_file(place: Path, text: str) -> None:
    """Write a report whole or not at all: to a file beside it first. Raises ReportError."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReportError(f"{place}: cannot be written: {error.strerror}; choose another file") from error


def style(*, no_color: bool, verbose: bool) -> Style:
    """How to print on this terminal."""
    encoding = (sys.stdout.encoding or "ascii").lower()
    return Style(
        color=not no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty(),
        width=max(60, min(shutil.get_terminal_size((100, 40)).columns, 120)),
        verbose=verbose,
        ascii="utf" not in encoding,
    )


def progress(*, quiet: bool) -> Callable[[int, int], None]:
    """A counter on stderr, on a terminal only."""

    def show(done: int, total: int) -> None:
        end = "\r" if done < total else "\r\x1b[K"
        print(f"read {done:,} of {total:,} files", end=end, file=sys.stderr, flush=True)

    return (lambda done, total: None) if quiet or not sys.stderr.isatty() else show


def exit_code(result: Result, *, allow_incomplete: bool) -> int:
    """0 meets, 1 fails, 3 incomplete unless that is allowed."""
    if result.verdict == "fails":
        return 1
    return 3 if result.verdict == "incomplete" and not allow_incomplete else 0
