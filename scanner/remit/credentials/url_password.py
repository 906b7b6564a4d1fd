"""Passwords inside URLs of any other scheme: git remotes, brokers, proxies, registries.

Source: RFC 3986, section 3.2.1 (userinfo; its use for passwords is deprecated, and everywhere).
"""

from __future__ import annotations

import re

from remit.credentials.database_url import is_local
from remit.credentials.kind import CredentialKind, Damage, Detail, Form, Found
from remit.credentials.placeholder import is_placeholder, is_reference

_URL = re.compile(r"(?P<user>[^:]*):(?P<password>.*)@(?P<host>\[[0-9a-fA-F:]+\]|[^@:/?#]+)")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,30})://$")
_STORES = frozenset(
    [
        "amqp",
        "amqps",
        "clickhouse",
        "cockroachdb",
        "cassandra",
        "couchdb",
        "elasticsearch",
        "jdbc",
        "kafka",
        "mssql",
        "nats",
        "neo4j",
        "oracle",
        "snowflake",
        "sqlserver",
    ]
)


def _userinfo(found: Found) -> Detail | None:
    before = found.document[max(0, found.start - 40) : found.start]
    scheme = _SCHEME.search(before)
    parts = _URL.match(found.value)
    if scheme is None or parts is None:
        return None
    password, host = parts["password"], parts["host"].lower()
    if any(mark in host for mark in "${<[*") and not host.startswith("["):
        return Detail(placeholder=True, judged=True)
    name = scheme["scheme"].lower().partition("+")[0]
    damage: Damage | None = "D3" if name in _STORES else None
    return Detail(
        placeholder=is_reference(password) or is_placeholder(password) or (is_local(host) and len(password) < 12),
        judged=True,
        damage=damage,
        user=parts["user"][:80] or None,
        host=host,
        resource=f"{name}:host:{host}",
        scope=f"the rights of its user at {host}",
    )


URL_PASSWORD = CredentialKind(
    name="url-password",
    title="Password inside a URL",
    provider="url",
    damage="D2",
    abilities=("service-write", "service-read"),
    resource="url:host:*",
    scope="",
    forms=(
        Form(
            ("://",),
            re.compile(
                r"://(?P<value>[^\s:@/?#'\"`<>\\,;|(){}\[\]]{0,120}:(?P<secret>[^\s/?'\"`<>\\|]{3,200})@[A-Za-z0-9.\[\]:_-]{1,200})"
            ),
        ),
    ),
    refine=_userinfo,
    narrower="a credential helper, and a token of the service's own with few rights",
    rotate="Change the password or token at the host, and take it out of the URL.",
    rank=70,
)
