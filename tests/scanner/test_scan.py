"""One scan, from files on a disk to a Result."""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit.audit import Request, audit
from remit.demo import write_demo
from remit.errors import UsageError
from remit.policy.defaults import PROTECTED_TYPES
from remit.policy.loader import load_policy
from remit.scan import scan

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RAILWAY = "".join(["7f3e9a1c", "-4b2d-4", "e6f-9", "a8b-", "0c1d2e3f4a5b"])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, so that nothing of this machine is read or written."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path / "HOME"


def scanned(*targets: Path, policy: str | None = None, **changes):
    loaded = load_policy(None)
    if policy is not None:
        file = targets[0].parent / "policy-of-the-auditor.toml"
        file.write_text(policy)
        loaded = load_policy(file, now=NOW)
    return scan(Request(targets, loaded, NOW, **changes))


def statuses(result, control):
    return {finding.subject.name: finding.status for finding in result.findings if finding.control == control}


@pytest.fixture
def wiped(tmp_path, write):
    """The repository of the nine-second wipe, in small."""
    return write(
        tmp_path / "cars",
        {
            "tools/domains.sh": f'curl -H "Authorization: Bearer {RAILWAY}" https://backboard.railway.com/graphql/v2\n',
            ".cursor/permissions.json": '{"approvalMode": "unrestricted", "terminalAllowlist": ["curl:*"]}',
        },
    )


def test_the_chain_of_the_wipe_is_in_the_result(wiped):
    result = scanned(wiped)
    (agent,) = result.nine_second_test.agents
    lost = next(each for each in agent.destroys if each.resource.startswith("railway:"))
    assert (agent.agent, agent.assumed, agent.target) == ("cursor", False, "cars")
    assert lost.verdict == "lost"
    assert [step.node.partition(":")[0] for step in lost.path] == ["agent", "file", "credential"]
    assert any(place.path == "tools/domains.sh" and place.line == 1 for step in lost.path for place in step.evidence)
    assert (result.verdict, result.nine_second_test.verdict) == ("fails", "lost")
    assert statuses(result, "LP-011")["tools/domains.sh"] == "fail"


def test_an_agent_is_assumed_where_none_is_named_unless_the_policy_rules_them_out(tmp_path, write):
    root = write(tmp_path / "plain", {"main.py": "x = 1"})
    assert [agent.assumed for agent in scanned(root).nine_second_test.agents] == [True]
    used = '[[agents.used]]\ntarget = "*"\nagents = {}\n'
    nobody = scanned(root, policy=used.format("[]"))
    assert (nobody.nine_second_test.verdict, nobody.nine_second_test.agents) == ("no-agent", ())
    assert len(scanned(root, policy=used.format('["claude-code"]')).nine_second_test.agents) == 1


def test_an_agent_that_is_there_is_tested_whatever_the_policy_says(wiped):
    result = scanned(wiped, policy="[[agents.used]]\nagents = []\n")
    assert result.nine_second_test.verdict == "lost"


def test_a_gap_makes_a_run_incomplete_and_names_its_place(tmp_path, write):
    root = write(tmp_path / "plain", {"main.py": "x = 1", "big.sql": ""})
    os.truncate(root / "big.sql", 4 * 1024**3)
    result = scanned(root, fail_on="never")
    assert [(gap.path, gap.target) for gap in result.gaps] == [("big.sql", "plain")]
    assert result.verdict == "incomplete"
    assert set(statuses(result, "LP-003").values()) == {"unknown"}


def test_the_sources_of_files_left_out_are_counted(tmp_path, write):
    root = write(
        tmp_path / "plain",
        {"main.py": "", "node_modules/a.js": "", "node_modules/b.js": "", "docs/a.md": "", "x.png": ""},
    )
    (target,) = scanned(root, exclude=("docs",)).targets
    assert [(each.path, each.files) for each in target.not_searched] == [
        ("docs", 1),
        ("media and archives", 1),
        ("node_modules", 2),
    ]
    assert (target.kind, target.files_read) == ("directory", 1)


# ------------------------------------------------------------------------------------------------ several targets


@pytest.fixture
def several(tmp_path):
    directory = tmp_path / "demo"
    return write_demo(directory)


def test_the_order_of_targets_does_not_matter(several):
    forwards, backwards = scanned(*several), scanned(*reversed(several))
    assert forwards.to_json() == backwards.to_json()
    assert [target.id for target in forwards.targets] == sorted(path.name for path in several)


