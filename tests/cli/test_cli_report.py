"""Stored results, rendered again and merged, far from the repositories they tell of; and the sample organisation."""

from __future__ import annotations

import json
import os
import shutil
from itertools import permutations

import pytest

from remit.demo import write_demo

NOW = "2026-11-21T12:00:00Z"
FORMATS = ("json", "terminal", "markdown", "html")


@pytest.fixture
def organisation(tmp_path):
    write_demo(tmp_path / "demo")
    return tmp_path / "demo"


@pytest.fixture
def audited(remit, organisation):
    """Audits some of the sample repositories into a file."""

    def audited(file, *names, **options):
        policy = ("--policy", organisation / "policy.toml")
        targets = [organisation / name for name in names]
        extra = [part for key, value in options.items() for part in (f"--{key.replace('_', '-')}", value)]
        return remit("scan", *targets, *policy, "--now", NOW, "--format", f"json={file}", *extra)

    return audited


def test_a_stored_result_renders_as_it_did_the_first_time(remit, organisation, audited):
    names = ("pocket-cars", "ledger", "shop-web")
    first = {
        form: remit(
            "scan",
            *(organisation / name for name in names),
            "--policy",
            organisation / "policy.toml",
            "--now",
            NOW,
            "--format",
            form,
        )
        for form in FORMATS
    }
    audited("stored.json", *names)
    shutil.rmtree(organisation)
    for form, scan in first.items():
        again = remit("report", "stored.json", "--format", form)
        assert (again.stdout, again.returncode, again.stderr) == (scan.stdout, scan.returncode, "")
        assert len(again.stdout) > 500


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--fail-on", "critical"), 1),
        (("--fail-on", "never"), 0),
        (("--fail-on", "low"), 1),
        (("--quiet",), 1),
    ],
)
def test_a_stored_result_is_judged_again_at_another_threshold(remit, audited, arguments, code):
    audited("stored.json", "pocket-cars")
    done = remit("report", "stored.json", *arguments)
    assert done.returncode == code
    assert bool(done.stdout) is ("--quiet" not in arguments)


def test_an_incomplete_result_stays_incomplete(remit, organisation, audited):
    os.mkfifo(organisation / "ledger" / "pipe.txt")
    assert audited("stored.json", "ledger").returncode == 3
    assert remit("report", "stored.json").returncode == 3
    assert remit("report", "stored.json", "--allow-incomplete").returncode == 0


def test_merged_results_are_those_of_one_run_in_any_order(remit, audited):
    audited("whole.json", "course-site", "ledger", "sales-crm")
    for name in ("course-site", "ledger", "sales-crm"):
        audited(f"{name}.json", name)
    whole = json.loads(remit("report", "whole.json", "--format", "json").stdout)
    # What would cut every path of all of them cannot be told from their results.
    assert whole.pop("plan")
    for order in permutations(("course-site.json", "ledger.json", "sales-crm.json")):
        merged = json.loads(remit("report", *order, "--format", "json").stdout)
        assert merged.pop("plan") is None
        assert merged == whole


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (("stored.json",), "in more than one of the results"),
        (("baseline.json",), "different policies"),
        (("critical.json",), "different --fail-on"),
    ],
)
def test_results_that_do_not_go_together_are_refused(remit, organisation, audited, second, message):
    audited("stored.json", "ledger")
    audited("critical.json", "shop-web", fail_on="critical")
    remit("scan", organisation / "shop-web", "--now", NOW, "--format", "json=baseline.json")
    done = remit("report", "stored.json", *second)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_a_hostile_result_carries_nothing_out(remit, audited, tmp_path, form):
    audited("stored.json", "pocket-cars")
    evil = "\x1b]0;owned\x07</script><script>alert(1)</script>\u202e[x](javascript:alert(1))"
    data = json.loads((tmp_path / "stored.json").read_text())
    data["targets"][0]["id"] = data["policy"]["name"] = data["notes"][0] = evil
    for finding in data["findings"]:
        finding["target"] = finding["title"] = finding["message"] = evil
        finding["sources"] = [{"path": evil, "line": 1}]
        finding["subject"]["name"] = evil
    data["gaps"] = [{"collector": evil, "target": evil, "path": evil, "reason": evil}]
    (tmp_path / "evil.json").write_text(json.dumps(data))
    done = remit("report", "evil.json", "--format", form)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    if form == "html":
        assert "<script>alert" not in done.stdout
        assert 'href="javascript:' not in done.stdout


