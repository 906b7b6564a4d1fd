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
@click.option("--format", "forms", multiple=True, metavar="terminal|json[=FILE]", help="How to print, and where.")
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
    from remit.audit import Request, audit
    from remit.cli.output import destinations, on_file, progress, style, write_text
    from remit.inventory import inventory
    from remit.inventory_text import as_text
    from remit.policy.loader import load_policy
    from remit.reporting import json_safe

    chosen = destinations(forms, ("json", "terminal"), quiet=quiet, verbose=verbose)
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
    dressed = style(no_color=no_color, verbose=verbose)
    for name, place in chosen:
        if name == "json":
            write_text(place, json_safe(json.dumps(found, indent=1, ensure_ascii=False)))
        else:
            write_text(place, as_text(found, dressed if place is None else on_file(dressed)))
    return 3 if found["gaps"] else 0
