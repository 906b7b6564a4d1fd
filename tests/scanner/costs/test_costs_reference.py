"""The page on costs says what the prices and formulas say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from remit.costs.prices import load_prices
from remit.costs.reference import examples, filled

PAGE = Path(__file__).parents[3] / "docs/costs.md"


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert filled(text) == text


def test_everything_priced_is_on_the_page() -> None:
    text, prices = PAGE.read_text(encoding="utf-8"), load_prices()
    assert str(prices.as_of) in text
    for identity in prices.items:
        assert f"\n| `{identity}` |" in text
    for identity in (*prices.efforts, *prices.controls):
        assert f"\n| {identity} |" in text


def test_every_formula_is_on_the_page_with_an_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    formulas = [figure.formula for _, figure in examples()]
    assert len(formulas) == len(set(formulas)) == 9
    assert all(f"`{formula}`" in text for formula in formulas)


def test_rows_have_as_many_cells_as_their_heads() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table[:80]


def test_the_example_of_an_override_is_one(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    path = tmp_path / "prices.toml"
    path.write_text(example[1], encoding="utf-8")
    prices = load_prices(path)
    assert (prices.hourly_rate, prices.item("github_team").source) == (120, "our contract")


def test_a_mark_that_names_no_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("<!-- absent -->\n<!-- /absent -->")
    assert filled("nothing marked") == "nothing marked"
