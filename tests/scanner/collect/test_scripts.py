"""Commands found in files of every kind. The texts are read, never run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.collect.collector import Document, Scope
from remit.collect.recipes import make_recipes
from remit.collect.scripts import scripts
from remit.errors import CollectError
from remit.evidence import Command, Gap, ScriptFile, Unknown
from remit.policy.model import Policy

SCOPE = Scope(Policy(), "acme/shop", datetime(2026, 9, 1, tzinfo=UTC))


def _parsed(path: str, text: str | bytes) -> list[ScriptFile | Gap]:
    content = text if isinstance(text, bytes) else text.encode()
    assert scripts.wants(path), path
    return list(scripts.parse(Document(path, content)))


def _commands(path: str, text: str | bytes) -> tuple[Command, ...]:
    found = _parsed(path, text)
    assert not any(isinstance(each, Gap) for each in found), found
    return tuple(command for each in found if isinstance(each, ScriptFile) for command in each.commands)


def _told(commands: Iterable[Command]) -> list[tuple[str, str, int]]:
    return [(command.context, command.program, command.source.line) for command in commands]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("package.json", True),
        ("packages/db/package.json", True),
        ("node_modules/x/package.json", False),
        ("Makefile", True),
        ("infra/GNUmakefile", True),
        ("build/rules.mk", True),
        ("justfile", True),
        (".justfile", True),
        ("Taskfile.yml", True),
        ("deploy.sh", True),
        ("scripts/deploy", True),
        ("bin/setup", True),
        ("bin/tool.py", False),
        (".github/workflows/ci.yaml", True),
        (".github/actions/deploy/action.yml", True),
        (".gitlab-ci.yml", True),
        (".husky/pre-commit", True),
        (".husky/_/husky.sh", True),
        ("crontab", True),
        ("etc/cron.d/backup", True),
        ("~/.zshrc", True),
        (".envrc", True),
        ("README.md", False),
        ("src/main.py", False),
        ("docs/workflows/ci.yaml", False),
    ],
)
def test_which_files_are_read(path: str, wanted: bool) -> None:
    assert scripts.wants(path) is wanted


def test_package_scripts() -> None:
    text = json.dumps(
        {
            "name": "shop",
            "scripts": {
                "build": "tsc",
                "db:push": "dotenv -e .env -- drizzle-kit push --force",
                "db:migrate": "drizzle-kit migrate",
                "docs": "echo drizzle-kit push --force",
                "odd": 3,
            },
        },
        indent=2,
    )
    found = _commands("packages/db/package.json", text)
    assert _told(found) == [("npm script db:push", "drizzle-kit", 5), ("npm script db:migrate", "drizzle-kit", 6)]
    assert (found[0].effects, found[0].unattended, found[0].previewed) == (("orm-force-push",), True, False)
    assert (found[1].effects, found[1].previewed) == ((), True)
    assert found[0].words == ("push", "--force")
    assert found[0].gated is False


MAKEFILE = """\
TF ?= terraform -chdir=infra
FLAGS := -auto-approve   # no questions
BOTH = a
BOTH = b

.PHONY: deploy
deploy: plan  ## deploys
\t@echo terraform destroy
\t$(TF) apply $(FLAGS)

destroy:
\t-@$(TF) \\
\t\tdestroy

open:
\tterraform $(ACTION)
\tterraform $(BOTH)
\trm -rf $$HOME/x $(shell terraform output)

