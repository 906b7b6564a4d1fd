"""What the arguments of a program do: one line a deed, first match wins.

Sources: the tools' own command references and `--help` texts, September 2026. Only what destroys, deploys or migrates
is listed, and beside it what shows that the same is done the careful way (`shown`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.shell.names import names
from remit.verbs import VerbClass


@dataclass(frozen=True, slots=True)
class Deed:
    """A sub-command, the flags that decide, and the verb classes that it then belongs to."""

    programs: tuple[str, ...]
    path: tuple[str, ...]
    classes: tuple[VerbClass, ...] = ()
    needs: tuple[str, ...] = ()
    """The deed is done only with one of these flags."""
    quiet: tuple[str, ...] = ()
    """Flags that keep the tool from asking; empty where it never asks."""
    operands: tuple[str, ...] = ()
    """The deed is done only with an operand like one of these; `*` for any."""
    shown: bool = False
    """True where a person or a stored plan has seen what would change, unless a `quiet` flag is given."""


def _d(
    programs: str,
    path: str,
    *classes: VerbClass,
    needs: str = "",
    quiet: str = "",
    operands: str = "",
    shown: bool = False,
) -> Deed:
    return Deed(
        tuple(programs.split()),
        tuple(path.split()),
        classes,
        tuple(needs.split()),
        tuple(quiet.split()),
        tuple(operands.split()),
        shown,
    )


_IAC: VerbClass = "iac-destroy"
_ORM: VerbClass = "orm-force-push"
_DDL: VerbClass = "sql-ddl"
_ROWS: VerbClass = "sql-mass-dml"
_CLOUD: VerbClass = "cloud-delete"
_VOLUME: VerbClass = "volume-delete"
_K8S: VerbClass = "k8s-delete"
_GIT: VerbClass = "git-force"
_SECRETS: VerbClass = "secret-write"
_TF = "terraform tofu terragrunt"
_RAILS_DROP = (
    "db:drop|db:drop:*|db:reset|db:reset:*|db:schema:load|db:schema:load:*|db:structure:load|db:setup"
    "|db:purge|db:purge:*|db:migrate:reset|db:truncate_all"
)

IAC_DEEDS: tuple[Deed, ...] = (
    _d("terragrunt", "run-all|run destroy", _IAC),
    _d("terragrunt", "destroy-all", _IAC),
    # On many units at once terragrunt adds -auto-approve itself and asks one question for all of them.
    _d("terragrunt", "run-all apply", _IAC),
    _d("terragrunt", "apply-all", _IAC),
    _d("terragrunt", "run apply", _IAC, needs="--all -a"),
    _d("terragrunt", "run apply", _IAC, quiet="-auto-approve --non-interactive", shown=True),
    _d("terragrunt", "run-all|run plan|validate|init|output|show", shown=True),
    _d(_TF, "destroy", _IAC, quiet="-auto-approve -force --terragrunt-non-interactive --non-interactive"),
    _d(_TF, "apply", _IAC, needs="-destroy"),
    _d(_TF, "apply", operands="*", shown=True),
    _d(_TF, "apply", _IAC, quiet="-auto-approve --terragrunt-non-interactive --non-interactive", shown=True),
    _d(_TF, "state rm|push|replace-provider", _IAC),
    _d(_TF, "workspace delete", _IAC),
    _d(
        _TF,
        "plan|show|validate|fmt|init|output|graph|providers|version|console|get|test|login|logout|refresh|import|taint|untaint",
        shown=True,
    ),
    _d(
        _TF,
        "state|workspace|force-unlock|metadata|modules|hcl|stack|hclfmt|render-json|scaffold|catalog|plan-all|validate-all",
        shown=True,
    ),
    _d("pulumi", "destroy", _IAC, quiet="--yes -y -f --skip-preview"),
    _d("pulumi", "up|update", _IAC, quiet="--yes -y -f --skip-preview", shown=True),
    _d("pulumi", "stack rm", _IAC, quiet="--yes -y"),
    _d("pulumi", "state delete", _IAC, quiet="--yes -y"),
    _d(
        "pulumi",
        "preview|pre|stack|config|login|logout|install|version|whoami|plugin|about|logs|refresh|import|new",
        shown=True,
    ),
    _d("cdk", "destroy", _IAC, quiet="--force -f"),
    _d("cdk", "deploy", needs="--no-execute", shown=True),
    _d("cdk", "deploy", _IAC, quiet="--require-approval=never", shown=True),
    _d("cdk", "diff|synth|synthesize|ls|list|bootstrap|doctor|import", shown=True),
    _d("cdktf", "destroy", _IAC, quiet="--auto-approve"),
    _d("cdktf", "deploy|apply", _IAC, quiet="--auto-approve", shown=True),
    _d("cdktf", "diff|plan|synth|get|list|output", shown=True),
    _d("aws", "cloudformation delete-stack|delete-stack-set|delete-stack-instances", _IAC),
    _d("aws", "cloudformation deploy", needs="--no-execute-changeset", shown=True),
    _d("aws", "cloudformation deploy|update-stack|update-stack-set", _IAC),
    _d("aws", "cloudformation create-change-set|describe-change-set|execute-change-set|validate-template", shown=True),
    _d("sam", "delete", _IAC, quiet="--no-prompts"),
    _d("sam", "deploy", needs="--no-execute-changeset --confirm-changeset", shown=True),
    _d("sam", "deploy", _IAC),
    _d("serverless sst", "remove", _IAC),
    _d("amplify", "delete", _IAC, quiet="--force"),
    _d("copilot", "app|env|svc|job|pipeline delete", _IAC, quiet="--yes"),
    _d("az", "deployment ...", _IAC, needs="--mode=Complete --mode=complete"),
    _d("az", "stack ... delete", _IAC, quiet="--yes -y"),
    _d("gcloud", "deployment-manager|infra-manager deployments delete", _IAC, quiet="--quiet -q"),
)

ORM_DEEDS: tuple[Deed, ...] = (
    _d("drizzle-kit", "push|push:*", _ORM, needs="--force"),
    _d("drizzle-kit", "push|push:*", _DDL, quiet="--force", shown=True),
    _d(
        "drizzle-kit",
        "generate|generate:*|migrate|check|check:*|up|up:*|introspect|introspect:*|pull|studio|export|drop",
        shown=True,
    ),
    _d("prisma", "db push", _ORM, needs="--accept-data-loss --force-reset"),
    _d("prisma", "db push", _DDL, quiet="--accept-data-loss --force-reset", shown=True),
    _d("prisma", "migrate reset", _ORM, quiet="--force -f"),
    _d("prisma", "migrate dev", needs="--create-only", shown=True),
    _d("prisma", "migrate dev", _DDL, quiet="--force", shown=True),
    _d("prisma", "migrate deploy|status|diff|resolve", shown=True),
    _d("prisma", "generate|validate|format|studio|version|init|debug", shown=True),
    _d("prisma", "db pull|seed", shown=True),
    _d("sequelize", "db:drop|db:migrate:undo:all", _ORM),
    _d("sequelize", "db:migrate:undo", _DDL),
    _d("sequelize", "db:migrate|db:migrate:*|db:seed|db:seed:*|db:create|migration:*|seed:*|model:*", shown=True),
    _d("typeorm", "schema:drop|schema:sync", _ORM),
    _d("typeorm", "migration:revert", _DDL),
    _d("typeorm", "schema:log|migration:*|query|entity:*", shown=True),
    _d("mikro-orm", "schema:drop|schema:fresh|schema:update", _ORM, needs="--run -r"),
    _d("mikro-orm", "migration:fresh", _ORM),
    _d("mikro-orm", "migration:down", _DDL),
    _d("mikro-orm", "schema:*|migration:*", shown=True),
    _d("knex", "migrate:rollback", _ORM, needs="--all"),
    _d("knex", "migrate:rollback|migrate:down", _DDL),
    _d("knex", "migrate:*|seed:*", shown=True),
    _d("rails", f"... {_RAILS_DROP}", _ORM),
    _d("rails", "db:rollback|db:migrate:down|db:migrate:redo", _DDL),
    _d("rails", "db:migrate|db:prepare|db:migrate:status|db:abort_if_pending_migrations", shown=True),
    _d("manage.py", "flush|reset_db|reset_schema", _ORM, quiet="--noinput --no-input"),
    _d("manage.py", "migrate ... zero", _ORM),
    _d("manage.py", "migrate|makemigrations|showmigrations|sqlmigrate|squashmigrations", shown=True),
    _d("alembic", "downgrade base", _ORM),
    _d("alembic", "downgrade", _DDL),
    _d("alembic", "upgrade|revision|current|history|check|heads|stamp|merge|show", shown=True),
    _d("flask", "db downgrade base", _ORM),
    _d("flask", "db downgrade", _DDL),
    _d("flask", "db upgrade|migrate|revision|current|history|check", shown=True),
    _d("artisan", "migrate:fresh|migrate:refresh|migrate:reset|db:wipe", _ORM, quiet="--force"),
    _d("artisan", "migrate:rollback", _DDL, quiet="--force"),
    _d("artisan", "migrate|migrate:status|migrate:install", shown=True),
    _d(
        "console",
        "doctrine:database:drop|doctrine:schema:drop|doctrine:schema:update|d:d:d|d:s:d|d:s:u",
        _ORM,
        needs="--force -f",
    ),
    _d("console", "doctrine:migrations:*|d:m:*", shown=True),
    _d("supabase", "db reset", _ORM, needs="--linked --db-url"),
    _d("supabase", "db push", needs="--dry-run", shown=True),
    _d("supabase", "db push", _DDL, quiet="--yes", shown=True),
    _d("supabase", "db reset|diff|pull|dump|lint|start", shown=True),
    _d("supabase", "migration down", _DDL),
    _d("supabase", "migration", shown=True),
    _d("sqlx", "database|db drop|reset", _ORM, quiet="-y --force -f"),
    _d("sqlx", "migrate|mig revert", _DDL),
    _d("sqlx", "migrate|mig run|add|info", shown=True),
    _d("diesel", "database drop|reset", _ORM),
    _d("diesel", "migration redo|revert", _DDL),
    _d("diesel", "migration", shown=True),
    _d("sea-orm-cli", "migrate fresh|refresh|reset", _ORM),
    _d("sea-orm-cli", "migrate down", _DDL),
    _d("sea-orm-cli", "migrate", shown=True),
    _d("flyway", "... clean", _ORM),
    _d("flyway", "... undo", _DDL),
    _d("flyway", "... migrate|info|validate|baseline|repair|check", shown=True),
    _d("liquibase", "... dropAll|drop-all", _ORM),
    _d("liquibase", "... rollback|rollback*", _DDL),
    _d("liquibase", "... update|status|validate|diff|updateSQL|update-sql|history", shown=True),
    _d("mvn mvnw gradle gradlew", "... flyway:clean|flywayClean|liquibase:dropAll|dropAll|:flywayClean|:dropAll", _ORM),
    _d("mvn mvnw gradle gradlew", "... flyway:migrate|flywayMigrate|liquibase:update", shown=True),
    _d("atlas", "schema apply", _ORM, needs="--auto-approve"),
    _d("atlas", "schema apply", _DDL, quiet="--auto-approve", shown=True),
    _d("atlas", "schema clean", _ORM, quiet="--auto-approve"),
    _d("atlas", "migrate down", _DDL),
    _d("atlas", "migrate|schema", shown=True),
    _d("dbmate", "drop", _ORM),
    _d("dbmate", "down|rollback", _DDL),
    _d("dbmate", "up|migrate|new|status|dump|wait|create", shown=True),
    _d("goose", "... reset|down-to", _ORM),
    _d("goose", "... down|redo", _DDL),
    _d("migrate", "drop", _ORM, quiet="-f"),
    _d("migrate", "down", _ORM, needs="-all"),
    _d("migrate", "down", _DDL),
    _d("mix", "ecto.drop|ecto.reset", _ORM),
    _d("mix", "ecto.rollback", _DDL),
    _d("mix", "ecto.migrate|ecto.migrations|ecto.create|ecto.setup", shown=True),
    _d("ace", "migration:fresh|migration:refresh|migration:reset|db:wipe|db:truncate", _ORM, quiet="--force"),
    _d("ace", "migration:rollback", _DDL, quiet="--force"),
    _d("ace", "migration:run|migration:status", shown=True),
    _d("db-migrate", "reset|db:drop|down", _ORM),
    _d("payload", "migrate:fresh|migrate:reset|migrate:refresh", _ORM),
    _d("wp", "db reset|drop|clean", _ORM, quiet="--yes"),
    _d("drush", "sql-drop|sql:drop", _ORM, quiet="-y --yes"),
)

DATA_DEEDS: tuple[Deed, ...] = (
    _d("dropdb", "", _DDL),
    _d("mysqladmin", "... drop", _DDL, quiet="-f --force"),
    _d("pg_restore", "", _DDL, needs="-c --clean"),
    _d("mongorestore", "", _ROWS, needs="--drop"),
    _d("redis-cli valkey-cli", "flushall|flushdb|FLUSHALL|FLUSHDB", _ROWS),
    _d("dbt", "run|build", _ROWS, needs="--full-refresh"),
    _d("pgbackrest", "... stanza-delete|expire", _CLOUD),
    _d("wal-g", "delete", _CLOUD, needs="--confirm"),
    _d("restic", "... forget", _CLOUD, needs="--prune"),
    _d("restic", "... prune", _CLOUD),
    _d("borg", "delete|prune", _CLOUD),
    _d("zfs zpool", "destroy", _VOLUME),
    _d("lvremove vgremove pvremove", "", _VOLUME, quiet="-f -y --force --yes"),
    _d("btrfs", "subvolume delete", _VOLUME),
)

CONTAINER_DEEDS: tuple[Deed, ...] = (
    _d("kubectl", "delete pvc|pv|persistentvolumeclaim*|persistentvolume*|pvc/*|pv/*", _K8S, _VOLUME),
    _d("kubectl", "delete", _K8S),
    _d("kubectl", "replace", _K8S, needs="--force"),
    _d("kubectl", "create secret", _SECRETS),
    _d("kubectl", "edit|patch secret|secrets|secret/*", _SECRETS),
    _d("helm", "uninstall|delete|del|un", _K8S),
    _d("flux", "uninstall", _K8S, quiet="-s --silent"),
    _d("argocd", "app delete", _K8S, quiet="-y --yes"),
    _d("eksctl kops", "delete", _CLOUD),
    _d("velero", "backup|schedule delete", _CLOUD, quiet="--confirm"),
    _d("docker podman nerdctl", "volume rm|remove", _VOLUME),
    _d("docker podman nerdctl", "volume prune", _VOLUME, quiet="-f --force"),
    _d("docker podman nerdctl", "system prune", _VOLUME, needs="--volumes"),
    _d("docker podman nerdctl", "compose down|rm", _VOLUME, needs="-v --volumes"),
    _d("docker podman nerdctl", "rm", _VOLUME, needs="-v --volumes"),
    _d("docker-compose podman-compose", "down|rm", _VOLUME, needs="-v --volumes"),
)

CLOUD_DEEDS: tuple[Deed, ...] = (
    _d("aws", "ec2 delete-volume|delete-snapshot", _VOLUME),
    _d(
        "aws",
        "rds|neptune|docdb "
        "delete-db-snapshot|delete-db-cluster-snapshot|delete-db-instance-automated-backup|delete-db-cluster-automated-backup",
        _CLOUD,
        _VOLUME,
    ),
    _d("aws", "s3 rb", _CLOUD),
    _d("aws", "s3 rm", _CLOUD, needs="--recursive"),
    _d("aws", "s3 sync", _CLOUD, needs="--delete"),
    _d("aws", "secretsmanager put-secret-value|update-secret|create-secret|delete-secret|restore-secret", _SECRETS),
    _d("aws", "ssm put-parameter|delete-parameter|delete-parameters", _SECRETS),
    _d("aws", "kms schedule-key-deletion|disable-key", _CLOUD),
    _d("aws", "* delete-*|terminate-*|purge-*|batch-delete-*|deregister-*", _CLOUD),
    _d("gcloud", "... disks|snapshots|images delete", _VOLUME, quiet="--quiet -q"),
    _d("gcloud", "... secrets create|delete|update", _SECRETS),
    _d("gcloud", "... secrets versions add|destroy|disable", _SECRETS),
    _d("gcloud", "... storage rm", _CLOUD, needs="-r -R --recursive"),
    _d("gcloud", "... delete|destroy", _CLOUD, quiet="--quiet -q"),
    _d("gsutil", "... rm", _CLOUD, needs="-r -R -a"),
    _d("gsutil", "... rb", _CLOUD),
    _d("gsutil", "... rsync", _CLOUD, needs="-d"),
    _d("bq", "rm", _CLOUD, quiet="-f --force"),
    _d("az", "disk|snapshot delete", _VOLUME, quiet="--yes -y"),
    _d("az", "keyvault secret set|delete|purge", _SECRETS),
    _d("az", "... delete|delete-batch|purge", _CLOUD, quiet="--yes -y"),
    _d("oci", "... delete|bulk-delete|terminate", _CLOUD, quiet="--force"),
    _d("doctl", "compute volume|volume-action|snapshot|v|s delete|rm|d", _VOLUME, quiet="-f --force"),
    _d("doctl", "... delete|rm", _CLOUD, quiet="-f --force"),
    _d("hcloud", "volume delete", _VOLUME),
    _d("hcloud linode-cli vultr-cli scw exo", "... delete|rm|terminate", _CLOUD),
    _d("railway", "volume delete|remove|rm", _VOLUME, quiet="--yes -y"),
    _d("railway", "down|delete", _CLOUD, quiet="--yes -y"),
    _d("railway", "environment|env|service|project|database delete|remove|rm", _CLOUD, quiet="--yes -y"),
    _d("railway", "variables|variable|vars", _SECRETS, needs="--set"),
    _d("railway", "variables|variable|vars set|delete", _SECRETS),
    _d("fly", "volumes|volume|vol destroy|delete", _VOLUME, quiet="--yes -y"),
    _d("fly", "destroy", _CLOUD, quiet="--yes -y"),
    _d(
        "fly",
        "apps|app|postgres|pg|mpg|mysql|redis|machine|machines|m|storage|tigris|extensions destroy|delete|remove",
        _CLOUD,
        quiet="--yes -y --force",
    ),
    _d("fly", "secrets set|unset|import|deploy", _SECRETS),
    _d("heroku", "apps:destroy|apps:delete|destroy|pipelines:destroy", _CLOUD, quiet="--confirm -c"),
    _d("heroku", "pg:reset|pg:push|pg:copy|pg:backups:restore", _CLOUD, _DDL, quiet="--confirm -c"),
    _d("heroku", "pg:backups:delete|addons:destroy|addons:remove|redis:*", _CLOUD, quiet="--confirm -c --force -f"),
    _d("heroku", "config:set|config:add|config:unset|config:remove", _SECRETS),
    _d("vercel", "remove|rm", _CLOUD, quiet="--yes -y"),
    _d(
        "vercel", "project|projects|blob|integration|teams|domains rm|remove|del|delete-store", _CLOUD, quiet="--yes -y"
    ),
    _d("vercel", "env add|rm|remove|update", _SECRETS),
    _d("netlify", "sites:delete|blobs:delete", _CLOUD, quiet="-f --force"),
    _d("netlify", "env:set|env:unset|env:import|env:clone", _SECRETS),
    _d("wrangler", "delete", _CLOUD, quiet="-y --force --skip-confirmation"),
    _d(
        "wrangler",
        "d1|queues|vectorize|hyperdrive|workflows|pages|kv:namespace delete",
        _CLOUD,
        quiet="-y --skip-confirmation",
    ),
    _d(
        "wrangler",
        "r2|kv|pages bucket|object|namespace|project|bulk|key delete",
        _CLOUD,
        quiet="-y --skip-confirmation",
    ),
    _d("wrangler", "secret|secret:* put|delete|bulk", _SECRETS),
    _d("neonctl", "... delete", _CLOUD),
    _d("neonctl", "branches reset|restore", _CLOUD),
    _d("pscale", "... delete", _CLOUD, quiet="--force"),
    _d("turso", "db|group destroy", _CLOUD, quiet="--yes -y"),
    _d("supabase", "projects|branches|storage delete|rm", _CLOUD, quiet="--yes"),
    _d("supabase", "secrets set|unset", _SECRETS),
    _d(
        "firebase",
        "firestore:delete|database:remove|projects:delete|hosting:sites:delete|functions:delete",
        _CLOUD,
        quiet="--force -f --confirm -y",
    ),
    _d("atlas", "clusters|projects|backups|deployments ... delete", _CLOUD, quiet="--force"),
    _d("eb", "terminate", _CLOUD, quiet="--force"),
    _d("mc", "rb", _CLOUD, needs="--force"),
    _d("mc", "rm", _CLOUD, needs="--recursive -r"),
    _d("rclone", "purge|delete|cleanup|sync", _CLOUD),
    _d("gh", "repo delete", _CLOUD, quiet="--yes --confirm"),
    _d("gh", "release delete", _CLOUD, quiet="--yes -y"),
    _d("gh", "secret set|delete|remove", _SECRETS),
    _d("glab", "repo|project delete", _CLOUD, quiet="--yes -y"),
    _d("vault", "kv put|patch|delete|destroy|metadata", _SECRETS),
    _d("vault", "write|delete", _SECRETS),
    _d("vault", "secrets disable", _SECRETS),
    _d("doppler", "secrets set|delete|upload", _SECRETS),
    _d("doppler", "projects|configs|environments delete", _CLOUD, quiet="--yes -y"),
    _d("infisical", "secrets set|delete", _SECRETS),
    _d("op", "item create|edit|delete", _SECRETS),
)

GIT_DEEDS: tuple[Deed, ...] = (
    _d("git", "push", _GIT, needs="--force -f --force-with-lease --mirror --delete -d --prune"),
    _d("git", "push", _GIT, operands="+* :*"),
    _d("git", "reset", _GIT, needs="--hard"),
    _d("git", "clean", _GIT, needs="-f --force"),
    _d("git", "filter-branch|filter-repo", _GIT),
    _d("git", "branch", _GIT, needs="-D"),
    _d("git", "reflog expire|delete", _GIT),
    _d("git", "stash clear|drop", _GIT),
    _d("git", "update-ref", _GIT, needs="-d"),
    _d("git", "gc", _GIT, needs="--prune=now --prune=all"),
    _d("git", "worktree remove", _GIT, needs="-f --force"),
)

DEEDS: tuple[Deed, ...] = (*IAC_DEEDS, *ORM_DEEDS, *DATA_DEEDS, *CONTAINER_DEEDS, *CLOUD_DEEDS, *GIT_DEEDS)

BY_PROGRAM: Mapping[str, tuple[Deed, ...]] = {
    program: tuple(deed for deed in DEEDS if program in deed.programs)
    for program in sorted({program for deed in DEEDS for program in deed.programs})
}
IAC_PROGRAMS = names("terraform tofu terragrunt pulumi cdk cdktf sam")
ORM_PROGRAMS = frozenset(program for deed in ORM_DEEDS for program in deed.programs) - names(
    "rails mix mvn mvnw gradle gradlew flask manage.py artisan ace console wp drush goose migrate "
    "payload supabase atlas"
)
"""Programs that only migrate or model a database; the others count by what they are told to do."""

MIGRATION_PROGRAMS = frozenset(program for deed in (*IAC_DEEDS, *ORM_DEEDS) for program in deed.programs)
"""Programs that deploy infrastructure or migrate a database, among other things."""
VALUED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("terraform", "tofu", "terragrunt"),
        names(
            "-var -var-file -target -replace -state -state-out -backup -parallelism -lock-timeout -out "
            "-chdir --terragrunt-working-dir --working-dir"
        ),
    ),
    "git": names("-C -c --git-dir --work-tree --repo -o --push-option --exec --receive-pack --recurse-submodules"),
    "kubectl": names(
        "-n -f -l --namespace --context --kubeconfig --selector --filename --grace-period --timeout --cluster --as -o"
    ),
    "helm": names("-n --namespace --kube-context --kubeconfig --timeout"),
    "drizzle-kit": names("--config --schema --dialect --url --out --driver --tablesFilter --schemaFilters"),
    "prisma": names("--schema --config --url --to-schema-datamodel --from-url --name"),
    "aws": names(
        "--profile --region --output --endpoint-url --query --db-instance-identifier --stack-name --template-file"
    ),
    "gcloud": names("--project --account --configuration --zone --region --format --instance"),
    "docker": names("-H -c --host --context --config -f -p --file --project-name --profile --env-file"),
    "docker-compose": names("-f -p --file --project-name --profile --env-file"),
    "pulumi": names("-s --stack -C --cwd -p --parallel -c --config -m --message"),
    "cdk": names("--require-approval -a --app -c --context --profile"),
    "alembic": names("-c --config -n --name -x"),
    "migrate": names("-source -database -path -prefetch -lock-timeout"),
    "sequelize": names("--env --config --url --migrations-path --models-path"),
}
"""Flags whose value is the next word, where that decides."""

DRY: Mapping[str, frozenset[str]] = {"git": frozenset({"-n", "--dry-run"}), "make": frozenset({"-n"})}
DRY_FLAGS = frozenset({"--dry-run", "--dryrun", "--what-if", "--help", "-help", "-h"})
"""Flags with which nothing is done, for programs that `DRY` does not name."""
SHORT_HELP_IS_NOT_HELP = names(
    "psql mysql mysqladmin redis-cli valkey-cli pg_restore mongorestore dropdb docker linode-cli df du free"
)
"""Programs for which `-h` names a host."""

SWITCHES = names(
    "GOOSE_MODE TF_CLI_ARGS TF_CLI_ARGS_apply TF_CLI_ARGS_destroy PULUMI_SKIP_CONFIRMATIONS "
    "TERRAGRUNT_NON_INTERACTIVE TG_NON_INTERACTIVE "
    "TERRAGRUNT_AUTO_APPROVE"
)
"""Environment variables that change what a tool asks; none of them holds a secret."""

HARMLESS_VERBS = names(
    "describe list ls get show create add set update enable disable deploy run configure "
    "configure-docker logs log status info start stop "
    "restart build push pull ssh exec scale rollout apply login auth config version wait export import "
    "copy cp move mv tag mb view edit open"
)
"""Sub-commands behind which a hidden word is what they act on, not another sub-command."""
HARMLESS_BEGINNINGS = ("describe-", "list-", "get-", "create-", "add-", "set-", "update-", "put-", "start-", "stop-")
