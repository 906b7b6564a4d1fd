"""The prices in force: the bundled ones, and what a team states instead.

The bundled file is data with a date. A team's own file replaces what it names, by id and key, and keeps the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import tomli

from remit.collect.documents import Node
from remit.costs.reading import Values, read_over, read_text
from remit.costs.tables import ControlPrice, Effort, Item, Loss, PriceFile, Quantities
from remit.errors import PolicyError, UsageError
from remit.policy.keys import nearest
from remit.policy.written import line_of

BUNDLED = "remit:prices"
_FILE = "prices.toml"


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What things cost, what controls cost, and how long changes take, by id."""

    as_of: date
    """The date of the bundled prices; entries of a team's file carry their own."""
    currency: str
    hourly_rate: float
    stale_after_days: int
    quantities: Quantities
    loss: Loss
    efforts: Mapping[str, Effort]
    items: Mapping[str, Item]
    controls: Mapping[str, ControlPrice]
    sources: tuple[str, ...]
    """The files they came from, nearest first."""

    def item(self, identity: str) -> Item:
        """An item by its id. Raises UsageError where there is none."""
        if identity not in self.items:
            raise UsageError(f"there is no price for {identity!r}{_guess(identity, self.items)}")
        return self.items[identity]

    def control(self, identity: str) -> ControlPrice:
        """A control's prices by its id. Raises UsageError where there are none."""
        if identity not in self.controls:
            raise UsageError(f"there is no price for control {identity!r}{_guess(identity, self.controls)}")
        return self.controls[identity]


def load_prices(path: Path | None = None) -> Prices:
    """The bundled prices, with a team's own file over them where one is named.

    Raises PolicyError naming file, line and key for anything that cannot be used as it stands.
    """
    prices, values = _bundled()
    if path is None:
        return prices
    name = str(path)
    file, root = read_over(values, read_text(path), name)
    merged = replace(
        prices,
        hourly_rate=file.hourly_rate,
        stale_after_days=file.stale_after_days,
        quantities=file.quantities,
        loss=file.loss,
        efforts={**prices.efforts, **{each.id: each for each in file.effort}},
        items={**prices.items, **{each.id: each for each in file.item}},
        controls={**prices.controls, **{each.id: each for each in file.control}},
        sources=(name, *prices.sources),
    )
    _check_links(merged, file, root, name)
    return merged


def stale(prices: Prices, now: datetime) -> tuple[str, ...]:
    """The items and controls whose figures were stated too long ago; empty while all are recent enough."""
    today = now.astimezone(UTC).date()
    dated: Iterator[tuple[str, date | None]] = (
        (entry.id, entry.as_of) for table in (prices.items, prices.controls) for entry in table.values()
    )
    return tuple(name for name, day in dated if (today - (day or prices.as_of)).days > prices.stale_after_days)


def _bundled() -> tuple[Prices, Values]:
    """The installed file, read without lines: it is ours, and reading it must cost next to nothing."""
    try:
        values = tomli.loads((resources.files("remit.costs") / _FILE).read_text(encoding="utf-8"))
        file = PriceFile.model_validate(values)
    except (FileNotFoundError, ValueError):
        raise PolicyError(f"{_FILE}, which is installed with remit, is missing or damaged; reinstall remit") from None
    prices = Prices(
        as_of=file.as_of,
        currency=file.currency,
        hourly_rate=file.hourly_rate,
        stale_after_days=file.stale_after_days,
        quantities=file.quantities,
        loss=file.loss,
        efforts={each.id: each for each in file.effort},
        items={each.id: each for each in file.item},
        controls={each.id: each for each in file.control},
        sources=(BUNDLED,),
    )
    return prices, values


def _check_links(prices: Prices, file: PriceFile, root: Node, name: str) -> None:
    """Refuse controls that name an item or a kind of change that is not there."""
    faults = []
    for place, control in enumerate(file.control):
        named = [(column, control.money(column).item, prices.items) for column in ("solo", "small", "mid")]
        for key, identity, known in (*named, ("effort", control.effort, prices.efforts)):
            if identity is not None and identity not in known:
                line = line_of(root, ("control", place, key))
                guess = _guess(identity, known)
                faults.append(f"{name}:{line}: control[{place}].{key}: there is no {identity[:60]!r}{guess}")
    if faults:
        raise PolicyError("\n".join(faults[:10]))


def _guess(identity: str, known: Mapping[str, object]) -> str:
    found = nearest(identity, tuple(known))
    return f"; did you mean {found}?" if found else ""
