"""Running the collectors over a target: cached by content, spread over processes, the same answer every time."""

from __future__ import annotations

import hashlib
import os
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import msgspec

from remit.collect.cache import Cache, content_id
from remit.collect.collector import Collector, Document, Scope
from remit.collect.tree import Entry, Tree, read_file, shown
from remit.errors import CollectError
from remit.evidence import Gap
from remit.registry import discover

CHUNK_BYTES = 4 * 1024 * 1024
"""What one task of a worker reads, roughly."""
ALONE_BYTES = 8 * 1024 * 1024
"""Below this much to read, starting workers costs more than it saves."""


class Payload(msgspec.Struct, array_like=True, frozen=True):
    """What one file yielded: facts by collector, still encoded, and gaps."""

    facts: dict[str, msgspec.Raw] = {}
    gaps: list[Gap] = []


_NOTHING = msgspec.json.encode(Payload())
_EMPTY = b"-"
"""Stands for the content id of every file that yielded nothing: most files, none of which then needs a row of facts."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The subjects of a target and the places that could not be read."""

    subjects: tuple[Any, ...]
    gaps: tuple[Gap, ...]
    files: int


@dataclass(frozen=True, slots=True)
class Options:
    """How to collect. `key` makes the fingerprints of secret values."""

    key: bytes
    jobs: int = 1
    progress: Callable[[int, int], None] = field(default=lambda done, total: None)


@cache
def collectors() -> tuple[Collector, ...]:
    """Every installed collector, sorted by name."""
    return discover("remit.collectors", Collector, lambda collector: collector.name)


def wanted_by_name(path: str) -> bool:
    """Whether a collector asks for this file even among installed dependencies."""
    return any(collector.by_name(path) for collector in collectors())


def wanted_through_link(path: str, own: str) -> bool:
    """Whether a file is read under the name that a link gives it, beside its own."""
    unread = ".git" in own.split("/")
    return any(
        collector.by_name(path)
        or (collector.wants(path) and (collector.by_place or unread or not collector.wants(own)))
        for collector in collectors()
    )


