from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.errors import PolicyError
from remit.policy.digest import digest_of
from remit.policy.loader import BASELINE, LoadedPolicy, Origin, baselines, load_policy, template
from remit.policy.model import Policy
from remit.policy.render import as_toml
from remit.policy.strength import weaker
from remit.policy.written import read_written

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
GRANT = """
[[exceptions]]
control = "policy:backup.min_retention_days"
approver = "CTO"
requested_by = "Bob"
reason = "the old database cannot"
ticket = "OPS-1"
from = 2026-03-01
until = 2026-03-31
"""


def load(
    folder: Path, text: str | bytes, name: str = "policy.toml", now: datetime = NOW, **others: str
) -> LoadedPolicy:
    for other, content in others.items():
        (folder / f"{other}.toml").write_text(content, encoding="utf-8")
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_policy(path, now=now)


def refusal(folder: Path, text: str | bytes, now: datetime = NOW, **others: str) -> str:
    with pytest.raises(PolicyError) as caught:
        load(folder, text, now=now, **others)
    return str(caught.value).replace(str(folder) + os.sep, "")


# ----------------------------------------------------------------------------------------------------------- bundled


def test_no_file_is_the_bundled_baseline() -> None:
    loaded = load_policy(None)
    assert loaded.policy == Policy()
    assert loaded.sources == (BASELINE,)
    assert loaded.origins["backup.min_retention_days"].line > 1


