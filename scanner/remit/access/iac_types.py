"""Which resource types hold data, what keeps each from being deleted, and whether its backups go with it.

Sources: the argument references of the Terraform providers aws, google, azurerm, digitalocean, hcloud, mongodbatlas,
neon and supabase; for what a deletion takes along, the vendors' own guides (Amazon RDS "Deleting a DB instance",
ElastiCache "Scheduling automatic backups", Cloud SQL "Delete instances", Supabase "Database backups").
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

BackupsGo = Literal["always", "unless-kept", "never", "none"]
"""What a deletion does to the provider's own backups: takes them, takes them unless told otherwise, leaves them; `none`
where the provider makes none by itself."""


@dataclass(frozen=True, slots=True)
class StatefulType:
    """A resource type whose deletion loses data. Argument names are dotted where they lie in nested blocks."""

    type: str
    title: str
    backups_go: BackupsGo = "none"
    guard: str | None = None
    """The argument that makes the provider refuse a deletion; None where there is none."""
    guard_default: bool = False
    """What an unset guard means."""
    force: str | None = None
    """The argument that lets a deletion take the content along or skip the last copy."""
    drop: str | None = None
    """The argument that, unless false, lets the automatic backups go with the resource."""
    keep: str | None = None
    """The argument that, when true, keeps the automatic backups after a deletion."""
    snapshot: str | None = None
    """The argument that names the last copy taken on deletion."""
    days: str | None = None
    """The argument with the number of days that backups are kept."""
    pitr: str | None = None
    """The argument that switches point-in-time recovery on; None where the days decide, or where there is none."""
    default_days: int | None = None
    """What unset days mean, where the provider's default is documented."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """Every argument that decides something here, `lifecycle.prevent_destroy` among them."""
        named = (getattr(self, field.name) for field in fields(self) if field.name in _ARGUMENT_FIELDS)
        return tuple(sorted({"lifecycle.prevent_destroy", *(name for name in named if name)}))


_ARGUMENT_FIELDS = frozenset(("guard", "force", "drop", "keep", "snapshot", "days", "pitr"))
_GUARD, _SKIP, _DAYS = "deletion_protection", "skip_final_snapshot", "backup_retention_period"
_FINAL, _DROP = "final_snapshot_identifier", "delete_automated_backups"
_SQL = "settings.backup_configuration"

