"""LP-030: infrastructure changes only after somebody has read the plan."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from remit.access.agent import Answer
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document
from remit.collect.scripts import scripts
from remit.evidence import ScriptFile, Source, Unknown
from remit_checks.least_privilege.iac_no_unattended_destroy import iac_no_unattended_destroy as lp_030

JOB = "on: push\njobs:\n  apply:\n{}    steps:\n      - run: {}\n"


def _script(text: str, path: str = "deploy.sh") -> ScriptFile:
    (found,) = scripts.parse(Document(path, text.encode()))
    assert isinstance(found, ScriptFile)
    return found


def test_it_declares_itself() -> None:
    assert (lp_030.id, lp_030.slug, lp_030.severity) == ("LP-030", "iac-no-unattended-destroy", "critical")
    assert lp_030.incidents == ("INC-03",)
    assert lp_030.parameters == ("iac.deny_verbs",)


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        ("terraform destroy", "fail", "`terraform destroy` (shell script)"),
        ("sudo -E env X=1 terraform -chdir=prod destroy -auto-approve", "fail", "-chdir=prod destroy"),
        ("terraform apply -auto-approve", "fail", "nobody has to have read a plan"),
        ("terraform state rm module.db", "fail", "state rm"),
        ("bash -lc 'cd x && tofu destroy'", "fail", "tofu destroy"),
        ("pulumi up --yes", "fail", "pulumi up"),
        ("aws cloudformation delete-stack --stack-name x", "fail", "delete-stack"),
        ("terraform plan -out tfplan\nterraform apply -auto-approve", "fail", "apply -auto-approve"),
        ("terraform plan -out tfplan\nterraform apply tfplan", "pass", "shown first"),
        ("terraform apply", "pass", "shown first"),
        ("pulumi preview", "pass", "shown first"),
        ("terraform $ACTION", "unknown", "$ACTION decides"),
        ("terraform apply $ARGS", "unknown", "may hold a flag"),
        ("$TF destroy -auto-approve", "not-applicable", "no infrastructure tool"),
        ("rm -rf /srv", "not-applicable", "no infrastructure tool"),
        ("drizzle-kit push --force", "not-applicable", "no infrastructure tool"),
    ],
)
def test_each_script(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(lp_030, _script(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(("allowed", "answer"), [("bash wipe.sh", "fail"), ("bash build.sh", "pass")])
def test_an_agent_that_starts_the_script_by_its_name(facts: Any, allowed: str, answer: str) -> None:
    made = facts.agent({"decide": lambda command: Answer("allow" if command == allowed else "ask", "rule")})
    found = facts.one(lp_030, made, _script("terraform destroy -auto-approve", "wipe.sh"))
    assert (found.status, f"`{allowed}` without asking" in found.verdict.message) == (answer, answer == "fail")


@pytest.mark.parametrize(("environment", "answer"), [("", "fail"), ("    environment: production\n", "unknown")])
def test_a_protected_environment_is_kept_in_settings(facts: Any, environment: str, answer: str) -> None:
    text = JOB.replace("{}", environment, 1).replace("{}", "terraform apply -auto-approve")
    found = facts.one(lp_030, _script(text, ".github/workflows/deploy.yml"))
    assert found.status == answer
    assert found.verdict.remedies


def test_a_manual_job_is_approved_by_whoever_starts_it(facts: Any) -> None:
    text = "apply:\n  when: manual\n  script: terraform apply -auto-approve\n"
    assert facts.one(lp_030, _script(text, ".gitlab-ci.yml")).status == "pass"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("terraform apply -auto-approve", "`terraform plan -out=tfplan`"),
        ("pulumi up --yes", "`pulumi preview`"),
        ("cdk deploy --require-approval never", "`cdk diff`"),
        ("aws cloudformation deploy --stack-name x", "--no-execute-changeset"),
        ("terraform destroy", "remove `terraform destroy`"),
    ],
)
def test_the_remedy_names_line_and_replacement(facts: Any, text: str, body: str) -> None:
    (remedy,) = facts.one(lp_030, _script(f"#!/bin/sh\n{text}\n")).verdict.remedies
    assert (remedy.kind, remedy.path) == ("edit", "deploy.sh")
    assert remedy.body.startswith("line 2: ")
    assert body in remedy.body


@pytest.mark.parametrize(
    ("text", "careful"),
    [
        ("terraform apply -auto-approve", "terraform plan -out=tfplan\nterraform apply tfplan"),
        ("pulumi up --yes", "pulumi preview"),
        ("cdk deploy --require-approval never", "cdk diff"),
    ],
)
def test_what_the_remedy_asks_for_passes(facts: Any, text: str, careful: str) -> None:
    assert facts.one(lp_030, _script(text)).status == "fail"
    assert facts.one(lp_030, _script(careful)).status == "pass"


# ------------------------------------------------------------------------------------------------------------ agents


def _deciding(decision: Any) -> dict[str, Any]:
    return {"decide": lambda command: Answer(decision, "rule", Source(".claude/settings.json", 9, "agents"))}


@pytest.mark.parametrize(
    ("decision", "answer"), [("allow", "fail"), ("deny", "pass"), ("ask", "pass"), ("classifier", "unknown")]
)
def test_each_answer_of_an_agent(facts: Any, decision: str, answer: str) -> None:
    agent = facts.agent({"gates": facts.gates(decision), **_deciding(decision)})
    found = facts.one(lp_030, agent)
    assert found.status == answer, found.verdict


def test_an_unknown_answer_stays_unknown(facts: Any) -> None:
    agent = facts.agent({"gates": facts.gates(Unknown("the managed layer was not read"))})
    found = facts.one(lp_030, agent)
    assert (found.status, "managed layer" in found.verdict.message) == ("unknown", True)


@pytest.mark.parametrize(("mode", "answer"), [("open", "fail"), ("allowlist", "unknown"), ("none", "pass")])
def test_a_sandbox_holds_back_only_what_its_network_does(facts: Any, mode: str, answer: str) -> None:
    agent = facts.agent({"gates": facts.gates("sandboxed"), **_deciding("sandboxed")})
    agent = replace(agent, access=replace(agent.access, egress=replace(agent.access.egress, mode=mode)))
    assert facts.one(lp_030, agent).status == answer


def test_the_policys_verbs_are_put_to_the_agent(facts: Any) -> None:
    def decide(command: str) -> Answer:
        return Answer("allow" if command.startswith("terraform taint") else "ask", "Bash(terraform taint:*)")

    agent = facts.agent({"decide": decide})
    assert facts.one(lp_030, agent).status == "pass"
    verbs = ["apply", "destroy", "import", "state", "taint"]
    found = facts.one(lp_030, agent, policy={"iac.deny_verbs": verbs})
    assert (found.status, "terraform taint" in found.verdict.message) == ("fail", True)


@pytest.mark.parametrize(
    ("access", "answer"),
    [
        ({"rules": "allow"}, "fail"),
        ({"rules": "deny"}, "pass"),
        ({"rules": "ask"}, "pass"),
        ({"approval": "bypass"}, "fail"),
        ({"approval": "each"}, "pass"),
        ({"approval": "classifier"}, "unknown"),
        ({"approval": "each", "approval_assumed": True}, "unknown"),
        ({"approval": Unknown("not read")}, "unknown"),
    ],
)
def test_rules_and_mode_decide_where_the_agents_answers_are_not_known(
    facts: Any, access: dict[str, Any], answer: str
) -> None:
    if "rules" in access:
        access = {"rules": (facts.rule("Bash(terraform:*)", access["rules"], classes=("iac-destroy",)),)}
    found = facts.one(lp_030, facts.agent({"gates": (), "decide": None, **access}))
    assert found.status == answer, found.verdict


def test_an_assumed_agent_never_passes(facts: Any) -> None:
    assert facts.one(lp_030, assumed_agent()).status == "unknown"


@pytest.mark.parametrize(
    ("agent", "path", "line"),
    [
        ("claude-code", ".claude/settings.json", '"Bash(terraform destroy:*)"'),
        ("codex", ".codex/rules/default.rules", 'prefix_rule(pattern=["terraform", "destroy"], decision="forbidden")'),
        ("cursor", ".cursor/cli.json", '"Shell(tofu apply)"'),
        ("gemini-cli", "~/.gemini/policies/deny.toml", 'commandPrefix = "terraform import"'),
        ("opencode", "opencode.json", '"terraform state*": "deny"'),
    ],
)
def test_deny_rules_in_each_agents_notation(facts: Any, agent: str, path: str, line: str) -> None:
    (remedy,) = facts.one(lp_030, facts.agent({"gates": facts.gates("allow")}, agent=agent)).verdict.remedies
    assert (remedy.path, line in remedy.body) == (path, True)
    if path.endswith(".json"):
        assert json.loads(remedy.body)


def test_an_agent_without_known_files_gets_steps(facts: Any) -> None:
    (remedy,) = facts.one(lp_030, facts.agent({"gates": facts.gates("allow")}, agent="other")).verdict.remedies
    assert remedy.kind == "manual"
    assert "terraform destroy" in remedy.body
