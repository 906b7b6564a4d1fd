"""The same input, policy and time give the same bytes, however and wherever the command is run."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import jsonschema
import pytest

from remit.demo import write_demo

NOW = "2026-11-21T12:00:00Z"
NAMES = ("course-site", "ledger", "pocket-cars", "sales-crm", "shop-web")


@pytest.fixture
def organisation(tmp_path, write):
    """The sample organisation, with trouble in it and enough to read for several processes."""
    write_demo(tmp_path / "demo")
    filler = "const nothing = process.env.NOTHING_TO_SEE || 'https://example.org/x';\n" * 3000
    write(tmp_path / "demo" / "shop-web", {f"src/file{number}.ts": f"// {number}\n{filler}" for number in range(60)})
    write(tmp_path / "demo" / "sales-crm", {"broken.tf": "resource {", "db/broken.sql": "GRANT ON;", ".mcp.json": "{"})
    os.mkfifo(tmp_path / "demo" / "pocket-cars" / "pipe.env")
    (tmp_path / "demo" / "pocket-cars" / "round").symlink_to("round")
    time.sleep(0.05)
    return tmp_path / "demo"


@pytest.fixture
def bytes_of(remit, organisation):
    """The JSON that a scan of the organisation prints."""

    def run(*arguments, targets=NAMES, **options):
        done = remit(
            "scan", *(organisation / name for name in targets), "--policy", organisation / "policy.toml",
            "--now", NOW, "--format", "json=-", *arguments, **options,
        )  # fmt: skip
        assert done.returncode == 1
        return done.stdout

    return run


def test_neither_jobs_nor_cache_nor_order_nor_surroundings_change_a_byte(bytes_of, surroundings, tmp_path):
    first = bytes_of("--jobs", "1", "--no-cache")
    facts = Path(surroundings["XDG_CACHE_HOME"], "remit", "facts.sqlite")
    assert not facts.exists()
    runs = {
        "four jobs, cold": bytes_of("--jobs", "4"),
        "four jobs, warm": bytes_of("--jobs", "4"),
        "one job, warm": bytes_of("--jobs", "1"),
        "four jobs, no cache": bytes_of("--jobs", "4", "--no-cache"),
        "other order": bytes_of("--jobs", "4", targets=NAMES[::-1]),
        "other hashes": bytes_of("--no-cache", env={"PYTHONHASHSEED": "1"}),
        "more hashes": bytes_of("--no-cache", env={"PYTHONHASHSEED": "4242"}),
        "other place and time": bytes_of(cwd=os.sep, env={"TZ": "Asia/Tokyo", "LC_ALL": "C", "COLUMNS": "61"}),
        "another user": bytes_of(env={name: str(tmp_path / "other" / name) for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}),
        "nowhere to write": bytes_of(env={"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/x", "XDG_STATE_HOME": "/dev/null/x"}),
        "a whole and damaged cache": bytes_of() and (facts.write_bytes(facts.read_bytes()[: 8 * 4096]), bytes_of())[1],
    }  # fmt: skip
    assert facts.exists()
    assert [name for name, text in runs.items() if text != first] == []
    assert len(json.loads(first)["gaps"]) >= 4


def test_every_report_is_the_same_too(remit, organisation):
    def reports(*arguments):
        return [
            remit("scan", organisation / "sales-crm", "--now", NOW, "--format", form, *arguments).stdout
            for form in ("terminal", "markdown", "html")
        ] + [
            remit("inventory", organisation / "sales-crm", "--now", NOW, "--format", form, *arguments).stdout
            for form in ("json", "terminal")
        ]

    assert reports() == reports("--jobs", "3")


def test_a_change_is_noticed_and_taking_it_back_too(bytes_of, organisation):
    first = bytes_of()
    place = organisation / "ledger" / ".claude" / "settings.json"
    before = place.read_bytes()
    place.write_text('{"permissions": {"defaultMode": "bypassPermissions"}}')
    assert bytes_of() != first
    place.write_bytes(before)
    assert bytes_of() == first


def test_a_touched_file_changes_nothing(bytes_of, organisation):
    first = bytes_of()
    for path in (organisation / "ledger").rglob("*.tf"):
        os.utime(path, (1, 1))
    assert bytes_of() == first


def test_a_checkout_elsewhere_differs_in_nothing_but_where_it_lies(remit, organisation, tmp_path, git):
    git(organisation / "shop-web", "remote", "add", "origin", "https://git.example/acme/shop.git")
    moved = shutil.copytree(organisation / "shop-web", tmp_path / "moved" / "another-name", symlinks=True)
    one, other = (
        remit("scan", root, "--now", NOW, "--format", "json").stdout for root in (organisation / "shop-web", moved)
    )
    assert one == other


def test_a_bare_clone_is_judged_as_the_work_tree(remit, organisation, tmp_path, git):
    for name in ("course-site", "ledger"):
        git(organisation / name, "clean", "-qfdx")
        git(organisation / name, "remote", "add", "origin", f"https://git.example/acme/{name}.git")
        git(tmp_path, "clone", "-q", "--bare", str(organisation / name), f"{name}.git")
        git(tmp_path / f"{name}.git", "remote", "set-url", "origin", f"https://git.example/acme/{name}.git")
        results = [
            json.loads(remit("scan", root, "--now", NOW, "--format", "json").stdout)
            for root in (organisation / name, tmp_path / f"{name}.git")
        ]
        assert [result["targets"][0].pop("kind") for result in results] == ["git", "bare"]
        assert results[0] == results[1]


def test_what_is_printed_fits_the_schemas_that_are_printed(remit, bytes_of, organisation):
    printed = {name: json.loads(remit("report", "--schema", name).stdout) for name in ("result", "inventory")}
    for document in printed.values():
        jsonschema.Draft202012Validator.check_schema(document)
    jsonschema.validate(json.loads(bytes_of()), printed["result"], cls=jsonschema.Draft202012Validator)
    for name in NAMES:
        found = remit("inventory", organisation / name, "--format", "json")
        assert found.returncode == (3 if name in {"sales-crm", "pocket-cars"} else 0)
        jsonschema.validate(json.loads(found.stdout), printed["inventory"], cls=jsonschema.Draft202012Validator)
