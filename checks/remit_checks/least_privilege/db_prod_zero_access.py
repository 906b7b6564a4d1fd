"""LP-001."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.agent import Agent, McpServer
from remit.access.graph import AccessGraph
from remit.access.unasked import may_read
from remit.check import check
from remit.evidence import Credential, CredentialFile, Environment, Maybe, Unknown
from remit.policy.globs import is_literal
from remit.policy.model import Policy
from remit.remedy import Remedy, edit, manual
from remit.verdict import Verdict, fail, ok, skip, unknown

_DATABASES = frozenset({"postgres", "mysql", "mongodb", "redis"})
_SERVER = re.compile(
    r"postgres|pgsql|mysql|mariadb|mongo|redis|supabase|neon|planetscale|snowflake|bigquery|clickhouse|dbhub|database"
    r"|(?<![a-z])(?:db|pg|sql|mssql)(?![a-z])",
    re.IGNORECASE,
)
_HOST = re.compile(r"://(?:[^/@\s]{0,300}@)?(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[^/:?#\s\[\]]{1,253})")
_PROJECT = re.compile(r"--project[-_](?:ref|id)(?:=|$)")


@dataclass(frozen=True, slots=True)
class _Server:
    """A database server of an agent, and where it leads."""

    entry: McpServer
    environment: Maybe[Environment]


@check(
    "LP-001",
    "db-prod-zero-access",
    severity="critical",
    parameters=(
        "environments.production.hosts",
        "environments.production.files",
        "environments.production.names",
        "environments.production.accounts",
        "environments.staging.hosts",
        "network.prod_cidrs",
    ),
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
    incidents=("INC-02", "INC-04", "INC-05"),
)
def db_prod_zero_access(subject: CredentialFile | Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    """No agent can reach a production database, not even to read it.

    Every one of the founding incidents ends at a production store that the agent could open. A model cannot delete,
    leak or mistake for staging what it has no way to.

    Fix:
        Take the connection out of the agent's reach and give it a staging copy, with a role of its own. Where the
        tool cannot tell the environment of a host, list the host in the policy.
    """
    if isinstance(subject, Agent):
        return _agent(subject, policy, graph)
    return _file(subject, policy, graph)


# ------------------------------------------------------------------------------------------------------------ files


def _file(file: CredentialFile, policy: Policy, graph: AccessGraph) -> Verdict:
    named = [each for each in file.credentials if _opens_a_database(each)]
    if not named:
        return skip(f"{file.path} opens no database")
    production = [
        each for each in named if not isinstance(each.environment, Unknown) and each.environment == "production"
    ]
    left_open = [each for each in named if isinstance(each.environment, Unknown)]
    if not production and not left_open:
        return ok(f"{file.path} opens no production database: {_listed(named)}", *(each.source for each in named))
    readers = [(agent, may_read(agent, file.path)) for agent in graph.agents]
    able = [agent for agent, found in readers if found]
    if not able:
        whose = (
            "every agent's rules and sandbox keep it out" if readers else "the policy says that no agent is used here"
        )
        return ok(f"{file.path} is out of reach: {whose}", *(each.source for each in named))
    remedies = tuple(_file_remedies(file, production or left_open, policy))
    if not production:
        return unknown(_undeclared(f"{file.path} opens {_listed(left_open)}"), *(each.source for each in left_open))
    sure = [agent for agent, found in readers if found and found[0] == "proven"]
    if not sure:
        why = next(found[1] for _, found in readers if found)
        text = f"{file.path} opens production ({_listed(production)}); whether an agent can read it is not known: {why}"
        return unknown(text, *(each.source for each in production), remedies=remedies)
    return fail(
        f"{sure[0].title} can read {file.path}, which opens production: {_listed(production)}",
        *(each.source for each in production),
        remedies=remedies,
    )


def _opens_a_database(credential: Credential) -> bool:
    if credential.placeholder or credential.damage == "D0":
        return False
    # The key of a Supabase project opens its database past row-level security.
    return credential.resource.split(":")[1:2] == ["database"] or (
        credential.provider == "supabase" and bool(credential.host)
    )


def _listed(found: Sequence[Credential]) -> str:
    names = [f"{each.name or each.title} ({each.host or each.provider})" for each in found[:4]]
    return ", ".join(names) + (f" and {len(found) - 4} more" if len(found) > 4 else "")


def _undeclared(what: str) -> str:
    return (
        f"{what}; whether that is production is not declared: list it under environments.production.hosts, or staging's"
    )


def _file_remedies(file: CredentialFile, found: Sequence[Credential], policy: Policy) -> Iterator[Remedy]:
    urls = [each for each in found if each.provider in _DATABASES]
    if urls:
        yield edit(file.path, "Point it at a staging copy", "\n".join(_line(each, policy) for each in urls), safe=False)
    rotate = next((each.rotate for each in found if each.rotate), "Change the password.")
    yield manual(
        "Take production out of the agents' reach",
        "1. Move the connection to a secret manager that only production reads.\n"
        f"2. Remove it from {file.path}.\n3. {rotate}",
        safe=False,
    )


def _line(credential: Credential, policy: Policy) -> str:
    host = next((each for each in policy.environments.staging.hosts if is_literal(each)), "STAGING-HOST")
    scheme = {"postgres": "postgresql"}.get(credential.provider, credential.provider)
    return f"{credential.name or 'DATABASE_URL'}={scheme}://agent_ro@{host}/{credential.database or ''}"


# ----------------------------------------------------------------------------------------------------------- agents


def _agent(agent: Agent, policy: Policy, graph: AccessGraph) -> Verdict:
    servers = [
        _Server(each, _environment(each, policy, graph)) for each in agent.access.mcp if _SERVER.search(_words(each))
    ]
    production = [
        each.entry for each in servers if not isinstance(each.environment, Unknown) and each.environment == "production"
    ]
    if production:
        return fail(
            f"{agent.title} has a server that opens production: {', '.join(each.name for each in production[:4])}",
            *(each.source for each in production),
            remedies=tuple(_server_remedies(production)),
        )
    # Some agents keep their mode where no file shows it; only one that decides nothing could not be read at all.
    if agent.access.decide is None and isinstance(agent.access.approval, Unknown):
        return unknown(agent.access.approval, *agent.sources)
    if not servers:
        return skip(f"{agent.title} has no server that opens a database", *agent.sources)
    left_open = [each.entry for each in servers if isinstance(each.environment, Unknown)]
    if left_open:
        names = ", ".join(each.name for each in left_open[:4])
        return unknown(
            _undeclared(f"{agent.title} has a server that opens a database, {names}"),
            *(each.source for each in left_open),
        )
    names = ", ".join(each.entry.name for each in servers[:4])
    return ok(f"{agent.title} opens no production database: {names}", *(each.entry.source for each in servers))


def _words(server: McpServer) -> str:
    return " ".join((server.name, server.package or "", *server.command, server.url or "", *server.env_names))


def _environment(server: McpServer, policy: Policy, graph: AccessGraph) -> Maybe[Environment]:
    """The most dangerous reading of its name, its variables, and every host and project on its command line."""
    hosts = [found["host"] for word in server.command for found in _HOST.finditer(word)]
    places = [policy.environment_of(host=host, name=server.name) for host in hosts]
    places += [each.environment for each in _handed(server, graph)]
    names = (server.name, *server.env_names)
    readings = [
        *(policy.environment_of(name=name) for name in names),
        *(policy.environment_of(account=project) for project in _projects(server.command)),
        *places,
    ]
    said = [each for each in readings if not isinstance(each, Unknown)]
    if "production" in said:
        return "production"
    # A name may tell where no host does; a host that nobody knows is not made harmless by a name.
    return next((each for each in places if isinstance(each, Unknown)), said[0] if said else readings[0])


def _handed(server: McpServer, graph: AccessGraph) -> Iterator[Credential]:
    """The connections that its entry hands it in variables."""
    for file in graph.credential_files:
        if file.path == server.source.path:
            yield from (each for each in file.credentials if each.name in server.env_names and _opens_a_database(each))


def _projects(command: tuple[str, ...]) -> Iterator[str]:
    for position, word in enumerate(command):
        if found := _PROJECT.match(word):
            value = word[found.end() :] or (command[position + 1] if position + 1 < len(command) else "")
            if value:
                yield value


def _server_remedies(production: Sequence[McpServer]) -> Iterator[Remedy]:
    for server in production:
        yield edit(
            server.source.path,
            f"Take {server.name} out, or give it a staging copy",
            f"line {server.source.line}: remove the entry {server.name!r} from the servers",
            safe=False,
        )
