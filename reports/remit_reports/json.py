"""The result itself, as JSON, and the two documents that are parts of it."""

from __future__ import annotations

from remit.reach_document import reach_document, replay_document
from remit.reporting import Report, Style, json_safe
from remit.result import Result


def render(result: Result, style: Style) -> str:
    """The result as `remit.result/1`: what a file name hides is escaped, so that it cannot act on a terminal."""
    return json_safe(result.to_json())


def reach(result: Result, style: Style) -> str:
    """What agents reach as `remit.reach/1`."""
    return json_safe(reach_document(result).to_json())


def replay(result: Result, style: Style) -> str:
    """The replayed incidents as `remit.replay/1`."""
    return json_safe(replay_document(result).to_json())


JSON = Report("json", ".json", render)
REACH = Report("json", ".json", reach, "reach")
REPLAY = Report("json", ".json", replay, "replay")
