"""Supabase keys: account tokens, project secrets, and the two roles of its JWTs.

Source: Supabase documentation (access tokens, API keys, scoped tokens, 2026). The legacy project keys are JWTs whose
`role` claim decides: `service_role` passes every row-level policy, `anon` is published with the front end. New keys
say it by prefix.
"""

from __future__ import annotations

from remit.credentials.claims import jwt_claims, moment, text_of
from remit.credentials.forms import prefixed
from remit.credentials.jwt import JWT_FORM
from remit.credentials.kind import CredentialKind, Detail, Found

_ROTATE_KEYS = "Roll it under Project settings, API keys, and disable the legacy keys."
_DEMO = "supabase-demo"


def _with_role(found: Found, role: str) -> Detail | None:
    claims = jwt_claims(found.value)
    if claims is None or claims.get("role") != role or not str(claims.get("iss", "")).startswith("supabase"):
        return None
    project = text_of(claims, "ref")
    demo = claims.get("iss") == _DEMO
    return Detail(
        # Every local stack is started with the same published keys.
        placeholder=demo,
        environment="development" if demo else None,
        account=project,
        host=f"{project}.supabase.co" if project and project.isalnum() else None,
        resource=f"supabase:project:{project}" if project else None,
        expires=moment(claims.get("exp")),
    )


def _service_role(found: Found) -> Detail | None:
    return Detail(expires_known=True) if found.value.startswith("sb_secret_") else _with_role(found, "service_role")


def _anonymous(found: Found) -> Detail | None:
    return Detail(expires_known=True) if found.value.startswith("sb_publishable_") else _with_role(found, "anon")


def _token(found: Found) -> Detail:
    if found.value.startswith("sbp_fc"):
        return Detail(
            damage="D3",
            scope="the permissions it was issued for (not visible offline)",
            title="Supabase scoped access token",
        )
    return Detail()


SUPABASE_TOKEN = CredentialKind(
    name="supabase-access-token",
    title="Supabase access token",
    provider="supabase",
    damage="D4",
    abilities=("project-delete", "database-delete", "backup-delete", "api-keys-read"),
    resource="supabase:project:*",
    scope="every organisation and project of its user, now and later",
    forms=(prefixed("sbp_", "[A-Za-z0-9]{40,80}"), prefixed("sbp_", r"(?:fc|oauth_)[A-Za-z0-9_-]{36,120}")),
    refine=_token,
    backups_go_with_it=True,
    backups_note="deleting a project deletes the backups that are kept with it",
    narrower="a scoped access token that reads one staging project",
    rotate="Delete it under Account preferences, Access tokens.",
    rank=10,
)

SUPABASE_SERVICE_ROLE = CredentialKind(
    name="supabase-service-role",
    title="Supabase secret key (service role)",
    provider="supabase",
    damage="D3",
    abilities=("data-delete", "storage-delete", "data-write", "data-read"),
    resource="supabase:project:*",
    scope="every row and file of its project, past row-level security",
    forms=(JWT_FORM, prefixed("sb_secret_", "[A-Za-z0-9_-]{31,40}")),
    refine=_service_role,
    narrower="the publishable key with row-level security on every table",
    rotate=_ROTATE_KEYS,
    rank=10,
)

SUPABASE_PUBLISHABLE = CredentialKind(
    name="supabase-publishable",
    title="Supabase publishable key (anon)",
    provider="supabase",
    damage="D0",
    abilities=("data-read",),
    resource="supabase:project:*",
    scope="what row-level security lets everybody do",
    forms=(JWT_FORM, prefixed("sb_publishable_", "[A-Za-z0-9_-]{31,40}")),
    refine=_anonymous,
    rotate=_ROTATE_KEYS,
    rank=10,
)
