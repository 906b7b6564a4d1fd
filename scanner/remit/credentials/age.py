"""age identities, with which sops files and backups are decrypted.

Source: the age file-format specification (Bech32 with the prefix `AGE-SECRET-KEY-1`), gitleaks (2026).
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

AGE_KEY = CredentialKind(
    name="age-secret-key",
    title="age secret key",
    provider="age",
    damage="D1",
    abilities=("secrets-read",),
    resource="age:file:*",
    scope="every file encrypted for it, past versions included",
    forms=(prefixed("AGE-SECRET-KEY-1", "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),),
    never_expires=True,
    narrower="a recipient in a key-management service, so that each use is decided and logged",
    rotate="Make a new identity, encrypt again for it alone, and change the secrets that the old one could read.",
    rank=10,
)
