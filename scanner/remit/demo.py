"""The sample organisation: one well-kept repository and four modelled on documented incidents.

Its files are templates in `remit_templates`; whatever looks like a secret in them is made here, from a seed, and
belongs to nobody. Repositories are real git repositories where git is installed.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from remit.errors import UsageError

SAMPLE_DAY = date(2026, 11, 20)
# What each repository replays, for the closing lines of the command.
REPOSITORIES = {
    "pocket-cars": "INC-01, the PocketOS volume wipe: a domain token in a script deletes volumes and backups",
    "sales-crm": "INC-02, the Replit deletion: a freeze in capitals, an agent that owns the tables",
    "course-site": "INC-03, the DataTalks destroy: approvals off, terraform destroy, backups that go with the instance",
    "shop-web": "INC-04, the drizzle push: --force in a script, the production URL in the default environment",
    "ledger": "a repository as it should be",
}
_TOKEN = re.compile(r"@@(?P<kind>uuid|alnum|base32|base64|day)(?::(?P<length>\d+))?:(?P<seed>[a-z-]+)@@")
_ALPHABETS = {
    "alnum": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
}


def write_demo(directory: Path, today: date = SAMPLE_DAY) -> tuple[Path, ...]:
    """Write the sample organisation and return its repositories; `policy.toml` lies beside them.

    What its policy vouches for was done some days before `today`.

    Raises UsageError when the directory exists and is not an earlier demo, or cannot be written.
    """
    mark = directory / ".remit-demo"
    try:
        if directory.exists() and any(directory.iterdir()) and not mark.exists():
            raise UsageError(f"{directory}: is not empty and no earlier demo; give another one with --output")
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        mark.touch()
        for path, text in _files(files("remit_templates") / "demo", ""):
            place = directory / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(_TOKEN.sub(partial(_made_up, today=today), text), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{directory}: cannot be written: {error.strerror}; give another one with --output") from error
    repositories = tuple(directory / name for name in REPOSITORIES)
    for repository in repositories:
        _commit(repository)
    return repositories


def _files(place: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(place.iterdir(), key=lambda each: each.name):
        # Kept under another name, so that no tool takes the templates for somebody's settings.
        name = "." + entry.name[4:] if entry.name.startswith("dot-") else entry.name
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{name}/")
        else:
            yield prefix + name, entry.read_text(encoding="utf-8")


def _made_up(token: re.Match[str], today: date) -> str:
    """A value of the right shape that depends on its seed alone, or a day so long ago."""
    kind, length = token["kind"], int(token["length"] or 36)
    if kind == "day":
        return (today - timedelta(days=length)).isoformat()
    digest = hashlib.shake_256(f"remit demo {token['seed']}".encode()).digest(64)
    if kind == "uuid":
        text = digest.hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-9{text[17:20]}-{text[20:32]}"
    if kind == "base64":
        return base64.b64encode(digest).decode()[:length]
    alphabet = _ALPHABETS[kind]
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:length])


def _commit(repository: Path) -> None:
    """Make it a git repository with one commit, always the same; without git it stays a plain directory."""
    if shutil.which("git") is None:
        return
    who = {"NAME": "Remit demo", "EMAIL": "demo@remit.invalid", "DATE": "2026-01-01T00:00:00Z"}
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ} | {
        f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()
    }
    common = [
        "git",
        "-C",
        str(repository),
        "-c",
        "commit.gpgSign=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.autocrlf=false",
    ]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "The sample repository"]):
        subprocess.run([*common, *arguments], env=environment, check=False, capture_output=True)
