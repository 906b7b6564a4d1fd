"""Whether what can be destroyed has a copy that lies far enough away, and how to get one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from remit.access.graph import AccessGraph
from remit.evidence import Maybe, Source, Unknown
from remit.remedy import Remedy, iac, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.copies import Copy, Destroyable, destroyables
from remit_checks.terraform import listed


def weigh(graph: AccessGraph, far_enough: Callable[[Copy], Maybe[bool]], words: str) -> Verdict:
    """The verdict over all that can be destroyed: each needs one copy that is far enough.

    It fails where all shown copies are too near, or where none is shown and the provider's own are known to go along.
    """
    found = destroyables(graph)
    if not found:
        return skip("nothing here can destroy data")
    lost: list[tuple[Destroyable, str]] = []
    left_open: list[tuple[Destroyable, str]] = []
    for each in found:
        answer, why = _weighed(each, far_enough)
        if answer != "pass":
            (lost if answer == "fail" else left_open).append((each, why))
    if lost:
        more = f"; not known of {len(left_open)} more" if left_open else ""
        return fail(
            f"no copy {words}: " + listed([f"{each.name} ({why})" for each, why in lost], 3) + more,
            *_places([each for each, _ in lost]),
            remedies=_remedies(graph, [each for each, _ in lost]),
        )
    if left_open:
        return unknown(
            f"whether a copy lies {words} is not known: "
            + listed([f"{each.name} ({why})" for each, why in left_open], 3),
            *_places([each for each, _ in left_open]),
            remedies=_remedies(graph, [each for each, _ in left_open]),
        )
    return ok(f"a copy lies {words}: " + listed([each.name for each in found]), *_places(found))


def _weighed(each: Destroyable, far_enough: Callable[[Copy], Maybe[bool]]) -> tuple[str, str]:
    answers = [(copy, far_enough(copy)) for copy in each.copies]
    if any(not isinstance(answer, Unknown) and answer for _, answer in answers):
        return "pass", ""
    for _, answer in answers:
        if isinstance(answer, Unknown):
            return "unknown", answer.why
    if answers:
        return "fail", f"its copy at {answers[0][0].location} is as near as the original"
    return ("fail", each.goes) if each.goes else ("unknown", "none is declared, and nobody could look at the provider")


def _places(found: Sequence[Destroyable]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.sources))


# -------------------------------------------------------------------------------------------------------- remedies


_PLAN = """\
resource "aws_backup_plan" "elsewhere" {{
  name = "elsewhere"

  rule {{
    rule_name         = "daily"
    target_vault_name = "Default"
    schedule          = "cron(0 3 * * ? *)"

    lifecycle {{
      delete_after = {days}
    }}

    copy_action {{
      # a vault in an account that none of the credentials here belongs to
      destination_vault_arn = "arn:aws:backup:REGION:BACKUP-ACCOUNT-ID:backup-vault:VAULT"

      lifecycle {{
        delete_after = {days}
      }}
    }}
  }}
}}

resource "aws_backup_selection" "elsewhere" {{
  name         = "elsewhere"
  plan_id      = aws_backup_plan.elsewhere.id
  iam_role_arn = "arn:aws:iam::ACCOUNT-ID:role/service-role/AWSBackupDefaultServiceRole"
  resources    = [{resources}]
}}"""
_BY_AWS_BACKUP = (
    "aws_db_instance.",
    "aws_rds_cluster.",
    "aws_dynamodb_table.",
    "aws_s3_bucket.",
    "aws_ebs_volume.",
    "aws_efs_file_system.",
)


def _remedies(graph: AccessGraph, lost: Sequence[Destroyable]) -> tuple[Remedy, ...]:
    days = graph.policy.backup.min_retention_days
    in_aws = [each for each in lost if each.address.startswith(_BY_AWS_BACKUP)]
    plans = tuple(
        iac(
            path,
            "Copy it to a vault of another account",
            _PLAN.format(
                days=days, resources=", ".join(f"{each.address}.arn" for each in in_aws if each.sources[0].path == path)
            ),
        )
        for path in sorted({each.sources[0].path for each in in_aws})
    )
    return (*plans, _by_hand(lost, days))


def _by_hand(lost: Sequence[Destroyable], days: int) -> Remedy:
    entries = "\n\n".join(
        "\n".join(
            (
                "[[backup.inventory]]",
                f"resource = {json.dumps(each.name)}",
                'location = "bucket or vault, with its region"',
                'provider = "another provider, or another account of the same one"',
                'account = "the account that owns the copy"',
                "reachable_by_agents = false",
                f"retention_days = {days}",
            )
        )
        for each in lost[:10]
    )
    return manual(
        "Keep a copy elsewhere, and declare it in the auditor's policy",
        "1. From a machine on which no agent runs, dump or export it every day.\n"
        "2. Store the copy with a provider or account to which no credential here belongs, and lock it there.\n"
        f"3. Declare it:\n\n{entries}",
    )