def test_the_same_target_twice_is_an_error(several, tmp_path):
    (tmp_path / "link").symlink_to(several[0])
    for second in (several[0], several[0] / ".", tmp_path / "link"):
        with pytest.raises(UsageError, match="given twice"):
            scanned(several[0], second)


def test_two_targets_of_one_name_cannot_be_told_apart(tmp_path, write):
    one, other = write(tmp_path / "a" / "web", {"x": ""}), write(tmp_path / "b" / "web", {"x": ""})
    with pytest.raises(UsageError, match="both called web"):
        scanned(one, other)


def test_one_target_that_cannot_be_audited_stops_the_run(several, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        scanned(*several, tmp_path / "missing")


def test_findings_of_each_target_are_those_of_a_run_of_its_own(several):
    together = scanned(*several)
    for path in several:
        alone = scanned(path)
        assert alone.findings == tuple(each for each in together.findings if each.target == path.name)
        assert alone.nine_second_test.agents == tuple(
            each for each in together.nine_second_test.agents if each.target == path.name
        )


def test_arrays_are_sorted_and_fingerprints_unique(several):
    result = scanned(*several)
    assert [(each.target, each.control) for each in result.findings] == sorted(
        (each.target, each.control) for each in result.findings
    )
    assert [each.id for each in result.controls] == sorted(each.id for each in result.controls)
    prints = [each.fingerprint for each in result.findings]
    assert len(set(prints)) == len(prints)


# ------------------------------------------------------------------------------------------------ fingerprints


def test_a_fingerprint_outlives_moved_lines_and_moved_checkouts(wiped, tmp_path):
    before = {each.fingerprint: each.status for each in scanned(wiped).findings}
    script = wiped / "tools" / "domains.sh"
    script.write_text("#!/bin/sh\n# comments\n\n\n" + script.read_text())
    moved = shutil.move(wiped, tmp_path / "elsewhere" / "cars") if (tmp_path / "elsewhere").mkdir() is None else None
    assert {each.fingerprint: each.status for each in scanned(Path(moved)).findings} == before


def test_a_fingerprint_changes_with_the_subject(wiped):
    before = {
        each.fingerprint for each in scanned(wiped).findings if each.status == "fail" and each.control == "LP-011"
    }
    (wiped / "tools" / "domains.sh").rename(wiped / "tools" / "other.sh")
    after = {each.fingerprint for each in scanned(wiped).findings if each.status == "fail" and each.control == "LP-011"}
    assert before
    assert after
    assert not before & after


# ------------------------------------------------------------------------------------------------ the machine


def test_the_machine_is_read_only_when_asked_for(wiped, home, write):
    write(
        home,
        {
            ".railway/config.json": json.dumps({"user": {"token": RAILWAY}}),
            ".claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}',
            ".ssh/id_ed25519": "-----BEGIN "
            + "OPENSSH PRIVATE KEY-----\n"
            + "b3BlbnNzaC1rZXk" * 8
            + "\n-----END "
            + "OPENSSH PRIVATE KEY-----\n",
        },
    )
    # A message may name places in the home as such; what was read there would begin a value with one.
    assert '"~/' not in scanned(wiped).to_json()
    (audited,) = audit(Request((wiped,), load_policy(None), NOW, machine=True))
    paths = {file.path for file in audited.graph.credential_files}
    assert {"~/.railway/config.json", "~/.ssh/id_ed25519"} <= paths
    assert any("~/.claude/settings.json" in agent.files for agent in audited.graph.agents)
    assert str(home) not in scan(Request((wiped,), load_policy(None), NOW, machine=True)).to_json()


def test_links_in_the_home_are_followed_and_pipes_there_are_gaps(wiped, home, write, tmp_path):
    write(tmp_path / "dotfiles", {"npmrc": "//registry.example/:_authToken=" + "npm" + "_" + "a1B2c3D4e5F6" * 3 + "\n"})
    (home / ".npmrc").symlink_to(tmp_path / "dotfiles" / "npmrc")
    os.mkfifo(home / ".netrc")
    (home / ".vault-token").mkdir()
    (home / ".docker").write_text("a file where a directory is looked for")
    result = scanned(wiped, machine=True)
    assert ("~/.netrc", "is no regular file, so it was not read") in [(gap.path, gap.reason) for gap in result.gaps]
    assert not [gap for gap in result.gaps if "vault" in gap.path or "docker" in gap.path]
    (audited,) = audit(Request((wiped,), load_policy(None), NOW, machine=True))
    assert "~/.npmrc" in {file.path for file in audited.graph.credential_files}


def test_a_home_with_odd_characters_is_searched(wiped, tmp_path, monkeypatch, write):
    odd = write(
        tmp_path / "home [x]*",
        {
            ".ssh/id_rsa": "-----BEGIN "
            + "RSA PRIVATE KEY-----\nMIIE"
            + "q7Zt" * 40
            + "\n-----END "
            + "RSA PRIVATE KEY-----\n"
        },
    )
    monkeypatch.setenv("HOME", str(odd))
    (audited,) = audit(Request((wiped,), load_policy(None), NOW, machine=True))
    assert "~/.ssh/id_rsa" in {file.path for file in audited.graph.credential_files}


# ------------------------------------------------------------------------------------------------ the repository's own policy


def values(result, control):
    return [finding for finding in result.findings if finding.control == control]


TERRAFORM = """
resource "aws_db_instance" "main" {
  deletion_protection = true
  lifecycle {
    prevent_destroy = true
  }
}
resource "aws_instance" "web" {
  ami = "x"
}
"""
STRICTER = f"[iac]\nprotected_types = {json.dumps([*PROTECTED_TYPES, 'aws_instance'])}\n"
"""A type that the auditor's policy does not ask to protect."""


@pytest.fixture
def guarded(tmp_path, write):
    return write(tmp_path / "guarded", {"infra/main.tf": TERRAFORM, "main.py": ""})


@pytest.mark.parametrize("name", ["remit.toml", ".remit.toml", ".remit/policy.toml"])
def test_a_repositorys_policy_that_loosens_is_a_finding_and_changes_nothing(guarded, write, name):
    before = statuses(scanned(guarded), "BK-011")
    write(guarded, {name: "[backup]\nmin_retention_days = 1\n"})
    result = scanned(guarded)
    assert statuses(result, "LP-038") == {name: "fail"}
    assert "backup.min_retention_days" in values(result, "LP-038")[0].message
    assert statuses(result, "BK-011") == before


def test_a_repositorys_policy_that_tightens_takes_effect(guarded, write):
    assert statuses(scanned(guarded), "BK-011") == {"infra": "pass"}
    write(guarded, {"remit.toml": STRICTER})
    result = scanned(guarded)
    assert statuses(result, "LP-038") == {"remit.toml": "pass"}
    assert statuses(result, "BK-011") == {"infra": "fail"}
    assert "aws_instance.web" in values(result, "BK-011")[0].message


@pytest.mark.parametrize(
    "other",
    [
        "not = [toml",
        "unknown_key = 1\n",
        'extends = "../policy.toml"\n',
        "[backup]\nmin_retention_days = 1\n",
        "[backup]\nmin_retention_days = 'x'\n",
    ],
)
@pytest.mark.parametrize("names", [("remit.toml", ".remit.toml"), (".remit.toml", "remit.toml")])
def test_a_second_policy_that_is_broken_takes_nothing_of_the_first_away(guarded, write, names, other):
    strict, broken = names
    write(guarded, {strict: STRICTER, broken: other})
    result = scanned(guarded)
    assert statuses(result, "LP-038") == {strict: "pass", broken: "fail"}
    assert statuses(result, "BK-011") == {"infra": "fail"}


def test_a_repositorys_policy_can_neither_except_nor_attest(wiped, write):
    before = [each.status for each in scanned(wiped).findings if each.control != "LP-038"]
    write(
        wiped,
        {
            "remit.toml": '[[exceptions]]\ncontrol = "LP-011"\nscope = { target = "*" }\napprover = "CTO"\nreason = "x"\n'
            'ticket = "x"\nfrom = 2026-11-01\nuntil = 2026-12-01\n'
        },
    )
    result = scanned(wiped)
    assert [each.status for each in result.findings if each.control != "LP-038"] == before
    assert statuses(result, "LP-038") == {"remit.toml": "fail"}


# ------------------------------------------------------------------------------------------------ exceptions of the auditor

EXCEPTION = """
[[exceptions]]
control = "LP-011"
scope = {{ target = "cars" }}
approver = "CTO"
requested_by = "dev@acme.example"
reason = "rotation is under way"
ticket = "OPS-7"
from = {start}
until = {until}
"""


def test_a_dated_exception_waives_and_is_shown(wiped):
    result = scanned(wiped, policy=EXCEPTION.format(start="2026-11-01", until="2026-12-01"))
    (waived,) = [each for each in result.findings if each.status == "waived"]
    assert (waived.control, waived.waiver.approver, waived.waiver.until) == ("LP-011", "CTO", "2026-12-01")


def test_an_expired_exception_waives_nothing_and_is_a_finding(wiped):
    result = scanned(wiped, policy=EXCEPTION.format(start="2026-09-01", until="2026-10-01"))
    assert "waived" not in {each.status for each in result.findings}
    assert "fail" in statuses(result, "LP-011").values()
    (expired,) = [each for each in values(result, "LP-009") if each.status == "fail"]
    assert expired.sources[0].path.endswith("policy-of-the-auditor.toml")


# ------------------------------------------------------------------------------------------------ the law of ignorance


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    directory = tmp_path_factory.mktemp("law") / "demo"
    for path in write_demo(directory):
        shutil.rmtree(path / ".git", ignore_errors=True)
    return directory


@pytest.mark.parametrize(
    ("hide", "agent"),
    [
        (lambda root: os.mkfifo(root / ".claude" / "settings.json"), "claude-code"),
        (lambda root: os.mkfifo(root / ".claude" / "settings.local.json"), "claude-code"),
        (lambda root: ((root / ".claude").rmdir(), (root / ".claude").symlink_to("/nowhere")), "claude-code"),
        (
            lambda root: os.truncate(os.open(root / ".claude" / "settings.json", os.O_CREAT | os.O_WRONLY), 2**32),
            "claude-code",
        ),
        (lambda root: (root / ".claude" / "settings.json").write_bytes(b"{}\0"), "claude-code"),
        (lambda root: (root / ".codex").symlink_to("/nowhere"), "codex"),
        (lambda root: (root / ".cursor").symlink_to("/nowhere"), "cursor"),
    ],
    ids=["pipe", "local pipe", "folder", "too large", "nul", "codex folder", "cursor folder"],
)
def test_an_agent_whose_settings_nobody_could_read_is_never_found_to_ask(tmp_path, write, hide, agent):
    root = write(tmp_path / "hidden", {"CLAUDE.md": "Be careful."})
    (root / ".claude").mkdir()
    hide(root)
    result = scanned(root)
    assert statuses(result, "LP-027")[agent] == "unknown"
    assert "pass" not in {
        each.status for each in result.findings if each.subject.kind == "agent" and agent in each.subject.name
    }
    assert result.verdict != "meets"
    assert result.gaps


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["pocket-cars", "sales-crm", "course-site", "shop-web", "ledger"]), data=st.data())
def test_hiding_files_never_raises_what_is_proven_nor_turns_a_fail_into_a_pass(sample, tmp_path_factory, name, data):
    files = sorted(path.relative_to(sample / name).as_posix() for path in (sample / name).rglob("*") if path.is_file())
    hidden = data.draw(st.sets(st.sampled_from(files), min_size=1, max_size=len(files) - 1))
    partly = shutil.copytree(sample / name, tmp_path_factory.mktemp("partly") / name)
    for path in hidden:
        (partly / path).unlink()
        os.mkfifo(partly / path)
    policy = load_policy(sample / "policy.toml", now=NOW)
    whole, less = (scan(Request((root,), policy, NOW, cache=False)) for root in (sample / name, partly))
    assert less.verdict != "meets"
    for dimension, score in less.scores.items():
        assert (score.proven or 0) <= (whole.scores[dimension].proven or 0), dimension
    failed = {(each.control, each.subject.name) for each in whole.findings if each.status == "fail"}
    passed = {(each.control, each.subject.name) for each in less.findings if each.status == "pass"}
    assert not failed & passed


def test_the_order_of_a_directory_does_not_matter(sample, tmp_path):
    """The same files made in another order, as another file system would list them."""
    source = sample / "shop-web"
    made = {}
    for seed in (1, 2):
        root = tmp_path / str(seed) / "shop-web"
        paths = [path for path in source.rglob("*") if path.is_file()]
        random.Random(seed).shuffle(paths)
        for path in paths:
            place = root / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        made[seed] = scanned(root).to_json()
    assert made[1] == made[2]
