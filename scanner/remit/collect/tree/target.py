"""Opening a target: which kind it is, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from remit.collect.git import find_repository
from remit.collect.tree.bare import list_bare
from remit.collect.tree.entries import Tree, Wishes
from remit.collect.tree.walk import walk
from remit.errors import UsageError


def open_target(
    target: Path,
    *,
    exclude: Sequence[str],
    wanted: Callable[[str], bool],
    through_link: Callable[[str, str], bool] | None = None,
) -> Tree:
    """List a target. `wanted` says which paths a collector asks for by name, `through_link` which under a link's.

    Raises UsageError for a target that does not exist, cannot be listed or holds no file to read.
    """
    root = _directory(target)
    exclude = [_glob(glob) for glob in exclude]
    wishes = Wishes(wanted, through_link or (lambda path, own: wanted(path)))
    git = find_repository(root)
    if git is not None and git.work_tree is None:
        tree = list_bare(root, git, exclude, wishes)
    else:
        tree = walk(root, git, exclude, wishes)
    if not tree.entries:
        trouble = next((f" ({gap.path}: {gap.reason})" for gap in tree.gaps), "")
        raise UsageError(f"{target}: holds no file to read{trouble}; an empty target is not a clean one")
    tree.entries.sort(key=lambda entry: entry.path)
    return tree


def _directory(target: Path) -> Path:
    try:
        if not target.exists():
            raise UsageError(f"{target}: does not exist; give a directory, a git work tree or a bare repository")
        if not target.is_dir():
            raise UsageError(f"{target}: is not a directory; give the directory that holds it")
        return target.resolve()
    except OSError as error:
        raise UsageError(f"{target}: cannot be looked at: {error.strerror}; give another target") from error


def _glob(glob: str) -> str:
    """A pattern as paths are written here; one that could never match any is an error, not silence."""
    tidy = glob.removeprefix("./").rstrip("/")
    if not tidy or tidy.startswith("/") or ".." in tidy.split("/"):
        raise UsageError(f"--exclude {glob!r}: matches nothing; write a path relative to the target, such as docs/*")
    return tidy
