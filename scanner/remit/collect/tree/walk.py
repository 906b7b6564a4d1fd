"""Walking a work tree or a plain directory."""

from __future__ import annotations

import os
import stat
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from remit.collect.git import Git
from remit.collect.tree.entries import BULK, MAX_LINKED, Entry, Tree, Wishes, shown
from remit.errors import CollectError
from remit.evidence import Gap, Standing

MAX_DEPTH = 100
_SETTLED = 20_000_000
"""Nanoseconds after which a further change surely shows in a file's times."""


def walk(root: Path, git: Git | None, exclude: Sequence[str], wishes: Wishes) -> Tree:
    """Every file below a directory, with its standing to git."""
    tree = Tree(shown(root.name) or str(root), "git" if git else "directory", root, git=git)
    prefix = _ask(tree, git, root) if git else None
    tracked = _listed(tree, prefix) if prefix is not None else None
    return _Walk(tree, exclude, wishes, tracked).tree(prefix)


def _ask(tree: Tree, git: Git, root: Path) -> str | None:
    """The target's place in the work tree; None where git does not answer."""
    work_tree = git.work_tree or root
    prefix = "" if root == work_tree else root.relative_to(work_tree).as_posix() + "/"
    try:
        git.check()
    except CollectError as error:
        tree.gap(".", f"what git tracks is not known: {error.reason}")
        return None
    tree.commit = git.commit()
    name = git.remote_name()
    tree.id = shown(f"{name}/{prefix}".rstrip("/")) if name else tree.id
    return prefix