one: ; terraform destroy
ifeq ($(CI),)
two:
\tterraform workspace delete x
endif
"""


def test_make_recipes() -> None:
    found = _commands("Makefile", MAKEFILE)
    assert _told(found) == [
        ("make target deploy", "terraform", 9),
        ("make target destroy", "terraform", 12),
        ("make target open", "terraform", 16),
        ("make target open", "terraform", 17),
        ("make target open", "rm", 18),
        ("make target open", "terraform", 18),
        ("make target one", "terraform", 20),
        ("make target two", "terraform", 23),
    ]
    assert found[0].words == ("-chdir=infra", "apply", "-auto-approve")
    assert found[1].words == ("-chdir=infra", "destroy")
    assert found[2].undecided is not None
    assert found[3].undecided is not None
    assert found[4].words == ("-rf", "$HOME/x", "$(terraform output)")
    assert found[6].effects == ("iac-destroy",)


def test_make_variables_cannot_grow_without_bound() -> None:
    lines = ["A0 = xxxxxxxxxx"] + [f"A{n} = $(A{n - 1})$(A{n - 1})" for n in range(1, 60)]
    (snippet,) = make_recipes("\n".join([*lines, "all:", "\techo $(A59)"]), "Makefile")
    assert len(snippet.text) < 2_000_000


JUSTFILE = """\
stack := "prod"
export token := 'x'

# removes everything
@down arg='a': build
  terraform -chdir={{stack}} destroy
  pulumi {{ arg }}

py:
  #!/usr/bin/env python3
  terraform destroy
"""


def test_just_recipes() -> None:
    found = _commands("justfile", JUSTFILE)
    assert _told(found) == [("just recipe down", "terraform", 6), ("just recipe down", "pulumi", 7)]
    assert found[0].words == ("-chdir=prod", "destroy")
    assert found[1].undecided is not None


TASKFILE = """\
version: '3'
vars: {STACK: prod}
tasks:
  plain: terraform destroy
  down:
    cmds:
      - terraform -chdir={{.STACK}} destroy
      - cmd: terraform {{.VERB}}
      - task: plain
      - |
        echo x
        tofu destroy
  up:
    cmd: pulumi up --yes
"""


def test_task_commands() -> None:
    found = _commands("Taskfile.yml", TASKFILE)
    assert _told(found) == [
        ("task plain", "terraform", 4),
        ("task down", "terraform", 7),
        ("task down", "terraform", 8),
        ("task down", "tofu", 12),
        ("task up", "pulumi", 14),
    ]
    assert found[1].words == ("-chdir=prod", "destroy")
    assert found[2].undecided is not None


WORKFLOW = """\
name: deploy
on:
  push: {branches: [main]}
  workflow_dispatch:
env:
  TF_CLI_ARGS_apply: -auto-approve
  STACK: prod
jobs:
  plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: terraform plan -out=tfplan
  apply:
    environment: production
    if: github.ref == 'refs/heads/main'
    steps:
      - name: apply
        run: |
          set -e
          terraform -chdir=${{ env.STACK }} apply
          terraform ${{ inputs.verb }}
      - run: print("terraform destroy")
        shell: python
  clean:
    steps:
      - run: rm -rf ${{ github.workspace }}/out ${{ runner.temp }}
      - run: railway volume delete --yes
"""


def test_workflow_steps() -> None:
    found = _commands(".github/workflows/deploy.yml", WORKFLOW)
    assert [(command.program, command.source.line) for command in found] == [
        ("terraform", 13),
        ("terraform", 21),
        ("terraform", 22),
        ("railway", 28),
    ]
    plan, apply, hidden, volume = found
    assert plan.previewed
    assert plan.context == "workflow job plan (on push, workflow_dispatch)"
    assert apply.words == ("-chdir=prod", "apply")
    assert (apply.effects, apply.unattended) == (("iac-destroy",), True)
    assert isinstance(apply.gated, Unknown)
    assert "production" in apply.gated.why
    assert "if: github.ref" in apply.context
    assert hidden.undecided is not None
    assert volume.gated is False


def test_composite_actions_and_workflows_without_jobs() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: terraform destroy\n"
    assert _told(_commands(".github/actions/x/action.yml", action)) == [("action step", "terraform", 5)]
    assert _commands(".github/workflows/a.yml", "on: push\njobs: []\n") == ()
    assert _commands(".github/workflows/a.yml", "just text") == ()


GITLAB = """\
variables: {STACK: prod}
default:
  before_script:
    - echo hello
