"""SB-005: nothing of the host but the project is mounted."""

from __future__ import annotations

from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.mount_limited_to_workdir import mount_limited_to_workdir as sb_005

MOUNTS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((), "pass", "nothing of the host but the project"),
    (("./:/workspace",), "pass", "nothing of the host"),
    (("./packages/web:/workspace:ro",), "pass", "nothing of the host"),
    (("/dev/null:/workspace/.env:ro", "/etc/localtime:/etc/localtime:ro"), "pass", "nothing of the host"),
    (("~:/home/me",), "fail", "~"),
    (("~/.aws:/root/.aws:ro",), "fail", "~/.aws"),
    (("/:/host",), "fail", "more of the host than the project: /"),
    (("../:/work",), "fail", "../"),
    (("/var/run/docker.sock:/var/run/docker.sock",), "fail", "/var/run/docker.sock"),
    (("C:\\Users\\me:/home/me",), "fail", "C:\\Users\\me"),
    (("./:/workspace", "${DATA}:/data"), "unknown", "${DATA}"),
    (("${DATA}:/data", "~/.ssh:/root/.ssh"), "fail", "~/.ssh"),
)


@pytest.mark.parametrize(("mounts", "answer", "words"), MOUNTS)
def test_mounts(facts: Any, mounts: tuple[str, ...], answer: str, words: str) -> None:
    found = facts.one(sb_005, facts.container(mounts=mounts, lines={"mounts": 6}))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict
    assert found.verdict.sources[0].line in (1, 6)


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [
        (("~/.cache/*",), "pass"),
        (("~/.cache/pip",), "pass"),
        (("~/.cargo",), "fail"),
        ((), "fail"),
    ],
)
def test_the_policy_may_allow_more(facts: Any, allowed: tuple[str, ...], answer: str) -> None:
    container = facts.container(mounts=("~/.cache/pip:/root/.cache/pip",))
    assert facts.one(sb_005, container, policy={"sandbox.allowed_mounts": allowed}).status == answer


def test_a_path_that_climbs_out_of_what_is_allowed(facts: Any) -> None:
    container = facts.container(mounts=("~/.cache/../.ssh:/root/.ssh",))
    assert facts.one(sb_005, container, policy={"sandbox.allowed_mounts": ("~/.cache/*",)}).status == "fail"


def test_only_containers_of_agents(facts: Any) -> None:
    mounts = ("/srv/data:/data",)
    service = facts.container(kind="compose", path="compose.yaml", agents=(), mounts=mounts)
    assert facts.one(sb_005, service).status == "not-applicable"
    assert facts.one(sb_005, facts.container(agents=(), mounts=mounts)).status == "fail"
    named = facts.container(kind="compose", path="compose.yaml", agents=("codex",), mounts=mounts)
    assert facts.one(sb_005, named).status == "fail"


def test_an_image_mounts_nothing_by_itself(facts: Any) -> None:
    image = facts.container(kind="dockerfile", path=".devcontainer/Dockerfile", name=".devcontainer/Dockerfile")
    found = facts.one(sb_005, image)
    assert found.status == "unknown"
    assert "when it is started" in found.verdict.message
    assert "[[attestations]]" in found.verdict.remedies[0].body
    found = facts.one(sb_005, image, facts.container())
    assert (found.status, ".devcontainer/devcontainer.json" in found.verdict.message) == ("not-applicable", True)
    elsewhere = facts.container(path="web/.devcontainer/devcontainer.json")
    assert facts.one(sb_005, image, elsewhere).status == "unknown"
    assert facts.one(sb_005, image, facts.container(agents=("codex",))).status == "unknown"


def test_a_base_nobody_read_may_mount_more(facts: Any) -> None:
    container = facts.container(user=Unknown("docker-compose.yml may set the user, and was not read"))
    assert facts.one(sb_005, container).status == "unknown"
    assert facts.one(sb_005, facts.container(user=Unknown("the image decides the user"))).status == "pass"


def test_remedies(facts: Any) -> None:
    found = facts.one(sb_005, facts.container(mounts=("~/.aws:/root/.aws:ro", "/srv:/srv")))
    first, second = found.verdict.remedies
    assert (first.kind, first.path) == ("edit", ".devcontainer/devcontainer.json")
    assert first.body.splitlines() == ["remove: the mount of ~/.aws", "remove: the mount of /srv"]
    assert 'allowed_mounts = ["~/.aws", "/srv"]' in second.body


def test_a_real_compose_file(facts: Any) -> None:
    text = "services:\n  agent:\n    image: node\n    command: claude\n    volumes:\n      - .:/w\n      - ~/.ssh:/root/.ssh\n"
    containers = facts.collector("containers")
    read = list(containers.parse(Document("compose.yaml", text.encode())))
    subjects = list(containers.link(read, (), Scope(Policy(), "acme/shop", facts.NOW)))
    found = facts.one(sb_005, *subjects)
    assert (found.status, found.verdict.sources[0].path) == ("fail", "compose.yaml")
    assert "~/.ssh" in found.verdict.message
