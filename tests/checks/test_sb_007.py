"""SB-007: no way from an agent's container to its host."""

from __future__ import annotations

from typing import Any

import pytest

from remit.collect.collector import Document, Scope
from remit.evidence import Unknown
from remit.policy.model import Policy
from remit_checks.sandbox.no_privileged_or_socket import no_privileged_or_socket as sb_007

CASES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("sound", {}, "pass", "neither privileged nor joined"),
    ("privileged", {"privileged": True}, "fail", "full privileges"),
    ("with the socket", {"socket": True}, "fail", "the container engine's socket"),
    ("on the host's network", {"host_network": True}, "fail", "the network of the host"),
    ("with a capability", {"escapes": ("capability SYS_ADMIN",)}, "fail", "capability SYS_ADMIN"),
    ("with several", {"socket": True, "escapes": ("seccomp unconfined",)}, "fail", "socket, seccomp unconfined"),
    ("the product's", {"kind": "compose", "agents": (), "privileged": True}, "not-applicable", "nothing says"),
    ("nobody's, for people", {"agents": (), "privileged": True}, "fail", "full privileges"),
    ("an image", {"kind": "dockerfile", "path": "Dockerfile"}, "not-applicable", "given when it is started"),
    ("unread", {"user": Unknown("base.yml may set the user, and was not read")}, "unknown", "may give more rights"),
    (
        "unread and open",
        {"user": Unknown("base.yml may set the user, and was not read"), "socket": True},
        "fail",
        "socket",
    ),
)


@pytest.mark.parametrize(("name", "changes", "answer", "words"), CASES, ids=[row[0] for row in CASES])
def test_containers(facts: Any, name: str, changes: dict[str, Any], answer: str, words: str) -> None:
    found = facts.one(sb_007, facts.container(**changes))
    assert (found.status, words in found.verdict.message) == (answer, True), found.verdict


def test_an_image_is_judged_where_it_is_started(facts: Any) -> None:
    image = facts.container(kind="dockerfile", path=".devcontainer/Dockerfile", name=".devcontainer/Dockerfile")
    message = facts.one(sb_007, image, facts.container()).verdict.message
    assert ".devcontainer/devcontainer.json, which starts it" in message


def test_places_and_remedy(facts: Any) -> None:
    container = facts.container(
        privileged=True, socket=True, escapes=("pid namespace of the host",), lines={"privileged": 3, "socket": 5}
    )
    verdict = facts.one(sb_007, container).verdict
    assert [each.line for each in verdict.sources] == [3, 5]
    (remedy,) = verdict.remedies
    assert (remedy.kind, remedy.path, remedy.safe) == ("edit", ".devcontainer/devcontainer.json", False)
    lines = remedy.body.splitlines()
    assert lines[:2] == ["line 3: remove: full privileges", "line 5: remove: the engine's socket"]
    assert "remove: pid namespace of the host" in lines
    assert "docker-in-docker" in lines[-1]


def test_a_way_out_without_a_line_points_at_the_definition(facts: Any) -> None:
    verdict = facts.one(sb_007, facts.container(host_network=True)).verdict
    assert [str(each) for each in verdict.sources] == [".devcontainer/devcontainer.json:1"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ('"privileged": true', "fail"),
        ('"features": {"ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}}', "fail"),
        ('"runArgs": ["--network=host"]', "fail"),
        ('"capAdd": ["SYS_ADMIN"]', "fail"),
        ('"runArgs": ["--cap-drop=ALL"]', "pass"),
        ('"capAdd": ["NET_ADMIN"]', "pass"),
    ],
)
def test_real_definitions(facts: Any, line: str, answer: str) -> None:
    containers = facts.collector("containers")
    text = f'{{"image": "mcr.microsoft.com/devcontainers/base:ubuntu", {line}}}'
    read = list(containers.parse(Document(".devcontainer/devcontainer.json", text.encode())))
    subjects = list(containers.link(read, (), Scope(Policy(), "acme/shop", facts.NOW)))
    assert facts.one(sb_007, *subjects).status == answer
