"""HCP Terraform (Terraform Cloud) tokens.

Source: HCP Terraform documentation (API tokens), gitleaks and trufflehog (2026): 14 characters, `.atlasv1.`, 60 to 70
more. Its holder can queue a destroy run and read state, in which every secret of the infrastructure stands in plain
text.
"""

from __future__ import annotations

import re

from remit.credentials.kind import CredentialKind, Form

TERRAFORM_CLOUD_TOKEN = CredentialKind(
    name="terraform-cloud-token",
    title="HCP Terraform token",
    provider="terraform",
    damage="D4",
    abilities=("infrastructure-destroy", "workspace-delete", "state-read", "variables-read"),
    resource="terraform:workspace:*",
    scope="its user, team or organisation (not visible offline)",
    forms=(
        Form(
            (".atlasv1.",),
            re.compile(r"(?<![A-Za-z0-9])(?P<value>[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70})(?![A-Za-z0-9_=-])"),
        ),
    ),
    backups_go_with_it=True,
    backups_note="a destroy run takes databases, and the automated backups that go with them",
    narrower="a team token with the permission Plan, and prevent_destroy on what must stay",
    rotate="Delete it under User, Team or Organization settings, Tokens.",
    rank=10,
)
