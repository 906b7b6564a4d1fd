"""Running the collectors: cold or warm, alone or in many processes, the same facts."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from remit.collect.cache import Cache
from remit.collect.collector import Document, Scope
from remit.collect.run import (
    ALONE_BYTES,
    Options,
    collectors,
    digest,
    linked,
    read,
    wanted_by_name,
    wanted_through_link,
)
from remit.collect.tree import open_target
from remit.errors import CollectError
from remit.evidence import CredentialFile
from remit.policy.model import Policy

KEY = b"k" * 32
SCOPE = Scope(Policy(), "sample", datetime(2026, 11, 21, tzinfo=UTC))
TOKEN = "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd"


def opened(root):
    return open_target(root, exclude=(), wanted=wanted_by_name, through_link=wanted_through_link)


def encoded(facts):
    """Facts in a form that compares by value whatever is unknown in them."""
    return {name: [repr(each) for each in found] for name, found in facts.by_collector.items()}, facts.gaps, facts.files


@pytest.fixture
def sample(tmp_path, write):
    root = write(
        tmp_path / "sample",
        {
            ".claude/settings.json": '{"permissions": {"allow": ["Bash(terraform destroy:*)"]}}',
            ".env": f"GITHUB_TOKEN={TOKEN}\n",
            "infra/main.tf": 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n',
            "db/001.sql": "CREATE ROLE agent LOGIN; GRANT SELECT ON t TO agent;",
            "package.json": '{"scripts": {"db": "drizzle-kit push --force"}}',
            "broken.tf.json": "{{{{",
            "compose.yaml": "services: {a: {image: x, privileged: true}}",
            "README.md": "nothing here",
        },
    )
    time.sleep(0.05)  # older than what a file's times can tell apart
    return root


@pytest.fixture
def store(tmp_path):
    return tmp_path / "cache" / "facts.sqlite"


def reading(tree, store, *, jobs=1, key=KEY):
    cache = Cache(store)
    try:
        return read([tree], cache, Options(key, jobs))
    finally:
        cache.close()


def test_cold_warm_and_uncached_runs_see_the_same(sample, store):
    cold = reading(opened(sample), store)
    warm = reading(opened(sample), store)
    assert encoded(cold) == encoded(warm) == encoded(reading(opened(sample), None))
    assert cold.gaps
    assert sum(map(len, cold.by_collector.values())) >= 5


def test_a_warm_run_opens_no_file(sample, store):
    cold = reading(opened(sample), store)
    tree = opened(sample)
    tree.entries = [replace(entry, real="/nowhere/at/all") for entry in tree.entries]
    assert encoded(reading(tree, store)) == encoded(cold)
    blind = reading(tree, None)
    assert len(blind.gaps) == len(tree.entries)


def test_a_change_is_noticed_though_size_and_time_are_put_back(sample, store):
    reading(opened(sample), store)
    place = sample / ".claude" / "settings.json"
    before = place.stat()
    place.write_text(place.read_text().replace("terraform destroy", "terraform init   "))
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert place.stat().st_size == before.st_size
    assert encoded(reading(opened(sample), store)) == encoded(reading(opened(sample), None))


def test_a_change_right_after_reading_is_noticed(sample, store):
    place = sample / ".env"
    for number in range(30):
        place.write_text(f"GITHUB_TOKEN={TOKEN[:-2]}{number:02}\n")
        assert encoded(reading(opened(sample), store)) == encoded(reading(opened(sample), None))


def test_files_that_come_go_and_move_are_noticed(sample, store):
    reading(opened(sample), store)
    (sample / "README.md").unlink()
    (sample / "db" / "001.sql").rename(sample / "db" / "002.sql")
    (sample / "new.env").write_text(f"TOKEN={TOKEN}")
    facts = reading(opened(sample), store)
    assert encoded(facts) == encoded(reading(opened(sample), None))
    assert facts.files == 8


def test_a_file_that_git_learns_of_is_seen_anew_although_it_did_not_change(tmp_path, repository, write, git, store):
    root = write(repository(tmp_path / "shop", {"a.txt": "x"}), {".env": f"GITHUB_TOKEN={TOKEN}\n"})
    time.sleep(0.05)
    (before,) = reading(opened(root), store).by_collector["credentials"]
    git(root, "add", "-f", ".env")
    (after,) = reading(opened(root), store).by_collector["credentials"]
    assert (before.standing, after.standing) == ("untracked", "tracked")


def test_facts_made_with_another_key_are_not_reused(sample, store):
    (one,) = reading(opened(sample), store).by_collector["credentials"]
    (other,) = reading(opened(sample), store, key=b"z" * 32).by_collector["credentials"]
    assert one.fingerprint != other.fingerprint
    assert digest(KEY) != digest(b"z" * 32)


def test_a_copy_elsewhere_shares_its_facts(sample, store, tmp_path):
    reading(opened(sample), store)

    def kept():
        with sqlite3.connect(store) as database:
            rows = database.execute("SELECT id, payload FROM fact").fetchall()
        database.close()
        return dict(rows)

    before = kept()
    reading(opened(shutil.copytree(sample, tmp_path / "copy")), store)
    assert kept() == before
    assert len(before) >= 5


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[", b"[1, 2]", b'[{"agents": 3}, []]', b'[{"agents": [{"x": 1}]}, []]', b"\xff\xfe"]
)
def test_payloads_that_are_not_what_was_stored_are_made_again(sample, store, payload):
    cold = reading(opened(sample), store)
    with sqlite3.connect(store) as database:
        database.execute("UPDATE fact SET payload = ?", (payload,))
    database.close()
    assert encoded(reading(opened(sample), store)) == encoded(cold)
    assert encoded(reading(opened(sample), store)) == encoded(cold)


def test_nothing_stored_holds_a_secret(sample, store):
    reading(opened(sample), store)
    held = b"".join(path.read_bytes() for path in store.parent.iterdir())
    assert b"GITHUB_TOKEN" in held
    assert TOKEN[4:14].encode() not in held


def test_many_processes_see_what_one_sees(tmp_path, write, store):
    filler = "x = 'nothing to see'\n" * 10_000
    files = {f"src/file{number}.py": filler + f"# {number}\n" for number in range(ALONE_BYTES // len(filler) + 20)}
    files |= {f"conf/{number}.env": f"GITHUB_TOKEN={TOKEN[:-2]}{number:02}\n" for number in range(30)}
    root = write(tmp_path / "large", files | {"bad.toml.tf": "resource {", ".codex/config.toml": "= broken"})
    os.mkfifo(root / "pipe.env")
    one = encoded(reading(opened(root), None, jobs=1))
    assert encoded(reading(opened(root), store, jobs=4)) == one
    assert encoded(reading(opened(root), store, jobs=3)) == one
    assert len(one[0]["credentials"]) == 30


def test_a_bare_repository_is_read_in_many_processes_too(tmp_path, repository, git):
    filler = "x = 'nothing to see'\n" * 30_000
    root = repository(
        tmp_path / "large", {f"file{n}.py": f"{filler}# {n}" for n in range(20)} | {".env": f"T={TOKEN}\n"}
    )
    git(tmp_path, "clone", "-q", "--bare", str(root), "large.git")
    one = encoded(reading(opened(tmp_path / "large.git"), None, jobs=1))
    assert encoded(reading(opened(tmp_path / "large.git"), None, jobs=4)) == one


def test_progress_counts_every_file_once(sample):
    calls = []
    read([opened(sample)], Cache(None), Options(KEY, progress=lambda done, total: calls.append((done, total))))
    assert calls[-1] == (8, 8)


# ------------------------------------------------------------------------------------------------ trouble


def test_a_file_that_vanishes_between_listing_and_reading_is_a_gap(sample):
    tree = opened(sample)
    (sample / ".env").unlink()
    (gap,) = [gap for gap in reading(tree, None).gaps if gap.path == ".env"]
    assert gap.reason == "cannot be opened: No such file or directory"
    assert "CredentialFile" in gap.affects


PLUGIN = """
from dataclasses import dataclass
from remit.collect.collector import Collector
from remit.errors import CollectError
from remit.evidence import Gap

