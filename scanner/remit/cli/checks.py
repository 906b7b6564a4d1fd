"""`remit checks`: the catalogue."""

from __future__ import annotations

import json

import click

from remit.cli import options


@click.command(name="checks", short_help="List the controls.")
@options.formats
def command(formats: tuple[str, ...]) -> int:
    """List every installed control: id, severity, dimension, title. Formats: terminal, json."""
    from remit.audit import checks
    from remit.cli.output import destinations, write_text

    for name, place in destinations(formats, ("json", "terminal"), quiet=False, verbose=False):
        if name == "terminal":
            rows = [f"{each.id}  {each.severity:<8}  {each.dimension:<15}  {each.title}" for each in checks()]
            write_text(place, "\n".join(rows))
        else:
            listed = [
                {
                    "id": each.id,
                    "slug": each.slug,
                    "title": each.title,
                    "dimension": each.dimension,
                    "severity": each.severity,
                    "parameters": list(each.parameters),
                }
                for each in checks()
            ]
            write_text(place, json.dumps({"schema": "remit.checks/1", "checks": listed}, indent=1, ensure_ascii=False))
    return 0
