"""`remit checks`: the catalogue."""

from __future__ import annotations

import click


@click.command(name="checks", short_help="List the controls.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def command(form: str) -> int:
    """List every installed control: id, severity, dimension, title."""
    from remit.scan import checks

    if form == "json":
        import json

        rows = [
            {
                "id": check.id,
                "slug": check.slug,
                "title": check.title,
                "dimension": check.dimension,
                "severity": check.severity,
                "parameters": list(check.parameters),
            }
            for check in checks()
        ]
        click.echo(json.dumps({"schema": "remit.checks/1", "checks": rows}, indent=1, ensure_ascii=False))
        return 0
    for check in checks():
        click.echo(f"{check.id}  {check.severity:<8}  {check.dimension:<15}  {check.title}")
    return 0
