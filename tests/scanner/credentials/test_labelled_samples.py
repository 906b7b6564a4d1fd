"""How much of a labelled set of samples is found, and how much of what is found is right.

The set holds the synthetic samples of two public scanners. Only the kinds that we declare are measured; a sample counts
as found when anything was recognised in it, and as a false alarm when something usable was.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from remit.credentials.scan import scan

DECLARED = frozenset(
    [
        "1password-secret-key",
        "1password-service-account-token",
        "age-secret-key",
        "anthropic-admin-api-key",
        "anthropic-api-key",
        "atlassian-api-token",
        "aws-access-token",
        "aws-amazon-bedrock-api-key-long-lived",
        "aws-amazon-bedrock-api-key-short-lived",
        "aws_key",
        "azure-ad-client-secret",
        "basic_auth",
        "cloudflare-api-key",
        "cloudflare-global-api-key",
        "curl-auth-header",
        "curl-auth-user",
        "databricks-api-token",
        "datadog-access-token",
        "digitalocean-access-token",
        "digitalocean-pat",
        "digitalocean-refresh-token",
        "doppler-api-token",
        "flyio-access-token",
        "gcp-api-key",
        "github-app-token",
        "github-fine-grained-pat",
        "github-oauth",
        "github-refresh-token",
        "github_token",
        "gitlab-cicd-job-token",
        "gitlab-deploy-token",
        "gitlab-feature-flag-client-token",
        "gitlab-feed-token",
        "gitlab-incoming-mail-token",
        "gitlab-oauth-app-secret",
        "gitlab-pat",
        "gitlab-pat-routable",
        "gitlab-ptt",
        "gitlab-rrt",
        "gitlab-runner-authentication-token",
        "gitlab-runner-authentication-token-routable",
        "gitlab-scim-token",
        "gitlab_token",
        "grafana-api-key",
        "grafana-cloud-api-token",
        "grafana-service-account-token",
        "hashicorp-tf-api-token",
        "heroku-api-key",
        "heroku-api-key-v2",
        "huggingface-access-token",
        "huggingface-organization-api-token",
        "jwt",
        "jwt-base64",
        "linear-api-key",
        "netlify-access-token",
        "notion-api-token",
        "npm",
        "npm-access-token",
        "openai",
        "openai-api-key",
        "perplexity-api-key",
        "planetscale-api-token",
        "planetscale-oauth-token",
        "planetscale-password",
        "private-key",
        "pulumi-api-token",
        "pypi-upload-token",
        "pypi_token",
        "sendgrid",
        "sendgrid-api-token",
        "sentry-access-token",
        "sentry-org-token",
        "sentry-user-token",
        "slack-app-token",
        "slack-bot-token",
        "slack-config-access-token",
        "slack-config-refresh-token",
        "slack-legacy-bot-token",
        "slack-legacy-token",
        "slack-legacy-workspace-token",
        "slack-user-token",
        "slack-webhook-url",
        "stripe-access-token",
        "stripe_key",
        "twilio-api-key",
        "vault-batch-token",
        "vault-service-token",
    ]
)
BY_NAME = frozenset({"keyword", "generic-api-key"})


@pytest.fixture(scope="module")
def samples() -> list[dict[str, object]]:
    root = Path(os.environ.get("REMIT_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus")
    path = root / "credentials-labelled.jsonl.gz"
    if not path.is_file():
        pytest.skip("the labelled samples are not here: point REMIT_CORPUS at the folder that holds them")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure(samples: list[dict[str, object]], declared: frozenset[str], path: str) -> tuple[float, float, int]:
    """Recall, precision, and how many samples they rest on."""
    found = positive = wrong = total = 0
    for sample in samples:
        if str(sample["kind"]).partition(":")[2] not in declared:
            continue
        total += 1
        matches = scan(str(sample["text"]), path, b"k")
        if sample["is_credential"]:
            positive += 1
            found += bool(matches)
        else:
            wrong += any(not match.detail.placeholder and not match.kind.endswith("-id") for match in matches)
    return found / positive, found / (found + wrong), total


def test_declared_kinds(samples: list[dict[str, object]]) -> None:
    recall, precision, total = measure(samples, DECLARED, "sample.txt")
    print(f"declared kinds: recall {recall:.3f}, precision {precision:.3f} over {total} samples")
    assert total > 350
    assert recall >= 0.96
    # What is left are published keys of the right shape, which only a list of them could tell from others.
    assert precision >= 0.95


def test_values_known_by_name_only(samples: list[dict[str, object]]) -> None:
    recall, precision, total = measure(samples, BY_NAME, ".env")
    print(f"by name only: recall {recall:.3f}, precision {precision:.3f} over {total} samples")
    assert total > 80
    # Half of them are comparisons in source code, or hold spaces; a settings file has neither.
    assert recall >= 0.45
    assert precision >= 0.85
