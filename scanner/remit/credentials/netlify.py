"""Netlify personal access tokens.

Source: Netlify documentation (user settings, applications), trufflehog (2026): `nfp_` + 36 characters, older ones 40
to 46 bare ones.
"""

from __future__ import annotations

import re

from remit.credentials.forms import called, prefixed
from remit.credentials.kind import CredentialKind, Form

_OLD = r"(?=[A-Za-z_-]{0,39}[0-9])[A-Za-z0-9_-]{40,46}"

_LOGIN = Form(
    ("token",),
    re.compile(r"\"token\"\s{0,8}:\s{0,8}\"(?P<value>[A-Za-z0-9_-]{36,64})\""),
    around=re.compile(r"(?:^|/)netlify/config\.json$"),
)

NETLIFY_TOKEN = CredentialKind(
    name="netlify-token",
    title="Netlify access token",
    provider="netlify",
    damage="D3",
    abilities=("site-delete", "deploy-delete", "variables-read"),
    resource="netlify:site:*",
    scope="every site of every team of its user",
    forms=(prefixed("nfp_", "[A-Za-z0-9_-]{36}"), called("netlify", _OLD, ("netlify",)), _LOGIN),
    names=("NETLIFY_AUTH_TOKEN", "NETLIFY_ACCESS_TOKEN", "NETLIFY_API_TOKEN", "NETLIFY_TOKEN"),
    value=re.compile(_OLD),
    narrower="a user of its own who is a member of the staging team only",
    rotate="Delete it under User settings, Applications, Personal access tokens.",
    rank=14,
)
