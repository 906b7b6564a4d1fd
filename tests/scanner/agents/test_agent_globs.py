from __future__ import annotations

import re
import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from remit.agents.globs import gitignore, ignored, segment, spans


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        (".env", ".env", True),
        (".env", "app/.env", True),
        (".env", ".env.local", False),
        (".env*", "a/b/.env.local", True),
        ("./.env", "app/.env", True),
        ("/.env", ".env", True),
        ("/.env", "app/.env", False),
        ("**/.env", ".env", True),
        ("**/.env", "a/b/c/.env", True),
        ("secrets", "secrets/prod.json", True),
        ("secrets", "app/secrets/prod.json", True),
        ("secrets/", "app/secrets/prod.json", True),
        ("config/secrets", "config/secrets/prod.json", True),
        ("config/secrets", "app/config/secrets", False),
        ("secrets/**", "secrets/prod.json", True),
        ("secrets/**", "secrets", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/*/b", "a/b", False),
        ("a/*/b", "a/x/b", True),
        ("a/*/b", "a/x/y/b", False),
        ("*.pem", "keys/server.pem", True),
        ("*.pem", "server.pem.txt", False),
        ("?.pem", "a.pem", True),
        ("?.pem", "ab.pem", False),
        ("[ab].pem", "b.pem", True),
        ("[!ab].pem", "b.pem", False),
        ("[a-c]x", "bx", True),
        ("[a-c]x", "dx", False),
        ("[", "[", True),
        (r"\*.pem", "*.pem", True),
        (r"\*.pem", "a.pem", False),
        ("**", "anything/at/all", True),
        ("*", "anything/at/all", True),
        ("", "a", False),
        ("/", "a", False),
        (".ENV", ".env", False),
    ],
)
def test_gitignore_patterns_cover_what_git_would_ignore(pattern: str, path: str, matches: bool) -> None:
    assert gitignore(pattern, path) is matches


@pytest.mark.parametrize(
    ("lines", "path", "hidden"),
    [
        ([".env"], ".env", True),
        (["# .env"], ".env", False),
        ([".env*", "!.env.example"], ".env.example", False),
        ([".env*", "!.env.example"], ".env", True),
        (["!.env", ".env"], ".env", True),
        (["  "], ".env", False),
        ([], ".env", False),
    ],
)
def test_the_last_line_of_an_ignore_file_that_matches_decides(lines: list[str], path: str, hidden: bool) -> None:
    assert ignored(lines, path) is hidden


@given(st.text("ab*", max_size=12), st.text("ab", max_size=12))
def test_a_span_matches_like_the_regular_expression_it_stands_for(pattern: str, text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
    assert spans(pattern.split("*"), text) is expected


@given(st.text("ab*?", max_size=10), st.text("ab", max_size=10))
def test_a_segment_matches_like_the_regular_expression_it_stands_for(pattern: str, text: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(each, each) for each in pattern)
    assert segment(pattern, text) is (re.fullmatch(expression, text) is not None)


def test_a_hostile_pattern_costs_no_exponential_time() -> None:
    started = time.process_time()
    assert not gitignore("*a" * 200 + "b", "a" * 400)
    assert not gitignore("**/a/" * 100 + "b", "a/" * 200)
    assert not spans(["a"] * 1000, "a" * 999)
    assert time.process_time() - started < 5
