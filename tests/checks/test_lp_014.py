"""LP-014: credentials are bound to one environment, and that is not production."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence import Gap, Unknown
from remit_checks.least_privilege.cred_environment_bound import cred_environment_bound as lp_014

OPEN = Unknown("nothing tells which environment it belongs to")
UNTOLD = Unknown("an AWS key does not say")
AWS = {"provider": "aws", "title": "AWS key", "name": "AWS_KEY", "scope": UNTOLD, "account": "123456789012"}
ACCOUNTS = {"environments.staging.accounts": ("123456789012",)}
TABLE: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("production", lambda f: f.credential(), "fail", "opens production"),
    ("reading it is enough", lambda f: f.url(damage="D1"), "fail", "opens production"),
    (
        "a whole account, called staging",
        lambda f: f.credential(environment="staging"),
        "fail",
        "opens every environment of its owner (account or workspace), whatever it is called",
    ),
    ("a whole account, called nothing", lambda f: f.credential(environment=OPEN), "fail", "every environment"),
    (
        "everything of a person",
        lambda f: f.credential(environment=OPEN, scope="everything the person may do, in every workspace"),
        "fail",
        "every environment",
    ),
    (
        "everything in one workspace",
        lambda f: f.credential(environment="staging", scope="everything its user may do in one workspace"),
        "pass",
        "bound to staging",
    ),
    (
        "perhaps everything",
        lambda f: f.credential(environment="staging", scope="every app of its user, unless narrower"),
        "unknown",
        "is only called staging",
    ),
    (
        "a project of staging",
        lambda f: f.credential(environment="staging", scope="project", damage="D3"),
        "pass",
        "is bound to staging (project)",
    ),
    (
        "a project of nobody knows what",
        lambda f: f.credential(environment=OPEN, scope="project", damage="D3"),
        "unknown",
        "may open production: nothing tells",
    ),
    (
        "a staging database",
        lambda f: f.url("stage.acme.com", environment="staging"),
        "pass",
        "is bound to stage.acme.com (staging)",
    ),
    ("a database of nobody knows what", lambda f: f.url(environment=OPEN), "unknown", "may open production"),
    ("a cloud key called staging", lambda f: f.credential(environment="staging", **AWS), "unknown", "is only called"),
    ("a cloud key", lambda f: f.credential(environment=OPEN, **AWS), "unknown", "may open production"),
    (
        "a forge",
        lambda f: f.credential(environment=OPEN, provider="github", damage="D3", scope="every repository"),
        "unknown",
        "no environment is told of",
    ),
    (
        "a model's key",
        lambda f: f.credential(environment=OPEN, provider="openai", damage="D1"),
        "not-applicable",
        "nothing that opens data",
    ),
    (
        "a model's key, called development's",
        lambda f: f.credential(environment="development", provider="openai", damage="D1"),
        "not-applicable",
        "nothing that opens data",
    ),
    (
        "a forge's, called development's",
        lambda f: f.credential(environment="development", provider="github", damage="D2"),
        "not-applicable",
        "nothing that opens data",
    ),
    (
        "a test key of a shop",
        lambda f: f.credential(environment="development", provider="stripe", damage="D2", scope="the whole account"),
        "pass",
        "bound to development",
    ),
    ("a stand-in", lambda f: f.credential(placeholder=True), "not-applicable", "nothing that opens"),
    ("of this machine", lambda f: f.url("localhost", environment="development"), "not-applicable", "nothing that"),
)


@pytest.mark.parametrize(("name", "build", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_credential(facts: Any, name: str, build: Callable[[Any], Any], answer: str, words: str) -> None:
    found = facts.one(lp_014, facts.file(build(facts)))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_declared_account_binds(facts: Any) -> None:
    file = facts.file(facts.credential(environment="staging", **AWS))
    found = facts.one(lp_014, file, policy=ACCOUNTS)
    assert (found.status, "an account of staging" in found.verdict.message) == ("pass", True)
    wide = facts.file(facts.credential(environment="staging", **{**AWS, "scope": "account or workspace"}))
    assert facts.one(lp_014, wide).status == "fail"
    assert facts.one(lp_014, wide, policy=ACCOUNTS).status == "pass"


def test_one_wrong_credential_decides_over_others(facts: Any) -> None:
    bound = facts.credential(environment="staging", scope="project", damage="D3")
    open_ = facts.url(environment=OPEN)
    assert facts.one(lp_014, facts.file(bound, open_)).status == "unknown"
    found = facts.one(lp_014, facts.file(bound, open_, facts.credential()))
    assert (found.status, [str(each) for each in found.verdict.sources]) == ("fail", [".env:3"])
    assert found.verdict.remedies[0].body.splitlines()[1].endswith("a project token.")
    assert not found.verdict.remedies[0].safe


@given(
    st.sampled_from(["production", "staging", "development"]),
    st.sampled_from(["account or workspace", "project", "every app of its user, unless narrower"]),
    st.booleans(),
    st.sampled_from(["environment", "scope"]),
)
def test_knowing_less_never_makes_a_pass(facts: Any, environment: str, scope: str, url: bool, hide: str) -> None:
    credential = (facts.url if url else facts.credential)(environment=environment, scope=scope, damage="D3")
    known = facts.one(lp_014, facts.file(credential)).status
    less = facts.one(lp_014, facts.file(replace(credential, **{hide: Unknown("hidden")}))).status
    assert less != "not-applicable"
    assert less != "pass" or known == "pass"


def test_what_to_declare_is_written_out(facts: Any) -> None:
    remedy = facts.one(lp_014, facts.file(facts.url(environment=OPEN))).verdict.remedies[0]
    assert '[environments.staging]\nhosts = ["db.acme.com"]' in remedy.body
    nameless = facts.one(lp_014, facts.file(facts.credential(environment=OPEN, scope="project"))).verdict.remedies[0]
    assert ("attest" in nameless.body, "[environments" in nameless.body) == (True, False)


def test_attestations_fakes_and_gaps(facts: Any) -> None:
    attested = {"control": "LP-014", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(facts.url(environment=OPEN))
    assert facts.one(lp_014, file, policy={"attestations": (attested,)}).status == "pass"
    assert facts.one(lp_014, file, policy={"secrets.allowlist": ("0011223344556677",)}).status == "not-applicable"
    assert [each.status for each in facts.judge(lp_014)] == ["not-applicable"]
    gap = Gap("credentials", "big.env", "is too large", ("CredentialFile",))
    assert [each.status for each in facts.judge(lp_014, gaps=(gap,))] == ["unknown"]
