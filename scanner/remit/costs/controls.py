"""What controls cost a team: money each month, hours once, and one number by which solvers compare them.

The weight is a whole number of cents: a year of money at the upper end, and the hours at the hourly rate. It is never
below one cent, so that no control is free to add. A control whose money or hours nobody knows weighs more than every
control that is known, so that it is chosen only where nothing known serves; among such controls the known part of the
effort decides.

Controls that share a bill are paid for together. Weights know nothing of that and are an upper bound; `plan_cost`
counts each bill once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from remit.costs.formulas import Figure, Line, labour, monthly_cost
from remit.costs.prices import Prices
from remit.costs.stack import item_line
from remit.costs.tables import ControlPrice, Item, Money
from remit.costs.tiers import TeamTier
from remit.errors import UsageError
from remit.evidence import Maybe, Unknown

MONTHS = 12
_HOURS_FORMULA = {"once": "hours", "place": "hours × places"}
Places = int | Mapping[str, int]
"""In how many repositories changes have to be made: for all controls, or for each by its id (one where not named)."""


@dataclass(frozen=True, slots=True)
class ControlCost:
    """What one control costs a team."""

    control: str
    money_month: Maybe[Figure]
    hours: Maybe[Figure]
    """Once, to put it in place."""
    weight: int
    """Cents by which solvers compare controls."""
    bill: str | None = None
    """What it is paid for with, where other controls are paid for with the same."""

    @property
    def known(self) -> bool:
        """Whether both money and hours are known, and the weight is therefore more than a safe upper bound."""
        return not isinstance(self.money_month, Unknown) and not isinstance(self.hours, Unknown)


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What several controls cost together, each bill counted once."""

    money_month: Figure
    hours: Figure
    labour: Figure
    first_year: Figure
    unpriced: tuple[str, ...]
    """Controls whose money or hours nobody knows; what is not known of them is missing from the sums."""


def control_cost(
    prices: Prices, control: str, tier: TeamTier, places: int = 1, quantities: Mapping[str, float] | None = None
) -> ControlCost:
    """What one control costs a team that has to make the change in so many repositories.

    `quantities` are counted numbers of `secret`, `host`, `gb` or `hour` instead of the assumed ones. Raises UsageError
    for a control that is not in the prices, and for counts below zero or without end.
    """
    cost = _known_part(prices, prices.control(control), tier, places, quantities or {})
    if cost.known:
        return cost
    others = (_known_part(prices, each, tier, places, quantities or {}) for each in prices.controls.values())
    heaviest = max((each.weight for each in others if each.known), default=0)
    return replace(cost, weight=heaviest + cost.weight)


def control_costs(
    prices: Prices,
    controls: Iterable[str],
    tier: TeamTier,
    places: Places = 1,
    quantities: Mapping[str, float] | None = None,
) -> Mapping[str, ControlCost]:
    """What each of several controls costs, by id; the unknown ones weigh more than every known control there is."""
    count = _counter(places)
    given = quantities or {}
    every = {each.id: _known_part(prices, each, tier, count(each.id), given) for each in prices.controls.values()}
    heaviest = max((cost.weight for cost in every.values() if cost.known), default=0)
    wanted = {prices.control(control).id: every[control] for control in controls}
    return {
        control: cost if cost.known else replace(cost, weight=heaviest + cost.weight)
        for control, cost in wanted.items()
    }


def plan_cost(
    prices: Prices,
    controls: Iterable[str],
    tier: TeamTier,
    places: Places = 1,
    quantities: Mapping[str, float] | None = None,
) -> PlanCost:
    """What several controls cost together: of those that share a bill the dearest alone is paid."""
    count = _counter(places)
    costs = [
        _known_part(prices, prices.control(control), tier, count(control), quantities or {})
        for control in sorted(set(controls))
    ]
    money = _sum_money(costs)
    efforts = [(cost.control, cost.hours) for cost in costs if isinstance(cost.hours, Figure)]
    hours = Figure(
        sum(effort.value for _, effort in efforts),
        "sum of hours",
        {control: effort.value for control, effort in efforts},
        _together(effort for _, effort in efforts),
    )
    worth = labour(hours, prices.hourly_rate)
    first_year = Figure(
        MONTHS * money.value + worth.value,
        f"{MONTHS} × money_month + labour",
        {"money_month": money.value, "labour": worth.value},
        tuple(dict.fromkeys((*money.assumed, *worth.assumed))),
        None if money.low is None else MONTHS * money.low + worth.value,
    )
    return PlanCost(money, hours, worth, first_year, tuple(cost.control for cost in costs if not cost.known))


