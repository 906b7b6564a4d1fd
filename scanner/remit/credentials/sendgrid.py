"""SendGrid API keys.

Source: Twilio SendGrid documentation (API keys), gitleaks and trufflehog (2026): `SG.` + 22 characters + `.` + 43
characters.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

SENDGRID_KEY = CredentialKind(
    name="sendgrid-key",
    title="SendGrid API key",
    provider="sendgrid",
    damage="D2",
    abilities=("mail-send", "contact-delete", "template-delete"),
    resource="sendgrid:account:*",
    scope="the scopes it was issued for (not visible offline)",
    forms=(prefixed("SG.", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),),
    never_expires=True,
    narrower="a key with the scope mail.send of a subuser",
    rotate="Delete it under Settings, API keys.",
    rank=10,
)