def test_nothing_lying_around_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "remit.toml").write_text("[backup]\nmin_retention_days = 99\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_policy(None).policy.backup.min_retention_days == 14


def test_baseline_file_and_model_agree(tmp_path: Path) -> None:
    assert load(tmp_path, template("baseline.toml")).policy == Policy()
    assert baselines() == (BASELINE,)


def test_starter_is_a_valid_policy(tmp_path: Path) -> None:
    loaded = load(tmp_path, template("starter.toml"))
    assert loaded.policy.name == "Our company"
    assert loaded.sources == (str(tmp_path / "policy.toml"), BASELINE)


def test_starter_is_valid_with_every_comment_taken_out(tmp_path: Path) -> None:
    lines = template("starter.toml").splitlines()
    settings_only = (line.removeprefix("# ") for line in lines if re.match(r'(# )?("?[\w ]+"? = |\[)', line))
    loaded = load(tmp_path, "\n".join(settings_only))
    assert loaded.policy.approvers == {"Ada Example": "CTO"}
    assert loaded.policy.backup.inventory[0].immutable
    assert loaded.policy.agents_used("acme/docs") == ()


def test_template_that_is_not_there() -> None:
    with pytest.raises(PolicyError, match="reinstall"):
        template("absent.toml")


# --------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[backup]\nmin_retention_day = 3\n", "policy.toml:2: backup.min_retention_day: unknown key; did you mean"),
        ("min_retention_days = 30\n", "policy.toml:1: min_retention_days: unknown key; did you mean backup.min_retent"),
        ("[bakup]\ncopies = 3\n", "policy.toml:1: bakup: unknown key; did you mean backup?"),
        ("[zzzzzz]\nqqqq = 3\n", "policy.toml:1: zzzzzz: unknown key; remove it"),
        (
            "\n[backup]\ncopies = '3'\n",
            "policy.toml:3: backup.copies: expected a whole number, without quotes, not '3'",
        ),
        (
            "[backup]\ncopies = true\n",
            "policy.toml:2: backup.copies: expected a whole number, without quotes, not true",
        ),
        ("[backup]\ncopies = 3.5\n", "policy.toml:2: backup.copies: expected a whole number"),
        ("[backup]\ncopies = -1\n", "policy.toml:2: backup.copies: expected a number of at least 0, not -1"),
        ("[backup]\ncopies = 99999999\n", "policy.toml:2: backup.copies: expected a number of at most 1000000"),
        pytest.param(
            f"[backup]\ncopies = {'9' * 400}\n", "policy.toml:2: a number beyond what any policy needs", id="wide"
        ),
        ("[staging]\nallow_write = 'no'\n", "policy.toml:2: staging.allow_write: expected true or false"),
        ("name = 3\n", "policy.toml:1: name: expected text in quotes, not 3"),
        (
            "[roles]\nagent = 'bot'\n",
            'policy.toml:2: roles.agent: expected a list, such as ["one", "two"], not \'bot\'',
        ),
        ("[roles]\nagent = ['a',\n 3]\n", "policy.toml:3: roles.agent[1]: expected text in quotes, not 3"),
        ("backup = 3\n", "policy.toml:1: backup: expected a table, not 3"),
        ("approvers = []\n", "policy.toml:1: approvers: expected a table, not a list"),
        ("[sandbox]\naccepted = ['chroot']\n", "policy.toml:2: sandbox.accepted[0]: expected 'devcontainer', 'docker'"),
        ("[agents]\ndefault_mode = 'yolo'\n", "policy.toml:2: agents.default_mode: expected 'bypass', 'edits-auto'"),
        ("[network]\nprod_cidrs = ['10.0.0.1/8']\n", "policy.toml:2: network.prod_cidrs: must be networks such as"),
        ("reviewed = 'yesterday'\n", "policy.toml:1: reviewed: expected a day, such as 2026-05-31, not 'yesterday'"),
        ("[[exceptions]]\ncontrol = 'SB-001'\n", "policy.toml:1: exceptions[0].approver: is missing; add it"),
        (GRANT + "aproval = 1\n", "policy.toml:10: exceptions[0].aproval: unknown key; see the keys of [[exceptions]]"),
        (GRANT.replace("min_ret", "min_rat"), "policy.toml:3: exceptions[0].control: the policy has no key"),
        ("[backup\n", "policy.toml:1: is not valid TOML: Expected"),
        ("a = 1\na = 2\n", "policy.toml:2: is not valid TOML: Cannot overwrite a value"),
        ("name = 'x'\n\0\n", "policy.toml:2: is not valid TOML"),
        pytest.param("a = " + "[" * 100_000, "policy.toml: is not valid TOML", id="deep"),
        (b"name = 'a'\nowner = '\xff'\n", "policy.toml:2: is not UTF-8; save it as UTF-8"),
        pytest.param("name = '" + "x" * 1_000_001 + "'", "policy.toml: is larger than 1 MB", id="long"),
    ],
)
def test_error_names_file_line_key_and_what_was_expected(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert refusal(tmp_path, text).startswith(expected)


def test_every_fault_is_told_at_once_up_to_ten(tmp_path: Path) -> None:
    text = "[backup]\n" + "".join(f"wrong{number} = 1\n" for number in range(14))
    lines = refusal(tmp_path, text).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "policy.toml: and 4 more"


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    loaded = load(tmp_path, b"\xef\xbb\xbf[backup]\r\nmin_retention_days = 30\r\n")
    assert loaded.policy.backup.min_retention_days == 30
    assert loaded.origins["backup.min_retention_days"].line == 2


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such file"):
        load_policy(tmp_path / "absent.toml")


def test_directory_and_pipe_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path in (tmp_path, tmp_path / "pipe.toml"):
        with pytest.raises(PolicyError, match="is not a file"):
            load_policy(path)


def test_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    (tmp_path / "b.toml").symlink_to(tmp_path / "a.toml")
    with pytest.raises(PolicyError):
        load_policy(tmp_path / "a.toml")


# ----------------------------------------------------------------------------------------------------------- extends


def test_child_inherits_and_every_value_knows_its_file(tmp_path: Path) -> None:
    parent = "name = 'group'\n[backup]\nmin_retention_days = 30\ncopies = 4\n"
    loaded = load(tmp_path, "extends = 'base.toml'\n[backup]\ncopies = 5\n", base=parent)
    assert (loaded.policy.backup.min_retention_days, loaded.policy.backup.copies) == (30, 5)
    assert loaded.policy.name == "group"
    assert loaded.sources == (str(tmp_path / "policy.toml"), str(tmp_path / "base.toml"), BASELINE)
    assert loaded.origins["backup.copies"] == Origin(str(tmp_path / "policy.toml"), 3)
    assert loaded.origins["backup.min_retention_days"] == Origin(str(tmp_path / "base.toml"), 3)
    assert loaded.origins["backup.media"].file == BASELINE


def test_extends_is_relative_to_the_policy_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "base.toml").write_text("[backup]\ncopies = 4\n", encoding="utf-8")
    monkeypatch.chdir("/")
    assert load(tmp_path / "team", "extends = '../base.toml'\n").policy.backup.copies == 4


