"""Hosts of MCP servers and gateways, as configurations and policies write them."""

from __future__ import annotations


def host_of(address: str) -> str:
    """The host of an address in small letters, without its port; the address may lack its scheme."""
    rest = address.partition("://")[2] or address
    for mark in "/?#":
        rest = rest.partition(mark)[0]
    rest = rest.rpartition("@")[2].casefold()
    return rest.partition("]")[0] + "]" if rest.startswith("[") else rest.partition(":")[0]
