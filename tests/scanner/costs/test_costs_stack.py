"""What stacks of items cost, with the work that comes back."""

from __future__ import annotations

from typing import Any

import pytest

from remit.costs.formulas import Figure
from remit.costs.prices import load_prices
from remit.costs.stack import StackCost, stack_cost
from remit.errors import UsageError
from remit.evidence import Unknown

HOURS = 730


def cost(**quantities: float) -> StackCost:
    return stack_cost(load_prices(), quantities)


def money(stack: StackCost) -> Figure:
    assert not isinstance(stack.money_month, Unknown)
    return stack.money_month


def test_the_published_small_team() -> None:
    stack = cost(rds_backup_14_days=1, ec2_t3_medium=HOURS, grafana_pro=1, github_team=5, vault_self_hosted=1)
    assert money(stack).value == pytest.approx(94.37, abs=0.01)
    assert (stack.hours_month.least, stack.hours_month.value) == (4, 8)
    assert (stack.labour_month.least, stack.labour_month.value) == (300, 600)


def test_the_published_mid_size_team_as_a_range() -> None:
    stack = cost(rds_backup_other_region=1, microvm_cluster=1, datadog=15, hcp_vault_plus=HOURS, github_enterprise=15)
    assert money(stack).value == pytest.approx(80 + 200 + 690 + 1153.40 + 315)
    assert money(stack).least == pytest.approx(80 + 200 + 225 + 1153.40 + 315)
    assert stack.hours_month.value == stack.labour_month.value == 0


@pytest.mark.parametrize(
    ("quantities", "usd"),
    [
        ({"rds_backup": 100, "docker": 1, "pg_role": 1, "github_free": 1}, 9.5),
        ({"aws_secrets_manager": 10}, 4),
        ({"datadog_infra": 15}, 225),
        ({"datadog_infra": 15, "datadog_apm": 15}, 690),
        ({"datadog_apm_pro": 15}, 525),
        ({"github_enterprise": 30}, 630),
        ({"datadog_free": 5}, 0),
        ({}, 0),
    ],
)
def test_bills(quantities: dict[str, float], usd: float) -> None:
    assert money(cost(**quantities)).value == pytest.approx(usd)


def test_what_is_free_ends_somewhere() -> None:
    assert cost(datadog_free=6, grafana_pro=1).money_month == Unknown(
        "Datadog, free plan: above five hosts the paid plan applies, to all of them"
    )


@pytest.mark.parametrize(
    ("quantities", "message"),
    [
        ({"grafana_por": 1}, "there is no price for 'grafana_por'; did you mean grafana_pro?"),
        ({"github_team": -1}, "github_team: quantity: expected a number from 0"),
        ({"github_team": float("nan")}, "github_team: quantity: expected a number from 0"),
    ],
)
def test_bad_quantities(quantities: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        cost(**quantities)
