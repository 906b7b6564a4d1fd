"""Where an OpenTelemetry exporter sends an agent's records."""

from __future__ import annotations

import re

_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,30}://)?(?:[^@/\s]{0,300}@)?(\[[^\]]{1,60}\]|[^:/?#\s]{1,300})")


def host_of(url: str) -> str | None:
    """The host of a collector's address, with or without a scheme."""
    found = _HOST.match(url.strip())
    return found[1].strip("[]").lower() if found else None
