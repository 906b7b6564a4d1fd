"""Fly.io tokens.

Source: Fly.io documentation (access tokens: macaroons, twenty years by default) and gitleaks (2026): `fm2_`, `fm1r_`,
`fm1a_`, `fo1_`.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

_BODY = r"[A-Za-z0-9+/]{100,4000}={0,3}"
_END = r"(?![A-Za-z0-9+/=])"

FLY_TOKEN = CredentialKind(
    name="fly-token",
    title="Fly.io token",
    provider="fly",
    damage="D3",
    abilities=("app-delete", "volume-delete", "database-delete", "machine-exec"),
    resource="fly:app:*",
    scope="the organisation or app it was issued for",
    forms=(
        prefixed("fm2_", _BODY, end=_END),
        prefixed("fm1r_", _BODY, end=_END),
        prefixed("fm1a_", _BODY, end=_END),
        prefixed("fo1_", r"[A-Za-z0-9_-]{43}"),
    ),
    backups_go_with_it=True,
    backups_note="snapshots belong to the volume that it can destroy",
    narrower="a read-only organisation token, or a machine-exec token, with --expiry of hours",
    rotate="Run `fly tokens revoke`, and issue one with --expiry.",
    rank=10,
)
