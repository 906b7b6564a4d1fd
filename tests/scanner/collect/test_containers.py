from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from remit.collect.collector import Document, Scope
from remit.collect.containers.coding_agents import named_agents
from remit.collect.containers.dockerfile import instructions
from remit.collect.containers.facts import Definition, host_path, is_secret_path, is_socket
from remit.collect.containers.files import containers
from remit.errors import CollectError
from remit.evidence import Container, Gap, Unknown
from remit.policy.model import Policy

SCOPE = Scope(Policy(), "sample", datetime(2026, 1, 1, tzinfo=UTC))


def read(files: Mapping[str, str | bytes]) -> tuple[dict[str, Container], list[Gap]]:
    """The containers by name, and every gap; facts go through the cache's encoding."""
    facts: list[Definition] = []
    gaps: list[Gap] = []
    for path, content in sorted(files.items()):
        assert containers.wants(path), path
        data = content.encode() if isinstance(content, str) else content
        try:
            for each in containers.parse(Document(path, data)):
                if isinstance(each, Gap):
                    gaps.append(each)
                else:
                    facts.append(_cached(each))
        except CollectError as error:
            gaps.append(Gap("containers", path, error.reason, ("Container",)))
    return {each.name: each for each in containers.link(facts, gaps, SCOPE)}, gaps


def _cached(fact: Definition) -> Definition:
    decoded = msgspec.msgpack.decode(msgspec.msgpack.encode(fact), type=Definition)
    assert decoded == fact
    return decoded


def dockerfile(text: str | bytes) -> Container:
    return read({"Dockerfile": text})[0]["Dockerfile"]


def devcontainer(settings: Mapping[str, object], **more: str) -> Container:
    path = ".devcontainer/devcontainer.json"
    return read({path: json.dumps(settings), **more})[0][path]


def service(text: str, **more: str) -> Container:
    """The service `s` of a compose file, given as the lines below its name."""
    body = "".join(f"    {line}\n" for line in text.splitlines())
    return read({"compose.yaml": f"services:\n  s:\n{body}", **more})[0]["compose.yaml:s"]


def why(found: object) -> str:
    assert isinstance(found, Unknown), found
    return found.why


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("Dockerfile", True),
        ("a/Dockerfile.dev", True),
        ("Dockerfile-prod", True),
        ("agent.dockerfile", True),
        ("Containerfile", True),
        ("dockerfile", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.j2", False),
        ("docs/dockerfile.md", False),
        (".devcontainer.json", True),
        (".devcontainer/devcontainer.json", True),
        (".devcontainer/python/devcontainer.json", True),
        ("web/.devcontainer/devcontainer.json", True),
        ("devcontainer.json", False),
        ("compose.yaml", True),
        ("compose.prod.yml", True),
        ("docker-compose.yml", True),
        ("docker-compose.override.yaml", True),
        ("docker-compose-dev.yml", True),
        ("composer.json", False),
        ("compose.json", False),
    ],
)
def test_wanted_files(path: str, wanted: bool) -> None:
    assert containers.wants(path) is wanted


