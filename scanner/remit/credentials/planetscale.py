"""PlanetScale service tokens, passwords and OAuth tokens.

Source: PlanetScale documentation (service tokens; a new one can do nothing until accesses are granted), gitleaks and
trufflehog (2026). The role of a password was chosen when it was made and is not in it.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

_BODY = r"[A-Za-z0-9=._-]{32,64}"
_END = r"(?![A-Za-z0-9=._-])"

PLANETSCALE_TOKEN = CredentialKind(
    name="planetscale-token",
    title="PlanetScale service token",
    provider="planetscale",
    damage="D4",
    abilities=("database-delete", "branch-delete", "backup-delete", "data-read"),
    resource="planetscale:database:*",
    scope="the accesses it was granted (not visible offline); used together with its id",
    forms=(prefixed("pscale_tkn_", _BODY, end=_END), prefixed("pscale_oauth_", _BODY, end=_END)),
    backups_go_with_it=True,
    backups_note="one of the accesses it can hold is to delete backups",
    narrower="a token with read accesses to one development branch",
    rotate="Delete it under Settings, Service tokens.",
    rank=10,
)

PLANETSCALE_PASSWORD = CredentialKind(
    name="planetscale-password",
    title="PlanetScale database password",
    provider="planetscale",
    damage="D3",
    abilities=("table-drop", "data-delete", "data-write", "data-read"),
    resource="planetscale:database:*",
    scope="the role it was made with: reader, writer or administrator (not visible offline)",
    forms=(prefixed("pscale_pw_", _BODY, end=_END),),
    narrower="a password with the role reader, for a development branch",
    rotate="Delete it under Settings, Passwords, of its branch.",
    rank=10,
)
