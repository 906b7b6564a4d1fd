"""Containers that an agent could run in: Dockerfiles, development containers, compose services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from remit.collect.collector import Collector, Document, Scope
from remit.collect.containers.compose import parse_compose
from remit.collect.containers.devcontainer import parse_devcontainer
from remit.collect.containers.dockerfile import parse_dockerfile
from remit.collect.containers.facts import Definition, combined
from remit.collect.json_text import parse_json
from remit.evidence import Container, Gap, Maybe, Source, Unknown

NAME = "containers"
_AFFECTS = ("Container",)
_DOCKERFILE = re.compile(
    r"(?:dockerfile|containerfile)(?:[.-][^/]{1,100})?|[^/]{1,100}\.(?:dockerfile|containerfile)", re.I
)
_COMPOSE = re.compile(r"(?:docker-|podman-)?compose(?:[._-][^/]{1,100})?\.ya?ml", re.I)
_NOT_A_DOCKERFILE = (".dockerignore", ".md", ".j2", ".tmpl", ".template", ".erb", ".py", ".go", ".js", ".ts")
_MAX_EXTENDS = 20

_RUN_AS_ROOT = re.compile(
    r"scratch|alpine|almalinux|amazonlinux|archlinux|bash|buildpack-deps|busybox|caddy|centos|clojure|composer|debian|docker"
    r"|eclipse-temurin|elixir|erlang|fedora|gcc|golang|gradle|haskell|httpd|julia|mariadb|maven|mongo|mysql|nginx|node"
    r"|openjdk|oraclelinux|perl|php|postgres|python|pypy|r-base|rabbitmq|redis|rockylinux|ruby|rust|swift|ubuntu"
)
"""Official images whose own Dockerfile sets no user. Source: their Dockerfiles in the Docker Library."""
_DEVELOPMENT = "mcr.microsoft.com/devcontainers/"


def wants(path: str) -> bool:
    """Container definitions by their usual names."""
    directory, _, name = path.rpartition("/")
    if name == ".devcontainer.json" or (name == "devcontainer.json" and ".devcontainer" in directory.split("/")):
        return True
    if _COMPOSE.fullmatch(name):
        return True
    return bool(_DOCKERFILE.fullmatch(name)) and not name.lower().endswith(_NOT_A_DOCKERFILE)


def parse(document: Document) -> Iterable[Definition | Gap]:
    """The definitions of one file."""
    if document.name.endswith(".json"):
        return _devcontainer(document.path, document.text())
    if document.name.lower().endswith((".yml", ".yaml")):
        return parse_compose(document.path, document.text())
    return parse_dockerfile(document.path, document.text())


def _devcontainer(path: str, text: str) -> Iterator[Definition | Gap]:
    yield parse_devcontainer(path, text)
    if fault := parse_json(text).lost:
        yield Gap(NAME, path, f"line {fault[0]}: {fault[1]}: something in it may not have been read", _AFFECTS)


def link(facts: Sequence[Definition], gaps: Sequence[Gap], scope: Scope) -> Iterator[Container | Gap]:
    """Each definition joined with the files it builds on."""
    known = {(each.path, each.service): each for each in facts}
    unread = frozenset(gap.path for gap in gaps)
    overridden = {_overridden(each): each for each in facts if each.kind == "compose" and _is_override(each, known)}
    for each in facts:
        if (each.kind == "compose" and _is_override(each, known)) or (each.kind == "dockerfile" and each.service):
            continue
        whole = _joined(each, known)
        override = overridden.get((each.path, each.service))
        yield _container(combined(whole, override) if override else whole, known, unread, each)


def _overridden(each: Definition) -> tuple[str, str]:
    """The service that a `*.override.yml` adds to, under the first name that compose would look for."""
    return re.sub(r"\.override(\.ya?ml)$", r"\1", each.path), each.service


def _is_override(each: Definition, known: dict[tuple[str, str], Definition]) -> bool:
    base = _overridden(each)
    return base[0] != each.path and base in known


def _joined(each: Definition, known: dict[tuple[str, str], Definition]) -> Definition:
    """The definition on top of everything it extends; what extends itself is taken once."""
    whole, seen, pending = each, {(each.path, each.service)}, list(each.extends)
    while pending and len(seen) <= _MAX_EXTENDS:
        place = pending.pop(0)
        base = known.get(place)
        if base is not None and place not in seen:
            pending.extend(base.extends)
            whole = combined(base, whole)
        seen.add(place)
    return whole


def _container(
    whole: Definition, known: dict[tuple[str, str], Definition], unread: frozenset[str], each: Definition
) -> Container:
    image = _built_from(whole, known)
    carried = combined(image, whole) if image else whole
    return Container(
        path=each.path,
        kind=each.kind,
        name=f"{each.path}:{each.service}" if each.service else each.path,
        user=_user(whole, image, _missing(each, known, unread)),
        mounts=whole.mounts,
        env_files=whole.env_files,
        env_names=carried.env_names,
        privileged=whole.privileged,
        socket=whole.socket,
        host_network=whole.host_network,
        agents=carried.agents,
        source=Source(each.path, each.line, NAME),
        escapes=whole.escapes,
        secret_files=carried.secret_files,
        secret_names=carried.secret_names,
        passwordless_sudo=carried.passwordless_sudo,
        host_commands=whole.host_commands,
        lines=each.lines,
    )


def _built_from(whole: Definition, known: dict[tuple[str, str], Definition]) -> Definition | None:
    """The stage of the Dockerfile that the definition builds: the one it names, else the last."""
    path = whole.dockerfile or ""
    last = known.get((path, ""))
    return last if last is None or whole.stage in ("", last.stage) else known.get((path, whole.stage))


def _missing(each: Definition, known: dict[tuple[str, str], Definition], unread: frozenset[str]) -> str | None:
    """The first file that the definition builds on and that was not read."""
    for path, service in each.extends:
        if (path, service) not in known:
            return path
    return each.dockerfile if each.dockerfile in unread else None


def _user(whole: Definition, image: Definition | None, missing: str | None) -> Maybe[str | None]:
    """The user that runs, from the definition itself down to its base image."""
    written = whole.user if whole.user is not None else image.user if image else None
    if written is not None:
        return Unknown(f"the user is `{written}`, which is set elsewhere") if "$" in written else written
    if missing:
        return Unknown(f"{missing} may set the user, and was not read")
    if whole.dockerfile and image is None:
        stage = f"stage `{whole.stage}` of " if whole.stage else ""
        return Unknown(f"{stage}{whole.dockerfile} sets the user, and was not read")
    return _image_user((image.image if image else whole.image) or "", whole.kind == "devcontainer")


def _image_user(image: str, development: bool) -> Maybe[str | None]:
    """The user that a base image starts with; None for the official ones that leave it at root.

    Source for the development images: the `remoteUser` of their metadata in the devcontainers/images repository.
    """
    name = image.partition("@")[0].strip()
    name = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    plain = name.removeprefix("docker.io/").removeprefix("library/")
    if _RUN_AS_ROOT.fullmatch(plain):
        return None
    if name.startswith(_DEVELOPMENT):
        if not development:
            return None
        kind = name.removeprefix(_DEVELOPMENT)
        return (
            "node"
            if kind in ("javascript-node", "typescript-node")
            else "codespace"
            if kind == "universal"
            else "vscode"
        )
    return Unknown(
        f"the image `{image}` decides the user" if image else "another file names the image, and it decides the user"
    )


containers = Collector(
    name=NAME,
    version=1,
    fact=Definition,
    subjects=(Container,),
    wants=wants,
    parse=parse,
    link=link,
)
