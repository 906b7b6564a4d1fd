from __future__ import annotations

import pytest

from remit.evidence import Unknown
from remit.policy.environment import by_name, is_local
from remit.policy.model import Policy

POLICY = Policy.model_validate(
    {
        "environments": {
            "production": {
                "hosts": ["db.acme.io", "*.shop.acme.io", "tunnel"],
                "files": ["ops/live.env", ".env.shop"],
                "accounts": ["1111"],
                "names": ["SHOP_*"],
            },
            "staging": {
                "hosts": ["mirror.acme.io", "*.mirror.acme.io", "prod-copy.acme.io", "both.shop.acme.io"],
                "accounts": ["2222"],
                "names": ["MIRROR_URL"],
            },
            "development": {"hosts": ["*.lab.acme.io"], "files": ["fixtures/*"]},
        },
        "cloud": {"accounts": {"prod": ["3333"], "dev": ["4444"]}},
        "network": {"prod_cidrs": ["10.20.0.0/16", "2001:db8::/32"]},
    }
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"host": "db.acme.io"}, "production"),
        ({"host": "DB.ACME.IO"}, "production"),
        ({"host": "eu.shop.acme.io"}, "production"),
        ({"host": "10.20.3.4"}, "production"),
        ({"host": "[2001:db8::1]"}, "production"),
        ({"host": "10.21.3.4"}, None),
        ({"host": "tunnel"}, "production"),
        ({"host": "mirror.acme.io"}, "staging"),
        ({"host": "prod-copy.acme.io"}, "staging"),
        ({"host": "prod.mirror.acme.io"}, "production"),
        ({"host": "eu.mirror.acme.io"}, "staging"),
        ({"host": "staging.lab.acme.io"}, "staging"),
        ({"host": "x.lab.acme.io"}, "development"),
        ({"host": "both.shop.acme.io"}, None),
        ({"account": "1111"}, "production"),
        ({"account": "3333"}, "production"),
        ({"account": "4444"}, "development"),
        ({"account": "2222", "host": "unclear.acme.io"}, "staging"),
        ({"path": "ops/live.env"}, "production"),
        ({"path": "apps/web/.env.shop"}, "production"),
        ({"path": "fixtures/a/b.sql"}, "development"),
        ({"path": "fixtures/prod/b.sql"}, "production"),
        ({"name": "SHOP_URL"}, "production"),
        ({"name": "MIRROR_URL"}, "staging"),
        ({"host": "mirror.acme.io", "name": "SHOP_URL"}, "production"),
        ({"host": "localhost", "name": "SHOP_URL"}, "production"),
        ({"host": "localhost", "path": "web/.env.shop"}, "production"),
        ({"host": "mirror.acme.io", "path": ".env.production"}, "production"),
        ({"host": "mirror.acme.io", "path": ".env.local"}, "staging"),
    ],
)
def test_lists_decide_and_the_most_dangerous_reading_holds(given: dict[str, str], expected: str | None) -> None:
    found = POLICY.environment_of(**given)
    assert isinstance(found, Unknown) if expected is None else found == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"host": "localhost"}, "development"),
        ({"host": "127.0.0.1"}, "development"),
        ({"host": "::1"}, "development"),
        ({"host": "db"}, "development"),
        ({"host": "/var/run/postgresql"}, "development"),
        ({"host": "host.docker.internal"}, "development"),
        ({"host": "db", "path": ".env.production"}, "development"),
        ({"host": "prod-db"}, "production"),
        ({"host": "db-prd-1.eu.rds.amazonaws.com"}, "production"),
        ({"host": "shop-production.up.railway.app"}, "production"),
        ({"host": "db.internal", "name": "PROD_DATABASE_URL"}, "production"),
        ({"host": "db.internal", "name": "prodDatabaseUrl"}, "production"),
        ({"host": "db.internal", "path": ".env.production"}, "production"),
        ({"path": "infra/production/main.tf"}, "production"),
        ({"host": "stg.acme.io"}, "staging"),
        ({"host": "nonprod.acme.io"}, "staging"),
        ({"host": "pre-prod.acme.io"}, "staging"),
        ({"name": "STAGING_URL"}, "staging"),
        ({"path": ".env.test"}, "development"),
        ({"host": "product.acme.io"}, None),
        ({"host": "reproduction.acme.io"}, None),
        ({"host": "olive.acme.io"}, None),
        ({"host": "acme.pages.dev"}, None),
        ({"host": "acme.live"}, None),
        ({"host": "10.0.0.5"}, None),
        ({"host": "svc.cluster.local.acme.io"}, "development"),
        ({"name": "LIVE_RELOAD_URL"}, None),
        ({"path": "src/live/socket.sh"}, None),
        ({"path": "test/deploy.sh"}, None),
        ({"name": "PROD_TO_STAGING_URL"}, None),
        ({"name": "DATABASE_URL"}, None),
        ({}, None),
        ({"host": ""}, None),
    ],
)
def test_names_decide_where_no_list_does(given: dict[str, str], expected: str | None) -> None:
    found = Policy().environment_of(**given)
    assert isinstance(found, Unknown) if expected is None else found == expected


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"host": "db.internal"}, "environments.production.hosts"),
        ({"account": "9"}, "environments.production.accounts"),
        ({"path": "x.sh"}, "environments.production.files"),
        ({"name": "URL"}, "environments.production.names"),
    ],
)
def test_unknown_says_which_key_would_tell(given: dict[str, str], key: str) -> None:
    found = Policy().environment_of(**given)
    assert isinstance(found, Unknown)
    assert key in found.why


def test_contradicting_lists_are_named() -> None:
    found = POLICY.environment_of(host="both.shop.acme.io")
    assert isinstance(found, Unknown)
    assert "environments.production.hosts and environments.staging.hosts" in found.why


def test_words_that_disagree_with_production_are_unknown() -> None:
    found = by_name("name", "PROD_DEV_URL")
    assert isinstance(found, Unknown)
    assert by_name("name", "DEV_STAGING_URL") == "staging"


@pytest.mark.parametrize(("host", "local"), [("", False), ("db", True), ("db.acme.io", False), ("192.168.1.4", False)])
def test_local_hosts(host: str, local: bool) -> None:
    assert is_local(host) is local
