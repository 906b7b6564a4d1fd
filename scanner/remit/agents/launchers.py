"""Which package a command would fetch and run, and whether its version is nailed down.

An unpinned package runs whatever was published last: that is how a mail server's MCP package came to copy every
message to a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from remit.evidence import Maybe, Unknown

_EXACT = re.compile(
    r"(?:@|==)v?\d{1,9}\.\d{1,9}(?:\.\d{1,9})?[A-Za-z0-9.+-]{0,100}$|@sha256:[0-9a-f]{64}$|@[0-9a-f]{40}$"
)
_LOCAL_HOST = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(?:[:/]|$)")
# Launchers that fetch what they run, with the sub-commands that make them do so; none where they always do.
_LAUNCHERS: dict[str, frozenset[str]] = {
    "npx": frozenset(),
    "bunx": frozenset(),
    "uvx": frozenset(),
    "npm": frozenset({"exec", "x"}),
    "pnpm": frozenset({"dlx"}),
    "yarn": frozenset({"dlx"}),
    "bun": frozenset({"x"}),
    "pipx": frozenset({"run"}),
    "uv": frozenset({"tool"}),
    "docker": frozenset({"run"}),
    "podman": frozenset({"run"}),
    "deno": frozenset({"run"}),
    "go": frozenset({"run"}),
}
_SHELLS = {"sh", "bash", "zsh", "dash", "cmd", "powershell", "pwsh", "wsl"}
_NAMED = {"--package", "-p", "--from", "--spec"}
# Flags that take their value in the next word.
_VALUED = {
    "--add-host", "--config", "--entrypoint", "--env", "--env-file", "--index-url", "--label", "--mount",
    "--name", "--network", "--platform", "--pull", "--python", "--registry", "--user", "--volume", "--with",
    "--workdir", "-e", "-l", "-u", "-v", "-w",
}  # fmt: skip
_DOCKER_ONLY_VALUED = {"-p", "--publish"}


def package_of(command: Sequence[str]) -> str | None:
    """The package or image that a command fetches; None where it runs something already there."""
    command = _unwrapped(command)
    launcher = _program(command)
    if launcher not in _LAUNCHERS:
        return None
    words = list(command[1:])
    if needed := _LAUNCHERS[launcher]:
        position = next((at for at, word in enumerate(words) if not word.startswith("-")), None)
        if position is None or words[position] not in needed:
            return None
        words = words[position + 1 :]
        if launcher == "uv":
            words = words[1:] if words[:1] == ["run"] else []
    container = launcher in {"docker", "podman"}
    found = None if container else _named(words)
    found = found or _operand(words, _VALUED | (_DOCKER_ONLY_VALUED if container else set()))
    return None if found is None or _is_local(launcher, found) else found


def pinned(command: Sequence[str], url: str | None) -> Maybe[bool]:
    """Whether the same program runs tomorrow: an exact version, a digest, or something already on the machine.

    For a remote server whether its connection is encrypted; what the other side runs, nobody can pin.
    """
    if url is not None:
        if url.startswith(("$", "{")):
            return Unknown("the server's address is a variable")
        return url.startswith("https://") or bool(_LOCAL_HOST.match(url))
    inner = _unwrapped(command)
    package = package_of(command)
    if package is not None:
        if "$" in package:
            return Unknown(f"the package {package} holds a variable")
        return bool(_EXACT.search(package))
    if not inner or _program(inner) in _SHELLS or inner[0].endswith((".sh", ".bat", ".cmd", ".ps1")):
        return Unknown("a shell script decides what runs")
    if _program(inner) in {"docker", "podman"}:
        return Unknown("the container tool decides which image runs")
    return True


def _program(command: Sequence[str]) -> str:
    if not command:
        return ""
    name = re.split(r"[/\\]", command[0])[-1].lower()
    return re.sub(r"\.(?:cmd|exe|ps1|bat)$", "", name) if not name.startswith(".") else name


def _unwrapped(command: Sequence[str]) -> Sequence[str]:
    """The command behind `cmd /c`, `env A=1`, `sudo` and the simplest `sh -c` line."""
    for _ in range(5):
        program = _program(command)
        rest = list(command[1:])
        if program == "cmd" and rest and rest[0].lower() == "/c":
            command = rest[1:]
        elif program == "env" and rest:
            command = [word for at, word in enumerate(rest) if "=" not in word or any("=" not in w for w in rest[:at])]
        elif program in {"sudo", "wsl", "nice", "exec"} and rest and not rest[0].startswith("-"):
            command = rest
        elif program in _SHELLS and len(rest) == 2 and re.fullmatch(r"-[a-z]{0,3}c", rest[0]) and _plain(rest[1]):
            command = rest[1].split()
        else:
            break
    return command


def _plain(line: str) -> bool:
    return not re.search(r"[;&|<>`$()'\"\n\\]", line)


def _named(words: Sequence[str]) -> str | None:
    """The package of `--package=X`, `-p X` or `--from X`."""
    for position, word in enumerate(words):
        flag, mark, value = word.partition("=")
        if flag in _NAMED and mark:
            return value
        if word in _NAMED and position + 1 < len(words):
            return words[position + 1]
    return None


def _operand(words: Sequence[str], valued: set[str]) -> str | None:
    rest = iter(words)
    for word in rest:
        if word in valued:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _is_local(launcher: str, package: str) -> bool:
    if launcher == "deno":
        return not package.startswith(("npm:", "jsr:", "http:", "https:"))
    return package.startswith((".", "/", "~", "file:")) or (launcher == "go" and "@" not in package)
