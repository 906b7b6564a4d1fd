"""No line of the audited directory is ever run, however it is named and wherever the command is started."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOSTILE = "import pathlib; pathlib.Path(r'{mark}').write_text(__name__)\nraise SystemExit('foreign code ran')\n"
PACKAGES = ("scanner", "checks", "reports", "templates", "remit", "remit_checks", "remit_reports", "remit_templates")
MODULES = (
    "remit",
    "pydantic",
    "click",
    "yaml",
    "msgspec",
    "jinja2",
    "tomli",
    "json",
    "re",
    "typing",
    "traceback",
    "sqlite3",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this checkout."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "-w",
            place,
            ROOT,
        ],
        check=True,
    )
    return next(place.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The `remit` command of a fresh environment that the wheel was installed into."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=True)
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], check=True
    )
    return scripts / "remit"


@pytest.fixture
def hostile(tmp_path):
    """A directory whose every importable name, once run, leaves a mark."""
    mark = tmp_path / "mark"
    target = tmp_path / "target"
    target.mkdir()
    code = HOSTILE.format(mark=mark)
    for name in PACKAGES:
        (target / name).mkdir()
        (target / name / "__init__.py").write_text(code)
    for name in MODULES:
        if not (target / name).exists():
            (target / f"{name}.py").write_text(code)
    (target / "remit" / "__main__.py").write_text(code)
    (target / "README.md").write_text("A repository with names like ours.\n")
    return target, mark


@pytest.mark.parametrize("python_path", [None, ".", "absolute"])
@pytest.mark.parametrize(
    "arguments", [["scan", "--no-cache", "."], ["checks"], ["--version"], ["scan", "--jobs", "2", "."]]
)
def test_no_foreign_line_runs(installed, hostile, python_path, arguments):
    target, mark = hostile
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"HOME": str(target.parent / "home"), "XDG_CACHE_HOME": str(target.parent / "cache")}
    if python_path:
        environment["PYTHONPATH"] = str(target) if python_path == "absolute" else python_path
    done = subprocess.run(
        [installed, *arguments], cwd=target, env=environment, capture_output=True, text=True, check=False
    )
    assert not mark.exists(), f"foreign module ran: {mark.read_text()}"
    assert done.returncode in {0, 1, 3}, done.stderr
    assert "Traceback" not in done.stderr


def test_the_installed_command_finds_every_part(installed, tmp_path):
    """Checks, reports, agents, credentials and templates are all in the wheel and come through the registry."""
    done = subprocess.run(
        [installed, "demo", "--output", tmp_path / "demo"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "demo" / "report.html").stat().st_size > 10_000
    assert "NINE-SECOND TEST" in done.stdout


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.startswith("remit-")} == {
        "remit",
        "remit_checks",
        "remit_reports",
        "remit_templates",
    }
    assert any(name.endswith("remit/py.typed") for name in names)
    assert any("templates" in name and name.endswith("policy.toml") for name in names)