# ---------------------------------------------------------------------------------------------------------- Dockerfile


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("FROM node:20\nUSER node\n", "node"),
        ("FROM node:20\n", None),
        ("FROM docker.io/library/node:20-slim@sha256:0\n", None),
        ("FROM scratch\n", None),
        ("FROM node:20\nUSER root\nRUN x\nUSER agent\n", "agent"),
        ("FROM node:20\nUSER agent\nUSER root\n", "root"),
        ("FROM node:20\nUSER 0\n", "0"),
        ("FROM node:20\nUSER 0:0\n", "0"),
        ("FROM node:20\nUSER agent:staff\n", "agent"),
        ('FROM node:20\nUSER "agent"\n', "agent"),
        ("from node:20\nuser agent\n", "agent"),
        ("FROM node:20\nARG WHO=agent\nUSER $WHO\n", "agent"),
        ("FROM node:20\nENV WHO=agent\nUSER ${WHO}\n", "agent"),
        ("FROM node:20\nUSER ${WHO:-agent}\n", "agent"),
        ("ARG WHO=agent\nFROM node:20\nARG WHO\nUSER $WHO\n", "agent"),
        ("FROM node:20 AS build\nUSER agent\nFROM node:20\n", None),
        ("FROM node:20 AS base\nUSER agent\nFROM base\nRUN x\n", "agent"),
        ("FROM node:20 AS base\nUSER agent\nFROM base AS mid\nFROM other AS x\nFROM mid\nUSER root\n", "root"),
        ("FROM node:20 as Base\nUSER agent\nFROM base\n", "agent"),
        ("FROM --platform=linux/amd64 node:20\nUSER agent\n", "agent"),
        ("FROM node:20\nRUN a && \\\n  b && \\\n# note\n\n  USER root\nUSER agent\n", "agent"),
        ("FROM node:20\nRUN echo 'x' \\   \nUSER root\n", None),
        ("# escape=`\nFROM node:20\nRUN dir C:\\\nUSER agent\n", "agent"),
        ("# escape=`\nFROM node:20\nRUN dir `\nUSER root\n", None),
        ("# syntax=docker/dockerfile:1\n# escape=`\nFROM node:20\nRUN a `\nUSER root\n", None),
        ("# a comment\n# escape=`\nFROM node:20\nRUN a `\nUSER agent\n", "agent"),
        ("FROM node:20\nRUN <<EOF\nUSER root\nEOF\nUSER agent\n", "agent"),
        ("FROM node:20\nUSER agent\nRUN <<-'END' sh\n\tUSER root\n\tEND\n", "agent"),
        ("FROM node:20\nUSER agent\nRUN cat <<< USER\n", "agent"),
        ("FROM node:20\nRUN <<NEVER\nUSER agent\n", "agent"),
        ("FROM node:20\nONBUILD USER root\nUSER agent\n", "agent"),
        ("\ufeffFROM node:20\nUSER agent\n", "agent"),
        ("FROM node:20\r\nUSER agent\r\n", "agent"),
    ],
)
def test_the_user_of_the_last_stage(text: str, user: str | None) -> None:
    assert dockerfile(text).user == user


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("FROM example/own:1\n", "example/own:1"),
        ("FROM node:20\nUSER $WHO\n", "$WHO"),
        ("ARG BASE\nFROM $BASE\n", "$BASE"),
        ("FROM ghcr.io/example/node:20\n", "ghcr.io/example/node:20"),
        ("FROM localhost:5000/node\n", "localhost:5000/node"),
        ("", "names the image"),
        ("RUN x\n", "names the image"),
    ],
)
def test_a_user_that_others_set_is_unknown(text: str, named: str) -> None:
    assert named in why(dockerfile(text).user)


def test_what_a_dockerfile_carries() -> None:
    secret = "hunter2" + "x" * 12
    found = dockerfile(
        "FROM node:20 AS build\nENV BUILD_ONLY=1\nCOPY .env /b/\n"
        "FROM node:20\n"
        "ARG NPM_TOKEN\nARG API_TOKEN=" + secret + "\n"
        'ENV PORT=1 DB_PASSWORD="' + secret + '" REGION=$X TOKEN_FILE=/x\nENV OLD style value\n'
        "ENV SESSION_SECRET=$SESSION_SECRET\n"
        "COPY --chown=a:b .env .env.example id_rsa.pub /app/\n"
        'COPY ["id_ed25519", "/root/.ssh/"]\n'
        "COPY --from=build /app/.env /app/\n"
        "ADD .aws/ /root/.aws/\n"
        "RUN echo 'agent ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers\n"
    )
    assert found.env_names == ("PORT", "DB_PASSWORD", "REGION", "TOKEN_FILE", "OLD", "SESSION_SECRET")
    assert found.secret_names == ("API_TOKEN", "DB_PASSWORD")
    assert found.secret_files == (".env", "id_ed25519", ".aws/")
    assert found.passwordless_sudo
    assert secret not in repr(found)
    assert (found.lines["secret_names"], found.lines["secret_files"], found.lines["passwordless_sudo"]) == (6, 10, 14)
    assert str(found.source) == "Dockerfile:4"


@pytest.mark.parametrize(
    ("line", "free"),
    [
        ("agent ALL=(ALL) NOPASSWD: ALL", True),
        ("agent ALL=(ALL) NOPASSWD:SETENV: ALL", True),
        ("agent ALL=(root) NOPASSWD: /usr/local/bin/firewall.sh", False),
        ("agent ALL=(ALL) ALL", False),
    ],
)
def test_sudo_without_a_password_counts_when_it_covers_everything(line: str, free: bool) -> None:
    assert dockerfile(f"FROM node\nRUN echo '{line}' > /etc/sudoers.d/agent\n").passwordless_sudo is free


