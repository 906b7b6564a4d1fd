"""BK-001."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from remit.access.graph import AccessGraph
from remit.access.iac_guards import days, flag
from remit.check import check
from remit.evidence import Credential, CredentialFile, IacModule, IacResource, Maybe, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, iac, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.terraform import block, hidden, listed, why_hidden

_SQL = "settings.backup_configuration"
_RETENTION = "backup_retention_period"
# Databases of which the setting alone decides: on when true, off when false or unset.
# Sources: argument references of the Terraform providers aws, google and mongodbatlas.
_SWITCHES: Mapping[str, str] = {
    "aws_dynamodb_table": "point_in_time_recovery.enabled",
    "google_sql_database_instance": f"{_SQL}.point_in_time_recovery_enabled",
    "mongodbatlas_advanced_cluster": "pit_enabled",
}
# Databases that keep a log as long as they keep backups, and cannot keep none.
# Sources: Amazon Aurora, DocumentDB and Neptune user guides; Azure Database and Azure SQL, "Automated backups".
_ALWAYS = frozenset(
    (
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "azurerm_postgresql_flexible_server",
        "azurerm_mysql_flexible_server",
        "azurerm_mssql_database",
    )
)
# Databases whose plan or a console decides, which no file shows.
_ELSEWHERE = frozenset(
    (
        "azurerm_cosmosdb_account",
        "digitalocean_database_cluster",
        "google_alloydb_cluster",
        "google_spanner_database",
        "neon_project",
        "supabase_project",
    )
)
_REPLICA_OF = ("replicate_source_db", "replication_source_identifier", "master_instance_name")


@dataclass(frozen=True, slots=True)
class _Database:
    """A database in reach: whether it can be taken back to any moment, and what says so."""

    name: str
    pitr: Maybe[bool]
    why: str
    sources: tuple[Source, ...]
    resource: IacResource | None = field(default=None)


@check(
    "BK-001",
    "pitr-enabled",
    severity="critical",
    parameters=("backup.require_pitr", "backup.inventory", "backup.min_retention_days"),
    frameworks={
        "owasp-agentic": ("ASI08",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-9", "CP-6", "CP-10"),
        "nist-csf": ("PR.DS-11",),
        "iso-27001": ("A.8.13",),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.1", "11.2"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    incidents=("INC-02", "INC-04", "INC-05", "INC-12"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def pitr_enabled(graph: AccessGraph, policy: Policy) -> Verdict:
    """Every database an agent can reach can be taken back to any moment.

    A nightly dump loses up to a day, and the platform that lost sixty tables to one forced schema push had not even
    that. Point-in-time recovery is the difference between an afternoon and a company.

    Fix:
        Switch point-in-time recovery on, with as many days as the policy asks for. On Amazon RDS going from no
        retention to some restarts the instance, so choose the moment. What no file shows, declare in the policy or
        attest.
    """
    if not policy.backup.require_pitr:
        return skip("the policy asks for no point-in-time recovery")
    found = [*_described(graph, policy), *_named_by_urls(graph, policy)]
    off = [each for each in found if not isinstance(each.pitr, Unknown) and not each.pitr]
    left_open = [each for each in found if isinstance(each.pitr, Unknown)]
    if off:
        more = f"; not known of {len(left_open)} more" if left_open else ""
        return fail(
            "cannot be taken back to a moment: " + listed([f"{each.name} ({each.why})" for each in off]) + more,
            *_places(off),
            remedies=tuple(_remedies(off, policy)),
        )
    if left_open:
        whys = [f"{each.name}: {each.why}" for each in left_open]
        return unknown(listed(whys, 3), *_places(left_open), remedies=(_declare(left_open, policy),))
    if not found:
        return skip("no database is described here, and no connection URL outside development names one")
    return ok(
        "can be taken back to any moment: " + listed([f"{each.name} ({each.why})" for each in found]), *_places(found)
    )


def _places(found: Sequence[_Database]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.sources))


# --------------------------------------------------------------------------------------------- infrastructure code


def _described(graph: AccessGraph, policy: Policy) -> Iterator[_Database]:
    for module in graph.modules:
        for resource in module.resources:
            if any(resource.arguments.get(name) is not None for name in _REPLICA_OF):
                continue
            pitr = _pitr(resource)
            if pitr is not None:
                yield _with_copies(policy, resource.address, pitr, (resource.source,), resource)
        for call in hidden(module, graph, databases=True):
            yield _with_copies(policy, f"module.{call.name}", Unknown(why_hidden(call)), (call.source,))


def _pitr(resource: IacResource) -> Maybe[bool] | None:
    """None for what is no database that could be taken back to a moment."""
    if resource.type == "aws_db_instance":
        kept = days(resource, _RETENTION)
        # Terraform leaves an unset value to the interface that creates the instance, and those differ.
        return Unknown(f"{_RETENTION} is not set") if kept is None else kept if isinstance(kept, Unknown) else kept > 0
    if resource.type == "google_sql_database_instance":
        return _cloud_sql(resource)
    if resource.type in _SWITCHES:
        value = flag(resource, _SWITCHES[resource.type])
        return value if isinstance(value, Unknown) else value is True
    if resource.type in _ALWAYS:
        return True
    return (
        Unknown("its files do not say whether it can be taken back to a moment")
        if resource.type in _ELSEWHERE
        else None
    )


def _cloud_sql(resource: IacResource) -> Maybe[bool]:
    """MySQL keeps its binary log, the others have a switch; neither works without backups."""
    version = resource.arguments.get("database_version")
    mysql = isinstance(version, str) and version.upper().startswith("MYSQL")
    name = f"{_SQL}.binary_log_enabled" if mysql else _SWITCHES[resource.type]
    values = (flag(resource, f"{_SQL}.enabled"), flag(resource, name))
    if any(not isinstance(value, Unknown) and not value for value in values):
        return False
    return next((value for value in values if isinstance(value, Unknown)), True)


# ----------------------------------------------------------------------------------------------- connection URLs


def _named_by_urls(graph: AccessGraph, policy: Policy) -> Iterator[_Database]:
    found: dict[str, list[Credential]] = defaultdict(list)
    for file in graph.credential_files:
        for credential in filter(_names_a_database, file.credentials):
            found[credential.resource].append(credential)
    why = Unknown("nobody could look at its provider, and the policy declares no copy of it")
    for resource, credentials in found.items():
        yield _with_copies(policy, resource, why, tuple(each.source for each in credentials))


def _names_a_database(credential: Credential) -> bool:
    """A URL of a database outside development; a cache is rebuilt, not restored."""
    local = not isinstance(credential.environment, Unknown) and credential.environment == "development"
    kind = credential.resource.split(":")[1:2] == ["database"] and credential.provider != "redis"
    return kind and not local and not credential.placeholder and credential.damage != "D0"


def _with_copies(
    policy: Policy, name: str, pitr: Maybe[bool], sources: tuple[Source, ...], resource: IacResource | None = None
) -> _Database:
    declared = [copy for copy in policy.declared_copies(name) if copy.pitr]
    if declared:
        return _Database(name, True, f"declared at {declared[0].location}", sources, resource)
    why = pitr.why if isinstance(pitr, Unknown) else "on by its code" if pitr else "off by its code"
    return _Database(name, pitr, why, sources, resource)


# ------------------------------------------------------------------------------------------------------- remedies


def _remedies(off: Sequence[_Database], policy: Policy) -> Iterator[Remedy]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for each in off:
        if each.resource is not None:
            blocks[each.resource.source.path].append(block(each.resource, _lines(each.resource, policy)))
    for path, bodies in sorted(blocks.items()):
        # Going from no retention to some restarts an RDS instance.
        restarts = any("aws_db_instance" in body for body in bodies)
        yield iac(
            path,
            "Switch point-in-time recovery on: set these in the blocks that are there",
            "\n\n".join(bodies),
            safe=not restarts,
        )


def _lines(resource: IacResource, policy: Policy) -> dict[str, bool | int | str]:
    if resource.type == "aws_db_instance":
        return {_RETENTION: max(1, min(policy.backup.min_retention_days, 35))}
    if resource.type != "google_sql_database_instance":
        return {_SWITCHES[resource.type]: True}
    version = resource.arguments.get("database_version")
    mysql = isinstance(version, str) and version.upper().startswith("MYSQL")
    return {f"{_SQL}.enabled": True, f"{_SQL}.binary_log_enabled" if mysql else _SWITCHES[resource.type]: True}


def _declare(left_open: Sequence[_Database], policy: Policy) -> Remedy:
    entries = "\n\n".join(
        "\n".join(
            (
                "[[backup.inventory]]",
                f"resource = {json.dumps(each.name)}",
                'location = "…"',
                'provider = "…"',
                "pitr = true",
                f"retention_days = {policy.backup.min_retention_days}",
            )
        )
        for each in left_open[:10]
    )
    return manual("Look at the provider; once it is on, declare it in the auditor's policy", entries)
