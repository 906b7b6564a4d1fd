"""DigitalOcean tokens.

Source: DigitalOcean API release notes of April 2022 (prefixes `dop_v1_`, `doo_v1_`, `dor_v1_` + 64 hexadecimal
characters) and the page on personal access tokens. Scopes exist, with a `:delete` of their own for each resource, but
are not in the token.
"""

from __future__ import annotations

import re

from remit.credentials.forms import HEX, prefixed
from remit.credentials.kind import CredentialKind

DIGITALOCEAN_TOKEN = CredentialKind(
    name="digitalocean-token",
    title="DigitalOcean token",
    provider="digitalocean",
    damage="D4",
    abilities=("database-delete", "volume-delete", "snapshot-delete", "droplet-delete"),
    resource="digitalocean:account:*",
    scope="the scopes it was issued for, every resource of the team if it has full access (not visible offline)",
    forms=tuple(prefixed(prefix, HEX + "{64}") for prefix in ("dop_v1_", "doo_v1_", "dor_v1_")),
    names=("DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_API_TOKEN", "DO_API_TOKEN"),
    value=re.compile(HEX + "{64}"),
    backups_go_with_it=True,
    backups_note="backups of a managed database go when its cluster is destroyed",
    narrower="a token with read scopes of the staging resources and none that ends in :delete",
    rotate="Delete it under API, Tokens, and issue one with custom scopes.",
    rank=12,
)
