"""Container-registry logins: `config.json` of Docker and podman, and Docker Hub's own tokens.

Source: Docker CLI documentation (`auths` holds base64 of `user:password`; with `credsStore` or `credHelpers` nothing
is in the file), trufflehog (2026) for `dckr_pat_` and `dckr_oat_`.
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_bytes
from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Form, Found
from remit.credentials.placeholder import is_placeholder

_HOST = re.compile(
    r"\"(?:https?://)?(?P<host>[A-Za-z0-9.-]{3,120})(?::\d{1,5})?(?:/[^\"\s]{0,100})?\"\s{0,20}:\s{0,20}\{[^{}]{0,200}$"
)
_NARROWER = "a token that only pulls, or a credential helper"


def _login(found: Found) -> Detail | None:
    raw = base64_bytes(found.value) or b""
    user, colon, password = raw.decode("utf-8", "replace").partition(":")
    if not colon or not user.isprintable() or not password:
        return None
    host = _HOST.search(found.around[: max(found.around.find(found.value), 0)])
    return Detail(
        placeholder=is_placeholder(password),
        user=user[:80],
        host=host["host"] if host else None,
        resource=f"docker:registry:{host['host']}" if host else None,
    )


DOCKER_AUTH = CredentialKind(
    name="docker-registry-auth",
    title="Container-registry login",
    provider="docker",
    damage="D2",
    abilities=("image-delete", "image-overwrite", "image-read"),
    resource="docker:registry:*",
    scope="the rights of its user in the registry (not visible offline)",
    forms=(
        Form(
            ('"auth"',),
            re.compile(r"\"auth\"\s{0,20}:\s{0,20}\"(?P<value>[A-Za-z0-9+/]{8,4000}={0,2})\""),
        ),
    ),
    refine=_login,
    narrower=_NARROWER,
    rotate="Revoke the token or change the password at the registry, then `docker logout`.",
    rank=20,
)

DOCKER_HUB_TOKEN = CredentialKind(
    name="docker-hub-token",
    title="Docker Hub access token",
    provider="docker",
    damage="D2",
    abilities=("image-delete", "image-overwrite", "image-read"),
    resource="docker:registry:docker.io",
    scope="the rights it was issued for (not visible offline)",
    forms=(prefixed("dckr_pat_", "[A-Za-z0-9_-]{27}"), prefixed("dckr_oat_", "[A-Za-z0-9_-]{32}")),
    narrower=_NARROWER,
    rotate="Delete it under Account settings, Personal access tokens.",
    rank=10,
)
