"""The documents of `remit reach` and `remit replay`: views of a Result, versioned like it.

The shapes are `remit.reach/1` and `remit.replay/1` of the interface contract: an unknown value is `null` beside
`"<key>_unknown": "why"`.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field
from pydantic_core import PydanticSerializationError

from remit.document import Model
from remit.reach_result import IncidentOut, NineSeconds, PlanOut
from remit.result import GapOut, PolicyOut, Result, TargetOut, ToolOut

NO_PLAN = "the result holds no plan: it was merged from several, or stored by a version that made none"
NO_REPLAY = "the result holds no replay: it was stored by a version that made none, or no incident was given"


class _Document(Model):
    """What both documents begin with."""

    def to_json(self) -> str:
        """The document as JSON text: same result, same bytes."""
        try:
            return self.model_dump_json(by_alias=True, indent=1) + "\n"
        except PydanticSerializationError:
            # A file name that is no Unicode holds lone surrogates, which only the slower encoder can escape.
            return json.dumps(self.model_dump(mode="json", by_alias=True), indent=1, ensure_ascii=False) + "\n"


class ReachDocument(_Document):
    """What each agent can destroy and leak, what survives, and the cheapest cut."""

    schema_: Literal["remit.reach/1"] = Field(default="remit.reach/1", alias="schema")
    tool: ToolOut
    now: str
    targets: tuple[TargetOut, ...]
    policy: PolicyOut
    assumptions: tuple[str, ...]
    """Controls taken as met to see what they would buy: a document with any describes no real state."""
    nine_second_test: NineSeconds
    plan: PlanOut | None
    plan_unknown: str = ""
    gaps: tuple[GapOut, ...]
    notes: tuple[str, ...]


class ReplayDocument(_Document):
    """The documented incidents, and the team's own, against each target."""

    schema_: Literal["remit.replay/1"] = Field(default="remit.replay/1", alias="schema")
    tool: ToolOut
    now: str
    targets: tuple[TargetOut, ...]
    policy: PolicyOut
    assumptions: tuple[str, ...]
    """Controls taken as met to see what they would block: a document with any describes no real state."""
    healthy_depth: int | None
    """How many steps of links that differ should be blocked; the highest that any of the incidents asks for."""
    healthy_depth_unknown: str = ""
    incidents: tuple[IncidentOut, ...] | None
    incidents_unknown: str = ""
    gaps: tuple[GapOut, ...]
    notes: tuple[str, ...]


def reach_document(result: Result) -> ReachDocument:
    """The part of a result that tells what agents reach, at full length."""
    return ReachDocument(
        tool=result.tool,
        now=result.now,
        targets=result.targets,
        policy=result.policy,
        assumptions=result.assumptions,
        nine_second_test=result.nine_second_test,
        plan=result.plan,
        plan_unknown="" if result.plan else NO_PLAN,
        gaps=result.gaps,
        notes=result.notes,
    )


def replay_document(result: Result) -> ReplayDocument:
    """The part of a result that tells which incidents would happen again."""
    missing = "" if result.replay else NO_REPLAY
    return ReplayDocument(
        tool=result.tool,
        now=result.now,
        targets=result.targets,
        policy=result.policy,
        assumptions=result.assumptions,
        healthy_depth=max((each.healthy_depth for each in result.replay), default=None),
        healthy_depth_unknown=missing,
        incidents=result.replay or None,
        incidents_unknown=missing,
        gaps=result.gaps,
        notes=result.notes,
    )


def reach_schema() -> dict[str, Any]:
    """The JSON Schema of a reach document, as `remit report --schema reach` prints it."""
    return _schema(ReachDocument, "remit.reach/1")


def replay_schema() -> dict[str, Any]:
    """The JSON Schema of a replay document, as `remit report --schema replay` prints it."""
    return _schema(ReplayDocument, "remit.replay/1")


def _schema(kind: type[_Document], identity: str) -> dict[str, Any]:
    document = kind.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": identity, **document}
