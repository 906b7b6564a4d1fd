"""SB-010: the places where credentials lie are closed to an agent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.access.agent import Answer
from remit.access.assumed import assumed_agent
from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.read_rules import is_file, lies_in, samples
from remit_checks.sandbox.sensitive_reads_denied import sensitive_reads_denied as sb_010


def _closed(path: str) -> bool:
    return False


def _open_at_home(path: str) -> bool:
    return path.startswith("~")


def _runs(decision: Any) -> Any:
    return lambda command: Answer(decision, "a rule")


# What the rules of the file tools let through, the shell, the decision about a reader in it, and the sandbox.
AGENTS: tuple[tuple[str, Any, Any, Any, dict[str, Any] | None, str, str], ...] = (
    ("no rule at all", None, "no", "ask", None, "fail", "no rule keeps its file tools"),
    ("rules, and no shell", _closed, "no", "ask", None, "pass", "kept from every place"),
    ("rules, and a shell that asks", _closed, "scoped", "ask", None, "pass", "kept from every place"),
    ("rules, and a shell that reads", _closed, "yes", "allow", None, "fail", "its shell reads the file as well"),
    ("rules, and a model that decides", _closed, "scoped", "classifier", None, "unknown", "a model decides"),
    ("rules that a sandbox enforces", _closed, "yes", "sandboxed", {}, "pass", "kept from every place"),
    ("a sandbox and no rules", None, "yes", "sandboxed", {}, "fail", "no rule keeps its file tools"),
    ("a sandbox with a way out", _closed, "yes", "allow", {"escapes": ("x",)}, "fail", "its shell reads"),
    (
        "a sandbox that only warns",
        _closed,
        "yes",
        "sandboxed",
        {"fails_closed": False},
        "pass",
        "wherever its sandbox works (SB-003)",
    ),
    (
        "rules for the project only",
        _open_at_home,
        "no",
        "ask",
        None,
        "unknown",
        "nothing keeps Claude Code from ~/.ssh",
    ),
    ("unreadable", _closed, Unknown("settings.json is broken"), "ask", None, "unknown", "is broken"),
)


@pytest.mark.parametrize(
    ("name", "reads", "shell", "decision", "sandbox", "answer", "words"), AGENTS, ids=[row[0] for row in AGENTS]
)
def test_agents_beside_a_file(
    facts: Any, name: str, reads: Any, shell: Any, decision: Any, sandbox: Any, answer: str, words: str
) -> None:
    access = {"reads": reads, "shell_without_approval": shell, "decide": _runs(decision)}
    if sandbox is not None:
        access["sandbox"] = facts.sandbox(**sandbox)
    found = facts.one(sb_010, facts.agent(access), facts.file(facts.url()))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


FILES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    (".env", {}, "fail", ".env unasked"),
    ("app/.env.production", {}, "fail", "app/.env.production"),
    ("infra/terraform.tfstate", {}, "fail", "terraform.tfstate"),
    ("~/.aws/credentials", {}, "fail", "~/.aws/credentials"),
    ("~/.netrc", {}, "fail", "~/.netrc"),
    (".env", {"placeholder": True}, "unknown", "credentials lie there was not seen"),
    (".env", {"environment": "development"}, "unknown", "was not seen"),
    ("src/config.ts", {}, "unknown", "was not seen"),
)


@pytest.mark.parametrize(("path", "credential", "answer", "words"), FILES)
def test_files(facts: Any, path: str, credential: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(sb_010, facts.agent(), facts.file(facts.url(**credential), path=path))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    if answer == "fail":
        assert found.verdict.sources[0].path == path


def test_the_policy_says_which_places(facts: Any) -> None:
    secrets = facts.file(facts.url(), path="config/secrets.yml")
    assert facts.one(sb_010, facts.agent(), secrets, policy={"credentials.paths": ("config/secrets.yml",)}).status == (
        "fail"
    )
    agent = facts.agent({"reads": lambda path: path != "config/secrets.yml"})
    assert facts.one(sb_010, agent, policy={"credentials.paths": ("config/secrets.yml",)}).status == "pass"


def test_servers_are_named_because_no_rule_binds_them(facts: Any) -> None:
    found = facts.one(sb_010, facts.agent({"reads": _closed, "mcp": (facts.server("files"),)}))
    assert (found.status, "MCP servers (files) are not bound" in found.verdict.message) == ("pass", True)


def test_agents_out_of_sight(facts: Any) -> None:
    file = facts.file(facts.url())
    assert facts.one(sb_010, assumed_agent(), file).status == "unknown"
    assert facts.one(sb_010, facts.agent(where="ci"), file).status == "unknown"


SHELTERS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("meant for it", {}, "unknown"),
    ("meant for another", {"agents": ("codex",)}, "fail"),
    ("with the home in it", {"mounts": ("~:/home/me",)}, "fail"),
    ("with the place in it", {"mounts": ("~/.aws:/root/.aws:ro",)}, "fail"),
    ("with another place in it", {"mounts": ("~/.ssh:/root/.ssh:ro",)}, "unknown"),
    ("with some path of the host", {"mounts": ("/srv:/srv",)}, "fail"),
    ("with the project", {"mounts": ("./:/workspace", "/dev/null:/workspace/.env")}, "unknown"),
    ("privileged", {"privileged": True}, "fail"),
    ("an image alone", {"kind": "dockerfile", "path": "Dockerfile"}, "fail"),
)


@pytest.mark.parametrize(("name", "changes", "answer"), SHELTERS, ids=[row[0] for row in SHELTERS])
def test_a_container_keeps_it_from_the_rest_of_the_machine(
    facts: Any, name: str, changes: dict[str, Any], answer: str
) -> None:
    """It stays open in the project, so a sheltered home alone is no pass."""
    file = facts.file(facts.url(), path="~/.aws/credentials", standing="machine")
    found = facts.one(sb_010, facts.agent(), facts.container(**changes), file)
    assert found.status == answer, found.verdict


def test_an_image_is_what_its_definition_makes_of_it(facts: Any) -> None:
    agent = facts.agent({"reads": _open_at_home})
    image = facts.container(kind="dockerfile", path=".devcontainer/Dockerfile", name=".devcontainer/Dockerfile")
    assert facts.one(sb_010, agent, image, facts.container()).status == "pass"
    assert facts.one(sb_010, agent, image).status == "unknown"


def test_rules_in_the_project_and_a_container_for_the_rest(facts: Any) -> None:
    agent = facts.agent({"reads": _open_at_home})
    assert facts.one(sb_010, agent, facts.container()).status == "pass"
    assert facts.one(sb_010, facts.agent({"reads": _closed}), facts.container()).status == "pass"


def test_an_unread_file_is_a_finding_of_its_own(facts: Any) -> None:
    gap = Gap("credentials", ".env", "is too large", ("CredentialFile",))
    found = {each.subject_name: each.status for each in facts.judge(sb_010, facts.agent(), gaps=(gap,))}
    assert found[".env"] == "unknown"


@pytest.mark.parametrize(
    ("agent", "kinds", "path"),
    [
        ("claude-code", ["edit"], ".claude/settings.json"),
        ("codex", ["edit"], ".codex/config.toml"),
        ("cursor", ["edit", "edit"], ".cursor/sandbox.json"),
        ("goose", ["manual"], ""),
    ],
)
def test_remedies(facts: Any, agent: str, kinds: list[str], path: str) -> None:
    remedies = facts.one(sb_010, facts.agent(agent=agent), facts.file(facts.url())).verdict.remedies
    assert [each.kind for each in remedies] == kinds
    assert remedies[0].path == path
    if agent == "claude-code":
        rules = json.loads(remedies[0].body)["permissions"]["deny"]
        assert {"Read(~/.ssh/**)", "Read(~/.netrc)", "Read(**/.env*)", "Read(~/.docker/config.json)"} <= set(rules)
    if agent == "cursor":
        assert (remedies[1].path, remedies[1].body) == (".cursorignore", ".env*\n*.tfstate")


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
@pytest.mark.parametrize("path", [".env", "~/.aws/credentials", "~/.netrc", "deep/down/terraform.tfstate"])
def test_the_setting_of_the_remedy_mends_it(facts: Any, agent: str, path: str) -> None:
    """The lines go through the agent's own reader."""
    file = facts.file(facts.url(), path=path)
    remedy = facts.one(sb_010, facts.agent(agent=agent), file).verdict.remedies[0]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(remedy.path, remedy.body.encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    found = facts.one(sb_010, *read, file)
    assert found.status == "pass", found.verdict


def test_a_rule_without_the_sandbox_is_not_enough(facts: Any) -> None:
    """The rules of the remedy, read by the agent's own reader, beside a shell that may run anything."""
    file = facts.file(facts.url())
    settings = json.loads(facts.one(sb_010, facts.agent(), file).verdict.remedies[0].body)
    del settings["sandbox"]
    settings["permissions"]["allow"] = ["Bash"]
    agents = facts.collector("agents")
    files = list(agents.parse(Document(".claude/settings.json", json.dumps(settings).encode())))
    read = list(agents.link(files, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_010, *read, file).status == "fail"


@pytest.mark.parametrize(
    ("place", "paths"),
    [
        ("~/.ssh", ("~/.ssh/id", "~/.ssh/sub/credentials")),
        ("~/.netrc", ("~/.netrc",)),
        ("~/.docker/config.json", ("~/.docker/config.json",)),
        ("**/*.tfstate", ("terraform.tfstate", "app/terraform.tfstate")),
        ("**/.env*", (".env", ".env.local", ".env.production", "app/.env", "app/.env.local", "app/.env.production")),
        ("keys/?.pem", ("keys/x.pem",)),
    ],
)
def test_samples(place: str, paths: tuple[str, ...]) -> None:
    assert samples(place) == paths
    assert all(lies_in(path, place) for path in paths)
    assert is_file("~/.npmrc")
    assert not is_file("~/.config/gcloud")