def digest(key: bytes) -> str:
    """Stands for the versions of all collectors and the fingerprint key: facts made by others are not reused."""
    from remit import __version__

    parts = [f"{collector.name}:{collector.version}" for collector in collectors()]
    return hashlib.blake2b("|".join([__version__, *parts]).encode() + key, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the files of a target say, before any policy: facts by collector, gaps, and how many files were read."""

    by_collector: Mapping[str, Sequence[Any]]
    gaps: tuple[Gap, ...]
    files: int


def read(trees: Sequence[Tree], cache: Cache, options: Options) -> Facts:
    """Read a target: its tree, and this machine's where asked for."""
    try:
        return _read(trees, cache, options)
    except msgspec.DecodeError:
        # What is kept is not what was put there.
        cache.forget()
        return _read(trees, cache, options)


def _read(trees: Sequence[Tree], cache: Cache, options: Options) -> Facts:
    gaps = [gap for tree in trees for gap in (*map(_affecting, tree.gaps), *tree.idle)]
    facts: dict[str, list[Any]] = {collector.name: [] for collector in collectors()}
    for tree in trees:
        for payload in _payloads(tree, cache, options):
            gaps += payload.gaps
            for name, raw in payload.facts.items():
                facts[name] += _decoder(name).decode(raw)
    return Facts(facts, tuple(gaps), sum(len(tree.entries) for tree in trees))


def linked(facts: Facts, scope: Scope) -> Collected:
    """The subjects that the facts amount to under a policy."""
    gaps = list(facts.gaps)
    subjects: list[Any] = []
    for collector in collectors():
        own = [gap for gap in facts.gaps if gap.collector == collector.name or _hides(gap, collector)]
        found, trouble = _guarded(
            collector, ".", partial(collector.link, facts.by_collector[collector.name], own, scope)
        )
        subjects += found
        gaps += trouble
    return Collected(tuple(subjects), tuple(sorted(set(gaps))), facts.files)


def _hides(gap: Gap, collector: Collector) -> bool:
    """Whether a file that could not be opened may have been one of the collector's."""
    return gap.collector == "tree" and any(subject.__name__ in gap.affects for subject in collector.subjects)


def _affecting(gap: Gap) -> Gap:
    """A gap of the listing hides whatever the collectors that want its path would have found there."""
    if gap.path == "." or gap.path.endswith("/"):
        hidden = {subject.__name__ for collector in collectors() for subject in collector.subjects}
    else:
        hidden = {s.__name__ for collector in collectors() if collector.wants(gap.path) for s in collector.subjects}
    return Gap(gap.collector, gap.path, gap.reason, tuple(sorted(hidden)))


@cache
def _decoder(name: str) -> msgspec.json.Decoder[list[Any]]:
    collector = next(collector for collector in collectors() if collector.name == name)
    return msgspec.json.Decoder(list[collector.fact])  # type: ignore[name-defined]


def _guarded(collector: Collector, path: str, produce: Callable[[], Iterable[Any]]) -> tuple[list[Any], list[Gap]]:
    """What a collector yields, its Gaps apart; a file it cannot read, or a fault of its own, is a Gap too."""
    found: list[Any] = []
    gaps: list[Gap] = []
    affects = tuple(sorted(subject.__name__ for subject in collector.subjects))
    try:
        for each in produce():
            (gaps if isinstance(each, Gap) else found).append(each)
    except CollectError as error:
        where = f"line {error.line}: " if error.line else ""
        gaps.append(Gap(collector.name, path, where + error.reason, affects))
    except Exception as error:  # noqa: BLE001 - the second of two places: a broken collector costs its surface, not the run
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        gaps.append(Gap(collector.name, path, f"the collector broke on {type(error).__name__} ({place})", affects))
    return found, gaps


# ------------------------------------------------------------------------------------------------ reading files


def _payloads(tree: Tree, cache: Cache, options: Options) -> Iterator[Payload]:
    mark = digest(options.key)
    root = os.fsencode(tree.root) + b"\0" + mark.encode()
    seen = cache.seen(root) if tree.kind != "bare" else {}
    identities = [_identity(tree, entry, seen, mark) for entry in tree.entries]
    known = cache.facts([identity for identity in identities if identity and identity != _EMPTY]) | {_EMPTY: _NOTHING}
    missing = [
        entry for entry, identity in zip(tree.entries, identities, strict=True) if not identity or identity not in known
    ]
    fresh: dict[str, tuple[bytes, bytes]] = {}
    for path, identity, payload in _read_all(tree, missing, mark, options):
        fresh[path] = (identity, payload)
    cache.store(
        # A bare repository has no `seen` rows: there an empty payload is what says that a blob holds nothing.
        {
            identity: payload
            for identity, payload in fresh.values()
            if identity and (payload != _NOTHING or tree.kind == "bare")
        },
        root,
        [
            (
                os.fsencode(entry.path),
                _state(entry),
                _EMPTY if fresh[entry.path][1] == _NOTHING else fresh[entry.path][0],
            )
            for entry in missing
            if entry.signature and fresh[entry.path][0]
        ],
    )
    decode = msgspec.json.Decoder(Payload).decode
    for entry, identity in zip(tree.entries, identities, strict=True):
        raw = fresh[entry.path][1] if entry.path in fresh else known[identity]
        if raw != _NOTHING:
            yield decode(raw)


def _identity(tree: Tree, entry: Entry, seen: dict[bytes, tuple[str, bytes]], mark: str) -> bytes:
    if entry.blob:
        return content_id(entry.blob, entry.path, f"{mark}:{entry.standing}")
    known, identity = seen.get(os.fsencode(entry.path), ("", b""))
    return identity if known == _state(entry) else b""


def _state(entry: Entry) -> str:
    """What must be as it was for a file not to be read again: git may have learnt of it, although it did not change."""
    return f"{entry.standing}:{entry.signature}" if entry.signature else "unsettled"


def _read_all(tree: Tree, entries: Sequence[Entry], mark: str, options: Options) -> Iterator[tuple[str, bytes, bytes]]:
    total = len(entries)
    done = 0
    for results in _chunks_read(tree, entries, mark, options):
        done += len(results)
        options.progress(done, total)
        yield from results


def _chunks_read(
    tree: Tree, entries: Sequence[Entry], mark: str, options: Options
) -> Iterator[list[tuple[str, bytes, bytes]]]:
    chunks = list(_chunks(entries))
    if options.jobs <= 1 or sum(entry.size for entry in entries) < ALONE_BYTES:
        for chunk in chunks:
            yield read_chunk(tree, chunk, mark, options.key)
        return
    collectors()  # found once, before the workers inherit it
    bare = Tree(tree.id, tree.kind, tree.root, tree.commit, tree.git)
    with ProcessPoolExecutor(max_workers=min(options.jobs, len(chunks)), initializer=_calm) as pool:
        yield from pool.map(read_chunk, *zip(*((bare, chunk, mark, options.key) for chunk in chunks), strict=True))


def _calm() -> None:
    """An interrupt is the parent's to answer; its workers are told to stop by it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        chunk.append(entry)
        size += entry.size
        if size >= CHUNK_BYTES or len(chunk) >= 500:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def read_chunk(tree: Tree, entries: Sequence[Entry], mark: str, key: bytes) -> list[tuple[str, bytes, bytes]]:
    """Path, content id and encoded payload of each file. Runs in a worker; touches nothing but these files."""
    found = []
    for entry, content in zip(entries, _contents(tree, entries), strict=True):
        if isinstance(content, CollectError):
            gap = _affecting(Gap("tree", shown(entry.path), content.reason))
            found.append((entry.path, b"", msgspec.json.encode(Payload({}, [gap]))))
            continue
        blob = entry.blob or _blob_id(content)
        identity = content_id(blob, entry.path, f"{mark}:{entry.standing}")
        found.append((entry.path, identity, _parsed(entry, content, key)))
    return found


def _contents(tree: Tree, entries: Sequence[Entry]) -> Iterator[bytes | CollectError]:
    if tree.kind == "bare" and tree.git:
        yield from tree.git.blobs([entry.blob for entry in entries])
        return
    for entry in entries:
        try:
            yield read_file(entry)
        except CollectError as error:
            yield error


def _blob_id(content: bytes) -> str:
    # git's own name for the content, so that a clean checkout and a bare clone share their facts.
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _parsed(entry: Entry, content: bytes, key: bytes) -> bytes:
    path = shown(entry.path)
    document = Document(path, content, entry.standing, key)
    facts: dict[str, msgspec.Raw] = {}
    gaps: list[Gap] = []
    for collector in collectors():
        if not collector.wants(path):
            continue
        yielded, trouble = _guarded(collector, path, partial(collector.parse, document))
        gaps += trouble
        if yielded:
            facts[collector.name] = msgspec.Raw(msgspec.json.encode(yielded))
    return msgspec.json.encode(Payload(facts, gaps)) if facts or gaps else _NOTHING
