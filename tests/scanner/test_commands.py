"""Commands understood as commands. Every text here is read, never run."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from remit.command_effects import BY_PROGRAM, DEEDS
from remit.commands import Effects, ShellCommand, Word, bypass_flags, effects, understand
from remit.errors import CollectError
from remit.shell.heredocs import cut
from remit.shell.places import place_of
from remit.shell.programs import PROGRAMS
from remit.shell.sql import mongo_classes, sql_classes
from remit.shell.unwrap import program_name
from remit.shell.wrappers import WRAPPERS
from remit.verbs import VERB_CLASSES


def _classes(text: str) -> set[str]:
    return {each for command in understand(text) for each in effects(command).classes}


def _undecided(text: str) -> list[str]:
    return [done.undecided.why for command in understand(text) if (done := effects(command)).undecided is not None]


def _only(text: str) -> tuple[ShellCommand, Effects]:
    """The one command of a text that does something, with what it does."""
    found = [(command, done) for command in understand(text) if (done := effects(command)).classes]
    assert len(found) == 1, found
    return found[0]


# ------------------------------------------------------------------------------------------------ what is destructive

DESTRUCTIVE = [
    # infrastructure
    ("terraform destroy", "iac-destroy"),
    ("terraform -chdir=prod destroy -auto-approve", "iac-destroy"),
    ("terraform apply -auto-approve", "iac-destroy"),
    ("terraform apply --auto-approve -var-file prod.tfvars", "iac-destroy"),
    ("terraform apply -auto-approve .", "iac-destroy"),
    ("terraform apply", "iac-destroy"),
    ("terraform apply -destroy", "iac-destroy"),
    ("tofu destroy", "iac-destroy"),
    ("terraform state rm module.db", "iac-destroy"),
    ("terraform workspace delete prod", "iac-destroy"),
    ("terragrunt run-all destroy", "iac-destroy"),
    ("terragrunt run --all -- destroy", "iac-destroy"),
    ("terragrunt apply-all", "iac-destroy"),
    ("TF_CLI_ARGS_apply=-auto-approve terraform apply", "iac-destroy"),
    ("pulumi destroy --yes", "iac-destroy"),
    ("pulumi -C infra up -y", "iac-destroy"),
    ("cdk destroy -f", "iac-destroy"),
    ("npx cdk deploy --require-approval never", "iac-destroy"),
    ("aws cloudformation delete-stack --stack-name shop", "iac-destroy"),
    ("aws --region eu-west-1 cloudformation deploy --stack-name shop", "iac-destroy"),
    ("sls remove", "iac-destroy"),
    # migrations
    ("drizzle-kit push --force", "orm-force-push"),
    ("drizzle-kit push", "sql-ddl"),
    ("drizzle-kit push:pg --force", "orm-force-push"),
    ("prisma db push --accept-data-loss", "orm-force-push"),
    ("prisma db push --force-reset", "orm-force-push"),
    ("prisma migrate reset --force", "orm-force-push"),
    ("sequelize-cli db:drop", "orm-force-push"),
    ("typeorm -d src/data.ts schema:drop", "orm-force-push"),
    ("npm run typeorm -- schema:drop -d src/data.ts", "orm-force-push"),
    ("knex migrate:rollback --all", "orm-force-push"),
    ("bin/rails db:drop", "orm-force-push"),
    ("rails db:create db:reset", "orm-force-push"),
    ("bundle exec rake db:schema:load", "orm-force-push"),
    ("python manage.py flush --noinput", "orm-force-push"),
    ("./manage.py reset_db", "orm-force-push"),
    ("django-admin flush", "orm-force-push"),
    ("alembic -c db.ini downgrade base", "orm-force-push"),
    ("python -m alembic downgrade base", "orm-force-push"),
    ("php artisan migrate:fresh --seed", "orm-force-push"),
    ("supabase db reset --linked", "orm-force-push"),
    ("supabase db push", "sql-ddl"),
    ("sqlx database drop -y", "orm-force-push"),
    ("flyway -url=jdbc:postgresql://db/shop clean", "orm-force-push"),
    ("mvn -q flyway:clean", "orm-force-push"),
    ("liquibase --url=x dropAll", "orm-force-push"),
    ("atlas schema apply --auto-approve", "orm-force-push"),
    ("mix ecto.reset", "orm-force-push"),
    # Kubernetes, clouds, volumes
    ("kubectl -n prod delete deployment web", "k8s-delete"),
    ("kubectl delete pvc data", "volume-delete"),
    ("helm -n prod uninstall shop", "k8s-delete"),
    ("aws --profile prod rds delete-db-instance --db-instance-identifier shop", "cloud-delete"),
    ("aws s3 rb s3://shop --force", "cloud-delete"),
    ("aws s3 rm s3://shop --recursive", "cloud-delete"),
    ("aws ec2 delete-volume --volume-id vol-1", "volume-delete"),
    ("aws ec2 delete-snapshot --snapshot-id snap-1", "volume-delete"),
    ("aws dynamodb delete-table --table-name t", "cloud-delete"),
    ("gcloud --project p sql instances delete shop -q", "cloud-delete"),
    ("gcloud compute disks delete d", "volume-delete"),
    ("az group delete -n shop --yes", "cloud-delete"),
    ("railway volume delete", "volume-delete"),
    ("railway down", "cloud-delete"),
    ("railway environment delete production", "cloud-delete"),
    ("flyctl volumes destroy vol_1", "volume-delete"),
    ("fly apps destroy shop", "cloud-delete"),
    ("heroku apps:destroy shop --confirm shop", "cloud-delete"),
    ("heroku pg:reset DATABASE", "sql-ddl"),
    ("vercel remove shop --yes", "cloud-delete"),
    ("neonctl projects delete p", "cloud-delete"),
    ("pscale database delete shop --force", "cloud-delete"),
    ("doctl compute droplet delete 1 -f", "cloud-delete"),
    ("doctl compute volume delete v", "volume-delete"),
    ("supabase projects delete p", "cloud-delete"),
    ("docker volume rm shop_data", "volume-delete"),
    ("docker system prune -af --volumes", "volume-delete"),
    ("docker compose -f dev.yml down -v", "volume-delete"),
    ("docker-compose down --volumes", "volume-delete"),
    ("gh secret set TOKEN", "secret-write"),
    ("railway variables --set A=b", "secret-write"),
    # databases
    ('psql -c "DROP TABLE users"', "sql-ddl"),
    ('psql "$URL" -Atc "DELETE FROM users"', "sql-mass-dml"),
    ("psql --command='truncate orders'", "sql-mass-dml"),
    ("mysql -u root -e'DROP DATABASE shop'", "sql-ddl"),
    ("sqlite3 shop.db 'DROP TABLE users'", "sql-ddl"),
    ("mongosh shop --eval 'db.dropDatabase()'", "sql-ddl"),
    ("redis-cli -h cache FLUSHALL", "sql-mass-dml"),
    ('echo "DROP TABLE users" | psql', "sql-ddl"),
    ("printf '%s;' 'DROP TABLE users' | sudo -u postgres psql shop", "sql-ddl"),
    ("psql <<< 'DROP TABLE users'", "sql-ddl"),
    ("dropdb shop", "sql-ddl"),
    # git and files
    ("git push --force", "git-force"),
    ("git push -uf origin main", "git-force"),
    ("git -C shop push origin +main", "git-force"),
    ("git push origin :main", "git-force"),
    ("git push --mirror", "git-force"),
    ("git push origin --delete main", "git-force"),
    ("git reset --hard HEAD~3", "git-force"),
    ("git clean -fdx", "git-force"),
    ("rm -rf /", "fs-delete-outside"),
    ("rm -r --force ~", "fs-delete-outside"),
    ("rm -rf $HOME/", "fs-delete-outside"),
    ("rm -rf ${HOME}/*", "fs-delete-outside"),
    ('rm -rf "$DIR"/*', "fs-delete-outside"),
    ("rm -rf -- /srv/data", "fs-delete-outside"),
    ("rm -rf build {/etc,/srv}", "fs-delete-outside"),
    ("rm -rf /tmp/../home", "fs-delete-outside"),
    ("find / -name '*.log' -delete", "fs-delete-outside"),
    ("find / -type d -exec rm -rf {} +", "fs-delete-outside"),
    ("dd if=/dev/zero of=/dev/sda", "fs-delete-outside"),
    ("mkfs.ext4 /dev/sdb1", "fs-delete-outside"),
    # provider APIs
    ("curl -X DELETE https://api.heroku.com/apps/shop", "cloud-delete"),
    ("curl -sXDELETE https://api.digitalocean.com/v2/volumes/1", "volume-delete"),
    ("wget --method=DELETE https://api.vercel.com/v9/projects/p", "cloud-delete"),
    ("http DELETE https://api.render.com/v1/services/s", "cloud-delete"),
    ("gh api --method DELETE repos/acme/shop", "cloud-delete"),
    (
        "curl https://backboard.railway.app/graphql/v2 --data "
        '\'{"query":"mutation { volumeDelete(volumeId: \\"v\\") }"}\'',
        "volume-delete",
    ),
    ('curl https://api.fly.io/graphql -d \'{"query":"mutation{deleteApp(appId:1){id}}"}\'', "cloud-delete"),
]


@pytest.mark.parametrize(("text", "verb_class"), DESTRUCTIVE)
def test_destructive_commands_have_their_class(text: str, verb_class: str) -> None:
    assert verb_class in _classes(text)


HARMLESS = [
    "",
    "   \n\n",
    "echo terraform destroy",
    "# terraform destroy",
    "true # terraform destroy",
    'grep -r "terraform destroy" .',
    'git commit -m "never run terraform destroy or git push --force"',
    "printf '%s\\n' 'rm -rf /'",
    "cat <<EOF > notes.md\nterraform destroy\nrm -rf /\nEOF",
    "which terraform && brew install terraform",
    "command -v terraform",
    "man rm",
    "terraform plan -destroy -out tfplan",
    "terraform plan -out=tfplan && terraform apply tfplan",
    "terraform apply -auto-approve tfplan",
    "terraform destroy -help",
    "terraform workspace select prod",
    "pulumi preview",
    "aws cloudformation deploy --no-execute-changeset --stack-name s",
    "drizzle-kit generate && drizzle-kit migrate",
    "npx prisma migrate deploy",
    "prisma generate",
    "rails db:migrate",
    "alembic upgrade head",
    "supabase db reset",
    "kubectl get pods",
    "kubectl delete pod web --dry-run=client",
    "aws s3 rm s3://shop/x",
    "aws s3 rm s3://shop --recursive --dryrun",
    "aws rds describe-db-instances",
    "aws rds delete-db-instance help",
    "docker compose down",
    "docker rm -f web",
    "git push -u origin main",
    "git push origin main:main",
    "git push --force --dry-run",
    "git clean -nfdx",
    "git reset HEAD~1",
    "rm -rf build node_modules ./dist",
    "rm -rf /tmp/work /var/lib/apt/lists/*",
    'rm -rf "$PWD/dist" "$GITHUB_WORKSPACE/out"',
    "rm -f /etc/motd",
    'work=$(mktemp -d); rm -rf "$work"',
    "find . -name '*.pyc' -delete",
    "find . -name target -exec rm -rf {} +",
    "dd if=/dev/zero of=swap.img",
    "dd if=disk.img of=/dev/null",
    'psql -c "SELECT 1"',
    'psql -c "DELETE FROM users WHERE id = 1"',
    "psql -c \"SELECT 'DROP TABLE users'\"",
    "psql -c '-- DROP TABLE users'",
    "psql",
    "redis-cli GET flushall",
    "curl -X DELETE http://localhost:9200/index",
    "curl https://api.heroku.com/apps",
    'curl https://backboard.railway.app/graphql/v2 -d \'{"query":"{ me { id } }"}\'',
    "FOO='rm -rf /' make",
    "X='terraform destroy'; echo \"$X\"",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_texts_have_neither_class_nor_doubt(text: str) -> None:
    assert _classes(text) == set()
    assert _undecided(text) == []


# ---------------------------------------------------------------------------------------------------------- wrappers

WRAPPED = [
    "{}",
    "sudo {}",
    "sudo -E -u deploy {}",
    "sudo -- {}",
    "doas -u root {}",
    "env {}",
    "env -i A=1 B=two {}",
    "A=1 B=2 {}",
    "sudo -E env X=1 {}",
    "time {}",
    "nohup {} &",
    "nice -n 5 ionice -c 3 {}",
    "timeout -k 5 30m {}",
    "stdbuf -oL {} | tee log",
    "exec {}",
    "command {}",
    "flock /tmp/lock {}",
    "watch -n 5 {}",
    "npx {}",
    "npx -y {}",
    "npx --package x {}",
    "npm exec -- {}",
    "pnpm exec {}",
    "pnpm dlx {}",
    "yarn dlx {}",
    "yarn exec {}",
    "bunx --bun {}",
    "bun x {}",
    "poetry run {}",
    "uv run {}",
    "uv run --env-file .env {}",
    "uvx --from tool {}",
    "pipenv run {}",
    "bundle exec {}",
    "mise exec -- {}",
    "direnv exec . {}",
    "dotenv -e .env.prod -- {}",
    "dotenvx run -- {}",
    "doppler run --project shop -- {}",
    "op run --env-file=.env -- {}",
    "aws-vault exec prod -- {}",
    "infisical run --env=prod -- {}",
    "chamber exec shop -- {}",
    "docker compose exec web {}",
    "docker compose -f dev.yml --profile x exec -T -u root web {}",
    "docker-compose run --rm web {}",
    "docker exec -it -e A=b shop {}",
    "docker run --rm -v $PWD:/work -w /work image:1 {}",
    "podman run image {}",
    "kubectl -n prod exec -it web-1 -c app -- {}",
    "kubectl run tmp --image=x --rm -it -- {}",
    "ssh host {}",
    "ssh -i key -p 22 user@host {}",
    "heroku run -a shop {}",
    "railway run {}",
    "cross-env NODE_ENV=production {}",
    "nix develop -c {}",
    "xargs {}",
    "cd infra && {}",
    "true; {}; true",
    "false || {}",
    "( {} )",
    "{ {}; }",
    "if true; then {}; fi",
    "for x in 1 2; do {}; done",
    "while read -r l; do {}; done < list",
    "deploy() { {}; }",
    "case $1 in down) {};; esac",
    "! {}",
    "{} > /dev/null 2>&1 &",
    "echo $( {} )",
    'X="$( {} )"',
    "cat <( {} )",
    "set -e\n{}\n",
    "#!/bin/sh\n\n  {}\n",
]
TEXTS = [
    "bash -c '{}'",
    "bash -lc 'cd infra && {}'",
    "sh -euxc '{}'",
    "bash -euo pipefail -c '{}'",
    "sudo bash -c '{}'",
    "zsh -ic '{}'",
    "eval '{}'",
    "ssh host 'cd /srv && {}'",
    "su - deploy -c '{}'",
    "su -c '{}'",
    "docker exec web sh -c '{}'",
    "kubectl exec web -- bash -c '{}'",
    "nix-shell -p x --run '{}'",
    "doppler run --command '{}'",
    "env -S '{}'",
    "flock /x -c '{}'",
    "trap '{}' EXIT",
    "alias gone='{}'",
    "concurrently 'npm start' '{}'",
    "fly ssh console -C '{}'",
    "gcloud compute ssh vm --command '{}'",
    "xargs -I% sh -c '{}'",
    "bash <<< '{}'",
    "bash -s <<'END'\n{}\nEND",
    "ssh host <<'END'\n{}\nEND",
    "cat <<'END' | bash\n{}\nEND",
    "echo '{}' | sh",
    "X='{}'; eval $X",
    "X='{}'; bash -c \"$X\"",
    "watch '{}'",
]
PLAIN = [
    ("terraform destroy", "iac-destroy"),
    ("terraform apply -auto-approve", "iac-destroy"),
    ("drizzle-kit push --force", "orm-force-push"),
    ("prisma migrate reset --force", "orm-force-push"),
    ("rails db:drop", "orm-force-push"),
    ("git push --force", "git-force"),
    ("kubectl delete ns shop", "k8s-delete"),
    ("railway volume delete", "volume-delete"),
    ("psql -c DROP\\ TABLE\\ users", "sql-ddl"),
    ("rm -rf /srv", "fs-delete-outside"),
]


@pytest.mark.parametrize("wrapper", WRAPPED + TEXTS)
def test_a_wrapper_does_not_hide_a_destroying_command(wrapper: str) -> None:
    text = wrapper.replace("{}", "terraform destroy -auto-approve")
    command, done = _only(text)
    assert (command.program, done.classes, done.unattended) == ("terraform", ("iac-destroy",), True)


@given(st.lists(st.sampled_from(WRAPPED), max_size=3), st.sampled_from([*TEXTS, "{}"]), st.sampled_from(PLAIN))
@settings(max_examples=300, deadline=None)
def test_any_stack_of_wrappers_keeps_the_class(outer: list[str], inner: str, plain: tuple[str, str]) -> None:
    command, verb_class = plain
    # Words of `{ …; }` and `deploy() { …; }` are syntax, which no program can be given as arguments.
    programs = [each for each in outer if _is_prefix(each)]
    text = inner.replace("{}", command)
    if "\n" not in inner and "|" not in inner and not inner.startswith(("X=", "trap", "alias", "eval")):
        for wrapper in programs:
            text = wrapper.replace("{}", text)
    assert verb_class in _classes(text), text


def _is_prefix(wrapper: str) -> bool:
    # What a remote shell or a second round of expansion does to quotes is a different question.
    return wrapper.endswith(" {}") and not wrapper.startswith(
        ("ssh", "heroku", "watch", "cd", "false", "xargs", "kubectl run", "!")
    )


@pytest.mark.parametrize(
    ("text", "program", "words"),
    [
        ("npx -y drizzle-kit@latest push --force", "drizzle-kit", ("push", "--force")),
        ("npx @railway/cli@3 down", "railway", ("down",)),
        ("pnpm --filter @acme/db exec prisma db push", "prisma", ("db", "push")),
        ("pnpm --filter db prisma db push", "prisma", ("db", "push")),
        ("yarn workspace @acme/db prisma migrate reset", "prisma", ("migrate", "reset")),
        ("yarn sequelize db:drop", "sequelize", ("db:drop",)),
        ("node node_modules/.bin/prisma migrate reset", "prisma", ("migrate", "reset")),
        ("./node_modules/.bin/prisma migrate reset", "prisma", ("migrate", "reset")),
        ("$ROOT/node_modules/.bin/prisma migrate reset", "prisma", ("migrate", "reset")),
        ("deno run -A npm:prisma@5 migrate reset", "prisma", ("migrate", "reset")),
        ("nix run nixpkgs#terraform -- destroy", "terraform", ("destroy",)),
        ("docker run --rm -v x:/y hashicorp/terraform:1.9 destroy", "terraform", ("destroy",)),
        ("docker run --entrypoint terraform x destroy", "terraform", ("destroy",)),
        ("docker compose run --rm terraform destroy", "terraform", ("destroy",)),
        ("/usr/local/bin/terraform destroy", "terraform", ("destroy",)),
        ("\\terraform destroy", "terraform", ("destroy",)),
        ("te'rra'form \"des\"troy", "terraform", ("destroy",)),
        ("$'\\x74erraform' destroy", "terraform", ("destroy",)),
        ("terraform.exe destroy", "terraform", ("destroy",)),
        ("terraform \\\n  destroy \\\n  -auto-approve", "terraform", ("destroy", "-auto-approve")),
        ("TF='terraform -chdir=prod'; $TF destroy", "terraform", ("-chdir=prod", "destroy")),
        ('args=(destroy -auto-approve); terraform "${args[@]}"', "terraform", ("destroy", "-auto-approve")),
        ("${TF:-terraform} destroy", "terraform", ("destroy",)),
        ("python3 manage.py flush", "manage.py", ("flush",)),
        ("bash -c 'bash -c \"terraform destroy\"'", "terraform", ("destroy",)),
        ("heroku run rails db:drop -a shop", "rails", ("db:drop", "-a", "shop")),
    ],
)
def test_programs_and_words_are_what_would_run(text: str, program: str, words: tuple[str, ...]) -> None:
    found = [command for command in understand(text) if command.program == program]
    assert [command.words for command in found] == [words]
    assert effects(found[0]).classes


def test_lines_are_those_of_the_text() -> None:
    text = "set -e\ncd infra\n\nbash -c '\n  true\n  terraform destroy\n'\npsql <<SQL\nDROP TABLE a;\nSQL\nrm -rf /\n"
    lines = {command.program: command.line for command in understand(text)}
    assert (lines["cd"], lines["terraform"], lines["psql"], lines["rm"]) == (2, 6, 8, 11)


def test_characters_outside_ascii_keep_their_places() -> None:
    (first, second) = understand("rm -rf 'dåtä/𝕏' \"é$X\" ~/ünter; psql -c 'DROP TABLE bücher'")
    assert first.words == ("-rf", "dåtä/𝕏", "é$X", "~/ünter")
    assert second.words == ("-c", "DROP TABLE bücher")


def test_flags_are_named_apart_and_assignments_lose_their_values() -> None:
    (command,) = understand("PGPASSWORD=hunter2 terraform -chdir=prod apply -auto-approve -- -x")
    assert command.flags == ("-chdir", "-auto-approve")
    assert command.assignments == ("PGPASSWORD",)
    assert "hunter2" not in repr(command)
    assert command.argv[0] == "terraform"


# ------------------------------------------------------------------------------------------------ asking and previewing


@pytest.mark.parametrize(
    ("text", "unattended", "previewed"),
    [
        ("terraform apply", False, True),
        ("terraform apply -auto-approve", True, False),
        ("terraform apply -auto-approve=false", False, True),
        ("terraform destroy", False, False),
        ("yes | terraform destroy", True, False),
        ("echo yes | terraform apply", True, False),
        ("export TF_CLI_ARGS_apply=-auto-approve; terraform apply", True, False),
        ("pulumi up", False, True),
        ("PULUMI_SKIP_CONFIRMATIONS=true pulumi up", True, False),
        ("drizzle-kit push", False, True),
        ("drizzle-kit push --force", True, False),
        ("prisma migrate reset", False, False),
        ("prisma migrate reset -f", True, False),
        ("rails db:drop", True, False),
        ("railway volume delete", False, False),
        ("railway volume delete -y", True, False),
        ("kubectl delete ns shop", True, False),
        ('psql -c "DROP TABLE a"', True, False),
    ],
)
def test_whether_anybody_is_asked(text: str, unattended: bool, previewed: bool) -> None:
    _, done = _only(text)
    assert (done.unattended, done.previewed) == (unattended, previewed)


@pytest.mark.parametrize(
    "text",
    [
        "terraform plan",
        "terraform apply tfplan",
        "drizzle-kit migrate",
        "prisma migrate deploy",
        "cdk diff",
        "tofu fmt",
    ],
)
def test_the_careful_way_is_recognised(text: str) -> None:
    (command,) = understand(text)
    assert effects(command) == Effects(previewed=True, target=effects(command).target)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("terraform -chdir=prod destroy", "prod"),
        ("rm -rf build /srv/data", "/srv/data"),
        ("aws s3 rb s3://shop --force", "s3://shop"),
        ("curl -X DELETE https://api.heroku.com/apps/shop?x=1", "api.heroku.com/apps/shop"),
    ],
)
def test_the_target_is_named(text: str, target: str) -> None:
    assert _only(text)[1].target == target


# ------------------------------------------------------------------------------------------------------ hidden words

HIDDEN = [
    "terraform $ACTION",
    "terraform $ACTION -auto-approve",
    'terraform "$@"',
    "terraform ${1:-plan}",
    "terraform apply $ARGS",
    "terraform $(cat action)",
    "read -r verb; terraform $verb",
    "for verb in plan destroy; do terraform $verb; done",
    'V=plan; [ -n "$X" ] && V=destroy; terraform $V',
    "V=plan; V+=x; terraform $V",
    "echo destroy | xargs terraform",
    "drizzle-kit push $ARGS",
    "prisma db push ${FORCE:+--accept-data-loss}",
    'prisma migrate reset "$@"',
    "$TF destroy -auto-approve",
    '"$TOOL" push --force',
    "./with-env.sh terraform destroy",
    "$SUDO rm -rf /",
    'psql -c "$SQL"',
    "psql -f drop.sql",
    "psql < dump.sql",
    "pg_dump shop | psql",
    "git push $FLAGS",
    'rm -rf "$DIR"',
    'rm -rf "${DIR:?}"/*',
    "rm -rf ../shop",
    "kubectl $ARGS",
    "curl -X DELETE $API/volumes/1",
    "curl https://backboard.railway.app/graphql/v2 -d @query.json",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_hidden_word_never_reads_as_harmless(text: str) -> None:
    assert _undecided(text)


@pytest.mark.parametrize(
    "text",
    [
        "terraform plan $ARGS",
        "V=plan; terraform $V",
        'kubectl get pods "$POD"',
        "gcloud sql instances describe $DB",
        "aws s3 ls $BUCKET",
        "usermod -aG docker $USER",
    ],
)
def test_a_hidden_word_that_decides_nothing_raises_no_doubt(text: str) -> None:
    assert _undecided(text) == []


def test_variables_set_outside_count() -> None:
    known = {"ACTION": (Word("destroy"),), "MODE": None}
    first, second = understand("terraform $ACTION\nterraform $MODE", known)
    assert effects(first).classes == ("iac-destroy",)
    assert effects(second).undecided is not None


def test_variables_that_double_stay_cheap() -> None:
    text = "a=xxxxxxxxxx\n" + "\n".join(f"a{n}=$a{n - 1}$a{n - 1}" for n in range(1, 60)) + "\nterraform $a59"
    started = time.process_time()
    assert _undecided(text)
    assert time.process_time() - started < 5


# -------------------------------------------------------------------------------------------------------- heredocs


@pytest.mark.parametrize(
    "text",
    [
        'psql "$URL" <<SQL\nDROP TABLE users;\nSQL\n',
        "psql <<'SQL' || exit 1\nDROP TABLE users;\nSQL\n",
        'psql <<-"SQL"\n\tDROP TABLE users;\n\tSQL\n',
        "if ! psql <<SQL; then exit 1; fi\nDROP TABLE users;\nSQL\n",
        "cat <<SQL | docker compose exec -T db psql -U shop\nDROP TABLE users;\nSQL\n",
        "cat << SQL|psql\nDROP TABLE users;\nSQL\n",
        "psql <<SQL -d shop\nDROP TABLE users;\nSQL\n",
        "{ psql; } <<SQL\nDROP TABLE users;\nSQL\n",
        "( cat <<SQL\nDROP TABLE users;\nSQL\n) | psql",
        'psql <<SQL\nDROP TABLE "$TABLE";\nSQL\n',
        "x=$(psql <<SQL\nDROP TABLE users;\nSQL\n)",
        "psql <<SQL\r\nDROP TABLE users;\r\nSQL\r\n",
        "psql <<SQL\nDROP TABLE users;\n",
    ],
)
def test_statements_in_here_documents_are_seen(text: str) -> None:
    assert _classes(text) == {"sql-ddl"}


def test_what_stands_after_a_here_document_is_seen() -> None:
    text = "cat > a <<'X' && cat > b <<Y\nterraform destroy\nX\nit's\nY\nterraform apply -auto-approve\n"
    assert [(command.program, command.line) for command in understand(text)][-1] == ("terraform", 6)
    assert len([command for command in understand(text) if command.program == "terraform"]) == 1


def test_substitutions_in_an_expanded_here_document_run() -> None:
    assert _classes("cat <<X\n$(terraform destroy)\nX") == {"iac-destroy"}
    assert _classes("cat <<'X'\n$(terraform destroy)\nX") == set()


@pytest.mark.parametrize(
    "text",
    [
        "echo $((1 << 2))\nterraform destroy",
        "echo 'a <<X'\nterraform destroy",
        "# <<X\nterraform destroy",
        "a <<X\nterraform destroy",
    ],
)
def test_what_is_no_here_document_swallows_nothing(text: str) -> None:
    assert _classes(text) == {"iac-destroy"}


@given(st.text(alphabet="<<-'\"EOF\n #()$`\\ax", max_size=80))
def test_cutting_keeps_every_line(text: str) -> None:
    assert cut(text)[0].count("\n") == text.count("\n")


def test_a_fault_does_not_hide_what_follows() -> None:
    assert _classes("echo 'unterminated\nterraform destroy\n") == {"iac-destroy"}
    assert _classes("if true; then terraform destroy") == {"iac-destroy"}
    assert _classes("run: ${{ inputs.x }}\nterraform destroy") == {"iac-destroy"}


# ---------------------------------------------------------------------------------------------------- agents unleashed


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("claude --dangerously-skip-permissions -p x", ("--dangerously-skip-permissions",)),
        ("npx @anthropic-ai/claude-code --dangerously-skip-permissions", ("--dangerously-skip-permissions",)),
        ("claude --permission-mode bypassPermissions", ("--permission-mode bypassPermissions",)),
        ("claude --permission-mode=bypassPermissions", ("--permission-mode bypassPermissions",)),
        ("codex --dangerously-bypass-approvals-and-sandbox", ("--dangerously-bypass-approvals-and-sandbox",)),
        ("codex --yolo", ("--yolo",)),
        ("codex -s danger-full-access -a never", ("-s danger-full-access", "-a never")),
        ("codex --sandbox=danger-full-access --ask-for-approval never", ("-s danger-full-access", "-a never")),
        ("gemini --yolo", ("--yolo",)),
        ("gemini --approval-mode=yolo", ("--approval-mode yolo",)),
        ("cursor-agent --force -p x", ("--force",)),
        ("copilot --allow-all-tools", ("--allow-all-tools",)),
        ("q chat --trust-all-tools", ("--trust-all-tools",)),
        ("aider --yes-always", ("--yes-always",)),
        ("GOOSE_MODE=auto goose run -t x", ("GOOSE_MODE=auto",)),
        ("export GOOSE_MODE=auto\ngoose session", ("GOOSE_MODE=auto",)),
        ("opencode run --auto", ("--auto",)),
        ("crush --yolo", ("--yolo",)),
        ("amp --dangerously-allow-all", ("--dangerously-allow-all",)),
        ("droid exec --skip-permissions-unsafe x", ("--skip-permissions-unsafe",)),
        ("droid exec --auto high x", ("--auto high",)),
        ("alias c='claude --dangerously-skip-permissions'", ("--dangerously-skip-permissions",)),
        ("sudo -u dev bash -c 'claude --dangerously-skip-permissions'", ("--dangerously-skip-permissions",)),
    ],
)
def test_agents_started_without_approvals(text: str, flags: tuple[str, ...]) -> None:
    assert [found for command in understand(text) if (found := bypass_flags(command))] == [flags]


@pytest.mark.parametrize(
    "text",
    [
        "echo claude --dangerously-skip-permissions",
        'grep -rn -- "--dangerously-skip-permissions" .',
        "# claude --dangerously-skip-permissions",
        "claude --permission-mode plan",
        "claude -p 'never use --dangerously-skip-permissions'",
        "codex -s workspace-write -a never",
        "codex -a on-request -s danger-full-access",
        "gemini --approval-mode=default",
        "GOOSE_MODE=approve goose run",
        "droid exec --auto low x",
        "git push --yolo",
    ],
)
def test_agents_with_approvals_and_mere_mentions(text: str) -> None:
    assert [bypass_flags(command) for command in understand(text) if bypass_flags(command)] == []


# -------------------------------------------------------------------------------------------------------- small parts


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("drop table a", ("sql-ddl",)),
        ("ALTER TABLE a DROP COLUMN b", ("sql-ddl",)),
        ("TRUNCATE a", ("sql-mass-dml",)),
        ("UPDATE a SET b = 1", ("sql-mass-dml",)),
        ("UPDATE a SET b = 1 WHERE c", ()),
        ("WITH d AS (DELETE FROM a RETURNING *) SELECT * FROM d", ("sql-mass-dml",)),
        ("EXPLAIN DELETE FROM a", ()),
        ("EXPLAIN ANALYZE DELETE FROM a", ("sql-mass-dml",)),
        ("SELECT 1; /* ; */ DROP TABLE a; SELECT 2", ("sql-ddl",)),
        ("DO $$ BEGIN IF x THEN DROP TABLE a; END IF; END $$", ("sql-ddl",)),
        ("CREATE FUNCTION f() RETURNS void AS $f$ DROP TABLE a $f$ LANGUAGE sql", ()),
        ('SELECT "drop" FROM a', ()),
        ("INSERT INTO a VALUES ('; DROP TABLE a; --')", ()),
        ("DROP TABLE $A$B", ("sql-ddl",)),
        ("\\connect shop\nDROP TABLE a", ("sql-ddl",)),
    ],
)
def test_statements(text: str, classes: tuple[str, ...]) -> None:
    assert sql_classes(text) == classes


def test_mongo_statements() -> None:
    assert mongo_classes("db.users.drop()") == ("sql-ddl",)
    assert mongo_classes("db.users.deleteMany({})") == ("sql-mass-dml",)
    assert mongo_classes("db.users.deleteMany({a: 1})") == ()


@pytest.mark.parametrize(
    ("target", "hidden", "place"),
    [
        ("/", False, "outside"),
        ("~/x", False, "outside"),
        ("~bob", False, "outside"),
        ("C:\\Users", False, "outside"),
        (".", False, "inside"),
        ("./../..", False, "unsure"),
        ("/tmp/x", False, "inside"),
        ("/tmp", False, "outside"),
        ("$HOME/.cache/x", True, "inside"),
        ("$A/b", True, "unsure"),
        ("$A/", True, "outside"),
        ("${A:-x}/", True, "unsure"),
        ("$(pwd)/x", True, "unsure"),
    ],
)
def test_places(target: str, hidden: bool, place: str) -> None:
    assert place_of(target, hidden=hidden) == place


def test_program_names() -> None:
    assert program_name("./node_modules/.bin/prisma@5.1.0") == "prisma"
    assert program_name("@anthropic-ai/claude-code@latest") == "claude"
    assert program_name("C:\\bin\\Terraform.exe") == "Terraform"
    assert program_name("$TF") == "$TF"


# ------------------------------------------------------------------------------------------------- tables and bad input


def test_tables_name_only_known_classes_and_no_entry_is_shadowed() -> None:
    assert {each for deed in DEEDS for each in deed.classes} <= set(VERB_CLASSES)
    for program, deeds in BY_PROGRAM.items():
        seen: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = []
        for deed in deeds:
            key = (deed.path, deed.needs, deed.operands)
            assert key not in seen, (program, deed)
            assert not any(path == deed.path and not needs and not operands for path, needs, operands in seen), deed
            seen.append(key)


def test_every_deed_is_reached_by_the_command_it_names() -> None:
    for deed in DEEDS:
        words = [step.split("|")[0].replace("*", "x") for step in deed.path if step != "..."]
        flag = deed.needs[:1]
        operand = ("+x",) if "+*" in deed.operands else ("plan.out",) if deed.operands else ()
        spelled = tuple(
            part for each in flag for part in (each.split("=") if each.count("=") and each[1] != "-" else [each])
        )
        command = ShellCommand(deed.programs[0], (*words, *spelled, *operand))
        assert effects(command).classes == deed.classes or effects(command).previewed == deed.shown, deed


def test_every_wrapper_program_is_spelled_without_a_path() -> None:
    assert all("/" not in program for wrapper in WRAPPERS for program in wrapper.programs)
    assert {"terraform", "psql", "claude", "rm", "curl"} <= PROGRAMS


@pytest.mark.parametrize(
    "text",
    [
        "$(" * 100_000,
        "(" * 100_000,
        "a=( " * 50_000,
        "a=( ')' " * 20_000,
        "a | " * 50_000,
        "a |\n" * 50_000,
        "[[ a && " * 50_000,
        "x" * 1_000_001,
    ],
)
def test_hostile_texts_are_refused_quickly(text: str) -> None:
    started = time.process_time()
    with pytest.raises(CollectError):
        understand(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "if x; then " * 20_000,
        "cat <<A\n" * 20_000,
        "<<A" * 20_000,
        "${" * 50_000,
        "`" * 100_001,
        '"' * 100_001,
        "{ " * 100_000,
        "a && " * 20_000,
        "psql -c '" + "'\\" * 50_000,
        "psql -c '" + "$a$" * 30_000 + "'",
        "echo " + "a " * 100_000,
        "${a:-" * 10_000,
        "\0\x01\x7f\ud800",
        # The grammar's scanner reads past the end of a table here, unless it is kept from seeing such characters.
        "{\U00108b9f\x16",
        "a{\U0010ffff..\U0010ffff} " * 100,
        "\ufeffterraform plan",
    ],
)
def test_odd_texts_end_quickly(text: str) -> None:
    started = time.process_time()
    with suppress(CollectError):
        for command in understand(text):
            assert effects(command) == effects(command)
            bypass_flags(command)
    assert time.process_time() - started < 10


def test_texts_within_texts_are_limited() -> None:
    nested = "X='eval $X; eval $X'; eval $X"
    with pytest.raises(CollectError):
        understand(nested)


_ALPHABET = st.sampled_from(
    [
        *"abc $\"'`\\(){}[]<>|&;\n#=*~/-",
        "terraform ",
        "destroy ",
        "rm -rf ",
        "psql -c ",
        "<<EOF\n",
        "EOF\n",
        "$(",
        "bash -c ",
        "${X:-",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_ALPHABET, max_size=60).map("".join)))
@example("sudo")
@example("env A=1")
@example("bash -c")
@example("docker run")
@example("find -exec")
@example("xargs")
@example("psql -c")
@example("npx -p")
@settings(max_examples=400, deadline=None)
def test_any_text_is_understood_or_refused(text: str) -> None:
    commands: tuple[ShellCommand, ...] = ()
    with suppress(CollectError):
        commands = understand(text)
    for command in commands:
        done = effects(command)
        assert set(done.classes) <= set(VERB_CLASSES)
        assert all(0 <= position < len(command.words) for position in command.open)
        assert bypass_flags(command) == bypass_flags(command)
