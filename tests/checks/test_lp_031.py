"""LP-031: no schema is pushed, reset or dropped with the tool's only question switched off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.access.agent import Answer
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document
from remit.collect.scripts import scripts
from remit.evidence import ScriptFile, Source
from remit_checks.least_privilege.orm_force_push_blocked import orm_force_push_blocked as lp_031


def _script(text: str, path: str = "db.sh") -> ScriptFile:
    (found,) = scripts.parse(Document(path, text.encode()))
    assert isinstance(found, ScriptFile)
    return found


def _package(**named: str) -> ScriptFile:
    return _script(json.dumps({"scripts": named}, indent=1), "package.json")


def test_it_declares_itself() -> None:
    assert (lp_031.id, lp_031.slug, lp_031.severity) == ("LP-031", "orm-force-push-blocked", "critical")
    assert lp_031.incidents == ("INC-04", "INC-12")
    assert lp_031.parameters == ("orm.forbidden_flags",)


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        ("npx -y drizzle-kit@latest push --force", "fail", "drizzle-kit push --force"),
        ("pnpm exec prisma db push --accept-data-loss", "fail", "--accept-data-loss"),
        ("prisma db push --force-reset", "fail", "--force-reset"),
        ("prisma migrate reset --force", "fail", "migrate reset"),
        ("bundle exec rails db:schema:load", "fail", "db:schema:load"),
        ("python manage.py flush --noinput", "fail", "flush"),
        ("alembic downgrade base", "fail", "downgrade base"),
        ("yes | prisma migrate reset", "fail", "migrate reset"),
        ("prisma migrate dev --force", "fail", "migrate dev"),
        ("drizzle-kit push", "pass", "question left on"),
        ("prisma migrate reset", "pass", "question left on"),
        ("drizzle-kit generate && drizzle-kit migrate", "pass", "migration files"),
        ("prisma migrate deploy", "pass", "migration files"),
        ("drizzle-kit push $ARGS", "unknown", "$ARGS may hold a flag"),
        ('prisma "$@"', "unknown", "$@ decides"),
        ("git push --force", "not-applicable", "no migration tool"),
        ("terraform destroy", "not-applicable", "no migration tool"),
    ],
)
def test_each_script(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(lp_031, _script(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_the_policys_flags_count(facts: Any) -> None:
    script = _script("drizzle-kit push --strict=false")
    assert facts.one(lp_031, script).status == "pass"
    flags = ["--force", "--accept-data-loss", "--force-reset", "--strict"]
    assert facts.one(lp_031, script, policy={"orm.forbidden_flags": flags}).status == "fail"


def test_the_script_and_its_line_are_named(facts: Any) -> None:
    found = facts.one(lp_031, _package(build="tsc", **{"db:push": "drizzle-kit push --force"}))
    assert "npm script db:push" in found.verdict.message
    assert [str(source) for source in found.verdict.sources] == ["package.json:4"]
    (remedy,) = found.verdict.remedies
    assert (remedy.path, remedy.safe) == ("package.json", False)
    assert "line 4: replace `drizzle-kit push --force` by `drizzle-kit generate`" in remedy.body


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("drizzle-kit push --force", "drizzle-kit generate && drizzle-kit migrate"),
        ("prisma db push --accept-data-loss", "prisma migrate deploy"),
        ("rails db:reset", "rails db:migrate"),
        ("alembic downgrade base", "alembic upgrade head"),
        ("sqlx database reset -y", "sqlx migrate run"),
    ],
)
def test_what_the_remedy_asks_for_passes(facts: Any, broken: str, mended: str) -> None:
    found = facts.one(lp_031, _package(db=broken))
    assert found.status == "fail"
    assert mended.partition(" && ")[0] in found.verdict.remedies[0].body
    assert facts.one(lp_031, _package(db=mended)).status == "pass"


def test_a_protected_environment_leaves_it_open(facts: Any) -> None:
    text = "on: push\njobs:\n  db:\n    environment: prod\n    steps:\n      - run: npx prisma migrate reset --force\n"
    found = facts.one(lp_031, _script(text, ".github/workflows/db.yml"))
    assert (found.status, "settings" in found.verdict.message) == ("unknown", True)
    manual = "db:\n  when: manual\n  script: npx prisma migrate reset --force\n"
    assert facts.one(lp_031, _script(manual, ".gitlab-ci.yml")).status == "pass"


@pytest.mark.parametrize(
    ("decision", "answer"), [("allow", "fail"), ("deny", "pass"), ("ask", "pass"), ("classifier", "unknown")]
)
def test_each_answer_of_an_agent(facts: Any, decision: Any, answer: str) -> None:
    agent = facts.agent({"gates": facts.gates(decision), "decide": lambda command: Answer(decision, "rule")})
    assert facts.one(lp_031, agent).status == answer


@pytest.mark.parametrize(("allowed", "answer"), [("npm run db:push", "fail"), ("npm run build", "pass")])
def test_an_agent_that_starts_the_script_by_its_name(facts: Any, allowed: str, answer: str) -> None:
    made = facts.agent({"decide": lambda command: Answer("allow" if command == allowed else "ask", "rule")})
    package = _package(build="tsc", **{"db:push": "drizzle-kit push --force"})
    found = facts.one(lp_031, made, package)
    assert (found.status, f"`{allowed}` without asking" in found.verdict.message) == (answer, answer == "fail")


@pytest.mark.parametrize(("decision", "answer"), [("ask", "fail"), ("classifier", "fail"), ("deny", "pass")])
def test_started_without_approvals_it_asks_about_nothing(facts: Any, decision: Any, answer: str) -> None:
    access = {"gates": facts.gates(decision), "decide": lambda command: Answer(decision, "rule")}
    made = facts.agent(access, bypass=(Source("scripts/night.sh", 3, "scripts"),))
    assert facts.one(lp_031, made).status == answer


def test_only_its_own_class_counts(facts: Any) -> None:
    others = facts.gates("ask", iac_destroy="allow")
    assert facts.one(lp_031, facts.agent({"gates": others})).status == "pass"
    own = facts.gates("ask", orm_force_push="allow")
    found = facts.one(lp_031, facts.agent({"gates": own}))
    assert found.status == "fail"
    assert '"Bash(npx drizzle-kit push:*)"' in found.verdict.remedies[0].body


def test_an_assumed_agent_never_passes(facts: Any) -> None:
    assert facts.one(lp_031, assumed_agent()).status == "unknown"
