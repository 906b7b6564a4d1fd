"""The one door for plug-ins: installed packages are found, and a broken one stops the run in one line."""

from __future__ import annotations

import sys

import pytest

from remit.check import Check
from remit.collect.collector import Collector
from remit.errors import RegistryError
from remit.registry import discover, installed
from remit.reporting import Report

CHECK = '''
from remit.check import check
from remit.evidence import CredentialFile
from remit.verdict import Verdict, ok

@check("{identity}", "{slug}", severity="low")
def probe(file: CredentialFile) -> Verdict:
    """Every file is probed.

    Or nobody knows.

    Fix:
        Probe it.
    """
    return ok("probed")
'''


@pytest.fixture
def install(tmp_path, write, monkeypatch):
    """Installs a distribution with an entry point, as a package manager would lay it out."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def install(files, *, group="remit.checks", name="remit-plugin", value="remit_plugin"):
        info = f"{name.replace('-', '_')}-1.2.dist-info"
        write(
            tmp_path,
            files
            | {
                f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n",
                f"{info}/entry_points.txt": f"[{group}]\nplugin = {value}\n",
            },
        )
        installed.cache_clear()

    yield install
    installed.cache_clear()
    for module in set(sys.modules) - before:
        if module.startswith("remit_plugin"):
            del sys.modules[module]


def checks():
    return discover("remit.checks", Check, lambda check: check.id)


def test_built_in_parts_come_through_the_door():
    assert len(checks()) >= 15
    assert {each.name for each in discover("remit.reports", Report, lambda each: each.key)} >= {
        "terminal",
        "json",
        "html",
        "markdown",
    }
    names = [each.name for each in discover("remit.collectors", Collector, lambda each: each.name)]
    assert names == sorted(names)


def test_a_package_is_walked_to_its_last_module(install):
    install(
        {
            "remit_plugin/__init__.py": "",
            "remit_plugin/a.py": CHECK.format(identity="LP-901", slug="a"),
            "remit_plugin/deep/__init__.py": "",
            "remit_plugin/deep/down/__init__.py": "",
            "remit_plugin/deep/down/b.py": CHECK.format(identity="LP-902", slug="b"),
        }
    )
    found = [each.id for each in checks()]
    assert {"LP-901", "LP-902"} < set(found)
    assert found == sorted(found)
    assert "remit_plugin (remit-plugin 1.2)" in installed("remit.checks")


def test_a_single_module_is_a_package_too_and_what_is_imported_counts_once(install):
    install(
        {
            "remit_plugin.py": CHECK.format(identity="LP-901", slug="a")
            + "again = probe\nfrom remit_checks.least_privilege.no_bypass_mode import *\n",
        }
    )
    assert [each.id for each in checks()].count("LP-901") == 1


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"remit_plugin.py": CHECK.format(identity="LP-027", slug="clash")}, "'LP-027' is declared twice"),
        ({"remit_plugin/__init__.py": "import not_installed_anywhere"}, "cannot be imported"),
        ({"remit_plugin/__init__.py": "", "remit_plugin/a.py": "from . import missing"}, "cannot be imported"),
        (
            {"remit_plugin/__init__.py": "", "remit_plugin/a/__init__.py": "import not_installed_anywhere"},
            "cannot be imported",
        ),
        ({"remit_plugin.py": "def broken(:\n"}, "cannot be imported"),
        ({"remit_plugin.py": CHECK.format(identity="nonsense", slug="x")}, "three digits"),
        ({}, "cannot be imported"),
    ],
)
def test_a_broken_plug_in_stops_the_run_and_is_named(install, files, message):
    install(files)
    with pytest.raises(RegistryError, match=message) as caught:
        checks()
    assert "\n" not in str(caught.value)


def test_nothing_installed_is_an_error_and_no_clean_bill():
    with pytest.raises(RegistryError, match="nothing is installed"):
        discover("remit.nothing", Check, lambda check: check.id)


def test_a_package_without_any_part_adds_nothing(install):
    install({"remit_plugin.py": "x = 1"}, group="remit.lonely")
    with pytest.raises(RegistryError, match="nothing is installed"):
        discover("remit.lonely", Check, lambda check: check.id)


def test_parts_of_another_type_are_passed_over(install):
    install({"remit_plugin.py": CHECK.format(identity="LP-901", slug="a")}, group="remit.reports")
    assert "LP-901" not in {each.name for each in discover("remit.reports", Report, lambda each: each.key)}


def test_the_class_itself_is_no_part(install):
    install({"remit_plugin.py": "from remit.check import Check\nfrom remit.reporting import Report\n"})
    assert all(isinstance(each, Check) for each in checks())
