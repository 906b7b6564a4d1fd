"""MN-013."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.access.nodes import destroys
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource, Maybe, Source, Unknown
from remit.remedy import Remedy, iac
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.arguments import given, one, switched_on
from remit_checks.sandbox.attest import attested
from remit_checks.terraform import block, listed

_CLOUDS: Mapping[str, str] = {"aws": "aws", "google": "gcp", "azurerm": "azure"}
_TITLES: Mapping[str, str] = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure"}
# What credentials of these kinds open is a store, a model, a machine, or something whose provider they do not tell.
_NO_PROVIDER = frozenset(
    (
        "",
        "age",
        "anthropic",
        "ci",
        "generic",
        "http",
        "huggingface",
        "jwt",
        "model",
        "mongodb",
        "mysql",
        "netrc",
        "openai",
        "pki",
        "postgres",
        "redis",
        "ssh",
        "unknown",
        "url",
        "work-tool",
    )
)
# What takes the audit log of a cloud, which is on by default, out of reach of what happens there.
_EXPORTS: Mapping[str, frozenset[str]] = {
    "gcp": frozenset(("google_logging_project_sink", "google_logging_folder_sink", "google_logging_organization_sink")),
    "azure": frozenset(("azurerm_monitor_diagnostic_setting",)),
}
_BACKUPS = re.compile(r"back[-_]?up|snapshot|archive|(?<![a-z])dumps?(?![a-z])", re.IGNORECASE)
_TRAIL = """\
resource "aws_cloudtrail" "all" {
  name                          = "all"
  s3_bucket_name                = "BUCKET-OF-ANOTHER-ACCOUNT"
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
}"""


@dataclass(frozen=True, slots=True)
class _Log:
    """Whether a provider's own audit log is on, as far as can be told."""

    provider: str
    on: Maybe[bool]
    why: str
    sources: tuple[Source, ...]
    remedy: Remedy | None = None


@check(
    "MN-013",
    "provider-audit-log",
    severity="high",
    frameworks={
        "owasp-agentic": ("ASI10", "ASI09"),
        "owasp-llm": ("LLM06",),
        "mitre-atlas": ("AML.M0024",),
        "nist-800-53": ("AU-2", "AU-3", "AU-9", "AU-11", "AU-12", "AC-6(9)"),
        "nist-csf": ("PR.PS-04", "DE.CM-09", "DE.CM-03"),
        "iso-27001": ("A.8.15", "A.8.16"),
        "iso-42001": ("A.6.2.8", "A.6.2.6"),
        "soc2": ("CC7.2",),
        "cis": ("8.2", "8.5", "8.8", "8.9", "8.10", "3.14"),
        "nist-ai-rmf": ("MEASURE 2.4", "MEASURE 2.8", "MANAGE 4.1"),
        "eu-ai-act": ("12", "19", "26"),
        "csa-aicm": ("LOG-07", "LOG-08", "LOG-11"),
    },
    incidents=("INC-01", "INC-03"),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def provider_audit_log(graph: AccessGraph) -> Verdict:
    """Every provider that an agent's credentials open keeps a log of what is done there.

    A token works from anywhere, and what is done with it outside the agent's own tools stands in no transcript. Only
    the provider can tell who deleted a volume, from where and when, and only if its log was on before. A trail for one
    region misses the next, and one without object events misses an emptied backup bucket.

    Fix:
        Switch the trail on for all regions, with the events of backup buckets, into a bucket of another account.
        Export the audit logs of platforms and code hosts, or attest where they are kept.
    """
    logs = tuple(_logs(graph))
    off = [each for each in logs if not isinstance(each.on, Unknown) and not each.on]
    left_open = [each for each in logs if isinstance(each.on, Unknown)]
    if off:
        more = f"; not known of {listed([each.provider for each in left_open])}" if left_open else ""
        return fail(
            listed([f"{each.provider}: {each.why}" for each in off]) + more,
            *_places(off),
            remedies=(*(each.remedy for each in off if each.remedy), _look()),
        )
    if left_open:
        return unknown(
            listed([f"{each.provider}: {each.why}" for each in left_open], 3),
            *_places(left_open),
            remedies=(*(each.remedy for each in left_open if each.remedy), _look()),
        )
    if not logs:
        return skip("no credential here opens a provider's own interface, and no code describes one")
    return ok(listed([f"{each.provider}: {each.why}" for each in logs]), *_places(logs))


def _places(logs: tuple[_Log, ...] | list[_Log]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in logs for source in each.sources))[:10]


