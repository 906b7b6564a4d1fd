"""Cloudflare tokens and the global key.

Source: Cloudflare documentation, token formats (2026): `cfut_` user token, `cfat_` account token, `cfk_` global key,
each 40 characters and eight hexadecimal ones as checksum. Older ones have no mark and are known by the name that
holds them: 40 characters for a token, 37 hexadecimal characters for the global key.
"""

from __future__ import annotations

import re

from remit.credentials.forms import HEX, called, prefixed
from remit.credentials.kind import CredentialKind

_BODY = r"[A-Za-z0-9_-]{40}[0-9a-f]{8}"

CLOUDFLARE_TOKEN = CredentialKind(
    name="cloudflare-token",
    title="Cloudflare API token",
    provider="cloudflare",
    damage="D3",
    abilities=("dns-delete", "bucket-delete", "database-delete", "worker-delete"),
    resource="cloudflare:account:*",
    scope="the permissions it was issued for (not visible offline)",
    forms=(
        prefixed("cfut_", _BODY),
        prefixed("cfat_", _BODY),
        called("cloudflare", "(?=[A-Za-z_-]{0,39}[0-9])[A-Za-z0-9_-]{40}", ("cloudflare",)),
    ),
    names=("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_TOKEN", "CF_API_TOKEN", "CF_TOKEN", "CLOUDFLARE_DNS_API_TOKEN"),
    value=re.compile(r"[A-Za-z0-9_-]{40}"),
    narrower="a token for one zone with the permission that the task needs, with an address filter and an end",
    rotate="Roll or delete it under My Profile or Manage Account, API Tokens.",
    rank=14,
)

CLOUDFLARE_GLOBAL_KEY = CredentialKind(
    name="cloudflare-global-key",
    title="Cloudflare global API key",
    provider="cloudflare",
    damage="D4",
    abilities=("zone-delete", "bucket-delete", "database-delete", "account-member-remove"),
    resource="cloudflare:account:*",
    scope="everything its user may do, in every account",
    forms=(
        prefixed("cfk_", _BODY),
        called("cloudflare|x-auth-key", HEX + "{37}", ("cloudflare", "x-auth-key")),
    ),
    names=("CLOUDFLARE_API_KEY", "CLOUDFLARE_GLOBAL_API_KEY", "CF_API_KEY"),
    value=re.compile(HEX + "{37}"),
    never_expires=True,
    backups_go_with_it=True,
    backups_note="buckets and databases go together with the backups that are kept in the same account",
    narrower="an API token for one zone",
    rotate="Change the key under My Profile, API Tokens, Global API Key, and use tokens instead.",
    rank=13,
)
