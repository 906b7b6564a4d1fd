"""BK-018."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.check import check
from remit.evidence import Command, ScriptFile
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.changes import change_of, copies
from remit_checks.response.attest import attest
from remit_checks.terraform import listed


@dataclass(frozen=True, slots=True)
class _Change:
    """A change in earnest, and whether a copy is taken in the same job before it."""

    command: Command
    does: str
    copied: Literal["before", "after", "not seen"]

    @property
    def told(self) -> str:
        """What it does, and where."""
        return f"`{self.does}` in {self.command.context} ({self.command.source})"


@check(
    "BK-018",
    "pre-change-snapshot",
    severity="medium",
    frameworks={
        "owasp-agentic": ("ASI08",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-9", "CP-6", "CP-10"),
        "nist-csf": ("PR.DS-11",),
        "iso-27001": ("A.8.13",),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.1", "11.2"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    incidents=("INC-04", "INC-23"),
    attestable=True,
)
def pre_change_snapshot(script: ScriptFile) -> Verdict:
    """Every migration and every apply takes a snapshot first.

    A gate that was opened by mistake costs minutes where the step before it took a copy, and everything since the last
    nightly backup where it did not. A copy that is taken after the change only keeps the damage.

    Fix:
        Put a dump, a snapshot or a branch before the change, in the same job, so that a copy that fails stops it.
    """
    found = list(_changes(script))
    if not found:
        return skip(f"{script.path} applies and migrates nothing")
    late = [each for each in found if each.copied == "after"]
    left = [each for each in found if each.copied == "not seen"]
    if late:
        text = f"the copy is taken after the change: {_listed(late)}"
        return fail(text, *(each.command.source for each in late), remedies=_remedies(late))
    if left:
        text = f"no copy was seen to be taken first: {_listed(left)}; another script or the platform may take one"
        return unknown(text, *(each.command.source for each in left), remedies=_remedies(left))
    return ok(f"a copy is taken first: {_listed(found)}", *(each.command.source for each in found))


def _changes(script: ScriptFile) -> Iterator[_Change]:
    jobs: dict[str, list[Command]] = defaultdict(list)
    for command in script.commands:
        jobs[command.context].append(command)
    for commands in jobs.values():
        taken = [position for position, command in enumerate(commands) if copies(command)]
        for position, command in enumerate(commands):
            if does := change_of(command):
                before = any(place < position for place in taken)
                yield _Change(command, does, "before" if before else "after" if taken else "not seen")


def _listed(found: Sequence[_Change]) -> str:
    return listed([each.told for each in found], 3)


# -------------------------------------------------------------------------------------------------------- remedies


_STEPS = """\
1. Before the change, in the same job, take a copy of what it touches, for example:
   pg_dump --format=custom --file="before-$(date -u +%Y%m%dT%H%M%SZ).dump" "$DATABASE_URL"
   aws rds create-db-snapshot --db-instance-identifier NAME --db-snapshot-identifier "before-$COMMIT"
2. Let the job stop when the copy fails (set -e), and store it where the job's own credentials cannot delete it."""


def _remedies(found: Sequence[_Change]) -> tuple[Remedy, ...]:
    places = ", ".join(dict.fromkeys(str(each.command.source) for each in found[:5]))
    return (
        manual(f"Take a copy first ({places})", _STEPS),
        attest("BK-018", "Or attest that one is taken elsewhere", "link to the step or setting that takes the copy"),
    )
