"""The command line as pipelines know it: exit codes, determinism, and what bad input does."""

import json
import os
import secrets
import subprocess
import sysconfig
import uuid
from pathlib import Path

import jsonschema
import pytest

REMIT = Path(sysconfig.get_path("scripts")) / "remit"
NOW = ("--now", "2026-11-21T00:00:00Z")


@pytest.fixture
def remit(tmp_path):
    """Run the installed command with a home of its own."""

    def run(*arguments, cwd=tmp_path, **environment):
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "PYTHON"))}
        done = subprocess.run(
            [REMIT, *map(str, arguments)],
            cwd=cwd,
            env=kept | {"HOME": str(home), "COLUMNS": "100", "NO_COLOR": "1"} | environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def organisation(tmp_path_factory):
    place = tmp_path_factory.mktemp("organisation") / "demo"
    done = subprocess.run([REMIT, "demo", "--output", place, *NOW], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return place


def write(place, files):
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return place


# ------------------------------------------------------------------------------------------------ exit codes


def test_0_meets_the_policy(remit, organisation):
    done = remit("scan", organisation / "ledger", "--policy", organisation / "policy.toml", *NOW)
    assert done.returncode == 0, done.stdout
    assert "MEETS THE POLICY" in done.stdout


def test_1_findings(remit, organisation):
    assert remit("scan", organisation / "shop-web", *NOW).returncode == 1


def test_fail_on_never_leaves_findings_and_says_incomplete_or_meets(remit, organisation):
    done = remit("scan", organisation / "shop-web", "--fail-on", "never", *NOW)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan", "no-such-directory"], "does not exist"),
        (["scan", "--format", "docx"], "is not a format"),
        (["scan", "--format", "json", "--format", "html"], "two formats would go to stdout"),
        (["scan", "--jobs", "0"], "--jobs"),
        (["scan", "--now", "yesterday"], "is not a time"),
        (["scan", "--policy", "missing.toml"], "missing.toml"),
        (["scan", "--database", "postgres://x"], "No such option"),
        (["explain", "LP-999"], "no such control"),
        (["report", "missing.json"], "missing.json"),
        (["report"], "at least one result"),
        (["fix"], "No such command"),
    ],
)
def test_2_wrong_usage_says_what_and_where(remit, tmp_path, arguments, said):
    (tmp_path / "README.md").write_text("hi")
    done = remit(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr


def test_2_an_empty_folder_is_no_clean_one(remit, tmp_path):
    (tmp_path / "empty").mkdir()
    done = remit("scan", "empty")
    assert done.returncode == 2
    assert "holds no file" in done.stderr


def test_3_incomplete_and_allowed(remit, tmp_path, organisation):
    target = tmp_path / "ledger"
    subprocess.run(["cp", "-r", organisation / "ledger", target], check=True)
    with (target / "dump.sql").open("wb") as file:
        file.truncate(4 * 1024**3)
    policy = ("--policy", organisation / "policy.toml", *NOW)
    incomplete = remit("scan", target, *policy)
    assert incomplete.returncode == 3, incomplete.stdout
    assert "dump.sql" in incomplete.stdout
    assert remit("scan", target, *policy, "--allow-incomplete").returncode == 0


# ------------------------------------------------------------------------------------------------ determinism


def test_the_same_bytes_at_any_number_of_jobs_with_and_without_a_cache(remit, tmp_path, organisation):
    target = tmp_path / "many"
    for number in range(40):
        write(
            target,
            {f"src/f{number}.py": "x = 1\n" * 40_000, f"deploy/{number}/.env": f"API_TOKEN={secrets.token_hex(20)}\n"},
        )
    command = ("scan", target, organisation / "course-site", "--format", "json=-", *NOW)
    outputs = {
        remit(*command, "--jobs", "1").stdout,
        remit(*command, "--jobs", "4").stdout,
        remit(*command, "--jobs", "4", "--no-cache").stdout,
        remit("scan", organisation / "course-site", target, "--format", "json=-", *NOW).stdout,
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["schema"] == "remit.result/1"


def test_result_and_inventory_fit_the_schemas_that_the_command_prints(remit, organisation):
    for command, name in (("scan", "result"), ("inventory", "inventory")):
        schema = json.loads(remit("report", "--schema", name).stdout)
        for repository in ("pocket-cars", "course-site", "sales-crm", "shop-web", "ledger"):
            printed = remit(command, organisation / repository, "--format", "json", *NOW).stdout
            faults = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(printed)))
            assert faults == []


