"""`remit demo`: a sample organisation, audited."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from remit.cli import options


@click.command(name="demo", short_help="Write a sample organisation, audit it, and report.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("remit-demo"), show_default=True, metavar="DIR")
@click.option("--now", type=options.Moment(), default=None, metavar="TIMESTAMP", help="The time to judge by.")
@click.option("--no-color", is_flag=True, help="No colours (also: NO_COLOR).")
def command(output: Path, now: datetime | None, no_color: bool) -> int:
    """Write one well-kept repository and four that replay documented incidents, audit them, and write the HTML report."""
    from remit.cli.output import Output
    from remit.demo import REPOSITORIES, write_demo
    from remit.policy.loader import load_policy
    from remit.scan import Request, scan

    repositories = write_demo(output)
    moment = options.now_or(now)
    policy = load_policy(output / "policy.toml", now=moment)
    page, stored = output / "report.html", output / "result.json"
    request = Request(repositories, policy, moment, cache=False)
    result = scan(request)
    Output.of((f"html={page}", f"json={stored}", "terminal"), quiet=False, verbose=False, no_color=no_color).write(result)
    click.echo("")
    for name, replays in REPOSITORIES.items():
        click.echo(f"{output / name}: {replays}")
    click.echo("")
    click.echo(f"HTML report: {page.resolve()}")
    return 0
