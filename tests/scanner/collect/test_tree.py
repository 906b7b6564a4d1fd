"""Listing a target: nothing an agent would find is missing in silence, and nothing outside is touched."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit.collect.run import wanted_by_name, wanted_through_link
from remit.collect.tree import MAX_BYTES, Entry, Tree, open_target, read_file, shown
from remit.errors import CollectError, UsageError


def opened(target: Path, *exclude: str) -> Tree:
    return open_target(target, exclude=exclude, wanted=wanted_by_name, through_link=wanted_through_link)


def standings(target: Path, *exclude: str) -> dict[str, str]:
    return {entry.path: entry.standing for entry in opened(target, *exclude).entries}


def gaps(tree: Tree) -> dict[str, str]:
    return {gap.path: gap.reason for gap in (*tree.gaps, *tree.idle)}


# ------------------------------------------------------------------------------------------------ standing to git


@pytest.fixture
def shop(tmp_path, repository, write):
    """A work tree with a file of every standing."""
    root = repository(
        tmp_path / "shop",
        {
            ".gitignore": "*.log\nbuild/\n/local.env\n",
            "README.md": "shop",
            "app/main.py": "x = 1",
            "app/.gitignore": "keys\n",
        },
    )
    return write(
        root,
        {
            "local.env": "A=1",
            "notes.txt": "new",
            "build/out/a.js": "1",
            "app/keys": "k",
            "app/new.py": "y",
            "a.log": "",
        },
    )


def test_every_file_is_listed_with_its_standing(shop):
    assert standings(shop) == {
        ".gitignore": "tracked",
        "README.md": "tracked",
        "app/.gitignore": "tracked",
        "app/main.py": "tracked",
        "app/keys": "ignored",
        "local.env": "ignored",
        "build/out/a.js": "ignored",
        "a.log": "ignored",
        "notes.txt": "untracked",
        "app/new.py": "untracked",
    }


def test_a_staged_file_is_tracked_and_a_deleted_one_is_gone(shop, git):
    git(shop, "add", "notes.txt")
    (shop / "README.md").unlink()
    found = standings(shop)
    assert found["notes.txt"] == "tracked"
    assert "README.md" not in found


def test_a_tracked_file_that_is_ignored_too_is_tracked(shop, git):
    git(shop, "add", "-f", "local.env")
    assert standings(shop)["local.env"] == "tracked"


def test_a_subdirectory_keeps_the_standing_and_is_named_after_its_place(shop, git):
    git(shop, "remote", "add", "origin", "https://git.example/acme/shop.git")
    tree = opened(shop / "app")
    assert {entry.path: entry.standing for entry in tree.entries} == {
        ".gitignore": "tracked",
        "main.py": "tracked",
        "keys": "ignored",
        "new.py": "untracked",
    }
    assert (tree.kind, tree.id) == ("git", "acme/shop/app")


def test_a_linked_worktree_is_a_work_tree(shop, git, tmp_path):
    git(shop, "worktree", "add", "-q", "--detach", str(tmp_path / "second"))
    (tmp_path / "second" / "fresh.log").write_text("x")
    found = standings(tmp_path / "second")
    assert found["README.md"] == "tracked"
    assert found["fresh.log"] == "ignored"
    assert ".git" not in found


def test_a_submodules_files_are_listed_and_its_git_file_is_not(shop, git, tmp_path, repository):
    inner = repository(tmp_path / "inner", {".env": "A=1"})
    git(shop, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "vendored")
    assert "vendored/.env" in standings(shop)
    assert "vendored/.git" not in standings(shop)


def test_without_git_every_file_is_present(tmp_path, write):
    write(tmp_path / "plain", {".gitignore": "*", "a.txt": "", "b/c.txt": ""})
    tree = opened(tmp_path / "plain")
    assert {(entry.path, entry.standing) for entry in tree.entries} == {
        (".gitignore", "present"),
        ("a.txt", "present"),
        ("b/c.txt", "present"),
    }
    assert (tree.kind, tree.commit, tree.git) == ("directory", None, None)


@pytest.mark.parametrize("broken", ["", "gitdir: /nowhere/at/all", "nonsense", "gitdir: \x1b[31m\n"])
def test_a_git_file_that_leads_nowhere_is_a_gap_over_everything_and_the_files_are_read(tmp_path, write, broken):
    root = write(tmp_path / "odd", {".git": broken, "a.txt": "x"})
    tree = opened(root)
    assert [entry.path for entry in tree.entries] == ["a.txt"]
    assert [gap.path for gap in tree.gaps] == ["."]
    assert "\x1b" not in tree.gaps[0].reason


def test_git_is_not_needed_and_its_absence_is_said(shop, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    tree = opened(shop)
    assert len(tree.entries) == 10
    assert "git is not installed" in gaps(tree)["."]


# ------------------------------------------------------------------------------------------------ bare repositories


@pytest.fixture
def bare(shop, git, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(shop), str(tmp_path / "shop.git"))
    return tmp_path / "shop.git"


def test_a_bare_repository_is_listed_by_its_commit(bare, shop, git):
    tree = opened(bare)
    assert {entry.path for entry in tree.entries} == {".gitignore", "README.md", "app/.gitignore", "app/main.py"}
    assert {entry.standing for entry in tree.entries} == {"tracked"}
    assert (tree.kind, tree.commit) == ("bare", git(shop, "rev-parse", "HEAD"))
    assert tree.gaps == []


def test_a_bare_repository_without_a_commit_cannot_be_audited(tmp_path, git):
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    with pytest.raises(UsageError, match="without a commit"):
        opened(tmp_path / "empty.git")


def test_what_lies_in_a_bare_repository_and_is_not_gits_is_a_gap(bare, write):
    write(bare, {".env": "A=1", ".claude/settings.json": "{}"})
    assert set(gaps(opened(bare))) == {".env", ".claude/"}


def test_a_work_tree_that_looks_bare_is_read_as_a_work_tree(tmp_path, repository):
    disguised = {"HEAD": "ref: refs/heads/main", "objects/a": "", "refs/a": "", ".env": "A=1"}
    assert standings(repository(tmp_path / "disguised", disguised))[".env"] == "tracked"


def linked_repository(repository, root):
    repository(root, {"shared/claude/settings.json": "{}", "config/prod": "A=1", "docs/a.md": "x"})
    (root / ".claude").symlink_to("shared/claude")
    (root / ".env").symlink_to("config/prod")
    (root / "CLAUDE.md").symlink_to("./docs/../docs/a.md")
    (root / "chained").symlink_to(".env")
    (root / "docs" / "up").symlink_to("..")
    (root / "manual").symlink_to("docs")
    (root / "gone").symlink_to("nowhere")
    (root / "round").symlink_to("round")
    (root / "out").symlink_to("/etc")
    return root


def test_a_bare_clone_lists_what_a_work_tree_does_links_included(tmp_path, repository, git):
    root = linked_repository(repository, tmp_path / "linked")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Links")
    git(tmp_path, "clone", "-q", "--bare", str(root), str(tmp_path / "linked.git"))
    work, stored = opened(root), opened(tmp_path / "linked.git")
    assert standings(root) == standings(tmp_path / "linked.git")
    assert {".claude/settings.json", ".env", "CLAUDE.md"} < set(standings(root))
    assert set(gaps(stored)) == {"out/", "round", "docs/up"}
    assert set(gaps(work)) == set(gaps(stored)) | {"manual/up"}


def test_a_blob_that_a_partial_clone_lacks_costs_that_file_only(bare, git):
    blob = git(bare, "rev-parse", "HEAD:README.md")
    (bare / "objects" / blob[:2] / blob[2:]).unlink()
    tree = opened(bare)
    contents = dict(zip([e.path for e in tree.entries], tree.git.blobs([e.blob for e in tree.entries]), strict=True))
    assert isinstance(contents["README.md"], CollectError)
    assert contents["app/main.py"] == b"x = 1"


def test_a_bare_repository_that_git_cannot_read_is_an_error_in_one_line(bare):
    for pack in (bare / "objects").rglob("*"):
        if pack.is_file():
            pack.unlink()
    with pytest.raises(UsageError) as caught:
        opened(bare)
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------------------------------------------ what is left out


def test_installed_dependencies_are_counted_and_named_files_in_them_read(tmp_path, write):
    root = write(
        tmp_path / "app",
        {
            "index.js": "1",
            "node_modules/left-pad/index.js": "1",
            "node_modules/left-pad/package.json": "{}",
            "node_modules/.cache/.env": "TOKEN=1",
            "deep/node_modules/x/.npmrc": "//r/:_authToken=1",
            ".venv/lib/python3.12/site-packages/a.py": "1",
        },
    )
    tree = opened(root)
    assert {entry.path for entry in tree.entries} == {
        "index.js",
        "node_modules/.cache/.env",
        "deep/node_modules/x/.npmrc",
    }
    assert tree.left_out == Counter(
        {("node_modules", "installed dependencies and caches"): 2, (".venv", "installed dependencies and caches"): 1}
    )
    assert tree.gaps == []


def test_dependencies_that_are_tracked_are_the_organisations_own(tmp_path, repository, write):
    root = repository(tmp_path / "app", {"node_modules/own/index.js": "1"})
    write(root, {"node_modules/own/fresh.js": "1"})
    assert standings(root) == {"node_modules/own/index.js": "tracked"}


def test_media_are_counted_whatever_the_case_of_their_ending(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "", "logo.PNG": "x", "film.mp4": "y", "x/archive.tar.GZ": "z"})
    tree = opened(root)
    assert [entry.path for entry in tree.entries] == ["a.txt"]
    assert tree.left_out == Counter({("media and archives", "not text"): 3})


def test_four_gigabytes_are_a_gap_and_are_not_read(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "", "dump.sql": ""})
    os.truncate(root / "dump.sql", 4 * 1024**3)
    started = time.process_time()
    tree = opened(root)
    assert gaps(tree) == {"dump.sql": "is larger than 16 MB (4,294,967,296 bytes), so it was not read"}
    assert [entry.path for entry in tree.entries] == ["a.txt"]
    assert time.process_time() - started < 1


def test_the_limit_itself_is_read(tmp_path, write):
    root = write(tmp_path / "app", {"at": b"", "over": b""})
    os.truncate(root / "at", MAX_BYTES)
    os.truncate(root / "over", MAX_BYTES + 1)
    tree = opened(root)
    assert [entry.path for entry in tree.entries] == ["at"]
    assert len(read_file(tree.entries[0])) == MAX_BYTES
    assert set(gaps(tree)) == {"over"}


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("docs", {"a.md", "src/a.sql", "src/docs.py"}),
        ("docs/", {"a.md", "src/a.sql", "src/docs.py"}),
        ("./docs/*", {"a.md", "src/a.sql", "src/docs.py"}),
        ("*.sql", {"a.md", "docs/b.md", "src/docs.py"}),
        ("src/*.sql", {"a.md", "docs/b.md", "src/docs.py"}),
        ("SRC/**", {"a.md", "docs/b.md"}),
        ("nothing-*", {"a.md", "docs/b.md", "src/a.sql", "src/docs.py"}),
    ],
)
def test_what_is_excluded_is_counted_and_not_read(tmp_path, write, glob, left):
    files = {"a.md": "", "docs/b.md": "", "src/a.sql": "", "src/docs.py": ""}
    tree = opened(write(tmp_path / "app", files), glob)
    assert {entry.path for entry in tree.entries} == left
    assert bool(tree.left_out) == (len(left) < len(files))
    assert {reason for _, reason in tree.left_out} <= {"excluded by --exclude"}


@pytest.mark.parametrize("glob", ["", "/", "./", "/etc/*", "../other", "a/../../b"])
def test_a_pattern_that_cannot_match_is_an_error(tmp_path, write, glob):
    with pytest.raises(UsageError, match="matches nothing"):
        opened(write(tmp_path / "app", {"a.md": ""}), glob)


# ------------------------------------------------------------------------------------------------ what is no file


def test_pipes_and_sockets_are_gaps_and_nobody_waits_for_them(tmp_path, write, monkeypatch):
    root = write(tmp_path / "app", {"a.txt": "", "x/b.txt": ""})
    os.mkfifo(root / ".env")
    os.mkfifo(root / "x" / "settings.json")
    monkeypatch.chdir(root)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("agent.sock")
        tree = opened(root)
    assert gaps(tree) == {
        ".env": "is a named pipe, not a file, so it was not read",
        "x/settings.json": "is a named pipe, not a file, so it was not read",
        "agent.sock": "is a socket, not a file, so it was not read",
    }


def test_an_ignore_file_that_is_a_pipe_does_not_make_git_wait(tmp_path, repository):
    root = repository(tmp_path / "app", {"a.txt": "x"})
    os.mkfifo(root / ".gitignore")
    started = time.monotonic()
    found = gaps(opened(root))
    assert time.monotonic() - started < 20
    assert set(found) == {".", ".gitignore"}


def test_a_device_is_a_gap(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": ""})
    try:
        os.mknod(root / "null", 0o666 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device needs root")
    assert gaps(opened(root)) == {"null": "is a device, not a file, so it was not read"}


@pytest.mark.usefixtures("modes_count")
def test_what_may_not_be_read_is_a_gap(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "", "locked/.env": "A=1", "closed.txt": "x"})
    (root / "locked").chmod(0)
    (root / "closed.txt").chmod(0)
    try:
        tree = opened(root)
        assert gaps(tree) == {"locked/": "cannot be listed: Permission denied"}
        closed = next(entry for entry in tree.entries if entry.path == "closed.txt")
        with pytest.raises(CollectError, match="Permission denied"):
            read_file(closed)
    finally:
        (root / "locked").chmod(0o700)


@pytest.mark.usefixtures("modes_count")
@pytest.mark.parametrize("mode", [0, 0o100, 0o400])
@pytest.mark.parametrize("closed", ["app", "."])
def test_a_target_that_may_not_be_looked_into_is_an_error(tmp_path, write, closed, mode):
    """A directory that may be entered but not listed, listed but not entered, or neither; it or the one above it."""
    root = write(tmp_path / "above" / "app", {"a.txt": ""})
    shut = tmp_path / "above" / closed
    shut.chmod(mode)
    try:
        if closed == "." and mode == 0o100:
            assert standings(root) == {"a.txt": "present"}
            return
        with pytest.raises(UsageError, match="Permission denied"):
            opened(root)
    finally:
        shut.chmod(0o700)


# ------------------------------------------------------------------------------------------------ links


def test_links_inside_are_followed_where_the_name_means_something(tmp_path, write):
    root = write(
        tmp_path / "app",
        {
            "shared/claude/settings.json": "{}",
            "config/prod": "A=1",
            "docs/agents.md": "x",
            "docker/agent": "FROM x",
            "src/a.py": "",
        },
    )
    (root / ".claude").symlink_to("shared/claude")
    (root / ".env").symlink_to("config/prod")
    (root / "CLAUDE.md").symlink_to("docs/agents.md")
    (root / "Dockerfile").symlink_to("docker/agent")
    (root / "copy").symlink_to("src")
    (root / "same.py").symlink_to("src/a.py")
    found = {entry.path: os.path.relpath(entry.real, root) for entry in opened(root).entries}
    own = {"shared/claude/settings.json", "config/prod", "docs/agents.md", "docker/agent", "src/a.py"}
    assert found == {path: path for path in own} | {
        ".claude/settings.json": "shared/claude/settings.json",
        ".env": "config/prod",
        "CLAUDE.md": "docs/agents.md",
        "Dockerfile": "docker/agent",
    }


def test_a_linked_file_has_the_standing_of_what_is_in_it(tmp_path, repository, write):
    root = repository(tmp_path / "app", {".gitignore": "private/\n", "shared/claude/settings.json": "{}"})
    write(root, {"private/prod": "A=1"})
    (root / ".claude").symlink_to("shared/claude")
    (root / ".env").symlink_to("private/prod")
    found = standings(root)
    assert (found[".claude/settings.json"], found[".env"]) == ("tracked", "ignored")


def test_a_file_hidden_in_the_git_directory_is_read_through_a_link_to_it(tmp_path, repository):
    root = repository(tmp_path / "app", {"a.txt": "x"})
    (root / ".git" / "hidden").write_text("TOKEN=1")
    (root / "notes").symlink_to(".git/hidden")
    assert standings(root)["notes"] == "untracked"


@pytest.mark.parametrize(
    ("link", "leads", "path"),
    [
        ("out.txt", "{outside}/secret.txt", "out.txt"),
        ("up.txt", "../outside/secret.txt", "up.txt"),
        (".claude", "{outside}", ".claude/"),
        ("home", "/nowhere/at/all", "home/"),
        ("sibling", "../app-two", "sibling/"),
        ("a/b", "../../outside", "a/b/"),
    ],
)
def test_links_out_of_the_target_are_gaps(tmp_path, write, link, leads, path):
    outside = write(tmp_path / "outside", {"secret.txt": "x", "settings.json": "{}"})
    write(tmp_path / "app-two", {"b.txt": ""})
    root = write(tmp_path / "app", {"a/a.txt": ""})
    (root / link).symlink_to(leads.format(outside=outside))
    tree = opened(root)
    assert [entry.path for entry in tree.entries] == ["a/a.txt"]
    assert gaps(tree) == {path: "is a symbolic link that leads out of the target, so it was not followed"}


def test_a_link_through_a_place_outside_is_judged_by_where_it_ends(tmp_path, write):
    root = write(tmp_path / "app", {"real/.env": "A=1"})
    (tmp_path / "bridge").symlink_to(root / "real")
    (root / "back").symlink_to(tmp_path / "bridge")
    tree = opened(root)
    assert {entry.path for entry in tree.entries} == {"real/.env", "back/.env"}
    assert tree.gaps == []


def test_a_target_that_is_itself_a_link_is_opened(tmp_path, write):
    write(tmp_path / "app", {"a.txt": ""})
    (tmp_path / "link").symlink_to("app")
    assert standings(tmp_path / "link") == {"a.txt": "present"}


def test_links_in_a_circle_end(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "", "one/x.txt": "", "two/y.txt": ""})
    (root / "self").symlink_to("self")
    (root / "tick").symlink_to("tock")
    (root / "tock").symlink_to("tick")
    (root / "here").symlink_to(".")
    (root / "one" / "up").symlink_to("..")
    (root / "one" / "two").symlink_to("../two")
    (root / "two" / "one").symlink_to("../one")
    (root / "gone").symlink_to("never-was")
    tree = opened(root)
    assert {entry.path for entry in tree.entries} == {"a.txt", "one/x.txt", "two/y.txt"}
    assert tree.gaps == []
    assert {"self", "tick", "tock", "here", "one/up"} <= {gap.path for gap in tree.idle}


def test_links_that_multiply_end_and_are_a_gap(tmp_path, write):
    """Thirty directories, each with two links to the next: a thousand million paths."""
    root = write(tmp_path / "app", {f"d{number}/x.txt": "" for number in range(31)})
    for number in range(30):
        for name in "ab":
            (root / f"d{number}" / name).symlink_to(f"../d{number + 1}")
    started = time.process_time()
    tree = opened(root)
    assert time.process_time() - started < 10
    assert len(tree.entries) == 31
    assert [gap.reason for gap in tree.gaps] == [
        "lies behind links to more than 1,000 directories, so it was not followed"
    ]
    assert tree.gaps[0].path.endswith("/")


def test_a_linked_settings_folder_is_found_beside_links_that_multiply(tmp_path, write):
    root = write(tmp_path / "app", {f"d{number}/x.txt": "" for number in range(31)} | {"z/settings.json": "{}"})
    for number in range(30):
        for name in "ab":
            (root / f"d{number}" / name).symlink_to(f"../d{number + 1}")
    (root / ".claude").symlink_to("z")
    assert ".claude/settings.json" in standings(root)


def test_links_in_installed_dependencies_are_passed_over(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "", "node_modules/.pnpm/x/.env": "A=1"})
    (root / "node_modules" / "x").symlink_to(".pnpm/x")
    (root / "node_modules" / "python").symlink_to("/usr/bin/env")
    tree = opened(root)
    assert {entry.path for entry in tree.entries} == {"a.txt", "node_modules/.pnpm/x/.env"}
    assert gaps(tree) == {}


# ------------------------------------------------------------------------------------------------ names, depth, nothing


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        (b"plain.txt", "plain.txt"),
        ("Größe.txt".encode(), "Größe.txt"),
        (b"two\nlines.txt", "two\\nlines.txt"),
        (b"red\x1b[31m.txt", "red\\x1b[31m.txt"),
        (b"latin\xe9.txt", "latin\\xe9.txt"),
        ("turned\u202etxt.sh".encode(), "turned\\u202etxt.sh"),
        (b"tab\t.txt", "tab\\t.txt"),
    ],
)
def test_names_are_read_as_they_are_and_shown_as_they_may_be(tmp_path, write, name, seen):
    root = write(tmp_path / "app", {})
    with open(os.path.join(os.fsencode(root), name), "wb") as file:
        file.write(b"content")
    (entry,) = opened(root).entries
    assert read_file(entry) == b"content"
    assert shown(entry.path) == seen


def test_odd_names_keep_their_standing(tmp_path, repository):
    root = repository(tmp_path / "app", {"a.txt": "", "two\nlines": "", " space ": "", 'quo"te': "", "-x": ""})
    assert set(standings(root).values()) == {"tracked"}


def test_a_target_with_a_name_that_is_not_text_has_one_that_is(tmp_path):
    root = os.fsencode(tmp_path) + b"/bad\xff\x1b[1m"
    os.mkdir(root)
    with open(root + b"/a.txt", "wb") as file:
        file.write(b"x")
    assert opened(Path(os.fsdecode(root))).id == "bad\\xff\\x1b[1m"


def test_a_hundred_directories_deep_is_read_and_deeper_is_a_gap(tmp_path, write):
    root = write(tmp_path / "app", {})
    place = root
    for depth in range(1, 103):
        place = place / "d"
        place.mkdir()
        (place / f"{depth}.txt").write_text("x")
    tree = opened(root)
    assert max(entry.path.count("/") for entry in tree.entries) == 100
    assert gaps(tree) == {"d/" * 101: "lies deeper than 100 directories, so it was not read"}


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda root: None, "does not exist"),
        (lambda root: root.write_text("x"), "is not a directory"),
        (lambda root: root.mkdir(), "holds no file to read"),
        (lambda root: (root / "a" / "b").mkdir(parents=True), "holds no file to read"),
        (lambda root: (root / ".git").mkdir(parents=True), "holds no file to read"),
        (lambda root: (root.mkdir(), (root / ".git").write_text("gitdir: x")), "holds no file to read"),
        (lambda root: (root.mkdir(), (root / "photo.png").write_text("x")), "holds no file to read"),
        (lambda root: (root.mkdir(), os.mkfifo(root / "pipe")), r"holds no file to read \(pipe: is a named pipe"),
        (lambda root: root.symlink_to("nowhere"), "does not exist"),
        (lambda root: root.symlink_to(root.name), "does not exist|cannot be looked at"),
    ],
)
def test_a_target_with_nothing_to_read_is_an_error(tmp_path, made, message):
    root = tmp_path / "target"
    made(root)
    with pytest.raises(UsageError, match=message):
        opened(root)


def test_a_repository_with_nothing_but_its_git_directory_is_an_error(tmp_path, git):
    git(tmp_path, "init", "-q", "fresh")
    with pytest.raises(UsageError, match="holds no file to read"):
        opened(tmp_path / "fresh")


def test_a_name_too_long_for_the_system_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="cannot be looked at"):
        opened(tmp_path / ("a" * 300))


def test_excluding_everything_is_an_error(tmp_path, write):
    with pytest.raises(UsageError, match="holds no file to read"):
        opened(write(tmp_path / "app", {"a.txt": ""}), "*")


# ------------------------------------------------------------------------------------------------ reading what was listed


def test_a_name_exchanged_after_listing_is_not_followed(tmp_path, write):
    outside = write(tmp_path / "outside", {"secret": "x"})
    root = write(tmp_path / "app", {"a": "1", "b": "2", "c": "3", "d": "4"})
    entries = {entry.path: entry for entry in opened(root).entries}
    for name in "abcd":
        (root / name).unlink()
    (root / "a").symlink_to(outside / "secret")
    os.mkfifo(root / "b")
    os.truncate(os.open(root / "c", os.O_CREAT | os.O_WRONLY), MAX_BYTES + 1)
    for name, reason in (
        ("a", "cannot be opened"),
        ("b", "not a regular file"),
        ("c", "larger than"),
        ("d", "cannot be opened"),
    ):
        with pytest.raises(CollectError, match=reason):
            read_file(entries[name])


def test_a_file_is_unchanged_only_when_nothing_of_it_changed(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "one"})
    time.sleep(0.05)
    (first,) = opened(root).entries
    before = (root / "a.txt").stat()
    (root / "a.txt").write_text("two")
    os.utime(root / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    time.sleep(0.05)
    (second,) = opened(root).entries
    assert first.signature
    assert second.signature
    assert first.signature != second.signature
    assert first == opened(root).entries[0] or first.signature != opened(root).entries[0].signature


def test_a_file_written_a_moment_ago_has_no_signature_to_trust(tmp_path, write):
    root = write(tmp_path / "app", {"old.txt": ""})
    time.sleep(0.05)
    for _ in range(20):  # the clock may jump past the moment once, not twenty times
        (root / "new.txt").write_text("x")
        entries = {entry.path: entry for entry in opened(root).entries}
        assert entries["old.txt"].signature
        if not entries["new.txt"].signature:
            return
    pytest.fail("a file just written was trusted twenty times")


# ------------------------------------------------------------------------------------------------ the law of the listing

names = st.sampled_from(
    ["a", "src", "node_modules", ".env", "photo.png", "main.tf", ".claude", "settings.json", "x.mp4"]
)
trees = st.recursive(st.none(), lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=12).filter(bool)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=trees)
def test_every_file_is_listed_or_counted(tmp_path_factory, shape):
    root = tmp_path_factory.mktemp("tree")

    def build(place, inner):
        if inner is None:
            place.write_text("x")
            return 1
        place.mkdir(exist_ok=True)
        return sum(build(place / name, each) for name, each in inner.items())

    total = build(root, shape)
    try:
        tree = opened(root)
    except UsageError:
        assert all(
            name.endswith((".png", ".mp4")) or "node_modules" in str(path)
            for path, _, files in os.walk(root)
            for name in files
        )
        return
    assert len(tree.entries) + sum(tree.left_out.values()) == total
    assert tree.gaps == []
    assert [entry.path for entry in tree.entries] == sorted(entry.path for entry in tree.entries)


@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name))
def test_a_shown_path_is_printable_whatever_the_name(name):
    text = shown(os.fsdecode(name))
    assert text.isprintable()
    assert text.encode().decode() == text


def test_an_entry_has_no_place_until_it_is_given_one():
    with pytest.raises(CollectError, match="cannot be opened"):
        read_file(Entry("a.txt", "present", 1))
