from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.policy.globs import covers, matches, overlaps, path_covers, path_matches, path_overlaps

TEXTS = ["".join(letters) for size in range(5) for letters in itertools.product("ab/", repeat=size)]
patterns = st.text(alphabet="ab/*?", max_size=5)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("*", "", True),
        ("?", "", False),
        ("db.acme.io", "DB.Acme.io", True),
        ("*.acme.io", "db.acme.io", True),
        ("*.acme.io", "acme.io", False),
        ("prod-*-db", "prod-eu-west-db", True),
        ("prod-*-db", "prod-db", False),
        ("db[1]", "db1", False),
        ("db[1]", "db[1]", True),
        ("*a*b*c*", "xxaxxbxxcxx", True),
    ],
)
def test_whole_text_matches_in_any_case(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        (".env.production", "apps/api/.env.production", True),
        (".env.production", ".env.production", True),
        ("apps/.env", "other/apps/.env", False),
        ("**/.env", ".env", True),
        ("**/.env", "a/b/.env", True),
        ("infra/*", "infra/prod/main.tf", True),
        ("*.env", "a.env/readme", False),
    ],
)
def test_pattern_without_slash_looks_at_the_name(pattern: str, path: str, expected: bool) -> None:
    assert path_matches(pattern, path) is expected


@given(patterns, patterns)
def test_overlap_finds_every_common_text(one: str, other: str) -> None:
    common = [text for text in TEXTS if matches(one, text) and matches(other, text)]
    assert overlaps(one, other) or not common
    assert overlaps(one, other) == overlaps(other, one)


short = st.text(alphabet="ab*?", max_size=3)


@given(short, short)
def test_overlap_is_not_claimed_without_a_witness(one: str, other: str) -> None:
    texts = ["".join(letters) for size in range(7) for letters in itertools.product("ab", repeat=size)]
    common = [text for text in texts if matches(one, text) and matches(other, text)]
    assert overlaps(one, other) == bool(common)


@given(patterns, patterns)
def test_cover_is_sound(wide: str, narrow: str) -> None:
    if covers(wide, narrow):
        assert [text for text in TEXTS if matches(narrow, text) and not matches(wide, text)] == []


@given(patterns, patterns)
def test_path_cover_is_sound(wide: str, narrow: str) -> None:
    if path_covers(wide, narrow):
        assert [text for text in TEXTS if path_matches(narrow, text) and not path_matches(wide, text)] == []


@given(patterns, patterns)
def test_path_overlap_finds_every_common_path(one: str, other: str) -> None:
    common = [text for text in TEXTS if path_matches(one, text) and path_matches(other, text)]
    assert path_overlaps(one, other) or not common


@given(patterns)
def test_every_pattern_covers_itself(pattern: str) -> None:
    assert covers(pattern, pattern)
    assert path_covers(pattern, pattern)
    assert covers("*", pattern)


def test_many_stars_stay_fast() -> None:
    assert not matches("*a" * 40 + "b", "a" * 4000)
    assert overlaps("*a" * 40, "a*" * 40)
