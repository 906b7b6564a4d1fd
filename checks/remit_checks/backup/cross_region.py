"""BK-010."""

from __future__ import annotations

from collections.abc import Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, iac, manual
from remit.verdict import Verdict, skip, unknown
from remit_checks.backup.copies import Destroyable, destroyables
from remit_checks.backup.inventory import NONE_DECLARED, Weight, Words, declare, declared, judged
from remit_checks.backup.regions import apart, copied_by_code, home_of, regions

_WORDS = Words(
    "a copy lies in another region", "every copy lies in one region", "whether another region has a copy is not known"
)


@check(
    "BK-010",
    "cross-region",
    severity="medium",
    parameters=(
        "backup.cross_region_from_team_size",
        "backup.inventory",
        "backup.min_retention_days",
        "team.size",
    ),
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
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def cross_region(graph: AccessGraph, policy: Policy) -> Verdict:
    """In a larger team, whatever can be destroyed has a copy in another region.

    A region can be lost, and so can everything that an automation does in one region. For a few people the second
    region is not worth its price; for ten and more the day without the data costs more than the copy.

    Fix:
        Replicate backups to a second region, and name the region in the location of the declared copy.
    """
    least = policy.backup.cross_region_from_team_size
    if least is None:
        return skip("the policy asks for no copy in another region")
    found = destroyables(graph)
    if policy.team.size is None and found:
        size = manual("Declare how many people develop", "[team]\nsize = 1")
        return unknown("the team's size is not declared, and it decides", *found[0].sources, remedies=(size,))
    if policy.team.size is not None and policy.team.size < least:
        return skip(f"the policy asks for a copy in another region from {least} people on")
    return judged(graph, _weighed, _WORDS, lambda names: _remedies(graph, names))


def _weighed(each: Destroyable) -> Weight:
    coded = copied_by_code(each)
    if coded is not None and not isinstance(coded, Unknown):
        return "pass", coded
    home = home_of(each)
    answers = [(copy, apart(home, regions(copy.location))) for copy in declared(each)]
    for copy, answer in answers:
        if not isinstance(answer, Unknown) and answer:
            return "pass", f"the copy at {copy.location}"
    if isinstance(coded, Unknown):
        return "unknown", coded.why
    for copy, answer in answers:
        if isinstance(answer, Unknown):
            return "unknown", f"the copy at {copy.location}: {answer.why}"
    if answers:
        return "fail", f"{answers[0][0].location}, where the original is"
    return "unknown", NONE_DECLARED


_REPLICATION = """\
# provider alias of the other region; the key must be one of that region
resource "aws_db_instance_automated_backups_replication" "{name}_elsewhere" {{
  provider               = aws.elsewhere
  source_db_instance_arn = {address}.arn
  retention_period       = {days}
}}"""


def _remedies(graph: AccessGraph, names: Sequence[str]) -> tuple[Remedy, ...]:
    days = max(1, min(graph.policy.backup.min_retention_days, 35))
    blocks = tuple(
        iac(
            resource.source.path,
            f"Replicate the backups of {resource.address} to another region",
            _REPLICATION.format(name=resource.name, address=resource.address, days=days),
        )
        for module in graph.modules
        for resource in module.resources
        if resource.type == "aws_db_instance" and resource.address in names
    )[:5]
    return (*blocks, declare("Copy it to another region, and name that region in the location", names))
