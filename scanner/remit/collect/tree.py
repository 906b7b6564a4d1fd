"""The files of a target: every one an agent would find there, and none outside it.

In a git work tree an agent reads untracked and ignored files as well, so they are listed too. Symbolic links are followed
only to places inside the target. What is left out on purpose (installed dependencies) is counted and said; what cannot
be listed is a Gap.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from remit.collect.git import Git, find_repository
from remit.errors import CollectError, UsageError
from remit.evidence import Gap, Standing
from remit.policy.globs import matches

MAX_BYTES = 16 * 1024 * 1024
"""A larger file is not read; that it was not is a Gap."""
MAX_DEPTH = 100
# Installed packages and caches, named by the tools that fill them: their authors' files, not the organisation's. Below them
# only files that a collector asks for by name are read, and the rest is counted as not searched.
BULK = frozenset(
    "node_modules bower_components .venv venv site-packages __pycache__ .tox .nox .mypy_cache .pytest_cache .ruff_cache "
    ".gradle .m2 .pnpm-store .yarn .next .nuxt .svelte-kit .turbo .parcel-cache .dart_tool Pods".split()
)
_MEDIA = frozenset(
    ".png .jpg .jpeg .gif .webp .ico .bmp .tiff .svgz .mp3 .mp4 .m4a .mov .avi .mkv .webm .ogg .wav .flac .woff .woff2 .ttf .otf "
    ".eot .pdf .psd .ai .zip .gz .tgz .bz2 .xz .zst .7z .rar .jar .war .whl .so .dylib .dll .exe .o .a .class .pyc .pyo .wasm "
    ".pack .idx .parquet .onnx .pt .safetensors .gguf .npy .npz".split()
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read. `real` is where its bytes are, `blob` its git id where that is known before reading."""

    path: str
    standing: Standing
    size: int
    real: str = ""
    signature: str = ""
    """Size, times and inode: equal means unchanged."""
    blob: str = ""


@dataclass(slots=True)
class Tree:
    """A target's files, ready to be read."""

    id: str
    kind: Literal["directory", "git", "bare"]
    root: Path
    commit: str | None = None
    git: Git | None = None
    entries: list[Entry] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(place, reason) of files left out on purpose, with their number."""


def shown(path: str) -> str:
    """A path as reports may show it: bytes that are not UTF-8 and control characters escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def open_target(target: Path, *, exclude: Sequence[str], wanted: Callable[[str], bool]) -> Tree:
    """List a target. `wanted` says which paths a collector asks for by name.

    Raises UsageError for a target that does not exist, cannot be listed or holds no file.
    """
    if not target.exists():
        raise UsageError(f"{target}: does not exist; give a directory, a git work tree or a bare repository")
    if not target.is_dir():
        raise UsageError(f"{target}: is not a directory; give the directory that holds it")
    root = target.resolve()
    git = find_repository(root)
    if git is not None and git.work_tree is None:
        tree = _bare(root, git, exclude)
    else:
        tree = _Walk(root, git, exclude, wanted).tree()
    if not tree.entries and not tree.gaps:
        raise UsageError(f"{target}: holds no file to read; an empty target is not a clean one")
    tree.entries.sort(key=lambda entry: entry.path)
    return tree


def _bare(root: Path, git: Git, exclude: Sequence[str]) -> Tree:
    tree = Tree(root.name.removesuffix(".git"), "bare", root, git.commit(), git)
    if tree.commit is None:
        raise UsageError(f"{root}: is a bare repository without a commit; nothing can be audited")
    try:
        tree.id = git.remote_name() or tree.id
        for mode, blob, path, size in git.tree(tree.commit):
            if any(matches(glob, path) for glob in exclude):
                tree.left_out[path, "excluded by --exclude"] += 1
            elif mode == "120000":
                tree.gaps.append(Gap("tree", shown(path), "is a symbolic link, which a bare repository cannot follow"))
            elif _suffix(path) in _MEDIA:
                tree.left_out["media and archives", "not text"] += 1
            elif size > MAX_BYTES:
                tree.gaps.append(_too_large(path, size))
            else:
                tree.entries.append(Entry(path, "tracked", size, blob=blob))
    except CollectError as error:
        raise UsageError(f"{root}: {error.reason}") from error
    return tree


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _too_large(path: str, size: int) -> Gap:
    return Gap("tree", shown(path), f"is larger than {MAX_BYTES // 1024 // 1024} MB ({size:,} bytes), so it was not read")


