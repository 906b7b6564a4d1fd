"""An inventory for reading on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from remit.reporting import Style, plain


def as_text(inventory: Mapping[str, Any], style: Style) -> str:
    """The inventory, a line a thing, values from files made printable."""
    return "\n".join(plain(line, style) for line in _lines(inventory, style)) + "\n"


def _lines(inventory: Mapping[str, Any], style: Style) -> Iterator[str]:
    target = inventory["target"]
    yield f"{target['id']}  ({target['kind']}{', ' + target['commit'][:12] if target['commit'] else ''})"
    for title, key, row in (
        ("AGENTS", "agents", _agent),
        ("CREDENTIALS", "credentials", _credential),
        ("DATABASES", "databases", _database),
        ("ROLES", "roles", _role),
        ("SANDBOXES", "sandboxes", _sandbox),
        ("SCRIPTS", "scripts", _script),
        ("BACKUPS (declared in the policy)", "backups", _backup),
        ("NOT READ", "gaps", _gap),
    ):
        rows: Sequence[Mapping[str, Any]] = inventory[key]
        yield ""
        yield f"{title}  {len(rows)}"
        limit = len(rows) if style.verbose else 20
        for each in rows[:limit]:
            yield from (f"  {line}" for line in row(each))
        if len(rows) > limit:
            yield f"  and {len(rows) - limit} more; --verbose lists them"


def _agent(each: Mapping[str, Any]) -> Iterator[str]:
    access = each["access"]
    place = each["root"] or "."
    yield f"{each['title']}{' (assumed)' if each['assumed'] else ''}  in {place}  {', '.join(each['files'][:3])}"
    sandbox = "unknown" if access["sandbox"]["enabled"] is None else ("on" if access["sandbox"]["enabled"] else "off")
    yield (
        f"  approval {access['approval'] or 'unknown'} · shell unasked {access['shell_without_approval'] or 'unknown'}"
        f" · sandbox {sandbox} · egress {access['egress']['mode'] or 'unknown'}"
    )
    if access["destructive_allowed"]:
        yield f"  allowed unasked: {', '.join(access['destructive_allowed'][:4])}"
    for server in access["mcp"]:
        state = [
            word
            for word, on in (("unpinned", server["pinned"] is False), ("inline secret", server["inline_secret"]))
            if on
        ]
        what = server["package"] or server["url"] or " ".join(server["command"][:2])
        yield f"  MCP {server['name']}  {what}  {', '.join(state)}"
    for rule in each["inert"][:5]:
        yield f"  no effect: {rule['rule']} ({rule['path']}:{rule['line']}: {rule['reason']})"


def _credential(each: Mapping[str, Any]) -> Iterator[str]:
    environment = each["environment"] or "environment unknown"
    note = (
        "placeholder"
        if each["placeholder"]
        else f"{each['damage']}, {environment}, read by {', '.join(each['readable_by']) or 'nobody'}"
    )
    yield f"{each['path']}:{each['line']}  {each['kind']}  {each['name']}  {note}"


def _database(each: Mapping[str, Any]) -> Iterator[str]:
    yield f"{each['name']}  {each['declared_in']}  {each['environment'] or ''}".rstrip()


def _role(each: Mapping[str, Any]) -> Iterator[str]:
    rights = sorted({row["right"] for row in each["privileges"]})
    login = "may log in" if each["login"] else "no login"
    yield f"{each['name']}  {login}  {', '.join(rights[:10]) or 'no rights seen'}"


def _sandbox(each: Mapping[str, Any]) -> Iterator[str]:
    flags = [word for word in ("privileged", "socket", "host_network") if each[word]]
    yield f"{each['path']}  {each['kind']} {each['name']}  {', '.join(flags)}".rstrip()


def _script(each: Mapping[str, Any]) -> Iterator[str]:
    for command in each["commands"]:
        if command["effects"]:
            yield f"{each['path']}:{command['line']}  {', '.join(command['effects'])}  {command['context']}"


def _backup(each: Mapping[str, Any]) -> Iterator[str]:
    yield f"{each['resource']}  {each['location']}"


def _gap(each: Mapping[str, Any]) -> Iterator[str]:
    yield f"{each['path']}: {each['reason']}"
