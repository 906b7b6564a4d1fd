"""What a stack of items costs a month: the bill, and the hours of work that come back every month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.costs.formulas import Figure, Line, monthly_cost
from remit.costs.prices import Prices
from remit.costs.tables import Item
from remit.evidence import Maybe, Unknown


@dataclass(frozen=True, slots=True)
class StackCost:
    """A stack's monthly bill, and the work it takes."""

    money_month: Maybe[Figure]
    hours_month: Figure
    labour_month: Figure
    """Those hours in money; what looks free is often paid here."""


def stack_cost(prices: Prices, quantities: Mapping[str, float]) -> StackCost:
    """What the items with these ids cost a month, each in so many of its units.

    One item without a price leaves the bill unknown. Raises UsageError for an id that is not in the prices.
    """
    items = [(prices.item(identity), quantity) for identity, quantity in quantities.items()]
    lines = [item_line(item, quantity) for item, quantity in items]
    missing = [line.why for line in lines if isinstance(line, Unknown)]
    money: Maybe[Figure] = Unknown("; ".join(missing))
    if not missing:
        money = monthly_cost(line for line in lines if isinstance(line, Line))
    return StackCost(
        money,
        monthly_cost(_work(item, 1.0) for item, _ in items if item.hours_month.high),
        monthly_cost(_work(item, prices.hourly_rate) for item, _ in items if item.hours_month.high),
    )


def item_line(item: Item, quantity: float) -> Maybe[Line]:
    """One item's line on the bill; what is free of it stays free even where the rest has no price."""
    high, low = item.price.high, item.price.low
    if high is None:
        if quantity <= item.free:
            return Line(item.id, 0.0, quantity, item.free)
        return Unknown(f"{item.title}: {item.price.unpriced}")
    return Line(item.id, high, quantity, item.free, None if low == high else low)


def _work(item: Item, rate: float) -> Line:
    """An item's hours every month, each at a rate."""
    high, low = item.hours_month.high or 0.0, item.hours_month.low or 0.0
    return Line(item.id, high * rate, least_price=None if low == high else low * rate)
