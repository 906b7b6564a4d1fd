"""LP-028: nothing irreversible without a person's word."""

from __future__ import annotations

from typing import Any

import pytest

from remit.access.agent import Answer, Egress
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Source, Unknown
from remit.policy.model import Policy
from remit_checks.least_privilege.gate_irreversible import gate_irreversible as lp_028

OPEN = Unknown("settings.json could not be read")

TABLE: tuple[tuple[str, Any, dict[str, Any], str, str], ...] = (
    ("asks", "ask", {}, "pass", "iac-destroy"),
    ("refuses", "deny", {}, "pass", "iac-destroy"),
    ("refuses by default", "deny", {"assumed": True}, "pass", "iac-destroy"),
    ("allows", "allow", {"by": "Bash(*)"}, "fail", "(runs unasked by Bash(*): run sql-ddl)"),
    (
        "allows one class",
        "ask",
        {"iac_destroy": "allow", "by": "Bash(terraform *)"},
        "fail",
        "iac-destroy (runs unasked by Bash(terraform *): run iac-destroy)",
    ),
    ("a model decides", "classifier", {}, "fail", "a model decides"),
    ("a model decides by default", "classifier", {"assumed": True}, "unknown", "vendor default of an unknown version"),
    ("asks by default", "ask", {"assumed": True}, "unknown", "vendor default"),
    ("nobody knows", OPEN, {}, "unknown", "could not be read"),
    ("a fault outweighs what is open", OPEN, {"git_force": "allow"}, "fail", "not known: sql-ddl"),
)


