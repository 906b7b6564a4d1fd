"""BK-017."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, Source
from remit.policy.model import Policy
from remit.remedy import Remedy, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.inventory import Weight, declare
from remit_checks.backup.platforms import Hosted, hosted, said_of
from remit_checks.terraform import listed


@check(
    "BK-017",
    "platform-without-auto-backup",
    severity="critical",
    parameters=("providers", "backup.inventory", "backup.max_age_hours"),
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
    incidents=("INC-04", "INC-12"),
    attestable=True,
    needs=(CredentialFile,),
)
def platform_without_auto_backup(graph: AccessGraph, policy: Policy) -> Verdict:
    """A database on a platform that makes no backups by itself has a schedule of its own.

    Sixty tables went with one forced schema push, and the platform had never made a backup of them: nobody had told it
    to. Such a default is nowhere in the code and shows itself on the day on which it is too late.

    Fix:
        Set a backup schedule on the platform, and dump to another provider besides. Then declare the copies; where
        the plan in use makes backups by itself, say so under providers.
    """
    found = [(each, *_weighed(each, policy)) for each in hosted(graph)]
    if not found:
        return skip("nothing here opens a database outside development")
    bare = [(each, why) for each, answer, why in found if answer == "fail"]
    left = [(each, why) for each, answer, why in found if answer == "unknown"]
    if bare:
        more = f"; not known of {len(left)} more" if left else ""
        text = f"on a platform that makes no backups unasked: {_told(bare)}{more}"
        return fail(text, *_places(bare), remedies=tuple(_remedies(bare, policy)))
    if left:
        text = f"whether backups are made is not known: {_told(left)}"
        return unknown(text, *_places(left), remedies=tuple(_remedies(left, policy)))
    told = [(each, why) for each, _, why in found]
    return ok(f"backed up by a schedule or by the platform: {_told(told)}", *_places(told))


def _weighed(each: Hosted, policy: Policy) -> Weight:
    copies = policy.declared_copies(each.name)
    scheduled = [copy for copy in copies if copy.pitr or copy.max_age_hours is not None]
    if scheduled:
        return "pass", f"by the schedule declared for {scheduled[0].location}"
    if copies:
        return "unknown", f"the schedule of the copy at {copies[0].location} is not declared"
    if each.platform is None:
        return "unknown", f"what backs {each.host or 'it'} up is not known"
    said = said_of(policy, each.platform)
    if said is not None and said.automatic_backups is not None:
        does = "makes" if said.automatic_backups else "makes no"
        return (
            "pass" if said.automatic_backups else "fail"
        ), f"{each.platform.title} {does} backups by itself, says the policy"
    answers: dict[str, Weight] = {
        "made": ("pass", f"{each.platform.title} {each.platform.note}"),
        "none": ("fail", f"{each.platform.title} {each.platform.note}, and none is declared"),
        "by plan": ("unknown", f"{each.platform.title} {each.platform.note}, and the plan is not declared"),
    }
    return answers[each.platform.default]


def _told(found: Sequence[tuple[Hosted, str]]) -> str:
    return listed([f"{each.name} ({why})" for each, why in found], 3)


def _places(found: Sequence[tuple[Hosted, str]]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each, _ in found for source in each.sources))


def _remedies(found: Sequence[tuple[Hosted, str]], policy: Policy) -> Iterator[Remedy]:
    hours = policy.backup.max_age_hours or 24
    names = [each.name for each, _ in found]
    yield declare("Set a schedule, dump to another provider, and declare it", names, f"max_age_hours = {hours}")
    by_plan = sorted({each.platform.name for each, _ in found if each.platform and each.platform.default == "by plan"})
    if by_plan:
        entries = (f"[providers.{json.dumps(name)}]\nautomatic_backups = true" for name in by_plan)
        yield manual("Or, where the plan in use makes backups that you can reach, say so", "\n\n".join(entries))