_AWS = (
    StatefulType(
        "aws_db_instance", "RDS instance", "unless-kept", _GUARD, force=_SKIP, drop=_DROP, snapshot=_FINAL, days=_DAYS
    ),
    StatefulType(
        "aws_rds_cluster",
        "Aurora cluster",
        "unless-kept",
        _GUARD,
        force=_SKIP,
        drop=_DROP,
        snapshot=_FINAL,
        days=_DAYS,
        default_days=1,
    ),
    StatefulType(
        "aws_docdb_cluster",
        "DocumentDB cluster",
        "always",
        _GUARD,
        force=_SKIP,
        snapshot=_FINAL,
        days=_DAYS,
        default_days=1,
    ),
    StatefulType(
        "aws_neptune_cluster",
        "Neptune cluster",
        "always",
        _GUARD,
        force=_SKIP,
        snapshot=_FINAL,
        days=_DAYS,
        default_days=1,
    ),
    StatefulType(
        "aws_dynamodb_table",
        "DynamoDB table",
        "never",
        "deletion_protection_enabled",
        pitr="point_in_time_recovery.enabled",
    ),
    StatefulType("aws_s3_bucket", "S3 bucket", force="force_destroy"),
    StatefulType("aws_ebs_volume", "EBS volume", "never", keep="final_snapshot"),
    StatefulType("aws_efs_file_system", "EFS file system"),
    StatefulType("aws_fsx_lustre_file_system", "FSx file system", "unless-kept", force="skip_final_backup"),
    StatefulType("aws_fsx_windows_file_system", "FSx file system", "unless-kept", force="skip_final_backup"),
    StatefulType(
        "aws_elasticache_replication_group",
        "ElastiCache group",
        "always",
        snapshot=_FINAL,
        days="snapshot_retention_limit",
        default_days=0,
    ),
    StatefulType(
        "aws_elasticache_cluster",
        "ElastiCache cluster",
        "always",
        snapshot=_FINAL,
        days="snapshot_retention_limit",
        default_days=0,
    ),
    StatefulType(
        "aws_memorydb_cluster",
        "MemoryDB cluster",
        "always",
        snapshot="final_snapshot_name",
        days="snapshot_retention_limit",
    ),
    StatefulType(
        "aws_redshift_cluster",
        "Redshift cluster",
        "always",
        force=_SKIP,
        snapshot=_FINAL,
        days="automated_snapshot_retention_period",
        default_days=1,
    ),
    StatefulType("aws_opensearch_domain", "OpenSearch domain", "always"),
    StatefulType("aws_elasticsearch_domain", "Elasticsearch domain", "always"),
    StatefulType("aws_ecr_repository", "ECR repository", force="force_delete"),
    StatefulType("aws_backup_vault", "backup vault", force="force_destroy"),
)
_GOOGLE = (
    StatefulType(
        "google_sql_database_instance",
        "Cloud SQL instance",
        "unless-kept",
        _GUARD,
        True,
        keep="settings.retain_backups_on_delete",
        days=f"{_SQL}.transaction_log_retention_days",
        pitr=f"{_SQL}.point_in_time_recovery_enabled",
    ),
    StatefulType("google_storage_bucket", "Cloud Storage bucket", force="force_destroy"),
    StatefulType("google_compute_disk", "persistent disk"),
    StatefulType("google_bigquery_dataset", "BigQuery dataset", force="delete_contents_on_destroy"),
    StatefulType("google_bigquery_table", "BigQuery table", "never", _GUARD, True),
    StatefulType("google_spanner_database", "Spanner database", "never", _GUARD, True),
    StatefulType("google_bigtable_instance", "Bigtable instance", "always", _GUARD, True, force="force_destroy"),
    StatefulType("google_alloydb_cluster", "AlloyDB cluster", "always", _GUARD, True),
    StatefulType("google_filestore_instance", "Filestore instance", guard="deletion_protection_enabled"),
)
_OTHERS = (
    StatefulType(
        "azurerm_postgresql_flexible_server",
        "Azure PostgreSQL server",
        "always",
        days="backup_retention_days",
        default_days=7,
    ),
    StatefulType(
        "azurerm_mysql_flexible_server", "Azure MySQL server", "always", days="backup_retention_days", default_days=7
    ),
    StatefulType(
        "azurerm_mssql_database", "Azure SQL database", "never", days="short_term_retention_policy.retention_days"
    ),
    StatefulType("azurerm_cosmosdb_account", "Cosmos DB account", "always"),
    StatefulType(
        "azurerm_storage_account", "Azure storage account", days="blob_properties.delete_retention_policy.days"
    ),
    StatefulType("azurerm_managed_disk", "Azure disk"),
    StatefulType("digitalocean_database_cluster", "DigitalOcean database", "always"),
    StatefulType("digitalocean_volume", "DigitalOcean volume", "never"),
    StatefulType("digitalocean_spaces_bucket", "Spaces bucket", force="force_destroy"),
    StatefulType("hcloud_volume", "Hetzner volume", guard="delete_protection"),
    StatefulType(
        "mongodbatlas_advanced_cluster",
        "Atlas cluster",
        "unless-kept",
        "termination_protection_enabled",
        keep="retain_backups_enabled",
        pitr="pit_enabled",
    ),
    StatefulType("neon_project", "Neon project", "always"),
    StatefulType("supabase_project", "Supabase project", "always"),
)

STATEFUL_TYPES: dict[str, StatefulType] = {each.type: each for each in (*_AWS, *_GOOGLE, *_OTHERS)}
"""By type name."""

FLAGS = frozenset(
    name
    for each in STATEFUL_TYPES.values()
    for name in ("lifecycle.prevent_destroy", each.guard, each.force, each.drop, each.keep, each.pitr)
    if name
)
"""Arguments that Terraform reads as booleans, so that the texts `true` and `false` mean the same."""
NUMBERS = frozenset(each.days for each in STATEFUL_TYPES.values() if each.days)
"""Arguments that Terraform reads as numbers."""