def test_instructions_keep_their_first_line() -> None:
    found = list(instructions("# note\n\nFROM a\nRUN b \\\n\n# c\n  d\nRUN <<A cat <<B\nx\nA\ny\nB\nUSER e\n"))
    assert [(each.keyword, each.line) for each in found] == [("FROM", 3), ("RUN", 4), ("RUN", 8), ("USER", 13)]
    assert "d" in found[1].text
    assert found[2].text.splitlines()[1:] == ["x", "y"]


LINES = (
    *("FROM a", "FROM b AS x", "USER u", "USER $A", "ENV A=", "ARG A=$A", "COPY .env /", "RUN <<E", "RUN x \\", "E"),
    *("\\", "# escape=`", "`", '"', "", "#", "\x00"),
)


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_any_lines_make_a_dockerfile(lines: list[str]) -> None:
    found, gaps = read({"Dockerfile": "\n".join(lines)})
    assert len(found) + len(gaps) == 1


@given(st.text())
def test_any_text_gives_containers_or_gaps(text: str) -> None:
    found, gaps = read({"Dockerfile": text, "compose.yml": text, ".devcontainer.json": text})
    assert all(isinstance(each, Container) for each in found.values())
    assert all(gap.reason for gap in gaps)


HOSTILE = {
    "continuations": "FROM node\n" + "RUN x \\\n" * 100_000,
    "here-documents": "FROM node\n" + "RUN <<E\n" * 50_000,
    "ended here-documents": "FROM node\n" + "RUN <<E <<F\n" * 20_000 + "F\nE\n",
    "one line": "FROM node\nENV " + "A=1 " * 200_000,
    "quotes": "FROM node\nENV A=" + '"\\' * 100_000,
    "flags": "FROM node\nCOPY " + "--x=y " * 50_000 + "a b",
    "variables": "FROM node\nUSER " + "${A:-" * 50_000,
    "stages": "FROM node AS a\n" * 20_000,
    "comments": "#" * 1_000_000,
    "brackets": "[" * 100_000,
    "braces": '{"mounts":' * 100_000,
    "dashes": "- " * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_survived(name: str) -> None:
    text = HOSTILE[name]
    found, gaps = read({"Dockerfile": text, "compose.yml": text, ".devcontainer.json": text})
    assert "Dockerfile" in found
    assert {gap.path for gap in gaps} <= {"compose.yml", ".devcontainer.json"}


def test_a_file_that_is_not_text_is_a_gap() -> None:
    found, gaps = read({"Dockerfile": b"FROM a\0"})
    assert found == {}
    assert [gap.path for gap in gaps] == ["Dockerfile"]


# -------------------------------------------------------------------------------------------------------- devcontainer


@pytest.mark.parametrize(
    ("settings", "mounts"),
    [
        ({"mounts": ["source=${localEnv:HOME}/.aws,target=/root/.aws,type=bind"]}, ("~/.aws:/root/.aws",)),
        (
            {"mounts": ["source=${localEnv:HOME}${localEnv:USERPROFILE}/.ssh,target=/s,type=bind,readonly"]},
            ("~/.ssh:/s:ro",),
        ),
        ({"mounts": ["type=bind,src=/,dst=/host"]}, ("/:/host",)),
        ({"mounts": ["source=cache,target=/c,type=volume", "source=cache,target=/c"]}, ()),
        ({"mounts": [{"source": "/srv/data", "target": "/d", "type": "bind"}]}, ("/srv/data:/d",)),
        ({"mounts": [{"source": "data", "target": "/d", "type": "volume"}]}, ()),
        ({"mounts": ["source=${localWorkspaceFolder}/../x,target=/x,type=bind"]}, ("../x:/x",)),
        ({"mounts": ["source=${localWorkspaceFolder},target=/w,type=bind"]}, ("./:/w",)),
        ({"workspaceMount": "source=${localWorkspaceFolder}/..,target=/w,type=bind"}, ("..:/w",)),
        ({"runArgs": ["-v", "${localEnv:HOME}/.kube:/root/.kube:ro"]}, ("~/.kube:/root/.kube:ro",)),
        ({"runArgs": ["--volume=/etc:/host/etc", "-v", "named:/n"]}, ("/etc:/host/etc",)),
        ({"runArgs": ["--mount", "type=bind,source=/opt,target=/opt"]}, ("/opt:/opt",)),
        ({"mounts": ["source=/a/../root,target=/r,type=bind"]}, ("/root:/r",)),
    ],
)
def test_devcontainer_mounts_of_host_paths(settings: dict[str, object], mounts: tuple[str, ...]) -> None:
    assert devcontainer(settings).mounts == mounts


@pytest.mark.parametrize(
    ("settings", "opened"),
    [
        ({}, set()),
        ({"privileged": True}, {"privileged"}),
        ({"privileged": False}, set()),
        ({"runArgs": ["--privileged"]}, {"privileged"}),
        ({"runArgs": ["--privileged=false"]}, set()),
        ({"runArgs": ["--network=host"]}, {"host_network"}),
        ({"runArgs": ["--network", "host"]}, {"host_network"}),
        ({"runArgs": ["--net=host"]}, {"host_network"}),
        ({"runArgs": ["--network", "none"]}, set()),
        ({"features": {"ghcr.io/devcontainers/features/docker-outside-of-docker:1": {}}}, {"socket"}),
        ({"features": {"ghcr.io/devcontainers/features/docker-in-docker:2": {}}}, {"privileged"}),
        ({"features": {"ghcr.io/devcontainers/features/node:1": {}}}, set()),
        ({"mounts": ["source=/var/run/docker.sock,target=/var/run/docker.sock,type=bind"]}, {"socket"}),
        ({"mounts": ["source=/var/run/docker-host.sock,target=/var/run/docker.sock,type=bind"]}, {"socket"}),
        ({"runArgs": ["-v", "/var/run:/var/run"]}, {"socket"}),
    ],
)
def test_devcontainer_rights(settings: dict[str, object], opened: set[str]) -> None:
    found = devcontainer(settings)
    assert {name for name in ("privileged", "socket", "host_network") if getattr(found, name)} == opened
    assert opened <= set(found.lines)


@pytest.mark.parametrize(
    ("settings", "escapes"),
    [
        ({"capAdd": ["SYS_ADMIN", "CHOWN", "NET_ADMIN"]}, ("capability SYS_ADMIN",)),
        ({"capAdd": ["CAP_SYS_PTRACE"]}, ("capability SYS_PTRACE",)),
        ({"runArgs": ["--cap-add=ALL"]}, ("capability ALL",)),
        ({"securityOpt": ["seccomp=unconfined", "no-new-privileges"]}, ("seccomp unconfined",)),
        ({"runArgs": ["--security-opt", "apparmor:unconfined"]}, ("apparmor unconfined",)),
        ({"runArgs": ["--pid=host", "--ipc", "host"]}, ("pid namespace of the host", "ipc namespace of the host")),
        ({"runArgs": ["--device=/dev/kvm:/dev/kvm"]}, ("device /dev/kvm",)),
        ({"runArgs": ["--init", "--cpus", "2"]}, ()),
    ],
)
def test_devcontainer_escapes(settings: dict[str, object], escapes: tuple[str, ...]) -> None:
    assert devcontainer(settings).escapes == escapes


@pytest.mark.parametrize(
    ("settings", "user"),
    [
        ({"image": "node:20", "remoteUser": "node"}, "node"),
        ({"image": "node:20", "containerUser": "node"}, "node"),
        ({"image": "node:20", "containerUser": "root", "remoteUser": "node"}, "node"),
        ({"image": "node:20", "remoteUser": "root"}, "root"),
        ({"image": "node:20"}, None),
        ({"image": "node:20", "runArgs": ["-u", "1000:1000"]}, "1000"),
        ({"image": "mcr.microsoft.com/devcontainers/python:3.12"}, "vscode"),
        ({"image": "mcr.microsoft.com/devcontainers/typescript-node"}, "node"),
        ({"build": {"dockerfile": "Dockerfile"}}, "agent"),
        ({"dockerFile": "../Dockerfile"}, "builder"),
        ({"build": {"dockerfile": "Dockerfile"}, "remoteUser": "root"}, "root"),
        ({"build": {"dockerfile": "Dockerfile", "target": "final"}}, "agent"),
        ({"build": {"dockerfile": "Dockerfile", "target": "dev"}}, "dev"),
        ({"build": {"dockerfile": "Dockerfile", "target": "Base"}}, None),
    ],
)
def test_devcontainer_users(settings: dict[str, object], user: str | None) -> None:
    stages = "FROM node AS base\nRUN x\nFROM base AS dev\nUSER dev\nFROM node AS final\nUSER agent\n"
    files = {".devcontainer/Dockerfile": stages, "Dockerfile": "FROM node\nUSER builder\n"}
    assert devcontainer(settings, **files).user == user


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"image": "example/own"}, "example/own"),
        ({"remoteUser": "${localEnv:USER}"}, "localEnv:USER"),
        ({"build": {"dockerfile": "missing.Dockerfile"}}, "missing.Dockerfile"),
        ({"build": {"dockerfile": "Dockerfile", "target": "dev"}}, "stage `dev`"),
        ({"dockerComposeFile": "../elsewhere.yml", "service": "app"}, "elsewhere.yml"),
        ({}, "names the image"),
    ],
)
def test_devcontainer_users_that_are_set_elsewhere(settings: dict[str, object], named: str) -> None:
    files = {".devcontainer/Dockerfile": "FROM node AS final\nUSER agent\n"}
    assert named in why(devcontainer(settings, **files).user)


