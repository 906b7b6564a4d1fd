"""Single SQL statements: which concern roles and rights, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.collect.sql.grammar import parse
from remit.collect.sql.statement import Statement
from remit.collect.sql.tree import statements

_NAME_PART = r'(?:"[^"]{1,200}"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]{0,200})'
_CREATE = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(?:recursive\s+)?(?P<kind>table|view|materialized\s+view|foreign\s+table|sequence)\s+"
    rf"(?:if\s+not\s+exists\s+)?(?:(?P<schema>{_NAME_PART})\s{{0,9}}\.\s{{0,9}})?(?P<name>{_NAME_PART})",
    re.IGNORECASE,
)
_CONCERNS = re.compile(
    r"grant|revoke|reassign|(?:create|alter|drop)\s+(?:role|user(?!\s+mapping)|group)\b|alter\s+default\s+privileges\b"
    r"|drop\s+owned\b|alter\b.*\bowner\s+to\b|create\s+(?:schema|database)\b",
    re.IGNORECASE | re.DOTALL,
)
_ALSO_READ = re.compile(
    r"alter\b.*\b(?:rename\s+to|set\s+schema)\b|(?:set|reset)\s+(?:local\s+|session\s+)?(?:role|session_authorization|session|search_path)\b"
    r"|discard\s+all\b|drop\s+(?:table|view|materialized|foreign\s+table|schema|database|sequence|function|procedure|routine)\b"
    r"|(?:begin|start\s+transaction|commit|rollback|end|abort)\b|create\s+(?:or\s+replace\s+)?(?:function|procedure)\b.*\bsecurity\s+definer\b",
    re.IGNORECASE | re.DOTALL,
)


def concerns_roles(text: str) -> bool:
    """Whether a statement is about roles, grants or owners, so that failing to read it leaves something unknown."""
    return bool(_CONCERNS.match(text))


def read(text: str, line: int) -> Iterator[Statement]:
    """The role and grant statements in a statement's text; nothing for any other. Raises Unreadable."""
    if created := _CREATE.match(text):
        kind = "sequence" if created["kind"].lower() == "sequence" else "table"
        name = (_folded(created["schema"] or ""), _folded(created["name"]))
        yield Statement("create", line, kind=kind, objects=(name,))
    elif concerns_roles(text) or _ALSO_READ.match(text):
        for raw in parse(text).stmts:
            yield from statements(raw.stmt, line)


def _folded(name: str) -> str:
    return name[1:-1][:63] if name.startswith('"') else name.lower()[:63]
