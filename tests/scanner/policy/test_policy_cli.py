from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from remit.cli.policy import command
from remit.errors import PolicyError, RemitError, UsageError
from remit.policy.keys import flatten
from remit.policy.loader import load_policy
from remit.policy.model import Policy


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def fault(*arguments: object) -> RemitError:
    error = run(*arguments).exception
    assert isinstance(error, RemitError)
    return error


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_init_writes_a_policy_that_check_accepts(tmp_path: Path) -> None:
    file = tmp_path / "remit.toml"
    assert run("init", file).exit_code == 0
    result = run("check", file)
    assert result.exit_code == 0
    assert f"{file}: valid. Our company, version 1" in result.output


def test_init_does_not_overwrite_without_being_told(tmp_path: Path) -> None:
    file = write(tmp_path / "remit.toml", "mine")
    assert "--force" in str(fault("init", file))
    assert file.read_text(encoding="utf-8") == "mine"
    assert run("init", file, "--force").exit_code == 0
    assert "extends" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["", "absent/remit.toml"])
def test_init_where_nothing_can_be_written(tmp_path: Path, place: str) -> None:
    assert isinstance(fault("init", tmp_path / place), UsageError)


def test_check_refuses_a_weaker_policy(tmp_path: Path) -> None:
    error = fault("check", write(tmp_path / "p.toml", "[backup]\nmin_retention_days = 3\n"))
    assert isinstance(error, PolicyError)
    assert "p.toml:2" in str(error)


def test_check_names_expired_exceptions(tmp_path: Path) -> None:
    text = (
        "[[exceptions]]\ncontrol = 'SB-001'\nscope = '*'\napprover = 'CTO'\nreason = 'r'\nticket = 't'\n"
        "from = 2026-01-01\nuntil = 2026-02-01\n"
    )
    file = write(tmp_path / "p.toml", text)
    assert "ended" not in run("check", file, "--now", "2026-02-01T23:59:59Z").output
    assert "SB-001 ended on 2026-02-01" in run("check", file, "--now", "2026-02-02").output


def test_now_that_is_no_moment(tmp_path: Path) -> None:
    assert "--now" in str(fault("check", write(tmp_path / "p.toml", ""), "--now", "soon"))


def test_show_tells_every_value_and_its_origin(tmp_path: Path) -> None:
    file = write(tmp_path / "p.toml", "name = 'Acme'\n[backup]\nmin_retention_days = 30\n")
    lines = run("show", file).output.splitlines()
    assert lines[0] == "Acme, version 1"
    assert f"backup.min_retention_days = 30  # {file}:3" in lines
    assert any(line.startswith("backup.copies = 3  # remit:baseline:") for line in lines)


def test_show_as_json_is_complete(tmp_path: Path) -> None:
    shown = json.loads(run("show", write(tmp_path / "p.toml", "[team]\nsize = 4\n"), "--format", "json").output)
    assert shown["schema"] == "remit.policy/1"
    assert shown["values"].keys() == flatten(Policy()).keys()
    assert shown["values"]["team.size"] == {"value": 4, "file": str(tmp_path / "p.toml"), "line": 2}
    assert shown["digest"] == load_policy(tmp_path / "p.toml").digest


def test_show_as_toml_can_be_read_back(tmp_path: Path) -> None:
    file = write(tmp_path / "again.toml", run("show", "--format", "toml").output)
    assert load_policy(file).policy == Policy()


def test_diff_says_what_got_weaker_and_exits_with_one(tmp_path: Path) -> None:
    old = write(tmp_path / "old.toml", "[backup]\ncopies = 5\n")
    new = write(tmp_path / "new.toml", "[backup]\ncopies = 4\nmin_retention_days = 30\n")
    result = run("diff", old, new)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "stricter  backup.min_retention_days: 14 -> 30",
        "weaker    backup.copies: 5 -> 4 (higher is stricter)",
    ]


def test_diff_of_stricter_and_of_same_exits_with_zero(tmp_path: Path) -> None:
    old = write(tmp_path / "old.toml", "")
    new = write(tmp_path / "new.toml", "[backup]\ncopies = 4\n")
    assert run("diff", old, new).exit_code == 0
    same = run("diff", old, old)
    assert (same.exit_code, same.output) == (0, "No difference.\n")


def test_diff_counts_an_added_exception_as_weaker(tmp_path: Path) -> None:
    old = write(tmp_path / "old.toml", "")
    new = write(
        tmp_path / "new.toml",
        "[[exceptions]]\ncontrol = 'SB-001'\nscope = '*'\napprover = 'CTO'\nreason = 'r'\nticket = 't'\n"
        "from = 2026-01-01\nuntil = 2026-02-01\n",
    )
    result = run("diff", old, new)
    assert result.exit_code == 1
    assert "weaker    exceptions: [] -> [SB-001 until 2026-02-01] (adds 1)" in result.output
