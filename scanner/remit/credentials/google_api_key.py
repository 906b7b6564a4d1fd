"""Google API keys (`AIza…`): they identify a project and spend its quota.

Source: Google Cloud documentation (API keys), gitleaks and trufflehog (2026). A key in a web or mobile configuration is
published by design; whether another one is restricted cannot be seen offline.
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found

_PUBLISHED = re.compile(
    r"authDomain|firebaseapp\.com|messagingSenderId|measurementId|mobilesdk_app_id|current_key|maps\.googleapis\.com/maps/api/js"
    r"|(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC)_",
)


def _published(found: Found) -> Detail:
    if _PUBLISHED.search(found.around) or found.path.endswith(("google-services.json", "GoogleService-Info.plist")):
        return Detail(damage="D0", title="Google API key of a published app")
    return Detail()


GOOGLE_API_KEY = CredentialKind(
    name="google-api-key",
    title="Google API key",
    provider="google",
    damage="D1",
    abilities=("model-call", "money-spend", "files-read"),
    resource="google:project:*",
    scope="the APIs and referrers it is restricted to, every enabled API if it is not (not visible offline)",
    forms=(prefixed("AIza", r"[A-Za-z0-9_-]{35}"),),
    refine=_published,
    never_expires=True,
    narrower="a key restricted to one API and to known addresses",
    rotate="Create a restricted key under APIs and Services, Credentials; then delete this one.",
    rank=10,
)
