"""Databricks personal access tokens.

Source: Databricks documentation (personal access tokens), gitleaks and trufflehog (2026): `dapi` + 32 hexadecimal
characters, sometimes with a digit after them.
"""

from __future__ import annotations

from remit.credentials.forms import HEX, prefixed
from remit.credentials.kind import CredentialKind

DATABRICKS_TOKEN = CredentialKind(
    name="databricks-token",
    title="Databricks access token",
    provider="databricks",
    damage="D3",
    abilities=("table-drop", "cluster-delete", "data-read"),
    resource="databricks:workspace:*",
    scope="everything its user may do in one workspace",
    forms=(prefixed("dapi", HEX + r"{32}(?:-\d)?"),),
    narrower="a service principal with SELECT on the staging catalogue",
    rotate="Revoke it under User settings, Developer, Access tokens.",
    rank=10,
)
