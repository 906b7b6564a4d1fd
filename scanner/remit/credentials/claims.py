"""Reading what a token says of itself: the claims of a JWT, JSON in base64. Nothing is verified and nothing is sent.

Source: RFC 7519 (JSON Web Token), RFC 4648 (base64url).
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime

_MAX_LENGTH = 16_000
_MAX_BRACKETS = 200
"""Payloads are flat; more brackets than this could exhaust the JSON parser's stack."""


def base64_bytes(text: str) -> bytes | None:
    """The bytes behind a base64 or base64url text without regard to padding; None where it is neither."""
    plain = text.strip().rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def base64_object(text: str) -> dict[str, object] | None:
    """The JSON object behind a base64 text; None where there is none."""
    raw = base64_bytes(text) if len(text) <= _MAX_LENGTH else None
    if raw is None or raw.count(b"{") + raw.count(b"[") > _MAX_BRACKETS:
        return None
    try:
        value = json.loads(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def jwt_claims(token: str) -> dict[str, object] | None:
    """The claims of a JWT; None where its header names no algorithm or either part is not a JSON object."""
    parts = token.split(".")
    if len(parts) < 2:
        return None
    header = base64_object(parts[0])
    return base64_object(parts[1]) if header is not None and "alg" in header else None


def moment(seconds: object) -> str | None:
    """Seconds since 1970 as an RFC 3339 time in UTC; None for anything else."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 253_402_300_800:
        return None
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def text_of(claims: dict[str, object], name: str) -> str | None:
    """A claim if it is a text that is fit to print: short, one line."""
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable() else None
