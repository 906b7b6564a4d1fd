"""LP-029."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit.check import check
from remit.evidence import Command, ScriptFile
from remit.policy.model import Policy
from remit.remedy import Remedy, edit
from remit.verdict import Verdict, fail, ok, skip, unknown

_PLAN_FIRST = "`{0} plan -out=tfplan`, and in a later step `{0} apply tfplan`"
_DIFF_FIRST = "`{0} diff`, kept for whoever approves, and in a later step `{0} deploy`, which asks"
_MIGRATIONS = "migration files that are reviewed like code, and the command that applies those"
# Programs that can show what they are about to change, and what to write instead of doing it unseen.
# Sources: the tools' own command references.
_INSTEAD: Mapping[str, str] = {
    "terraform": _PLAN_FIRST,
    "tofu": _PLAN_FIRST,
    "terragrunt": _PLAN_FIRST,
    "pulumi": "`pulumi preview --save-plan=plan.json`, and in a later step `pulumi up --plan=plan.json`",
    "cdk": _DIFF_FIRST,
    "cdktf": _DIFF_FIRST,
    "sam": "`sam deploy --no-execute-changeset`, and in a later step `aws cloudformation execute-change-set`",
    "aws": "`aws cloudformation create-change-set`, and in a later step `aws cloudformation execute-change-set`",
    "drizzle-kit": "`drizzle-kit generate`, and after review `drizzle-kit migrate`",
    "prisma": "`prisma migrate dev --create-only`, and after review `prisma migrate deploy`",
    **dict.fromkeys(
        (
            "sequelize",
            "typeorm",
            "knex",
            "mikro-orm",
            "rails",
            "rake",
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
        ),
        _MIGRATIONS,
    ),
}
_CLASSES = frozenset({"iac-destroy", "orm-force-push", "sql-ddl"})
# They print the whole plan and wait for an answer, unless a flag says otherwise; `destroy` too.
_ASK_AFTER_SHOWING = frozenset({"terraform", "tofu", "pulumi"})


@check(
    "LP-029",
    "preview-before-destroy",
    severity="medium",
    parameters=("gate.require_plan",),
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
    incidents=("INC-03", "INC-04", "INC-05"),
    attestable=True,
)
def preview_before_destroy(script: ScriptFile, policy: Policy) -> Verdict:
    """Every script shows what it is about to change before it changes it.

    Whoever approves a change needs something to read. A partial state and a whole one look alike in a chat; in a plan
    one says "3 to destroy" and the other "120". That a person presses the button of a job does not help where the
    job makes its plan and applies it in one step.

    Fix:
        Split the step: one that stores the plan, the diff or the migration file, and a later one that applies exactly
        that.
    """
    if not policy.gate.require_plan:
        return skip("the policy asks for no plan before a change")
    commands = [each for each in script.commands if each.program in _INSTEAD and _changes(each)]
    if not commands:
        return skip(f"{script.path} runs nothing that could show first what it changes")
    unseen = [each for each in commands if _CLASSES & set(each.effects) and not _shown(each)]
    if unseen:
        more = f" and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        return fail(
            f"{script.path} runs `{_written(unseen[0])}` ({unseen[0].context}){more}: nobody sees first what changes",
            *(each.source for each in unseen),
            remedies=_remedies(script, unseen),
        )
    hidden = [each for each in commands if each.undecided is not None]
    for each in hidden:
        if each.undecided is not None:
            text = f"{script.path} runs `{_written(each)}`: {each.undecided.why}"
            return unknown(text, *(one.source for one in hidden), remedies=_remedies(script, hidden))
    return ok(f"{script.path} shows what would change before it does", *(each.source for each in commands))


def _changes(command: Command) -> bool:
    """Whether it changes something, shows what it would change, or may do either."""
    known = command.program != "aws" or "cloudformation" in command.words
    return known and bool(_CLASSES & set(command.effects) or command.previewed or command.undecided is not None)


def _shown(command: Command) -> bool:
    return command.previewed or (command.program in _ASK_AFTER_SHOWING and not command.unattended)


def _written(command: Command) -> str:
    return " ".join((command.program, *command.words))[:160]


def _remedies(script: ScriptFile, commands: Sequence[Command]) -> tuple[Remedy, ...]:
    body = "\n".join(
        f"line {each.source.line}: replace `{_written(each)}` by {_INSTEAD[each.program].format(each.program)}"
        for each in commands
    )
    return (edit(script.path, "Show the change in one step, and make it in a later one", body, safe=False),)
