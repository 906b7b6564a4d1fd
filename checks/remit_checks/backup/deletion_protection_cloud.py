"""BK-012."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remit.access.graph import AccessGraph
from remit.check import check
from remit.evidence import CredentialFile, IacModule, IacResource, Maybe, Source, Unknown
from remit.remedy import Remedy, command, iac, manual
from remit.verdict import Verdict, fail, ok, skip, unknown
from remit_checks.backup.cloud_guards import guard_of, guarded
from remit_checks.backup.platforms import hosted
from remit_checks.terraform import block, hidden, listed, why_hidden

# The call that switches the guard on, and the argument that names the resource. Sources: AWS and gcloud references.
_CALLS: Mapping[str, tuple[str, str]] = {
    "aws_db_instance": (
        "aws rds modify-db-instance --db-instance-identifier {} --deletion-protection --apply-immediately",
        "identifier",
    ),
    "aws_rds_cluster": (
        "aws rds modify-db-cluster --db-cluster-identifier {} --deletion-protection",
        "cluster_identifier",
    ),
    "aws_docdb_cluster": (
        "aws docdb modify-db-cluster --db-cluster-identifier {} --deletion-protection",
        "cluster_identifier",
    ),
    "aws_neptune_cluster": (
        "aws neptune modify-db-cluster --db-cluster-identifier {} --deletion-protection",
        "cluster_identifier",
    ),
    "aws_dynamodb_table": ("aws dynamodb update-table --table-name {} --deletion-protection-enabled", "name"),
    "google_sql_database_instance": ("gcloud sql instances patch {} --deletion-protection", "name"),
}


@dataclass(frozen=True, slots=True)
class _Guarded:
    """Something that one call could delete, and whether its cloud refuses."""

    name: str
    held: Maybe[bool]
    sources: tuple[Source, ...]
    resource: IacResource | None = None


@check(
    "BK-012",
    "deletion-protection-cloud",
    severity="critical",
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
    incidents=("INC-03",),
    attestable=True,
    needs=(IacModule, CredentialFile),
)
def deletion_protection_cloud(graph: AccessGraph) -> Verdict:
    """The cloud itself refuses to delete databases and load balancers that are in use.

    A line in the code stops a plan, and nobody who calls the interface or opens the console: an agent with a key needs
    no plan. The guard of the cloud stops both, and has to be switched off in a call of its own first. On Google Cloud
    the two have nearly the same name, and only one of them is the cloud's.

    Judged is what the code asks the cloud for; what was changed since, and what no code describes, only the cloud
    knows.

    Fix:
        Switch the guard on with the lines below, or at once with the command. Look at what no code describes, and
        attest it.
    """
    found = [*_described(graph), *_hosted(graph)]
    bare = [each for each in found if not isinstance(each.held, Unknown) and not each.held]
    left_open = [each for each in found if isinstance(each.held, Unknown)]
    if bare:
        more = f"; not known of {len(left_open)} more" if left_open else ""
        return fail(
            f"one call deletes it: {listed([_without(each) for each in bare])}{more}",
            *_places(bare),
            remedies=tuple(_remedies(bare)),
        )
    if left_open:
        whys = [f"{each.name}: {each.held.why}" for each in left_open if isinstance(each.held, Unknown)]
        return unknown(listed(whys, 3), *_places(left_open), remedies=(_look(),))
    if not found:
        return skip("nothing that its cloud could refuse to delete is described here or named by a connection URL")
    return ok(f"by its code the cloud refuses to delete: {listed([each.name for each in found])}", *_places(found))


def _places(found: Sequence[_Guarded]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for each in found for source in each.sources))


def _without(each: _Guarded) -> str:
    guard = guard_of(each.resource) if each.resource else None
    return f"{each.name} (without {guard[0].rpartition('.')[2]})" if guard else f"{each.name} (its lock is too weak)"


def _described(graph: AccessGraph) -> Iterator[_Guarded]:
    for module in graph.modules:
        for resource in module.resources:
            held = guarded(module, resource)
            if held is not None:
                yield _Guarded(resource.address, held, (resource.source,), resource)
        for call in hidden(module, graph, databases=True):
            yield _Guarded(f"module.{call.name}", Unknown(why_hidden(call)), (call.source,))


def _hosted(graph: AccessGraph) -> Iterator[_Guarded]:
    """Databases that only a connection URL names."""
    for each in hosted(graph):
        who = each.platform.title if each.platform else "whoever runs it"
        yield _Guarded(each.name, Unknown(f"only {who} can say whether it refuses a deletion"), each.sources)


# --------------------------------------------------------------------------------------------------------- remedies


def _remedies(bare: Sequence[_Guarded]) -> Iterator[Remedy]:
    blocks: dict[str, list[str]] = defaultdict(list)
    resources = [each.resource for each in bare if each.resource is not None]
    for resource in resources:
        guard = guard_of(resource)
        if guard is not None:
            blocks[resource.source.path].append(block(resource, {guard[0]: guard[1]}))
    for path, bodies in sorted(blocks.items()):
        yield iac(path, "Let the cloud refuse: add these lines to the blocks that are there", "\n\n".join(bodies))
    calls = [call for resource in resources if (call := _call(resource))]
    if calls:
        yield command("Or switch the guard on at once", "\n".join(calls), safe=True)
    if any(guard_of(resource) is None for resource in resources):
        yield manual("Set a lock of the level CanNotDelete on the resource or its group")


def _call(resource: IacResource) -> str:
    call, argument = _CALLS.get(resource.type, ("", ""))
    name = resource.arguments.get(argument)
    return call.format(shlex.quote(name) if isinstance(name, str) else "NAME") if call else ""


def _look() -> Remedy:
    return manual(
        "Look at the cloud, and attest in the auditor's policy what you saw",
        "1. List the guards, e.g. `aws rds describe-db-instances --query "
        "'DBInstances[].[DBInstanceIdentifier,DeletionProtection]'`.\n"
        "2. Attest it:\n\n"
        '[[attestations]]\ncontrol = "BK-012"\nby = "NAME"\non = 2026-01-31\nvalid_days = 90\n'
        'evidence = "TICKET, with the output of the command"',
    )
