"""`remit explain`: one control in full."""

from __future__ import annotations

import click

from remit.errors import UsageError


@click.command(name="explain", short_help="Explain one control in full.")
@click.argument("control", metavar="ID")
def command(control: str) -> int:
    """Explain the control ID (or its slug): what must be true, why, how to mend it, what decides it."""
    from remit.audit import checks

    wanted = control.strip().casefold()
    found = next((check for check in checks() if wanted in {check.id.casefold(), check.slug.casefold()}), None)
    if found is None:
        raise UsageError(f"{control}: no such control; `remit checks` lists them")
    rows = [
        f"{found.id}  {found.slug}",
        found.title,
        "",
        f"dimension  {found.dimension}",
        f"severity   {found.severity}",
        f"judges     {', '.join(subject.__name__ for subject in found.subjects)}",
        f"policy     {', '.join(found.parameters) or '(no parameter)'}",
        f"attested   {'may be attested where nobody can look' if found.attestable else 'cannot be attested'}",
        "",
        "Why",
        found.why,
        "",
        "Fix",
        found.fix,
    ]
    if found.incidents:
        rows += ["", "Incidents", f"breaks a link of {', '.join(found.incidents)}"]
    if found.frameworks:
        rows += ["", "Supports", *(f"{name:<15} {', '.join(ids)}" for name, ids in sorted(found.frameworks.items()))]
    for row in rows:
        click.echo(click.wrap_text(row, 96) if len(row) > 96 else row)
    return 0
