"""The result itself, as JSON."""

from __future__ import annotations

from remit.reporting import Report, Style, json_safe
from remit.result import Result


def render(result: Result, style: Style) -> str:
    """The result as `remit.result/1`: what a file name hides is escaped, so that it cannot act on a terminal."""
    return json_safe(result.to_json())


JSON = Report("json", ".json", render)
