"""Listing the checked-out commit of a bare repository."""

from __future__ import annotations

import os
import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from remit.collect.git import Git
from remit.collect.tree.entries import Entry, Tree, Wishes, shown
from remit.errors import CollectError, UsageError
from remit.evidence import Gap

# Source: gitrepository-layout(5), and what git's own commands leave beside it.
_LAYOUT = frozenset(
    [
        "HEAD",
        "ORIG_HEAD",
        "FETCH_HEAD",
        "MERGE_HEAD",
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
        "BISECT_LOG",
        "AUTO_MERGE",
        "COMMIT_EDITMSG",
        "MERGE_MSG",
        "MERGE_MODE",
        "branches",
        "commondir",
        "common",
        "config",
        "config.worktree",
        "description",
        "filter-repo",
        "gc.log",
        "gc.pid",
        "git-daemon-export-ok",
        "gitdir",
        "gitk.cache",
        "gitweb",
        "hooks",
        "index",
        "info",
        "lfs",
        "logs",
        "modules",
        "objects",
        "packed-refs",
        "rebase-apply",
        "rebase-merge",
        "refs",
        "reftable",
        "remotes",
        "rr-cache",
        "sequencer",
        "shallow",
        "sharedindex",
        "svn",
        "worktrees",
        "cloneurl",
    ]
)
_MAX_HOPS = 40
_MAX_LINKED = 100_000
"""Files behind links that are looked at; beyond it the rest is a Gap."""
_LINK = "120000"


def list_bare(root: Path, git: Git, exclude: Sequence[str], wishes: Wishes) -> Tree:
    """Every file of the commit that HEAD names, links within it followed.

    Raises UsageError for a repository without a commit, or one that git cannot read.
    """
    tree = Tree(shown(root.name.removesuffix(".git")), "bare", root, git.commit(), git)
    if tree.commit is None:
        raise UsageError(f"{root}: is a bare repository without a commit; nothing can be audited")
    try:
        tree.id = git.remote_name() or tree.id
        links: dict[str, str] = {}
        for mode, blob, path, size in git.tree(tree.commit):
            if tree.leave_out(path, exclude):
                continue
            if mode == _LINK:
                links[path] = blob
            elif not tree.unsuitable(path, size):
                tree.entries.append(Entry(path, "tracked", size, blob=blob))
        tree.entries.extend(_behind(tree, dict(_targets(tree, git, links)), wishes))
    except CollectError as error:
        raise UsageError(f"{root}: {error.reason}") from error
    _foreign(tree)
    return tree


def _foreign(tree: Tree) -> None:
    """What lies in the directory and is not git's: a folder can be made to look like a repository to hide the rest."""
    try:
        names = sorted(os.listdir(tree.root))
    except OSError as error:
        tree.gap(".", f"cannot be listed: {error.strerror}")
        return
    for name in names:
        if name not in _LAYOUT and not name.endswith(".lock"):
            hidden = f"{name}/" if os.path.isdir(tree.root / name) else name
            tree.gap(hidden, "lies in a bare repository and is none of git's files, so it was not read")


def _targets(tree: Tree, git: Git, links: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each link with where it leads, as a path of the commit."""
    for path, content in zip(links, git.blobs(list(links.values())), strict=True):
        if isinstance(content, CollectError):
            tree.gap(f"{path}/", f"is a symbolic link that could not be read: {content.reason}")
            continue
        target = content.decode("utf-8", "surrogateescape")
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if target.startswith("/") or leads == ".." or leads.startswith("../"):
            tree.gap(f"{path}/", "is a symbolic link that leads out of the target, so it was not followed")
        else:
            yield path, leads


def _behind(tree: Tree, links: Mapping[str, str], wishes: Wishes) -> Iterator[Entry]:
    """Files under the names that links give them, where such a name means something."""
    files = {entry.path: entry for entry in tree.entries}
    names = sorted(files)
    looked_at = 0
    for path in sorted(links):
        own = _followed(links[path], links)
        if own is None or own == "." or path.startswith(f"{own}/"):
            tree.idle.append(Gap("tree", shown(path), "is a symbolic link that leads back to where it is"))
            continue
        for name in _below(own, names):
            looked_at += 1
            under = path + name[len(own) :]
            if wishes.through_link(under, name):
                found = files[name]
                yield Entry(under, "tracked", found.size, blob=found.blob)
        if looked_at > _MAX_LINKED:
            tree.gap(f"{path}/", "lies behind more links than are followed")
            return


def _below(own: str, names: Sequence[str]) -> Iterator[str]:
    """The file of that path, or every file below the directory of that path."""
    at = bisect_left(names, own)
    if at < len(names) and names[at] == own:
        yield own
        return
    at = bisect_left(names, f"{own}/")
    while at < len(names) and names[at].startswith(f"{own}/"):
        yield names[at]
        at += 1


def _followed(path: str, links: Mapping[str, str]) -> str | None:
    """A path with the links on its way resolved; None where they go round in a circle."""
    for _ in range(_MAX_HOPS):
        parts = path.split("/")
        heads = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        head = next((each for each in heads if each in links), None)
        if head is None:
            return path
        path = posixpath.normpath(links[head] + path[len(head) :])
    return None
