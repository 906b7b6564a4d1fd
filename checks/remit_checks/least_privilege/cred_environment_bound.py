"""LP-014."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.check import check
from remit.evidence import Credential, CredentialFile, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.usable_credentials import called, listed, places, usable

# All of an owner's environments at once, in the words in which kinds of credentials tell their scope.
_EVERY = re.compile(r"(?:account|workspace|every|everything)\b(?!.{0,60}\bone workspace\b)", re.IGNORECASE)
_PARTLY = re.compile(
    r"\b(?:unless|not visible offline|issued (?:for|with|together)|its policies|the roles of|half a pair)\b",
    re.IGNORECASE,
)
_NO_ENVIRONMENTS = frozenset(("github", "gitlab", "http", "netrc", "pki", "ssh", "url"))
"""What these open has no environment of its own."""


@dataclass(frozen=True, slots=True)
class _Bond:
    """Which environment a credential is bound to, if any."""

    credential: Credential
    answer: Literal["bound", "wrong", "unknown"]
    why: str


@check(
    "LP-014",
    "cred-environment-bound",
    severity="critical",
    parameters=(
        "environments.production.accounts",
        "environments.production.files",
        "environments.production.hosts",
        "environments.production.names",
        "environments.staging.accounts",
        "environments.development.accounts",
        "secrets.allowlist",
    ),
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
    incidents=("INC-01",),
    attestable=True,
)
def cred_environment_bound(file: CredentialFile, policy: Policy) -> Verdict:
    """Every credential an agent can find opens one environment, and that is not production.

    The agent that wiped a company's volume took its token for one of staging. It was: its name said so, and it opened
    production all the same, because it belonged to the whole account. A name binds nothing, and an agent's guess at
    what a token may touch binds even less.

    Fix:
        Put production into an account or project of its own, issue a credential for the other environment alone, and
        revoke the one that opens both.
    """
    judged = [_bond(each, policy) for each in usable(file, policy.secrets.allowlist) if _has_environment(each)]
    if not judged:
        return skip(f"{file.path} holds nothing that opens data or infrastructure")
    wrong = [each for each in judged if each.answer == "wrong"]
    if wrong:
        found = [each.credential for each in wrong]
        return fail(f"{file.path}: {_listed(wrong)}", *places(found), remedies=tuple(_remedies(wrong)))
    left_open = [each for each in judged if each.answer == "unknown"]
    if left_open:
        found = [each.credential for each in left_open]
        return unknown(f"{file.path}: {_listed(left_open)}", *places(found), remedies=(_declare(left_open),))
    return ok(f"{file.path}: {_listed(judged)}", *places([each.credential for each in judged]))


def _has_environment(credential: Credential) -> bool:
    """Whether it opens something of which there is one for production; code, models and messages have none."""
    environment = credential.environment
    if credential.damage in {"D3", "D4"} or isinstance(environment, Unknown):
        return credential.damage in {"D3", "D4"}
    some = credential.damage == "D2" and credential.provider not in _NO_ENVIRONMENTS
    return some or environment == "production" or credential.host is not None


def _bond(credential: Credential, policy: Policy) -> _Bond:
    environment, scope = credential.environment, credential.scope
    if not isinstance(environment, Unknown) and environment == "production":
        return _Bond(credential, "wrong", "opens production")
    account = policy.environment_of(account=credential.account) if credential.account else Unknown("not told")
    if not isinstance(account, Unknown):
        return _Bond(credential, "bound", f"is bound to an account of {account}")
    if credential.provider in _NO_ENVIRONMENTS:
        return _Bond(credential, "unknown", "opens things that no environment is told of")
    # A connection leads to one host, whatever its role may do there.
    if credential.host is None and not isinstance(scope, Unknown) and _EVERY.match(scope) and not _PARTLY.search(scope):
        return _Bond(credential, "wrong", f"opens every environment of its owner ({scope}), whatever it is called")
    if isinstance(environment, Unknown):
        return _Bond(credential, "unknown", f"may open production: {environment.why}")
    if credential.host is not None:
        return _Bond(credential, "bound", f"is bound to {credential.host} ({environment})")
    if isinstance(scope, Unknown) or _PARTLY.search(scope):
        return _Bond(credential, "unknown", f"is only called {environment}: what it opens is not visible offline")
    return _Bond(credential, "bound", f"is bound to {environment} ({scope})")


def _listed(found: Sequence[_Bond]) -> str:
    return listed([f"{called(each.credential)} {each.why}" for each in found])


def _remedies(found: Sequence[_Bond]) -> Iterator[Remedy]:
    for each in found[:5]:
        credential = each.credential
        yield manual(
            f"Replace the {credential.title} by one of a single environment ({credential.source})",
            "1. Put production into an account or project of its own, where it is not yet.\n"
            f"2. Issue for the other environment: {credential.narrower or 'a credential of its project alone'}.\n"
            f"3. {credential.rotate or 'Revoke the old one at its provider.'}",
            safe=False,
        )


def _declare(found: Sequence[_Bond]) -> Remedy:
    hosts = sorted({each.credential.host for each in found if each.credential.host})
    accounts = sorted({each.credential.account for each in found if each.credential.account})
    lines = ["[environments.staging]"]
    lines += [f"{key} = {json.dumps(values)}" for key, values in (("hosts", hosts), ("accounts", accounts)) if values]
    steps = (
        "1. Open the credential in its provider's settings, and see which projects and environments it reaches.\n"
        "2. If production is among them, replace it."
    )
    if len(lines) == 1:
        return manual("See which environments it reaches", f"{steps}\n3. If not, attest in the policy what you saw.")
    return manual(
        "See which environments it reaches, and declare it",
        f"{steps}\n3. If not, declare in the auditor's policy what is no production:\n\n" + "\n".join(lines),
    )
