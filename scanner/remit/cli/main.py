"""The command group. Sub-commands are found by file name and imported when they are called."""

from __future__ import annotations

import errno
import importlib
import io
import os
import pkgutil
import sys
import traceback
from typing import NoReturn

import click

from remit import __version__, cli
from remit.errors import PolicyError, RemitError

_GONE = 141
"""What a shell reports for a program that a closed pipe ended; none of our codes fits, least of all 0."""
_NOT_COMMANDS = frozenset({"auditing", "main", "options", "output"})


class LazyGroup(click.Group):
    """A group whose commands are the modules of `remit.cli`, each exporting `command`."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; click would turn a closed pipe into exit code 1, which means findings here."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, without importing them."""
        return sorted(info.name for info in pkgutil.iter_modules(cli.__path__) if info.name not in _NOT_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"remit.cli.{cmd_name}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="remit", message="%(prog)s %(version)s")
def group() -> None:
    """Is every AI agent within its remit?

    Audits what AI coding agents can reach, destroy and leak, against a policy.
    """


class _ReaderGone(Exception):
    """Whoever read our output stopped reading (`remit checks | head`)."""


def run() -> int:
    """Run the command line and return its exit code: 0 to 4 and 130 of the interface contract."""
    _prepare()
    try:
        code = group.main(standalone_mode=False)
    except click.ClickException as error:
        return _refuse(error)
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return 130
    except PolicyError as error:
        _say(*str(error).split("\n"))
        return error.exit_code
    except RemitError as error:
        _say(str(error))
        return error.exit_code
    except _ReaderGone:
        silence()
        return _GONE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            _internal(error)
        silence()
        _say(f"stdout cannot be written: {error.strerror}")
        return 2
    except Exception as error:
        _internal(error)
    return code if isinstance(code, int) else 0


def _prepare() -> None:
    """Make writing safe: a closed stream must not hand its place to the next file opened, nor a character break it."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def silence() -> None:
    """Send what is still waiting to be written to nowhere, so that Python does not try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(*lines: str) -> None:
    """One line for each fault; what a path holds cannot add to them."""
    from remit.reporting import visible

    print("remit: " + "\n".join(visible(line) for line in lines), file=sys.stderr)


def _refuse(error: click.ClickException) -> int:
    """Wrong usage in one line, with the place to look; all of the help where nothing was asked for."""
    message = error.format_message()
    if message.startswith("Usage:"):
        print(message, file=sys.stderr)
        return 2
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "remit"
    _say(f"{' '.join(message.split()).rstrip('.')}; see `{where} --help`")
    return 2


def _internal(error: Exception) -> NoReturn:
    """One line about a fault of our own. Neither its message nor any value is shown: it may hold what was read."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno} in {last.name}"
    print(f"remit: internal error: {type(error).__name__} at {where}; this is a bug, please report it", file=sys.stderr)
    if {"--verbose", "-v"} & set(sys.argv):
        for frame in frames:
            print(f"  {os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}", file=sys.stderr)
    raise SystemExit(4)
