"""Judging: what crashes, hides or is excepted never turns into a pass."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.access.graph import AccessGraph
from remit.check import check
from remit.engine import Case, judge
from remit.errors import RegistryError
from remit.evidence import WHOLE_TARGET, Gap, Source, Unknown
from remit.policy.model import Policy
from remit.remedy import manual
from remit.verdict import fail, ok, skip, unknown

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Door:
    """A subject that stands for one place."""

    KIND: ClassVar[str] = "door"
    name: str
    locked: object


@dataclass(frozen=True, slots=True)
class House:
    """A subject that stands for the whole target."""

    KIND: ClassVar[str] = WHOLE_TARGET
    locked: object
    name: str = "house"


@check("LP-901", "doors-locked", severity="critical")
def doors(door: Door) -> object:
    """Every door is locked.

    Or somebody walks in.

    Fix:
        Lock it.
    """
    if isinstance(door.locked, Unknown):
        return unknown(door.locked, Source(door.name))
    if door.locked == "none":
        return skip("not a door")
    if door.locked:
        return ok(f"{door.name} is locked", Source(door.name))
    return fail(f"{door.name} is open", Source(door.name, 3), remedies=(manual("Lock it"),))


@check("LP-902", "house-locked", severity="high", absent="pass", attestable=True)
def house(subject: House) -> object:
    """The house is locked.

    Or somebody walks in.

    Fix:
        Lock it.
    """
    return ok("locked") if subject.locked else fail("open", Source("house"), remedies=(manual("Lock it"),))


@check("SB-901", "crashes", severity="medium")
def crashes(door: Door) -> object:
    """This check is broken.

    It compares an unknown fact.

    Fix:
        Mend the check.
    """
    if Unknown("never looked") == door.locked:
        return ok("locked")
    return skip("open")


def judged(checks, subjects, gaps=(), policy=None):
    graph = AccessGraph("acme/shop", policy or Policy(), tuple(subjects), tuple(gaps))
    return judge(checks, Case(graph, policy or Policy(), NOW))


def statuses(findings):
    return {(each.check.id, each.subject_name): each.status for each in findings}


def test_each_answer_becomes_a_finding():
    found = judged([doors], [Door("a", True), Door("b", False), Door("c", Unknown("dark")), Door("d", "none")])
    assert statuses(found) == {
        ("LP-901", "a"): "pass",
        ("LP-901", "b"): "fail",
        ("LP-901", "c"): "unknown",
        ("LP-901", "d"): "not-applicable",
    }


def test_a_check_that_crashes_is_an_error_and_the_others_go_on():
    found = judged([crashes, doors], [Door("a", True)])
    assert statuses(found) == {("SB-901", "a"): "error", ("LP-901", "a"): "pass"}
    broken = next(each for each in found if each.status == "error")
    assert "TypeError" in broken.verdict.message
    assert "never looked" not in broken.verdict.message + broken.detail


def test_no_check_is_no_clean_bill():
    with pytest.raises(RegistryError, match="no check"):
        judged([], [Door("a", True)])


def test_nothing_found_in_a_complete_search():
    assert statuses(judged([doors], [])) == {("LP-901", "acme/shop"): "not-applicable"}
    assert statuses(judged([house], [])) == {("LP-902", "acme/shop"): "pass"}


@pytest.mark.parametrize("checked", [doors, house])
def test_a_gap_is_unknown_and_never_the_answer_of_an_empty_search(checked):
    hidden = checked.subjects[0].__name__
    found = judged([checked], [], [Gap("files", "vault.bin", "too large", (hidden,))])
    assert {each.status for each in found} == {"unknown"}


def test_a_gap_elsewhere_changes_nothing():
    found = judged([doors], [Door("a", True)], [Gap("files", "vault.bin", "too large", ("Window",))])
    assert statuses(found) == {("LP-901", "a"): "pass"}


def test_a_gap_leaves_a_place_of_its_own_open():
    found = judged([doors], [Door("a", True), Door("b", False)], [Gap("files", "c", "too large", ("Door",))])
    assert statuses(found) == {("LP-901", "a"): "pass", ("LP-901", "b"): "fail", ("LP-901", "c"): "unknown"}


def test_a_gap_takes_a_whole_targets_pass_away_but_not_its_fail():
    gap = Gap("files", "attic", "too large", ("House",))
    passed, failed = judged([house], [House(True)], [gap]), judged([house], [House(False)], [gap])
    assert (passed[0].status, failed[0].status) == ("unknown", "fail")
    assert "attic" in passed[0].verdict.message


doors_lists = st.lists(
    st.builds(Door, st.text("abcdef", min_size=1, max_size=2), st.booleans()), unique_by=lambda door: door.name
)


@given(doors_lists, st.data())
def test_hiding_a_place_never_raises_the_score_nor_turns_fail_into_pass(listed, data):
    from remit.score import scores

    hidden = data.draw(st.sets(st.sampled_from(listed))) if listed else set()
    gaps = [Gap("files", door.name, "too large", ("Door",)) for door in hidden]
    whole = judged([doors], listed)
    partly = judged([doors], [door for door in listed if door not in hidden], gaps)

    def proven(found):
        return scores((each.check.dimension, each.check.severity, each.status) for each in found)["overall"].proven or 0

    assert proven(partly) <= proven(whole)
    failed = {name for (_, name), status in statuses(whole).items() if status == "fail"}
    passed = {name for (_, name), status in statuses(partly).items() if status == "pass"}
    assert not failed & passed


@given(doors_lists, st.randoms())
def test_the_order_of_subjects_changes_no_finding(listed, random):
    shuffled = list(listed)
    random.shuffle(shuffled)
    assert judged([doors], shuffled) == judged([doors], listed)


def test_a_fingerprint_outlives_moved_lines_and_changes_with_the_subject():
    first, second = judged([doors], [Door("a", False)]), judged([doors], [Door("b", False)])
    assert first[0].fingerprint == judged([doors], [Door("a", True)])[0].fingerprint
    assert first[0].fingerprint != second[0].fingerprint


def policy(**entries):
    return Policy.model_validate(entries)


EXCEPTION = {
    "control": "LP-901",
    "scope": {"target": "acme/shop"},
    "approver": "CTO",
    "requested_by": "dev@acme.example",
    "reason": "the lock is on order",
    "ticket": "OPS-1",
    "from": "2026-11-01",
    "until": "2026-12-01",
}


def test_a_dated_exception_waives_a_fail_and_nothing_else():
    excepted = policy(exceptions=[EXCEPTION])
    found = judged([doors], [Door("a", False), Door("b", Unknown("dark")), Door("c", True)], policy=excepted)
    assert statuses(found) == {("LP-901", "a"): "waived", ("LP-901", "b"): "unknown", ("LP-901", "c"): "pass"}
    assert next(each for each in found if each.status == "waived").waiver.ticket == "OPS-1"


def test_an_expired_exception_waives_nothing():
    expired = policy(exceptions=[EXCEPTION | {"from": "2026-09-01", "until": "2026-11-20"}])
    assert statuses(judged([doors], [Door("a", False)], policy=expired)) == {("LP-901", "a"): "fail"}


ATTESTATION = {
    "control": "LP-902",
    "by": "CTO",
    "on": "2026-11-01",
    "valid_days": 30,
    "evidence": "https://wiki.acme.example/1",
}


def test_an_attestation_decides_what_nobody_could_see_and_decays():
    gap = Gap("files", "attic", "too large", ("House",))
    stands = judged([house], [House(True)], [gap], policy(attestations=[ATTESTATION]))
    lapsed = judged([house], [House(True)], [gap], policy(attestations=[ATTESTATION | {"on": "2026-09-01"}]))
    assert (stands[0].status, lapsed[0].status) == ("pass", "unknown")
    assert "CTO" in stands[0].verdict.message


def test_an_attestation_never_overrules_what_was_seen():
    assert judged([house], [House(False)], policy=policy(attestations=[ATTESTATION]))[0].status == "fail"
