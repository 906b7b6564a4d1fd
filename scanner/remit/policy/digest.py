"""The digest of a resolved policy: the same for the same demands, wherever and in whatever order they are written."""

from __future__ import annotations

import hashlib
import json

from pydantic_core import to_jsonable_python

from remit.policy.keys import flatten
from remit.policy.model import Policy
from remit.policy.strength import leaves

_UNORDERED = ("superset", "subset", "subset-once-declared", "fixed-once-declared", "classification")


def digest_of(policy: Policy) -> str:
    """`sha256:` and the digest over every resolved value but `extends`, which only says where they came from."""
    whole = {key: canonical(key, value) for key, value in flatten(policy).items() if key != "extends"}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def canonical(key: str, value: object) -> object:
    """A value as plain data in which the order of a set no longer shows."""
    plain: object = to_jsonable_python(value)
    if leaves()[key].strength.kind not in _UNORDERED:
        return plain
    if isinstance(plain, dict):
        return {name: _sorted(inner) for name, inner in plain.items()}
    return _sorted(plain)


def _sorted(value: object) -> object:
    if not isinstance(value, list):
        return value
    return sorted({json.dumps(item, sort_keys=True) for item in value})
