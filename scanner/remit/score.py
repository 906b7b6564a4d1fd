"""The one scoring function, used by every surface.

With the severity weights below, over the verdicts of a dimension:

    proven   = pass / (pass + fail + waived + unknown + error)
    possible = (pass + unknown + error) / (the same)
    coverage = (pass + fail + waived) / (the same)

Not-applicable has no weight; waived counts as fail and is counted apart. A dimension with nothing applicable has no
score. Turning an answer into `unknown` can only lower `proven`, turning a fail into a pass can only raise it, and order
plays no part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from remit.check import DIMENSIONS, SEVERITIES, Dimension, Severity
from remit.verdict import Status

WEIGHTS: Mapping[Severity, int] = {"critical": 10, "high": 5, "medium": 2, "low": 1}
STATUSES: tuple[Status, ...] = ("pass", "fail", "unknown", "not-applicable", "waived", "error")


@dataclass(frozen=True, slots=True)
class Score:
    """How much is proven and still possible, in percent, and which share was seen; None where nothing applies."""

    proven: float | None
    possible: float | None
    coverage: float | None
    counts: Mapping[Status, int]


Judged = tuple[Dimension, Severity, Status]
Threshold = Literal["critical", "high", "medium", "low", "never"]
RunVerdict = Literal["meets", "fails", "incomplete"]


def run_verdict(verdicts: Iterable[Judged], gaps: int, fail_on: Threshold) -> RunVerdict:
    """`meets` only when nothing at or above the threshold failed or was left open, nothing broke and all was read."""
    listed = list(verdicts)
    counted = [status for _, severity, status in listed if _reaches(severity, fail_on)]
    if "fail" in counted:
        return "fails"
    broken = any(status == "error" for _, _, status in listed)
    return "incomplete" if gaps or broken or "unknown" in counted else "meets"


def _reaches(severity: Severity, fail_on: Threshold) -> bool:
    return fail_on != "never" and SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)


def scores(verdicts: Iterable[Judged]) -> dict[str, Score]:
    """A score for each dimension and `overall`, in a fixed order."""
    listed = list(verdicts)
    found = {str(dimension): _score([each for each in listed if each[0] == dimension]) for dimension in DIMENSIONS}
    found["overall"] = _score(listed)
    return found


def _score(verdicts: list[Judged]) -> Score:
    weight: Counter[Status] = Counter()
    count: Counter[Status] = Counter()
    for _, severity, status in verdicts:
        weight[status] += WEIGHTS[severity]
        count[status] += 1
    decided = weight["pass"] + weight["fail"] + weight["waived"]
    total = decided + weight["unknown"] + weight["error"]
    counts = {status: count[status] for status in STATUSES}
    if not total:
        return Score(None, None, None, counts)
    return Score(
        proven=round(100 * weight["pass"] / total, 1),
        possible=round(100 * (total - weight["fail"] - weight["waived"]) / total, 1),
        coverage=round(decided / total, 4),
        counts=counts,
    )
