"""Asking git about repositories whose own configuration would run a program: none of it ever runs."""

from __future__ import annotations

import os
import re
import time

import pytest

from remit.collect.git import Git, find_repository
from remit.collect.run import wanted_by_name, wanted_through_link
from remit.collect.tree import open_target
from remit.errors import CollectError


def read_all(target):
    """Everything a scan asks git about a target, the content of every blob included."""
    tree = open_target(target, exclude=(), wanted=wanted_by_name, through_link=wanted_through_link)
    if tree.git and tree.kind == "bare":
        tree.git.blobs([entry.blob for entry in tree.entries])
    return tree


@pytest.fixture
def marker(tmp_path):
    """A program that leaves a file behind when it is run, and that file."""
    program, left = tmp_path / "marker", tmp_path / "marker-was-run"
    program.write_text(f'#!/bin/sh\ntouch "{left}"\n')
    program.chmod(0o755)
    return program, left


# Each configuration with a git command that it hijacks, to prove that the trap is armed.
HOSTILE = {
    "fsmonitor": ("[core]\n fsmonitor = {program}\n", ("status",)),
    "hooks": ("[core]\n hooksPath = {hooks}\n", ("commit", "-q", "--allow-empty", "-m", "x")),
    "filter clean": ('[filter "x"]\n clean = {program}\n smudge = {program}\n required = true\n', ("add", "--renormalize", ".")),
    "filter process": ('[filter "x"]\n process = {program}\n', ("add", "--renormalize", ".")),
    "external diff": ("[diff]\n external = {program}\n", ("--no-pager", "diff", "HEAD")),
    "text conversion": ('[diff "x"]\n textconv = {program}\n', ("--no-pager", "diff", "HEAD")),
    "pager": ("[core]\n pager = {program}\n", None),
    "editor": ("[core]\n editor = {program}\n", ("commit", "--allow-empty")),
    "alias": ("[alias]\n x = !{program}\n ls-files = !{program}\n rev-parse = !{program}\n", ("x",)),
    "ssh command": (
        '[core]\n repositoryformatversion = 1\n sshCommand = {program}\n[extensions]\n partialClone = origin\n'
        '[remote "origin"]\n url = ssh://git@git.example/acme/shop.git\n promisor = true\n',
        ("fetch", "origin"),
    ),
    "remote helper": (
        "[core]\n repositoryformatversion = 1\n[extensions]\n partialClone = origin\n[protocol]\n allow = always\n"
        '[remote "origin"]\n url = ext::{program}\n promisor = true\n',
        ("fetch", "origin"),
    ),
    "upload pack": (
        "[core]\n repositoryformatversion = 1\n[extensions]\n partialClone = origin\n[protocol]\n allow = always\n"
        '[remote "origin"]\n url = {elsewhere}\n uploadpack = {program}\n promisor = true\n',
        ("fetch", "origin"),
    ),
    "credential helper": (
        '[credential]\n helper = "!{program}"\n[remote "origin"]\n url = http://127.0.0.1:9/acme/shop.git\n promisor = true\n',
        ("credential", "fill"),
    ),
    "included file": ("[include]\n path = {included}\n", ("status",)),
    "alternate refs": ("[core]\n alternateRefsCommand = {program}\n", None),
    "gpg": ("[gpg]\n program = {program}\n[commit]\n gpgSign = true\n[log]\n showSignature = true\n", ("commit", "--allow-empty", "-m", "x")),
}  # fmt: skip


@pytest.fixture
def hostile(tmp_path, repository, git, marker):
    """Makes a repository, bare or not, with a hostile configuration and a blob missing, as in a partial clone."""
    program, _ = marker
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (hooks / name).symlink_to(program)
    included = tmp_path / "included"
    included.write_text(f"[core]\n fsmonitor = {program}\n")

    def make(configuration: str, *, bare: bool):
        root = repository(
            tmp_path / "shop", {".gitattributes": "*.txt filter=x diff=x\n", "a.txt": "one\n", "b.sql": "two\n"}
        )
        place = git_directory = root / ".git"
        if bare:
            git(tmp_path, "clone", "-q", "--bare", str(root), "shop.git")
            place = git_directory = tmp_path / "shop.git"
            (place / "hooks").rename(place / "hooks-samples") if (place / "hooks").exists() else None
        else:
            (root / "a.txt").write_text("changed\n")
        elsewhere = tmp_path / "elsewhere"
        with (place / "config").open("a") as file:
            file.write(configuration.format(program=program, hooks=hooks, included=included, elsewhere=elsewhere))
        blob = git(root, "rev-parse", "HEAD:b.sql") if not bare else None
        if blob:
            (git_directory / "objects" / blob[:2] / blob[2:]).unlink()
        return place if bare else root

    return make


