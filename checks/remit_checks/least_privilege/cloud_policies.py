"""What policy documents and predefined roles of the clouds allow, measured against a list of actions.

Sources: AWS IAM user guide (JSON policy elements, evaluation logic, AWS managed policies), Google Cloud's list of
predefined roles, Azure's of built-in roles. An allowed action is one that could be done: policies of the organisation,
of the session and of the resource itself may still take it away, and no file here shows those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from remit.evidence import Maybe, Unknown
from remit.policy.globs import covers, overlaps

Cloud = Literal["aws", "gcp", "azure"]
_MARKS: Mapping[Cloud, str] = {"aws": ":", "azure": "/", "gcp": "."}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy: what it allows or denies, and whether it does so always and everywhere."""

    allows: bool
    actions: tuple[str, ...] = ()
    others_than: tuple[str, ...] = ()
    """For `NotAction`: everything but these."""
    conditional: bool = False
    everywhere: bool = True

    def touches(self, action: str) -> bool:
        """Whether it speaks of something that the pattern means."""
        if self.others_than:
            return not any(covers(each, action) for each in self.others_than)
        return any(overlaps(each, action) for each in self.actions)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a set of statements allows of a list of actions."""

    surely: tuple[str, ...]
    perhaps: tuple[str, ...]
    """Only under conditions."""


def measured(statements: Sequence[Statement], actions: Sequence[str], cloud: Cloud) -> Rights:
    """Which of the actions the statements leave allowed."""
    found: dict[str, bool] = {}
    for action in actions:
        if cloud_of(action) != cloud:
            continue
        hits = [each for each in statements if each.allows and _left(each, action, statements)]
        if hits:
            found[action] = any(not each.conditional for each in hits)
    return Rights(
        tuple(action for action, sure in found.items() if sure),
        tuple(action for action, sure in found.items() if not sure),
    )


def cloud_of(action: str) -> Cloud:
    """The cloud in whose notation an action is written."""
    return next((cloud for cloud, mark in _MARKS.items() if mark in action), "gcp")


def _left(allowing: Statement, action: str, statements: Sequence[Statement]) -> bool:
    """Whether a statement allows some of an action that no other statement denies for good."""
    if not allowing.touches(action):
        return False
    denials = [each for each in statements if not each.allows and not each.conditional and each.everywhere]
    parts = [each for each in allowing.actions if overlaps(each, action)] or [action]
    return any(not any(_denies(denial, part, action) for denial in denials) for part in parts)


def _denies(denial: Statement, part: str, action: str) -> bool:
    """Whether all that is both in the allowed part and in the action is denied."""
    if denial.others_than:
        return not any(overlaps(each, action) for each in denial.others_than)
    return any(covers(each, part) or covers(each, action) for each in denial.actions)


# ------------------------------------------------------------------------------------------------------ documents


def read_document(value: Maybe[object]) -> Maybe[tuple[Statement, ...]]:
    """The statements of an AWS policy document that stands in the code as text."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, str):
        return Unknown("the policy document is no text")
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        return Unknown("the policy document is no JSON")
    found = document.get("Statement") if isinstance(document, dict) else None
    listed = found if isinstance(found, list) else [found]
    statements = [each for each in listed if isinstance(each, dict)]
    if len(statements) < len(listed):
        return Unknown("the policy document has no statements")
    return tuple(_statement(each) for each in statements)


def _statement(written: Mapping[str, object]) -> Statement:
    return Statement(
        allows=written.get("Effect") != "Deny",
        actions=tuple(_texts(written.get("Action"))),
        others_than=tuple(_texts(written.get("NotAction"))),
        conditional=bool(written.get("Condition")),
        everywhere="*" in tuple(_texts(written.get("Resource"))),
    )


def _texts(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield each


def services_only(document: Maybe[object]) -> Maybe[bool]:
    """Whether a trust policy lets nobody but the cloud's own services take the role."""
    if isinstance(document, Unknown):
        return document
    try:
        read = json.loads(document) if isinstance(document, str) else None
    except (ValueError, RecursionError):
        read = None
    found = read.get("Statement") if isinstance(read, dict) else None
    listed = found if isinstance(found, list) else [found]
    trusted = [each.get("Principal") for each in listed if isinstance(each, dict) and each.get("Effect") != "Deny"]
    if not trusted:
        return Unknown("whom it trusts cannot be read")
    return all(isinstance(each, dict) and set(each) == {"Service"} for each in trusted)


# ---------------------------------------------------------------------------------------------------- known roles

_AWS_MANAGED: Mapping[str, tuple[Statement, ...]] = {
    "AdministratorAccess": (Statement(True, ("*",)),),
    "PowerUserAccess": (Statement(True, (), ("iam:*", "organizations:*", "account:*")),),
    "AmazonRDSFullAccess": (Statement(True, ("rds:*",)),),
    "AmazonS3FullAccess": (Statement(True, ("s3:*", "s3-object-lambda:*")),),
    "AmazonEC2FullAccess": (Statement(True, ("ec2:*",)),),
    "AmazonDynamoDBFullAccess": (Statement(True, ("dynamodb:*",)),),
    "AmazonElasticFileSystemFullAccess": (Statement(True, ("elasticfilesystem:*",)),),
    "AWSBackupFullAccess": (Statement(True, ("backup:*",)),),
    "ReadOnlyAccess": (),
    "SecurityAudit": (),
    "ViewOnlyAccess": (),
}
_GCP_ROLES: Mapping[str, tuple[str, ...]] = {
    "roles/owner": ("*",),
    "roles/editor": ("*",),
    "roles/cloudsql.admin": ("cloudsql.*",),
    "roles/storage.admin": ("storage.*",),
    "roles/compute.admin": ("compute.*",),
    "roles/compute.storageAdmin": ("compute.disks.*", "compute.snapshots.*"),
    "roles/cloudkms.admin": ("cloudkms.*",),
    "roles/viewer": (),
    "roles/browser": (),
    "roles/cloudsql.viewer": (),
    "roles/cloudsql.client": (),
    "roles/storage.objectViewer": (),
    "roles/compute.viewer": (),
    "roles/logging.viewer": (),
    "roles/logging.logWriter": (),
    "roles/monitoring.viewer": (),
}
_AZURE_ROLES: Mapping[str, tuple[str, ...]] = {"Owner": ("*",), "Contributor": ("*",), "Reader": ()}


def managed_policy(arn: str) -> Maybe[tuple[Statement, ...]]:
    """What a policy that AWS itself maintains allows."""
    name = arn.rpartition("/")[2]
    known = _AWS_MANAGED.get(name) if arn.startswith("arn:aws") and ":aws:policy/" in arn else None
    if known is None and "ReadOnlyAccess" in name and ":aws:policy/" in arn:
        return ()
    return Unknown(f"what {name or arn} allows is not in these files") if known is None else known


def predefined_role(name: str, cloud: Cloud) -> Maybe[tuple[Statement, ...]]:
    """What a predefined role of Google Cloud or Azure allows, as far as it bears on deletion."""
    known = (_GCP_ROLES if cloud == "gcp" else _AZURE_ROLES).get(name)
    return Unknown(f"what {name} allows is not in these files") if known is None else (Statement(True, known),)
