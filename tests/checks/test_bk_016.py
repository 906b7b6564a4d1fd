"""BK-016: the newest copy of whatever can be destroyed is young enough."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.access.iac_types import STATEFUL_TYPES
from remit.evidence import Unknown
from remit_checks.backup.backup_fresh import backup_fresh as bk_016
from remit_checks.backup.bucket_no_force_destroy import bucket_no_force_destroy as bk_014
from remit_checks.backup.cross_region import cross_region as bk_010
from remit_checks.backup.restore_test_automated import restore_test_automated as bk_004
from remit_checks.backup.three_two_one import three_two_one as bk_009

HIDDEN = Unknown("hidden")
COPY = {"resource": "*", "location": "vault", "provider": "backblaze"}
RDS = 'resource "aws_db_instance" "m" {\n  %s\n}'


@pytest.mark.parametrize(
    ("copies", "answer", "words"),
    [
        ((), "unknown", "no copy of it is declared"),
        ((COPY,), "unknown", "the schedule of the copy at vault is not declared"),
        (({**COPY, "max_age_hours": 24},), "pass", "at most 24 hours"),
        (({**COPY, "max_age_hours": 25},), "fail", "25 hours by its schedule; the policy allows 24"),
        (({**COPY, "max_age_hours": 2160},), "fail", "2160 hours"),
        (({**COPY, "pitr": True},), "pass", "back to any moment"),
        (({**COPY, "pitr": True, "max_age_hours": 700},), "pass", "back to any moment"),
        (({**COPY, "max_age_hours": 700}, {**COPY, "max_age_hours": 6}), "pass", "at most 6 hours"),
        (({**COPY, "max_age_hours": 700}, COPY), "unknown", "is not declared"),
        (({**COPY, "resource": "aws_*", "pitr": True},), "unknown", "no copy of it is declared"),
    ],
)
def test_declared_copies(facts: Any, copies: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    found = facts.one(bk_016, facts.file(facts.credential()), policy={"backup.inventory": copies})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].path == ".env"


@pytest.mark.parametrize(
    ("text", "answer", "words"),
    [
        (RDS % "backup_retention_period = 7", "pass", "keeps a log"),
        (RDS % "backup_retention_period = 0", "unknown", "no copy of it is declared"),
        (RDS % "", "unknown", "is not set"),
        ('variable "d" {}\n' + RDS % "backup_retention_period = var.d", "unknown", "`d`"),
        ('resource "aws_rds_cluster" "m" {}', "pass", "keeps a log"),
        ('resource "aws_dynamodb_table" "t" {}', "unknown", "no copy of it is declared"),
        (
            'resource "aws_dynamodb_table" "t" {\n  point_in_time_recovery {\n    enabled = true\n  }\n}',
            "pass",
            "any moment",
        ),
        ('resource "aws_elasticache_cluster" "c" {\n  snapshot_retention_limit = 7\n}', "unknown", "no copy"),
        ('resource "aws_s3_bucket" "b" {}', "unknown", "no copy of it is declared"),
        ('resource "aws_vpc" "v" {}', "not-applicable", "nothing here"),
        ('module "db" {\n  source = "acme/rds/aws"\n}', "unknown", "module.db"),
    ],
)
def test_infrastructure_code(facts: Any, text: str, answer: str, words: str) -> None:
    found = facts.one(bk_016, *facts.terraform(text))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_log_in_the_code_outweighs_an_old_copy_and_an_open_one_hides_it(facts: Any) -> None:
    old = {"backup.inventory": ({**COPY, "max_age_hours": 700},)}
    assert facts.one(bk_016, *facts.terraform(RDS % "backup_retention_period = 7"), policy=old).status == "pass"
    assert facts.one(bk_016, *facts.terraform(RDS % "backup_retention_period = 0"), policy=old).status == "fail"
    hidden = facts.terraform('variable "d" {}\n' + RDS % "backup_retention_period = var.d")
    assert facts.one(bk_016, *hidden, policy=old).status == "unknown"


def test_the_limit_is_the_policys(facts: Any) -> None:
    file = facts.file(facts.credential())
    copies = ({**COPY, "max_age_hours": 12},)
    for limit, answer in ((11, "fail"), (12, "pass")):
        policy = {"backup.inventory": copies, "backup.max_age_hours": limit}
        assert facts.one(bk_016, file, policy=policy).status == answer


def test_a_copy_that_nobody_can_date_never_helps(facts: Any) -> None:
    order = {"pass": 0, "unknown": 1, "fail": 1}

    @given(st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=4))
    def law(ages: list[int | None]) -> None:
        copies = tuple({**COPY, **({} if age is None else {"max_age_hours": age})} for age in ages)
        file = facts.file(facts.credential())
        known = facts.one(bk_016, file, policy={"backup.inventory": copies}).status
        more = facts.one(bk_016, file, policy={"backup.inventory": (*copies, COPY)}).status
        assert order[more] >= order[known]
        assert (known == "pass") == any(age is not None and age <= 24 for age in ages)

    law()


def test_the_remedies_mend_it(facts: Any) -> None:
    file = facts.file(facts.credential())
    declared, attested = facts.one(bk_016, file).verdict.remedies
    written = tomllib.loads(declared.body)["backup"]["inventory"]
    assert facts.one(bk_016, file, policy={"backup.inventory": written}).status == "pass"
    said = tomllib.loads(attested.body.replace("2000-01-01", "2026-11-01"))["attestations"]
    assert facts.one(bk_016, file, policy={"attestations": said}).status == "pass"


@given(st.data())
def test_hidden_arguments_never_make_a_pass(facts: Any, data: st.DataObject) -> None:
    """For every control here that reads infrastructure code beside the inventory."""
    known = STATEFUL_TYPES[data.draw(st.sampled_from(sorted(STATEFUL_TYPES)))]
    names = (*known.arguments, "location", "account_replication_type", "geo_redundant_backup_enabled", "force_destroy")
    values = st.sampled_from([True, False, 0, 7, "EU", "GRS"])
    seen = data.draw(st.dictionaries(st.sampled_from(names), values))
    hidden = dict.fromkeys(data.draw(st.frozensets(st.sampled_from(names))), HIDDEN)
    policy = {"team.size": 12, "backup.inventory": data.draw(st.sampled_from([(), (COPY,), ({**COPY, "pitr": True},)]))}
    for check in (bk_004, bk_009, bk_010, bk_014, bk_016):
        full, less = (
            facts.one(
                check, facts.module(replace(facts.resource(f"{known.type}.x"), arguments=arguments)), policy=policy
            ).status
            for arguments in (seen, {**seen, **hidden})
        )
        assert less != "pass" or full == "pass", (check.id, known.type, seen, hidden)