def test_statements_add_up_and_lists_replace(tmp_path: Path) -> None:
    copy = "[[backup.inventory]]\nresource = '{}'\nlocation = 'x'\nprovider = 'y'\n"
    parent = (
        copy.format("a")
        + "[roles]\nforbidden_privileges = ['insert', 'update', 'delete', 'truncate', "
        + ("'references', 'trigger', 'create', 'own', 'maintain']\n[providers.railway]\nsoft_delete_hours = 0\n")
    )
    child = "extends = 'base.toml'\n" + copy.format("b") + "[providers.aws]\nscoped_tokens = true\n"
    loaded = load(tmp_path, child, base=parent)
    assert [copy.resource for copy in loaded.policy.backup.inventory] == ["a", "b"]
    assert "MAINTAIN" in loaded.policy.roles.forbidden_privileges
    assert sorted(loaded.policy.providers) == ["aws", "railway"]


@pytest.mark.parametrize(
    ("text", "others", "expected"),
    [
        ("extends = 'policy.toml'\n", {}, "extends itself in a circle (policy.toml -> policy.toml)"),
        (
            "extends = 'a.toml'\n",
            {"a": "extends = 'b.toml'", "b": "extends = 'policy.toml'"},
            "in a circle (policy.toml -> a.toml -> b.toml -> policy.toml)",
        ),
        ("extends = 'absent.toml'\n", {}, "absent.toml: there is no such file"),
        ("\nextends = 'absent.toml'\n", {}, "policy.toml:2: extends it"),
        ("extends = 'remit:other'\n", {}, "policy.toml:1: extends: there is no bundled policy 'remit:other'"),
        ("extends = 'remit:starter'\n", {}, "there is remit:baseline"),
        ("extends = 'remit:../x'\n", {}, "no bundled policy"),
        ("extends = ''\n", {}, "policy.toml:1: extends: must not be empty"),
        ("extends = '.'\n", {}, "is not a file"),
        ('extends = "a\\u0000b"\n', {}, "not one that can be opened"),
        ("extends = 'a.toml'\n", {"a": "\n[backup]\ncopys = 1"}, "a.toml:3: backup.copys: unknown key"),
    ],
)
def test_extends_that_leads_nowhere(tmp_path: Path, text: str, others: dict[str, str], expected: str) -> None:
    assert expected in refusal(tmp_path, text, **others)


def test_chain_without_end(tmp_path: Path) -> None:
    links = {f"p{number}": f"extends = 'p{number + 1}.toml'" for number in range(20)}
    assert "more than 16" in refusal(tmp_path, "extends = 'p0.toml'", **links)


# ---------------------------------------------------------------------------------------------------------- weakening


def test_weaker_value_is_refused_with_both_values_and_both_places(tmp_path: Path) -> None:
    text = refusal(
        tmp_path,
        "extends = 'base.toml'\n[backup]\nmin_retention_days = 14\n",
        base="[backup]\nmin_retention_days = 30\n",
    )
    assert text == (
        "policy.toml:3: backup.min_retention_days = 14 is weaker than 30, set in base.toml:2 (lower".replace(
            "lower", "higher"
        )
        + ' is stricter); restore it, or add an approved exception with control = "policy:backup.min_retention_days"'
    )


