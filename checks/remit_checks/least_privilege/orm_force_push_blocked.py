"""LP-031."""

from __future__ import annotations

from collections.abc import Sequence

from remit.access.agent import Agent
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Command, ScriptFile, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.agent_commands import by_name, judged
from remit_checks.agent_deny_rules import deny_remedies

_TOOLS = frozenset(
    {
        "drizzle-kit",
        "prisma",
        "sequelize",
        "typeorm",
        "knex",
        "mikro-orm",
        "rails",
        "manage.py",
        "alembic",
        "flask",
        "artisan",
        "supabase",
        "sqlx",
        "diesel",
        "sea-orm-cli",
        "flyway",
        "liquibase",
        "atlas",
        "dbmate",
        "mix",
        "ace",
    }
)
_DENIED = (
    "npx drizzle-kit push",
    "npx prisma db push",
    "npx prisma migrate reset",
    "drizzle-kit push",
    "prisma db push",
    "prisma migrate reset",
)


@check(
    "LP-031",
    "orm-force-push-blocked",
    severity="critical",
    parameters=("orm.forbidden_flags",),
    frameworks={
        "owasp-agentic": ("ASI02", "ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0029", "AML.M0028"),
        "nist-800-53": ("CM-3", "CM-5", "AC-3(2)", "CP-9(7)"),
        "nist-csf": ("PR.PS-01", "PR.AA-05", "ID.RA-07"),
        "iso-27001": ("A.8.32", "A.5.3"),
        "iso-42001": ("A.9.2", "A.6.2.6"),
        "soc2": ("CC8.1", "CC6.3"),
        "cis": ("4.1", "2.7"),
        "nist-ai-rmf": ("MAP 3.5", "MANAGE 2.4"),
        "eu-ai-act": ("14", "26"),
        "csa-aicm": ("CCC-04",),
    },
    incidents=("INC-04", "INC-12"),
)
def orm_force_push_blocked(subject: Agent | ScriptFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """No schema is pushed, reset or dropped with the tool's only question switched off.

    `drizzle-kit push --force` emptied a production database of more than sixty tables, and Prisma's equivalents did
    the same in three other reports. These tools compare the code with whatever database the environment names; the
    flag takes away the one moment at which somebody would have seen which database that was.

    Fix:
        Generate migration files and apply those: `drizzle-kit generate` and `drizzle-kit migrate`, or
        `prisma migrate dev` on a development database and `prisma migrate deploy` elsewhere. Take the flag out of
        every script, and let the agent's rules refuse push and reset.
    """
    if isinstance(subject, ScriptFile):
        return _script(subject, policy)
    commands = [f"npx prisma db push {flag}" for flag in policy.orm.forbidden_flags]
    commands += [started for effect, started in by_name(graph.scripts) if effect == "orm-force-push"]
    return judged(subject, "orm-force-push", commands, deny_remedies(subject, _DENIED))


def _script(script: ScriptFile, policy: Policy) -> Verdict:
    commands = [each for each in script.commands if each.program in _TOOLS or "orm-force-push" in each.effects]
    if not commands:
        return skip(f"{script.path} runs no migration tool")
    forced = [each for each in commands if _forced(each, policy)]
    alone = [each for each in forced if not isinstance(each.gated, Unknown) and not each.gated]
    if alone:
        return fail(
            f"{script.path} runs `{_written(alone[0])}` ({alone[0].context}): it replaces or drops a schema unasked",
            *(each.source for each in alone),
            remedies=_remedies(script, alone),
        )
    for each in forced:
        if isinstance(each.gated, Unknown):
            text = f"{script.path} runs `{_written(each)}`: {each.gated.why}"
            return unknown(text, each.source, remedies=_remedies(script, forced))
    for each in commands:
        if each.undecided is not None:
            return unknown(f"{script.path} runs `{_written(each)}`: {each.undecided.why}", each.source)
    how = "behind a person's approval" if forced else "by migration files, or with its question left on"
    return ok(f"{script.path} changes schemas {how}", *(each.source for each in commands))


def _forced(command: Command, policy: Policy) -> bool:
    if "orm-force-push" in command.effects and command.unattended:
        return True
    flags = {word.partition("=")[0] for word in command.words if word.startswith("-")}
    return bool(flags & set(policy.orm.forbidden_flags)) and bool(command.effects)


def _written(command: Command) -> str:
    return " ".join((command.program, *command.words))[:160]


def _remedies(script: ScriptFile, commands: Sequence[Command]) -> tuple[Remedy, ...]:
    body = "\n".join(f"line {each.source.line}: {_replacement(each)}" for each in commands)
    return (edit(script.path, "Generate migrations, and apply those", body, safe=False),)


_CAREFUL = {
    "drizzle-kit": "`drizzle-kit generate` and, after review, `drizzle-kit migrate`",
    "prisma": "`prisma migrate deploy`, with migrations made by `prisma migrate dev` on a development database",
    "sequelize": "`sequelize db:migrate`",
    "typeorm": "`typeorm migration:run`",
    "knex": "`knex migrate:latest`",
    "mikro-orm": "`mikro-orm migration:up`",
    "rails": "`rails db:migrate`, or `rails db:prepare` for a new development database",
    "manage.py": "`manage.py migrate`",
    "alembic": "`alembic upgrade head`, and a new revision that undoes what must be undone",
    "flask": "`flask db upgrade`",
    "artisan": "`artisan migrate`",
    "supabase": "`supabase db push`, which shows the migrations and asks",
    "sqlx": "`sqlx migrate run`",
    "diesel": "`diesel migration run`",
    "sea-orm-cli": "`sea-orm-cli migrate up`",
    "flyway": "`flyway migrate`, with cleanDisabled left on",
    "liquibase": "`liquibase update`",
    "atlas": "`atlas migrate apply`",
    "dbmate": "`dbmate migrate`",
    "mix": "`mix ecto.migrate`",
    "ace": "`node ace migration:run`",
}


def _replacement(command: Command) -> str:
    careful = _CAREFUL.get(command.program)
    return f"replace `{_written(command)}` by {careful}" if careful else f"remove `{_written(command)}`"
