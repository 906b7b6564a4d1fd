"""The last resort: a value that looks random, under a name that says it is a secret, in a file of settings.

What it opens cannot be told, so its damage is the least that any secret has, and its scope is unknown. The thresholds
are our own, tuned on the settings of public repositories: names of things, paths, versions and references must stay
silent.
"""

from __future__ import annotations

import re

from remit.credentials.kind import CredentialKind, Detail, Found
from remit.credentials.placeholder import entropy, is_placeholder
from remit.credentials.places import CONFIG

_SHORTEST, _LONGEST = 12, 512
_ENTROPY = 3.0
_NAMES_OF_THINGS = re.compile(
    r"""
      [A-Za-z]{1,40}(?:[-_. :]{1,2}[A-Za-z]{1,40}){0,20}              # words, snake_case, dotted.names
    | [A-Za-z]{2,31}(?:[-_./:](?:[A-Za-z]{1,30}\d{0,4}|\d{1,4})){1,20}  # words and small numbers: my-app-v2
    | [A-Za-z_][\w.]{0,100}\(.{0,200}                                # a call
    | [vV]?\d{1,6}(?:[.-]\d{1,6}){1,6}(?:[-+.][A-Za-z0-9.]{1,30})?   # versions, dates
    | (?:\.{0,2}|~)/.{1,400} | [A-Za-z]:[\\/].{1,400}                # paths
    | (?:sha1|sha256|sha384|sha512|md5)[-:].{1,200}                  # digests
    | [^@\s]{1,100}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,5}  # addresses
    | (?:arn|urn|projects|secretsmanager|kms|data):?/?.{1,400}
    """,
    re.VERBOSE | re.DOTALL,
)
_HARMLESS = re.compile(
    r"(?:^|_)(?:PUBLIC|NEXT_PUBLIC|VITE|REACT_APP|CSRF|XSRF|PAGE|CONTINUATION|CANCELLATION|NEXT|SYNC|PAD|EOS|BOS|UNK|STOP|END|START|MASK|SPECIAL)"
    r"_(?:\w{1,60}_)?(?:TOKEN|KEY|SECRET)$|PUBLIC_?KEY$|KEY_?TOKEN$"
)
_SEALED = re.compile(
    r"^(?:ENC\[|AQICAH|vault:v\d|\$(?:2[aby]|argon2|5|6|apr1)\$|\{cipher\}|pbkdf2|sops)", re.IGNORECASE
)


def _is_random(value: str) -> bool:
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    if sum(any(kind(c) for c in value) for kind in kinds) < 2 or not any(c.isdigit() or not c.isalnum() for c in value):
        return False
    return entropy(value) >= _ENTROPY


def _judge(found: Found) -> Detail | None:
    value = found.value
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", found.name).upper().replace("-", "_").replace(".", "_")
    if not _SHORTEST <= len(value) <= _LONGEST or "://" in value or any(c.isspace() for c in value):
        return None
    if _HARMLESS.search(name) or _SEALED.search(value) or _NAMES_OF_THINGS.fullmatch(value):
        return None
    if not _is_random(value):
        return None
    return Detail(placeholder=is_placeholder(value), title=f"Secret in {found.name}")


GENERIC_SECRET = CredentialKind(
    name="generic-secret",
    title="Secret of unknown kind",
    provider="unknown",
    damage="D1",
    abilities=("service-read",),
    resource="unknown:service:*",
    scope="",
    names=(
        "*PASSWORD",
        "*PASSWD",
        "*PASSPHRASE",
        "*SECRET",
        "*TOKEN",
        "*API_KEY",
        "*APIKEY",
        "*SECRET_KEY",
        "*PRIVATE_KEY",
        "*ACCESS_KEY",
        "*AUTH_KEY",
        "*ENCRYPTION_KEY",
        "*SIGNING_KEY",
        "*MASTER_KEY",
        "*SECRET_KEY_BASE",
    ),
    value=re.compile(r"[^\s]{12,512}"),
    paths=CONFIG,
    refine=_judge,
    narrower="a reference to a secret manager, resolved for one process only",
    rotate="Find out from its name what it opens, change it there, and keep the new one in a secret manager.",
    rank=90,
)
