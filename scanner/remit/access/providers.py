"""Who stores the data, by host or by name, and whether two names mean the same provider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

_SAME: Mapping[str, str] = {
    "amazon": "aws",
    "s3": "aws",
    "google": "gcp",
    "azurerm": "azure",
    "microsoft": "azure",
    "atlas": "mongodb-atlas",
}

# Where a managed database lies, by the ending of its host. Source: the platforms' connection documentation.
_HOSTS: Mapping[str, str] = {
    "rlwy.net": "railway",
    "railway.app": "railway",
    "railway.internal": "railway",
    "supabase.co": "supabase",
    "supabase.com": "supabase",
    "neon.tech": "neon",
    "render.com": "render",
    "psdb.cloud": "planetscale",
    "fly.dev": "fly",
    "flycast": "fly",
    "amazonaws.com": "aws",
    "azure.com": "azure",
    "windows.net": "azure",
    "ondigitalocean.com": "digitalocean",
    "mongodb.net": "mongodb-atlas",
    "aivencloud.com": "aiven",
}


def platform_of(host: str | None) -> str:
    """The platform on which a host lies; empty where its ending is nobody's."""
    name = (host or "").lower().rstrip(".")
    return next((platform for ending, platform in _HOSTS.items() if name.endswith(f".{ending}")), "")


def provider_name(name: str) -> str:
    """The one name that we use for a provider."""
    return _SAME.get(name, name)


def names_provider(text: str, provider: str) -> bool:
    """Whether somebody's words for a provider may mean this one.

    People write `aws-backup`, `Digital Ocean` and `AmazonS3` alike, so parts and neighbours of words count as well.
    """
    words = re.findall(r"[a-z0-9-]{1,60}", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())
    words += re.findall(r"[a-z0-9-]{1,60}", text.lower())
    parts = [part for word in words for part in word.split("-") if part]
    joined = [mark.join(pair) for pair in pairwise(parts) for mark in ("", "-")]
    return provider in {provider_name(word) for word in (*words, *parts, *joined)}
