"""Neon API keys.

Source: Neon documentation (manage API keys; delete project: recoverable for seven days), kingfisher (2026) for
`napi_` + 64 characters.
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Form

NEON_API_KEY = CredentialKind(
    name="neon-api-key",
    title="Neon API key",
    provider="neon",
    damage="D3",
    abilities=("project-delete", "branch-delete", "data-read"),
    resource="neon:project:*",
    scope="every project of its owner, unless it was issued for one (not visible offline)",
    forms=(
        prefixed("napi_", "[A-Za-z0-9]{60,70}"),
        Form(
            ("_token",),
            re.compile(r"\"(?:access|refresh)_token\"\s{0,8}:\s{0,8}\"(?P<value>[A-Za-z0-9._~+/=-]{20,4000})\""),
            around=re.compile(r"(?:^|/)neonctl/credentials\.json$"),
        ),
    ),
    never_expires=True,
    backups_go_with_it=True,
    backups_note="history and snapshots belong to the project; a deleted project can be recovered for seven days only",
    narrower="a key for one project",
    rotate="Revoke it under Account settings, API keys.",
    rank=10,
)
