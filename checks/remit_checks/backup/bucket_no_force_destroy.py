"""BK-014."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from remit.access.graph import AccessGraph
from remit.access.iac_guards import flag
from remit.check import check
from remit.evidence import IacModule, IacResource, Unknown
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.terraform import block, hidden, listed, why_hidden

_FORCE = "force_destroy"
# Buckets and vaults that a deletion empties first when this is true, and that refuse it otherwise.
# Source: argument references of the Terraform providers.
_KINDS = frozenset(
    (
        "aws_s3_bucket",
        "aws_s3_directory_bucket",
        "aws_backup_vault",
        "google_storage_bucket",
        "digitalocean_spaces_bucket",
        "scaleway_object_bucket",
        "minio_s3_bucket",
        "alicloud_oss_bucket",
    )
)
_NAMED_AFTER_BUCKETS = re.compile(r"bucket|vault|(?<![a-z])(?:s3|gcs|storage)(?![a-z])", re.IGNORECASE)


@check(
    "BK-014",
    "bucket-no-force-destroy",
    severity="medium",
    frameworks={
        "owasp-agentic": ("ASI02", "ASI08"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.T0101", "AML.M0026"),
        "nist-800-53": ("CP-9(7)", "CM-5", "AC-3(2)"),
        "nist-csf": ("PR.DS-11", "PR.PS-01"),
        "iso-27001": ("A.8.9", "A.8.10", "A.8.13"),
        "iso-42001": ("A.4.5",),
        "soc2": ("A1.2", "CC8.1"),
        "cis": ("11.3", "4.6"),
        "nist-ai-rmf": ("MANAGE 2.4",),
        "eu-ai-act": ("15",),
        "csa-aicm": ("BCR-08", "CCC-04"),
    },
)
def bucket_no_force_destroy(module: IacModule, graph: AccessGraph) -> Verdict:
    """No bucket or vault in infrastructure code is emptied when it is deleted.

    A bucket with something in it refuses to be deleted, and that refusal has saved more than one backup. With
    `force_destroy` a plan that drops the bucket deletes every object and version in it first, without a word.

    Fix:
        Take `force_destroy` out, or set it to false, and apply that. To delete a bucket, empty it by hand first.
    """
    buckets = [each for each in module.resources if each.type in _KINDS]
    calls = [each for each in hidden(module, graph) if _NAMED_AFTER_BUCKETS.search(_words(each))]
    judged = [*buckets, *calls]
    forced = [each for each in judged if flag(each, _FORCE) is True]
    if forced:
        text = f"emptied when deleted: {listed([_named(each) for each in forced], 6)}"
        return fail(text, *(each.source for each in forced), remedies=tuple(_remedies(forced)))
    left = [each for each in buckets if isinstance(flag(each, _FORCE), Unknown)]
    whys = [f"`{_FORCE}` of {_named(each)} is open" for each in left] + [why_hidden(each) for each in calls]
    if whys:
        return unknown("; ".join(whys[:4]), *(each.source for each in (*left, *calls)), remedies=tuple(_remedies(left)))
    if not buckets:
        return skip(f"{module.name} describes no bucket", module.source)
    return ok(
        f"refuse to be deleted while something is in them: {listed([each.address for each in buckets])}",
        *(each.source for each in buckets),
    )


def _words(call: IacResource) -> str:
    source = call.arguments.get("source")
    return f"{call.name} {source if isinstance(source, str) else ''}"


def _named(resource: IacResource) -> str:
    return f"{resource.address} ({resource.source})"


def _remedies(found: Sequence[IacResource]) -> Iterator[Remedy]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for each in found:
        lines = f'module "{each.name}" {{\n  {_FORCE} = false\n}}' if each.type == "module" else ""
        blocks[each.source.path].append(lines or block(each, {_FORCE: False}))
    for path, bodies in sorted(blocks.items()):
        # What relied on it, such as a throw-away environment, must now empty its buckets itself.
        yield iac(path, "Let it refuse: set this in the blocks that are there", "\n\n".join(bodies), safe=False)
