"""The tables of a price file: frozen, and strict about what may stand in them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from remit.policy.records import Amount, Day, Table, Text

Column = Literal["solo", "small", "mid"]
"""The sizes of team that prices are published for."""
Unit = Literal["month", "person", "secret", "host", "gb", "hour"]
"""What a price is for each month: `month` is a flat price, the others are for each of them."""
Layer = Literal["backup", "sandbox", "permission", "secrets", "monitoring", "gateway", "git", "alternative"]
Basis = Literal["published", "corrected", "own estimate", "team"]
"""Where a figure comes from; `team` for those of a team's own file."""
Rate = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=36_500)]


class Price(Table):
    """One amount, a range, or the reason why there is neither. A bare number is short for the first."""

    usd: Amount | None = None
    min: Amount | None = None
    max: Amount | None = None
    unpriced: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"usd": value} if isinstance(value, int | float) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _one_form(self) -> Price:
        ranged = self.min is not None and self.max is not None
        if [self.usd is not None, ranged, self.unpriced is not None].count(True) != 1 or (
            not ranged and (self.min is not None or self.max is not None)
        ):
            raise ValueError('needs a number, { min = …, max = … } or { unpriced = "why" }')
        _check_order(self.min, self.max)
        return self

    @property
    def low(self) -> float | None:
        """The least it costs, None where there is no price."""
        return self.usd if self.usd is not None else self.min

    @property
    def high(self) -> float | None:
        """The most it costs, None where there is no price."""
        return self.usd if self.usd is not None else self.max


class Money(Table):
    """What a control costs a month: like a price, or that of an item, which `min` may undercut.

    A bare number is an amount, a bare text the id of an item.
    """

    usd: Amount | None = None
    min: Amount | None = None
    max: Amount | None = None
    item: Text | None = None
    unpriced: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        if isinstance(value, str):
            return {"item": value}
        return {"usd": value} if isinstance(value, int | float) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _one_form(self) -> Money:
        ranged = self.min is not None and self.max is not None
        forms = [self.usd is not None, ranged, self.item is not None, self.unpriced is not None]
        lone_end = not ranged and (self.max is not None or (self.min is not None and self.item is None))
        if forms.count(True) != 1 or lone_end:
            raise ValueError('needs a number, an item, { min = …, max = … } or { unpriced = "why" }')
        _check_order(self.min, self.max)
        return self


def _check_order(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise ValueError(f"min {low:g} is above max {high:g}")


class Hours(Table):
    """Hours for the three sizes of team, or the reason why nobody can say."""

    solo: Amount | None = None
    small: Amount | None = None
    mid: Amount | None = None
    unpriced: Text | None = None

    @model_validator(mode="after")
    def _all_or_none(self) -> Hours:
        given = [self.solo is not None, self.small is not None, self.mid is not None]
        if all(given) == (self.unpriced is not None) or any(given) != all(given):
            raise ValueError('needs solo, small and mid, or { unpriced = "why" }')
        return self

    def of(self, column: Column) -> float:
        """The hours of one size; none where nobody can say."""
        return {"solo": self.solo, "small": self.small, "mid": self.mid}[column] or 0.0


class Effort(Table):
    """A kind of change, and how long one takes."""

    id: Text
    title: Text
    solo: Amount
    small: Amount
    mid: Amount
    basis: Basis = "own estimate"
    as_of: Day | None = None

    @property
    def hours(self) -> Hours:
        """Its hours for the three sizes."""
        return Hours(solo=self.solo, small=self.small, mid=self.mid)


class Item(Table):
    """Something that can be bought, with its price a month for each unit."""

    id: Text
    title: Text
    layer: Layer
    unit: Unit
    price: Price
    free: Amount = 0.0
    """How many units are free."""
    hours_month: Price = Price(usd=0.0)
    """Hours of work it takes every month."""
    basis: Basis = "published"
    source: Text
    checked: Text
    """What the price was compared with, and when."""
    as_of: Day | None = None
    """When it was stated; the file's own date where not given."""


class ControlPrice(Table):
    """What one control costs: money each month, hours once."""

    id: Text
    solo: Money
    small: Money
    mid: Money
    bill: Text | None = None
    """Controls that share a bill are paid for together: the dearest of them covers the others."""
    basis: Basis = "published"
    effort: Text
    """The kind of change that puts it in place."""
    each: Literal["once", "place"]
    """Whether the change is made once, or in every repository that needs it."""
    hours: Hours | None = None
    """Hours of its own instead of those of the kind of change."""
    note: Text | None = None
    as_of: Day | None = None

    def money(self, column: Column) -> Money:
        """The money of one size."""
        return {"solo": self.solo, "small": self.small, "mid": self.mid}[column]


class Quantities(Table):
    """How much of each unit there is where nobody counted."""

    secret: Amount
    host: Amount
    gb: Amount
    hour: Amount


class Loss(Table):
    """What one incident costs."""

    least: Amount
    moderate: Amount
    most: Amount
    source: Text
    checked: Text

    @model_validator(mode="after")
    def _ordered(self) -> Loss:
        if not self.least <= self.moderate <= self.most:
            raise ValueError("needs least <= moderate <= most")
        return self


class PriceFile(Table):
    """A price file as a whole."""

    as_of: Day
    currency: Literal["USD"]
    hourly_rate: Rate
    stale_after_days: Days
    quantities: Quantities
    loss: Loss
    effort: tuple[Effort, ...] = ()
    item: tuple[Item, ...] = ()
    control: tuple[ControlPrice, ...] = ()
