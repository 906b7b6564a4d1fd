"""Vercel tokens.

Source: Vercel changelog and documentation (2026), kingfisher: `vcp_` personal, `vca_` app, `vcr_` refresh, `vci_`
integration, `vck_` AI gateway, 56 characters each. Older ones are 24 bare characters, known by the name that holds
them.
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found


def _by_prefix(found: Found) -> Detail:
    if found.value.startswith("vck_"):
        return Detail(damage="D1", title="Vercel AI gateway key", scope="model calls of one team")
    return Detail()


VERCEL_TOKEN = CredentialKind(
    name="vercel-token",
    title="Vercel token",
    provider="vercel",
    damage="D3",
    abilities=("project-delete", "deployment-delete", "variables-read"),
    resource="vercel:project:*",
    scope="the teams and projects it was issued for (not visible offline)",
    forms=(
        *(prefixed(prefix, "[A-Za-z0-9]{56}") for prefix in ("vcp_", "vca_", "vcr_", "vci_", "vck_")),
        Form(
            ("token",),
            re.compile(r"\"token\"\s{0,8}:\s{0,8}\"(?P<value>[A-Za-z0-9]{24})\""),
            around=re.compile(r"com\.vercel\.cli/auth\.json$"),
        ),
    ),
    names=("VERCEL_TOKEN", "VERCEL_API_TOKEN", "VERCEL_ACCESS_TOKEN", "NOW_TOKEN"),
    value=re.compile("[A-Za-z0-9]{24}"),
    refine=_by_prefix,
    narrower="a token for one project, with an end",
    rotate="Delete it under Account settings, Tokens.",
    rank=14,
)
