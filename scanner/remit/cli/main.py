"""The command group. Sub-commands are found by file name and imported when they are called."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback
from typing import NoReturn

import click

from remit import __version__, cli
from remit.errors import RemitError

_NOT_COMMANDS = frozenset({"main", "options", "output"})


class LazyGroup(click.Group):
    """A group whose commands are the modules of `remit.cli`, each exporting `command`."""

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


def run() -> int:
    """Run the command line and return its exit code: 0 to 4 and 130 of the interface contract."""
    try:
        code = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        print("interrupted", file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except RemitError as error:
        print(f"remit: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader has gone (`remit scan | head`); nothing is left to say, and Python must not try to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        _internal(error)
    return code if isinstance(code, int) else 0


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
