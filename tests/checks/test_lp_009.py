"""LP-009: exceptions are approved, short and not over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.evidence import Source
from remit_checks.least_privilege.exception_approved import exception_approved as lp_009


def _exception(**changes: Any) -> dict[str, Any]:
    return {
        "control": "LP-011",
        "scope": {"target": "acme/shop"},
        "approver": "CTO",
        "reason": "moving to a secret manager",
        "ticket": "SEC-7",
        "from": "2026-11-01",
        "until": "2026-12-01",
        **changes,
    }


TABLE: tuple[tuple[str, tuple[dict[str, Any], ...], str, str], ...] = (
    ("none", (), "not-applicable", "no exception"),
    ("in time", (_exception(),), "pass", "LP-011 until 2026-12-01"),
    ("its last day", (_exception(until="2026-11-20"),), "pass", "in time"),
    ("not begun yet", (_exception(**{"from": "2026-11-25"}),), "pass", "in time"),
    ("over", (_exception(until="2026-11-19"),), "fail", "LP-011 ended on 2026-11-19"),
    ("signed by somebody", (_exception(approver="Eve"),), "fail", "'Eve', who may not approve"),
    ("too long", (_exception(**{"from": "2026-06-01"}),), "fail", "183 days, longer than exception_max_days = 90"),
    ("elsewhere", (_exception(scope={"target": "acme/blog"}, until="2026-11-19"),), "not-applicable", "no exception"),
    ("everywhere", (_exception(scope={"target": "*"}, until="2026-11-19"),), "fail", "ended"),
    ("one of two", (_exception(), _exception(control="LP-027", until="2026-11-02")), "fail", "LP-027 ended"),
    (
        "to a key",
        ({**_exception(control="policy:gate.classes"), "approver": "Eve", "scope": None},),
        "pass",
        "policy:gate",
    ),
    ("to a key, over", (_exception(control="policy:gate.classes", until="2026-11-19"),), "fail", "ended"),
)


@pytest.mark.parametrize(("name", "exceptions", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_case(facts: Any, name: str, exceptions: tuple[dict[str, Any], ...], answer: str, words: str) -> None:
    found = facts.one(lp_009, policy={"exceptions": exceptions})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_named_person_holds_the_role(facts: Any) -> None:
    signed = {"exceptions": (_exception(approver="Grace"),)}
    assert facts.one(lp_009, policy=signed).status == "fail"
    assert facts.one(lp_009, policy=signed | {"approvers": {"Grace": "VP Engineering"}}).status == "pass"


def test_the_place_is_where_the_exceptions_are_written(facts: Any) -> None:
    over = {"exceptions": (_exception(until="2026-11-19"),)}
    assert facts.one(lp_009, policy=over).verdict.sources == (Source("(policy)", 0, "policy"),)
    written = Source("acme.toml", 12, "policy")
    found = facts.one(lp_009, policy=over, origins={"exceptions": written})
    assert found.verdict.sources == (written,)
    assert found.verdict.remedies[0].path == "acme.toml"


def test_removing_what_is_over_is_safe_and_what_holds_is_not(facts: Any) -> None:
    over = facts.one(lp_009, policy={"exceptions": (_exception(until="2026-11-19"),)}).verdict.remedies
    assert (over[0].kind, over[0].safe) == ("edit", True)
    assert over[0].body == 'remove: [[exceptions]] control = "LP-011", until = 2026-11-19'
    held = facts.one(lp_009, policy={"exceptions": (_exception(approver="Eve"),)}).verdict.remedies
    assert not held[0].safe


def test_the_renewal_is_a_valid_exception(facts: Any) -> None:
    import tomli

    found = facts.one(lp_009, policy={"exceptions": (_exception(until="2026-11-19"),)})
    renewed = tomli.loads(found.verdict.remedies[1].body.replace("CTO or VP Engineering", "CTO"))["exceptions"][0]
    again = {**renewed, "from": str(renewed["from"]), "until": str(renewed["until"])}
    assert facts.one(lp_009, policy={"exceptions": (again,)}).status == "pass"


def test_what_could_not_be_read_in_the_target_changes_nothing(facts: Any) -> None:
    from remit.evidence import Gap

    gap = Gap("terraform", "infra/main.tf", "is broken", ("IacModule",))
    assert [each.status for each in facts.judge(lp_009, policy={"exceptions": (_exception(),)}, gaps=(gap,))] == [
        "pass"
    ]
    assert replace(facts.graph(), origins={}).name == "reach"
