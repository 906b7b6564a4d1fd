"""`remit report`: render stored results again, merge several, print schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli import options
from remit.errors import ReportError, UsageError

if TYPE_CHECKING:
    from remit.score import Threshold

_WANTED = "give a file that `remit scan --format json=FILE` wrote"
_SCHEMAS = ("result", "inventory", "reach", "replay")


@click.command(name="report", short_help="Render stored results again; merge several.")
@click.argument("results", nargs=-1, type=options.place, metavar="RESULT...")
@options.formats
@options.judging_again
@options.speaking
@click.option("--schema", "schema_name", type=click.Choice(_SCHEMAS), help="Print the JSON Schema of a document.")
def command(
    results: tuple[Path, ...],
    formats: tuple[str, ...],
    fail_on: Threshold | None,
    allow_incomplete: bool,
    quiet: bool,
    verbose: bool,
    no_color: bool,
    schema_name: str | None,
) -> int:
    """Render RESULTs, the files that `remit scan --format json=FILE` wrote, without their repositories."""
    if schema_name:
        if results or formats:
            raise UsageError("--schema prints a schema and reads no result; leave out the rest")
        click.echo(json.dumps(_schema(schema_name), indent=1))
        return 0
    if not results:
        raise UsageError("give at least one result file, or --schema")
    from remit.cli.output import Output, exit_code
    from remit.merge import merge
    from remit.result import load_result

    output = Output.of(formats, quiet=quiet, verbose=verbose, no_color=no_color)
    merged = merge([load_result(_text(path), str(path)) for path in results], fail_on)
    output.write(merged)
    return exit_code(merged, allow_incomplete=allow_incomplete)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}; {_WANTED}") from error
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: is not UTF-8 text; {_WANTED}") from error


def _schema(name: str) -> dict[str, object]:
    if name == "inventory":
        from remit.inventory import schema
    elif name == "reach":
        from remit.reach_document import reach_schema as schema
    elif name == "replay":
        from remit.reach_document import replay_schema as schema
    else:
        from remit.result import schema
    return schema()
