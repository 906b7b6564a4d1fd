"""Google Cloud credentials: service-account keys, a person's gcloud login, access tokens.

Source: Google Cloud IAM documentation (service-account keys, application default credentials), trufflehog and
kingfisher (2026). The key file names its account and project; which roles the account holds is not in it.
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_object, text_of
from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found

_EMAIL = re.compile(
    r"(?P<email>[a-z0-9][a-z0-9.-]{1,80}@(?:(?P<project>[a-z0-9-]{4,40})\.iam|developer|appspot)\.gserviceaccount\.com)"
)
_PEM_IN_JSON = re.compile(
    r"\"private_key\"\s{0,8}:\s{0,8}\"(?P<value>-----BEGIN (?:RSA )?PRIVATE KEY-----[A-Za-z0-9+/=\\nr\s]{40,8000}+"
    r"(?:-----END (?:RSA )?PRIVATE KEY-----)?)"
)
# The same file in base64, as CI variables carry it: `{"type":"service_account"` in its usual spellings.
_IN_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/])(?P<value>(?:eyJ0eXBlIjoic2Vydm|eyJ0eXBlIjogInNlcnZ|ewogICJ0eXBlIjogInNlcnZ|ewogICAgInR5cGUiOiAic2Vydm)"
    r"[A-Za-z0-9+/]{200,8000}={0,2})(?![A-Za-z0-9+/=])"
)
_DESTROYS = ("project-delete", "database-delete", "bucket-delete", "disk-delete", "data-read")
_ROTATE = "Disable, then delete the key under IAM, Service accounts, Keys; look for its id in the audit logs."


def _service_account(found: Found) -> Detail | None:
    decoded = None if found.value.startswith("-") else base64_object(found.value)
    email = (text_of(decoded, "client_email") or "") if decoded else found.around
    account = _EMAIL.search(email)
    if account is None and "service_account" not in found.around and "private_key_id" not in found.around:
        return None
    project = account["project"] if account else None
    default = account is not None and project is None
    return Detail(
        account=project,
        user=account["email"] if account else None,
        resource=f"gcp:project:{project}" if project else None,
        scope="a default service account, which holds Editor unless that was taken away" if default else None,
        placeholder="..." in found.value or "…" in found.value,
    )


GCP_SERVICE_ACCOUNT = CredentialKind(
    name="gcp-service-account",
    title="Google Cloud service-account key",
    provider="gcp",
    damage="D4",
    abilities=_DESTROYS,
    resource="gcp:project:*",
    scope="",
    forms=(Form(("private_key",), _PEM_IN_JSON), Form(("eyj0exbl", "ewogic"), _IN_BASE64)),
    refine=_service_account,
    never_expires=True,
    backups_go_with_it=True,
    backups_note="with Editor or Owner it deletes databases and the backups that Cloud SQL keeps with them",
    narrower="workload identity federation, or impersonation of a read-only account of the staging project",
    rotate=_ROTATE,
    rank=8,
)

GCP_USER_LOGIN = CredentialKind(
    name="gcp-user-login",
    title="gcloud login of a person (refresh token)",
    provider="gcp",
    damage="D4",
    abilities=_DESTROYS,
    resource="gcp:project:*",
    scope="everything the person may do, in every project",
    forms=(
        Form(
            ("refresh_token", "authorized_user"),
            re.compile(r"(?P<value>1//(?<![A-Za-z0-9]1//)[A-Za-z0-9_-]{40,200})(?![A-Za-z0-9_-])"),
            around=re.compile(r"authorized_user|apps\.googleusercontent\.com|gcloud|google", re.IGNORECASE),
        ),
    ),
    never_expires=True,
    backups_go_with_it=True,
    backups_note="the person's own rights reach backups as well",
    narrower="impersonation of a read-only service account with short-lived tokens",
    rotate="Run `gcloud auth revoke` for the account, or remove the app under the account's third-party access.",
    rank=10,
)

GCP_ACCESS_TOKEN = CredentialKind(
    name="gcp-access-token",
    title="Google OAuth access token",
    provider="gcp",
    damage="D3",
    abilities=_DESTROYS,
    resource="gcp:project:*",
    scope="the scopes it was issued for (not visible offline); such tokens last about an hour",
    forms=(prefixed("ya29.", r"[A-Za-z0-9_-]{30,1200}"),),
    narrower="a token of a read-only service account",
    rotate="Let it lapse; revoke the login behind it if it keeps coming back.",
    rank=10,
)
