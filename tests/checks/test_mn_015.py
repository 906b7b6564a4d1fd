"""MN-015: something other than the agent counts what must be there."""

from __future__ import annotations

from typing import Any

import pytest

from remit_checks.monitoring.independent_state_check import independent_state_check as mn_015

STORE = 'resource "aws_db_instance" "main" {}\n'
ORDERS = 'resource "checkly_check" "orders" {\n  name   = "orders"\n  script = "count orders"\n}\n'
CHECKS: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("nothing named", STORE, (), "unknown", "names nothing that must always hold"),
    ("nothing named, something seen", STORE + ORDERS, (), "unknown", "checkly_check.orders looks at something"),
    ("watched", STORE + ORDERS, ("orders never shrink", "orders"), "unknown", "watches orders never shrink"),
    ("all watched", STORE + ORDERS, ("orders", "count of orders"), "pass", "orders (checkly_check.orders)"),
    ("one of two", STORE + ORDERS, ("orders", "invoices"), "unknown", "no check in these files watches invoices"),
    ("not a word of it", STORE + ORDERS, ("order",), "unknown", "order"),
    ("a word that tells nothing", STORE + ORDERS, ("rows",), "unknown", "watches rows"),
    ("paused", STORE + ORDERS.replace("name ", "paused = true\n  name "), ("orders",), "unknown", "watches orders"),
    (
        "only probed",
        STORE + ORDERS.replace("checkly_check", "uptimerobot_monitor"),
        ("orders",),
        "unknown",
        "watches orders",
    ),
    ("no store", ORDERS, ("orders",), "not-applicable", "no database"),
)


@pytest.mark.parametrize(("name", "text", "invariants", "answer", "words"), CHECKS, ids=[row[0] for row in CHECKS])
def test_checks(facts: Any, name: str, text: str, invariants: tuple[str, ...], answer: str, words: str) -> None:
    found = facts.one(mn_015, *facts.terraform(text), policy={"monitoring.invariants": invariants})
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("credential", "answer"),
    [
        ({}, "unknown"),
        ({"environment": "development"}, "not-applicable"),
        ({"placeholder": True}, "not-applicable"),
        ({"resource": "github:repository:*"}, "not-applicable"),
        ({"resource": "railway:volume:*"}, "unknown"),
    ],
)
def test_where_there_is_something_to_lose(facts: Any, credential: dict[str, Any], answer: str) -> None:
    assert facts.one(mn_015, facts.file(facts.url(**credential))).status == answer


def test_a_value_nobody_knows_watches_nothing(facts: Any) -> None:
    text = STORE + 'resource "checkly_check" "main" {\n  script = var.script\n}\n'
    assert facts.one(mn_015, *facts.terraform(text), policy={"monitoring.invariants": ("orders",)}).status == "unknown"


def test_sources_and_remedies(facts: Any) -> None:
    modules = facts.terraform(STORE + ORDERS)
    found = facts.one(mn_015, *modules, policy={"monitoring.invariants": ("orders",)})
    assert [str(each) for each in found.verdict.sources] == ["infra/main.tf:2"]
    name, attest = facts.one(mn_015, *modules).verdict.remedies
    assert name.body.startswith("[monitoring]\ninvariants = [")
    assert 'control = "MN-015"' in attest.body


def test_an_attestation_decides(facts: Any) -> None:
    said = {"control": "MN-015", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(mn_015, facts.file(facts.url()), policy={"attestations": (said,)}).status == "pass"
