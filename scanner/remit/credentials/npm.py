"""npm tokens.

Source: npm documentation (about access tokens), gitleaks (2026): `npm_` + 36 characters; older tokens are bare UUIDs
after `_authToken=` in `.npmrc`, withdrawn on the public registry since November 2025, and still in use on private
ones.
"""

from __future__ import annotations

import re

from remit.credentials.forms import UUID, prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found

_HOST = re.compile(r"//(?P<host>[A-Za-z0-9.-]{3,120})(?::\d{1,5})?/[^\s:]{0,200}:_authToken\s{0,4}=\s{0,4}[\"']?$")


def _registry(found: Found) -> Detail:
    host = _HOST.search(found.around[: max(found.around.find(found.value), 0)])
    return Detail(host=host["host"] if host else None, resource=f"npm:registry:{host['host']}" if host else None)


NPM_TOKEN = CredentialKind(
    name="npm-token",
    title="npm access token",
    provider="npm",
    damage="D2",
    abilities=("package-unpublish", "package-publish"),
    resource="npm:package:*",
    scope="the packages and rights it was issued for (not visible offline)",
    forms=(
        prefixed("npm_", "[A-Za-z0-9]{36}"),
        Form(
            ("_authtoken",),
            re.compile(
                rf"_authToken\s{{0,4}}=\s{{0,4}}[\"']?(?P<value>{UUID}|[A-Za-z0-9+/_=.-]{{20,400}})(?![A-Za-z0-9+/_=.-])"
            ),
            before=re.compile(r"//[A-Za-z0-9.-]{3,120}[^\s]{0,200}:_authToken\s{0,4}=\s{0,4}[\"']?$"),
        ),
    ),
    refine=_registry,
    narrower="trusted publishing from CI, or a read-only token for the packages that are needed",
    rotate="Revoke it under Access Tokens, and look at the packages' recent versions.",
    rank=12,
)
