"""`remit reach` and `remit replay` as their users run them, against trees and files that mean harm."""

from __future__ import annotations

import json
import os
import re
import string

import pytest

NOW = "2026-11-21T12:00:00Z"
MARKUP = "`|``<script>alert(1)<img src=x onerror=alert(2)>\"'&]]>--"
CONTROL = "a\x1b[31m\x1b]0;pwned\x07\u202e\u2066b\u200b\x9bc\nremit: all is well\r"
POLICY = """
name = "acme"
version = "1"
extends = "remit:baseline"
"""
CHAIN = """
[[incidents]]
id = "{id}"
name = "{name}"

[[incidents.steps]]
n = 1
link = "capability"
does = "It starts"
requires = {requires}
broken_by = {broken_by}
"""
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def _body(seed: str, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Looks random, and is the same every time."""
    number = int.from_bytes(seed.encode(), "big") ** 17 + 7**300
    found = ""
    while len(found) < length:
        number, place = divmod(number, len(alphabet)) if number else (int.from_bytes(seed.encode(), "big") ** 23, 0)
        found += alphabet[place]
    return found


SECRETS = {
    "password": _body("password", 24),
    "github": "ghp_" + _body("github", 36),
    "key": "AKIA" + _body("key", 16, string.ascii_uppercase + "234567"),
    "secret": _body("secret", 40),
    "header": _body("header", 32),
    "argument": _body("argument", 28),
}


def _url(host: str) -> str:
    return f"postgres://shop:{SECRETS['password']}@{host}:5432/shop"


@pytest.fixture
def policy(tmp_path):
    def policy(text=""):
        place = tmp_path / "policy.toml"
        place.write_text(POLICY + text)
        return place

    return policy


@pytest.fixture
def tree(tmp_path):
    def tree(files):
        for name, text in files.items():
            place = tmp_path / "tree" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return tmp_path / "tree"

    return tree


def _hostile() -> dict[str, str]:
    servers = {
        f"postgres {MARKUP}{CONTROL}": {
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-postgres", _url("one.acme.com"), SECRETS["argument"]],
            "env": {"DATABASE_URL": _url("two.acme.com"), "API_SECRET": SECRETS["secret"]},
        },
        "remote": {
            "url": f"https://u:{SECRETS['password']}@api.acme.com/{SECRETS['argument']}",
            "headers": {"Authorization": f"Bearer {SECRETS['header']}"},
        },
    }
    allow = {"permissions": {"allow": ["Bash(*)", "mcp__*"]}, "enableAllProjectMcpServers": True}
    keys = f"AWS_ACCESS_KEY_ID={SECRETS['key']}\nAWS_SECRET_ACCESS_KEY={SECRETS['secret']}\n"
    role = f'"{CONTROL}<script>alert(3)"'
    return {
        ".claude/settings.json": json.dumps(allow),
        ".mcp.json": json.dumps({"mcpServers": servers}),
        ".env": f"DATABASE_URL={_url('three.acme.com')}\nGITHUB_TOKEN={SECRETS['github']}\n",
        f"d{MARKUP}/{CONTROL}.env": keys,
        "package.json": json.dumps(
            {"scripts": {f"{MARKUP}{CONTROL}": f"prisma db push --url {_url('four.acme.com')}"}}
        ),
        f"s{CONTROL}.sh": f'curl -H "Authorization: Bearer {SECRETS["header"]}" https://api.acme.com\nclaude -p x\n',
        "roles.sql": f"CREATE ROLE shop LOGIN;\nCREATE ROLE {role};\nGRANT {role} TO shop;\nGRANT DELETE ON t TO {role};\n",
    }


# ------------------------------------------------------------------------------------------------- what gets out


@pytest.mark.parametrize("command_", ["reach", "replay"])
def test_no_value_and_no_hidden_character_of_a_tree_gets_out(remit, tree, command_):
    place = tree(_hostile())
    for form in ("terminal", "json", "markdown"):
        told = remit(command_, place, "--format", form, "--now", NOW, "--no-cache", "--verbose")
        assert told.returncode == 1, told.stderr
        shown = told.stdout + told.stderr
        assert [name for name, value in SECRETS.items() if value[4:16] in shown] == []
        assert _ODD.findall(shown) == []
        assert "\nremit: all is well" not in shown
        if form == "markdown":
            assert not re.search(r"<script|<img", re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", shown))


def test_the_page_of_a_hostile_tree_holds_no_markup_but_its_own(remit, tree, tmp_path):
    page = tmp_path / "page.html"
    remit("scan", tree(_hostile()), "--format", f"html={page}", "--now", NOW, "--no-cache", "--quiet")
    text = page.read_text()
    assert "<svg" in text
    assert "Content-Security-Policy" in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert not re.search(r"<script|<img|<[a-z]+ [^<>]*\bon[a-z]+=", text)
    assert [name for name, value in SECRETS.items() if value[4:16] in text] == []


@pytest.mark.parametrize("command_", ["reach", "replay"])
def test_processes_change_not_a_byte(remit, tree, command_):
    place = tree(_hostile())
    for form in ("terminal", "json", "markdown"):
        told = [
            remit(command_, place, "--format", form, "--now", NOW, "--no-cache", "--jobs", jobs).stdout
            for jobs in (1, 4)
        ]
        assert told[0] == told[1] != ""


# --------------------------------------------------------------------------------------------- no false reassurance


def test_an_attestation_does_not_outweigh_the_same_control_failing_elsewhere(remit, tree, policy):
    """The key's scope is for a person to vouch for; the connection URL's is known to be too wide."""
    place = tree(
        {
            ".env": f"DATABASE_URL={_url('db.prod.acme.com')}\n".replace("//shop:", "//shop_owner:"),
            "aws.env": f"AWS_ACCESS_KEY_ID={SECRETS['key']}\nAWS_SECRET_ACCESS_KEY={SECRETS['secret']}\n",
        }
    )
    word = (
        '[[attestations]]\ncontrol = "LP-013"\nby = "Eva"\non = 2026-11-01\nevidence = "seen"\nvalid_days = 90\n'
        '[attestations.scope]\ntarget = "*"\n'
    )
    told = remit("reach", place, "--policy", policy(word), "--format", "json", "--now", NOW, "--no-cache")
    found = json.loads(told.stdout)["nine_second_test"]
    resources = [each["resource"] for agent in found["agents"] for each in agent["destroys"]]
    assert "postgres:database:db.prod.acme.com/shop" in resources
    assert found["verdict"] != "survives"
    assert told.returncode != 0


@pytest.mark.parametrize(
    ("excluded", "code", "verdict"), [((), 0, "no-agent"), (("--exclude", ".claude/**"), 3, "unknown")]
)
def test_agents_that_the_policy_rules_out_must_have_been_looked_for(remit, tree, policy, excluded, code, verdict):
    files = {".env": f"DATABASE_URL={_url('db.prod.acme.com')}\n"}
    if excluded:
        files[".claude/settings.json"] = json.dumps({"permissions": {"allow": ["Bash(*)"]}})
    none = policy('[[agents.used]]\ntarget = "*"\nagents = []\n')
    told = remit("reach", tree(files), "--policy", none, "--format", "json", "--now", NOW, "--no-cache", *excluded)
    assert (told.returncode, json.loads(told.stdout)["nine_second_test"]["verdict"]) == (code, verdict)


def test_a_repository_cannot_declare_its_own_copies(remit, tree):
    own = '[[backup.inventory]]\nresource = "*"\nlocation = "x"\nprovider = "x"\nreachable_by_agents = false\n'
    files = {**_hostile(), ".remit.toml": own}
    told = remit("reach", tree(files), "--format", "json", "--now", NOW, "--no-cache")
    found = json.loads(told.stdout)["nine_second_test"]
    assert found["verdict"] == "lost"
    assert told.returncode == 1
    assert all(each["verdict"] != "survives" for agent in found["agents"] for each in agent["destroys"])


# -------------------------------------------------------------------------------------------- files of the auditor


def _made(directory, text: str | bytes, name="a.toml"):
    directory.mkdir()
    (directory / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return directory


def _chain(id_="A-1", name="n", requires='["agent=present"]', broken_by='["LP-027"]') -> str:
    return CHAIN.format(id=id_, name=name, requires=requires, broken_by=broken_by)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_chain(broken_by='["LP-999"]'), "a.toml:11: incidents[0].steps[0].broken_by: 'LP-999' is no control"),
        (_chain(requires='["foo=bar"]'), "a.toml:10: incidents[0].steps[0].requires: 'foo=bar' is no fact"),
        (_chain(name="\\u001b[31m"), "a.toml:4: incidents[0].name: holds characters that cannot be printed"),
        (_chain(name="\\u202e"), "a.toml:4: incidents[0].name: holds characters that cannot be printed"),
        (_chain() + "\0", "is not valid TOML"),
        (_chain().encode() + b"# \xff", "is not UTF-8"),
        (_chain("INC-01"), "INC-01 is taken by"),
        (_chain("inc-01"), "inc-01 is taken by"),
        (_chain() + _chain("a-1"), "a-1 is the id of another incident"),
        ("x = " + "[" * 100_000, "is not valid TOML"),
        (".".join("a" * 50_000) + " = 1", "is not valid TOML"),
        (_chain() + "#" * 1_000_001, "is larger than 1 MB"),
        ("incidents = 3", "a.toml:1: incidents: expected tables"),
        ("", "a.toml:1: incidents: there is none"),
        ("\n".join(["[[incidents]]"] * 5_000), "expected 1000 at most, not 5000"),
    ],
)
def test_a_chain_file_that_cannot_be_used_ends_the_command(remit, tree, tmp_path, text, told):
    answer = remit("replay", tree({"README.md": "x"}), "--incidents", _made(tmp_path / "chains", text))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert told in answer.stderr
    assert len(answer.stderr) < 10_000
    assert _ODD.findall(answer.stderr) == []


def test_places_that_are_no_chain_files_end_the_command(remit, tree, tmp_path):
    place = tree({"README.md": "x"})
    whole = _made(tmp_path / "whole", _chain())
    pipe, device, loop, folder = (tmp_path / name for name in ("pipe", "device", "loop", "folder"))
    for each in (pipe, device, loop, folder):
        each.mkdir()
    os.mkfifo(pipe / "a.toml")
    (device / "a.toml").symlink_to("/dev/zero")
    (loop / "a.toml").symlink_to("a.toml")
    (folder / "a.toml").mkdir()
    named = _made(tmp_path / "named", "bad", "a\x1b[31m\nb\u202e.toml")
    empty = tmp_path / "empty"
    empty.mkdir()
    for chains in (pipe, device, loop, folder, named, empty, tmp_path / "missing", whole / "a.toml"):
        answer = remit("replay", place, "--incidents", chains, timeout=30)
        assert (answer.returncode, answer.stdout) == (2, ""), chains
        assert _ODD.findall(answer.stderr) == []
        assert answer.stderr.count("\n") == 1
    assert remit("replay", place, "--incidents", whole, "--format", "json").returncode in {1, 3}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hourly_rate = 5\n", "p.toml:1: as_of: is missing"),
        ("as_of = 2026-11-01\nhourly_rate = -1\n", "p.toml:2: hourly_rate: expected a number above 0"),
        ("as_of = 2026-11-01\nhourly_rate = nan\n", "p.toml:2: hourly_rate: expected a finite number"),
        ("as_of = 2026-11-01\nhourly_rate = inf\n", "p.toml:2: hourly_rate: expected a finite number"),
        ("as_of = 2026-11-01\nhourly_rate = 1e400\n", "p.toml:2: hourly_rate: expected a finite number"),
        ("as_of = 2026-11-01\nhourly_rate = '75'\n", "p.toml:2: hourly_rate: expected a number, without quotes"),
        ("as_of = 2026-11-01\n[[control]]\nid = 'XX-001'\n", "p.toml:3: control[0].id: there is no control 'XX-001'"),
        ('as_of = 2026-11-01\n"\\u001b[31m\\n" = 1\n', "p.toml:2: '\\x1b[31m\\n': unknown key"),
    ],
)
def test_a_price_file_that_cannot_be_used_ends_the_command(remit, tree, tmp_path, text, told):
    prices = tmp_path / "p.toml"
    prices.write_text(text)
    answer = remit("reach", tree({"README.md": "x"}), "--prices", prices)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert told in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert _ODD.findall(answer.stderr) == []


@pytest.mark.parametrize("assumed", ["", "=pass", "LP-003", "LP-003=fail", "LP-003=PASS", "lp-003=pass", "LP-999=pass"])
@pytest.mark.parametrize("command_", ["reach", "replay", "scan"])
def test_only_a_control_can_be_taken_as_met(remit, tree, command_, assumed):
    answer = remit(command_, tree({"README.md": "x"}), "--assume", assumed)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "--assume" in answer.stderr
    assert answer.stderr.count("\n") == 1
