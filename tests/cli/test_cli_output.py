"""Where reports go: to stdout or files, whole or not at all, whoever reads them."""

from __future__ import annotations

import json
import os
import stat
import subprocess

import pytest

NOW = "2026-11-21T12:00:00Z"


@pytest.fixture
def target(tmp_path, write):
    return write(
        tmp_path / "target",
        {
            ".claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}',
            "Größe \x1b[31mred\x1b[0m/.env": "GITHUB_TOKEN=" + "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd\n",
        },
    )


def test_several_reports_at_once(remit, target, tmp_path):
    done = remit(
        "scan",
        target,
        "--now",
        NOW,
        "--format",
        "json=out.json",
        "--format",
        "markdown=-",
        "--format",
        "html=out.html",
        "--format",
        "terminal=out.txt",
    )
    assert done.returncode == 1
    assert done.stdout.startswith("#")
    assert json.loads((tmp_path / "out.json").read_text())["schema"] == "remit.result/1"
    assert (tmp_path / "out.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "out.txt").read_text().startswith("NINE-SECOND TEST")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.html", "out.json", "out.txt", "own", "target"]


def test_the_terminal_report_is_the_default_and_quiet_is_silent(remit, target):
    assert remit("scan", target).stdout.startswith("NINE-SECOND TEST")
    quiet = remit("scan", target, "--quiet")
    assert (quiet.stdout, quiet.stderr, quiet.returncode) == ("", "", 1)
    asked = remit("scan", target, "-q", "--format", "json")
    assert json.loads(asked.stdout)["verdict"] == "fails"
    inventory = remit("inventory", target, "--quiet")
    assert (inventory.stdout, inventory.returncode) == ("", 0)


def test_an_inventory_goes_to_a_file_too(remit, target, tmp_path):
    done = remit("inventory", target, "--format", "json=inventory.json", "--format", "terminal")
    assert "AGENTS  1" in done.stdout
    assert json.loads((tmp_path / "inventory.json").read_text())["schema"] == "remit.inventory/1"


def test_verbose_lists_what_short_does_not(remit, target):
    short, whole = remit("scan", target).stdout, remit("scan", target, "--verbose").stdout
    assert "NOT-APPLICABLE" in whole
    assert "NOT-APPLICABLE" not in short
    assert len(short.splitlines()) <= 45


@pytest.mark.parametrize("form", ["terminal", "json", "markdown", "html"])
def test_no_report_carries_a_terminal_escape_out_of_a_file_name(remit, target, form):
    done = remit("scan", target, "--format", form, "--verbose", env={"FORCE_COLOR": "1"})
    assert "\x1b" not in done.stdout
    assert "Größe" in done.stdout or "Gr\\xf6" in done.stdout


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_no_inventory_carries_a_terminal_escape_out_of_a_file_name(remit, target, form):
    assert "\x1b" not in remit("inventory", target, "--format", form).stdout


def _on_a_terminal(command, surroundings, *arguments, **env):
    """The command's output on a terminal of its own, and its exit code."""
    import pty

    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [command, *map(str, arguments)],
        env={**surroundings, **env},
        stdout=follower,
        stderr=follower,
        stdin=subprocess.DEVNULL,
    )
    os.close(follower)
    out = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(leader)
    return out.decode(), process.wait(60)


def test_colours_are_for_terminals_that_want_them(command, surroundings, target, tmp_path):
    coloured, code = _on_a_terminal(command, surroundings, "scan", target, TERM="xterm-256color")
    assert code == 1
    assert "\x1b[" in coloured.replace("\x1b[K", "")
    assert "\r" in coloured  # the counter on stderr
    for arguments, env in ((("--no-color",), {}), ((), {"NO_COLOR": "1"})):
        plain, _ = _on_a_terminal(
            command, surroundings, "scan", target, "--quiet", "--format", "terminal", *arguments, **env
        )
        assert "NINE-SECOND TEST" in plain
        assert "\x1b" not in plain
    _on_a_terminal(command, surroundings, "scan", target, "--format", f"terminal={tmp_path / 'out.txt'}")
    assert "\x1b" not in (tmp_path / "out.txt").read_text()


def test_nothing_is_said_on_stderr_where_it_is_no_terminal(remit, target):
    assert remit("scan", target, "--verbose").stderr == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_stdout_without_unicode_gets_ascii_and_json_stays_json(remit, target, encoding):
    env = {"PYTHONIOENCODING": encoding}
    for arguments in (
        ("scan", target),
        ("inventory", target),
        ("checks",),
        ("explain", "LP-027"),
        ("scan", target, "--verbose"),
    ):
        done = remit(*arguments, env=env)
        assert done.returncode in {0, 1}
        assert done.stdout.isascii()
    assert json.loads(remit("scan", target, "--format", "json", env=env).stdout)["verdict"] == "fails"


