"""This machine's own places: the user's and the administrator's agent layers, and well-known credential files.

Read only when asked for with `--machine`. Paths are shown with `~` for the home directory.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from remit.collect.agents import readers
from remit.collect.tree import Entry, Tree
from remit.collect.tree.walk import signature

# Where command-line tools keep what they log in with, by their own documentation.
CREDENTIAL_FILES = (
    "~/.aws/credentials",
    "~/.aws/config",
    "~/.azure/msal_token_cache.json",
    "~/.cargo/credentials.toml",
    "~/.config/gcloud/application_default_credentials.json",
    "~/.config/gh/hosts.yml",
    "~/.config/glab-cli/config.yml",
    "~/.config/doctl/config.yaml",
    "~/.config/netlify/config.json",
    "~/.config/neonctl/credentials.json",
    "~/.config/sops/age/keys.txt",
    "~/.databrickscfg",
    "~/.docker/config.json",
    "~/.doppler/.doppler.yaml",
    "~/.fly/config.yml",
    "~/.git-credentials",
    "~/.kube/config",
    "~/.local/share/com.vercel.cli/auth.json",
    "~/.my.cnf",
    "~/.netrc",
    "~/.npmrc",
    "~/.pgpass",
    "~/.pulumi/credentials.json",
    "~/.pypirc",
    "~/.railway/config.json",
    "~/.sentryclirc",
    "~/.ssh/id_*",
    "~/.supabase/access-token",
    "~/.terraform.d/credentials.tfrc.json",
    "~/.terraformrc",
    "~/.vault-token",
    "~/.bashrc",
    "~/.bash_profile",
    "~/.profile",
    "~/.zshrc",
    "~/.zshenv",
)


def machine_tree() -> Tree:
    """The files of this machine that are there, as one more tree to read."""
    home = Path.home()
    tree = Tree("machine", "directory", home)
    wanted = sorted({*CREDENTIAL_FILES, *(path for reader in readers() for path in reader.machine_files)})
    for pattern in wanted:
        for real in _places(pattern, home):
            _add(tree, real, home)
    tree.entries.sort(key=lambda entry: entry.path)
    return tree


def _places(pattern: str, home: Path) -> Iterator[str]:
    start, rest = (f"{home}{os.sep}", pattern[2:]) if pattern.startswith("~/") else ("", pattern)
    yield from sorted(glob.glob(glob.escape(start) + rest)) if "*" in rest else [start + rest]


def _add(tree: Tree, real: str, home: Path) -> None:
    inside = real.startswith(f"{home}{os.sep}")
    path = "~/" + os.path.relpath(real, home).replace(os.sep, "/") if inside else real
    try:
        # Following links is right here: the user's own home is the auditor's, and dotfiles are often linked.
        status = os.stat(real)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        tree.gap(path, f"cannot be looked at: {error.strerror}")
        return
    if stat.S_ISDIR(status.st_mode):
        return
    if not stat.S_ISREG(status.st_mode):
        # Password managers serve secrets through pipes.
        tree.gap(path, "is no regular file, so it was not read")
    elif not tree.unsuitable(path, status.st_size):
        entry = Entry(path, "machine", status.st_size, os.path.realpath(real), signature(status))
        tree.entries.append(entry)
