"""LP-035: production has an account and a state of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from remit.evidence import Gap, IacModule, Source, Unknown
from remit_checks.least_privilege.accounts_separated import accounts_separated as lp_035

OPEN_ENVIRONMENT = Unknown("not said")
PROD, DEV = "111111111111", "222222222222"
ACCOUNTS = {"cloud.accounts.prod": (PROD,), "cloud.accounts.dev": (DEV,)}
QUEUE = 'resource "aws_sqs_queue" "jobs" {}\n'


def _aws(account: str = PROD) -> str:
    return f'provider "aws" {{\n  allowed_account_ids = ["{account}"]\n}}\n'


def _gcs(prefix: str) -> str:
    return f'terraform {{\n  backend "gcs" {{\n    bucket = "acme-state"\n    prefix = "{prefix}"\n  }}\n}}\n'


def _trees(facts: Any, **texts: str) -> list[IacModule]:
    """One directory for each keyword, `__` in it a slash."""
    return [
        module for name, text in texts.items() for module in facts.terraform(text, f"{name.replace('__', '/')}/main.tf")
    ]


def test_two_accounts_pass(facts: Any) -> None:
    trees = _trees(facts, prod=_aws() + QUEUE, dev=_aws(DEV) + QUEUE)
    for policy in ({}, ACCOUNTS):
        found = facts.one(lp_035, *trees, policy=policy)
        assert found.status == "pass", found.verdict
        assert PROD in found.verdict.message
        assert {source.path for source in found.verdict.sources} == {"prod/main.tf", "dev/main.tf"}


def test_states_of_their_own_pass_even_where_their_places_cannot_be_told(facts: Any) -> None:
    trees = _trees(facts, prod=_aws() + _gcs("one") + QUEUE, dev=_aws(DEV) + _gcs("two") + QUEUE)
    assert facts.one(lp_035, *trees).status == "pass"
    masked = [replace(each, backend_arguments={"bucket": "acme-state", "prefix": "‹secret›"}) for each in trees]
    assert facts.one(lp_035, *masked).status == "pass"


def test_a_states_name_says_what_it_is_for(facts: Any) -> None:
    trees = _trees(facts, one=_aws() + _gcs("shop/production") + QUEUE, two=_aws() + _gcs("shop/dev") + QUEUE)
    found = facts.one(lp_035, *trees)
    assert (found.status, "one and two work in one account" in found.verdict.message) == ("fail", True)


def test_accounts_of_roles_projects_and_subscriptions_count(facts: Any) -> None:
    role = 'provider "aws" {\n  assume_role {\n    role_arn = "arn:aws:iam::%s:role/deploy"\n  }\n}\n'
    google = 'provider "google" {\n  project = "%s"\n}\n'
    azure = 'provider "azurerm" {\n  subscription_id = "%s"\n}\n'
    for provider in (role, google, azure):
        two = _trees(facts, prod=provider % PROD + QUEUE, dev=provider % DEV + QUEUE)
        assert facts.one(lp_035, *two).status == "pass"
        one = _trees(facts, prod=provider % PROD + QUEUE, dev=provider % PROD + QUEUE)
        assert facts.one(lp_035, *one).status == "fail"


FAULTS: tuple[tuple[str, dict[str, str], dict[str, Any], str], ...] = (
    (
        "one account",
        {"envs__prod": _aws() + QUEUE, "envs__dev": _aws() + QUEUE},
        {},
        "envs/prod and envs/dev work in one account, 111111111111",
    ),
    (
        "one account with staging",
        {"prod": _aws() + QUEUE, "staging": _aws() + QUEUE},
        {},
        "prod and staging work in one account",
    ),
    (
        "one state",
        {"prod": _aws() + _gcs("all") + QUEUE, "dev": _aws(DEV) + _gcs("all") + QUEUE},
        {},
        "prod and dev share one state",
    ),
    ("production's account for development", {"dev": _aws() + QUEUE}, ACCOUNTS, "one state of dev is for"),
    (
        "two accounts in one state",
        {"infra": _aws() + _aws(DEV).replace("{\n", '{\n  alias = "dev"\n', 1) + QUEUE},
        ACCOUNTS,
        "one state of infra is for development and production",
    ),
    (
        "two environments in one state",
        {"infra": _aws() + 'resource "aws_s3_bucket" "prod_files" {}\nresource "aws_s3_bucket" "dev_files" {}\n'},
        {},
        "describes aws_s3_bucket.prod_files and aws_s3_bucket.dev_files",
    ),
    (
        "listed twice",
        {"prod": _aws() + QUEUE},
        {"cloud.accounts.prod": (PROD,), "cloud.accounts.dev": ("1111*",)},
        "for production and for development",
    ),
)


@pytest.mark.parametrize(("name", "texts", "policy", "words"), FAULTS, ids=[row[0] for row in FAULTS])
def test_faults(facts: Any, name: str, texts: dict[str, str], policy: dict[str, Any], words: str) -> None:
    found = facts.one(lp_035, *_trees(facts, **texts), policy=policy)
    assert (found.status, words in found.verdict.message) == ("fail", True), found.verdict
    assert found.verdict.sources
    assert [(each.kind, each.safe) for each in found.verdict.remedies] == [("manual", False)]
    assert "[cloud.accounts]" in found.verdict.remedies[0].body


def test_a_contradiction_in_the_policy_is_shown_where_it_stands(facts: Any) -> None:
    at = Source("policy.toml", 12, "policy")
    policy = {"cloud.accounts.prod": (PROD,), "cloud.accounts.dev": (PROD,)}
    found = facts.one(lp_035, *_trees(facts, prod=_aws() + QUEUE), policy=policy, origins={"cloud.accounts.dev": at})
    assert (found.status, at in found.verdict.sources) == ("fail", True)


OPEN: tuple[tuple[str, dict[str, str], dict[str, Any], str], ...] = (
    ("no account is named", {"infra": QUEUE}, ACCOUNTS, "infra: no provider says which account it works in"),
    (
        "an account nobody can read",
        {"prod": 'variable "a" {}\n' + _aws().replace(f'"{PROD}"', "var.a") + QUEUE},
        ACCOUNTS,
        "`a`",
    ),
    (
        "an account of nothing",
        {"infra": _aws() + QUEUE},
        {},
        "nothing says whether 111111111111 of infra is production",
    ),
    ("production alone", {"prod": _aws() + QUEUE}, {}, "no account of anything but production is known"),
    ("development alone", {"dev": _aws(DEV) + QUEUE}, {}, "no account of production is known"),
)


@pytest.mark.parametrize(("name", "texts", "policy", "words"), OPEN, ids=[row[0] for row in OPEN])
def test_what_is_left_open(facts: Any, name: str, texts: dict[str, str], policy: dict[str, Any], words: str) -> None:
    found = facts.one(lp_035, *_trees(facts, **texts), policy=policy)
    assert (found.status, words in found.verdict.message) == ("unknown", True), found.verdict
    assert "[cloud.accounts]" in found.verdict.remedies[-1].body


def test_the_account_in_the_remedy_settles_it(facts: Any) -> None:
    remedies = facts.one(lp_035, *_trees(facts, infra=QUEUE), policy=ACCOUNTS).verdict.remedies
    assert (remedies[0].kind, remedies[0].path) == ("iac", "infra/main.tf")
    mended = _trees(facts, infra=QUEUE + remedies[0].body.replace("ACCOUNT-ID", PROD))
    assert facts.one(lp_035, *mended, policy=ACCOUNTS).status == "pass"


def test_one_side_is_enough_where_the_policy_lists_the_other(facts: Any) -> None:
    assert facts.one(lp_035, *_trees(facts, infra=_aws() + QUEUE), policy=ACCOUNTS).status == "pass"


def test_modules_for_others_are_judged_where_they_are_called(facts: Any) -> None:
    inner = facts.module(facts.resource("aws_s3_bucket.b"), root=False)
    assert facts.one(lp_035, inner).status == "not-applicable"
    assert facts.one(lp_035, replace(inner, root=Unknown("nothing calls it"))).status == "unknown"
    assert facts.one(lp_035, facts.module(facts.resource("random_id.x"))).status == "not-applicable"


# ------------------------------------------------------------------------------------------------------ credentials


def _key(facts: Any, account: str | None, environment: Any = OPEN_ENVIRONMENT) -> Any:
    return facts.file(
        facts.credential(
            kind="aws-access-key",
            title="AWS long-lived access key",
            provider="aws",
            account=account,
            environment=environment,
            resource=f"aws:account:{account or '*'}",
        )
    )


@pytest.mark.parametrize(
    ("account", "environment", "answer", "words"),
    [
        (PROD, OPEN_ENVIRONMENT, "fail", "of production (111111111111) in .env"),
        (None, "production", "fail", "of production in .env"),
        (DEV, OPEN_ENVIRONMENT, "pass", "an account of its own"),
        ("333333333333", OPEN_ENVIRONMENT, "unknown", "account 333333333333 of AWS long-lived access key"),
        (None, OPEN_ENVIRONMENT, "unknown", "the account of AWS long-lived"),
        (None, "development", "not-applicable", "no infrastructure code is here"),
    ],
)
def test_keys_that_agents_can_read(facts: Any, account: str | None, environment: Any, answer: str, words: str) -> None:
    found = facts.one(lp_035, _key(facts, account, environment), facts.agent(), policy=ACCOUNTS)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_key_of_production_that_an_agent_perhaps_reads(facts: Any) -> None:
    unread = facts.agent({"shell_without_approval": Unknown("its settings could not be read")})
    found = facts.one(lp_035, _key(facts, PROD), unread, policy=ACCOUNTS)
    assert (found.status, "whether an agent can read .env" in found.verdict.message) == ("unknown", True)


def test_a_key_out_of_every_agents_reach_is_no_agents_key(facts: Any) -> None:
    held_back = facts.agent({"reads": lambda path: False})
    assert facts.one(lp_035, _key(facts, PROD), held_back, policy=ACCOUNTS).status == "not-applicable"
    assert facts.one(lp_035, _key(facts, PROD), policy=ACCOUNTS).status == "not-applicable", "no agent at all"
    trees = _trees(facts, infra=_aws() + QUEUE)
    assert facts.one(lp_035, *trees, _key(facts, PROD), held_back, policy=ACCOUNTS).status == "pass"


def test_gaps_and_attestations(facts: Any) -> None:
    trees = _trees(facts, prod=_aws() + QUEUE, dev=_aws(DEV) + QUEUE)
    gap = Gap("terraform", "infra/broken.tf", "is broken", ("IacModule",))
    assert facts.one(lp_035, *trees, gaps=(gap,)).status == "unknown"
    assert facts.one(lp_035).status == "not-applicable"
    said = {"control": "LP-035", "by": "Ada", "on": "2026-11-01", "valid_days": 90, "evidence": "TICKET-1"}
    assert facts.one(lp_035, *_trees(facts, infra=QUEUE), policy={"attestations": (said,)}).status == "pass"