def test_devcontainer_environment_files_and_commands() -> None:
    secret = "hunter2" + "x" * 12
    found = devcontainer(
        {
            "containerEnv": {"REGION": "eu", "API_TOKEN": secret},
            "remoteEnv": {"GITHUB_TOKEN": "${localEnv:GITHUB_TOKEN}", "NOTHING": None},
            "runArgs": ["--env-file", ".env", "-e", "DB_PASSWORD=" + secret],
            "initializeCommand": {"a": ["echo", "hello"], "b": f"curl -H 'Authorization: Bearer {secret}' x"},
        }
    )
    assert found.env_names == ("REGION", "API_TOKEN", "GITHUB_TOKEN", "NOTHING", "DB_PASSWORD")
    assert found.secret_names == ("API_TOKEN", "DB_PASSWORD")
    assert found.env_files == ("./.env",)
    assert len(found.host_commands) == 2
    assert found.host_commands[0] == "echo hello"
    assert secret not in repr(found)


def test_a_devcontainer_has_what_its_compose_service_has() -> None:
    files = {
        ".devcontainer/compose.yml": "services:\n  app:\n    image: node\n    user: agent\n"
        "    privileged: true\n    volumes: ['~/.aws:/aws']\n",
        ".devcontainer/compose.dev.yml": "services:\n  app:\n    user: other\n    env_file: .env\n",
    }
    found = devcontainer({"dockerComposeFile": ["compose.yml", "compose.dev.yml"], "service": "app"}, **files)
    assert (found.user, found.privileged, found.mounts, found.env_files) == (
        "other",
        True,
        ("~/.aws:/aws",),
        ("./.devcontainer/.env",),
    )


