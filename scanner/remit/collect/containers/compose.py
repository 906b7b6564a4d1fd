"""Compose files: what each service is given of the host.

Source: the Compose specification (services, volumes, secrets, extends, interpolation).
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.collect.containers.coding_agents import named_agents
from remit.collect.containers.facts import (
    Definition,
    capability,
    first_line,
    holds_secret,
    host_path,
    interpolate,
    is_host_path,
    is_socket,
    plain_user,
    security_option,
    short_mount,
)
from remit.collect.documents import Node, parse_yaml
from remit.credentials.redact import redact_text

_NAMESPACES = {"pid": "pid", "ipc": "ipc", "userns_mode": "userns", "uts": "uts", "cgroup": "cgroup"}
_TRUE = frozenset(("yes", "on", "true", "y"))


def parse_compose(path: str, text: str) -> Iterator[Definition]:
    """One definition for each service.

    Raises CollectError for text that is not YAML.
    """
    for root in parse_yaml(text):
        services = root.get("services")
        for member in services.members if services else ():
            if member.node.kind == "object":
                yield _service(path, member.key, member.line, member.node, root)


def _service(path: str, name: str, line: int, service: Node, root: Node) -> Definition:
    directory = path.rpartition("/")[0]
    lines: list[tuple[str, int]] = []
    mounts, sockets = _mounts(service, root, directory)
    environment = list(_environment(service))
    secret_names = [(key, at) for key, value, at in environment if holds_secret(key, value)]
    escapes = [(phrase, at) for phrase, at in _escapes(service) if phrase]
    secret_files = list(_secret_files(service, root, directory))
    env_files = [(host_path(text, directory), at) for text, at in _env_files(service)]
    for key, found in (("mounts", mounts), ("env_files", env_files), ("secret_names", secret_names)):
        lines += [(key, at) for _, at in found]
    lines += [("escapes", at) for _, at in escapes] + [("secret_files", at) for _, at in secret_files]
    lines += [("socket", at) for at in sockets]
    lines += [(key, node.line) for key in ("user", "privileged") if (node := service.get(key))]
    network = service.get("network_mode")
    lines += [("host_network", network.line)] if network else []
    image = _scalar(service.get("image"))
    texts = [text for key in ("command", "entrypoint") for text in _words(service.get(key))]
    user = _scalar(service.get("user"))
    return Definition(
        path,
        "compose",
        service=name,
        line=line,
        user=redact_text(plain_user(interpolate(user))) if user else None,
        image=redact_text(interpolate(image)) if image else None,
        dockerfile=_dockerfile(service, directory),
        stage=(_scalar(service.at("build", "target")) or "").lower(),
        extends=tuple(_extends(service, path)),
        mounts=_unique(mounts),
        env_files=_unique(env_files),
        env_names=tuple(dict.fromkeys(key for key, _, _ in environment)),
        secret_names=_unique(secret_names),
        secret_files=_unique(secret_files),
        escapes=_unique(escapes),
        privileged=_true(service.get("privileged")),
        socket=bool(sockets),
        host_network=_scalar(network) == "host",
        agents=named_agents(image or "", *texts),
        lines=first_line(lines),
    )


def _unique(found: list[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(redact_text(text) for text, _ in found))


def _scalar(node: Node | None) -> str | None:
    """A text or number as text."""
    if node is None or node.value is None or isinstance(node.value, bool):
        return None
    return str(node.value)


def _true(node: Node | None) -> bool:
    """Whether a value is true to Compose, which also takes the words of older YAML."""
    return node is not None and (node.flag() is True or (node.text() or "").lower() in _TRUE)


def _words(node: Node | None) -> Iterator[str]:
    if node is not None:
        yield " ".join(text for text, _ in node.strings())


def _pairs(node: Node | None) -> Iterator[tuple[str, str, int]]:
    """Name, value and line from a mapping or a list of `NAME=value`."""
    if node is None:
        return
    for member in node.members:
        yield member.key, _scalar(member.node) or "", member.line
    for text, line in node.strings() if node.kind == "array" else ():
        name, _, value = text.partition("=")
        yield name.strip(), value, line


def _environment(service: Node) -> Iterator[tuple[str, str, int]]:
    yield from _pairs(service.get("environment"))
    build = service.get("build")
    yield from _pairs(build.get("args") if build else None)


def _env_files(service: Node) -> Iterator[tuple[str, int]]:
    node = service.get("env_file")
    if node is None:
        return
    yield from node.strings()
    for item in (node, *node.items):
        path = item.get("path")
        if path is not None and (text := path.text()):
            yield text, path.line


def _mounts(service: Node, root: Node, directory: str) -> tuple[list[tuple[str, int]], list[int]]:
    """Mounts of host paths, and the lines of those that give the engine's socket away."""
    mounts: list[tuple[str, int]] = []
    sockets: list[int] = []
    volumes = service.get("volumes")
    for item in volumes.items if volumes else ():
        source, target, read_only = _long_mount(item) if item.kind == "object" else short_mount(item.text() or "")
        source = _device(root, source) or source
        if not is_host_path(source):
            continue
        mounts.append((f"{host_path(source, directory)}:{target}" + (":ro" if read_only else ""), item.line))
        if is_socket(source) or is_socket(target):
            sockets.append(item.line)
    return mounts, sockets


def _long_mount(item: Node) -> tuple[str, str, bool]:
    """The same of a mount in long form; the source of a bind mount is a path however it is written."""
    source = _scalar(item.get("source")) or ""
    if source and _scalar(item.get("type")) == "bind" and not is_host_path(source):
        source = f"./{source}"
    return source, _scalar(item.get("target")) or "", _true(item.get("read_only"))


def _device(root: Node, name: str) -> str | None:
    """The host path behind a named volume that is bound to one."""
    options = root.at("volumes", name, "driver_opts")
    if options is None or "bind" not in (_scalar(options.get("o")) or ""):
        return None
    return _scalar(options.get("device"))


def _escapes(service: Node) -> Iterator[tuple[str, int]]:
    for key, name in _NAMESPACES.items():
        node = service.get(key)
        if node is not None and _scalar(node) == "host":
            yield f"{name} namespace of the host", node.line
    for key, phrase in (("cap_add", capability), ("security_opt", security_option)):
        node = service.get(key)
        for text, line in node.strings() if node else ():
            yield phrase(text), line
    devices = service.get("devices")
    for text, line in devices.strings() if devices else ():
        yield f"device {text.partition(':')[0][:100]}", line


def _secret_files(service: Node, root: Node, directory: str) -> Iterator[tuple[str, int]]:
    """Files behind the compose secrets that a service is given."""
    node = service.get("secrets")
    for item in node.items if node else ():
        name = item.text() or _scalar(item.get("source")) or ""
        file = root.at("secrets", name, "file")
        if file is not None and (path := file.text()):
            yield host_path(path, directory), item.line


def _dockerfile(service: Node, directory: str) -> str | None:
    build = service.get("build")
    if build is None:
        return None
    context = build.text() if build.kind == "string" else _scalar(build.get("context"))
    place = host_path(context or ".", directory)
    if not place.startswith("./"):
        return None
    name = _scalar(build.get("dockerfile")) or "Dockerfile"
    return host_path(name, place.removeprefix("./").rstrip("/")).removeprefix("./")


def _extends(service: Node, path: str) -> Iterator[tuple[str, str]]:
    node = service.get("extends")
    if node is None:
        return
    name = node.text() or _scalar(node.get("service"))
    file = _scalar(node.get("file"))
    if name:
        yield (host_path(file, path.rpartition("/")[0]).removeprefix("./") if file else path), name
