"""MN-001."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource, Maybe, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, iac, sql
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.monitoring.statement_logs import GROUPS, LEVELS, leaves, level
from remit_checks.sandbox.attest import attested
from remit_checks.sandbox.stores import is_database
from remit_checks.terraform import hidden, listed


@dataclass(frozen=True, slots=True)
class _Database:
    """A database in reach: whether its statements are logged as the policy asks, and what says so."""

    name: str
    logged: Maybe[bool]
    why: str
    sources: tuple[Source, ...]
    resource: IacResource | None = None


@check(
    "MN-001",
    "db-queries-logged",
    severity="high",
    parameters=("monitoring.db_log_level",),
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0024",),
        "nist-800-53": ("AU-2", "AU-3", "AU-9", "AU-11", "AU-12", "AC-6(9)"),
        "nist-csf": ("PR.PS-04", "DE.CM-09", "DE.CM-03"),
        "iso-27001": ("A.8.15", "A.8.16"),
        "iso-42001": ("A.6.2.8", "A.6.2.6"),
        "soc2": ("CC7.2",),
        "cis": ("8.2", "8.5", "8.8", "8.9", "8.10", "3.14"),
        "nist-ai-rmf": ("MEASURE 2.4", "MEASURE 2.8", "MANAGE 4.1"),
        "eu-ai-act": ("12", "19", "26"),
        "csa-aicm": ("LOG-07", "LOG-08", "LOG-11"),
    },
    incidents=("INC-02", "INC-05"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def db_queries_logged(graph: AccessGraph, policy: Policy) -> Verdict:
    """Every statement that an agent sends to a database is written to a log that leaves the server.

    By default PostgreSQL logs no statement at all. A dropped table is then invisible until somebody misses the rows,
    and afterwards nobody can say which session did it. The log must leave the instance: what stays there goes with it.

    Fix:
        Set log_statement, or pgaudit, for the agent's role or the whole server, and export the log. What a role is
        set to in the database itself no file shows; attest it.
    """
    wanted = policy.monitoring.db_log_level
    if wanted == "none":
        return skip("the policy asks for no log of statements")
    found = [*_described(graph, wanted), *_named_by_urls(graph)]
    off = [each for each in found if not isinstance(each.logged, Unknown) and not each.logged]
    left_open = [each for each in found if isinstance(each.logged, Unknown)]
    if off:
        more = f"; not known of {len(left_open)} more" if left_open else ""
        text = listed([f"{each.name} {each.why}" for each in off]) + more
        return fail(text, *_places(off), remedies=tuple(_remedies(off, wanted)))
    if left_open:
        text = listed([f"{each.name}: {each.why}" for each in left_open], 3)
        return unknown(text, *_places(left_open), remedies=tuple(_remedies(left_open, wanted)))
    if not found:
        return skip("no database is described here, and no connection URL outside development names one")
    return ok(listed([f"{each.name} {each.why}" for each in found]), *_places(found))


def _places(found: Sequence[_Database]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.sources))[:10]


def _described(graph: AccessGraph, wanted: str) -> Iterator[_Database]:
    for module in graph.modules:
        for resource in module.resources:
            found = level(module, resource)
            if found is not None:
                logged, why = _judged(module, resource, found, wanted)
                yield _Database(resource.address, logged, why, (resource.source,), resource)
        for call in hidden(module, graph, databases=True):
            unseen = Unknown("its resources are not in these files")
            yield _Database(f"module.{call.name}", unseen, unseen.why, (call.source,))


def _judged(module: IacModule, resource: IacResource, found: Maybe[str], wanted: str) -> tuple[Maybe[bool], str]:
    if isinstance(found, Unknown):
        return found, found.why
    if not found:
        why = "nothing in its code sets what it logs; whether the agent's role is set to log is not visible"
        return Unknown(why), why
    if LEVELS.index(found) < LEVELS.index(wanted):
        return False, f"logs `{found}` where the policy asks for `{wanted}`"
    exported = leaves(module, resource)
    if isinstance(exported, Unknown):
        return exported, f"logs `{found}`, but {exported.why}"
    return exported, f"logs `{found}`" + ("" if exported else " and keeps the log on the instance only")


def _named_by_urls(graph: AccessGraph) -> Iterator[_Database]:
    found: dict[str, list[Source]] = {}
    for file in graph.credential_files:
        for each in filter(is_database, file.credentials):
            name = f"the database of {each.name or each.title}" if "*" in each.resource else each.resource
            found.setdefault(name, []).append(each.source)
    for name, sources in found.items():
        why = Unknown("only its URL is known, not what it logs")
        yield _Database(name, why, why.why, tuple(sources))


# ---------------------------------------------------------------------------------------------------------- remedies


def _remedies(found: Sequence[_Database], wanted: str) -> Iterator[Remedy]:
    bodies: dict[str, list[str]] = {}
    for each in found:
        if each.resource is not None and (body := _code(each.resource, wanted)):
            bodies.setdefault(each.resource.source.path, []).append(body)
    for path, blocks in sorted(bodies.items()):
        title = "Log statements and export the log: set these beside what is there"
        yield iac(path, title, "\n\n".join(blocks), safe=False)
    yield sql(
        "Log every statement of the agent's role, on PostgreSQL",
        f"ALTER ROLE agent_ro SET log_statement = '{wanted}';",
        safe=True,
    )
    yield attested(
        "MN-001",
        "Look at the database, and attest what you saw",
        "1. As the agent's role run `SHOW log_statement;`, then a statement of your own.\n"
        "2. Find that statement in the log outside the server.",
        "TICKET, with the entry in the log",
    )


def _code(resource: IacResource, wanted: str) -> str:
    if resource.type == "google_sql_database_instance":
        flag = f'    database_flags {{\n      name  = "log_statement"\n      value = "{wanted}"\n    }}'
        return f'resource "{resource.type}" "{resource.name}" {{\n  settings {{\n{flag}\n  }}\n}}'
    if resource.type not in GROUPS:
        return ""
    argument, kind = GROUPS[resource.type]
    return (
        f'resource "{kind}" "{resource.name}_logged" {{\n'
        '  # the family of the engine and its major version\n  family = "postgres16"\n\n'
        f'  parameter {{\n    name  = "log_statement"\n    value = "{wanted}"\n  }}\n}}\n\n'
        f'resource "{resource.type}" "{resource.name}" {{\n'
        f"  {argument} = {kind}.{resource.name}_logged.name\n"
        '  enabled_cloudwatch_logs_exports = ["postgresql"]\n}'
    )
