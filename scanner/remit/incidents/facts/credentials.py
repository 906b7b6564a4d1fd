"""Facts about credentials that lie where agents work, and about the environments that they lead to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.access.nodes import destroys, usable
from remit.credentials.scan import kinds
from remit.evidence import Credential, CredentialFile, Maybe, Unknown
from remit.incidents.facts.agents import reads
from remit.incidents.facts.answers import NO_AGENT, Absent, Answer, Fact, Found, weigh
from remit.policy.globs import path_matches

_WIDE = re.compile(
    r"\b(?:account|workspace|organisation|every|everything|whole|all|administrat(?:or|ion))\b", re.IGNORECASE
)
_NARROW = re.compile(r"\bnot visible offline\b|\bunless\b|\bas far as\b", re.IGNORECASE)
"""Words with which a kind says that its scope may be narrower than its name."""


# --------------------------------------------------------------------------------------------------------- readable


def _held(graph: AccessGraph, wanted: Callable[[Credential], Maybe[bool]], none: str) -> Answer:
    """Whether an agent reads a credential of the wanted sort, and where it lies."""
    answers: list[Answer] = []
    for file in graph.credential_files:
        found = [(each, wanted(each)) for each in file.credentials if usable(each)]
        kept = [(each, fits) for each, fits in found if isinstance(fits, Unknown) or fits]
        if kept:
            within = _readable(graph, file.path)
            answers += [_one(each, fits, within) for each, fits in kept]
    return weigh(answers, none)


def _readable(graph: AccessGraph, path: str) -> Answer:
    # The tree is what every vendor's agent reads by default, so an assumed one does as well.
    return weigh((reads(agent, path) for agent in graph.agents), NO_AGENT)


def _one(credential: Credential, fits: Maybe[bool], within: Answer) -> Answer:
    if isinstance(within, Absent):
        return within
    if isinstance(fits, Unknown):
        return fits
    if isinstance(within, Unknown):
        return within
    return Found((credential.source,), f"{credential.source.path} holds: {credential.title}")


def _any_kind(graph: AccessGraph, value: str) -> Answer:
    return _held(graph, lambda each: True, "no usable credential lies in the files")


def _of_provider(graph: AccessGraph, value: str) -> Answer:
    return _held(graph, lambda each: each.provider == value, f"no usable credential of {value} lies in the files")


def _destructive(graph: AccessGraph, value: str) -> Answer:
    return _held(
        graph,
        lambda each: destroys(each) and each.damage in {"D3", "D4"},
        "no credential in the files destroys data or infrastructure",
    )


def _account_wide(graph: AccessGraph, value: str) -> Answer:
    return _held(
        graph,
        lambda each: destroys(each) and account_wide(each),
        "no credential in the files destroys, and reaches a whole account or workspace",
    )


def account_wide(credential: Credential) -> Maybe[bool]:
    """Whether a credential's scope is an account, workspace or organisation rather than a part of it."""
    scope = credential.scope
    if isinstance(scope, Unknown):
        return scope
    if _NARROW.search(scope[:500]):
        return Unknown(f"how far a {credential.title} reaches only its provider knows: {scope[:200]}")
    return _WIDE.search(scope[:500]) is not None


@cache
def _providers() -> tuple[str, ...]:
    return tuple(sorted({kind.provider for kind in kinds()}))


# ----------------------------------------------------------------------------------------------------- environments


def _default_environment(graph: AccessGraph, value: str) -> Answer:
    answers = [
        _leads(each)
        for file in graph.credential_files
        if _is_default(graph, file.path)
        for each in file.credentials
        if usable(each) and (each.host is not None or not isinstance(each.environment, Unknown))
    ]
    return weigh(answers, "no environment file of development leads anywhere")


def _is_default(graph: AccessGraph, path: str) -> bool:
    """Whether what is started in a checkout reads the file, rather than what is started for production only."""
    name = path.rpartition("/")[2]
    own = graph.policy.environment_of(path=name)
    for_production = not isinstance(own, Unknown) and own == "production"
    return any(path_matches(glob, path) for glob in graph.policy.repo.env_globs) and not for_production


def _leads(credential: Credential) -> Answer:
    if isinstance(credential.environment, Unknown):
        return credential.environment
    if credential.environment == "production":
        return Found((credential.source,), f"{credential.source.path} leads to production: {credential.title}")
    return Absent("what environment files of development lead to is not production")


def _shared(graph: AccessGraph, value: str) -> Answer:
    """Whether what is done to staging is done to production: one resource in both, or one credential over both."""
    readings: dict[str, list[tuple[str, Credential]]] = defaultdict(list)
    wide: list[Answer] = []
    for file in graph.credential_files:
        by_file = graph.policy.environment_of(path=file.path)
        for each in file.credentials:
            if each.placeholder:
                continue
            if destroys(each) and each.resource.endswith("*"):
                wide.append(_spans(each))
            elif not each.resource.endswith("*"):
                known = [env for env in (each.environment, by_file) if not isinstance(env, Unknown)]
                readings[each.resource] += [(env, each) for env in known]
    return weigh((*wide, *_in_both(readings)), "no credential here leads to production and to another environment")


def _spans(credential: Credential) -> Answer:
    wide = account_wide(credential)
    if isinstance(wide, Unknown):
        return wide
    if wide:
        return Found((credential.source,), f"a {credential.title} makes no difference between environments")
    return Absent("no credential here leads to production and to another environment")


def _in_both(readings: dict[str, list[tuple[str, Credential]]]) -> Iterator[Answer]:
    for resource, found in readings.items():
        environments = {environment for environment, _ in found}
        if "production" in environments and len(environments) > 1:
            sources = tuple(sorted({each.source for _, each in found}))
            yield Found(sources, f"{resource} is named for {' and '.join(sorted(environments))}")


FACTS: tuple[Fact, ...] = (
    Fact(
        "file-holds-credential",
        "A credential that opens something outside development lies in a file that an agent reads.",
        "credentials recognised in files, and the agents' read rules",
        _any_kind,
        (Agent, CredentialFile),
    ),
    Fact(
        "credential.provider=PROVIDER",
        "Such a credential of this provider lies in a file that an agent reads.",
        "as `file-holds-credential`",
        _of_provider,
        (Agent, CredentialFile),
        values=_providers,
    ),
    Fact(
        "credential=destructive",
        "A credential that an agent reads destroys data or infrastructure.",
        "as `file-holds-credential`, of class D3 or D4",
        _destructive,
        (Agent, CredentialFile),
    ),
    Fact(
        "token.class=account",
        "A destructive credential that an agent reads reaches a whole account, workspace or organisation.",
        "as `file-holds-credential`, and the scope of that kind; unknown where only the provider knows it",
        _account_wide,
        (Agent, CredentialFile),
    ),
    Fact(
        "env.default=production",
        "An environment file that every start in a checkout reads leads to production.",
        "credentials in files of `repo.env_globs` that are not production's own by their name",
        _default_environment,
        (CredentialFile,),
    ),
    Fact(
        "environments=shared",
        "Whatever is done to staging may be done to production.",
        "one resource named for both, or a destructive credential that spans a whole account",
        _shared,
        (CredentialFile,),
    ),
)
