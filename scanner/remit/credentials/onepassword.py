"""1Password service-account tokens and secret keys.

Source: 1Password developer documentation (service accounts; the secret key), gitleaks (2026): `ops_` + base64 of a
JSON object, and `A3-` in groups.
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_object, text_of
from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found


def _account(found: Found) -> Detail:
    payload = base64_object(found.value.removeprefix("ops_")) or {}
    address = text_of(payload, "signInAddress")
    return Detail(host=address, user=text_of(payload, "email"))


ONEPASSWORD_SERVICE_ACCOUNT = CredentialKind(
    name="1password-service-account",
    title="1Password service-account token",
    provider="1password",
    damage="D1",
    abilities=("secrets-read",),
    resource="1password:vault:*",
    scope="the vaults it was granted, to read at least (not visible offline)",
    forms=(prefixed("ops_eyJ", r"[A-Za-z0-9+/_-]{240,4000}={0,3}", end=r"(?![A-Za-z0-9+/=_-])"),),
    refine=_account,
    narrower="a service account that reads one vault made for the agent",
    rotate="Revoke it under Developer, Service accounts, and change the secrets of its vaults.",
    rank=10,
)

ONEPASSWORD_SECRET_KEY = CredentialKind(
    name="1password-secret-key",
    title="1Password secret key",
    provider="1password",
    damage="D1",
    abilities=("secrets-read",),
    resource="1password:account:*",
    scope="of use only with the account's password",
    forms=(
        Form(
            ("a3-",),
            re.compile(
                r"(?P<value>A3-(?<![A-Za-z0-9-]A3-)[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})"
                r"(?![A-Za-z0-9-])"
            ),
        ),
    ),
    never_expires=True,
    narrower="a service account that reads one vault made for the agent",
    rotate="Issue a new secret key under My profile.",
    rank=10,
)
