"""GitLab tokens, told apart by their prefixes.

Source: GitLab documentation (token overview, prefixes), gitleaks and kingfisher (2026). `glpat-` stands for personal,
project and group tokens alike, and its scopes are not in it; an end has been required since version 16.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Damage, Detail, Found

_BODY = r"[A-Za-z0-9_-]"
_TYPES: dict[str, tuple[Damage, str]] = {
    "gldt-": ("D1", "GitLab deploy token"),
    "glcbt-": ("D2", "GitLab CI job token"),
    "glrt-": ("D2", "GitLab runner token"),
    "GR1348941": ("D2", "GitLab runner registration token"),
    "glptt-": ("D2", "GitLab pipeline trigger token"),
    "glagent-": ("D2", "GitLab agent token for Kubernetes"),
    "gloas-": ("D2", "GitLab OAuth application secret"),
    "glsoat-": ("D2", "GitLab SCIM token"),
    "glft-": ("D1", "GitLab feed token"),
    "glimt-": ("D1", "GitLab incoming-mail token"),
    "glffct-": ("D1", "GitLab feature-flag client token"),
}


def _by_prefix(found: Found) -> Detail:
    for prefix, (damage, title) in _TYPES.items():
        if found.value.startswith(prefix):
            return Detail(damage=damage, title=title)
    return Detail()


GITLAB_PAT = CredentialKind(
    name="gitlab-pat",
    title="GitLab access token (personal, project or group)",
    provider="gitlab",
    damage="D3",
    abilities=("project-delete", "registry-delete", "branch-force-push", "code-read"),
    resource="gitlab:project:*",
    scope="the scopes and role it was issued for (not visible offline)",
    forms=(
        prefixed("glpat-", _BODY + r"{27,300}(?:\.[0-9a-z]{2})?\.[0-9a-z]{7,9}"),
        prefixed("glpat-", _BODY + "{20}", at_value=False),
    ),
    narrower="a project token with read_repository and a low role",
    rotate="Revoke it under Preferences, or the project's or group's settings, Access tokens.",
    rank=10,
)

GITLAB_TOKEN = CredentialKind(
    name="gitlab-token",
    title="GitLab token for machines",
    provider="gitlab",
    damage="D2",
    abilities=("pipeline-run", "registry-write", "code-read"),
    resource="gitlab:project:*",
    scope="what its type allows",
    forms=(
        prefixed("gldt-", _BODY + "{20,64}"),
        prefixed("glcbt-", r"(?:[0-9a-zA-Z]{1,5}_)?" + _BODY + "{20,64}"),
        prefixed("glrt-", r"(?:t\d_)?" + _BODY + r"{20,300}(?:(?:\.[0-9a-z]{2})?\.[0-9a-z]{7,9})?"),
        prefixed("GR1348941", _BODY + "{20}"),
        prefixed("glptt-", _BODY + "{40}"),
        prefixed("glagent-", _BODY + "{50,1024}"),
        prefixed("gloas-", _BODY + "{64}"),
        prefixed("glsoat-", _BODY + "{20}"),
        prefixed("glft-", _BODY + "{20}"),
        prefixed("glimt-", _BODY + "{25}"),
        prefixed("glffct-", _BODY + "{20}"),
    ),
    refine=_by_prefix,
    narrower="a deploy token with read access to one project",
    rotate="Revoke or reset it in the settings of its project, group or runner.",
    rank=10,
)
