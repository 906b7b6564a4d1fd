"""What a database logs by its infrastructure code, and whether that log leaves the server.

Sources: PostgreSQL documentation, "Error Reporting and Logging"; pgaudit's README; the argument references of the
Terraform providers aws, google and azurerm; Cloud SQL, "View instance logs".
"""

from __future__ import annotations

from collections.abc import Mapping

from remit.evidence import IacModule, IacResource, Maybe, Unknown
from remit_checks.backup.arguments import given, mentions, one

LEVELS = ("none", "ddl", "mod", "all")
GROUPS: Mapping[str, tuple[str, str]] = {
    "aws_db_instance": ("parameter_group_name", "aws_db_parameter_group"),
    "aws_rds_cluster": ("db_cluster_parameter_group_name", "aws_rds_cluster_parameter_group"),
}
"""The arguments of AWS databases that name their parameter group, and the type of that."""
# Databases whose logging is set where no file shows it.
_ELSEWHERE = frozenset(
    (
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "azurerm_mssql_database",
        "azurerm_mysql_flexible_server",
        "digitalocean_database_cluster",
        "google_alloydb_cluster",
        "mongodbatlas_advanced_cluster",
        "neon_project",
        "supabase_project",
    )
)
_SETTINGS = ("log_statement", "pgaudit.log", "general_log", "server_audit_logging")
_ENGINES = ("postgres", "mysql", "maria", "aurora")
_REPLICA_OF = ("replicate_source_db", "replication_source_identifier", "master_instance_name")
_ON = frozenset(("1", "on", "true"))


def level(module: IacModule, resource: IacResource) -> Maybe[str] | None:
    """The level of its log by its code, empty where nothing says so; None for what is no database of its own."""
    if any(resource.arguments.get(name) is not None for name in _REPLICA_OF):
        return None
    if resource.type in _ELSEWHERE:
        return Unknown("what it logs is set where no file shows it")
    if resource.type == "google_sql_database_instance":
        return _of_settings(_pairs(resource, "settings.database_flags"))
    if resource.type == "azurerm_postgresql_flexible_server":
        return _of_settings(_azure(module, resource))
    return _of_group(module, resource) if resource.type in GROUPS else None


def _of_group(module: IacModule, resource: IacResource) -> Maybe[str]:
    engine = one(resource, "engine")
    if isinstance(engine, str) and not any(word in engine for word in _ENGINES):
        return Unknown(f"how {engine} logs statements is not known here")
    argument, kind = GROUPS[resource.type]
    groups = [each for each in module.resources if each.type == kind and mentions(resource, argument, each)]
    if groups:
        return _of_settings(_pairs(groups[0], "parameter"))
    return "" if one(resource, argument) is None else Unknown(f"its {argument} is not described in these files")


def _pairs(resource: IacResource, block: str) -> Maybe[Mapping[str, Maybe[object]]]:
    """Names and values of a block that may be repeated; Unknown where a dynamic block makes them."""
    found: dict[str, Maybe[object]] = {}
    for key, name in resource.arguments.items():
        plain = ".".join(part for part in key.split(".") if not part.isdigit())
        if plain == f"{block}.name" and isinstance(name, str):
            found[name] = resource.arguments.get(f"{key.removesuffix('name')}value")
    concealed = next((each for each in given(resource, f"{block}.name") if isinstance(each, Unknown)), None)
    return found if concealed is None else concealed


def _azure(module: IacModule, server: IacResource) -> Mapping[str, Maybe[object]]:
    return {
        str(each.arguments.get("name")): each.arguments.get("value")
        for each in module.resources
        if each.type == "azurerm_postgresql_flexible_server_configuration" and mentions(each, "server_id", server)
    }


def _of_settings(settings: Maybe[Mapping[str, Maybe[object]]]) -> Maybe[str]:
    """The widest level that the settings of a server give; empty where they give none."""
    if isinstance(settings, Unknown):
        return settings
    levels: list[str] = []
    for name in _SETTINGS:
        value = settings.get(name)
        if isinstance(value, Unknown):
            return value
        if value is not None:
            levels.append(_of_setting(name, str(value).strip().lower()))
    return max(levels, key=LEVELS.index, default="")


def _of_setting(name: str, value: str) -> str:
    if name == "log_statement":
        return value if value in LEVELS else "none"
    if name == "pgaudit.log":
        classes = {word.strip() for word in value.split(",")}
        if "all" in classes or {"ddl", "write", "read"} <= classes:
            return "all"
        return "mod" if {"ddl", "write"} <= classes else "ddl" if "ddl" in classes else "none"
    return "all" if value in _ON else "none"


def leaves(module: IacModule, resource: IacResource) -> Maybe[bool]:
    """Whether the log is exported; Cloud SQL writes its log to Cloud Logging by itself."""
    if resource.type == "google_sql_database_instance":
        return True
    if resource.type == "azurerm_postgresql_flexible_server":
        sent = any(
            each.type == "azurerm_monitor_diagnostic_setting" and mentions(each, "target_resource_id", resource)
            for each in module.resources
        )
        return True if sent else Unknown("whether its log is sent anywhere is not in these files")
    exports = one(resource, "enabled_cloudwatch_logs_exports")
    return exports if isinstance(exports, Unknown) else bool(exports)
