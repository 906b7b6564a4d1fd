"""The cache: a convenience that can be damaged, foreign or missing, and never makes an answer different."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.collect.cache import Cache, content_id, fingerprint_key, state_directory

ROOT = b"/srv/shop\xff"


def filled(path: Path | None) -> Cache:
    cache = Cache(path)
    cache.store({b"1": b"one", b"2": b"two"}, ROOT, [(b"a.txt", "tracked:1", b"1"), (b"b\xff.txt", "present:2", b"2")])
    return cache


def remembered(cache: Cache) -> tuple[dict[bytes, bytes], dict[bytes, tuple[str, bytes]]]:
    return cache.facts([b"1", b"2", b"3"]), cache.seen(ROOT)


FULL = ({b"1": b"one", b"2": b"two"}, {b"a.txt": ("tracked:1", b"1"), b"b\xff.txt": ("present:2", b"2")})
EMPTY: tuple[dict[bytes, bytes], dict[bytes, tuple[str, bytes]]] = ({}, {})


def test_what_was_stored_is_there_the_next_time(tmp_path):
    path = tmp_path / "made" / "for it" / "facts.sqlite"
    filled(path).close()
    cache = Cache(path)
    assert remembered(cache) == FULL
    assert cache.seen(b"/srv/other") == {}
    cache.close()


def test_without_a_file_it_forgets_everything():
    cache = filled(None)
    assert remembered(cache) == FULL
    cache.close()
    assert remembered(Cache(None)) == EMPTY


def test_many_contents_are_looked_up_at_once(tmp_path):
    cache = Cache(tmp_path / "facts.sqlite")
    payloads = {str(number).encode(): b"x" for number in range(2345)}
    cache.store(payloads, ROOT, [])
    assert cache.facts([*payloads, b"none"]) == payloads
    assert cache.facts([]) == {}
    cache.close()


def test_a_later_answer_replaces_the_earlier_one(tmp_path):
    cache = filled(tmp_path / "facts.sqlite")
    cache.store({b"1": b"uno"}, ROOT, [(b"a.txt", "tracked:9", b"3")])
    assert cache.facts([b"1"]) == {b"1": b"uno"}
    assert cache.seen(ROOT)[b"a.txt"] == ("tracked:9", b"3")
    cache.close()


def _garbage(path):
    path.write_bytes(bytes(range(256)) * 40)


def _other_tables(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE seen (x)")
        database.execute("CREATE TABLE fact (y)")
    database.close()


def _empty(path):
    path.write_bytes(b"")


def _cut(path):
    filled(path).close()
    os.truncate(path, path.stat().st_size // 2)


def _overwritten(path):
    filled(path).close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def _views(path):
    with sqlite3.connect(path) as database:
        database.execute("CREATE VIEW seen AS SELECT 1 AS root, 2 AS path, 3 AS signature, 4 AS id")
        database.execute("CREATE TABLE fact (id BLOB PRIMARY KEY, payload BLOB)")
    database.close()


@pytest.mark.parametrize("damage", [_garbage, _other_tables, _empty, _cut, _overwritten])
def test_a_damaged_or_foreign_file_is_thrown_away_and_used_anew(tmp_path, damage):
    path = tmp_path / "facts.sqlite"
    damage(path)
    cache = Cache(path)
    assert remembered(cache) == EMPTY
    cache.store({b"1": b"one"}, ROOT, [(b"a.txt", "tracked:1", b"1")])
    cache.close()
    again = Cache(path)
    assert remembered(again) == ({b"1": b"one"}, {b"a.txt": ("tracked:1", b"1")})
    again.close()


def test_a_file_that_cannot_be_written_to_costs_nothing_but_speed(tmp_path):
    path = tmp_path / "facts.sqlite"
    _views(path)
    cache = Cache(path)
    cache.store({b"1": b"one"}, ROOT, [(b"a.txt", "tracked:1", b"1")])
    assert cache.facts([b"1"]) in ({}, {b"1": b"one"})
    cache.close()


def test_damage_that_shows_only_while_reading_is_mended(tmp_path):
    path = tmp_path / "facts.sqlite"
    cache = filled(path)
    cache.close()
    cache = Cache(path)
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE fact")
    other.close()
    assert cache.facts([b"1"]) == {}
    cache.store({b"1": b"one"}, ROOT, [])
    assert cache.facts([b"1"]) == {b"1": b"one"}
    cache.close()


def test_an_old_log_is_not_replayed_into_a_new_file(tmp_path):
    path = tmp_path / "facts.sqlite"
    _garbage(path)
    for ending in ("-wal", "-shm"):
        (tmp_path / f"facts.sqlite{ending}").write_bytes(b"old" * 1000)
    cache = filled(path)
    assert remembered(cache) == FULL
    cache.close()


@pytest.mark.parametrize("place", ["file/below", "directory"])
def test_a_place_that_cannot_hold_it_costs_nothing_but_speed(tmp_path, place):
    (tmp_path / "file").write_text("x")
    (tmp_path / "directory").mkdir()
    cache = filled(tmp_path / place)
    assert remembered(cache) == FULL
    cache.close()
    assert (tmp_path / "directory").is_dir()
    assert (tmp_path / "file").read_text() == "x"


def test_a_file_that_another_run_holds_is_left_alone(tmp_path):
    path = tmp_path / "facts.sqlite"
    filled(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        cache = Cache(path)
        assert remembered(cache) == EMPTY
        cache.store({b"9": b"nine"}, ROOT, [])
        assert cache.facts([b"9"]) == {b"9": b"nine"}
        cache.close()
    finally:
        holder.close()
    kept = Cache(path)
    assert remembered(kept) == FULL
    kept.close()


def test_the_directory_of_the_cache_is_the_users_alone(tmp_path):
    filled(tmp_path / "new" / "facts.sqlite").close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


parts = st.text(st.characters(exclude_characters="\0"), max_size=8)


@given(st.tuples(parts, parts, parts), st.tuples(parts, parts, parts))
def test_the_key_of_a_content_changes_with_each_of_its_parts(one, other):
    assert (content_id(*one) == content_id(*other)) == (one == other)


def test_a_path_that_is_not_text_has_a_key():
    assert content_id("blob", os.fsdecode(b"\xff"), "x") != content_id("blob", os.fsdecode(b"\xfe"), "x")


# ------------------------------------------------------------------------------------------------ places and the key


@pytest.mark.parametrize(
    ("kind", "variable", "below"), [("cache", "XDG_CACHE_HOME", ".cache"), ("state", "XDG_STATE_HOME", ".local/state")]
)
def test_the_users_directories_follow_the_rules(tmp_path, monkeypatch, kind, variable, below):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(variable, raising=False)
    assert state_directory(kind) == tmp_path / below / "remit"
    monkeypatch.setenv(variable, str(tmp_path / "own"))
    assert state_directory(kind) == tmp_path / "own" / "remit"
    monkeypatch.setenv(variable, "")
    assert state_directory(kind) == tmp_path / below / "remit"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "remit" / "fingerprint.key"


def test_the_fingerprint_key_is_made_once_and_for_its_user_alone(state):
    key, kept = fingerprint_key()
    assert (len(key), kept) == (32, True)
    assert fingerprint_key() == (key, True)
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_made_anew(state, damaged):
    state.parent.mkdir(parents=True)
    state.write_bytes(damaged)
    key, kept = fingerprint_key()
    assert kept
    assert state.read_bytes() == key != damaged


def test_a_key_that_cannot_be_kept_is_said_to_be_for_once(state):
    state.parent.parent.mkdir()
    state.parent.write_text("a file where the directory should be")
    first, kept = fingerprint_key()
    assert (len(first), kept) == (32, False)
    assert fingerprint_key()[0] != first
