"""LP-029: scripts show what they change before they change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.collect.collector import Document
from remit.collect.scripts import scripts
from remit.evidence import Gap, ScriptFile, Source, Unknown
from remit_checks.least_privilege.preview_before_destroy import preview_before_destroy as lp_029

OFF = {"gate.require_plan": False}
MANUAL_JOB = "apply:\n  when: manual\n  script: terraform apply -auto-approve\n"


def _script(text: str, path: str = "deploy.sh") -> ScriptFile:
    (found,) = scripts.parse(Document(path, text.encode()))
    assert isinstance(found, ScriptFile)
    return found


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        ("terraform apply -auto-approve", "fail", "`terraform apply -auto-approve` (shell script): nobody sees first"),
        ("terraform plan\nterraform apply -auto-approve", "fail", "nobody sees first"),
        ("terraform destroy -auto-approve", "fail", "nobody sees first"),
        ("tofu apply -destroy -auto-approve", "fail", "tofu apply"),
        ("terragrunt run-all apply", "fail", "run-all apply"),
        ("pulumi up --yes", "fail", "pulumi up"),
        ("cdk deploy --require-approval never", "fail", "cdk deploy"),
        ("aws cloudformation deploy --stack-name x", "fail", "cloudformation deploy"),
        ("drizzle-kit push --force", "fail", "drizzle-kit push"),
        ("prisma db push --accept-data-loss", "fail", "prisma db push"),
        ("terraform apply -auto-approve\nterraform destroy -auto-approve", "fail", "and 1 more"),
        ("terraform plan -out tfplan\nterraform apply tfplan", "pass", "shows what would change"),
        ("terraform apply", "pass", "shows what would change"),
        ("terraform destroy", "pass", "shows what would change"),
        ("pulumi preview", "pass", "shows what would change"),
        ("aws cloudformation execute-change-set --change-set-name x", "pass", "shows what would change"),
        ("drizzle-kit generate\ndrizzle-kit migrate", "pass", "shows what would change"),
        ("terraform $ACTION", "unknown", "$ACTION decides"),
        ("terraform apply $ARGS", "unknown", "may hold a flag"),
        ("rm -rf /srv", "not-applicable", "nothing that could show first"),
        ("aws s3 rb --force s3://x", "not-applicable", "nothing that could show first"),
    ],
)
def test_each_script(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(lp_029, _script(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert bool(found.verdict.remedies) == (answer in ("fail", "unknown"))


def test_a_person_who_presses_the_button_has_seen_nothing(facts: Any) -> None:
    found = facts.one(lp_029, _script(MANUAL_JOB, ".gitlab-ci.yml"))
    assert found.status == "fail"
    assert [source.path for source in found.verdict.sources] == [".gitlab-ci.yml"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("terraform apply -auto-approve", "`terraform plan -out=tfplan`, and in a later step `terraform apply tfplan`"),
        ("tofu destroy -auto-approve", "`tofu plan -out=tfplan`"),
        ("pulumi up --yes", "`pulumi preview --save-plan=plan.json`"),
        ("cdk deploy --require-approval never", "`cdk diff`"),
        ("drizzle-kit push --force", "`drizzle-kit generate`"),
        ("rails db:drop", "migration files"),
    ],
)
def test_the_remedy_names_the_line(facts: Any, text: str, body: str) -> None:
    (remedy,) = facts.one(lp_029, _script(f"# deploys\n{text}\n")).verdict.remedies
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", "deploy.sh", False)
    assert remedy.body.startswith("line 2: replace ")
    assert body in remedy.body


def test_knowing_less_never_passes(facts: Any) -> None:
    script = _script("terraform plan -out tfplan")
    hidden = replace(script.commands[0], previewed=False, undecided=Unknown("hidden"))
    assert facts.one(lp_029, script).status == "pass"
    assert facts.one(lp_029, replace(script, commands=(hidden,))).status == "unknown"


def test_the_policys_word_gaps_and_attestations(facts: Any) -> None:
    assert facts.one(lp_029, _script("terraform apply -auto-approve"), policy=OFF).status == "not-applicable"
    gap = Gap("scripts", "deploy.sh", "is too large", ("ScriptFile",))
    (found,) = facts.judge(lp_029, gaps=(gap,))
    assert (found.status, found.verdict.sources) == ("unknown", (Source("deploy.sh", 0, "scripts"),))
    said = {"control": "LP-029", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(lp_029, _script("terraform $ACTION"), policy={"attestations": (said,)}).status == "pass"
