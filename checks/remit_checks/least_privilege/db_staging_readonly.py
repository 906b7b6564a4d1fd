"""LP-002."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, DatabaseRole, Environment, Maybe, RoleCatalogue, Source, Unknown
from remit.policy.defaults import FORBIDDEN_PRIVILEGES
from remit.policy.model import Policy
from remit.remedy import Remedy
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.agent_roles import (
    POWERS,
    ask_the_database,
    held_of,
    judged,
    own_role,
    reading_only,
    told,
)
from remit_checks.least_privilege.connections import (
    Connection,
    connections,
    is_admin,
    out_of_reach,
    reached,
    sql_is_whole,
)

# What a role that only reads does not hold, whatever the policy forbids on production.
_BEYOND_READING = frozenset(FORBIDDEN_PRIVILEGES) | POWERS


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a connection to staging may do there, and why."""

    connection: Connection
    answer: Literal["reads", "writes", "open"]
    why: str


@check(
    "LP-002",
    "db-staging-readonly",
    severity="high",
    parameters=("staging.allow_write", "roles.agent", "db.admin_role_names", "environments.staging.hosts"),
    frameworks={
        "owasp-agentic": ("ASI03", "ASI02"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.T0053", "AML.M0026", "AML.M0028"),
        "nist-800-53": ("AC-3", "AC-6", "AC-6(5)", "AC-6(10)"),
        "nist-csf": ("PR.AA-05",),
        "iso-27001": ("A.5.15", "A.8.2", "A.8.3"),
        "iso-42001": ("A.9.2", "A.4.5"),
        "soc2": ("CC6.1", "CC6.3"),
        "cis": ("3.3", "6.8"),
        "nist-ai-rmf": ("MANAGE 1.3", "MAP 4.2"),
        "eu-ai-act": ("15", "9"),
        "csa-aicm": ("IAM-05", "IAM-19"),
    },
    incidents=("INC-02", "INC-05"),
    attestable=True,
    needs=(RoleCatalogue,),
)
def db_staging_readonly(subject: RoleCatalogue | CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """On staging an agent only reads.

    Staging is where a restore is tried and where everybody tests, so an agent that writes there breaks both. And what
    is called staging is not always apart: one deletion on a staging volume took production with it, because the two
    were one.

    Fix:
        Give agents a role with SELECT only. For work that must write, make a throw-away copy for it; or let the
        policy's owner say so with staging.allow_write.
    """
    if policy.staging.allow_write:
        return skip("the policy lets agents write on staging")
    if isinstance(subject, CredentialFile):
        return _file(subject, policy, graph)
    return judged(
        subject,
        policy.roles.agent,
        lambda role: held_of(role, _BEYOND_READING),
        reading_only,
        "wherever it is run, staging included, the SQL declares nothing beyond reading for",
        counts=lambda role: _may_be_on_staging(role, policy),
    )


def _may_be_on_staging(role: DatabaseRole, policy: Policy) -> bool:
    """Whether neither its name nor the path of its SQL puts a role on production or development alone."""
    environment: Maybe[Environment] = policy.environment_of(name=role.name, path=role.source.path)
    return isinstance(environment, Unknown) or environment == "staging"


# ----------------------------------------------------------------------------------------------------------- files


def _file(file: CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    found = [
        _judged(each, policy, graph)
        for each in connections(file, graph)
        if _perhaps_staging(each.credential.environment)
    ]
    if not found:
        return skip(f"{file.path} opens no staging database")
    reach = reached(file, graph)
    if reach is None:
        return ok(out_of_reach(file, graph), *_places(found))
    writing = [each for each in found if each.answer == "writes"]
    sure = [each for each in writing if not isinstance(each.connection.credential.environment, Unknown)]
    if sure and reach[0] == "proven":
        return fail(
            f"{reach[1]} can read {file.path} and write to staging: {_told(sure)}",
            *_places(sure),
            remedies=tuple(_remedies(sure)),
        )
    left_open = [each for each in found if each.answer != "reads"]
    if left_open:
        return unknown(
            _doubt(file, left_open), *_places(left_open), remedies=(*_remedies(left_open), ask_the_database())
        )
    return ok(f"{file.path} only reads on staging: {_told(found)}", *_places(found))


def _perhaps_staging(environment: Maybe[Environment]) -> bool:
    return isinstance(environment, Unknown) or environment == "staging"


def _judged(connection: Connection, policy: Policy, graph: AccessGraph) -> _Judged:
    user, role = connection.user, connection.role
    if user is None:
        return _Judged(connection, "open", "nothing here names its user")
    if is_admin(user, policy.db.admin_role_names):
        return _Judged(connection, "writes", "an administrator's role")
    if role is None:
        return _Judged(connection, "open", f"what {user} may do is not in the SQL here")
    held = held_of(role, _BEYOND_READING)
    if held:
        return _Judged(connection, "writes", told({role.name: held}))
    if role.unresolved:
        return _Judged(connection, "open", role.unresolved[0].why)
    if not sql_is_whole(graph):
        return _Judged(connection, "open", "not every SQL file could be read")
    return _Judged(connection, "reads", "the SQL declares nothing beyond reading")


def _doubt(file: CredentialFile, left_open: Sequence[_Judged]) -> str:
    undeclared = [each for each in left_open if isinstance(each.connection.credential.environment, Unknown)]
    if len(undeclared) == len(left_open):
        return f"whether {file.path} opens staging is not declared, and there it should only read: {_told(left_open)}"
    return f"whether an agent can write to staging through {file.path} is not known: {_told(left_open)}"


def _told(found: Sequence[_Judged]) -> str:
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return "; ".join(f"{each.connection.called}, {each.why}" for each in found[:3]) + more


def _places(found: Sequence[_Judged]) -> tuple[Source, ...]:
    return tuple(each.connection.source for each in found)


def _remedies(found: Sequence[_Judged]) -> Iterator[Remedy]:
    yield own_role(found[0].connection.credential.database)