def test_a_stored_result_renders_the_same_without_its_repository(remit, tmp_path, organisation):
    target = tmp_path / "shop"
    subprocess.run(["cp", "-r", organisation / "shop-web", target], check=True)
    first = remit(
        "scan", target, "--format", "json=result.json", "--format", "html=a.html", "--format", "markdown=a.md", *NOW
    )
    assert first.returncode == 1
    subprocess.run(["rm", "-r", target], check=True)
    again = remit("report", "result.json", "--format", "html=b.html", "--format", "markdown=b.md")
    assert again.returncode == 1
    for suffix in ("html", "md"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_results_merge_and_the_same_target_twice_is_refused(remit, tmp_path, organisation):
    for name in ("shop-web", "ledger"):
        remit("scan", organisation / name, "--format", f"json={name}.json", *NOW)
    merged = json.loads(remit("report", "shop-web.json", "ledger.json", "--format", "json").stdout)
    assert [target["id"] for target in merged["targets"]] == ["ledger", "shop-web"]
    twice = remit("report", "ledger.json", "ledger.json")
    assert twice.returncode == 2
    assert "more than one" in twice.stderr


def test_the_demo_is_the_same_every_time_and_shows_the_four_chains(remit, tmp_path):
    first = remit("demo", "--output", "one", *NOW)
    before = (tmp_path / "one/result.json").read_bytes()
    remit("demo", "--output", "one", *NOW)
    assert first.stdout.rstrip().splitlines()[-1].startswith("HTML report: ")
    assert (tmp_path / "one/result.json").read_bytes() == before
    reached = {
        agent["target"]: [(each["resource"], each["verdict"]) for each in agent["destroys"]]
        for agent in json.loads((tmp_path / "one/result.json").read_text())["nine_second_test"]["agents"]
    }
    assert ("railway:volume:*", "lost") in reached["pocket-cars"]
    assert ("infra/aws_db_instance.courses", "lost") in reached["course-site"]
    assert any("neon.tech" in resource for resource, _ in reached["sales-crm"])
    assert any("rlwy.net" in resource for resource, _ in reached["shop-web"])
    assert reached["ledger"] == []


# ------------------------------------------------------------------------------------------------ bad input

DEEP = 100_000
BROKEN = {
    "JSON": {".claude/settings.json": '{"permissions": {"allow": ['},
    "deep JSON": {".claude/settings.json": '{"a":' * DEEP},
    "deep TOML": {".codex/config.toml": "a = " + "[" * DEEP},
    "TOML": {".codex/config.toml": "approval_policy = \n"},
    "deep YAML": {".github/workflows/x.yml": "a: " + "[" * DEEP},
    "YAML": {".github/workflows/x.yml": "jobs: {a: [}\n"},
    "aliases": {
        "compose.yml": "a: &a [x,x]\n"
        + "".join(f"b{n}: &b{n} [*b{n - 1},*b{n - 1}]\n" if n else "b0: &b0 [*a,*a]\n" for n in range(40))
    },
    "deep HCL": {"main.tf": 'x "y" "z" {' * DEEP},
    "HCL": {"main.tf": 'resource "aws_db_instance" "x" {\n  a = \n'},
    "deep SQL": {"roles.sql": "GRANT SELECT ON t TO ai_agent; SELECT " + "(" * DEEP},
    "SQL": {"roles.sql": "GRANT EVERYTHING TO ai_agent WITH;\n"},
    "deep shell": {"x.sh": "terraform destroy $(" * DEEP},
    "not text": {".env": b"\0\xff\xfe" * 100},
    "invalid UTF-8": {".claude/settings.json": b'{"permissions": {"defaultMode": "\xff\xfe"}}'},
    "policy": {"remit.toml": "[backup\n"},
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_never_a_clean_bill_and_the_rest_is_audited(remit, tmp_path, case):
    token = str(uuid.uuid4())
    target = write(tmp_path / "target", {**BROKEN[case], "deploy.txt": f"RAILWAY_API_TOKEN={token}\n"})
    done = remit("scan", target, "--format", "json", *NOW)
    assert done.returncode == 1, done.stderr
    result = json.loads(done.stdout)
    assert [each for each in result["findings"] if each["status"] == "error"] == []
    assert not [gap for gap in result["gaps"] if "broke on" in gap["reason"]]
    assert any(each["control"] == "LP-011" and each["subject"]["name"] == "deploy.txt" for each in result["findings"])
    named = {gap["path"] for gap in result["gaps"]} | {
        place["path"] for each in result["findings"] for place in each["sources"]
    }
    if case not in {"invalid UTF-8", "SQL", "policy"}:
        assert next(iter(BROKEN[case])) in named
    assert token not in done.stdout


@pytest.mark.parametrize(
    "text", ["\ufeff%s", "// so that nobody presses Enter\n%s", "/* */ %s // trailing", "%s\n// ,"]
)
def test_a_mark_or_a_comment_hides_nothing(remit, tmp_path, text):
    settings = text % '{"permissions": {"defaultMode": "bypassPermissions"}}'
    target = write(tmp_path / "target", {".claude/settings.json": settings})
    result = json.loads(remit("scan", target, "--format", "json", *NOW).stdout)
    assert [each["status"] for each in result["findings"] if each["control"] == "LP-027"] == ["fail"]


def test_the_last_of_repeated_keys_counts(remit, tmp_path):
    settings = '{"permissions": {"defaultMode": "plan"}, "permissions": {"defaultMode": "bypassPermissions"}}'
    target = write(tmp_path / "target", {".claude/settings.json": settings})
    result = json.loads(remit("scan", target, "--format", "json", *NOW).stdout)
    assert [each["status"] for each in result["findings"] if each["control"] == "LP-027"] == ["fail"]


def test_places_that_are_no_files_are_gaps(remit, tmp_path):
    target = write(tmp_path / "target", {"README.md": "hi"})
    os.mkfifo(target / "pipe")
    (target / "loop").symlink_to(target)
    (target / "self").symlink_to("self")
    (target / "out").symlink_to("/etc")
    gaps = {
        gap["path"]: gap["reason"] for gap in json.loads(remit("scan", target, "--format", "json", *NOW).stdout)["gaps"]
    }
    assert "named pipe" in gaps["pipe"]
    assert "link" in gaps["loop"]
    assert "link" in gaps["self"]
    assert "leads out of the target" in gaps["out/"]


POLICIES = {
    "broken": ("[backup\n", "policy.toml:1"),
    "unknown key": ("[backup]\nmin_retention_day = 20\n", "min_retention_day"),
    "wrong type": ('[backup]\nmin_retention_days = "many"\n', "min_retention_days"),
    "weakened": ("[backup]\nmin_retention_days = 7\n", "14"),
    "circular": ('extends = "policy.toml"\n', "policy.toml"),
    "missing parent": ('extends = "nowhere.toml"\n', "nowhere.toml"),
}


@pytest.mark.parametrize("case", POLICIES)
def test_a_policy_that_cannot_be_used_stops_the_run_and_says_where(remit, tmp_path, case):
    text, said = POLICIES[case]
    write(tmp_path, {"policy.toml": text, "target/README.md": "hi"})
    done = remit("scan", "target", "--policy", "policy.toml")
    assert done.returncode == 2
    assert said in done.stderr
    assert "policy.toml" in done.stderr


def test_an_expired_exception_is_a_finding_and_waives_nothing(remit, tmp_path):
    policy = """
        [[exceptions]]
        control = "LP-027"
        scope = { target = "*" }
        approver = "CTO"
        requested_by = "dev"
        reason = "migration"
        ticket = "OPS-1"
        from = 2026-08-01
        until = 2026-09-01
    """
    write(tmp_path, {
        "policy.toml": policy,
        "target/.claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}',
    })  # fmt: skip
    done = remit("scan", "target", "--policy", "policy.toml", "--format", "json", *NOW)
    found = {each["control"]: each["status"] for each in json.loads(done.stdout)["findings"]}
    assert (found["LP-027"], found["LP-009"]) == ("fail", "fail")


def test_a_policy_in_the_repository_tightens_and_never_loosens(remit, tmp_path):
    write(tmp_path, {"target/remit.toml": "[backup]\nmin_retention_days = 1\n", "target/README.md": "hi"})
    findings = json.loads(remit("scan", "target", "--format", "json", *NOW).stdout)["findings"]
    loosened = next(each for each in findings if each["control"] == "LP-038")
    assert loosened["status"] == "fail"
    assert "14" in loosened["message"]
    assert loosened["sources"][0]["path"] == "remit.toml"


def test_machine_adds_the_users_own_layers_and_credentials(remit, tmp_path):
    token = str(uuid.uuid4())
    write(tmp_path, {"target/README.md": "hi"})
    write(tmp_path / "home", {
        ".claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}',
        ".railway/config.json": json.dumps({"user": {"token": token}}),
    })  # fmt: skip
    plain = json.loads(remit("scan", "target", "--format", "json", *NOW).stdout)
    asked = json.loads(remit("scan", "target", "--machine", "--format", "json", *NOW).stdout)
    assert not [place for each in plain["findings"] for place in each["sources"] if place["path"].startswith("~/")]
    failing = {(each["control"], each["sources"][0]["path"]) for each in asked["findings"] if each["status"] == "fail"}
    assert ("LP-027", "~/.claude/settings.json") in failing
    assert any(path == "~/.railway/config.json" for _, path in failing)
    assert asked["nine_second_test"]["verdict"] == "lost"
    assert token not in json.dumps(asked)


def test_a_reader_that_leaves_early_is_no_error(remit, organisation):
    script = f"'{REMIT}' scan --verbose '{organisation / 'shop-web'}' | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("NINE-SECOND TEST")