def test_policy_that_names_no_parent_is_measured_against_the_baseline(tmp_path: Path) -> None:
    assert "min_retention_days = 7 is weaker than 14, set in remit:baseline:" in refusal(
        tmp_path, "[backup]\nmin_retention_days = 7\n"
    )


def test_all_weaker_values_are_named(tmp_path: Path) -> None:
    text = refusal(tmp_path, "[staging]\nallow_write = true\n[monitoring]\nalert_verbs = ['DROP']\n")
    assert [line.split(" = ")[0] for line in text.splitlines()] == [
        "policy.toml:2: staging.allow_write",
        "policy.toml:4: monitoring.alert_verbs",
    ]
    assert "gives up DELETE, TRUNCATE, ALTER" in text


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), "does not begin before 2026-03-01"),
        (datetime(2026, 3, 1, tzinfo=UTC), None),
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 4, 1, tzinfo=UTC), "has ended on 2026-03-31"),
    ],
)
def test_exception_lets_a_weaker_value_through_while_it_lasts(
    tmp_path: Path, now: datetime, expected: str | None
) -> None:
    text = "[backup]\nmin_retention_days = 7\n" + GRANT
    if expected is None:
        assert load(tmp_path, text, now=now).policy.backup.min_retention_days == 7
    else:
        assert expected in refusal(tmp_path, text, now=now)


def test_exception_covers_its_own_key_alone(tmp_path: Path) -> None:
    text = "[backup]\nmin_retention_days = 7\ncopies = 1\n" + GRANT
    assert refusal(tmp_path, text).startswith("policy.toml:3: backup.copies = 1 is weaker than 3")


