"""Role and grant statements, carried out on a model of PostgreSQL's catalogues in the order in which they would run.

Where PostgreSQL would refuse a statement (dropping a role that still holds rights, revoking what others depend on), the
model is left as it is. What a condition decides at run time is taken to happen when it gives rights, and leaves a note
when it takes them away: a file cannot show that it did.
"""

from __future__ import annotations

from collections.abc import Sequence

from remit.collect.sql import objects, privileges, roles
from remit.collect.sql.model import Model
from remit.collect.sql.run import Run, Verbs
from remit.collect.sql.statement import PUBLIC, SqlFile, Statement


def replay(files: Sequence[SqlFile]) -> Model:
    """The catalogues after all files, each run once, in the order given."""
    model = Model()
    for file in files:
        run = Run(model, file.path)
        for statement in file.statements:
            _VERBS[statement.verb](run, statement)
    return model


def _act_as(run: Run, statement: Statement) -> None:
    _remember(run, statement)
    run.acting = statement.roles[0] or run.session


def _log_in_as(run: Run, statement: Statement) -> None:
    _remember(run, statement)
    run.session = run.acting = statement.roles[0]


def _remember(run: Run, statement: Statement) -> None:
    if statement.option("local") and run.before is None:
        run.before = (run.session, run.acting)


def _end_transaction(run: Run, statement: Statement) -> None:
    if run.before is not None:
        (run.session, run.acting), run.before = run.before, None


def _search_path(run: Run, statement: Statement) -> None:
    run.schema = statement.objects[0][0]


def _dynamic(run: Run, statement: Statement) -> None:
    where = run.source(statement)
    run.model.notes.append((PUBLIC, f"SQL that is put together at run time may grant or revoke ({where})"))


def _nothing(run: Run, statement: Statement) -> None:
    """Read for its place only."""


_VERBS: Verbs = {
    **roles.VERBS,
    **privileges.VERBS,
    **objects.VERBS,
    "act-as": _act_as,
    "log-in-as": _log_in_as,
    "begin": _nothing,
    "end-transaction": _end_transaction,
    "search-path": _search_path,
    "dynamic": _dynamic,
}
