"""Render API keys.

Source: Render documentation (API keys; scoped keys, 2026), kingfisher: `rnd_` + 28 characters.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

RENDER_API_KEY = CredentialKind(
    name="render-api-key",
    title="Render API key",
    provider="render",
    damage="D3",
    abilities=("database-delete", "disk-delete", "service-delete", "variables-read"),
    resource="render:workspace:*",
    scope="every workspace of its user, unless it is a scoped key (not visible offline)",
    forms=(prefixed("rnd_", "[A-Za-z0-9]{28,32}"),),
    never_expires=True,
    backups_go_with_it=True,
    backups_note="backups of a Render database belong to it and go with it",
    narrower="a scoped key that reads one staging workspace",
    rotate="Revoke it under Account settings, API keys.",
    rank=10,
)
