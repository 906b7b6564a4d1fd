"""Credentials in HTTP headers and curl commands, where nothing else says whose they are.

Source: RFC 9110 and RFC 6750 (Authorization, bearer tokens), curl(1) (`-u user:password`). The host called in the
same command names the service.
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_bytes
from remit.credentials.kind import CredentialKind, Detail, Form, Found
from remit.credentials.placeholder import entropy, is_placeholder

_HOST = re.compile(r"https?://(?:[^\s/@'\"]{0,200}@)?(?P<host>[A-Za-z0-9.-]{3,200})")


def _at_host(found: Found) -> Detail:
    at = max(found.around.find(found.value), 0)
    hosts = [match["host"].lower() for match in _HOST.finditer(found.around)]
    after = _HOST.search(found.around, at)
    host = after["host"].lower() if after else hosts[-1] if hosts else None
    return Detail(
        placeholder=is_placeholder(found.value),
        host=host,
        resource=f"http:host:{host}" if host else None,
        scope=f"the rights of its user at {host}" if host else None,
    )


def _header(found: Found) -> Detail | None:
    value = found.value
    if len(value) < 12 or not any(c.isdigit() for c in value) or entropy(value) < 2.8:
        return None
    if found.around[: max(found.around.find(value), 0)].rstrip().lower().endswith("basic"):
        user, colon, password = (base64_bytes(value) or b"").decode("utf-8", "replace").partition(":")
        if not colon:
            return None
        detail = _at_host(found)
        return Detail(
            placeholder=is_placeholder(password or user),
            host=detail.host,
            resource=detail.resource,
            scope=detail.scope,
            user=user[:80] if user.isprintable() else None,
        )
    return _at_host(found)


def _userpass(found: Found) -> Detail | None:
    return _at_host(found) if len(found.value) >= 6 else None


HTTP_AUTHORIZATION = CredentialKind(
    name="http-authorization",
    title="HTTP authorization header",
    provider="http",
    damage="D1",
    abilities=("service-read",),
    resource="http:host:*",
    scope="",
    forms=(
        Form(
            ("authorization",),
            re.compile(
                r"(?i:authorization)[\"'`]?\s{0,4}[:=,]{1,2}\s{0,4}[\"'`]?\s{0,4}(?i:(?:bearer|basic|token|api[-_]?key)\s{1,4})?"
                r"(?P<value>[A-Za-z0-9._~+/=-]{12,4000})(?![A-Za-z0-9._~+/=(-])"
            ),
        ),
        Form(
            ("-h ", "--header"),
            re.compile(
                r"(?:-H|--header)[ =]{1,2}\\?[\"'](?:[\w-]{0,40}(?i:key|token|auth|secret)[\w-]{0,10}):\s{0,4}"
                r"(?P<value>[A-Za-z0-9._~+/=-]{12,4000})(?![A-Za-z0-9._~+/=(-])"
            ),
        ),
    ),
    refine=_header,
    narrower="a reference to a variable that is set for one command only",
    rotate="Revoke it at the service that the command calls.",
    rank=80,
)

CURL_LOGIN = CredentialKind(
    name="curl-login",
    title="User and password of a curl command",
    provider="http",
    damage="D1",
    abilities=("service-read",),
    resource="http:host:*",
    scope="",
    forms=(
        Form(
            ("curl",),
            re.compile(r"(?:\s-u|\s--user)[ =]{0,2}[\"']?[^\s:'\"$<{]{1,100}:['\"]?(?P<value>[^\s'\"$<{]{3,200})"),
            before=re.compile(r"\bcurl\b"),
        ),
    ),
    refine=_userpass,
    narrower="a netrc file outside the work tree, or a variable set for one command only",
    rotate="Change the password at the service that the command calls.",
    rank=75,
)
