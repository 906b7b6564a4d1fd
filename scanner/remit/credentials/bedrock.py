"""AWS Bedrock API keys, which call models and nothing else.

Source: AWS Bedrock user guide (API keys); forms as gitleaks uses them (2026): `ABSK` + base64 for long-lived keys,
`bedrock-api-key-` + base64 that starts with the service's host for short-lived ones.
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found


def _lifetime(found: Found) -> Detail:
    # Only the long-lived form has a user of its own behind it, and no end.
    return Detail(expires_known=found.value.startswith("ABSK"))


BEDROCK_API_KEY = CredentialKind(
    name="aws-bedrock-api-key",
    title="AWS Bedrock API key",
    provider="aws",
    damage="D1",
    abilities=("model-call", "money-spend"),
    resource="aws:bedrock:*",
    scope="model calls of one account",
    forms=(
        prefixed("ABSK", r"[A-Za-z0-9+/]{109,269}={0,2}", end=r"(?![A-Za-z0-9+/=])"),
        prefixed(
            "bedrock-api-key-", r"YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]{0,4000}={0,2}", end=r"(?![A-Za-z0-9+/=])"
        ),
    ),
    names=("AWS_BEARER_TOKEN_BEDROCK",),
    value=re.compile(r"[A-Za-z0-9+/=_-]{40,4200}"),
    refine=_lifetime,
    narrower="a short-lived key, which ends with the session that made it",
    rotate="Delete the key under Bedrock, API keys; a long-lived one in IAM, service-specific credentials.",
    rank=12,
)
