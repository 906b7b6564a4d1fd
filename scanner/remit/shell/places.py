"""Whether a path that is to be deleted lies outside the directory in which the work is done."""

from __future__ import annotations

import posixpath
import re
from typing import Literal

Place = Literal["inside", "outside", "unsure"]

_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?P<guard>[^}]{0,200})\}|(?P<bare>[A-Za-z_][A-Za-z0-9_]*))"
)
_HOME = frozenset({"HOME", "USERPROFILE"})
_WORK = frozenset(
    {
        "PWD",
        "GITHUB_WORKSPACE",
        "CI_PROJECT_DIR",
        "WORKSPACE",
        "BUILD_SOURCESDIRECTORY",
        "CIRCLE_WORKING_DIRECTORY",
        "INIT_CWD",
    }
)
_SCRATCH_NAMES = frozenset({"TMPDIR", "TMP", "TEMP", "RUNNER_TEMP"})
_SCRATCH = (
    "/tmp/",  # noqa: S108 - a place to recognise, nothing is written there
    "/var/tmp/",  # noqa: S108
    "/private/tmp/",
    "/dev/shm/",  # noqa: S108
    "/var/lib/apt/lists",
    "/var/cache/",
    "/var/log/",
    "/root/.cache",
    "/usr/share/doc",
    "/usr/share/man",
    "~/.cache",
    "~/.npm/",
    "/tmp*",  # noqa: S108
)


def place_of(target: str, *, hidden: bool = False) -> Place:
    """Where a path lies, as far as its text tells; `hidden` when run time decides some part of it."""
    text = target.strip()
    if text.startswith("{") and "," in text and "}" in text:
        places = {place_of(part, hidden=hidden) for part in text.strip("{}").split(",")[:50]}
        return "outside" if "outside" in places else "unsure" if "unsure" in places else "inside"
    if hidden and (found := _VARIABLE.match(text)):
        known = _known_variable(found["braced"] or found["bare"])
        if known is None:
            return _behind_variable(text[found.end() :], found["guard"] or "")
        text = known + text[found.end() :]
        hidden = "$" in text
    if text.startswith(("$", "`")) and hidden:
        return "unsure"
    return _literal(text)


def _known_variable(name: str) -> str | None:
    if name in _HOME:
        return "~"
    if name in _WORK:
        return "."
    return "/tmp/x" if name in _SCRATCH_NAMES else None  # noqa: S108


def _behind_variable(rest: str, guard: str) -> Place:
    """An unset variable makes `$DIR/*` the whole machine; `${DIR:?}` refuses to be unset."""
    if guard.startswith((":?", "?", ":-", "-")):
        return "unsure"
    return "outside" if re.fullmatch(r"/+(?:\*|\.\*|\.)?", rest) else "unsure"


def _literal(text: str) -> Place:
    if text.startswith("~"):
        head, mark, rest = text.partition("/")
        text = "~" + (mark + posixpath.normpath("/" + rest)[1:] if rest else "") if head == "~" else "/home/" + text[1:]
    elif text.startswith("/"):
        text = "/" + posixpath.normpath(text).lstrip("/") + ("/" if text.endswith("/") and len(text) > 1 else "")
    elif re.match(r"[A-Za-z]:[\\/]", text):
        return "outside"
    else:
        return "unsure" if posixpath.normpath(text).startswith("..") else "inside"
    if any(text.startswith(scratch.rstrip("*")) and len(text) >= len(scratch) for scratch in _SCRATCH):
        return "inside"
    return "outside"
