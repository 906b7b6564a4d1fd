"""Sizes of teams, and which of the published sizes' prices serves each.

Prices are published for one person, for 3 to 5 and for 15 to 30. The policy knows four tiers: 1, 2 to 9, 10 to 14, and
15 or more. From 10 to 14 people the mid-size prices serve: the same publication asks of everyone from ten people on
what the mid-size stack consists of (central secrets, observability, copies in another region), so the small team's
prices would leave most of it out, and a plan should rather cost less than it says than more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.costs.tables import Column
from remit.evidence import Unknown
from remit.policy.sections.reach import Team, Tier

ASSUMED_SIZE = 5
"""How many people are assumed where the policy does not say: those of the published small team."""

COLUMNS: Mapping[Tier, Column] = {"solo": "solo", "small": "small", "mid": "mid", "large": "mid"}
_PUBLISHED: Mapping[Column, range] = {"solo": range(1, 2), "small": range(3, 6), "mid": range(15, 31)}


@dataclass(frozen=True, slots=True)
class TeamTier:
    """A team's tier, the column of prices that serves it, and what was assumed to say so."""

    name: Tier
    people: int
    column: Column
    assumed: tuple[str, ...] = ()


def tier_of(size: int | None) -> TeamTier:
    """The tier of a team, by the policy's `team.size`; a size nobody gave is assumed, and marked so."""
    people = ASSUMED_SIZE if size is None else size
    tier = Team(size=people).tier
    if isinstance(tier, Unknown):
        raise AssertionError("a team with a size has a tier")
    column = COLUMNS[tier]
    assumed = () if size is not None else (f"team.size = {people}, which the policy does not say",)
    return TeamTier(tier, people, column, (*assumed, *_beyond(people, column)))


def _beyond(people: int, column: Column) -> tuple[str, ...]:
    """A note where prices published for other sizes have to serve."""
    published = _PUBLISHED[column]
    if people in published:
        return ()
    return (f"prices published for {published[0]} to {published[-1]} people serve {people}",)