deploy:
  environment: {name: production}
  script:
    - &down terraform -chdir=$STACK destroy
    - [tofu destroy, "echo x"]
manual:
  when: manual
  script: terraform destroy
ruled:
  rules: [{when: manual}, {when: always}]
  script: [*down]
free:
  script:
    - terraform destroy
"""


def test_gitlab_scripts() -> None:
    found = _commands(".gitlab-ci.yml", GITLAB)
    assert [(command.context, command.program) for command in found] == [
        ("pipeline job deploy", "terraform"),
        ("pipeline job deploy", "tofu"),
        ("pipeline job manual", "terraform"),
        ("pipeline job ruled", "terraform"),
        ("pipeline job free", "terraform"),
    ]
    assert found[0].words == ("-chdir=prod", "destroy")
    assert isinstance(found[0].gated, Unknown)
    assert found[2].gated is True
    assert isinstance(found[3].gated, Unknown)
    assert found[4].gated is False


@pytest.mark.parametrize(
    ("path", "text", "context", "line"),
    [
        ("deploy.sh", "#!/bin/sh\n\nterraform destroy\n", "shell script", 3),
        ("scripts/down", "terraform destroy\n", "shell script", 1),
        ("bin/down", "#!/usr/bin/env bash\nterraform destroy\n", "shell script", 2),
        (".husky/pre-push", "npx terraform destroy\n", "git hook pre-push", 1),
        ("~/.zshrc", "alias down='terraform destroy'\n", "shell start-up file", 1),
        ("crontab", "SHELL=/bin/sh\n# x\n0 3 * * * cd /x && terraform destroy % y\n", "cron job", 3),
        ("crontab", "@daily terraform destroy\n", "cron job", 1),
        ("etc/cron.d/x", "0 3 * * * root terraform destroy\n", "cron job", 1),
        ("down.sh", b"\xef\xbb\xbfterraform destroy\r\n", "shell script", 1),
        ("down.sh", b"\xff\xfe\nterraform destroy \xff\n".replace(b"\xff\xfe", b"# \xfe"), "shell script", 2),
    ],
)
def test_shell_texts(path: str, text: str | bytes, context: str, line: int) -> None:
    (command,) = _commands(path, text)
    assert (command.context, command.source.line, command.effects) == (context, line, ("iac-destroy",))
    assert command.source.path == path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("bin/tool", "#!/usr/bin/env python3\nterraform destroy\n"),
        ("bin/tool", b"\x7fELF\0\0terraform destroy"),
        ("deploy.sh", "echo terraform destroy\nnpm ci\n"),
        ("deploy.sh", 'rm -rf "$DIR"\npsql -f schema.sql\ngit push origin "$BRANCH"\n'),
        ("deploy.sh", ""),
        ("package.json", '{"scripts": {"build": "tsc"}}'),
        ("package.json", '{"scripts": []}'),
        ("package.json", "[]"),
        ("crontab", "not a table\n"),
    ],
)
def test_files_with_nothing_to_tell_are_no_subjects(path: str, text: str | bytes) -> None:
    assert _parsed(path, text) == []


def test_agents_without_approvals_are_kept() -> None:
    (command,) = _commands("run.sh", "claude --dangerously-skip-permissions -p 'fix it'\n")
    assert command.bypass == ("--dangerously-skip-permissions",)
    assert command.effects == ()


def _made(*parts: str) -> str:
    return "".join(parts)


@pytest.mark.parametrize(
    "text",
    [
        "mysql -p{} -e 'DROP DATABASE x'",
        "psql postgres://u:{}@db/x -c 'DROP TABLE x'",
        "psql -c \"ALTER ROLE a PASSWORD '{}'\"",
        "curl -u me:{} -X DELETE https://api.heroku.com/apps/x",
        "curl -H 'Authorization: Bearer {}' -X DELETE https://api.heroku.com/apps/x",
        "fly volumes destroy v --access-token {}",
        "fly volumes destroy v --access-token={}",
        "terraform destroy -var 'db_password={}'",
        "API_TOKEN={} terraform destroy",
    ],
)
def test_no_secret_enters_a_fact(text: str) -> None:
    secret = _made("Hunter", "2", "x9Q7", "zTr4")
    found = _parsed("down.sh", text.replace("{}", secret))
    assert found
    assert secret not in repr(found)
    assert isinstance(found[0], ScriptFile)
    assert found[0].commands[0].effects


def test_flags_that_only_mention_a_secret_mask_nothing() -> None:
    (command,) = _commands("x.sh", "psql --no-password -U app -c 'DROP TABLE a'")
    assert command.words == ("--no-password", "-U", "app", "-c", "DROP TABLE a")


def test_long_words_and_long_lists_are_cut() -> None:
    (command,) = _commands("x.sh", "kubectl delete pod " + "x" * 5_000 + " y" * 500)
    assert max(map(len, command.words)) <= 400
    assert len(command.words) <= 60


def test_a_part_that_cannot_be_read_is_a_gap_and_the_rest_goes_on() -> None:
    text = json.dumps({"scripts": {"bad": "(" * 5_000, "down": "terraform destroy"}}, indent=1)
    found = _parsed("package.json", text)
    gaps = [each for each in found if isinstance(each, Gap)]
    assert [(gap.path, gap.affects) for gap in gaps] == [("package.json", ("ScriptFile",))]
    assert "npm script bad" in gaps[0].reason
    assert [command.program for each in found if isinstance(each, ScriptFile) for command in each.commands] == [
        "terraform"
    ]


def test_too_many_commands_are_a_gap() -> None:
    found = _parsed("x.sh", "terraform destroy\n" * 2_500)
    assert [type(each) for each in found] == [Gap, ScriptFile]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", "terraform destroy"),
        ("package.json", "[" * 100_000),
        (".github/workflows/a.yml", "jobs: {a: ["),
        (".github/workflows/a.yml", "[" * 100_000),
        ("Taskfile.yml", "a: &a [*a]\n: :"),
        ("deploy.sh", b"\0terraform destroy"),
    ],
)
def test_bad_input_is_refused_with_a_reason(path: str, text: str | bytes) -> None:
    with pytest.raises(CollectError) as refused:
        _parsed(path, text)
    assert refused.value.reason


def test_facts_pass_through_and_survive_the_cache() -> None:
    (fact,) = _parsed(".github/workflows/deploy.yml", WORKFLOW)
    assert isinstance(fact, ScriptFile)
    assert msgspec.json.decode(msgspec.json.encode(fact), type=scripts.fact) == fact
    assert list(scripts.link([fact], [], SCOPE)) == [fact]
    assert scripts.subjects == (ScriptFile,)


_PATHS = st.sampled_from(
    [
        "package.json",
        "Makefile",
        "justfile",
        "Taskfile.yml",
        "x.sh",
        "bin/x",
        ".github/workflows/a.yml",
        ".gitlab-ci.yml",
        "crontab",
    ]
)
_PIECES = st.sampled_from(
    [
        "a:\n",
        "\t",
        "  ",
        "terraform destroy\n",
        "$(X)",
        "${{ a }}",
        "{{x}}",
        "X = $(X)\n",
        "jobs:\n",
        " steps:\n",
        "- run: |\n",
        "\\\n",
        "define a\n",
        "* ",
        '"',
    ]
)


@given(_PATHS, st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=40).map("".join)))
@settings(max_examples=300, deadline=None)
def test_any_file_is_read_or_refused(path: str, text: str) -> None:
    found: list[ScriptFile | Gap] = []
    with suppress(CollectError):
        found = _parsed(path, text.encode("utf-8", "replace"))
    assert all(each.path == path for each in found)
