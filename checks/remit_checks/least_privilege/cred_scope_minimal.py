"""LP-013."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.check import check
from remit.evidence import Credential, CredentialFile, Unknown
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.remedy import Remedy, manual, quoted, sql
from remit.verdict import Verdict, fail, ok, skip, unknown

# A credential's scope is told in its provider's words. Wide by its kind: all that belongs to an owner.
_ALL = re.compile(r"(?:every|everything|account|workspace|the whole|owner)\b", re.IGNORECASE)
_RULES = re.compile(r"\b(?:admin|administrator|root|service_role|editor)\b", re.IGNORECASE)
_PERHAPS = re.compile(r"\b(?:unless|issued|if it|if they)\b", re.IGNORECASE)
# Told only in part: what it was given when it was issued, which its provider knows and the token does not show.
_PARTLY = re.compile(
    r"\b(?:not visible offline|unless|issued (?:for|with|together)|what its type|the (?:roles|rights|permissions) of"
    r"|its policies|by its name|half a pair|stored policy)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Width:
    """How much of its provider a credential opens, and why."""

    credential: Credential
    answer: Literal["wide", "narrow", "unknown"]
    why: str


@check(
    "LP-013",
    "cred-scope-minimal",
    severity="critical",
    parameters=("tokens.allowed_scopes",),
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
    incidents=("INC-01", "INC-07", "INC-13", "INC-15"),
    attestable=True,
)
def cred_scope_minimal(file: CredentialFile, policy: Policy) -> Verdict:
    """Every credential an agent can find opens no more than its task needs.

    The token that deleted a production volume had been made to manage custom domains. It could do that and everything
    else, because its provider gives such tokens the whole account. What a credential was meant for limits nothing.

    Fix:
        Issue a narrower one (a project instead of an account, a role that reads instead of the owner), put it where
        the task needs it, then revoke the old one.
    """
    judged = [_width(each, policy) for each in file.credentials if _counts(each)]
    if not judged:
        return skip(f"{file.path} holds nothing usable")
    wide = [each for each in judged if each.answer == "wide"]
    if wide:
        return fail(
            f"{file.path} holds more than a task needs: {_listed(wide)}",
            *(each.credential.source for each in wide),
            remedies=tuple(_remedies(wide)),
        )
    left_open = [each for each in judged if each.answer == "unknown"]
    if left_open:
        return unknown(
            f"what {file.path} opens is not visible offline: {_listed(left_open)}",
            *(each.credential.source for each in left_open),
            remedies=(_evidence(left_open),),
        )
    return ok(f"{file.path} opens little: {_listed(judged)}", *(each.credential.source for each in judged))


def _counts(credential: Credential) -> bool:
    return not credential.placeholder and credential.damage != "D0"


def _local(credential: Credential) -> bool:
    return not isinstance(credential.environment, Unknown) and credential.environment == "development"


def _width(credential: Credential, policy: Policy) -> _Width:
    """What the scope says; the policy's list can settle what is told in part, and never excuses what is wide."""
    scope = credential.scope
    if _local(credential):
        return _Width(credential, "narrow", "development only")
    if isinstance(scope, Unknown):
        return _Width(credential, "unknown", scope.why)
    partly = bool(_PARTLY.search(scope))
    if (_ALL.match(scope) and not _PERHAPS.search(scope)) or (_RULES.search(scope) and not partly):
        return _Width(credential, "wide", scope)
    if credential.damage == "D4" and not partly:
        return _Width(credential, "wide", f"{scope}, and it deletes data with its backups")
    allowed = _allowed(credential, policy)
    if allowed is None:
        return _Width(credential, "unknown" if partly else "narrow", scope)
    if any(matches(glob, scope) for glob in allowed):
        return _Width(credential, "narrow", f"{scope}, which the policy allows")
    return _Width(credential, "unknown" if partly else "wide", f"{scope}; tokens.allowed_scopes does not list it")


def _allowed(credential: Credential, policy: Policy) -> tuple[str, ...] | None:
    """The scopes that the policy allows for this purpose, which is named by variable, kind or provider."""
    for purpose, scopes in policy.tokens.allowed_scopes.items():
        if any(matches(purpose, name) for name in (credential.name, credential.kind, credential.provider) if name):
            return scopes
    return None


def _listed(found: Sequence[_Width]) -> str:
    names = [f"{each.credential.name or each.credential.title}: {each.why}" for each in found[:3]]
    return "; ".join(names) + (f"; and {len(found) - 3} more" if len(found) > 3 else "")


# ------------------------------------------------------------------------------------------------------- remedies


def _remedies(wide: Sequence[_Width]) -> Iterator[Remedy]:
    owners = {each.credential.resource: each.credential for each in wide if each.credential.provider == "postgres"}
    for owner in owners.values():
        yield sql("Give the agent a role that only reads, on a staging copy", _role(owner.database))
    for each in wide:
        credential = each.credential
        yield manual(
            f"Replace the {credential.title} ({credential.source})",
            f"1. Issue instead: {credential.narrower or 'a credential for one project that cannot delete'}.\n"
            f"2. Put it where {credential.name or 'the old one'} is read.\n"
            f"3. {credential.rotate or 'Revoke the old one at its provider.'}",
            safe=False,
        )


def _role(database: str | None) -> str:
    name = quoted(database) if database else "current_database_name"
    return "\n".join(
        (
            "CREATE ROLE agent_ro LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 5;",
            "ALTER ROLE agent_ro SET default_transaction_read_only = on;",
            f"GRANT CONNECT ON DATABASE {name} TO agent_ro;",
            "GRANT USAGE ON SCHEMA public TO agent_ro;",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO agent_ro;",
        )
    )


def _evidence(left_open: Sequence[_Width]) -> Remedy:
    lines = ["[tokens.allowed_scopes]\n# scopes as the provider lists them, by variable, kind or provider"]
    lines += sorted({f"{json.dumps(each.credential.kind)} = []" for each in left_open})
    return manual(
        "Look up the scopes at the provider",
        "1. Open the token in its provider's settings, and read its scopes, role and projects.\n"
        "2. If it can delete or administer anything, replace it by a narrower one.\n"
        "3. Attest in the auditor's policy what you saw, or declare what is allowed:\n\n" + "\n".join(lines),
    )
