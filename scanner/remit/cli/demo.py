"""`remit demo`: a sample organisation, audited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli import options

if TYPE_CHECKING:
    from remit.result import Result


@click.command(name="demo", short_help="Write a sample organisation, audit it, and report.")
@click.option("--output", type=options.place, default=Path("remit-demo"), show_default=True, metavar="DIR")
@click.option("--now", type=options.Moment(), default=None, metavar="TIMESTAMP", help="The time to judge by.")
@click.option("--no-color", is_flag=True, help="No colours (also: NO_COLOR).")
def command(output: Path, now: datetime | None, no_color: bool) -> int:
    """Write a well-kept repository and four that replay documented incidents, audit them, and report."""
    from remit.audit import Request
    from remit.cli.output import Output
    from remit.demo import REPOSITORIES, write_demo
    from remit.policy.loader import load_policy
    from remit.scan import scan

    moment = options.now_or(now)
    repositories = write_demo(output, moment.date())
    policy = load_policy(output / "policy.toml", now=moment)
    page, stored = output / "report.html", output / "result.json"
    request = Request(repositories, policy, moment, cache=False)
    result = scan(request)
    reports = (f"html={page}", f"json={stored}", "terminal")
    Output.of(reports, quiet=False, verbose=False, no_color=no_color).write(result)
    for name, replays in REPOSITORIES.items():
        click.echo(f"\n{name}: {replays}")
        for line in _chain(result, name):
            click.echo(f"  {line}")
    click.echo(f"\nSample organisation: {output.resolve()}")
    click.echo(f"HTML report: {page.resolve()}")
    return 0


def _chain(result: Result, target: str) -> Iterator[str]:
    """The worst path in one repository, a step a line."""
    agents = [agent for agent in result.nine_second_test.agents if agent.target == target]
    worst = [found for agent in agents for found in agent.destroys][:1]
    if not worst:
        yield "nothing within an agent's unasked reach can be destroyed"
    for found in worst:
        for step in found.path:
            seen = ", ".join(f"{place.path}:{place.line}" if place.line else place.path for place in step.evidence[:2])
            doubt = " (possibly)" if step.certainty == "possible" else ""
            yield f"{step.node} {step.edge}{doubt}  [{seen}]"
        yield f"{found.resource} is {found.verdict}: {found.reason}"
