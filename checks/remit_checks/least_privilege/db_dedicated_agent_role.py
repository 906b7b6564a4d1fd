"""LP-005."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, RoleCatalogue, Source
from remit.policy.globs import matches
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.agent_roles import is_agents, own_role
from remit_checks.least_privilege.connections import Connection, connections, is_admin, out_of_reach, reached


@dataclass(frozen=True, slots=True)
class _Judged:
    """Whether a connection is an agent's own, and why."""

    connection: Connection
    answer: Literal["own", "other", "open"]
    why: str


@check(
    "LP-005",
    "db-dedicated-agent-role",
    severity="high",
    parameters=("roles.agent", "db.admin_role_names"),
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
    incidents=("INC-04",),
    attestable=True,
)
def db_dedicated_agent_role(subject: RoleCatalogue | CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    """Agents connect to databases as a role of their own, which nothing else uses.

    A role that the application shares cannot be switched off without switching off the application, and in the log
    nobody can tell who wrote what. With a role of its own an agent is stopped by one statement, and its statements are
    found by its name.

    Fix:
        Make a role for agents, with a secret of its own, and leave the application's connection where only the
        application reads it. Name the role under roles.agent.
    """
    if isinstance(subject, CredentialFile):
        return _file(subject, policy, graph)
    return _catalogue(subject, policy)


def _catalogue(catalogue: RoleCatalogue, policy: Policy) -> Verdict:
    agents = [role for role in catalogue.roles if role.name != "PUBLIC" and is_agents(role.name, policy.roles.agent)]
    missing = [glob for glob in policy.roles.agent if not any(matches(glob, role.name) for role in agents)]
    sources = tuple(role.source for role in agents)
    if missing:
        text = f"the SQL here does not make {', '.join(missing)}, which the policy says are agents' roles"
        return unknown(text, *sources, remedies=(own_role(None),))
    if not agents:
        return skip("no role in the SQL is an agent's; connections in files are judged where they lie")
    idle = [role for role in agents if not role.login]
    if len(idle) == len(agents):
        names = ", ".join(role.name for role in idle)
        return unknown(
            f"no SQL here lets {names} log in; who uses it is not seen", *sources, remedies=(own_role(None),)
        )
    return ok(f"agents have a role of their own: {', '.join(role.name for role in agents if role.login)}", *sources)


# ----------------------------------------------------------------------------------------------------------- files


def _file(file: CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    found = [_judged(each, policy) for each in connections(file, graph)]
    if not found:
        return skip(f"{file.path} opens no database outside development")
    reach = reached(file, graph)
    if reach is None:
        return ok(out_of_reach(file, graph), *_places(found))
    others = [each for each in found if each.answer == "other"]
    if others:
        text = f"{file.path} lets an agent connect as somebody else: {_told(others)}"
        if reach[0] == "proven":
            return fail(text, *_places(others), remedies=_remedies(file, others))
        doubt = f"{text}; whether {reach[1]} can read it is not known: {reach[2]}"
        return unknown(doubt, *_places(others), remedies=_remedies(file, others))
    left_open = [each for each in found if each.answer == "open"]
    if left_open:
        text = f"whose connection {file.path} holds is not known: {_told(left_open)}"
        return unknown(text, *_places(left_open), remedies=_remedies(file, left_open))
    return ok(f"{file.path} holds connections of agents only: {_told(found)}", *_places(found))


def _judged(connection: Connection, policy: Policy) -> _Judged:
    user = connection.user
    if user is None:
        return _Judged(connection, "open", "nothing here names its user")
    if is_admin(user, policy.db.admin_role_names):
        return _Judged(connection, "other", "an administrator's role")
    if is_agents(user, policy.roles.agent):
        return _Judged(connection, "own", "an agent's role by the policy or by its name")
    if policy.roles.agent:
        return _Judged(connection, "other", "not among the agents' roles of the policy")
    return _Judged(connection, "open", "nothing says that the role is an agent's, and roles.agent names none")


def _told(found: Sequence[_Judged]) -> str:
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return "; ".join(f"{each.connection.called}, {each.why}" for each in found[:3]) + more


def _places(found: Sequence[_Judged]) -> tuple[Source, ...]:
    return tuple(each.connection.source for each in found)


def _remedies(file: CredentialFile, found: Sequence[_Judged]) -> tuple[Remedy, ...]:
    return (
        own_role(found[0].connection.credential.database),
        manual(
            "Give the agents that role, and nothing else's",
            f"1. Put the connection of the new role where agents work, and take the other out of {file.path}.\n"
            "2. Change the password of the other: whoever could read it has it.\n"
            '3. Name the role in the auditor\'s policy:\n\n[roles]\nagent = ["agent_ro"]',
            safe=False,
        ),
    )
