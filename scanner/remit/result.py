"""The Result: everything one or more audits found, as versioned JSON. The only thing reports may read.

The shape is `remit.result/1` of the interface contract. Keys come in a fixed order, arrays are sorted, times are RFC
3339 in UTC, and an unknown value is `null` beside `"<key>_unknown": "why"`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

from pydantic import Field, ValidationError
from pydantic_core import PydanticSerializationError

from remit.check import Dimension, Severity
from remit.document import Model, Place
from remit.errors import ReportError
from remit.reach_result import AsFound, IncidentOut, NineSeconds, PlanOut
from remit.score import Judged, RunVerdict, Threshold, scores
from remit.verdict import Status

SCHEMA = "remit.result/1"


class RemedyOut(Model):
    """One way to mend a finding."""

    kind: Literal["edit", "sql", "iac", "api", "command", "manual"]
    safe: bool
    title: str
    path: str = ""
    body: str = ""


class SubjectOut(Model):
    """What a finding is about."""

    kind: str
    name: str


class WaiverOut(Model):
    """The exception under which a failing control is accepted for a while."""

    approver: str
    reason: str
    ticket: str
    until: str


class FindingOut(Model):
    """One control's answer about one subject."""

    fingerprint: str
    control: str
    slug: str
    title: str
    dimension: Dimension
    severity: Severity
    status: Status
    target: str
    subject: SubjectOut
    message: str
    sources: tuple[Place, ...] = ()
    remedies: tuple[RemedyOut, ...] = ()
    frameworks: dict[str, tuple[str, ...]] = Field(default={})
    incidents: tuple[str, ...] = ()
    waiver: WaiverOut | None = None
    detail: str = ""


class ScoreOut(Model):
    """How much of a dimension is proven and still possible, in percent, and which share was seen."""

    proven: float | None
    possible: float | None
    coverage: float | None
    counts: dict[str, int]


class GapOut(Model):
    """A place that could not be read."""

    collector: str
    target: str
    path: str
    reason: str


class NotSearched(Model):
    """Files left out on purpose."""

    path: str
    reason: str
    files: int


class TargetOut(Model):
    """One audited target and how much of it was read."""

    id: str
    kind: Literal["directory", "git", "bare"]
    commit: str | None = None
    files_read: int = 0
    not_searched: tuple[NotSearched, ...] = ()
    """Places left out on purpose, each with the reason and the number of files."""


class PolicyOut(Model):
    """The policy in force."""

    name: str
    version: str
    digest: str
    sources: tuple[str, ...]


class ControlOut(Model):
    """What a control demands and why, so that a stored result explains itself."""

    id: str
    slug: str
    title: str
    dimension: str
    severity: str
    why: str
    fix: str
    parameters: tuple[str, ...] = ()


class ToolOut(Model):
    """The program that made the result."""

    name: str
    version: str
    checks: int
    plugins: tuple[str, ...] = ()


class Result(Model):
    """An audit."""

    schema_: Literal["remit.result/1"] = Field(default="remit.result/1", alias="schema")
    tool: ToolOut
    now: str
    targets: tuple[TargetOut, ...]
    policy: PolicyOut
    fail_on: Threshold
    """The severity from which a finding fails the run; `verdict` rests on it."""
    verdict: RunVerdict
    scores: dict[str, ScoreOut]
    nine_second_test: NineSeconds
    findings: tuple[FindingOut, ...]
    gaps: tuple[GapOut, ...]
    plan: PlanOut | None = None
    """The cheapest cut; None in results that were merged or stored before there was one."""
    replay: tuple[IncidentOut, ...] = ()
    """The documented incidents, and the team's own, against each target."""
    assumptions: tuple[str, ...] = ()
    """Controls taken as met to see what they would buy (`--assume`): a result with any describes no real state."""
    as_found: AsFound | None = None
    """The real state where something is assumed: the difference is what the assumptions would buy."""
    controls: tuple[ControlOut, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader should know about the run: assumptions made, files the policy left out."""

    def to_json(self) -> str:
        """The result as JSON text: same audit, same bytes."""
        try:
            return self.model_dump_json(by_alias=True, indent=1) + "\n"
        except PydanticSerializationError:
            # A file name that is no Unicode holds lone surrogates, which only the slower encoder can escape.
            return json.dumps(self.model_dump(mode="json", by_alias=True), indent=1, ensure_ascii=False) + "\n"


def scores_out(verdicts: Sequence[Judged]) -> dict[str, ScoreOut]:
    """The scores of a set of verdicts, as a result holds them."""
    return {
        name: ScoreOut(
            proven=each.proven,
            possible=each.possible,
            coverage=each.coverage,
            counts={str(key): count for key, count in each.counts.items()},
        )
        for name, each in scores(verdicts).items()
    }


def load_result(text: str, name: str) -> Result:
    """Read a stored result.

    Raises ReportError naming the file and the first key that does not fit.
    """
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ReportError(
            f"{name}: is not JSON ({error}); give a file that `remit scan --format json=FILE` wrote"
        ) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ReportError(f"{name}: is not a {SCHEMA} file; give a file that `remit scan --format json=FILE` wrote")
    try:
        result = Result.model_validate(data)
        result.to_json()
        return result
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReportError(
            f"{name}: {where}: {first['msg']}; the file was changed or comes from another version"
        ) from error
    except (ValueError, RecursionError) as error:
        # Keys that no version of ours writes may hold what cannot be written again: half a character, endless nesting.
        raise ReportError(f"{name}: holds a value that is no part of a result; the file was changed") from error


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def schema() -> dict[str, Any]:
    """The JSON Schema of a result, as `remit report --schema result` prints it."""
    document = Result.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **document}
