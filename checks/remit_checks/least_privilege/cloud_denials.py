"""How to take from a cloud principal what cannot be undone."""

from __future__ import annotations

import json
from collections.abc import Sequence

from remit.remedy import Remedy, iac, manual
from remit_checks.least_privilege.cloud_policies import cloud_of
from remit_checks.least_privilege.cloud_principals import Principal

_DOCUMENT = """\
{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Effect": "Deny",
      "Action": [{}],
      "Resource": "*"
    }}
  ]
}}"""


def document(actions: Sequence[str]) -> str:
    """An AWS policy document that denies those of the actions that are AWS's."""
    return _DOCUMENT.format(", ".join(json.dumps(each) for each in actions if cloud_of(each) == "aws"))


def deny(principal: Principal, actions: Sequence[str]) -> Remedy:
    """A denial for an AWS principal; the other clouds have none, so a narrower role there."""
    if principal.cloud != "aws":
        theirs = [each for each in actions if cloud_of(each) == principal.cloud]
        return manual(
            f"Give {principal.name} a role that cannot delete",
            f"1. Make a custom role without these actions: {', '.join(theirs)}.\n"
            "2. Give it that role in place of the one named here.",
            safe=False,
        )
    kind, _, label = principal.address.removeprefix("aws_iam_").partition(".")
    holder = f"{principal.address}.name"
    if not label:
        kind, _, name = principal.address.partition(":")
        label, holder = "agent", json.dumps(name)
    # The document stands there as text, so that whoever audits the code can read it.
    lines = "\n".join(f"    {line}" for line in document(actions).splitlines())
    body = (
        f'resource "aws_iam_{kind}_policy" "{label}_deny_deletion" {{\n  name   = "deny-deletion"\n'
        f"  {kind:<6} = {holder}\n  policy = <<-JSON\n{lines}\n  JSON\n}}"
    )
    return iac(principal.sources[0].path, f"Deny {principal.name} what cannot be undone", body, safe=False)
