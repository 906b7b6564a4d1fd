"""Facts kept between scans, by content.

Two tables: where a file stood when it was last read (so an unchanged file need not be opened), and the facts of a
content under a path (so that a copy in another checkout need not be parsed). Nothing in it is a secret value. It is a
cache: a broken or foreign one is thrown away.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

# The two selections fail where tables of these names are not ours.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (root BLOB, path BLOB, signature TEXT, id BLOB, PRIMARY KEY (root, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (id BLOB PRIMARY KEY, payload BLOB) WITHOUT ROWID;
SELECT root, path, signature, id FROM seen LIMIT 0;
SELECT id, payload FROM fact LIMIT 0;
"""
# Locked, read-only, full: the file is fine, and somebody else may be using it.
_BROKEN = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_CHUNK = 500


def state_directory(kind: str) -> Path:
    """This user's directory for Remit's cache or state, by the XDG rules; nothing is created."""
    variable, fallback = {"cache": ("XDG_CACHE_HOME", "~/.cache"), "state": ("XDG_STATE_HOME", "~/.local/state")}[kind]
    return Path(os.environ.get(variable) or Path(fallback).expanduser()) / "remit"


def fingerprint_key() -> tuple[bytes, bool]:
    """The key of secret fingerprints, and whether it is kept for the next run.

    Made at random once per user, so equal values can be told apart from different ones here and nowhere else.
    """
    path = state_directory("state") / "fingerprint.key"
    try:
        known = path.read_bytes()
        if len(known) == 32:
            return known, True
    except OSError:
        pass  # made below
    key = secrets.token_bytes(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(key)
    except OSError:
        return key, False
    return key, True


def content_id(blob: str, path: str, digest: str) -> bytes:
    """The key of one content's facts under a path, for collectors and options that `digest` stands for."""
    return hashlib.blake2b(f"{blob}\0{path}\0{digest}".encode("utf-8", "surrogateescape"), digest_size=16).digest()


class Cache:
    """An open cache; one that was given no file forgets everything."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, starting anew where it cannot be used."""
        self._path = path
        self._database = _open(path)

    def seen(self, root: bytes) -> dict[bytes, tuple[str, bytes]]:
        """By path, the signature and content id of each file of a root when it was last read."""
        rows = self._rows("SELECT path, signature, id FROM seen WHERE root = ?", (root,))
        return {path: (signature, identity) for path, signature, identity in rows}

    def facts(self, identities: Sequence[bytes]) -> dict[bytes, bytes]:
        """The payloads of those contents that are known."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(identities), _CHUNK):
            chunk = identities[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            found.update(self._rows(f"SELECT id, payload FROM fact WHERE id IN ({marks})", chunk))  # noqa: S608
        return found

    def _rows(self, query: str, values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error:
            # Damage can lie anywhere in the file, so it may show only now.
            self.forget()
            return []

    def store(self, payloads: Mapping[bytes, bytes], root: bytes, seen: Iterable[tuple[bytes, str, bytes]]) -> None:
        """Keep facts and where files stood, in one transaction. A full or locked disk costs speed, not the run."""
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", payloads.items())
                self._database.executemany(
                    "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", ((root, *row) for row in seen)
                )
        except sqlite3.Error:
            return

    def forget(self) -> None:
        """Throw away what is kept, and start anew."""
        self.close()
        _discard(self._path)
        self._database = _open(self._path)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _prepared(":memory:")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return _prepared(path)
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF not in _BROKEN:
                raise
            _discard(path)
            return _prepared(path)
    except (OSError, sqlite3.Error):
        return _prepared(":memory:")


def _discard(path: Path | None) -> None:
    # The log of a database must not outlive it: it would be replayed into the next one.
    for ending in ("", "-wal", "-shm") if path else ():
        with suppress(OSError):
            os.unlink(f"{path}{ending}")


def _prepared(place: Path | str) -> sqlite3.Connection:
    database = sqlite3.connect(place, timeout=5)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
