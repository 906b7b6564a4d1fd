"""Pulumi access tokens.

Source: Pulumi documentation (access tokens), gitleaks and trufflehog (2026): `pul-` + 40 hexadecimal characters.
"""

from __future__ import annotations

from remit.credentials.forms import HEX, prefixed
from remit.credentials.kind import CredentialKind

PULUMI_TOKEN = CredentialKind(
    name="pulumi-token",
    title="Pulumi access token",
    provider="pulumi",
    damage="D4",
    abilities=("infrastructure-destroy", "stack-delete", "state-read"),
    resource="pulumi:stack:*",
    scope="its user, team or organisation (not visible offline)",
    forms=(prefixed("pul-", HEX + "{40}"),),
    backups_go_with_it=True,
    backups_note="a destroy through a deployment takes databases and the automated backups that go with them",
    narrower="a team token for the staging stacks, and protect on what must stay",
    rotate="Delete it under Personal or Organization access tokens.",
    rank=10,
)
