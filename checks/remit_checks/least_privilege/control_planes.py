"""The hosts through which something can be destroyed from afar.

A sandbox with an allowlist that names one of them confines the shell, and not the deed: an allowed interface of a cloud
deletes databases as well as it lists them. Sources: the providers' API documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

from remit.verbs import VerbClass

LOCAL: frozenset[VerbClass] = frozenset({"fs-delete-outside"})
"""Classes that need no network: a sandbox without a way out holds them whatever its hosts are."""
_CLOUDS = (
    "amazonaws.com",
    "googleapis.com",
    "azure.com",
    "digitalocean.com",
    "cloudflare.com",
    "railway.com",
    "railway.app",
    "fly.io",
)
_STORES = (
    "rlwy.net",
    "neon.tech",
    "supabase.co",
    "supabase.com",
    "rds.amazonaws.com",
    "psdb.cloud",
    "render.com",
    "mongodb.net",
)
_HOSTS: Mapping[VerbClass, tuple[str, ...]] = {
    "sql-ddl": _STORES,
    "sql-mass-dml": _STORES,
    "orm-force-push": _STORES,
    "iac-destroy": (*_CLOUDS, "terraform.io", "pulumi.com"),
    "k8s-delete": ("amazonaws.com", "googleapis.com", "azmk8s.io"),
    "git-force": ("github.com", "gitlab.com", "bitbucket.org"),
    "cloud-delete": _CLOUDS,
    "volume-delete": (*_CLOUDS, "machines.dev"),
    "secret-write": (*_CLOUDS, "github.com", "gitlab.com"),
}
"""Through which the deeds of a class are done; a sandbox that lets one of them through does not hold the class."""


def leads_to(host: str, verb_class: VerbClass) -> bool:
    """Whether a host, or a pattern of hosts, of an allowlist meets one through which the deeds of a class are done."""
    bare = host.lower().lstrip("*.").rstrip(".")
    domains = _HOSTS.get(verb_class, ())
    wide = "*" in host
    return not bare or any(
        bare == each or bare.endswith("." + each) or (wide and each.endswith("." + bare)) for each in domains
    )
