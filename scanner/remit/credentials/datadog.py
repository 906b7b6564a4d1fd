"""Datadog keys, known only by the names that hold them.

Source: Datadog documentation (API and application keys), trufflehog (2026): 32 hexadecimal characters for the API
key, 40 for the application key. An API key alone submits data; together with an application key it changes and
deletes.
"""

from __future__ import annotations

import re

from remit.credentials.forms import HEX, called
from remit.credentials.kind import CredentialKind

DATADOG_APP_KEY = CredentialKind(
    name="datadog-app-key",
    title="Datadog application key",
    provider="datadog",
    damage="D2",
    abilities=("monitor-delete", "monitor-mute", "dashboard-delete", "log-read"),
    resource="datadog:organization:*",
    scope="everything its owner may do, unless it is scoped; used together with an API key",
    forms=(
        called("datadog|dd-application-key", HEX + "{40}", ("datadog", "dd-application-key")),
        called("datadog", "[a-z0-9]{40}", ("datadog",)),
    ),
    names=("DD_APP_KEY", "DD_APPLICATION_KEY", "DATADOG_APP_KEY", "DATADOG_APPLICATION_KEY"),
    value=re.compile(HEX + "{40}"),
    never_expires=True,
    narrower="a scoped application key that reads",
    rotate="Revoke it under Organization settings, Application keys.",
    rank=20,
)

DATADOG_API_KEY = CredentialKind(
    name="datadog-api-key",
    title="Datadog API key",
    provider="datadog",
    damage="D1",
    abilities=("metric-forge",),
    resource="datadog:organization:*",
    scope="submits data; reads and changes nothing without an application key",
    forms=(called("datadog|dd-api-key", HEX + "{32}", ("datadog", "dd-api-key")),),
    names=("DD_API_KEY", "DATADOG_API_KEY"),
    value=re.compile(HEX + "{32}"),
    never_expires=True,
    narrower="a key of its own for each environment",
    rotate="Revoke it under Organization settings, API keys.",
    rank=21,
)
