"""Slack tokens and webhooks.

Source: Slack documentation (token types), gitleaks, trufflehog and kingfisher (2026).
"""

from __future__ import annotations

import re

from remit.credentials.forms import prefixed
from remit.credentials.kind import CredentialKind, Form

# Two groups of digits or one, then a random part; older bots have one group and a shorter tail.
_BOT = r"[0-9]{8,14}-(?:[0-9]{10,13}-)?[A-Za-z0-9-]{16,40}"

SLACK_TOKEN = CredentialKind(
    name="slack-token",
    title="Slack token",
    provider="slack",
    damage="D2",
    abilities=("message-delete", "message-send", "history-read"),
    resource="slack:workspace:*",
    scope="the scopes it was issued for (not visible offline)",
    forms=(
        prefixed("xoxb-", _BOT),
        prefixed("xoxp-", r"(?:[0-9]{6,14}-){2,3}[A-Za-z0-9-]{28,40}"),
        prefixed("xoxe-", r"(?:\d-)?[A-Za-z0-9-]{28,200}"),
        prefixed("xoxe.xoxp-", r"\d-[A-Za-z0-9]{60,200}"),
        prefixed("xoxe.xoxb-", r"\d-[A-Za-z0-9]{60,200}"),
        prefixed("xoxs-", r"\d{6,14}-\d{6,14}-\d{6,14}-[A-Fa-f0-9]{8,64}"),
        prefixed("xoxo-", r"\d{6,14}-\d{6,14}-\d{6,14}-[A-Fa-f0-9]{8,64}"),
        prefixed("xoxa-", r"(?:\d-)?(?:\d{6,14}-){0,3}(?=[a-z-]{0,40}[0-9])[a-z0-9]{8,64}"),
        prefixed("xoxr-", r"(?:\d-)?(?:\d{6,14}-){0,3}(?=[a-z-]{0,40}[0-9])[a-z0-9]{8,64}"),
        prefixed("xoxc-", r"(?:[0-9]{8,14}-){2,3}[a-f0-9]{32,64}"),
        prefixed("xapp-", r"\d-[A-Z0-9]{8,14}-\d{8,14}-[a-z0-9]{32,128}"),
    ),
    narrower="an app with the fewest scopes, in a workspace or channel of its own, with token rotation",
    rotate="Revoke it under the app's OAuth settings, or call auth.revoke.",
    rank=10,
)

SLACK_WEBHOOK = CredentialKind(
    name="slack-webhook",
    title="Slack incoming webhook",
    provider="slack",
    damage="D2",
    abilities=("message-send",),
    resource="slack:channel:*",
    scope="one channel",
    forms=(
        Form(
            ("hooks.slack.com",),
            re.compile(
                r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<value>[A-Za-z0-9+/]{40,90})(?![A-Za-z0-9+/])"
            ),
        ),
    ),
    never_expires=True,
    narrower="a webhook into a channel that only the agent's owner reads",
    rotate="Remove the webhook under the app's settings and add a new one.",
    rank=10,
)
