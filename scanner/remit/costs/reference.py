"""The tables of the page on costs, from the prices and formulas in force.

The page is written by hand; what stands between marks such as `<!-- items -->` and `<!-- /items -->` is put there by
`python -m remit.costs.reference docs/costs.md`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from remit.costs import formulas
from remit.costs.formulas import Figure, Line
from remit.costs.prices import Prices, load_prices
from remit.costs.tables import Item, Money, Price
from remit.evidence import Maybe, Unknown

_UNITS = {"month": "flat", "person": "person", "secret": "secret", "host": "host", "gb": "GB", "hour": "hour"}
_EACH = {"once": "once", "place": "each repository"}
_BLOCK = re.compile(r"<!-- ([a-z]{1,20}) -->\n(.*?)<!-- /\1 -->", re.DOTALL)


def filled(page: str) -> str:
    """The page with today's tables between its marks. Raises KeyError for a mark that names no table."""
    prices = load_prices()
    blocks = {
        "facts": _facts(prices),
        "formulas": _formulas(),
        "efforts": _efforts(prices),
        "items": _items(prices),
        "controls": _controls(prices),
    }
    return _BLOCK.sub(lambda mark: f"<!-- {mark[1]} -->\n\n{blocks[mark[1]].strip()}\n\n<!-- /{mark[1]} -->", page)


def _facts(prices: Prices) -> str:
    given, loss, unit = prices.quantities, prices.loss, prices.currency
    return "\n".join(
        (
            f"- Date of the bundled prices: {prices.as_of}. After {prices.stale_after_days} days a price is stale.",
            f"- An hour of work: {prices.hourly_rate:g} {unit}.",
            "- Where nobody counted, assumed and named with the result: "
            f"{given.secret:g} secrets, {given.host:g} hosts, {given.gb:g} GB, {given.hour:g} hours a month.",
            f"- One incident: {loss.moderate:,.0f} {unit}, from {loss.least:,.0f} to {loss.most:,.0f}. {loss.checked}",
        )
    )


def _formulas() -> str:
    rows = (
        f"| {what} | `{figure.formula}` | {_inputs(figure)} | {_number(figure.value)} |" for what, figure in examples()
    )
    return "\n".join(("| what | formula | inputs | result |", "|---|---|---|---:|", *rows))


def examples() -> Iterator[tuple[str, Figure]]:
    """One computed example of every formula."""
    stack = formulas.monthly_cost(
        (Line("backups", 15), Line("sandbox", 30), Line("Grafana", 29), Line("GitHub Team", 4, 5), Line("Vault", 450))
    )
    bare = formulas.monthly_cost((Line("stack", stack.value),))
    billable = formulas.rds_billable_gb(500, 10, 30, 500)
    yield "monthly cost of a stack", stack
    yield "billable GB of RDS backups", billable
    yield "RDS backups, a month", formulas.rds_backup_month(billable, 0.095)
    yield "cost for each session", _known(formulas.cost_per_session(bare, 20, 22))
    yield "cost for each person", _known(formulas.cost_per_person(bare, 5))
    yield "labour", formulas.labour(Figure(6, "", {}), 75)
    yield "months until one prevented incident no longer pays", _known(formulas.break_even_months(bare, 25_000))
    yield "expected loss (scenario)", formulas.expected_loss(3, 5, 25_000)
    yield "expected loss avoided (scenario)", formulas.loss_avoided(3, 1, 5, 25_000)


def _known(figure: Maybe[Figure]) -> Figure:
    if isinstance(figure, Unknown):
        raise AssertionError(f"an example has every input: {figure.why}")
    return figure


def _inputs(figure: Figure) -> str:
    return ", ".join(f"{name.replace('|', ' ')} {_number(value)}" for name, value in figure.inputs.items())


def _efforts(prices: Prices) -> str:
    rows = (
        f"| {each.id} | {each.title} | {each.solo:g} | {each.small:g} | {each.mid:g} |"
        for each in prices.efforts.values()
    )
    return "\n".join(("| kind | what it is | solo | small | mid |", "|---|---|---:|---:|---:|", *rows))


def _items(prices: Prices) -> str:
    parts = []
    for layer, items in groupby(prices.items.values(), key=lambda item: item.layer):
        parts += [f"### {layer.capitalize()}\n", "| id | what | USD, for each | basis | source; comparison |"]
        parts += ["|---|---|---|---|---|", *map(_item, items), ""]
    return "\n".join(parts)


def _item(item: Item) -> str:
    free = f", {item.free:g} free" if item.free else ""
    work = f"; and {_range(item.hours_month)} hours of work" if item.hours_month.high else ""
    price = f"{_range(item.price)} ({_UNITS[item.unit]}{free}){work}"
    return f"| `{item.id}` | {item.title} | {price} | {item.basis} | {item.source}; {item.checked} |"


def _range(price: Price) -> str:
    if price.low is None or price.high is None:
        return f"no price: {price.unpriced}"
    return _number(price.high) if price.low == price.high else f"{_number(price.low)} to {_number(price.high)}"


def _controls(prices: Prices) -> str:
    parts = [
        "| control | solo | small | mid | basis | bill | change | made | note |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for each in prices.controls.values():
        money = " | ".join(map(_money, (each.solo, each.small, each.mid)))
        change = each.effort if each.hours is None else f"{each.effort}, hours unknown: {each.hours.unpriced}"
        row = (each.id, money, each.basis, each.bill or "", change, _EACH[each.each], each.note or "")
        parts.append("| " + " | ".join(row) + " |")
    return "\n".join(parts)


def _money(money: Money) -> str:
    if money.item is not None:
        least = "" if money.min is None else f"{_number(money.min)} up to "
        return f"{least}`{money.item}`"
    return _range(Price(usd=money.usd, min=money.min, max=money.max, unpriced=money.unpriced))


def _number(value: float) -> str:
    """A number with at most two decimals, more only where they would vanish."""
    if value and abs(value) < 1:
        return f"{value:.4g}"
    return f"{value:,.2f}".removesuffix(".00")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(filled(target.read_text(encoding="utf-8")), encoding="utf-8")
