"""BK-007: no credential that an agent can find opens the copies that must outlive it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.access.agent import Answer
from remit.access.assumed import assumed_agent
from remit_checks.backup.creds_cannot_reach_backup import creds_cannot_reach_backup as bk_007

APART = {"resource": "*", "location": "vault", "provider": "aws", "account": "2" * 12, "reachable_by_agents": False}
AWS = {"kind": "aws-access-key", "title": "AWS long-lived access key", "provider": "aws", "name": "AWS_SECRET"}


def _aws(facts: Any, account: str | None, **changes: Any) -> Any:
    return facts.credential(**{**AWS, "resource": f"aws:account:{account or '*'}", "account": account, **changes})


def _kept_out(facts: Any) -> Any:
    """An agent that reads no such file: neither its file tools nor its shell."""
    return facts.agent({"reads": lambda path: False, "shell_without_approval": "no"})


@pytest.mark.parametrize(
    ("copies", "answer", "words"),
    [
        ((), "fail", "deletes its backups as well, and no copy of it is declared"),
        ((APART,), "pass", "the copy at vault"),
        (({**APART, "resource": "aws_*"},), "fail", "deletes its backups as well"),
        (({**APART, "reachable_by_agents": True},), "unknown", "is not declared reachable_by_agents = false"),
        (({**APART, "provider": "Railway", "account": ""},), "unknown", "may be of its account"),
        (({**APART, "provider": "Railway", "account": ""}, APART), "pass", "the copy at vault"),
    ],
)
def test_an_account_wide_token(facts: Any, copies: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    file = facts.file(facts.credential())
    found = facts.one(bk_007, file, facts.agent(), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].path == ".env"


@pytest.mark.parametrize(
    ("account", "changes", "copy", "answer", "words"),
    [
        ("2" * 12, {}, {}, "fail", "is declared out of reach, and AWS_SECRET (.env:1) belongs to its account"),
        ("1" * 12, {}, {}, "pass", "the copy at vault"),
        (None, {}, {}, "unknown", "may be of its account"),
        ("2" * 12, {}, {"account": ""}, "unknown", "may be of its account"),
        ("2" * 12, {"damage": "D3"}, {}, "unknown", "and may open it"),
        ("2" * 12, {}, {"immutable": True}, "unknown", "only the declared lock is left"),
        ("2" * 12, {}, {"provider": "Amazon S3"}, "fail", "belongs to its account"),
        ("2" * 12, {}, {"provider": "backblaze"}, "pass", "the copy at vault"),
        ("2" * 12, {"environment": "development"}, {}, "not-applicable", "nothing here"),
        ("2" * 12, {"placeholder": True}, {}, "not-applicable", "nothing here"),
    ],
)
def test_a_declaration_is_held_against_what_lies_there(
    facts: Any, account: str | None, changes: dict[str, Any], copy: dict[str, Any], answer: str, words: str
) -> None:
    file = facts.file(_aws(facts, account, **changes))
    found = facts.one(bk_007, file, facts.agent(), policy={"backup.inventory": ({**APART, **copy},)})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_contradiction_fails_though_another_copy_is_apart(facts: Any) -> None:
    far = {**APART, "location": "tape", "provider": "iron-hill", "account": "7"}
    file = facts.file(_aws(facts, "2" * 12))
    for copies in ((APART, far), (far, APART)):
        assert facts.one(bk_007, file, facts.agent(), policy={"backup.inventory": copies}).status == "fail"


def test_an_assumed_agent_reads_what_its_vendors_default_lets_it(facts: Any) -> None:
    found = facts.one(bk_007, facts.file(facts.credential()), assumed_agent())
    assert found.status == "fail"


def test_the_password_of_a_database_opens_no_store(facts: Any) -> None:
    file = facts.file(facts.url("x.eu-west-1.rds.amazonaws.com"))
    assert facts.one(bk_007, file, facts.agent()).status == "unknown"
    found = facts.one(bk_007, file, facts.agent(), policy={"backup.inventory": (APART,)})
    assert (found.status, found.verdict.message.count("vault")) == ("pass", 1)


def test_a_token_named_after_databases_does(facts: Any) -> None:
    token = facts.credential(provider="planetscale", resource="planetscale:database:*")
    assert facts.one(bk_007, facts.file(token), facts.agent()).status == "fail"


def test_what_no_agent_reads_contradicts_nothing(facts: Any) -> None:
    file = facts.file(_aws(facts, "2" * 12))
    policy = {"backup.inventory": (APART,)}
    assert facts.one(bk_007, file, _kept_out(facts), policy=policy).status == "pass"
    assert facts.one(bk_007, file, _kept_out(facts), facts.agent(root="web"), policy=policy).status == "fail"
    assert facts.one(bk_007, file, _kept_out(facts)).status == "unknown"
    assert facts.one(bk_007, file, policy=policy).status == "not-applicable"


def test_what_an_agent_may_read_leaves_it_open(facts: Any) -> None:
    perhaps = facts.agent(
        {"reads": lambda path: False, "shell_without_approval": "yes", "decide": lambda _: Answer("classifier", "auto")}
    )
    file = facts.file(_aws(facts, "2" * 12))
    assert facts.one(bk_007, file, perhaps, policy={"backup.inventory": (APART,)}).status == "unknown"
    assert facts.one(bk_007, file, perhaps).status == "unknown"


def test_remedies_take_the_credential_away_and_declare_a_copy(facts: Any) -> None:
    file = facts.file(facts.credential())
    taken, declared = facts.one(bk_007, file, facts.agent()).verdict.remedies
    assert (taken.kind, taken.safe, ".env:1" in taken.title) == ("manual", False, True)
    assert "Delete the token in the dashboard." in taken.body
    written = tomllib.loads(declared.body)["backup"]["inventory"]
    assert written[0]["reachable_by_agents"] is False
    assert facts.one(bk_007, file, facts.agent(), policy={"backup.inventory": written}).status == "pass"


def test_an_attestation_decides_what_nobody_saw_and_no_contradiction(facts: Any) -> None:
    said = {"control": "BK-007", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(_aws(facts, None))
    policy = {"backup.inventory": (APART,), "attestations": (said,)}
    assert facts.one(bk_007, file, facts.agent(), policy=policy).status == "pass"
    assert facts.one(bk_007, facts.file(_aws(facts, "2" * 12)), facts.agent(), policy=policy).status == "fail"
