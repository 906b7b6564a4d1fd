"""Repositories that are out to harm whoever audits them: the command runs none of their code and follows none of their ways out."""

from __future__ import annotations

import json
import os

import pytest

NOW = "2026-11-21T12:00:00Z"
CONFIGURATION = """
[core]
  fsmonitor = {program}
  hooksPath = {hooks}
  sshCommand = {program}
  pager = {program}
  editor = {program}
  askPass = {program}
  gitProxy = {program}
  worktree = {elsewhere}
  alternateRefsCommand = {program}
[filter "x"]
  clean = {program}
  smudge = {program}
  process = {program}
  required = true
[diff]
  external = {program}
[diff "x"]
  textconv = {program}
  command = {program}
[merge "x"]
  driver = {program}
[alias]
  ls-files = !{program}
  rev-parse = !{program}
  config = !{program}
  cat-file = !{program}
[credential]
  helper = !{program}
[protocol]
  allow = always
[remote "origin"]
  url = ext::{program}
  promisor = true
  uploadpack = {program}
  vcs = x
[gpg]
  program = {program}
[uploadpack]
  packObjectsHook = {program}
[include]
  path = {included}
"""


@pytest.fixture
def marker(tmp_path):
    program, left = tmp_path / "marker", tmp_path / "marker-was-run"
    program.write_text(f'#!/bin/sh\ntouch "{left}"\n')
    program.chmod(0o755)
    return program, left


@pytest.mark.parametrize("bare", [False, True], ids=["work tree", "bare"])
def test_nothing_that_a_repository_names_is_run(remit, repository, git, write, tmp_path, marker, bare):
    program, left = marker
    root = repository(
        tmp_path / "shop",
        {
            ".gitattributes": "* filter=x diff=x merge=x\n",
            ".gitmodules": f'[submodule "x"]\n path = x\n url = ext::{program}\n update = !{program}\n',
            ".claude/settings.json": json.dumps({"apiKeyHelper": str(program), "hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": str(program)}]}]}}),
            ".mcp.json": json.dumps({"mcpServers": {"x": {"command": str(program), "args": []}}}),
            ".codex/config.toml": f'notify = ["{program}"]\n',
            ".devcontainer/devcontainer.json": json.dumps({"image": "x", "initializeCommand": str(program)}),
            ".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: {program}\n    language: system\n",
            ".envrc": f"{program}\n",
            "Makefile": f"X := $(shell {program})\nall:\n\t{program}\n",
            "package.json": json.dumps({"scripts": {"preinstall": str(program)}}),
            "infra/main.tf": f'data "external" "x" {{\n  program = ["{program}"]\n}}\nmodule "x" {{\n  source = "git::ext::{program}"\n}}\n',
            "db/x.sql": f"\\! {program}\nCOPY t FROM PROGRAM '{program}';\n",
            "compose.yaml": f"services:\n  a:\n    build: .\n    entrypoint: {program}\n    x: !!python/object/apply:os.system ['{program}']\n",
            "setup.py": f"import os; os.system('{program}')\n",
            "conftest.py": f"import os; os.system('{program}')\n",
            "sitecustomize.py": f"import os; os.system('{program}')\n",
            "remit/__init__.py": f"import os; os.system('{program}')\n",
        },
    )  # fmt: skip
    if bare:
        git(tmp_path, "clone", "-q", "--bare", str(root), "shop.git")
    place = tmp_path / "shop.git" if bare else root / ".git"
    hooks = write(tmp_path / "hooks", {})
    for name in (
        "post-index-change",
        "pre-auto-gc",
        "reference-transaction",
        "post-checkout",
        "fsmonitor-watchman",
        "query-watchman",
    ):
        for folder in (hooks, place / "hooks"):
            folder.mkdir(exist_ok=True)
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(program)
    included = write(tmp_path / "more", {"config": f"[core]\n fsmonitor = {program}\n"}) / "config"
    elsewhere = write(tmp_path / "elsewhere", {"private.txt": "x"})
    with (place / "config").open("a") as file:
        file.write(CONFIGURATION.format(program=program, hooks=hooks, included=included, elsewhere=elsewhere))
    target = tmp_path / "shop.git" if bare else root
    for arguments in (("scan", target, "--format", "json"), ("inventory", target, "--format", "json")):
        done = remit(*arguments, "--now", NOW, cwd=target)
        found = json.loads(done.stdout)
        assert done.returncode in {0, 1, 3}
        assert "private.txt" not in done.stdout
    assert found["repositories"][0]["files_read"] >= 17
    assert not left.exists()
    git(root, "config", "alias.x", f"!{program}")
    git(root, "x", check=False)
    assert left.exists()  # the program itself works


def test_links_and_names_lead_nowhere(remit, write, tmp_path):
    outside = write(
        tmp_path / "outside", {".env": "GITHUB_TOKEN=" + "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd\n", "settings.json": "{}"}
    )
    root = write(tmp_path / "shop", {"main.py": ""})
    (root / ".env").symlink_to(outside / ".env")
    (root / ".claude").symlink_to(outside)
    (root / "etc").symlink_to("/etc")
    (root / "up").symlink_to("../outside")
    with open(os.fsencode(root) + b"/odd\xff\n\x1b[2J.env", "wb") as file:
        file.write(b"A=1\n")
    result = json.loads(remit("scan", root, "--format", "json", "--now", NOW).stdout)
    assert {gap["path"] for gap in result["gaps"]} == {".env", ".claude/", "etc/", "up/"}
    assert {each["status"] for each in result["findings"] if each["control"] == "LP-011"} == {"unknown"}
    assert result["targets"][0]["files_read"] == 2


@pytest.mark.usefixtures("modes_count")
def test_what_the_auditor_may_not_read_is_said(remit, write, tmp_path):
    root = write(tmp_path / "shop", {"main.py": "", "locked/.env": "A=1", ".claude/settings.json": "{}"})
    (root / "locked").chmod(0)
    (root / ".claude" / "settings.json").chmod(0)
    try:
        done = remit("scan", root, "--format", "json", "--now", NOW)
    finally:
        (root / "locked").chmod(0o700)
    result = json.loads(done.stdout)
    assert done.returncode in {1, 3}
    assert {gap["path"] for gap in result["gaps"]} == {"locked/", ".claude/settings.json"}
    assert "pass" not in {each["status"] for each in result["findings"] if each["control"] == "LP-027"}
