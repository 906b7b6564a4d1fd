"""Which platforms back a database up without being asked, by the ending of its host.

Sources: the platforms' documentation, September 2026 (Railway "Volume backups", Supabase "Database backups", Neon
"History window", Render "Recovery and backups", Fly "Volume snapshots", PlanetScale "Back up and restore"; Amazon RDS
and Aurora "Working with backups", Azure Database "Backup and restore"). A host that none of them owns says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from remit.access.graph import AccessGraph
from remit.evidence import Credential, Source, Unknown
from remit.policy.declared import Provider
from remit.policy.model import Policy
from remit_checks.backup.copies import DATABASES

Default = Literal["made", "none", "by plan"]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform for databases, and what backups it makes unasked."""

    name: str
    title: str
    default: Default
    note: str


_RAILWAY = Platform("railway", "Railway", "none", "makes backups of a volume only by a schedule that somebody sets")
_SUPABASE = Platform("supabase", "Supabase", "by plan", "lets its free plan reach none of the daily backups it makes")
_RENDER = Platform("render", "Render", "by plan", "makes none for databases on a free instance")
_NEON = Platform("neon", "Neon", "made", "keeps a history on every plan, though for hours or days only")
_FLY = Platform("fly", "Fly", "made", "takes a snapshot of every volume each day")
_PLANETSCALE = Platform("planetscale", "PlanetScale", "made", "backs up every day unless told otherwise")
_AWS = Platform("aws", "Amazon RDS", "made", "backs up every day unless its retention is set to zero")
_AZURE = Platform("azure", "Azure Database", "made", "backs up always, for seven days at least")

BY_HOST: Mapping[str, Platform] = {
    "rlwy.net": _RAILWAY,
    "railway.app": _RAILWAY,
    "railway.internal": _RAILWAY,
    "supabase.co": _SUPABASE,
    "supabase.com": _SUPABASE,
    "render.com": _RENDER,
    "neon.tech": _NEON,
    "fly.dev": _FLY,
    "flycast": _FLY,
    "psdb.cloud": _PLANETSCALE,
    "rds.amazonaws.com": _AWS,
    "database.azure.com": _AZURE,
    "database.windows.net": _AZURE,
}
"""By the ending of a host. Hosts of bare machines are left out: what runs there is backed up by whoever runs it."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A database that credentials open, and the platform its host belongs to."""

    name: str
    host: str
    """Empty where a password was found and nothing says of what."""
    platform: Platform | None
    sources: tuple[Source, ...]


def hosted(graph: AccessGraph) -> tuple[Hosted, ...]:
    """Every database outside development that a URL or a password opens, once; caches are rebuilt, not restored."""
    found: dict[str, list[Credential]] = defaultdict(list)
    for file in graph.credential_files:
        for credential in file.credentials:
            local = not isinstance(credential.environment, Unknown) and credential.environment == "development"
            database = credential.provider in DATABASES and credential.provider != "redis"
            if database and not local and not credential.placeholder and credential.damage != "D0":
                found[credential.resource].append(credential)
    return tuple(
        Hosted(name, host, platform_of(host), tuple(each.source for each in credentials))
        for name, credentials in found.items()
        for host in (next((each.host for each in credentials if each.host), ""),)
    )


def platform_of(host: str) -> Platform | None:
    """The platform that a host belongs to; None where its ending is nobody's."""
    bare = host.lower().rstrip(".")
    return next((platform for ending, platform in BY_HOST.items() if bare.endswith("." + ending)), None)


def said_of(policy: Policy, platform: Platform) -> Provider | None:
    """What the policy says of a platform, under its name in any case."""
    known = {name.casefold(): provider for name, provider in policy.providers.items()}
    return known.get(platform.name) or known.get(platform.title.casefold())