def _listed(tree: Tree, prefix: str, *options: str) -> frozenset[str] | None:
    if tree.git is None:
        return None
    within = ("--", prefix) if prefix else ()
    try:
        return frozenset(path[len(prefix) :] for path in tree.git.listed(*options, *within))
    except CollectError as error:
        tree.gap(".", f"what git tracks is not known: {error.reason}")
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A directory to list: by the name it is reached under, and by its own."""

    path: str = ""
    own: str = ""
    bulk: bool = False
    depth: int = 0
    links: frozenset[str] = frozenset()
    """The directories that links led to on the way here."""

    def below(self, name: str) -> _Place:
        return replace(
            self,
            path=f"{self.path}{name}/",
            own=f"{self.own}{name}/",
            bulk=self.bulk or name in BULK,
            depth=self.depth + 1,
        )


@dataclass(frozen=True, slots=True)
class _Found:
    entry: Entry
    own: str


class _Walk:
    """One walk: directories under their own names first, then what links lead to, nearest first."""

    def __init__(self, tree: Tree, exclude: Sequence[str], wishes: Wishes, tracked: frozenset[str] | None) -> None:
        self._tree = tree
        self._root = str(tree.root)
        self._exclude = exclude
        self._wishes = wishes
        self._tracked = tracked
        self._found: list[_Found] = []
        self._waiting = [_Place()]
        self._linked: deque[_Place] = deque()
        self._odd_ignore_file = False

    def tree(self, prefix: str | None) -> Tree:
        """The tree, with the standing of its files asked for once they are known."""
        while self._waiting:
            self._list(self._waiting.pop())
        for _ in range(MAX_LINKED):
            if self._linked:
                self._list(self._linked.popleft())
        if self._linked:
            left = self._linked[0].path
            self._tree.gap(left, f"lies behind links to more than {MAX_LINKED:,} directories, so it was not followed")
        ignored = self._ignored(prefix)
        self._tree.entries = [self._with_standing(found, ignored) for found in self._found]
        return self._tree

    def _list(self, place: _Place) -> None:
        try:
            with os.scandir(os.path.join(self._root, place.own)) as listing:
                entries = sorted(listing, key=lambda each: os.fsencode(each.name))
        except OSError as error:
            self._tree.gap(place.path or ".", f"cannot be listed: {error.strerror}")
            return
        for each in entries:
            path = place.path + each.name
            if each.name == ".git" or self._tree.leave_out(path, self._exclude):
                continue
            try:
                self._one(place, each, path)
            except OSError as error:
                self._tree.gap(path, f"cannot be looked at: {error.strerror}")

    def _one(self, place: _Place, each: os.DirEntry[str], path: str) -> None:
        if each.is_symlink():
            self._link(place, each, path)
        elif each.is_dir(follow_symlinks=False):
            self._enter(place.below(each.name))
        else:
            linked = bool(place.links)
            self._file(place, path, place.own + each.name, each.stat(follow_symlinks=False), linked=linked)

    def _enter(self, place: _Place) -> None:
        if place.depth > MAX_DEPTH:
            self._tree.gap(place.path, f"lies deeper than {MAX_DEPTH} directories, so it was not read")
        elif place.links:
            self._linked.append(place)
        else:
            self._waiting.append(place)

    def _file(self, place: _Place, path: str, own: str, status: os.stat_result, *, linked: bool) -> None:
        if linked and not self._wishes.through_link(path, own):
            return
        if not stat.S_ISREG(status.st_mode):
            self._odd_ignore_file |= path.endswith(".gitignore")
            self._tree.gap(path, f"is a {_type(status.st_mode)}, not a file, so it was not read")
        elif place.bulk and own not in (self._tracked or ()) and not self._wishes.by_name(path):
            bulk = next((part for part in path.split("/") if part in BULK), path)
            self._tree.left_out[bulk, "installed dependencies and caches"] += 1
        elif not self._tree.unsuitable(path, status.st_size):
            entry = Entry(path, "present", status.st_size, os.path.join(self._root, own), signature(status))
            self._found.append(_Found(entry, own))

    def _link(self, place: _Place, each: os.DirEntry[str], path: str) -> None:
        real = os.path.realpath(each.path)
        if not _inside(real, self._root):
            # Installed packages link out all the time (an interpreter, a global store); nothing named leads there.
            if not place.bulk or self._wishes.by_name(path):
                hidden = path if os.path.isfile(real) else f"{path}/"
                self._tree.gap(hidden, "is a symbolic link that leads out of the target, so it was not followed")
        elif os.path.isdir(real):
            self._linked_directory(place, each, path, real)
        elif os.path.exists(real):
            self._file(place, path, self._own(real), os.stat(real), linked=True)
        elif os.path.islink(real):
            self._idle(path, "is a symbolic link that leads back to itself")

    def _linked_directory(self, place: _Place, each: os.DirEntry[str], path: str, real: str) -> None:
        if real in place.links or _inside(os.path.realpath(os.path.dirname(each.path)), real):
            self._idle(path, "is a symbolic link that leads back to a directory above it")
        elif not place.bulk:
            # The files behind it are read under their own names; under this one only what means something there.
            below = place.below(each.name)
            own = f"{self._own(real)}/" if real != self._root else ""
            self._enter(replace(below, own=own, links=place.links | {real}))

    def _own(self, real: str) -> str:
        return os.path.relpath(real, self._root).replace(os.sep, "/")

    def _idle(self, path: str, reason: str) -> None:
        self._tree.idle.append(Gap("tree", shown(path), reason))

    def _ignored(self, prefix: str | None) -> frozenset[str]:
        if prefix is None or self._tracked is None:
            return frozenset()
        if self._odd_ignore_file:
            # git would wait for somebody to write into a pipe of that name.
            self._tree.gap(".", "what git ignores is not known: a .gitignore is not a file")
            return frozenset()
        options = ("--others", "--ignored", "--exclude-standard", "--directory")
        return _listed(self._tree, prefix, *options) or frozenset()

    def _with_standing(self, found: _Found, ignored: frozenset[str]) -> Entry:
        return replace(found.entry, standing=self._standing(found.own, ignored))

    def _standing(self, own: str, ignored: frozenset[str]) -> Standing:
        if self._tree.git is None:
            return "present"
        if self._tracked is not None and own in self._tracked:
            return "tracked"
        steps = [index + 1 for index, char in enumerate(own) if char == "/"]
        return "ignored" if own in ignored or any(own[:step] in ignored for step in steps) else "untracked"


def signature(status: os.stat_result) -> str:
    """What tells a changed file from an unchanged one; empty while a change could still escape its times."""
    if time.time_ns() - status.st_ctime_ns < _SETTLED:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _type(mode: int) -> str:
    for test, name in ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISBLK, "block device")):
        if test(mode):
            return name
    return "device"
