"""BK-008."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource, Unknown
from remit.policy.declared import DeclaredCopy
from remit.policy.model import Policy
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, skip
from remit_checks.backup.copies import Destroyable
from remit_checks.backup.inventory import NONE_DECLARED, Weight, Words, declare, declared, described, judged
from remit_checks.backup.locks import Lock, own_locks, plan_locks, plans_of

_WORDS = Words(
    "a copy cannot be deleted before its time",
    "no copy is locked",
    "whether a copy is locked against deletion is not known",
)


@check(
    "BK-008",
    "immutable-copy",
    severity="high",
    parameters=("backup.require_immutable", "backup.min_retention_days", "backup.inventory"),
    frameworks={
        "owasp-agentic": ("ASI08", "ASI03"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101",),
        "nist-800-53": ("CP-6(1)", "CP-9(3)", "CP-9(5)", "CP-9(7)", "CP-9(8)"),
        "nist-csf": ("PR.DS-11", "PR.IR-03"),
        "iso-27001": ("A.8.13", "A.8.14"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2",),
        "cis": ("11.3", "11.4"),
        "nist-ai-rmf": ("MANAGE 2.3",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08",),
    },
    incidents=("INC-03",),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def immutable_copy(graph: AccessGraph, policy: Policy) -> Verdict:
    """Whatever can be destroyed has a copy that nobody can delete before its time.

    Versioning keeps what was overwritten, and whoever may delete versions deletes those too. A lock is what even an
    administrator's credential does not open: Object Lock on a bucket, a locked vault. It has to hold for at least as
    long as the policy wants copies to be kept.

    Fix:
        Lock the vault or bucket that holds the copies, for the days of backup.min_retention_days. A lock in compliance
        mode cannot be taken back: try it on a new bucket first. Copies that no file shows, declare with immutable and
        retention_days.
    """
    if not policy.backup.require_immutable:
        return skip("the policy asks for no copy that cannot be deleted")
    least = policy.backup.min_retention_days

    def weigh(each: Destroyable) -> Weight:
        return _weighed(each, list(_locks(graph, each, least)))

    return judged(graph, weigh, _WORDS, lambda names: tuple(_remedies(graph, names, least)))


def _locks(graph: AccessGraph, each: Destroyable, least: int) -> Iterator[Lock]:
    for copy in declared(each):
        yield _declared(copy, least)
    found = described(graph, each)
    if found is None:
        return
    module, resource = found
    yield from own_locks(module, resource, least)
    for plan in plans_of(module, each):
        yield from plan_locks(module, plan, least)


def _declared(copy: DeclaredCopy, least: int) -> Lock:
    told = f"the copy at {copy.location}"
    if not copy.immutable:
        return Lock(False, f"{told} is not declared immutable")
    if copy.retention_days is None:
        return Lock(Unknown(f"{told} is immutable, but retention_days is not declared"), told)
    if copy.retention_days < least:
        return Lock(False, f"{told} is immutable for {copy.retention_days} days, and the policy asks for {least}")
    return Lock(True, told)


def _weighed(each: Destroyable, locks: Sequence[Lock]) -> Weight:
    for lock in locks:
        if not isinstance(lock.holds, Unknown) and lock.holds:
            return "pass", lock.told
    for lock in locks:
        if isinstance(lock.holds, Unknown):
            return "unknown", lock.holds.why
    if locks:
        return "fail", locks[0].told
    return ("fail", each.goes) if each.goes else ("unknown", NONE_DECLARED)


# -------------------------------------------------------------------------------------------------------- remedies


def _remedies(graph: AccessGraph, names: Sequence[str], least: int) -> Iterator[Remedy]:
    for module in graph.modules:
        for resource in module.resources:
            if resource.address in names and resource.type == "aws_s3_bucket":
                yield iac(
                    resource.source.path,
                    f"Lock the versions of {resource.address}",
                    _bucket(resource, least),
                    safe=False,
                )
        described_here = any(resource.address in names for resource in module.resources)
        for vault in _unlocked(module, least) if described_here else ():
            yield iac(vault.source.path, f"Lock {vault.address}", _vault(vault, least), safe=False)
    lines = ("immutable = true", f"retention_days = {least}")
    yield declare("Lock a copy where it lies, and declare it in the auditor's policy", names, *lines)


def _unlocked(module: IacModule, least: int) -> tuple[IacResource, ...]:
    """The vaults of the module's plans that need a lock, each once."""
    plans = [each for each in module.resources if each.type == "aws_backup_plan"]
    found = {lock.on.address: lock.on for plan in plans for lock in plan_locks(module, plan, least) if lock.on}
    return tuple(found.values())


def _bucket(bucket: IacResource, days: int) -> str:
    return (
        f'resource "aws_s3_bucket_versioning" "{bucket.name}" {{\n  bucket = {bucket.address}.id\n\n'
        '  versioning_configuration {\n    status = "Enabled"\n  }\n}\n\n'
        f'resource "aws_s3_bucket_object_lock_configuration" "{bucket.name}" {{\n  bucket = {bucket.address}.id\n\n'
        f'  rule {{\n    default_retention {{\n      mode = "COMPLIANCE"\n      days = {days}\n    }}\n  }}\n}}'
    )


def _vault(vault: IacResource, days: int) -> str:
    # With changeable_for_days the lock becomes final after three days; without it any administrator may lift it.
    return (
        f'resource "aws_backup_vault_lock_configuration" "{vault.name}" {{\n'
        f"  backup_vault_name   = {vault.address}.name\n  changeable_for_days = 3\n  min_retention_days  = {days}\n}}"
    )
