"""HashiCorp Vault tokens.

Source: Vault documentation (tokens: `hvs.` service, `hvb.` batch, `hvr.` recovery; before 1.10 `s.` + 24 characters,
known here only by the name that holds them), gitleaks (2026).
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

VAULT_TOKEN = CredentialKind(
    name="vault-token",
    title="Vault token",
    provider="vault",
    damage="D4",
    abilities=("secrets-destroy", "secrets-read", "policy-write"),
    resource="vault:mount:*",
    scope="its policies, everything if it is a root token (not visible offline)",
    forms=(
        prefixed("hvs.", r"[A-Za-z0-9_-]{90,120}"),
        prefixed("hvs.", r"[A-Za-z0-9]{24}"),
        prefixed("hvb.", r"[A-Za-z0-9_-]{138,300}"),
        prefixed("hvr.", r"[A-Za-z0-9_-]{24,120}"),
    ),
    names=("VAULT_TOKEN", "VAULT_DEV_ROOT_TOKEN_ID"),
    value=re.compile(r"s\.[A-Za-z0-9]{24}(?:\.[A-Za-z0-9]{5})?"),
    narrower="a batch token with one read policy and a life of minutes",
    rotate="Revoke it by its accessor (`vault token revoke -accessor`), and whatever it was used to issue.",
    rank=12,
)
