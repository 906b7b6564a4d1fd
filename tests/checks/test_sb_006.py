"""SB-006: an agent's container is handed no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.evidence import Gap, Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.no_secret_mounts import no_secret_mounts as sb_006

COMPOSE: dict[str, Any] = {"kind": "compose", "path": "compose.yaml", "name": "compose.yaml:agent"}
HANDED: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("nothing", {}, "pass", "is handed no secret"),
    ("a file that opens something", {"env_files": ("./.env",)}, "fail", "the environment file ./.env"),
    ("a file nobody saw", {"env_files": ("./.env.agent",)}, "unknown", "no credential was seen"),
    ("a file of fakes", {"env_files": ("./.env.fake",)}, "pass", "no secret"),
    ("a sample", {"env_files": ("./.env.example",)}, "pass", "no secret"),
    ("a file at home", {"env_files": ("~/.env",)}, "fail", "the environment file ~/.env"),
    ("a secret", {"secret_files": ("./secrets/db.key",)}, "unknown", "the credential file"),
    ("a secret from outside", {"secret_files": ("/etc/app/tls.key",)}, "fail", "the credential file /etc/app/tls.key"),
    ("a login directory", {"mounts": ("~/.aws:/root/.aws:ro",)}, "fail", "the mount of ~/.aws"),
    ("the home directory", {"mounts": ("~:/home/me",)}, "fail", "with every credential in it"),
    ("everybody's homes", {"mounts": ("/home:/home",)}, "fail", "the mount of /home"),
    ("the whole disk", {"mounts": ("/:/host:ro",)}, "fail", "the mount of /"),
    ("a cache", {"mounts": ("~/.cache/pip:/root/.cache/pip",)}, "pass", "no secret"),
    ("a known value", {"secret_names": ("RAILWAY_API_TOKEN",)}, "fail", "the value of RAILWAY_API_TOKEN"),
    ("a stand-in", {"secret_names": ("POSTGRES_PASSWORD",)}, "pass", "no secret"),
    ("a value of no kind", {"secret_names": ("API_TOKEN",)}, "unknown", "no known kind of credential"),
    ("a name from outside", {"env_names": ("AWS_SECRET_ACCESS_KEY",)}, "unknown", "comes from elsewhere"),
    ("its model's key", {"env_names": ("ANTHROPIC_API_KEY", "NODE_ENV")}, "pass", "no secret"),
)


def _tree(facts: Any, path: str) -> tuple[Any, ...]:
    """What was recognised in the tree: in `.env`, in a file of fakes, and in the definition itself."""
    return (
        facts.file(facts.credential(), path="config/.env"),
        facts.file(facts.credential(), path=".env") if path == "compose.yaml" else facts.file(path="other"),
        facts.file(facts.credential(placeholder=True), path=".env.fake"),
        facts.file(facts.credential(), facts.credential(name="POSTGRES_PASSWORD", placeholder=True), path=path),
    )


@pytest.mark.parametrize(("name", "changes", "answer", "words"), HANDED, ids=[row[0] for row in HANDED])
def test_what_is_handed_in(facts: Any, name: str, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(sb_006, facts.container(**COMPOSE, **changes), *_tree(facts, "compose.yaml"))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


WORKSPACES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("with it", {}, "fail", "the project with .env in it"),
    ("hidden", {"mounts": ("/dev/null:/workspaces/shop/.env:ro",)}, "pass", "no secret"),
    ("hidden by a variable", {"mounts": ("/dev/null:${containerWorkspaceFolder}/.env",)}, "pass", "no secret"),
    ("hidden in its own place", {"mounts": ("./:/src", "/dev/null:/src/.env")}, "pass", "no secret"),
    ("hidden elsewhere", {"mounts": ("./:/src", "/dev/null:/workspace/.env")}, "fail", ".env in it"),
    ("another one hidden", {"mounts": ("/dev/null:/workspaces/shop/app/.env",)}, "fail", ".env in it"),
    ("of another package", {"path": "web/.devcontainer/devcontainer.json"}, "pass", "no secret"),
    ("at the root", {"path": ".devcontainer.json"}, "fail", "the project with .env in it"),
)


@pytest.mark.parametrize(("name", "changes", "answer", "words"), WORKSPACES, ids=[row[0] for row in WORKSPACES])
def test_an_environment_file_in_the_project(
    facts: Any, name: str, changes: dict[str, Any], answer: str, words: str
) -> None:
    found = facts.one(sb_006, facts.container(**changes), facts.file(facts.url(), path=".env"))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


@pytest.mark.parametrize(
    ("credential", "path", "answer"),
    [
        ({"environment": "development"}, ".env", "pass"),
        ({"environment": Unknown("which is not declared")}, ".env", "fail"),
        ({"placeholder": True}, ".env", "pass"),
        ({"damage": "D1"}, ".env", "pass"),
        ({}, "src/config.ts", "pass"),
        ({}, ".env.production", "fail"),
    ],
)
def test_what_counts_in_the_project(facts: Any, credential: dict[str, Any], path: str, answer: str) -> None:
    found = facts.one(sb_006, facts.container(), facts.file(facts.url(**credential), path=path))
    assert found.status == answer, found.verdict


def test_what_lies_on_the_machine_is_not_in_the_project(facts: Any) -> None:
    file = facts.file(facts.url(), path="~/.env", standing="machine")
    assert facts.one(sb_006, facts.container(), file).status == "pass"


def test_a_compose_service_holds_what_it_mounts(facts: Any) -> None:
    file = facts.file(facts.url(), path="app/.env")
    mounted = facts.container(**COMPOSE, mounts=("./app:/app",))
    beside = facts.container(**COMPOSE, mounts=("./web:/app",))
    assert facts.one(sb_006, mounted, file).status == "fail"
    assert facts.one(sb_006, beside, file).status == "pass"
    remedies = facts.one(sb_006, mounted, file).verdict.remedies
    assert "/dev/null:/workspace/.env:ro" in remedies[0].body


def test_images(facts: Any) -> None:
    image = facts.container(kind="dockerfile", path=".devcontainer/Dockerfile", name=".devcontainer/Dockerfile")
    assert facts.one(sb_006, image).status == "unknown"
    assert facts.one(sb_006, image, facts.container()).status == "pass"
    baked = facts.container(kind="dockerfile", path="Dockerfile", secret_names=("RAILWAY_API_TOKEN",))
    assert facts.one(sb_006, baked, facts.file(facts.credential(), path="Dockerfile")).status == "fail"


def test_a_value_in_the_image_it_is_built_from(facts: Any) -> None:
    image = facts.container(kind="dockerfile", path=".devcontainer/Dockerfile", name="Dockerfile", agents=())
    built = facts.container(secret_names=("RAILWAY_API_TOKEN",))
    value = facts.file(facts.credential(), path=".devcontainer/Dockerfile")
    assert facts.one(sb_006, built, image, value).status == "fail"


def test_not_the_products_containers(facts: Any) -> None:
    service = facts.container(**COMPOSE, agents=(), env_files=("~/.env",))
    assert facts.one(sb_006, service).status == "not-applicable"


def test_a_base_nobody_read(facts: Any) -> None:
    container = facts.container(user=Unknown("base.yml may set the user, and was not read"))
    assert facts.one(sb_006, container).status == "unknown"


def test_an_unread_file_is_a_finding_of_its_own(facts: Any) -> None:
    gap = Gap("credentials", ".env", "is too large", ("CredentialFile",))
    found = {each.subject_name: each.status for each in facts.judge(sb_006, facts.container(), gaps=(gap,))}
    assert found[".env"] == "unknown"


def test_remedies_and_places(facts: Any) -> None:
    container = facts.container(
        mounts=("~/.aws:/root/.aws",), env_files=("~/.env",), lines={"mounts": 4, "env_files": 7}
    )
    verdict = facts.one(sb_006, container, facts.file(facts.url(), path=".env")).verdict
    assert [each.line for each in verdict.sources] == [7, 4]
    take, hide = verdict.remedies
    assert take.body.splitlines() == ["remove: the environment file ~/.env", "remove: the mount of ~/.aws"]
    (mount,) = json.loads(hide.body)["mounts"]
    assert mount == "source=/dev/null,target=${containerWorkspaceFolder}/.env,type=bind,readonly"


def test_the_mount_of_the_remedy_mends_it(facts: Any) -> None:
    file = facts.file(facts.url(), path=".env")
    remedy = facts.one(sb_006, facts.container(), file).verdict.remedies[0]
    containers = facts.collector("containers")
    read = list(containers.parse(Document(remedy.path, remedy.body.encode())))
    subjects = list(containers.link(read, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_006, *subjects, file).status == "pass"
