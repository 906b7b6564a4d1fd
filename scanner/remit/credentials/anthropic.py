"""Anthropic API keys, admin keys, and logins of Claude Code.

Source: Anthropic documentation (admin API), gitleaks and trufflehog (2026): `sk-ant-api03-` and `sk-ant-admin01-`,
each + 93 characters + `AA`; `sk-ant-oat01-` and `sk-ant-ort01-` for OAuth.
"""

from __future__ import annotations

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind

_BODY = r"[A-Za-z0-9_-]"

ANTHROPIC_KEY = CredentialKind(
    name="anthropic-key",
    title="Anthropic API key",
    provider="anthropic",
    damage="D1",
    abilities=("model-call", "files-read", "money-spend"),
    resource="anthropic:workspace:*",
    scope="one workspace",
    forms=(prefixed("sk-ant-api03-", _BODY + "{93}AA"), prefixed("sk-ant-api", r"\d\d-" + _BODY + "{80,120}")),
    never_expires=True,
    narrower="a key of a workspace of its own, with a spend limit",
    rotate="Delete it in the console under API keys.",
    rank=10,
)

ANTHROPIC_ADMIN_KEY = CredentialKind(
    name="anthropic-admin-key",
    title="Anthropic admin key",
    provider="anthropic",
    damage="D2",
    abilities=("key-delete", "member-remove", "workspace-archive"),
    resource="anthropic:organization:*",
    scope="the administration of its organisation",
    forms=(prefixed("sk-ant-admin01-", _BODY + "{93}AA"),),
    never_expires=True,
    narrower="a key of one workspace",
    rotate="Delete it in the console under Admin keys.",
    rank=10,
)

ANTHROPIC_LOGIN = CredentialKind(
    name="anthropic-login",
    title="Claude login (OAuth token)",
    provider="anthropic",
    damage="D1",
    abilities=("model-call", "history-read"),
    resource="anthropic:account:*",
    scope="the subscription of its user",
    forms=(prefixed("sk-ant-oat01-", _BODY + "{40,140}"), prefixed("sk-ant-ort01-", _BODY + "{40,140}")),
    narrower="a login of its own for the agent",
    rotate="Log out, and end the session under Settings, Claude Code.",
    rank=10,
)
