"""Heroku API keys and OAuth tokens.

Source: Heroku Dev Center, OAuth (`expires_in` of null is for ever; scopes); trufflehog and gitleaks (2026): `HRKU-AA`
+ 58 characters, older ones bare UUIDs, known by the name that holds them.
"""

from __future__ import annotations

import re

from remit.credentials.forms import UUID, called, prefixed
from remit.credentials.kind import CredentialKind

HEROKU_API_KEY = CredentialKind(
    name="heroku-api-key",
    title="Heroku API key",
    provider="heroku",
    damage="D3",
    abilities=("app-delete", "database-delete", "variables-read"),
    resource="heroku:app:*",
    scope="every app of its user, unless it was issued with a narrower scope (not visible offline)",
    forms=(
        prefixed("HRKU-AA", "[A-Za-z0-9_-]{58}"),
        called(r"heroku[\w.-]{0,30}", f"(?i:{UUID})", ("heroku",)),
    ),
    names=("HEROKU_API_KEY", "HEROKU_API_TOKEN", "HEROKU_TOKEN"),
    value=re.compile(UUID, re.IGNORECASE),
    backups_go_with_it=True,
    backups_note="backups of Heroku Postgres belong to the app and go with it",
    narrower="an authorization with the scope read, of a staging app's collaborator",
    rotate="Run `heroku authorizations:revoke`, or regenerate the API key under Account settings.",
    rank=14,
)
