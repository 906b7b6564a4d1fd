"""Hugging Face tokens.

Source: Hugging Face documentation (user access tokens), gitleaks and trufflehog (2026): `hf_` + 34 letters and
digits, `api_org_` + 34 letters.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found


def _random(found: Found) -> Detail | None:
    # Function names in C libraries start like this too; they are lower case throughout.
    body = found.value.removeprefix("hf_").removeprefix("api_org_")
    return Detail() if any(c.isupper() for c in body) and any(c.islower() for c in body) else None


HUGGINGFACE_TOKEN = CredentialKind(
    name="huggingface-token",
    title="Hugging Face token",
    provider="huggingface",
    damage="D2",
    abilities=("repository-delete", "model-overwrite", "model-read"),
    resource="huggingface:repository:*",
    scope="the role or rights it was issued for (not visible offline)",
    forms=(prefixed("hf_", "[A-Za-z0-9]{34}"), prefixed("api_org_", "[A-Za-z]{34}")),
    refine=_random,
    narrower="a fine-grained token that reads one repository",
    rotate="Delete it under Settings, Access tokens.",
    rank=10,
)
