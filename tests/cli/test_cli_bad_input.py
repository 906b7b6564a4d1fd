"""Bad input through the real command: a message or a gap with its place, the rest audited, never a clean bill."""

from __future__ import annotations

import json
import os

import pytest

NOW = "2026-11-21T12:00:00Z"
DEEP = 100_000
NOBODY = """
[[agents.used]]
agents = []

[[attestations]]
control = "MN-002"
by = "CTO"
on = 2026-11-01
valid_days = 90
evidence = "https://wiki.acme.example/alerts"

[[attestations]]
control = "LP-016"
by = "CTO"
on = 2026-11-01
valid_days = 90
evidence = "https://wiki.acme.example/secrets"
"""
"""By this policy a target with nothing in it meets: whatever changes that is the bad input."""
BOM = b"\xef\xbb\xbf"

# Each breaks the syntax of its file, or of part of it: the path, and what stands there.
BROKEN: dict[str, tuple[str, bytes]] = {
    "json": (".claude/settings.json", b'{"permissions": {"allow": ["Bash(x)" "y"'),
    "json of another shape": (".claude/settings.json", b'["permissions"]'),
    "json that is no json": (".mcp.json", b"hello"),
    "json cut short": (".cursor/mcp.json", b'{"mcpServers": {"a": {"command": "npx'),
    "empty json": (".claude/settings.json", b""),
    "jsonc": (".devcontainer/devcontainer.json", b'{ // a comment\n "image": }}} [[['),
    "package.json": ("package.json", b'{"scripts": {"db": "drizzle-kit push --force",,, '),
    "toml": (".codex/config.toml", b"approval_policy = = never"),
    "toml with a key twice": (".codex/config.toml", b'approval_policy = "never"\napproval_policy = "untrusted"\n'),
    "policy": ("remit.toml", b"[backup\n"),
    "policy with an unknown key": ("remit.toml", b"nonsense = 1\n"),
    "policy of the wrong type": ("remit.toml", b'[backup]\nmin_retention_days = "x"\n'),
    "policy that extends": ("remit.toml", b'extends = "/etc/passwd"\n'),
    "policy that loosens": ("remit.toml", b"[backup]\nmin_retention_days = 1\n"),
    "workflow": (".github/workflows/a.yml", b"jobs:\n  a: [unclosed\n  b: }\n"),
    "yaml with tabs": ("compose.yaml", b"services:\n\ta: b\n"),
    "yaml with a tag": ("compose.yaml", b"services: !!python/object/apply:os.system ['touch /tmp/remit-was-here']\n a: [\n"),
    "pre-commit": (".pre-commit-config.yaml", b"repos: [\n"),
    "hcl": ("infra/main.tf", b'resource "aws_db_instance" "main" {\n  password = \n'),
    "hcl in json": ("infra/main.tf.json", b'{"resource": '),
    "sql": ("db/roles.sql", b"CREATE ROLE agent LOGIN OOPS;\nGRANT SELECT ON TO agent;\n"),
    "sql with an open quote": ("db/roles.sql", b"CREATE ROLE agent PASSWORD 'x;\nGRANT ALL ON t TO agent;\n"),
    "nuls": (".env", b"TOKEN=abc\0def\n"),
    "nuls in json": (".claude/settings.json", b'{"permissions": {}}\0'),
    "half of utf-16": (".claude/settings.json", b"\xff\xfe{\x00\"\x00"),
}  # fmt: skip
NESTED = {
    "json": (".claude/settings.json", b'{"a":' * DEEP),
    "json closed": (".mcp.json", b'{"mcpServers":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    "jsonc": (".devcontainer/devcontainer.json", b"[" * DEEP),
    "toml": (".codex/config.toml", b"a = " + b"[" * DEEP + b"]" * DEEP),
    "toml tables": (".codex/config.toml", b"[" + b"a." * DEEP + b"a]\nb = 1\n"),
    "yaml flow": (".github/workflows/a.yml", b"a: " + b"[" * DEEP),
    "yaml block": ("compose.yaml", b"- " * DEEP + b"a"),
    "yaml mappings": ("docker-compose.yml", b"services: " + b"{a: " * DEEP),
    "front matter": (".claude/agents/a.md", b"---\ntools: " + b"[" * DEEP + b"\n---\n"),
    "hcl": ("infra/main.tf", b'resource "aws_db_instance" "main" {\n a = ' + b"[" * DEEP + b"]" * DEEP + b"\n}\n"),
    "hcl blocks": ("infra/blocks.tf", b"a {" * DEEP),
    "hcl templates": ("infra/templates.tf", b'locals {\n a = "' + b'${"' * DEEP + b'"\n}\n'),
    "hcl in json": ("infra/main.tf.json", b'{"resource":' * DEEP),
    "sql": ("db/roles.sql", b"GRANT SELECT ON t TO agent WHERE " + b"(" * DEEP + b";\nCREATE ROLE x;"),
    "policy": ("remit.toml", b"a = " + b"[" * DEEP),
    "package.json": ("package.json", b'{"scripts":' * DEEP),
}  # fmt: skip


# Nothing of these is lost, whatever they look like.
ODD = {
    "a state cut short": ("infra/terraform.tfstate", b'{"version": 4, "resources": [{"instances": ['),
    "a state of brackets": ("infra/terraform.tfstate", b'{"resources":' + b"[" * DEEP),
    "comments in comments": ("db/comments.sql", b"CREATE ROLE x; " + b"/*" * DEEP),
    "a line of ten megabytes": ("src/long.js", b"x" * 10_000_000),
    "a secret's name and nothing else": ("src/names.js", b"password = " * 200_000),
    "quotes": ("src/quotes.js", b"\"'`" * 300_000),
    "an archive called text": ("notes.txt", bytes(range(256)) * 1000),
    "no line at all": ("Makefile", b""),
    "a shell that never closes": ("run.sh", b"$(" * DEEP),
    "a dockerfile of continuations": ("Dockerfile", b"RUN a \\\n" * DEEP),
}  # fmt: skip


@pytest.fixture
def nobody(tmp_path):
    policy = tmp_path / "nobody.toml"
    policy.write_text(NOBODY)
    return policy


@pytest.fixture
def judged(remit, write, tmp_path, nobody):
    """Audits one target for each bad file in one run, and returns the result by target."""

    def judged(cases):
        roots = [
            write(tmp_path / f"case-{number:02}", {"main.py": "x = 1\n", path: content})
            for number, (path, content) in enumerate(cases)
        ]
        done = remit("scan", *roots, "--policy", nobody, "--now", NOW, "--format", "json")
        result = json.loads(done.stdout)
        found = []
        for root in roots:
            findings = [each for each in result["findings"] if each["target"] == root.name]
            gaps = [gap for gap in result["gaps"] if gap["target"] == root.name]
            found.append((findings, gaps))
        return done, found

    return judged


def opened(findings, gaps):
    """What says that something is wrong: gaps, and findings that failed or were left open."""
    return [gap["reason"] for gap in gaps] + [
        each["message"] for each in findings if each["status"] in {"fail", "unknown", "error"}
    ]


def test_without_bad_input_the_target_meets(judged):
    done, ((findings, gaps),) = judged([("README.md", b"fine")])
    assert done.returncode == 0
    assert opened(findings, gaps) == []


def told(findings, gaps):
    """The places that gaps and open findings name."""
    open_findings = [each for each in findings if each["status"] in {"fail", "unknown"}]
    return {gap["path"] for gap in gaps} | {place["path"] for each in open_findings for place in each["sources"]}


@pytest.mark.parametrize("cases", [BROKEN, NESTED], ids=["broken", "nested"])
def test_what_cannot_be_read_is_a_gap_or_a_finding_that_names_its_place(judged, cases):
    done, found = judged(list(cases.values()))
    assert done.returncode in {1, 3}
    assert done.stderr == ""
    assert [name for (name, (path, _)), each in zip(cases.items(), found, strict=True) if path not in told(*each)] == []
    assert [each for findings, _ in found for each in findings if each["status"] == "error"] == []
    assert [gap for _, gaps in found for gap in gaps if "broke on" in gap["reason"]] == []


def test_what_is_odd_breaks_nothing(judged):
    done, found = judged(list(ODD.values()))
    assert done.stderr == ""
    assert [each for findings, _ in found for each in findings if each["status"] == "error"] == []
    assert [gap for _, gaps in found for gap in gaps if "broke on" in gap["reason"]] == []


def test_a_policy_in_the_repository_that_is_broken_or_loosens_is_a_finding(judged):
    cases = [case for name, case in BROKEN.items() if name.startswith("policy")]
    _, found = judged(cases)
    for findings, _ in found:
        (finding,) = [each for each in findings if each["control"] == "LP-038"]
        assert (finding["status"], finding["sources"][0]["path"]) == ("fail", "remit.toml")


@pytest.mark.parametrize("name", ["json", "toml", "hcl", "sql", "workflow", "nuls", "jsonc"])
def test_one_bad_file_alone_is_never_exit_0(remit, write, tmp_path, nobody, name):
    path, content = BROKEN[name]
    root = write(tmp_path / "case", {"main.py": "", path: content})
    done = remit("scan", root, "--policy", nobody, "--now", NOW)
    assert done.returncode in {1, 3}
    assert path in done.stdout


def test_one_bad_file_does_not_hide_the_others(remit, write, tmp_path):
    files = {
        f"{number:02}/{path}": content for number, (path, content) in enumerate([*BROKEN.values(), *NESTED.values()])
    }
    root = write(
        tmp_path / "case",
        files
        | {
            "zz/.claude/settings.json": '{"permissions": {"defaultMode": "bypassPermissions"}}',
            "zz/tools/a.sh": "export GITHUB_TOKEN=" + "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd\n",
            "zz/infra/main.tf": 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n',
            "zz/db/roles.sql": "CREATE ROLE agent LOGIN;\nGRANT DELETE ON orders TO agent;\n",
        },
    )
    os.mkfifo(root / "pipe.sql")
    os.truncate(os.open(root / "dump.sql", os.O_CREAT | os.O_WRONLY), 4 * 1024**3)
    (root / "loop").symlink_to("loop")
    (root / "out").symlink_to("/etc")
    done = remit("scan", root, "--format", "json", "--now", NOW)
    result = json.loads(done.stdout)
    assert done.returncode == 1
    gaps = {gap["path"]: gap["reason"] for gap in result["gaps"]}
    assert {"pipe.sql", "dump.sql", "loop", "out/"} <= set(gaps)
    assert "4,294,967,296 bytes" in gaps["dump.sql"]
    failed = {
        (each["control"], place["path"])
        for each in result["findings"]
        if each["status"] == "fail"
        for place in each["sources"]
    }
    assert {
        ("LP-027", "zz/.claude/settings.json"),
        ("LP-011", "zz/tools/a.sh"),
        ("BK-015", "zz/infra/main.tf"),
        ("LP-003", "zz/db/roles.sql"),
    } <= failed


# ------------------------------------------------------------------------------------------------ what must not hide

BYPASS = b'{"permissions": {"defaultMode": "bypassPermissions"}}'


@pytest.mark.parametrize(
    "content",
    [
        BYPASS,
        BOM + BYPASS,
        BYPASS.decode().encode("utf-16"),
        BOM.decode("utf-8-sig").encode("utf-16-be") + BYPASS.decode().encode("utf-16-be") if False else b"\xfe\xff" + BYPASS.decode().encode("utf-16-be"),
        b"// comment\n" + BYPASS,
        b'/* a\n b */ {"permissions": {"defaultMode": /* here */ "bypassPermissions", }, } // end',
        b'{"permissions": {"defaultMode": "default"}, "permissions": {"defaultMode": "bypassPermissions"}}',
        b'{"permissions": {"defaultMode": "bypassPermissions"',
        b'{"note": "\xff\xfe", "permissions": {"defaultMode": "bypassPermissions"}}',
        b'{"permissions": {"default\\u004dode": "bypass\\u0050ermissions"}}',
        b"\r\n\t " + BYPASS + b"\r\n",
        b'{"pad": "' + b"x" * 2_000_000 + b'", "permissions": {"defaultMode": "bypassPermissions"}}',
    ],
    ids=["plain", "bom", "utf-16", "utf-16-be", "comment", "comments and commas", "key twice", "cut short", "not utf-8", "escaped", "blank", "long line"],
)  # fmt: skip
def test_nothing_hides_the_bypass_mode(remit, write, tmp_path, content):
    root = write(tmp_path / "case", {".claude/settings.json": content})
    result = json.loads(remit("scan", root, "--format", "json", "--now", NOW).stdout)
    statuses = {each["status"] for each in result["findings"] if each["control"] == "LP-027"}
    assert statuses & {"fail", "unknown"}
    assert "pass" not in statuses
    inventory = json.loads(remit("inventory", root, "--format", "json").stdout)
    (agent,) = [each for each in inventory["agents"] if each["agent"] == "claude-code"]
    asked = agent["access"]["bypass_requested"]
    assert asked or agent["access"]["approval"] is None
    if content in (BYPASS, BOM + BYPASS):
        assert statuses == {"fail"}
        assert asked is True


def test_a_bom_hides_nothing_in_any_format(remit, write, tmp_path):
    token = "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd"
    plain = {
        ".env": f"GITHUB_TOKEN={token}\n",
        ".codex/config.toml": 'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n',
        "infra/main.tf": 'resource "aws_db_instance" "main" {\n  skip_final_snapshot = true\n}\n',
        "db/roles.sql": "CREATE ROLE agent LOGIN;\nGRANT DELETE ON orders TO agent;\n",
        "compose.yaml": "services:\n  dev:\n    image: node\n    privileged: true\n",
        "package.json": '{"scripts": {"db": "drizzle-kit push --force"}}',
    }

    def failures(name, mark):
        root = write(tmp_path / name / "same", {path: mark + text.encode() for path, text in plain.items()})
        result = json.loads(remit("scan", root, "--format", "json", "--now", NOW).stdout)
        assert result["gaps"] == []
        return {(each["control"], each["subject"]["name"], each["status"]) for each in result["findings"]}

    assert failures("with", BOM) == failures("without", b"")


# ------------------------------------------------------------------------------------------------ the auditor's policy

EXCEPTION = """
[[exceptions]]
control = "LP-011"
scope = { target = "*" }
approver = "CTO"
requested_by = "dev@acme.example"
reason = "rotation"
ticket = "OPS-7"
from = 2026-09-01
until = 2026-10-01
"""


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"p.toml": "= ["}, "p.toml:1"),
        ({"p.toml": "nonsense = 1\n"}, "p.toml:1"),
        ({"p.toml": "\n\n[backup]\nmin_retention_dais = 1\n"}, "p.toml:4"),
        ({"p.toml": '[backup]\nmin_retention_days = "x"\n'}, "p.toml:2"),
        ({"p.toml": 'extends = "p.toml"\n'}, "p.toml"),
        ({"p.toml": 'extends = "q.toml"\n', "q.toml": 'extends = "p.toml"\n'}, "->"),
        ({"p.toml": 'extends = "missing.toml"\n'}, "missing.toml"),
        ({"p.toml": 'extends = "remit:nothing"\n'}, "remit:nothing"),
        ({"p.toml": 'extends = "remit:baseline"\n[backup]\nmin_retention_days = 1\n'}, "min_retention_days"),
        ({"p.toml": "a = " + "[" * 100_000}, "p.toml"),
        ({"p.toml": b"name = '\xff'\n"}, "p.toml"),
        ({"p.toml": b"a = 1\0"}, "p.toml"),
        ({"p.toml": "x" * 2_000_000}, "p.toml"),
    ],
    ids=["syntax", "unknown key", "misspelt key", "wrong type", "extends itself", "circle", "extends nothing", "no such bundle", "weaker", "deep", "not utf-8", "nul", "large"],
)  # fmt: skip
def test_a_policy_that_cannot_be_used_stops_the_run(remit, write, tmp_path, files, message):
    write(tmp_path, {**files, "case/main.py": ""})
    done = remit("scan", "case", "--policy", "p.toml", "--now", NOW)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert len(done.stderr) < 1000
    assert done.stderr.count("\n") <= 3


