"""Commands that change a database or infrastructure in earnest, and commands that take a copy before.

Sources: the tools' own command references, September 2026. A plan, a preview or a generated file changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remit.evidence import Command
from remit.policy.globs import matches

# Sub-commands, flags left out of account; `*` is any one word.
_CHANGES: Mapping[str, tuple[str, ...]] = {
    "terraform": ("apply", "destroy"),
    "tofu": ("apply", "destroy"),
    "terragrunt": ("apply", "destroy", "run-all apply", "run-all destroy", "apply-all", "destroy-all"),
    "pulumi": ("up", "update", "destroy"),
    "cdk": ("deploy", "destroy"),
    "cdktf": ("deploy", "apply", "destroy"),
    "prisma": ("migrate deploy", "migrate reset", "db push"),
    "drizzle-kit": ("migrate", "push", "push:*"),
    "sequelize": ("db:migrate", "db:migrate:undo*", "db:drop"),
    "typeorm": ("migration:run", "migration:revert", "schema:sync", "schema:drop"),
    "mikro-orm": ("migration:up", "migration:down", "migration:fresh", "schema:update", "schema:drop"),
    "knex": ("migrate:latest", "migrate:up", "migrate:down", "migrate:rollback"),
    "rails": (
        "db:migrate",
        "db:migrate:up",
        "db:migrate:down",
        "db:migrate:redo",
        "db:migrate:reset",
        "db:prepare",
        "db:rollback",
        "db:reset",
        "db:schema:load",
    ),
    "manage.py": ("migrate", "flush"),
    "alembic": ("upgrade", "downgrade"),
    "flask": ("db upgrade", "db downgrade"),
    "artisan": ("migrate", "migrate:fresh", "migrate:refresh", "migrate:reset", "migrate:rollback"),
    "console": ("doctrine:migrations:migrate", "d:m:m"),
    "supabase": ("db push", "migration up", "migration down"),
    "sqlx": ("migrate run", "migrate revert", "mig run"),
    "diesel": ("migration run", "migration redo", "migration revert"),
    "sea-orm-cli": ("migrate up", "migrate down", "migrate fresh", "migrate refresh", "migrate reset"),
    "flyway": ("migrate", "clean", "undo"),
    "liquibase": ("update", "rollback*", "dropAll", "drop-all"),
    "atlas": ("migrate apply", "schema apply", "migrate down"),
    "dbmate": ("up", "migrate", "down", "rollback", "drop"),
    "goose": tuple(before + verb for before in ("", "* * ") for verb in ("up", "up-to", "down", "redo", "reset")),
    "migrate": ("up", "down", "goto", "drop"),
    "mix": ("ecto.migrate", "ecto.rollback", "ecto.reset"),
    "ace": ("migration:run", "migration:fresh", "migration:rollback"),
}
_COPIES: Mapping[str, tuple[str, ...]] = {
    "pg_dump": ("",),
    "pg_dumpall": ("",),
    "pg_basebackup": ("",),
    "mysqldump": ("",),
    "mariadb-dump": ("",),
    "mongodump": ("",),
    "pgbackrest": ("backup",),
    "wal-g": ("backup-push",),
    "supabase": ("db dump",),
    "heroku": ("pg:backups:capture", "pg:backups capture"),
    "aws": (
        "rds create-db-snapshot",
        "rds create-db-cluster-snapshot",
        "backup start-backup-job",
        "dynamodb create-backup",
        "ec2 create-snapshot",
        "ec2 create-snapshots",
    ),
    "gcloud": ("sql backups create", "sql export", "compute disks snapshot", "compute snapshots create"),
    "az": ("snapshot create", "postgres flexible-server backup create"),
    "neonctl": ("branches create",),
    "pscale": ("backup create", "branch create"),
    "fly": ("volumes snapshots create",),
    "velero": ("backup create",),
    "restic": ("backup",),
    "borg": ("create",),
    "zfs": ("snapshot",),
    "turso": ("db shell .dump",),
    "wrangler": ("d1 export",),
}
_ON_PAPER = frozenset(("--dry-run", "--create-only", "--no-execute"))
_WITHOUT_DATA = frozenset(("--schema-only", "-s", "--no-data"))


def change_of(command: Command) -> str:
    """The sub-command with which a database is migrated or infrastructure applied; empty for what changes nothing."""
    dry = any(word.split("=")[0] in _ON_PAPER for word in command.words)
    return "" if dry else _done(command, _CHANGES)


def copies(command: Command) -> bool:
    """Whether a command takes a snapshot, a dump or a branch of the data that a change may destroy."""
    if any(word in _WITHOUT_DATA for word in command.words):
        return False
    # This one leaves the rows out unless it is asked for them.
    if command.program == "supabase" and "--data-only" not in command.words:
        return False
    return bool(_done(command, _COPIES))


def _done(command: Command, table: Mapping[str, tuple[str, ...]]) -> str:
    for path in table.get(command.program, ()):
        wanted = path.split()
        if any(_holds(words, wanted) for words in _starts(command.words)):
            return f"{command.program} {path}".replace(" *", "").strip()
    return ""


def _starts(words: tuple[str, ...]) -> Iterator[list[str]]:
    """The words without flags, from each place where the sub-command may begin: a flag may have a value before it."""
    bare = [(word, position > 0 and _may_take(words[position - 1])) for position, word in enumerate(words)]
    bare = [(word, is_value) for word, is_value in bare if not word.startswith("-")]
    for start in range(len(bare) + 1):
        yield [word for word, _ in bare[start:]]
        if start >= len(bare) or not bare[start][1]:
            return


def _may_take(word: str) -> bool:
    return word.startswith("-") and "=" not in word


def _holds(words: list[str], path: list[str]) -> bool:
    return len(words) >= len(path) and all(matches(want, word) for want, word in zip(path, words, strict=False))
