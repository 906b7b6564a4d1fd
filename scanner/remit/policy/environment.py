"""Which environment a host, file, account or name belongs to.

Four kinds of evidence are read apart and the most dangerous reading holds: one sign of production is enough, and only
an entry that names a thing exactly can say that a thing called production is not. So a policy can add entries
without ever turning a production finding into a clean one unnoticed (`strength` refuses the entries that could).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, get_args

from remit.evidence import Environment, Maybe, Unknown
from remit.policy.globs import is_literal, matches, path_matches

Evidence = Literal["host", "account", "path", "name"]
Patterns = Mapping[Environment, tuple[str, ...]]

ENVIRONMENTS: tuple[Environment, ...] = get_args(Environment)
SECTIONS: Mapping[Evidence, str] = {"host": "hosts", "account": "accounts", "path": "files", "name": "names"}
WORDS: Mapping[Environment, frozenset[str]] = {
    "production": frozenset({"prod", "production", "prd", "live"}),
    "staging": frozenset({"staging", "stage", "stg", "uat", "qa", "preprod", "nonprod", "preview"}),
    "development": frozenset({"dev", "devel", "development", "test", "testing", "local"}),
}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NOT_PRODUCTION = re.compile(r"(?:pre|non|not)[-_. ]?prod(?:uction)?", re.IGNORECASE)
_LIVE_THINGS = re.compile(r"live[-_. ]?(?:reload|server|view|kit|preview|query|share|blog|chat)", re.IGNORECASE)
_PUBLIC_ENDINGS = frozenset({"dev", "live"})
_LOCAL_NAMES = ("localhost", "*.localhost", "host.docker.internal", "gateway.docker.internal", "*.test", "0.0.0.0")  # noqa: S104


@lru_cache(maxsize=4096)
def is_local(host: str) -> bool:
    """Whether a host is this machine or a neighbour container: loopback, a socket path, a name without a dot."""
    bare = host.strip("[]").rstrip(".")
    if bare.startswith("/") or any(matches(pattern, bare) for pattern in _LOCAL_NAMES):
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bool(bare) and "." not in bare and ":" not in bare


def in_networks(host: str, networks: tuple[str, ...]) -> bool:
    """Whether a host is an address within one of the networks."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)


def by_name(kind: Evidence, text: str) -> Maybe[Environment] | None:
    """What the words of a name say: None if nothing, Unknown if they say production and something else too."""
    said = [environment for environment in ENVIRONMENTS if WORDS[environment] & _words(kind, text)]
    if len(said) > 1 and said[0] == "production":
        return Unknown(f"the {kind} {text!r} is named after both {said[0]} and {said[1]}; {_how_to_tell(kind)}")
    return said[0] if said else None


def classify(values: Mapping[Evidence, str], patterns: Mapping[Evidence, Patterns]) -> Maybe[Environment]:
    """The environment of a thing from all that is known about it."""
    readings = {kind: _reading(kind, text, patterns[kind]) for kind, text in values.items()}
    if is_local(values.get("host", "")) and _is(readings["host"], "development"):
        # What a local host is called from says nothing: the names of file and variable do not count, lists still do.
        readings |= {kind: _listed(kind, values[kind], patterns[kind]) for kind in readings if kind != "host"}
    answers = [reading for reading in readings.values() if reading is not None]
    known = [answer for answer in answers if not isinstance(answer, Unknown)]
    unknown = [answer for answer in answers if isinstance(answer, Unknown)]
    if unknown and "production" not in known:
        return unknown[0]
    return min(known, key=ENVIRONMENTS.index) if known else _nothing(values)


def more_dangerous(one: Maybe[Environment] | None, other: Environment) -> bool:
    """Whether `one` is known and closer to production than `other`."""
    return isinstance(one, str) and ENVIRONMENTS.index(one) < ENVIRONMENTS.index(other)


def _reading(kind: Evidence, text: str, patterns: Patterns) -> Maybe[Environment] | None:
    found, said = _found(kind, text, patterns), by_name(kind, text)
    if not found and kind == "host" and is_local(text):
        found = ["development"]
    if len(found) != 1:
        # A word in the name breaks a tie between lists, unless it says less than any of them.
        return (
            said
            if not found or _is(said, *ENVIRONMENTS[: ENVIRONMENTS.index(found[-1]) + 1])
            else _tie(kind, text, found)
        )
    exact = any(is_literal(entry) and matches(entry, text) for entry in patterns[found[0]])
    return said if more_dangerous(said, found[0]) and not exact else found[0]


def _listed(kind: Evidence, text: str, patterns: Patterns) -> Maybe[Environment] | None:
    found = _found(kind, text, patterns)
    return _tie(kind, text, found) if len(found) > 1 else next(iter(found), None)


def _found(kind: Evidence, text: str, patterns: Patterns) -> list[Environment]:
    """The environments whose lists name the text, the most dangerous first."""
    match = path_matches if kind == "path" else matches
    return [name for name in ENVIRONMENTS if any(match(pattern, text) for pattern in patterns[name])]


def _tie(kind: Evidence, text: str, found: list[Environment]) -> Unknown:
    keys = " and ".join(f"environments.{name}.{SECTIONS[kind]}" for name in found)
    return Unknown(f"the {kind} {text!r} matches {keys}; make the patterns narrower so that one matches")


def _is(reading: Maybe[Environment] | None, *environments: Environment) -> bool:
    return isinstance(reading, str) and reading in environments


def _words(kind: Evidence, text: str) -> frozenset[str]:
    if kind == "host":
        labels = text.rstrip(".").split(".")
        text = ".".join(labels[:-1] if len(labels) > 1 and labels[-1].lower() in _PUBLIC_ENDINGS else labels)
    if kind == "path":
        # A directory called `test` or `live` says little of the secrets in it; one called `production` says enough.
        directory, _, name = text.rpartition("/")
        return (_words("name", directory) & {"prod", "production", "prd"}) | _words("name", name)
    text = _LIVE_THINGS.sub(" ", _NOT_PRODUCTION.sub(" staging ", text))
    return frozenset(word.lower() for word in _WORD.findall(text))


def _how_to_tell(kind: Evidence) -> str:
    section = SECTIONS[kind]
    return (
        f"list it in the policy under environments.production.{section}, .staging.{section} or .development.{section}"
    )


def _nothing(values: Mapping[Evidence, str]) -> Unknown:
    if not values:
        return Unknown("neither host, account, file nor name is known, so no key of the policy could tell")
    kind, text = next(iter(values.items()))
    return Unknown(f"nothing tells which environment the {kind} {text!r} belongs to; {_how_to_tell(kind)}")
