"""Doppler tokens, told apart by their prefixes.

Source: Doppler documentation (token formats), trufflehog and gitleaks (2026): `dp.pt.` personal, `dp.st.` service
(with the config's name), `dp.ct.` CLI, `dp.sa.` service account, `dp.scim.`, `dp.audit.`, each + 40 to 44 characters.
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Damage, Detail, Found

_CONFIG = re.compile(r"dp\.st\.(?P<config>[a-z0-9_-]{2,35})\.")
_TYPES: dict[str, tuple[Damage, str]] = {
    "dp.pt.": ("D2", "everything its user may do"),
    "dp.ct.": ("D2", "everything its user may do"),
    "dp.sa.": ("D2", "the roles of its service account"),
    "dp.scim.": ("D2", "the members of the workplace"),
    "dp.audit.": ("D1", "the audit log of the workplace"),
}


def _by_prefix(found: Found) -> Detail:
    config = _CONFIG.match(found.value)
    name = f" ({config['config']})" if config else ""
    if found.value.startswith("dp.st."):
        return Detail(damage="D1", scope=f"the secrets of one config{name}")
    for prefix, (damage, scope) in _TYPES.items():
        if found.value.startswith(prefix):
            return Detail(damage=damage, scope=scope)
    return Detail()


DOPPLER_TOKEN = CredentialKind(
    name="doppler-token",
    title="Doppler token",
    provider="doppler",
    damage="D2",
    abilities=("config-delete", "secrets-write", "secrets-read"),
    resource="doppler:project:*",
    scope="what its type allows",
    forms=(
        prefixed("dp.st.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}"),
        *(prefixed(prefix, "[A-Za-z0-9]{40,44}") for prefix in _TYPES),
    ),
    refine=_by_prefix,
    narrower="a service token that reads one non-production config, with an end",
    rotate="Revoke it in the dashboard, and change the secrets it could read.",
    rank=10,
)
