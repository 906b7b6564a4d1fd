"""Stripe keys, whose prefix tells mode and restriction.

Source: Stripe documentation (API keys: `sk_` secret, `rk_` restricted, `pk_` publishable, `_live_` and `_test_`),
gitleaks and trufflehog (2026).
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found

_BODY = "[A-Za-z0-9]{16,247}"


def _mode(found: Found) -> Detail:
    restricted = "restricted key: the permissions it was given (not visible offline)"
    scope = restricted if found.value.startswith("rk_") else None
    if "_test_" in found.value[:8]:
        return Detail(damage="D1", title="Stripe key, test mode", scope=scope, environment="development")
    return Detail(scope=scope, environment="production")


STRIPE_KEY = CredentialKind(
    name="stripe-key",
    title="Stripe secret key",
    provider="stripe",
    damage="D2",
    abilities=("money-move", "customer-delete", "data-read"),
    resource="stripe:account:*",
    scope="the whole account",
    forms=tuple(prefixed(f"{kind}_{mode}_", _BODY) for kind in ("sk", "rk") for mode in ("live", "test", "prod")),
    refine=_mode,
    never_expires=True,
    narrower="a restricted key that reads, or a test-mode key",
    rotate="Roll it under Developers, API keys.",
    rank=10,
)

STRIPE_WEBHOOK_SECRET = CredentialKind(
    name="stripe-webhook-secret",
    title="Stripe webhook signing secret",
    provider="stripe",
    damage="D1",
    abilities=("event-forge",),
    resource="stripe:webhook:*",
    scope="one endpoint: events sent to it can be forged",
    forms=(prefixed("whsec_", "[A-Za-z0-9+/=]{24,90}", end="(?![A-Za-z0-9+/=])"),),
    never_expires=True,
    narrower="an endpoint of its own for each environment",
    rotate="Roll the secret of the endpoint under Developers, Webhooks.",
    rank=10,
)

STRIPE_PUBLISHABLE = CredentialKind(
    name="stripe-publishable",
    title="Stripe publishable key",
    provider="stripe",
    damage="D0",
    abilities=("payment-start",),
    resource="stripe:account:*",
    scope="published with every checkout page",
    forms=(prefixed("pk_live_", _BODY), prefixed("pk_test_", _BODY)),
    never_expires=True,
    rank=10,
)
