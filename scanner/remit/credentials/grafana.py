"""Grafana tokens.

Source: Grafana documentation (service accounts, access policies), gitleaks and trufflehog (2026): `glsa_` + 32
characters + checksum, `glc_` + base64 of an object that names organisation and region, and `eyJrIjoi`, base64 of the
old API keys.
"""

from __future__ import annotations

from remit.credentials.claims import base64_object, text_of
from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found


def _policy(found: Found) -> Detail:
    if not found.value.startswith("glc_"):
        return Detail()
    name = text_of(base64_object(found.value.removeprefix("glc_")) or {}, "n")
    return Detail(scope=f"access policy {name}" if name else None)


GRAFANA_TOKEN = CredentialKind(
    name="grafana-token",
    title="Grafana token",
    provider="grafana",
    damage="D2",
    abilities=("alert-delete", "dashboard-delete", "datasource-query"),
    resource="grafana:organization:*",
    scope="the role of its service account or access policy (not visible offline)",
    forms=(
        prefixed("glsa_", "[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
        prefixed("glc_", r"[A-Za-z0-9+/]{32,400}={0,3}", end="(?![A-Za-z0-9+/=])"),
        prefixed("eyJrIjoi", r"[A-Za-z0-9]{70,400}={0,3}", end="(?![A-Za-z0-9+/=._-])"),
    ),
    refine=_policy,
    narrower="a service account with the role Viewer, and a token with an end",
    rotate="Delete the token under Service accounts or Access policies.",
    rank=10,
)