def test_comments_and_marks_hide_nothing_in_a_devcontainer() -> None:
    text = '\ufeff// a note\n{\n  /* more */ "privileged": true, // here\n  "remoteUser": "root",\n}\n'
    found = read({".devcontainer.json": text})[0][".devcontainer.json"]
    assert found.privileged
    assert found.user == "root"
    assert (found.lines["privileged"], found.lines["user"], found.source.line) == (3, 4, 2)


def test_the_last_of_repeated_keys_counts() -> None:
    text = '{"image": "node", "remoteUser": "root", "remoteUser": "node"}'
    assert read({".devcontainer.json": text})[0][".devcontainer.json"].user == "node"


@pytest.mark.parametrize("text", ["", "[]", "x", "null", '"x"'])
def test_a_devcontainer_without_an_object_is_a_gap(text: str) -> None:
    found, gaps = read({".devcontainer.json": text})
    assert found == {}
    assert len(gaps) == 1


@pytest.mark.parametrize("odd", [1, "x", [], [1], {"a": 1}, None, True, [[["x"]]], {"a": {"b": ["c"]}}])
def test_values_of_the_wrong_type_break_nothing(odd: object) -> None:
    keys = (
        "mounts workspaceMount runArgs capAdd securityOpt privileged features containerEnv remoteEnv remoteUser image "
        "build dockerFile dockerComposeFile service initializeCommand postCreateCommand customizations"
    )
    assert isinstance(devcontainer(dict.fromkeys(keys.split(" "), odd)), Container)
    keys = (
        "image build user volumes environment env_file secrets privileged network_mode pid cap_add security_opt "
        "devices extends command entrypoint"
    )
    text = json.dumps(
        {"services": {"s": dict.fromkeys(keys.split(" "), odd), "t": odd}, "volumes": odd, "secrets": odd}
    )
    assert "compose.yaml:s" in read({"compose.yaml": text})[0]


# ------------------------------------------------------------------------------------------------------------- compose


