"""Where reports go: stdout or files, several at once, and the exit code that belongs to a result."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from remit.cli.main import silence
from remit.errors import ReportError, UsageError
from remit.reporting import Document, Report, Style, reports
from remit.result import Result


@dataclass(frozen=True, slots=True)
class Output:
    """Reports to write, each with its place; None is stdout."""

    reports: tuple[tuple[Report, Path | None], ...]
    style: Style
    quiet: bool

    @classmethod
    def of(
        cls, formats: Sequence[str], *, quiet: bool, verbose: bool, no_color: bool, document: Document = "result"
    ) -> Output:
        """Understand `--format` values. Raises UsageError like `destinations`."""
        known = reports(document)
        chosen = destinations(formats, sorted(known), quiet=quiet, verbose=verbose)
        return cls(
            tuple((known[name], place) for name, place in chosen), style(no_color=no_color, verbose=verbose), quiet
        )

    def write(self, result: Result) -> None:
        """Render and write every report. Raises ReportError when one cannot be written."""
        for report, place in self.reports:
            write_text(place, report.render(result, self.style if place is None else on_file(self.style)))


def destinations(
    formats: Sequence[str], known: Sequence[str], *, quiet: bool, verbose: bool
) -> tuple[tuple[str, Path | None], ...]:
    """Each report asked for with its place, `terminal` on stdout where none is; None is stdout.

    Raises UsageError for an unknown format, a place that two reports would share, and options that exclude each other.
    """
    if quiet and verbose:
        raise UsageError("--quiet and --verbose exclude each other; give one of them")
    chosen = tuple(_chosen(text, known) for text in formats) or (() if quiet else (("terminal", None),))
    places = [place and os.path.realpath(place) for _, place in chosen]
    if places.count(None) > 1:
        raise UsageError("two formats would go to stdout; write one to a file: --format json=result.json")
    twice = next((place for place in places if places.count(place) > 1), None)
    if twice:
        raise UsageError(f"{twice}: two formats would be written there; give each its own file")
    return chosen


def _chosen(text: str, known: Sequence[str]) -> tuple[str, Path | None]:
    name, mark, place = text.partition("=")
    if name not in known:
        raise UsageError(f"--format {name}: is not a format; choose from {', '.join(known)}")
    if mark and not place:
        raise UsageError(f"--format {text}: names no file; write {name}=FILE, or {name}=- for stdout")
    return name, None if place in {"", "-"} else Path(place)


def write_text(place: Path | None, text: str) -> None:
    """Write a report to stdout or a file, in UTF-8 with a newline at its end. Raises ReportError."""
    data = (text if text.endswith("\n") else text + "\n").encode("utf-8", "backslashreplace")
    if place is None:
        _to_stdout(data)
    else:
        _to_file(place, data)


def _to_stdout(data: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough; the other reports and the exit code are still due.
        silence()
    except OSError as error:
        silence()
        raise ReportError(f"stdout cannot be written: {error.strerror}; name a file: --format json=FILE") from error


def _to_file(place: Path, data: bytes) -> None:
    """Whole or not at all: to a file beside it first. A device or a pipe is written as it stands."""
    real = Path(os.path.realpath(place))
    beside = real.parent / f".remit-{os.getpid()}.tmp"
    try:
        if real.exists() and not real.is_file():
            with real.open("wb") as stream:
                stream.write(data)
            return
        beside.write_bytes(data)
        beside.replace(real)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ReportError(f"{place}: cannot be written: {error.strerror}; choose another file") from error


def on_file(style: Style) -> Style:
    """The same style for a file, which is no terminal."""
    return replace(style, color=False, ascii=False)


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