def test_parent_with_an_exception_may_be_extended(tmp_path: Path) -> None:
    parent = "[backup]\nmin_retention_days = 7\n" + GRANT
    loaded = load(tmp_path, "extends = 'base.toml'\n[backup]\ncopies = 4\n", base=parent)
    assert loaded.policy.backup.min_retention_days == 7
    assert len(loaded.policy.exceptions) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ('"CTO"', '"Eve"'),
            "policy.toml:4: exceptions[0].approver: 'Eve' may not approve; expected one of CTO, VP Eng",
        ),
        (('"CTO"', '"Intern"'), "'Intern' may not approve"),
        (('"Bob"', '"cto"'), "another approver must sign"),
        (("until = 2026-03-31", "until = 2026-09-01"), "policy.toml:9: exceptions[0].until: runs for 184 days, longer"),
        (("until = 2026-03-31", "until = 2026-01-01"), "`until` is before `from`"),
    ],
)
def test_exception_nobody_may_give(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert expected in refusal(tmp_path, GRANT.replace(*change))


def test_people_approve_in_the_role_their_policy_gives_them(tmp_path: Path) -> None:
    text = "[approvers]\nAda = 'CTO'\n" + GRANT.replace('"CTO"', '"Ada"')
    assert load(tmp_path, text).policy.approver_role("Ada") == "CTO"
    assert "'CTO' asked and approved" in refusal(tmp_path, text.replace('"Bob"', '"CTO"'))
    assert "Ada has the role 'Intern', which may not approve" in refusal(tmp_path, text.replace("'CTO'", "'Intern'"))


def test_child_cannot_name_approvers_its_parent_does_not_know(tmp_path: Path) -> None:
    child = "extends = 'base.toml'\n[approvers]\nEve = 'CTO'\n" + GRANT.replace('"CTO"', '"Eve"')
    assert "'Eve' may not approve; expected one of Ada (CTO)" in refusal(
        tmp_path, child, base="[approvers]\nAda = 'CTO'\n"
    )


def test_approver_roles_of_the_child_do_not_count(tmp_path: Path) -> None:
    child = "approver_roles = ['CTO', 'Intern']\n" + GRANT.replace('"CTO"', '"Intern"')
    assert "may not approve" in refusal(tmp_path, child)


def test_longest_exception_is_the_parents_for_the_policy_itself(tmp_path: Path) -> None:
    child = "extends = 'base.toml'\n" + GRANT
    assert "longer than exception_max_days = 10" in refusal(tmp_path, child, base="exception_max_days = 10\n")


# -------------------------------------------------------------------------------------------------------------- laws


NUMBERS = ("backup.min_retention_days", "backup.copies", "tokens.max_ttl_hours", "ir.review_hours", "git.min_reviews")
SWITCHES = ("staging.allow_write", "backup.require_pitr", "gate.require_plan", "agents.allow_bypass")
VERBS = ("DROP", "DELETE", "TRUNCATE", "ALTER", "GRANT")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A policy of a few lines, sensible or not."""
    lines = [f"{key} = {draw(st.integers(0, 100))}" for key in draw(st.lists(st.sampled_from(NUMBERS), unique=True))]
    for key in draw(st.lists(st.sampled_from(SWITCHES), unique=True, max_size=2)):
        lines.append(f"{key} = {draw(st.sampled_from(['true', 'false']))}")
    if draw(st.booleans()):
        lines.append(f"monitoring.alert_verbs = {draw(st.lists(st.sampled_from(VERBS), min_size=3, unique=True))}")
    return "\n".join(draw(st.permutations(lines)))


@settings(max_examples=150, deadline=None)
@given(texts(), texts())
def test_no_accepted_child_is_weaker_in_any_key(tmp_path_factory: Any, parent: str, child: str) -> None:
    folder = tmp_path_factory.mktemp("law")
    try:
        above = load(folder, parent, "base.toml")
        below = load(folder, "extends = 'base.toml'\n" + child)
    except PolicyError:
        return
    assert weaker(Policy(), above.policy) == []
    assert weaker(above.policy, below.policy) == []
    assert below.policy.backup.min_retention_days >= above.policy.backup.min_retention_days >= 14
    assert set(below.policy.monitoring.alert_verbs) >= set(above.policy.monitoring.alert_verbs) >= set(VERBS[:4])
    assert below.policy.staging.allow_write is False


@settings(max_examples=100, deadline=None)
@given(texts(), st.randoms())
def test_digest_depends_on_neither_place_nor_order(tmp_path_factory: Any, text: str, random: Any) -> None:
    lines = text.splitlines()
    random.shuffle(lines)
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    try:
        loaded = load(one, text)
    except PolicyError:
        return
    again = load(other, "\n".join(lines), "another-name.toml")
    assert loaded.digest == again.digest == digest_of(again.policy)


@settings(max_examples=100, deadline=None)
@given(texts())
def test_resolved_policy_written_out_is_the_same_policy(tmp_path_factory: Any, text: str) -> None:
    folder = tmp_path_factory.mktemp("out")
    try:
        loaded = load(folder, text)
    except PolicyError:
        return
    again = load(folder, as_toml(loaded.policy), "again.toml")
    assert again.policy == loaded.policy
    assert again.digest == loaded.digest


def test_any_change_of_a_demand_changes_the_digest(tmp_path: Path) -> None:
    seen = {load_policy(None).digest, load(tmp_path, "[backup]\ncopies = 4\n").digest, load(tmp_path, GRANT).digest}
    assert len(seen) == 3
    assert all(digest.startswith("sha256:") and len(digest) == 71 for digest in seen)


@settings(max_examples=300)
@given(st.text(max_size=200) | st.text(alphabet="[]{}=.\"'\n#a1 ", max_size=200))
def test_any_text_is_a_policy_or_a_policy_error(tmp_path_factory: Any, text: str) -> None:
    try:
        found: Policy | str = read_written(text, "x").policy
    except PolicyError as error:
        found = str(error)
    assert isinstance(found, Policy) or found.startswith("x")
