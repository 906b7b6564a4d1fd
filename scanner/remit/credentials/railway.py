"""Railway tokens: the kind at the start of the nine-second wipe.

Source: railwayapp/docs (public API, volumes/backups) and railwayapp/cli (`src/gql/schema.json`), both August 2026.
Account and workspace tokens are bare UUIDs, carry no scope and no expiry, and may call every mutation, `volumeDelete`
and `volumeInstanceBackupDelete` included. Deleting a volume deletes its backups.
"""

from __future__ import annotations

import re

from remit.credentials.forms import UUID
from remit.credentials.kind import CredentialKind, Detail, Form, Found

_SENT_OR_CALLED = re.compile(r"(?:bearer|token\w{0,10}|api[_-]?key)[\s\"'`=:,>(\\-]{1,8}$", re.IGNORECASE)
_BACKUPS = "wiping a Railway volume deletes its backups, and they restore only into the same project and environment"
_ROTATE = (
    "Delete the token in the Railway dashboard (Account or Workspace settings, Tokens), then issue a narrower one."
)
_NARROWER = "a project token of the staging environment, with production in a workspace of its own"


def _account_or_workspace(found: Found) -> Detail | None:
    # The same header tells the two classes apart: a project token has one of its own.
    if "project-access-token" in found.around.lower():
        return None
    return Detail()


RAILWAY_TOKEN = CredentialKind(
    name="railway-token",
    title="Railway account or workspace token",
    provider="railway",
    damage="D4",
    abilities=(
        "volume-delete",
        "volume-backup-delete",
        "project-delete",
        "service-delete",
        "variables-read",
        "token-create",
    ),
    resource="railway:volume:*",
    scope="account or workspace",
    forms=(
        Form(
            anchors=("railway",),
            pattern=re.compile(rf"(?<![0-9a-f-])(?P<value>{UUID})(?![0-9a-f-])", re.IGNORECASE),
            # A UUID in a URL or a query is an id; only one that is sent as a bearer, or called a token, is a token.
            before=_SENT_OR_CALLED,
            around=re.compile(r"railway", re.IGNORECASE),
        ),
        Form(
            # The variable is often set at the top of a script, and the API called at its end.
            anchors=("backboard.railway",),
            pattern=re.compile(rf"(?<![0-9a-f-])(?P<value>{UUID})(?![0-9a-f-])", re.IGNORECASE),
            before=_SENT_OR_CALLED,
        ),
    ),
    names=(
        "RAILWAY_API_TOKEN",
        "RAILWAY_API_KEY",
        "RAILWAY_ACCOUNT_TOKEN",
        "RAILWAY_WORKSPACE_TOKEN",
        "RAILWAY_TEAM_TOKEN",
    ),
    value=re.compile(UUID, re.IGNORECASE),
    refine=_account_or_workspace,
    never_expires=True,
    backups_go_with_it=True,
    backups_note=_BACKUPS,
    narrower=_NARROWER,
    rotate=_ROTATE,
    rank=20,
)

RAILWAY_PROJECT_TOKEN = CredentialKind(
    name="railway-project-token",
    title="Railway project token",
    provider="railway",
    # Whether `volumeDelete` is refused for it is nowhere documented, so it is not assumed.
    damage="D3",
    abilities=("service-deploy", "variables-read", "volume-delete"),
    resource="railway:environment:*",
    scope="project",
    forms=(
        Form(
            anchors=("project-access-token",),
            pattern=re.compile(rf"(?P<value>{UUID})(?![0-9a-f-])", re.IGNORECASE),
            before=re.compile(r"project-access-token[\s\"'=:]{0,6}$", re.IGNORECASE),
        ),
    ),
    names=("RAILWAY_TOKEN", "RAILWAY_PROJECT_TOKEN"),
    value=re.compile(UUID, re.IGNORECASE),
    never_expires=True,
    backups_go_with_it=True,
    backups_note=_BACKUPS,
    narrower="a project token of a non-production environment",
    rotate=_ROTATE,
    rank=15,
)

RAILWAY_LOGIN = CredentialKind(
    name="railway-login",
    title="Railway login of a person (CLI session)",
    provider="railway",
    damage="D4",
    abilities=("volume-delete", "volume-backup-delete", "project-delete", "service-delete", "variables-read"),
    resource="railway:volume:*",
    scope="everything the person may do, in every workspace",
    forms=(
        Form(
            anchors=("token",),
            pattern=re.compile(
                r"\"(?:token|accessToken|refreshToken)\"\s{0,8}:\s{0,8}\"(?P<value>[A-Za-z0-9._~+/=-]{20,2000})\""
            ),
        ),
    ),
    paths=re.compile(r"(?:^|/)\.railway/config[^/]{0,40}\.json$"),
    backups_go_with_it=True,
    backups_note=_BACKUPS,
    narrower=_NARROWER,
    rotate="Run `railway logout`, and end the session in the account's settings.",
    rank=10,
)
