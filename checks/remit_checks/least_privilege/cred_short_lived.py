"""LP-012."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from remit.check import check
from remit.evidence import Credential, CredentialFile, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.usable_credentials import called, listed, places, usable

# What ends by itself, by provider. Source: the providers' documentation on workload identity and temporary access.
_SHORT: Mapping[str, str] = {
    "aws": "a role session by AWS STS that ends within the hour; in CI, a role assumed by OpenID Connect",
    "azure": "a token by workload identity federation, without a client secret",
    "gcp": "a token by workload identity federation or impersonation, which ends within the hour",
    "github": "an installation token of a GitHub App, which ends within the hour; in CI, the job's own GITHUB_TOKEN",
    "kubernetes": "a token by `kubectl create token --duration=1h`, bound to one service account",
    "mysql": "IAM authentication of the database, or a login that a secret manager makes for each session",
    "postgres": "IAM authentication of the database, or a login that a secret manager makes for each session",
    "ssh": "a certificate that ends with the working day, signed on request",
    "vault": "a child token with a time to live, bound to one policy",
}


@dataclass(frozen=True, slots=True)
class _Life:
    """For how long a credential still opens anything."""

    credential: Credential
    answer: Literal["long", "short", "unknown"]
    why: str


@check(
    "LP-012",
    "cred-short-lived",
    severity="high",
    parameters=("tokens.max_ttl_hours", "secrets.allowlist"),
    frameworks={
        "owasp-agentic": ("ASI03",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0091.000", "AML.T0012", "AML.M0026"),
        "nist-800-53": ("AC-6", "IA-5", "AC-2"),
        "nist-csf": ("PR.AA-01", "PR.AA-05"),
        "iso-27001": ("A.5.17", "A.5.18", "A.8.2"),
        "iso-42001": ("A.4.5", "A.9.2"),
        "soc2": ("CC6.1", "CC6.2", "CC6.3"),
        "cis": ("5.5", "6.1", "6.2"),
        "nist-ai-rmf": ("MANAGE 1.3",),
        "eu-ai-act": ("15", "9"),
        "csa-aicm": ("IAM-05", "IAM-16"),
    },
    incidents=("INC-01", "INC-03", "INC-14"),
    attestable=True,
)
def cred_short_lived(file: CredentialFile, policy: Policy, now: datetime) -> Verdict:
    """Every credential an agent can find ends within hours.

    Tokens lie about for years in files that nobody remembers. One that ended this morning can be found, copied and
    published, and opens nothing. Those that never end are the ones that incidents are made of.

    Fix:
        Let the task ask for a token when it starts, with an end (a role session, workload identity, a login made by a
        secret manager), and revoke the one that has none.
    """
    limit = policy.tokens.max_ttl_hours
    if limit is None:
        return skip("the policy sets no limit to how long a token may live")
    judged = [_life(each, limit, now) for each in usable(file, policy.secrets.allowlist)]
    if not judged:
        return skip(f"{file.path} holds nothing usable")
    long = [each for each in judged if each.answer == "long"]
    if long:
        return fail(
            f"{file.path} holds what outlives the task: {_listed(long)}",
            *places([each.credential for each in long]),
            remedies=_remedies(long),
        )
    left_open = [each for each in judged if each.answer == "unknown"]
    if left_open:
        return unknown(
            f"{file.path}: {_listed(left_open)}",
            *places([each.credential for each in left_open]),
            remedies=_remedies(left_open),
        )
    return ok(
        f"{file.path} holds only what ends soon: {_listed(judged)}", *places([each.credential for each in judged])
    )


def _life(credential: Credential, limit: int, now: datetime) -> _Life:
    expires = credential.expires
    if isinstance(expires, Unknown):
        return _Life(credential, "unknown", expires.why)
    if expires is None:
        return _Life(credential, "long", "never ends")
    try:
        end = datetime.fromisoformat(expires)
    except ValueError:
        return _Life(credential, "unknown", "its end is not written as a time")
    hours = ((end if end.tzinfo else end.replace(tzinfo=UTC)) - now).total_seconds() / 3600
    if hours <= limit:
        return _Life(credential, "short", f"ends on {expires}")
    return _Life(credential, "long", f"ends on {expires}, more than the {limit} hours that the policy allows from now")


def _listed(found: Sequence[_Life]) -> str:
    return listed([f"{called(each.credential)} {each.why}" for each in found])


def _remedies(found: Sequence[_Life]) -> tuple[Remedy, ...]:
    """One for each provider."""
    by_provider: dict[str, Credential] = {}
    for each in found:
        by_provider.setdefault(each.credential.provider, each.credential)
    return tuple(map(_remedy, by_provider.values()))


def _remedy(credential: Credential) -> Remedy:
    instead = _SHORT.get(credential.provider) or credential.narrower or "a token with the shortest end on offer"
    return manual(
        f"Replace the {credential.title} by one that ends ({credential.source})",
        f"1. Use instead: {instead}.\n"
        "2. Let the task ask for it when it starts, and keep it out of files.\n"
        f"3. {credential.rotate or 'Revoke the old one at its provider.'}",
        safe=False,
    )
