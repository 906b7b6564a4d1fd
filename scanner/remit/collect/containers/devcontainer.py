"""devcontainer.json: whose files and which rights a development container is given.

Source: the Dev Container specification (metadata reference, features) and the `docker run` reference for `runArgs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from remit.collect.containers.coding_agents import named_agents
from remit.collect.containers.facts import (
    Definition,
    capability,
    first_line,
    holds_secret,
    host_path,
    is_host_path,
    is_socket,
    plain_user,
    security_option,
    short_mount,
)
from remit.collect.documents import Node, parse_json
from remit.credentials.redact import redact_text
from remit.errors import CollectError

_COMMANDS = ("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand")
_SOCKET_FEATURES = ("docker-outside-of-docker", "docker-from-docker")
_PRIVILEGED_FEATURES = ("docker-in-docker", "kubectl-helm-minikube-kind")
_SHORT = {"-v": "--volume", "-u": "--user", "-e": "--env", "--net": "--network"}


def parse_devcontainer(path: str, text: str) -> Definition:
    """What a devcontainer.json declares.

    Raises CollectError for text that is not JSON or holds no object.
    """
    root = parse_json(text).root
    if root.kind != "object":
        raise CollectError("holds no JSON object", root.line)
    reader = _Reader(path, _workspace(path))
    reader.mounts_of(root)
    reader.rights_of(root)
    reader.features_of(root)
    reader.environment_of(root)
    reader.arguments([text for text, _ in _strings(root, "runArgs")], _line(root, "runArgs"))
    user = _text(root, "remoteUser") or _text(root, "containerUser") or reader.user
    build = root.get("build")
    dockerfile = _text(root, "dockerFile") or (_text(build, "dockerfile") if build else None)
    texts = [text for name in (*_COMMANDS, "customizations") for text in _texts(root.get(name))]
    return Definition(
        path,
        "devcontainer",
        line=root.line,
        user=redact_text(plain_user(user)) if user else None,
        image=redact_text(_text(root, "image") or "") or None,
        dockerfile=_below(path, dockerfile) if dockerfile else None,
        stage=(_text(build, "target") or "").lower(),
        extends=_compose_files(path, root),
        host_commands=tuple(redact_text(text)[:400] for text in _texts(root.get("initializeCommand"))),
        agents=named_agents(_text(root, "image") or "", *reader.features, *texts),
        lines=first_line([*reader.lines, *((name, line) for name, line in _lines(root))]),
        **reader.found(),  # type: ignore[arg-type]  # a table of the class's own fields
    )


def _workspace(path: str) -> str:
    """The directory that `${localWorkspaceFolder}` means: above `.devcontainer`, or beside the file."""
    directory = path.rpartition("/")[0]
    parts = directory.split("/")
    return "/".join(parts[: parts.index(".devcontainer")]) if ".devcontainer" in parts else directory


def _below(path: str, name: str) -> str:
    return host_path(name, path.rpartition("/")[0]).removeprefix("./")


def _compose_files(path: str, root: Node) -> tuple[tuple[str, str], ...]:
    """The compose files with the service, the last file first because it wins."""
    service = _text(root, "service") or ""
    return tuple((_below(path, name), service) for name, _ in reversed(_strings(root, "dockerComposeFile")))


def _text(node: Node | None, key: str) -> str | None:
    found = node.get(key) if node else None
    return found.text() if found else None


def _line(node: Node, key: str) -> int:
    found = node.get(key)
    return found.line if found else 0


def _strings(node: Node, key: str) -> tuple[tuple[str, int], ...]:
    found = node.get(key)
    return found.strings() if found else ()


def _texts(node: Node | None) -> Iterator[str]:
    """Each command in a string, an argument list (joined), or an object of either; and every text of a deeper tree."""
    if node is None:
        return
    if node.kind == "array" and all(item.kind == "string" for item in node.items):
        yield " ".join(text for text, _ in node.strings())
    elif isinstance(node.value, str):
        yield node.value
    for inner in (*node.items, *(member.node for member in node.members)):
        if node.kind != "array" or inner.kind != "string":
            yield from _texts(inner)


def _lines(root: Node) -> Iterator[tuple[str, int]]:
    for key, name in (("remoteUser", "user"), ("containerUser", "user"), ("initializeCommand", "host_commands")):
        if root.get(key):
            yield name, _line(root, key)


@dataclass(slots=True)
class _Reader:
    """Collects what every part of the file opens."""

    path: str
    workspace: str
    user: str | None = None
    mounts: list[str] = field(default_factory=list)
    env_files: list[str] = field(default_factory=list)
    env_names: list[str] = field(default_factory=list)
    secret_names: list[str] = field(default_factory=list)
    escapes: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)
    privileged: bool = False
    socket: bool = False
    host_network: bool = False

    def found(self) -> dict[str, object]:
        """The collected fields, each list without repetitions."""
        lists = {
            name: tuple(dict.fromkeys(getattr(self, name)))
            for name in ("mounts", "env_files", "env_names", "secret_names", "escapes")
        }
        return {**lists, "privileged": self.privileged, "socket": self.socket, "host_network": self.host_network}

    def mount(self, source: str, target: str, read_only: bool, line: int) -> None:
        """Note a mount of a host path."""
        place = redact_text(host_path(source, self.workspace))
        self.mounts.append(f"{place}:{redact_text(target)}" + (":ro" if read_only else ""))
        self.lines.append(("mounts", line))
        if is_socket(source) or is_socket(target):
            self.socket = True
            self.lines.append(("socket", line))

    def mount_option(self, text: str, line: int) -> None:
        """Note a mount in the `key=value,…` form; without a type it is a named volume."""
        pairs = dict(part.strip().partition("=")[::2] for part in text.split(",")[:50])
        source = pairs.get("source") or pairs.get("src")
        target = pairs.get("target") or pairs.get("destination") or pairs.get("dst") or ""
        if source and pairs.get("type", "volume") == "bind":
            self.mount(source, target, "readonly" in pairs or "ro" in pairs, line)

    def mounts_of(self, root: Node) -> None:
        """Mounts in string and object form, and a workspace mount of one's own."""
        listed = root.get("mounts")
        for item in (*(listed.items if listed else ()), *(node for node in (root.get("workspaceMount"),) if node)):
            if isinstance(item.value, str):
                self.mount_option(item.value, item.line)
            elif item.kind == "object":
                source, kind = _text(item, "source"), _text(item, "type")
                if source and kind == "bind":
                    self.mount(source, _text(item, "target") or "", False, item.line)

    def rights_of(self, root: Node) -> None:
        """Rights with keys of their own."""
        privileged = root.get("privileged")
        if privileged and privileged.flag():
            self.privilege(privileged.line)
        for text, line in _strings(root, "capAdd"):
            self.escape(capability(text), line)
        for text, line in _strings(root, "securityOpt"):
            self.escape(security_option(text), line)

    def privilege(self, line: int) -> None:
        """Note full privileges."""
        self.privileged = True
        self.lines.append(("privileged", line))

    def escape(self, phrase: str, line: int) -> None:
        """Note a way out, if it is one."""
        if phrase:
            self.escapes.append(phrase)
            self.lines.append(("escapes", line))

    def features_of(self, root: Node) -> None:
        """Features that need the host's socket or full privileges."""
        features = root.get("features")
        for member in features.members if features else ():
            name = member.key.rpartition("/")[2].partition(":")[0].partition("@")[0]
            self.features.append(member.key)
            if name in _SOCKET_FEATURES:
                self.socket = True
                self.lines.append(("socket", member.line))
            if name in _PRIVILEGED_FEATURES:
                self.privilege(member.line)

    def environment_of(self, root: Node) -> None:
        """Variables of the container and of its tools."""
        for key in ("containerEnv", "remoteEnv"):
            node = root.get(key)
            for member in node.members if node else ():
                self.variable(member.key, member.node.text() or "", member.line)

    def variable(self, name: str, value: str, line: int) -> None:
        """Note a variable, and whether its secret value stands here."""
        self.env_names.append(name)
        if holds_secret(name, value):
            self.secret_names.append(name)
            self.lines.append(("secret_names", line))

    def arguments(self, words: Sequence[str], line: int) -> None:
        """Arguments of `docker run`, with their value attached or following."""
        position = 0
        while position < len(words):
            name, attached, value = words[position].partition("=")
            name = _SHORT.get(name, name)
            position += 1
            if not attached and name.startswith("--") and position < len(words) and not words[position].startswith("-"):
                value = words[position]
                position += 1
            self.argument(name, value, line)

    def argument(self, name: str, value: str, line: int) -> None:
        """Note what one argument of `docker run` opens."""
        match name:
            case "--privileged" if value != "false":
                self.privilege(line)
            case "--volume":
                source, target, read_only = short_mount(value)
                if is_host_path(source):
                    self.mount(source, target, read_only, line)
            case "--mount":
                self.mount_option(value, line)
            case "--network" if value == "host":
                self.host_network = True
                self.lines.append(("host_network", line))
            case "--pid" | "--ipc" | "--userns" | "--uts" | "--cgroupns" if value == "host":
                self.escape(f"{name.removeprefix('--')} namespace of the host", line)
            case "--cap-add":
                self.escape(capability(value), line)
            case "--security-opt":
                self.escape(security_option(value), line)
            case "--device":
                self.escape(f"device {redact_text(value.partition(':')[0])[:100]}", line)
            case "--env-file":
                self.env_files.append(redact_text(host_path(value, self.workspace)))
                self.lines.append(("env_files", line))
            case "--env":
                self.variable(*value.partition("=")[::2], line)
            case "--user":
                self.user = plain_user(value)