@pytest.mark.parametrize(
    ("text", "mounts"),
    [
        ("volumes:\n  - .:/app", ("./:/app",)),
        ("volumes:\n  - ./src:/app:ro", ("./src:/app:ro",)),
        ("volumes:\n  - ..:/app", ("..:/app",)),
        ("volumes:\n  - ~/.ssh:/root/.ssh", ("~/.ssh:/root/.ssh",)),
        ("volumes:\n  - ${HOME}/.aws:/root/.aws:ro,z", ("~/.aws:/root/.aws:ro",)),
        ("volumes:\n  - $HOME:/h", ("~:/h",)),
        ("volumes:\n  - ${DATA:-./data}:/d", ("./data:/d",)),
        ("volumes:\n  - ${DATA}:/d", ("${DATA}:/d",)),
        ("volumes:\n  - ${PWD}:/d", ("./:/d",)),
        ("volumes:\n  - data:/d\n  - /anonymous", ()),
        ("volumes:\n  - type: bind\n    source: data\n    target: /d\n    read_only: true", ("./data:/d:ro",)),
        ("volumes:\n  - type: volume\n    source: data\n    target: /d", ()),
        ("volumes:\n  - type: tmpfs\n    target: /d", ()),
        ("volumes:\n  - C:\\Users\\me:/d", ("C:\\Users\\me:/d",)),
        ("volumes: [bound:/d]", ("/srv/data:/d",)),
    ],
)
def test_compose_mounts_of_host_paths(text: str, mounts: tuple[str, ...]) -> None:
    body = "".join(f"    {line}\n" for line in text.splitlines())
    bound = "volumes:\n  bound:\n    driver_opts: {type: none, o: bind, device: /srv/data}\n  data: {}\n"
    found, gaps = read({"compose.yaml": f"services:\n  s:\n{body}{bound}"})
    assert gaps == []
    assert found["compose.yaml:s"].mounts == mounts


@pytest.mark.parametrize(
    ("text", "opened", "escapes"),
    [
        ("image: node", set(), ()),
        ("privileged: true", {"privileged"}, ()),
        ("privileged: yes", {"privileged"}, ()),
        ("privileged: false", set(), ()),
        ("network_mode: host", {"host_network"}, ()),
        ("network_mode: none", set(), ()),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock']", {"socket"}, ()),
        ("volumes: ['$XDG_RUNTIME_DIR/podman/podman.sock:/s']", {"socket"}, ()),
        ("volumes:\n  - type: bind\n    source: /run/docker.sock\n    target: /d", {"socket"}, ()),
        ("volumes: ['//./pipe/docker_engine://./pipe/docker_engine']", {"socket"}, ()),
        ("pid: host\nipc: host", set(), ("pid namespace of the host", "ipc namespace of the host")),
        ("cap_add: [NET_BIND_SERVICE, sys_admin]", set(), ("capability SYS_ADMIN",)),
        ("security_opt: ['seccomp:unconfined']", set(), ("seccomp unconfined",)),
        ("devices: ['/dev/fuse:/dev/fuse']", set(), ("device /dev/fuse",)),
    ],
)
def test_compose_rights(text: str, opened: set[str], escapes: tuple[str, ...]) -> None:
    found = service(text)
    assert {name for name in ("privileged", "socket", "host_network") if getattr(found, name)} == opened
    assert found.escapes == escapes
    assert opened <= set(found.lines)


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("image: node:20\nuser: node", "node"),
        ("image: node:20\nuser: 1000:1000", "1000"),
        ("image: node:20\nuser: 0", "0"),
        ("image: node:20\nuser: '${UID:-1000}:${GID:-1000}'", "1000"),
        ("image: '${IMAGE:-node}:20'", None),
        ("image: postgres", None),
        ("build: .", "agent"),
        ("build:\n  context: .\n  dockerfile: Dockerfile", "agent"),
        ("build: ./web", None),
        ("build: .\nuser: root", "root"),
    ],
)
def test_compose_users(text: str, user: str | None) -> None:
    files = {"Dockerfile": "FROM node\nUSER agent\n", "web/Dockerfile": "FROM node\n"}
    assert service(text, **files).user == user


@pytest.mark.parametrize(
    "text",
    ["image: own/x", "user: $WHO", "user: '${UID}:${GID}'", "build: ./missing", "build: 'https://host/repo.git'", "{}"],
)
def test_compose_users_that_are_set_elsewhere(text: str) -> None:
    assert isinstance(service(text).user, Unknown)


