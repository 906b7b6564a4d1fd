"""JSON Web Tokens of any issuer, read but never verified or sent.

Source: RFC 7519. Their own claims say whose they are and until when they hold; one without an end is treated as
having none. Kinds that know an issuer (Supabase) come first by rank.
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_bytes, jwt_claims, moment, text_of
from remit.credentials.kind import CredentialKind, Detail, Form, Found

JWT_FORM = Form(
    ("eyj",),
    re.compile(
        r"(?P<value>eyJ(?:(?<![A-Za-z0-9_-]eyJ)|(?<=\\[nrt]eyJ))[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{5,8000}"
        r"\.[A-Za-z0-9_-]{20,1400})(?![A-Za-z0-9_-])"
    ),
)


_IN_BASE64 = Form(
    ("zxlk",),
    re.compile(r"(?P<value>ZXlK(?<![A-Za-z0-9+/]ZXlK)[A-Za-z0-9+/]{60,10000}={0,2})(?![A-Za-z0-9+/=])"),
)


def _claims(found: Found) -> Detail | None:
    token = found.value
    if token.startswith("ZXlK"):
        token = (base64_bytes(token) or b"").decode("ascii", "replace")
    claims = jwt_claims(token)
    if claims is None:
        return None
    issuer = text_of(claims, "iss")
    role = text_of(claims, "role") or text_of(claims, "scope")
    who = f"issued by {issuer}" if issuer else "of an issuer it does not name"
    return Detail(
        # The token with which jwt.io and many tutorials explain the format.
        placeholder=claims.get("name") == "John Doe" and claims.get("sub") == "1234567890",
        scope=f"{who}, role {role}" if role else None,
        title=f"JSON Web Token {who}" if issuer else None,
        expires=moment(claims.get("exp")),
        expires_known="exp" not in claims,
        user=text_of(claims, "sub"),
    )


JSON_WEB_TOKEN = CredentialKind(
    name="jwt",
    title="JSON Web Token",
    provider="jwt",
    damage="D1",
    abilities=("service-read",),
    resource="jwt:issuer:*",
    scope="",
    forms=(JWT_FORM, _IN_BASE64),
    refine=_claims,
    narrower="a token with few scopes and an end within the hour",
    rotate="End the session at its issuer, or change the key that signs.",
    rank=60,
)
