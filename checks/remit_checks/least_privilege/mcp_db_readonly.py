"""LP-026."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.access.agent import Agent, McpServer
from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import Credential, CredentialFile, Unknown
from remit.policy.environment import is_local
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.least_privilege.database_servers import can_write, is_database, is_unread, reason, switch_of
from remit_checks.least_privilege.usable_credentials import listed

_LOGIN = re.compile(r"://(?P<user>[^:/@\s]{1,120})(?::[^/@\s]{0,300})?@(?P<host>[^:/?#\s]{1,253})")


@dataclass(frozen=True, slots=True)
class _Judged:
    """Whether a database server of an agent can write, and why."""

    server: McpServer
    answer: Literal["writes", "reads", "unknown"]
    why: str


@check(
    "LP-026",
    "mcp-db-readonly",
    severity="critical",
    parameters=("mcp.db_servers_readonly", "db.admin_role_names", "environments.production.hosts"),
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
    incidents=("INC-05", "INC-16"),
    needs=(CredentialFile,),
)
def mcp_db_readonly(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """Every database server of an agent is started so that it can only read.

    Such a server runs whatever statement the model writes, outside the agent's sandbox and past the rules for its
    shell. One dropped a schema because it had been asked to clean up; another, with a key that no row-level rule
    binds, copied secrets into a support ticket that a stranger could read.

    Fix:
        Add the server's read-only switch, and let it connect as a role that may only SELECT. A switch without such a
        role has been got round; a role without a switch holds.
    """
    if not policy.mcp.db_servers_readonly:
        return skip("the policy lets database servers write")
    unread = [each for each in agent.access.mcp if is_unread(each)]
    judged = [_judged(each, policy, graph) for each in agent.access.mcp if not is_unread(each) and is_database(each)]
    wrong = [each for each in judged if each.answer == "writes"]
    if wrong:
        text = f"{agent.title} has a server that can change a database: {_listed(wrong)}"
        return fail(text, *(each.server.source for each in wrong), remedies=tuple(_remedies(wrong)))
    left_open = [each for each in judged if each.answer == "unknown"]
    if left_open:
        places = [each.server.source for each in left_open]
        return unknown(f"{agent.title}: {_listed(left_open)}", *places, remedies=tuple(_remedies(left_open)))
    if unread or (agent.access.decide is None and isinstance(agent.access.approval, Unknown)):
        return unknown(f"not every file that may define servers of {agent.title} could be read", *agent.sources)
    if not judged:
        return skip(f"{agent.title} has no server that opens a database", *agent.sources)
    return ok(
        f"{agent.title} changes no database by a server: {_listed(judged)}", *(each.server.source for each in judged)
    )


# -------------------------------------------------------------------------------------------------------- judging


def _judged(server: McpServer, policy: Policy, graph: AccessGraph) -> _Judged:
    logins = [found for word in server.command for found in _LOGIN.finditer(word)]
    handed = _handed(server, graph, [found["host"] for found in logins])
    hosts = {found["host"] for found in logins} | {each.host for each in handed if each.host}
    if _of_this_machine(server, hosts, policy):
        return _Judged(server, "reads", "its database lies on this machine")
    users = {found["user"] for found in logins} | {each.user for each in handed if each.user}
    if any(each.kind == "supabase-service-role" for each in handed):
        return _Judged(server, "writes", "its service_role key passes by every rule on rows")
    if admins := sorted(users & set(policy.db.admin_role_names)):
        return _Judged(server, "writes", f"it connects as {admins[0]}, who may do everything")
    writes = can_write(server)
    if isinstance(writes, Unknown):
        return _Judged(server, "unknown", writes.why)
    if not writes:
        return _Judged(server, "reads", "it is started read-only")
    if handed and all(each.damage == "D1" for each in handed):
        return _Judged(server, "unknown", "it can write, and its role by its name only reads: the grants decide")
    return _Judged(server, "writes", reason(server) or "nothing in its entry makes it read-only")


def _handed(server: McpServer, graph: AccessGraph, hosts: Sequence[str]) -> list[Credential]:
    """The credentials in its entry: those under its variables, and those of the hosts on its command line."""
    return [
        each
        for file in graph.credential_files
        if file.path == server.source.path
        for each in file.credentials
        if each.name in server.env_names or each.host in hosts
    ]


def _of_this_machine(server: McpServer, hosts: set[str], policy: Policy) -> bool:
    if not hosts:
        return "sqlite" in " ".join((server.name, *server.command)).lower()
    readings = [policy.environment_of(host=host, name=server.name) for host in hosts if is_local(host)]
    return len(readings) == len(hosts) and all(
        not isinstance(each, Unknown) and each == "development" for each in readings
    )


def _listed(found: Sequence[_Judged]) -> str:
    return listed([each.why if each.server.name in each.why else f"{each.server.name}: {each.why}" for each in found])


# ------------------------------------------------------------------------------------------------------- remedies


def _remedies(found: Sequence[_Judged]) -> Iterator[Remedy]:
    for each in found:
        server, switch = each.server, switch_of(each.server)
        if switch and switch not in server.command:
            # Tasks that change data by it stop working: that is the purpose.
            body = f"line {server.source.line}: add {json.dumps(switch)} to the arguments of {server.name}"
            yield edit(server.source.path, f"Start {server.name} read-only", body, safe=False)
        elif reason(server):
            yield edit(
                server.source.path,
                f"Replace {server.name} by a server whose read-only mode holds",
                f'line {server.source.line}: "command": "uvx", "args": ["postgres-mcp", "--access-mode=restricted"]',
                safe=False,
            )
    yield manual(
        "Let it connect as a role that may only read",
        "1. Create a role with CONNECT, USAGE and SELECT on a staging copy, and nothing else.\n"
        "2. Give the server that role's connection, not the owner's and not a service key.\n"
        "3. Add the server's read-only switch where it has one, and take out servers that no task needs.",
        safe=False,
    )
