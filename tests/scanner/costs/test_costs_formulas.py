"""The arithmetic against published sums: those that are right, and what is right where they are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.costs.formulas import (
    LIMIT,
    SHARE_AS_CHANCE,
    WHOLLY_PREVENTED,
    Figure,
    Line,
    break_even_months,
    cost_per_person,
    cost_per_session,
    expected_loss,
    labour,
    loss_avoided,
    monthly_cost,
    rds_backup_month,
    rds_billable_gb,
)
from remit.errors import UsageError
from remit.evidence import Maybe, Unknown

AMOUNTS = st.floats(min_value=0, max_value=1e6, allow_nan=False)
SOLO = {"backups": 9.5, "docker": 0, "role": 0, "github": 0}
SMALL = {"backups": 15, "ec2": 30, "grafana": 29, "github": 20, "vault": 450}
MID = {"backups": 80, "firecracker": 200, "datadog": 525, "vault": 1137, "github": 630}


def bill(amounts: dict[str, float]) -> Figure:
    return monthly_cost(Line(name, price) for name, price in amounts.items())


def known(figure: Maybe[Figure]) -> Figure:
    assert not isinstance(figure, Unknown)
    return figure


# ------------------------------------------------------------------------------------------------------------- stacks


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        pytest.param(SOLO, 9.5, id="solo: published as about 10"),
        pytest.param(SMALL, 544, id="small team"),
        pytest.param(MID, 2572, id="mid-size with 30 users"),
        pytest.param(MID | {"github": 15 * 21}, 2257, id="mid-size with the 15 users it begins with"),
        pytest.param(SMALL | {"vault": 0}, 94, id="small team without Vault: the stack that is recommended"),
        pytest.param(SMALL | {"vault": 10 * 0.40}, 98, id="with ten secrets in a manager"),
        pytest.param({}, 0, id="nothing"),
    ],
)
def test_published_stacks(amounts: dict[str, float], total: float) -> None:
    assert bill(amounts).value == pytest.approx(total)


@pytest.mark.parametrize(
    ("line", "total"),
    [
        pytest.param(Line("t3.medium", 0.0416, 730), 30.368, id="t3.medium: published as about 30"),
        pytest.param(Line("HCP Vault", 1.58, 720), 1137.60, id="HCP Vault in 30 days: as published"),
        pytest.param(Line("HCP Vault", 1.58, 730), 1153.40, id="HCP Vault in a month of 730 hours"),
        pytest.param(Line("GitHub Team", 4, 5), 20, id="GitHub Team for five"),
        pytest.param(Line("GitHub Team", 4, 3), 12, id="GitHub Team for three"),
        pytest.param(Line("Datadog", 15, 15), 225, id="Datadog: infrastructure"),
        pytest.param(Line("Datadog", 15 + 31, 15), 690, id="Datadog: with APM, published as 525"),
        pytest.param(Line("Datadog", 35, 15), 525, id="Datadog: APM Pro alone is the published figure"),
        pytest.param(Line("backups", 0.095, 100), 9.5, id="100 GB of backups as published"),
        pytest.param(Line("backups", 0.095, 100, 100), 0, id="100 GB of backups within the free allowance"),
        pytest.param(Line("free", 15, 3, 5), 0, id="never below nothing"),
    ],
)
def test_published_lines(line: Line, total: float) -> None:
    assert monthly_cost([line]).value == pytest.approx(total)


def test_a_bill_shows_its_inputs() -> None:
    figure = monthly_cost([Line("hosts", 15, 15, 5, least_price=10)], ("host = 15",))
    assert figure.formula == "sum of price × max(0, quantity − free)"
    assert figure.inputs == {
        "hosts: price": 15, "hosts: quantity": 15, "hosts: free": 5, "hosts: least price": 10,
    }  # fmt: skip
    assert (figure.value, figure.low, figure.least) == (150, 100, 100)
    assert figure.assumed == ("host = 15",)


def test_an_exact_bill_has_one_end() -> None:
    figure = bill(SMALL)
    assert figure.low is None
    assert figure.least == figure.value


def test_a_line_cannot_be_on_the_bill_twice() -> None:
    with pytest.raises(UsageError, match="backups: is on the bill twice"):
        monthly_cost([Line("backups", 1), Line("backups", 2)])


def test_a_range_cannot_be_backwards() -> None:
    with pytest.raises(UsageError, match="backups: its least price 2 is above its price 1"):
        monthly_cost([Line("backups", 1, least_price=2)])


@given(st.dictionaries(st.text("abcdef", min_size=1), AMOUNTS, max_size=6))
def test_the_order_of_lines_does_not_matter_and_more_never_costs_less(amounts: dict[str, float]) -> None:
    forwards = bill(amounts).value
    assert bill(dict(reversed(amounts.items()))).value == pytest.approx(forwards)
    assert bill(amounts | {"one more": 1.0}).value >= forwards


# ------------------------------------------------------------------------------------------------------------ backups


@pytest.mark.parametrize(
    ("full", "change", "days", "provisioned", "gb", "usd"),
    [
        pytest.param(500, 0, 30, 0, 500, 47.50, id="published: one copy of 500 GB, whatever the days"),
        pytest.param(500, 0, 30, 500, 0, 0, id="one copy is within the allowance"),
        pytest.param(500, 10, 30, 500, 300, 28.50, id="30 days of changes"),
        pytest.param(500, 10, 14, 500, 140, 13.30, id="14 days of changes"),
        pytest.param(100, 0, 7, 100, 0, 0, id="published as 9.50: a small database pays nothing"),
        pytest.param(100, 1, 14, 200, 0, 0, id="more provisioned than used"),
    ],
)
def test_backups_on_rds(full: float, change: float, days: float, provisioned: float, gb: float, usd: float) -> None:
    billable = rds_billable_gb(full, change, days, provisioned)
    month = rds_backup_month(billable, 0.095)
    assert billable.value == pytest.approx(gb)
    assert month.value == pytest.approx(usd)
    assert month.inputs == {
        "full_gb": full, "daily_change_gb": change, "retention_days": days, "provisioned_gb": provisioned,
        "price_gb": 0.095,
    }  # fmt: skip


@given(AMOUNTS, AMOUNTS, st.floats(min_value=0, max_value=365), AMOUNTS)
def test_longer_retention_never_costs_less(full: float, change: float, days: float, provisioned: float) -> None:
    assert (
        rds_billable_gb(full, change, days + 1, provisioned).value
        >= rds_billable_gb(full, change, days, provisioned).value
        >= 0
    )


# ------------------------------------------------------------------------------------------- sessions, people, labour


@pytest.mark.parametrize(
    ("per_day", "days", "usd"),
    [(20, 30, 0.91), (20, 22, 1.24), (100, 30, 0.18), (100, 22, 0.25)],
)
def test_cost_for_each_session_is_never_the_published_one(per_day: float, days: float, usd: float) -> None:
    value = known(cost_per_session(bill(SMALL), per_day, days)).value
    assert round(value, 2) == usd
    assert round(value, 2) != 0.36


def test_the_published_cost_of_a_session_would_need_many_more() -> None:
    assert known(cost_per_session(bill(SMALL), 1511, 1)).value == pytest.approx(0.36, abs=0.0001)


@pytest.mark.parametrize(("per_day", "days"), [(None, None), (20, None), (None, 22)])
def test_sessions_are_asked_for(per_day: float | None, days: float | None) -> None:
    assert cost_per_session(bill(SMALL), per_day, days) == Unknown(
        "how many sessions all people run a day, and on how many days a month, was not given"
    )


@pytest.mark.parametrize(("per_day", "days"), [(0, 22), (20, 0)])
def test_no_sessions_have_no_cost_each(per_day: float, days: float) -> None:
    assert isinstance(cost_per_session(bill(SMALL), per_day, days), Unknown)


@pytest.mark.parametrize(("total", "people", "low", "high"), [(544, (5, 3), 109, 181), (2572, (30, 15), 86, 171)])
def test_cost_for_each_person(total: float, people: tuple[int, int], low: float, high: float) -> None:
    each = [known(cost_per_person(Figure(total, "", {}), count)).value for count in people]
    assert [round(value) for value in each] == [low, high]
    assert isinstance(cost_per_person(Figure(total, "", {}), 0), Unknown)


def test_labour() -> None:
    vault = labour(Figure(8, "hours", {}, ("own",), low=4), 75)
    assert (vault.least, vault.value) == (300, 600)
    assert labour(Figure(6, "hours", {}), 75).value == 450
    assert vault.inputs == {"hours": 8, "hourly_rate": 75}
    assert vault.assumed == ("own",)
    assert round(100 * 450 / bill(SMALL).value) == 83


def test_ranges_and_assumptions_are_handed_on() -> None:
    month = Figure(200, "", {}, ("secret = 10",), low=100)
    session = known(cost_per_session(month, 10, 10))
    assert (session.value, session.low, session.assumed) == (2, 1, ("secret = 10",))
    assert known(cost_per_person(month, 4)).low == 25


# ----------------------------------------------------------------------------------------------- break-even, scenarios


@pytest.mark.parametrize(
    ("monthly", "loss", "months"),
    [
        (544, 25_000, 45.96),
        (544, 5_000, 9.19),
        (544, 200_000, 367.65),
        (94, 25_000, 265.96),
        (2572, 25_000, 9.72),
    ],
)
def test_break_even(monthly: float, loss: float, months: float) -> None:
    figure = known(break_even_months(Figure(monthly, "", {}), loss))
    assert round(figure.value, 2) == months
    assert figure.assumed == (WHOLLY_PREVENTED,)
    assert figure.inputs == {"loss": loss, "once": 0, "monthly": monthly}


def test_break_even_after_what_was_spent_once() -> None:
    assert known(break_even_months(Figure(100, "", {}), 5_000, once=1_000)).value == 40
    assert known(break_even_months(Figure(100, "", {}), 5_000, once=6_000)).value == 0
    assert break_even_months(Figure(0, "", {}), 5_000) == Unknown("what costs nothing a month has nothing to earn back")


def test_expected_loss_is_a_scenario() -> None:
    before, after = expected_loss(3, 5, 25_000), expected_loss(1, 5, 25_000)
    avoided = loss_avoided(3, 1, 5, 25_000)
    assert (before.value, after.value) == (15_000, 5_000)
    assert avoided.value == before.value - after.value
    assert before.assumed == avoided.assumed == (SHARE_AS_CHANCE,)


@given(st.integers(0, 30), st.integers(0, 30), AMOUNTS)
def test_what_is_avoided_is_the_difference(before: int, after: int, loss: float) -> None:
    difference = expected_loss(before, 30, loss).value - expected_loss(after, 30, loss).value
    assert loss_avoided(before, after, 30, loss).value == pytest.approx(difference, abs=1e-6)
    assert loss_avoided(max(before, after), min(before, after), 30, loss).value >= 0


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda: expected_loss(1, 0, 5), "chains: expected at least one"),
        (lambda: expected_loss(6, 5, 5), "open_chains: expected at most the 5 chains there are, not 6"),
        (lambda: loss_avoided(1, 6, 5, 5), "open_after: expected at most the 5 chains"),
    ],
)
def test_chains_that_cannot_be(compute: Callable[[], Figure], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compute()


# ---------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("bad", [-1, -0.01, math.nan, math.inf, -math.inf, LIMIT * 1.01])
@pytest.mark.parametrize(
    ("name", "compute"),
    [
        ("backups: price", lambda bad: monthly_cost([Line("backups", bad)])),
        ("backups: quantity", lambda bad: monthly_cost([Line("backups", 1, bad)])),
        ("backups: free", lambda bad: monthly_cost([Line("backups", 1, 1, bad)])),
        ("backups: least price", lambda bad: monthly_cost([Line("backups", 1, least_price=bad)])),
        ("full_gb", lambda bad: rds_billable_gb(bad, 1, 1, 1)),
        ("daily_change_gb", lambda bad: rds_billable_gb(1, bad, 1, 1)),
        ("retention_days", lambda bad: rds_billable_gb(1, 1, bad, 1)),
        ("provisioned_gb", lambda bad: rds_billable_gb(1, 1, 1, bad)),
        ("price_gb", lambda bad: rds_backup_month(Figure(1, "", {}), bad)),
        ("sessions_per_day", lambda bad: cost_per_session(Figure(1, "", {}), bad, 1)),
        ("working_days", lambda bad: cost_per_session(Figure(1, "", {}), 1, bad)),
        ("people", lambda bad: cost_per_person(Figure(1, "", {}), bad)),
        ("hourly_rate", lambda bad: labour(Figure(1, "", {}), bad)),
        ("loss", lambda bad: break_even_months(Figure(1, "", {}), bad)),
        ("once", lambda bad: break_even_months(Figure(1, "", {}), 1, bad)),
        ("open_chains", lambda bad: expected_loss(bad, 5, 1)),
        ("chains", lambda bad: expected_loss(1, bad, 1)),
        ("open_before", lambda bad: loss_avoided(bad, 1, 5, 1)),
    ],
)
def test_numbers_that_cannot_be(name: str, compute: Callable[[float], Figure], bad: float) -> None:
    with pytest.raises(UsageError, match=f"^{name}: expected a number from 0 to 1e\\+12, not"):
        compute(bad)
