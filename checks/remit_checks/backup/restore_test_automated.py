"""BK-004."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource, Maybe, Unknown
from remit.policy.model import Policy
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, skip
from remit_checks.backup.copies import Destroyable
from remit_checks.backup.inventory import NONE_DECLARED, Weight, Words, declared, judged
from remit_checks.response.attest import attest

_WORDS = Words(
    "restores are tested on a schedule",
    "no schedule tests restores",
    "whether a schedule tests restores is not known",
)
# What AWS Backup calls the types that it restores for a test. Source: its API reference, RestoreTestingSelection.
_PROTECTED: Mapping[str, str] = {
    "aws_db_instance": "RDS",
    "aws_rds_cluster": "Aurora",
    "aws_docdb_cluster": "DocumentDB",
    "aws_neptune_cluster": "Neptune",
    "aws_dynamodb_table": "DynamoDB",
    "aws_s3_bucket": "S3",
    "aws_ebs_volume": "EBS",
    "aws_efs_file_system": "EFS",
}


@check(
    "BK-004",
    "restore-test-automated",
    severity="medium",
    parameters=("backup.restore_test_automated", "backup.restore_test_max_age_days", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08",),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-4", "CP-4(4)", "CP-9(1)", "CP-10", "CP-2"),
        "nist-csf": ("PR.DS-11", "RC.RP-03", "RC.RP-05", "ID.IM-02"),
        "iso-27001": ("A.8.13", "A.5.29", "A.5.30"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.3", "CC7.5"),
        "cis": ("11.5", "11.1"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08", "BCR-09"),
    },
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def restore_test_automated(graph: AccessGraph, policy: Policy, now: datetime) -> Verdict:
    """Restores are tested on a schedule, and not when somebody thinks of it.

    People test a restore after an incident and then never again. A job that restores the newest copy every month and
    counts what came back finds the broken backup before it is needed.

    Fix:
        Add a restore testing plan where the cloud has one, or a scheduled job that restores the newest copy into an
        empty place and fails when the number of rows is wrong.
    """
    if not policy.backup.restore_test_automated:
        return skip("the policy asks for no restore tests on a schedule")
    limit = policy.backup.restore_test_max_age_days
    return judged(
        graph,
        lambda each: _weighed(each, limit, now.date()),
        _WORDS,
        lambda names: _remedies(graph, names, limit),
    )


def _weighed(each: Destroyable, limit: int | None, today: date) -> Weight:
    plan = _tested_by(*each.block) if each.block else None
    if isinstance(plan, Unknown):
        return "unknown", plan.why
    if plan:
        return "pass", f"by {plan}"
    done = [copy.restore_tested for copy in declared(each) if copy.restore_tested]
    if done and limit is not None and (today - max(done)).days > limit:
        return "fail", f"a schedule would have tested it since {max(done)}; the policy allows {limit} days"
    # A date says that somebody restored, and not that nobody had to think of it.
    return "unknown", "no schedule is described here" if declared(each) else NONE_DECLARED


def _tested_by(module: IacModule, resource: IacResource) -> Maybe[str] | None:
    """The restore testing selection that takes a resource in; None where no file has one."""
    found = list(_selections(module, resource))
    sure = [each for each in found if not isinstance(each, Unknown)]
    return next(iter(sure or found), None)


def _selections(module: IacModule, resource: IacResource) -> Iterator[Maybe[str]]:
    plans = [each for each in module.resources if each.type == "aws_backup_restore_testing_plan"]
    for selection in module.resources:
        if selection.type != "aws_backup_restore_testing_selection" or not plans:
            continue
        kind = selection.arguments.get("protected_resource_type")
        chosen = selection.arguments.get("protected_resource_arns")
        if isinstance(kind, Unknown):
            yield Unknown(f"what {selection.address} tests is not known: {kind.why}")
        elif resource.type in _PROTECTED and kind == _PROTECTED[resource.type]:
            named = resource.address in selection.references.get("protected_resource_arns", ())
            if named or (isinstance(chosen, tuple) and "*" in chosen):
                yield selection.address
            else:
                yield Unknown(f"whether {selection.address} takes it in is not known")


# -------------------------------------------------------------------------------------------------------- remedies


_PLAN = """\
resource "aws_backup_restore_testing_plan" "monthly" {{
  name                = "monthly"
  schedule_expression = "cron(0 5 1 * ? *)"

  recovery_point_selection {{
    algorithm            = "LATEST_WITHIN_WINDOW"
    include_vaults       = ["*"]
    recovery_point_types = ["SNAPSHOT"]
  }}
}}
{selections}"""
_SELECTION = """
resource "aws_backup_restore_testing_selection" "{name}" {{
  name                      = "{name}"
  restore_testing_plan_name = aws_backup_restore_testing_plan.monthly.name
  protected_resource_type   = "{kind}"
  protected_resource_arns   = ["*"]
  iam_role_arn              = "arn:aws:iam::ACCOUNT-ID:role/service-role/AWSBackupDefaultServiceRole"
}}
"""


def _remedies(graph: AccessGraph, names: Sequence[str], limit: int | None) -> tuple[Remedy, ...]:
    kinds: dict[str, set[str]] = {}
    for module in graph.modules:
        for resource in module.resources:
            if resource.address in names and resource.type in _PROTECTED:
                kinds.setdefault(resource.source.path, set()).add(_PROTECTED[resource.type])
    plans = (
        iac(
            path,
            "Let AWS Backup restore the newest copy every month",
            _PLAN.format(selections="".join(_SELECTION.format(name=each.lower(), kind=each) for each in sorted(found))),
        )
        for path, found in sorted(kinds.items())
    )
    return (*plans, attest("BK-004", "Or attest the schedule", "link to the scheduled job and its last runs", limit))
