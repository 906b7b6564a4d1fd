"""The catalogue as a whole: what every installed check has to declare."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import remit_checks
from remit.check import Check
from remit.policy.defaults import CORE_CONTROLS
from remit.policy.model import Policy
from remit.policy.strength import leaves
from remit.registry import discover

FRAMEWORKS = {
    "owasp-agentic": re.compile(r"ASI(?:0[1-9]|10)"),
    "owasp-llm": re.compile(r"LLM(?:0[1-9]|10)"),
    "mitre-atlas": re.compile(r"AML\.[MT]\d{4}(?:\.\d{3})?"),
    "nist-800-53": re.compile(r"[A-Z]{2}-\d{1,2}(?:\(\d{1,2}\))?"),
    "nist-csf": re.compile(r"[A-Z]{2}\.[A-Z]{2}-\d{2}"),
    "iso-27001": re.compile(r"A\.[5-8]\.\d{1,2}"),
    "iso-42001": re.compile(r"A\.(?:[2-9]|10)(?:\.\d{1,2}){1,2}"),
    "soc2": re.compile(r"(?:CC\d|A1|C1)\.\d"),
    "cis": re.compile(r"\d{1,2}\.\d{1,2}"),
    "nist-ai-rmf": re.compile(r"(?:GOVERN|MAP|MEASURE|MANAGE) \d\.\d{1,2}"),
    "eu-ai-act": re.compile(r"\d{1,3}"),
    "csa-aicm": re.compile(r"[A-Z&]{2,3}-\d{2}"),
}
UNMAPPED = {("IR-007", "csa-aicm"), ("LP-036", "csa-aicm")}
"""Controls to which a framework has nothing that corresponds."""
INCIDENTS = {f"INC-{number:02}" for number in range(1, 30)}
CHECKS = discover("remit.checks", Check, lambda check: check.id)
OURS = [check for check in CHECKS if check.judge.__module__.startswith("remit_checks.")]
each_check = pytest.mark.parametrize("check", OURS, ids=[check.id for check in OURS])


def _module(check: Check) -> ModuleType:
    return importlib.import_module(check.judge.__module__)


def test_the_core_controls_are_all_there() -> None:
    assert set(CORE_CONTROLS) <= {check.id for check in CHECKS}


def test_ids_and_slugs_are_unique() -> None:
    assert max(Counter(check.id for check in CHECKS).values()) == 1
    assert max(Counter(check.slug for check in CHECKS).values()) == 1


@each_check
def test_every_parameter_is_a_value_of_the_policy(check: Check) -> None:
    for parameter in check.parameters:
        value: object = Policy()
        for part in parameter.split("."):
            assert isinstance(value, BaseModel), f"{parameter}: {part} is below a value"
            assert part in type(value).model_fields, f"{check.id} names {parameter}, which the policy does not have"
            value = getattr(value, part)
        assert parameter in leaves(), f"{parameter} is a section, not a value"
    assert len(set(check.parameters)) == len(check.parameters)


@each_check
def test_every_parameter_is_read_and_every_value_read_is_named(check: Check) -> None:
    """What a check takes from `policy` is a parameter of it, so that its page lists all that decides."""
    source = inspect.getsource(_module(check))
    for found in re.findall(r"policy\.((?:[a-z_0-9]+\.)*[a-z_0-9]+)", source):
        named = [key for key in leaves() if found == key or found.startswith(key + ".")]
        assert all(key in check.parameters for key in named), f"{check.id} reads {found} and does not name it"


@each_check
def test_it_is_mapped_to_every_framework_by_well_formed_ids(check: Check) -> None:
    assert set(check.frameworks) == set(FRAMEWORKS)
    for name, ids in check.frameworks.items():
        assert ids or (check.id, name) in UNMAPPED, name
        assert len(set(ids)) == len(ids), name
        assert [each for each in ids if not FRAMEWORKS[name].fullmatch(each)] == [], name


@each_check
def test_incidents_are_known_ones_in_order(check: Check) -> None:
    assert set(check.incidents) <= INCIDENTS
    assert list(check.incidents) == sorted(set(check.incidents))


@each_check
def test_its_words_are_whole(check: Check) -> None:
    assert not check.title.endswith(".")
    assert check.title[0].isupper()
    first = inspect.cleandoc(check.judge.__doc__ or "").splitlines()[0]
    assert first == check.title + "."
    assert len(check.why) > 80
    assert len(check.fix) > 40
    assert check.why.endswith(".")
    assert check.fix.endswith(".")


@each_check
def test_it_is_alone_in_a_file_named_after_it(check: Check) -> None:
    module = _module(check)
    assert [value for value in vars(module).values() if isinstance(value, Check)] == [check]
    name = check.slug.replace("-", "_")
    assert module.__name__.rpartition(".")[2] == name
    assert module.__name__.split(".")[1] == check.dimension.replace("-", "_")
    assert check.judge.__name__ == name


@each_check
def test_it_has_tests_of_its_own(check: Check) -> None:
    assert (Path(__file__).parent / f"test_{check.id.lower().replace('-', '_')}.py").is_file()


@each_check
def test_it_has_neither_clock_nor_files(check: Check) -> None:
    """A check is pure: what it may know is handed to it."""
    imported = re.findall(r"^(?:from|import) ([\w.]+)", inspect.getsource(_module(check)), re.MULTILINE)
    forbidden = {"os", "pathlib", "subprocess", "socket", "urllib", "time", "random", "logging", "shutil", "sqlite3"}
    assert not forbidden & {name.split(".")[0] for name in imported}
    assert "datetime.now" not in inspect.getsource(_module(check))


def test_modules_without_a_check_are_shared_by_several_or_by_one() -> None:
    """Nothing lies in the package that no check uses."""
    root = Path(remit_checks.__file__).parent
    sources = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.py") if path.name != "__init__.py"}
    for path, source in sources.items():
        if "@check(" in source:
            continue
        name = ".".join(("remit_checks", *path.relative_to(root).with_suffix("").parts))
        assert any(f"from {name} import" in other for other in sources.values()), f"{name} is used by no check"