@pytest.mark.parametrize("bare", [False, True], ids=["work tree", "bare"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_program_that_a_repository_names_is_run(name, bare, hostile, marker):
    target = hostile(HOSTILE[name][0], bare=bare)
    tree = read_all(target)
    assert not marker[1].exists()
    assert {"a.txt", "b.sql"} <= {entry.path for entry in tree.entries}


@pytest.mark.parametrize("name", [name for name, (_, command) in HOSTILE.items() if command])
def test_the_traps_are_armed(name, hostile, marker, git):
    """The same configuration runs the program when git is asked in the ordinary way."""
    target = hostile(HOSTILE[name][0], bare=False)
    git(target, *HOSTILE[name][1], check=False) if name != "credential helper" else _fill(target)
    assert marker[1].exists()


def _fill(target):
    import subprocess

    asked = b"protocol=http\nhost=127.0.0.1:9\n\n"
    environment = {"PATH": os.environ["PATH"], "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["git", "-C", str(target), "credential", "fill"], input=asked, env=environment, check=False, capture_output=True
    )


def test_a_promisors_missing_blobs_are_not_fetched(tmp_path, repository, git, marker):
    """A partial clone that lacks its blobs, from a remote that only a program of the repository's reaches."""
    program, left = marker
    root = repository(tmp_path / "shop", {"a.txt": "one", ".env": "A=1"})
    git(tmp_path, "clone", "-q", "--bare", str(root), "partial.git")
    bare = tmp_path / "partial.git"
    with (bare / "config").open("a") as file:
        file.write(HOSTILE["ssh command"][0].format(program=program))
    for path in ("a.txt", ".env"):
        blob = git(root, "rev-parse", f"HEAD:{path}")
        (bare / "objects" / blob[:2] / blob[2:]).unlink()
    tree = read_all(bare)
    contents = tree.git.blobs([entry.blob for entry in tree.entries])
    assert [type(content) for content in contents] == [CollectError, CollectError]
    assert not left.exists()


def test_a_work_tree_elsewhere_is_not_looked_at(tmp_path, repository, write, git):
    elsewhere = write(tmp_path / "elsewhere", {"private.txt": "x", ".gitignore": "a.txt\n"})
    root = repository(tmp_path / "shop", {"a.txt": "one"})
    write(root, {"new.txt": "x"})
    git(root, "config", "core.worktree", str(elsewhere))
    tree = read_all(root)
    assert {entry.path: entry.standing for entry in tree.entries} == {"a.txt": "tracked", "new.txt": "untracked"}


def test_a_git_file_that_leads_to_another_repository_runs_nothing_of_it(tmp_path, repository, hostile, marker, write):
    other = hostile(HOSTILE["fsmonitor"][0], bare=False)
    root = write(tmp_path / "lure", {".git": f"gitdir: {other}/.git\n", "mine.txt": "x"})
    tree = read_all(root)
    assert [(entry.path, entry.standing) for entry in tree.entries] == [("mine.txt", "untracked")]
    assert not marker[1].exists()


@pytest.mark.parametrize("key", ["core.excludesFile", "core.attributesFile"])
def test_a_configured_file_that_is_a_pipe_is_not_waited_for(tmp_path, repository, git, write, key):
    root = repository(tmp_path / "shop", {"a.txt": "one"})
    write(root, {"b.txt": ""})
    os.mkfifo(tmp_path / "pipe")
    git(root, "config", key, str(tmp_path / "pipe"))
    started = time.monotonic()
    assert len(read_all(root).entries) == 2
    assert time.monotonic() - started < 20


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a repository to somebody else needs root")
@pytest.mark.parametrize("bare", [False, True])
def test_a_repository_of_somebody_else_is_audited(tmp_path, repository, git, bare):
    root = repository(tmp_path / "shop", {"a.txt": "one"})
    if bare:
        git(tmp_path, "clone", "-q", "--bare", str(root), "shop.git")
        root = tmp_path / "shop.git"
    for place, folders, files in os.walk(root):
        for name in (".", *folders, *files):
            os.lchown(os.path.join(place, name), 12345, 12345)
    with pytest.raises(Exception, match=r"."):
        git(root, "status")  # git itself refuses
    tree = read_all(root)
    assert [(entry.path, entry.standing) for entry in tree.entries] == [("a.txt", "tracked")]
    assert tree.gaps == []


def test_the_environment_of_the_auditor_steers_nothing(tmp_path, repository, marker, monkeypatch):
    program, left = marker
    root = repository(tmp_path / "shop", {"a.txt": "one"})
    for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "GIT_ASKPASS", "GIT_PROXY_COMMAND"):
        monkeypatch.setenv(name, str(program))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(program))
    assert [entry.standing for entry in read_all(root).entries] == ["tracked"]
    assert not left.exists()


