"""`remit inventory`: what is there."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from remit.cli import options


@click.command(name="inventory", short_help="List agents, credentials, databases, sandboxes, monitors.")
@options.target
@options.collecting
@click.option(
    "--format", "forms", multiple=True, default=("terminal",), metavar="terminal|json[=FILE]", help="How to print, and where."
)
@options.speaking
def command(
    target: Path,
    policy_file: Path | None,
    machine: bool,
    exclude: tuple[str, ...],
    jobs: int,
    no_cache: bool,
    now: datetime | None,
    forms: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    no_color: bool,
) -> int:
    """List what is in TARGET (default: the current directory), judged by nothing.

    Exit codes: 0 all was read; 2 wrong usage; 3 something could not be read.
    """
    from remit.cli.output import progress, style, write_file
    from remit.errors import UsageError
    from remit.inventory import inventory
    from remit.inventory_text import as_text
    from remit.policy.loader import load_policy
    from remit.scan import Request, audit

    chosen = [form.partition("=") for form in forms]
    unknown = [name for name, _, _ in chosen if name not in {"terminal", "json"}]
    if unknown:
        raise UsageError(f"--format {unknown[0]}: an inventory is printed as terminal or json")
    moment = options.now_or(now)
    request = Request(
        targets=(target,),
        policy=load_policy(policy_file, now=moment),
        now=moment,
        exclude=exclude,
        jobs=jobs,
        machine=machine,
        cache=not no_cache,
        progress=progress(quiet=quiet),
    )
    found: dict[str, Any] = inventory(audit(request)[0])
    for name, _, place in chosen:
        text = (
            json.dumps(found, indent=1, ensure_ascii=False) + "\n"
            if name == "json"
            else as_text(found, style(no_color=no_color, verbose=verbose))
        )
        if place in {"", "-"}:
            click.echo(text, nl=False)
        else:
            write_file(Path(place), text)
    return 3 if found["gaps"] else 0
