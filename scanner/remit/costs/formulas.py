"""The arithmetic of costs: pure functions whose results carry their formula, inputs and assumptions.

Every function raises UsageError for a number that is negative, not finite or beyond 10^12: such numbers come from
options and files, and no figure may be printed that was computed from them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from remit.errors import UsageError
from remit.evidence import Maybe, Unknown

LIMIT = 1e12
WHOLLY_PREVENTED = "one incident is prevented wholly, and no risk remains"
SHARE_AS_CHANCE = "the share of documented incident chains that stand open is taken for the chance of one such incident"


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed number, with the formula and the inputs it came from."""

    value: float
    """The number; the upper end where only a range is known."""
    formula: str
    inputs: Mapping[str, float] = field(hash=False)
    assumed: tuple[str, ...] = ()
    """What nobody stated and was assumed to compute it."""
    low: float | None = None
    """The lower end, where only a range is known."""

    @property
    def least(self) -> float:
        """The lower end, which is the number itself where it is exact."""
        return self.value if self.low is None else self.low


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: a price for each unit, how many units, and how many of them are free."""

    name: str
    price: float
    quantity: float = 1.0
    free: float = 0.0
    least_price: float | None = None
    """The lower end of the price, where it is a range."""


def monthly_cost(lines: Iterable[Line], assumed: tuple[str, ...] = ()) -> Figure:
    """What a stack costs a month: each line's price times what is not free of it, added up."""
    high = low = 0.0
    inputs: dict[str, float] = {}
    for line in lines:
        if f"{line.name}: price" in inputs:
            raise UsageError(f"{line.name}: is on the bill twice; add up its quantities")
        price, quantity = _amount(f"{line.name}: price", line.price), _amount(f"{line.name}: quantity", line.quantity)
        inputs |= {f"{line.name}: price": price, f"{line.name}: quantity": quantity}
        if line.free:
            inputs[f"{line.name}: free"] = _amount(f"{line.name}: free", line.free)
        least = price
        if line.least_price is not None and line.least_price != price:
            least = inputs[f"{line.name}: least price"] = _amount(f"{line.name}: least price", line.least_price)
            if least > price:
                raise UsageError(f"{line.name}: its least price {least:g} is above its price {price:g}")
        billed = max(0.0, quantity - line.free)
        high, low = high + price * billed, low + least * billed
    formula = "sum of price × max(0, quantity − free)"
    return Figure(high, formula, inputs, assumed, None if low == high else low)


def rds_billable_gb(full_gb: float, daily_change_gb: float, retention_days: float, provisioned_gb: float) -> Figure:
    """How much backup storage RDS charges for: only what exceeds the storage provisioned in the region."""
    inputs = _amounts(
        full_gb=full_gb, daily_change_gb=daily_change_gb, retention_days=retention_days, provisioned_gb=provisioned_gb
    )
    value = max(0.0, full_gb + daily_change_gb * retention_days - provisioned_gb)
    return Figure(value, "max(0, full_gb + daily_change_gb × retention_days − provisioned_gb)", inputs)


def rds_backup_month(billable: Figure, price_gb: float) -> Figure:
    """What those backups cost a month."""
    inputs = {**billable.inputs, **_amounts(price_gb=price_gb)}
    return Figure(billable.value * price_gb, f"({billable.formula}) × price_gb", inputs, billable.assumed)


def cost_per_session(
    monthly: Figure, sessions_per_day: float | None = None, working_days: float | None = None
) -> Maybe[Figure]:
    """What safety costs for each session of an agent, of all people together.

    Both numbers are asked for: a default would decide the result.
    """
    if sessions_per_day is None or working_days is None:
        return Unknown("how many sessions all people run a day, and on how many days a month, was not given")
    inputs = _amounts(monthly=monthly.value, sessions_per_day=sessions_per_day, working_days=working_days)
    sessions = sessions_per_day * working_days
    if not sessions:
        return Unknown("without sessions there is no cost for each")
    low = None if monthly.low is None else monthly.low / sessions
    return Figure(monthly.value / sessions, "monthly ÷ (sessions_per_day × working_days)", inputs, monthly.assumed, low)


def cost_per_person(monthly: Figure, people: float) -> Maybe[Figure]:
    """What safety costs a month for each person of the team."""
    inputs = _amounts(monthly=monthly.value, people=people)
    if not people:
        return Unknown("a team without people has no cost for each")
    low = None if monthly.low is None else monthly.low / people
    return Figure(monthly.value / people, "monthly ÷ people", inputs, monthly.assumed, low)


def labour(hours: Figure, hourly_rate: float) -> Figure:
    """What an effort is worth in money."""
    inputs = _amounts(hours=hours.value, hourly_rate=hourly_rate)
    low = None if hours.low is None else hours.low * hourly_rate
    return Figure(hours.value * hourly_rate, "hours × hourly_rate", inputs, hours.assumed, low)


def break_even_months(monthly: Figure, loss: float, once: float = 0.0) -> Maybe[Figure]:
    """For how many months one prevented incident would pay, after what was spent once."""
    inputs = _amounts(loss=loss, once=once, monthly=monthly.value)
    if not monthly.value:
        return Unknown("what costs nothing a month has nothing to earn back")
    value = max(0.0, loss - once) / monthly.value
    return Figure(value, "max(0, loss − once) ÷ monthly", inputs, (*monthly.assumed, WHOLLY_PREVENTED))


def expected_loss(open_chains: float, chains: float, loss: float) -> Figure:
    """What incidents are expected to cost while so many of the documented chains stand open: a scenario."""
    inputs = _amounts(open_chains=open_chains, chains=chains, loss=loss)
    _check_chains(chains, open_chains=open_chains)
    return Figure(loss * open_chains / chains, "open_chains ÷ chains × loss", inputs, (SHARE_AS_CHANCE,))


def loss_avoided(open_before: float, open_after: float, chains: float, loss: float) -> Figure:
    """By how much closing chains lowers the expected loss; negative where more stand open than before."""
    inputs = _amounts(open_before=open_before, open_after=open_after, chains=chains, loss=loss)
    _check_chains(chains, open_before=open_before, open_after=open_after)
    value = loss * (open_before - open_after) / chains
    return Figure(value, "(open_before ÷ chains − open_after ÷ chains) × loss", inputs, (SHARE_AS_CHANCE,))


def _check_chains(chains: float, **opened: float) -> None:
    if not chains:
        raise UsageError("chains: expected at least one incident chain to count from")
    for name, count in opened.items():
        if count > chains:
            raise UsageError(f"{name}: expected at most the {chains:g} chains there are, not {count:g}")


def _amounts(**values: float) -> dict[str, float]:
    return {name: _amount(name, value) for name, value in values.items()}


def _amount(name: str, value: float) -> float:
    if not math.isfinite(value) or not 0 <= value <= LIMIT:
        raise UsageError(f"{name}: expected a number from 0 to {LIMIT:g}, not {value:g}")
    return float(value)
