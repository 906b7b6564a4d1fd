"""Sentry tokens, and the DSN, which is published by design.

Source: Sentry documentation (auth tokens, DSN), gitleaks and trufflehog (2026): `sntryu_` + 64 hexadecimal
characters, `sntrys_` + base64 of an object that names the organisation, and 64 bare hexadecimal characters known by
their name.
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_object, text_of
from remit.credentials.forms import HEX, called, prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found


def _organisation(found: Found) -> Detail:
    if not found.value.startswith("sntrys_"):
        return Detail()
    payload = base64_object(found.value.removeprefix("sntrys_").partition("_")[0]) or {}
    organisation = text_of(payload, "org")
    return Detail(
        title="Sentry organisation token",
        scope="continuous-integration scope of one organisation",
        account=organisation,
        resource=f"sentry:organization:{organisation}" if organisation else None,
    )


SENTRY_TOKEN = CredentialKind(
    name="sentry-token",
    title="Sentry auth token",
    provider="sentry",
    damage="D2",
    abilities=("project-delete", "alert-delete", "issue-delete", "event-read"),
    resource="sentry:organization:*",
    scope="the scopes it was issued for (not visible offline)",
    forms=(
        prefixed("sntryu_", HEX + "{64}"),
        prefixed("sntrys_", r"eyJ[A-Za-z0-9+/]{40,400}={0,2}_[A-Za-z0-9+/]{43}", end="(?![A-Za-z0-9+/=])"),
        called("sentry", HEX + "{64}", ("sentry",)),
    ),
    names=("SENTRY_AUTH_TOKEN", "SENTRY_TOKEN"),
    value=re.compile(HEX + "{64}"),
    refine=_organisation,
    narrower="an organisation token, which only uploads releases and source maps",
    rotate="Delete it under User or Organization settings, Auth tokens.",
    rank=12,
)

SENTRY_DSN = CredentialKind(
    name="sentry-dsn",
    title="Sentry DSN",
    provider="sentry",
    damage="D0",
    abilities=("event-send",),
    resource="sentry:project:*",
    scope="takes events of one project; published with the front end",
    forms=(
        Form(
            ("sentry",),
            re.compile(
                rf"https?://(?P<value>{HEX}{{32}}(?::{HEX}{{32}})?)@[A-Za-z0-9.-]{{0,80}}sentry[A-Za-z0-9.-]{{0,80}}/[0-9]{{1,20}}"
            ),
        ),
    ),
    never_expires=True,
    rank=10,
)
