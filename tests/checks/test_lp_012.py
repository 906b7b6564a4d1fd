"""LP-012: credentials end within hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.evidence import Gap, Unknown
from remit_checks.least_privilege.cred_short_lived import cred_short_lived as lp_012

OPEN = Unknown("when it ends only its provider knows")
TABLE: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("never", {"expires": None}, "fail", "never ends"),
    ("in an hour", {"expires": "2026-11-20T13:00:00Z"}, "pass", "ends on 2026-11-20T13:00:00Z"),
    ("at the limit", {"expires": "2026-11-21T00:00:00Z"}, "pass", "ends soon"),
    ("a second later", {"expires": "2026-11-21T00:00:01Z"}, "fail", "the 12 hours that the policy allows"),
    ("in a year", {"expires": "2027-11-20T00:00:00Z"}, "fail", "2027-11-20"),
    ("a day alone", {"expires": "2026-11-20"}, "pass", "ends on 2026-11-20"),
    ("no time at all", {"expires": "soon"}, "unknown", "not written as a time"),
    ("nobody knows", {"expires": OPEN}, "unknown", "only its provider knows"),
    ("one that only reads", {"expires": None, "damage": "D1"}, "fail", "never ends"),
    ("a stand-in", {"expires": None, "placeholder": True}, "not-applicable", "nothing usable"),
    ("publishable", {"expires": None, "damage": "D0"}, "not-applicable", "nothing usable"),
    ("of this machine", {"expires": None, "host": "localhost", "environment": "development"}, "not-applicable", "noth"),
)


@pytest.mark.parametrize(("name", "changes", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_credential(facts: Any, name: str, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_012, facts.file(facts.credential(**changes)))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_one_that_never_ends_decides_over_others(facts: Any) -> None:
    short = facts.credential(expires="2026-11-20T13:00:00Z")
    open_ = facts.credential(expires=OPEN)
    assert facts.one(lp_012, facts.file(short, open_)).status == "unknown"
    found = facts.one(lp_012, facts.file(short, open_, facts.credential()))
    assert (found.status, [str(each) for each in found.verdict.sources]) == ("fail", [".env:3"])


def test_what_is_the_same_is_said_once(facts: Any) -> None:
    keys = [facts.credential(name="", title="SSH private key") for _ in range(3)]
    message = facts.one(lp_012, facts.file(*keys)).verdict.message
    assert message.endswith("holds what outlives the task: SSH private key never ends (3 times)")


@given(st.integers(min_value=-48, max_value=20_000), st.integers(min_value=0, max_value=2_000))
def test_a_longer_limit_is_never_stricter(facts: Any, hours: int, limit: int) -> None:
    end = (facts.NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    file = facts.file(facts.credential(expires=end))
    found = facts.one(lp_012, file, policy={"tokens.max_ttl_hours": limit}).status
    assert found == ("pass" if hours <= limit else "fail")
    if found == "pass":
        assert facts.one(lp_012, file, policy={"tokens.max_ttl_hours": limit + 1}).status == "pass"


def test_the_policy_may_set_no_limit_and_name_fakes(facts: Any) -> None:
    file = facts.file(facts.credential())
    assert lp_012.parameters == ("tokens.max_ttl_hours", "secrets.allowlist")
    assert facts.one(lp_012, file, policy={"tokens.max_ttl_hours": None}).status == "not-applicable"
    assert facts.one(lp_012, file, policy={"secrets.allowlist": ("0011223344556677",)}).status == "not-applicable"


def test_an_attestation_decides_what_only_the_provider_knows(facts: Any) -> None:
    attested = {"control": "LP-012", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    file = facts.file(facts.credential(expires=OPEN))
    assert facts.one(lp_012, file, policy={"attestations": (attested,)}).status == "pass"
    assert facts.one(lp_012, facts.file(facts.credential()), policy={"attestations": (attested,)}).status == "fail"


def test_without_credentials_and_with_a_gap(facts: Any) -> None:
    assert [each.status for each in facts.judge(lp_012)] == ["not-applicable"]
    gap = Gap("credentials", "big.env", "is too large", ("CredentialFile",))
    assert [each.status for each in facts.judge(lp_012, gaps=(gap,))] == ["unknown"]


def test_the_remedy_names_what_ends_by_itself(facts: Any) -> None:
    aws = facts.credential(provider="aws", title="AWS long-lived access key")
    remedies = facts.one(lp_012, facts.file(facts.credential(), aws, facts.credential())).verdict.remedies
    assert [each.title.partition(" by one")[0] for each in remedies] == [
        "Replace the Railway account or workspace token",
        "Replace the AWS long-lived access key",
    ]
    assert "a project token" in remedies[0].body
    assert "AWS STS" in remedies[1].body
    assert all("Delete the token in the dashboard." in each.body and not each.safe for each in remedies)
