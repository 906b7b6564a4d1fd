"""Role and grant statements in one flat shape, whatever SQL they were written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verb = Literal[
    "create-role",
    "alter-role",
    "rename-role",
    "drop-role",
    "grant",
    "revoke",
    "join",
    "leave",
    "default-grant",
    "default-revoke",
    "create",
    "definer",
    "drop",
    "rename",
    "move",
    "owner",
    "reassign",
    "drop-owned",
    "act-as",
    "log-in-as",
    "begin",
    "end-transaction",
    "search-path",
    "dynamic",
]
Password = Literal["", "literal", "placeholder", "reference", "verifier"]
"""What a statement says of a password: nothing, a value, a well-known stand-in, a variable, or a stored hash."""

PUBLIC = "public"
"""The grantee PUBLIC. PostgreSQL refuses a role of this name, quoted or not."""
RUNNER = ""
"""Whoever runs the script (CURRENT_USER, or nobody named). PostgreSQL refuses an empty name."""
ALL = "*"
"""In place of an object's name: every object of that kind in the schema."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One role or grant statement, with the names as PostgreSQL folds them.

    What a field holds depends on `verb`; a field that a verb has no use for is empty.
    """

    verb: Verb
    line: int
    roles: tuple[str, ...] = ()
    """Who gains or loses: grantees, members, the role created or altered, the new owner."""
    of: tuple[str, ...] = ()
    """The roles granted, the former owners, the creators of default privileges, the old name."""
    kind: str = ""
    """`table` (any relation), `sequence`, `schema`, `database`, `function`, `parameter`, …"""
    objects: tuple[tuple[str, str], ...] = ()
    """Schema (empty when not written) and name (`*` for all in the schema)."""
    rights: tuple[tuple[str, str], ...] = ()
    """Upper-case right (`ALL` for every one) and column (empty for the whole object)."""
    options: tuple[tuple[str, bool], ...] = ()
    """Role attributes, membership options, `grant-option`, `cascade`, in lower case."""
    grantor: str = RUNNER
    conditional: bool = False
    """True under a condition that the file does not decide: `\\if`, a template's `if`, an IF in a DO block."""
    database: str = ""
    """The database of the last `\\connect`, empty for the script's own."""
    password: Password = ""

    def option(self, name: str) -> bool | None:
        """The value of an option, None where the statement does not mention it."""
        return dict(self.options).get(name)


@dataclass(frozen=True, slots=True)
class SqlFile:
    """The role and grant statements of one file, in file order."""

    path: str
    statements: tuple[Statement, ...]
    server: int | None = None
    """The server's major version, where a dump's header names it."""


MARK, _TAIL = "remit_mark_", "_remit"
_MARK = re.compile(rf"{MARK}([a-z0-9_]{{1,24}}?){_TAIL}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,200}")
_NOISE = frozenset(("var", "env", "env_var", "env_get", "lookup", "quote", "os", "get"))


def marker(expression: str) -> str:
    """An identifier that stands for a template expression, named after the variable in it.

    The same variable gives the same identifier, so that a grant and its revocation meet. Only the variable's name is
    kept: a default value written beside it may be a secret.
    """
    found = [name.rstrip(".").rpartition(".")[2].lower() for name in _NAME.findall(expression[:400])]
    telling = [name for name in found if name and name not in _NOISE]
    name = next(iter((*telling, *filter(None, found))), "unnamed")
    return f"{MARK}{name[:24]}{_TAIL}"


def is_marker(name: str) -> bool:
    """Whether a name is, or contains, a stand-in for a template expression."""
    return MARK in name and bool(_MARK.search(name))


def shown(name: str) -> str:
    """A name for people: stand-ins as `<variable>`, everything else as it is."""
    return _MARK.sub(r"<\1>", name)


_TEMPLATE = re.compile(
    r"\{\{[^{}]{0,500}\}\}\}?|<%=[^%]{0,500}%>|[$#]\{[^}\n]{0,200}\}|\$\([A-Za-z_]\w{0,60}\)|%\(\w{1,60}\)s"
    r"|(?<![\w$])\$[A-Za-z_]\w{0,60}(?![\w$])|@[A-Za-z_]\w{0,60}@"
)
_VARIABLE = re.compile(
    r"""(?P<keep>'[^']*+' | "[^"]*+" | (?<![\w$])\$(?P<tag>\w{0,63})\$.*?\$(?P=tag)\$ | ::)
      | :'(?P<text>\w{1,60})' | :"(?P<name>\w{1,60})" | (?<![:\w]):(?P<bare>[A-Za-z_]\w{0,60})""",
    re.VERBOSE | re.DOTALL,
)


def replace_placeholders(text: str) -> str:
    """The text with templates' and psql's placeholders replaced by stand-in identifiers.

    Templates are filled in before anything reads the SQL, so theirs count inside quotes too; psql's do not.
    """
    if any(sign in text for sign in "{<$%@"):
        text = _TEMPLATE.sub(lambda match: marker(match[0]), text)
    return _VARIABLE.sub(_variable, text) if ":" in text else text


def _variable(match: re.Match[str]) -> str:
    if match["keep"] is not None:
        return match[0]
    name = marker(match["text"] or match["name"] or match["bare"])
    return f"'{name}'" if match["text"] else name
