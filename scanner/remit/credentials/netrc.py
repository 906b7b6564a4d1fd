"""Logins in `.netrc`, as git, curl, ftp and the Heroku CLI read them.

Source: the netrc file format of ftp(1) and of GNU inetutils: `machine`, `login` and `password` in any layout.
"""

from __future__ import annotations

import re

from remit.credentials.kind import CredentialKind, Damage, Detail, Form, Found
from remit.credentials.placeholder import is_placeholder

_ENTRY = re.compile(
    r"machine\s{1,8}(?P<host>[A-Za-z0-9.-]{2,120})\s{1,8}(?:login\s{1,8}(?P<user>\S{1,120})\s{1,8})?password\s{1,8}$"
)
_SHORTEST = 8
_INFRASTRUCTURE = ("heroku.com", "fly.io", "railway.app", "render.com", "terraform.io")


def _login(found: Found) -> Detail | None:
    entries = _ENTRY.search(found.around[: max(found.around.rfind(found.value), 0)]) or _ENTRY.search(
        found.document[max(0, found.start - 300) : found.start]
    )
    if entries is None:
        return None
    if len(found.value) < _SHORTEST and "netrc" not in found.path:
        return None  # a manual that explains the format
    host = entries["host"].lower()
    damage: Damage = "D3" if host.endswith(_INFRASTRUCTURE) else "D2"
    return Detail(
        placeholder=is_placeholder(found.value),
        damage=damage,
        user=entries["user"],
        host=host,
        resource=f"netrc:host:{host}",
        scope=f"the rights of its user at {host}",
    )


NETRC_LOGIN = CredentialKind(
    name="netrc-login",
    title="Login in a netrc file",
    provider="netrc",
    damage="D2",
    abilities=("service-write", "service-read"),
    resource="netrc:host:*",
    scope="",
    forms=(
        Form(
            ("machine",),
            re.compile(r"password\s{1,8}(?P<value>[^\s\"'`<>]{4,400})"),
            before=re.compile(r"machine\s{1,8}\S{1,120}\s{1,8}(?:login\s{1,8}\S{1,120}\s{1,8})?password\s{1,8}$"),
        ),
    ),
    refine=_login,
    narrower="a credential helper, and a token of the service's own with few rights",
    rotate="Change the password or token at the host it names, then delete the line.",
    rank=25,
)