# ------------------------------------------------------------------------------------------------ readers that stop early


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("scan target --format json --verbose | head -c 1", 1),
        ("scan target --format json=out.json --format markdown | true", 1),
        ("inventory target --format json | true", 0),
        ("checks | true", 0),
        ("policy show | true", 141),
    ],
)
def test_a_closed_pipe_costs_neither_the_exit_code_nor_a_traceback(command, surroundings, target, tmp_path, line, code):
    done = subprocess.run(
        ["bash", "-c", f'"$REMIT" {line}; exit ${{PIPESTATUS[0]}}'],
        env={**surroundings, "REMIT": command}, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, "")
    if "out.json" in line:
        assert json.loads((tmp_path / "out.json").read_text())["verdict"] == "fails"


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("scan target >&-", 1, ""),
        ("scan target 2>&-", 1, ""),
        ("scan target --format json >&- 2>&-", 1, ""),
        ("scan missing >&-", 2, "missing: does not exist"),
        ("scan target >/dev/full", 2, "No space left on device"),
        ("scan target --format json=/dev/full", 2, "No space left on device"),
        ("checks >/dev/full", 2, "No space left on device"),
        ("inventory target --format json >/dev/full", 2, "No space left on device"),
    ],
)
def test_a_stdout_that_is_closed_or_full(command, surroundings, target, tmp_path, line, code, message):
    done = subprocess.run(
        ["bash", "-c", f'"$REMIT" {line}'],
        env={**surroundings, "REMIT": command}, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == bool(message)


# ------------------------------------------------------------------------------------------------ files


def test_a_report_replaces_a_file_whole(remit, target, tmp_path):
    (tmp_path / "out.json").write_text("old" * 100_000)
    remit("scan", target, "--format", "json=out.json")
    assert json.loads((tmp_path / "out.json").read_text())["verdict"] == "fails"


def test_a_report_to_a_link_goes_where_it_leads(remit, target, tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    remit("scan", target, "--format", "json=link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["verdict"] == "fails"


def test_a_device_is_written_to_and_never_replaced(remit, target, tmp_path):
    """Replacing `/dev/null` by a file would break every program of the machine."""
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device needs root")
    assert remit("scan", target, "--format", f"json={device}").returncode == 1
    assert stat.S_ISCHR(device.stat().st_mode)


def test_a_report_to_a_pipe_is_read_at_its_other_end(remit, target, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    # Into a file: a pipe that nobody empties until the command has ended would hold it up.
    with (
        (tmp_path / "read.json").open("wb") as copy,
        subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=copy) as reader,
    ):
        done = remit("scan", target, "--format", "json=pipe")
        reader.wait(timeout=60)
    assert done.returncode == 1
    assert json.loads((tmp_path / "read.json").read_bytes())["verdict"] == "fails"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_report_that_cannot_be_written_leaves_what_was_there(remit, target, tmp_path):
    (tmp_path / "place.json").mkdir()
    (tmp_path / "place.json" / "kept").write_text("x")
    done = remit("scan", target, "--format", "json=place.json")
    assert done.returncode == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own", "place.json", "target"]
    assert (tmp_path / "place.json" / "kept").exists()


# ------------------------------------------------------------------------------------------------ other commands


def test_the_version_is_one_line(remit):
    done = remit("--version")
    assert (done.returncode, done.stdout.split()[0], done.stdout.count("\n")) == (0, "remit", 1)


@pytest.mark.parametrize("command_name", ["scan", "inventory", "explain", "checks", "report", "policy", "demo"])
def test_every_command_explains_itself(remit, command_name):
    done = remit(command_name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: remit {command_name}")


def test_the_catalogue_and_each_control(remit):
    rows = json.loads(remit("checks", "--format", "json").stdout)
    assert rows["schema"] == "remit.checks/1"
    assert len(rows["checks"]) >= 15
    assert all({"id", "slug", "title", "dimension", "severity", "parameters"} <= set(row) for row in rows["checks"])
    listed = remit("checks").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [row["id"] for row in rows["checks"]]
    for row in rows["checks"][:3]:
        by_id, by_slug = remit("explain", row["id"].lower()).stdout, remit("explain", row["slug"]).stdout
        assert by_id == by_slug
        assert row["title"] in by_id
        assert "\nWhy\n" in by_id
        assert "\nFix\n" in by_id