def _logs(graph: AccessGraph) -> Iterator[_Log]:
    described: dict[str, list[IacResource]] = defaultdict(list)
    for module in graph.modules:
        for resource in module.resources:
            cloud = _CLOUDS.get(resource.type.partition("_")[0])
            if cloud:
                described[cloud].append(resource)
    opened: dict[str, list[Source]] = defaultdict(list)
    for file in graph.credential_files:
        for credential in filter(destroys, file.credentials):
            if credential.provider not in _NO_PROVIDER:
                opened[credential.provider].append(credential.source)
    for provider in sorted({*described, *opened}):
        resources, sources = described.get(provider, []), tuple(opened.get(provider, ()))
        first = tuple(resource.source for resource in resources[:1])
        if provider == "aws":
            yield _aws(resources, sources or first)
        elif provider in _EXPORTS:
            yield _exported(provider, resources, sources or first)
        else:
            why = Unknown("nothing in these files says whether its audit log is kept")
            yield _Log(provider, why, why.why, sources)


# ------------------------------------------------------------------------------------------------------------- clouds


def _aws(resources: list[IacResource], sources: tuple[Source, ...]) -> _Log:
    title = _TITLES["aws"]
    trails = [each for each in resources if each.type == "aws_cloudtrail"]
    if not trails:
        unseen = Unknown("no trail is described here; one of another account or project may record it")
        path = next((each.source.path for each in resources), "")
        return _Log(title, unseen, unseen.why, sources, iac(path, "Record every region", _TRAIL) if path else None)
    answers = [(_judged(trail, resources), trail) for trail in trails]
    order = {True: 0, None: 1, False: 2}
    (on, why), trail = min(answers, key=lambda each: order[None if isinstance(each[0][0], Unknown) else each[0][0]])
    return _Log(title, on, f"{trail.address} {why}", (trail.source,), _mend(trail, resources))


def _judged(trail: IacResource, resources: list[IacResource]) -> tuple[Maybe[bool], str]:
    logging, everywhere = one(trail, "enable_logging"), switched_on(trail, "is_multi_region_trail")
    for value in (logging, everywhere):
        if isinstance(value, Unknown):
            return value, f"cannot be judged: {value.why}"
    if logging is False or logging == "false":
        return False, "is switched off"
    if not everywhere:
        return False, "records one region only"
    missed = _unwatched(trail, resources)
    if isinstance(missed, Unknown):
        return missed, f"cannot be judged: {missed.why}"
    if missed:
        return False, f"records no object events of {missed[0].address}"
    return True, "records every region"


def _unwatched(trail: IacResource, resources: list[IacResource]) -> Maybe[list[IacResource]]:
    """Buckets that by their names hold backups and whose objects the trail does not record."""
    buckets = [
        each
        for each in resources
        if each.type == "aws_s3_bucket" and _BACKUPS.search(f"{each.name} {one(each, 'bucket')!s}"[:300])
    ]
    types = (
        *given(trail, "event_selector.data_resource.type"),
        *given(trail, "advanced_event_selector.field_selector.equals"),
    )
    hidden = next((value for value in types if isinstance(value, Unknown)), None)
    if hidden is not None and buckets:
        return hidden
    return [] if any("AWS::S3::Object" in str(value) for value in types) else buckets


def _mend(trail: IacResource, resources: list[IacResource]) -> Remedy:
    lines: dict[str, bool | int | str] = {"enable_logging": True, "is_multi_region_trail": True}
    missed = _unwatched(trail, resources)
    if isinstance(missed, Unknown) or missed:
        lines |= {"event_selector.read_write_type": "All", "event_selector.include_management_events": True}
    body = block(trail, lines)
    if not isinstance(missed, Unknown) and missed:
        arns = ", ".join(f'"${{{each.address}.arn}}/"' for each in missed)
        objects = f'\n    data_resource {{\n      type   = "AWS::S3::Object"\n      values = [{arns}]\n    }}\n  }}\n}}'
        body = body.removesuffix("\n  }\n}") + "\n" + objects
    return iac(trail.source.path, "Record every region and every object of the backup buckets", body)


def _exported(provider: str, resources: list[IacResource], sources: tuple[Source, ...]) -> _Log:
    """The log of changes is always on in these clouds, and stays where they happen until something exports it."""
    exports = [each for each in resources if each.type in _EXPORTS[provider]]
    if exports:
        return _Log(_TITLES[provider], True, f"{exports[0].address} exports its log", (exports[0].source,))
    why = Unknown("its log of changes is always on, but nothing here exports it from where the changes are made")
    return _Log(_TITLES[provider], why, why.why, sources)


def _look() -> Remedy:
    return attested(
        "MN-013",
        "Look at each provider, and attest what you saw",
        "1. Open the audit log of every provider named here, and find an entry of yesterday.\n"
        "2. See that it is exported, or kept for long enough, where none of the credentials here can delete it.",
        "TICKET, with one entry from each log",
    )