def _sum_money(costs: Iterable[ControlCost]) -> Figure:
    """Each bill at the dearest of the controls it pays for, by the upper and by the lower end."""
    bills: dict[str, list[Figure]] = {}
    for cost in costs:
        if isinstance(cost.money_month, Figure):
            bills.setdefault(f"{cost.bill} bill" if cost.bill else cost.control, []).append(cost.money_month)
    lines = [
        Line(bill, max(each.value for each in shared), least_price=max(each.least for each in shared))
        for bill, shared in bills.items()
    ]
    total = monthly_cost(
        (line for line in lines if line.price), _together(each for bill in bills.values() for each in bill)
    )
    return replace(total, formula="sum of the dearest control of each bill")


def _known_part(
    prices: Prices, control: ControlPrice, tier: TeamTier, places: int, quantities: Mapping[str, float]
) -> ControlCost:
    """A control's cost as far as it is known; its weight counts nothing for the rest."""
    if not 1 <= places <= 10_000_000:
        raise UsageError(f"places: expected a number from 1 to 10,000,000, not {places}")
    money = _money(prices, control, tier, quantities)
    hours = _hours(prices, control, tier, places)
    year = 0.0 if isinstance(money, Unknown) else MONTHS * money.value
    work = 0.0 if isinstance(hours, Unknown) else hours.value * prices.hourly_rate
    return ControlCost(control.id, money, hours, max(1, _cents(year) + _cents(work)), control.bill)


def _money(prices: Prices, control: ControlPrice, tier: TeamTier, quantities: Mapping[str, float]) -> Maybe[Figure]:
    money = control.money(tier.column)
    if money.unpriced is not None:
        return Unknown(money.unpriced)
    assumed = list(tier.assumed)
    if control.basis == "own estimate":
        assumed.append("the price is Remit's own estimate")
    if money.item is None:
        return monthly_cost((_line(control, money),), tuple(assumed))
    item = prices.item(money.item)
    quantity, assumption = _quantity(prices, item, tier, quantities)
    line = item_line(item, quantity)
    if isinstance(line, Unknown):
        return line
    bill = monthly_cost((line,), (*assumed, *assumption))
    return bill if money.min is None else replace(bill, low=min(money.min, bill.least))


def _line(control: ControlPrice, money: Money) -> Line:
    if money.usd is not None:
        return Line(control.id, money.usd)
    return Line(control.id, money.max or 0.0, least_price=money.min)


def _quantity(
    prices: Prices, item: Item, tier: TeamTier, quantities: Mapping[str, float]
) -> tuple[float, tuple[str, ...]]:
    """How many units of an item a team needs, and what was assumed to say so."""
    if item.unit == "month":
        return 1.0, ()
    if item.unit == "person":
        return float(tier.people), ()
    if item.unit in quantities:
        return quantities[item.unit], ()
    default = {
        "secret": prices.quantities.secret,
        "host": prices.quantities.host,
        "gb": prices.quantities.gb,
        "hour": prices.quantities.hour,
    }[item.unit]
    return default, (f"{item.unit} = {default:g}",)


def _hours(prices: Prices, control: ControlPrice, tier: TeamTier, places: int) -> Maybe[Figure]:
    if control.hours is not None and control.hours.unpriced is not None:
        return Unknown(control.hours.unpriced)
    effort = prices.efforts[control.effort]
    hours = (control.hours or effort.hours).of(tier.column)
    estimated = control.hours is None and effort.basis == "own estimate"
    assumed = (*tier.assumed, *(("the hours are Remit's own estimate",) if estimated else ()))
    inputs = {"hours": hours} | ({"places": float(places)} if control.each == "place" else {})
    return Figure(hours * inputs.get("places", 1.0), _HOURS_FORMULA[control.each], inputs, assumed)


def _counter(places: Places) -> Callable[[str], int]:
    return (lambda _: places) if isinstance(places, int) else (lambda control: places.get(control, 1))


def _together(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Every assumption of several figures, once each."""
    return tuple(dict.fromkeys(assumption for figure in figures for assumption in figure.assumed))


def _cents(amount: float) -> int:
    return int((Decimal(repr(amount)) * 100).to_integral_value(ROUND_HALF_UP))
