"""API keys of further model providers, told apart by their prefixes.

Source: trufflehog and gitleaks (2026): Groq `gsk_` + 52, OpenRouter `sk-or-v1-` + 64 hexadecimal characters,
Perplexity `pplx-` + 48.
"""

from __future__ import annotations

from remit.credentials.forms import HEX, prefixed
from remit.credentials.kind import CredentialKind, Detail, Found

_TITLES = {"gsk_": "Groq API key", "sk-or-": "OpenRouter API key", "pplx-": "Perplexity API key"}


def _provider(found: Found) -> Detail:
    return Detail(title=next((title for prefix, title in _TITLES.items() if found.value.startswith(prefix)), None))


MODEL_API_KEY = CredentialKind(
    name="model-api-key",
    title="Model provider's API key",
    provider="model",
    damage="D1",
    abilities=("model-call", "money-spend"),
    resource="model:account:*",
    scope="its account's models and budget",
    forms=(
        prefixed("gsk_", "[A-Za-z0-9]{52}"),
        prefixed("sk-or-v1-", HEX + "{64}"),
        prefixed("pplx-", "[A-Za-z0-9]{48}"),
    ),
    refine=_provider,
    narrower="a key with a spending limit",
    rotate="Revoke it in the provider's console.",
    rank=10,
)
