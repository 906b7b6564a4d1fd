"""The sample organisation: the same every time, with the incidents in it and one repository as it should be."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from remit.audit import Request
from remit.demo import REPOSITORIES, write_demo
from remit.errors import UsageError
from remit.policy.loader import load_policy
from remit.scan import scan

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    directory = tmp_path_factory.mktemp("sample") / "demo"
    write_demo(directory)
    return directory


@pytest.fixture(scope="module")
def result(directory):
    return scan(
        Request(
            tuple(directory / name for name in REPOSITORIES),
            load_policy(directory / "policy.toml", now=NOW),
            NOW,
            cache=False,
        )
    )


def contents(directory):
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(directory).parts
    }


def worst(result, target):
    """What is lost in a target, with the kinds of nodes on the way."""
    return {
        each.resource: (each.verdict, each.certainty, [step.node.partition(":")[0] for step in each.path])
        for agent in result.nine_second_test.agents
        if agent.target == target
        for each in agent.destroys
    }


def test_pocket_cars_loses_its_volumes_through_an_unrelated_file(result):
    assert worst(result, "pocket-cars")["railway:volume:*"] == ("lost", "proven", ["agent", "file", "credential"])


def test_course_site_loses_its_database_to_a_destroy(result):
    verdict, certainty, nodes = worst(result, "course-site")["infra/aws_db_instance.courses"]
    assert (verdict, certainty, nodes) == ("lost", "proven", ["agent", "command"])


def proven(directory, target, *assumed):
    request = Request(
        (directory / target,),
        load_policy(directory / "policy.toml", now=NOW),
        NOW,
        cache=False,
        assume=frozenset(assumed),
    )
    return {name for name, (_, certainty, _) in worst(scan(request), target).items() if certainty == "proven"}


def without_bypass(directory, target):
    """What LP-027 asks for: the mode out of the settings and forbidden, the flag out of the script."""
    settings = directory / target / ".claude/settings.json"
    mode = '"defaultMode": "bypassPermissions"'
    text = settings.read_text(encoding="utf-8")
    assert mode in text
    asked = '"defaultMode": "default", "disableBypassPermissionsMode": "disable"'
    settings.write_text(text.replace(mode, asked), encoding="utf-8")
    for script in (directory / target / "scripts").iterdir():
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace(" --dangerously-skip-permissions", ""), encoding="utf-8")


def test_course_site_without_the_bypass_is_what_was_foretold(directory, tmp_path):
    """Its rules let `terraform` and `ssh` run: what stays proven after the remedy may not be promised before."""
    lost = proven(directory, "course-site")
    foretold = proven(directory, "course-site", "LP-027")
    mended = tmp_path / "demo"
    write_demo(mended)
    without_bypass(mended, "course-site")
    assert proven(mended, "course-site") == foretold == lost
    assert {"infra/aws_db_instance.courses", "machine:home:*"} <= lost


def test_course_site_is_closed_when_its_rules_go_as_well(tmp_path):
    mended = tmp_path / "demo"
    write_demo(mended)
    without_bypass(mended, "course-site")
    settings = mended / "course-site/.claude/settings.json"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r'"allow": \[[^]]*\]', '"allow": []', text), encoding="utf-8")
    assert proven(mended, "course-site") == set()


@pytest.mark.parametrize("target", ["sales-crm", "shop-web"])
def test_a_production_database_is_within_reach(result, target):
    found = {resource: each for resource, each in worst(result, target).items() if resource.startswith("postgres:")}
    assert found
    assert {certainty for _, certainty, _ in found.values()} == {"proven"}
    assert "survives" not in {verdict for verdict, _, _ in found.values()}


def test_shop_web_replays_the_forced_push(result):
    paths = [
        [step.node for step in each.path]
        for agent in result.nine_second_test.agents
        if agent.target == "shop-web"
        for each in agent.destroys
    ]
    assert any(node.startswith("command:package.json:") for path in paths for node in path)


def test_the_ledger_is_as_it_should_be(result):
    found = [finding for finding in result.findings if finding.target == "ledger"]
    assert [finding.control for finding in found if finding.status in {"fail", "error"}] == []
    assert sum(finding.status == "pass" for finding in found) >= 8
    assert worst(result, "ledger") == {}
    assert [gap for gap in result.gaps if gap.target == "ledger"] == []


def test_the_others_are_not(result):
    failing = {finding.target for finding in result.findings if finding.status == "fail"}
    assert failing == set(REPOSITORIES) - {"ledger"}


def test_it_is_written_the_same_every_time(directory, tmp_path, git):
    again = tmp_path / "again"
    write_demo(again)
    assert contents(again) == contents(directory)
    for name in REPOSITORIES:
        assert git(again / name, "rev-parse", "HEAD") == git(directory / name, "rev-parse", "HEAD")
        assert git(again / name, "status", "--porcelain") == ""


def test_an_earlier_one_is_replaced(directory, tmp_path):
    place = tmp_path / "demo"
    write_demo(place)
    (place / "ledger" / "left-over.txt").write_text("x")
    (place / "policy.toml").write_text("spoilt")
    write_demo(place)
    assert contents(place) == contents(directory)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "ledger/README.md"])
def test_what_is_somebody_elses_is_never_overwritten(tmp_path, write, name):
    place = write(tmp_path / "mine", {name: "precious"})
    with pytest.raises(UsageError, match="not empty"):
        write_demo(place)
    assert (place / name).read_text() == "precious"


def test_an_empty_directory_is_used(tmp_path, directory):
    (tmp_path / "empty").mkdir()
    write_demo(tmp_path / "empty")
    assert contents(tmp_path / "empty") == contents(directory)


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_written_is_an_error(tmp_path, place):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(UsageError, match="cannot be written"):
        write_demo(tmp_path / place)
    assert (tmp_path / "file").read_text() == "precious"


def test_without_git_the_repositories_are_plain_directories(tmp_path, directory, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    write_demo(tmp_path / "demo")
    assert contents(tmp_path / "demo") == contents(directory)
    assert not list((tmp_path / "demo").rglob(".git"))


def test_the_templates_alone_hold_no_secret(directory):
    """Whatever looks like one is made when the sample is written, and is marked by nobody's account."""
    from importlib.resources import files

    marks = re.compile(r"@@[a-z0-9]+(?::\d+)?:[a-z-]+@@")
    templates = [path for path in (files("remit_templates") / "demo").rglob("*") if path.is_file()]
    marked = [path for path in templates if marks.search(path.read_text())]
    assert marked
    assert not [path for path, content in contents(directory).items() if b"@@" in content]
