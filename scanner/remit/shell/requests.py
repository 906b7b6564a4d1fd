"""Requests to provider APIs that delete: the nine seconds of the volume deletion were one `curl`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from remit.shell.command import ShellCommand
from remit.shell.matching import flag_values, has_flag, operands
from remit.shell.names import names
from remit.verbs import VerbClass

PROVIDER_HOSTS: tuple[str, ...] = (
    "backboard.railway.app",
    "backboard.railway.com",
    "api.fly.io",
    "api.machines.dev",
    "api.digitalocean.com",
    "api.heroku.com",
    "api.vercel.com",
    "api.netlify.com",
    "api.supabase.com",
    "console.neon.tech",
    "api.planetscale.com",
    "api.render.com",
    "api.cloudflare.com",
    "api.hetzner.cloud",
    "api.linode.com",
    "api.vultr.com",
    "api.turso.tech",
    "api.aiven.io",
    "api.upstash.com",
    "api.scaleway.com",
    "api.doppler.com",
    "api.pulumi.com",
    "app.terraform.io",
    "cloud.mongodb.com",
    "management.azure.com",
    "googleapis.com",
    "amazonaws.com",
    "api.github.com",
    "gitlab.com",
)
"""Hosts of provider APIs; a host counts with everything below it."""

_METHOD_FLAGS = frozenset({"-X", "--request", "--method"})
_BODY_FLAGS = names(
    "-d --data --data-raw --data-binary --data-ascii --data-urlencode --json --body-data --post-data -f -F "
    "--field --raw-field --body --raw"
)
_HOST = re.compile(
    r"(?:https?://)?(?:[^/@\s]{0,300}@)?(?P<host>[A-Za-z0-9.-]{1,253})(?::\d{1,5})?(?P<path>/[^\s?#]{0,2000})?"
)
_THINGS = (
    "project|service|environment|plugin|database|app|machine|deployment|repository|cluster|organization|branch|ref"
)
_MUTATION = re.compile(
    r"\b(?:(?P<first>volume|disk|snapshot|backup)\w{0,30}(?:Delete|Destroy|Remove|Wipe)"
    r"|(?:delete|destroy|remove|wipe)\w{0,30}(?P<second>Volume|Disk|Snapshot|Backup)"
    rf"|(?:{_THINGS})\w{{0,30}}(?:Delete|Destroy|Remove)"
    rf"|(?:delete|destroy|remove)\w{{0,30}}(?:{_THINGS.title()})"
    r")s?\b"
)
_STORAGE = re.compile(r"volume|disk|snapshot|backup", re.IGNORECASE)
_CLIENTS = frozenset({"curl", "wget", "http", "https", "xh"})


@dataclass(frozen=True, slots=True)
class Request:
    """What a request would delete; `undecided` says what hides it."""

    classes: tuple[VerbClass, ...] = ()
    target: str | None = None
    undecided: str = ""


def request_of(command: ShellCommand) -> Request | None:
    """The deletion that a command asks a provider's API for; None for commands that ask for nothing."""
    is_gh, is_az = _starts(command, "gh", "api"), _starts(command, "az", "rest")
    if command.program not in _CLIENTS and not is_gh and not is_az:
        return None
    texts = _texts(command, _BODY_FLAGS)
    body = " ".join(texts)
    deletes = any(text.upper() == "DELETE" for text in _texts(command, _METHOD_FLAGS)) or (
        command.program in {"http", "https", "xh"} and "DELETE" in command.words
    )
    host, path = ("api.github.com", _gh_path(command)) if is_gh else _url(command)
    mutation = _MUTATION.search(body) or (_MUTATION.search(command.stdin.text) if command.stdin else None)
    if not deletes and not mutation:
        return _hidden_body(command, texts, host, path)
    if host is None:
        unseen = any(command.words[position].startswith(("$", "`")) for position in command.hidden)
        return Request(undecided="the address of the request is decided at run time") if unseen else None
    if not is_az and not is_provider(host):
        return None
    storage = _STORAGE.search(path) or (mutation is not None and (mutation["first"] or mutation["second"]))
    return Request(("volume-delete" if storage else "cloud-delete",), f"{host}{path}"[:200])


def is_provider(host: str) -> bool:
    """Whether a host belongs to a provider's API."""
    return any(host == known or host.endswith("." + known) for known in PROVIDER_HOSTS)


def _hidden_body(command: ShellCommand, texts: list[str], host: str | None, path: str) -> Request | None:
    """A GraphQL body out of a file or a variable may be any mutation."""
    unseen = any(text.startswith(("@", "$")) for text in texts)
    if unseen and host is not None and is_provider(host) and ("graphql" in path or host.startswith("backboard.")):
        return Request(undecided="the body of the request is not in the text")
    return None


def _gh_path(command: ShellCommand) -> str:
    given = operands(command, 1, _BODY_FLAGS | _METHOD_FLAGS | {"-H", "--header", "-q", "--jq"})
    return "/" + command.words[given[0]].lstrip("/") if given else ""


def _starts(command: ShellCommand, program: str, word: str) -> bool:
    return command.program == program and command.words[:1] == (word,)


def _texts(command: ShellCommand, flags: frozenset[str]) -> list[str]:
    return [command.words[each] if isinstance(each, int) else each[1] for each in flag_values(command, flags)]


def _url(command: ShellCommand) -> tuple[str | None, str]:
    """Host and path of the first word that looks like an address."""
    values = {
        each
        for each in flag_values(command, _BODY_FLAGS | _METHOD_FLAGS | {"-H", "--header", "-u", "--user", "-o"})
        if isinstance(each, int)
    }
    for position, word in enumerate(command.words):
        text = word.partition("=")[2] if word.startswith(("--url=", "--uri=")) else word
        if position in values or text.startswith(("-", "$", "`")):
            continue
        found = _HOST.match(text)
        if found and ("://" in text or "." in found["host"]) and not has_flag(command, "--help"):
            return found["host"].lower(), found["path"] or ""
    return None, ""
