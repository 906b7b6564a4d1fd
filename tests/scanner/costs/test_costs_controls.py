"""What controls cost teams, how solvers compare them, and what plans cost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.costs.controls import ControlCost, control_cost, control_costs, plan_cost
from remit.costs.formulas import Figure
from remit.costs.prices import Prices, load_prices
from remit.costs.tiers import tier_of
from remit.errors import UsageError
from remit.evidence import Maybe, Unknown

PRICES = load_prices()
IDS = sorted(PRICES.controls)
SIZES = (1, 2, 4, 5, 9, 10, 14, 15, 30, 200, None)
OWN_HOURS = "the hours are Remit's own estimate"


def cost(control: str, size: int | None, places: int = 1, **quantities: float) -> ControlCost:
    return control_cost(PRICES, control, tier_of(size), places, quantities)


def known(figure: Maybe[Figure]) -> Figure:
    assert not isinstance(figure, Unknown)
    return figure


# ----------------------------------------------------------------------------------------------------------- one control


@pytest.mark.parametrize(
    ("control", "size", "low", "high"),
    [
        ("LP-001", 4, 0, 0),
        ("LP-016", 1, 0, 0),
        ("LP-016", 4, 4, 4),
        ("LP-016", 20, 1153.4, 1153.4),
        ("LP-032", 1, 0, 4),
        ("LP-032", 3, 12, 12),
        ("LP-032", 5, 20, 20),
        ("LP-032", 9, 36, 36),
        ("LP-032", 15, 315, 315),
        ("LP-032", 30, 630, 630),
        ("BK-001", 1, 0, 9.5),
        ("BK-001", 4, 0, 15),
        ("BK-001", 20, 0, 80),
        ("BK-004", 20, 5, 5),
        ("BK-005", 1, 9.5, 9.5),
        ("BK-006", 4, 15, 15),
        ("BK-008", 4, 1, 5),
        ("BK-010", 12, 80, 80),
        ("BK-013", 4, 0, 1),
        ("SB-001", 4, 20, 80),
        ("SB-012", 4, 30.368, 30.368),
        ("SB-013", 20, 200, 200),
        ("MN-002", 4, 29, 29),
        ("MN-002", 20, 225, 690),
        ("MN-012", 4, 29, 116),
        ("MN-012", 20, 225, 900),
        ("MN-015", 1, 0, 7),
    ],
)
def test_money_a_month(control: str, size: int, low: float, high: float) -> None:
    money = known(cost(control, size).money_month)
    assert (money.least, money.value) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("control", "size", "places", "hours"),
    [
        ("LP-027", 1, 1, 0.25),
        ("LP-027", 4, 1, 0.5),
        ("LP-027", 12, 1, 1),
        ("LP-027", 4, 20, 10),
        ("LP-035", 4, 20, 24),
        ("LP-003", 4, 2, 8),
        ("BK-006", 20, 7, 12),
        ("SB-001", 4, 3, 6),
    ],
)
def test_hours_once_or_in_each_place(control: str, size: int, places: int, hours: float) -> None:
    figure = known(cost(control, size, places).hours)
    assert figure.value == hours
    assert figure.formula == ("hours × places" if "places" in figure.inputs else "hours")
    assert figure.assumed[-1] == OWN_HOURS


def test_figures_carry_what_they_came_from() -> None:
    found = cost("LP-016", None)
    money = known(found.money_month)
    assert money.inputs == {"aws_secrets_manager: price": 0.4, "aws_secrets_manager: quantity": 10}
    size = "team.size = 5, which the policy does not say"
    assert money.assumed == (size, "secret = 10")
    assert known(found.hours).assumed == (size, OWN_HOURS)
    assert "the price is Remit's own estimate" in known(cost("BK-008", 4).money_month).assumed


def test_counted_quantities_replace_assumed_ones() -> None:
    money = known(cost("LP-016", 4, secret=25).money_month)
    assert money.value == 10
    assert money.assumed == ()
    assert known(cost("MN-002", 20, host=2).money_month).value == 92


@pytest.mark.parametrize(
    ("control", "size", "places", "cents"),
    [
        pytest.param("LP-027", 1, 1, 1_875, id="a quarter of an hour at 75"),
        pytest.param("BK-005", 1, 1, 12 * 950 + 3 * 7_500, id="money and hours"),
        pytest.param("MN-002", 20, 1, 12 * 69_000 + 4 * 7_500, id="the upper end of a range"),
        pytest.param("BK-001", 1, 4, 12 * 950 + 4 * 1_875, id="money once, hours in each place"),
        pytest.param("SB-012", 4, 1, 36_442 + 2 * 7_500, id="364.416 rounded to cents"),
    ],
)
def test_weights_are_cents(control: str, size: int, places: int, cents: int) -> None:
    assert cost(control, size, places).weight == cents


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("places", [1, 3, 5_000])
def test_weights_are_whole_and_positive(size: int | None, places: int) -> None:
    for found in control_costs(PRICES, IDS, tier_of(size), places).values():
        assert type(found.weight) is int
        assert found.weight >= 1


def test_no_control_weighs_nothing(tmp_path: Path) -> None:
    hours = "hours = { solo = 0, small = 0, mid = 0 }"
    prices = overridden(tmp_path, f'[[control]]\nid = "LP-027"\n{hours}\n')
    found = control_cost(prices, "LP-027", tier_of(4), 1)
    assert known(found.money_month).value == known(found.hours).value == 0
    assert found.weight == 1


# ------------------------------------------------------------------------------------------------------------ unknown


@pytest.mark.parametrize(
    ("control", "size", "why"),
    [
        ("BK-010", 4, "not asked of fewer than ten people"),
        ("SB-014", 4, "a second database of the team's own size"),
        ("SB-021", 20, "agreed with the model's vendor by contract"),
        ("IR-008", 1, "writing the position down is free; no product has a published price"),
    ],
)
def test_unknown_money_has_a_reason(control: str, size: int, why: str) -> None:
    found = cost(control, size)
    assert found.money_month == Unknown(why)
    assert not found.known
    assert known(found.hours).value > 0


def test_unknown_hours_have_a_reason() -> None:
    found = cost("LP-023", 4)
    assert found.hours == Unknown("how long a gateway takes depends on what it has to let through")
    assert known(found.money_month).value == 0
    assert not found.known


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("places", [1, 40])
def test_the_unknown_weigh_more_than_everything_known(size: int | None, places: int) -> None:
    found = [cost(control, size, places) for control in IDS]
    unknown = [each.weight for each in found if not each.known]
    assert unknown
    assert min(unknown) > max(each.weight for each in found if each.known)


def test_among_the_unknown_the_known_effort_decides() -> None:
    process, setting = cost("SB-021", 20), cost("SB-017", 20)
    assert process.weight - setting.weight == 7 * 7_500


def test_one_by_one_and_together_are_the_same() -> None:
    together = control_costs(PRICES, IDS, tier_of(4), 3)
    assert list(together) == IDS
    for control in IDS:
        assert together[control] == cost(control, 4, 3)


def test_places_of_each_control() -> None:
    found = control_costs(PRICES, ["LP-027", "LP-025"], tier_of(4), {"LP-027": 20})
    assert known(found["LP-027"].hours).value == 10
    assert known(found["LP-025"].hours).value == 0.5


@given(st.sampled_from(IDS), st.sampled_from(SIZES), st.integers(1, 10_000), st.integers(1, 10_000))
def test_more_places_never_weigh_less(control: str, size: int | None, one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert cost(control, size, few).weight <= cost(control, size, many).weight


# ----------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("places", [0, -1, 10**9])
def test_places_that_cannot_be(places: int) -> None:
    with pytest.raises(UsageError, match="places: expected a number from 1 to 10,000,000"):
        cost("LP-001", 4, places)


def test_controls_that_are_not_there() -> None:
    for use in (
        lambda: cost("XX-001", 4),
        lambda: control_costs(PRICES, ["XX-001"], tier_of(4)),
        lambda: plan_cost(PRICES, ["XX-001"], tier_of(4)),
    ):
        with pytest.raises(UsageError, match="no price for control 'XX-001'"):
            use()


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf")])
def test_counts_that_cannot_be(bad: float) -> None:
    with pytest.raises(UsageError, match="aws_secrets_manager: quantity: expected a number from 0"):
        cost("LP-016", 4, secret=bad)


# --------------------------------------------------------------------------------------------------------------- plans


def test_a_bill_is_paid_once() -> None:
    plan = plan_cost(PRICES, ["MN-001", "MN-002", "MN-004"], tier_of(4))
    assert plan.money_month.value == 29
    assert plan.money_month.inputs == {"monitoring bill: price": 29, "monitoring bill: quantity": 1}
    assert plan.hours.value == 6
    assert plan.hours.inputs == {"MN-001": 2, "MN-002": 2, "MN-004": 2}


def test_both_ends_of_a_shared_bill_count() -> None:
    """Backups in the region may be free, the copy elsewhere is not."""
    plan = plan_cost(PRICES, ["BK-001", "BK-005"], tier_of(4))
    assert (plan.money_month.least, plan.money_month.value) == (15, 15)
    assert plan_cost(PRICES, ["BK-001"], tier_of(4)).money_month.least == 0


def test_different_bills_add_up() -> None:
    plan = plan_cost(PRICES, ["MN-002", "SB-001", "LP-016", "LP-032", "BK-006"], tier_of(5))
    assert (plan.money_month.least, plan.money_month.value) == (29 + 20 + 4 + 20 + 15, 29 + 80 + 4 + 20 + 15)
    assert plan.money_month.formula == "sum of the dearest control of each bill"


def test_money_and_hours_of_a_year() -> None:
    plan = plan_cost(PRICES, ["MN-002", "LP-027", "SB-014"], tier_of(4), {"LP-027": 4})
    assert plan.hours.value == 2 + 4 * 0.5 + 6
    assert plan.labour.value == 10 * 75
    assert plan.first_year.value == 12 * 29 + 750
    assert plan.first_year.inputs == {"money_month": 29, "labour": 750}
    assert plan.unpriced == ("SB-014",)
    assert plan.first_year.assumed == (OWN_HOURS,)


def test_no_controls_cost_nothing() -> None:
    plan = plan_cost(PRICES, [], tier_of(None))
    assert (plan.money_month.value, plan.hours.value, plan.first_year.value, plan.unpriced) == (0, 0, 0, ())


@given(st.lists(st.sampled_from(IDS), max_size=12), st.sampled_from(SIZES), st.randoms())
def test_plans_know_no_order_and_no_repetition(controls: list[str], size: int | None, random: Random) -> None:
    shuffled = controls * 2
    random.shuffle(shuffled)
    assert plan_cost(PRICES, controls, tier_of(size), 3) == plan_cost(PRICES, shuffled, tier_of(size), 3)


@given(st.lists(st.sampled_from(IDS), max_size=8), st.sampled_from(IDS), st.sampled_from(SIZES))
def test_one_more_control_never_makes_a_plan_cheaper(controls: list[str], more: str, size: int | None) -> None:
    before, after = (plan_cost(PRICES, each, tier_of(size)) for each in (controls, [*controls, more]))
    assert after.money_month.value >= before.money_month.value
    assert after.money_month.least >= before.money_month.least
    assert after.hours.value >= before.hours.value


@given(st.sets(st.sampled_from(IDS), min_size=1, max_size=12), st.sampled_from(SIZES))
def test_weights_are_an_upper_bound_of_the_plan(controls: set[str], size: int | None) -> None:
    plan = plan_cost(PRICES, controls, tier_of(size), 2)
    weights = sum(each.weight for each in control_costs(PRICES, controls, tier_of(size), 2).values())
    assert 100 * plan.first_year.value <= weights + len(controls)


# ------------------------------------------------------------------------------------------------------ a team's prices


def overridden(folder: Path, text: str) -> Prices:
    path = folder / "prices.toml"
    path.write_text(f"as_of = 2026-11-01\n{text}", encoding="utf-8")
    return load_prices(path)


def test_a_price_of_an_item_reaches_its_controls(tmp_path: Path) -> None:
    prices = overridden(tmp_path, 'hourly_rate = 100\n[[item]]\nid = "grafana_pro"\nprice = 19\n')
    found = control_cost(prices, "MN-002", tier_of(4), 1)
    assert known(found.money_month).value == 19
    assert found.weight == 12 * 1_900 + 2 * 10_000


def test_a_stated_price_makes_the_unknown_known(tmp_path: Path) -> None:
    prices = overridden(tmp_path, '[[control]]\nid = "SB-014"\nsmall = 85\n')
    assert control_cost(prices, "SB-014", tier_of(4), 1).known
    assert not cost("SB-014", 4).known


def test_an_item_without_a_price_makes_its_controls_unknown(tmp_path: Path) -> None:
    prices = overridden(tmp_path, '[[item]]\nid = "grafana_pro"\nprice = { unpriced = "paid elsewhere" }\n')
    found = control_cost(prices, "MN-002", tier_of(4), 1)
    assert found.money_month == Unknown("Grafana Cloud Pro: paid elsewhere")
    assert found.weight > control_cost(prices, "SB-001", tier_of(4), 1).weight


def test_stated_hours_are_no_estimate_of_ours(tmp_path: Path) -> None:
    text = '[[control]]\nid = "LP-027"\nhours = { solo = 1, small = 2, mid = 3 }\n[[effort]]\nid = "role"\nsmall = 9\n'
    prices = overridden(tmp_path, text)
    setting = known(control_cost(prices, "LP-027", tier_of(4), 1).hours)
    role = known(control_cost(prices, "LP-003", tier_of(4), 1).hours)
    assert (setting.value, setting.assumed) == (2, ())
    assert (role.value, role.assumed) == (9, ())