class _Walk:
    """One walk over a work tree or a plain directory."""

    def __init__(self, root: Path, git: Git | None, exclude: Sequence[str], wanted: Callable[[str], bool]) -> None:
        self._root = str(root)
        self._exclude = exclude
        self._wanted = wanted
        self._tree = Tree(root.name or str(root), "git" if git else "directory", root, git=git)
        self._tracked: frozenset[str] = frozenset()
        self._ignored: frozenset[str] = frozenset()
        if git is not None:
            self._ask(git, root)

    def _ask(self, git: Git, root: Path) -> None:
        work_tree = git.work_tree or root
        prefix = "" if root == work_tree else root.relative_to(work_tree).as_posix() + "/"
        self._tree.commit = git.commit()
        name = git.remote_name()
        self._tree.id = (f"{name}/{prefix.rstrip('/')}".rstrip("/") if name else self._tree.id)
        try:
            within = ("--", prefix) if prefix else ()
            strip = len(prefix)
            self._tracked = frozenset(path[strip:] for path in git.listed(*within))
            ignored = git.listed("--others", "--ignored", "--exclude-standard", "--directory", *within)
            self._ignored = frozenset(path[strip:] for path in ignored)
        except CollectError as error:
            self._tree.gaps.append(Gap("tree", ".", f"what git tracks is not known: {error.reason}"))

    def tree(self) -> Tree:
        for entry in self._below("", self._root, frozenset(), ignored=False, bulk=False, depth=0):
            self._tree.entries.append(entry)
        return self._tree

    def _below(
        self, prefix: str, directory: str, links: frozenset[str], *, ignored: bool, bulk: bool, depth: int
    ) -> Iterator[Entry]:
        try:
            with os.scandir(directory) as listing:
                found = sorted(listing, key=lambda each: os.fsencode(each.name))
        except OSError as error:
            self._gap(prefix.rstrip("/") or ".", f"cannot be listed: {error.strerror}")
            return
        for each in found:
            path = prefix + each.name
            if any(matches(glob, path) for glob in self._exclude):
                self._tree.left_out[path, "excluded by --exclude"] += 1
                continue
            yield from self._one(path, each, links, ignored=ignored, bulk=bulk, depth=depth)

    def _one(
        self, path: str, each: os.DirEntry[str], links: frozenset[str], *, ignored: bool, bulk: bool, depth: int
    ) -> Iterator[Entry]:
        try:
            if each.is_symlink():
                yield from self._link(path, each.path, links, ignored=ignored, bulk=bulk, depth=depth)
            elif each.is_dir(follow_symlinks=False):
                yield from self._directory(path, each.path, links, ignored=ignored, bulk=bulk, depth=depth)
            else:
                yield from self._file(path, each.path, each.stat(follow_symlinks=False), ignored=ignored, bulk=bulk)
        except OSError as error:
            self._gap(path, f"cannot be looked at: {error.strerror}")

    def _directory(
        self, path: str, real: str, links: frozenset[str], *, ignored: bool, bulk: bool, depth: int
    ) -> Iterator[Entry]:
        name = path.rpartition("/")[2]
        if name == ".git":
            return
        if depth >= MAX_DEPTH:
            self._gap(path, f"lies deeper than {MAX_DEPTH} directories, so it was not read")
            return
        yield from self._below(
            path + "/",
            real,
            links,
            ignored=ignored or path + "/" in self._ignored,
            bulk=bulk or name in BULK,
            depth=depth + 1,
        )

    def _file(self, path: str, real: str, status: os.stat_result, *, ignored: bool, bulk: bool) -> Iterator[Entry]:
        if not stat.S_ISREG(status.st_mode):
            self._gap(path, f"is a {_type(status.st_mode)}, not a file, so it was not read")
            return
        standing = self._standing(path, ignored)
        if bulk and standing != "tracked" and not self._wanted(path):
            place = next((part for part in path.split("/") if part in BULK), path)
            self._tree.left_out[place, "installed dependencies and caches"] += 1
        elif _suffix(path) in _MEDIA:
            self._tree.left_out["media and archives", "not text"] += 1
        elif status.st_size > MAX_BYTES:
            self._tree.gaps.append(_too_large(path, status.st_size))
        else:
            signature = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
            yield Entry(path, standing, status.st_size, real, signature)

    def _standing(self, path: str, ignored: bool) -> Standing:
        if self._tree.git is None:
            return "present"
        if path in self._tracked:
            return "tracked"
        return "ignored" if ignored or path in self._ignored else "untracked"

    def _link(
        self, path: str, link: str, links: frozenset[str], *, ignored: bool, bulk: bool, depth: int
    ) -> Iterator[Entry]:
        real = os.path.realpath(link)
        if not _inside(real, self._root):
            # Installed packages link out all the time (an interpreter, a global store); nothing named leads there.
            if not bulk or self._wanted(path):
                self._gap(path, "is a symbolic link that leads out of the target, so it was not followed")
            return
        if not os.path.exists(real):
            if os.path.islink(real):
                self._gap(path, "is a symbolic link that leads back to itself")
            return
        status = os.stat(real)
        if not stat.S_ISDIR(status.st_mode):
            if self._wanted(path):
                yield from self._file(path, real, status, ignored=ignored, bulk=bulk)
            return
        if real in links or _inside(os.path.realpath(os.path.dirname(link)), real):
            self._gap(path, "is a symbolic link that leads back to a directory above it")
            return
        # The files behind it are read under their own names; under this one only what an agent asks for by name.
        for entry in self._below(path + "/", real, links | {real}, ignored=ignored, bulk=True, depth=depth + 1):
            if self._wanted(entry.path):
                yield entry

    def _gap(self, path: str, reason: str) -> None:
        self._tree.gaps.append(Gap("tree", shown(path), reason))


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _type(mode: int) -> str:
    for test, name in ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISBLK, "block device")):
        if test(mode):
            return name
    return "device"


def read_file(entry: Entry) -> bytes:
    """The bytes of a listed file.

    Raises CollectError when it cannot be read, is no regular file any more, or has grown past the limit: a name may be
    exchanged between listing and reading, so the open file is looked at, not the name.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(entry.real, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise CollectError(f"cannot be opened: {error.strerror}") from error
    with open(descriptor, "rb") as file:
        try:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise CollectError("is not a regular file any more")
            content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CollectError(f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise CollectError(f"is larger than {MAX_BYTES // 1024 // 1024} MB, so it was not read")
    return content
