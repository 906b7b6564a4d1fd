"""Kubernetes client configurations: the keys and tokens of their users.

Source: Kubernetes documentation (kubeconfig files, `O=system:masters` in a client certificate stands above every RBAC
rule).
"""

from __future__ import annotations

import re

from remit.credentials.claims import base64_bytes
from remit.credentials.kind import CredentialKind, Detail, Form, Found

_LOOK_BACK = 4000
_LOOK_AHEAD = 800
_HEAD = 2000
_CONTEXT = re.compile(r"current-context['\"]?:\s{0,8}['\"]?(?P<name>[\w.@:/-]{1,200})")
_SERVER = re.compile(r"server(?<!\wserver)['\"]?:\s{0,8}['\"]?https?://(?P<host>[A-Za-z0-9.-]{1,200})")
_CERTIFICATE = re.compile(r"client-certificate-data['\"]?:\s{0,8}['\"]?(?P<data>[A-Za-z0-9+/]{100,5000}={0,2})")


def _cluster(found: Found) -> Detail | None:
    near = found.document[max(0, found.start - _LOOK_BACK) : found.start + len(found.value) + _LOOK_AHEAD]
    head = found.document[:_HEAD]
    context = _CONTEXT.search(near) or _CONTEXT.search(head)
    server = _SERVER.search(near) or _SERVER.search(head)
    if context is None and server is None and not found.name.startswith("client-key-data"):
        return None
    name = context["name"] if context else None
    return Detail(
        account=name,
        host=server["host"] if server else None,
        scope="cluster administrator (system:masters)" if _is_master(near) else None,
        resource=f"kubernetes:cluster:{name}" if name else None,
    )


def _is_master(near: str) -> bool:
    certificate = _CERTIFICATE.search(near)
    pem = base64_bytes(certificate["data"]) if certificate else None
    body = re.sub(rb"-----[A-Z ]{1,40}-----|\s", b"", pem or b"").decode("latin-1")
    return b"system:masters" in (base64_bytes(body) or b"")


KUBECONFIG = CredentialKind(
    name="kubeconfig",
    title="Kubernetes client key or token",
    provider="kubernetes",
    damage="D4",
    abilities=("namespace-delete", "volume-claim-delete", "workload-delete", "secrets-read"),
    resource="kubernetes:cluster:*",
    scope="",
    forms=(
        Form(
            ("client-key-data",),
            re.compile(r"client-key-data['\"]?:\s{0,8}['\"]?(?P<value>[A-Za-z0-9+/]{100,10000}={0,2})"),
        ),
        Form(
            ("token:", 'token":'),
            re.compile(r"token(?<![A-Za-z0-9_-]token)['\"]?:\s{0,8}['\"]?(?P<value>[A-Za-z0-9._:~/+=-]{16,4000})"),
            before=re.compile(r"\buser['\"]?:\s{0,60}\{?[^{}\[\]]{0,200}$"),
        ),
    ),
    refine=_cluster,
    backups_go_with_it=True,
    backups_note="volumes with the reclaim policy Delete go with their claims, snapshots with their namespace",
    narrower="a service-account token of hours, bound to a role that only gets and lists in one namespace",
    rotate="Delete the service account's token; a client certificate ends only with its CA, so take away its roles.",
    rank=9,
)