@dataclass(frozen=True, slots=True)
class Fact:
    path: str

@dataclass(frozen=True, slots=True)
class Thing:
    path: str
    KIND = "thing"
    @property
    def name(self): return self.path

def parse(document):
    if "crash" in document.path: raise KeyError("a value of the file: " + document.text())
    if "deep" in document.path: return parse(document)
    if "refuse" in document.path: raise CollectError("is not to its liking", 7)
    if "partly" in document.path:
        yield Fact(document.path)
        yield Gap("probe", document.path, "the rest is not read", ("Thing",))
        return
    yield Fact(document.path)

def link(facts, gaps, scope):
    if scope.target == "crash": raise ZeroDivisionError("secret")
    for fact in facts: yield Thing(fact.path)

PROBE = Collector("probe", 1, Fact, (Thing,), lambda path: path.endswith(".probe"), parse, link)
"""


@pytest.fixture
def probe(tmp_path, write, monkeypatch):
    """An installed plug-in with a collector that breaks on some files."""
    write(
        tmp_path / "plugins",
        {
            "remit_probe/__init__.py": PLUGIN,
            "remit_probe-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: remit-probe\nVersion: 1.0\n",
            "remit_probe-1.0.dist-info/entry_points.txt": "[remit.collectors]\nprobe = remit_probe\n",
        },
    )
    monkeypatch.syspath_prepend(str(tmp_path / "plugins"))
    collectors.cache_clear()
    yield
    collectors.cache_clear()
    sys.modules.pop("remit_probe", None)


def test_a_collector_that_breaks_costs_one_file_of_its_own(tmp_path, write, probe, sample):
    root = write(sample, {"a.probe": "x", "crash.probe": "hunter2", "refuse.probe": "", "partly.probe": ""})
    facts = reading(opened(root), None)
    assert [fact.path for fact in facts.by_collector["probe"]] == ["a.probe", "partly.probe"]
    found = {gap.path: gap for gap in facts.gaps if gap.collector == "probe"}
    assert set(found) == {"crash.probe", "refuse.probe", "partly.probe"}
    assert found["crash.probe"].reason.startswith("the collector broke on KeyError (parse:")
    assert "hunter2" not in found["crash.probe"].reason
    assert found["refuse.probe"].reason == "line 7: is not to its liking"
    assert {gap.affects for gap in found.values()} == {("Thing",)}
    assert len(facts.by_collector["agents"]) == 1


def test_a_collector_that_breaks_while_linking_costs_its_own_subjects(sample, write, probe):
    facts = reading(opened(write(sample, {"a.probe": ""})), None)
    whole, broken = linked(facts, SCOPE), linked(facts, replace(SCOPE, target="crash"))
    assert {type(each).__name__ for each in whole.subjects} - {type(each).__name__ for each in broken.subjects} == {
        "Thing"
    }
    (gap,) = set(broken.gaps) - set(whole.gaps)
    assert gap.reason.startswith("the collector broke on ZeroDivisionError (link:")
    assert "secret" not in gap.reason


def test_gaps_of_the_listing_hide_what_could_have_been_there(tmp_path, write):
    root = write(tmp_path / "app", {"a.txt": "x"})
    os.mkfifo(root / "schema.sql")
    (root / ".claude").symlink_to("/nowhere")
    (root / "round").symlink_to("round")
    affects = {gap.path: set(gap.affects) for gap in reading(opened(root), None).gaps}
    everything = {subject.__name__ for collector in collectors() for subject in collector.subjects}
    assert affects[".claude/"] == everything
    assert {"RoleCatalogue", "CredentialFile"} <= affects["schema.sql"] < everything
    assert affects["round"] == set()


@pytest.mark.parametrize("collector", collectors(), ids=lambda collector: collector.name)
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"\xff\xfe\x00\xd8", b"[" * 100_000, b"{" * 100_000, b'"' * 50_000, b"\xef\xbb\xbf"]
)
def test_every_collector_survives_every_content_under_every_name(collector, content):
    names = (".claude/settings.json", ".codex/config.toml", ".mcp.json", "main.tf", "main.tf.json", "a.sql", "Makefile",
             "package.json", ".github/workflows/a.yml", "compose.yml", "Dockerfile", ".devcontainer/devcontainer.json",
             ".env", "remit.toml", ".pre-commit-config.yaml", "alerts/rules.yaml", "run.sh", "terraform.tfstate")  # fmt: skip
    for name in filter(collector.wants, names):
        try:
            list(collector.parse(Document(name, content, "tracked", KEY)))
        except CollectError as error:
            assert error.reason
            assert "\n" not in error.reason


@pytest.mark.parametrize(
    ("path", "own", "wanted"),
    [
        (".claude/settings.json", "shared/settings.json", True),
        (".claude/settings.json", "other/.claude/settings.json", True),
        ("remit.toml", "policies/agents.toml", True),
        (".env", "config/plain", True),
        ("copy/main.tf", "infra/main.tf", False),
        ("infra/main.tf", "templates/main.tf.tpl", True),
        ("copy.py", "src/a.py", False),
        ("notes", ".git/description", True),
    ],
)
def test_a_linked_file_is_read_again_only_where_its_place_means_something(path, own, wanted):
    assert wanted_through_link(path, own) is wanted


def test_subjects_do_not_depend_on_who_reads_first(sample, store):
    reading(opened(sample), store)
    warm, cold = linked(reading(opened(sample), store), SCOPE), linked(reading(opened(sample), None), SCOPE)
    assert [repr(each) for each in warm.subjects] == [repr(each) for each in cold.subjects]
    assert [each.path for each in cold.subjects if isinstance(each, CredentialFile)] == [".env"]
