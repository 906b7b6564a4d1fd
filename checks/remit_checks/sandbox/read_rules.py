"""Credential places as an agent would meet them, and the rules that keep it from reading them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from remit.access.agent import Agent
from remit.policy.globs import is_literal, path_matches
from remit.remedy import Remedy, edit, manual
from remit_checks.agent_files import known

_FILES = frozenset((".netrc", ".npmrc", ".pypirc", ".git-credentials", ".pgpass", ".my.cnf", ".s3cfg", ".boto"))
_HEADS = ("", "app/")


def is_file(place: str) -> bool:
    """Whether a place of the policy is one file, by its name; else it is a directory."""
    name = place.rpartition("/")[2]
    return name in _FILES or "." in name.lstrip(".")


def lies_in(path: str, place: str) -> bool:
    """Whether a path is, or lies below, a place of the policy."""
    return path_matches(place, path) or path_matches(f"{place}/*", path)


def samples(place: str) -> tuple[str, ...]:
    """Paths that every rule for a place must cover."""
    if is_literal(place):
        return (place,) if is_file(place) else (f"{place}/id", f"{place}/sub/credentials")
    heads = _HEADS if place.startswith("**/") else ("",)
    rest = place.removeprefix("**/")
    fillings = ("", ".local", ".production") if rest.endswith("*") else ("terraform",)
    return tuple(head + rest.replace("*", filling).replace("?", "x") for head in heads for filling in fillings)


def deny_reads(agent: Agent, places: Sequence[str]) -> tuple[Remedy, ...]:
    """Settings that keep the agent from these places, enforced below its tools where it can do that."""
    found = known(agent, _settings(places))
    if found is None:
        steps = "\n".join(f"   {place}" for place in places)
        return (
            manual(
                f"Keep {agent.title} from the places where credentials lie",
                "1. Start it in a container or as a user that does not have them; a rule of its tools binds its shell "
                f"nowhere.\n2. If it has deny rules for reading, add these too:\n{steps}\n"
                "3. Keep no environment file with real values in the project.",
            ),
        )
    # Sample files such as .env.example are kept from it as well: no agent of this kind knows exceptions from a refusal.
    remedies = [edit(found[0], "Keep its tools and its commands from these places", found[1], safe=False)]
    if agent.agent == "cursor":
        lines = "\n".join(place.removeprefix("**/") for place in places if not place.startswith(("~", "/")))
        ignore = found[0].replace(".cursor/sandbox.json", ".cursorignore")
        remedies.append(edit(ignore, "Keep its file tools from those in the project; its terminal reads them", lines))
    return tuple(remedies)


def _settings(places: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    return {
        "claude-code": (".claude/settings.json", _claude(places)),
        "codex": (".codex/config.toml", _codex(places)),
        "cursor": (
            ".cursor/sandbox.json",
            json.dumps({"type": "workspace_readwrite", "readBoundary": "workspace"}, indent=2),
        ),
    }


def _claude(places: Sequence[str]) -> str:
    """Deny rules for `Read` bind the file tools, and the sandbox enforces them on every command."""
    rules = [f"Read({place if is_file(place) or not is_literal(place) else place + '/**'})" for place in places]
    sandbox = {"enabled": True, "failIfUnavailable": True, "allowUnsandboxedCommands": False}
    return json.dumps({"permissions": {"deny": rules}, "sandbox": sandbox}, indent=2)


def _codex(places: Sequence[str]) -> str:
    """A profile of its own; a sandbox_mode in any file would let it be ignored."""
    outside = [f'{json.dumps(place)} = "deny"' for place in places if place.startswith(("~", "/"))]
    within = [f'{json.dumps(place)} = "deny"' for place in places if not place.startswith(("~", "/"))]
    return "\n".join(
        (
            "# takes effect once sandbox_mode is removed from every layer",
            'default_permissions = "no-secrets"',
            "",
            "[permissions.no-secrets]",
            'extends = ":workspace"',
            "",
            "[permissions.no-secrets.filesystem]",
            "glob_scan_max_depth = 6",
            *outside,
            "",
            '[permissions.no-secrets.filesystem.":workspace_roots"]',
            *within,
        )
    )
