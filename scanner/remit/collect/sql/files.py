"""Roles and grants in a repository's SQL: migrations, set-up scripts, dumps.

What is found is *declared*: which scripts ran, in which order, and what was changed by hand is not in the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from remit.collect.collector import Collector, Document, Scope
from remit.collect.sql.block import first_value, inner_statements
from remit.collect.sql.grammar import Unreadable, parse
from remit.collect.sql.model import Model
from remit.collect.sql.read import concerns_roles, read
from remit.collect.sql.replay import replay
from remit.collect.sql.rights import catalogue
from remit.collect.sql.split import Piece, Trouble, split
from remit.collect.sql.statement import PUBLIC, SqlFile, Statement
from remit.errors import CollectError
from remit.evidence import Gap, RoleCatalogue

AFFECTS = ("RoleCatalogue",)
MAX_ROLES = 2_000
MAX_PRIVILEGES = 400_000
_WANTED = re.compile(
    r"\.(?:(?:sql|psql|pgsql|ddl)(?:\.(?:j2|jinja2?|erb|tmpl|tpl|template|in|gotmpl|mustache|dump))?|dump|pgdump)$",
    re.IGNORECASE,
)
_MENTIONS = re.compile(
    r"grant|revoke|\brole|\bowne[rd]\b|authorization|default\s{1,9}privileges|(?:create|alter|drop)\s{1,9}(?:user|group)\b",
    re.IGNORECASE,
)
_UNDOES = re.compile(
    r"(?:^|/)(?:U[0-9][\w.]{0,40}__[^/]*|(?:[^/]*[._-])?(?:down|rollback|undo|revert)\.[^/]*)$|(?:^|/)(?:down|revert|rollback)/",
    re.IGNORECASE,
)
_DUMPED_FROM = re.compile(r"^-- Dumped from database version (\d{1,3})", re.MULTILINE)
_PUBLIC_CREATES_BEFORE = 15
_SCENERY = frozenset(("create", "begin", "end-transaction", "search-path"))
"""Verbs that say nothing of roles by themselves."""
_TOLD = 5


def wants(path: str) -> bool:
    """Whether a path is SQL by its name, a template of SQL, or a dump."""
    return bool(_WANTED.search(path))


def parse_document(document: Document) -> Iterator[SqlFile | Gap]:
    """The role and grant statements of a SQL file, and a gap for those that could not be read.

    Scripts that undo a migration are left out: they run only when something is taken back.
    """
    text = _text(document)
    if not _MENTIONS.search(text) or _UNDOES.search(document.path):
        return
    statements: list[Statement] = []
    troubles: list[str] = []
    for part in split(text):
        if isinstance(part, Piece):
            _add(part, statements, troubles)
        elif _MENTIONS.search(part.rest):
            troubles.append(f"{part.reason}, so what follows was not read (line {part.line})")
    if any(statement.roles or statement.verb not in _SCENERY for statement in statements):
        dumped = _DUMPED_FROM.search(text[:4_000])
        yield SqlFile(document.path, tuple(statements), int(dumped[1]) if dumped else None)
    if troubles:
        more = f"; and {len(troubles) - _TOLD} more" if len(troubles) > _TOLD else ""
        yield Gap("sql", document.path, "; ".join(troubles[:_TOLD]) + more, AFFECTS)


def _text(document: Document) -> str:
    if document.content.startswith(b"PGDMP"):
        raise CollectError("is a dump in pg_dump's custom format; turn it into SQL with pg_restore -f to have it read")
    if document.name.lower().endswith("dump") and b"\0" in document.content:
        return ""  # a memory or packet dump, not SQL
    text = document.text()
    if "\0" in text:
        raise CollectError("is not text: it holds NUL characters")
    return text


def _add(piece: Piece, statements: list[Statement], troubles: list[str]) -> None:
    """Add what a statement says, or why it cannot be told."""
    try:
        found = list(_read(piece, troubles))
    except Unreadable as error:
        if concerns_roles(piece.text) or piece.generated or _is_block(piece.text):
            troubles.append(f"a statement about roles, rights or owners {error} (line {piece.line})")
        return
    for statement in found:
        undone = statement.option("undone")
        if undone is not None:
            _undo(statements, undone)
        marked = piece.conditional or statement.conditional
        statements.append(replace(statement, conditional=marked, database=piece.database))


def _is_block(text: str) -> bool:
    return text[:2].lower() == "do" and bool(_MENTIONS.search(text))


def _read(piece: Piece, troubles: list[str]) -> Iterator[Statement]:
    if piece.generated:
        yield from _read_generated(piece)
    elif piece.text[:2].lower() == "do":
        if _MENTIONS.search(piece.text):
            yield from _read_block(piece, troubles)
    else:
        yield from read(piece.text, piece.line)


def _read_block(piece: Piece, troubles: list[str]) -> Iterator[Statement]:
    opening = re.search(r"[$']", piece.text)
    offset = piece.line - 1 + piece.text.count("\n", 0, opening.start() if opening else 0)
    for inner in inner_statements(piece.text):
        line = offset + max(1, inner.line)
        if inner.text is None:
            yield Statement("dynamic", line)
            continue
        for statement in _read_text(inner.text, line, troubles):
            yield replace(statement, conditional=inner.conditional or statement.conditional)


def _read_text(text: str, line: int, troubles: list[str]) -> Iterator[Statement]:
    """Statements inside a string that is run; all get the line of the string."""
    for part in split(text):
        try:
            if isinstance(part, Trouble):
                raise Unreadable(part.reason)
            yield from read(part.text, line)
        except Unreadable as error:
            if _MENTIONS.search(text):
                troubles.append(f"a statement about roles, rights or owners {error} (line {line})")


def _read_generated(piece: Piece) -> Iterator[Statement]:
    """A SELECT whose rows psql runs."""
    if not _MENTIONS.search(piece.text):
        return
    for raw in parse(piece.text).stmts:
        text, conditional = first_value(raw.stmt.select_stmt)
        if text is None:
            yield Statement("dynamic", piece.line)
        else:
            yield from (replace(each, conditional=conditional) for each in _read_text(text, piece.line, []))


def _undo(statements: list[Statement], whole: bool) -> None:
    """Take back what a ROLLBACK takes back; after a rollback to a savepoint it is open what stays."""
    edges = (at for at in range(len(statements) - 1, -1, -1) if statements[at].verb in ("begin", "end-transaction"))
    begun = next(edges, None)
    if begun is None or statements[begun].verb != "begin":
        return
    since = [] if whole else [replace(each, conditional=True) for each in statements[begun + 1 :]]
    statements[begun + 1 :] = since


def link(facts: Sequence[SqlFile], gaps: Sequence[Gap], scope: Scope) -> Iterator[RoleCatalogue | Gap]:
    """One catalogue of what the target's SQL declares, if it declares or mentions any role."""
    model = replay(sorted(facts, key=lambda fact: _order(fact.path)))
    if len(model.roles) > MAX_ROLES:
        reason = f"declares {len(model.roles)} roles, more than the {MAX_ROLES} that are followed"
        yield Gap("sql", min(fact.path for fact in facts), reason, AFFECTS)
    elif model.roles:
        _note_old_servers(model, facts)
        yield catalogue(model, max(200, MAX_PRIVILEGES // len(model.roles)))


def _order(path: str) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Path order with numbers by their value, so that V2 comes before V10; repeatable migrations (R__) come last."""
    return tuple(tuple(_runs(part)) for part in path.split("/"))


def _runs(part: str) -> Iterator[tuple[int, int, str]]:
    yield int(part.startswith("R__")), 0, ""
    for run in filter(None, re.split(r"([0-9]{1,18})", part)):
        yield (0, int(run), "") if run.isascii() and run.isdigit() else (1, 0, run)


def _note_old_servers(model: Model, facts: Iterable[SqlFile]) -> None:
    """Before PostgreSQL 15 every role may create objects in schema `public` unless that was revoked."""
    closed = any(
        statement.verb == "revoke"
        and statement.kind == "schema"
        and PUBLIC in statement.roles
        and ("", "public") in statement.objects
        for fact in facts
        for statement in fact.statements
    )
    for fact in facts:
        if fact.server is not None and fact.server < _PUBLIC_CREATES_BEFORE and not closed:
            why = f"{fact.path} was dumped from PostgreSQL {fact.server}, where every role may create in schema public"
            model.notes.append((PUBLIC, f"{why} unless that was revoked"))


sql = Collector(
    name="sql",
    version=1,
    fact=SqlFile,
    subjects=(RoleCatalogue,),
    wants=wants,
    parse=parse_document,
    link=link,
)
