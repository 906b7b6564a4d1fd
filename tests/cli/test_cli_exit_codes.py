"""Each exit code of the contract, for the reason that the contract gives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

NOW = "2026-11-21T12:00:00Z"
SOUND = {"main.py": "x = 1\n"}
BYPASS = {".claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}'}
NOBODY = """
[[agents.used]]
agents = []

[[attestations]]
control = "MN-002"
by = "CTO"
on = 2026-11-01
valid_days = 90
evidence = "https://wiki.acme.example/alerts"
"""
"""A policy by which no agent is used anywhere, so that a small target can meet it."""


@pytest.fixture
def nobody(tmp_path):
    policy = tmp_path / "nobody.toml"
    policy.write_text(NOBODY)
    return policy


@pytest.fixture
def sound(tmp_path, write):
    return write(tmp_path / "sound", SOUND)


@pytest.fixture
def failing(tmp_path, write):
    return write(tmp_path / "failing", BYPASS)


def one_line(told):
    assert told.stdout == ""
    assert told.stderr.startswith("remit: ")
    assert told.stderr.count("\n") == 1
    return told.stderr


def test_0_the_target_meets_the_policy(remit, sound, nobody):
    done = remit("scan", sound, "--policy", nobody, "--now", NOW)
    assert (done.returncode, done.stderr) == (0, "")
    assert remit("scan", sound, "--policy", nobody, "--now", "2027-11-21").returncode == 3  # the attestation has lapsed


def test_1_findings_at_or_above_the_threshold(remit, failing):
    assert remit("scan", failing).returncode == 1
    assert remit("scan", failing, "--fail-on", "critical").returncode == 1


def test_1_comes_before_3(remit, failing):
    os.mkfifo(failing / "pipe.sql")
    assert remit("scan", failing).returncode == 1
    assert remit("scan", failing, "--fail-on", "never").returncode == 3
    assert remit("scan", failing, "--fail-on", "never", "--allow-incomplete").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan", "missing"], "missing: does not exist"),
        (["scan", "file.txt"], "file.txt: is not a directory"),
        (["scan", "empty"], "empty: holds no file to read"),
        (["scan", ""], "an empty path names nothing"),
        (["scan", "a" * 300], "cannot be looked at"),
        (["scan", "sound", "sound"], "given twice"),
        (["scan", "sound", "--policy", "missing.toml"], "missing.toml"),
        (["scan", "sound", "--policy", "broken.toml"], "broken.toml:1"),
        (["scan", "sound", "--policy", ""], "an empty path"),
        (["scan", "sound", "--exclude", ""], "--exclude"),
        (["scan", "sound", "--exclude", "/abs/*"], "--exclude"),
        (["scan", "sound", "--exclude", "*"], "holds no file"),
        (["scan", "sound", "--jobs", "0"], "--jobs"),
        (["scan", "sound", "--now", "yesterday"], "'yesterday' is not a time"),
        (["scan", "sound", "--now", "0001-01-01T00:00:00+23:00"], "is not a time"),
        (["scan", "sound", "--fail-on", "some"], "--fail-on"),
        (["scan", "sound", "--format", "xml"], "choose from"),
        (["scan", "sound", "--format", "json="], "names no file"),
        (["scan", "sound", "--format", "json", "--format", "markdown"], "two formats would go to stdout"),
        (["scan", "sound", "--format", "json=a", "--format", "html=./a"], "two formats would be written there"),
        (["scan", "sound", "--format", "json=no/such/place.json"], "cannot be written: No such file"),
        (["scan", "sound", "--format", "json=."], "cannot be written: Is a directory"),
        (["scan", "sound", "--format", "json=/"], "cannot be written"),
        (["scan", "sound", "--quiet", "--verbose"], "exclude each other"),
        (["scan", "--nonsense"], "No such option"),
        (["nonsense"], "No such command 'nonsense'"),
        (["inventory", "missing"], "does not exist"),
        (["inventory", "sound", "--format", "html"], "choose from json, terminal"),
        (["inventory", "sound", "sound"], "unexpected extra argument"),
        (["report"], "at least one result"),
        (["report", "missing.json"], "cannot be read"),
        (["report", "empty"], "cannot be read"),
        (["report", "file.txt"], "is not JSON"),
        (["report", "--schema", "result", "file.txt"], "leave out the rest"),
        (["report", "--schema", "nonsense"], "--schema"),
        (["explain", "XX-999"], "no such control"),
        (["explain"], "Missing argument"),
        (["demo", "--output", "file.txt"], "cannot be written"),
        (["demo", "--output", "sound"], "is not empty"),
        (["policy", "check", "broken.toml"], "broken.toml:1"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_2_wrong_usage_in_one_line(remit, sound, write, tmp_path, arguments, message):
    write(tmp_path, {"file.txt": "x", "broken.toml": "= [\n"})
    (tmp_path / "empty").mkdir()
    done = remit(*arguments)
    assert done.returncode == 2
    assert message in one_line(done)


def test_2_a_name_cannot_add_lines_or_colours(remit):
    done = remit("scan", "no\nremit: all is well\x1b[2J")
    assert done.returncode == 2
    assert "\\n" in one_line(done)
    assert "\x1b" not in done.stderr


def test_2_nothing_asked_for_is_answered_with_help(remit):
    done = remit()
    assert done.returncode == 2
    assert "Usage: remit" in done.stdout + done.stderr
    for name in ("scan", "inventory", "explain", "checks", "report", "policy", "demo"):
        assert f"\n  {name}" in done.stdout + done.stderr


def test_3_no_finding_but_something_is_open(remit, sound, nobody):
    os.mkfifo(sound / "pipe.txt")
    done = remit("scan", sound, "--policy", nobody, "--now", NOW)
    assert done.returncode == 3
    assert "pipe.txt" in done.stdout
    assert remit("scan", sound, "--policy", nobody, "--now", NOW, "--allow-incomplete").returncode == 0


def test_3_an_inventory_that_could_not_read_all(remit, sound):
    assert remit("inventory", sound).returncode == 0
    os.mkfifo(sound / "pipe.txt")
    assert remit("inventory", sound).returncode == 3


# ------------------------------------------------------------------------------------------------ plug-ins that break

RUN = "import sys; sys.path.insert(0, sys.argv.pop(1)); from remit.__main__ import main; sys.exit(main())"


@pytest.fixture
def with_plugin(write, tmp_path, surroundings):
    """Runs the command with one more distribution installed."""

    def run(group, code, *arguments):
        info = "remit_plugin-1.0.dist-info"
        write(
            tmp_path / "plugins",
            {
                "remit_plugin.py": code,
                f"{info}/METADATA": "Metadata-Version: 2.1\nName: remit-plugin\nVersion: 1.0\n",
                f"{info}/entry_points.txt": f"[{group}]\nplugin = remit_plugin\n",
            },
        )
        return subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path / "plugins"), *map(str, arguments)],
            env=surroundings, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


REPORT = """
from remit.reporting import Report
def render(result, style): raise KeyError("hunter2 of " + result.targets[0].id)
BROKEN = Report("broken", ".txt", render)
"""
CHECK = '''
from remit.check import check
from remit.access.graph import AccessGraph
from remit.verdict import Verdict, ok

@check("{identity}", "probe", severity="low")
def probe(graph: AccessGraph) -> Verdict:
    """All is well.

    Or not.

    Fix:
        Nothing.
    """
    {body}
'''


def test_4_an_internal_error_is_one_line_without_a_value(with_plugin, sound):
    done = with_plugin("remit.reports", REPORT, "scan", sound, "--format", "broken")
    assert done.returncode == 4
    assert done.stdout == ""
    assert (
        done.stderr
        == "remit: internal error: KeyError at remit_plugin.py:3 in render; this is a bug, please report it\n"
    )
    told = with_plugin("remit.reports", REPORT, "scan", sound, "--format", "broken", "--verbose")
    assert told.returncode == 4
    assert "remit_plugin.py:3 in render" in told.stderr.splitlines()[-1]
    assert "hunter2" not in told.stderr
    assert "Traceback" not in told.stderr


def test_3_a_check_that_crashes_leaves_the_run_incomplete(with_plugin, sound, nobody):
    code = CHECK.format(identity="LP-900", body='raise KeyError("hunter2")')
    done = with_plugin("remit.checks", code, "scan", sound, "--policy", nobody, "--now", NOW, "--format", "json")
    assert done.returncode == 3
    result = json.loads(done.stdout)
    (broken,) = [finding for finding in result["findings"] if finding["status"] == "error"]
    assert broken["control"] == "LP-900"
    assert "KeyError" in broken["message"]
    assert "hunter2" not in done.stdout + done.stderr
    assert result["tool"]["plugins"] == ["remit_plugin (remit-plugin 1.0)"]
    shown = with_plugin("remit.checks", code, "scan", sound, "--policy", nobody)
    assert "LP-900" in shown.stdout


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (CHECK.format(identity="LP-027", body="return ok('x')"), "declared twice"),
        (CHECK.format(identity="nonsense", body="return ok('x')"), "three digits"),
        ("import not_installed_anywhere", "cannot be imported"),
        ("def broken(:", "cannot be imported"),
    ],
)
def test_2_a_plug_in_that_clashes_or_is_broken(with_plugin, sound, code, message):
    done = with_plugin("remit.checks", code, "scan", sound)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


# ------------------------------------------------------------------------------------------------ interrupted


@pytest.fixture
def endless(tmp_path, write):
    """Enough to read for several seconds, in many processes."""
    filler = "".join(
        f"const value{number} = process.env.SECRET_TOKEN_{number} || 'postgres://app:x@db/{number}';\n"
        for number in range(20_000)
    )
    return write(tmp_path / "endless", {f"file{number}.js": f"// {number}\n{filler}" for number in range(40)})


@pytest.mark.parametrize("jobs", [1, 4])
def test_130_interrupted(command, surroundings, endless, jobs):
    process = subprocess.Popen(
        [command, "scan", str(endless), "--jobs", str(jobs), "--no-cache"],
        env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        time.sleep(3)
        assert process.poll() is None, process.communicate()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
        out, err = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert out == b""
    assert err.decode().strip().splitlines() == ["interrupted"]
