"""BK-018: every migration and every apply takes a snapshot first."""

from __future__ import annotations

from typing import Any

import pytest

from remit.evidence import Command, Gap, ScriptFile, Source
from remit_checks.backup.changes import change_of, copies
from remit_checks.backup.pre_change_snapshot import pre_change_snapshot as bk_018


def _command(text: str, line: int = 1, context: str = "workflow job deploy") -> Command:
    program, *words = text.split()
    return Command(program, tuple(words), (), False, context, False, Source("deploy.yml", line, "scripts"))


def _script(*texts: str, **changes: Any) -> ScriptFile:
    return ScriptFile("deploy.yml", tuple(_command(text, line, **changes) for line, text in enumerate(texts, 1)))


@pytest.mark.parametrize(
    ("texts", "answer", "words"),
    [
        (("prisma migrate deploy",), "unknown", "no copy was seen to be taken first: `prisma migrate deploy`"),
        (("terraform apply tfplan",), "unknown", "`terraform apply` in workflow job deploy (deploy.yml:1)"),
        (("pg_dump --file=x", "prisma migrate deploy"), "pass", "a copy is taken first"),
        (("aws rds create-db-snapshot", "terraform apply"), "pass", "a copy is taken first"),
        (("prisma migrate deploy", "pg_dump --file=x"), "fail", "the copy is taken after the change"),
        (("pg_dump", "prisma migrate deploy", "alembic upgrade head"), "pass", "`alembic upgrade`"),
        (("prisma migrate deploy", "pg_dump", "alembic upgrade head"), "fail", "`prisma migrate deploy`"),
        (("pg_dump --schema-only", "prisma migrate deploy"), "unknown", "no copy was seen"),
        (("supabase db dump", "supabase db push"), "unknown", "no copy was seen"),
        (("supabase db dump --data-only", "supabase db push"), "pass", "a copy is taken first"),
        (("terraform plan", "prisma generate"), "not-applicable", "applies and migrates nothing"),
        (("pg_dump",), "not-applicable", "applies and migrates nothing"),
        ((), "not-applicable", "applies and migrates nothing"),
    ],
)
def test_steps(facts: Any, texts: tuple[str, ...], answer: str, words: str) -> None:
    found = facts.one(bk_018, _script(*texts))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert bool(found.verdict.sources) == (answer != "not-applicable")
    assert bool(found.verdict.remedies) == (answer in ("fail", "unknown"))


def test_a_copy_in_another_job_is_not_taken_first(facts: Any) -> None:
    dump = _command("pg_dump", 1, "workflow job backup")
    migrate = _command("prisma migrate deploy", 2)
    assert facts.one(bk_018, ScriptFile("deploy.yml", (dump, migrate))).status == "unknown"


def test_the_worst_job_decides(facts: Any) -> None:
    late = (_command("prisma migrate deploy", 1, "a"), _command("pg_dump", 2, "a"))
    unseen = (_command("terraform apply", 3, "b"),)
    found = facts.one(bk_018, ScriptFile("deploy.yml", (*late, *unseen)))
    assert (found.status, [source.line for source in found.verdict.sources]) == ("fail", [1])


@pytest.mark.parametrize(
    ("text", "is_change"),
    [
        ("terraform -chdir=infra apply", True),
        ("terraform destroy -auto-approve", True),
        ("terraform plan -destroy", False),
        ("terraform plan -out apply", False),
        ("terraform workspace select apply", False),
        ("goose postgres URL up", True),
        ("goose -dir db up", True),
        ("migrate -path db -database URL up", True),
        ("terraform", False),
        ("terraform state list", False),
        ("tofu apply", True),
        ("pulumi preview", False),
        ("pulumi up --yes", True),
        ("cdk deploy --no-execute", False),
        ("prisma --schema db/schema.prisma migrate deploy", True),
        ("prisma migrate dev", False),
        ("prisma migrate deploy --dry-run", False),
        ("prisma migrate status", False),
        ("drizzle-kit push:pg", True),
        ("drizzle-kit generate", False),
        ("rails db:migrate:status", False),
        ("rails db:migrate", True),
        ("manage.py makemigrations", False),
        ("manage.py migrate shop", True),
        ("supabase db push --dry-run", False),
        ("echo terraform apply", False),
    ],
)
def test_what_is_a_change(text: str, is_change: bool) -> None:
    assert bool(change_of(_command(text))) is is_change


@pytest.mark.parametrize(
    ("text", "is_copy"),
    [
        ("pg_dump -Fc", True),
        ("pg_dump -s", False),
        ("mysqldump --no-data shop", False),
        ("mysqldump shop", True),
        ("aws --region eu-west-1 rds create-db-cluster-snapshot", True),
        ("aws rds delete-db-snapshot", False),
        ("aws rds describe-db-snapshots", False),
        ("pg_restore x", False),
        ("neonctl branches create --name before", True),
        ("neonctl branches delete x", False),
        ("velero backup create x", True),
    ],
)
def test_what_is_a_copy(text: str, is_copy: bool) -> None:
    assert copies(_command(text)) is is_copy


def test_of_a_real_file(facts: Any) -> None:
    from remit.collect.collector import Document

    scripts = facts.collector("scripts")
    text = b"jobs:\n  deploy:\n    runs-on: x\n    steps:\n      - run: |\n          npx prisma migrate deploy\n"
    (script,) = scripts.parse(Document(".github/workflows/deploy.yml", text))
    found = facts.one(bk_018, script)
    assert (found.status, str(found.verdict.sources[0])) == ("unknown", ".github/workflows/deploy.yml:6")


def test_remedies_and_attestations(facts: Any) -> None:
    steps, attested = facts.one(bk_018, _script("prisma migrate deploy")).verdict.remedies
    assert (steps.kind, "deploy.yml:1" in steps.title, "pg_dump" in steps.body) == ("manual", True, True)
    assert 'control = "BK-018"' in attested.body
    said = {"control": "BK-018", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(bk_018, _script("prisma migrate deploy"), policy={"attestations": (said,)}).status == "pass"
    late = _script("prisma migrate deploy", "pg_dump")
    assert facts.one(bk_018, late, policy={"attestations": (said,)}).status == "fail"


def test_an_unread_script_leaves_it_open(facts: Any) -> None:
    gap = Gap("scripts", "deploy.yml", "is too large", ("ScriptFile",))
    found = facts.one(bk_018, _script("pg_dump", "prisma migrate deploy"), gaps=(gap,))
    assert found.status == "unknown"
