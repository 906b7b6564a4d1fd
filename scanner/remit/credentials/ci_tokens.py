"""Tokens of build services: CircleCI and Buildkite.

Source: trufflehog (2026): `CCIPAT_` + 22 characters + `_` + 40 hexadecimal ones, and 40 bare ones known by their
name; `bkua_` + 40. Their holder reads every pipeline's secrets, and so inherits what those can destroy.
"""

from __future__ import annotations

import re

from remit.credentials.forms import HEX, prefixed
from remit.credentials.kind import CredentialKind

CI_TOKEN = CredentialKind(
    name="ci-token",
    title="Build-service token",
    provider="ci",
    damage="D2",
    abilities=("pipeline-run", "secrets-read", "pipeline-delete"),
    resource="ci:organization:*",
    scope="the projects of its user (not visible offline)",
    forms=(
        prefixed("CCIPAT_", r"[A-Za-z0-9]{22}_[0-9a-f]{40}"),
        prefixed("bkua_", HEX + "{40}"),
    ),
    names=("CIRCLE_TOKEN", "CIRCLECI_TOKEN", "CIRCLECI_CLI_TOKEN", "BUILDKITE_API_TOKEN", "BUILDKITE_TOKEN"),
    value=re.compile(HEX + "{40}"),
    narrower="a token with read scopes only",
    rotate="Revoke it under the user's personal API tokens.",
    rank=20,
)
