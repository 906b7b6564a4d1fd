"""GitHub tokens, told apart by their prefixes.

Source: GitHub's published token formats (`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_`); lengths and
alphabets as gitleaks and trufflehog use them (2026). The last six characters are a checksum; a wrong one lowers
confidence but real samples with wrong ones are common in tests, so nothing is dropped for it.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

GITHUB_PAT = CredentialKind(
    name="github-pat",
    title="GitHub classic personal access token",
    provider="github",
    damage="D3",
    abilities=("repository-delete", "branch-force-push", "release-delete", "workflow-edit", "code-read"),
    resource="github:repository:*",
    scope="every repository of its owner, as far as its scopes go (not visible offline)",
    forms=(prefixed("ghp_", "[A-Za-z0-9]{36}"),),
    narrower="a fine-grained token for one repository with read access to contents, or a GitHub App installation",
    rotate="Revoke it under Settings, Developer settings, Personal access tokens; then check the audit log.",
    rank=10,
)

GITHUB_FINE_GRAINED_PAT = CredentialKind(
    name="github-fine-grained-pat",
    title="GitHub fine-grained personal access token",
    provider="github",
    damage="D2",
    abilities=("repository-write", "code-read"),
    resource="github:repository:*",
    scope="the repositories and permissions it was given (not visible offline)",
    forms=(prefixed("github_pat_", "[A-Za-z0-9_]{82}"),),
    narrower="a fine-grained token for one repository with read access to contents",
    rotate="Revoke it under Settings, Developer settings, Fine-grained tokens.",
    rank=10,
)

GITHUB_SHORT_LIVED = CredentialKind(
    name="github-app-token",
    title="GitHub App or OAuth token",
    provider="github",
    damage="D2",
    abilities=("repository-write", "code-read"),
    resource="github:repository:*",
    scope="the permissions of its app (not visible offline)",
    forms=tuple(prefixed(prefix, "[A-Za-z0-9]{36,255}") for prefix in ("ghs_", "ghu_", "gho_", "ghr_")),
    narrower="an installation token limited to one repository",
    rotate="Revoke the app's authorisation, or wait for it to lapse (installation tokens last one hour).",
    rank=10,
)
