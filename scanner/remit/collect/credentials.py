"""Credentials as an agent would find them: in any file of the tree, whatever it is for.

An agent that looks for a way on greps everything, so everything that is text is read: source, documentation, tests.
What is not read is listed in `UNREAD`, each group with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from remit.collect.collector import Collector, Document, Scope
from remit.credentials.kind import CredentialKind, Detail
from remit.credentials.places import holds_credentials, holds_settings
from remit.credentials.scan import MAX_FOUND, Match, kind_named, scan
from remit.errors import CollectError
from remit.evidence import Credential, CredentialFile, Environment, Gap, Maybe, Source, Standing, Unknown

NAME = "credentials"
_MEDIA = (
    "3gp 7z a aac aif apk avi avif bin bmp br bz2 class cur dll dmg doc docx dylib eot epub exe flac gif gz heic icns "
    "ico iso jar jpeg jpg lib m4a m4v mkv mov mp3 mp4 mpeg mpg o obj odp ods odt ogg otf parquet pdf png ppt pptx psd "
    "pyc pyd pyo rar rlib rpm so tar tgz tif tiff ttf wasm wav webm webp whl wma wmv woff woff2 xls xlsx xz zip zst"
)
UNREAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "compressed or compiled: a secret in it cannot be found by searching its bytes, by an agent as little as by us",
        tuple(f".{extension}" for extension in _MEDIA.split()),
    ),
    (
        "lock files: generated lists of digests, which look like secrets by the thousand; a credential in a registry "
        "URL of one comes from the settings beside it, and those are read",
        (
            "/package-lock.json",
            "/npm-shrinkwrap.json",
            "/yarn.lock",
            "/pnpm-lock.yaml",
            "/bun.lock",
            "/Cargo.lock",
            "/poetry.lock",
            "/uv.lock",
            "/Pipfile.lock",
            "/composer.lock",
            "/Gemfile.lock",
            "/go.sum",
            "/go.work.sum",
            "/flake.lock",
        ),
    ),
    (
        "generated from source that is read itself: minified scripts and source maps",
        (".min.js", ".min.css", ".js.map", ".css.map", ".mjs.map", ".cjs.map", ".ts.map"),
    ),
)
"""Endings of the paths that are not read, with the reason for each group."""
_ENDINGS = tuple(ending for _, endings in UNREAD for ending in endings)
_SUFFIXES = tuple(ending.lower() for ending in _ENDINGS)


@dataclass(frozen=True, slots=True)
class FoundCredential:
    """A credential at its place, its value reduced to shape and keyed fingerprint."""

    path: str
    standing: Standing
    kind: str
    name: str
    line: int
    masked: str
    fingerprint: str
    detail: Detail


def wants(path: str) -> bool:
    """Whether a file is read at all; see `UNREAD`."""
    return not f"/{path}".lower().endswith(_SUFFIXES)


def parse(document: Document) -> Iterator[FoundCredential | Gap]:
    """The credentials in one file; one that is not text is searched without its NUL bytes, as `grep -a` would."""
    try:
        text = document.text()
    except CollectError as error:
        text = document.content.replace(b"\0", b"").decode("utf-8", "replace")
        if holds_credentials(document.path) or holds_settings(document.path):
            yield Gap(NAME, document.path, error.reason, (CredentialFile.__name__,))
    found = scan(text, document.path, document.key)
    for match in found[:MAX_FOUND]:
        yield _fact(document, match)
    if len(found) > MAX_FOUND:
        reason = f"holds {len(found)} credentials; the first {MAX_FOUND} are listed, and no more are worth a line each"
        yield Gap(NAME, document.path, reason, (CredentialFile.__name__,))


def _fact(document: Document, match: Match) -> FoundCredential:
    return FoundCredential(
        document.path,
        document.standing,
        match.kind,
        match.name,
        match.line,
        match.masked,
        match.fingerprint,
        match.detail,
    )


def link(facts: Sequence[FoundCredential], gaps: Sequence[Gap], scope: Scope) -> Iterable[CredentialFile]:
    """One CredentialFile for each file in which a credential, or a stand-in for one, was found."""
    for (path, standing), group in groupby(facts, key=lambda fact: (fact.path, fact.standing)):
        yield CredentialFile(path, standing, tuple(_credential(fact, scope) for fact in group))


def _credential(fact: FoundCredential, scope: Scope) -> Credential:
    kind, detail = kind_named(fact.kind), fact.detail
    expires = _expires(kind, detail)
    ended = isinstance(expires, str) and expires < scope.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Credential(
        kind=kind.name,
        title=detail.title or kind.title,
        provider=kind.provider,
        name=fact.name,
        masked=fact.masked,
        fingerprint=fact.fingerprint,
        source=Source(fact.path, fact.line, NAME),
        damage=detail.damage or kind.damage,
        abilities=kind.abilities,
        scope=f"none any more: it ended on {expires}" if ended else _scope(kind, detail),
        environment=_environment(fact, scope),
        resource=detail.resource or kind.resource,
        expires=expires,
        user=detail.user,
        host=detail.host,
        database=detail.database,
        narrower=kind.narrower,
        rotate=kind.rotate,
        # What has ended opens as little as a stand-in does.
        placeholder=detail.placeholder or ended,
        account=detail.account,
        backups_go_with_it=kind.backups_go_with_it,
    )


def _scope(kind: CredentialKind, detail: Detail) -> Maybe[str]:
    return detail.scope or kind.scope or Unknown(f"what it reaches cannot be told offline: {kind.title}")


def _expires(kind: CredentialKind, detail: Detail) -> Maybe[str | None]:
    if detail.expires is not None:
        return detail.expires
    if kind.never_expires or detail.expires_known:
        return None
    return Unknown(f"when it ends only its provider knows: {kind.title}")


def _environment(fact: FoundCredential, scope: Scope) -> Maybe[Environment]:
    detail = fact.detail
    if detail.environment is not None:
        return detail.environment
    return scope.policy.environment_of(host=detail.host, path=fact.path, account=detail.account, name=fact.name or None)


CREDENTIALS = Collector(
    name=NAME,
    version=1,
    fact=FoundCredential,
    subjects=(CredentialFile,),
    wants=wants,
    parse=parse,
    link=link,
    by_name=holds_credentials,
)
