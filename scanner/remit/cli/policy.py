"""`remit policy`: start, validate, print and compare policies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from remit.errors import UsageError

_NOW = click.option("--now", metavar="TIMESTAMP", help="Judge exceptions as of this moment (RFC 3339).")


def moment(text: str | None) -> datetime | None:
    """A moment given on the command line, in UTC if it names no zone.

    Raises UsageError for what is no RFC 3339 timestamp.
    """
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now: {text!r} is no timestamp; write one such as 2026-05-31T12:00:00Z") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


@click.group("policy")
def command() -> None:
    """Start, validate, print and compare policies."""


@command.command("init")
@click.argument("file", type=click.Path(path_type=Path), default=Path("remit.toml"))
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def init(file: Path, force: bool) -> None:
    """Write a commented policy to start from (default: remit.toml)."""
    from remit.policy.loader import template

    if file.is_dir():
        raise UsageError(f"{file}: is a directory; name a file to write")
    text = template("starter.toml")
    try:
        with file.open("w" if force else "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{file}: is there already; use --force to overwrite it, or name another file") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None
    click.echo(f"Wrote {file}. Next: remit policy check {file}")


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@_NOW
def check(file: Path, now: str | None) -> None:
    """Validate a policy and everything it extends."""
    from remit.policy.loader import load_policy

    at = moment(now) or datetime.now(UTC)
    loaded = load_policy(file, now=at)
    click.echo(f"{file}: valid. {loaded.policy.name}, version {loaded.policy.version}")
    click.echo(f"{loaded.digest}, from {', '.join(loaded.sources)}")
    for exception in loaded.policy.expired_exceptions(at):
        click.echo(
            f"{file}: the exception for {exception.control} ended on {exception.until}; remove or renew it", err=True
        )


@command.command("show")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--format", "form", type=click.Choice(["terminal", "json", "toml"]), default="terminal")
@_NOW
def show(file: Path | None, form: str, now: str | None) -> None:
    """Print a policy resolved, each value with its origin (default: the bundled baseline)."""
    from remit.policy.loader import load_policy
    from remit.policy.render import as_json, as_lines, as_toml

    loaded = load_policy(file, now=moment(now))
    if form == "json":
        click.echo(as_json(loaded), nl=False)
    elif form == "toml":
        click.echo(as_toml(loaded.policy), nl=False)
    else:
        click.echo("\n".join(as_lines(loaded)))


@command.command("diff")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@_NOW
@click.pass_context
def diff(context: click.Context, before: Path, after: Path, now: str | None) -> None:
    """Say what AFTER makes stricter or weaker than BEFORE; exit 1 if anything is weaker."""
    from remit.policy.compare import changes
    from remit.policy.loader import load_policy
    from remit.policy.strength import shown

    at = moment(now)
    found = changes(load_policy(before, now=at).policy, load_policy(after, now=at).policy)
    for change in found:
        why = f" ({change.why})" if change.why else ""
        click.echo(f"{change.direction:<8}  {change.key}: {shown(change.before)} -> {shown(change.after)}{why}")
    if not found:
        click.echo("No difference.")
    context.exit(1 if any(change.direction == "weaker" for change in found) else 0)
