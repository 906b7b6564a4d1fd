"""Paths drawn on a terminal, the plan below them, and what is left for --verbose."""

import re

import pytest

from remit.reporting import Style, reports
from remit_reports.pen import cells


def reach(result, **style):
    return reports("reach")["terminal"].render(result, Style(**style))


def with_agents(result, *agents):
    test = result.nine_second_test.model_copy(update={"agents": agents})
    return result.model_copy(update={"nine_second_test": test})


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("style", [{}, {"ascii": True}, {"verbose": True}])
def test_no_line_is_wider_than_the_terminal(width, style, sample):
    lines = reach(sample, width=width, **style).splitlines()
    assert max(map(cells, lines)) <= width
    assert all(line == line.rstrip() for line in lines)


def test_a_path_is_a_chain_with_evidence_and_basis_at_every_step(sample):
    text = reach(sample)
    drawn = text[text.index("LOST  railway:volume:*\n") : text.index("Claude Code in")]
    assert re.findall(r"^  ● (\w+ \S+)$", drawn, re.MULTILINE) == [
        "agent cursor",
        "file tools/domains.sh",
        "credential railway-token",
    ]
    steps = re.findall(r"^  │ (.+?) {2,}(\w+) +(\S+)$", drawn, re.MULTILINE)
    assert steps == [
        ("can read unasked", "proven", ".cursor/cli.json:1"),
        ("holds a Railway account token", "proven", "tools/domains.sh:4"),
        ("can delete volume", "proven", "tools/domains.sh:4"),
    ]
    assert "✗ lost: the provider deletes its backups" in drawn
    assert "any one of these, met, cuts it: BK-005, LP-011, SB-001, SB-010" in drawn


def test_what_nobody_saw_is_a_broken_line_that_says_so(sample):
    text = reach(sample)
    assert re.search(r"^  ┆ drizzle-kit empties .+ unknown +package\.json:9$", text, re.MULTILINE)
    assert re.search(r"^    ┆ sends requests to any host +assumed +no place shows it$", text, re.MULTILINE)
    assert "    ┆   no file limits its network, which is the vendor's default" in text
    assert re.search(r"^    │ calls it unasked +declared +\.mcp\.json:4$", text, re.MULTILINE)


def test_a_leak_has_its_three_legs(sample):
    text = reach(sample)
    leak = text[text.index("LEAK  MCP server billing  possible") :]
    legs = [line for line in leak.splitlines() if line.startswith("  ○ ")]
    assert legs == [
        "  ○ private data",
        "  ○ untrusted content: text that strangers write",
        "  ○ a way out: any host",
    ]
    assert "any one of these, met, cuts it: LP-024, SB-009, SB-020" in leak


def test_the_plan_says_what_each_step_costs_and_buys(sample):
    text = " ".join(reach(sample).split())
    for wanted in (
        "CHEAPEST CUT $1.60 a month, 2.5 h, score 27.8% → 55%",
        "2 controls against 3 losses and leaks (1 proven); no control cuts 1",
        "1 LP-011 No file an agent can find holds a usable credential $1.60 a month 2 h",
        "against proven paths; the test then says unknown, score 41.2%",
        "closes railway:volume:* (loss by Cursor in acme/shop)",
        "2 LP-027 No agent runs in a mode that skips every approval $0 a month 0.5 h",
        "No control cuts the secrets in .env (leak by A local agent in acme/site, possible)",
        "Method: exact: a minimum-weight hitting set over all paths (MaxSAT)",
        "Team: small, 4 people",
        "Prices as of: 2026-02-01",
        "Assumed: the size of the team: the policy does not say",
    ):
        assert wanted in text
    assert "secrets × price" not in text
    assert "money: secrets × price; secrets = 4, price = 0.4" in reach(sample, verbose=True)


def test_an_agent_without_anything_in_reach_is_named_and_not_drawn(sample):
    assert "within reach of A local agent at vendor defaults (assumed) in acme/site." in " ".join(reach(sample).split())


def test_only_the_worst_is_drawn_until_everything_is_asked_for(sample):
    cursor = sample.nine_second_test.agents[0]
    losses = tuple(cursor.destroys[0].model_copy(update={"resource": f"db:{number:02}"}) for number in range(12))
    result = with_agents(sample, cursor.model_copy(update={"destroys": losses}))
    text = reach(result)
    assert len(re.findall(r"^LOST  db:", text, re.MULTILINE)) == 3
    assert len(re.findall(r"^also lost +db:", text, re.MULTILINE)) == 4
    assert "+5 more; `remit reach --verbose` draws them" in text
    whole = reach(result, verbose=True)
    assert len(re.findall(r"^LOST  db:", whole, re.MULTILINE)) == 12
    assert "more;" not in whole


def test_many_agents_are_counted_not_drawn(sample):
    cursor = sample.nine_second_test.agents[0]
    agents = [cursor.model_copy(update={"agent": f"a{number:02}", "target": f"t{number:02}"}) for number in range(50)]
    result = with_agents(sample, *agents)
    text = reach(result)
    assert "+44 more agents that can destroy or leak; `remit reach --verbose` shows them" in text
    assert len(text.splitlines()) < 150
    assert len(re.findall(r"^LOST  ", reach(result, verbose=True), re.MULTILINE)) == 50


def test_verbose_shows_every_place_reason_and_control_of_a_step(sample):
    cursor = sample.nine_second_test.agents[0]
    first = cursor.destroys[0].path[0]
    more = first.model_copy(update={"evidence": (*first.evidence, first.evidence[0].model_copy(update={"line": 99}))})
    path = (more, *cursor.destroys[0].path[1:])
    agent = cursor.model_copy(update={"destroys": (cursor.destroys[0].model_copy(update={"path": path}),)})
    result = with_agents(sample, agent)
    assert ".cursor/cli.json:1 (+1)" in reach(result)
    whole = reach(result, verbose=True)
    for wanted in ("also .cursor/cli.json:99", "no rule keeps its file tools from this path", "cut by SB-001"):
        assert wanted in whole
        assert wanted not in reach(result)


def test_a_path_that_no_control_cuts_says_so(sample):
    cursor = sample.nine_second_test.agents[0]
    bare = cursor.destroys[0].model_copy(update={"cut_by": ()})
    text = reach(with_agents(sample, cursor.model_copy(update={"destroys": (bare,)})))
    assert "no control cuts it" in text
    assert "any one of these" not in text


def test_a_resource_that_survives_says_how_old_the_copy_is(sample):
    text = " ".join(reach(sample, verbose=True).split())
    assert (
        "survives: the policy declares a copy out of the agents' reach; the newest copy is at most 24 hours old; "
        "whether it restores is unknown (no restore test is attested) what remains: s3://acme-vault"
    ) in text
    assert "possible, production, owned by platform team" in text