@pytest.mark.parametrize(("name", "decision", "others", "answer", "words"), TABLE, ids=[row[0] for row in TABLE])
def test_each_decision(facts: Any, name: str, decision: Any, others: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(lp_028, facts.agent({"gates": facts.gates(decision, **others)}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


SANDBOXED: tuple[tuple[str, dict[str, Any], Egress, str, str], ...] = (
    ("no network", {}, Egress("none"), "pass", "iac-destroy"),
    ("harmless hosts", {}, Egress("allowlist", ("registry.example.org",)), "pass", "iac-destroy"),
    ("open network", {}, Egress("open"), "fail", "whose network is open"),
    ("a code host", {}, Egress("allowlist", ("github.com",)), "fail", "git-force"),
    ("its interface", {}, Egress("allowlist", ("api.github.com",)), "fail", "lets api.github.com through"),
    ("every host of a cloud", {}, Egress("allowlist", ("*.amazonaws.com",)), "fail", "cloud-delete"),
    ("every host of a wider name", {}, Egress("allowlist", ("*.com",)), "fail", "lets *.com through"),
    ("a namesake", {}, Egress("allowlist", ("notgithub.com",)), "pass", "git-force"),
    ("network unknown", {}, Egress(OPEN), "unknown", "could not be read"),
    ("a way out", {"escapes": ("excluded command: docker",)}, Egress("none"), "fail", "excluded command: docker"),
    ("switched off", {"enabled": False}, Egress("none"), "fail", "switched off"),
    ("unreadable", {"enabled": OPEN}, Egress("none"), "unknown", "could not be read"),
)


@pytest.mark.parametrize(("name", "sandbox", "egress", "answer", "words"), SANDBOXED, ids=[row[0] for row in SANDBOXED])
def test_sandboxed_commands(
    facts: Any, name: str, sandbox: dict[str, Any], egress: Egress, answer: str, words: str
) -> None:
    agent = facts.agent({"gates": facts.gates("sandboxed"), "sandbox": facts.sandbox(**sandbox), "egress": egress})
    found = facts.one(lp_028, agent)
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_files_outside_are_held_by_a_sandbox_whatever_its_network(facts: Any) -> None:
    agent = facts.agent(
        {
            "gates": facts.gates("ask", fs_delete_outside="sandboxed"),
            "sandbox": facts.sandbox(),
            "egress": Egress("open"),
        }
    )
    assert facts.one(lp_028, agent).status == "pass"


@pytest.mark.parametrize(
    ("hook", "answer", "words"),
    [
        (False, "fail", "runs unasked"),
        (True, "unknown", "what that program refuses cannot be seen from here"),
        (OPEN, "unknown", "could not be read"),
    ],
)
def test_a_hook_may_gate_but_nobody_can_see_it(facts: Any, hook: Any, answer: str, words: str) -> None:
    found = facts.one(lp_028, facts.agent({"gates": facts.gates("allow"), "gate_hook": hook}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_a_hook_never_makes_a_pass_of_it_nor_spoils_one(facts: Any) -> None:
    assert facts.one(lp_028, facts.agent({"gate_hook": True})).status == "pass"


def test_prose_is_no_gate(facts: Any) -> None:
    access = {"gates": facts.gates("classifier", assumed=True)}
    prose = facts.agent(access, files=("CLAUDE.md", ".claude/agents/dba.md"))
    found = facts.one(lp_028, prose)
    assert found.status == "fail"
    assert "only text addressed to the model" in found.verdict.message
    both = facts.agent(access, files=("CLAUDE.md", ".claude/settings.json"))
    assert facts.one(lp_028, both).status == "unknown"


def test_an_assumed_agent_is_unknown(facts: Any) -> None:
    assert facts.one(lp_028, assumed_agent()).status == "unknown"


def test_without_a_shell_there_is_nothing_to_gate(facts: Any) -> None:
    assert facts.one(lp_028, facts.agent({"gates": (), "shell_without_approval": "no"})).status == "pass"
    assert facts.one(lp_028, facts.agent({"gates": (), "shell_without_approval": OPEN})).status == "unknown"
    assert facts.one(lp_028, facts.agent({"gates": (), "shell_without_approval": "scoped"})).status == "unknown"


def _asking_but_for(*allowed: str) -> Any:
    return lambda command: Answer("allow" if command in allowed else "ask", f"Bash({command})")


@pytest.mark.parametrize(
    ("path", "text", "allowed", "words"),
    [
        ("package.json", '{"scripts": {"db:push": "drizzle-kit push --force"}}', "npm run db:push", "orm-force-push"),
        ("Makefile", "clean:\n\tterraform destroy -auto-approve\n", "make clean", "iac-destroy"),
        ("scripts/wipe.sh", "terraform destroy -auto-approve\n", "bash scripts/wipe.sh", "iac-destroy"),
    ],
)
def test_a_script_does_it_under_a_name_that_tells_nothing(
    facts: Any, path: str, text: str, allowed: str, words: str
) -> None:
    scripts = tuple(facts.collector("scripts").parse(Document(path, text.encode())))
    asked = facts.one(lp_028, facts.agent({"decide": _asking_but_for()}), *scripts)
    assert asked.status == "pass", asked.verdict
    found = facts.one(lp_028, facts.agent({"decide": _asking_but_for(allowed)}), *scripts)
    assert found.status == "fail"
    assert f"{words} (runs unasked by Bash({allowed}): {allowed})" in found.verdict.message
    other = facts.one(lp_028, facts.agent({"decide": _asking_but_for("npm run build")}), *scripts)
    assert other.status == "pass"


@pytest.mark.parametrize(
    ("decision", "assumed", "answer"),
    [
        ("ask", False, "fail"),
        ("ask", True, "fail"),
        ("classifier", False, "fail"),
        ("deny", False, "pass"),
        ("deny", True, "pass"),
    ],
)
def test_started_without_approvals_it_asks_about_nothing(facts: Any, decision: Any, assumed: bool, answer: str) -> None:
    """Only what is refused is refused in that mode too."""
    started = Source("scripts/night.sh", 3, "scripts")
    made = facts.agent({"gates": facts.gates(decision, assumed=assumed)}, bypass=(started,))
    found = facts.one(lp_028, made)
    assert (found.status, "scripts/night.sh:3 starts it" in found.verdict.message) == (answer, answer == "fail")


def test_a_script_that_nobody_could_read_leaves_it_open(facts: Any) -> None:
    gap = Gap("scripts", "package.json", "too deeply nested", ("ScriptFile",))
    found = facts.judge(lp_028, facts.agent({"decide": _asking_but_for()}), gaps=(gap,))
    assert {each.status for each in found} == {"pass", "unknown"}
    assert [each.subject_name for each in found if each.status == "unknown"] == ["package.json"]


def test_what_only_a_pipeline_starts_is_not_the_agents(facts: Any) -> None:
    text = b"jobs:\n  db:\n    steps:\n      - run: npx drizzle-kit push --force\n"
    scripts = tuple(facts.collector("scripts").parse(Document(".github/workflows/db.yml", text)))
    made = facts.agent({"decide": _asking_but_for("bash .github/workflows/db.yml")})
    assert facts.one(lp_028, made, *scripts).status == "pass"


def test_only_the_policys_classes_are_asked_for(facts: Any) -> None:
    agent = facts.agent({"gates": facts.gates("ask", k8s_delete="allow")})
    assert facts.one(lp_028, agent).status == "fail"
    assert facts.one(lp_028, agent, policy={"gate.classes": ("sql-ddl",)}).status == "pass"


def test_a_prompt_is_one_persons_word(facts: Any) -> None:
    two = {"gate.approvers_min": 2}
    found = facts.one(lp_028, facts.agent(), policy=two)
    assert found.status == "unknown"
    assert "one person" in found.verdict.message
    assert facts.one(lp_028, facts.agent({"gates": facts.gates("deny")}), policy=two).status == "pass"


def test_the_rules_to_take_out_are_named_with_their_lines(facts: Any) -> None:
    found = facts.one(
        lp_028, facts.agent({"gates": facts.gates("ask", iac_destroy="allow", git_force="allow", by="Bash(*)")})
    )
    removal = next(each for each in found.verdict.remedies if "Take out" in each.title)
    assert (removal.kind, removal.path, removal.safe) == ("edit", ".claude/settings.json", False)
    assert removal.body == "line 7: remove Bash(*)"
    assert str(found.verdict.sources[0]) == ".claude/settings.json:7"


@pytest.mark.parametrize(
    ("agent", "kind", "path"),
    [
        ("codex", "edit", ".codex/config.toml"),
        ("cursor", "manual", ""),
        ("opencode", "edit", "opencode.json"),
        ("goose", "manual", ""),
    ],
)
def test_every_agent_gets_a_way_out(facts: Any, agent: str, kind: str, path: str) -> None:
    remedy = facts.one(lp_028, facts.agent({"gates": facts.gates("classifier")}, agent=agent)).verdict.remedies[0]
    assert (remedy.kind, remedy.path) == (kind, path)
    assert remedy.body


def _read(facts: Any, path: str, text: str) -> list[Any]:
    agents = facts.collector("agents")
    return list(
        agents.link(list(agents.parse(Document(path, text.encode()))), (), Scope(Policy(), "acme/shop", facts.NOW))
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".claude/settings.json", '{"permissions": {"defaultMode": "bypassPermissions"}}'),
        (".claude/settings.json", '{"sandbox": {"enabled": true}}'),
        (".codex/config.toml", 'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n'),
    ],
)
def test_the_setting_of_the_remedy_mends_it(facts: Any, path: str, text: str) -> None:
    """Before and after go through the agent's own reader."""
    before = facts.one(lp_028, *_read(facts, path, text))
    assert before.status == "fail", before.verdict
    remedy = before.verdict.remedies[0]
    assert remedy.path == path
    assert facts.one(lp_028, *_read(facts, path, remedy.body)).status == "pass"
