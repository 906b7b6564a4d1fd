"""From an agent to the files it reads, the credentials in them, and what those open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from remit.access.deeds import BY_PROVIDER
from remit.access.edges.roles import limits
from remit.access.graph import AccessGraph, Edge, Node
from remit.access.hands import Hands, Way, step
from remit.access.nodes import credential_name, destroys, reads_secrets, spoken, usable
from remit.evidence import Credential, CredentialFile
from remit.policy.globs import path_matches

DATABASES = frozenset({"postgres", "mysql", "mongodb", "redis"})


def edges(hands: Hands, graph: AccessGraph) -> Iterator[Edge]:
    """What an agent reads unasked, what it finds there, and what that lets it do."""
    for file in graph.credential_files:
        held = [each for each in file.credentials if usable(each)]
        way = hands.reads(file.path) if held else None
        if way is None:
            continue
        yield _read(hands, graph, file, way)
        for credential in held:
            yield _hold(hands, file, credential)
            yield from _deeds(hands, credential, graph)


def _read(hands: Hands, graph: AccessGraph, file: CredentialFile, way: Way) -> Edge:
    return step(
        hands.start, "can read unasked", hands.node("file", file.path), way, cuts=tuple(_kept_from(graph, file))
    )


def _kept_from(graph: AccessGraph, file: CredentialFile) -> Iterator[str]:
    """The controls that would keep an agent from a file, each only where it is asked about that file."""
    asked = graph.policy.credentials
    if not _among(asked.ignore, file.path):
        yield "LP-010"
    # A token in some script lies in none of the places where credentials are expected.
    if _among(asked.paths, file.path, below=True):
        yield "SB-010"
    # A container keeps an agent from the rest of the machine, not from the tree that is mounted into it.
    if file.standing == "machine":
        yield "SB-001"


@lru_cache(maxsize=16384)
def _among(globs: tuple[str, ...], path: str, *, below: bool = False) -> bool:
    """Whether a path, or with `below` one of its folders, is meant; remembered, as repositories hold the same ones."""
    return any(path_matches(each, path) for glob in globs for each in ((glob, f"{glob}/*") if below else (glob,)))


def _hold(hands: Hands, file: CredentialFile, credential: Credential) -> Edge:
    production = isinstance(credential.environment, str) and credential.environment == "production"
    zero = ("LP-001",) if production and credential.provider in DATABASES else ()
    return Edge(
        hands.node("file", file.path),
        f"holds: {credential.title}",
        hands.node("credential", credential_name(credential)),
        "proven",
        (credential.source,),
        (*zero, "LP-011"),
    )


def _deeds(hands: Hands, credential: Credential, graph: AccessGraph) -> Iterator[Edge]:
    start = hands.node("credential", credential_name(credential))
    # A database does not speak HTTP: a plain request does not reach it.
    web = credential.provider not in DATABASES
    for way in hands.ways(BY_PROVIDER.get(credential.provider, ()), ("LP-028",), web=web):
        if reads_secrets(credential):
            yield from _behind(hands, start, credential, way)
        if not destroys(credential):
            continue
        role = limits(graph, credential)
        if role:
            yield from role.edges(hands, start, way)
            continue
        deed = f"can {spoken(credential.abilities[0])}" if credential.abilities else "can do whatever it was made for"
        resource = hands.node("resource", credential.resource)
        yield step(start, deed, resource, way, cuts=("LP-013",), seen=(credential.source,))


def _behind(hands: Hands, start: Node, credential: Credential, way: Way) -> Iterator[Edge]:
    """A token that reads other tokens leads further than anybody can see from here."""
    kept = hands.node("credential", f"whatever {credential.provider or 'its provider'} keeps for it")
    yield step(start, "can read the secrets kept there", kept, way, cuts=("LP-013",), seen=(credential.source,))
    yield Edge(
        kept,
        "can do what those secrets allow",
        hands.node("resource", f"{credential.provider or 'unknown'}:behind-its-secrets:*"),
        "unknown",
        (credential.source,),
        (),
        "what the secrets open was not looked up",
    )