def test_compose_environment_and_secrets() -> None:
    secret = "hunter2" + "x" * 12
    found = read(
        {
            "deploy/compose.yml": "secrets:\n  db: {file: ./db_password.txt}\n  other: {environment: X}\n"
            f"services:\n  s:\n    environment:\n      - REGION=eu\n      - API_TOKEN={secret}\n"
            "      - PASSED\n      - DB_PASSWORD=${DB_PASSWORD}\n"
            f"    build:\n      args:\n        NPM_TOKEN: {secret}\n"
            "    env_file:\n      - .env\n      - path: ../.env.production\n        required: false\n"
            "    secrets: [db, {source: other}]\n"
        }
    )[0]["deploy/compose.yml:s"]
    assert found.env_names == ("REGION", "API_TOKEN", "PASSED", "DB_PASSWORD", "NPM_TOKEN")
    assert found.secret_names == ("API_TOKEN", "NPM_TOKEN")
    assert found.env_files == ("./deploy/.env", "./.env.production")
    assert found.secret_files == ("./deploy/db_password.txt",)
    assert secret not in repr(found)
    assert (found.lines["secret_names"], found.lines["env_files"]) == (8, 15)


def test_anchors_merge_keys_and_extends_add_up() -> None:
    found, _ = read(
        {
            "compose.yaml": "x-base: &base\n  privileged: true\n  user: base\nservices:\n"
            "  merged:\n    <<: *base\n    user: own\n"
            "  child:\n    extends: {service: merged}\n    volumes: ['~:/h']\n"
            "  far:\n    extends: {file: common/compose.base.yml, service: b}\n"
            "  loop:\n    extends: loop\n"
            "  missing:\n    image: node\n    extends: {file: gone.yml, service: b}\n",
            "common/compose.base.yml": "services:\n  b:\n    network_mode: host\n    extends: c\n"
            "  c:\n    image: node\n    user: c\n",
        }
    )
    assert (found["compose.yaml:merged"].privileged, found["compose.yaml:merged"].user) == (True, "own")
    child = found["compose.yaml:child"]
    assert (child.privileged, child.user, child.mounts) == (True, "own", ("~:/h",))
    far = found["compose.yaml:far"]
    assert (far.host_network, far.user) == (True, "c")
    assert isinstance(found["compose.yaml:loop"].user, Unknown)
    assert "gone.yml" in why(found["compose.yaml:missing"].user)


def test_an_override_file_counts_with_the_file_it_overrides() -> None:
    found, _ = read(
        {
            "docker-compose.yml": "services:\n  a:\n    image: node\n    user: node\n",
            "docker-compose.override.yml": "services:\n  a:\n    user: root\n    privileged: true\n"
            "  b:\n    image: node\n",
        }
    )
    assert sorted(found) == ["docker-compose.override.yml:b", "docker-compose.yml:a"]
    assert (found["docker-compose.yml:a"].user, found["docker-compose.yml:a"].privileged) == ("root", True)


def test_services_over_several_documents_and_files_without_services() -> None:
    found, gaps = read(
        {
            "compose.yaml": "services:\n  a: {image: node}\n---\nservices:\n  b: {image: node}\n",
            "compose.x.yml": "a: 1\n",
        }
    )
    assert sorted(found) == ["compose.yaml:a", "compose.yaml:b"]
    assert found["compose.yaml:b"].source.line == 5
    assert gaps == []


def test_broken_yaml_is_a_gap() -> None:
    found, gaps = read({"compose.yaml": "services:\n  a: [\n", "compose.dev.yaml": "services: {b: {image: node}}\n"})
    assert list(found) == ["compose.dev.yaml:b"]
    assert [gap.path for gap in gaps] == ["compose.yaml"]


def test_a_dockerfile_that_could_not_be_read_leaves_the_user_open() -> None:
    found, gaps = read({"compose.yaml": "services:\n  s: {build: .}\n", "Dockerfile": b"FROM node\nUSER agent\0\n"})
    assert "Dockerfile" in why(found["compose.yaml:s"].user)
    assert len(gaps) == 1


