"""AWS access keys: the long-lived pair, the temporary one, and the halves of either.

Source: AWS IAM user guide (unique identifiers: `AKIA` long-lived, `ASIA` temporary, `ABIA` and `ACCA` bearer and
context ids); lengths and alphabets as gitleaks and trufflehog use them (2026). The account number sits in the key id:
base32 of the sixteen characters after the prefix, of the first six bytes the upper forty bits (trufflehog,
`pkg/detectors/aws`); ids that go on with `I` or `J` were issued before that and hold none. The secret is what opens
anything: the id goes into logs and is no secret.
"""

from __future__ import annotations

import base64
import binascii
import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found
from remit.credentials.placeholder import is_placeholder

_ID = re.compile(r"(?<![A-Za-z0-9])(?P<id>(?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9])")
_SECRET = re.compile(r"(?<![A-Za-z0-9/+])(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")
_SECRET_NAMES = ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SECRET", "AWS_ACCESS_KEY_SECRET", "AWS_ACCESS_KEY")
_ROTATE = "Deactivate the key in IAM, watch CloudTrail for its use, then delete it; issue a role session in its place."
_NARROWER = (
    "a role session of the staging account with a session policy that denies rds:Delete*, s3:Delete*, kms:Schedule*"
)
_DESTROYS = ("database-delete", "snapshot-delete", "bucket-delete", "volume-delete", "key-delete", "data-read")


def account_of(key_id: str) -> str | None:
    """The twelve-digit account number within an access key id; None for ids that hold none."""
    if len(key_id) != 20 or key_id[4] in "IJ":
        return None
    try:
        raw = base64.b32decode(key_id[4:])
    except (binascii.Error, ValueError):
        return None
    return f"{(int.from_bytes(raw[:6], 'big') & 0x7FFFFFFFFF80) >> 7:012d}"


def _looks_random(secret: str) -> bool:
    # Forty hexadecimal characters are a commit id, forty letters a word list, many slashes a path.
    return (
        any(c.isupper() for c in secret)
        and any(c.islower() for c in secret)
        and any(c.isdigit() for c in secret)
        and secret.count("/") <= 6
    )


def _pair(found: Found, prefix: str) -> Detail | None:
    if not _looks_random(found.value):
        return None
    ids = [match["id"] for match in _ID.finditer(found.around)]
    if any(key_id.startswith(prefix) for key_id in ids):
        key_id = next(key_id for key_id in ids if key_id.startswith(prefix))
        account = account_of(key_id)
        return Detail(
            placeholder=is_placeholder(key_id),
            account=account,
            resource=f"aws:account:{account}" if account else None,
        )
    return None


def _long_lived(found: Found) -> Detail | None:
    if _ID.search(found.around):
        return _pair(found, "AKIA")
    # A secret whose id lies elsewhere is still the half that must not be found.
    scope = "half a pair: the key id that goes with it is not beside it"
    return Detail(scope=scope) if _looks_random(found.value) else None


def _temporary(found: Found) -> Detail | None:
    return _pair(found, "ASIA")


def _key_id(found: Found) -> Detail | None:
    half = any(_looks_random(other["value"]) for other in _SECRET.finditer(found.around))
    account = account_of(found.value)
    return Detail(
        scope=None if half else "half a pair: the key id opens nothing without its secret, which is not beside it",
        account=account,
        resource=f"aws:account:{account}" if account else None,
        expires_known=True,
    )


AWS_ACCESS_KEY = CredentialKind(
    name="aws-access-key",
    title="AWS long-lived access key",
    provider="aws",
    damage="D4",
    abilities=_DESTROYS,
    resource="aws:account:*",
    scope="",
    forms=(Form(("akia",), _SECRET, around=_ID),),
    names=(*_SECRET_NAMES, "SECRET_ACCESS_KEY"),
    value=re.compile(r"[A-Za-z0-9/+]{40}"),
    refine=_long_lived,
    never_expires=True,
    backups_go_with_it=True,
    backups_note="it may delete RDS instances with their automated backups and snapshots, and empty backup buckets",
    narrower=_NARROWER,
    rotate=_ROTATE,
    rank=18,
)

AWS_TEMPORARY_KEY = CredentialKind(
    name="aws-temporary-key",
    title="AWS temporary access key",
    provider="aws",
    damage="D4",
    abilities=_DESTROYS,
    resource="aws:account:*",
    scope="the role it was issued for (not visible offline)",
    forms=(Form(("asia",), _SECRET, around=_ID),),
    names=_SECRET_NAMES,
    value=re.compile(r"[A-Za-z0-9/+]{40}"),
    refine=_temporary,
    backups_go_with_it=True,
    backups_note="its holder may delete what the role may delete, backups included",
    narrower="a shorter session with a session policy",
    rotate="Revoke the role's older sessions in IAM (Revoke active sessions).",
    rank=17,
)

AWS_SESSION_TOKEN = CredentialKind(
    name="aws-session-token",
    title="AWS session token, third part of a temporary key",
    provider="aws",
    damage="D4",
    abilities=_DESTROYS,
    resource="aws:account:*",
    scope="of use only with the key id and secret issued together with it",
    names=("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    value=re.compile(r"[A-Za-z0-9/+=]{100,2000}"),
    narrower="a shorter session with a session policy",
    rotate="Revoke the role's older sessions in IAM (Revoke active sessions).",
    rank=18,
)

AWS_KEY_ID = CredentialKind(
    name="aws-access-key-id",
    title="AWS access key id, the public half of a key",
    provider="aws",
    damage="D0",
    abilities=("account-identify",),
    resource="aws:account:*",
    scope="the public half of a pair: names the key and its account",
    forms=tuple(prefixed(prefix, "[A-Z2-7]{16}") for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")),
    refine=_key_id,
    never_expires=True,
    rotate=_ROTATE,
    rank=10,
)
