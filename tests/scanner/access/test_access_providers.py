"""Providers by name and by host, and what the policy's word on one does to the copies of what it holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from access_facts import DATABASE, POSTGRES, agent, destroyed, holding

from remit.access.providers import names_provider, platform_of, provider_name
from remit.policy.model import Policy


@pytest.mark.parametrize(
    ("host", "platform"),
    [
        ("shop-prod.proxy.rlwy.net", "railway"),
        ("postgres.railway.internal", "railway"),
        ("EP-main.eu-central-1.aws.NEON.tech.", "neon"),
        ("shop.abc.eu-west-1.rds.amazonaws.com", "aws"),
        ("cluster0.mongodb.net", "mongodb-atlas"),
        ("rlwy.net", ""),
        ("notrlwy.net", ""),
        ("rlwy.net.evil.example", ""),
        ("db.acme.com", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_host_tells_its_platform_by_its_ending(host, platform):
    assert platform_of(host) == platform


@pytest.mark.parametrize(
    ("text", "provider", "same"),
    [
        ("Amazon S3", "aws", True),
        ("AWS Backup", "aws", True),
        ("Google Cloud", "gcp", True),
        ("a disk in the office", "aws", False),
        ("flaws", "aws", False),
    ],
)
def test_somebodys_words_for_a_provider(text, provider, same):
    assert names_provider(text, provider) is same
    assert provider_name(provider) == provider


@pytest.mark.parametrize(
    ("host", "name", "automatic", "verdict"),
    [
        ("shop-prod.proxy.rlwy.net", "railway", False, "lost"),
        ("shop-prod.proxy.rlwy.net", "Railway", False, "lost"),
        ("shop-prod.proxy.rlwy.net", "railway", True, "unknown"),
        ("shop-prod.proxy.rlwy.net", "railway", None, "unknown"),
        ("shop-prod.proxy.rlwy.net", "neon", False, "unknown"),
        ("db.acme.com", "railway", False, "unknown"),
        ("db.acme.com", "postgres", False, "lost"),
    ],
)
def test_where_its_provider_backs_up_nothing_and_no_copy_is_declared_it_is_lost(host, name, automatic, verdict):
    said = {} if automatic is None else {"automatic_backups": automatic}
    policy = Policy.model_validate({"providers": {name: said}})
    found = destroyed(agent(), holding(replace(POSTGRES, host=host), path=".env"), policy=policy)[DATABASE]
    assert found.survival.verdict == verdict
    assert ("makes no backups unasked" in found.survival.reason) is (verdict == "lost")


def test_a_declared_copy_outweighs_what_the_provider_does():
    copy = {"resource": "postgres:*", "location": "tape", "provider": "attic", "reachable_by_agents": False}
    policy = Policy.model_validate(
        {"providers": {"railway": {"automatic_backups": False}}, "backup": {"inventory": (copy,)}}
    )
    made = holding(replace(POSTGRES, host="shop-prod.proxy.rlwy.net"), path=".env")
    assert destroyed(agent(), made, policy=policy)[DATABASE].survival.verdict == "survives"
