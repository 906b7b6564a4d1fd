"""Which tier a team is in, and whose prices serve it."""

from __future__ import annotations

import pytest

from remit.costs.tiers import ASSUMED_SIZE, COLUMNS, tier_of
from remit.policy.sections.reach import Team


@pytest.mark.parametrize(
    ("size", "name", "column", "noted"),
    [
        (1, "solo", "solo", False),
        (2, "small", "small", True),
        (3, "small", "small", False),
        (5, "small", "small", False),
        (6, "small", "small", True),
        (9, "small", "small", True),
        (10, "mid", "mid", True),
        (14, "mid", "mid", True),
        (15, "large", "mid", False),
        (30, "large", "mid", False),
        (31, "large", "mid", True),
        (1_000_000, "large", "mid", True),
    ],
)
def test_breakpoints(size: int, name: str, column: str, noted: bool) -> None:
    tier = tier_of(size)
    assert (tier.name, tier.people, tier.column) == (name, size, column)
    assert bool(tier.assumed) == noted


def test_ten_to_fourteen_are_served_by_the_mid_size_prices_and_told_so() -> None:
    assert tier_of(12).assumed == ("prices published for 15 to 30 people serve 12",)
    assert tier_of(7).assumed == ("prices published for 3 to 5 people serve 7",)


def test_a_size_nobody_gave_is_assumed_and_marked() -> None:
    tier = tier_of(None)
    assert (tier.name, tier.column, tier.people) == ("small", "small", ASSUMED_SIZE)
    assert tier.assumed == ("team.size = 5, which the policy does not say",)


def test_every_tier_of_the_policy_has_prices() -> None:
    assert {Team(size=size).tier for size in range(1, 40)} == set(COLUMNS)
