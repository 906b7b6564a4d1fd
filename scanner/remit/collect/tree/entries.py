"""What a listing holds, what it leaves out, and how a listed file is read."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from remit.collect.git import Git
from remit.errors import CollectError
from remit.evidence import Gap, Standing
from remit.policy.globs import path_matches

EXCLUDED = "excluded by --exclude"
"""The reason of places that the auditor left out."""
MAX_BYTES = 16 * 1024 * 1024
"""A larger file is not read; that it was not is a Gap."""
MAX_LINKED = 1000
"""Directories behind symbolic links that are looked at; links to links could name more places than there are atoms."""
# Installed packages and caches, named by the tools that fill them: their authors' files, not the organisation's.
# Below them
# only files that a collector asks for by name are read, and the rest is counted as not searched.
BULK = frozenset(
    [
        "node_modules",
        "bower_components",
        ".venv",
        "venv",
        "site-packages",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".gradle",
        ".m2",
        ".pnpm-store",
        ".yarn",
        ".next",
        ".nuxt",
        ".svelte-kit",
        ".turbo",
        ".parcel-cache",
        ".dart_tool",
        "Pods",
    ]
)
_MEDIA = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".ico",
        ".bmp",
        ".tiff",
        ".svgz",
        ".mp3",
        ".mp4",
        ".m4a",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".ogg",
        ".wav",
        ".flac",
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".eot",
        ".pdf",
        ".psd",
        ".ai",
        ".zip",
        ".gz",
        ".tgz",
        ".bz2",
        ".xz",
        ".zst",
        ".7z",
        ".rar",
        ".jar",
        ".war",
        ".whl",
        ".so",
        ".dylib",
        ".dll",
        ".exe",
        ".o",
        ".a",
        ".class",
        ".pyc",
        ".pyo",
        ".wasm",
        ".pack",
        ".idx",
        ".parquet",
        ".onnx",
        ".pt",
        ".safetensors",
        ".gguf",
        ".npy",
        ".npz",
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to read. `real` is where its bytes are, `blob` its git id where that is known before reading."""

    path: str
    standing: Standing
    size: int
    real: str = ""
    signature: str = ""
    """Size, times and inode: equal means unchanged. Empty where that cannot be told."""
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the collectors ask for by a file's path, where not everything is read."""

    by_name: Callable[[str], bool]
    """Whether a file is read even among installed dependencies."""
    through_link: Callable[[str, str], bool]
    """Whether a file is read under the name a link gives it (first) beside its own name (second)."""


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
    """What could not be read. A path that ends in `/` may hide anything, `.` the whole target."""
    idle: list[Gap] = field(default_factory=list)
    """What could not be followed and hides nothing: links that lead back to where one is."""
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(place, reason) of files left out on purpose, with their number."""

    def gap(self, path: str, reason: str) -> None:
        """Record a place that could not be read."""
        self.gaps.append(Gap("tree", shown(path), reason))

    def leave_out(self, path: str, exclude: Sequence[str]) -> bool:
        """Whether the auditor excluded a path; if so it is counted."""
        if not any(path_matches(glob, path) for glob in exclude):
            return False
        self.left_out[shown(path), EXCLUDED] += 1
        return True

    def unsuitable(self, path: str, size: int) -> bool:
        """Whether a file is not read for what it is: media are counted, and a file that is too large is a Gap."""
        name = path.rpartition("/")[2]
        if os.path.splitext(name)[1].lower() in _MEDIA and not name.startswith(".env"):
            self.left_out["media and archives", "not text"] += 1
            return True
        if size > MAX_BYTES:
            self.gap(path, f"is larger than {MAX_BYTES // 1024 // 1024} MB ({size:,} bytes), so it was not read")
            return True
        return False


def shown(path: str) -> str:
    """A path as reports may show it: bytes that are not UTF-8 and control characters escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


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
