"""Lists of the bundled baseline that are too long to stand beside their fields."""

from __future__ import annotations

from typing import Literal, get_args

FORBIDDEN_PRIVILEGES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "CREATE", "OWN")
"""Rights with which data can be changed or lost; ownership allows all of them."""

ADMIN_ROLE_NAMES = (
    "postgres",
    "root",
    "admin",
    "sa",
    "rdsadmin",
    "rds_superuser",
    "supabase_admin",
    "service_role",
    "neon_superuser",
    "neondb_owner",
    "cloudsqladmin",
    "cloudsqlsuperuser",
    "azure_pg_admin",
    "azuresu",
    "doadmin",
    "avnadmin",
)
"""Superusers and what managed providers call theirs."""

PII_COLUMN_PATTERNS = ("*email*", "*ssn*", "dob", "*birth*", "*card*", "*phone*", "*address*", "*token*")

PLACEHOLDER_PASSWORDS = (
    "strong_random_password",
    "password",
    "changeme",
    "change_me",
    "secret",
    "postgres",
    "example",
    "your_password",
    "your-password",
    "123456",
)
"""The first is the literal of a widely copied set-up article; the others are documentation's usual words."""

CREDENTIAL_PATHS = (
    "~/.ssh",
    "~/.aws",
    "~/.kube",
    "~/.config/gcloud",
    "~/.azure",
    "~/.netrc",
    "~/.npmrc",
    "~/.pypirc",
    "~/.git-credentials",
    "~/.config/gh",
    "~/.docker/config.json",
    "~/.railway",
    "~/.supabase",
    "**/.env*",
    "**/*.tfstate",
)

DENIED_TOOLS = ("terraform", "tofu", "aws", "gcloud", "az", "kubectl", "railway", "psql")
"""Command-line programs with which whole environments can be changed."""

IAC_DENY_VERBS = ("apply", "destroy", "import", "state")

PROTECTED_TYPES = (
    "aws_backup_vault",
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_dynamodb_table",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_elasticache_replication_group",
    "aws_kms_key",
    "aws_neptune_cluster",
    "aws_opensearch_domain",
    "aws_rds_cluster",
    "aws_redshift_cluster",
    "aws_s3_bucket",
    "azurerm_cosmosdb_account",
    "azurerm_key_vault",
    "azurerm_kubernetes_cluster",
    "azurerm_managed_disk",
    "azurerm_mssql_database",
    "azurerm_mysql_flexible_server",
    "azurerm_postgresql_flexible_server",
    "azurerm_storage_account",
    "digitalocean_database_cluster",
    "digitalocean_kubernetes_cluster",
    "digitalocean_spaces_bucket",
    "digitalocean_volume",
    "google_bigquery_dataset",
    "google_bigtable_instance",
    "google_compute_disk",
    "google_container_cluster",
    "google_firestore_database",
    "google_spanner_instance",
    "google_sql_database_instance",
    "google_storage_bucket",
    "hcloud_volume",
    "kubernetes_persistent_volume_claim",
)
"""Databases, volumes, buckets, clusters, and the keys and vaults without which copies are worthless."""

ORM_FORBIDDEN_FLAGS = ("--force", "--accept-data-loss", "--force-reset")

FORBIDDEN_ACTIONS = (
    "rds:Delete*",
    "s3:DeleteBucket",
    "s3:DeleteObjectVersion",
    "ec2:DeleteVolume",
    "ec2:DeleteSnapshot",
    "dynamodb:DeleteTable",
    "dynamodb:DeleteBackup",
    "elasticfilesystem:DeleteFileSystem",
    "backup:Delete*",
    "kms:ScheduleKeyDeletion",
    "cloudsql.instances.delete",
    "cloudsql.backupRuns.delete",
    "storage.buckets.delete",
    "compute.disks.delete",
    "compute.snapshots.delete",
    "cloudkms.cryptoKeyVersions.destroy",
    "Microsoft.Sql/servers/databases/delete",
    "Microsoft.DBforPostgreSQL/flexibleServers/delete",
    "Microsoft.Storage/storageAccounts/delete",
    "Microsoft.Compute/disks/delete",
    "Microsoft.RecoveryServices/vaults/delete",
)

FORBIDDEN_GROUPS = ("docker", "lxd", "libvirt", "wheel", "sudo", "disk", "root")
"""Each lets its members become root or read every disk."""

SECRET_HOOKS = ("detect-secrets", "gitleaks", "trufflehog")

ENV_GLOBS = (".env", ".env.*", "*.env")

PROD_CONTEXTS = ("*prod*", "*prd*", "*live*")

SandboxKind = Literal[
    "devcontainer",
    "docker",
    "podman",
    "native",
    "e2b",
    "k8s-agent-sandbox",
    "firecracker",
    "gvisor",
    "cloud",
]
SANDBOX_KINDS: tuple[SandboxKind, ...] = get_args(SandboxKind)

COPY_ON_WRITE = ("git-worktree", "overlayfs", "dm-snapshot", "btrfs", "zfs", "ephemeral-clone")

Floor = Literal["none", "uptime", "grafana", "datadog-or-equal"]
FLOORS: tuple[Floor, ...] = get_args(Floor)
"""From least to most that monitoring can see."""

KILL_SCOPE = ("login", "sessions", "connect", "memberships", "tokens", "processes")
"""Revoking table rights alone leaves every one of these working."""

CORE_CONTROLS = (
    "LP-001",
    "LP-003",
    "LP-011",
    "LP-013",
    "LP-027",
    "LP-028",
    "LP-030",
    "LP-031",
    "BK-001",
    "BK-005",
    "BK-006",
    "BK-011",
    "BK-015",
    "SB-001",
    "SB-015",
    "MN-002",
    "MN-004",
)
"""The controls that break most of the documented chains."""
