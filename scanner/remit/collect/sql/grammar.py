"""PostgreSQL's own grammar (libpg_query through postgast), kept from ending the process.

The parser is C code: it ends the whole process when an expression nests too deep for its stack. Role and grant
statements have no expressions, so whatever nests is refused before the parser sees it.
"""

from __future__ import annotations

import re
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

from remit.errors import CollectError

Tree: TypeAlias = Any
"""A message of PostgreSQL's syntax tree; generated code, so untyped here, and never leaves this module."""

MAX_DEPTH = 200
MAX_OPERATORS = 1_000
MAX_CODE = 32_768
_STRING = re.compile(r"'[^']*+'|\"[^\"]*+\"|(?<![\w$])\$(?P<tag>\w{0,63})\$.*?\$(?P=tag)\$", re.DOTALL)
_OPERATOR = re.compile(
    r"[^\w\s,.();'\"]|\b(?:isnull|notnull|collate|union|except|intersect|is|at|in|between|like|ilike|similar|operator"
    r"|join|and|or|not|case|when|array|row)\b",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"[()]")
_LISTS = re.compile(r"\s*(?:grant|revoke|reassign|drop)\b", re.IGNORECASE)


class Unreadable(CollectError):
    """A statement that PostgreSQL's grammar does not accept, or that is too deep to be given to its parser."""


def nests_too_deep(text: str) -> bool:
    """Whether a statement may be too deep for the parser's stack, judged without parsing it."""
    for code in _STRING.sub("''", text).split(";"):
        depth = deepest = 0
        for match in _PARENTHESIS.finditer(code):
            depth += 1 if match[0] == "(" else -1
            deepest = max(deepest, depth)
        operators = sum(1 for _ in _OPERATOR.finditer(code))
        if deepest > MAX_DEPTH or operators > MAX_OPERATORS or (len(code) > MAX_CODE and not _LISTS.match(code)):
            return True
    return False


def grammar() -> ModuleType:
    """PostgreSQL's parser, loaded when first needed: it takes 80 ms, and an unchanged repository does without it.

    Imported by name because postgast 0.2.0 ships a type stub that is not valid Python, which no type checker survives.
    """
    return import_module("postgast")


def parse(text: str) -> Tree:
    """PostgreSQL's syntax tree of a text, with its statements in `stmts`. Raises Unreadable."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # it ships no stubs

    if nests_too_deep(text):
        raise Unreadable("nests too deep to be read")
    try:
        return grammar().parse(text)
    except grammar().PgQueryError as error:
        raise Unreadable("is not PostgreSQL's SQL") from error
    except DecodeError as error:
        raise Unreadable("nests too deep to be read") from error