@pytest.mark.parametrize("made", [os.mkdir, lambda path: os.symlink(path, path)])
def test_a_policy_that_is_no_file_stops_the_run(remit, write, tmp_path, made):
    made(tmp_path / "p.toml")
    done = remit("scan", write(tmp_path / "case", {"main.py": ""}), "--policy", "p.toml")
    assert done.returncode == 2
    assert done.stderr.startswith("remit: p.toml")


def test_a_policy_with_a_bom_is_read(remit, write, tmp_path):
    write(tmp_path, {"p.toml": BOM + NOBODY.encode(), "case/main.py": ""})
    assert remit("scan", "case", "--policy", "p.toml", "--now", NOW).returncode in {0, 2}


def test_an_expired_exception_is_a_finding_and_waives_nothing(remit, write, tmp_path):
    token = "ghp" + "_" + "n4Tq9wZ2" * 4 + "abcd"
    write(tmp_path, {"p.toml": EXCEPTION, "case/tools/a.sh": f"export GITHUB_TOKEN={token}\n"})
    done = remit("scan", "case", "--policy", "p.toml", "--now", NOW, "--format", "json")
    statuses = {(each["control"], each["status"]) for each in json.loads(done.stdout)["findings"]}
    assert {("LP-009", "fail"), ("LP-011", "fail")} <= statuses
    assert "waived" not in {status for _, status in statuses}
    assert done.returncode == 1
