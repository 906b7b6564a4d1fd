"""The bundled incidents, against the structure that the documented record gives them."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from remit.incidents.facts import FACTS, known_facts
from remit.incidents.loader import BUNDLED, load_chains
from remit.incidents.model import CONTROLS, KINDS, LINKS

DOCS = Path(__file__).parents[3] / "docs/incidents.md"
LETTERS = dict(zip("CNKSDXBA", LINKS, strict=True))

# The five chains with their breakers by step.
GIVEN = {
    "INC-01": "C SB-001 SB-002 LP-022 SB-016 / N LP-028 LP-033 / K LP-010 LP-011 SB-010 LP-012 LP-016 / S LP-013 LP-014 SB-009 LP-023 / "
    "D LP-036 SB-014 LP-035 / B BK-005 BK-006 BK-007 BK-016 / A MN-002 MN-004 MN-006 MN-013 IR-001 BK-019 IR-007",
    "INC-02": "C LP-033 LP-039 SB-016 / K LP-001 SB-015 / S LP-003 LP-002 LP-004 / D LP-028 / B BK-001 BK-003 BK-019 / A MN-015 MN-001 MN-002",
    "INC-03": "C LP-027 LP-022 SB-001 / N BK-013 LP-029 / K LP-010 SB-010 LP-012 / S LP-035 LP-034 BK-013 / D LP-030 LP-028 BK-011 BK-012 / "
    "B BK-015 BK-006 BK-008 BK-003 / A BK-019 IR-007 MN-013",
    "INC-04": "C LP-022 LP-027 SB-001 / K SB-015 LP-001 LP-018 LP-010 / S LP-003 LP-004 LP-005 / D LP-031 LP-028 LP-029 / "
    "B BK-001 BK-017 BK-016 BK-018 / A MN-002 MN-004 IR-004",
    "INC-05": "C LP-026 LP-022 LP-024 / K LP-001 LP-011 / S LP-003 LP-004 LP-002 / D LP-028 LP-029 / B BK-001 BK-002 BK-003 / A MN-001 MN-002",
}  # fmt: skip
# The others: kind, letters of the chain, and all their breakers.
COMPACT = {
    "INC-06": "I CDA SB-011 SB-001 SB-002 LP-028 MN-015",
    "INC-07": "I KSCD LP-013 LP-027 SB-001 LP-025 LP-034 BK-006",
    "INC-08": "I CD SB-001 SB-002 LP-019 SB-011 LP-028",
    "INC-09": "I CD SB-005 LP-028 SB-011",
    "INC-10": "I CDA SB-001 MN-007 LP-027",
    "INC-11": "I CD SB-001 LP-028",
    "INC-12": "I KSDB SB-015 LP-031 LP-003 BK-001 BK-017",
    "INC-13": "I CSD LP-034 LP-028 LP-009 LP-013",
    "INC-14": "I CKXA LP-027 LP-010 SB-010 SB-009 LP-017 LP-012",
    "INC-15": "E CSX SB-020 LP-013 LP-024 SB-019",
    "INC-16": "E KSX LP-004 LP-026 SB-020 LP-007 LP-008",
    "INC-17": "E KX SB-009 LP-010 LP-027 SB-020",
    "INC-18": "E CD SB-001 SB-007 LP-019 SB-019",
    "INC-19": "I CX LP-025 LP-024 SB-009",
    "INC-20": "E C SB-019 LP-032",
    "INC-21": "E KX LP-024 SB-010 SB-018 SB-009",
    "INC-22": "I KCX IR-010 SB-001 SB-003 LP-025 LP-010",
    "INC-23": "I CDB SB-005 BK-005 BK-018 LP-028",
    "INC-24": "I KSDB SB-015 BK-002 LP-028 LP-032",
    "INC-25": "I CDA MN-015 LP-025 LP-032 LP-039",
    "INC-26": "I CXA MN-004 LP-025 LP-024",
    "INC-27": "I CKX LP-025 IR-010 SB-001",
    "INC-28": "I CD SB-001 SB-002 LP-022 LP-027",
    "INC-29": "I CD LP-022 SB-001 LP-028",
}
UNVERIFIED = {"INC-05", "INC-25"}
CHAINS = {chain.id: chain for chain in load_chains()}


def test_there_are_29_in_order():
    assert list(CHAINS) == [f"INC-{number:02}" for number in range(1, 30)]
    assert sorted({*GIVEN, *COMPACT}) == list(CHAINS)


@pytest.mark.parametrize("id_", GIVEN)
def test_the_five_chains_are_as_given(id_):
    wanted = [part.split() for part in GIVEN[id_].split(" / ")]
    found = CHAINS[id_].steps
    assert [(step.link, list(step.broken_by)) for step in found] == [(LETTERS[link], ids) for link, *ids in wanted]
    assert CHAINS[id_].kind == "incident"


@pytest.mark.parametrize("id_", GIVEN)
def test_their_links_follow_the_usual_order(id_):
    order = [LINKS.index(step.link) for step in CHAINS[id_].steps]
    assert order == sorted(order)


@pytest.mark.parametrize("id_", COMPACT)
def test_the_others_have_a_step_for_each_letter_and_all_their_breakers(id_):
    kind, letters, *breakers = COMPACT[id_].split()
    chain = CHAINS[id_]
    assert [step.link for step in chain.steps] == [LETTERS[letter] for letter in letters]
    assert {control for step in chain.steps for control in step.broken_by} == set(breakers)
    assert chain.kind == {"I": "incident", "E": "exercise"}[kind]


@pytest.mark.parametrize("chain", CHAINS.values(), ids=lambda chain: chain.id)
def test_every_chain_is_whole(chain):
    assert [step.n for step in chain.steps] == list(range(1, len(chain.steps) + 1))
    assert chain.name
    assert re.match(r"(mid-December )?20\d\d", chain.date)
    assert chain.agent
    assert chain.verified
    assert chain.sources
    assert chain.kind in KINDS
    for step in chain.steps:
        assert step.requires, f"{chain.id} step {step.n} takes nothing that could be looked for"
        assert not step.does.endswith("."), step.does
        assert set(step.requires) <= set(known_facts())
        assert set(step.broken_by) <= set(CONTROLS)


def test_what_nobody_could_verify_says_so():
    assert {id_ for id_, chain in CHAINS.items() if chain.verified.startswith("unverified")} == UNVERIFIED


def test_the_better_evidence_is_told():
    pocket, replit, datatalks, drizzle = (CHAINS[f"INC-0{number}"] for number in range(1, 5))
    assert pocket.date == "2026-04-24 or 25"
    assert "vendor restores" in pocket.steps[-1].does
    assert "1,206" in replit.steps[3].does
    assert "rollback worked" in replit.steps[4].does
    assert datatalks.date.startswith("2026-02-26")
    assert drizzle.date == "2026-02-19"


def test_every_fact_of_the_vocabulary_is_used_but_those_for_teams():
    used = {name for chain in CHAINS.values() for step in chain.steps for name in step.requires}
    assert {fact.name for fact in FACTS if not used & set(fact.known)} == {"mcp=configured"}


def test_the_file_travels_with_the_package():
    assert (resources.files("remit.incidents") / "chains.toml").is_file()
    assert CHAINS["INC-01"].origin.startswith(f"{BUNDLED}:")


def test_the_catalogue_has_110_controls():
    assert len(CONTROLS) == len(set(CONTROLS)) == 110
    assert CONTROLS[0] == "LP-001"
    assert CONTROLS[-1] == "IR-010"


def test_the_example_of_the_documentation_loads(tmp_path):
    text = DOCS.read_text(encoding="utf-8")
    example = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(example) == 1
    path = tmp_path / "acme.toml"
    path.write_text(example[0], encoding="utf-8")
    (chain,) = load_chains(path)
    assert chain.id == "ACME-2026-01"
    assert [step.link for step in chain.steps] == ["capability", "credential", "destroy"]


def test_the_fault_of_the_documentation_is_what_is_said(tmp_path, monkeypatch):
    text = DOCS.read_text(encoding="utf-8")
    example = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0].replace("SB-001", "SB-100")
    told = re.findall(r"```\n(chains/acme.*?)\n```", text, re.DOTALL)[0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains/acme.toml").write_text(example, encoding="utf-8")
    with pytest.raises(Exception, match="no control") as caught:
        load_chains(Path("chains/acme.toml"))
    assert str(caught.value) == told
