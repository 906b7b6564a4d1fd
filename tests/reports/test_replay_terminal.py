"""A line for each incident, and the steps of those that nothing stops."""

import re

import pytest

from remit.reporting import Style, reports
from remit_reports.pen import cells


def replay(result, **style):
    return reports("replay")["terminal"].render(result, Style(**style))


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("style", [{}, {"ascii": True}, {"verbose": True}])
@pytest.mark.parametrize("targets", [1, 3])
def test_no_line_is_wider_than_the_terminal(width, style, targets, sample):
    result = sample.model_copy(update={"targets": sample.targets[:targets]})
    lines = replay(result, width=width, **style).splitlines()
    assert max(map(cells, lines)) <= width
    assert all(line == line.rstrip() for line in lines)


def test_one_line_an_incident_the_least_stopped_first(sample):
    text = replay(sample.model_copy(update={"targets": sample.targets[:1]}))
    rows = re.findall(
        r"^([✗?✓])  (\S+-\S+)  (.+?)  +(\d of \d) +(none known|none|step \d+) +(\d of \d(?:, want \d)?)$",
        text,
        re.MULTILINE,
    )
    assert rows == [
        ("✗", "INC-01", "A volume wiped in nine seconds", "2 of 3", "none", "0 of 3, want 3"),
        ("?", "TEAM-7", "Our own bad day", "1 of 2", "none known", "0 of 2, want 3"),
        ("✓", "INC-02", "A production database deleted in a freeze", "0 of 1", "step 1", "1 of 1, want 3"),
    ]
    heads = re.findall(r"^([✗?✓]  \d \w+)", text, re.MULTILINE)
    assert heads == ["✗  1 open", "?  1 undetermined", "✓  1 blocked"]
    assert text.startswith("REPLAY  1 of 3 documented incidents stands open, 1 undetermined: INC-01\n")


def test_the_steps_of_what_is_not_blocked_are_told_with_reason_and_place(sample):
    text = replay(sample)
    for wanted in (
        "INC-01 A volume wiped in nine seconds in acme/shop  open, 2026-04-24 or 25",
        "none of SB-001, SB-002 is met",
        "seen at .cursor/cli.json:1",
        "seen at tools/domains.sh:4, .env.backup:7 (+1)",
        "nobody could look at the provider",
    ):
        assert wanted in text
    assert not re.search("^INC-02", text, re.MULTILINE)
    whole = replay(sample, verbose=True)
    for wanted in (
        "INC-02 A production database deleted in a freeze",
        "blocked by LP-027; its settings keep it out",
        "SB-001 fail: Cursor runs outside any container",
        "SB-002 not audited",
        "needs agent.shell=unrestricted: found (.cursor/cli.json:1)",
        "needs backup.location==source.volume: unknown (not in any file)",
        "notes.md:2",
        "verified: several sources",
        "sources: S2; S4",
    ):
        assert wanted in whole


def test_many_incidents_are_counted(sample):
    many = tuple(sample.replay[number % 3].model_copy(update={"id": f"INC-{number:03}"}) for number in range(300))
    result = sample.model_copy(update={"replay": many})
    text = replay(result)
    assert "+260 more; `remit replay --verbose` lists them" in text
    assert "✗  100 open" in text
    assert len(text.splitlines()) < 90
    assert len(re.findall(r"^[✗?✓]  INC", replay(result, verbose=True), re.MULTILINE)) == 300


def test_of_several_targets_the_worst_stands_for_all_until_everything_is_asked_for(sample):
    bare, stopped, _ = sample.replay
    many = (
        *(bare.model_copy(update={"target": f"shop-{number}"}) for number in range(3)),
        stopped.model_copy(update={"id": "INC-01", "target": "walled"}),
        *(stopped.model_copy(update={"target": f"shop-{number}"}) for number in range(4)),
    )
    result = sample.model_copy(update={"replay": many})
    text = replay(result)
    rows = re.findall(r"^[✗?✓]  (INC-\d+)  .* in (\S+)( \(\+\d\))?  ", text, re.MULTILINE)
    assert rows == [("INC-01", "shop-0", " (+2)"), ("INC-02", "shop-0", " (+3)")]
    assert len(re.findall(r"^INC-01 .*", text, re.MULTILINE)) == 1
    assert len(re.findall(r"^[✗?✓]  INC", replay(result, verbose=True), re.MULTILINE)) == 8
