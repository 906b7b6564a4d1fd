"""Policy files inside the audited repository: read as proposals, which may tighten and never loosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remit.collect.collector import Collector, Document, Scope
from remit.credentials.redact import redact_text
from remit.errors import CollectError
from remit.evidence import Gap, RepositoryPolicy
from remit.policy.tighten import review_repository_policy

_NAMES = frozenset({"remit.toml", ".remit.toml", ".remit/policy.toml"})
_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The text of a policy file; it names no secret."""

    path: str
    text: str


def _parse(document: Document) -> Iterator[PolicyText]:
    if len(document.content) > _MAX:
        raise CollectError("is too large for a policy")
    text = document.text()
    if redact_text(text) != text:
        raise CollectError("holds what looks like a secret; a policy needs none, and this one was not read")
    yield PolicyText(document.path, text)


def _link(facts: Sequence[PolicyText], gaps: Sequence[Gap], scope: Scope) -> Iterator[RepositoryPolicy]:
    policy = scope.policy
    for fact in facts:
        reviewed, policy = review_repository_policy(fact.text, fact.path, policy)
        yield replace(reviewed, tightened=policy)


POLICIES = Collector(
    name="policies",
    version=1,
    fact=PolicyText,
    subjects=(RepositoryPolicy,),
    wants=_NAMES.__contains__,
    parse=_parse,
    link=_link,
    by_place=True,
)
