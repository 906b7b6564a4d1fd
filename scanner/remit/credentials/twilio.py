"""Twilio credentials: the account's token, and API keys with their secrets.

Source: Twilio documentation (API keys, auth token), gitleaks and trufflehog (2026). `AC` and `SK` + 32 hexadecimal
characters are ids; the token (32) and the secret of a key (32 letters and digits) carry no mark and are known by
their names or by the id beside them.
"""

from __future__ import annotations

import re

from remit.credentials.forms import HEX, called, prefixed
from remit.credentials.kind import CredentialKind, Detail, Found

_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])AC[0-9a-f]{32}(?![A-Za-z0-9])")


def _account(found: Found) -> Detail:
    return Detail(
        scope=None if _ACCOUNT.search(found.around) else "the whole account; its SID, needed with it, is not beside it"
    )


TWILIO_TOKEN = CredentialKind(
    name="twilio-token",
    title="Twilio auth token or API secret",
    provider="twilio",
    damage="D2",
    abilities=("recording-delete", "message-send", "money-spend"),
    resource="twilio:account:*",
    scope="the whole account",
    forms=(called("twilio", HEX + "{32}", ("twilio",)),),
    names=("TWILIO_AUTH_TOKEN", "TWILIO_TOKEN", "TWILIO_API_SECRET", "TWILIO_API_KEY_SECRET"),
    value=re.compile(r"[A-Za-z0-9]{32}"),
    refine=_account,
    never_expires=True,
    narrower="a restricted API key of a subaccount",
    rotate="Promote the secondary auth token, or delete the API key, in the console.",
    rank=20,
)

TWILIO_KEY_ID = CredentialKind(
    name="twilio-key-id",
    title="Twilio API key SID, the public half of a key",
    provider="twilio",
    damage="D0",
    abilities=("account-identify",),
    resource="twilio:account:*",
    scope="half a pair: opens nothing without its secret",
    forms=(prefixed("SK", r"[0-9a-f]{32}"), prefixed("AC", r"[0-9a-f]{32}")),
    never_expires=True,
    rank=12,
)
