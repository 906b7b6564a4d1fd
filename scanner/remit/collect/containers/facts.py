"""What one container definition says, and how definitions that build on each other become one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from remit.credentials.placeholder import is_reference
from remit.credentials.places import holds_credentials
from remit.credentials.redact import names_a_secret

ROOT_USERS = frozenset(("root", "0"))
_HOME = re.compile(r"\$\{(?:localEnv:|env:)?(?:HOME|USERPROFILE)(?::-[^}]{0,200})?\}|\$(?:HOME|USERPROFILE)\b")
_HERE = re.compile(r"\$\{(?:localWorkspaceFolder|PWD)\}|\$PWD\b")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DEFAULT = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]{0,100}:?-([^${}]{0,400})\}")
_SOCKET = re.compile(
    r"(?:^|/)(?:docker|containerd|podman|crio|cri-dockerd)\.sock$|docker_engine$|docker-raw\.sock$|^/(?:var/)?run/?$",
    re.I,
)
_SECRET_DIRECTORY = re.compile(
    r"(?:^|/)\.(?:aws|ssh|kube|gnupg|azure|docker|railway|config/gcloud|config/gh)/?$|(?:^|/)gcloud/?$", re.I
)
_SAMPLE = re.compile(r"\.(?:example|sample|template|dist|tmpl|pub)$", re.I)
_DANGEROUS = frozenset(
    ("ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "SYS_BOOT")
)


@dataclass(frozen=True, slots=True)
class Definition:
    """One Dockerfile, devcontainer or compose service as written."""

    path: str
    kind: Literal["dockerfile", "devcontainer", "compose"]
    service: str = ""
    line: int = 0
    user: str | None = None
    image: str | None = None
    """The image it runs or builds on."""
    dockerfile: str | None = None
    """The Dockerfile it is built from, relative to the target."""
    stage: str = ""
    """The stage of that Dockerfile that is built; for a Dockerfile, the name of its last stage."""
    extends: tuple[tuple[str, str], ...] = ()
    """Compose files and services whose settings come first, the strongest one first."""
    mounts: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    env_names: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    secret_files: tuple[str, ...] = ()
    escapes: tuple[str, ...] = ()
    privileged: bool = False
    socket: bool = False
    host_network: bool = False
    passwordless_sudo: bool = False
    host_commands: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def directory(self) -> str:
        """The directory that holds the file."""
        return self.path.rpartition("/")[0]


_UNITED = ("mounts", "env_files", "env_names", "secret_names", "secret_files", "escapes", "host_commands", "agents")
_EITHER = ("privileged", "socket", "host_network", "passwordless_sudo")
_LAST = ("user", "image", "dockerfile")


def combined(first: Definition, then: Definition) -> Definition:
    """`then` built on `first`: its single values win, lists add up, and what either opens stays open."""
    united = {name: tuple(dict.fromkeys((*getattr(first, name), *getattr(then, name)))) for name in _UNITED}
    either = {name: getattr(first, name) or getattr(then, name) for name in _EITHER}
    last = {name: getattr(first, name) if getattr(then, name) is None else getattr(then, name) for name in _LAST}
    last["stage"] = then.stage or first.stage
    return replace(then, **united, **either, **last)  # type: ignore[arg-type]  # three tables of the class's own fields


def interpolate(text: str) -> str:
    """The text with `${NAME:-default}` replaced by its default."""
    return _DEFAULT.sub(r"\1", text)


def host_path(source: str, directory: str) -> str:
    """A path on the host in one form: from the target's root (`./`, `../`), from home (`~/`), or absolute."""
    path = interpolate(_HOME.sub("~", source.strip()).replace("~~", "~"))
    if _DRIVE.match(path):
        return path
    path = _HERE.sub(".", path).replace("\\", "/")
    if path.startswith("/"):
        return posixpath.normpath(path)
    if path.startswith(("~", "$")):
        return path.rstrip("/")
    inner = posixpath.normpath(posixpath.join(directory or ".", path))
    return inner if inner.startswith("..") else "./" if inner == "." else f"./{inner}"


def is_host_path(source: str) -> bool:
    """Whether the source of a mount is a path on the host rather than the name of a volume."""
    return source.startswith((".", "/", "~", "$", "\\\\")) or bool(_DRIVE.match(source))


def short_mount(text: str) -> tuple[str, str, bool]:
    """Source, target and whether it is read-only; a lone path is a new volume and has no source."""
    drive = text[:2] if _DRIVE.match(text) else ""
    parts = split_outside(text[len(drive) :])
    if len(parts) < 2:
        return "", "", False
    return drive + parts[0], parts[1], "ro" in ":".join(parts[2:]).split(",")


def split_outside(text: str) -> list[str]:
    """The parts between the colons that lie outside `${…}`."""
    parts, depth = [""], 0
    for position, char in enumerate(text[:4000]):
        depth += (char == "{" and text[position - 1] == "$") - (char == "}" and depth > 0)
        if char == ":" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def is_socket(path: str) -> bool:
    """Whether a path is, or contains, the control socket of a container engine."""
    return bool(_SOCKET.search(path.replace("\\", "/")[-300:]))


def is_secret_path(path: str) -> bool:
    """Whether a file or directory, by its name, holds credentials; samples and public keys do not."""
    path = path.rstrip("/")
    return not _SAMPLE.search(path) and (holds_credentials(path) or bool(_SECRET_DIRECTORY.search(path[-300:])))


def holds_secret(name: str, value: str) -> bool:
    """Whether a variable, by its name, is a secret whose value stands right there and not in a file it names."""
    elsewhere = name.upper().endswith("_FILE") or value.startswith("/run/secrets/") or is_reference(value)
    return bool(value.strip()) and names_a_secret(name) and not elsewhere


def capability(name: str) -> str:
    """An escape phrase for an added Linux capability, empty for a harmless one."""
    short = name.strip().upper().removeprefix("CAP_")
    return f"capability {short}" if short in _DANGEROUS else ""


def security_option(text: str) -> str:
    """An escape phrase for a security option, empty for one that takes nothing away."""
    option = text.replace("=", ":").replace(" ", "").lower()
    unconfined = option in ("seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined")
    return option.replace(":", " ") if unconfined else ""


def plain_user(text: str) -> str:
    """The user of a `user:group` pair."""
    return split_outside(text.strip().strip("\"'"))[0].strip()


def first_line(lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The first line of each name."""
    found: dict[str, int] = {}
    for name, line in lines:
        found.setdefault(name, line)
    return found
