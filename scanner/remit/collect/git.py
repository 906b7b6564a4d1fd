"""Asking git about a repository that may be hostile.

A repository's own configuration can name programs (`core.fsmonitor`, filters, hooks, `core.sshCommand`) and other
places (`core.worktree`, promisor remotes). Only commands that start none of them are used, the dangerous settings are
overridden, and the network is switched off.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit.credentials.redact import redact_text
from remit.errors import CollectError

_OVERRIDES = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    # Files that the configuration names may lie anywhere, and may be pipes.
    "core.excludesFile=/dev/null",
    "core.attributesFile=/dev/null",
    "core.alternateRefsCommand=false",
    "core.quotePath=false",
    "protocol.allow=never",
    # Repositories owned by somebody else are what this tool is for; nothing in them is run.
    "safe.directory=*",
)
_TIMEOUT = 120
_TIMEOUT_FIRST = 10
_CONTROL = (
    "HEAD",
    "config",
    "config.worktree",
    "index",
    "info/exclude",
    "packed-refs",
    "commondir",
    "objects/info/alternates",
    "refs/heads/main",
    "refs/heads/master",
)
"""Files that git opens without asking what they are."""
_NAME = re.compile(r"(?!\.{1,2}$)[\w.~-]{1,200}")


@dataclass(frozen=True, slots=True)
class Git:
    """A repository: its git directory, and its work tree where it has one."""

    directory: Path
    work_tree: Path | None

    def run(self, *arguments: str, stdin: bytes = b"", timeout: int = _TIMEOUT) -> bytes:
        """The output of a git command that neither writes nor runs anything.

        Raises CollectError when it fails, is missing, or takes longer than `timeout` seconds.
        """
        try:
            done = subprocess.run(
                self._command(arguments),
                input=stdin,
                capture_output=True,
                timeout=timeout,
                env=_environment(),
                check=False,
            )
        except FileNotFoundError as error:
            raise CollectError("git is not installed; install it, or scan a plain directory") from error
        except subprocess.TimeoutExpired as error:
            raise CollectError(f"git {arguments[0]} took longer than {timeout} seconds") from error
        if done.returncode:
            # git's own message may repeat a value of the repository's configuration, so it is not shown.
            raise CollectError(f"git {arguments[0]} failed with exit code {done.returncode}")
        return done.stdout

    def _command(self, arguments: Sequence[str]) -> list[str]:
        command = ["git", "--no-pager", "--literal-pathspecs", f"--git-dir={self.directory}"]
        if self.work_tree is not None:
            # Explicit, so that core.worktree cannot point anywhere else.
            command += [f"--work-tree={self.work_tree}", "-C", str(self.work_tree)]
        for override in _OVERRIDES:
            command += ["-c", override]
        return [*command, *arguments]

    def check(self) -> None:
        """Raise CollectError where git cannot read the repository: asked first, it is the only one to wait in vain."""
        for name in _CONTROL:
            # A named pipe there would keep git waiting for ever.
            place = self.directory / name
            if os.path.lexists(place) and _type(place) not in {stat.S_IFREG, stat.S_IFDIR}:
                raise CollectError(f".git/{name} is neither a file nor a directory")
        self.run("rev-parse", "--git-dir", timeout=_TIMEOUT_FIRST)

    def commit(self) -> str | None:
        """The id of the checked-out commit; None before the first one."""
        try:
            return self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode().strip() or None
        except CollectError:
            return None

    def remote_name(self) -> str | None:
        """`owner/name` from the origin's address, without anything else of it: the address may hold a token."""
        try:
            url = self.run("config", "--local", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
        except CollectError:
            return None
        _, scheme, rest = url.rpartition("://")
        # What stands before the path may be a user and a password.
        path = rest.partition("/")[2] if scheme else rest.rpartition(":")[2]
        parts = path.removesuffix("/").removesuffix(".git").split("/")[-2:]
        name = "/".join(parts)
        plain = len(parts) == 2 and all(_NAME.fullmatch(part) for part in parts)
        return name if plain and redact_text(name) == name else None

    def listed(self, *arguments: str) -> frozenset[str]:
        """Paths that `git ls-files` prints, relative to the work tree."""
        return frozenset(_paths(self.run("ls-files", "-z", *arguments)))

    def tree(self, commit: str) -> Iterator[tuple[str, str, str, int]]:
        """(mode, blob id, path, size) of every blob of a commit; size 0 where git does not have the blob."""
        arguments = ("ls-tree", "-r", "-z", "--full-tree")
        try:
            listing = self.run(*arguments, "-l", commit)
        except CollectError:
            # A partial clone lacks blobs, and with them their sizes.
            listing = self.run(*arguments, commit)
        for line in listing.split(b"\0"):
            head, tab, path = line.partition(b"\t")
            fields = head.split()
            if tab and fields[1] == b"blob":
                size = fields[3] if len(fields) > 3 else b""
                yield fields[0].decode(), fields[2].decode(), os.fsdecode(path), int(size) if size.isdigit() else 0

    def blobs(self, ids: Sequence[str]) -> list[bytes | CollectError]:
        """The content of each blob in the order asked for, or why it cannot be had."""
        if not ids:
            return []
        try:
            return list(self._batch(ids))
        except CollectError as error:
            if len(ids) == 1:
                return [error]
            # One that git cannot read must not cost the others.
            return [content for each in ids for content in self.blobs([each])]

    def _batch(self, ids: Sequence[str]) -> Iterator[bytes | CollectError]:
        output = self.run("cat-file", "--batch", stdin="".join(f"{each}\n" for each in ids).encode())
        position = 0
        for each in ids:
            end = output.index(b"\n", position)
            fields = output[position:end].split()
            if len(fields) == 3 and fields[1] == b"blob":
                size = int(fields[2])
                yield output[end + 1 : end + 1 + size]
                position = end + 2 + size
            else:
                yield CollectError(f"git does not have blob {each[:12]}, as in a partial clone")
                position = end + 1


def _paths(output: bytes) -> Iterator[str]:
    return (os.fsdecode(path) for path in output.split(b"\0") if path)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }


def find_repository(path: Path) -> Git | None:
    """The repository a directory belongs to: with a `.git` in it, itself bare, or below one; None outside of any."""
    parts = {"HEAD": stat.S_IFREG, "objects": stat.S_IFDIR, "refs": stat.S_IFDIR}
    if all(_type(path / name) == kind for name, kind in parts.items()) and not _type(path / ".git"):
        return Git(path, None)
    for place in (path, *path.parents):
        if _type(place / ".git"):
            return Git(place / ".git", place)
    return None


def _type(place: Path) -> int:
    """The type bits of what is there; 0 where nothing is, or where one may not look."""
    try:
        return stat.S_IFMT(place.stat().st_mode)
    except OSError:
        return 0