def test_nothing_in_the_repository_is_written(tmp_path, repository):
    root = repository(tmp_path / "shop", {"a.txt": "one"})
    os.utime(root / "a.txt")  # an index that ordinary git would refresh

    def state():
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(root.rglob("*"))}

    before = state()
    read_all(root)
    assert state() == before


# ------------------------------------------------------------------------------------------------ names

SECRET = "ghp" + "_" + "n4Tq9" * 7 + "x"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://git.example/acme/shop.git", "acme/shop"),
        ("https://git.example/acme/shop/", "acme/shop"),
        ("git@git.example:acme/shop.git", "acme/shop"),
        ("ssh://git@git.example:2222/acme/shop", "acme/shop"),
        ("https://gitlab.example/group/team/shop.git", "team/shop"),
        ("https://user:secret@git.example/acme/shop.git", "acme/shop"),
        ("/srv/git/shop.git", "git/shop"),
        ("https://secret@git.example/shop", None),
        ("https://git.example/acme/shop?token=secret", None),
        ("https://git.example/acme/shop#secret", None),
        ("../shop", None),
        ("shop", None),
        ("", None),
        ("https://git.example/ac\x1bme/shop", None),
        (f"https://dl.example/{SECRET}/shop.git", None),
        (f"https://{SECRET}@git.example/acme/shop.git", "acme/shop"),
    ],
)
def test_a_repository_is_named_by_its_remote_and_never_by_a_secret_in_it(tmp_path, git, url, name):
    git(tmp_path, "init", "-q", "shop")
    with (tmp_path / "shop" / ".git" / "config").open("a") as file:
        file.write(f'[remote "origin"]\n\turl = "{url}"\n')
    assert Git(tmp_path / "shop" / ".git", tmp_path / "shop").remote_name() == name


def test_the_repository_of_a_directory_is_found_in_it_or_above_it(tmp_path, repository, git):
    root = repository(tmp_path / "shop", {"a/b/c.txt": "x"})
    git(tmp_path, "clone", "-q", "--bare", str(root), "shop.git")
    assert find_repository(root) == Git(root / ".git", root)
    assert find_repository(root / "a" / "b") == Git(root / ".git", root)
    assert find_repository(tmp_path / "shop.git") == Git(tmp_path / "shop.git", None)
    assert find_repository(tmp_path) is None


def test_the_commit_is_none_before_the_first(tmp_path, git, repository):
    git(tmp_path, "init", "-q", "fresh")
    assert Git(tmp_path / "fresh" / ".git", tmp_path / "fresh").commit() is None
    root = repository(tmp_path / "shop", {"a.txt": "x"})
    assert re.fullmatch(r"[0-9a-f]{40}", Git(root / ".git", root).commit())


def test_blobs_come_in_the_order_asked_for(tmp_path, repository, git):
    contents = {"a": b"", "b": b"two\n\n", "c": b"\0\xff" * 5000}
    root = repository(tmp_path / "shop", contents)
    ids = [git(root, "rev-parse", f"HEAD:{name}") for name in "cabca"]
    where = Git(root / ".git", root)
    assert where.blobs(ids) == [contents[name] for name in "cabca"]
    assert where.blobs([]) == []
    missing = where.blobs([ids[0], "0" * 40, ids[1], "nonsense"])
    assert [type(content).__name__ for content in missing] == ["bytes", "CollectError", "bytes", "CollectError"]


def test_a_failing_command_is_a_reason_in_one_line(tmp_path, repository):
    root = repository(tmp_path / "shop", {"a.txt": "x"})
    with pytest.raises(CollectError) as caught:
        Git(root / ".git", root).run("cat-file", "-p", "nonsense")
    assert caught.value.reason == "git cat-file failed with exit code 128"
    assert "\n" not in caught.value.reason
