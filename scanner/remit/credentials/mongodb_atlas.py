"""MongoDB Atlas service accounts and programmatic API keys.

Source: MongoDB Atlas documentation (service accounts, programmatic keys), kingfisher (2026): secret `mdb_sa_sk_` + 40
characters, id `mdb_sa_id_`; older private keys are bare UUIDs, known by the name that holds them.
"""

from __future__ import annotations

import re

from remit.credentials.forms import HEX, UUID, prefixed
from remit.credentials.kind import CredentialKind

MONGODB_ATLAS_KEY = CredentialKind(
    name="mongodb-atlas-key",
    title="MongoDB Atlas API secret",
    provider="mongodb-atlas",
    damage="D4",
    abilities=("cluster-delete", "snapshot-delete", "data-read"),
    resource="mongodb-atlas:project:*",
    scope="the roles of its account; used together with its public id",
    forms=(prefixed("mdb_sa_sk_", "[A-Za-z0-9_-]{40}"),),
    names=("MONGODB_ATLAS_PRIVATE_KEY", "MONGODB_ATLAS_PRIVATE_API_KEY", "ATLAS_PRIVATE_KEY", "MCLI_PRIVATE_API_KEY"),
    value=re.compile(UUID, re.IGNORECASE),
    backups_go_with_it=True,
    backups_note="snapshots go with the cluster unless a backup compliance policy holds them",
    narrower="a service account that reads one staging project, with an address list",
    rotate="Delete the secret under Access manager, and issue one with an end.",
    rank=14,
)

MONGODB_ATLAS_ID = CredentialKind(
    name="mongodb-atlas-id",
    title="MongoDB Atlas service-account id, the public half",
    provider="mongodb-atlas",
    damage="D0",
    abilities=("account-identify",),
    resource="mongodb-atlas:project:*",
    scope="opens nothing without its secret",
    forms=(prefixed("mdb_sa_id_", HEX + "{24}"),),
    never_expires=True,
    rank=10,
)
