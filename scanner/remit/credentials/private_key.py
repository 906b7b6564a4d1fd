"""Private keys in PEM, OpenSSH and PuTTY files.

Source: RFC 7468 and RFC 1421 (PEM, `Proc-Type: 4,ENCRYPTED`), OpenSSH `PROTOCOL.key` (the header names cipher and key
derivation; `none` means no passphrase), PuTTY appendix C (`Encryption:`).
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_bytes
from remit.credentials.kind import CredentialKind, Detail, Form, Found

_BODY = re.compile(r"[A-Za-z0-9+/]{40}")
_ENCRYPTED = re.compile(r"ENCRYPTED|Encryption: aes", re.IGNORECASE)
_GITHUB_APP = re.compile(r"\.private-key\.pem$")
_PUBLIC_USE = re.compile(
    r"(?:^|[/._-])(?:tls|ssl|certs?|server|ca|https|localhost|jwt|signing|saml)(?:[/._-]|$)", re.IGNORECASE
)
_MAGIC = b"openssh-key-v1\0"


def _is_locked(header: str, value: str) -> bool:
    """Whether a passphrase stands between the file and the key."""
    if _ENCRYPTED.search(header) or _ENCRYPTED.search(value[:400]):
        return True
    raw = base64_bytes(re.sub(r"\\[nr]|\s", "", value)[:200]) or b""
    if not raw.startswith(_MAGIC):
        return False
    length = int.from_bytes(raw[len(_MAGIC) : len(_MAGIC) + 4], "big")
    cipher = raw[len(_MAGIC) + 4 : len(_MAGIC) + 4 + min(length, 40)]
    return cipher != b"none"


def _key(found: Found, ssh: bool) -> Detail | None:
    if _BODY.search(found.value) is None:
        return None
    header = found.document[max(0, found.start - 200) : found.start].rpartition("\n\n")[2]
    is_ssh = "OPENSSH" in header[-60:] or "PuTTY" in header or ("PRIVATE KEY" in header and _from_ssh(found, header))
    if is_ssh != ssh:
        return None
    if _is_locked(header, found.value):
        return Detail(damage="D1", scope="protected by a passphrase", expires_known=True)
    if _GITHUB_APP.search(found.path):
        return Detail(title="Private key of a GitHub App", scope="every installation of the app", expires_known=True)
    return Detail(expires_known=True)


def _from_ssh(found: Found, header: str) -> bool:
    kind = header[-60:]
    plain = any(word in kind for word in ("RSA PRIVATE", "DSA PRIVATE", "EC PRIVATE"))
    return plain and not _PUBLIC_USE.search(found.path)


def _ssh(found: Found) -> Detail | None:
    return _key(found, ssh=True)


def _other(found: Found) -> Detail | None:
    return _key(found, ssh=False)


_PEM = Form(
    ("private key",),
    re.compile(
        r"-----BEGIN (?:OPENSSH |RSA |DSA |EC |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----"
        r"(?P<value>[^-]{1,20000}+(?:-(?!----)[^-]{0,20000}+){0,40}+)"
    ),
)
_PUTTY = Form(
    ("putty-user-key-file",),
    re.compile(r"Private-Lines: \d{1,4}\s{1,4}(?P<value>[A-Za-z0-9+/=\s]{40,20000}+)"),
)

SSH_PRIVATE_KEY = CredentialKind(
    name="ssh-private-key",
    title="SSH private key",
    provider="ssh",
    damage="D4",
    abilities=("host-login", "disk-wipe", "data-read"),
    resource="ssh:host:*",
    scope="every host and repository that lists its public half",
    forms=(_PEM, _PUTTY),
    refine=_ssh,
    never_expires=True,
    backups_go_with_it=True,
    backups_note="on a host it reaches, data and the copies kept beside it are equally exposed",
    narrower="a key in an agent or on hardware, a read-only deploy key, or certificates of hours",
    rotate="Remove its public half from every authorized_keys and deploy-key list, then make a new pair.",
    rank=10,
)

PRIVATE_KEY = CredentialKind(
    name="private-key",
    title="Private key",
    provider="pki",
    damage="D2",
    abilities=("identity-forge", "traffic-decrypt"),
    resource="pki:key:*",
    scope="",
    forms=(_PEM,),
    refine=_other,
    never_expires=True,
    narrower="a key in a manager or on hardware that signs without giving itself away",
    rotate="Make a new key, replace what names its public half, and revoke the old certificate.",
    rank=11,
)
