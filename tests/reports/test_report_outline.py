"""What comes first, and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit_reports import outline


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ("agent:cursor", "cursor"),
        ("file:tools/a:b.sh", "tools/a:b.sh"),
        ("credential:railway-token:tools/domains.sh:4", "railway-token"),
        ("command:terraform in infra", "terraform in infra"),
        ("resource:aws_db_instance.x", "aws_db_instance.x"),
        ("railway:volume:*", "railway:volume:*"),
        ("plain", "plain"),
    ],
)
def test_nodes_are_said_as_people_say_them(node, said):
    assert outline.spoken(node) == said


def test_losses_come_worst_first_and_each_resource_once(sample):
    found = outline.losses(sample)
    assert [(each.destroyed.verdict, each.destroyed.resource) for each in found] == [
        ("lost", "railway:volume:*"),
        ("unknown", "postgres:database:billing"),
        ("survives", "infra/aws_s3_bucket.invoices"),
    ]
    assert [hop.node for hop in found[0].hops] == ["cursor", "tools/domains.sh", "railway-token"]


def test_two_agents_with_the_same_resource_share_a_line_and_the_certain_path_leads(sample):
    test = sample.nine_second_test
    cursor = test.agents[0]
    doubtful = cursor.destroys[0].model_copy(update={"certainty": "possible"})
    other = cursor.model_copy(update={"agent": "aider", "title": "Aider", "destroys": (doubtful,)})
    agents = (other, *test.agents)
    found = outline.losses(sample.model_copy(update={"nine_second_test": test.model_copy(update={"agents": agents})}))
    assert (found[0].agent.title, [agent.title for agent in found[0].others]) == ("Cursor", ["Aider"])
    assert len(found) == 3


@pytest.mark.parametrize(
    ("verdict", "reason", "said"),
    [
        ("survives", "nothing can be destroyed", "Nothing can be destroyed"),
        ("unknown", "aws_db_instance.x: no copy is declared", "aws_db_instance.x: no copy is declared"),
        ("no-agent", "the policy says that no agent is used here", "The policy says that no agent is used here"),
    ],
)
def test_headline_gives_the_reason_where_nothing_is_lost(verdict, reason, said, changed):
    assert outline.headline(changed(nine_second_test={"verdict": verdict, "reason": reason, "agents": []})) == said


@pytest.mark.parametrize(
    ("certainty", "fate", "said"),
    [
        ("proven", "lost", "Cursor can destroy railway:volume:* in acme/shop, and no copy survives"),
        ("possible", "lost", "Cursor may be able to destroy railway:volume:* in acme/shop, and no copy survives"),
        ("proven", "unknown", "Cursor can destroy railway:volume:* in acme/shop; whether a copy survives is unknown"),
    ],
)
def test_headline_says_how_certain_it_is(certainty, fate, said, sample):
    test = sample.nine_second_test
    destroyed = test.agents[0].destroys[0].model_copy(update={"certainty": certainty, "verdict": fate})
    agent = test.agents[0].model_copy(update={"destroys": (destroyed,)})
    changed = sample.model_copy(
        update={"nine_second_test": test.model_copy(update={"agents": (agent,), "verdict": fate})}
    )
    assert outline.headline(changed) == said


def test_findings_are_read_worst_first(sample):
    found = outline.worst_first(sample.findings)
    assert [each.status for each in found][:7] == ["fail"] * 5 + ["error", "unknown"]
    assert [each.control for each in found][:5] == ["BK-005", "LP-011", "LP-011", "LP-027", "SB-001"]
    assert found == outline.worst_first(sample.findings[::-1])


def test_dimensions_hold_every_finding_once(sample):
    parts = outline.dimensions(sample)
    assert [part.name for part in parts] == ["least-privilege", "backup", "sandbox", "monitoring", "response"]
    held = [each for part in parts for control in part.controls for each in control.findings]
    assert sorted(each.fingerprint for each in held) == sorted(each.fingerprint for each in sample.findings)
    sandbox = parts[2]
    assert [part.control.id for part in sandbox.open] == ["SB-001"]
    assert {each.control for each in sandbox.settled} == {"SB-010"}


def test_a_control_the_result_does_not_describe_is_named_by_its_finding(changed):
    part = outline.dimensions(changed(controls=[]))[0].controls[0]
    assert (part.control.id, part.control.title, part.control.why) == (
        "LP-011",
        "No file an agent can find holds a usable credential",
        "",
    )


@given(st.floats(0, 1))
def test_what_was_not_all_seen_never_reads_as_all_seen(coverage):
    said = outline.seen(coverage)
    assert (said == "100%") == (coverage > 1 - 1e-10)
    assert 0 <= int(said.rstrip("%")) <= 100


@pytest.mark.parametrize(("number", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12345, "12,345 files")])
def test_numbers_are_counted_as_people_count(number, said):
    assert outline.counted(number, "file") == said


def test_left_out_is_counted_by_reason(sample):
    assert outline.left_out(sample) == (("vendored", 2153), ("built", 41))


def test_advice_starts_with_the_worst_and_is_short(sample, changed):
    assert [each.command for each in outline.advice(sample)] == [
        "remit explain BK-005",
        "remit scan --format html=report.html",
        "remit policy init",
    ]
    known = changed(findings=[], nine_second_test={"verdict": "survives", "reason": "as seen", "agents": []})
    assert [each.command for each in outline.advice(known)] == [
        "remit scan --format html=report.html",
        "remit inventory",
    ]
