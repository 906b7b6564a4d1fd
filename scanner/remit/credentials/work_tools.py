"""Tokens of issue trackers and wikis: Linear, Notion, Atlassian.

Source: gitleaks and trufflehog (2026): `lin_api_` + 40, `ntn_` + 11 digits + 35 letters and digits, `ATATT3` + at
least 180 characters.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Detail, Found

_PROVIDERS = {"lin_": "Linear API key", "ntn_": "Notion integration token", "ATATT": "Atlassian API token"}


def _provider(found: Found) -> Detail:
    return Detail(title=next((title for prefix, title in _PROVIDERS.items() if found.value.startswith(prefix)), None))


WORK_TOOL_TOKEN = CredentialKind(
    name="work-tool-token",
    title="Issue-tracker or wiki token",
    provider="work-tool",
    damage="D2",
    abilities=("issue-delete", "page-delete", "issue-read"),
    resource="work-tool:workspace:*",
    scope="everything its user or integration may do (not visible offline)",
    forms=(
        prefixed("lin_api_", "[A-Za-z0-9]{40}"),
        prefixed("ntn_", "[0-9]{11}[A-Za-z0-9]{35}"),
        prefixed("ATATT3", "[A-Za-z0-9_=-]{180,260}", end="(?![A-Za-z0-9_=-])"),
    ),
    refine=_provider,
    narrower="a token or integration that reads the pages and projects it needs",
    rotate="Revoke it in the settings of its user or workspace.",
    rank=10,
)
