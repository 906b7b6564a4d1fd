"""PyPI upload tokens.

Source: warehouse documentation (API tokens are macaroons whose serialised form starts with the site's name),
trufflehog and kingfisher (2026). A token cannot delete a release, but it can publish one.
"""

from __future__ import annotations

from remit.credentials.claims import base64_bytes
from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found


def _limited(found: Found) -> Detail:
    raw = base64_bytes(found.value.removeprefix("pypi-")) or b""
    if b'"projects"' in raw or b"[1," in raw or b"[2," in raw:
        return Detail(scope="the projects named in the token")
    return Detail()


PYPI_TOKEN = CredentialKind(
    name="pypi-token",
    title="PyPI API token",
    provider="pypi",
    damage="D2",
    abilities=("package-publish",),
    resource="pypi:project:*",
    scope="every project of its user, unless it is limited to one",
    forms=(
        prefixed("pypi-AgEIcHlwaS5vcmc", "[A-Za-z0-9_-]{50,1000}"),
        prefixed("pypi-AgENdGVzdC5weXBpLm9yZ", "[A-Za-z0-9_-]{50,1000}"),
    ),
    refine=_limited,
    never_expires=True,
    narrower="trusted publishing from CI, or a token for one project",
    rotate="Remove it under Account settings, API tokens, and look at the projects' recent releases.",
    rank=10,
)
