"""BK-003: whatever can be destroyed was lately restored from a copy."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from remit.evidence import Gap, Source
from remit_checks.backup.restore_tested import restore_tested as bk_003

COPY = {"resource": "railway:volume:*", "location": "eu-west-1 vault", "provider": "aws"}
RECENT, OLD = "2026-11-01", "2026-05-01"


@pytest.mark.parametrize(
    ("copies", "answer", "words"),
    [
        ((), "unknown", "no copy of it is declared"),
        (({**COPY, "resource": "aws_*", "restore_tested": RECENT},), "unknown", "no copy of it is declared"),
        ((COPY,), "unknown", "no restore from its copies is recorded"),
        (({**COPY, "restore_tested": RECENT},), "pass", "restored on 2026-11-01"),
        (({**COPY, "restore_tested": "2026-08-22"},), "pass", "restored on 2026-08-22"),
        (({**COPY, "restore_tested": "2026-08-21"},), "fail", "91 days ago; the policy allows 90"),
        (({**COPY, "restore_tested": OLD},), "fail", "last restored on 2026-05-01"),
        (({**COPY, "restore_tested": OLD}, COPY), "fail", "last restored on 2026-05-01"),
        (({**COPY, "restore_tested": OLD}, {**COPY, "restore_tested": RECENT}), "pass", RECENT),
        (({**COPY, "restore_tested": "2027-01-01"},), "unknown", "which has not come yet"),
        (({**COPY, "restore_tested": "2027-01-01"}, {**COPY, "restore_tested": OLD}), "fail", OLD),
    ],
)
def test_declared_copies(facts: Any, copies: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    found = facts.one(bk_003, facts.file(facts.credential()), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert Source(".env", 1, "credentials") in found.verdict.sources


@pytest.mark.parametrize(
    "changes", [{"placeholder": True}, {"damage": "D1"}, {"damage": "D2"}, {"environment": "development"}]
)
def test_where_nothing_can_be_destroyed(facts: Any, changes: dict[str, Any]) -> None:
    assert facts.one(bk_003, facts.file(facts.credential(**changes))).status == "not-applicable"


def test_the_worst_of_all_resources_decides(facts: Any) -> None:
    code = facts.terraform('resource "aws_db_instance" "main" {}')
    copies = {"backup.inventory": ({**COPY, "restore_tested": RECENT},)}
    found = facts.one(bk_003, facts.file(facts.credential()), *code, policy=copies)
    assert (found.status, "aws_db_instance.main" in found.verdict.message) == ("unknown", True)
    stale = {"backup.inventory": ({**COPY, "restore_tested": OLD},)}
    found = facts.one(bk_003, facts.file(facts.credential()), *code, policy=stale)
    assert (found.status, "not known of 1 more" in found.verdict.message) == ("fail", True)


def test_where_the_policy_says_it(facts: Any) -> None:
    place = Source("policy.toml", 12, "policy")
    found = facts.one(
        bk_003,
        facts.file(facts.credential()),
        policy={"backup.inventory": ({**COPY, "restore_tested": OLD},)},
        origins={"backup.inventory": place},
    )
    assert found.verdict.sources == (Source(".env", 1, "credentials"), place)


def test_the_limit_is_the_policys(facts: Any) -> None:
    copies = ({**COPY, "restore_tested": OLD},)
    for limit, answer in ((30, "fail"), (400, "pass")):
        policy = {"backup.inventory": copies, "backup.restore_test_max_age_days": limit}
        assert facts.one(bk_003, facts.file(facts.credential()), policy=policy).status == answer


@pytest.mark.parametrize(
    ("on", "answer"), [("2026-11-01", "pass"), ("2026-08-22", "pass"), ("2026-08-21", "unknown"), (OLD, "unknown")]
)
def test_an_attestation_stands_no_longer_than_a_test_would(facts: Any, on: str, answer: str) -> None:
    said = {"control": "BK-003", "by": "Ada", "on": on, "valid_days": 366, "evidence": "TICKET-1"}
    assert facts.one(bk_003, facts.file(facts.credential()), policy={"attestations": (said,)}).status == answer


def test_an_attestation_heals_no_failure(facts: Any) -> None:
    said = {"control": "BK-003", "by": "Ada", "on": RECENT, "valid_days": 90, "evidence": "TICKET-1"}
    policy = {"backup.inventory": ({**COPY, "restore_tested": OLD},), "attestations": (said,)}
    assert facts.one(bk_003, facts.file(facts.credential()), policy=policy).status == "fail"


def test_an_unread_place_leaves_it_open(facts: Any) -> None:
    gap = Gap("terraform", "infra/broken.tf", "has a syntax error", ("IacModule",))
    assert facts.one(bk_003, gaps=(gap,)).status == "unknown"
    policy = {"backup.inventory": ({**COPY, "restore_tested": RECENT},)}
    assert facts.one(bk_003, facts.file(facts.credential()), policy=policy, gaps=(gap,)).status == "unknown"


def test_what_the_remedies_declare_mends_it(facts: Any) -> None:
    declared, attested = facts.one(bk_003, facts.file(facts.credential())).verdict.remedies
    assert (declared.kind, attested.kind) == ("manual", "manual")
    written = tomllib.loads(declared.body.replace("2000-01-01", RECENT))["backup"]["inventory"]
    assert written[0]["resource"] == "railway:volume:*"
    assert facts.one(bk_003, facts.file(facts.credential()), policy={"backup.inventory": written}).status == "pass"
    said = tomllib.loads(attested.body.replace("2000-01-01", RECENT))["attestations"]
    assert (said[0]["control"], said[0]["valid_days"]) == ("BK-003", 90)
    assert facts.one(bk_003, facts.file(facts.credential()), policy={"attestations": said}).status == "pass"
    # Copied as they stand, they prove nothing.
    pasted = {"backup.inventory": tomllib.loads(declared.body)["backup"]["inventory"]}
    assert facts.one(bk_003, facts.file(facts.credential()), policy=pasted).status == "fail"
    policy = {"attestations": tomllib.loads(attested.body)["attestations"]}
    assert facts.one(bk_003, facts.file(facts.credential()), policy=policy).status == "unknown"