# -------------------------------------------------------------------------------------------------- agents and places


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        ("npm install -g @anthropic-ai/claude-code@1.2.3", ("claude-code",)),
        ("curl -fsSL https://claude.ai/install.sh | bash", ("claude-code",)),
        ("claude --dangerously-skip-permissions", ("claude-code",)),
        ("/usr/local/bin/claude -p hello", ("claude-code",)),
        ("mkdir -p /home/node/.claude && cp CLAUDE.md /x", ()),
        ("cat docs/claude", ()),
        ("npm i -g @openai/codex && codex exec", ("codex",)),
        ("ghcr.io/openai/codex-universal:latest", ("codex",)),
        ("curl https://cursor.com/install -fsS | bash", ("cursor",)),
        ("cursor-agent -p", ("cursor",)),
        ("npx @google/gemini-cli", ("gemini-cli",)),
        ("pip install aider-chat==0.86 opencode-ai", ("aider", "opencode")),
        ("uv tool install aider-chat[browser]", ("aider",)),
        ("anthropic.claude-code", ("claude-code",)),
        ("ghcr.io/anthropics/devcontainer-features/claude-code:1.0", ("claude-code",)),
        ("docker/sandbox-templates:claude-code", ("claude-code",)),
        ("npm install -g typescript", ()),
        ("", ()),
    ],
)
def test_agents_are_named_by_package_command_or_image(text: str, agents: tuple[str, ...]) -> None:
    assert named_agents(text) == agents


def test_agents_are_found_wherever_a_definition_names_them() -> None:
    assert dockerfile("FROM node\nRUN npm i -g \\\n  @anthropic-ai/claude-code\n").agents == ("claude-code",)
    assert dockerfile('FROM node\nENTRYPOINT ["codex", "exec"]\n').agents == ("codex",)
    assert dockerfile("FROM node\nRUN <<EOF\npip install aider-chat\nEOF\n").agents == ("aider",)
    assert dockerfile("FROM node AS x\nRUN pip install aider-chat\nFROM node\n").agents == ()
    assert devcontainer({"postCreateCommand": ["npm", "i", "-g", "opencode-ai"]}).agents == ("opencode",)
    assert devcontainer({"postStartCommand": {"a": "claude"}}).agents == ("claude-code",)
    extensions = {"customizations": {"vscode": {"extensions": ["anthropic.claude-code", "saoudrizwan.claude-dev"]}}}
    assert devcontainer(extensions).agents == ("claude-code", "cline")
    feature: dict[str, object] = {"features": {"ghcr.io/anthropics/devcontainer-features/claude-code:1": {}}}
    assert devcontainer(feature).agents == ("claude-code",)
    assert service("command: [gemini, -p, x]").agents == ("gemini-cli",)
    assert service("build: .", Dockerfile="FROM node\nRUN npm i -g @openai/codex\n").agents == ("codex",)


@pytest.mark.parametrize(
    ("source", "directory", "path"),
    [
        (".", "", "./"),
        ("./", "a", "./a"),
        ("..", "a/b", "./a"),
        ("..", "", ".."),
        ("../../x", "a", "../x"),
        ("/", "", "/"),
        ("/home/../root/", "", "/root"),
        ("~", "a", "~"),
        ("${localEnv:HOME}/.ssh/", "a", "~/.ssh"),
        ("${HOME:-/root}/.ssh", "", "~/.ssh"),
        ("$UNKNOWN/x", "a", "$UNKNOWN/x"),
        ("sub\\dir", "", "./sub/dir"),
    ],
)
def test_host_paths_have_one_form(source: str, directory: str, path: str) -> None:
    assert host_path(source, directory) == path


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        (".env", True),
        (".env.production", True),
        (".env.example", False),
        ("id_rsa", True),
        ("id_rsa.pub", False),
        ("~/.aws", True),
        ("~/.ssh/", True),
        ("~/.config/gcloud", True),
        ("~/.kube/config", True),
        ("src", False),
        ("./", False),
        ("package.json", False),
    ],
)
def test_secret_paths(path: str, secret: bool) -> None:
    assert is_secret_path(path) is secret


@pytest.mark.parametrize(
    ("path", "socket"),
    [
        ("/var/run/docker.sock", True),
        ("/run/user/1000/podman/podman.sock", True),
        ("\\\\.\\pipe\\docker_engine", True),
        ("/run", True),
        ("/var/run/", True),
        ("/var/run/app.pid", False),
        ("docker.sock.md", False),
    ],
)
def test_sockets(path: str, socket: bool) -> None:
    assert is_socket(path) is socket


def test_the_deepest_readable_settings_are_read() -> None:
    deep = '{"a":' * 190 + '"claude"' + "}" * 190
    assert read({".devcontainer.json": f'{{"customizations": {deep}}}'})[0][".devcontainer.json"].agents == (
        "claude-code",
    )
    flow = "{a: " * 190 + "1" + "}" * 190
    assert service(f"image: node\nx: {flow}").user is None
