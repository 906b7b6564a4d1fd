"""What people sign for in a policy: exceptions and attestations, and the kinds of values all tables share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from remit.policy.globs import matches

POLICY_CONTROL = "policy:"
"""What starts the `control` of an exception to the policy itself, before the dotted key."""
_CONTROL = re.compile(r"[A-Z]{2}-[0-9]{3}|policy:[a-z0-9_]{1,60}(\.[a-z0-9_]{1,60}){0,6}")


class Table(BaseModel):
    """A frozen table of the policy in which unknown keys and loose types are errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _lists_as_tuples(cls, values: object) -> object:
        return _as_tuples(values)


def _as_tuples(value: object) -> object:
    """Lists as tuples all the way down; the values come from a parser that bounds their depth."""
    if isinstance(value, dict):
        return {key: _as_tuples(inner) for key, inner in value.items()}
    return tuple(map(_as_tuples, value)) if isinstance(value, list | tuple) else value


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


def _control(text: str) -> str:
    if not _CONTROL.fullmatch(text):
        raise ValueError("must be a control such as LP-001, or policy:KEY such as policy:backup.min_retention_days")
    return text


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _upper(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.upper() for word in words)


Text = Annotated[str, AfterValidator(_filled)]
Words = tuple[Text, ...]
UpperWords = Annotated[Words, AfterValidator(_upper)]
Control = Annotated[str, AfterValidator(_control)]
Day = Annotated[date, BeforeValidator(_day)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
MAX_ATTESTATION_DAYS = 366
"""No attestation stands longer than this, whatever it says: people and systems change within a year."""


def end_of(day: date) -> datetime:
    """The first moment after a day, UTC: a date in a policy is meant inclusively."""
    return datetime.combine(day, time.min, UTC) + timedelta(days=1)


def start_of(day: date) -> datetime:
    """The first moment of a day, UTC."""
    return datetime.combine(day, time.min, UTC)


class Scope(Table):
    """What an exception or attestation covers: globs, all of which must match."""

    target: Text = "*"
    """The target's id, such as `acme/shop`."""
    subject: Text = "*"
    """The subject's name, such as an agent, a role or a file."""
    path: Text = "*"
    """The file the finding points at."""

    def covers(self, target: str, subject: str = "", path: str = "") -> bool:
        """Whether all three match."""
        return matches(self.target, target) and matches(self.subject, subject) and matches(self.path, path)


def _scope(value: object) -> object:
    return {"target": value} if isinstance(value, str) else value


ScopeOrTarget = Annotated[Scope, BeforeValidator(_scope)]


class PolicyException(Table):
    """A dated, approved permission to fail one control, or to weaken one key of the policy, within a scope."""

    control: Control
    """The control it waives, or `policy:KEY` for a value of this policy weaker than the inherited one."""
    scope: ScopeOrTarget | None = None
    """Where it holds; required for controls. A string is short for `{ target = "…" }`."""
    approver: Text
    """Who approved: a name of `approvers`, or one of `approver_roles`."""
    requested_by: Text | None = None
    """Who asked; never the approver."""
    reason: Text
    """Why."""
    ticket: Text
    """Where the decision is recorded."""
    starts: Day = Field(alias="from")
    """First day, UTC."""
    until: Day
    """Last day, inclusive, UTC."""

    @model_validator(mode="after")
    def _sound(self) -> PolicyException:
        if self.until < self.starts:
            raise ValueError("`until` is before `from`")
        if self.requested_by is not None and self.requested_by.casefold() == self.approver.casefold():
            raise ValueError("the approver is the one who asked; another approver must sign")
        if self.scope is None and self.key is None:
            raise ValueError('needs a `scope`, e.g. scope = { target = "acme/shop", path = "tools/*" }')
        return self

    @property
    def key(self) -> str | None:
        """The policy key it lets through, None for an exception to a control."""
        return self.control.removeprefix(POLICY_CONTROL) if self.control.startswith(POLICY_CONTROL) else None

    @property
    def days(self) -> int:
        """How many days lie between its first and its last day."""
        return (self.until - self.starts).days

    def active(self, now: datetime) -> bool:
        """Whether it holds at a moment."""
        return start_of(self.starts) <= now < end_of(self.until)

    def expired(self, now: datetime) -> bool:
        """Whether its last day is over."""
        return now >= end_of(self.until)

    def covers(self, target: str, subject: str = "", path: str = "") -> bool:
        """Whether its scope covers a subject at a path of a target."""
        return (self.scope or Scope()).covers(target, subject, path)

    def __str__(self) -> str:
        return f"{self.control} until {self.until}"


class Attestation(Table):
    """A person's dated statement that something was done which no file can prove."""

    control: Control
    """The control it speaks to."""
    by: Text
    """Who attests."""
    on: Day
    """The day it was done, UTC."""
    valid_days: Annotated[int, Field(ge=1, le=MAX_ATTESTATION_DAYS)]
    """For how many days after that day it stands; a stricter limit of the policy cuts it short."""
    evidence: Text
    """Where the proof lies."""
    scope: ScopeOrTarget = Scope()
    """Where it holds; everywhere if not given."""

    def last_day(self, limit: int | None = None) -> date:
        """The last day it stands, given the policy's own limit in days."""
        return self.on + timedelta(days=self.valid_days if limit is None else min(self.valid_days, limit))

    def __str__(self) -> str:
        return f"{self.control} by {self.by} on {self.on}"
