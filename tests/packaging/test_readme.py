"""What the README shows is what the program does. `REMIT_README=write` puts today's output into it."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from remit.audit import checks
from remit.credentials.scan import kinds

README = Path(__file__).parents[2] / "README.md"
REMIT = Path(sysconfig.get_path("scripts")) / "remit"
SAMPLE = re.compile(r"(<!-- sample -->\n```\n)(.*?)(```\n<!-- /sample -->)", re.DOTALL)


def run(*arguments, cwd, home):
    environment = os.environ | {"HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"}
    return subprocess.run(
        [REMIT, *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_the_sample_is_what_the_command_prints(tmp_path):
    assert run("demo", "--now", "2026-11-21", cwd=tmp_path, home=tmp_path).returncode == 0
    printed = run(
        "scan",
        "pocket-cars",
        "--policy",
        "policy.toml",
        "--now",
        "2026-11-21",
        cwd=tmp_path / "remit-demo",
        home=tmp_path,
    ).stdout
    text = README.read_text(encoding="utf-8")
    if os.environ.get("REMIT_README") == "write":
        text = SAMPLE.sub(lambda match: match[1] + printed + match[3], text)
        README.write_text(text, encoding="utf-8")
    assert SAMPLE.search(text)[2] == printed


def test_the_number_of_credential_kinds_is_right():
    assert f"| credentials | {len(kinds())} kinds " in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["demo", "scan", "reach", "replay", "inventory", "explain", "checks", "report", "policy"]
)
def test_every_command_has_a_help_page(name, tmp_path):
    done = run(name, "--help", cwd=tmp_path, home=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: remit {name}")


def test_commands_that_are_not_built_are_not_in_the_help(tmp_path):
    text = run("--help", cwd=tmp_path, home=tmp_path).stdout
    assert not [name for name in ("fix", "checklist", "enforce", "activity", "org", "diff") if f"  {name} " in text]


def test_the_example_of_a_check_is_a_check():
    code = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[1]
    namespace = {"__name__": "example"}
    exec(compile(code.replace("from __future__", "# from __future__"), "README.md", "exec"), namespace)
    example = namespace["container_nonroot"]
    assert example.id not in {check.id for check in checks()}
    assert (example.dimension, example.severity) == ("sandbox", "medium")
