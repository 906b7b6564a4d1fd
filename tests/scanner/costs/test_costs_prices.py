"""The bundled prices, a team's own file over them, and what is refused."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.check import Check
from remit.costs.prices import BUNDLED, Prices, load_prices, stale
from remit.costs.reading import MAX_BYTES
from remit.errors import PolicyError, UsageError
from remit.registry import discover

ROOT = Path(__file__).parents[3]
CATALOGUE = {"LP": 40, "BK": 22, "SB": 22, "MN": 16, "IR": 10}
COLUMNS = ("solo", "small", "mid")
HEAD = "as_of = 2026-11-01\n"


def load(folder: Path, text: str | bytes, head: str = HEAD) -> Prices:
    path = folder / "prices.toml"
    path.write_bytes(text if isinstance(text, bytes) else (head + text).encode())
    return load_prices(path)


def checks() -> tuple[Check, ...]:
    return discover("remit.checks", Check, lambda check: check.id)


def refusal(folder: Path, text: str | bytes, head: str = HEAD) -> str:
    with pytest.raises(PolicyError) as caught:
        load(folder, text, head)
    return str(caught.value).replace(str(folder) + os.sep, "")


# ------------------------------------------------------------------------------------------------------------ bundled


def test_every_control_of_the_catalogue_has_a_price() -> None:
    expected = [f"{prefix}-{number:03}" for prefix, count in CATALOGUE.items() for number in range(1, count + 1)]
    assert len(expected) == 110
    assert list(load_prices().controls) == expected


def test_every_installed_check_has_a_price() -> None:
    assert {check.id for check in checks()} - set(load_prices().controls) == set()


def test_comments_name_the_installed_checks() -> None:
    """The slug beside `[[control]]` is for readers only, but it must not mislead them."""
    text = (resources.files("remit.costs") / "prices.toml").read_text(encoding="utf-8")
    for check in checks():
        assert f'[[control]]  # {check.slug}\nid = "{check.id}"' in text


def test_two_thirds_of_the_controls_cost_no_money_at_any_size() -> None:
    free = [
        control.id
        for control in load_prices().controls.values()
        if all(control.money(column).usd == 0 for column in COLUMNS)
    ]
    assert len(free) == 67


def test_ids_are_unique() -> None:
    values = tomllib.loads((resources.files("remit.costs") / "prices.toml").read_text(encoding="utf-8"))
    for section in ("effort", "item", "control"):
        ids = [entry["id"] for entry in values[section]]
        assert len(ids) == len(set(ids)), section


def test_bundled_prices_link_to_what_is_there() -> None:
    prices = load_prices()
    named = {control.money(column).item for control in prices.controls.values() for column in COLUMNS} - {None}
    assert named <= set(prices.items)
    assert {control.effort for control in prices.controls.values()} == set(prices.efforts)


def test_the_bundled_file_is_a_valid_override_of_itself(tmp_path: Path) -> None:
    """So that everything the strict reader refuses is not in it either."""
    text = (resources.files("remit.costs") / "prices.toml").read_bytes()
    loaded, bundled = load(tmp_path, text), load_prices()
    assert {item.id: item.price for item in loaded.items.values()} == {
        item.id: item.price for item in bundled.items.values()
    }


def test_every_figure_says_where_it_comes_from() -> None:
    prices = load_prices()
    assert (prices.as_of, prices.currency, prices.sources) == (date(2026, 3, 1), "USD", (BUNDLED,))
    for item in prices.items.values():
        assert item.source, item.id
        assert item.checked, item.id
        assert item.basis != "team"
    assert {effort.basis for effort in prices.efforts.values()} == {"own estimate"}


def test_larger_teams_never_take_less_time() -> None:
    for effort in load_prices().efforts.values():
        assert 0 < effort.solo <= effort.small <= effort.mid, effort.id


@pytest.mark.parametrize(
    ("control", "column", "money"),
    [
        ("BK-001", "solo", {"item": "rds_backup", "min": 0}),
        ("BK-005", "solo", {"item": "rds_backup"}),
        ("BK-008", "mid", {"min": 5, "max": 20}),
        ("BK-010", "mid", {"item": "rds_backup_other_region"}),
        ("LP-016", "mid", {"item": "hcp_vault_plus"}),
        ("LP-032", "solo", {"min": 0, "max": 4}),
        ("LP-032", "mid", {"item": "github_enterprise"}),
        ("MN-002", "small", {"item": "grafana_pro"}),
        ("SB-001", "small", {"item": "sandbox_instance"}),
    ],
)
def test_money_of_controls(control: str, column: str, money: dict[str, object]) -> None:
    found = load_prices().control(control).money(column)  # type: ignore[arg-type]
    assert found.model_dump(exclude_none=True) == money


@pytest.mark.parametrize(
    ("control", "columns"),
    [
        ("BK-003", "small mid"),
        ("BK-010", "solo small"),
        ("IR-007", "small mid"),
        ("IR-008", "solo small mid"),
        ("LP-023", "mid"),
        ("LP-037", "small mid"),
        ("SB-014", "small mid"),
        ("SB-017", "small mid"),
        ("SB-021", "mid"),
    ],
)
def test_what_nobody_priced_has_a_reason(control: str, columns: str) -> None:
    entry = load_prices().control(control)
    assert " ".join(column for column in COLUMNS if entry.money(column).unpriced) == columns  # type: ignore[arg-type]


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no price for 'grafana_por'; did you mean grafana_pro"):
        load_prices().item("grafana_por")
    with pytest.raises(UsageError, match="no price for control 'LP-041'"):
        load_prices().control("LP-041")


# ----------------------------------------------------------------------------------------------------------- packaging


def test_the_package_takes_the_data_along() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert "scanner/remit" in build["targets"]["wheel"]["packages"]
    assert not any(key in place for place in (build, build["targets"]["wheel"]) for key in ("include", "exclude"))
    assert (resources.files("remit.costs") / "prices.toml").is_file()


@pytest.mark.parametrize("module", ["pydantic", "tomli", "tree_sitter"])
def test_importing_the_package_imports_nothing_heavy(module: str) -> None:
    code = f"import sys; import remit.costs, remit.cli.main; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ------------------------------------------------------------------------------------------------------------ override


def test_an_override_replaces_by_id_and_keeps_the_rest(tmp_path: Path) -> None:
    bundled = load_prices()
    loaded = load(
        tmp_path,
        "hourly_rate = 120\n[quantities]\nsecret = 40\n"
        '[[item]]\nid = "github_team"\nprice = 3.67\nsource = "our contract"\n'
        '[[effort]]\nid = "role"\nsmall = 6\n'
        '[[control]]\nid = "SB-014"\nsmall = 85\nmid = "ec2_t3_medium"\nhours = { unpriced = "why" }\n',
    )
    assert loaded.hourly_rate == 120
    assert (loaded.quantities.secret, loaded.quantities.host) == (40, bundled.quantities.host)
    team = loaded.item("github_team")
    assert (team.price.usd, team.unit, team.basis, team.as_of) == (3.67, "person", "team", date(2026, 11, 1))
    assert (team.source, team.checked) == ("our contract", "as the team states it")
    role = loaded.efforts["role"]
    assert (role.solo, role.small, role.basis) == (bundled.efforts["role"].solo, 6, "team")
    staging = loaded.control("SB-014")
    assert (staging.small.usd, staging.mid.item, staging.solo.usd) == (85, "ec2_t3_medium", 0)
    assert staging.hours is not None
    assert staging.hours.unpriced == "why"
    assert loaded.sources == (str(tmp_path / "prices.toml"), BUNDLED)
    untouched = [name for name in bundled.items if name != "github_team"]
    assert [loaded.item(name) for name in untouched] == [bundled.item(name) for name in untouched]
    others = [name for name in bundled.controls if name != "SB-014"]
    assert [loaded.control(name) for name in others] == [bundled.control(name) for name in others]


def test_a_price_may_change_its_form(tmp_path: Path) -> None:
    text = (
        '[[item]]\nid = "grafana_pro"\nprice = { min = 20, max = 40 }\n'
        '[[item]]\nid = "sandbox_instance"\nprice = 50\n'
        '[[item]]\nid = "github_team"\nprice = { unpriced = "paid by another department" }\n'
    )
    loaded = load(tmp_path, text)
    assert (loaded.item("grafana_pro").price.low, loaded.item("grafana_pro").price.high) == (20, 40)
    assert (loaded.item("sandbox_instance").price.low, loaded.item("sandbox_instance").price.high) == (50, 50)
    assert loaded.item("github_team").price.low is None


def test_a_date_alone_changes_nothing(tmp_path: Path) -> None:
    loaded, bundled = load(tmp_path, "\ufeff" + HEAD, head=""), load_prices()
    assert (loaded.items, loaded.controls, loaded.efforts) == (bundled.items, bundled.controls, bundled.efforts)
    assert loaded.as_of == bundled.as_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("hourly_rate = 0\n", ":2: hourly_rate: expected a number above 0, not 0", id="free work"),
        pytest.param("hourly_rate = -5\n", ":2: hourly_rate: expected a number above 0, not -5", id="paid to work"),
        pytest.param("hourly_rate = nan\n", ":2: hourly_rate: expected a finite number", id="nan"),
        pytest.param("hourly_rate = '75'\n", ":2: hourly_rate: expected a number, without quotes, not '75'", id="text"),
        pytest.param("hourly_rate = true\n", ":2: hourly_rate: expected a number, without quotes", id="flag"),
        pytest.param("stale_after_days = 0\n", ":2: stale_after_days: expected a number of at least 1", id="days"),
        pytest.param("currency = 'EUR'\n", ":2: currency: expected 'USD', not 'EUR'", id="currency"),
        pytest.param("colour = 'red'\n", ":2: colour: unknown key", id="key"),
        pytest.param("[quantities]\nsecrets = 1\n", ":3: quantities.secrets: unknown key", id="key in table"),
        pytest.param("[quantities]\nhour = inf\n", ":3: quantities.hour: expected a finite number", id="inf"),
        pytest.param("quantities = 3\n", ":2: quantities: expected a table, not 3", id="no table"),
        pytest.param("[loss]\nleast = 30000\n", ":2: loss: needs least <= moderate <= most", id="loss"),
        pytest.param("item = 3\n", ":2: item: expected a list of tables, not 3", id="no list"),
        pytest.param("item = [3]\n", ":2: item[0]: expected a table, not 3", id="no entry"),
        pytest.param("[[item]]\nprice = 3\n", ":2: item[0].id: is missing", id="no id"),
        pytest.param("[[item]]\nid = 3\n", ":3: item[0].id: expected text in quotes, not 3", id="id of a number"),
        pytest.param(
            '[[item]]\nid = "grafana_por"\n', ":3: item[0].id: there is no item 'grafana_por'; did you mean grafana_pro",
            id="item",
        ),
        pytest.param(
            '[[control]]\nid = "LP-999"\n', ":3: control[0].id: there is no control 'LP-999'; did you mean LP-0", id="control"
        ),
        pytest.param(
            '[[control]]\nid = "nonsense"\n', "; only what the bundled prices hold can be replaced", id="nothing near"
        ),
        pytest.param(
            '[[item]]\nid = "docker"\n[[item]]\nid = "docker"\n', ":5: item[1].id: 'docker' is there twice", id="twice"
        ),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = -1\n', ":4: item[0].price: expected a number of at least 0, not -1",
            id="negative price",
        ),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = nan\n', ":4: item[0].price: expected a finite number", id="price of nan"
        ),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = 1e400\n', ":4: item[0].price: expected a finite number", id="endless price"
        ),
        pytest.param(
            f'[[item]]\nid = "docker"\nprice = {"9" * 400}\n', ":4: item[0].price: expected a finite number", id="wide"
        ),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = 1e13\n', ":4: item[0].price: expected a number of at most 1e+12",
            id="beyond reason",
        ),
        pytest.param('[[item]]\nid = "docker"\nprice = "3"\n', ":4: item[0].price: expected a table", id="text"),
        pytest.param('[[item]]\nid = "docker"\nprice = true\n', ":4: item[0].price: expected a table", id="flag price"),
        pytest.param('[[item]]\nid = "docker"\nprice = {}\n', ":4: item[0].price: needs a number", id="empty"),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = { min = 3 }\n', ":4: item[0].price: needs a number", id="half a range"
        ),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = { min = 3, max = 2 }\n', ":4: item[0].price: min 3 is above max 2",
            id="backwards",
        ),
        pytest.param(
            '[[item]]\nid = "docker"\nprice = { usd = 3, unpriced = "x" }\n', ":4: item[0].price: needs a number",
            id="two forms",
        ),
        pytest.param('[[item]]\nid = "docker"\nunit = "week"\n', ":4: item[0].unit: expected 'month'", id="unit"),
        pytest.param('[[item]]\nid = "docker"\nprize = 3\n', ":4: item[0].prize: unknown key", id="misspelt"),
        pytest.param('[[item]]\nid = "docker"\nas_of = 3\n', ":4: item[0].as_of: expected a day", id="day"),
        pytest.param('[[item]]\nid = "docker"\nsource = " "\n', ":4: item[0].source: must not be empty", id="empty text"),
        pytest.param(
            '[[control]]\nid = "LP-001"\nsmall = -2\n', ":4: control[0].small: expected a number of at least 0, not -2",
            id="negative money",
        ),
        pytest.param(
            '[[control]]\nid = "LP-001"\nsmall = "grafana_por"\n',
            ":4: control[0].small: there is no 'grafana_por'; did you mean grafana_pro?",
            id="item of a control",
        ),
        pytest.param(
            '[[control]]\nid = "LP-001"\nsmall = { item = "docker", max = 3 }\n', ":4: control[0].small: needs a number, an",
            id="item with a maximum",
        ),
        pytest.param(
            '[[control]]\nid = "LP-001"\neffort = "rol"\n', ":4: control[0].effort: there is no 'rol'; did you mean role?",
            id="effort",
        ),
        pytest.param('[[control]]\nid = "LP-001"\neach = "day"\n', ":4: control[0].each: expected 'once'", id="each"),
        pytest.param(
            '[[control]]\nid = "LP-001"\nhours = { solo = 1 }\n', ":4: control[0].hours: needs solo, small and mid",
            id="hours",
        ),
        pytest.param(
            '[[effort]]\nid = "role"\nmid = -1\n', ":4: effort[0].mid: expected a number of at least 0", id="effort hours"
        ),
        pytest.param("hourly_rate = \n", ":2: is not valid TOML; expected TOML", id="no TOML"),
        pytest.param("a = " + "[" * 100_000, "is not valid TOML", id="deep"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    message = refusal(tmp_path, text)
    assert expected in message
    assert message.startswith("prices.toml:") or text.endswith("[")
    assert len(message) < 5_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "prices.toml:1: as_of: is missing; add it"),
        (b"as_of = 'soon'\n", "prices.toml:1: as_of: expected a day, such as 2026-05-31, not 'soon'"),
        (b"as_of = 2026-01-01\nx = '\xff'\n", "prices.toml:2: is not UTF-8"),
        (b"#" * (MAX_BYTES + 1), "is larger than 1 MB"),
    ],
)
def test_files_that_are_no_price_files(tmp_path: Path, text: bytes, expected: str) -> None:
    assert expected in refusal(tmp_path, text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read: No such file"):
        load_prices(tmp_path / "absent.toml")
    with pytest.raises(PolicyError, match="is not a file"):
        load_prices(tmp_path)
    with pytest.raises(PolicyError, match="not one that can be opened"):
        load_prices(Path("nul\0"))


def test_many_mistakes_are_cut_short(tmp_path: Path) -> None:
    unknown = refusal(tmp_path, "".join(f'[[item]]\nid = "absent_{number}"\n' for number in range(20_000)))
    assert unknown.count("\n") == 9
    keys = refusal(tmp_path, "".join(f"key_{number} = 1\n" for number in range(50)))
    assert keys.splitlines()[-1] == "prices.toml: and 40 more"


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(HEAD.encode() + content)
    try:
        assert load_prices(path).hourly_rate > 0
    except PolicyError as error:
        assert str(error).startswith(str(path))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_is_a_price_or_refused(tmp_path_factory: pytest.TempPathFactory, number: float) -> None:
    path = tmp_path_factory.getbasetemp() / "number.toml"
    path.write_text(f'{HEAD}[[item]]\nid = "docker"\nprice = {number!r}\n', encoding="utf-8")
    if math.isfinite(number) and 0 <= number <= 1e12:
        assert load_prices(path).item("docker").price.usd == number
    else:
        with pytest.raises(PolicyError, match=r"number\.toml:4: item\[0\]\.price: expected a"):
            load_prices(path)


# --------------------------------------------------------------------------------------------------------------- stale


@pytest.mark.parametrize(
    ("now", "old"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), False),
        (datetime(2027, 3, 1, 23, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 2, tzinfo=UTC), True),
        (datetime(2027, 3, 2, 1, tzinfo=timezone(timedelta(hours=2))), False),
        (datetime(2025, 1, 1, tzinfo=UTC), False),
    ],
)
def test_old_prices_are_flagged(now: datetime, old: bool) -> None:
    prices = load_prices()
    assert stale(prices, now) == (((*prices.items, *prices.controls)) if old else ())


def test_what_a_team_states_has_its_own_date(tmp_path: Path) -> None:
    text = '[[item]]\nid = "docker"\n[[control]]\nid = "LP-001"\nas_of = 2026-11-20\n'
    loaded = load(tmp_path, text)
    assert set(loaded.items) - set(stale(loaded, datetime(2027, 11, 1, tzinfo=UTC))) == {"docker"}
    late = stale(loaded, datetime(2027, 11, 10, tzinfo=UTC))
    assert {*loaded.items, *loaded.controls} - set(late) == {"LP-001"}


def test_a_team_may_want_fresher_prices(tmp_path: Path) -> None:
    loaded = load(tmp_path, "stale_after_days = 30\n")
    assert len(stale(loaded, datetime(2026, 11, 21, tzinfo=UTC))) == len(loaded.items) + len(loaded.controls)