def test_a_result_with_a_mark_at_its_start_is_read(remit, audited, tmp_path):
    audited("stored.json", "ledger")
    stored = tmp_path / "stored.json"
    plain = remit("report", stored, "--format", "json").stdout
    stored.write_bytes(b"\xef\xbb\xbf" + stored.read_bytes())
    assert remit("report", stored, "--format", "json").stdout == plain


@pytest.mark.parametrize(
    "content", [b"", b"[" * 100_000, b"9" * 5000, b"\xff\xfe\x00", b"{}", b'{"schema": "remit.result/1", "now": NaN}']
)
def test_what_is_no_result_is_refused_in_one_line(remit, tmp_path, content):
    (tmp_path / "stored.json").write_bytes(content)
    done = remit("report", "stored.json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("remit: stored.json: ")


@pytest.mark.parametrize("name", ["result", "inventory", "reach", "replay"])
def test_the_schema_of_every_document_is_printed(remit, name):
    done = remit("report", "--schema", name)
    assert (done.returncode, done.stderr) == (0, "")
    schema = json.loads(done.stdout)
    assert schema["$id"] == f"remit.{name}/1"
    assert schema["properties"]["schema"]["const"] == f"remit.{name}/1"


def test_a_schema_is_printed_alone(remit):
    assert remit("report", "--schema", "reach", "--format", "json").returncode == 2
    assert remit("report", "--schema", "incidents").returncode == 2


# ------------------------------------------------------------------------------------------------ the demo


def test_the_demo_is_the_same_every_time_and_says_where_it_is(remit, tmp_path):
    runs = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        done = remit("demo", "--output", "sample", "--now", NOW, cwd=tmp_path / place)
        assert (done.returncode, done.stderr) == (0, "")
        assert str(tmp_path / place / "sample" / "report.html") in done.stdout
        files = {
            name: (tmp_path / place / "sample" / name).read_bytes()
            for name in ("report.html", "result.json", "policy.toml")
        }
        runs.append((files, done.stdout.replace(str(tmp_path / place), "")))
    assert runs[0] == runs[1]
    assert (
        remit("demo", "--output", "sample", "--now", NOW, cwd=tmp_path / "two").stdout.replace(
            str(tmp_path / "two"), ""
        )
        == runs[0][1]
    )


def test_the_demo_shows_the_four_incidents_and_one_repository_as_it_should_be(remit, tmp_path):
    done = remit("demo", "--now", NOW)
    assert done.stdout.startswith("NINE-SECOND TEST  LOST")
    for chain in (
        "railway:volume:* is lost",
        "aws_db_instance.courses",
        "sales-crm",
        "shop-web",
        "INC-01",
        "INC-02",
        "INC-03",
        "INC-04",
    ):
        assert chain in done.stdout, chain
    page = (tmp_path / "remit-demo" / "report.html").read_text()
    result = json.loads((tmp_path / "remit-demo" / "result.json").read_text())
    lost = {
        (agent["target"], each["resource"]): each["verdict"]
        for agent in result["nine_second_test"]["agents"]
        for each in agent["destroys"]
    }
    assert lost["pocket-cars", "railway:volume:*"] == "lost"
    assert lost["course-site", "infra/aws_db_instance.courses"] == "lost"
    assert {target for target, _ in lost} == {"pocket-cars", "course-site", "sales-crm", "shop-web"}
    for target, resource in lost:
        assert target in page
        assert resource in page
    assert [
        each["control"]
        for each in result["findings"]
        if each["target"] == "ledger" and each["status"] in {"fail", "error"}
    ] == []


def test_the_demo_leaves_other_peoples_files_alone(remit, tmp_path, write):
    write(tmp_path / "mine", {"precious.txt": "x"})
    done = remit("demo", "--output", "mine")
    assert done.returncode == 2
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["precious.txt"]
