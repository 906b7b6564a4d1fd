"""OpenAI API keys.

Source: OpenAI documentation (projects, service accounts, admin keys), trufflehog and gitleaks (2026): every key holds
`T3BlbkFJ` (base64 of "OpenAI"); what stands before it tells project, service-account and administration keys apart.
"""

from __future__ import annotations

import re

from remit.credentials.kind import CredentialKind, Detail, Form, Found


def _by_prefix(found: Found) -> Detail:
    if found.value.startswith("sk-admin-"):
        return Detail(
            damage="D2",
            title="OpenAI admin key",
            scope="the administration of its organisation: projects, members, keys",
        )
    return Detail(scope="one project" if found.value.startswith(("sk-proj-", "sk-svcacct-")) else None)


OPENAI_KEY = CredentialKind(
    name="openai-key",
    title="OpenAI API key",
    provider="openai",
    damage="D1",
    abilities=("model-call", "files-read", "money-spend"),
    resource="openai:organization:*",
    scope="every project of its user",
    forms=(
        Form(
            ("t3blbkfj",),
            re.compile(
                r"(?P<value>sk-(?:(?<![A-Za-z0-9_]sk-)|(?<=\\[nrt]sk-))(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,100}?"
                r"T3BlbkFJ[A-Za-z0-9_-]{20,100})(?![A-Za-z0-9_-])"
            ),
        ),
    ),
    refine=_by_prefix,
    never_expires=True,
    narrower="a restricted key of a project of its own, with a budget",
    rotate="Revoke it under API keys, and look at the usage of its project.",
    rank=10,
)
